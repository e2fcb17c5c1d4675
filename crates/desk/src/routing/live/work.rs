//! What waits, and who has what.

use super::super::PresenceStatus;
use super::super::UNDERSTOOD_WITHIN_MS;
use super::super::queues::QueueKey;
use super::super::rebuild::{Seen, Tickets};
use super::super::sought::Sought;
use super::super::store::live::{Standing, TicketRow};
use super::people::Colleague;
use super::{Known, Live, Told};
use crate::{TicketId, UserId};
use ::routing::engine::{AVOIDED_MAX, Arrival, Engine, Out, PersonAt, QueueId, WorkAt};
use ::routing::{Channel, WorkId};
use std::collections::HashSet;

/// Where a ticket belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Place {
    /// It seeks somebody.
    Waiting,
    With(UserId),
    /// They are asked, until then.
    Offered(UserId, i64),
    /// Not understood yet, left alone, or with somebody who has no work here while nobody waits for an answer.
    Nowhere,
}

impl Place {
    /// What it seeks must be known.
    pub fn seeks(self) -> bool {
        matches!(self, Place::Waiting | Place::Offered(..))
    }
}

/// Who has it or is asked, as the database says.
#[derive(Clone, Copy, Default)]
pub(super) struct Holds {
    pub holder: Option<UserId>,
    pub offered: Option<UserId>,
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
    pub(super) fn is_being_given(&self) -> bool {
        let so_far = if self.is_offer { self.offered } else { self.holder };
        self.with.is_some() && self.with != so_far
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
            return match row.offer {
                _ if !understood => Place::Nowhere,
                Some((to, until)) if now < until && self.may_be_asked(to, ticket.channel) => {
                    Place::Offered(to, until)
                }
                _ => Place::Waiting,
            };
        };
        let somebody_waits = ticket.waiting_since.is_some();
        match self.people.get(&holder).filter(|it| it.may_work) {
            None if somebody_waits => Place::Waiting,
            None => Place::Nowhere,
            Some(it) if somebody_waits && self.has_gone(it, row) => Place::Waiting,
            Some(_) => Place::With(holder),
        }
    }

    fn may_be_asked(&self, user: UserId, channel: Channel) -> bool {
        self.people.get(&user).is_some_and(|it| it.may_work && it.takes.has(channel))
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

    /// It waits, is offered, or is being given away, and is known as it is.
    pub fn knows_as_waiting(&self, row: &TicketRow) -> bool {
        self.tickets.get(&row.ticket.id).is_some_and(|it| {
            it.is_at(row.versions())
                && it.offered == row.offer.map(|it| it.0)
                && (it.with.is_none() || it.is_offer || it.is_being_given())
        })
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
                Place::Offered(user, until) => self.put_offered(it, user, until, now),
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
                (known.holder, known.offered, known.sought) = (Some(user), None, None);
                let with = known.with.replace(user);
                let was_offer = std::mem::take(&mut known.is_offer);
                let work = known.at;
                if with == Some(user) {
                    if was_offer {
                        self.engine.accept(work);
                    }
                    return;
                }
                self.engine.hand_to(work, at, now, &mut self.out);
                if let Some(before) = with {
                    self.let_go(before, ticket, now);
                }
            }
            None => {
                let class = self.in_hands[row.ticket.channel as usize];
                let work = self.engine.hold(&Arrival::new(WorkId(ticket.0), class, now), at);
                let known = Known {
                    at: work,
                    version: row.version,
                    routing_version: row.routing_version,
                    holder: Some(user),
                    offered: None,
                    with: Some(user),
                    is_offer: false,
                    channel: row.ticket.channel,
                    sought: None,
                    told: Told::Unknown,
                };
                self.tickets.insert(ticket, known);
            }
        }
        self.hold(user, ticket);
        self.settle(now);
    }

    /// As another process left it, or as it is known already.
    fn put_offered(&mut self, it: Seen, user: UserId, until: i64, now: i64) {
        let Seen { row, sought, .. } = it;
        let Some(sought) = sought else { return };
        let ticket = row.ticket.id;
        let told = self.tickets.get(&ticket).map_or(Told::Unknown, |it| it.told.clone());
        self.forget(ticket, now);
        let Some(at) = self.people.get(&user).map(|it| it.at) else { return };
        let work = self.enter(&sought, now, |engine, arrival, _out| engine.ask(arrival, at, until));
        let known = Known {
            at: work,
            version: row.version,
            routing_version: row.routing_version,
            holder: None,
            offered: Some(user),
            with: Some(user),
            is_offer: true,
            channel: row.ticket.channel,
            sought: Some(Box::new(sought)),
            told,
        };
        self.tickets.insert(ticket, known);
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
                let offer_stands = known.offered == row.offer.map(|it| it.0);
                if waits && offer_stands && known.sought.as_ref().is_some_and(|it| it.seeks_the_same(&sought))
                {
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
        let mut sought = sought;
        if let Some((user, until)) = row.offer {
            // It has run out, or they have gone: nobody has noted that yet.
            sought.passed.push((user, until.min(now)));
        }
        let held = Holds { holder: row.ticket.assignee, offered: row.offer.map(|it| it.0) };
        self.arrive(sought, row.versions(), held, now);
        if let Some(known) = self.tickets.get_mut(&ticket)
            && known.told == Told::Unknown
        {
            known.told = told;
        }
    }

    pub(super) fn arrive(&mut self, sought: Sought, at: Versions, held: Holds, now: i64) {
        let ticket = sought.ticket.id;
        let work = self.enter(&sought, now, |engine, arrival, out| engine.arrive(arrival, now, out));
        let known = Known {
            at: work,
            version: at.version,
            routing_version: at.routing_version,
            holder: held.holder,
            offered: held.offered,
            with: None,
            is_offer: false,
            channel: sought.ticket.channel,
            sought: Some(Box::new(sought)),
            told: Told::Unknown,
        };
        self.tickets.insert(ticket, known);
        self.placed.insert(ticket);
        self.settle(now);
    }

    /// What it seeks as the engine's work.
    fn enter(
        &mut self,
        sought: &Sought,
        now: i64,
        enter: impl FnOnce(&mut Engine, &Arrival<'_>, &mut Vec<Out>) -> WorkAt,
    ) -> WorkAt {
        if let Some(gate) = sought.gate {
            self.know_own_pool(gate, now);
        }
        let queue = self.number_of(sought.queue);
        let class = self.engine.class(&sought.class(queue));
        let person = |user: Option<UserId>| user.and_then(|user| self.people.get(&user)).map(|it| it.at);
        let avoid: Vec<PersonAt> =
            [sought.declined, Some(sought.ticket.requester)].into_iter().filter_map(person).collect();
        let passed: Vec<PersonAt> =
            sought.passed.iter().rev().filter_map(|it| person(Some(it.0))).take(AVOIDED_MAX).collect();
        let arrival = Arrival {
            passed: &passed,
            passed_at_ms: sought.passed.iter().map(|it| it.1).max().unwrap_or(i64::MIN),
            due_ms: sought.due,
            difficulty: sought.difficulty() as f32,
            prefer: person(sought.knows),
            avoid: &avoid,
            ..Arrival::new(WorkId(sought.ticket.id.0), class, sought.waiting_since())
        };
        enter(&mut self.engine, &arrival, &mut self.out)
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

    pub(super) fn drop_proposal(&mut self, ticket: TicketId) {
        if self.tickets.get(&ticket).is_some_and(Known::is_being_given) {
            self.proposals.retain(|it| it.ticket != ticket);
        }
    }

    pub(super) fn hold(&mut self, user: UserId, ticket: TicketId) {
        let channel = self.tickets.get(&ticket).map_or(Channel::Email, |it| it.channel);
        if let Some(it) = self.people.get_mut(&user) {
            it.holds.insert(ticket, channel);
            it.tell(&self.knobs.policy.channels);
        }
    }

    pub(super) fn let_go(&mut self, user: UserId, ticket: TicketId, now: i64) {
        if let Some(it) = self.people.get_mut(&user) {
            it.holds.remove(&ticket);
            it.tell(&self.knobs.policy.channels);
            if it.holds.is_empty() {
                it.person.idle_since_ms = now;
            }
        }
    }

    /// What the engine calls a queue.
    pub(super) fn number_of(&mut self, key: QueueKey) -> QueueId {
        if let Some(known) = self.queues.get(&key) {
            return QueueId(*known);
        }
        let number = u16::try_from(self.queues.len()).unwrap_or(u16::MAX);
        self.queues.insert(key, number);
        let rule = self.queues().get(key.queue).policy.rule();
        self.engine.set_queue(QueueId(number), rule);
        self.rank_all(key);
        QueueId(number)
    }
}
