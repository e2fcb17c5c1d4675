//! What waits, and who has what.

use super::super::PresenceStatus;
use super::super::UNDERSTOOD_WITHIN_MS;
use super::super::hands::CHANNEL;
use super::super::rebuild::{Seen, Tickets};
use super::super::sought::Sought;
use super::super::store::live::{Standing, TicketRow};
use super::people::Colleague;
use super::{Known, Live, Told};
use crate::{GroupId, TicketId, UserId};
use ::routing::WorkId;
use ::routing::engine::{Arrival, PersonAt, QueueId};
use std::collections::HashSet;

/// Where a ticket belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Place {
    /// It seeks somebody.
    Waiting,
    With(UserId),
    /// Not understood yet, left alone, or with somebody who has no work here while nobody waits for an answer.
    Nowhere,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Versions {
    pub version: i64,
    pub routing_version: i64,
}

impl TicketRow {
    fn versions(&self) -> Versions {
        Versions { version: self.version, routing_version: self.routing_version }
    }
}

impl Known {
    /// Decided, and not yet committed.
    fn is_being_given(&self) -> bool {
        self.with.is_some() && self.with != self.holder
    }

    fn is_at(&self, it: Versions) -> bool {
        (self.version, self.routing_version) == (it.version, it.routing_version)
    }
}

impl Live {
    /// Somebody has it, or it waits: as the database says, and whether whoever has it is here.
    pub fn place_of(&self, row: &TicketRow, now: i64) -> Place {
        let ticket = &row.ticket;
        if self.aside.get(&ticket.id).is_some_and(|until| now < *until) {
            return Place::Nowhere;
        }
        let understood = row.routing_version > 0 || now - ticket.created_at >= UNDERSTOOD_WITHIN_MS;
        let Some(holder) = ticket.assignee else {
            return if understood { Place::Waiting } else { Place::Nowhere };
        };
        let somebody_waits = ticket.waiting_since.is_some();
        match self.people.get(&holder).filter(|it| it.may_work) {
            None if somebody_waits => Place::Waiting,
            None => Place::Nowhere,
            Some(it) if somebody_waits && self.has_gone(it, row) => Place::Waiting,
            Some(_) => Place::With(holder),
        }
    }

    /// Whoever was given it by hand while away or after leaving keeps it until the customer writes again.
    fn has_gone(&self, holder: &Colleague, row: &TicketRow) -> bool {
        let written_since = row.requester_updated_at >= row.assigned_at;
        match holder.said {
            Some(PresenceStatus::Offline) => {
                written_since || row.assigned_at.is_none_or(|at| at <= holder.since)
            }
            Some(_) => false,
            // Somebody who never said whether they are here has not gone, as long as nobody else has come.
            None => written_since && self.anybody_here(),
        }
    }

    /// It waits, or is being given away, and is known as it is.
    pub fn knows_as_waiting(&self, row: &TicketRow) -> bool {
        self.tickets
            .get(&row.ticket.id)
            .is_some_and(|it| it.is_at(row.versions()) && (it.with.is_none() || it.is_being_given()))
    }

    /// Tickets that are not known as they are.
    pub fn differing(&self, standing: &[Standing]) -> Vec<TicketId> {
        let open: HashSet<TicketId> = standing.iter().map(|it| it.id).collect();
        let changed = standing.iter().filter(|it| {
            let versions = Versions { version: it.version, routing_version: it.routing_version };
            self.tickets.get(&it.id).is_none_or(|known| !known.is_at(versions))
        });
        let gone = self.tickets.keys().filter(|id| !open.contains(id));
        changed.map(|it| it.id).chain(gone.copied()).collect()
    }

    /// First who has what, then what waits, the most pressing first.
    pub fn apply_tickets(&mut self, read: Tickets) {
        let Tickets { now, seen, gone, resting } = read;
        self.set_resting(&resting, now);
        for ticket in gone {
            self.forget(ticket, now);
        }
        let mut waiting: Vec<Seen> = Vec::new();
        for it in seen {
            match it.place {
                Place::Nowhere => self.forget(it.row.ticket.id, now),
                Place::With(user) => self.put_with(&it.row, user, now),
                Place::Waiting => waiting.push(it),
            }
        }
        let turn = |it: &Seen| {
            let ticket = &it.row.ticket;
            let pressing = super::super::hands::pressing(ticket.priority, ticket.urgency);
            (std::cmp::Reverse(pressing), ticket.waiting_since.unwrap_or(ticket.created_at), ticket.id)
        };
        waiting.sort_by_key(turn);
        for it in waiting {
            self.put_waiting(it, now);
        }
    }

    /// Its next word from the database counts, whatever is known.
    pub fn doubt(&mut self, ticket: TicketId) {
        if let Some(known) = self.tickets.get_mut(&ticket) {
            known.version = -1;
        }
    }

    pub fn set_aside(&mut self, ticket: TicketId, until: i64) {
        self.aside.insert(ticket, until);
    }

    fn put_with(&mut self, row: &TicketRow, user: UserId, now: i64) {
        let ticket = row.ticket.id;
        let Some(at) = self.people.get(&user).map(|it| it.at) else { return };
        self.drop_proposal(ticket);
        match self.tickets.get_mut(&ticket) {
            Some(known) => {
                (known.version, known.routing_version) = (row.version, row.routing_version);
                (known.holder, known.sought) = (Some(user), None);
                let with = known.with.replace(user);
                let work = known.at;
                if with == Some(user) {
                    return;
                }
                self.engine.hand_to(work, at, now, &mut self.out);
                if let Some(before) = with {
                    self.let_go(before, ticket, now);
                }
            }
            None => {
                let work = self.engine.hold(&Arrival::new(WorkId(ticket.0), self.in_hands, now), at);
                let known = Known {
                    at: work,
                    version: row.version,
                    routing_version: row.routing_version,
                    holder: Some(user),
                    with: Some(user),
                    sought: None,
                    told: Told::Unknown,
                };
                self.tickets.insert(ticket, known);
            }
        }
        self.hold(user, ticket);
        self.settle(now);
    }

    fn put_waiting(&mut self, it: Seen, now: i64) {
        let Seen { row, sought, .. } = it;
        let ticket = row.ticket.id;
        let Some(sought) = sought else { return };
        let told = match self.tickets.get_mut(&ticket) {
            None => Told::Unknown,
            Some(known) => {
                let waits = known.with.is_none();
                if waits && known.sought.as_ref().is_some_and(|it| it.seeks_the_same(&sought)) {
                    (known.version, known.routing_version) = (row.version, row.routing_version);
                    let holder_changed = known.holder != row.ticket.assignee;
                    known.holder = row.ticket.assignee;
                    if holder_changed {
                        self.placed.insert(ticket);
                    }
                    return;
                }
                known.told.clone()
            }
        };
        self.forget(ticket, now);
        let holder = row.ticket.assignee;
        self.arrive(sought, row.versions(), holder, now);
        if let Some(known) = self.tickets.get_mut(&ticket)
            && known.told == Told::Unknown
        {
            known.told = told;
        }
    }

    pub(super) fn arrive(&mut self, sought: Sought, at: Versions, holder: Option<UserId>, now: i64) {
        let ticket = sought.ticket.id;
        if let Some(group) = sought.own_group() {
            self.know_own_pool(group, now);
        }
        let queue = self.queue_of(sought.ticket.group);
        let class = self.engine.class(&sought.class(queue));
        let person = |user: Option<UserId>| user.and_then(|user| self.people.get(&user)).map(|it| it.at);
        let avoid: Vec<PersonAt> =
            [sought.declined, Some(sought.ticket.requester)].into_iter().filter_map(person).collect();
        let arrival = Arrival {
            difficulty: sought.difficulty() as f32,
            prefer: person(sought.knows),
            avoid: &avoid,
            ..Arrival::new(WorkId(ticket.0), class, sought.waiting_since())
        };
        let work = self.engine.arrive(&arrival, now, &mut self.out);
        let known = Known {
            at: work,
            version: at.version,
            routing_version: at.routing_version,
            holder,
            with: None,
            sought: Some(Box::new(sought)),
            told: Told::Unknown,
        };
        self.tickets.insert(ticket, known);
        self.placed.insert(ticket);
        self.settle(now);
    }

    fn forget(&mut self, ticket: TicketId, now: i64) {
        self.drop_proposal(ticket);
        self.placed.remove(&ticket);
        let Some(known) = self.tickets.remove(&ticket) else { return };
        if let Some(user) = known.with {
            self.let_go(user, ticket, now);
        }
        self.engine.withdraw(known.at, now, &mut self.out);
        self.settle(now);
    }

    fn drop_proposal(&mut self, ticket: TicketId) {
        if self.tickets.get(&ticket).is_some_and(Known::is_being_given) {
            self.proposals.retain(|it| it.ticket != ticket);
        }
    }

    pub(super) fn hold(&mut self, user: UserId, ticket: TicketId) {
        if let Some(it) = self.people.get_mut(&user) {
            it.holds.insert(ticket);
            it.person.set_capacity(CHANNEL, it.holds.len() as f64, it.limit as f64);
        }
    }

    fn let_go(&mut self, user: UserId, ticket: TicketId, now: i64) {
        if let Some(it) = self.people.get_mut(&user) {
            it.holds.remove(&ticket);
            it.person.set_capacity(CHANNEL, it.holds.len() as f64, it.limit as f64);
            if it.holds.is_empty() {
                it.person.idle_since_ms = now;
            }
        }
    }

    /// Each group's work is a queue of its own; what has no group is queue 0.
    fn queue_of(&mut self, group: Option<GroupId>) -> QueueId {
        let Some(group) = group else { return QueueId(0) };
        let next = u16::try_from(self.queues.len() + 1).unwrap_or(u16::MAX);
        let queue = QueueId(*self.queues.entry(group).or_insert(next));
        self.engine.set_queue(queue, Default::default());
        queue
    }
}
