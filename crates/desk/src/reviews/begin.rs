//! Beginning to read a solved conversation, and laying it aside again.

use super::{Review, ReviewError, assign, store};
use crate::tickets::{self, Status};
use crate::{ReviewId, ScorecardId, TicketId, Tx, UserId};

#[derive(Clone, Copy, Debug)]
pub struct BeginReview {
    pub ticket: TicketId,
    /// Whose work it is.
    pub user: UserId,
    /// `None`: the default.
    pub scorecard: Option<ScorecardId>,
}

/// Leads, and whoever the desk's settings name.
pub fn may_review(tx: &mut Tx) -> Result<bool, db::Error> {
    let actor = *tx.actor();
    if actor.is_lead() {
        return Ok(true);
    }
    let Some(user) = actor.user().filter(|_| actor.is_agent()) else { return Ok(false) };
    Ok(assign::settings(tx)?.reviewers.contains(&user))
}

pub(super) fn only_reviewers(tx: &mut Tx) -> Result<(), ReviewError> {
    if may_review(tx)? { Ok(()) } else { Err(ReviewError::NotAReviewer) }
}

/// Opens a review, or answers the one that the reviewer has open already.
pub fn begin(tx: &mut Tx, command: &BeginReview) -> Result<ReviewId, ReviewError> {
    only_reviewers(tx)?;
    let reviewer = tx.actor().user().ok_or(ReviewError::NotAReviewer)?;
    is_their_work(tx, command.ticket, command.user)?;
    if reviewer == command.user {
        return Err(ReviewError::OwnWork);
    }
    if let Some((review, finished)) = store::find_review_of(tx, command.ticket, command.user, reviewer)? {
        return if finished { Err(ReviewError::ReviewedAlready) } else { Ok(review) };
    }
    let scorecard = match command.scorecard {
        Some(id) => store::find_scorecard(tx, id)?.filter(|it| it.retired_at.is_none()),
        None => store::list_scorecards(tx)?.into_iter().next(),
    };
    let scorecard = scorecard.ok_or(ReviewError::NoSuchScorecard)?;
    let review =
        store::insert_review(tx, command.ticket, command.user, reviewer, scorecard.version_id, None)?
            .ok_or(ReviewError::ReviewedAlready)?;
    store::save_assignment_begun(tx, command.ticket, command.user, review)?;
    Ok(review)
}

/// A solved ticket that this member of the staff holds or has written on.
pub(super) fn is_their_work(tx: &mut Tx, ticket: TicketId, user: UserId) -> Result<(), ReviewError> {
    let ticket = tickets::find_ticket(tx, ticket)?.ok_or(ReviewError::NoSuchTicket)?;
    if ticket.status < Status::Solved {
        return Err(ReviewError::NotSolved);
    }
    let wrote = store::has_answered(tx, ticket.id, user)?;
    if wrote { Ok(()) } else { Err(ReviewError::NotTheirWork) }
}

/// Lays an unfinished review aside, with everything in it.
pub fn drop_review(tx: &mut Tx, id: ReviewId) -> Result<(), ReviewError> {
    let review = open_of_actor(tx, id)?;
    Ok(store::delete_review(tx, review.id)?)
}

/// The actor's own review, while it can still be changed.
pub(super) fn open_of_actor(tx: &mut Tx, id: ReviewId) -> Result<Review, ReviewError> {
    let review = store::find_review(tx, id)?.ok_or(ReviewError::NoSuchReview)?;
    if !tx.actor().is(review.reviewer) {
        return Err(ReviewError::NotYours);
    }
    if review.finished_at.is_some() {
        return Err(ReviewError::FinishedAlready);
    }
    Ok(review)
}
