//! The draft of a week: put a shift there, move it with its breaks, take it away, take another week over; and take any of
//! it back.

use super::store::{self, Before};
use super::{Line, RosterError, Standing, Week, is_on_leave, leaves_of, only_leads, plannable, shown, when};
use crate::events::{self, Event};
use crate::skills::planning::{Breaks, SHIFTS_PER_PERSON_MAX, Shift, clock_words, set_week, weekday_name};
use crate::{RosterId, Tx, UserId, people};
use std::collections::{BTreeSet, HashMap};

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
    let mut breaks = Breaks::default();
    if let Some(was) = edit.was {
        let at = lines.iter().position(|it| it.user == edit.user && it.shift == was);
        breaks = lines.remove(at.ok_or(RosterError::ChangedMeanwhile)?).breaks;
    }
    if let Some(shift) = edit.becomes {
        let breaks = edit.was.map_or(breaks, |was| breaks.moved(&was, &shift));
        lines.push(Line { user: to, shift, breaks });
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

/// All shifts of a week at once, for whoever plans elsewhere.
pub fn replace(tx: &mut Tx, week: Week, lines: &[Line]) -> Result<(), RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    let agents = people::list_agent_names(tx)?;
    for it in lines {
        if !agents.iter().any(|agent| agent.id == it.user) {
            return Err(RosterError::NoSuchPerson);
        }
        if !when::is_right(&it.shift) {
            return Err(RosterError::ShiftIsWrong);
        }
        if Breaks::of(it.breaks.iter().collect(), &it.shift).is_none() {
            return Err(RosterError::BreakIsWrong);
        }
        if lines.iter().filter(|other| other.user == it.user).count() > SHIFTS_PER_PERSON_MAX {
            return Err(RosterError::TooManyShifts);
        }
    }
    change(tx, week, lines, "wrote the whole week")
}

/// Takes away the shifts that begin on a day of leave. Says of how many people.
pub fn clear_leave(tx: &mut Tx, week: Week) -> Result<usize, RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    let (lines, ..) = shown(tx, week)?;
    let leaves = leaves_of(tx, week)?;
    let zones: HashMap<UserId, jiff::tz::TimeZone> =
        people::list_agents(tx)?.iter().map(|it| (it.id, when::zone(&it.time_zone))).collect();
    let is_away = |it: &Line| {
        let shift = zones.get(&it.user).map(|zone| when::stretch(week, &it.shift, zone));
        shift.is_some_and(|shift| is_on_leave(&leaves, it.user, shift))
    };
    let (gone, stays): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(is_away);
    if gone.is_empty() {
        return Err(RosterError::NobodyIsOnLeave);
    }
    change(tx, week, &stays, "took shifts on days of leave away")?;
    Ok(gone.iter().map(|it| it.user).collect::<BTreeSet<_>>().len())
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
        let week: Vec<(Shift, Breaks)> = shifts.iter().map(|it| (it.shift, it.breaks)).collect();
        set_week(tx, *user, &week)?;
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
