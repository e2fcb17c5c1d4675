//! Notes about a plan and its talks: shared with the other side, or for their author alone.

use super::error::text_of;
use super::plans::{changed, to_join};
use super::{CoachingError, NOTES_PER_PLAN_MAX, Note, Plan, store};
use crate::{CoachingNoteId, CoachingPlanId, CoachingSessionId, Tx};

#[derive(Clone, Debug)]
pub struct WriteNote {
    pub plan: CoachingPlanId,
    pub session: Option<CoachingSessionId>,
    pub text: String,
    /// False: for its author alone.
    pub shared: bool,
}

/// A note for oneself tells nobody that it is there.
pub fn write_note(tx: &mut Tx, command: &WriteNote) -> Result<CoachingNoteId, CoachingError> {
    let plan = to_join(tx, command.plan)?;
    let author = tx.actor().user().ok_or(CoachingError::NotForYou)?;
    let text = text_of(&command.text)?;
    if let Some(session) = command.session {
        let found = store::find_session(tx, session)?.filter(|it| it.plan == plan.id);
        found.ok_or(CoachingError::NoSuchSession)?;
    }
    if store::count_notes(tx, plan.id)? >= NOTES_PER_PLAN_MAX as i64 {
        return Err(CoachingError::TooManyNotes);
    }
    let note = store::insert_note(tx, &plan, command.session, author, text, command.shared)?;
    if command.shared {
        changed(tx, &plan)?;
    }
    Ok(note)
}

pub fn update_note(
    tx: &mut Tx,
    id: CoachingNoteId,
    text: &str,
    shared: bool,
) -> Result<CoachingPlanId, CoachingError> {
    let (note, plan) = note_of(tx, id)?;
    let text = text_of(text)?;
    store::save_note(tx, note.id, text, shared)?;
    if note.shared || shared {
        changed(tx, &plan)?;
    }
    Ok(plan.id)
}

pub fn delete_note(tx: &mut Tx, id: CoachingNoteId) -> Result<CoachingPlanId, CoachingError> {
    let (note, plan) = note_of(tx, id)?;
    store::delete_note(tx, note.id)?;
    if note.shared {
        changed(tx, &plan)?;
    }
    Ok(plan.id)
}

/// Whoever may not read a note is told that there is none.
fn note_of(tx: &mut Tx, id: CoachingNoteId) -> Result<(Note, Plan), CoachingError> {
    let note = store::find_note(tx, id)?.ok_or(CoachingError::NoSuchNote)?;
    let is_own = tx.actor().is(note.author);
    if !is_own && !note.shared {
        return Err(CoachingError::NoSuchNote);
    }
    let plan = to_join(tx, note.plan).map_err(|error| match error {
        CoachingError::NoSuchPlan => CoachingError::NoSuchNote,
        error => error,
    })?;
    if is_own { Ok((note, plan)) } else { Err(CoachingError::NotYourNote) }
}
