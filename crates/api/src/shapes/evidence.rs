//! Evidence with what it moved, and objections to it.

use super::SkillNameShape;
use crate::time::{iso, iso_if};
use desk::skills::Contest;
use desk::skills::views::EvidenceRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person's objection to evidence about them.
#[derive(Serialize, ToSchema)]
pub struct ContestShape {
    pub id: i64,
    pub evidence_id: i64,
    pub user_id: i64,
    pub words: String,
    pub created_at: String,
    pub decided_at: Option<String>,
    pub decided_by_user_id: Option<i64>,
    /// kept, struck
    pub outcome: Option<&'static str>,
    pub reason: Option<String>,
}

impl ContestShape {
    pub fn of(it: &Contest) -> ContestShape {
        ContestShape {
            id: it.id.0,
            evidence_id: it.evidence.0,
            user_id: it.user.0,
            words: it.words.clone(),
            created_at: iso(it.created_at),
            decided_at: iso_if(it.decided_at),
            decided_by_user_id: it.decided_by.map(|by| by.0),
            outcome: it.outcome.map(|it| it.name()),
            reason: it.reason.clone(),
        }
    }
}

/// `{"contest": {"words": …}}`
#[derive(Deserialize, ToSchema)]
pub struct ContestBody {
    pub contest: WantedContest,
}

#[derive(Deserialize, ToSchema)]
pub struct WantedContest {
    pub words: Option<String>,
}

/// `{"decision": {"outcome": "kept", "reason": …}}`
#[derive(Deserialize, ToSchema)]
pub struct DecisionBody {
    pub decision: WantedDecision,
}

#[derive(Deserialize, ToSchema)]
pub struct WantedDecision {
    /// kept, struck
    pub outcome: Option<String>,
    pub reason: Option<String>,
}

/// One observation, and what it did.
#[derive(Serialize, ToSchema)]
pub struct EvidenceShape {
    pub id: i64,
    pub user_id: i64,
    /// outcome, satisfaction, self, lead, peer, release, review, check, handle_time
    pub kind: &'static str,
    /// 1 or 0 for an outcome, stars for a satisfaction rating, else a level.
    pub value: f64,
    pub ticket_id: Option<i64>,
    pub by_user_id: Option<i64>,
    /// In logits; 0 is usual.
    pub difficulty: f64,
    pub note: String,
    pub struck_at: Option<String>,
    pub struck_reason: Option<String>,
    /// False: evidence of this kind is switched off.
    pub counts: bool,
    /// The last objection of the person it is about.
    pub contest: Option<ContestShape>,
    /// Of skills whose level the caller sees.
    pub moves: Vec<MoveShape>,
    pub created_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct MoveShape {
    pub skill: SkillNameShape,
    pub level_before: f64,
    pub level_after: f64,
    pub sd_before: f64,
    pub sd_after: f64,
}

impl EvidenceShape {
    pub fn of(row: &EvidenceRow) -> EvidenceShape {
        let (kind, value) = row.observed.stored();
        let moves = row.moves.iter().map(|it| MoveShape {
            skill: SkillNameShape::of(&it.skill),
            level_before: it.level_before,
            level_after: it.level_after,
            sd_before: it.sd_before,
            sd_after: it.sd_after,
        });
        EvidenceShape {
            id: row.id.0,
            user_id: row.user.0,
            kind,
            value,
            ticket_id: row.ticket.map(|id| id.0),
            by_user_id: row.by.map(|id| id.0),
            difficulty: row.difficulty,
            note: row.note.clone(),
            struck_at: iso_if(row.struck_at),
            struck_reason: row.struck_reason.clone(),
            counts: row.counts,
            contest: row.contest.as_ref().map(ContestShape::of),
            moves: moves.collect(),
            created_at: iso(row.at),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct StrikeBody {
    pub reason: Option<String>,
}
