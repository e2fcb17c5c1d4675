//! One piece of work: who gets it?

use super::asked::{self, Asked};
use super::hands::{self, Made};
use super::{Cause, OTHERS_KEPT_MAX, RETURNED_AT_ONCE_MAX, RoutingError, store};
use crate::events::{self, Event};
use crate::{TicketId, Tx, UserId, wellbeing};
use ::routing::{Decision, Person, PersonId, Policy, Status, Work, choose};

/// Gives the ticket to the best of those present, or leaves it queued with what it waits for. Work that somebody
/// present holds, and work that needs no answer now, stays as it is.
pub(crate) fn route(tx: &mut Tx, ticket: TicketId, cause: Cause) -> Result<(), RoutingError> {
    let Some(found) = store::find_waiting(tx, ticket)? else { return Ok(()) };
    if let Some(holder) = found.ticket.assignee {
        // Somebody who never said whether they are here has not gone, as long as nobody else has come.
        let has_gone = match found.holder_status {
            Some(status) => status == Status::Offline,
            None => found.anybody_here,
        };
        if !has_gone || found.ticket.waiting_since.is_none() {
            return Ok(());
        }
        tracing::debug!(%ticket, %holder, "the holder has gone");
    }
    if !found.anybody_here {
        if found.ticket.assignee.is_some() {
            hands::take_back(tx, ticket)?;
        }
        return Ok(());
    }
    tx.lock("routing")?;
    let (decision, asks_less_at) = decide(tx, &found.ticket)?;
    match decision.chosen {
        Some(person) => {
            let cause = if found.ticket.assignee.is_some() { Cause::Offline } else { cause };
            let explored = decision.by_lot();
            let made = Made::Choice(decision.shortened(OTHERS_KEPT_MAX));
            hands::give(tx, ticket, UserId(person.0), cause, &made, explored)
        }
        None => {
            if found.ticket.assignee.is_some() {
                hands::take_back(tx, ticket)?;
            }
            if let Some(at) = asks_less_at {
                asked::look_again(tx, ticket, at)?;
            }
            keep_waiting(tx, ticket, cause, decision)
        }
    }
}

/// Whoever has gone leaves nobody waiting: what needs an answer goes back to the queue, and from there to others.
pub(crate) fn return_work_of(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if store::find_status(tx, user)?.is_some_and(|status| status != Status::Offline) {
        return Ok(());
    }
    for ticket in store::list_unanswered_of(tx, user, RETURNED_AT_ONCE_MAX)? {
        route(tx, ticket, Cause::Offline)?;
    }
    Ok(())
}

/// What would be decided now, and when the ticket asks less of whoever gets it. Changes nothing.
pub(super) fn decide(tx: &mut Tx, ticket: &store::Waiting) -> Result<(Decision, Option<i64>), db::Error> {
    let now = tx.now();
    let (policy, capacity) = hands::policy(tx)?;
    let mut needs = store::list_needs(tx, &[ticket.id])?.remove(&ticket.id).unwrap_or_default();
    let asked = asked::find(tx, ticket)?;
    if let Some(asked) = &asked {
        asked.add_needs(tx, &mut needs)?;
    }
    // The groups that are asked for rule instead of the ticket's own.
    let group = ticket.group.filter(|_| !asked.as_ref().is_some_and(Asked::names_groups));
    let hands = store::list_hands(tx, group)?;
    let mut work = hands::work(tx, ticket, &needs)?;
    if ticket.anger >= i64::from(wellbeing::HOSTILE_ANGER_MIN) {
        work.avoid.extend(wellbeing::resting(tx)?.into_iter().map(|user| PersonId(user.0)));
    }
    let mut people = hands::people(tx, &hands, &needs, capacity)?;
    let mut asks_less_at = None;
    if let Some(asked) = &asked {
        asked.join(tx, &mut people)?;
        asks_less_at = asked.put_on(&mut work, &people, now);
    }
    Ok((chosen(&work, &people, &policy, now), asks_less_at))
}

fn chosen(work: &Work, people: &[Person], policy: &Policy, now: i64) -> Decision {
    // The same ticket at the same moment draws the same lot, on every machine.
    let seed = (work.id.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ now as u64;
    choose(work, people, policy, now, seed)
}

/// Queued work says what it waits for, once for each new reason.
fn keep_waiting(tx: &mut Tx, ticket: TicketId, cause: Cause, decision: Decision) -> Result<(), RoutingError> {
    let last = store::find_last_decision(tx, ticket)?;
    if let Some(Made::Choice(last)) = last.map(|it| it.made)
        && last.how == decision.how
    {
        return Ok(());
    }
    let made = Made::Choice(decision.shortened(OTHERS_KEPT_MAX));
    let decision = store::insert_decision(tx, ticket, cause, None, false, &made)?;
    Ok(events::record(tx, &Event::TicketRouted { ticket, decision, chosen: None })?)
}
