//! Against a decision: why the person who got a ticket, or anybody who saw it, thinks that it was wrong.

use super::{RoutingError, store};
use crate::{DecisionId, TicketId, Tx, UserId, tickets};
use serde::Serialize;

/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 1_000;

#[derive(Clone, Debug)]
pub struct ContestDecision {
    pub ticket: TicketId,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contest {
    pub decision: DecisionId,
    pub by: UserId,
    pub by_name: String,
    pub reason: String,
    pub at: i64,
}

/// Kept beside the newest decision about the ticket; it moves nothing by itself.
pub fn contest(tx: &mut Tx, command: &ContestDecision) -> Result<(), RoutingError> {
    if !tx.actor().is_agent() {
        return Err(RoutingError::NotAnAgent);
    }
    let by = tx.actor().user().ok_or(RoutingError::NotAnAgent)?;
    let reason = command.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(RoutingError::ReasonIsWrong);
    }
    tickets::find_ticket(tx, command.ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let decision = store::find_last_decision(tx, command.ticket)?.ok_or(RoutingError::NothingDecided)?;
    store::insert_contest(tx, decision.id, command.ticket, by, reason)?;
    tx.announce(&format!("ticket:{}", command.ticket));
    Ok(())
}

/// The newest first.
pub fn contests_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Contest>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    tickets::find_ticket(tx, ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    Ok(store::list_contests(tx, ticket)?)
}
