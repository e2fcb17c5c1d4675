//! What another rule or another queue would make of the work at hand: both ways are given the same people and the same
//! tickets, at the same moment and without lots, and say who would get what. It changes nothing.

use super::live::{Live, Place, Scope};
use super::policy::{Knobs, RoutingPolicy};
use super::queues::{Queue, QueuePolicy, Queues};
use super::sought::Sought;
use super::store::Waiting;
use super::store::live::TicketRow;
use super::views::Named;
use super::{RoutingError, queues, rebuild, store};
use crate::{RoutingQueueId, TicketId, Tx, UserId, tickets};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Rows that are told.
pub const PREVIEW_ROWS_MAX: usize = 200;

/// One ticket to which nobody has answered yet, as if it came in this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WouldGet {
    pub ticket: TicketId,
    pub subject: String,
    /// By the rule that holds now; `None`: it would wait.
    pub now: Option<Named>,
    /// By the other.
    pub then: Option<Named>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PolicyPreview {
    /// Where the two differ, the longest waiting first.
    pub rows: Vec<WouldGet>,
    /// Tickets that were tried.
    pub tried: usize,
    /// Those that would go elsewhere.
    pub different: usize,
    /// What each person would get of these by the one and by the other rule, by name.
    pub people: Vec<(Named, usize, usize)>,
    /// How many of these stand in each queue, and how many would, by the queue's name.
    pub queues: Vec<(String, usize, usize)>,
    /// As if all waited and people came free one after the other; otherwise as if all came in this moment.
    pub in_turn: bool,
}

/// A queue as it would be.
#[derive(Clone, Debug, PartialEq)]
pub enum WantedQueue {
    /// Behind the others, before the default one.
    New(QueuePolicy),
    Changed(RoutingQueueId, QueuePolicy),
    Gone(RoutingQueueId),
}

pub fn preview_policy(tx: &mut Tx, wanted: &RoutingPolicy) -> Result<PolicyPreview, RoutingError> {
    if !tx.actor().is_lead() {
        return Err(RoutingError::NotALead);
    }
    let held = Knobs::load(tx)?;
    let other = Knobs { policy: wanted.clone(), ..held.clone() };
    compare(tx, held, other)
}

/// What is refused when it is kept is refused here too.
pub fn preview_queue(tx: &mut Tx, wanted: &WantedQueue) -> Result<PolicyPreview, RoutingError> {
    if !tx.actor().is_lead() {
        return Err(RoutingError::NotALead);
    }
    let held = Knobs::load(tx)?;
    let mut all = held.queues.all().to_vec();
    let place = |all: &[Queue], id: RoutingQueueId| {
        all.iter().position(|it| it.id == id).ok_or(RoutingError::NoSuchQueue)
    };
    match wanted {
        WantedQueue::New(policy) => {
            let policy = queues::settled(tx, policy, &all, None)?;
            let last = all.len().saturating_sub(1);
            all.insert(last, Queue { id: RoutingQueueId(0), is_default: false, policy });
        }
        WantedQueue::Changed(id, policy) => {
            let at = place(&all, *id)?;
            all[at].policy = queues::settled(tx, policy, &all, Some(&all[at]))?;
        }
        WantedQueue::Gone(id) => {
            let at = place(&all, *id)?;
            if all[at].is_default {
                return Err(RoutingError::DefaultQueueStays);
            }
            all.remove(at);
        }
    }
    let queues = held.queues.with(all).ok_or(RoutingError::DefaultQueueStays)?;
    let other = Knobs { queues, ..held.clone() };
    compare(tx, held, other)
}

fn compare(tx: &mut Tx, held: Knobs, other: Knobs) -> Result<PolicyPreview, RoutingError> {
    // Lots would show differences that are none.
    let calm = |it: Knobs| {
        let policy = RoutingPolicy { growth_share: 0.0, ..it.policy };
        Knobs { policy, explore_share: 0.0, ..it }
    };
    let (held, wanted) = (calm(held), calm(other));
    // What queues do is seen when people come free, what rules do also when work comes in.
    let in_turn = held.policy.rule == wanted.policy.rule && held.queues != wanted.queues;
    let scope = if in_turn { Scope::InTurn } else { Scope::Desk };
    let mut present = rebuild::make_with(tx, held.clone(), 0, scope)?;
    let mut other = rebuild::make_with(tx, wanted.clone(), 0, scope)?;
    let as_if_new = |live: &Live, row: &TicketRow, now: i64| match live.place_of(row, now) {
        Place::With(_) if row.ticket.replies == 0 && row.ticket.waiting_since.is_some() => Place::Waiting,
        place => place,
    };
    let read = rebuild::read_all_as(tx, &present, as_if_new)?;
    let mut turn: Vec<(i64, TicketId)> = read
        .seen
        .iter()
        .filter_map(|it| Some((it.sought.as_ref()?.waiting_since(), it.row.ticket.id)))
        .collect();
    turn.sort_unstable();
    let moment = read.now;
    // What it seeks depends on its queue, and on who helps out there.
    let mut read_for_other = read.clone();
    let waiting: Vec<Waiting> =
        read.seen.iter().filter(|it| it.sought.is_some()).map(|it| it.row.ticket.clone()).collect();
    let mut sought: HashMap<TicketId, Sought> =
        rebuild::read_sought(tx, waiting, &wanted)?.into_iter().map(|it| (it.ticket.id, it)).collect();
    for it in &mut read_for_other.seen {
        it.sought = sought.remove(&it.row.ticket.id);
    }
    let queues = fall_into(&held.queues, &read, &wanted.queues, &read_for_other);
    present.apply_tickets(read);
    other.apply_tickets(read_for_other);
    let given = |live: &mut Live| if in_turn { live.given_in_turn(moment) } else { live.given_now() };
    let (now, then) = (given(&mut present), given(&mut other));
    let subjects: Vec<TicketId> =
        turn.iter().map(|it| it.1).filter(|it| now.get(it) != then.get(it)).take(PREVIEW_ROWS_MAX).collect();
    let different = turn.iter().filter(|it| now.get(&it.1) != then.get(&it.1)).count();
    let names = names_of(tx, now.values().chain(then.values()))?;
    let named = |user: Option<&UserId>| user.and_then(|it| names.get(it)).cloned();
    let mut rows = Vec::with_capacity(subjects.len());
    for ticket in &subjects {
        let Some(found) = tickets::find_ticket(tx, *ticket)? else { continue };
        let (now, then) = (named(now.get(ticket)), named(then.get(ticket)));
        rows.push(WouldGet { ticket: *ticket, subject: found.subject, now, then });
    }
    let mut counts: BTreeMap<UserId, (usize, usize)> = BTreeMap::new();
    now.values().for_each(|user| counts.entry(*user).or_default().0 += 1);
    then.values().for_each(|user| counts.entry(*user).or_default().1 += 1);
    let mut people: Vec<(Named, usize, usize)> = counts
        .into_iter()
        .filter_map(|(user, (now, then))| Some((names.get(&user)?.clone(), now, then)))
        .collect();
    people.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    Ok(PolicyPreview { rows, tried: turn.len(), different, people, in_turn, queues })
}

/// How many would stand in each queue, in the order of those that would be, then those that would be gone.
fn fall_into(
    held: &Queues,
    now: &rebuild::Tickets,
    wanted: &Queues,
    then: &rebuild::Tickets,
) -> Vec<(String, usize, usize)> {
    let count = |all: &rebuild::Tickets, queue: RoutingQueueId| {
        all.seen.iter().filter_map(|it| it.sought.as_ref()).filter(|it| it.queue.queue == queue).count()
    };
    let gone = held.all().iter().filter(|it| wanted.all().iter().all(|other| other.id != it.id));
    let all = wanted.all().iter().chain(gone);
    all.map(|it| (it.policy.name.clone(), count(now, it.id), count(then, it.id))).collect()
}

fn names_of<'a>(
    tx: &mut Tx,
    users: impl Iterator<Item = &'a UserId>,
) -> Result<HashMap<UserId, Named>, db::Error> {
    let mut ids: Vec<UserId> = users.copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let all = store::live::list_names(tx, &ids)?;
    Ok(all.into_iter().map(|(user, name)| (user, Named { user, name })).collect())
}
