//! Somebody asks for the next: decided in their own transaction, by an engine that knows them and what waits.

use super::live::{Live, Scope};
use super::policy::Knobs;
use super::{Cause, QUEUE_LOOK_MAX, RoutingError, hands, offers, rebuild, store};
use crate::{GroupId, TicketId, Tx, UserId, wellbeing};

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

/// In which queues they may help out, at some time.
fn groups_helped_by(tx: &mut Tx, user: UserId, knobs: &Knobs) -> Result<Vec<GroupId>, db::Error> {
    if knobs.policy.queues.iter().all(|it| it.helpers.is_empty()) {
        return Ok(Vec::new());
    }
    let mine: Vec<GroupId> =
        store::live::list_memberships(tx, Some(&[user]))?.into_iter().map(|it| it.0).collect();
    let helped = knobs.policy.queues.iter().filter(|it| it.helpers.iter().any(|it| mine.contains(&it.group)));
    Ok(helped.filter_map(|it| it.group).collect())
}

/// What would be theirs next, and why, as it is kept.
fn next_of(tx: &mut Tx, user: UserId) -> Result<Option<(TicketId, store::Written)>, RoutingError> {
    let now = tx.now();
    let knobs = Knobs::load(tx)?;
    let helped = groups_helped_by(tx, user, &knobs)?;
    let waiting = store::list_queue(tx, user, &helped, QUEUE_LOOK_MAX)?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let sought = rebuild::read_sought(tx, waiting, &knobs.policy)?;
    let others = sought.iter().any(|it| it.may_skip());
    let only = [user];
    let people = rebuild::read_people(tx, if others { None } else { Some(&only) })?;
    let start = rebuild::Start { knobs, kinds: store::live::list_kinds(tx)?, seed: 0, now };
    let members = store::live::list_memberships(tx, None)?;
    let mut live = Live::new(start, people, members, Scope::OneWhoTakes(user));
    live.set_resting(&wellbeing::resting(tx)?, now);
    Ok(live.pull(sought, user, now)?.map(|it| (it.ticket, it.made)))
}
