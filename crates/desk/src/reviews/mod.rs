//! Reviews: a scored reading of a conversation by a colleague, which is evidence of the skills that it shows.
//!
//! A reviewer marks sentences, scores the categories of a scorecard and finishes. Each scored category that names
//! skills becomes one row of evidence, corrected for how severe the reviewer is known to be. The reviewed person sees
//! all of it, answers and contests; what is decided is recorded. A weekly budget goes where least is known.
//! Tables: `scorecards`, `scorecard_versions`, `scorecard_words`, `reviews`, `review_scores`, `review_highlights`,
//! `review_assignments`, `calibrations`; setting `reviews`. Events: `ScorecardChanged`, `ReviewFinished`, `ReviewAnswered`, `ReviewContested`,
//! `ReviewDecided`, `ReviewsAssigned`, `CalibrationOpened`, `CalibrationClosed`. Path: `/reviews`.

mod answer;
mod assign;
mod begin;
mod calibrate;
mod error;
mod finish;
mod mark;
mod places;
mod scorecards;
mod severity;
mod shipped;
mod store;
pub mod views;
mod words;

pub use ::skills::agreement::Severity;
pub use ::skills::scorecard::{POINTS_MAX, POINTS_MIN, Section, category_percent};
pub use answer::{Contest, Decide, Decision, SayToReview, answer, contest, decide, see};
pub use assign::{Assignment, SaveReviewSettings, Settings, plan_week, save_settings, settings, skip};
pub use begin::{BeginReview, begin, drop_review, may_review};
pub use calibrate::{Calibration, OpenCalibration, close_calibration, join_calibration, open_calibration};
pub use error::ReviewError;
pub use finish::{Finish, SaveScores, ScoreGiven, finish, save_scores};
pub use mark::{Mark, MarkSentences, mark_sentences};
pub use places::{Span, place, sentences};
pub use scorecards::{
    SaveScorecard, create_scorecard, list_scorecards, list_shown_scorecards, make_default, restore_scorecard,
    retire_scorecard, scorecard, shown_scorecard, update_scorecard,
};
pub use severity::severity_of;
pub(crate) use shipped::lay_scorecard;
pub use words::{CategoryWords, LANGUAGES_PER_SCORECARD_MAX, ScorecardWords, set_words, words_of};

use crate::{
    CalibrationId, CommentId, CompetencyId, EvidenceId, ReviewId, ScorecardId, SkillId, TicketId, UserId,
};
use serde::{Deserialize, Serialize};

pub const CATEGORIES_MAX: usize = 20;
pub const NAME_CHARS_MAX: usize = 80;
pub const TEXT_CHARS_MAX: usize = 2_000;
pub const SKILLS_PER_CATEGORY_MAX: usize = 5;
pub const HIGHLIGHTS_PER_REVIEW_MAX: usize = 200;
/// Sentences of one conversation that a review shows.
pub const SENTENCES_MAX: usize = 2_000;

/// A competency as a scorecard asks for it: skills used together, judged by behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub name: String,
    /// What the reviewer asks themself.
    pub question: String,
    pub section: Section,
    /// Above 0, at most 100.
    pub weight: f64,
    /// 2 to 5.
    pub points: u8,
    /// What each point looks like, from the least; may be empty.
    pub anchors: Vec<String>,
    /// What it is evidence of, with weights; may be empty.
    pub skills: Vec<(SkillId, f64)>,
    /// The competency that these skills are, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competency: Option<CompetencyId>,
}

/// A scorecard in one of its versions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    pub id: ScorecardId,
    pub name: String,
    pub about: String,
    pub is_default: bool,
    /// The number of this version.
    pub version: i64,
    pub version_id: i64,
    pub categories: Vec<Category>,
    pub updated_at: i64,
    pub retired_at: Option<i64>,
}

/// A sentence that the reviewer points at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Highlight {
    pub comment: CommentId,
    pub span: Span,
    /// The words as they were when they were marked.
    pub quote: String,
    /// The place of the category it speaks for.
    pub category: Option<usize>,
    /// Something to keep; false: something to improve.
    pub good: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The place of the category.
    pub category: usize,
    /// `None`: does not apply.
    pub points: Option<u8>,
    pub note: String,
    pub evidence: Option<EvidenceId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    pub id: ReviewId,
    pub ticket: TicketId,
    /// Whose work it is.
    pub user: UserId,
    pub reviewer: UserId,
    pub version_id: i64,
    pub calibration: Option<CalibrationId>,
    pub comment: String,
    pub percent: Option<f64>,
    pub failed_by: Vec<usize>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub seen_at: Option<i64>,
    pub answer: Option<String>,
    pub answered_at: Option<i64>,
    pub contest: Option<String>,
    pub contested_at: Option<i64>,
    pub decision: Option<Decision>,
    pub decision_reason: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<i64>,
}

impl Review {
    /// Counts in the person's quality score.
    pub fn counts(&self) -> bool {
        self.finished_at.is_some() && self.calibration.is_none() && self.decision != Some(Decision::Struck)
    }

    pub fn is_contested(&self) -> bool {
        self.contested_at.is_some() && self.decided_at.is_none()
    }

    /// The reviewer and leads; the reviewed person once it is finished. Other raters of a calibration see each
    /// other's scores only when it is closed, and its page decides that.
    fn is_visible_to(&self, actor: crate::Actor) -> bool {
        if actor.is(self.reviewer) {
            return true;
        }
        match self.calibration {
            Some(_) => false,
            None => self.finished_at.is_some() && (actor.is(self.user) || actor.is_lead()),
        }
    }
}
