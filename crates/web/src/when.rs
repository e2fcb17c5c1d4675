//! Moments in words: what a page prints before any script has run.

use jiff::Timestamp;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// `2026-03-10T09:12:00Z`, for `datetime` attributes.
pub fn iso(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

/// `34 min ago`, `2 h ago`, `3 days ago`, or the date.
pub fn ago(at_ms: i64, now_ms: i64) -> String {
    let past = now_ms - at_ms;
    match past {
        past if past < MINUTE_MS => "just now".to_owned(),
        past if past < HOUR_MS => format!("{} min ago", past / MINUTE_MS),
        past if past < DAY_MS => format!("{} h ago", past / HOUR_MS),
        past if past < 2 * DAY_MS => "yesterday".to_owned(),
        past if past < 14 * DAY_MS => format!("{} days ago", past / DAY_MS),
        _ => day(at_ms),
    }
}

/// A span of time: `18 min`, `3 h`, `2 days`.
pub fn span(ms: i64) -> String {
    match ms.abs() {
        ms if ms < MINUTE_MS => "less than a minute".to_owned(),
        ms if ms < HOUR_MS => format!("{} min", ms / MINUTE_MS),
        ms if ms < DAY_MS => format!("{} h", ms / HOUR_MS),
        ms if ms < 2 * DAY_MS => "1 day".to_owned(),
        ms => format!("{} days", ms / DAY_MS),
    }
}

/// `10 Mar 2026`.
pub fn day(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%-d %b %Y").to_string()).unwrap_or_default()
}

/// `10 Mar 2026, 09:12`, in UTC; the page's script shows the reader's own time.
pub fn moment(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%-d %b %Y, %H:%M").to_string())
        .unwrap_or_default()
}
