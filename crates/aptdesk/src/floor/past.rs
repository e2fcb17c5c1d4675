//! What a desk's own history says, at a terminal: forecasts, scenarios, and the past with other rules.

use super::arrivals;
use super::tables::table;
use crate::{Outcome, config, say};
use ::floor::Scenario;
use desk::floor::forecasts::{self, ForecastPage, ScoresTold, Series, Told};
use desk::floor::replay::{self, Column, HELD_FIXED, LIVES_USUAL, Other, ReplayTold};
use desk::floor::scenario::{self, Grouping, Wanted};
use desk::floor::{DAYS_USUAL, FloorError, History, floor_settings};
use desk::skills::planning::Shift;
use desk::{Actor, Tx, UserId, people};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Days of history that a forecast reads.
const FORECAST_DAYS: i64 = 365;

#[derive(clap::Args)]
pub struct ForecastFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// A CSV file of arrivals instead of a desk: a column at (2026-03-05 14:07), and if wanted kind and count.
    #[arg(long)]
    csv: Option<PathBuf>,
    /// Weeks ahead.
    #[arg(long, default_value_t = 4)]
    weeks: usize,
    /// Minutes of a period: 15, 30 or 60.
    #[arg(long, default_value_t = 60)]
    period: i64,
    /// Days of history, of a desk.
    #[arg(long, default_value_t = FORECAST_DAYS)]
    days: i64,
    /// A file with one holiday a line, such as 2026-12-25; without it, those of the desk's settings.
    #[arg(long)]
    holidays: Option<PathBuf>,
    /// As JSON instead of tables.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct ScenarioFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// Days of history.
    #[arg(long, default_value_t = DAYS_USUAL)]
    days: i64,
    /// One day of the week, such as monday, instead of the whole week.
    #[arg(long)]
    day: Option<String>,
    /// People who may do the same work as one group, for `floor staff`; otherwise everybody by themself.
    #[arg(long)]
    teams: bool,
    /// The rule by which work is given out.
    #[arg(long, default_value = "expected_outcome")]
    policy: String,
}

#[derive(clap::Args)]
pub struct ReplayFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// Days that are lived again.
    #[arg(long, default_value_t = DAYS_USUAL)]
    days: i64,
    /// Another rule: expected_outcome, longest_idle, most_capacity, fixed_queue_ratio, generalised_c_mu.
    #[arg(long)]
    policy: Option<String>,
    /// Somebody, by name or address, as if they had never been here. May be said several times.
    #[arg(long)]
    without: Vec<String>,
    /// Weekly shifts (CSV: email,weekday,from,to) instead of when these people were here.
    #[arg(long)]
    shifts: Option<PathBuf>,
    /// Somebody at another level, as PERSON:SKILL:LEVEL. May be said several times.
    #[arg(long)]
    level: Vec<String>,
    /// How often the days are lived; more make intervals narrower.
    #[arg(long, default_value_t = LIVES_USUAL)]
    lives: u64,
    /// As JSON instead of tables.
    #[arg(long)]
    json: bool,
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(super) fn history(
    flags: &config::Flags,
    days: i64,
) -> Result<(desk::Desk, History), Box<dyn std::error::Error + Send + Sync>> {
    let desk = flags.settle()?.open_existing()?;
    let history = desk.db.read_now(Actor::desk(), move |tx| History::load(tx, days))?;
    Ok((desk, history))
}

pub(super) fn forecast(flags: &ForecastFlags) -> Outcome {
    if !forecasts::PERIODS_MINUTES.contains(&flags.period) {
        return Err("a period has 15, 30 or 60 minutes".into());
    }
    let named = flags.holidays.as_deref().map(text_of).transpose()?;
    let named = named.map(|text| arrivals::holidays(&text)).transpose()?;
    let (series, holidays): (Series, _) = match &flags.csv {
        Some(path) => {
            let holidays = named.unwrap_or_default();
            let text = text_of(path)?;
            let series = arrivals::read(&text, flags.period, &holidays);
            (series.map_err(|error| format!("{}: {error}", path.display()))?, holidays)
        }
        None => {
            let (desk, history) = history(&flags.desk, flags.days)?;
            let mut settings = desk.db.read_now(Actor::desk(), floor_settings)?;
            if let Some(named) = named {
                settings.holidays = named.iter().map(ToString::to_string).collect();
            }
            let holidays = forecasts::holidays(&settings.holidays);
            (forecasts::series(&history, flags.period, &settings), holidays)
        }
    };
    let page = forecasts::forecast_of(&series, flags.weeks, &holidays)?;
    if flags.json {
        say(&serde_json::to_string_pretty(&page)?);
    } else {
        forecast_lines(&page).iter().for_each(|line| say(line));
    }
    Ok(())
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn forecast_lines(page: &ForecastPage) -> Vec<String> {
    let memory = page
        .half_life_weeks
        .map_or("nothing is forgotten".to_owned(), |it| format!("half is forgotten after {it} weeks"));
    let trend =
        page.trend_per_week.map_or(String::new(), |it| format!("; {:+.1} % a week, damped", 100.0 * it));
    let mut lines = vec![
        format!(
            "{} days known; {memory}{trend}. Between the numbers in brackets with 80 %.",
            page.known_days
        ),
        String::new(),
    ];
    let row = |cells: &[&str]| cells.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>();
    let mut rows = vec![row(&["day", "", "expected", "80 %", "95 %", "busiest", "expected"])];
    for it in &page.days {
        let busiest = it.periods.iter().enumerate().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
        let (at, most) = busiest.map_or((0, Told::default()), |it| (it.0, *it.1));
        let minute = at as i64 * page.period_minutes;
        rows.push(vec![
            it.date.clone(),
            format!(
                "{}{}",
                &WEEKDAYS[usize::from(it.weekday) % 7][..3],
                if it.is_holiday { ", holiday" } else { "" }
            ),
            format!("{:.0}", it.total.mean),
            format!("{:.0}–{:.0}", it.total.low, it.total.high),
            format!("{:.0}–{:.0}", it.low_95, it.high_95),
            format!("{:02}:{:02}", minute / 60, minute % 60),
            format!("{:.1} [{:.0}–{:.0}]", most.mean, most.low, most.high),
        ]);
    }
    lines.extend(table(rows));
    if page.kinds.len() > 1 {
        lines.push(String::new());
        let mut rows = vec![row(&["kind", "a week, so far", "next week"])];
        for it in &page.kinds {
            let next = it.next_week.map_or("–".to_owned(), |it| format!("{it:.1}"));
            rows.push(vec![it.name.clone(), format!("{:.1}", it.came), next]);
        }
        lines.extend(table(rows));
    }
    match &page.backtest {
        Some(it) => {
            lines.push(String::new());
            lines.push(format!(
                "Forecast again as of {} earlier days, up to {} days ahead:",
                it.origins, it.horizon_days
            ));
            lines.push(String::new());
            let mut rows = vec![row(&["", "", "WAPE", "MASE", "bias", "in 80 %", "in 95 %"])];
            for (name, scores) in [("by period", &it.by_period), ("by day", &it.by_day)] {
                rows.extend(score_rows(name, scores));
            }
            lines.extend(table(rows));
        }
        None => lines.push("The history is too short to forecast it again as of an earlier day.".to_owned()),
    }
    lines
}

fn score_rows(name: &str, it: &ScoresTold) -> Vec<Vec<String>> {
    let names = ["forecast", "as last week", "mean of four weeks"];
    let percent = |it: f64| format!("{:.1} %", 100.0 * it);
    (0..3)
        .map(|at| {
            let (within_80, within_95) = match at {
                0 => (percent(it.within_80), percent(it.within_95)),
                _ => (String::new(), String::new()),
            };
            vec![
                if at == 0 { name.to_owned() } else { String::new() },
                names[at].to_owned(),
                percent(it.wape[at]),
                format!("{:.2}", it.mase[at]),
                percent(it.bias[at]),
                within_80,
                within_95,
            ]
        })
        .collect()
}

pub(super) fn scenario(flags: &ScenarioFlags) -> Outcome {
    let (desk, history) = history(&flags.desk, flags.days)?;
    let settings = desk.db.read_now(Actor::desk(), floor_settings)?;
    let weekday = flags
        .day
        .as_deref()
        .map(|name| weekday(name).ok_or("a day is one of monday to sunday"))
        .transpose()?;
    let wanted = Wanted {
        grouping: if flags.teams { Grouping::Teams } else { Grouping::People },
        policy: flags.policy.clone(),
        weekday,
        ..Wanted::usual(settings)
    };
    let scenario = scenario::scenario(&history, &wanted)?;
    let text = scenario.write();
    Scenario::read(&text)
        .map_err(|error| format!("this history makes no scenario that can be read: {error}"))?;
    let (mean, median) = scenario::time_in_hand(&history)?;
    for line in scenario::comments(&history) {
        say(&format!("# {line}"));
    }
    say(&format!(
        "# In hand with nothing else: {mean:.0} min on average, half of it within {median:.0} min."
    ));
    say("");
    say(text.trim_end());
    Ok(())
}

fn weekday(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    WEEKDAYS.iter().position(|it| name.len() >= 2 && it.to_lowercase().starts_with(&name))
}

pub(super) fn replay(flags: &ReplayFlags) -> Outcome {
    let (desk, history) = history(&flags.desk, flags.days)?;
    let settings = desk.db.read_now(Actor::desk(), floor_settings)?;
    let csv = flags.shifts.as_deref().map(text_of).transpose()?;
    let (without, levels) = (flags.without.clone(), flags.level.clone());
    let known = history.clone();
    let policy = flags.policy.clone().unwrap_or_default();
    let other = desk.db.read_now(Actor::desk(), move |tx| {
        Ok::<_, FloorError>(Other {
            policy: policy.clone(),
            without: without.iter().map(|it| person(tx, &known, it)).collect::<Result<_, _>>()?,
            shifts: csv.as_deref().map(|text| shifts(tx, text)).transpose()?.unwrap_or_default(),
            levels: levels.iter().map(|it| level(tx, &known, it)).collect::<Result<_, _>>()?,
        })
    })?;
    let told = replay::replay(&history, &settings, &other, flags.lives, &mut |_| {})?;
    if flags.json {
        say(&serde_json::to_string_pretty(&told)?);
    } else {
        replay_lines(&told).iter().for_each(|line| say(line));
    }
    Ok(())
}

/// By name or by address.
fn person(tx: &mut Tx, history: &History, name: &str) -> Result<UserId, FloorError> {
    let name = name.trim();
    if let Some(it) = history.colleagues.iter().find(|it| it.name.eq_ignore_ascii_case(name)) {
        return Ok(it.user);
    }
    let found = people::find_user_by_email(tx, name)?;
    found.map(|it| it.id).ok_or_else(|| FloorError::NoSuchPerson(name.to_owned()))
}

fn level(tx: &mut Tx, history: &History, text: &str) -> Result<(UserId, desk::SkillId, f64), FloorError> {
    let mut parts = text.rsplitn(3, ':');
    let (level, skill, name) = (parts.next(), parts.next(), parts.next());
    let level: f64 = level.and_then(|it| it.trim().parse().ok()).ok_or(FloorError::LevelIsWrong)?;
    let skill = skill.unwrap_or("").trim();
    let found = history.skills.iter().find(|it| it.name.eq_ignore_ascii_case(skill) || it.key == skill);
    Ok((person(tx, history, name.unwrap_or(""))?, found.ok_or(FloorError::SkillIsNotNeeded)?.id, level))
}

/// `email,weekday,from,to`, with or without that first line.
fn shifts(tx: &mut Tx, csv: &str) -> Result<Vec<(UserId, Vec<Shift>)>, FloorError> {
    let mut weeks: BTreeMap<UserId, Vec<Shift>> = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(csv.as_bytes());
    for (n, record) in reader.records().enumerate() {
        let wrong = |reason: &str| FloorError::LineIsWrong { line: n as u64 + 1, reason: reason.to_owned() };
        let record = record.map_err(|_| wrong("it cannot be read as comma-separated values"))?;
        let field = |at: usize| record.get(at).unwrap_or("");
        if field(0).is_empty() || (n == 0 && !field(0).contains('@')) {
            continue;
        }
        let user = people::find_user_by_email(tx, &field(0).to_lowercase())?;
        let user = user.ok_or_else(|| wrong("nobody here has this address"))?.id;
        let shift = Shift::parse(field(1), field(2), field(3));
        let shift = shift.ok_or_else(|| wrong("use a weekday and two times such as mon,08:30,17:00"))?;
        weeks.entry(user).or_default().push(shift);
    }
    Ok(weeks.into_iter().collect())
}

fn replay_lines(it: &ReplayTold) -> Vec<String> {
    let days = (it.until - it.from) as f64 / 86_400_000.0;
    let mut lines = vec![
        format!(
            "{days:.0} days, {} turns, lived {} times; ± is a 95 % interval of luck. Other: {}.",
            it.turns,
            it.lives,
            it.changes.join(", ")
        ),
        String::new(),
    ];
    let minutes = |it: Option<Told>| plain(it, 1.0 / 60.0, 1, "min");
    let percent = |it: Option<Told>| plain(it, 100.0, 1, "%");
    let row = |name: &str, of: &dyn Fn(&Column) -> String, difference: String| {
        vec![name.to_owned(), of(&it.happened), of(&it.as_now), of(&it.other), difference]
    };
    let rows = vec![
        ["", "happened", "as now, simulated", "other, simulated", "other − as now"]
            .map(str::to_owned)
            .to_vec(),
        row(
            "until somebody has it",
            &|it| minutes(it.wait_s),
            signed(it.difference.wait_s, 1.0 / 60.0, "min"),
        ),
        row("until the answer", &|it| minutes(it.reply_s), signed(it.difference.reply_s, 1.0 / 60.0, "min")),
        row(
            &format!("had within {:.0} min", it.promise_minutes),
            &|it| percent(it.in_time),
            signed(it.difference.in_time, 100.0, "points"),
        ),
        row("solved for good", &|it| percent(it.for_good), signed(it.difference.for_good, 100.0, "points")),
        row(
            "spread of the load",
            &|it| format!("{:.2}", it.spread),
            format!("{:+.2}", it.other.spread - it.as_now.spread),
        ),
    ];
    lines.extend(table(rows));
    lines.push(String::new());
    let mut rows =
        vec![["answers of", "hours here", "happened", "as now", "other"].map(str::to_owned).to_vec()];
    for it in it.people.iter().filter(|it| it.hours_here > 0.0) {
        let whole = |it: f64| format!("{it:.0}");
        rows.push(vec![
            it.name.clone(),
            whole(it.hours_here),
            whole(it.happened),
            whole(it.as_now),
            whole(it.other),
        ]);
    }
    lines.extend(table(rows));
    lines.push(String::new());
    lines.push(HELD_FIXED.to_owned());
    lines
}

fn plain(it: Option<Told>, scale: f64, decimals: usize, unit: &str) -> String {
    it.map_or("–".to_owned(), |it| {
        let half = scale * (it.high - it.mean);
        let mean = scale * it.mean;
        match half >= 0.5 * 10_f64.powi(-(decimals as i32)) {
            true => format!("{mean:.decimals$} ±{half:.decimals$} {unit}"),
            false => format!("{mean:.decimals$} {unit}"),
        }
    })
}

fn signed(it: Option<Told>, scale: f64, unit: &str) -> String {
    it.map_or("–".to_owned(), |it| {
        format!("{:+.1} ±{:.1} {unit}", scale * it.mean, scale * (it.high - it.mean))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_is_told_day_by_day_with_its_backtest() {
        let line = |at: usize| {
            let date = jiff::civil::date(2026, 1, 5).checked_add(jiff::Span::new().days(at as i64)).unwrap();
            format!("{date} 09:15,{}\n", if at % 7 < 5 { 20 } else { 4 })
        };
        let text: String = std::iter::once("at,count\n".to_owned()).chain((0..70).map(line)).collect();
        let holidays = arrivals::holidays("2026-03-17").unwrap();
        let series = arrivals::read(&text, 60, &holidays).unwrap();
        let lines = forecast_lines(&forecasts::forecast_of(&series, 2, &holidays).unwrap()).join("\n");
        for words in ["2026-03-16", "Tue, holiday", "09:00", "as last week", "in 80 %"] {
            assert!(lines.contains(words), "{words} is missing in\n{lines}");
        }
        assert!(!lines.contains("NaN"), "{lines}");
    }

    #[test]
    fn a_replay_is_told_beside_what_happened() {
        let told = Some(Told { mean: 600.0, low: 540.0, high: 660.0 });
        let column = Column {
            wait_s: told,
            reply_s: told,
            in_time: None,
            for_good: None,
            spread: 0.2,
            answered: 10.0,
        };
        let page = ReplayTold {
            happened: column,
            as_now: column,
            other: column,
            lives: 3,
            changes: vec!["by longest idle".into()],
            ..ReplayTold::default()
        };
        let lines = replay_lines(&page).join("\n");
        for words in ["10.0 ±1.0 min", "by longest idle", "Held fixed", "spread of the load"] {
            assert!(lines.contains(words), "{words} is missing in\n{lines}");
        }
        assert_eq!((weekday("mon"), weekday("Su"), weekday("x")), (Some(0), Some(6), None));
    }
}
