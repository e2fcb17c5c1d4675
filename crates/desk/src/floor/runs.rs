//! Simulations that somebody asked for on a page: they run beside the desk, as jobs, and their results are kept.

use super::forecasts::{ForecastPage, Told, forecast_of, holidays, series};
use super::history::History;
use super::replay::{LIVES_USUAL, Other, ReplayTold, replay};
use super::roster::need::{self, NeedTold};
use super::scenario::{self, Wanted, here_by_period};
use super::{DAY_MS, DAYS_USUAL, FloorError, FloorSettings, floor_settings, only_leads, policy_words, store};
use crate::skills::planning::{self, Shift};
use crate::work::{self, Due, Work};
use crate::{Actor, Db, FloorRunId, SkillId, Tx, UserId};
use ::floor::{Batch, Change, Figure, Floor, Report, Scenario, Simulator, changed, difference};
use serde::{Deserialize, Serialize};

/// Simulations that may wait or run at once.
pub const WAITING_MAX: i64 = 6;
/// One that has not ended after so long never will.
const LOST_MS: i64 = 60 * 60_000;
pub const CHANGES_MAX: usize = 12;
pub const RUNS_SHOWN_MAX: usize = 20;
/// Weeks that are lived for one answer.
const WEEKS_LIVED: u64 = 60;
/// Trainings that are looked at, of which so many are looked at to the end.
pub const CANDIDATES_MAX: usize = 1_000;
pub const CANDIDATES_KEPT: usize = 25;
/// Weeks for candidates.
const WORTH_WEEKS: u64 = 64;
/// One learns half a level beyond what is asked.
const TARGET_BEYOND: f64 = 0.5;
/// Almost all is in time already: then what is solved for good tells candidates apart.
const IN_TIME_ALREADY: f64 = 0.95;
/// Progress is written when it has grown by this share.
const PROGRESS_STEP: f64 = 0.03;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    Forecast,
    WhatIf,
    Worth,
    Replay,
    /// How many people the weeks ahead need.
    Roster,
}

impl RunKind {
    pub fn as_str(self) -> &'static str {
        match self {
            RunKind::Forecast => "forecast",
            RunKind::WhatIf => "what_if",
            RunKind::Worth => "worth",
            RunKind::Replay => "replay",
            RunKind::Roster => "roster",
        }
    }

    pub fn parse(name: &str) -> Option<RunKind> {
        [RunKind::Forecast, RunKind::WhatIf, RunKind::Worth, RunKind::Replay, RunKind::Roster]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    Forecast {
        weeks: usize,
        period_minutes: i64,
        days: i64,
    },
    WhatIf {
        changes: Vec<Difference>,
        policy: String,
    },
    /// What each training, and each absence, would change.
    Worth,
    Replay {
        days: i64,
        other: Other,
    },
    /// How many people the weeks ahead need, by half hour and skill.
    Roster,
}

/// One thing that would be different in a usual week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    Away {
        user: UserId,
    },
    Learns {
        user: UserId,
        skill: SkillId,
        level: f64,
    },
    /// One more colleague with the skills and the hours of this one.
    OneMoreLike {
        user: UserId,
    },
    Shifts {
        user: UserId,
        shifts: Vec<Shift>,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Answer {
    Forecast(ForecastPage),
    WhatIf(WhatIfTold),
    Worth(WorthTold),
    Replay(ReplayTold),
    Roster(NeedTold),
}

/// One run, done or on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    pub id: FloorRunId,
    pub kind: RunKind,
    pub question: Question,
    pub asked_by_name: Option<String>,
    pub asked_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub failed: Option<String>,
    /// 0 to 1.
    pub done: f64,
    pub result: Option<Answer>,
}

/// A usual week with and without the differences, on the same customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhatIfTold {
    /// In words.
    pub changes: Vec<String>,
    pub history_days: f64,
    pub weeks: u64,
    pub promise_minutes: f64,
    pub base: Figures,
    pub other: Figures,
    pub difference: Figures,
    /// By the hour of the day at which work comes.
    pub hours: Vec<HourTold>,
    /// By person, pieces of work a week: base and other.
    pub people: Vec<(String, f64, f64)>,
}

/// What cannot be measured is absent. Of a difference: other − base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Seconds until somebody has it.
    pub wait_s: Option<Told>,
    /// Seconds until the answer.
    pub reply_s: Option<Told>,
    /// Shares, 0 to 1.
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
}

/// Minutes until somebody has it, of work that comes in this hour; and pieces of work a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HourTold {
    pub came: f64,
    pub base: Option<Told>,
    pub other: Option<Told>,
}

/// Trainings and absences by simulation, the best and the dearest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorthTold {
    pub history_days: f64,
    pub looked_at: usize,
    pub weeks: u64,
    pub promise_minutes: f64,
    pub base: Figures,
    /// Candidates were screened by what is in time; otherwise by what is solved for good.
    pub by_time: bool,
    pub trainings: Vec<TrainingTold>,
    pub absences: Vec<AbsenceTold>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingTold {
    pub user: Option<UserId>,
    pub name: String,
    pub skill: Option<SkillId>,
    pub skill_name: String,
    pub from: f64,
    pub to: f64,
    /// Changes of shares: 0.01 is one point.
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
    pub weeks: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AbsenceTold {
    pub user: Option<UserId>,
    pub name: String,
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
}

/// A lead wants to know; the job begins in a moment.
pub fn ask(tx: &mut Tx, question: &Question) -> Result<FloorRunId, FloorError> {
    only_leads(tx)?;
    let kind = match question {
        Question::Forecast { weeks, period_minutes, days } => {
            if !(1..=super::forecasts::WEEKS_AHEAD_MAX).contains(weeks)
                || !super::forecasts::PERIODS_MINUTES.contains(period_minutes)
            {
                return Err(FloorError::WeeksAreWrong);
            }
            days_are_right(*days)?;
            RunKind::Forecast
        }
        Question::WhatIf { changes, policy } => {
            if changes.len() > CHANGES_MAX {
                return Err(FloorError::TooManyChanges);
            }
            if changes.is_empty() && (policy.is_empty() || policy == "expected_outcome") {
                return Err(FloorError::NothingChanges);
            }
            policy_is_right(policy)?;
            if changes
                .iter()
                .any(|it| matches!(it, Difference::Learns { level, .. } if !(0.0..=5.0).contains(level)))
            {
                return Err(FloorError::LevelIsWrong);
            }
            RunKind::WhatIf
        }
        Question::Worth => RunKind::Worth,
        Question::Replay { days, other } => {
            days_are_right(*days)?;
            policy_is_right(&other.policy)?;
            if *other == Other::default() {
                return Err(FloorError::NothingChanges);
            }
            RunKind::Replay
        }
        Question::Roster => RunKind::Roster,
    };
    let now = tx.now();
    if store::count_waiting(tx, now - LOST_MS)? >= WAITING_MAX {
        return Err(FloorError::TooManyRuns);
    }
    let text = serde_json::to_string(question).map_err(|error| db::Error::Corrupt(error.to_string()))?;
    let asked_by = tx.actor().user();
    let run = store::insert_run(tx, kind, &text, asked_by)?;
    work::enqueue(tx, &Work::RunFloor { run }, Due::Now)?;
    tx.announce("floor");
    Ok(run)
}

fn days_are_right(days: i64) -> Result<(), FloorError> {
    if (7..=super::DAYS_MAX).contains(&days) { Ok(()) } else { Err(FloorError::DaysAreWrong) }
}

fn policy_is_right(policy: &str) -> Result<(), FloorError> {
    match policy.is_empty() || super::policy_named(policy, 0.0).is_some() {
        true => Ok(()),
        false => Err(FloorError::NoSuchPolicy(policy.to_owned())),
    }
}

/// The newest first; for leads.
pub fn list(tx: &mut Tx, kind: RunKind, count_max: usize) -> Result<Vec<Run>, FloorError> {
    only_leads(tx)?;
    Ok(store::list_runs(tx, kind, count_max)?)
}

pub fn find(tx: &mut Tx, id: FloorRunId) -> Result<Run, FloorError> {
    only_leads(tx)?;
    store::find_run(tx, id)?.ok_or(FloorError::NoSuchRun)
}

/// The newest that ended well; for leads.
pub fn last_done(tx: &mut Tx, kind: RunKind) -> Result<Option<Run>, FloorError> {
    only_leads(tx)?;
    Ok(store::last_done(tx, kind)?)
}

/// Runs now, on this thread; seconds to a minute of work. What ended before is not run again; what cannot be answered is
/// kept with the reason.
pub fn run(db: &Db, id: FloorRunId) -> Result<(), db::Error> {
    let found = db.write_now(Actor::desk(), move |tx| {
        let found = store::find_run(tx, id)?.filter(|it| it.finished_at.is_none());
        if found.is_some() {
            store::save_started(tx, id)?;
            tx.announce("floor");
        }
        Ok::<_, db::Error>(found)
    })?;
    let Some(found) = found else { return Ok(()) };
    let mut told = 0.0;
    let mut tell = |done: f64| {
        if done < told + PROGRESS_STEP {
            return;
        }
        told = done;
        let told = db.write_now(Actor::desk(), move |tx| {
            tx.announce("floor");
            store::save_progress(tx, id, done.min(1.0))
        });
        if let Err(error) = told {
            tracing::warn!(%error, "the progress of a simulation could not be told");
        }
    };
    match answer(db, &found.question, &mut tell) {
        Ok(answer) => {
            let text =
                serde_json::to_string(&answer).map_err(|error| db::Error::Corrupt(error.to_string()))?;
            db.write_now(Actor::desk(), move |tx| {
                tx.announce("floor");
                store::save_done(tx, id, &text)
            })
        }
        Err(FloorError::Db(error)) => Err(error),
        Err(error) => {
            let words = error.to_string();
            db.write_now(Actor::desk(), move |tx| {
                tx.announce("floor");
                store::save_failed(tx, id, &words)
            })
        }
    }
}

fn answer(db: &Db, question: &Question, tell: &mut dyn FnMut(f64)) -> Result<Answer, FloorError> {
    let days = match question {
        Question::Forecast { days, .. } | Question::Replay { days, .. } => *days,
        Question::WhatIf { .. } | Question::Worth => DAYS_USUAL,
        Question::Roster => need::HISTORY_DAYS,
    };
    let (history, settings, attendance) = db.read_now(Actor::desk(), move |tx| {
        let attendance = planning::plan_settings(tx)?.attendance;
        Ok::<_, FloorError>((History::load(tx, days)?, floor_settings(tx)?, attendance))
    })?;
    tell(0.05);
    let mut rest = |done: f64| tell(0.05 + 0.95 * done);
    match question {
        Question::Forecast { weeks, period_minutes, .. } => {
            let series = series(&history, *period_minutes, &settings);
            Ok(Answer::Forecast(forecast_of(&series, *weeks, &holidays(&settings.holidays))?))
        }
        Question::WhatIf { changes, policy } => {
            Ok(Answer::WhatIf(what_if(&history, &settings, changes, policy, WEEKS_LIVED, &mut rest)?))
        }
        Question::Worth => Ok(Answer::Worth(worth(&history, &settings, WORTH_WEEKS, &mut rest)?)),
        Question::Replay { other, .. } => {
            Ok(Answer::Replay(replay(&history, &settings, other, LIVES_USUAL, &mut rest)?))
        }
        Question::Roster => {
            Ok(Answer::Roster(need::need(&history, &settings, attendance, need::WEEKS_AHEAD)?))
        }
    }
}

/// A usual week, figures told by the hour of the day, with the place of each active colleague among its groups.
fn usual_week(history: &History, settings: &FloorSettings) -> Result<(Scenario, Vec<usize>), FloorError> {
    let mut scenario = scenario::scenario(history, &Wanted::usual(settings.clone()))?;
    scenario.floor.clock.told = Some(24);
    let active = history.colleagues.iter().enumerate().filter(|it| it.1.is_active).map(|it| it.0);
    Ok((scenario, active.collect()))
}

fn group_of(history: &History, active: &[usize], user: UserId) -> Result<usize, FloorError> {
    let colleague = history.place_of(user).ok_or(FloorError::NotAmongThem)?;
    active.iter().position(|at| *at == colleague).ok_or(FloorError::NotAmongThem)
}

/// A usual week with differences beside the usual one. Intervals hold 95 %.
pub fn what_if(
    history: &History,
    settings: &FloorSettings,
    changes: &[Difference],
    policy: &str,
    weeks: u64,
    progress: &mut dyn FnMut(f64),
) -> Result<WhatIfTold, FloorError> {
    let (scenario, active) = usual_week(history, settings)?;
    let base = &scenario.floor;
    let (mut other, mut words) = (base.clone(), Vec::new());
    for it in changes {
        let (change, said) = change(history, &active, base, it)?;
        other = changed(&other, &change);
        words.push(said);
    }
    if let Some(policy_kind) = super::policy_named(policy, history.learning_share) {
        if policy != "expected_outcome" {
            words.push(format!("by {}", policy_words(policy)));
        }
        other.policy = policy_kind;
    }
    let mut done = 0;
    let mut live = |floor: &Floor| -> (Batch, Report) {
        let simulator = Simulator::new(floor);
        let mut step = |_| {
            done += 1;
            progress(done as f64 / (2 * weeks) as f64);
        };
        let batch = simulator.gather([simulator.live(1, 0..weeks, &mut step)]);
        let report = simulator.report(1, &batch);
        (batch, report)
    };
    let ((base_batch, base_report), (other_batch, other_report)) = (live(base), live(&other));
    let people = (0..base.groups.len().max(other.groups.len())).map(|at| {
        let name = other_report
            .groups
            .get(at)
            .or(base_report.groups.get(at))
            .map_or(String::new(), |it| it.name.clone());
        let served = |report: &Report| report.groups.get(at).map_or(0.0, |it| it.day.served.mean);
        (name, served(&base_report), served(&other_report))
    });
    let hour = |at: usize| HourTold {
        came: base_report.whole_periods[at].arrivals.mean / 7.0,
        base: minutes(base_report.whole_periods[at].wait_s),
        other: minutes(other_report.whole_periods[at].wait_s),
    };
    Ok(WhatIfTold {
        changes: words,
        history_days: history.days(),
        weeks,
        promise_minutes: settings.promise_minutes,
        base: figures(&base_report),
        other: figures(&other_report),
        difference: differences(&base_batch, &other_batch),
        hours: (0..24).map(hour).collect(),
        people: people.collect(),
    })
}

fn minutes(it: Option<::floor::Estimate>) -> Option<Told> {
    it.map(Told::from).map(|it| Told {
        mean: it.mean / 60.0,
        low: it.low.max(0.0) / 60.0,
        high: it.high / 60.0,
    })
}

fn figures(report: &Report) -> Figures {
    let it = &report.whole;
    Figures {
        wait_s: it.wait_s.map(Told::from),
        reply_s: it.reply_s.map(Told::from),
        in_time: it.service_level.map(Told::from),
        for_good: it.resolution.map(Told::from),
    }
}

fn differences(base: &Batch, other: &Batch) -> Figures {
    let differ = |figure| difference(base, other, figure).map(Told::from);
    Figures {
        wait_s: differ(Figure::WaitSeconds),
        reply_s: differ(Figure::ReplySeconds),
        in_time: differ(Figure::ServiceLevel),
        for_good: differ(Figure::Resolution),
    }
}

fn change(
    history: &History,
    active: &[usize],
    base: &Floor,
    it: &Difference,
) -> Result<(Change, String), FloorError> {
    let name = |group: usize| history.colleagues[active[group]].name.clone();
    Ok(match it {
        Difference::Away { user } => {
            let group = group_of(history, active, *user)?;
            (
                Change::Roster { group, staff: vec![0; base.clock.periods + 1] },
                format!("without {}", name(group)),
            )
        }
        Difference::OneMoreLike { user } => {
            let group = group_of(history, active, *user)?;
            (Change::Hire { group }, format!("one more like {}", name(group)))
        }
        Difference::Learns { user, skill, level } => {
            let group = group_of(history, active, *user)?;
            let at = history.skill_at(*skill).ok_or(FloorError::SkillIsNotNeeded)?;
            let said = format!("{} learns {} up to {level}", name(group), history.skills[at].name);
            (Change::Train { group, skill: ::skills::SkillId(at as i64), level: *level }, said)
        }
        Difference::Shifts { user, shifts } => {
            let group = group_of(history, active, *user)?;
            let colleague = &history.colleagues[active[group]];
            // The last whole week of the history: by the clock of the company, beginning on a Monday.
            let monday = monday_before(history);
            let here = super::here::from_shifts(shifts, &colleague.time_zone, monday, monday + 7 * DAY_MS);
            let staff = here_by_period(&here, monday, super::HOUR_MS, base.clock.periods);
            (Change::Roster { group, staff }, format!("{} by other shifts", name(group)))
        }
    })
}

fn monday_before(history: &History) -> i64 {
    let mut clock = planning::week::Clock::of(&history.time_zone);
    let midnight = super::history::midnight(history.until, &history.time_zone);
    let days = clock.hour_of_week(midnight) as i64 / 24;
    super::history::midnight(midnight - days * DAY_MS + super::HOUR_MS * 12, &history.time_zone)
}

/// Every training that could help, and every absence, on the same weeks with the same customers.
pub fn worth(
    history: &History,
    settings: &FloorSettings,
    weeks: u64,
    progress: &mut dyn FnMut(f64),
) -> Result<WorthTold, FloorError> {
    let (scenario, active) = usual_week(history, settings)?;
    let floor = &scenario.floor;
    let trainings = trainings(history, &active);
    let absences: Vec<Change> = (0..active.len())
        .filter(|at| floor.groups[*at].people_max() > 0)
        .map(|group| Change::Roster { group, staff: vec![0; floor.clock.periods + 1] })
        .collect();
    // All are looked at for eight weeks, the kept and the absences for all; about that much is to be done.
    let expected = 8 * trainings.len() as u64
        + weeks * (CANDIDATES_KEPT.min(trainings.len()) + absences.len() + 2) as u64;
    let base = Simulator::new(floor);
    let base_report = base.simulate(weeks, 1);
    let in_time = base_report.whole.service_level.map_or(1.0, |it| it.mean);
    let by_time = in_time < IN_TIME_ALREADY || base_report.whole.resolution.is_none();
    let figure = if by_time { Figure::ServiceLevel } else { Figure::Resolution };
    let mut before = weeks;
    let mut found = |changes: &[Change], keep: usize| {
        let mut most = 0;
        let mut step = |days: u64| {
            most = days;
            progress((before + days) as f64 / expected.max(1) as f64);
        };
        let told = ::floor::worth(floor, changes, figure, weeks, keep, 1, &mut step);
        before += most;
        told
    };
    let changes: Vec<Change> = trainings.iter().map(|it| it.1.clone()).collect();
    let mut best = found(&changes, CANDIDATES_KEPT);
    best.truncate(CANDIDATES_KEPT);
    let away = found(&absences, absences.len());
    let training = |it: &::floor::Worth| {
        let (at, change) = &trainings[it.candidate];
        let (Change::Train { skill, level, .. }, colleague) = (change, &history.colleagues[*at]) else {
            return TrainingTold::default();
        };
        let skill_at = skill.0 as usize;
        TrainingTold {
            user: Some(colleague.user),
            name: colleague.name.clone(),
            skill: Some(history.skills[skill_at].id),
            skill_name: history.skills[skill_at].name.clone(),
            from: colleague.beliefs[skill_at].level(),
            to: *level,
            in_time: it.service_level.map(Told::from),
            for_good: it.resolution.map(Told::from),
            weeks: it.days,
        }
    };
    let absence = |it: &::floor::Worth| {
        let group = match &absences[it.candidate] {
            Change::Roster { group, .. } => *group,
            _ => 0,
        };
        let colleague = &history.colleagues[active[group]];
        AbsenceTold {
            user: Some(colleague.user),
            name: colleague.name.clone(),
            in_time: it.service_level.map(Told::from),
            for_good: it.resolution.map(Told::from),
        }
    };
    let mut absences_told: Vec<AbsenceTold> = away.iter().map(absence).collect();
    absences_told.reverse();
    Ok(WorthTold {
        history_days: history.days(),
        looked_at: trainings.len(),
        weeks,
        promise_minutes: settings.promise_minutes,
        base: figures(&base_report),
        by_time,
        trainings: best.iter().map(training).collect(),
        absences: absences_told,
    })
}

/// Everybody in every skill that work needs and in which they are below what is asked; what is needed most first.
fn trainings(history: &History, active: &[usize]) -> Vec<(usize, Change)> {
    let mut asked: Vec<(f64, usize, f64)> = Vec::new();
    for skill in 0..history.skills.len() {
        let (mut count, mut most) = (0.0, 0.0_f64);
        for (kind, it) in history.kinds.iter().enumerate().filter(|it| !it.1.is_again) {
            if let Some(need) = it.needs.iter().find(|it| it.skill == skill) {
                count += need.weight * history.turns.iter().filter(|it| it.kind == kind).count() as f64;
                most = most.max(need.level);
            }
        }
        if count > 0.0 {
            asked.push((count, skill, (most + TARGET_BEYOND).min(5.0)));
        }
    }
    asked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found = Vec::new();
    for (_, skill, target) in asked {
        for (group, at) in active.iter().enumerate() {
            if history.colleagues[*at].beliefs[skill].level() < target - TARGET_BEYOND {
                found.push((
                    *at,
                    Change::Train { group, skill: ::skills::SkillId(skill as i64), level: target },
                ));
            }
        }
    }
    found.truncate(CANDIDATES_MAX);
    found
}
