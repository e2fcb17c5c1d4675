//! Calibration: several reviewers score the same conversation without seeing each other, then look at how far they agree.

use super::begin::{is_their_work, only_reviewers};
use super::scorecards::only_leads;
use super::{ReviewError, store};
use crate::events::{self, Event};
use crate::{CalibrationId, ReviewId, ScorecardId, TicketId, Tx, UserId};
use serde::Serialize;

#[derive(Clone, Copy, Debug)]
pub struct OpenCalibration {
    pub ticket: TicketId,
    pub user: UserId,
    /// `None`: the default.
    pub scorecard: Option<ScorecardId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    pub id: CalibrationId,
    pub ticket: TicketId,
    pub user: UserId,
    pub version_id: i64,
    pub created_by: Option<UserId>,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

pub fn open_calibration(tx: &mut Tx, command: &OpenCalibration) -> Result<CalibrationId, ReviewError> {
    only_leads(tx)?;
    is_their_work(tx, command.ticket, command.user)?;
    let scorecard = match command.scorecard {
        Some(id) => store::find_scorecard(tx, id)?.filter(|it| it.retired_at.is_none()),
        None => store::list_scorecards(tx)?.into_iter().next(),
    };
    let version = scorecard.ok_or(ReviewError::NoSuchScorecard)?.version_id;
    let id = store::insert_calibration(tx, command.ticket, command.user, version)?;
    events::record(tx, &Event::CalibrationOpened { calibration: id, ticket: command.ticket })?;
    Ok(id)
}

/// The actor's blind review in it: begun, or the one that is there.
pub fn join_calibration(tx: &mut Tx, id: CalibrationId) -> Result<ReviewId, ReviewError> {
    only_reviewers(tx)?;
    let reviewer = tx.actor().user().ok_or(ReviewError::NotAReviewer)?;
    let it = store::find_calibration(tx, id)?.ok_or(ReviewError::NoSuchCalibration)?;
    if reviewer == it.user {
        return Err(ReviewError::OwnWork);
    }
    if let Some(review) = store::find_review_in(tx, id, reviewer)? {
        return Ok(review);
    }
    if it.closed_at.is_some() {
        return Err(ReviewError::ClosedAlready);
    }
    store::insert_review(tx, it.ticket, it.user, reviewer, it.version_id, Some(id))?
        .ok_or(ReviewError::ReviewedAlready)
}

/// From now on everybody who reviews sees what everybody gave. Reviews that are not finished stay out of it.
pub fn close_calibration(tx: &mut Tx, id: CalibrationId) -> Result<(), ReviewError> {
    only_leads(tx)?;
    let it = store::find_calibration(tx, id)?.ok_or(ReviewError::NoSuchCalibration)?;
    if it.closed_at.is_some() {
        return Err(ReviewError::ClosedAlready);
    }
    store::save_closed(tx, id)?;
    Ok(events::record(tx, &Event::CalibrationClosed { calibration: id, ticket: it.ticket })?)
}
