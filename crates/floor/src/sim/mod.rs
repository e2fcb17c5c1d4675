//! The simulator: one day after another, event by event.

mod accounts;
mod day;
mod days;
mod heap;
mod learner;
mod leaving;
mod staff;
mod state;

pub(crate) use day::{DayTotals, GroupDay, TypeDay, count, hours};
pub(crate) use days::{Task, live_days};
pub(crate) use state::{Duty, Facts, NONE, Place, Queue, State};

use crate::chance::{Purpose, Stream, Unit, busyness, exponential, share, stream};
use crate::model::{Arrivals, Closing, Floor, Time};
use crate::policy::Policy;
use heap::{Event, Heap, Kind, TURN_MASK};
use learner::Learner;
use state::Contact;

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

    fn draw_the_day(&mut self, day: u64) {
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
    fn expect_next(&mut self, kind: usize, after: f64) {
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

    /// A customer with business and patience of their own.
    #[inline]
    fn new_contact(&mut self, kind: usize) -> u32 {
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

    fn forget(&mut self, contact: u32) {
        self.state.contacts[contact as usize].turn += 1;
        self.state.unused.push(contact);
    }

    #[inline]
    fn come_in(&mut self, contact: u32) {
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

    #[inline]
    fn take_from_queue(&mut self, contact: u32) {
        self.state.dequeue(contact);
        self.policy.left_queue(&self.state, contact);
    }

    #[inline]
    fn start(&mut self, person: u32, contact: u32) {
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
    fn end_service(&mut self, contact: u32) {
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
    fn become_free(&mut self, person: u32) {
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

    fn look_for_work(&mut self, person: u32) {
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
