//! Moments as exports write them: RFC 3339, a date with or without a clock in one zone, `31.12.2025`, seconds or
//! milliseconds.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Whole numbers below this are seconds since 1970, above it milliseconds.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// How a file writes moments that do not say their own offset.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    pub zone: TimeZone,
    /// As `strptime` has it.
    pub format: Option<String>,
}

impl Clock {
    /// Milliseconds since 1970.
    pub fn read(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        if let Some(format) = &self.format
            && let Some(moment) = self.read_as(text, format)
        {
            return Some(moment);
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let number: i64 = text.parse().ok()?;
            return Some(if number < SECONDS_BELOW { number * 1_000 } else { number });
        }
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Some(moment.as_millisecond());
        }
        let text = text.strip_suffix(" UTC").unwrap_or(text);
        if let Ok(local) = text.parse::<DateTime>() {
            return self.here(local);
        }
        self.here(day_first(text)?)
    }

    fn read_as(&self, text: &str, format: &str) -> Option<i64> {
        let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
        if let Ok(moment) = parsed.to_timestamp() {
            return Some(moment.as_millisecond());
        }
        let local = parsed.to_datetime().or_else(|_| parsed.to_date().map(Date::into)).ok()?;
        self.here(local)
    }

    fn here(&self, local: DateTime) -> Option<i64> {
        Some(local.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }
}

/// `31.12.2025`, `31.12.2025 9:05` or `31.12.2025, 09:05:00`: whoever writes dots begins with the day.
fn day_first(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once([' ', ',']).unwrap_or((text, ""));
    let clock = clock.trim_start_matches([' ', ',']).trim_end_matches("Uhr").trim_end();
    let mut parts = date.splitn(3, '.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 {
        return None;
    }
    let clock = if clock.is_empty() { "00:00" } else { clock };
    let zero = if clock.find(':') == Some(1) { "0" } else { "" };
    format!("{year}-{month:0>2}-{day:0>2}T{zero}{clock}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: &str, format: Option<&str>) -> Clock {
        Clock { zone: TimeZone::get(zone).unwrap(), format: format.map(str::to_owned) }
    }

    #[test]
    fn moments_are_read_as_exports_write_them() {
        let utc = clock("UTC", None);
        let noon = 1_767_614_400_000;
        for text in [
            "2026-01-05T12:00:00Z",
            "2026-01-05 12:00:00",
            "2026-01-05 12:00",
            "2026-01-05 12:00:00 UTC",
            "2026-01-05T13:00:00+01:00",
            "1767614400",
            "1767614400000",
            "05.01.2026 12:00",
            "5.1.2026, 12:00:00",
            "05.01.2026 12:00 Uhr",
        ] {
            assert_eq!(utc.read(text), Some(noon), "{text}");
        }
        for text in ["2026-01-05", "05.01.2026", "5.1.2026 0:00"] {
            assert_eq!(utc.read(text), Some(noon - 12 * 3_600_000), "{text}");
        }
        assert_eq!(clock("Europe/Berlin", None).read("2026-01-05 13:00"), Some(noon));
        assert_eq!(clock("Europe/Berlin", Some("%d.%m.%Y %H:%M")).read("05.01.2026 13:00"), Some(noon));
        assert_eq!(clock("UTC", Some("%m/%d/%Y")).read("01/05/2026"), Some(noon - 12 * 3_600_000));
        for wrong in ["", "yesterday", "05.01.26", "31.13.2025", "1.2.3.4", "05/01/2026", "2026-13-01"] {
            assert_eq!(utc.read(wrong), None, "{wrong}");
        }
    }
}
