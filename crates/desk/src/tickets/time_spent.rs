//! How long agents look at a ticket, as far as their pages tell: the time between two signs of life that are close.
//!
//! Table: `time_spent`. It is no event: it says nothing of the ticket, and is told several times a minute.

use super::store;
use crate::{TicketId, Tx, UserId};

/// Signs of life that are further apart are not one stretch of work.
pub const SIGN_OF_LIFE_GAP_MS_MAX: i64 = 90_000;

/// The person who acts looks at the ticket now. Time on what is solved already is not counted, nor that of others than
/// agents.
pub fn look_at(tx: &mut Tx, ticket: TicketId) -> Result<(), db::Error> {
    let Some(user) = tx.actor().user().filter(|_| tx.actor().is_agent()) else { return Ok(()) };
    store::add_time_spent(tx, ticket, user, SIGN_OF_LIFE_GAP_MS_MAX)
}

/// Milliseconds by person, the longest first.
pub fn time_spent(tx: &mut Tx, ticket: TicketId) -> Result<Vec<(UserId, i64)>, db::Error> {
    store::list_time_spent(tx, ticket)
}
