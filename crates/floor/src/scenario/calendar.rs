//! On which day a floor opens, by whose clock: so that shifts may begin by clocks of their own.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, ToSpan};

/// The day on which the first period begins, and the time zone of the floor's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    pub date: Date,
    pub time_zone: String,
}

impl Calendar {
    /// None if there is no such time zone.
    pub fn of(date: Date, time_zone: &str) -> Option<Calendar> {
        zone(time_zone)?;
        Some(Calendar { date, time_zone: time_zone.to_owned() })
    }

    /// Seconds from opening until a clock of this time zone shows so many seconds after the midnight of the first day.
    /// What a clock leaps over is taken later, what it shows twice is taken at first. None if there is no such time zone.
    pub(super) fn starts_s(&self, opens_s: f64, time_zone: &str, clock_s: f64) -> Option<f64> {
        let opens = self.moment_s(&zone(&self.time_zone)?, opens_s)?;
        Some(self.moment_s(&zone(time_zone)?, clock_s)? - opens)
    }

    fn moment_s(&self, zone: &TimeZone, clock_s: f64) -> Option<f64> {
        let span: Span = (clock_s as i64).seconds();
        let shown = self.date.at(0, 0, 0, 0).checked_add(span).ok()?;
        Some(zone.to_ambiguous_timestamp(shown).compatible().ok()?.as_second() as f64)
    }
}

/// From the rules that come with the program: no file is read.
fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_clock_elsewhere_is_told_in_seconds_from_opening() {
        let winter = Calendar::of(date(2026, 1, 5), "Europe/Madrid").unwrap();
        let hours =
            |of: &Calendar, zone: &str, at: f64| of.starts_s(0.0, zone, 3_600.0 * at).unwrap() / 3_600.0;
        assert_eq!((hours(&winter, "Asia/Manila", 8.0), hours(&winter, "Europe/Madrid", 8.0)), (1.0, 8.0));
        let summer = Calendar::of(date(2026, 7, 6), "Europe/Madrid").unwrap();
        assert_eq!(
            (hours(&summer, "Asia/Manila", 8.0), hours(&summer, "America/New_York", 9.0)),
            (2.0, 15.0)
        );
        // The clocks of Madrid go forward in the night to Sunday, 29 March; those of New York did three weeks before.
        let week = Calendar::of(date(2026, 3, 23), "Europe/Madrid").unwrap();
        let sunday = 6.0 * 24.0;
        assert_eq!(
            hours(&week, "Europe/Madrid", sunday + 9.0),
            sunday + 8.0,
            "an hour of the week is missing"
        );
        assert_eq!(hours(&week, "America/New_York", 9.0), 14.0);
        assert_eq!(hours(&week, "America/New_York", sunday + 9.0), sunday + 14.0);
        assert_eq!(Calendar::of(date(2026, 3, 23), "Middle/Earth"), None);
    }
}
