//! `/floor/forecast`: how much work will come, and how good the same forecast would have been.

use super::chart::{Chart, Series, drawn};
use super::{Asked, only_leads};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::response::Response;
use desk::Tx;
use desk::floor::forecasts::{BacktestTold, DayTold, ForecastPage, ScoresTold};
use desk::floor::runs::{self, Answer, Question, Run, RunKind};
use desk::floor::{FloorSettings, Told, floor_settings};

/// Days of history that are read: as many as there are, for seasons of the year show in two of them.
const HISTORY_DAYS: i64 = desk::floor::DAYS_MAX;
const HOURS_SHOWN_DAYS: usize = 7;
const KINDS_SHOWN: usize = 12;

#[derive(askama::Template)]
#[template(path = "floor/forecast.html")]
pub struct Forecast {
    pub shell: Shell,
    pub settings: FloorSettings,
    pub now: i64,
    pub run: Option<Run>,
}

/// The run alone, fetched anew while it is on its way.
#[derive(askama::Template)]
#[template(path = "floor/_forecast.html")]
pub struct ForecastRun {
    pub now: i64,
    pub run: Option<Run>,
}

macro_rules! told {
    ($name:ident) => {
        impl $name {
            fn page(&self) -> Option<&ForecastPage> {
                match self.run.as_ref()?.result.as_ref()? {
                    Answer::Forecast(page) => Some(page),
                    _ => None,
                }
            }
        }
    };
}
told!(Forecast);
told!(ForecastRun);

/// Days: what was, and what is expected.
pub fn days_chart(page: &ForecastPage) -> Chart {
    let plain = |mean: f64| Some(Told { mean, low: mean, high: mean });
    let past: Vec<Option<Told>> = page.past.iter().map(|it| plain(it.1)).collect();
    let wide = |it: &DayTold| Some(Told { mean: it.total.mean, low: it.low_95, high: it.high_95 });
    let (ahead, wider): (Vec<_>, Vec<_>) = page.days.iter().map(|it| (Some(it.total), wide(it))).unzip();
    let places = past.len() + ahead.len();
    let dates = page.past.iter().map(|it| &it.0).chain(page.days.iter().map(|it| &it.date));
    let mondays = page.days.first().map_or(0, |it| (past.len() + 7 - usize::from(it.weekday)) % 7);
    let labels: Vec<(usize, String)> = dates
        .enumerate()
        .filter(|(at, _)| at % 14 == mondays % 14 && at % 7 == mondays)
        .map(|(at, date)| (at, short_date(date)))
        .collect();
    let total: f64 = page.days.iter().take(7).map(|it| it.total.mean).sum();
    let words = format!(
        "{} days as they were, then {} days as expected; in the first week {total:.0} in all",
        past.len(),
        ahead.len()
    );
    let series = [
        Series { class: "wide", from: past.len(), points: &wider, has_band: true },
        Series { class: "other", from: past.len(), points: &ahead, has_band: true },
        Series { class: "past", from: 0, points: &past, has_band: false },
    ];
    drawn(places, &series, &labels, words).parted_at(past.len() as f64 - 0.5, places)
}

/// Hours of the first week.
pub fn hours_chart(page: &ForecastPage) -> Chart {
    let days = &page.days[..page.days.len().min(HOURS_SHOWN_DAYS)];
    let points: Vec<Option<Told>> =
        days.iter().flat_map(|it| it.periods.iter().map(|it| Some(*it))).collect();
    let per_day = days.first().map_or(1, |it| it.periods.len().max(1));
    let labels: Vec<(usize, String)> =
        days.iter().enumerate().map(|(at, it)| (at * per_day, weekday(&it.weekday).to_owned())).collect();
    let most = points.iter().flatten().map(|it| it.mean).fold(0.0, f64::max);
    let words =
        format!("the first week by {} minutes; at most {most:.1} are expected at once", page.period_minutes);
    drawn(
        points.len(),
        &[Series { class: "other", from: 0, points: &points, has_band: true }],
        &labels,
        words,
    )
}

pub fn short_date(date: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split('-').skip(1).filter_map(|it| it.parse::<usize>().ok());
    match (parts.next(), parts.next()) {
        (Some(month @ 1..=12), Some(day)) => format!("{day} {}", MONTHS[month - 1]),
        _ => date.to_owned(),
    }
}

pub fn weekday(weekday: &u8) -> &'static str {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][usize::from(*weekday) % 7]
}

pub fn kinds(page: &ForecastPage) -> &[desk::floor::forecasts::KindTold] {
    &page.kinds[..page.kinds.len().min(KINDS_SHOWN)]
}

/// Name, WAPE, MASE, bias in per cent.
pub type ScoreRow = (&'static str, String, String, String);

/// The tables that compare with naive forecasts.
pub fn score_tables(it: &BacktestTold) -> [(&'static str, Vec<ScoreRow>); 2] {
    [("Days", score_rows(&it.by_day)), ("Hours", score_rows(&it.by_period))]
}

fn score_rows(it: &ScoresTold) -> Vec<ScoreRow> {
    let names = ["This forecast", "As last week", "Mean of four weeks"];
    let row = |at: usize| {
        let bias = super::words::signed(100.0 * it.bias[at]);
        (
            names[at],
            format!("{:.0} %", 100.0 * it.wape[at]),
            format!("{:.2}", it.mase[at]),
            format!("{bias} %"),
        )
    };
    (0..3).map(row).collect()
}

/// How it fares, in one sentence.
pub fn verdict(it: &ScoresTold) -> String {
    let best = it.wape[1].min(it.wape[2]);
    let better = 100.0 * (1.0 - it.wape[0] / best.max(1e-9));
    match better {
        better if better >= 1.0 => {
            format!("{better:.0} % less error than the better of two naive forecasts.")
        }
        better if better > -1.0 => "As good as the better of two naive forecasts.".to_owned(),
        _ => "A naive forecast would have been better: there is little pattern, or too little history."
            .to_owned(),
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Forecast>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Forecast {
            run: asked.load(tx, RunKind::Forecast)?,
            settings: floor_settings(tx)?,
            now: tx.now(),
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

pub async fn run(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<ForecastRun>, Problem> {
    only_leads(actor)?;
    let read = move |tx: &mut Tx| {
        Ok::<_, Problem>(ForecastRun { run: asked.load(tx, RunKind::Forecast)?, now: tx.now() })
    };
    Ok(Html(web.desk.read(actor, read).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let question = Question::Forecast {
        weeks: form.parsed("weeks").unwrap_or(4),
        period_minutes: form.parsed("period").unwrap_or(60),
        days: HISTORY_DAYS,
    };
    let run = web.desk.write(actor, move |tx| runs::ask(tx, &question)).await?;
    Ok(Said::new("It begins in a moment; this page follows it.").then(&format!("/floor/forecast?run={run}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::floor::forecasts::KindTold;

    fn told(mean: f64) -> Told {
        Told { mean, low: (mean - 3.0).max(0.0), high: mean + 3.0 }
    }

    fn result() -> ForecastPage {
        let day = |at: usize| DayTold {
            date: format!("2026-03-{:02}", at + 2),
            weekday: (at % 7) as u8,
            is_holiday: at == 3,
            total: told(20.0),
            low_95: 12.0,
            high_95: 30.0,
            periods: vec![told(1.0); 24],
        };
        let scores = ScoresTold {
            wape: [0.2, 0.31, 0.25],
            mase: [0.7, 1.1, 0.9],
            bias: [0.01, 0.0, -0.02],
            within_80: 0.83,
            within_95: 0.96,
            scored: 900,
        };
        ForecastPage {
            period_minutes: 60,
            known_days: 120,
            past: (0..28).map(|at| (format!("2026-02-{:02}", at + 1), 18.0 + at as f64)).collect(),
            days: (0..14).map(day).collect(),
            kinds: vec![
                KindTold { name: "Refunds <b>".into(), came: 12.0, next_week: Some(13.0) },
                KindTold { name: "SAML".into(), came: 0.0, next_week: None },
            ],
            backtest: Some(BacktestTold {
                origins: 8,
                horizon_days: 14,
                by_period: scores.clone(),
                by_day: scores,
            }),
            half_life_weeks: Some(8.0),
            trend_per_week: Some(0.012),
            knows_holidays: true,
            knows_seasons: true,
        }
    }

    fn run(result: Option<Answer>, failed: Option<String>, done: f64) -> Run {
        let finished_at = (result.is_some() || failed.is_some()).then_some(3_000);
        Run {
            id: desk::FloorRunId(7),
            kind: RunKind::Forecast,
            question: Question::Forecast { weeks: 2, period_minutes: 60, days: 365 },
            asked_by_name: Some("Rosa".into()),
            asked_at: 1_000,
            started_at: Some(1_000),
            finished_at,
            failed,
            done,
            result,
        }
    }

    fn page(run: Option<Run>) -> String {
        renders(&Forecast { shell: shell(), settings: FloorSettings::default(), now: 9_000, run })
    }

    #[test]
    fn a_desk_without_a_forecast_says_what_one_is() {
        assert!(page(None).contains("Forecast now"));
    }

    #[test]
    fn a_forecast_on_its_way_shows_how_far_it_is_and_a_failed_one_why() {
        assert!(page(Some(run(None, None, 0.4))).contains("value=\"40\""));
        assert!(page(Some(run(None, Some("too <few>".into()), 0.1))).contains("too &#60;few&#62;"));
    }

    #[test]
    fn days_hours_kinds_and_the_backtest_are_shown() {
        let html = page(Some(run(Some(Answer::Forecast(result())), None, 1.0)));
        for words in [
            "17–23",
            "holiday",
            "Refunds &#60;b&#62;",
            "20 %",
            "83 %",
            "20 % less error",
            "+1.2 % a week",
            "<svg",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        let fragment =
            renders(&ForecastRun { now: 9_000, run: Some(run(Some(Answer::Forecast(result())), None, 1.0)) });
        assert!(!fragment.contains("<html") && fragment.contains("<svg"));
        assert_eq!((short_date("2026-12-05").as_str(), short_date("x").as_str()), ("5 Dec", "x"));
    }
}
