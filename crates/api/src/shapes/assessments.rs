//! Campaigns, what one is asked, certificates and skill checks.

use crate::time::{iso, iso_if};
use desk::assessments::views::{
    CampaignPage, CampaignRow, CertificateRow, CheckRow, ResultRow, Sides, TaskRow,
};
use desk::assessments::{Campaign, CheckResult, Validity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct CampaignShape {
    pub id: i64,
    pub name: String,
    pub skill_ids: Vec<i64>,
    pub asks_self: bool,
    pub asks_lead: bool,
    /// Colleagues asked about each person; what they say is shown as a mean of at least 3.
    pub peers_each: usize,
    pub asked: usize,
    pub answered: usize,
    pub due_at: String,
    pub created_at: String,
    pub closed_at: Option<String>,
    /// One entry for each person; empty in lists.
    pub results: Vec<CampaignResultShape>,
}

#[derive(Serialize, ToSchema)]
pub struct CampaignResultShape {
    pub user_id: i64,
    pub name: String,
    pub skills: Vec<SidesShape>,
}

/// One skill of one person, seen from all sides, in levels.
#[derive(Serialize, ToSchema)]
pub struct SidesShape {
    pub skill_id: i64,
    #[serde(rename = "self")]
    pub themself: Option<f64>,
    pub lead: Option<f64>,
    /// Null below 3 colleagues, and while the campaign is open.
    pub peers: Option<f64>,
    pub peer_count: Option<usize>,
    /// What the work shows.
    pub evidence: Option<f64>,
    /// The widest distance, from a whole level on.
    pub apart: Option<f64>,
}

impl CampaignShape {
    fn of(it: &Campaign, asked: usize, answered: usize, results: &[ResultRow]) -> CampaignShape {
        let sides = |it: &Sides| SidesShape {
            skill_id: it.skill.id.0,
            themself: it.themself,
            lead: it.lead,
            peers: it.peers,
            peer_count: it.peer_count,
            evidence: it.evidence.map(|cell| cell.level),
            apart: it.apart,
        };
        let result = |it: &ResultRow| CampaignResultShape {
            user_id: it.user.0,
            name: it.name.clone(),
            skills: it.sides.iter().map(sides).collect(),
        };
        CampaignShape {
            id: it.id.0,
            name: it.name.clone(),
            skill_ids: it.skills.iter().map(|id| id.0).collect(),
            asks_self: it.asks_self,
            asks_lead: it.asks_lead,
            peers_each: it.peers_each,
            asked,
            answered,
            due_at: iso(it.due_at),
            created_at: iso(it.created_at),
            closed_at: iso_if(it.closed_at),
            results: results.iter().map(result).collect(),
        }
    }

    pub fn of_row(row: &CampaignRow) -> CampaignShape {
        CampaignShape::of(&row.campaign, row.asked, row.answered, &[])
    }

    pub fn of_page(page: &CampaignPage) -> CampaignShape {
        CampaignShape::of(&page.campaign, page.asked, page.answered, &page.results)
    }
}

#[derive(Serialize, ToSchema)]
pub struct AssessmentTaskShape {
    pub id: i64,
    pub campaign_id: i64,
    pub campaign: String,
    /// About whom.
    pub subject_id: i64,
    /// self, lead, peer
    pub kind: &'static str,
    pub due_at: String,
    pub answered_at: Option<String>,
}

impl AssessmentTaskShape {
    pub fn of(it: &TaskRow) -> AssessmentTaskShape {
        AssessmentTaskShape {
            id: it.task.id.0,
            campaign_id: it.task.campaign.0,
            campaign: it.campaign.clone(),
            subject_id: it.task.subject.0,
            kind: it.task.kind.name(),
            due_at: iso(it.due_at),
            answered_at: iso_if(it.task.answered_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CertificateShape {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    pub issuer: String,
    pub link: String,
    pub skill_ids: Vec<i64>,
    pub issued_at: String,
    pub expires_at: Option<String>,
    /// valid, ends_soon, ended
    pub validity: &'static str,
    pub confirmed_by_id: Option<i64>,
    pub confirmed_at: Option<String>,
}

impl CertificateShape {
    pub fn of(row: &CertificateRow) -> CertificateShape {
        let it = &row.certificate;
        CertificateShape {
            id: it.id.0,
            user_id: it.user.0,
            name: it.name.clone(),
            issuer: it.issuer.clone(),
            link: it.link.clone(),
            skill_ids: it.skills.iter().map(|id| id.0).collect(),
            issued_at: iso(it.issued_at),
            expires_at: iso_if(it.expires_at),
            validity: match row.validity {
                Validity::Valid => "valid",
                Validity::EndsSoon => "ends_soon",
                Validity::Ended => "ended",
            },
            confirmed_by_id: it.confirmed_by.map(|id| id.0),
            confirmed_at: iso_if(it.confirmed_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SkillCheckShape {
    pub id: i64,
    pub skill_id: i64,
    pub name: String,
    pub version: i64,
    pub active: bool,
    /// Without what is right.
    pub questions: Vec<SkillCheckQuestionShape>,
    /// The caller's last result.
    pub result: Option<SkillCheckResultShape>,
}

#[derive(Serialize, ToSchema)]
pub struct SkillCheckQuestionShape {
    pub text: String,
    pub choices: Vec<String>,
    /// easy, medium, hard
    pub hardness: &'static str,
}

#[derive(Serialize, ToSchema)]
pub struct SkillCheckResultShape {
    pub id: i64,
    pub right: usize,
    pub questions: usize,
    /// What the answers say by themselves.
    pub level: Option<f64>,
    pub sd_levels: Option<f64>,
    pub evidence_id: Option<i64>,
    pub finished_at: String,
}

impl SkillCheckResultShape {
    pub fn of(it: &CheckResult) -> SkillCheckResultShape {
        SkillCheckResultShape {
            id: it.id.0,
            right: it.answers.iter().filter(|right| **right).count(),
            questions: it.answers.len(),
            level: it.level,
            sd_levels: it.sd_levels,
            evidence_id: it.evidence.map(|id| id.0),
            finished_at: iso(it.finished_at),
        }
    }
}

impl SkillCheckShape {
    pub fn of(row: &CheckRow) -> SkillCheckShape {
        let questions = row.check.questions.iter().map(|it| SkillCheckQuestionShape {
            text: it.text.clone(),
            choices: it.choices.clone(),
            hardness: it.hardness.name(),
        });
        SkillCheckShape {
            id: row.check.id.0,
            skill_id: row.check.skill.0,
            name: row.check.name.clone(),
            version: row.check.version,
            active: row.check.retired_at.is_none(),
            questions: questions.collect(),
            result: row.mine.as_ref().map(SkillCheckResultShape::of),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CampaignBody {
    pub campaign: CampaignChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CampaignChange {
    pub name: Option<String>,
    #[serde(default)]
    pub skill_ids: Vec<i64>,
    #[serde(default)]
    pub user_ids: Vec<i64>,
    pub asks_self: Option<bool>,
    pub asks_lead: Option<bool>,
    /// 0, or 3 to 8.
    pub peers_each: Option<usize>,
    pub due_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct AssessmentAnswersBody {
    pub levels: Vec<AssessmentAnswerChange>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct AssessmentAnswerChange {
    pub skill_id: i64,
    /// 0 to 5; null: cannot say.
    pub level: Option<f64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CertificateBody {
    pub certificate: CertificateChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CertificateChange {
    pub name: Option<String>,
    pub issuer: Option<String>,
    pub link: Option<String>,
    #[serde(default)]
    pub skill_ids: Vec<i64>,
    pub issued_at: Option<String>,
    pub expires_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SkillCheckBody {
    pub skill_check: SkillCheckChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillCheckChange {
    pub skill_id: Option<i64>,
    pub name: Option<String>,
    #[serde(default)]
    pub questions: Vec<SkillCheckQuestionChange>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SkillCheckQuestionChange {
    pub text: String,
    pub choices: Vec<String>,
    /// The place of the right choice, from 0.
    pub right: usize,
    /// easy, medium, hard; medium without it
    pub hardness: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SkillCheckAnswersBody {
    /// The version that the answers are for.
    pub version: i64,
    /// The place of the chosen answer, by question.
    pub chosen: Vec<usize>,
}
