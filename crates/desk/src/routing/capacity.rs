//! How much one person may hold.

use super::{CAPACITY_MAX, RoutingError, presence, store};
use crate::{Tx, UserId};

#[derive(Clone, Copy, Debug)]
pub struct SetCapacity {
    pub user: UserId,
    /// Tickets that need an answer at the same time; `None`: as the company has set it for all.
    pub limit: Option<i64>,
}

/// Only routing keeps to it; a person may be given more by hand.
pub fn set_capacity(tx: &mut Tx, command: &SetCapacity) -> Result<(), RoutingError> {
    if !tx.actor().is_lead() {
        return Err(RoutingError::NotALead);
    }
    if command.limit.is_some_and(|limit| !(0..=CAPACITY_MAX).contains(&limit)) {
        return Err(RoutingError::CapacityIsWrong);
    }
    presence::agent(tx, command.user)?;
    store::save_capacity(tx, command.user, command.limit)?;
    tx.announce("presence");
    tx.announce(&format!("user:{}", command.user));
    Ok(())
}
