//! Somebody asks for the next: decided in their own transaction, by an engine that knows them and what waits.

use super::live::{Live, Scope};
use super::policy::Knobs;
use super::queues::Gate;
use super::store::Waiting;
use super::{Cause, QUEUE_LOOK_MAX, RoutingError, hands, offers, rebuild, store};
use crate::{TicketId, Tx, UserId, wellbeing};
use std::collections::{HashMap, HashSet};

/// Waiting tickets that are looked through for theirs where queues say whose work it is.
const WAITING_LOOK_MAX: usize = 5_000;
/// How often somebody else may be quicker.
const TRIES_MAX: usize = 4;

/// The best of what waits, one piece, also when they are away or hold as much as routing would give them. `None` if
/// nothing waits that may be theirs.
pub fn take_next(tx: &mut Tx, user: UserId) -> Result<Option<TicketId>, RoutingError> {
    if !tx.actor().is(user) || !tx.actor().is_agent() {
        return Err(RoutingError::NotYourHands);
    }
    store::find_hand(tx, user)?.ok_or(RoutingError::NotHere)?;
    for _ in 0..TRIES_MAX {
        let Some((ticket, made)) = next_of(tx, user)? else { return Ok(None) };
        // The owner of routing may have given it away in the meantime.
        store::live::lock_standing(tx, &[ticket])?;
        if store::find_waiting(tx, ticket)?.is_some_and(|it| it.assignee.is_none()) {
            offers::end_standing(tx, ticket)?;
            hands::give(tx, ticket, user, Cause::Pulled, &made, false)?;
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// What waits and may be theirs, now or later, the most pressing first.
fn theirs(tx: &mut Tx, user: UserId, knobs: &Knobs) -> Result<Vec<Waiting>, db::Error> {
    if knobs.queues.leave_groups_alone() {
        return store::list_queue(tx, user, QUEUE_LOOK_MAX);
    }
    let all = store::list_all_waiting(tx, WAITING_LOOK_MAX)?;
    let mut needed = match knobs.queues.ask_for_skills() {
        true => store::queues::list_needed_skills(tx, &all.iter().map(|it| it.id).collect::<Vec<_>>())?,
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
    Ok(all.into_iter().filter(|it| may_be_theirs(it)).take(QUEUE_LOOK_MAX).collect())
}

/// What would be theirs next, and why, as it is kept.
fn next_of(tx: &mut Tx, user: UserId) -> Result<Option<(TicketId, store::Written)>, RoutingError> {
    let now = tx.now();
    let knobs = Knobs::load(tx)?;
    let waiting = theirs(tx, user, &knobs)?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let sought = rebuild::read_sought(tx, waiting, &knobs)?;
    let others = sought.iter().any(|it| it.may_skip());
    let only = [user];
    let people = rebuild::read_people(tx, if others { None } else { Some(&only) })?;
    let start = rebuild::Start { knobs, kinds: store::live::list_kinds(tx)?, seed: 0, now };
    let members = store::live::list_memberships(tx, None)?;
    let mut live = Live::new(start, people, members, Scope::OneWhoTakes(user));
    live.set_resting(&wellbeing::resting(tx)?, now);
    Ok(live.pull(sought, user, now)?.map(|it| (it.ticket, it.made)))
}
