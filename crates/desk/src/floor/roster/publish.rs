//! Publish a week: from now on it holds for everybody who asks who works when.

use super::edit::before;
use super::store::Kept;
use super::{Line, RosterError, Standing, Week, check, only_leads, store, views};
use crate::events::{self, Event};
use crate::skills::planning::set_week;
use crate::{Tx, UserId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publish {
    /// Warnings have been seen; overlapping shifts are refused all the same.
    pub seen: bool,
    /// It is the usual week from now on, too.
    pub as_usual: bool,
}

pub fn publish(tx: &mut Tx, week: Week, command: Publish) -> Result<usize, RosterError> {
    only_leads(tx)?;
    let roster = store::find_roster(tx, week)?.filter(|it| it.drafted_at.is_some());
    let roster = roster.ok_or(RosterError::NoDraft)?.id;
    let lines = store::list_lines(tx, roster, Standing::Draft)?;
    let findings = views::findings(tx, week, &lines)?;
    if let Some((name, _)) = findings.iter().find(|it| it.1.kind == check::FindingKind::Overlap) {
        return Err(RosterError::Overlaps(name.clone()));
    }
    if !findings.is_empty() && !command.seen {
        return Err(RosterError::HasWarnings(findings.len()));
    }
    let mut was = before(tx, week, roster)?;
    if command.as_usual {
        was.usual = make_usual(tx, &lines)?;
    }
    store::insert_step(tx, roster, "published it", &was)?;
    store::save_lines(tx, roster, false, &lines)?;
    let (now, by) = (tx.now(), tx.actor().user());
    store::save_published(tx, roster, Some(now), by)?;
    store::save_no_draft(tx, roster)?;
    let people = lines.iter().map(|it| it.user).collect::<BTreeSet<_>>().len();
    let event = Event::RosterPublished {
        roster,
        week: week.to_string(),
        people: people as i64,
        as_usual: command.as_usual,
    };
    events::record(tx, &event)?;
    Ok(people)
}

/// Sets the usual week of everybody to whom this one is another, and says what theirs was.
fn make_usual(tx: &mut Tx, lines: &[Line]) -> Result<Vec<(UserId, Vec<Kept>)>, RosterError> {
    let by_person = |lines: &[Line]| {
        let mut weeks: BTreeMap<UserId, Vec<Kept>> = BTreeMap::new();
        let kept = |it: &Line| Kept { shift: it.shift, breaks: it.breaks };
        lines.iter().for_each(|it| weeks.entry(it.user).or_default().push(kept(it)));
        weeks.values_mut().for_each(|it| it.sort_unstable());
        weeks
    };
    let (usual, new) = (by_person(&store::list_usual(tx)?), by_person(lines));
    let everybody: BTreeSet<UserId> = usual.keys().chain(new.keys()).copied().collect();
    let of =
        |weeks: &BTreeMap<UserId, Vec<Kept>>, user: &UserId| weeks.get(user).cloned().unwrap_or_default();
    let mut was = Vec::new();
    for user in everybody {
        let (before, after) = (of(&usual, &user), of(&new, &user));
        if before != after {
            set_week(tx, user, &after.iter().map(|it| (it.shift, it.breaks)).collect::<Vec<_>>())?;
            was.push((user, before));
        }
    }
    Ok(was)
}
