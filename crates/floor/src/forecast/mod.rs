//! How many will come: by period of the day, for weeks ahead, from the days that were; with prediction intervals.
//!
//! A day's total is a Poisson regression (log link) on the day of the week, a level that forgets, a damped trend and
//! holidays; its hours are the day's usual profile. How fast it forgets, and how wide the intervals are, come from the
//! model's own errors on the last weeks: it is fitted as of some weeks ago and asked for what is known by now. Counts vary
//! by more than chance; a Gamma factor on the mean (negative binomial) says by how much. [`backtest`] does the same from
//! outside, beside naive forecasts. A history of a year and a half may have a season of the year: it is taken if the
//! own errors are smaller with it.

mod backtest;
mod counts;
mod model;
mod regression;
mod season;

pub use backtest::{Backtest, BacktestSettings, Score, Scores, backtest};

use counts::quantile;
use model::{Memory, Model};
use serde::Serialize;

/// Weeks from which on a forecast is made at all.
pub const DAYS_LEAST: usize = 14;
/// The usual memory, until own errors say otherwise: half of what is known is forgotten after so many weeks.
const HALF_LIFE_USUAL_WEEKS: f64 = 4.0;
const HALF_LIVES_WEEKS: [f64; 4] = [2.0, 8.0, 16.0, f64::INFINITY];
/// Another memory has to be better by this share to be taken.
const BETTER_BY: f64 = 0.02;
/// Looks back for own errors: so many, a week apart, so many days ahead.
const LOOKS_BACK_MAX: usize = 8;
const LOOK_AHEAD_DAYS: usize = 28;
/// Variance of the factor where own errors cannot be known, at least.
const SPREAD_UNKNOWN: f64 = 0.04;
const DAYS_PER_WEEK: usize = 7;

/// A day that was: on which day of the week, and how many came in each of its periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// 0 Monday to 6 Sunday.
    pub weekday: u8,
    pub is_holiday: bool,
    pub counts: Vec<u32>,
}

/// A day that will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// 0 Monday to 6 Sunday.
    pub weekday: u8,
    pub is_holiday: bool,
}

/// What is expected, and between which counts it lies with 80 % and with 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expected {
    pub mean: f64,
    pub low_80: f64,
    pub high_80: f64,
    pub low_95: f64,
    pub high_95: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayAhead {
    pub day: Expected,
    pub periods: Vec<Expected>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    pub days: Vec<DayAhead>,
    /// Weeks after which half of what is known is forgotten; None: never.
    pub half_life_weeks: Option<f64>,
    /// Change of the level a week by which it goes on, damped; 0.02 is two per cent more. None: the level stays.
    pub trend_per_week: Option<f64>,
    /// Mean total of each weekday as a share of all, from Monday; sums up to 1.
    pub week: [f64; DAYS_PER_WEEK],
    /// The season of the year was found, and made the forecast's own errors smaller.
    pub knows_seasons: bool,
    /// A holiday was among the days; otherwise one ahead is taken for the quietest day of the week.
    pub knows_holidays: bool,
}

impl Day {
    pub fn total(&self) -> f64 {
        self.counts.iter().map(|it| f64::from(*it)).sum()
    }

    fn calendar(&self) -> Ahead {
        Ahead { weekday: self.weekday, is_holiday: self.is_holiday }
    }
}

/// What the days ahead bring, which follow on the last of `days`. None with fewer than two weeks, or where nobody ever came.
pub fn forecast(days: &[Day], ahead: &[Ahead]) -> Option<Forecast> {
    Fitted::of(days, None).map(|it| it.told(ahead))
}

/// The whole, and each of its parts (the counts of one kind on the same days): a part leans on the whole where it has
/// little of its own to say. A part in which nobody ever came is None.
pub fn forecast_parts(
    whole: &[Day],
    parts: &[Vec<Day>],
    ahead: &[Ahead],
) -> Option<(Forecast, Vec<Option<Forecast>>)> {
    let fitted = Fitted::of(whole, None)?;
    let of_part = |part: &Vec<Day>| Fitted::of(part, Some((&fitted.model, whole))).map(|it| it.told(ahead));
    Some((fitted.told(ahead), parts.iter().map(of_part).collect()))
}

/// A model with what its own errors said.
struct Fitted {
    model: Model,
    /// Variance of the factor on the mean, by weeks ahead: of days and of periods.
    day_spread: Vec<f64>,
    period_spread: Vec<f64>,
    knows_holidays: bool,
}

impl Fitted {
    /// With `base`, a part of that whole; what the whole's model said then is found out from its days.
    fn of(days: &[Day], base: Option<(&Model, &[Day])>) -> Option<Fitted> {
        if days.len() < DAYS_LEAST || days.iter().all(|it| it.total() == 0.0) {
            return None;
        }
        let usual = Memory { half_life_weeks: HALF_LIFE_USUAL_WEEKS, has_trend: false, has_season: false };
        let origins = origins(days.len());
        let memory = if base.is_some() { usual } else { best_memory(days, usual, &origins) };
        let model = Model::fit(days, memory, base.map(|it| it.0));
        let mut errors = Errors::default();
        for origin in &origins {
            let base = base.map(|(it, whole)| Model::fit(&whole[..*origin], it.memory, None));
            let then = Model::fit(&days[..*origin], memory, base.as_ref());
            errors.look(&then, &days[*origin..]);
        }
        if errors.is_empty() {
            errors.look_inside(&model, days);
        }
        Some(Fitted {
            model,
            day_spread: errors.spread(|it| it.day),
            period_spread: errors.spread(|it| it.period),
            knows_holidays: days.iter().any(|it| it.is_holiday),
        })
    }

    fn told(&self, ahead: &[Ahead]) -> Forecast {
        let day = |(at, it): (usize, &Ahead)| {
            let (total, share) = self.model.expects(at, *it);
            let (of_day, of_period) = (spread_at(&self.day_spread, at), spread_at(&self.period_spread, at));
            let periods = share.iter().map(|share| expected(total * share, of_period)).collect();
            DayAhead { day: expected(total, of_day), periods }
        };
        let memory = self.model.memory;
        Forecast {
            days: ahead.iter().enumerate().map(day).collect(),
            half_life_weeks: memory.half_life_weeks.is_finite().then_some(memory.half_life_weeks),
            trend_per_week: memory.has_trend.then(|| self.model.trend_per_week().exp_m1()),
            week: self.model.week(),
            knows_seasons: self.model.has_season(),
            knows_holidays: self.knows_holidays,
        }
    }
}

/// Days that were known at looks back: a week apart, the latest first, with two weeks before the first.
fn origins(days: usize) -> Vec<usize> {
    (1..=LOOKS_BACK_MAX)
        .filter_map(|weeks| days.checked_sub(weeks * DAYS_PER_WEEK))
        .filter(|origin| *origin >= DAYS_LEAST)
        .collect()
}

/// The memory with the least error on days up to two weeks ahead; with the season, if that is better by enough.
fn best_memory(days: &[Day], usual: Memory, origins: &[usize]) -> Memory {
    const SCORED_DAYS: usize = 14;
    let error = |memory: Memory| -> f64 {
        let of = |origin: &usize| -> f64 {
            let then = Model::fit(&days[..*origin], memory, None);
            let ahead = days[*origin..].iter().take(SCORED_DAYS).enumerate();
            ahead.map(|(at, day)| (day.total() - then.expects(at, day.calendar()).0).abs()).sum()
        };
        origins.iter().map(of).sum()
    };
    if origins.len() < 2 {
        return usual;
    }
    let mut usual = usual;
    let mut least = error(usual);
    let seasonal = Memory { has_season: true, ..usual };
    // Too short a history has none, and is spared the search.
    if origins.iter().all(|it| *it >= season::DAYS_LEAST) {
        let found = error(seasonal);
        if found < least * (1.0 - BETTER_BY) {
            (usual, least) = (seasonal, found);
        }
    }
    let others = HALF_LIVES_WEEKS.iter().chain(&[HALF_LIFE_USUAL_WEEKS]).flat_map(|weeks| {
        [false, true].map(|has_trend| Memory { half_life_weeks: *weeks, has_trend, ..usual })
    });
    let mut best = (least * (1.0 - BETTER_BY), usual);
    for memory in others.filter(|it| *it != usual && (!it.has_trend || origins.len() > 2)) {
        // A trend runs away when it is wrong, so it has to be better by more.
        let found = error(memory) * if memory.has_trend { 1.0 + BETTER_BY } else { 1.0 };
        if found < best.0 {
            best = (found, memory);
        }
    }
    best.1
}

/// Own errors by weeks ahead.
#[derive(Default)]
struct Errors {
    weeks: Vec<WeekErrors>,
}

#[derive(Default, Clone, Copy)]
struct WeekErrors {
    day: Sums,
    period: Sums,
}

/// Σ((n − μ)² − μ) and Σμ²: their ratio is the variance of the factor on the mean.
#[derive(Default, Clone, Copy)]
struct Sums {
    beyond_chance: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, count: f64, mean: f64) {
        self.beyond_chance += (count - mean).powi(2) - mean;
        self.squares += mean * mean;
    }
}

impl Errors {
    fn is_empty(&self) -> bool {
        self.weeks.is_empty()
    }

    fn note(&mut self, week: usize, model: &Model, at: usize, day: &Day) {
        if self.weeks.len() <= week {
            self.weeks.resize(week + 1, WeekErrors::default());
        }
        let (total, share) = model.expects(at, day.calendar());
        self.weeks[week].day.add(day.total(), total);
        for (count, share) in day.counts.iter().zip(&share) {
            self.weeks[week].period.add(f64::from(*count), total * share);
        }
    }

    fn look(&mut self, then: &Model, later: &[Day]) {
        for (at, day) in later.iter().take(LOOK_AHEAD_DAYS).enumerate() {
            self.note(at / DAYS_PER_WEEK, then, at, day);
        }
    }

    /// Too short a history to look back: how far the days lie from what is expected of their like.
    fn look_inside(&mut self, model: &Model, days: &[Day]) {
        for day in days {
            self.note(0, model, 0, day);
        }
        let week = &mut self.weeks[0];
        for sums in [&mut week.day, &mut week.period] {
            sums.beyond_chance = sums.beyond_chance.max(SPREAD_UNKNOWN * sums.squares);
        }
    }

    /// Never less for a later week.
    fn spread(&self, of: fn(&WeekErrors) -> Sums) -> Vec<f64> {
        let mut most = 0.0_f64;
        let mut week = |it: &WeekErrors| {
            let sums = of(it);
            most = most.max(sums.beyond_chance / sums.squares.max(f64::MIN_POSITIVE));
            most
        };
        self.weeks.iter().map(&mut week).collect()
    }
}

/// Weeks later than any that was looked at are less certain in proportion.
fn spread_at(spread: &[f64], day: usize) -> f64 {
    let week = day / DAYS_PER_WEEK;
    let last = spread.len().max(1) - 1;
    let known = spread.get(week.min(last)).copied().unwrap_or(SPREAD_UNKNOWN);
    known * (week.max(last) + 1) as f64 / (last + 1) as f64
}

fn expected(mean: f64, spread: f64) -> Expected {
    let at = |p: f64| quantile(mean, spread, p);
    Expected { mean, low_80: at(0.1), high_80: at(0.9), low_95: at(0.025), high_95: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, share, stream};
    use statrs::distribution::{DiscreteCDF, Poisson};

    const PERIODS: usize = 24;
    const WEEK: [f64; 7] = [1.3, 1.2, 1.1, 1.05, 1.0, 0.4, 0.2];

    fn profile(period: usize) -> f64 {
        let from_noon = (period as f64 - 12.0) / 4.0;
        (-0.5 * from_noon * from_noon).exp()
    }

    /// Truth: what is expected of a day's period; `level` by day.
    fn mean(day: usize, period: usize, level: f64, is_holiday: bool) -> f64 {
        let all: f64 = (0..PERIODS).map(profile).sum();
        level * WEEK[day % 7] * if is_holiday { 0.3 } else { 1.0 } * profile(period) / all
    }

    /// Drawn days: Poisson around the truth, times a Gamma factor a day (with the variance `spread`).
    fn drawn(days: usize, seed: u64, spread: f64, level: impl Fn(usize) -> f64) -> Vec<Day> {
        let mut chance = stream(seed, 0, Purpose::Arrivals, 0);
        (0..days)
            .map(|at| {
                let is_holiday = at % 29 == 17;
                let factor = if spread > 0.0 {
                    let shape = 1.0 / spread;
                    crate::chance::busyness(&mut chance, shape)
                } else {
                    1.0
                };
                let count = |period| {
                    let mean = factor * mean(at, period, level(at), is_holiday);
                    Poisson::new(mean.max(1e-9)).unwrap().inverse_cdf(share(&mut chance)) as u32
                };
                Day { weekday: (at % 7) as u8, is_holiday, counts: (0..PERIODS).map(count).collect() }
            })
            .collect()
    }

    fn ahead(from: usize, days: usize) -> Vec<Ahead> {
        let day = |at: usize| Ahead { weekday: (at % 7) as u8, is_holiday: at % 29 == 17 };
        (from..from + days).map(day).collect()
    }

    #[test]
    fn a_known_week_is_found_again_with_its_hours_and_its_holidays() {
        let days = drawn(112, 1, 0.0, |_| 400.0);
        let found = forecast(&days, &ahead(112, 14)).unwrap();
        let truth =
            |at: usize| (0..PERIODS).map(|period| mean(at, period, 400.0, at % 29 == 17)).sum::<f64>();
        for (at, it) in found.days.iter().enumerate() {
            let truth = truth(112 + at);
            assert!((it.day.mean / truth - 1.0).abs() < 0.12, "day {at}: {} for {truth}", it.day.mean);
            let noon = mean(112 + at, 12, 400.0, (112 + at) % 29 == 17);
            assert!((it.periods[12].mean / noon - 1.0).abs() < 0.25, "noon of day {at}");
            let sum: f64 = it.periods.iter().map(|it| it.mean).sum();
            assert!((sum - it.day.mean).abs() < 1e-6 * it.day.mean, "periods add up to the day");
        }
        assert!(found.knows_holidays && (found.week.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn intervals_hold_as_many_as_they_say() {
        let (mut within_80, mut within_95, mut all) = (0.0, 0.0, 0.0);
        for seed in 0..8 {
            let days = drawn(126, 100 + seed, 0.01, |_| 300.0);
            let (known, later) = days.split_at(112);
            let found = forecast(known, &ahead(112, 14)).unwrap();
            for (day, it) in later.iter().zip(&found.days) {
                for (count, it) in day.counts.iter().zip(&it.periods).filter(|it| it.1.mean > 3.0) {
                    let count = f64::from(*count);
                    within_80 += f64::from(u8::from((it.low_80..=it.high_80).contains(&count)));
                    within_95 += f64::from(u8::from((it.low_95..=it.high_95).contains(&count)));
                    all += 1.0;
                }
            }
        }
        // Counts are whole, so an interval holds a little more than it says.
        assert!((0.78..0.93).contains(&(within_80 / all)), "{}", within_80 / all);
        assert!((0.93..0.995).contains(&(within_95 / all)), "{}", within_95 / all);
    }

    #[test]
    fn a_step_of_the_level_shortens_the_memory_and_growth_goes_on() {
        let stepped = drawn(140, 3, 0.0, |at| if at < 112 { 200.0 } else { 400.0 });
        let found = forecast(&stepped, &ahead(140, 7)).unwrap();
        assert!(found.half_life_weeks.unwrap() < HALF_LIFE_USUAL_WEEKS, "{:?}", found.half_life_weeks);
        let total: f64 = found.days.iter().map(|it| it.day.mean).sum();
        let truth: f64 = WEEK.iter().sum::<f64>() * 400.0;
        assert!((total / truth - 1.0).abs() < 0.12, "{total} for {truth}");
        let growing = drawn(140, 4, 0.0, |at| 200.0 * 1.04_f64.powf(at as f64 / 7.0));
        let found = forecast(&growing, &ahead(140, 7)).unwrap();
        let truth: f64 =
            (140..147).map(|at| WEEK[at % 7] * 200.0 * 1.04_f64.powf(at as f64 / 7.0)).sum::<f64>();
        let total: f64 = found.days.iter().map(|it| it.day.mean).sum();
        assert!((total / truth - 1.0).abs() < 0.06, "{total} for {truth}");
    }

    #[test]
    fn the_farther_the_less_certain() {
        let found = forecast(&drawn(112, 5, 0.02, |_| 300.0), &ahead(112, 56)).unwrap();
        let width =
            |at: usize| (found.days[at].day.high_95 - found.days[at].day.low_95) / found.days[at].day.mean;
        assert!(width(0) <= width(14) && width(28) < width(49), "{} {} {}", width(0), width(28), width(49));
    }

    #[test]
    fn a_small_part_leans_on_the_whole() {
        let whole = drawn(84, 6, 0.0, |_| 400.0);
        // Every twentieth of the whole, of which a day's hour sees hardly one.
        let mut chance = stream(9, 0, Purpose::Outcome, 0);
        let part: Vec<Day> = whole
            .iter()
            .map(|day| {
                let few = |count: &u32| (0..*count).filter(|_| share(&mut chance) < 0.05).count() as u32;
                Day { counts: day.counts.iter().map(few).collect(), ..day.clone() }
            })
            .collect();
        let nobody: Vec<Day> =
            whole.iter().map(|it| Day { counts: vec![0; PERIODS], ..it.clone() }).collect();
        let (all, parts) = forecast_parts(&whole, &[part, nobody], &ahead(84, 7)).unwrap();
        let found = parts[0].as_ref().unwrap();
        for (all, part) in all.days.iter().zip(&found.days) {
            let share = part.day.mean / all.day.mean;
            assert!((0.03..0.075).contains(&share), "{share}");
        }
        assert_eq!(parts[1], None);
    }

    #[test]
    fn a_season_is_found_in_two_years_and_not_in_one() {
        let level = |at: usize| 300.0 * (0.4 * (std::f64::consts::TAU * at as f64 / 365.25).sin()).exp();
        let truth = |at: usize| WEEK[at % 7] * level(at) * if at % 29 == 17 { 0.3 } else { 1.0 };
        let error = |found: &Forecast, from: usize| -> f64 {
            let of = |(at, it): (usize, &DayAhead)| (it.day.mean - truth(from + at)).abs();
            found.days.iter().enumerate().map(of).sum::<f64>()
                / (0..found.days.len()).map(|at| truth(from + at)).sum::<f64>()
        };
        let two_years = drawn(730, 11, 0.002, level);
        let found = forecast(&two_years, &ahead(730, 84)).unwrap();
        assert!(found.knows_seasons);
        let short = forecast(&two_years[365..], &ahead(730, 84)).unwrap();
        assert!(!short.knows_seasons, "one year says nothing of years");
        let (with, without) = (error(&found, 730), error(&short, 730));
        assert!(with < 0.08 && with < 0.5 * without, "{with} with, {without} without, twelve weeks ahead");
        let flat = forecast(&drawn(730, 12, 0.002, |_| 300.0), &ahead(730, 14)).unwrap();
        assert!(!flat.knows_seasons, "what is not there is not found");
    }

    #[test]
    fn too_little_to_say_anything_is_said() {
        assert_eq!(forecast(&drawn(13, 7, 0.0, |_| 100.0), &ahead(13, 7)), None);
        assert_eq!(forecast(&drawn(30, 7, 0.0, |_| 0.0), &ahead(30, 7)), None);
        let short = forecast(&drawn(14, 7, 0.0, |_| 100.0), &ahead(14, 7)).unwrap();
        assert!(short.days[0].day.high_95 > short.days[0].day.mean);
    }

    #[test]
    fn better_than_the_naive_ones_on_weeks_that_vary() {
        let days = drawn(140, 8, 0.01, |at| 300.0 + 60.0 * (at as f64 / 30.0).sin());
        let settings = BacktestSettings { first_days: 70, step_days: 7, horizon_days: 14 };
        let found = backtest(&days, settings).unwrap();
        for it in [&found.by_period, &found.by_day] {
            assert!(it.model.wape < it.last_week.wape && it.model.wape < it.four_weeks.wape, "{found:?}");
            assert!(it.model.mase < 1.0);
        }
        assert!((0.72..0.95).contains(&found.by_period.within_80), "{}", found.by_period.within_80);
    }
}
