//! The draft of a week: put a shift there, move it, take it away, take another week over; and take any of it back.

use super::store::{self, Before};
use super::{Line, RosterError, Standing, Week, only_leads, plannable, shown, when};
use crate::events::{self, Event};
use crate::skills::planning::{SHIFTS_PER_PERSON_MAX, Shift, clock_words, set_shifts, weekday_name};
use crate::{RosterId, Tx, UserId, people};

/// One shift of one person becomes another; from nothing it is new, to nothing it is gone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edit {
    pub user: UserId,
    pub was: Option<Shift>,
    pub becomes: Option<Shift>,
    /// Somebody else works it, from now on.
    pub hand_to: Option<UserId>,
}

/// Begins a draft if there is none. Says what was done.
pub fn edit(tx: &mut Tx, week: Week, edit: &Edit) -> Result<String, RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    if edit.becomes.is_some_and(|it| !when::is_right(&it)) {
        return Err(RosterError::ShiftIsWrong);
    }
    let to = edit.hand_to.unwrap_or(edit.user);
    let (name, to_name) = (name(tx, edit.user)?, name(tx, to)?);
    let (mut lines, ..) = shown(tx, week)?;
    if let Some(was) = edit.was {
        let at = lines.iter().position(|it| it.user == edit.user && it.shift == was);
        lines.remove(at.ok_or(RosterError::ChangedMeanwhile)?);
    }
    if let Some(shift) = edit.becomes {
        lines.push(Line { user: to, shift });
    }
    if lines.iter().filter(|it| it.user == to).count() > SHIFTS_PER_PERSON_MAX {
        return Err(RosterError::TooManyShifts);
    }
    let words = match (edit.was, edit.becomes) {
        (Some(was), None) => format!("{name} no longer works {}", words(&was)),
        (_, Some(now)) => format!("{to_name} works {}", words(&now)),
        (None, None) => return Err(RosterError::ShiftIsWrong),
    };
    change(tx, week, &lines, &words)?;
    Ok(words)
}

/// What stands in one week, in the draft of another.
pub fn copy_week(tx: &mut Tx, from: Week, to: Week) -> Result<String, RosterError> {
    only_leads(tx)?;
    plannable(tx, to)?;
    let (lines, ..) = shown(tx, from)?;
    let words = format!("took over the week of {from}");
    change(tx, to, &lines, &words)?;
    Ok(words)
}

/// The draft of a week is these shifts.
pub(super) fn change(tx: &mut Tx, week: Week, lines: &[Line], words: &str) -> Result<(), RosterError> {
    let roster = match store::find_roster(tx, week)? {
        Some(roster) => roster.id,
        None => store::insert_roster(tx, week)?,
    };
    let before = before(tx, week, roster)?;
    store::insert_step(tx, roster, words, &before)?;
    let by = tx.actor().user();
    store::save_drafted(tx, roster, by)?;
    store::save_lines(tx, roster, true, lines)?;
    changed(tx, roster, words)
}

/// The draft is given up; what was published, or the usual week, stands again.
pub fn discard(tx: &mut Tx, week: Week) -> Result<(), RosterError> {
    only_leads(tx)?;
    let roster = store::find_roster(tx, week)?.filter(|it| it.drafted_at.is_some());
    let roster = roster.ok_or(RosterError::NoDraft)?.id;
    let before = before(tx, week, roster)?;
    store::insert_step(tx, roster, "gave up the draft", &before)?;
    store::save_no_draft(tx, roster)?;
    changed(tx, roster, "gave up the draft")
}

/// Takes the last step of a week back, also a publication. Says which it was.
pub fn undo(tx: &mut Tx, week: Week) -> Result<String, RosterError> {
    only_leads(tx)?;
    let roster = store::find_roster(tx, week)?.ok_or(RosterError::NothingToUndo)?.id;
    let (step, words, before) = store::last_step(tx, roster)?.ok_or(RosterError::NothingToUndo)?;
    match &before.draft {
        Some(lines) => {
            let by = tx.actor().user();
            store::save_drafted(tx, roster, by)?;
            store::save_lines(tx, roster, true, lines)?;
        }
        None => store::save_no_draft(tx, roster)?,
    }
    store::save_lines(tx, roster, false, before.published.as_deref().unwrap_or_default())?;
    store::save_published(tx, roster, before.published_at, before.published_by)?;
    for (user, shifts) in &before.usual {
        set_shifts(tx, *user, shifts)?;
    }
    store::delete_step(tx, step)?;
    changed(tx, roster, &format!("took back: {words}"))?;
    Ok(words)
}

pub(super) fn before(tx: &mut Tx, week: Week, id: RosterId) -> Result<Before, RosterError> {
    let roster = store::find_roster(tx, week)?.ok_or(RosterError::NoDraft)?;
    let (published_at, published_by) = store::published_by(tx, id)?;
    Ok(Before {
        draft: roster.drafted_at.map(|_| store::list_lines(tx, id, Standing::Draft)).transpose()?,
        published: published_at.map(|_| store::list_lines(tx, id, Standing::Published)).transpose()?,
        published_at,
        published_by,
        usual: Vec::new(),
    })
}

fn changed(tx: &mut Tx, roster: RosterId, words: &str) -> Result<(), RosterError> {
    Ok(events::record(tx, &Event::RosterChanged { roster, words: words.to_owned() })?)
}

/// Of somebody who answers.
pub(super) fn name(tx: &mut Tx, user: UserId) -> Result<String, RosterError> {
    let names = people::list_agent_names(tx)?;
    names.into_iter().find(|it| it.id == user).map(|it| it.name).ok_or(RosterError::NoSuchPerson)
}

/// `Monday 09:00–17:00`
pub fn words(it: &Shift) -> String {
    let (from, to) = (clock_words(it.from_minute), clock_words(it.to_minute));
    format!("{} {from}–{to}", weekday_name(it.weekday))
}
