//! What people can do and what work needs, kept in the database around the pure `skills` crate.

use crate::{RatingId, TicketId, Tx};

pub(crate) fn lay_library(_tx: &mut Tx) -> Result<(), db::Error> {
    Ok(())
}

#[derive(Default)]
pub struct Triage {}

impl Triage {
    pub(crate) fn run(&self, _tx: &mut Tx, _ticket: TicketId) -> Result<(), db::Error> {
        Ok(())
    }
}

pub(crate) fn learn_from_outcome(_tx: &mut Tx, _ticket: TicketId) -> Result<(), db::Error> {
    Ok(())
}

pub(crate) fn learn_from_rating(_tx: &mut Tx, _rating: RatingId) -> Result<(), db::Error> {
    Ok(())
}
