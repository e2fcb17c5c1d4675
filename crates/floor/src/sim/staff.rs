//! People come and go with the periods, and leave what they hold if the floor says so; a dialer calls when enough of them are free.

use super::heap::{Event, Kind};
use super::{Duty, NONE, Simulation, count, hours};
use crate::chance::share;
use crate::model::Closing;
use crate::policy::Policy;

impl<P: Policy> Simulation<'_, P> {
    pub(super) fn leave_duty(&mut self, person: u32) {
        if self.state.people[person as usize].ready {
            self.state.stand_back(person);
        }
        self.state.people[person as usize].duty = Duty::Off;
        let group = usize::from(self.state.people[person as usize].group);
        self.account(group);
        self.state.groups[group].present -= 1;
        self.policy.person_changed(&self.state, person);
        if self.state.floor.clock.sends_away && self.state.groups[group].present == 0 {
            self.send_away();
        }
    }

    /// Nobody is left who could serve them.
    pub(super) fn send_away(&mut self) {
        for (kind, it) in self.state.floor.types.iter().enumerate() {
            let is_alone =
                it.tiers.iter().flat_map(|it| &it.groups).all(|group| self.state.groups[*group].present == 0);
            while is_alone && self.state.queues[kind].first != NONE {
                let contact = self.state.queues[kind].first;
                self.take_from_queue(contact);
                self.note(contact, count::SENT_AWAY, 1.0);
                self.state.inside -= 1;
                self.forget(contact);
            }
        }
    }

    pub(super) fn begin_period(&mut self, period: usize) {
        for group in 0..self.state.groups.len() {
            self.account(group);
        }
        let clock = self.state.floor.clock;
        self.state.period = period;
        self.state.told = clock.told_as(period);
        if period < clock.periods {
            let next = self.opened + clock.period_s * (period + 1) as f64;
            if period + 1 < clock.periods || clock.closing == Closing::Drain {
                self.heap.push(Event::new(next, Kind::Period, period as u32 + 1, 0));
            }
        }
        for group in 0..self.state.groups.len() {
            let wanted = self.state.floor.groups[group].staff_in(period);
            let it = &self.state.groups[group];
            let leaving = (it.people_from..it.people_to)
                .filter(|at| self.state.people[*at as usize].duty == Duty::Leaving)
                .count() as u32;
            let staying = it.present - it.to_leave - leaving;
            if staying > wanted {
                self.send_home(group, staying - wanted);
            } else {
                self.call_in(group, wanted - staying);
            }
        }
    }

    /// The idle go at once, the others when their hands are empty.
    pub(super) fn send_home(&mut self, group: usize, mut how_many: u32) {
        let mut person = self.state.groups[group].last_ready;
        while how_many > 0 && person != NONE {
            let previous = self.state.people[person as usize].previous;
            if self.state.people[person as usize].held == 0 {
                self.leave_duty(person);
                how_many -= 1;
            }
            person = previous;
        }
        let hands_back = self.state.floor.clock.hands_back;
        if self.state.floor.groups[group].at_once == 1 && !hands_back {
            self.state.groups[group].to_leave += how_many;
            return;
        }
        let (from, to) = (self.state.groups[group].people_from, self.state.groups[group].people_to);
        let mut busy: Vec<u32> =
            (from..to).filter(|it| self.state.people[*it as usize].duty == Duty::On).collect();
        busy.sort_by_key(|it| self.state.people[*it as usize].held);
        for person in busy.into_iter().take(how_many as usize) {
            if hands_back && !self.state.people[person as usize].wrapping {
                self.hand_back(person);
                continue;
            }
            if self.state.people[person as usize].ready {
                self.state.stand_back(person);
            }
            self.state.people[person as usize].duty = Duty::Leaving;
            self.policy.person_changed(&self.state, person);
        }
    }

    /// They go now; what they hold waits again, as long as since it came, and is begun anew by whoever has it next.
    fn hand_back(&mut self, person: u32) {
        let group = usize::from(self.state.people[person as usize].group);
        let mut held = Vec::new();
        while self.state.people[person as usize].first_held != NONE {
            let contact = self.state.people[person as usize].first_held;
            self.take_back_start(contact, group);
            self.state.let_go(contact);
            self.policy.ended(&self.state, contact, person);
            held.push(contact);
        }
        if !held.is_empty() {
            self.account(group);
            self.state.groups[group].busy -= 1;
            let from = self.count_from;
            let it = &mut self.state.people[person as usize];
            it.busy_s += (self.state.now - it.busy_since.max(from)).max(0.0);
        }
        self.leave_duty(person);
        for contact in held {
            self.wait_again(contact);
        }
    }

    /// As if it had not been begun: what was counted then is counted when it is begun for good.
    fn take_back_start(&mut self, contact: u32, group: usize) {
        let it = &mut self.state.contacts[contact as usize];
        it.turn += 1;
        it.work = it.whole_work;
        let waited = it.began - it.queued;
        let (kind, period, counted) = (usize::from(it.kind), usize::from(it.period), it.counted);
        if counted {
            let at = kind * self.totals.periods + period;
            let figures = &mut self.totals.types[at];
            figures[count::SERVED] -= 1.0;
            figures[count::WAIT_S_SERVED] -= waited;
            if waited <= self.state.floor.types[kind].acceptable_s {
                figures[count::GOOD] -= 1.0;
            }
            self.totals.waits.remove(at, waited);
            self.totals.groups[group * self.totals.periods + self.state.told][hours::SERVED] -= 1.0;
        }
    }

    fn wait_again(&mut self, contact: u32) {
        if let Some(person) = self.policy.person_for(&self.state, contact) {
            return self.start(person, contact);
        }
        self.state.enqueue(contact);
        let it = &self.state.contacts[contact as usize];
        let (turn, queued, now) = (it.turn, it.queued, self.state.now);
        if it.patience.is_finite() {
            self.heap.push(Event::new(now + it.patience, Kind::GivesUp, contact, turn));
        }
        for after in &self.state.facts.wider_at[usize::from(it.kind)] {
            if queued + after > now {
                self.heap.push(Event::new(queued + after, Kind::WiderSearch, contact, turn));
            }
        }
    }

    /// Somebody on duty of the group that knows it already, whatever they hold.
    pub(super) fn who_knows(&self, contact: u32) -> Option<u32> {
        let group = self.state.contacts[contact as usize].known_by;
        let it = self.state.groups.get(group as usize)?;
        (it.people_from..it.people_to).find(|at| self.state.people[*at as usize].duty == Duty::On)
    }

    /// Those who were about to leave stay; then others come.
    pub(super) fn call_in(&mut self, group: usize, mut how_many: u32) {
        let stay = self.state.groups[group].to_leave.min(how_many);
        self.state.groups[group].to_leave -= stay;
        how_many -= stay;
        let (from, to) = (self.state.groups[group].people_from, self.state.groups[group].people_to);
        for wanted in [Duty::Leaving, Duty::Off] {
            for person in from..to {
                if how_many == 0 {
                    return;
                }
                if self.state.people[person as usize].duty == wanted {
                    how_many -= 1;
                    self.state.people[person as usize].duty = Duty::On;
                    self.state.people[person as usize].idle_since = self.state.now;
                    if wanted == Duty::Off {
                        self.account(group);
                        self.state.groups[group].present += 1;
                    }
                    self.policy.person_changed(&self.state, person);
                    self.look_for_work(person);
                }
            }
        }
    }

    pub(super) fn dial(&mut self, at: usize) {
        let dialer = &self.state.floor.dialers[at];
        let now = self.state.now - self.opened;
        if now < dialer.from_s || now >= dialer.until_s {
            return;
        }
        let free = |groups: &[usize]| groups.iter().map(|it| self.state.groups[*it].ready).sum::<u32>();
        let targets = free(&dialer.targets);
        if free(&dialer.watched) < dialer.free_least || targets < dialer.target_free_least {
            return;
        }
        let calls = (dialer.calls_per_free * f64::from(targets)).round() as u32;
        let reach = dialer.reach.get(self.state.period).or(dialer.reach.last()).copied().unwrap_or(0.0);
        let kind = dialer.kind;
        for _ in 0..calls {
            if share(&mut self.dialer) < reach {
                self.events += 1;
                let contact = self.new_contact(kind);
                self.come_in(contact);
            }
        }
    }
}
