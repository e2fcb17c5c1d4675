//! How the customer found it: asked once per ticket, answered by a deliberate act.
//!
//! Opening the link records nothing, because scanners of mail open links too. The answer is one to five, with a
//! reason when it is bad and words of the customer's own; it can be changed until it expires or the ticket closes.
//! Table: `satisfaction_ratings`.

mod answer;
mod ask;
mod store;
pub mod views;

pub use answer::{AnswerRating, RatingError, answer, by_token};
pub(crate) use ask::ask;

use crate::{GroupId, RatingId, TicketId, UserId};
use serde::Serialize;

/// How long the link in the mail serves.
pub const EXPIRES_AFTER_DAYS: i64 = 28;
/// A score up to this is asked for its reason.
pub const BAD_SCORE_MAX: i64 = 2;
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// What a customer may choose as the reason of a bad score, in API words.
pub const REASONS: [&str; 5] = ["took_too_long", "not_resolved", "not_knowledgeable", "unfriendly", "other"];

/// One request for a rating, and its answer once there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rating {
    pub id: RatingId,
    pub ticket: TicketId,
    pub requester: UserId,
    /// Who had solved the ticket when it was asked.
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub asked_at: i64,
    pub expires_at: i64,
    /// 1 to 5.
    pub score: Option<i64>,
    pub reason: Option<String>,
    pub comment: Option<String>,
    pub answered_at: Option<i64>,
}

/// What the customer's rating page shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RatingPage {
    pub rating: RatingId,
    pub ticket: TicketId,
    pub subject: String,
    pub agent: Option<String>,
    pub company: String,
    /// en, es, de or fr.
    pub language: String,
    pub score: Option<i64>,
    pub reason: Option<String>,
    pub comment: Option<String>,
    pub answered_at: Option<i64>,
    pub expires_at: i64,
    /// False: what stands, stands.
    pub may_answer: bool,
}
