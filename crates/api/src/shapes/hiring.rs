//! Openings, and candidates with how likely they meet what is asked.

use crate::time::{iso, iso_if};
use desk::hiring::views::{CandidatePage, CandidateRow, Colleague, OpeningPage};
use desk::hiring::{AddCandidate, Candidate, Fit, KnownError, Opening, Scorecard, SkillFit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct OpeningShape {
    pub id: i64,
    pub title: String,
    /// What the work is, as everybody reads it.
    pub summary: String,
    pub place: String,
    pub seats: i64,
    /// The gap behind it; empty for those who are no leads.
    pub reason: String,
    pub role_profile_id: Option<i64>,
    /// draft, inside (colleagues see it), public, closed
    pub state: &'static str,
    /// The heaviest first.
    pub skills: Vec<OpeningSkillShape>,
    /// Colleagues who could grow into it, the nearest first; for leads, and empty in lists.
    pub growing: Vec<GrowingShape>,
    pub created_at: String,
    pub updated_at: String,
    pub public_at: Option<String>,
    pub closed_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct OpeningSkillShape {
    pub skill_id: i64,
    pub name: String,
    /// Above 0, up to 5.
    pub level: f64,
    /// Above 0, up to 1.
    pub weight: f64,
    /// What every candidate is asked; empty: the usual question.
    pub question: String,
}

#[derive(Serialize, ToSchema)]
pub struct GrowingShape {
    pub user_id: i64,
    pub name: String,
    /// P(all that is asked is met), 0 to 1.
    pub p: f64,
    pub low: f64,
    pub high: f64,
    /// The share of weight that is expected to be met.
    pub met_weight: f64,
    pub missing_skill_ids: Vec<i64>,
    /// Skills that stand between and that they want to learn.
    pub wants: usize,
    /// Where they are a candidate already.
    pub candidate_id: Option<i64>,
}

impl OpeningShape {
    pub fn of(it: &Opening) -> OpeningShape {
        let skills = it.needs.iter().map(|need| OpeningSkillShape {
            skill_id: need.skill.id.0,
            name: need.skill.name.clone(),
            level: need.level,
            weight: need.weight,
            question: need.question.clone(),
        });
        OpeningShape {
            id: it.id.0,
            title: it.title.clone(),
            summary: it.summary.clone(),
            place: it.place.clone(),
            seats: it.seats,
            reason: it.reason.clone(),
            role_profile_id: it.role.map(|id| id.0),
            state: it.state.name(),
            skills: skills.collect(),
            growing: Vec::new(),
            created_at: iso(it.created_at),
            updated_at: iso(it.updated_at),
            public_at: iso_if(it.public_at),
            closed_at: iso_if(it.closed_at),
        }
    }

    pub fn of_page(page: &OpeningPage) -> OpeningShape {
        let growing = |it: &Colleague| GrowingShape {
            user_id: it.measured.user.0,
            name: it.measured.name.clone(),
            p: it.measured.p,
            low: it.measured.low,
            high: it.measured.high,
            met_weight: it.measured.met_weight,
            missing_skill_ids: it.measured.missing.iter().map(|it| it.skill.id.0).collect(),
            wants: it.wants,
            candidate_id: it.candidate.map(|id| id.0),
        };
        OpeningShape {
            growing: page.growing.iter().map(growing).collect(),
            ..OpeningShape::of(&page.opening)
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct OpeningBody {
    pub opening: OpeningChange,
}

/// What is missing stays as it is; of a new opening, `title` and `skills` are needed.
#[derive(Deserialize, ToSchema)]
pub struct OpeningChange {
    pub title: Option<String>,
    pub summary: Option<String>,
    pub place: Option<String>,
    pub seats: Option<i64>,
    pub reason: Option<String>,
    pub role_profile_id: Option<i64>,
    /// draft, inside, public, closed
    pub state: Option<String>,
    pub skills: Option<Vec<OpeningSkillBody>>,
}

#[derive(Deserialize, ToSchema)]
pub struct OpeningSkillBody {
    pub skill_id: i64,
    pub level: f64,
    /// 0.5 when missing.
    pub weight: Option<f64>,
    pub question: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct HiringCandidateShape {
    pub id: i64,
    pub opening_id: i64,
    pub name: String,
    pub email: Option<String>,
    /// A colleague.
    pub user_id: Option<i64>,
    pub source: String,
    pub note: String,
    /// new, interviews, offer, hired, declined, withdrawn
    pub stage: &'static str,
    pub fit: FitShape,
    /// The first interview first; empty in lists.
    pub scorecards: Vec<InterviewShape>,
    /// What they sent through the form on the opening's page; null in lists.
    pub application_id: Option<i64>,
    pub created_at: String,
    pub decided_at: Option<String>,
}

/// How likely a candidate meets all that is asked, and why.
#[derive(Serialize, ToSchema)]
pub struct FitShape {
    /// P(all that is asked is met), 0 to 1; null while too little has been seen.
    pub p: Option<f64>,
    /// Between these it lies, whatever the skills have in common.
    pub low: f64,
    pub high: f64,
    /// The share of weight that is expected to be met.
    pub met_weight: f64,
    pub interviews: usize,
    pub skills: Vec<SkillFitShape>,
    /// Interviewers whose scores could be compared with the later work of those who were hired.
    pub interviewer_errors: Vec<InterviewerErrorShape>,
}

#[derive(Serialize, ToSchema)]
pub struct InterviewerErrorShape {
    pub interviewer_id: i64,
    /// By how many levels they score too high as a rule; it is taken off.
    pub bias: f64,
    /// Standard deviation of what remains, in levels; 0.8 without any comparison.
    pub sd: f64,
    /// Scores compared.
    pub pairs: usize,
}

#[derive(Serialize, ToSchema)]
pub struct SkillFitShape {
    pub skill_id: i64,
    pub asked: f64,
    /// What is believed, 0 to 5, and its standard deviation.
    pub level: f64,
    pub sd: f64,
    pub p_met: f64,
    pub scores: Vec<f64>,
    /// In an interview, or at work here.
    pub seen: bool,
}

#[derive(Serialize, ToSchema)]
pub struct InterviewShape {
    pub interviewer_id: i64,
    pub note: String,
    pub scores: Vec<InterviewScoreShape>,
    pub updated_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct InterviewScoreShape {
    pub skill_id: i64,
    pub level: f64,
    pub note: String,
}

impl FitShape {
    fn of(fit: &Fit) -> FitShape {
        let skill = |it: &SkillFit| SkillFitShape {
            skill_id: it.skill.id.0,
            asked: it.asked,
            level: it.level,
            sd: it.sd,
            p_met: it.p_met,
            scores: it.scores.clone(),
            seen: it.is_seen(),
        };
        let known = |it: &KnownError| InterviewerErrorShape {
            interviewer_id: it.interviewer.0,
            bias: it.error.bias_levels,
            sd: it.error.sd_levels,
            pairs: it.error.pairs,
        };
        FitShape {
            p: fit.is_enough().then_some(fit.p),
            low: fit.low,
            high: fit.high,
            met_weight: fit.met_weight,
            interviews: fit.interviews,
            skills: fit.skills.iter().map(skill).collect(),
            interviewer_errors: fit.errors.iter().map(known).collect(),
        }
    }
}

impl HiringCandidateShape {
    fn of(it: &Candidate, fit: &Fit, scorecards: &[Scorecard]) -> HiringCandidateShape {
        let card = |card: &Scorecard| InterviewShape {
            interviewer_id: card.interviewer.0,
            note: card.note.clone(),
            scores: card
                .scores
                .iter()
                .map(|it| InterviewScoreShape {
                    skill_id: it.skill.0,
                    level: it.level,
                    note: it.note.clone(),
                })
                .collect(),
            updated_at: iso(card.updated_at),
        };
        HiringCandidateShape {
            id: it.id.0,
            opening_id: it.opening.0,
            name: it.name.clone(),
            email: Some(it.email.clone()).filter(|it| !it.is_empty()),
            user_id: it.user.map(|id| id.0),
            source: it.source.clone(),
            note: it.note.clone(),
            stage: it.stage.name(),
            fit: FitShape::of(fit),
            scorecards: scorecards.iter().map(card).collect(),
            application_id: None,
            created_at: iso(it.created_at),
            decided_at: iso_if(it.decided_at),
        }
    }

    pub fn of_row(row: &CandidateRow) -> HiringCandidateShape {
        HiringCandidateShape::of(&row.candidate, &row.fit, &[])
    }

    pub fn of_page(page: &CandidatePage) -> HiringCandidateShape {
        HiringCandidateShape {
            application_id: page.application.as_ref().map(|it| it.id.0),
            ..HiringCandidateShape::of(&page.candidate, &page.fit, &page.scorecards)
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct HiringCandidateBody {
    pub candidate: HiringCandidateChange,
}

/// Name, address and source count when a candidate is added, the stage when one is changed.
#[derive(Deserialize, ToSchema)]
pub struct HiringCandidateChange {
    pub name: Option<String>,
    pub email: Option<String>,
    pub source: Option<String>,
    pub note: Option<String>,
    /// new, interviews, offer, hired, declined, withdrawn
    pub stage: Option<String>,
}

/// Either of the two.
#[derive(Deserialize, ToSchema)]
pub struct CandidateImportChange {
    pub candidates: Option<Vec<CandidateToImport>>,
    /// Comma-separated, with a first line that names the columns: name, email, source, note.
    pub csv: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct CandidateImportBody {
    pub candidate_import: CandidateImportChange,
}

#[derive(Deserialize, ToSchema)]
pub struct CandidateToImport {
    pub name: String,
    pub email: Option<String>,
    pub source: Option<String>,
    pub note: Option<String>,
}

impl CandidateToImport {
    pub fn command(&self) -> AddCandidate {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        AddCandidate {
            name: self.name.clone(),
            email: said(&self.email),
            source: said(&self.source),
            note: said(&self.note),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CandidateImportShape {
    pub added: usize,
    /// Their address is among the candidates already.
    pub known: usize,
}

#[derive(Deserialize, ToSchema)]
pub struct ScorecardScoresBody {
    pub scorecard: ScorecardScores,
}

/// One's own; it replaces what one handed in before. Skills that did not come up are left out.
#[derive(Deserialize, ToSchema)]
pub struct ScorecardScores {
    pub note: Option<String>,
    pub scores: Vec<ScorecardScoreBody>,
}

#[derive(Deserialize, ToSchema)]
pub struct ScorecardScoreBody {
    pub skill_id: i64,
    /// 0 to 5.
    pub level: f64,
    pub note: Option<String>,
}
