//! Skills, proficiencies, evidence, routing decisions and presences: the half that Zendesk does not have.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::routing::Presence;
use desk::routing::views::{Why, WhyCandidate};
use desk::skills::refit::Run;
use desk::skills::views::{Cell, EvidenceRow, Matrix, PersonLevel};
use desk::skills::{Contest, Hardness, RequirementRow, Skill, SkillRule, SkillSummary, Tried, TriedNeed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn hardness_word(hardness: Hardness) -> &'static str {
    match hardness {
        Hardness::Must => "must",
        Hardness::Prefer => "prefer",
        Hardness::Relax => "relax",
    }
}

pub fn hardness_of(word: &str) -> Option<Hardness> {
    [Hardness::Must, Hardness::Prefer, Hardness::Relax].into_iter().find(|it| hardness_word(*it) == word)
}

#[derive(Serialize, ToSchema)]
pub struct SkillShape {
    pub url: String,
    pub id: i64,
    /// Stable; may stand wherever `skill` is asked for.
    pub key: String,
    pub name: String,
    /// priority, specialist, human, technical, product, language, channel
    pub kind: &'static str,
    pub meaning: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: [String; 5],
    /// How it fades without practice: product, technical, human, language.
    pub decay: &'static str,
    pub onet: Option<String>,
    pub esco: Option<String>,
    pub active: bool,
    pub created_at: String,
    pub retired_at: Option<String>,
}

impl SkillShape {
    pub fn of(skill: &Skill, urls: &Urls) -> SkillShape {
        SkillShape {
            url: urls.resource(&format!("/skills/{}", skill.id)),
            id: skill.id.0,
            key: skill.key.clone(),
            name: skill.name.clone(),
            kind: skill.kind.as_str(),
            meaning: skill.meaning.clone(),
            anchors: skill.anchors.clone(),
            decay: skill.decay.as_str(),
            onet: skill.onet.clone(),
            esco: skill.esco.clone(),
            active: skill.retired_at.is_none(),
            created_at: iso(skill.created_at),
            retired_at: iso_if(skill.retired_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SkillNameShape {
    pub id: i64,
    pub key: String,
    pub name: String,
    pub kind: &'static str,
}

impl SkillNameShape {
    pub fn of(skill: &SkillSummary) -> SkillNameShape {
        SkillNameShape {
            id: skill.id.0,
            key: skill.key.clone(),
            name: skill.name.clone(),
            kind: skill.kind.as_str(),
        }
    }
}

/// What is believed of one person in one skill.
#[derive(Serialize, ToSchema)]
pub struct LevelShape {
    /// 0 none, 1 learning, 2 assisted, 3 independent, 4 advanced, 5 expert.
    pub level: f64,
    /// Standard deviation, in levels.
    pub sd: f64,
    /// Holds the truth with a probability of 80 %.
    pub interval: [f64; 2],
    /// Probability of level 3 or more.
    pub p_independent: f64,
    pub evidence_count: i64,
    pub effective_observations: f64,
    /// False: not yet sure, and shown only to the person.
    pub sure: bool,
}

impl LevelShape {
    pub fn of(cell: &Cell) -> LevelShape {
        LevelShape {
            level: cell.level,
            sd: cell.sd,
            interval: [cell.interval.0, cell.interval.1],
            p_independent: cell.p_independent,
            evidence_count: cell.evidence_count,
            effective_observations: cell.effective_observations,
            sure: cell.sure,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ProficiencyShape {
    pub user_id: i64,
    pub skill: SkillNameShape,
    #[serde(flatten)]
    pub level: LevelShape,
    /// Levels gained in the last 30 days.
    pub trend: Option<f64>,
    /// When the last evidence came.
    pub updated_at: String,
}

impl ProficiencyShape {
    pub fn of(user: desk::UserId, it: &PersonLevel) -> ProficiencyShape {
        ProficiencyShape {
            user_id: user.0,
            skill: SkillNameShape::of(&it.skill),
            level: LevelShape::of(&it.cell),
            trend: it.trend,
            updated_at: iso(it.moved_at),
        }
    }
}

/// People × skills.
#[derive(Serialize, ToSchema)]
pub struct MatrixShape {
    pub skills: Vec<MatrixSkillShape>,
    pub people: Vec<MatrixRowShape>,
    /// Cells that are not shown to this caller until more is known.
    pub hidden: usize,
}

#[derive(Serialize, ToSchema)]
pub struct MatrixSkillShape {
    pub skill: SkillNameShape,
    /// People who more likely than not have it at level 3.
    pub independent_people: usize,
    pub single_point_of_failure: bool,
    /// Tickets of the last 30 days that needed it.
    pub demand: i64,
}

#[derive(Serialize, ToSchema)]
pub struct MatrixRowShape {
    pub user_id: i64,
    pub name: String,
    pub groups: Vec<String>,
    /// One for each skill, in their order.
    pub cells: Vec<Option<LevelShape>>,
}

impl MatrixShape {
    pub fn of(matrix: &Matrix) -> MatrixShape {
        let skills = matrix.skills.iter().map(|head| MatrixSkillShape {
            skill: SkillNameShape::of(&head.skill),
            independent_people: head.independent_people,
            single_point_of_failure: head.single_point_of_failure,
            demand: head.demand,
        });
        let people = matrix.rows.iter().map(|row| MatrixRowShape {
            user_id: row.user.0,
            name: row.name.clone(),
            groups: row.groups.clone(),
            cells: row.cells.iter().map(|cell| cell.as_ref().map(LevelShape::of)).collect(),
        });
        MatrixShape { skills: skills.collect(), people: people.collect(), hidden: matrix.hidden }
    }
}

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
    /// outcome, satisfaction, self, lead, peer
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

/// A skill that a ticket needs, and why.
#[derive(Serialize, ToSchema)]
pub struct RequirementShape {
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    /// must or prefer
    pub hardness: &'static str,
    /// rule or person
    pub source: &'static str,
    /// The customer's words that say so.
    pub because: Vec<String>,
}

impl RequirementShape {
    pub fn of(row: &RequirementRow) -> RequirementShape {
        RequirementShape {
            skill: SkillNameShape::of(&row.skill),
            level: row.level,
            weight: row.weight,
            hardness: hardness_word(row.hardness),
            source: row.source.name(),
            because: row.because.clone(),
        }
    }
}

/// "When a message says any of these, it needs this skill."
#[derive(Serialize, ToSchema)]
pub struct SkillRuleShape {
    pub url: String,
    pub id: i64,
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    pub hardness: &'static str,
    /// Two letters; null: in any language.
    pub language: Option<String>,
    pub phrases: Vec<String>,
    pub active: bool,
    pub created_at: String,
    pub updated_at: String,
}

impl SkillRuleShape {
    pub fn of(rule: &SkillRule, urls: &Urls) -> SkillRuleShape {
        SkillRuleShape {
            url: urls.resource(&format!("/skill_rules/{}", rule.id)),
            id: rule.id.0,
            skill: SkillNameShape::of(&rule.skill),
            level: rule.level,
            weight: rule.weight,
            hardness: hardness_word(rule.hardness),
            language: rule.language.clone(),
            phrases: rule.phrases.clone(),
            active: rule.disabled_at.is_none(),
            created_at: iso(rule.created_at),
            updated_at: iso(rule.updated_at),
        }
    }
}

/// What the desk would make of a text.
#[derive(Serialize, ToSchema)]
pub struct TriedShape {
    pub language: Option<String>,
    /// 0 none to 3 at once.
    pub urgency: i64,
    /// 0 none to 3 furious.
    pub anger: i64,
    pub tone_because: Vec<String>,
    pub needs: Vec<TriedNeedShape>,
}

#[derive(Serialize, ToSchema)]
pub struct TriedNeedShape {
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    pub hardness: &'static str,
    pub because: Vec<String>,
    /// Empty for what follows from language, channel or tone.
    pub skill_rule_ids: Vec<i64>,
}

impl TriedShape {
    pub fn of(tried: &Tried) -> TriedShape {
        let need = |it: &TriedNeed| TriedNeedShape {
            skill: SkillNameShape::of(&it.skill),
            level: it.level,
            weight: it.weight,
            hardness: hardness_word(it.hardness),
            because: it.because.clone(),
            skill_rule_ids: it.rules.iter().map(|id| id.0).collect(),
        };
        TriedShape {
            language: tried.language.clone(),
            urgency: tried.urgency,
            anger: tried.anger,
            tone_because: tried.tone_because.clone(),
            needs: tried.needs.iter().map(need).collect(),
        }
    }
}

/// Why a ticket went where it went.
#[derive(Serialize, ToSchema)]
pub struct RoutingDecisionShape {
    pub id: Option<i64>,
    pub ticket_id: i64,
    /// arrival, changed, free, offline, waited, pulled
    pub cause: &'static str,
    pub assignee_id: Option<i64>,
    pub sentence: String,
    /// Chosen by lot, so that the desk keeps learning.
    pub explored: bool,
    /// Somebody has since given the ticket to somebody else.
    pub overruled: bool,
    /// If it was offered: standing, accepted, declined, timed_out or withdrawn.
    pub offer: Option<&'static str>,
    /// What would have brought it to somebody else, or to anybody; told to leads.
    pub would_change: Vec<String>,
    pub candidates: Vec<CandidateShape>,
    pub created_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct CandidateShape {
    pub user_id: i64,
    pub name: String,
    pub chosen: bool,
    pub eligible: bool,
    /// Probability of solving it for good; shown to the person and to leads.
    pub p_success: Option<f64>,
    pub reasons: Vec<String>,
    pub against: Vec<String>,
}

impl RoutingDecisionShape {
    pub fn of(ticket: desk::TicketId, why: &Why) -> RoutingDecisionShape {
        let candidate = |it: &WhyCandidate| CandidateShape {
            user_id: it.user.0,
            name: it.name.clone(),
            chosen: it.chosen,
            eligible: it.eligible,
            p_success: it.p_success,
            reasons: it.reasons.clone(),
            against: it.against.clone(),
        };
        RoutingDecisionShape {
            id: why.decision.map(|id| id.0),
            ticket_id: ticket.0,
            cause: why.cause.name(),
            assignee_id: why.chosen.as_ref().map(|it| it.user.0),
            sentence: why.sentence.clone(),
            offer: why.offer.map(|it| it.ended.map_or("standing", |ended| ended.name())),
            explored: why.explored,
            overruled: why.overruled,
            would_change: why.would_change.clone(),
            candidates: why.candidates.iter().map(candidate).collect(),
            created_at: iso(why.at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PresenceShape {
    pub user_id: i64,
    pub name: String,
    /// online, away, offline; in a status of the desk's own: online if it takes tickets, else away
    pub status: &'static str,
    /// The status of the desk's own that they chose, if they did.
    pub agent_status_id: Option<i64>,
    pub agent_status: Option<String>,
    /// Since when the status holds.
    pub since: String,
    pub last_seen_at: String,
    pub last_assigned_at: Option<String>,
}

impl PresenceShape {
    pub fn of(it: &Presence) -> PresenceShape {
        PresenceShape {
            user_id: it.user.0,
            name: it.name.clone(),
            status: it.status.as_str(),
            agent_status_id: it.chosen.as_ref().map(|it| it.0.0),
            agent_status: it.chosen.as_ref().map(|it| it.1.clone()),
            since: iso(it.since),
            last_seen_at: iso(it.last_seen_at),
            last_assigned_at: iso_if(it.last_assigned_at),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillChange {
    pub name: Option<String>,
    /// When it is made: priority, specialist, human, technical, product, language, channel
    pub kind: Option<String>,
    pub meaning: Option<String>,
    /// What can be seen at levels 1 to 5.
    pub anchors: Option<[String; 5]>,
    /// product, technical, human, language; as usual for the kind without it
    pub decay: Option<String>,
    /// False: retired, asked for no more.
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillRuleChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    pub level: Option<f64>,
    pub weight: Option<f64>,
    /// must or prefer
    pub hardness: Option<String>,
    pub language: Option<String>,
    /// Whole words; `*` at an end stands for anything there.
    pub phrases: Option<Vec<String>>,
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillRatingChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    /// 0 to 5.
    pub level: Option<f64>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RequirementChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    /// 0 to 5; 3 without it.
    pub level: Option<f64>,
    /// Above 0, at most 3; 1 without it.
    pub weight: Option<f64>,
    /// must or prefer; prefer without it
    pub hardness: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TextBody {
    /// A message; its first line is taken for the subject.
    pub text: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct StrikeBody {
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct PresenceChange {
    /// online, away, offline
    pub status: Option<String>,
    /// Or a status of the desk's own.
    pub agent_status_id: Option<i64>,
}

/// One run that estimates everybody's levels together.
#[derive(Serialize, ToSchema)]
pub struct RefitShape {
    pub id: i64,
    /// hourly, asked
    pub cause: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub failed: Option<String>,
    /// reading, sorting, fitting, intervals, writing, done
    pub stage: String,
    /// 0 to 1.
    pub done: f64,
    pub people: i64,
    pub skills: i64,
    /// Pieces of evidence that counted.
    pub evidence: i64,
    pub levels: i64,
    pub changed: i64,
    /// Mean distance to what was shown before, in levels.
    pub drift: Option<f64>,
}

impl RefitShape {
    pub fn of(run: &Run) -> RefitShape {
        RefitShape {
            id: run.id.0,
            cause: run.cause.clone(),
            started_at: iso(run.started_at),
            finished_at: iso_if(run.finished_at),
            failed: run.failed.clone(),
            stage: run.stage.clone(),
            done: run.done,
            people: run.people,
            skills: run.skills,
            evidence: run.events,
            levels: run.beliefs,
            changed: run.changed,
            drift: run.drift_mean,
        }
    }
}
