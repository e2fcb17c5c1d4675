//! Who interviews, what an interviewer fills in, one's own candidacy, and what an opening may start from.

use desk::hiring::views::{Interview, ScorecardLine, ScorecardPage};
use desk::hiring::{Candidate, Draft, Gap};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who scores the candidates of an opening beside leads.
#[derive(Serialize, ToSchema)]
pub struct InterviewerShape {
    pub user_id: i64,
    pub name: String,
}

#[derive(Deserialize, ToSchema)]
pub struct InterviewersBody {
    pub interviewers: InterviewersChange,
}

#[derive(Deserialize, ToSchema)]
pub struct InterviewersChange {
    /// All of them; whoever is not named scores no more.
    pub user_ids: Vec<i64>,
}

/// A candidate whom the caller is asked to score.
#[derive(Serialize, ToSchema)]
pub struct AskedInterviewShape {
    pub candidate_id: i64,
    pub name: String,
    /// The opening's title.
    pub opening: String,
    pub scored: bool,
}

impl AskedInterviewShape {
    pub fn of(it: &Interview) -> AskedInterviewShape {
        AskedInterviewShape {
            candidate_id: it.candidate.0,
            name: it.name.clone(),
            opening: it.title.clone(),
            scored: it.scored,
        }
    }
}

/// One's own scorecard of a candidate, with what to ask. Others' scores are not on it.
#[derive(Serialize, ToSchema)]
pub struct OwnScorecardShape {
    pub candidate_id: i64,
    /// The candidate's.
    pub name: String,
    pub opening_id: i64,
    /// The opening's title.
    pub opening: String,
    pub note: String,
    pub lines: Vec<OwnScorecardLineShape>,
    pub handed_in: bool,
}

#[derive(Serialize, ToSchema)]
pub struct OwnScorecardLineShape {
    pub skill_id: i64,
    pub skill: String,
    /// The level that the opening asks for.
    pub asked: f64,
    pub question: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: Vec<String>,
    /// What one gave; null: it did not come up.
    pub level: Option<f64>,
    pub note: Option<String>,
}

impl OwnScorecardShape {
    pub fn of(page: &ScorecardPage) -> OwnScorecardShape {
        let line = |it: &ScorecardLine| OwnScorecardLineShape {
            skill_id: it.skill.id.0,
            skill: it.skill.name.clone(),
            asked: it.asked,
            question: it.question.clone(),
            anchors: it.skill.anchors.to_vec(),
            level: it.mine.as_ref().map(|it| it.level),
            note: it.mine.as_ref().map(|it| it.note.clone()),
        };
        OwnScorecardShape {
            candidate_id: page.candidate.id.0,
            name: page.candidate.name.clone(),
            opening_id: page.opening.id.0,
            opening: page.opening.title.clone(),
            note: page.note.clone(),
            lines: page.lines.iter().map(line).collect(),
            handed_in: !page.is_new,
        }
    }
}

/// That the caller, a colleague, wants the work of an opening.
#[derive(Serialize, ToSchema)]
pub struct CandidacyShape {
    pub opening_id: i64,
    pub candidate_id: i64,
    /// new, interviews, offer, hired, declined
    pub stage: &'static str,
}

impl CandidacyShape {
    pub fn of(it: &Candidate) -> CandidacyShape {
        CandidacyShape { opening_id: it.opening.0, candidate_id: it.id.0, stage: it.stage.name() }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct CandidacyBody {
    pub candidacy: Option<CandidacyChange>,
}

#[derive(Deserialize, ToSchema)]
pub struct CandidacyChange {
    pub note: Option<String>,
}

/// What the team lacks, and what an opening for it would start from.
#[derive(Serialize, ToSchema)]
pub struct HiringGapShape {
    pub title: String,
    /// In figures.
    pub reason: String,
    pub skill_id: Option<i64>,
    pub role_profile_id: Option<i64>,
}

impl HiringGapShape {
    pub fn of(it: &Gap) -> HiringGapShape {
        HiringGapShape {
            title: it.title.clone(),
            reason: it.reason.clone(),
            skill_id: it.skill.map(|id| id.0),
            role_profile_id: it.role.map(|id| id.0),
        }
    }
}

/// An opening before anybody has written it.
#[derive(Serialize, ToSchema)]
pub struct OpeningDraftShape {
    pub title: String,
    pub reason: String,
    pub role_profile_id: Option<i64>,
    pub skills: Vec<OpeningDraftSkillShape>,
}

#[derive(Serialize, ToSchema)]
pub struct OpeningDraftSkillShape {
    pub skill_id: i64,
    pub name: String,
    pub level: f64,
    pub weight: f64,
}

impl OpeningDraftShape {
    pub fn of(it: &Draft) -> OpeningDraftShape {
        let skills = it.needs.iter().map(|(skill, level, weight)| OpeningDraftSkillShape {
            skill_id: skill.id.0,
            name: skill.name.clone(),
            level: *level,
            weight: *weight,
        });
        OpeningDraftShape {
            title: it.title.clone(),
            reason: it.reason.clone(),
            role_profile_id: it.role.map(|id| id.0),
            skills: skills.collect(),
        }
    }
}
