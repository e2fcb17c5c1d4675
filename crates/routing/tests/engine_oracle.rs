//! Each decision of the engine against a plain desk that keeps lists and tries everybody and everything.

use std::collections::BTreeMap;

use proptest::prelude::*;
use routing::engine::*;
use routing::requirements::{Asked, Change, Expression, Leaf, PoolId, Requirements};
use routing::{Channel, PersonId, Priority, WorkId};
use skills::{Belief, SkillId, p_solved};

const PEOPLE: usize = 5;
const KINDS: usize = 6;
const SKILLS: i64 = 3;

#[derive(Debug, Clone)]
struct Kind {
    channel: Channel,
    priority: Priority,
    first: Expression,
    queue: u16,
    expected_ms: f32,
}

#[derive(Debug, Clone)]
enum Event {
    Arrive(usize),
    /// It comes with somebody who has it already.
    Hold(usize, usize),
    Finish(usize),
    Status(usize, bool, bool),
    Level(usize, i64, f64),
    Pool(usize, bool),
    Pass(i64),
}

#[derive(Debug, Clone)]
struct Body {
    present: bool,
    takes: bool,
    levels: BTreeMap<i64, f64>,
    pool: bool,
    held: Vec<(usize, Channel)>,
    idle_since: i64,
    pace: f32,
}

#[derive(Debug, Clone)]
struct Waits {
    id: usize,
    kind: usize,
    since: i64,
    stage: usize,
}

/// The rules once more: no sets, no lanes, no heap.
struct Plain {
    rule: Rule,
    settings: Settings,
    kinds: Vec<Kind>,
    people: Vec<Body>,
    waiting: Vec<Waits>,
    given: Vec<(usize, usize)>,
}

const LIMITS: [(Channel, usize); 2] = [(Channel::Email, 2), (Channel::Voice, 1)];

impl Plain {
    fn meets(&self, kind: usize, stage: usize, person: usize) -> bool {
        let requirements = Requirements::of(self.kinds[kind].first.clone());
        let after_ms = requirements.stages()[stage].after_ms;
        holds(&self.kinds[kind].first, after_ms, &self.people[person])
    }

    fn has_room(&self, kind: usize, person: usize) -> bool {
        let channel = self.kinds[kind].channel;
        let limit = LIMITS.iter().find(|it| it.0 == channel).unwrap().1;
        let it = &self.people[person];
        it.present && it.takes && it.held.iter().filter(|held| held.1 == channel).count() < limit
    }

    fn may(&self, it: &Waits, person: usize) -> bool {
        self.has_room(it.kind, person) && self.meets(it.kind, it.stage, person)
    }

    fn p(&self, kind: usize, person: usize) -> f64 {
        let mut weights = Vec::new();
        collect(&self.kinds[kind].first, &mut weights);
        let belief = |skill: i64| match self.people[person].levels.get(&skill) {
            Some(level) => Belief { mean: skills::logits_of(*level), variance: 0.0 },
            None => Belief::at_level(0.5, 1.0),
        };
        p_solved(weights.into_iter().map(|(skill, weight)| (weight, belief(skill))), 0.0)
    }

    /// Higher is better; then the longer idle.
    fn worth(&self, it: &Waits, person: usize) -> f64 {
        let body = &self.people[person];
        let channel = self.kinds[it.kind].channel;
        let limit = LIMITS.iter().find(|it| it.0 == channel).unwrap().1 as f64;
        let load = body.held.iter().filter(|held| held.1 == channel).count() as f64;
        match self.rule {
            Rule::LongestIdle | Rule::FixedQueueRatio => 0.0,
            Rule::MostCapacity => limit - load,
            Rule::GeneralisedCMu => -f64::from(body.pace),
            Rule::ExpectedOutcome => {
                self.p(it.kind, person)
                    - f64::from(self.settings.load_cost) * (load + 1.0) / limit
                    - f64::from(self.settings.time_cost) * (f64::from(body.pace) - 1.0)
            }
        }
    }

    /// Everybody whom the rule allows to be chosen: a tie by rounding is decided either way.
    fn choices(&self, it: &Waits) -> Vec<usize> {
        let able: Vec<usize> = (0..PEOPLE).filter(|person| self.may(it, *person)).collect();
        let best = able.iter().map(|person| self.worth(it, *person)).fold(f64::NEG_INFINITY, f64::max);
        let tolerance =
            if self.rule == Rule::ExpectedOutcome { f64::from(self.settings.tie_tolerance) } else { 0.0 };
        let near = |slack: f64| -> Vec<usize> {
            able.iter()
                .copied()
                .filter(|person| self.worth(it, *person) >= best - tolerance - slack)
                .collect()
        };
        let mut choices = Vec::new();
        for tied in [near(1e-5), near(-1e-5), near(0.0)] {
            let first = tied.iter().min_by_key(|person| (self.people[**person].idle_since, **person));
            choices.extend(first);
        }
        choices
    }

    /// What the rule allows to be next for them.
    fn nexts(&self, person: usize, now: i64) -> Vec<usize> {
        let open: Vec<&Waits> = self.waiting.iter().filter(|it| self.may(it, person)).collect();
        let Some(top) = open.iter().map(|it| self.kinds[it.kind].priority).max() else { return Vec::new() };
        let mut open: Vec<&Waits> =
            open.into_iter().filter(|it| self.kinds[it.kind].priority == top).collect();
        if self.rule == Rule::ExpectedOutcome && open.iter().any(|it| self.live(it)) {
            open.retain(|it| self.live(it));
        }
        let value = |it: &Waits| self.value(it, person, now);
        let best = open.iter().map(|it| value(it)).fold(f64::NEG_INFINITY, f64::max);
        // Of equals the longest waiting; what differs by rounding only may go either way.
        let overtaken = |it: &Waits| {
            open.iter().any(|other| value(other) == value(it) && (other.since, other.id) < (it.since, it.id))
        };
        let near = open.iter().filter(|it| value(it) >= best - best.abs() * 1e-4 && !overtaken(it));
        near.map(|it| it.id).collect()
    }

    /// What as pressing work had waited longest, if it is not this.
    fn passed_over(&self, taken: &Waits, person: usize) -> Option<usize> {
        let as_pressing = |it: &&Waits| {
            self.kinds[it.kind].priority == self.kinds[taken.kind].priority
                && (self.rule != Rule::ExpectedOutcome || self.live(it) == self.live(taken))
        };
        let open = self.waiting.iter().filter(|it| self.may(it, person)).filter(as_pressing);
        let oldest = open.min_by_key(|it| (it.since, it.id))?;
        (oldest.since < taken.since).then_some(oldest.id)
    }

    fn live(&self, it: &Waits) -> bool {
        self.kinds[it.kind].channel == Channel::Voice
    }

    fn value(&self, it: &Waits, person: usize, now: i64) -> f64 {
        let kind = &self.kinds[it.kind];
        let promise = if kind.channel == Channel::Email { 8.0 * 3_600_000.0 } else { 20_000.0 };
        let waited = ((now - it.since).max(0) + 1_000) as f64;
        let cost = waited / (promise * promise);
        let time = f64::from(kind.expected_ms) * f64::from(self.people[person].pace);
        match self.rule {
            Rule::LongestIdle | Rule::MostCapacity => 0.0,
            Rule::FixedQueueRatio => {
                let here = self.waiting.iter().filter(|it| self.kinds[it.kind].queue == kind.queue).count();
                here as f64 - self.waiting.len() as f64 / 3.0
            }
            Rule::GeneralisedCMu => cost / time,
            Rule::ExpectedOutcome => cost * self.p(it.kind, person) / time,
        }
    }

    fn give(&mut self, id: usize, person: usize, now: i64) {
        let at = self.waiting.iter().position(|it| it.id == id).unwrap();
        let it = self.waiting.remove(at);
        self.people[person].held.push((id, self.kinds[it.kind].channel));
        self.people[person].idle_since = now;
        self.given.push((id, person));
    }
}

fn holds(it: &Expression, waited_ms: i64, body: &Body) -> bool {
    match it {
        Expression::Anyone | Expression::Prefer(_) => true,
        Expression::All(parts) => parts.iter().all(|it| holds(it, waited_ms, body)),
        Expression::Any(parts) => parts.iter().any(|it| holds(it, waited_ms, body)),
        Expression::Not(part) => !holds(part, waited_ms, body),
        Expression::Must(leaf) => {
            leaf.steps.iter().any(|step| step.when.after_ms <= waited_ms && step.change == Change::Drop)
                || match leaf.of {
                    Asked::Skill { skill, least_level, .. } => match body.levels.get(&skill.0) {
                        Some(level) => *level >= least_level,
                        None => least_level <= 0.0,
                    },
                    Asked::Pool(_) => body.pool,
                    Asked::Person(_) => false,
                }
        }
    }
}

fn collect(it: &Expression, into: &mut Vec<(i64, f64)>) {
    match it {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().for_each(|it| collect(it, into)),
        Expression::Not(part) => collect(part, into),
        Expression::Must(leaf) | Expression::Prefer(leaf) => {
            if let Asked::Skill { skill, .. } = leaf.of
                && into.iter().all(|it| it.0 != skill.0)
            {
                into.push((skill.0, leaf.weight));
            }
        }
        Expression::Anyone => {}
    }
}

fn leaf() -> impl Strategy<Value = Leaf> {
    (0..SKILLS, 0..6_u8, prop::option::weighted(0.3, 10_000..90_000_i64)).prop_map(|(skill, level, drop)| {
        let leaf = Leaf::skill(SkillId(skill), f64::from(level));
        drop.map_or(leaf.clone(), |ms| leaf.then(ms, Change::Drop))
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    let must = || leaf().prop_map(Expression::Must);
    prop_oneof![
        1 => Just(Expression::Anyone),
        3 => must(),
        1 => Just(Expression::in_pool(PoolId(1))),
        1 => (must(), must()).prop_map(|(a, b)| Expression::All(vec![a, b])),
        1 => (must(), must()).prop_map(|(a, b)| Expression::Any(vec![a, b])),
        1 => (0..SKILLS, 1..6_u8).prop_map(|(skill, level)| {
            Expression::Not(Box::new(Expression::must(SkillId(skill), f64::from(level))))
        }),
        1 => (must(), 0..SKILLS).prop_map(|(a, b)| {
            Expression::All(vec![a, Expression::prefer(SkillId(b), 1.0, 0.5)])
        }),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    (any::<bool>(), 0..4_usize, expression(), 0..3_u16, 1..5_u8).prop_map(
        |(voice, priority, first, queue, time)| {
            let channel = if voice { Channel::Voice } else { Channel::Email };
            Kind {
                channel,
                priority: Priority::ALL[priority],
                first,
                queue,
                expected_ms: f32::from(time) * 60_000.0,
            }
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..KINDS).prop_map(Event::Arrive),
        1 => (0..KINDS, 0..PEOPLE).prop_map(|(kind, person)| Event::Hold(kind, person)),
        5 => (0..50_usize).prop_map(Event::Finish),
        2 => (0..PEOPLE, prop::bool::weighted(0.8), any::<bool>()).prop_map(|(a, b, c)| Event::Status(a, b, c)),
        1 => (0..PEOPLE, 0..SKILLS, 0..6_u8).prop_map(|(a, b, c)| Event::Level(a, b, f64::from(c))),
        1 => (0..PEOPLE, any::<bool>()).prop_map(|(a, b)| Event::Pool(a, b)),
        4 => (1..30_000_i64).prop_map(Event::Pass),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::LongestIdle),
        Just(Rule::MostCapacity),
        Just(Rule::FixedQueueRatio),
        Just(Rule::GeneralisedCMu),
        Just(Rule::ExpectedOutcome)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_decision_is_one_that_a_plain_desk_would_make(
        rule in rule(),
        kinds in prop::collection::vec(kind(), KINDS),
        paces in prop::collection::vec(1..4_u8, PEOPLE),
        events in prop::collection::vec(event(), 1..100),
    ) {
        let settings = Settings::plain(rule);
        let mut engine = Engine::new(settings, 1);
        let (mut now, mut out) = (0_i64, Vec::new());
        let mut plain = Plain {
            rule, settings, kinds: kinds.clone(), waiting: Vec::new(), given: Vec::new(),
            people: paces.iter().map(|pace| Body {
                present: true, takes: true, levels: BTreeMap::new(), pool: false, held: Vec::new(), idle_since: 0,
                pace: f32::from(*pace),
            }).collect(),
        };
        let people: Vec<PersonAt> = paces.iter().enumerate().map(|(id, pace)| {
            engine.add_person(&NewPerson {
                pace: f32::from(*pace),
                ..NewPerson::by_channel(PersonId(id as i64))
                    .holding(Channel::Email, Concurrency::of(2))
                    .holding(Channel::Voice, Concurrency::of(1))
            })
        }).collect();
        for queue in 0..3 {
            engine.set_queue(QueueId(queue), QueueRule::default());
        }
        let classes: Vec<ClassAt> = kinds.iter().map(|kind| engine.class(&WorkClass {
            priority: kind.priority,
            queue: QueueId(kind.queue),
            expected_ms: kind.expected_ms,
            ..WorkClass::new(kind.channel, Requirements::of(kind.first.clone()))
        })).collect();
        let mut works: Vec<WorkAt> = Vec::new();
        for event in &events {
            out.clear();
            match event {
                Event::Arrive(kind) => {
                    let id = works.len();
                    plain.waiting.push(Waits { id, kind: *kind, since: now, stage: 0 });
                    works.push(engine.arrive(&Arrival::new(WorkId(id as i64), classes[*kind], now), now, &mut out));
                }
                Event::Hold(kind, person) => {
                    let id = works.len();
                    plain.people[*person].held.push((id, kinds[*kind].channel));
                    plain.given.push((id, *person));
                    let arrival = Arrival::new(WorkId(id as i64), classes[*kind], now);
                    works.push(engine.hold(&arrival, people[*person]));
                    prop_assert_eq!(engine.holder(works[id]), Some(people[*person]));
                }
                Event::Finish(at) => {
                    let Some((id, person)) = plain.given.get(at % plain.given.len().max(1)).copied() else { continue };
                    let body = &mut plain.people[person];
                    let Some(held) = body.held.iter().position(|it| it.0 == id) else { continue };
                    body.held.remove(held);
                    if body.held.is_empty() {
                        body.idle_since = now;
                    }
                    engine.finish(works[id], now, &mut out);
                }
                Event::Status(person, present, takes) => {
                    let body = &mut plain.people[*person];
                    let could = body.present && body.takes;
                    (body.present, body.takes) = (*present, *takes);
                    if *present && *takes && !could {
                        body.idle_since = now;
                    }
                    let channels = if *takes { Channels::ALL } else { Channels::NONE };
                    engine.set_status(people[*person], *present, channels, now, &mut out);
                }
                Event::Level(person, skill, level) => {
                    plain.people[*person].levels.insert(*skill, *level);
                    engine.set_level(people[*person], SkillId(*skill), Some(Level::exactly(*level)), now, &mut out);
                }
                Event::Pool(person, member) => {
                    plain.people[*person].pool = *member;
                    engine.set_pool(people[*person], PoolId(1), *member, now, &mut out);
                }
                Event::Pass(ms) => {
                    now += ms;
                    engine.tick(now, &mut out);
                }
            }
            // What the engine says, step by step; each must be allowed to the plain desk in that very state.
            for it in &out {
                match it {
                    Out::Relaxed { id, stage, .. } => {
                        let at = plain.waiting.iter().position(|waits| waits.id as i64 == id.0);
                        prop_assert!(at.is_some(), "something relaxed that does not wait");
                        plain.waiting[at.unwrap()].stage = usize::from(*stage);
                    }
                    Out::Assigned(given) => {
                        let (id, person) = (given.id.0 as usize, given.person.index());
                        let waits = plain.waiting.iter().find(|it| it.id == id).cloned();
                        prop_assert!(waits.is_some(), "something was given that does not wait");
                        let waits = waits.unwrap();
                        prop_assert!(plain.may(&waits, person), "given to somebody who may not have it");
                        if given.how == How::Next {
                            prop_assert!(plain.nexts(person, now).contains(&id), "{:?} was not next: {:?}", given, plain.waiting);
                            prop_assert_eq!(given.passed_over.map(|it| it.0 as usize), plain.passed_over(&waits, person));
                        } else {
                            prop_assert!(plain.choices(&waits).contains(&person), "{:?} was not the choice", given);
                        }
                        plain.give(id, person, now);
                    }
                    Out::Offered { .. } | Out::Passed { .. } => prop_assert!(false, "nothing is offered here"),
                }
            }
            for waits in &plain.waiting {
                let stages = Requirements::of(kinds[waits.kind].first.clone()).stages();
                let due = stages.iter().rposition(|stage| stage.after_ms <= now - waits.since).unwrap();
                prop_assert!(!matches!(event, Event::Pass(_)) || waits.stage == due, "a step is overdue");
                for person in 0..PEOPLE {
                    prop_assert!(!plain.may(waits, person), "{:?} waits beside {}", waits, person);
                }
            }
            prop_assert_eq!(engine.waiting(), plain.waiting.len());
            prop_assert_eq!(engine.idle_beside_work(now), 0);
        }
    }
}
