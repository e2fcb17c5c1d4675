//! The clocks of the world for scenario files, by the rules of time zones that come with the program.

use floor::Clocks;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;

pub struct Rules;

impl Clocks for Rules {
    fn is_day(&self, date: &str) -> bool {
        date.parse::<Date>().is_ok()
    }

    fn moment_s(&self, date: &str, clock_s: f64, time_zone: &str) -> Option<f64> {
        let zone = TimeZoneDatabase::bundled().get(time_zone).ok()?;
        let shown = date.parse::<Date>().ok()?.at(0, 0, 0, 0).checked_add((clock_s as i64).seconds()).ok()?;
        Some(zone.to_ambiguous_timestamp(shown).compatible().ok()?.as_second() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use floor::Scenario;

    /// From opening in Madrid at midnight of this day, in hours.
    fn hours(date: &str, zone: &str, at: f64) -> f64 {
        let of = |zone: &str, clock_s: f64| Rules.moment_s(date, clock_s, zone).unwrap();
        (of(zone, 3_600.0 * at) - of("Europe/Madrid", 0.0)) / 3_600.0
    }

    #[test]
    fn a_clock_elsewhere_is_told_in_seconds_from_opening() {
        assert_eq!(hours("2026-01-05", "Asia/Manila", 8.0), 1.0);
        assert_eq!(hours("2026-01-05", "Europe/Madrid", 8.0), 8.0);
        assert_eq!(hours("2026-07-06", "Asia/Manila", 8.0), 2.0);
        assert_eq!(hours("2026-07-06", "America/New_York", 9.0), 15.0);
        // The clocks of Madrid go forward in the night to Sunday, 29 March; those of New York did three weeks before.
        let sunday = 6.0 * 24.0;
        assert_eq!(
            hours("2026-03-23", "Europe/Madrid", sunday + 9.0),
            sunday + 8.0,
            "an hour of the week is missing"
        );
        assert_eq!(hours("2026-03-23", "America/New_York", 9.0), 14.0);
        assert_eq!(hours("2026-03-23", "America/New_York", sunday + 9.0), sunday + 14.0);
    }

    /// A day in Madrid with one shift of Manila, from six in the morning there.
    fn two_clocks(date: &str, zone: &str) -> String {
        format!(
            r#"
name = "two clocks"
[day]
period = "1 h"
periods = 24
date = "{date}"
time_zone = "{zone}"
[[type]]
name = "calls"
per_hour = 6
service = {{ mean = "2 min" }}
[[group]]
name = "desk"
staff = 1
[[shift]]
name = "Manila"
starts = ["06:00"]
length = "8 h"
time_zone = "Asia/Manila"
"#
        )
    }

    #[test]
    fn a_shift_elsewhere_begins_at_other_hours_once_the_clocks_are_set() {
        let begins = |date: &str| {
            let scenario = Scenario::read_by(&two_clocks(date, "Europe/Madrid"), &Rules).unwrap();
            let again = Scenario::read_by(&scenario.write(), &Rules).unwrap();
            assert_eq!(
                (&again.shifts, &again.calendar),
                (&scenario.shifts, &scenario.calendar),
                "written and read back"
            );
            scenario.shifts[0].starts_s / 3_600.0
        };
        // In winter Manila is seven hours ahead of Madrid, in summer six: clocks go forward on 29 March 2026.
        assert_eq!(begins("2026-03-28"), -1.0, "from eleven in the night before");
        assert_eq!(begins("2026-03-30"), 0.0, "from midnight");
    }

    #[test]
    fn what_is_no_day_and_no_time_zone_is_said() {
        let said = |text: &str| Scenario::read_by(text, &Rules).unwrap_err().to_string();
        let wrong = said(&two_clocks("2026-02-30", "Europe/Madrid"));
        assert!(wrong.contains("\"2026-02-30\" is no date"), "{wrong}");
        let wrong = said(&two_clocks("2026-03-30", "Middle/Earth"));
        assert!(wrong.contains("there is no time zone \"Middle/Earth\""), "{wrong}");
    }
}
