//! The real binary behind its real doors: SMTP, IMAP, HTTP, files. Nothing here looks into the process.
#![allow(clippy::print_stderr, reason = "a test says what it could not try")]

mod answer;
mod backup;
mod desk_under_test;
mod dovecot;
mod http;
mod imap;
mod kill;
mod parse;
mod sink;
mod smtp;

use std::time::{Duration, Instant};

/// Longer than any of these things takes on a slow machine that does something else as well.
const LIMIT: Duration = Duration::from_secs(120);

/// Waits for a condition, and fails if it does not come true.
#[allow(
    clippy::disallowed_methods,
    reason = "another process is asked again and again; nothing waits for a fixed while"
)]
fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < LIMIT, "{what}: it did not happen within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
