//! From rows to the pure crate's people and work, and back: giving a ticket to somebody.

use super::store::{self, Hand, Need, Waiting};
use super::{Cause, RULE_MUST_GIVES_WAY_AFTER_MS, RoutingError};
use crate::events::{self, Event};
use crate::skills::{self, store::Fading};
use crate::tickets::{self, Priority, UpdateTicket};
use crate::{SkillId, TicketId, Tx, UserId, settings};
use ::routing::{
    Beliefs, Channel, Decision, Hardness, Person, PersonId, Policy, Pull, Requirement, Work, WorkId,
};
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

pub(super) fn policy(tx: &mut Tx) -> Result<(Policy, i64), db::Error> {
    let company = settings::company(tx)?;
    Ok((Policy { explore_share: company.exploration_share, ..Policy::default() }, company.ticket_capacity))
}

/// All written work is one channel: chats and calls get capacities of their own with their doors.
const CHANNEL: Channel = Channel::Email;

/// The work of a ticket: its needs, its difficulty, and how pressing it is. A priority that somebody has set rules;
/// without one the customer's own words count.
pub(super) fn work(tx: &mut Tx, ticket: &Waiting, needs: &[Need]) -> Result<Work, db::Error> {
    let now = tx.now();
    let knows = if ticket.replies > 0 { store::find_last_answerer(tx, ticket.id)? } else { None };
    let declined = if ticket.stations > 0 { store::find_decliner(tx, ticket.id)? } else { None };
    let waiting_since = ticket.waiting_since.unwrap_or(ticket.created_at);
    let waited_long = now - waiting_since >= RULE_MUST_GIVES_WAY_AFTER_MS;
    let requirements = needs
        .iter()
        .map(|need| {
            let must = need.hardness == skills::Hardness::Must && !(waited_long && need.gives_way());
            Requirement {
                skill: pure(need.skill),
                least_level: need.level,
                weight: need.weight,
                hardness: if must { Hardness::Must } else { Hardness::Prefer },
            }
        })
        .collect();
    Ok(Work {
        id: WorkId(ticket.id.0),
        channel: CHANNEL,
        priority: pressing(ticket.priority, ticket.urgency),
        waiting_since_ms: waiting_since,
        requirements,
        asked: None,
        difficulty: skills::difficulty_of(ticket.priority, ticket.anger, needs.len()),
        size: 1.0,
        avoid: declined.into_iter().chain([ticket.requester]).map(|user| PersonId(user.0)).collect(),
        prefer_person: knows.filter(|user| declined != Some(*user)).map(|user| PersonId(user.0)),
    })
}

fn pressing(priority: Option<Priority>, urgency: i64) -> ::routing::Priority {
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
    capacity: i64,
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
    Ok(hands
        .iter()
        .map(|it| {
            let known = held.remove(&it.user).unwrap_or_default();
            // Of two beliefs in the same skill the later one counts.
            let beliefs = Beliefs::new(starts.values().copied().chain(known));
            let mut person = Person::new(PersonId(it.user.0), it.status)
                .holding(CHANNEL, it.load as f64, it.limit.unwrap_or(capacity) as f64)
                .idle_since(it.idle_since);
            person.beliefs = beliefs;
            person
        })
        .collect())
}

/// Keeps the decision, tells it, and gives the ticket to the person.
pub(super) fn give(
    tx: &mut Tx,
    ticket: TicketId,
    to: UserId,
    cause: Cause,
    made: &Made,
    explored: bool,
) -> Result<(), RoutingError> {
    let decision = store::insert_decision(tx, ticket, cause, Some(to), explored, made)?;
    events::record(tx, &Event::TicketRouted { ticket, decision, chosen: Some(to) })?;
    tickets::update(
        tx,
        &UpdateTicket {
            assignee: Some(Some(to)),
            channel: tickets::Channel::Rule,
            ..UpdateTicket::of(ticket)
        },
    )?;
    crate::coaching::note_given(tx, ticket, to)?;
    store::save_given(tx, to)?;
    Ok(())
}

pub(super) fn take_back(tx: &mut Tx, ticket: TicketId) -> Result<(), RoutingError> {
    tickets::update(
        tx,
        &UpdateTicket { assignee: Some(None), channel: tickets::Channel::Rule, ..UpdateTicket::of(ticket) },
    )?;
    Ok(())
}

fn pure(skill: SkillId) -> ::skills::SkillId {
    ::skills::SkillId(skill.0)
}
