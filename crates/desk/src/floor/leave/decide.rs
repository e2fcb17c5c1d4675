//! A lead grants leave or refuses it, also anew.

use super::{LeaveError, LeaveState, NOTE_CHARS_MAX, store};
use crate::events::{self, Event};
use crate::{LeaveId, Tx};

#[derive(Clone, Debug, PartialEq)]
pub struct DecideLeave {
    pub leave: LeaveId,
    pub grant: bool,
    /// What is said to it; may be empty.
    pub answer: String,
}

pub fn decide(tx: &mut Tx, command: &DecideLeave) -> Result<(), LeaveError> {
    if !tx.actor().is_lead() {
        return Err(LeaveError::NotALead);
    }
    let answer = command.answer.trim();
    if answer.chars().count() > NOTE_CHARS_MAX {
        return Err(LeaveError::NoteIsTooLong);
    }
    let found = store::find(tx, command.leave)?.ok_or(LeaveError::NoSuchLeave)?;
    tx.lock(&format!("leave:{}", found.user))?;
    let becomes = if command.grant { LeaveState::Granted } else { LeaveState::Refused };
    if found.state == LeaveState::Withdrawn {
        return Err(LeaveError::IsWithdrawn);
    }
    // Meanwhile they may have asked for other days that touch these.
    if command.grant && found.state == LeaveState::Refused {
        let others = store::list_of_between(tx, found.user, found.first_day, found.last_day)?;
        if let Some(other) = others.iter().find(|it| it.id != found.id && it.clashes_with(found.hours)) {
            return Err(LeaveError::Overlaps(other.first_day, other.last_day));
        }
    }
    if !store::save_state(tx, command.leave, (found.state, becomes), answer)? {
        return Err(LeaveError::ChangedMeanwhile);
    }
    let decided = Event::LeaveDecided { leave: command.leave, user: found.user, granted: command.grant };
    Ok(events::record(tx, &decided)?)
}
