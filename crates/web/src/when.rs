//! Moments in words: what a page prints before any script has run.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use std::fmt::{self, Display, Formatter};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Longer ago than so many days a date says more.
const DAYS_COUNTED_MAX: i64 = 14;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Words that are written straight into the page; a list has some hundred of them. They hold nothing that HTML knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    Iso(i64),
    Ago { past_ms: i64, at_ms: i64 },
    Span(i64),
    Day(i64),
    Moment(i64),
}

impl Display for Words {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Words::Iso(at_ms) => match Timestamp::from_second(at_ms.div_euclid(1_000)) {
                Ok(at) => Display::fmt(&at, f),
                Err(_) => Ok(()),
            },
            Words::Ago { past_ms, at_ms } => match past_ms {
                past if past < MINUTE_MS => f.write_str("just now"),
                past if past < HOUR_MS => write!(f, "{} min ago", past / MINUTE_MS),
                past if past < DAY_MS => write!(f, "{} h ago", past / HOUR_MS),
                past if past < 2 * DAY_MS => f.write_str("yesterday"),
                past if past < DAYS_COUNTED_MAX * DAY_MS => write!(f, "{} days ago", past / DAY_MS),
                _ => Display::fmt(&Words::Day(at_ms), f),
            },
            Words::Span(ms) => match ms.abs() {
                ms if ms < MINUTE_MS => f.write_str("less than a minute"),
                ms if ms < HOUR_MS => write!(f, "{} min", ms / MINUTE_MS),
                ms if ms < DAY_MS => write!(f, "{} h", ms / HOUR_MS),
                ms if ms < 2 * DAY_MS => f.write_str("1 day"),
                ms => write!(f, "{} days", ms / DAY_MS),
            },
            Words::Day(at_ms) => utc(at_ms).map_or(Ok(()), |at| write_day(f, at)),
            Words::Moment(at_ms) => utc(at_ms).map_or(Ok(()), |at| {
                write_day(f, at)?;
                write!(f, ", {:02}:{:02}", at.hour(), at.minute())
            }),
        }
    }
}

fn utc(at_ms: i64) -> Option<DateTime> {
    Timestamp::from_millisecond(at_ms).ok().map(|at| Offset::UTC.to_datetime(at))
}

fn write_day(f: &mut Formatter<'_>, at: DateTime) -> fmt::Result {
    write!(f, "{} {} {}", at.day(), MONTHS[(at.month() - 1) as usize], at.year())
}

/// `2026-03-10T09:12:00Z`, for `datetime` attributes.
pub fn iso(at_ms: i64) -> String {
    Words::Iso(at_ms).to_string()
}

/// `34 min ago`, `2 h ago`, `3 days ago`, or the date.
pub fn ago(at_ms: i64, now_ms: i64) -> String {
    Words::Ago { past_ms: now_ms - at_ms, at_ms }.to_string()
}

/// A span of time: `18 min`, `3 h`, `2 days`.
pub fn span(ms: i64) -> String {
    Words::Span(ms).to_string()
}

/// `10 Mar 2026`.
pub fn day(at_ms: i64) -> String {
    Words::Day(at_ms).to_string()
}

/// `10 Mar 2026, 09:12`, in UTC; the page's script shows the reader's own time.
pub fn moment(at_ms: i64) -> String {
    Words::Moment(at_ms).to_string()
}

/// What a clock of that zone shows then, as if it were one of UTC; of a zone that is not known, UTC.
pub fn there(at_ms: i64, zone: &str) -> i64 {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at_ms + i64::from(zone.to_offset(at).seconds()) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_MS: i64 = 1_773_133_925_678;

    #[test]
    fn a_moment_is_written_as_a_page_shows_it() {
        assert_eq!(iso(AT_MS), "2026-03-10T09:12:05Z");
        assert_eq!(moment(AT_MS), "10 Mar 2026, 09:12");
        assert_eq!(day(AT_MS - 9 * DAY_MS), "1 Mar 2026");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
        assert_eq!(moment(i64::MAX), "");
    }

    #[test]
    fn what_was_lately_is_counted_and_what_was_long_ago_is_dated() {
        let ago_of = |past_ms| ago(AT_MS - past_ms, AT_MS);
        let written = [0, 34 * MINUTE_MS, 3 * HOUR_MS, DAY_MS, 13 * DAY_MS, 14 * DAY_MS].map(ago_of);
        assert_eq!(written, ["just now", "34 min ago", "3 h ago", "yesterday", "13 days ago", "24 Feb 2026"]);
        assert_eq!(
            [0, HOUR_MS, DAY_MS, 2 * DAY_MS].map(span),
            ["less than a minute", "1 h", "1 day", "2 days"]
        );
    }
}
