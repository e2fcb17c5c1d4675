//! Opening hours: when a queue's promise runs. By the company's clock, over holidays and changes of the hour.
//!
//! Pure: the moment and the time zone are arguments. An opening begins when the clock first shows its beginning and ends when
//! it first shows its end; one that goes past midnight belongs to the day on which it begins.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Of one queue's week.
pub const OPENINGS_MAX: usize = 42;
pub const QUEUE_HOLIDAYS_MAX: usize = 400;
/// A promise fits into the open hours of so many weeks.
pub const PROMISE_WEEKS_MAX: i64 = 13;
const DAY_MINUTES: i64 = 24 * 60;
const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = DAY_MINUTES * MINUTE_MS;
/// Enough for the weeks of a promise with all holidays among them.
const DAYS_LOOKED_MAX: i64 = 7 * (PROMISE_WEEKS_MAX + 2) + QUEUE_HOLIDAYS_MAX as i64;
pub const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// In order; empty: every hour of the days that are no holidays.
    #[serde(default)]
    pub week: Vec<Opening>,
    /// Days on which nothing opens, as `2026-12-25`.
    #[serde(default)]
    pub holidays: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    /// 0 is Monday.
    pub weekday: i64,
    pub from_minute: i64,
    /// Beyond 1,440 on the next day.
    pub to_minute: i64,
}

impl OpeningHours {
    /// Each day as `9:00-12:30, 13:30-18:00`, from Monday on; holidays between blanks or commas. What cannot be read is no
    /// opening and is refused by whoever checks.
    pub fn read<S: AsRef<str>>(days: &[S], holidays: &str) -> OpeningHours {
        let pieces = |text: &str| -> Vec<String> {
            text.split([',', ';', '\n'])
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let of_day = |(weekday, text): (usize, &S)| -> Vec<Opening> {
            let opening = |piece: &String| Opening::read(weekday as i64, piece);
            pieces(text.as_ref()).iter().map(opening).collect()
        };
        let named = holidays.split(|it: char| it.is_whitespace() || it == ',' || it == ';');
        OpeningHours {
            week: days.iter().enumerate().flat_map(of_day).collect(),
            holidays: named.filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        }
    }

    /// As [`OpeningHours::read`] reads it.
    pub fn day_words(&self, weekday: usize) -> String {
        let of_day = self.week.iter().filter(|it| it.weekday == weekday as i64);
        of_day.map(Opening::words).collect::<Vec<_>>().join(", ")
    }

    /// In order, nothing twice. `None`: it can not be kept, as something cannot be read, openings overlap, there are too
    /// many, or too few hours for the promise.
    pub(super) fn settled(mut self, promise_minutes: i64) -> Option<OpeningHours> {
        self.week.sort_unstable();
        self.week.dedup();
        self.holidays.sort_unstable();
        self.holidays.dedup();
        let is_sound = |it: &Opening| {
            (0..7).contains(&it.weekday)
                && (0..DAY_MINUTES).contains(&it.from_minute)
                && (it.from_minute + 1..=it.from_minute + DAY_MINUTES).contains(&it.to_minute)
        };
        let sound =
            self.week.iter().all(is_sound) && self.holidays.iter().all(|it| it.parse::<Date>().is_ok());
        if !sound || self.week.len() > OPENINGS_MAX || self.holidays.len() > QUEUE_HOLIDAYS_MAX {
            return None;
        }
        let begins = |it: &Opening| it.weekday * DAY_MINUTES + it.from_minute;
        let ends = |it: &Opening| it.weekday * DAY_MINUTES + it.to_minute;
        let next = self.week.iter().skip(1).map(begins);
        let of_next_week = self.week.first().map(|it| begins(it) + WEEK_MINUTES);
        let overlap = self.week.iter().zip(next.chain(of_next_week)).any(|(it, next)| ends(it) > next);
        (!overlap && promise_minutes <= PROMISE_WEEKS_MAX * self.open_minutes_a_week()).then_some(self)
    }

    /// Nothing of it closes anything.
    pub(super) fn is_always(&self) -> bool {
        self.week.is_empty() && self.holidays.is_empty()
    }

    fn open_minutes_a_week(&self) -> i64 {
        match self.week.is_empty() {
            true => WEEK_MINUTES,
            false => self.week.iter().map(|it| it.to_minute - it.from_minute).sum(),
        }
    }

    /// The moment at which so much open time has gone since another.
    pub(crate) fn after(&self, from_ms: i64, open_ms: i64, zone: &TimeZone) -> i64 {
        let mut left = open_ms;
        for day in self.days_from(from_ms, zone).take(DAYS_LOOKED_MAX as usize) {
            for (opens, closes) in self.on(day, zone) {
                let since = opens.max(from_ms);
                if closes - since >= left && closes > since {
                    return since + left;
                }
                left -= (closes - since).max(0);
            }
        }
        from_ms + DAYS_LOOKED_MAX * DAY_MS
    }

    /// From the day before on, whose last opening may still stand.
    fn days_from(&self, from_ms: i64, zone: &TimeZone) -> impl Iterator<Item = Date> {
        let first = date_of(from_ms, zone);
        let first = first.yesterday().unwrap_or(first);
        std::iter::successors(Some(first), |day| day.tomorrow().ok())
    }

    /// From when to when it is open, of what begins on a day.
    fn on(&self, day: Date, zone: &TimeZone) -> Vec<(i64, i64)> {
        const ALL_DAY: [Opening; 1] = [Opening { weekday: 0, from_minute: 0, to_minute: DAY_MINUTES }];
        if !self.holidays.is_empty() && self.holidays.binary_search(&day.to_string()).is_ok() {
            return Vec::new();
        }
        let weekday = i64::from(day.weekday().to_monday_zero_offset());
        let shown = |minute: i64| {
            let midnight = day.at(0, 0, 0, 0);
            first_shown(midnight.checked_add(minute.minutes()).unwrap_or(midnight), zone)
        };
        let stretch = |it: &Opening| (shown(it.from_minute), shown(it.to_minute));
        match self.week.is_empty() {
            true => ALL_DAY.iter().map(stretch).collect(),
            false => self.week.iter().filter(|it| it.weekday == weekday).map(stretch).collect(),
        }
    }
}

impl Opening {
    fn read(weekday: i64, text: &str) -> Opening {
        const UNREADABLE: i64 = -1;
        let minute = |text: &str| -> Option<i64> {
            let (hours, minutes) = text.trim().split_once([':', '.'])?;
            let (hours, minutes): (i64, i64) = (hours.trim().parse().ok()?, minutes.trim().parse().ok()?);
            ((0..24).contains(&hours) && (0..60).contains(&minutes) || (hours, minutes) == (24, 0))
                .then_some(60 * hours + minutes)
        };
        let both = text.split_once(['-', '–']).and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        let (from_minute, to) = both.unwrap_or((UNREADABLE, UNREADABLE));
        let past_midnight = both.is_some() && to <= from_minute;
        Opening { weekday, from_minute, to_minute: if past_midnight { to + DAY_MINUTES } else { to } }
    }

    /// `9:00-18:00`
    fn words(&self) -> String {
        let clock = |minute: i64| format!("{}:{:02}", minute / 60, minute % 60);
        let to = if self.to_minute > DAY_MINUTES { self.to_minute - DAY_MINUTES } else { self.to_minute };
        format!("{}-{}", clock(self.from_minute), clock(to))
    }
}

fn date_of(at_ms: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_millisecond(at_ms).unwrap_or_default()).date()
}

/// When a clock first shows this or, where it leaps over it, something later.
fn first_shown(shown: DateTime, zone: &TimeZone) -> i64 {
    let ms = |it: Result<Timestamp, jiff::Error>| it.unwrap_or_default().as_millisecond();
    match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Unambiguous { offset } => ms(offset.to_timestamp(shown)),
        AmbiguousOffset::Fold { before, .. } => ms(before.to_timestamp(shown)),
        AmbiguousOffset::Gap { after, .. } => {
            let before_the_leap = after.to_timestamp(shown).unwrap_or_default();
            let leap = zone.following(before_the_leap).next();
            leap.map_or(before_the_leap, |it| it.timestamp()).as_millisecond()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(days: [&str; 7], holidays: &str) -> OpeningHours {
        OpeningHours::read(&days, holidays).settled(60).expect("it is sound")
    }

    fn usual() -> OpeningHours {
        let day = "9:00-12:30, 13:30-18:00";
        hours([day, day, day, day, day, "", ""], "2026-03-30, 2026-12-25")
    }

    fn at(text: &str, zone: &TimeZone) -> i64 {
        first_shown(text.parse().expect("a moment"), zone)
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    #[test]
    fn a_promise_goes_on_when_it_opens_again() {
        let madrid = zone("Europe/Madrid");
        let due = |from: &str, minutes: i64| usual().after(at(from, &madrid), minutes * MINUTE_MS, &madrid);
        assert_eq!(due("2026-03-19T10:00", 60), at("2026-03-19T11:00", &madrid));
        assert_eq!(due("2026-03-19T12:00", 60), at("2026-03-19T14:00", &madrid), "over lunch");
        assert_eq!(due("2026-03-19T12:00", 30), at("2026-03-19T12:30", &madrid), "just before it closes");
        // Over a Friday evening, a change of the hour, and a holiday on Monday.
        assert_eq!(due("2026-03-27T17:30", 60), at("2026-03-31T09:30", &madrid));
        let holidays_alone = hours([""; 7], "2026-12-25");
        let eve = at("2026-12-24T23:30", &madrid);
        assert_eq!(holidays_alone.after(eve, 60 * MINUTE_MS, &madrid), at("2026-12-26T00:30", &madrid));
    }

    #[test]
    fn what_is_written_is_read_and_what_is_wrong_is_refused() {
        let it = usual();
        assert_eq!((it.day_words(0).as_str(), it.day_words(6).as_str()), ("9:00-12:30, 13:30-18:00", ""));
        let night = hours(["22:00-6:00", "", "", "", "", "", "0.00–24.00"], "");
        assert_eq!((night.day_words(0).as_str(), night.day_words(6).as_str()), ("22:00-6:00", "0:00-24:00"));
        let refused = |days: [&str; 7], holidays: &str, minutes: i64| {
            assert_eq!(OpeningHours::read(&days, holidays).settled(minutes), None, "{days:?} {holidays}");
        };
        let day = |text| [text, "", "", "", "", "", ""];
        for wrong in ["9-18", "9:00", "9:60-10:00", "25:00-26:00", "9:00-12:00, 11:00-13:00", "nine"] {
            refused(day(wrong), "", 60);
        }
        refused(["", "", "", "", "", "", "22:00-6:00"], "soon", 60);
        refused(["0:00-1:00", "", "", "", "", "", "22:00-6:00"], "", 60);
        refused(day("9:00-10:00"), "", 60 * PROMISE_WEEKS_MAX + 1);
        assert!(OpeningHours::read(&[""; 7], " ").is_always());
    }

    /// Minute by minute: what a porter would do who opens and closes by looking at the clock.
    struct Porter {
        since: i64,
        open: Vec<bool>,
    }

    impl Porter {
        fn of(hours: &OpeningHours, since: i64, minutes: usize, zone: &TimeZone) -> Porter {
            let shows = |at: usize| {
                zone.to_datetime(
                    Timestamp::from_millisecond(since + at as i64 * MINUTE_MS).expect("a moment"),
                )
            };
            let clock: Vec<DateTime> = (0..minutes).map(shows).collect();
            let first = |shown: DateTime| clock.iter().position(|it| *it >= shown).unwrap_or(minutes);
            let mut open = vec![false; minutes];
            let mut day = clock[0].date();
            while day <= clock[minutes - 1].date() {
                let of_day = |it: &&Opening| {
                    it.weekday == i64::from(day.weekday().to_monday_zero_offset())
                        && !hours.holidays.contains(&day.to_string())
                };
                for it in hours.week.iter().filter(of_day) {
                    let shown =
                        |minute: i64| day.at(0, 0, 0, 0).checked_add(minute.minutes()).expect("a day");
                    open[first(shown(it.from_minute))..first(shown(it.to_minute))].fill(true);
                }
                day = day.tomorrow().expect("a day");
            }
            Porter { since, open }
        }

        fn after(&self, from_ms: i64, open_ms: i64) -> i64 {
            let mut left = open_ms / MINUTE_MS;
            let mut at = ((from_ms - self.since) / MINUTE_MS) as usize;
            while left > 0 {
                left -= i64::from(self.open[at]);
                at += 1;
            }
            self.since + at as i64 * MINUTE_MS
        }
    }

    #[test]
    fn it_says_what_somebody_says_who_looks_at_the_clock_each_minute() {
        let day = "9:00-12:30, 13:30-18:00";
        let all = [
            hours([day, day, day, day, day, "", ""], "2026-03-30 2026-10-26"),
            hours(["", "", "", "", "", "22:00-6:00", "22:00-2:30"], ""),
            hours(["", "", "", "", "", "0:00-2:15", "1:45-2:30, 2:30-3:15"], "2026-04-04"),
            hours(["2:10-2:20"; 7], "2026-10-04"),
        ];
        for (name, springs) in [
            ("Europe/Madrid", ["2026-03-27T00:00", "2026-10-23T00:00"]),
            ("Australia/Lord_Howe", ["2026-04-03T00:00", "2026-10-02T00:00"]),
            ("UTC", ["2026-03-27T00:00", "2026-12-30T00:00"]),
        ] {
            let zone = zone(name);
            for (from, hours) in springs.iter().flat_map(|it| all.iter().map(move |hours| (it, hours))) {
                let from = at(from, &zone);
                // Two days before, whose openings may still stand, and four weeks after.
                let porter = Porter::of(hours, from - 2 * DAY_MS, 30 * DAY_MINUTES as usize, &zone);
                for step in 0..48 {
                    let from = from + step * 97 * MINUTE_MS;
                    for minutes in [1, 20, 95] {
                        let due = hours.after(from, minutes * MINUTE_MS, &zone);
                        assert_eq!(
                            due,
                            porter.after(from, minutes * MINUTE_MS),
                            "{name} {hours:?} {step} {minutes}"
                        );
                    }
                }
            }
        }
    }
}
