//! The week as 168 hours on the company's clock.

use ::skills::coverage::HOURS_PER_WEEK;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

pub(crate) type Hours = [f64; HOURS_PER_WEEK];
pub(super) const MINUTES_PER_WEEK: i64 = 7 * 24 * 60;
const HOUR_MS: i64 = 3_600_000;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Hours of a block that is named as a weak spot.
const BLOCK_HOURS: usize = 4;

/// A time zone, remembered with what it said last: moments come in order and offsets change twice a year.
pub(crate) struct Clock {
    zone: TimeZone,
    /// For which hour since 1970 the offset holds, and the offset in milliseconds.
    last: Option<(i64, i64)>,
}

impl Clock {
    pub fn of(name: &str) -> Clock {
        Clock { zone: TimeZone::get(name).unwrap_or(TimeZone::UTC), last: None }
    }

    pub fn offset_ms(&mut self, at_ms: i64) -> i64 {
        let hour = at_ms.div_euclid(HOUR_MS);
        if let Some((known, offset)) = self.last
            && known == hour
        {
            return offset;
        }
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
        let offset = i64::from(self.zone.to_offset(at).seconds()) * 1_000;
        self.last = Some((hour, offset));
        offset
    }

    /// 0 is Monday from 0 to 1 o'clock.
    pub fn hour_of_week(&mut self, at_ms: i64) -> usize {
        let local = at_ms + self.offset_ms(at_ms);
        // 1970 began on a Thursday.
        (local.div_euclid(HOUR_MS) + 3 * 24).rem_euclid(HOURS_PER_WEEK as i64) as usize
    }

    /// Adds the time between two moments to the hours of the week in which it lies, in hours.
    pub fn spread(&mut self, from_ms: i64, to_ms: i64, into: &mut Hours) {
        let mut at = from_ms;
        while at < to_ms {
            let local = at + self.offset_ms(at);
            let next = (at + HOUR_MS - local.rem_euclid(HOUR_MS)).min(to_ms);
            into[self.hour_of_week(at)] += (next - at) as f64 / HOUR_MS as f64;
            at = next;
        }
    }
}

/// Marks the minutes of a week from `from` on (they may run beyond its end) with a share, in whole hours and parts.
pub(super) fn mark(from_minute: i64, to_minute: i64, share: f64, into: &mut Hours) {
    let mut at = from_minute;
    while at < to_minute {
        let next = (at - at.rem_euclid(60) + 60).min(to_minute);
        let hour = at.rem_euclid(MINUTES_PER_WEEK) / 60;
        let part = &mut into[hour as usize];
        *part = (*part + share * (next - at) as f64 / 60.0).min(share.max(*part));
        at = next;
    }
}

/// A stretch of hours of the week and what is lost in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Block {
    pub from_hour: usize,
    pub hours: usize,
    /// Tickets a week.
    pub tickets: f64,
}

/// The four hours of one day that hold most of `amount`; `None` if there is none.
pub(super) fn worst_block(amount: &Hours) -> Option<Block> {
    let starts = (0..HOURS_PER_WEEK).filter(|from| from % 24 <= 24 - BLOCK_HOURS);
    let block = |from: usize| Block {
        from_hour: from,
        hours: BLOCK_HOURS,
        tickets: amount[from..from + BLOCK_HOURS].iter().sum(),
    };
    starts
        .map(block)
        .filter(|it| it.tickets > 0.005)
        .max_by(|one, other| one.tickets.total_cmp(&other.tickets))
}

pub(super) fn by_day(amount: &Hours) -> [f64; 7] {
    std::array::from_fn(|day| amount[day * 24..day * 24 + 24].iter().sum())
}

/// `Tue 14–15`
pub fn hour_words(hour: usize) -> String {
    format!("{} {}–{}", DAYS[hour / 24 % 7], hour % 24, hour % 24 + 1)
}

/// `Tue 14–18`
pub fn block_words(block: &Block) -> String {
    let from = block.from_hour;
    format!("{} {}–{}", DAYS[from / 24 % 7], from % 24, from % 24 + block.hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    #[test]
    fn the_week_begins_on_monday_by_the_companys_clock() {
        // 5 January 2026 is a Monday.
        assert_eq!(Clock::of("UTC").hour_of_week(at("2026-01-05T00:30:00Z")), 0);
        assert_eq!(Clock::of("UTC").hour_of_week(at("2026-01-04T23:59:00Z")), 167);
        let mut madrid = Clock::of("Europe/Madrid");
        assert_eq!(madrid.hour_of_week(at("2026-01-04T23:30:00Z")), 0, "one hour ahead in winter");
        assert_eq!(madrid.hour_of_week(at("2026-07-05T22:30:00Z")), 0, "two in summer");
        assert_eq!(Clock::of("Asia/Kolkata").hour_of_week(at("2026-01-04T18:30:00Z")), 0);
    }

    #[test]
    fn time_is_spread_over_the_hours_it_lies_in() {
        let mut hours = [0.0; HOURS_PER_WEEK];
        Clock::of("UTC").spread(at("2026-01-05T08:30:00Z"), at("2026-01-05T10:15:00Z"), &mut hours);
        assert_eq!((hours[8], hours[9], hours[10]), (0.5, 1.0, 0.25));
        assert!((hours.iter().sum::<f64>() - 1.75).abs() < 1e-12);
    }

    #[test]
    fn a_night_shift_of_sunday_runs_into_monday() {
        let mut hours = [0.0; HOURS_PER_WEEK];
        let sunday = 6 * 24 * 60;
        mark(sunday + 22 * 60, sunday + 26 * 60, 0.9, &mut hours);
        assert_eq!((hours[6 * 24 + 22], hours[0], hours[1], hours[2]), (0.9, 0.9, 0.9, 0.0));
        mark(-30, 30, 1.0, &mut hours);
        assert_eq!((hours[167], hours[0]), (1.0, 1.0), "shifts that overlap do not add up beyond one");
    }

    #[test]
    fn a_block_stays_within_its_day() {
        let mut hours = [0.0; HOURS_PER_WEEK];
        hours[23] = 2.0;
        hours[24] = 2.5;
        let block = worst_block(&hours).expect("there is one");
        assert_eq!((block_words(&block).as_str(), block.tickets), ("Tue 0–4", 2.5));
        assert_eq!(worst_block(&[0.0; HOURS_PER_WEEK]), None);
        assert_eq!((hour_words(38), by_day(&hours)[0]), ("Tue 14–15".into(), 2.0));
    }
}
