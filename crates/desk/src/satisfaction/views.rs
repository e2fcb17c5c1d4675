//! Ratings shaped for a ticket's page, a person's page, and those who learn from them.

use super::{BAD_SCORE_MAX, Rating, store};
use crate::{RatingId, TicketId, Tx, UserId, skills};
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

/// The ratings of these tickets, in no particular order.
pub fn of_tickets(tx: &mut Tx, tickets: &[TicketId]) -> Result<Vec<Rating>, db::Error> {
    store::list_of_tickets(tx, tickets)
}

/// Which ratings a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    Any,
    /// Asked for, and not answered yet.
    Offered,
    Received,
    Good,
    Bad,
}

impl Score {
    /// Stars from and to; an unanswered rating has none.
    fn stars(self) -> (i64, i64) {
        match self {
            Score::Any => (0, 5),
            Score::Offered => (0, 0),
            Score::Received => (1, 5),
            Score::Good => (BAD_SCORE_MAX + 1, 5),
            Score::Bad => (1, BAD_SCORE_MAX),
        }
    }

    pub fn of(rating: &Rating) -> Score {
        match rating.score {
            None => Score::Offered,
            Some(stars) if stars > BAD_SCORE_MAX => Score::Good,
            Some(_) => Score::Bad,
        }
    }
}

/// Ratings after the one with this id, oldest first.
pub fn page(
    tx: &mut Tx,
    score: Score,
    after: RatingId,
    offset: usize,
    count: usize,
) -> Result<Vec<Rating>, db::Error> {
    store::list_ratings(tx, score.stars(), after, offset, count)
}

pub fn count(tx: &mut Tx, score: Score) -> Result<i64, db::Error> {
    store::count_ratings(tx, score.stars())
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

/// One person's scores since `since` (milliseconds since 1970), those of another desk that were imported among them.
pub fn summary_of_person(tx: &mut Tx, person: UserId, since: i64) -> Result<Summary, db::Error> {
    let mut summary = Summary::default();
    let mut scores = store::count_scores(tx, person, since)?;
    scores.extend(skills::store::count_imported_scores(tx, person, since)?);
    for (score, count) in scores {
        if let Some(slot) = usize::try_from(score - 1).ok().and_then(|at| summary.by_score.get_mut(at)) {
            *slot += count;
        }
    }
    Ok(summary)
}
