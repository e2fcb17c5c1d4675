//! Ask for leave, for oneself or, as a lead, enter somebody's; and take it back.

use super::{
    DAY_MINUTES, DAYS_AWAY_MAX, LEAVE_DAYS_MAX, Leave, LeaveError, LeaveKind, LeaveState, NOTE_CHARS_MAX,
    PART_OF_DAY_MINUTES_MAX, store,
};
use crate::events::{self, Event};
use crate::{LeaveId, Tx, UserId, people};
use jiff::civil::Date;

#[derive(Clone, Debug, PartialEq)]
pub struct AskLeave {
    pub user: UserId,
    pub kind: LeaveKind,
    pub first_day: Date,
    /// Included.
    pub last_day: Date,
    /// Of one day: from and until which minute; `None`: the whole of its days.
    pub hours: Option<(i64, i64)>,
    pub note: String,
}

/// Illness, and what a lead enters for somebody else, holds at once. Asking twice for the same is asking once.
pub fn ask(tx: &mut Tx, command: &AskLeave) -> Result<LeaveId, LeaveError> {
    let actor = *tx.actor();
    let own = actor.is(command.user);
    if !(own && actor.is_agent() || actor.is_lead()) {
        return Err(LeaveError::NotOneself);
    }
    if !people::list_agent_names(tx)?.iter().any(|it| it.id == command.user) {
        return Err(LeaveError::NoSuchPerson);
    }
    let AskLeave { user, kind, first_day, last_day, hours, .. } = *command;
    let days = |from: Date, to: Date| from.until(to).map_or(i64::MAX, |it| i64::from(it.get_days()));
    if last_day < first_day || days(first_day, last_day) >= LEAVE_DAYS_MAX {
        return Err(LeaveError::DaysAreWrong);
    }
    let is_part = |(from, to): (i64, i64)| {
        first_day == last_day
            && (0..DAY_MINUTES).contains(&from)
            && (from + 1..=from + PART_OF_DAY_MINUTES_MAX).contains(&to)
            && to <= DAY_MINUTES
    };
    if hours.is_some_and(|it| !is_part(it)) {
        return Err(LeaveError::HoursAreWrong);
    }
    let today = jiff::Timestamp::from_millisecond(tx.now()).unwrap_or_default();
    let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
    if [first_day, last_day].iter().any(|it| days(today, *it).saturating_abs() > DAYS_AWAY_MAX) {
        return Err(LeaveError::TooFarAway);
    }
    let note = command.note.trim();
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(LeaveError::NoteIsTooLong);
    }
    // Two at once shall not both find the days free.
    tx.lock(&format!("leave:{user}"))?;
    let granted = !own || kind == LeaveKind::Illness;
    let state = if granted { LeaveState::Granted } else { LeaveState::Asked };
    let touching = store::list_of_between(tx, user, first_day, last_day)?;
    let same = |it: &&Leave| {
        (it.kind, it.first_day, it.last_day, it.hours, it.state) == (kind, first_day, last_day, hours, state)
            && it.note == note
    };
    if let Some(known) = touching.iter().find(same) {
        return Ok(known.id);
    }
    if let Some(other) = touching.iter().find(|it| it.clashes_with(hours)) {
        return Err(LeaveError::Overlaps(other.first_day, other.last_day));
    }
    let leave = store::insert(tx, command, note, state)?;
    events::record(tx, &Event::LeaveAsked { leave, user, granted })?;
    Ok(leave)
}

/// By the person, or by a lead. Doing it twice says nothing new.
pub fn withdraw(tx: &mut Tx, leave: LeaveId) -> Result<(), LeaveError> {
    let actor = *tx.actor();
    let found = store::find(tx, leave)?.filter(|it| actor.is(it.user) || actor.is_lead());
    let found = found.ok_or(LeaveError::NoSuchLeave)?;
    if found.state == LeaveState::Withdrawn {
        return Ok(());
    }
    if !store::save_state(tx, leave, (found.state, LeaveState::Withdrawn), &found.answer)? {
        return Err(LeaveError::ChangedMeanwhile);
    }
    Ok(events::record(tx, &Event::LeaveWithdrawn { leave, user: found.user })?)
}
