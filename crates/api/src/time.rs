//! Moments as the API writes them: whole seconds in UTC.

use jiff::Timestamp;

/// `2026-01-01T10:00:00Z`.
pub fn iso(ms: i64) -> String {
    let moment = Timestamp::from_second(ms.div_euclid(1_000)).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_string()
}

pub fn iso_if(ms: Option<i64>) -> Option<String> {
    ms.map(iso)
}

/// Milliseconds since 1970; `None` if the text is no moment.
pub fn parse(text: &str) -> Option<i64> {
    let day = |text: &str| {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    let moment = text.trim().parse::<Timestamp>().ok().or_else(|| day(text.trim()))?;
    Some(moment.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_whole_seconds_and_read_back() {
        assert_eq!(iso(1_767_261_600_999), "2026-01-01T10:00:00Z");
        assert_eq!(parse("2026-01-01T10:00:00Z"), Some(1_767_261_600_000));
        assert_eq!(parse("2026-01-01T12:00:00+02:00"), Some(1_767_261_600_000));
        assert_eq!(parse("2026-01-01"), Some(1_767_225_600_000));
        assert_eq!(parse("tomorrow"), None);
    }
}
