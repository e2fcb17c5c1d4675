//! The engine against a slow re-reading of its rules, event by event, over many small desks.

use proptest::prelude::*;
use routing::engine::*;
use routing::requirements::{Change, Expression, Leaf, PoolId, Requirements};
use routing::{Channel, PersonId, Priority, WorkId};
use skills::SkillId;

const PEOPLE: usize = 6;
const CLASSES: usize = 8;

#[derive(Debug, Clone)]
struct Kind {
    channel: usize,
    priority: usize,
    size: f32,
    hostile: bool,
    requirements: Requirements,
}

#[derive(Debug, Clone)]
enum Event {
    Arrive {
        class: usize,
        back_ms: i64,
        avoid: Option<usize>,
        prefer: Option<usize>,
        stay: Option<(usize, i64)>,
    },
    Finish(usize),
    Accept(usize),
    Decline(usize),
    GiveBack(usize),
    HandTo(usize, usize),
    Asked(usize, usize, i64),
    Change(usize, usize),
    Status {
        person: usize,
        present: bool,
        takes: u8,
    },
    Level {
        person: usize,
        skill: i64,
        level: u8,
    },
    Pool {
        person: usize,
        pool: i64,
        member: bool,
    },
    Limit {
        person: usize,
        channel: usize,
        limit: u8,
    },
    Pull(usize),
    Pass(i64),
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let skill = (0..3_i64, 0..6_u8).prop_map(|(skill, level)| Leaf::skill(SkillId(skill), f64::from(level)));
    (skill, 0..4_u8, any::<bool>()).prop_map(|(leaf, steps, skips)| {
        let then = |leaf: Leaf, ms, change| {
            if skips { leaf.then_or_if_nobody(ms, change) } else { leaf.then(ms, change) }
        };
        match steps {
            1 => then(leaf, 40_000, Change::Drop),
            2 => then(then(leaf, 20_000, Change::Widen(PoolId(1))), 60_000, Change::Drop),
            _ => leaf,
        }
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    let must = || leaf().prop_map(Expression::Must);
    let plain =
        (0..3_i64, 0..6_u8).prop_map(|(skill, level)| Expression::must(SkillId(skill), f64::from(level)));
    prop_oneof![
        2 => Just(Expression::Anyone),
        4 => must(),
        2 => (must(), must()).prop_map(|(a, b)| Expression::All(vec![a, b])),
        2 => (must(), must()).prop_map(|(a, b)| Expression::Any(vec![a, b])),
        1 => plain.prop_map(|a| Expression::Not(Box::new(a))),
        1 => (0..3_i64).prop_map(|pool| Expression::in_pool(PoolId(pool))),
        1 => (must(), 0..3_i64, 0.1..2.0_f64).prop_map(|(a, skill, weight)| {
            Expression::All(vec![a, Expression::prefer(SkillId(skill), 3.0, weight)])
        }),
    ]
}

prop_compose! {
    fn kind()(channel in 0..4_usize, priority in 0..4_usize, big in prop::bool::weighted(0.2), hostile in prop::bool::weighted(0.2),
              first in expression()) -> Kind {
        Kind { channel, priority, size: if big { 2.0 } else { 1.0 }, hostile, requirements: Requirements::of(first) }
    }
}

fn event() -> impl Strategy<Value = Event> {
    let person = 0..PEOPLE;
    prop_oneof![
        8 => (0..CLASSES, prop_oneof![3 => Just(0), 1 => 0..90_000_i64], prop::option::weighted(0.1, 0..PEOPLE),
              prop::option::weighted(0.2, 0..PEOPLE), prop::option::weighted(0.1, (0..PEOPLE, 1_000..60_000_i64)))
            .prop_map(|(class, back_ms, avoid, prefer, stay)| Event::Arrive { class, back_ms, avoid, prefer, stay }),
        6 => (0..100_usize).prop_map(Event::Finish),
        2 => (0..100_usize).prop_map(Event::Accept),
        1 => (0..100_usize).prop_map(Event::Decline),
        1 => (0..100_usize).prop_map(Event::GiveBack),
        1 => (0..100_usize, person.clone()).prop_map(|(work, person)| Event::HandTo(work, person)),
        1 => (0..CLASSES, person.clone(), 1..40_000_i64)
            .prop_map(|(class, person, ms)| Event::Asked(class, person, ms)),
        1 => (0..100_usize, 0..CLASSES).prop_map(|(work, class)| Event::Change(work, class)),
        2 => (person.clone(), prop::bool::weighted(0.8), 0..16_u8)
            .prop_map(|(person, present, takes)| Event::Status { person, present, takes }),
        1 => (person.clone(), 0..3_i64, 0..6_u8)
            .prop_map(|(person, skill, level)| Event::Level { person, skill, level }),
        1 => (person.clone(), 0..3_i64, any::<bool>())
            .prop_map(|(person, pool, member)| Event::Pool { person, pool, member }),
        1 => (person.clone(), 0..4_usize, 0..4_u8)
            .prop_map(|(person, channel, limit)| Event::Limit { person, channel, limit }),
        1 => person.prop_map(Event::Pull),
        4 => (1..30_000_i64).prop_map(Event::Pass),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let rule = prop_oneof![
        Just(Rule::LongestIdle),
        Just(Rule::MostCapacity),
        Just(Rule::FixedQueueRatio),
        Just(Rule::GeneralisedCMu),
        Just(Rule::ExpectedOutcome)
    ];
    (rule, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(rule, offers, hostile, reserve)| {
        let mut settings = Settings::plain(rule);
        settings.explore_share = 0.2;
        settings.growth_share = 0.2;
        if offers {
            settings.offer_ms = [None, Some(15_000), Some(10_000), Some(5_000)];
            settings.ask_again_ms = if hostile { 20_000 } else { 0 };
        }
        if hostile {
            (settings.hostile_in_a_row_max, settings.hostile_rest_ms) = (2, 50_000);
        }
        if reserve {
            settings.reserve_hold_ms = Some(30_000);
        }
        settings
    })
}

fn person(id: usize, alone: bool, reserve: bool) -> NewPerson {
    let email = Concurrency::of(3);
    let chat = Concurrency { limit: 2.0, count_max: 2, blocks: Channels::of(&[Channel::Voice]) };
    let voice = if alone { Concurrency::alone() } else { Concurrency::of(1) };
    NewPerson {
        expert_reserve: if reserve { 1.0 } else { 0.0 },
        total_limit: 4.0,
        ..NewPerson::by_channel(PersonId(id as i64))
            .holding(Channel::Email, email)
            .holding(Channel::Chat, chat)
            .holding(Channel::Message, Concurrency::of(2))
            .holding(Channel::Voice, voice)
    }
}

fn channels(bits: u8) -> Channels {
    let all = Channel::ALL.into_iter().enumerate();
    all.filter(|(at, _)| bits >> at & 1 == 1).fold(Channels::NONE, |set, (_, channel)| set.with(channel))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn nothing_waits_beside_somebody_who_may_have_it(
        settings in settings(),
        kinds in prop::collection::vec(kind(), CLASSES),
        levels in prop::collection::vec(0..6_u8, PEOPLE * 3),
        events in prop::collection::vec(event(), 1..120),
        seed in any::<u64>(),
    ) {
        let mut engine = Engine::new(settings, seed);
        let (mut now, mut out) = (0, Vec::new());
        let people: Vec<PersonAt> =
            (0..PEOPLE).map(|id| engine.add_person(&person(id, id % 2 == 0, id % 3 == 0))).collect();
        for (at, level) in levels.iter().enumerate() {
            let skill = SkillId((at % 3) as i64);
            engine.set_level(people[at / 3], skill, Some(Level::exactly(f64::from(*level))), now, &mut out);
        }
        engine.set_growing(people[0], SkillId(0), true);
        engine.set_rank(people[1], QueueId(0), 1);
        let classes: Vec<ClassAt> = kinds
            .iter()
            .enumerate()
            .map(|(at, kind)| {
                engine.class(&WorkClass {
                    priority: Priority::ALL[kind.priority],
                    size: kind.size,
                    hostile: kind.hostile,
                    queue: QueueId(at as u16 % 3),
                    ..WorkClass::new(Channel::ALL[kind.channel], kind.requirements.clone())
                })
            })
            .collect();
        let mut works: Vec<WorkAt> = Vec::new();
        for (number, event) in events.iter().enumerate() {
            out.clear();
            let work = |at: &usize| works.get(at % works.len().max(1)).copied();
            match event {
                Event::Arrive { class, back_ms, avoid, prefer, stay } => {
                    let avoid: Vec<PersonAt> = avoid.iter().map(|at| people[*at]).collect();
                    let arrival = Arrival {
                        avoid: &avoid,
                        prefer: prefer.map(|at| people[at]),
                        stay: stay.map(|(at, ms)| Stay { with: people[at], until_ms: now + ms }),
                        ..Arrival::new(WorkId(number as i64), classes[*class], now - back_ms)
                    };
                    let work = engine.arrive(&arrival, now, &mut out);
                    works.push(work);
                    for given in out.iter().filter_map(Out::assigned) {
                        prop_assert!(!avoid.contains(&given.person), "given to somebody who was set aside");
                    }
                }
                Event::Finish(at) => if let Some(it) = work(at) { engine.finish(it, now, &mut out) },
                Event::Accept(at) => if let Some(it) = work(at) { engine.accept(it) },
                Event::Decline(at) => if let Some(it) = work(at) { engine.decline(it, now, &mut out) },
                Event::GiveBack(at) => if let Some(it) = work(at) { engine.give_back(it, now - 5_000, now, &mut out) },
                Event::Asked(class, person, ms) => {
                    let passed = [people[(person + 1) % people.len()]];
                    let arrival = Arrival {
                        passed: &passed,
                        passed_at_ms: now,
                        ..Arrival::new(WorkId(number as i64), classes[*class], now)
                    };
                    works.push(engine.ask(&arrival, people[*person], now + ms));
                }
                Event::HandTo(at, person) => {
                    if let Some(it) = work(at) { engine.hand_to(it, people[*person], now, &mut out) }
                }
                Event::Change(at, class) => if let Some(it) = work(at) { engine.change(it, classes[*class], now, &mut out) },
                Event::Status { person, present, takes } => {
                    engine.set_status(people[*person], *present, channels(*takes), now, &mut out);
                }
                Event::Level { person, skill, level } => {
                    let level = Level::exactly(f64::from(*level));
                    engine.set_level(people[*person], SkillId(*skill), Some(level), now, &mut out);
                }
                Event::Pool { person, pool, member } => {
                    engine.set_pool(people[*person], PoolId(*pool), *member, now, &mut out);
                }
                Event::Limit { person, channel, limit } => {
                    let capacity = Concurrency::of(u16::from(*limit));
                    engine.set_capacity(people[*person], Channel::ALL[*channel], capacity, now, &mut out);
                }
                Event::Pull(person) => { engine.pull(people[*person], Channels::ALL, now, &mut out); }
                Event::Pass(ms) => {
                    now += ms;
                    engine.tick(now, &mut out);
                    prop_assert!(engine.next_timer().is_none_or(|due| due > now), "a timer was left behind");
                }
            }
            prop_assert_eq!(engine.watchdog(), None, "after event {}: {:?}", number, event);
            let held: usize =
                people.iter().map(|it| Channel::ALL.iter().map(|c| usize::from(engine.holds(*it, *c))).sum::<usize>()).sum();
            let holders = works.iter().filter(|it| engine.holder(**it).is_some()).count();
            prop_assert_eq!(held, holders, "what people hold and what is held is the same");
        }
        // Whatever is left is handed out or waits for somebody; taking it away leaves nothing behind.
        for work in works {
            engine.withdraw(work, now, &mut out);
        }
        prop_assert_eq!(engine.waiting(), 0);
        prop_assert!(engine.next_timer().is_none() || settings.hostile_in_a_row_max > 0, "a timer was left behind");
    }
}
