//! Who gets which work: the live side of the pure `routing` crate.

use crate::{TicketId, Tx, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Arrival,
    Changed,
}

pub(crate) fn route(_tx: &mut Tx, _ticket: TicketId, _cause: Cause) -> Result<(), db::Error> {
    Ok(())
}

pub(crate) fn fill_hands_of(_tx: &mut Tx, _user: UserId) -> Result<(), db::Error> {
    Ok(())
}

pub(crate) fn return_work_of(_tx: &mut Tx, _user: UserId) -> Result<(), db::Error> {
    Ok(())
}

pub(crate) fn sweep(_tx: &mut Tx) -> Result<(), db::Error> {
    Ok(())
}
