//! Weeks and clocks: where a shift of one person's clock lies in time, and on another clock.

use super::Line;
use crate::floor::DAY_MS;
use crate::skills::planning::Shift;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

pub const DAY_MINUTES: i64 = 24 * 60;
pub const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;
const MINUTE_MS: i64 = 60_000;
const DAYS_PER_WEEK: i64 = 7;

/// A week, by its Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(Date);

impl Week {
    /// The week in which this day lies.
    pub fn of(day: Date) -> Week {
        let back = i64::from(day.weekday().to_monday_zero_offset());
        Week(day.checked_sub(back.days()).unwrap_or(day))
    }

    /// The week in which this moment lies, by a clock.
    pub fn containing(at_ms: i64, time_zone: &str) -> Week {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
        Week::of(zone(time_zone).to_datetime(at).date())
    }

    /// `2026-11-23`; any day of the week does.
    pub fn parse(text: &str) -> Option<Week> {
        text.parse().ok()
    }

    pub fn monday(self) -> Date {
        self.0
    }

    pub fn day(self, weekday: i64) -> Date {
        self.0.checked_add(weekday.days()).unwrap_or(self.0)
    }

    pub fn after(self) -> Week {
        Week(self.day(DAYS_PER_WEEK))
    }

    pub fn before(self) -> Week {
        Week(self.day(-DAYS_PER_WEEK))
    }

    /// How many weeks later this one is.
    pub fn weeks_from(self, other: Week) -> i64 {
        let days = other.0.until(self.0).map_or(0, |it| i64::from(it.get_days()));
        days / DAYS_PER_WEEK
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Week {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Week, jiff::Error> {
        text.trim().parse::<Date>().map(Week::of)
    }
}

impl Serialize for Week {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The moment at which a clock shows this minute of the week. What the clock leaps over is taken later, what it shows
/// twice is taken at first.
pub fn moment(week: Week, minute: i64, zone: &TimeZone) -> i64 {
    let shown: DateTime = week.day(minute.div_euclid(DAY_MINUTES)).at(0, 0, 0, 0);
    let shown = shown.checked_add(minute.rem_euclid(DAY_MINUTES).minutes()).unwrap_or(shown);
    zone.to_ambiguous_timestamp(shown).compatible().map_or(0, |it| it.as_millisecond())
}

/// Which minute of the week a clock shows at a moment; before Monday it is negative, after Sunday beyond the week.
pub fn minute_of_week(at_ms: i64, week: Week, zone: &TimeZone) -> i64 {
    let at = zone.to_datetime(Timestamp::from_millisecond(at_ms).unwrap_or_default());
    at.duration_since(week.monday().at(0, 0, 0, 0)).as_mins()
}

/// From when to when a shift of this week is worked, in milliseconds.
pub fn stretch(week: Week, shift: &Shift, zone: &TimeZone) -> (i64, i64) {
    let day = shift.weekday * DAY_MINUTES;
    let from = moment(week, day + shift.from_minute, zone);
    (from, moment(week, day + shift.to_minute, zone).max(from))
}

/// The parts of a shift between its breaks, in milliseconds. Breaks are counted from its beginning on.
pub fn parts(week: Week, line: &Line, zone: &TimeZone) -> Vec<(i64, i64)> {
    between_breaks(stretch(week, &line.shift, zone), line)
}

pub(super) fn between_breaks((from, to): (i64, i64), line: &Line) -> Vec<(i64, i64)> {
    let mut since = from;
    let mut parts = Vec::new();
    for it in line.breaks.iter() {
        parts.push((since, (from + it.after_minutes * MINUTE_MS).min(to)));
        since = (from + it.end() * MINUTE_MS).min(to);
    }
    parts.push((since, to));
    parts.retain(|(from, to)| to > from);
    parts
}

/// The shift that another clock shows between two minutes of its week. `None` if it begins in another week by the
/// person's own clock, or is none.
pub fn shift_between(
    week: Week,
    (from, to): (i64, i64),
    shown_by: &TimeZone,
    own: &TimeZone,
) -> Option<Shift> {
    let own_minute = |minute: i64| minute_of_week(moment(week, minute, shown_by), week, own);
    let (from, to) = (own_minute(from), own_minute(to));
    let weekday = from.div_euclid(DAY_MINUTES);
    let shift =
        Shift { weekday, from_minute: from - weekday * DAY_MINUTES, to_minute: to - weekday * DAY_MINUTES };
    ((0..DAYS_PER_WEEK).contains(&weekday) && is_right(&shift)).then_some(shift)
}

pub fn is_right(it: &Shift) -> bool {
    (0..DAYS_PER_WEEK).contains(&it.weekday)
        && (0..DAY_MINUTES).contains(&it.from_minute)
        && it.to_minute > it.from_minute
        && it.to_minute - it.from_minute <= DAY_MINUTES
}

/// Leave by whole days lasts at least so long, also where the clock goes forward; what is shorter is a part of a day.
const WHOLE_DAY_LEAST_MS: i64 = 23 * 60 * MINUTE_MS;

/// A shift is not worked at all: it begins on a whole day of leave, or lies within a part of one.
pub(crate) fn is_away(shift: (i64, i64), leave: (i64, i64)) -> bool {
    let is_whole = leave.1 - leave.0 >= WHOLE_DAY_LEAST_MS;
    (leave.0..leave.1).contains(&shift.0) && (is_whole || shift.1 <= leave.1)
}

/// What is left of stretches of work beside leave for parts of days.
pub(crate) fn beside_leave(
    work: Vec<(i64, i64)>,
    leaves: impl IntoIterator<Item = (i64, i64)>,
) -> Vec<(i64, i64)> {
    let parts = leaves.into_iter().filter(|it| it.1 - it.0 < WHOLE_DAY_LEAST_MS);
    parts.fold(work, |work, away| {
        let both = |(from, to): (i64, i64)| [(from, to.min(away.0)), (from.max(away.1), to)];
        work.into_iter().flat_map(both).filter(|it| it.1 > it.0).collect()
    })
}

/// Stretches of time from shifts, week by week: those of a published week where there is one, else the usual ones; without
/// breaks, and without leave.
pub(crate) fn stretches<'a>(
    usual: &'a [Line],
    published: impl Fn(Week) -> Option<&'a [Line]>,
    leaves: &[(i64, i64)],
    time_zone: &str,
    (since, until): (i64, i64),
) -> Vec<(i64, i64)> {
    let clock = zone(time_zone);
    let mut found: Vec<(i64, i64)> = Vec::new();
    let (mut week, last) =
        (Week::containing(since, time_zone).before(), Week::containing(until + DAY_MS, time_zone));
    while week <= last {
        let shifts = published(week).unwrap_or(usual);
        for line in shifts {
            let whole = stretch(week, &line.shift, &clock);
            if !leaves.iter().any(|away| is_away(whole, *away)) {
                found.extend(beside_leave(between_breaks(whole, line), leaves.iter().copied()));
            }
        }
        week = week.after();
    }
    let mut found: Vec<(i64, i64)> =
        found.iter().map(|(from, to)| ((*from).max(since), (*to).min(until))).collect();
    found.retain(|(from, to)| to > from);
    found.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, to) in found {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Minutes that are really worked.
pub fn minutes_of((from, to): (i64, i64)) -> i64 {
    (to - from) / MINUTE_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skills::planning::{Break, Breaks};
    use proptest::prelude::*;

    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Madrid",
        "Europe/London",
        "America/New_York",
        "America/Santiago",
        "America/St_Johns",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Manila",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Pacific/Chatham",
    ];

    fn week(text: &str) -> Week {
        Week::parse(text).expect("a week")
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    #[test]
    fn leave_for_a_part_of_a_day_takes_that_part_of_a_shift_and_whole_days_take_what_begins_on_them() {
        const HOUR: i64 = 60 * MINUTE_MS;
        let shift = (9 * HOUR, 17 * HOUR);
        let left = |leave: (i64, i64)| beside_leave(vec![shift], [(leave.0 * HOUR, leave.1 * HOUR)]);
        let away = |from: i64, to: i64| is_away(shift, (from * HOUR, to * HOUR));
        assert_eq!(left((8, 13)), [(13 * HOUR, 17 * HOUR)], "the morning");
        assert_eq!(left((13, 24)), [(9 * HOUR, 13 * HOUR)], "the afternoon");
        assert_eq!(left((11, 12)), [(9 * HOUR, 11 * HOUR), (12 * HOUR, 17 * HOUR)], "in between");
        assert_eq!((left((17, 20)), left((0, 24))), (vec![shift], vec![shift]), "whole days are not cut");
        assert_eq!((away(0, 24), away(8, 17), away(8, 13), away(10, 18)), (true, true, false, false));
        let night = (22 * HOUR, 30 * HOUR);
        assert!(is_away(night, (0, 24 * HOUR)), "it begins on that day");
        assert_eq!(beside_leave(vec![night], [(20 * HOUR, 24 * HOUR)]), [(24 * HOUR, 30 * HOUR)]);
    }

    #[test]
    fn a_week_is_named_by_its_monday() {
        assert_eq!(week("2026-11-29").to_string(), "2026-11-23");
        assert_eq!(
            (week("2026-11-23").after(), week("2026-11-23").before()),
            (week("2026-11-30"), week("2026-11-16"))
        );
        assert_eq!(week("2027-01-04").weeks_from(week("2026-11-23")), 6);
        assert_eq!(Week::containing(at("2026-11-22T23:30:00Z"), "Europe/Madrid"), week("2026-11-23"));
        assert_eq!(Week::parse("soon"), None);
    }

    #[test]
    fn the_night_in_which_the_clock_is_set_is_an_hour_shorter_or_longer() {
        let night = Shift { weekday: 5, from_minute: 22 * 60, to_minute: 30 * 60 };
        let madrid = zone("Europe/Madrid");
        let minutes = |week: Week| minutes_of(stretch(week, &night, &madrid));
        assert_eq!(minutes(week("2026-03-23")), 7 * 60, "forward on 29 March 2026");
        assert_eq!(minutes(week("2026-10-19")), 9 * 60, "back on 25 October 2026");
        assert_eq!(minutes(week("2026-06-01")), 8 * 60);
    }

    #[test]
    fn a_morning_in_manila_is_a_night_in_madrid_an_hour_later_in_summer() {
        let shift = Shift { weekday: 2, from_minute: 8 * 60, to_minute: 16 * 60 };
        let (manila, madrid) = (zone("Asia/Manila"), zone("Europe/Madrid"));
        let shown =
            |week: Week| minute_of_week(stretch(week, &shift, &manila).0, week, &madrid) - 2 * DAY_MINUTES;
        assert_eq!((shown(week("2026-01-05")), shown(week("2026-07-06"))), (60, 120));
        let moved = shift_between(
            week("2026-01-05"),
            (2 * DAY_MINUTES + 90, 2 * DAY_MINUTES + 570),
            &madrid,
            &manila,
        );
        assert_eq!(moved, Some(Shift { weekday: 2, from_minute: 510, to_minute: 990 }));
        assert_eq!(
            shift_between(week("2026-01-05"), (-600, -120), &madrid, &manila),
            None,
            "Sunday for both, so it belongs to the week before"
        );
    }

    #[test]
    fn a_published_week_stands_instead_of_the_usual_one() {
        let line = |weekday, from_minute| Line {
            user: crate::UserId(1),
            shift: Shift { weekday, from_minute, to_minute: 1_020 },
            breaks: Breaks::default(),
        };
        let noon = vec![Break { after_minutes: 180, minutes: 30 }];
        let usual = [line(0, 540)];
        let usual = [Line { breaks: Breaks::of(noon, &usual[0].shift).expect("a break"), ..usual[0] }];
        let other = [line(3, 540), line(3, 960)];
        let special = week("2026-01-12");
        let of = |it: Week| (it == special).then_some(&other[..]);
        let within = (at("2026-01-05T00:00:00Z"), at("2026-01-19T12:00:00Z"));
        let found = stretches(&usual, of, &[], "UTC", within);
        let day = |from: &str, to: &str| (at(from), at(to));
        assert_eq!(
            found,
            [
                day("2026-01-05T09:00:00Z", "2026-01-05T12:00:00Z"),
                day("2026-01-05T12:30:00Z", "2026-01-05T17:00:00Z"),
                day("2026-01-15T09:00:00Z", "2026-01-15T17:00:00Z"),
                day("2026-01-19T09:00:00Z", "2026-01-19T12:00:00Z"),
            ],
            "what overlaps is one stretch, breaks are none, and nothing lies beyond the end"
        );
        let away = [day("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z")];
        assert_eq!(stretches(&usual, of, &away, "UTC", within).len(), 2, "the first Monday is a holiday");
    }

    proptest! {
        /// Whatever the two clocks, whatever the week: a shift that is shown by one clock and moved nowhere stays the same
        /// time, and it lasts as long as its clock says, but for the hour by which that clock is set meanwhile.
        #[test]
        fn showing_a_shift_by_another_clock_changes_nothing(
            own in 0..ZONES.len(),
            other in 0..ZONES.len(),
            days in 0_i64..3_650,
            weekday in 0_i64..7,
            from in 0_i64..288,
            length in 1_i64..288,
        ) {
            let first = Date::constant(2022, 1, 3);
            let week = Week::of(first.checked_add(days.days()).expect("a date"));
            let (own, other) = (zone(ZONES[own]), zone(ZONES[other]));
            let shift = Shift { weekday, from_minute: 5 * from, to_minute: 5 * (from + length) };
            let worked = stretch(week, &shift, &own);
            let offset = |at: i64| {
                let at = Timestamp::from_millisecond(at).expect("a moment");
                i64::from(own.to_offset(at).seconds()) / 60
            };
            let told = (minute_of_week(worked.0, week, &own), minute_of_week(worked.1, week, &own));
            let asked = (weekday * DAY_MINUTES + shift.from_minute, weekday * DAY_MINUTES + shift.to_minute);
            prop_assert!((0..=60).contains(&(told.0 - asked.0)), "only what a clock leaps over is later");
            if told == asked {
                let set = offset(worked.1) - offset(worked.0);
                prop_assert_eq!(minutes_of(worked), 5 * length - set);
            }
            let shown = (minute_of_week(worked.0, week, &other), minute_of_week(worked.1, week, &other));
            // What the other clock shows twice cannot be told from what it shows: it is the first.
            let back = (moment(week, shown.0, &other), moment(week, shown.1, &other));
            if back == worked && told == asked {
                let moved = shift_between(week, shown, &other, &own);
                // An hour that its own clock shows twice is taken at first, too.
                prop_assert_eq!(moved.map(|it| stretch(week, &it, &own)), Some(worked));
            } else {
                prop_assert!((worked.0 - back.0).abs() <= 3_600_000 && (worked.1 - back.1).abs() <= 3_600_000);
            }
        }
    }
}
