//! From rows to the pure crate's people and work, and back: giving a ticket to somebody.

use super::policy::Knobs;
use super::store::{self, Hand, Need, Waiting};
use super::{Cause, PresenceStatus, RoutingError};
use crate::events::{self, Event};
use crate::skills::{self, store::Fading};
use crate::tickets::{self, Priority, Ticket, UpdateTicket};
use crate::{SkillId, TicketId, Tx, UserId};
use ::routing::{Beliefs, Channel, Decision, Hardness, Person, PersonId, Pull, Requirement, Work, WorkId};
use ::skills::SkillBelief;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "made", rename_all = "snake_case")]
pub enum Made {
    /// For one piece of work, the best of the people on hand.
    Choice(Decision),
    /// For one free person, the next of the waiting work.
    Pull(Pull),
}

/// Who knows the ticket already, and who has just put it back.
pub(super) fn who_knows(
    tx: &mut Tx,
    ticket: &Waiting,
) -> Result<(Option<UserId>, Option<UserId>), db::Error> {
    let knows = if ticket.replies > 0 { store::find_last_answerer(tx, ticket.id)? } else { None };
    let declined = if ticket.stations > 0 { store::find_decliner(tx, ticket.id)? } else { None };
    Ok((knows.filter(|user| declined != Some(*user)), declined))
}

/// The work of a ticket: its needs, its difficulty, and how pressing it is. A priority that somebody has set rules;
/// without one the customer's own words count. After a long wait some musts give way.
pub(super) fn work(
    ticket: &Waiting,
    needs: &[Need],
    knows: Option<UserId>,
    declined: Option<UserId>,
    musts_gave_way: bool,
) -> Work {
    let requirements = needs
        .iter()
        .map(|need| {
            let must = need.hardness == skills::Hardness::Must && !(musts_gave_way && need.gives_way());
            Requirement {
                skill: pure(need.skill),
                least_level: need.level,
                weight: need.weight,
                hardness: if must { Hardness::Must } else { Hardness::Prefer },
            }
        })
        .collect();
    Work {
        id: WorkId(ticket.id.0),
        channel: ticket.channel,
        priority: pressing(ticket.priority, ticket.urgency),
        waiting_since_ms: ticket.waiting_since.unwrap_or(ticket.created_at),
        requirements,
        asked: None,
        difficulty: difficulty(ticket, needs.len()),
        size: 1.0,
        avoid: declined.into_iter().chain([ticket.requester]).map(|user| PersonId(user.0)).collect(),
        prefer_person: knows.map(|user| PersonId(user.0)),
    }
}

pub(super) fn difficulty(ticket: &Waiting, needs: usize) -> f64 {
    skills::difficulty_of(ticket.priority, ticket.anger, needs)
}

pub(super) fn pressing(priority: Option<Priority>, urgency: i64) -> ::routing::Priority {
    match priority {
        Some(Priority::Low) => ::routing::Priority::Low,
        Some(Priority::Normal) => ::routing::Priority::Normal,
        Some(Priority::High) => ::routing::Priority::High,
        Some(Priority::Urgent) => ::routing::Priority::Urgent,
        None if urgency >= 3 => ::routing::Priority::Urgent,
        None if urgency == 2 => ::routing::Priority::High,
        None => ::routing::Priority::Normal,
    }
}

/// People with what is believed of them in the needed skills; where nothing is known yet, the start of that kind of skill.
pub(super) fn people(
    tx: &mut Tx,
    hands: &[Hand],
    needs: &[Need],
    channel: Channel,
    knobs: &Knobs,
) -> Result<Vec<Person>, db::Error> {
    let mut starts: BTreeMap<SkillId, SkillBelief> = BTreeMap::new();
    let mut fading: Vec<Fading> = Vec::new();
    for need in needs {
        let belief = ::skills::prior(need.kind);
        if starts.insert(need.skill, SkillBelief { skill: pure(need.skill), belief }).is_none() {
            fading.push(Fading { skill: need.skill, kind: need.kind, tau_days: need.tau_days });
        }
    }
    let mut held: HashMap<UserId, Vec<SkillBelief>> = HashMap::new();
    if !starts.is_empty() && !hands.is_empty() {
        for (user, skill, belief) in skills::store::list_beliefs_of_present(tx, &fading)? {
            held.entry(user).or_default().push(SkillBelief { skill: pure(skill), belief });
        }
    }
    let users: Vec<UserId> = hands.iter().map(|it| it.user).collect();
    let offered = knobs.policy.channels.of(channel);
    let in_hands = match offered {
        Some(_) => store::offers::list_held_by_channel(tx, &users)?,
        None => HashMap::new(),
    };
    Ok(hands
        .iter()
        .map(|it| {
            let known = held.remove(&it.user).unwrap_or_default();
            // Of two beliefs in the same skill the later one counts.
            let beliefs = Beliefs::new(starts.values().copied().chain(known));
            let mut person = Person::new(PersonId(it.user.0), it.status).idle_since(it.idle_since);
            match offered {
                None => {
                    person.set_capacity(Channel::Email, it.load as f64, knobs.limit(it.limit) as f64);
                }
                Some(policy) if it.takes_live => {
                    let held = in_hands.get(&it.user).copied().unwrap_or_default();
                    let free = knobs.policy.channels.has_room(channel, &held);
                    let load = if free { held[channel as usize] } else { policy.places };
                    person.status = PresenceStatus::Online;
                    person.set_capacity(channel, load as f64, policy.places as f64);
                }
                // They take nothing of this kind.
                Some(_) => {}
            }
            person.beliefs = beliefs;
            person
        })
        .collect())
}

/// Keeps the decision (as [`store::written`]), tells it, and gives the ticket to the person.
pub(super) fn give(
    tx: &mut Tx,
    ticket: TicketId,
    to: UserId,
    cause: Cause,
    made: &store::Written,
    explored: bool,
) -> Result<Ticket, RoutingError> {
    let decision = store::insert_decision(tx, ticket, cause, Some(to), explored, made)?;
    events::record(tx, &Event::TicketRouted { ticket, decision, chosen: Some(to) })?;
    let updated = tickets::update(
        tx,
        &UpdateTicket {
            assignee: Some(Some(to)),
            channel: tickets::Channel::Rule,
            ..UpdateTicket::of(ticket)
        },
    )?;
    crate::coaching::note_given(tx, ticket, to)?;
    store::save_given(tx, to)?;
    Ok(updated.ticket)
}

pub(super) fn take_back(tx: &mut Tx, ticket: TicketId) -> Result<Ticket, RoutingError> {
    let updated = tickets::update(
        tx,
        &UpdateTicket { assignee: Some(None), channel: tickets::Channel::Rule, ..UpdateTicket::of(ticket) },
    )?;
    Ok(updated.ticket)
}

pub(super) fn pure(skill: SkillId) -> ::skills::SkillId {
    ::skills::SkillId(skill.0)
}
