//! How a contact ends: given up, solved, passed on, or to come back.

use super::heap::{Event, Kind};
use super::state::Place;
use super::{Simulation, count};
use crate::chance::share;
use crate::model::Closing;
use crate::outcome::{expected_rating, second_luck};
use crate::policy::Policy;

impl<P: Policy> Simulation<'_, P> {
    pub(super) fn give_up(&mut self, contact: u32) {
        self.take_from_queue(contact);
        self.leave_unserved(contact);
    }

    pub(super) fn leave_unserved(&mut self, contact: u32) {
        let waited = self.state.waited(contact);
        let kind = usize::from(self.state.contacts[contact as usize].kind);
        let it = &self.state.floor.types[kind];
        self.note(contact, count::ABANDONED, 1.0);
        self.note(contact, count::WAIT_S_ABANDONED, waited);
        if waited >= it.acceptable_s {
            self.note(contact, count::ABANDONED_LATE, 1.0);
        }
        self.state.inside -= 1;
        let Some(again) = &it.retrial else { return self.forget(contact) };
        let luck = self.state.contacts[contact as usize].luck;
        if luck >= again.share {
            return self.forget(contact);
        }
        self.note(contact, count::RETRIED, 1.0);
        let unit = self.units[kind].retrial.as_ref();
        let outcome = &mut self.streams[kind].outcome;
        let delay = unit.map_or(1.0, |unit| unit.draw(outcome)) * again.after.mean_in(self.state.period);
        self.state.contacts[contact as usize].luck = share(outcome);
        self.come_back_after(contact, delay);
    }

    pub(super) fn come_back_after(&mut self, contact: u32, delay: f64) {
        let it = &mut self.state.contacts[contact as usize];
        it.place = Place::Away;
        it.turn += 1;
        self.state.away += 1;
        self.heap.push(Event::new(self.state.now + delay, Kind::TriesAgain, contact, it.turn));
    }

    /// Some who were served write again later, and find whoever served them if they are there then.
    fn may_write_again(&mut self, kind: usize, group: usize) {
        let floor = self.state.floor;
        let all = &floor.types[kind].writes_again;
        if all.is_empty() {
            return;
        }
        let outcome = &mut self.streams[kind].outcome;
        let mut lot = share(outcome);
        for (at, it) in all.iter().enumerate() {
            if lot >= it.share {
                lot -= it.share;
                continue;
            }
            let unit = self.units[kind].writes_again[at].draw(outcome);
            let delay = unit * it.after.mean_in(self.state.period);
            let closes = self.opened + floor.clock.horizon_s();
            if floor.clock.closing != Closing::Continue && self.state.now + delay >= closes {
                return;
            }
            let next = self.new_contact(it.to);
            self.state.contacts[next as usize].known_by = group as u32;
            return self.come_back_after(next, delay);
        }
    }

    /// What came of it: passed on, solved, or to come back.
    pub(super) fn conclude(&mut self, contact: u32, kind: usize, group: usize) {
        let floor = self.state.floor;
        let it = &floor.types[kind];
        let luck = self.state.contacts[contact as usize].luck;
        let mut lot = second_luck(luck);
        for transfer in &it.transfers {
            if lot < transfer.share {
                self.note(contact, count::TRANSFERRED, 1.0);
                let next = self.new_contact(transfer.to);
                self.forget(contact);
                return self.come_in(next);
            }
            lot -= transfer.share;
        }
        self.may_write_again(kind, group);
        if !self.units[kind].is_judged {
            return self.forget(contact);
        }
        let cell = kind * self.state.facts.groups + group;
        let (p_solved, logits) = match &self.learner {
            Some(learner) => learner.truth(kind, group, self.state.now),
            None => (self.state.facts.true_success[cell], self.state.facts.true_logits[cell]),
        };
        let is_solved = luck < p_solved;
        let (returns, waited) = {
            let it = &self.state.contacts[contact as usize];
            (it.returns, (it.worked - it.queued).max(0.0))
        };
        if !returns {
            self.note(contact, count::JUDGED, 1.0);
            self.note(contact, count::SOLVED, f64::from(u8::from(is_solved)));
        }
        if !it.needs.is_empty() {
            self.note(contact, count::RATED, 1.0);
            let rating = expected_rating(logits, waited);
            self.note(contact, count::RATING_SUM, rating);
        }
        match &it.unsolved {
            Some(again) if !is_solved && lot < again.share => {
                let unit = self.units[kind].unsolved.as_ref();
                let outcome = &mut self.streams[kind].outcome;
                let delay =
                    unit.map_or(1.0, |unit| unit.draw(outcome)) * again.after.mean_in(self.state.period);
                let (luck, work) = (share(outcome), self.units[kind].service.draw(outcome));
                let mean = it.service.mean_in(self.state.period);
                let contact_state = &mut self.state.contacts[contact as usize];
                (contact_state.luck, contact_state.work) = (luck, work * mean);
                contact_state.returns = true;
                let closes = self.opened + floor.clock.horizon_s();
                if floor.clock.closing != Closing::Continue && self.state.now + delay >= closes {
                    return self.forget(contact);
                }
                self.come_back_after(contact, delay);
            }
            _ => self.forget(contact),
        }
    }
}
