//! How a contact comes: drawn for the day, expected, born with business and patience of its own, and let in.

use super::heap::{Event, Kind};
use super::state::{Contact, NONE, Place};
use super::{Simulation, Streams, count};
use crate::chance::{Purpose, busyness, exponential, share, stream};
use crate::model::Arrivals;
use crate::policy::Policy;

impl<P: Policy> Simulation<'_, P> {
    pub(super) fn draw_the_day(&mut self, day: u64) {
        let floor = self.state.floor;
        let seed = self.seed;
        let kinds = 0..floor.types.len();
        let of = |purpose, kind| stream(seed, day, purpose, kind);
        self.streams.clear();
        self.streams.extend(kinds.map(|kind| Streams {
            arrivals: of(Purpose::Arrivals, kind),
            service: of(Purpose::Service, kind),
            patience: of(Purpose::Patience, kind),
            outcome: of(Purpose::Outcome, kind),
        }));
        self.dialer = of(Purpose::Dialer, 0);
        self.busyness = floor.busyness.map_or(1.0, |shape| busyness(&mut of(Purpose::Day, 0), shape));
        for (kind, coming) in self.coming.iter_mut().enumerate() {
            coming.at = 0;
            coming.moments.clear();
            coming.known_by.clear();
            coming.next_known_by = None;
            let today = |days: usize| (day % days.max(1) as u64) as usize;
            match &floor.types[kind].arrivals {
                Arrivals::Counts(days) => {
                    let counts = days.get(today(days.len())).map_or(&[][..], Vec::as_slice);
                    for (period, count) in counts.iter().enumerate().take(floor.clock.periods) {
                        let stream = &mut self.streams[kind].arrivals;
                        let moment = |_| (period as f64 + share(stream)) * floor.clock.period_s;
                        coming.moments.extend((0..*count).map(moment));
                    }
                    coming.moments.sort_by(f64::total_cmp);
                }
                Arrivals::Moments(days) => {
                    coming.moments.extend(days.get(today(days.len())).into_iter().flatten());
                    let known_by = &floor.types[kind].known_by;
                    coming.known_by.extend(known_by.get(today(days.len())).into_iter().flatten());
                }
                Arrivals::Poisson(_) | Arrivals::Never => {}
            }
        }
    }

    /// Puts the next arrival of a type on the list.
    #[inline]
    pub(super) fn expect_next(&mut self, kind: usize, after: f64) {
        let clock = &self.state.floor.clock;
        let at = match &self.state.floor.types[kind].arrivals {
            Arrivals::Poisson(rates) => {
                let stream = &mut self.streams[kind].arrivals;
                let mut left = exponential(stream);
                let mut at = after - self.opened;
                let mut period = clock.period_of(at);
                loop {
                    if period >= clock.periods {
                        return;
                    }
                    let rate = rates.get(period).or(rates.last()).copied().unwrap_or(0.0) * self.busyness;
                    let end = clock.period_s * (period + 1) as f64;
                    let used = rate * (end - at);
                    if left < used {
                        break self.opened + at + left / rate;
                    }
                    left -= used;
                    at = end;
                    period += 1;
                }
            }
            Arrivals::Never => return,
            Arrivals::Counts(_) | Arrivals::Moments(_) => {
                let coming = &mut self.coming[kind];
                let Some(moment) = coming.moments.get(coming.at) else { return };
                coming.next_known_by = coming.known_by.get(coming.at).copied().flatten();
                coming.at += 1;
                self.opened + moment
            }
        };
        self.heap.push(Event::new(at, Kind::Arrival, kind as u32, 0));
    }

    /// A customer with business and patience of their own.
    #[inline]
    pub(super) fn new_contact(&mut self, kind: usize) -> u32 {
        let state = &mut self.state;
        let it = &state.floor.types[kind];
        let (units, streams) = (&self.units[kind], &mut self.streams[kind]);
        let work = units.service.draw(&mut streams.service) * it.service.mean_in(state.period);
        let mut patience = f64::INFINITY;
        if let (Some(unit), Some(time)) = (&units.patience, &it.patience) {
            patience = unit.draw(&mut streams.patience) * time.mean_in(state.period);
        }
        if it.balk_share > 0.0 && share(&mut streams.patience) < it.balk_share {
            patience = 0.0;
        }
        let luck = if units.needs_luck { share(&mut streams.outcome) } else { 0.0 };
        let contact = Contact {
            arrived: state.now,
            queued: state.now,
            work,
            worked: state.now,
            patience,
            luck,
            next: NONE,
            previous: NONE,
            person: NONE,
            turn: 0,
            kind: kind as u16,
            period: 0,
            place: Place::Away,
            returns: false,
            counted: false,
            known_by: NONE,
            began: state.now,
            whole_work: work,
        };
        match state.unused.pop() {
            Some(at) => {
                let turn = state.contacts[at as usize].turn;
                state.contacts[at as usize] = Contact { turn, ..contact };
                at
            }
            None => {
                state.contacts.push(contact);
                state.contacts.len() as u32 - 1
            }
        }
    }

    pub(super) fn forget(&mut self, contact: u32) {
        self.state.contacts[contact as usize].turn += 1;
        self.state.unused.push(contact);
    }

    #[inline]
    pub(super) fn come_in(&mut self, contact: u32) {
        let state = &mut self.state;
        let it = &mut state.contacts[contact as usize];
        it.arrived = state.now;
        it.queued = state.now;
        it.period = state.told as u16;
        it.counted = state.now >= self.count_from;
        self.note(contact, count::ARRIVED, 1.0);
        let floor = self.state.floor;
        if floor.lines.is_some_and(|lines| self.state.inside >= lines) {
            self.note(contact, count::BLOCKED, 1.0);
            return self.forget(contact);
        }
        if let Some(person) = self.who_knows(contact) {
            self.state.inside += 1;
            self.policy.held(&self.state, contact, person);
            return self.start(person, contact);
        }
        if let Some(person) = self.policy.person_for(&self.state, contact) {
            self.state.inside += 1;
            return self.start(person, contact);
        }
        if floor.waiting_places.is_some_and(|places| self.state.queued >= places) {
            self.note(contact, count::BLOCKED, 1.0);
            self.policy.refused(&self.state, contact);
            return self.forget(contact);
        }
        self.state.inside += 1;
        self.note(contact, count::WAITED, 1.0);
        if self.state.contacts[contact as usize].patience <= 0.0 {
            self.policy.refused(&self.state, contact);
            return self.leave_unserved(contact);
        }
        self.state.enqueue(contact);
        let it = &self.state.contacts[contact as usize];
        let (turn, queued) = (it.turn, it.queued);
        if it.patience.is_finite() {
            self.heap.push(Event::new(queued + it.patience, Kind::GivesUp, contact, turn));
        }
        for after in &self.state.facts.wider_at[usize::from(it.kind)] {
            self.heap.push(Event::new(queued + after, Kind::WiderSearch, contact, turn));
        }
    }
}
