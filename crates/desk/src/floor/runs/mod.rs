//! Simulations that somebody asked for on a page: they run beside the desk, as jobs, and their results are kept.

mod choices;
mod told;
mod what_if;
mod worth;

pub use choices::{Choice, What, choices};
pub use told::{AbsenceTold, Figures, HireTold, HourTold, LevelTold, TrainingTold, WhatIfTold, WorthTold};
pub use what_if::what_if;
pub use worth::{WORTH_WEEKS, worth};

use super::forecasts::{ForecastPage, Told, forecast_of, holidays, series};
use super::history::History;
use super::replay::{LIVES_USUAL, Other, ReplayTold, replay};
use super::roster::need::{self, NeedTold};
use super::scenario::{self, Wanted};
use super::{DAYS_USUAL, FloorError, FloorSettings, floor_settings, only_leads, store};
use crate::skills::planning::{self, Shift};
use crate::skills::{self, SkillsError};
use crate::work::{self, Due, Work};
use crate::{Actor, Db, FloorRunId, SkillId, Tx, UserId};
use ::floor::{Batch, Figure, Report, Scenario, difference};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

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
    /// What each training, each hire and each absence would change.
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
    let mut all = store::list_runs(tx, kind, count_max)?;
    for run in &mut all {
        hide_levels(tx, run)?;
    }
    Ok(all)
}

pub fn find(tx: &mut Tx, id: FloorRunId) -> Result<Run, FloorError> {
    only_leads(tx)?;
    let mut run = store::find_run(tx, id)?.ok_or(FloorError::NoSuchRun)?;
    hide_levels(tx, &mut run)?;
    Ok(run)
}

/// The newest that ended well; for leads.
pub fn last_done(tx: &mut Tx, kind: RunKind) -> Result<Option<Run>, FloorError> {
    only_leads(tx)?;
    let mut run = store::last_done(tx, kind)?;
    if let Some(run) = &mut run {
        hide_levels(tx, run)?;
    }
    Ok(run)
}

/// A simulation knows everybody's level; whoever reads what it found knows those that they may see.
fn hide_levels(tx: &mut Tx, run: &mut Run) -> Result<(), FloorError> {
    let Some(Answer::Worth(told)) = &mut run.result else { return Ok(()) };
    let seen = levels_of_trainings(tx, told)?;
    for it in &mut told.trainings {
        let sees = it.user.zip(it.skill).is_some_and(|level| seen.contains(&level));
        it.from = it.from.filter(|_| sees);
    }
    Ok(())
}

/// Which of the levels that trainings begin at the reader may see.
fn levels_of_trainings(tx: &mut Tx, told: &WorthTold) -> Result<HashSet<(UserId, SkillId)>, FloorError> {
    let people: Vec<UserId> = told.trainings.iter().filter_map(|it| it.user).collect();
    match skills::views::levels_seen(tx, &people) {
        Ok(seen) => Ok(seen),
        Err(SkillsError::Db(error)) => Err(error.into()),
        Err(_) => Ok(HashSet::new()),
    }
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
    let wants_hires = matches!(question, Question::Worth);
    let (history, settings, attendance, hires) = db.read_now(Actor::desk(), move |tx| {
        let attendance = planning::plan_settings(tx)?.attendance;
        let history = History::load(tx, days)?;
        let hires = if wants_hires { profiles(tx)? } else { Vec::new() };
        Ok::<_, FloorError>((history, floor_settings(tx)?, attendance, hires))
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
        Question::Worth => Ok(Answer::Worth(worth(&history, &settings, &hires, WORTH_WEEKS, &mut rest)?)),
        Question::Replay { other, .. } => {
            Ok(Answer::Replay(replay(&history, &settings, other, LIVES_USUAL, &mut rest)?))
        }
        Question::Roster => {
            Ok(Answer::Roster(need::need(&history, &settings, attendance, need::WEEKS_AHEAD)?))
        }
    }
}

/// Whom one might hire, as planning sees it.
pub fn profiles(tx: &mut Tx) -> Result<Vec<planning::Hire>, FloorError> {
    planning::hires(tx).map_err(choices::of_planning)
}

/// A usual week, figures told by the hour of the day, with the place of each active colleague among its groups.
fn usual_week(history: &History, settings: &FloorSettings) -> Result<(Scenario, Vec<usize>), FloorError> {
    let mut scenario = scenario::scenario(history, &Wanted::usual(settings.clone()))?;
    scenario.floor.clock.told = Some(24);
    let active = history.colleagues.iter().enumerate().filter(|it| it.1.is_active).map(|it| it.0);
    Ok((scenario, active.collect()))
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
