//! What is expected to come: by day and period, for weeks ahead, with how good the same would have been before.

use super::history::{History, midnight};
use super::{DAY_MS, FloorError, FloorSettings};
use crate::skills::planning::week::Clock;
use ::floor::forecast::{
    Ahead, BacktestSettings, DAYS_LEAST, Day, Expected, Scores, backtest, forecast_parts,
};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub const WEEKS_AHEAD_MAX: usize = 12;
pub const PERIODS_MINUTES: [i64; 3] = [15, 30, 60];
/// Days of the past that a page shows.
const PAST_SHOWN_DAYS: usize = 56;
const DAYS_PER_WEEK: usize = 7;

/// A figure with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl From<::floor::Estimate> for Told {
    fn from(it: ::floor::Estimate) -> Told {
        Told { mean: it.mean, low: it.low.unwrap_or(it.mean), high: it.high.unwrap_or(it.mean) }
    }
}

/// Counts by period of consecutive days; the whole and its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub first: Option<Date>,
    pub period_minutes: i64,
    pub whole: Vec<Day>,
    pub parts: Vec<(String, Vec<Day>)>,
}

/// What is forecast; 80 % lie between low and high.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForecastPage {
    pub period_minutes: i64,
    /// Days that were known.
    pub known_days: usize,
    /// The last of them: date and how many came.
    pub past: Vec<(String, f64)>,
    pub days: Vec<DayTold>,
    pub kinds: Vec<KindTold>,
    pub backtest: Option<BacktestTold>,
    /// Half of what is known is forgotten after so many weeks; `None`: never.
    pub half_life_weeks: Option<f64>,
    pub trend_per_week: Option<f64>,
    pub knows_holidays: bool,
    pub knows_seasons: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayTold {
    pub date: String,
    /// 0 Monday to 6 Sunday.
    pub weekday: u8,
    pub is_holiday: bool,
    pub total: Told,
    /// 95 % lie between these.
    pub low_95: f64,
    pub high_95: f64,
    pub periods: Vec<Told>,
}

/// One kind of work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KindTold {
    pub name: String,
    /// In the last four known weeks, a week.
    pub came: f64,
    /// In the first week ahead. `None`: too little came to say.
    pub next_week: Option<f64>,
}

/// How good it would have been, beside two naive forecasts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BacktestTold {
    pub origins: usize,
    pub horizon_days: usize,
    pub by_period: ScoresTold,
    pub by_day: ScoresTold,
}

/// Weighted absolute percentage error (0.2: a fifth), mean absolute scaled error, and bias; of the forecast, of "as last
/// week" and of "mean of four weeks".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoresTold {
    pub wape: [f64; 3],
    pub mase: [f64; 3],
    pub bias: [f64; 3],
    pub within_80: f64,
    pub within_95: f64,
    pub scored: usize,
}

impl From<Scores> for ScoresTold {
    fn from(it: Scores) -> ScoresTold {
        let all = [it.model, it.last_week, it.four_weeks];
        ScoresTold {
            wape: all.map(|it| it.wape),
            mase: all.map(|it| it.mase),
            bias: all.map(|it| it.bias),
            within_80: it.within_80,
            within_95: it.within_95,
            scored: it.scored,
        }
    }
}

/// What came, by the company's clock; whole days only.
pub fn series(history: &History, period_minutes: i64, settings: &FloorSettings) -> Series {
    let mut clock = Clock::of(&history.time_zone);
    let mut day_of = |at: i64| (at + clock.offset_ms(at)).div_euclid(DAY_MS);
    let first_day = day_of(history.since);
    let last_day = day_of(midnight(history.until, &history.time_zone));
    let days = usize::try_from(last_day - first_day).unwrap_or(0);
    let mut moments: Vec<Vec<(usize, i64)>> = vec![Vec::new(); history.kinds.len()];
    for it in &history.turns {
        let local = it.came_at + clock.offset_ms(it.came_at);
        let day = usize::try_from(local.div_euclid(DAY_MS) - first_day).unwrap_or(usize::MAX);
        if day < days {
            moments[it.kind].push((day, local.rem_euclid(DAY_MS) / 60_000));
        }
    }
    let first =
        Date::constant(1970, 1, 1).checked_add(first_day.days()).unwrap_or(Date::constant(1970, 1, 1));
    let names = history.kinds.iter().map(|it| it.name.clone());
    Series::of(first, days, period_minutes, &holidays(&settings.holidays), names.zip(moments).collect())
}

impl Series {
    /// From the day and the minute of each arrival, by kind.
    pub fn of(
        first: Date,
        days: usize,
        period_minutes: i64,
        holidays: &HashSet<Date>,
        moments: Vec<(String, Vec<(usize, i64)>)>,
    ) -> Series {
        let periods = (24 * 60 / period_minutes.max(1)) as usize;
        let empty: Vec<Day> = (0..days).map(|at| day(first, at, holidays, periods)).collect();
        let mut whole = empty.clone();
        let mut parts = Vec::new();
        for (name, moments) in moments {
            let mut part = empty.clone();
            for (at, minute) in moments {
                let period = ((minute / period_minutes.max(1)) as usize).min(periods - 1);
                part[at].counts[period] += 1;
                whole[at].counts[period] += 1;
            }
            parts.push((name, part));
        }
        Series { first: Some(first), period_minutes, whole, parts }
    }
}

fn date_at(first: Date, days: usize) -> Date {
    first.checked_add((days as i64).days()).unwrap_or(first)
}

fn day(first: Date, at: usize, holidays: &HashSet<Date>, periods: usize) -> Day {
    let date = date_at(first, at);
    let weekday = date.weekday().to_monday_zero_offset() as u8;
    Day { weekday, is_holiday: holidays.contains(&date), counts: vec![0; periods] }
}

pub fn holidays(dates: &[String]) -> HashSet<Date> {
    dates.iter().filter_map(|it| it.parse().ok()).collect()
}

/// The weeks after the last known day.
pub fn forecast_of(
    series: &Series,
    weeks: usize,
    holidays: &HashSet<Date>,
) -> Result<ForecastPage, FloorError> {
    if !(1..=WEEKS_AHEAD_MAX).contains(&weeks) {
        return Err(FloorError::WeeksAreWrong);
    }
    let first = series.first.ok_or(FloorError::TooShortForForecast)?;
    // The first day with any work begins the history: before it, there was no desk.
    let begins = series.whole.iter().position(|it| it.total() > 0.0).unwrap_or(series.whole.len());
    let whole = &series.whole[begins..];
    if whole.len() < DAYS_LEAST {
        return Err(FloorError::TooShortForForecast);
    }
    let first = date_at(first, begins);
    let ahead: Vec<Ahead> = (0..weeks * DAYS_PER_WEEK)
        .map(|at| day(first, whole.len() + at, holidays, 0))
        .map(|it| Ahead { weekday: it.weekday, is_holiday: it.is_holiday })
        .collect();
    let parts: Vec<Vec<Day>> = series.parts.iter().map(|it| it.1[begins..].to_vec()).collect();
    let (found, of_parts) = forecast_parts(whole, &parts, &ahead).ok_or(FloorError::TooShortForForecast)?;
    let told = |it: &Expected| Told { mean: it.mean, low: it.low_80, high: it.high_80 };
    let days = found.days.iter().zip(&ahead).enumerate().map(|(at, (it, ahead))| DayTold {
        date: date_at(first, whole.len() + at).to_string(),
        weekday: ahead.weekday,
        is_holiday: ahead.is_holiday,
        total: told(&it.day),
        low_95: it.day.low_95,
        high_95: it.day.high_95,
        periods: it.periods.iter().map(told).collect(),
    });
    let recent_days = whole.len().min(4 * DAYS_PER_WEEK);
    let mut kinds: Vec<KindTold> = series
        .parts
        .iter()
        .zip(&parts)
        .zip(&of_parts)
        .map(|(((name, _), part), forecast)| KindTold {
            name: name.clone(),
            came: part[part.len() - recent_days..].iter().map(Day::total).sum::<f64>() * DAYS_PER_WEEK as f64
                / recent_days as f64,
            next_week: forecast
                .as_ref()
                .map(|it| it.days.iter().take(DAYS_PER_WEEK).map(|it| it.day.mean).sum()),
        })
        .collect();
    kinds.sort_by(|a, b| b.next_week.unwrap_or(0.0).total_cmp(&a.next_week.unwrap_or(0.0)));
    let past = whole.iter().enumerate().skip(whole.len().saturating_sub(PAST_SHOWN_DAYS));
    let tested = backtest(whole, BacktestSettings::usual(whole.len()));
    Ok(ForecastPage {
        period_minutes: series.period_minutes,
        known_days: whole.len(),
        past: past.map(|(at, it)| (date_at(first, at).to_string(), it.total())).collect(),
        days: days.collect(),
        kinds,
        backtest: tested.map(|it| BacktestTold {
            origins: it.origins,
            horizon_days: it.horizon_days,
            by_period: it.by_period.into(),
            by_day: it.by_day.into(),
        }),
        half_life_weeks: found.half_life_weeks,
        trend_per_week: found.trend_per_week,
        knows_holidays: found.knows_holidays,
        knows_seasons: found.knows_seasons,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_weekday_and_holidays_their_mark() {
        let holidays = holidays(&["2026-01-06".into(), "no date".into()]);
        let moments = vec![("a".to_owned(), vec![(0, 0), (0, 59), (1, 61), (1, 1_439)])];
        let found = Series::of(Date::constant(2026, 1, 5), 2, 60, &holidays, moments);
        assert_eq!((found.whole[0].weekday, found.whole[1].is_holiday), (0, true));
        assert_eq!(
            (found.whole[0].counts[0], found.whole[1].counts[1], found.whole[1].counts[23]),
            (2, 1, 1)
        );
    }

    #[test]
    fn a_forecast_names_its_days_and_adds_up_its_kinds() {
        // Eight a working day, two at weekends, a quarter of them of the second kind; nothing in the first week.
        let first = Date::constant(2026, 1, 5);
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for at in 7..63 {
            let count = if at % 7 < 5 { 8 } else { 2 };
            for n in 0..count {
                if n % 4 == 3 { other.push((at, 600)) } else { one.push((at, 540 + 10 * n)) }
            }
        }
        let moments = vec![("one".to_owned(), one), ("other".to_owned(), other), ("none".to_owned(), vec![])];
        let none = HashSet::new();
        let found = forecast_of(&Series::of(first, 63, 30, &none, moments), 2, &none).unwrap();
        assert_eq!((found.known_days, found.days.len(), found.past.len()), (56, 14, 56));
        assert_eq!((found.days[0].date.as_str(), found.days[0].weekday), ("2026-03-09", 0));
        let week: f64 = found.days[..7].iter().map(|it| it.total.mean).sum();
        assert!((week - 44.0).abs() < 2.0, "{week}");
        assert_eq!(
            found.kinds.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
            ["one", "other", "none"]
        );
        assert_eq!(found.kinds[2].next_week, None);
        assert!(found.backtest.is_some() && found.days[0].total.low <= 8.0);
        let error = forecast_of(&Series::of(first, 10, 30, &none, vec![]), 2, &none).unwrap_err();
        assert!(error.to_string().contains("two weeks"));
    }
}
