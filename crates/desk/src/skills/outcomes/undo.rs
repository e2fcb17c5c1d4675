//! Taking an import back: as if it had never been read.
//!
//! What it said of tickets is struck out, and what it had replaced is the last word again. Agents whom it made and of
//! whom nothing else is known are removed. What its handle times taught of usual ones is forgotten. It goes on in pieces, as a job; tables: `imported_outcomes`,
//! `outcome_former`, `outcome_people`, `outcome_runs`, `evidence`. Event: `OutcomesTakenBack`.

use super::store::{self, undo as undone};
use super::{OutcomesError, only_admins};
use crate::events::{self, Event};
use crate::skills::evidence::lock_person;
use crate::skills::{refit, store as skills_store, usual_times};
use crate::work::{self, Due, Work};
use crate::{OutcomeId, OutcomeRunId, Tx, UserId, people};

/// Tickets that one transaction takes back.
const TICKETS_PER_TURN: usize = 1_000;

/// An import that is still being read stops where it is.
pub fn take_back(tx: &mut Tx, run: OutcomeRunId) -> Result<(), OutcomesError> {
    only_admins(tx)?;
    let it = store::find_run(tx, run)?.ok_or(OutcomesError::NoSuchRun)?;
    if it.undo_asked_at.is_some() {
        return Err(OutcomesError::TakenBackAlready);
    }
    tx.lock(&format!("outcomes:{}", it.source))?;
    undone::save_undo_asked(tx, run)?;
    events::record(tx, &Event::OutcomesTakenBack { run })?;
    tx.announce("imports");
    Ok(work::enqueue(tx, &Work::TakeBackOutcomes { run }, Due::Now)?)
}

/// One piece of it; the next follows as a job of its own.
pub(crate) fn take_back_some(tx: &mut Tx, run: OutcomeRunId) -> Result<(), OutcomesError> {
    only_admins(tx)?;
    let Some(it) = store::find_run(tx, run)? else { return Ok(()) };
    if it.undone_at.is_some() {
        return Ok(());
    }
    tx.lock(&format!("outcomes:{}", it.source))?;
    let last = undone::list_last_words(tx, run, TICKETS_PER_TURN)?;
    if !last.is_empty() {
        let touched = locked(tx, &last)?;
        undone::take_last_words_back(tx, &last)?;
        compute_anew(tx, &touched)?;
        return Ok(work::enqueue(tx, &Work::TakeBackOutcomes { run }, Due::Now)?);
    }
    let former = undone::list_former_words(tx, run, TICKETS_PER_TURN)?;
    if !former.is_empty() {
        // What these words said was struck out when they were replaced: no level moves.
        for (outcome, revision) in former {
            undone::forget_former_word(tx, outcome, revision)?;
        }
        return Ok(work::enqueue(tx, &Work::TakeBackOutcomes { run }, Due::Now)?);
    }
    usual_times::forget_lessons(tx, run)?;
    for user in undone::list_made_for_nothing(tx, run)? {
        people::delete_user(tx, user)?;
    }
    undone::save_undone(tx, run)?;
    refit::ask_soon(tx)?;
    tx.announce("imports");
    tx.announce("matrix");
    Ok(())
}

fn locked(tx: &mut Tx, outcomes: &[OutcomeId]) -> Result<Vec<UserId>, db::Error> {
    let touched = undone::list_people_of(tx, outcomes)?;
    for user in &touched {
        lock_person(tx, *user)?;
    }
    Ok(touched)
}

fn compute_anew(tx: &mut Tx, people: &[UserId]) -> Result<(), db::Error> {
    for user in people {
        skills_store::save_stale(tx, *user, None)?;
        work::enqueue(tx, &Work::ReplayPerson { user: *user }, Due::Now)?;
    }
    Ok(())
}
