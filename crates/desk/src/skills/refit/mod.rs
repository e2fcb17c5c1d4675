//! The refit: everybody's evidence estimated together, hourly and on demand; what the online tier goes on from.
//!
//! Tables: `refit_runs` (one row a run, with its progress), `refit_people` and `refit_beliefs` (the last run's result,
//! person by person), `belief_weeks` (the last word of each week, for trends).

use crate::Tx;
use crate::work::{self, Due, Work};

/// Evidence before the last refit has changed, or what counts has: a refit is due, once for all that happens in a minute.
pub(super) fn ask_soon(tx: &mut Tx) -> Result<(), db::Error> {
    work::enqueue(tx, &Work::Refit { asked_by: None }, Due::Soon)
}
