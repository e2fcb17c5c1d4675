//! Scorecards, reviews, assignments, calibrations and what is known of reviewers.

use super::changes::{Change, named};
use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::reviews::views::{AssignmentRow, CalibrationPage, RaterRow, ReviewPage};
use desk::reviews::{Category, Review, Scorecard};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct ScorecardShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    pub about: String,
    pub default: bool,
    /// Finished reviews keep the version that they were made with.
    pub version: i64,
    pub categories: Vec<CategoryShape>,
    pub active: bool,
    pub updated_at: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CategoryShape {
    pub name: String,
    #[serde(default)]
    pub question: String,
    /// standard, critical, bonus, auto_fail
    pub section: String,
    /// Above 0, at most 100.
    pub weight: f64,
    /// 2 to 5.
    pub points: u8,
    /// What each point looks like, from the least; or empty.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// What it is evidence of; those of its competency, if it has one.
    #[serde(default)]
    pub skills: Vec<CategorySkillShape>,
    /// What it judges as a whole. Left out of a change it stays; null takes it off.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    pub competency_id: Change<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CategorySkillShape {
    pub skill_id: i64,
    pub weight: f64,
}

impl CategoryShape {
    fn of(it: &Category) -> CategoryShape {
        let skill = |(skill, weight): &(desk::SkillId, f64)| CategorySkillShape {
            skill_id: skill.0,
            weight: *weight,
        };
        CategoryShape {
            name: it.name.clone(),
            question: it.question.clone(),
            section: it.section.name().to_owned(),
            weight: it.weight,
            points: it.points,
            anchors: it.anchors.clone(),
            skills: it.skills.iter().map(skill).collect(),
            competency_id: Some(it.competency.map(|id| id.0)),
        }
    }
}

impl ScorecardShape {
    pub fn of(it: &Scorecard, urls: &Urls) -> ScorecardShape {
        ScorecardShape {
            url: urls.resource(&format!("/scorecards/{}", it.id)),
            id: it.id.0,
            name: it.name.clone(),
            about: it.about.clone(),
            default: it.is_default,
            version: it.version,
            categories: it.categories.iter().map(CategoryShape::of).collect(),
            active: it.retired_at.is_none(),
            updated_at: iso(it.updated_at),
        }
    }
}

/// One review as lists hold it.
#[derive(Serialize, ToSchema)]
pub struct ReviewShape {
    pub url: String,
    pub id: i64,
    pub ticket_id: i64,
    /// Whose work it is.
    pub user_id: i64,
    pub reviewer_id: i64,
    pub calibration_id: Option<i64>,
    /// 0 to 100, and above with a bonus; null until it is finished.
    pub percent: Option<f64>,
    /// Places of the categories that made it 0.
    pub failed_by: Vec<usize>,
    pub comment: String,
    pub created_at: String,
    pub finished_at: Option<String>,
    pub seen_at: Option<String>,
    /// The person's own words.
    pub answer: Option<String>,
    pub contest: Option<String>,
    pub contested_at: Option<String>,
    /// upheld, struck
    pub decision: Option<&'static str>,
    pub decision_reason: Option<String>,
    pub decided_by_id: Option<i64>,
    pub decided_at: Option<String>,
}

impl ReviewShape {
    pub fn of(it: &Review, urls: &Urls) -> ReviewShape {
        ReviewShape {
            url: urls.resource(&format!("/reviews/{}", it.id)),
            id: it.id.0,
            ticket_id: it.ticket.0,
            user_id: it.user.0,
            reviewer_id: it.reviewer.0,
            calibration_id: it.calibration.map(|id| id.0),
            percent: it.percent,
            failed_by: it.failed_by.clone(),
            comment: it.comment.clone(),
            created_at: iso(it.created_at),
            finished_at: iso_if(it.finished_at),
            seen_at: iso_if(it.seen_at),
            answer: it.answer.clone(),
            contest: it.contest.clone(),
            contested_at: iso_if(it.contested_at),
            decision: it.decision.map(|it| it.name()),
            decision_reason: it.decision_reason.clone(),
            decided_by_id: it.decided_by.map(|id| id.0),
            decided_at: iso_if(it.decided_at),
        }
    }
}

/// One review with all that was said.
#[derive(Serialize, ToSchema)]
pub struct WholeReviewShape {
    #[serde(flatten)]
    pub review: ReviewShape,
    pub scorecard_id: i64,
    pub scorecard_version: i64,
    pub scores: Vec<ScoreShape>,
    pub highlights: Vec<HighlightShape>,
}

#[derive(Serialize, ToSchema)]
pub struct ScoreShape {
    /// The place of the category, from 0.
    pub category: usize,
    pub name: String,
    /// Null: does not apply.
    pub points: Option<u8>,
    pub note: String,
    pub evidence_id: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HighlightShape {
    pub comment_id: i64,
    /// Letters from the start of the comment's own text.
    pub start: usize,
    pub end: usize,
    #[serde(default)]
    pub quote: String,
    pub category: Option<usize>,
    /// Something to keep; false: something to improve.
    pub good: bool,
}

impl WholeReviewShape {
    pub fn of(page: &ReviewPage, urls: &Urls) -> WholeReviewShape {
        let scores = page.scores.iter().flatten().map(|it| ScoreShape {
            category: it.category,
            name: page.scorecard.categories.get(it.category).map_or_else(String::new, |it| it.name.clone()),
            points: it.points,
            note: it.note.clone(),
            evidence_id: it.evidence.map(|id| id.0),
        });
        let highlights = page.highlights.iter().map(|it| HighlightShape {
            comment_id: it.comment.0,
            start: it.span.start,
            end: it.span.end,
            quote: it.quote.clone(),
            category: it.category,
            good: it.good,
        });
        WholeReviewShape {
            review: ReviewShape::of(&page.review, urls),
            scorecard_id: page.scorecard.id.0,
            scorecard_version: page.scorecard.version,
            scores: scores.collect(),
            highlights: highlights.collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ReviewAssignmentShape {
    pub id: i64,
    pub ticket_id: i64,
    pub user_id: i64,
    pub reviewer_id: i64,
    /// Of which least was known,
    pub skill_id: i64,
    /// namely so little: the standard deviation in levels.
    pub sd_levels: f64,
    pub review_id: Option<i64>,
    /// The Monday of its week.
    pub week: String,
}

impl ReviewAssignmentShape {
    pub fn of(it: &AssignmentRow) -> ReviewAssignmentShape {
        ReviewAssignmentShape {
            id: it.id.0,
            ticket_id: it.ticket.0,
            user_id: it.user.0,
            reviewer_id: it.reviewer.0,
            skill_id: it.skill.id.0,
            sd_levels: it.sd_levels,
            review_id: it.review.map(|id| id.0),
            week: iso(it.week),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RaterShape {
    pub user_id: i64,
    pub name: String,
    /// In logits; above 0: gives too little.
    pub severity: f64,
    pub severity_sd: f64,
    pub scores: usize,
    pub reviews: usize,
    pub mean_percent: Option<f64>,
    pub contested: usize,
    pub struck: usize,
}

impl RaterShape {
    pub fn of(it: &RaterRow) -> RaterShape {
        RaterShape {
            user_id: it.user.0,
            name: it.name.clone(),
            severity: it.severity.mean,
            severity_sd: it.severity.sd,
            scores: it.severity.scores,
            reviews: it.reviews,
            mean_percent: it.mean_percent,
            contested: it.contested,
            struck: it.struck,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CalibrationShape {
    pub url: String,
    pub id: i64,
    pub ticket_id: i64,
    pub user_id: i64,
    pub scorecard_id: i64,
    pub scorecard_version: i64,
    pub joined: usize,
    pub finished: usize,
    /// Only the caller's own while it is open.
    pub raters: Vec<RaterScoresShape>,
    /// Krippendorff's alpha, once it is closed.
    pub alpha: Option<f64>,
    /// Mean weighted kappa of all pairs.
    pub kappa: Option<f64>,
    pub created_at: String,
    pub closed_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct RaterScoresShape {
    pub reviewer_id: i64,
    pub review_id: i64,
    pub percent: Option<f64>,
    /// By category.
    pub points: Vec<Option<u8>>,
}

impl CalibrationShape {
    pub fn of(page: &CalibrationPage, urls: &Urls) -> CalibrationShape {
        let raters = page.raters.iter().map(|it| RaterScoresShape {
            reviewer_id: it.reviewer.0,
            review_id: it.review.0,
            percent: it.percent,
            points: it.points.clone(),
        });
        let agreement = page.agreement.as_ref();
        CalibrationShape {
            url: urls.resource(&format!("/calibrations/{}", page.calibration.id)),
            id: page.calibration.id.0,
            ticket_id: page.calibration.ticket.0,
            user_id: page.calibration.user.0,
            scorecard_id: page.scorecard.id.0,
            scorecard_version: page.scorecard.version,
            joined: page.joined,
            finished: page.finished,
            raters: raters.collect(),
            alpha: agreement.and_then(|it| it.alpha),
            kappa: agreement.and_then(|it| it.kappa),
            created_at: iso(page.calibration.created_at),
            closed_at: iso_if(page.calibration.closed_at),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ScorecardBody {
    pub scorecard: ScorecardChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ScorecardChange {
    pub name: Option<String>,
    pub about: Option<String>,
    pub categories: Option<Vec<CategoryShape>>,
    /// True: reviews begin with it.
    pub default: Option<bool>,
    /// False: retired.
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ReviewBody {
    pub review: ReviewChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReviewChange {
    /// When it begins.
    pub ticket_id: Option<i64>,
    /// Whose work it is, when it begins.
    pub user_id: Option<i64>,
    /// The default without it.
    pub scorecard_id: Option<i64>,
    pub comment: Option<String>,
    /// All of them: what is missing is open again.
    pub scores: Option<Vec<ScoreChange>>,
    /// All of them: what is missing is marked no more.
    pub highlights: Option<Vec<HighlightShape>>,
    /// True: it counts from now on, and the person sees it.
    pub finished: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ScoreChange {
    /// The place of the category, from 0.
    pub category: usize,
    /// Null: does not apply.
    pub points: Option<u8>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReviewWordsBody {
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReviewDecisionBody {
    /// upheld, struck
    pub decision: Option<String>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CalibrationBody {
    pub calibration: CalibrationChange,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CalibrationChange {
    pub ticket_id: i64,
    pub user_id: i64,
    pub scorecard_id: Option<i64>,
}
