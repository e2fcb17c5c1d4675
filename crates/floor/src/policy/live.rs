//! The rules that serve live work, by the very code that serves it: the engine of the crate `routing`.

use routing::engine::{
    Arrival, Channels, ClassAt, Concurrency, Engine, NewPerson, Out, PersonAt, QueueId, QueueRule, Rule,
    Settings, WorkAt, WorkClass,
};
use routing::requirements::{Asked, Change, Expression, Leaf, PoolId};
use routing::{Hardness, PersonId, Requirements, WorkId};

use super::Policy;
use crate::model::ContactType;
use crate::sim::{Duty, NONE, State};

/// Share of choices by lot in live routing unless a scenario says otherwise.
const LEARNING_SHARE_USUAL: f32 = 0.05;

/// The knobs of live routing.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRules {
    pub settings: Settings,
}

impl LiveRules {
    /// As desks do it, without offers: whoever is chosen has it.
    pub fn by(rule: Rule) -> LiveRules {
        let explore_share = if rule == Rule::ExpectedOutcome { LEARNING_SHARE_USUAL } else { 0.0 };
        LiveRules { settings: Settings { explore_share, ..Settings::plain(rule) } }
    }
}

impl Default for LiveRules {
    fn default() -> LiveRules {
        LiveRules::by(Rule::ExpectedOutcome)
    }
}

pub(crate) struct Live {
    rules: LiveRules,
    engine: Engine,
    out: Vec<Out>,
    classes: Vec<ClassAt>,
    /// By person, with the place of each in the engine.
    people: Vec<PersonAt>,
    on_duty: Vec<bool>,
    /// By contact: the engine's work for it, and who was given it and has not started yet.
    works: Vec<Option<WorkAt>>,
    given_to: Vec<u32>,
    /// By person: what they were given and have not started, and what they have ended but not written up.
    given: Vec<Vec<u32>>,
    ending: Vec<Vec<WorkAt>>,
}

impl Live {
    pub(crate) fn new(rules: LiveRules) -> Live {
        let engine = Engine::new(rules.settings, 0);
        Live {
            rules,
            engine,
            out: Vec::new(),
            classes: Vec::new(),
            people: Vec::new(),
            on_duty: Vec::new(),
            works: Vec::new(),
            given_to: Vec::new(),
            given: Vec::new(),
            ending: Vec::new(),
        }
    }

    /// What the engine has decided is kept until those whom it concerns ask.
    fn take_note(&mut self) {
        for out in self.out.drain(..) {
            if let Some(it) = out.assigned() {
                let (contact, person) = (it.id.0 as u32, it.person.index() as u32);
                self.given_to[contact as usize] = person;
                self.given[person as usize].push(contact);
            }
        }
    }

    fn arrival(&self, state: &State<'_>, contact: u32) -> Arrival<'static> {
        let it = &state.contacts[contact as usize];
        let kind = &state.floor.types[usize::from(it.kind)];
        let since_ms = ms(it.queued);
        Arrival {
            due_ms: Some(since_ms + (1_000.0 * kind.acceptable_s) as i64),
            difficulty: kind.difficulty as f32,
            ..Arrival::new(WorkId(i64::from(contact)), self.classes[usize::from(it.kind)], since_ms)
        }
    }

    fn make_room_for(&mut self, contact: u32) {
        let wanted = contact as usize + 1;
        if self.works.len() < wanted {
            self.works.resize(wanted, None);
            self.given_to.resize(wanted, NONE);
        }
    }

    /// Somebody leaves the house, or never was in it.
    fn let_go(&mut self, state: &State<'_>, contact: u32) {
        let person = std::mem::replace(&mut self.given_to[contact as usize], NONE);
        if person != NONE {
            self.given[person as usize].retain(|it| *it != contact);
        } else if let Some(work) = self.works[contact as usize].take() {
            self.engine.withdraw(work, ms(state.now), &mut self.out);
            self.take_note();
        }
    }
}

impl Policy for Live {
    fn begin(&mut self, state: &State<'_>, seed: u64) {
        self.engine = Engine::new(self.rules.settings, seed);
        self.out.clear();
        self.works.clear();
        self.given_to.clear();
        let people = state.people.len();
        self.on_duty = vec![false; people];
        self.given = vec![Vec::new(); people];
        self.ending = vec![Vec::new(); people];
        let floor = state.floor;
        self.classes.clear();
        for (k, kind) in floor.types.iter().enumerate() {
            let queue = QueueId(k as u16);
            self.engine.set_queue(
                queue,
                QueueRule { share: kind.queue_share as f32, weight: kind.wait_cost as f32, turn: kind.turn },
            );
            self.classes.push(self.engine.class(&WorkClass {
                priority: kind.priority,
                queue,
                expected_ms: (1_000.0 * kind.service.mean_in(0)) as f32,
                ..WorkClass::new(kind.channel, requirements(k, kind))
            }));
        }
        self.people.clear();
        for (at, person) in state.people.iter().enumerate() {
            let (g, group) = (usize::from(person.group), &floor.groups[usize::from(person.group)]);
            let at = self.engine.add_person(&NewPerson {
                present: false,
                capacity: [Concurrency::of(group.at_once as u16); 4],
                total_limit: group.at_once as f32,
                ..NewPerson::new(PersonId(at as i64))
            });
            self.people.push(at);
            for it in &group.beliefs {
                self.engine.set_level(at, it.skill, Some(it.belief.into()), 0, &mut self.out);
            }
            for (k, kind) in floor.types.iter().enumerate() {
                let queue = QueueId(k as u16);
                self.engine.set_pace(at, queue, group.time_factors[k] as f32);
                if let Some(rank) = group.serves.iter().position(|tier| tier.contains(&k)) {
                    self.engine.set_rank(at, queue, rank.min(2) as u8);
                }
                for pool in pools(k, kind).into_iter().filter(|it| it.groups.contains(&g)) {
                    self.engine.set_pool(at, pool.id, true, 0, &mut self.out);
                }
            }
        }
        self.take_note();
    }

    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        self.make_room_for(contact);
        let at = contact as usize;
        let now_ms = ms(state.now);
        if self.works[at].is_some() {
            self.engine.tick(now_ms, &mut self.out);
        } else {
            let arrival = self.arrival(state, contact);
            self.works[at] = Some(self.engine.arrive(&arrival, now_ms, &mut self.out));
        }
        self.take_note();
        let person = self.given_to[at];
        if person == NONE {
            return None;
        }
        if state.contacts[at].place != crate::sim::Place::Queued {
            // It never stood in the queue, so nobody will take it from there.
            self.given_to[at] = NONE;
            self.given[person as usize].retain(|it| *it != contact);
        }
        Some(person)
    }

    fn contact_for(&mut self, _state: &State<'_>, person: u32) -> Option<u32> {
        self.given[person as usize].first().copied()
    }

    fn refused(&mut self, state: &State<'_>, contact: u32) {
        self.let_go(state, contact);
    }

    fn left_queue(&mut self, state: &State<'_>, contact: u32) {
        self.let_go(state, contact);
    }

    fn held(&mut self, state: &State<'_>, contact: u32, person: u32) {
        self.make_room_for(contact);
        let arrival = self.arrival(state, contact);
        self.works[contact as usize] = Some(self.engine.hold(&arrival, self.people[person as usize]));
    }

    fn ended(&mut self, _state: &State<'_>, contact: u32, person: u32) {
        if let Some(work) = self.works[contact as usize].take() {
            self.ending[person as usize].push(work);
        }
    }

    fn person_changed(&mut self, state: &State<'_>, person: u32) {
        let at = person as usize;
        let now_ms = ms(state.now);
        let it = &state.people[at];
        let takes = it.duty == Duty::On;
        if takes != self.on_duty[at] {
            self.on_duty[at] = takes;
            let channels = if takes { Channels::ALL } else { Channels::NONE };
            self.engine.set_status(self.people[at], it.duty != Duty::Off, channels, now_ms, &mut self.out);
        }
        if !it.wrapping {
            while let Some(work) = self.ending[at].pop() {
                self.engine.finish(work, now_ms, &mut self.out);
            }
        }
        self.take_note();
    }
}

/// Those who may serve a type from one moment on.
struct Pool {
    id: PoolId,
    groups: Vec<usize>,
    after_ms: i64,
}

/// Numbers of pools that one type may use.
const POOLS_PER_TYPE_MAX: i64 = 1_000;

/// A type's tiers, those of the same delay together.
fn pools(k: usize, kind: &ContactType) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for tier in &kind.tiers {
        let after_ms = ms(tier.after_s);
        match pools.iter_mut().find(|it| it.after_ms == after_ms) {
            Some(pool) => pool.groups.extend(&tier.groups),
            None => {
                let id = PoolId(k as i64 * POOLS_PER_TYPE_MAX + pools.len() as i64);
                pools.push(Pool { id, groups: tier.groups.clone(), after_ms });
            }
        }
    }
    pools.sort_by_key(|it| it.after_ms);
    pools
}

/// In one of its groups, wider with time, and the needed skills.
fn requirements(k: usize, kind: &ContactType) -> Requirements {
    let mut asked = Vec::new();
    let mut pools = pools(k, kind);
    if pools.first().is_some_and(|it| it.after_ms > 0) {
        // Nobody may have it at first.
        let id = PoolId(k as i64 * POOLS_PER_TYPE_MAX + POOLS_PER_TYPE_MAX - 1);
        pools.insert(0, Pool { id, groups: Vec::new(), after_ms: 0 });
    }
    let mut pools = pools.into_iter();
    if let Some(first) = pools.next() {
        let leaf = Leaf { of: Asked::Pool(first.id), ..Leaf::skill(skills::SkillId(0), 0.0) };
        let leaf = pools.fold(leaf, |leaf, pool| leaf.then(pool.after_ms, Change::Widen(pool.id)));
        asked.push(Expression::Must(leaf));
    }
    for need in &kind.needs {
        let leaf = Leaf { weight: need.weight, ..Leaf::skill(need.skill, need.least_level) };
        asked.push(match need.hardness {
            Hardness::Must => Expression::Must(match kind.gives_way_s {
                Some(after_s) => leaf.then(ms(after_s), Change::Drop),
                None => leaf,
            }),
            Hardness::Prefer => Expression::Prefer(leaf),
        });
    }
    Requirements::of(Expression::All(asked))
}

fn ms(seconds: f64) -> i64 {
    (seconds * 1_000.0) as i64
}
