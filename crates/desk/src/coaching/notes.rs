//! Talks, and notes about them: shared with the other side, or for their author alone.

use super::error::text_of;
use super::plans::{changed, to_join, to_see};
use super::{CoachingError, NOTES_PER_PLAN_MAX, Note, Plan, SESSIONS_PER_PLAN_MAX, Session, letters, store};
use crate::events::{self, Event};
use crate::{CoachingNoteId, CoachingPlanId, CoachingSessionId, Tx, people};

#[derive(Clone, Copy, Debug)]
pub struct PlanSession {
    pub plan: CoachingPlanId,
    pub at: i64,
}

#[derive(Clone, Debug)]
pub struct WriteNote {
    pub plan: CoachingPlanId,
    pub session: Option<CoachingSessionId>,
    pub text: String,
    /// False: for its author alone.
    pub shared: bool,
}

/// A talk at a moment that may lie in the past; by either side. The other one is invited by mail if it is to come.
pub fn plan_session(tx: &mut Tx, command: &PlanSession) -> Result<CoachingSessionId, CoachingError> {
    let plan = to_join(tx, command.plan)?;
    if store::list_sessions(tx, plan.id)?.len() >= SESSIONS_PER_PLAN_MAX {
        return Err(CoachingError::TooManySessions);
    }
    let session = store::insert_session(tx, plan.id, command.at)?;
    events::record(tx, &Event::TalkPlanned { plan: plan.id, session })?;
    changed(tx, &plan)?;
    Ok(session)
}

/// A talk with those who talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    pub plan: Plan,
    pub session: Session,
    pub user_name: String,
    pub coach_name: String,
}

/// For whoever may see its plan.
pub fn talk_of(tx: &mut Tx, id: CoachingSessionId) -> Result<Talk, CoachingError> {
    let session = store::find_session(tx, id)?.ok_or(CoachingError::NoSuchSession)?;
    let plan = to_see(tx, session.plan).map_err(|error| match error {
        CoachingError::NoSuchPlan => CoachingError::NoSuchSession,
        error => error,
    })?;
    let mut name = |user| people::find_user(tx, user).map(|it| it.map(|it| it.name).unwrap_or_default());
    let (user_name, coach_name) = (name(plan.user)?, name(plan.coach)?);
    Ok(Talk { plan, session, user_name, coach_name })
}

/// It was held; or not after all.
pub fn hold_session(tx: &mut Tx, id: CoachingSessionId, held: bool) -> Result<CoachingPlanId, CoachingError> {
    let (session, plan) = session_of(tx, id)?;
    if session.held_at.is_some() != held {
        store::save_held(tx, id, held)?;
        changed(tx, &plan)?;
    }
    Ok(plan.id)
}

/// Takes a talk off that was not held; whoever was invited to it hears of it. Notes about it stay with the plan.
pub fn drop_session(tx: &mut Tx, id: CoachingSessionId) -> Result<CoachingPlanId, CoachingError> {
    let (session, plan) = session_of(tx, id)?;
    letters::call_off(tx, &plan, &session)?;
    store::delete_session(tx, id)?;
    changed(tx, &plan)?;
    Ok(plan.id)
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

fn session_of(tx: &mut Tx, id: CoachingSessionId) -> Result<(Session, Plan), CoachingError> {
    let session = store::find_session(tx, id)?.ok_or(CoachingError::NoSuchSession)?;
    let plan = to_join(tx, session.plan).map_err(|error| match error {
        CoachingError::NoSuchPlan => CoachingError::NoSuchSession,
        error => error,
    })?;
    Ok((session, plan))
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
