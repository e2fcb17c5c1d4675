//! Following another desk: how far it has been read, and solved work that waits until it is old enough to count.
//!
//! A page of its export, the position behind it and whatever has to wait are one transaction, so that following goes on
//! after a crash as if nothing had been. Tables: `outcome_follows`, `outcomes_waiting`.

use super::row::OutcomeRow;
use super::take::{Batch, DAY_MS, People, take};
use super::tally::{Rejected, Tally};
use super::{Context, OutcomesError, ROWS_PER_BATCH_MAX, only_admins, store};
use crate::{OutcomeRunId, Tx, settings};

/// How far another desk has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    pub url: String,
    /// The other desk's own word for the place; `None`: the beginning.
    pub cursor: Option<String>,
    pub updated_at: i64,
}

/// One page of the other desk's export.
pub struct Page<'a> {
    pub run: OutcomeRunId,
    pub url: &'a str,
    pub rows: &'a [Result<OutcomeRow, Rejected>],
    pub context: &'a Context,
    pub people: People,
    /// The place behind this page.
    pub cursor: &'a str,
}

pub fn followed(tx: &mut Tx, source: &str) -> Result<Option<Followed>, OutcomesError> {
    only_admins(tx)?;
    Ok(store::find_followed(tx, source)?)
}

/// Takes a page; says what came of it, and how many of its tickets wait.
pub fn take_page(tx: &mut Tx, page: &Page<'_>) -> Result<(Tally, usize), OutcomesError> {
    only_admins(tx)?;
    let run = store::find_run(tx, page.run)?.ok_or(OutcomesError::NoSuchRun)?;
    tx.lock(&format!("outcomes:{}", run.source))?;
    if store::find_followed(tx, &run.source)?.is_some_and(|it| it.url != page.url) {
        return Err(OutcomesError::SourceIsAnothers(run.source));
    }
    let youngest = tx.now() - settings::company(tx)?.outcome_after_days * DAY_MS;
    let mut rows = Vec::with_capacity(page.rows.len());
    let mut waiting = 0;
    for row in page.rows {
        // The newest word on a ticket is the one that counts, or waits.
        if let Ok(row) = row {
            store::delete_waiting(tx, &run.source, &row.ticket)?;
        }
        match row {
            Ok(young) if young.solved_at > youngest => {
                store::insert_waiting(tx, &run.source, young, young.solved_at + (tx.now() - youngest))?;
                waiting += 1;
            }
            other => rows.push(other.clone()),
        }
    }
    let tally = take(
        tx,
        &Batch {
            run: page.run,
            position: run.position,
            rows: &rows,
            context: page.context,
            people: page.people,
        },
    )?;
    store::save_followed(tx, &run.source, page.url, page.cursor)?;
    Ok((tally, waiting))
}

/// Takes what has waited long enough; `None` when nothing is due.
pub fn take_due(
    tx: &mut Tx,
    run: OutcomeRunId,
    context: &Context,
    people: People,
) -> Result<Option<Tally>, OutcomesError> {
    only_admins(tx)?;
    let of_run = store::find_run(tx, run)?.ok_or(OutcomesError::NoSuchRun)?;
    let due = store::take_out_due(tx, &of_run.source, ROWS_PER_BATCH_MAX)?;
    if due.is_empty() {
        return Ok(None);
    }
    let rows: Vec<Result<OutcomeRow, Rejected>> = due.into_iter().map(Ok).collect();
    take(tx, &Batch { run, position: of_run.position, rows: &rows, context, people }).map(Some)
}
