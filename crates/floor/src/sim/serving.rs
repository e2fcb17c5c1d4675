//! How a contact is served: begun, worked on beside others, ended; and whoever has free hands looks for more.

use super::heap::{Event, Kind};
use super::state::{Duty, NONE};
use super::{Simulation, count, hours};
use crate::policy::Policy;

impl<P: Policy> Simulation<'_, P> {
    #[inline]
    pub(super) fn start(&mut self, person: u32, contact: u32) {
        let group = self.state.people[person as usize].group;
        let waited = self.state.waited(contact);
        let it = &mut self.state.contacts[contact as usize];
        it.turn += 1;
        let kind = it.kind;
        let (counted, period) = (it.counted, it.period);
        let cell = usize::from(kind) * self.state.facts.groups + usize::from(group);
        it.began = self.state.now;
        it.whole_work = it.work;
        it.work *= self.state.facts.time_factor[cell];
        if counted {
            let at = usize::from(kind) * self.totals.periods + usize::from(period);
            let figures = &mut self.totals.types[at];
            figures[count::SERVED] += 1.0;
            figures[count::WAIT_S_SERVED] += waited;
            if waited <= self.state.floor.types[usize::from(kind)].acceptable_s {
                figures[count::GOOD] += 1.0;
            }
            self.totals.waits.add(at, waited);
            let here = usize::from(group) * self.totals.periods + self.state.told;
            self.totals.groups[here][hours::SERVED] += 1.0;
        }
        let slows = self.state.facts.slows[usize::from(group)];
        if slows {
            self.settle_work(person);
        }
        if self.state.people[person as usize].held == 0 {
            self.account(usize::from(group));
            self.state.groups[usize::from(group)].busy += 1;
            self.state.people[person as usize].busy_since = self.state.now;
        }
        let at_once = self.state.floor.groups[usize::from(group)].at_once;
        if at_once > 1
            && let Some(time) = &self.state.floor.types[usize::from(kind)].wrap_up
            && let Some(unit) = &self.units[usize::from(kind)].wrap_up
        {
            // Who holds several writes up one while they answer the others.
            let stream = &mut self.streams[usize::from(kind)].outcome;
            self.state.contacts[contact as usize].work += unit.draw(stream) * time.mean_in(self.state.period);
        }
        self.state.hold(person, contact);
        if self.state.people[person as usize].ready {
            self.state.stand_back(person);
            if self.state.room(person) > 0 {
                self.state.stand_ready(person);
            }
        }
        self.state.contacts[contact as usize].worked = self.state.now;
        if slows {
            self.expect_ends(person);
        } else {
            let it = &self.state.contacts[contact as usize];
            self.heap.push(Event::new(self.state.now + it.work, Kind::ServiceEnd, contact, it.turn));
        }
        self.policy.person_changed(&self.state, person);
    }

    /// Pace of each contact while a person holds as many as now.
    fn pace(&self, person: u32) -> f64 {
        let it = &self.state.people[person as usize];
        let paces = &self.state.floor.groups[usize::from(it.group)].pace;
        let at = (it.held.max(1) as usize - 1).min(paces.len().saturating_sub(1));
        paces.get(at).copied().unwrap_or(1.0)
    }

    /// Work done on everything held until now, at the pace until now.
    fn settle_work(&mut self, person: u32) {
        let pace = self.pace(person);
        let mut contact = self.state.people[person as usize].first_held;
        while contact != NONE {
            let it = &mut self.state.contacts[contact as usize];
            it.work = (it.work - (self.state.now - it.worked) * pace).max(0.0);
            it.worked = self.state.now;
            contact = it.next;
        }
    }

    /// New moments at which everything held will be done, at the pace from now on.
    fn expect_ends(&mut self, person: u32) {
        let pace = self.pace(person);
        let mut contact = self.state.people[person as usize].first_held;
        while contact != NONE {
            let it = &mut self.state.contacts[contact as usize];
            it.turn += 1;
            self.heap.push(Event::new(self.state.now + it.work / pace, Kind::ServiceEnd, contact, it.turn));
            contact = it.next;
        }
    }

    #[inline]
    pub(super) fn end_service(&mut self, contact: u32) {
        let person = self.state.contacts[contact as usize].person;
        let group = usize::from(self.state.people[person as usize].group);
        let slows = self.state.facts.slows[group];
        if slows {
            self.settle_work(person);
        }
        let replied = self.state.waited(contact);
        self.note(contact, count::REPLY_S, replied);
        self.state.let_go(contact);
        self.policy.ended(&self.state, contact, person);
        if slows {
            self.expect_ends(person);
        }
        self.state.inside -= 1;
        let kind = usize::from(self.state.contacts[contact as usize].kind);
        if self.units[kind].needs_luck {
            self.conclude(contact, kind, group);
        } else {
            self.forget(contact);
        }
        if let Some(learner) = &mut self.learner {
            learner.practise(kind, group, self.state.now);
        }
        if self.state.floor.groups[group].at_once == 1
            && let Some(time) = &self.state.floor.types[kind].wrap_up
            && let Some(unit) = &self.units[kind].wrap_up
        {
            self.state.people[person as usize].wrapping = true;
            let delay = unit.draw(&mut self.streams[kind].outcome) * time.mean_in(self.state.period);
            self.heap.push(Event::new(self.state.now + delay, Kind::WrapUpEnd, person, 0));
            return self.policy.person_changed(&self.state, person);
        }
        self.become_free(person);
    }

    /// Their hands are freer: they go, take what waits, or stand ready.
    #[inline]
    pub(super) fn become_free(&mut self, person: u32) {
        let group = usize::from(self.state.people[person as usize].group);
        self.state.people[person as usize].idle_since = self.state.now;
        if self.state.people[person as usize].held == 0 {
            self.account(group);
            self.state.groups[group].busy -= 1;
            let from = self.count_from;
            let it = &mut self.state.people[person as usize];
            it.busy_s += (self.state.now - it.busy_since.max(from)).max(0.0);
            if it.duty == Duty::Leaving || self.state.groups[group].to_leave > 0 {
                if it.duty != Duty::Leaving {
                    self.state.groups[group].to_leave -= 1;
                }
                return self.leave_duty(person);
            }
        }
        self.policy.person_changed(&self.state, person);
        self.look_for_work(person);
    }

    pub(super) fn look_for_work(&mut self, person: u32) {
        while self.state.room(person) > 0 {
            if self.state.queued == 0 {
                break;
            }
            let Some(contact) = self.policy.contact_for(&self.state, person) else { break };
            self.take_from_queue(contact);
            self.start(person, contact);
        }
        if self.state.room(person) > 0 {
            if !self.state.people[person as usize].ready {
                self.state.stand_ready(person);
            }
            for at in 0..self.state.floor.dialers.len() {
                self.dial(at);
            }
        }
    }
}
