//! The refit: everybody's evidence estimated together, hourly and on demand; what the online tier goes on from.
//!
//! Read everything in one consistent moment, estimate beside the database, write person by person. What a person's
//! evidence says after that moment is added by the online tier. Tables: `refit_runs` (one row a run, with its
//! progress), `refit_people` and `refit_beliefs` (the last result), `refit_unknowns`
//! (what it found beside levels), `belief_weeks` and `refit_weeks` (the last word of each week).

mod check;
pub(super) mod hardest;
mod input;
mod past;

pub use check::{RefitCheck, check};
pub use hardest::{HardKind, HardWork, NAMED_FROM_ROWS, Sort, hard_work};
pub use input::Settings;

use super::{SkillsError, evidence, replay, store};
use crate::work::{self, Due, Work};
use crate::{Actor, Db, RefitRunId, SkillId, Tx, UserId};
use ::skills::refit::{Fitted, Progress, Refit, RefitError, Stage, refit};
use ::skills::{Belief, Footing};
use input::Snapshot;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

/// A run that has not ended after so long never will: its process is gone.
const RUN_LOST_MS: i64 = 15 * 60_000;
/// People whose results one transaction writes.
const PEOPLE_PER_WRITE: usize = 20;
/// A level that moved by less than this has not changed.
const CHANGED_LEVELS_MIN: f64 = 0.05;
/// Progress is written when it has grown by this share.
const PROGRESS_STEP: f64 = 0.04;
pub(super) const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// A trend compares with this many weeks ago.
pub(super) const TREND_WEEKS: i64 = 4;
/// Weeks that are remembered.
pub(super) const WEEKS_KEPT: i64 = 106;
/// Runs that are remembered.
pub(super) const RUNS_KEPT: i64 = 2_000;
pub const RUNS_SHOWN_MAX: usize = 25;
pub const DRIFTS_SHOWN_MAX: usize = 25;

/// One run, done or on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    pub id: RefitRunId,
    /// hourly, asked
    pub cause: String,
    pub asked_by_name: Option<String>,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub failed: Option<String>,
    /// reading, sorting, fitting, intervals, past, writing, done
    pub stage: String,
    /// 0 to 1.
    pub done: f64,
    pub as_of: i64,
    pub people: i64,
    pub skills: i64,
    /// Evidence that counted.
    pub events: i64,
    pub beliefs: i64,
    /// Levels that are another than before.
    pub changed: i64,
    /// Between the online tier and the refit, in levels.
    pub drift_mean: Option<f64>,
    pub drift_rms: Option<f64>,
    /// Share of the online tier's means within the refit's 80 % intervals.
    pub drift_inside: Option<f64>,
}

/// Where the two tiers differ most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierDrift {
    pub user: UserId,
    pub name: String,
    pub skill: SkillId,
    pub skill_name: String,
    pub online: Belief,
    pub refit: Belief,
}

impl TierDrift {
    /// Levels that the refit lies above the online tier.
    pub fn levels(&self) -> f64 {
        self.refit.level() - self.online.level()
    }

    /// The same in standard deviations of both together.
    pub fn deviations(&self) -> f64 {
        (self.refit.mean - self.online.mean) / (self.refit.variance + self.online.variance).sqrt()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Db(#[from] crate::DbError),
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Refit(#[from] RefitError),
}

/// Evidence before the last refit has changed, or what counts has: once for all that happens in a minute.
pub(super) fn ask_soon(tx: &mut Tx) -> Result<(), db::Error> {
    work::enqueue(tx, &Work::Refit { asked_by: None }, Due::Soon)
}

/// A lead wants it now. Asking twice brings one run.
pub fn ask(tx: &mut Tx) -> Result<(), SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let asked_by = tx.actor().user();
    tx.announce("refit");
    Ok(work::enqueue(tx, &Work::Refit { asked_by }, Due::Now)?)
}

/// The newest first; for leads.
pub fn list_runs(tx: &mut Tx, count_max: usize) -> Result<Vec<Run>, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    Ok(store::list_runs(tx, count_max)?)
}

/// Where the last refit and the online tier before it differed most; for leads.
pub fn drifts(tx: &mut Tx) -> Result<Vec<TierDrift>, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    Ok(store::list_tier_drifts(tx, DRIFTS_SHOWN_MAX)?)
}

/// When the last run ended well.
pub fn last_finished_at(tx: &mut Tx) -> Result<Option<i64>, db::Error> {
    Ok(store::last_run(tx)?.and_then(|run| run.finished_at))
}

/// Runs now, on this thread; seconds to a minute of work. `None` if nothing has happened since the last run and nobody
/// asked, or if another run is on its way: then it is asked for once more, in a minute.
pub fn run(db: &Db, asked_by: Option<UserId>) -> Result<Option<RefitRunId>, RunError> {
    let Some((run, settings)) = db.write_now(Actor::desk(), move |tx| begin(tx, asked_by))? else {
        return Ok(None);
    };
    let outcome = go(db, run, &settings);
    if let Err(error) = &outcome {
        let words = error.to_string();
        db.write_now(Actor::desk(), move |tx| {
            tx.announce("refit");
            store::save_run_failed(tx, run, &words)
        })?;
    }
    outcome.map(|()| Some(run))
}

fn begin(tx: &mut Tx, asked_by: Option<UserId>) -> Result<Option<(RefitRunId, Settings)>, SkillsError> {
    tx.lock("refit")?;
    let now = tx.now();
    if store::is_running(tx, now - RUN_LOST_MS)? {
        // What came after that run had begun is not in it, and it may never end.
        work::enqueue(tx, &Work::Refit { asked_by }, Due::Soon)?;
        return Ok(None);
    }
    store::save_runs_lost(tx, "the process that did it has ended")?;
    let settings = Settings::load(tx)?;
    if asked_by.is_none()
        && let Some(last) = store::last_run(tx)?
        && store::last_settings(tx)?.is_some_and(|it| it.same_rules(&settings))
        && !store::anything_since(tx, last.as_of)?
    {
        return Ok(None);
    }
    let cause = if asked_by.is_some() { "asked" } else { "hourly" };
    let run = store::insert_run(tx, cause, asked_by, &settings)?;
    tx.announce("refit");
    Ok(Some((run, settings)))
}

fn go(db: &Db, run: RefitRunId, settings: &Settings) -> Result<(), RunError> {
    let of_read = settings.clone();
    let (snapshot, weeks_known) = db.read_now(Actor::desk(), move |tx| {
        Ok::<_, SkillsError>((Snapshot::load(tx, &of_read, None)?, store::list_weeks_known(tx)?))
    })?;
    let mut told = 0.0;
    let mut tell = |stage: &'static str, done: f64| {
        if done < told + PROGRESS_STEP {
            return;
        }
        told = done;
        let told = db.write_now(Actor::desk(), move |tx| {
            tx.announce("refit");
            store::save_progress(tx, run, stage, done)
        });
        if let Err(error) = told {
            tracing::warn!(%error, "the progress of a refit could not be told");
        }
    };
    tell("reading", 0.05);
    let result =
        refit(&snapshot.rows, |skill| settings.start(skill), &settings.for_refit(), &mut |it: Progress| {
            let (stage, from, share) = match it.stage {
                Stage::Sorting => ("sorting", 0.05, 0.1),
                Stage::Fitting => ("fitting", 0.15, 0.5),
                Stage::Intervals => ("intervals", 0.65, 0.1),
            };
            tell(stage, from + share * it.share);
            ControlFlow::Continue(())
        })?;
    past::lay(db, settings, &snapshot, &weeks_known, &mut |share: f64| tell("past", 0.75 + 0.1 * share))?;
    let figures = figures(&result, &snapshot);
    let mut of_person: BTreeMap<UserId, Vec<Fitted>> =
        snapshot.through.keys().map(|user| (*user, Vec::new())).collect();
    for it in &result.beliefs {
        of_person.entry(UserId(it.person.0)).or_default().push(*it);
    }
    let people: Vec<(UserId, Vec<Fitted>)> = of_person.into_iter().collect();
    for (index, part) in people.chunks(PEOPLE_PER_WRITE).enumerate() {
        let rows: Vec<PersonResult> = part
            .iter()
            .map(|(user, fitted)| PersonResult {
                user: *user,
                through: snapshot.through.get(user).copied().unwrap_or(crate::EvidenceId(0)),
                beliefs: fitted.iter().map(|it| result_row(it, &snapshot, settings)).collect(),
            })
            .collect();
        let of_write = settings.clone();
        db.write_now(Actor::desk(), move |tx| {
            for row in &rows {
                keep_person(tx, run, &of_write, row)?;
            }
            Ok::<_, SkillsError>(())
        })?;
        let written = ((index + 1) * PEOPLE_PER_WRITE) as f64 / people.len() as f64;
        tell("writing", 0.85 + 0.15 * written.min(1.0));
    }
    let count = people.len() as i64;
    let (unknowns, usual_priority) = (result.unknowns, snapshot.usual_priority);
    let (week, last) = (settings.as_of / WEEK_MS, snapshot.last());
    db.write_now(Actor::desk(), move |tx| {
        tx.announce("refit");
        tx.announce("matrix");
        hardest::keep(tx, run, &unknowns, usual_priority)?;
        store::save_week_known(tx, week, last)?;
        store::save_run_finished(tx, run, count, &figures)?;
        store::forget_old_runs(tx)
    })?;
    Ok(())
}

/// One person's part of the result, as it is stored.
#[derive(Clone, Debug)]
pub(super) struct PersonResult {
    pub user: UserId,
    pub through: crate::EvidenceId,
    pub beliefs: Vec<BeliefResult>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct BeliefResult {
    pub skill: SkillId,
    pub belief: Belief,
    /// What the online tier held at the same moment.
    pub online: Belief,
    pub evidence_count: i64,
    pub footing: Footing,
}

fn result_row(it: &Fitted, snapshot: &Snapshot, settings: &Settings) -> BeliefResult {
    let start = settings.start(it.skill).prior;
    let skill = SkillId(it.skill.0);
    let online = snapshot.online.get(&(UserId(it.person.0), skill)).copied().unwrap_or(start);
    BeliefResult { skill, belief: it.belief, online, evidence_count: i64::from(it.rows), footing: it.footing }
}

/// Writes a person's result down and lets what has come since move it. If something before it has changed meanwhile,
/// it does not hold, and the person stands on their evidence alone until the next run.
fn keep_person(
    tx: &mut Tx,
    run: RefitRunId,
    settings: &Settings,
    it: &PersonResult,
) -> Result<(), SkillsError> {
    evidence::lock_person(tx, it.user)?;
    let holds = Settings::load(tx)?.same_rules(settings)
        && !store::anything_struck_since(tx, it.user, settings.as_of)?;
    store::save_person_result(tx, run, settings.as_of, it, holds)?;
    if !holds {
        ask_soon(tx)?;
    }
    let week = settings.as_of / WEEK_MS;
    let words: Vec<(SkillId, Belief)> = it.beliefs.iter().map(|it| (it.skill, it.belief)).collect();
    store::save_week(tx, it.user, week, &words)?;
    replay::rewrite(tx, it.user)?;
    store::save_month_ago(tx, it.user, week - TREND_WEEKS)?;
    Ok(())
}

/// What a run says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub skills: i64,
    pub events: i64,
    pub beliefs: i64,
    pub changed: i64,
    pub drift: Option<(f64, f64, f64)>,
}

fn figures(result: &Refit, snapshot: &Snapshot) -> Figures {
    let mut skills: HashMap<SkillId, ()> = HashMap::new();
    let (mut changed, mut sum, mut squares, mut inside, mut compared) = (0, 0.0, 0.0, 0, 0);
    for it in &result.beliefs {
        let skill = SkillId(it.skill.0);
        skills.insert(skill, ());
        let Some(online) = snapshot.online.get(&(UserId(it.person.0), skill)) else {
            changed += 1;
            continue;
        };
        let apart = (it.belief.level() - online.level()).abs();
        let (low, high) = it.belief.interval(super::INTERVAL_COVERAGE);
        compared += 1;
        sum += apart;
        squares += apart * apart;
        inside += usize::from((low..=high).contains(&online.level()));
        changed += i64::from(apart >= CHANGED_LEVELS_MIN);
    }
    let n = compared as f64;
    Figures {
        skills: skills.len() as i64,
        events: result.rows as i64,
        beliefs: result.beliefs.len() as i64,
        changed,
        drift: (compared > 0).then(|| (sum / n, (squares / n).sqrt(), inside as f64 / n)),
    }
}
