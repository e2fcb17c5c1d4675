//! Runs of an import: begun, broken off, gone on with, ended with an account.

use super::{Context, Mapping, OutcomesError, Tally, mapping, only_admins, store};
use crate::skills::refit;
use crate::work::{self, Due, Work};
use crate::{OutcomeRunId, Tx};
use serde::Serialize;

/// A look at another desk that has brought nothing after so long never will.
const LOOK_LOST_MS: i64 = 60 * 60_000;

#[derive(Clone, Debug)]
pub struct Begin {
    /// The file's name, or the other desk's address.
    pub name: String,
    /// Of the file's bytes; empty where there is no file.
    pub file_hash: String,
    pub mapping: Mapping,
    /// Do not go on with a reading of the same file that broke off.
    pub anew: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub run: OutcomeRunId,
    /// Rows that are done already.
    pub position: i64,
    /// Of those rows.
    pub tally: Tally,
}

/// One reading of a file, or one round of following another desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    pub id: OutcomeRunId,
    pub source: String,
    pub name: String,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub position: i64,
    pub tally: Tally,
    /// Somebody wants it taken back.
    pub undo_asked_at: Option<i64>,
    /// It has been taken back whole.
    pub undone_at: Option<i64>,
}

/// The same file, read in the same way, goes on where it stopped.
pub fn begin(tx: &mut Tx, command: &Begin) -> Result<Begun, OutcomesError> {
    only_admins(tx)?;
    let source = right_source(&command.mapping)?;
    tx.lock(&format!("outcomes:{source}"))?;
    let file_hash = match command.file_hash.as_str() {
        "" => String::new(),
        file => format!("{file}:{:016x}", Context::fingerprint(&command.mapping)),
    };
    if !command.anew
        && !file_hash.is_empty()
        && let Some(run) = store::find_unfinished(tx, source, &file_hash)?
    {
        return Ok(Begun { run: run.id, position: run.position, tally: run.tally });
    }
    if file_hash.is_empty() {
        let lost_before = tx.now() - LOOK_LOST_MS;
        store::delete_lost_looks(tx, source, lost_before)?;
    }
    let run = store::insert_run(tx, source, &command.name, &file_hash)?;
    Ok(Begun { run, position: 0, tally: Tally::default() })
}

pub(super) fn right_source(mapping: &Mapping) -> Result<&str, OutcomesError> {
    let source = mapping.source.trim();
    let clean = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    if source.is_empty() || source.chars().count() > mapping::SOURCE_CHARS_MAX || !source.chars().all(clean) {
        return Err(OutcomesError::SourceIsWrong);
    }
    Ok(source)
}

/// Nothing more comes. A look at another desk that found nothing is no import, and is forgotten. If anything was taken, everybody's levels are estimated anew soon, and what of it is worth a talk
/// is looked for.
pub fn finish(tx: &mut Tx, run: OutcomeRunId) -> Result<Run, OutcomesError> {
    only_admins(tx)?;
    let before = store::find_run(tx, run)?.ok_or(OutcomesError::NoSuchRun)?;
    if before.finished_at.is_some() {
        return Err(OutcomesError::RunHasEnded);
    }
    if before.position == 0 && store::delete_run_without_file(tx, run)? {
        return Ok(Run { finished_at: Some(tx.now()), ..before });
    }
    store::save_run_finished(tx, run)?;
    if before.tally.taken + before.tally.superseded > 0 {
        refit::ask_soon(tx)?;
        work::enqueue(tx, &Work::FindMoments, Due::Now)?;
    }
    store::find_run(tx, run)?.ok_or(OutcomesError::NoSuchRun)
}

pub fn find_run(tx: &mut Tx, run: OutcomeRunId) -> Result<Run, OutcomesError> {
    only_admins(tx)?;
    store::find_run(tx, run)?.ok_or(OutcomesError::NoSuchRun)
}

/// The newest first.
pub fn list_runs(tx: &mut Tx) -> Result<Vec<Run>, OutcomesError> {
    only_admins(tx)?;
    Ok(store::list_runs(tx, super::RUNS_SHOWN_MAX)?)
}
