//! One free person: which of the waiting work is theirs?

use super::hands::{self, Made};
use super::{Cause, QUEUE_LOOK_MAX, RoutingError, store};
use crate::{TicketId, Tx, UserId};
use ::routing::{Channel, Status, Work, next_for};

/// Brings them the best of what waits until their hands are full or nothing is left that may be theirs.
pub(crate) fn fill_hands_of(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    let (policy, capacity) = hands::policy(tx)?;
    let Some(hand) = store::find_hand(tx, user)? else { return Ok(()) };
    if hand.status != Status::Online || hand.load >= hand.limit.unwrap_or(capacity) {
        return Ok(());
    }
    tx.lock("routing")?;
    let now = tx.now();
    let waiting = store::list_queue(tx, user, QUEUE_LOOK_MAX)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let ids: Vec<TicketId> = waiting.iter().map(|it| it.id).collect();
    let mut needs = store::list_needs(tx, &ids)?;
    let all_needs: Vec<store::Need> = needs.values().flatten().cloned().collect();
    let mut person = hands::people(tx, &[hand], &all_needs, capacity)?.remove(0);
    let mut queue: Vec<Work> = Vec::with_capacity(waiting.len());
    for ticket in &waiting {
        queue.push(hands::work(tx, ticket, &needs.remove(&ticket.id).unwrap_or_default())?);
    }
    while let Some(pull) = next_for(&person, &queue, &policy, now) {
        let Some(at) = queue.iter().position(|work| work.id == pull.work) else { break };
        let taken = queue.swap_remove(at);
        hands::give(tx, TicketId(taken.id.0), user, Cause::Free, &Made::Pull(pull), false)?;
        let Some(held) = person.capacity_on(Channel::Email) else { break };
        person = person.holding(Channel::Email, held.load + taken.size, held.limit);
    }
    Ok(())
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
