//! How many people will be needed: the forecast of work, its time in hand, and the promise, by half hour.
//!
//! Work that comes while nobody is usually here waits for the first hours in which somebody is. The people for a half hour
//! are those by whom a queue without impatience (Erlang C) keeps the promise; each holds several pieces at once, slower
//! with each, as the desk's history tells; and not everybody who has a shift is there (`attendance`).

use super::when::Week;
use crate::SkillId;
use crate::floor::forecasts::{self, holidays};
use crate::floor::history::History;
use crate::floor::scenario::{HERE_SHARE, HOURS_PER_WEEK, service, share_by_hour};
use crate::floor::{FloorError, FloorSettings};
use crate::skills::SkillKind;
use ::floor::forecast::{Ahead, DAYS_LEAST, forecast_parts};
use ::floor::{Promise, least_servers};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

pub const PERIOD_MINUTES: i64 = 30;
pub const PERIODS_PER_DAY: usize = 48;
pub const PERIODS_PER_WEEK: usize = 7 * PERIODS_PER_DAY;
/// Weeks ahead for which it is worked out.
pub const WEEKS_AHEAD: usize = 8;
/// Days of history that are read.
pub const HISTORY_DAYS: i64 = 365;
/// Skills that are told apart, those with most work.
pub const SKILLS_MAX: usize = 8;
/// What nearly all work needs is no skill to plan for.
const NEARLY_ALL_SHARE: f64 = 0.9;
/// What waited over night is served within so many periods.
const CARRIED_OVER_PERIODS: f64 = 4.0;
/// Fewer pieces than that in half an hour need nobody of their own.
const LITTLE: f64 = 0.02;
const DAYS_PER_WEEK: usize = 7;

/// People needed, by half hour from a Monday on, by the company's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeedTold {
    pub first_monday: String,
    pub weeks: usize,
    pub known_days: usize,
    pub promise_minutes: f64,
    pub promise_share: f64,
    pub attendance: f64,
    /// Pieces that a person holds at once.
    pub at_once: u32,
    pub all: NeedLine,
    pub skills: Vec<NeedLine>,
}

/// Of all work, or of work that needs one skill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeedLine {
    pub skill: Option<SkillId>,
    pub name: String,
    /// At which this work needs it, on the mean.
    pub level: f64,
    pub people: Vec<u32>,
    /// Pieces that come, in hundredths.
    pub came: Vec<u32>,
}

impl NeedTold {
    /// Where a week begins in the lists; `None` if it was not looked at.
    pub fn place_of(&self, week: Week) -> Option<usize> {
        let weeks = week.weeks_from(Week::parse(&self.first_monday)?);
        let weeks = usize::try_from(weeks).ok().filter(|it| *it < self.weeks)?;
        Some(weeks * PERIODS_PER_WEEK)
    }
}

/// Work of one line: pieces and seconds by period.
struct Work {
    came: Vec<f64>,
    seconds: Vec<f64>,
}

pub fn need(
    history: &History,
    settings: &FloorSettings,
    attendance: f64,
    weeks: usize,
) -> Result<NeedTold, FloorError> {
    let service = service(history)?;
    let holidays = holidays(&settings.holidays);
    let series = forecasts::series(history, PERIOD_MINUTES, settings);
    let first = series.first.ok_or(FloorError::TooShortForForecast)?;
    let begins = series.whole.iter().position(|it| it.total() > 0.0).unwrap_or(series.whole.len());
    let whole = &series.whole[begins..];
    if whole.len() < DAYS_LEAST {
        return Err(FloorError::TooShortForForecast);
    }
    let today = first.checked_add((series.whole.len() as i64).days()).unwrap_or(first);
    let week = Week::of(today);
    let gone = today.weekday().to_monday_zero_offset() as usize;
    // A week more: days of this week that are gone are as those of the next.
    let days = (weeks + 1) * DAYS_PER_WEEK - gone;
    let ahead: Vec<Ahead> = (0..days)
        .map(|at| today.checked_add((at as i64).days()).unwrap_or(today))
        .map(|date| Ahead {
            weekday: date.weekday().to_monday_zero_offset() as u8,
            is_holiday: holidays.contains(&date),
        })
        .collect();
    let parts: Vec<_> = series.parts.iter().map(|it| it.1[begins..].to_vec()).collect();
    let (_, of_parts) = forecast_parts(whole, &parts, &ahead).ok_or(FloorError::TooShortForForecast)?;
    let length = weeks * PERIODS_PER_WEEK;
    let came: Vec<Vec<f64>> = of_parts
        .iter()
        .map(|part| {
            let Some(part) = part else { return vec![0.0; length] };
            let mean = |at: usize| {
                let (day, period) = (at / PERIODS_PER_DAY, at % PERIODS_PER_DAY);
                let day = if day < gone { day + DAYS_PER_WEEK } else { day };
                part.days.get(day - gone).and_then(|it| it.periods.get(period)).map_or(0.0, |it| it.mean)
            };
            (0..length).map(mean).collect()
        })
        .collect();
    let open = open_hours(history);
    let at_once = usually_at_once(history);
    let promise = Promise {
        answered_least: settings.promise_share,
        within: 60.0 * settings.promise_minutes,
        abandoned_most: 1.0,
    };
    let line = |kinds: &[usize]| {
        let sum = |of: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..length).map(|at| kinds.iter().map(|kind| of(*kind, at)).sum()).collect()
        };
        let work = Work {
            came: sum(&|kind, at| came[kind][at]),
            seconds: sum(&|kind, at| came[kind][at] * service.mean_s[kind]),
        };
        let slower = f64::from(at_once).powf(service.slowing);
        let people = |came: f64, seconds: f64| {
            if came < LITTLE {
                return 0;
            }
            let period_s = 60.0 * PERIOD_MINUTES as f64;
            let places = least_servers(came / period_s, seconds / came * slower, None, &promise);
            (f64::from(places) / f64::from(at_once) / attendance.clamp(0.05, 1.0)).ceil() as u32
        };
        let carried = carried_over(&work, &open);
        let told = |it: &f64| (100.0 * it).round() as u32;
        NeedLine {
            people: carried.came.iter().zip(&carried.seconds).map(|(came, s)| people(*came, *s)).collect(),
            came: work.came.iter().map(told).collect(),
            ..NeedLine::default()
        }
    };
    let every: Vec<usize> = (0..history.kinds.len()).collect();
    let all = NeedLine { name: "All work".to_owned(), ..line(&every) };
    let skills = skills_asked(history, &came)
        .into_iter()
        .map(|(skill, level, kinds)| NeedLine {
            skill: Some(history.skills[skill].id),
            name: history.skills[skill].name.clone(),
            level,
            ..line(&kinds)
        })
        .collect();
    Ok(NeedTold {
        first_monday: week.to_string(),
        weeks,
        known_days: whole.len(),
        promise_minutes: settings.promise_minutes,
        promise_share: settings.promise_share,
        attendance,
        at_once,
        all,
        skills,
    })
}

/// Hours of the week in which somebody is usually here; all of them if nobody ever is.
fn open_hours(history: &History) -> [bool; HOURS_PER_WEEK] {
    let weeks = history.weeks().max(1.0);
    let mut open = [false; HOURS_PER_WEEK];
    for it in history.colleagues.iter().filter(|it| it.is_active) {
        let share = share_by_hour(history, it, weeks);
        open.iter_mut().zip(share).for_each(|(open, share)| *open |= share >= HERE_SHARE);
    }
    if open.iter().any(|it| *it) { open } else { [true; HOURS_PER_WEEK] }
}

/// Half of those who work here hold at least so much.
fn usually_at_once(history: &History) -> u32 {
    let mut all: Vec<u32> =
        history.colleagues.iter().filter(|it| it.is_active).map(|it| it.at_once).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(1).max(1)
}

/// What comes outside of open hours is served in the first ones after.
fn carried_over(work: &Work, open: &[bool; HOURS_PER_WEEK]) -> Work {
    let length = work.came.len();
    let mut out = Work { came: vec![0.0; length], seconds: vec![0.0; length] };
    let (mut waits, mut waits_s) = (0.0, 0.0);
    let (mut release, mut release_s) = (0.0, 0.0);
    // The first week is gone through twice: what the weekend before left waits on its Monday.
    for at in (0..length.min(PERIODS_PER_WEEK)).chain(0..length) {
        if !open[at / 2 % HOURS_PER_WEEK] {
            waits += work.came[at];
            waits_s += work.seconds[at];
            (release, release_s) = (waits / CARRIED_OVER_PERIODS, waits_s / CARRIED_OVER_PERIODS);
            (out.came[at], out.seconds[at]) = (0.0, 0.0);
            continue;
        }
        let (more, more_s) = (release.min(waits), release_s.min(waits_s));
        (waits, waits_s) = (waits - more, waits_s - more_s);
        out.came[at] = work.came[at] + more;
        out.seconds[at] = work.seconds[at] + more_s;
    }
    out
}

/// Skills with the kinds of work that need them: the place of the skill, the level asked, the kinds.
fn skills_asked(history: &History, came: &[Vec<f64>]) -> Vec<(usize, f64, Vec<usize>)> {
    let amount: Vec<f64> = came.iter().map(|it| it.iter().sum()).collect();
    let total: f64 = amount.iter().sum();
    let mut found: Vec<(f64, usize, f64, Vec<usize>)> = Vec::new();
    for skill in 0..history.skills.len() {
        let (mut sum, mut levels, mut kinds) = (0.0, 0.0, Vec::new());
        for (at, kind) in history.kinds.iter().enumerate() {
            if let Some(need) = kind.needs.iter().find(|it| it.skill == skill) {
                sum += amount[at];
                levels += amount[at] * need.level;
                kinds.push(at);
            }
        }
        let is_planned_for = history.skills[skill].kind != SkillKind::Channel;
        if is_planned_for && sum > 0.0 && sum < NEARLY_ALL_SHARE * total {
            found.push((sum, skill, (10.0 * levels / sum).round() / 10.0, kinds));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(SKILLS_MAX);
    found.into_iter().map(|(_, skill, level, kinds)| (skill, level, kinds)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_at_night_waits_for_the_morning_and_none_is_lost() {
        // Open from 8 to 18 on working days; one piece of a minute comes in each half hour.
        let mut open = [false; HOURS_PER_WEEK];
        (0..5).for_each(|day| open[24 * day + 8..24 * day + 18].fill(true));
        let work = Work { came: vec![1.0; 2 * PERIODS_PER_WEEK], seconds: vec![60.0; 2 * PERIODS_PER_WEEK] };
        let found = carried_over(&work, &open);
        let day = |at: usize| &found.came[PERIODS_PER_WEEK + at * 48..PERIODS_PER_WEEK + (at + 1) * 48];
        assert_eq!((day(1)[15], day(1)[20], day(1)[36], day(5)[24]), (0.0, 1.0, 0.0, 0.0));
        assert_eq!(day(1)[16], 1.0 + 28.0 / 4.0, "fourteen hours of night, in four half hours");
        let week: f64 = (0..7).flat_map(day).sum();
        assert!((week - 336.0).abs() < 1e-9, "{week}");
        assert_eq!(found.came[16], day(0)[16], "the first Monday is as every Monday");
    }

    #[test]
    fn a_week_is_found_in_the_lists_or_was_not_looked_at() {
        let told = NeedTold { first_monday: "2026-11-23".into(), weeks: 2, ..NeedTold::default() };
        let week = |text| Week::parse(text).expect("a week");
        assert_eq!(told.place_of(week("2026-12-02")), Some(PERIODS_PER_WEEK));
        assert_eq!((told.place_of(week("2026-11-16")), told.place_of(week("2026-12-07"))), (None, None));
    }
}
