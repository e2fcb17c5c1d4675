//! A day's total by regression, its periods by profile.

use super::regression::{Row, dot, fit};
use super::season::Season;
use super::{Ahead, DAYS_PER_WEEK, Day};

/// Level, trend, six days of the week against Monday, holiday.
pub(super) const COEFFICIENTS: usize = 9;
const LEVEL: usize = 0;
const TREND: usize = 1;
const TUESDAY: usize = 2;
const HOLIDAY: usize = 8;
/// Standard deviations, in logs, of what is thought before anything was seen: of a whole, …
const WEEKDAY_SD: f64 = 1.5;
const HOLIDAY_SD: f64 = 1.0;
const TREND_SD_PER_WEEK: f64 = 0.04;
/// … and of how a part differs from its whole.
const PART_WEEKDAY_SD: f64 = 0.3;
const PART_HOLIDAY_SD: f64 = 0.3;
/// A trend goes on, each week by less.
const TREND_KEPT_PER_WEEK: f64 = 0.85;
/// A profile leans on that of similar days with the weight of so many contacts, and that on the mean of all days.
const PROFILE_LEAN: f64 = 60.0;
/// A profile forgets more slowly than a level.
const PROFILE_HALF_LIFE_LEAST_WEEKS: f64 = 12.0;
/// A day whose total lies more than this many of its own deviations away counts less.
const ODD_FROM: f64 = 3.0;
/// Rounds of finding odd days.
const ODD_ROUNDS: usize = 2;
/// Weekdays with less than this share of the busiest are quiet; they have a profile of their own.
const QUIET_SHARE: f64 = 0.5;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    pub half_life_weeks: f64,
    pub has_trend: bool,
    pub has_season: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub memory: Memory,
    coefficients: [f64; COEFFICIENTS],
    /// By effective weekday: shares of the day that sum up to 1.
    profiles: Vec<Vec<f64>>,
    /// What a holiday is like.
    quietest: u8,
    /// Of a whole, if it has one.
    season: Option<Season>,
    /// Of a part: that of the whole.
    base: Option<Box<Model>>,
}

impl Model {
    /// `days` are not empty. With `base`, a part of that whole, whose model may know later days as well.
    pub fn fit(days: &[Day], memory: Memory, base: Option<&Model>) -> Model {
        let quietest = base.map_or_else(|| quietest(days), |it| it.quietest);
        let season = if memory.has_season && base.is_none() { Season::of(days, quietest) } else { None };
        let age_weeks = |at: usize| (days.len() - 1 - at) as f64 / DAYS_PER_WEEK as f64;
        let mut rows: Vec<Row<COEFFICIENTS>> = days
            .iter()
            .enumerate()
            .map(|(at, day)| Row {
                x: features(quietest, day.calendar(), -age_weeks(at), memory.has_trend),
                count: day.total(),
                offset: base.map_or(0.0, |it| it.log_total(-age_weeks(at), day.calendar()))
                    + season.map_or(0.0, |it| it.at(-age_weeks(at))),
                weight: 0.5_f64.powf(age_weeks(at) / memory.half_life_weeks),
            })
            .collect();
        let mean = rows.iter().map(|it| it.count).sum::<f64>() / days.len() as f64;
        let expected = rows.iter().map(|it| it.offset.exp()).sum::<f64>() / days.len() as f64;
        let mut coefficients = [0.0; COEFFICIENTS];
        coefficients[LEVEL] = ((mean + 0.01) / expected).ln();
        // Days vary by more than chance: their say against the prior is smaller by as much.
        let mut dispersion = 1.0;
        for _ in 0..=ODD_ROUNDS {
            let precision = precision(base.is_some()).map(|it| it * dispersion);
            coefficients = fit(&rows, precision, coefficients);
            dispersion = forgive_odd_days(&mut rows, &coefficients, |at| {
                0.5_f64.powf(age_weeks(at) / memory.half_life_weeks)
            });
        }
        let half_life = memory.half_life_weeks.max(PROFILE_HALF_LIFE_LEAST_WEEKS);
        let weight = |at: usize| 0.5_f64.powf(age_weeks(at) / half_life);
        let profiles = profiles(days, quietest, base, weight);
        Model { memory, coefficients, profiles, quietest, season, base: base.map(|it| Box::new(it.clone())) }
    }

    /// Of the day that is `at` days after the first unknown one: its total, and the share of each period.
    pub fn expects(&self, at: usize, day: Ahead) -> (f64, Vec<f64>) {
        let weeks = (at + 1) as f64 / DAYS_PER_WEEK as f64;
        (self.log_total(weeks, day).exp(), self.profiles[self.like(day)].clone())
    }

    pub fn has_season(&self) -> bool {
        self.season.is_some()
    }

    pub fn trend_per_week(&self) -> f64 {
        self.coefficients[TREND]
    }

    /// Shares of the weekdays in a usual week.
    pub fn week(&self) -> [f64; DAYS_PER_WEEK] {
        let day = |at: usize| self.log_total(0.0, Ahead { weekday: at as u8, is_holiday: false }).exp();
        let totals: [f64; DAYS_PER_WEEK] = std::array::from_fn(day);
        let sum: f64 = totals.iter().sum();
        totals.map(|it| it / sum)
    }

    /// `weeks` after the last known day; before it, they are negative.
    fn log_total(&self, weeks: f64, day: Ahead) -> f64 {
        let damped = if weeks > 0.0 {
            (1.0 - TREND_KEPT_PER_WEEK.powf(weeks)) / (1.0 - TREND_KEPT_PER_WEEK)
        } else {
            weeks
        };
        let own = dot(&features(self.quietest, day, damped, self.memory.has_trend), &self.coefficients);
        let season = self.season.map_or(0.0, |it| it.at(weeks));
        own + season + self.base.as_ref().map_or(0.0, |it| it.log_total(weeks, day))
    }

    fn like(&self, day: Ahead) -> usize {
        usize::from(effective(self.quietest, day))
    }
}

fn effective(quietest: u8, day: Ahead) -> u8 {
    if day.is_holiday { quietest } else { day.weekday.min(DAYS_PER_WEEK as u8 - 1) }
}

/// A holiday is like the quietest day of the week, but for its own coefficient.
pub(super) fn features(quietest: u8, day: Ahead, weeks: f64, has_trend: bool) -> [f64; COEFFICIENTS] {
    let mut x = [0.0; COEFFICIENTS];
    x[LEVEL] = 1.0;
    x[TREND] = if has_trend { weeks } else { 0.0 };
    let weekday = usize::from(effective(quietest, day));
    if weekday > 0 {
        x[TUESDAY + weekday - 1] = 1.0;
    }
    x[HOLIDAY] = f64::from(u8::from(day.is_holiday));
    x
}

/// Of a whole, before anything was seen.
pub(super) fn plain_precision() -> [f64; COEFFICIENTS] {
    precision(false)
}

fn precision(is_part: bool) -> [f64; COEFFICIENTS] {
    let (weekday, holiday) =
        if is_part { (PART_WEEKDAY_SD, PART_HOLIDAY_SD) } else { (WEEKDAY_SD, HOLIDAY_SD) };
    let mut precision = [weekday.powi(-2); COEFFICIENTS];
    precision[LEVEL] = 0.0;
    precision[TREND] = TREND_SD_PER_WEEK.powi(-2);
    precision[HOLIDAY] = holiday.powi(-2);
    precision
}

/// Days far from what is expected of them weigh less. Answers the dispersion: variance ÷ mean, at least 1.
fn forgive_odd_days(
    rows: &mut [Row<COEFFICIENTS>],
    coefficients: &[f64; COEFFICIENTS],
    full: impl Fn(usize) -> f64,
) -> f64 {
    let residual = |row: &Row<COEFFICIENTS>| {
        let mean = (row.offset + dot(&row.x, coefficients)).exp().max(0.1);
        (row.count - mean) / mean.sqrt()
    };
    // The median of squares is not moved by the odd ones; that of a squared normal number is 0.455.
    let mut squares: Vec<f64> = rows.iter().map(|it| residual(it).powi(2)).collect();
    squares.sort_by(f64::total_cmp);
    let dispersion = (squares[squares.len() / 2] / 0.455).max(1.0);
    for (at, row) in rows.iter_mut().enumerate() {
        let away = residual(row).abs() / dispersion.sqrt();
        row.weight = full(at) * (ODD_FROM / away.max(ODD_FROM));
    }
    dispersion
}

fn quietest(days: &[Day]) -> u8 {
    let mean = |weekday: u8| {
        let of = days.iter().filter(|it| it.weekday == weekday && !it.is_holiday);
        let (sum, count) = of.fold((0.0, 0.0), |(sum, count), it| (sum + it.total(), count + 1.0));
        if count > 0.0 { sum / count } else { f64::INFINITY }
    };
    (0..DAYS_PER_WEEK as u8).min_by(|a, b| mean(*a).total_cmp(&mean(*b))).unwrap_or(6)
}

/// By effective weekday. Without much of its own, a weekday leans on those that are as busy, and those on all; a part on
/// its whole.
fn profiles(
    days: &[Day],
    quietest: u8,
    base: Option<&Model>,
    weight: impl Fn(usize) -> f64,
) -> Vec<Vec<f64>> {
    let periods = days.iter().map(|it| it.counts.len()).max().unwrap_or(0).max(1);
    let mut by_weekday = vec![vec![0.0; periods]; DAYS_PER_WEEK];
    let mut known = [0.0_f64; DAYS_PER_WEEK];
    for (at, day) in days.iter().enumerate() {
        let of = usize::from(effective(quietest, day.calendar()));
        known[of] += weight(at);
        for (sum, count) in by_weekday[of].iter_mut().zip(&day.counts) {
            *sum += weight(at) * f64::from(*count);
        }
    }
    let total = |of: &[f64]| of.iter().sum::<f64>();
    let lean = |own: &[f64], on: &[f64]| -> Vec<f64> {
        let all = total(own) + PROFILE_LEAN;
        own.iter().zip(on).map(|(own, on)| (own + PROFILE_LEAN * on) / all).collect()
    };
    let sum_of = |which: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let mut sums = vec![0.0; periods];
        for of in by_weekday.iter().enumerate().filter(|it| which(it.0)).map(|it| it.1) {
            sums.iter_mut().zip(of).for_each(|(sum, it)| *sum += it);
        }
        sums
    };
    if let Some(base) = base {
        return by_weekday.iter().zip(&base.profiles).map(|(own, whole)| lean(own, whole)).collect();
    }
    let even = vec![1.0 / periods as f64; periods];
    // A period in which nobody ever came keeps a trace, less than one contact in all.
    let all = sum_of(&|_| true);
    let all: Vec<f64> = all.iter().zip(&even).map(|(it, even)| (it + even) / (total(&all) + 1.0)).collect();
    let busy = |at: usize| total(&by_weekday[at]) / known[at].max(f64::MIN_POSITIVE);
    let busiest = (0..DAYS_PER_WEEK).map(busy).fold(0.0, f64::max);
    let is_quiet = |at: usize| busy(at) < QUIET_SHARE * busiest;
    let of_quiet = lean(&sum_of(&is_quiet), &all);
    let of_busy = lean(&sum_of(&|at| !is_quiet(at)), &all);
    let of = |at: usize| lean(&by_weekday[at], if is_quiet(at) { &of_quiet } else { &of_busy });
    (0..DAYS_PER_WEEK).map(of).collect()
}
