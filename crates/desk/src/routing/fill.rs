//! One free person: which of the waiting work is theirs?

use super::asked::{self, Asked};
use super::hands::{self, Made};
use super::{Cause, QUEUE_LOOK_MAX, RoutingError, store};
use crate::{TicketId, Tx, UserId, wellbeing};
use ::routing::{Channel, Person, Status, Work, WorkId, next_for};
use std::collections::{HashMap, HashSet};

/// Brings them the best of what waits until their hands are full or nothing is left that may be theirs.
pub(crate) fn fill_hands_of(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    let (policy, capacity) = hands::policy(tx)?;
    let Some(hand) = store::find_hand(tx, user)? else { return Ok(()) };
    if hand.status != Status::Online || hand.load >= hand.limit.unwrap_or(capacity) {
        return Ok(());
    }
    tx.lock("routing")?;
    let now = tx.now();
    let (mut person, mut queue, hostile) = what_waits_for(tx, hand, capacity)?;
    while let Some(pull) = next_for(&person, &queue, &policy, now) {
        let Some(at) = queue.iter().position(|work| work.id == pull.work) else { break };
        let taken = queue.swap_remove(at);
        hands::give(tx, TicketId(taken.id.0), user, Cause::Free, &Made::Pull(pull), false)?;
        let Some(held) = person.capacity_on(Channel::Email) else { break };
        person = person.holding(Channel::Email, held.load + taken.size, held.limit);
        if hostile.contains(&taken.id) && wellbeing::rest_of(tx, user)?.until.is_some() {
            queue.retain(|work| !hostile.contains(&work.id));
        }
    }
    Ok(())
}

/// Somebody asks for the next: the best of what waits, one piece, also when they are away or hold as much as routing
/// would give them. `None` if nothing waits that may be theirs.
pub fn take_next(tx: &mut Tx, user: UserId) -> Result<Option<TicketId>, RoutingError> {
    if !tx.actor().is(user) || !tx.actor().is_agent() {
        return Err(RoutingError::NotYourHands);
    }
    let (policy, capacity) = hands::policy(tx)?;
    let hand = store::find_hand(tx, user)?.ok_or(RoutingError::NotHere)?;
    tx.lock("routing")?;
    let now = tx.now();
    let (mut person, queue, _) = what_waits_for(tx, hand, capacity)?;
    person.status = Status::Online;
    person = person.holding(Channel::Email, 0.0, f64::MAX);
    let Some(pull) = next_for(&person, &queue, &policy, now) else { return Ok(None) };
    let ticket = TicketId(pull.work.0);
    hands::give(tx, ticket, user, Cause::Pulled, &Made::Pull(pull), false)?;
    Ok(Some(ticket))
}

/// The person and what waits, as far as it is looked at, and which of it is hostile. Nothing hostile for who rests.
fn what_waits_for(
    tx: &mut Tx,
    hand: store::Hand,
    capacity: i64,
) -> Result<(Person, Vec<Work>, HashSet<WorkId>), RoutingError> {
    let now = tx.now();
    let mut waiting = store::list_queue(tx, hand.user, QUEUE_LOOK_MAX)?;
    let is_hostile = |it: &store::Waiting| it.anger >= i64::from(wellbeing::HOSTILE_ANGER_MIN);
    if waiting.iter().any(is_hostile) && wellbeing::rest_of(tx, hand.user)?.until.is_some() {
        waiting.retain(|it| !is_hostile(it));
    }
    let hostile = waiting.iter().filter(|it| is_hostile(it)).map(|it| WorkId(it.id.0)).collect();
    let ids: Vec<TicketId> = waiting.iter().map(|it| it.id).collect();
    let mut needs = if ids.is_empty() { HashMap::new() } else { store::list_needs(tx, &ids)? };
    let mut asked: HashMap<TicketId, Asked> = HashMap::new();
    for ticket in &waiting {
        if let Some(it) = asked::find(tx, ticket)? {
            it.add_needs(tx, needs.entry(ticket.id).or_default())?;
            asked.insert(ticket.id, it);
        }
    }
    let all_needs: Vec<store::Need> = needs.values().flatten().cloned().collect();
    let mut people = hands::people(tx, &[hand], &all_needs, capacity)?;
    let present = asked::present(tx, &asked, &all_needs, capacity)?;
    let mut queue: Vec<Work> = Vec::with_capacity(waiting.len());
    for ticket in &waiting {
        let mut work = hands::work(tx, ticket, &needs.remove(&ticket.id).unwrap_or_default())?;
        if let Some(asked) = asked.get(&ticket.id) {
            asked.join(tx, &mut people)?;
            asked.put_on(&mut work, &present, now);
        }
        queue.push(work);
    }
    Ok((people.remove(0), queue, hostile))
}

/// Whoever is here and has room, the longest idle first.
pub(super) fn fill_all_hands(tx: &mut Tx) -> Result<(), RoutingError> {
    if !store::anything_waits(tx)? {
        return Ok(());
    }
    let mut hands = store::list_hands(tx, None)?;
    hands.retain(|it| it.status == Status::Online);
    hands.sort_by_key(|it| (it.idle_since, it.user));
    for hand in hands {
        fill_hands_of(tx, hand.user)?;
    }
    Ok(())
}
