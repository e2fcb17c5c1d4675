//! On which day a floor opens, by whose clock: so that shifts may begin by clocks of their own.

/// Who knows when clocks elsewhere show what. Rules of time zones are no part of this crate.
pub trait Clocks {
    /// Whether this is a day, written like `2026-03-23`.
    fn is_day(&self, date: &str) -> bool;

    /// The moment, in seconds from any fixed one, at which a clock of this time zone shows so many seconds after the midnight of
    /// this day. What the clock leaps over is taken later, what it shows twice is taken at first. None if there is no such time zone.
    fn moment_s(&self, date: &str, clock_s: f64, time_zone: &str) -> Option<f64>;
}

/// Knows UTC alone, and takes any day for one.
pub(super) struct OnlyUtc;

impl Clocks for OnlyUtc {
    fn is_day(&self, _date: &str) -> bool {
        true
    }

    fn moment_s(&self, _date: &str, clock_s: f64, time_zone: &str) -> Option<f64> {
        (time_zone == "UTC").then_some(clock_s)
    }
}

/// The day on which the first period begins, and the time zone of the floor's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Like `2026-03-23`.
    pub date: String,
    pub time_zone: String,
}

impl Calendar {
    /// Seconds from opening until a clock of this time zone shows so many seconds after the midnight of the first day. None if
    /// there is no such time zone.
    pub(super) fn starts_s(
        &self,
        clocks: &dyn Clocks,
        opens_s: f64,
        time_zone: &str,
        clock_s: f64,
    ) -> Option<f64> {
        let opens = clocks.moment_s(&self.date, opens_s, &self.time_zone)?;
        Some(clocks.moment_s(&self.date, clock_s, time_zone)? - opens)
    }
}
