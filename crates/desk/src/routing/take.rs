//! Somebody asks for the next: chosen while reading, by an engine that knows them and what waits; then theirs in a
//! transaction of its own, if the ticket still is what it was.

use super::live::{Live, Scope};
use super::policy::Knobs;
use super::queues::Gate;
use super::store::Waiting;
use super::store::live::TicketRow;
use super::{Cause, QUEUE_LOOK_MAX, RoutingError, hands, offers, rebuild, store};
use crate::{TicketId, Tx, UserId, wellbeing};
use std::collections::{HashMap, HashSet};

/// How often somebody else may be quicker.
pub const TAKE_TRIES_MAX: usize = 4;

/// What would be somebody's next, as it was when it was chosen.
#[derive(Clone, Debug)]
pub struct NextUp {
    pub ticket: TicketId,
    user: UserId,
    version: i64,
    routing_version: i64,
    /// Why, as it is kept.
    made: store::Written,
}

/// The best of what waits, one piece, also when they are away or hold as much as routing would give them. `None` if
/// nothing waits that may be theirs. Nothing is changed: [`take`] makes it theirs.
pub fn next_for(tx: &mut Tx, user: UserId) -> Result<Option<NextUp>, RoutingError> {
    may_take(tx, user)?;
    let now = tx.now();
    let knobs = Knobs::load(tx)?;
    let waiting = theirs(tx, user, &knobs)?;
    let mut live: Option<(Live, bool)> = None;
    let (first, more) = waiting.split_at(waiting.len().min(QUEUE_LOOK_MAX));
    // What others shall have before them is looked at in larger pieces.
    for part in std::iter::once(first).chain(more.chunks(5 * QUEUE_LOOK_MAX)).filter(|it| !it.is_empty()) {
        let mut rows: HashMap<TicketId, TicketRow> =
            store::live::list_open(tx, part)?.into_iter().map(|it| (it.ticket.id, it)).collect();
        let in_turn: Vec<Waiting> = part.iter().filter_map(|it| Some(rows.get(it)?.ticket.clone())).collect();
        let sought = rebuild::read_sought(tx, in_turn, &knobs)?;
        let others = sought.iter().any(|it| it.may_skip());
        // Whether a stage is skipped depends on everybody who is here; otherwise they alone are enough.
        if live.as_ref().is_none_or(|it| others && !it.1) {
            live = Some((with_those_here(tx, user, others, &knobs, now)?, others));
        }
        let Some((live, _)) = &mut live else { continue };
        if let Some(it) = live.pull(sought, user, now)?
            && let Some(row) = rows.remove(&it.ticket)
        {
            let (version, routing_version) = (row.version, row.routing_version);
            return Ok(Some(NextUp { ticket: it.ticket, user, version, routing_version, made: it.made }));
        }
    }
    Ok(None)
}

/// False if it is not what it was by now: somebody was quicker, or something of it has changed.
pub fn take(tx: &mut Tx, next: &NextUp) -> Result<bool, RoutingError> {
    may_take(tx, next.user)?;
    // The owner of routing may have given it away in the meantime.
    let standing = store::live::lock_standing(tx, &[next.ticket])?;
    let as_it_was =
        |it: &store::live::Standing| (it.version, it.routing_version) == (next.version, next.routing_version);
    if !standing.iter().any(as_it_was)
        || store::find_waiting(tx, next.ticket)?.is_none_or(|it| it.assignee.is_some())
    {
        return Ok(false);
    }
    offers::end_standing(tx, next.ticket)?;
    hands::give(tx, next.ticket, next.user, Cause::Pulled, &next.made, false)?;
    Ok(true)
}

fn may_take(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if !tx.actor().is(user) || !tx.actor().is_agent() {
        return Err(RoutingError::NotYourHands);
    }
    store::find_hand(tx, user)?.ok_or(RoutingError::NotHere)?;
    Ok(())
}

/// An engine in which they are asked alone; with all others who are here, if it depends on them what waits asks for.
fn with_those_here(
    tx: &mut Tx,
    user: UserId,
    others: bool,
    knobs: &Knobs,
    now: i64,
) -> Result<Live, RoutingError> {
    let only = [user];
    let people = rebuild::read_people(tx, if others { None } else { Some(&only) })?;
    let start = rebuild::Start { knobs: knobs.clone(), kinds: store::live::list_kinds(tx)?, seed: 0, now };
    let members = store::live::list_memberships(tx, None)?;
    let mut live = Live::new(start, people, members, Scope::OneWhoTakes(user));
    live.set_resting(&wellbeing::resting(tx)?, now);
    Ok(live)
}

/// What waits and may be theirs, now or later, the most pressing first.
fn theirs(tx: &mut Tx, user: UserId, knobs: &Knobs) -> Result<Vec<TicketId>, db::Error> {
    let mut needed = match knobs.queues.ask_for_skills() {
        true => store::list_skills_of_waiting(tx)?,
        false => HashMap::new(),
    };
    let (mut mine, mut staffed) = (HashSet::new(), HashSet::new());
    for (group, member) in store::live::list_memberships(tx, None)? {
        staffed.insert(group);
        if member == user {
            mine.insert(group);
        }
    }
    let mut may_be_theirs = |it: &Waiting| {
        let queue = knobs.queues.taking(&it.facts(&needed.remove(&it.id).unwrap_or_default()));
        let gate = Gate::of(queue, it.group);
        let groups = gate.as_ref().map_or(&[][..], |gate| gate.groups(&knobs.queues));
        // A group without members keeps nobody out; what asks for groups by name says itself who may have it.
        it.asks
            || groups.iter().all(|group| !staffed.contains(group))
            || groups.iter().any(|group| mine.contains(group))
            || queue.policy.helpers.iter().any(|it| mine.contains(&it.group))
    };
    let mut found = Vec::new();
    store::each_waiting(tx, |it| found.extend(may_be_theirs(it).then_some(it.id)))?;
    Ok(found)
}
