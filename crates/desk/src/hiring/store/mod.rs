//! Every statement on openings, candidates and alerts.

mod alerts;
mod candidates;
mod interviewers;
mod openings;

pub(super) use alerts::*;
pub(super) use candidates::*;
pub(super) use interviewers::*;
pub(super) use openings::*;

/// Rows that one list, or one round of a job, takes.
const ROWS_MAX: usize = 2_000;
