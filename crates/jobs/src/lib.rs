//! A durable queue in the product's own database: a job is enqueued by the very transaction that made it necessary.
//!
//! A claimed job is hidden until its lease ends; a worker that dies gives it back by doing nothing. A job that keeps
//! failing is retried with growing pauses and is then kept, dead, with its last error. Two lanes keep quick work
//! inside the database apart from slow talk with the outside world. This crate knows no ticket.

mod queue;
mod runner;

pub use queue::{
    DeadJob, Job, Lane, NewJob, claim, count_waiting, enqueue, fail, finish, keep_recurring, list_dead,
    retry_dead,
};
pub use runner::{Handle, Outcome, Refused, Runner, Stop};

/// Jobs that one claim takes.
pub const JOBS_PER_CLAIM_MAX: usize = 64;
/// How long a claimed job stays hidden from other workers.
pub const LEASE_MS: i64 = 120_000;
/// Tries before a job is declared dead.
pub const ATTEMPTS_MAX: i64 = 12;
/// The longest pause between two tries.
pub const PAUSE_MS_MAX: i64 = 6 * 3_600_000;
/// The least pause, after the first failure.
pub const PAUSE_MS_MIN: i64 = 2_000;
