//! The simulator: one day after another, event by event.

mod accounts;
mod coming;
mod day;
mod days;
mod heap;
mod learner;
mod leaving;
mod serving;
mod staff;
mod state;

pub(crate) use day::{DayTotals, GroupDay, TypeDay, count, hours};
pub(crate) use days::{Task, live_days};
pub(crate) use state::{Duty, Facts, NONE, Place, Queue, State};

use crate::chance::{Purpose, Stream, Unit, stream};
use crate::model::{Closing, Floor, Time};
use crate::policy::Policy;
use heap::{Event, Heap, Kind, TURN_MASK};
use learner::Learner;

/// Times of one type, ready to draw from.
struct Units {
    service: Unit,
    patience: Option<Unit>,
    wrap_up: Option<Unit>,
    retrial: Option<Unit>,
    unsolved: Option<Unit>,
    writes_again: Vec<Unit>,
    /// Whether what comes of a contact depends on luck.
    is_judged: bool,
    needs_luck: bool,
}

struct Streams {
    arrivals: Stream,
    service: Stream,
    patience: Stream,
    outcome: Stream,
}

/// Where the next arrival of a type comes from.
struct Coming {
    /// Moments of this day, where they are listed.
    moments: Vec<f64>,
    /// Beside them, the group that knows it already; or nothing.
    known_by: Vec<Option<usize>>,
    at: usize,
    /// Who knows the one that is expected next.
    next_known_by: Option<usize>,
}

pub(crate) struct Simulation<'a, P> {
    state: State<'a>,
    policy: P,
    heap: Heap,
    units: Vec<Units>,
    streams: Vec<Streams>,
    coming: Vec<Coming>,
    dialer: Stream,
    seed: u64,
    /// Factor on all arrivals today.
    busyness: f64,
    /// When this day opened; not 0 only in one long run.
    opened: f64,
    count_from: f64,
    totals: DayTotals,
    learner: Option<Learner>,
    events: u64,
}

impl<'a, P: Policy> Simulation<'a, P> {
    pub(crate) fn new(floor: &'a Floor, facts: &'a Facts, policy: P, seed: u64) -> Simulation<'a, P> {
        let unit = |time: &Time| Unit::of(&time.shape);
        let units = floor.types.iter().map(|it| Units {
            service: unit(&it.service),
            patience: it.patience.as_ref().map(unit),
            wrap_up: it.wrap_up.as_ref().map(unit),
            retrial: it.retrial.as_ref().map(|it| unit(&it.after)),
            unsolved: it.unsolved.as_ref().map(|it| unit(&it.after)),
            writes_again: it.writes_again.iter().map(|it| unit(&it.after)).collect(),
            is_judged: !it.needs.is_empty() || it.unsolved.is_some(),
            needs_luck: !it.needs.is_empty()
                || it.unsolved.is_some()
                || it.retrial.is_some()
                || !it.writes_again.is_empty()
                || !it.transfers.is_empty(),
        });
        Simulation {
            state: State::new(floor, facts),
            policy,
            heap: Heap::default(),
            units: units.collect(),
            streams: Vec::new(),
            coming: floor
                .types
                .iter()
                .map(|_| Coming { moments: Vec::new(), known_by: Vec::new(), at: 0, next_known_by: None })
                .collect(),
            dialer: stream(seed, 0, Purpose::Dialer, 0),
            seed,
            busyness: 1.0,
            opened: 0.0,
            count_from: 0.0,
            totals: DayTotals::new(floor.types.len(), floor.groups.len(), floor.clock.told_periods() + 1),
            learner: floor.learning.map(|it| Learner::of(floor, it)),
            events: 0,
        }
    }

    /// Lives one day. With [`Closing::Continue`], what stands at its end is there at the beginning of the next.
    pub(crate) fn live(&mut self, day: u64, is_first: bool) {
        let floor = self.state.floor;
        let goes_on = floor.clock.closing == Closing::Continue;
        self.totals.clear();
        if !goes_on || is_first {
            self.heap.clear();
            self.state.clear();
            self.opened = 0.0;
            self.count_from = floor.clock.warm_up_s;
            if let Some(learner) = &mut self.learner {
                learner.begin();
            }
            let mut chance = stream(self.seed, day, Purpose::Policy, 0);
            self.policy.begin(&self.state, rand::Rng::next_u64(&mut chance));
        }
        self.draw_the_day(day);
        self.heap.push(Event::new(self.opened, Kind::Period, 0, 0));
        for kind in 0..floor.types.len() {
            self.expect_next(kind, self.opened);
        }
        for (at, dialer) in floor.dialers.iter().enumerate() {
            self.heap.push(Event::new(self.opened + dialer.from_s, Kind::Dialer, at as u32, 0));
        }
        self.run();
        self.close_accounts();
    }

    fn run(&mut self) {
        let clock = self.state.floor.clock;
        let end = self.opened + clock.horizon_s();
        let drains = clock.closing == Closing::Drain;
        while let Some(event) = self.heap.pop() {
            if event.at >= end {
                if !drains {
                    self.heap.push(event);
                    break;
                }
                if self.state.inside == 0 && self.state.away == 0 && event.kind() != Kind::Period {
                    break;
                }
            }
            self.state.now = event.at;
            match event.kind() {
                Kind::Arrival => {
                    self.events += 1;
                    let kind = event.who as usize;
                    let known_by = self.coming[kind].next_known_by.take();
                    self.expect_next(kind, event.at);
                    let contact = self.new_contact(kind);
                    self.state.contacts[contact as usize].known_by = known_by.map_or(NONE, |it| it as u32);
                    self.come_in(contact);
                }
                Kind::ServiceEnd => {
                    if self.is_current(event) {
                        self.events += 1;
                        self.end_service(event.who);
                    }
                }
                Kind::WrapUpEnd => {
                    self.events += 1;
                    self.state.people[event.who as usize].wrapping = false;
                    self.become_free(event.who);
                }
                Kind::GivesUp => {
                    if self.is_current(event) {
                        self.events += 1;
                        self.give_up(event.who);
                    }
                }
                Kind::TriesAgain => {
                    self.events += 1;
                    self.state.away -= 1;
                    self.come_in(event.who);
                }
                Kind::WiderSearch => {
                    if self.is_current(event) {
                        self.events += 1;
                        if let Some(person) = self.policy.person_for(&self.state, event.who) {
                            self.take_from_queue(event.who);
                            self.start(person, event.who);
                        }
                    }
                }
                Kind::Period => self.begin_period(event.who as usize),
                Kind::Dialer => self.dial(event.who as usize),
            }
        }
        self.state.now = self.state.now.max(end.min(self.opened + clock.horizon_s()));
        if clock.closing == Closing::Continue {
            self.opened = end;
        }
    }

    #[inline]
    fn is_current(&self, event: Event) -> bool {
        self.state.contacts[event.who as usize].turn & TURN_MASK == event.turn()
    }

    /// What is counted of a contact's type in the period in which it came.
    #[inline]
    fn note(&mut self, contact: u32, what: usize, how_much: f64) {
        let it = &self.state.contacts[contact as usize];
        if it.counted {
            let cell = usize::from(it.kind) * self.totals.periods + usize::from(it.period);
            self.totals.types[cell][what] += how_much;
        }
    }

    #[inline]
    fn take_from_queue(&mut self, contact: u32) {
        self.state.dequeue(contact);
        self.policy.left_queue(&self.state, contact);
    }
}
