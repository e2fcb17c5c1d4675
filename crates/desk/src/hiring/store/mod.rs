//! Every statement on openings, candidates, applications and alerts.

mod alerts;
mod applications;
mod candidates;
mod interviewers;
mod openings;

pub(super) use alerts::*;
pub(super) use applications::*;
pub(super) use candidates::*;
pub(super) use interviewers::*;
pub(super) use openings::*;

/// Rows that one list, or one round of a job, takes.
const ROWS_MAX: usize = 2_000;
