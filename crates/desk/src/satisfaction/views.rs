//! Ratings shaped for a ticket's page, a person's page, and those who learn from them.

use super::{BAD_SCORE_MAX, Rating, store};
use crate::{RatingId, TicketId, Tx, UserId};
use serde::Serialize;

/// Ratings of one page.
pub const RATINGS_PER_PAGE_MAX: usize = 100;

/// The rating of a ticket: asked for, and perhaps given.
pub fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Option<Rating>, db::Error> {
    store::find_of_ticket(tx, ticket)
}

pub fn rating(tx: &mut Tx, rating: RatingId) -> Result<Option<Rating>, db::Error> {
    store::find_rating(tx, rating)
}

/// What customers said of one person's work, newest first.
pub fn of_person(tx: &mut Tx, person: UserId, count: usize) -> Result<Vec<Rating>, db::Error> {
    store::list_of_assignee(tx, person, count.min(RATINGS_PER_PAGE_MAX))
}

/// How often each score was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Index 0 counts the ones, index 4 the fives.
    pub by_score: [i64; 5],
}

impl Summary {
    pub fn count(&self) -> i64 {
        self.by_score.iter().sum()
    }

    /// The share of scores above [`BAD_SCORE_MAX`] and the middle, 0 to 1; `None` without any answer.
    pub fn good_share(&self) -> Option<f64> {
        let good: i64 = self.by_score[BAD_SCORE_MAX as usize + 1..].iter().sum();
        (self.count() > 0).then(|| good as f64 / self.count() as f64)
    }
}

/// One person's scores since `since` (milliseconds since 1970).
pub fn summary_of_person(tx: &mut Tx, person: UserId, since: i64) -> Result<Summary, db::Error> {
    let mut summary = Summary::default();
    for (score, count) in store::count_scores(tx, person, since)? {
        if let Some(slot) = usize::try_from(score - 1).ok().and_then(|at| summary.by_score.get_mut(at)) {
            *slot = count;
        }
    }
    Ok(summary)
}
