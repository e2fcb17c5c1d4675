//! The roster in words: times on bars, what an absence would cost, codes by which forms name shifts and breaks.

use desk::floor::roster::views::{Bar, Row};
use desk::floor::roster::when::DAY_MINUTES;
use desk::floor::runs::AbsenceTold;
use desk::skills::planning::{Break, Shift, clock_words, weekday_name};

/// Whether they may be away in this week, in a few words.
pub fn may_be_away(row: &Row, absence: &Option<&AbsenceTold>) -> &'static str {
    let loses = absence.and_then(|it| it.in_time).is_some_and(|it| it.high < -0.005);
    match (row.away.skills.is_empty(), row.away.short_hours >= 4.0, loses) {
        (false, ..) => "alone with a skill",
        (_, true, _) | (_, _, true) => "it would be felt",
        _ => "may be away",
    }
}

/// `6.5 h`
pub fn hours(hours: impl crate::say::Real) -> String {
    let rounded = (2.0 * hours.real()).round() / 2.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0} h") } else { format!("{rounded:.1} h") }
}

pub fn minutes_as_hours(minutes: &i64) -> String {
    hours(*minutes as f64 / 60.0)
}

/// `9–17`, `8:30–17`
pub fn short_times(shift: &Shift) -> String {
    let one = |minute: i64| {
        let minute = if minute == DAY_MINUTES { minute } else { minute.rem_euclid(DAY_MINUTES) };
        match minute % 60 {
            0 => format!("{}", minute / 60),
            rest => format!("{}:{rest:02}", minute / 60),
        }
    };
    format!("{}–{}", one(shift.from_minute), one(shift.to_minute))
}

/// `Mei Tan, Monday 09:00–17:00 (02:00–10:00 by the desk's clock)`
pub fn bar_words(row: &Row, bar: &Bar) -> String {
    let shift = &bar.shift;
    let (from, to) = (clock_words(shift.from_minute), clock_words(shift.to_minute));
    let mut words = format!("{}, {} {from}–{to}", row.name, weekday_name(shift.weekday));
    if bar.on_leave {
        words.push_str(", on leave");
    }
    if row.is_elsewhere {
        let day = weekday_name(bar.from.div_euclid(DAY_MINUTES).rem_euclid(7));
        let at = |minute: i64| clock_words(minute.rem_euclid(DAY_MINUTES));
        words.push_str(&format!(" in {}; {day} {}–{} here", row.time_zone, at(bar.from), at(bar.to)));
    }
    words
}

/// `Spanish 6.5 h, French 2 h`
pub fn alone_words(row: &Row) -> String {
    let words = row.away.skills.iter().map(|(skill, alone)| format!("{skill} {}", hours(*alone)));
    words.collect::<Vec<_>>().join(", ")
}

/// What stands on a bar in a week: all of it if it is short, else when it begins.
pub fn brief_times(shift: &Shift) -> String {
    let times = short_times(shift);
    match times.split_once(':') {
        None => times,
        Some(_) => times.split('–').next().unwrap_or_default().to_owned(),
    }
}

/// `Monday 13:00–15:00`
pub fn gap_words(from: &i64, to: &i64) -> String {
    let at = |minute: i64| clock_words(minute.rem_euclid(DAY_MINUTES));
    let until = if to % DAY_MINUTES == 0 { "24:00".to_owned() } else { at(*to) };
    format!("{} {}–{until}", weekday_name(from.div_euclid(DAY_MINUTES)), at(*from))
}

pub fn shift_code(it: &Shift) -> String {
    format!("{}-{}-{}", it.weekday, it.from_minute, it.to_minute)
}

pub(super) fn shift_of(code: &str) -> Option<Shift> {
    let mut parts = code.split('-').map(|it| it.parse::<i64>().ok());
    let shift = Shift { weekday: parts.next()??, from_minute: parts.next()??, to_minute: parts.next()?? };
    parts.next().is_none().then_some(shift)
}

/// `180-30`: after so many minutes, so long.
pub fn break_code(it: &Break) -> String {
    format!("{}-{}", it.after_minutes, it.minutes)
}

pub(super) fn break_of(code: &str) -> Option<Break> {
    let (after, minutes) = code.split_once('-')?;
    Some(Break { after_minutes: after.parse().ok()?, minutes: minutes.parse().ok()? })
}

/// `12:30–13:00`, by the person's own clock.
pub fn break_times(shift: &Shift, it: &Break) -> String {
    let at = |minute: i64| clock_words(shift.from_minute + minute);
    format!("{}–{}", at(it.after_minutes), at(it.end()))
}

/// `Mei Tan, break Monday 12:30–13:00`
pub fn pause_words(row: &Row, bar: &Bar, it: &Break) -> String {
    format!("{}, break {} {}", row.name, weekday_name(bar.shift.weekday), break_times(&bar.shift, it))
}
