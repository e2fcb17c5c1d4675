//! What would be decided about one ticket now, from what the database says: for "what does it wait for?". It changes
//! nothing, and nothing is given away by it; that is the owner's (`owner.rs`).

use super::asked::{self, Asked};
use super::policy::Knobs;
use super::queues::Gate;
use super::{RULE_MUST_GIVES_WAY_AFTER_MS, hands, store};
use crate::{SkillId, Tx, wellbeing};
use ::routing::{Decision, PersonId, choose};

pub(super) fn decide(tx: &mut Tx, ticket: &store::Waiting) -> Result<Decision, db::Error> {
    let now = tx.now();
    let knobs = Knobs::load(tx)?;
    let mut needs = store::list_needs(tx, &[ticket.id])?.remove(&ticket.id).unwrap_or_default();
    let asked = asked::find(tx, ticket)?;
    let skills: Vec<SkillId> = needs.iter().map(|it| it.skill).collect();
    if let Some(asked) = &asked {
        asked.add_needs(tx, &mut needs)?;
    }
    let queue = knobs.queues.taking(&ticket.facts(&skills));
    // The groups that are asked for rule instead of the ticket's and the queue's own.
    let gate = Gate::of(queue, ticket.group).filter(|_| !asked.as_ref().is_some_and(Asked::names_groups));
    let groups = gate.as_ref().map_or(&[][..], |gate| gate.groups(&knobs.queues));
    let mut on_hand = store::list_hands(tx, groups)?;
    let (knows, declined) = hands::who_knows(tx, ticket)?;
    let waited_ms = now - ticket.waiting_since.unwrap_or(ticket.created_at);
    let helpers = if gate.is_some() { queue.policy.helpers.as_slice() } else { &[] };
    for it in helpers.iter().filter(|it| it.after_ms() <= waited_ms) {
        // A group without members helps nobody out.
        let members = store::list_members_of(tx, &[it.group])?;
        let more = store::live::list_hands_of(tx, &members.iter().map(|it| it.1).collect::<Vec<_>>())?;
        on_hand.extend(
            more.into_iter()
                .filter(|it| on_hand.iter().all(|other| other.user != it.user))
                .collect::<Vec<_>>(),
        );
    }
    let gave_way = waited_ms >= RULE_MUST_GIVES_WAY_AFTER_MS;
    let mut work = hands::work(ticket, &needs, knows, declined, gave_way);
    if ticket.anger >= i64::from(wellbeing::HOSTILE_ANGER_MIN) {
        work.avoid.extend(wellbeing::resting(tx)?.into_iter().map(|user| PersonId(user.0)));
    }
    let mut people = hands::people(tx, &on_hand, &needs, ticket.channel, &knobs)?;
    if let Some(asked) = &asked {
        asked.join(tx, &mut people)?;
        asked.put_on(&mut work, &people, now);
    }
    Ok(choose(&work, &people, &knobs.telling(), now, 0))
}
