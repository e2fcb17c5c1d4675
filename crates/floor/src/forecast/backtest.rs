//! How good a forecast would have been: made again and again as of an earlier day, beside two naive ones.

use super::{Ahead, DAYS_LEAST, DAYS_PER_WEEK, Day, forecast};
use serde::Serialize;

/// Weeks over which the second naive forecast takes the mean.
const NAIVE_WEEKS: usize = 4;

/// Whole numbers of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacktestSettings {
    /// Known at the first origin; at least two weeks.
    pub first_days: usize,
    /// From one origin to the next.
    pub step_days: usize,
    /// How far ahead is forecast from each origin.
    pub horizon_days: usize,
}

impl BacktestSettings {
    /// With months of history: from its middle on, week by week, two weeks ahead. With weeks: from the second on, day by
    /// day, one week ahead.
    pub fn usual(days: usize) -> BacktestSettings {
        if days >= 8 * DAYS_PER_WEEK {
            let first_days = days / 2 / DAYS_PER_WEEK * DAYS_PER_WEEK;
            BacktestSettings { first_days, step_days: DAYS_PER_WEEK, horizon_days: 2 * DAYS_PER_WEEK }
        } else {
            BacktestSettings { first_days: DAYS_LEAST, step_days: 1, horizon_days: DAYS_PER_WEEK }
        }
    }
}

/// Of one forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    /// Σ|came − expected| ÷ Σ came.
    pub wape: f64,
    /// Mean absolute error ÷ that of "as a week before" on the days known at the origin.
    pub mase: f64,
    /// Σ(expected − came) ÷ Σ came.
    pub bias: f64,
}

/// Of all forecasts, on the same periods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Scores {
    pub model: Score,
    /// The same period of the last known week.
    pub last_week: Score,
    /// The mean of the same period in the last four known weeks.
    pub four_weeks: Score,
    /// Share of counts inside the intervals that should hold 80 % and 95 %.
    pub within_80: f64,
    pub within_95: f64,
    pub scored: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Backtest {
    pub origins: usize,
    pub horizon_days: usize,
    pub by_period: Scores,
    pub by_day: Scores,
}

/// None if there is no day to score.
pub fn backtest(days: &[Day], settings: BacktestSettings) -> Option<Backtest> {
    let mut gathered = [Gathered::default(), Gathered::default()];
    let mut origins = 0;
    let first = settings.first_days.max(DAYS_LEAST);
    for origin in (first..days.len()).step_by(settings.step_days.max(1)) {
        let (known, later) = days.split_at(origin);
        let later = &later[..later.len().min(settings.horizon_days)];
        let ahead: Vec<Ahead> = later.iter().map(Day::calendar).collect();
        let Some(found) = forecast(known, &ahead) else { continue };
        origins += 1;
        let scales = [
            scale(known, |it| it.counts.iter().map(|it| f64::from(*it)).collect()),
            scale(known, |it| vec![it.total()]),
        ];
        for (at, (day, told)) in later.iter().zip(&found.days).enumerate() {
            let naive = Naive { known, weekday_back: DAYS_PER_WEEK - at % DAYS_PER_WEEK };
            for (period, (count, told)) in day.counts.iter().zip(&told.periods).enumerate() {
                let of = |it: &Day| it.counts.get(period).map_or(0.0, |it| f64::from(*it));
                let [last_week, four_weeks] = naive.told(of);
                gathered[0].add(f64::from(*count), [told.mean, last_week, four_weeks], scales[0], *told);
            }
            let [last_week, four_weeks] = naive.told(Day::total);
            gathered[1].add(day.total(), [told.day.mean, last_week, four_weeks], scales[1], told.day);
        }
    }
    let [by_period, by_day] = gathered.map(|it| it.scores());
    (by_period.scored > 0).then_some(Backtest {
        origins,
        horizon_days: settings.horizon_days,
        by_period,
        by_day,
    })
}

/// Mean absolute difference from a week before.
fn scale(known: &[Day], of: impl Fn(&Day) -> Vec<f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (day, before) in known.iter().skip(DAYS_PER_WEEK).zip(known) {
        for (now, then) in of(day).iter().zip(&of(before)) {
            sum += (now - then).abs();
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

struct Naive<'a> {
    known: &'a [Day],
    /// Days from the origin back to the latest known day of the same weekday.
    weekday_back: usize,
}

impl Naive<'_> {
    fn told(&self, of: impl Fn(&Day) -> f64) -> [f64; 2] {
        let back = |weeks: usize| self.known.len().checked_sub(self.weekday_back + weeks * DAYS_PER_WEEK);
        let values: Vec<f64> =
            (0..NAIVE_WEEKS).filter_map(back).filter_map(|at| self.known.get(at)).map(of).collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        [values.first().copied().unwrap_or(0.0), mean]
    }
}

#[derive(Default)]
struct Gathered {
    came: f64,
    /// |errors|, |errors| ÷ scale, errors; by forecast.
    sums: [[f64; 3]; 3],
    within: [f64; 2],
    scaled: f64,
    count: usize,
}

impl Gathered {
    fn add(&mut self, came: f64, told: [f64; 3], scale: f64, interval: super::Expected) {
        self.came += came;
        self.count += 1;
        self.scaled += f64::from(u8::from(scale > 0.0));
        for (sums, told) in self.sums.iter_mut().zip(told) {
            let error = told - came;
            sums[0] += error.abs();
            sums[1] += if scale > 0.0 { error.abs() / scale } else { 0.0 };
            sums[2] += error;
        }
        let inside = [(interval.low_80, interval.high_80), (interval.low_95, interval.high_95)];
        for (sum, (low, high)) in self.within.iter_mut().zip(inside) {
            *sum += f64::from(u8::from((low..=high).contains(&came)));
        }
    }

    fn scores(self) -> Scores {
        let (came, count) = (self.came.max(f64::MIN_POSITIVE), self.count.max(1) as f64);
        let score = |at: usize| Score {
            wape: self.sums[at][0] / came,
            mase: self.sums[at][1] / self.scaled.max(1.0),
            bias: self.sums[at][2] / came,
        };
        Scores {
            model: score(0),
            last_week: score(1),
            four_weeks: score(2),
            within_80: self.within[0] / count,
            within_95: self.within[1] / count,
            scored: self.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_naive_ones_are_what_they_say() {
        let day = |at: usize| Day { weekday: (at % 7) as u8, is_holiday: false, counts: vec![at as u32 / 7] };
        let known: Vec<Day> = (0..35).map(day).collect();
        // Two weeks ahead the last known week still serves.
        for at in [0, 3, 6, 7, 13] {
            let naive = Naive { known: &known, weekday_back: DAYS_PER_WEEK - at % DAYS_PER_WEEK };
            assert_eq!(naive.told(Day::total), [4.0, 2.5], "{at} days ahead");
        }
    }

    #[test]
    fn a_history_that_repeats_itself_is_forecast_without_error() {
        let day = |at: usize| Day {
            weekday: (at % 7) as u8,
            is_holiday: false,
            counts: vec![if at % 7 < 5 { 100 } else { 40 }; 2],
        };
        let days: Vec<Day> = (0..70).map(day).collect();
        let found = backtest(&days, BacktestSettings::usual(70)).unwrap();
        assert_eq!((found.by_day.last_week.wape, found.origins), (0.0, 5));
        assert!(found.by_day.model.wape < 0.02, "{:?}", found.by_day.model);
        assert_eq!(found.by_period.within_95, 1.0);
        assert_eq!(backtest(&days[..14], BacktestSettings::usual(14)), None);
    }
}
