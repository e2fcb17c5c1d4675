//! How fast the engine decides, beside a plain scan of the same people and work. Prints rows of a Markdown table:
//! `cargo run --release -p routing --example speed`; `cargo xtask bench routing` runs it.

#![allow(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::time::Instant;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use routing::engine::*;
use routing::requirements::{Change, Expression, Leaf};
use routing::{
    Capacity, Channel, Hardness, Person, PersonId, Policy, Priority, Requirement, Requirements, Status, Work,
    WorkId, choose, next_for,
};
use skills::{Belief, SkillBelief, SkillId};

const LANGUAGES: i64 = 10;
const SKILLS: i64 = 100;
const WAITING: usize = 50_000;
const KINDS: usize = 2_000;
const DECISIONS: usize = 20_000;
const PLAIN_DECISIONS: usize = 40;

/// One kind of work: a language, a topic, sometimes a second topic or a preference, sometimes steps.
struct Kind {
    channel: Channel,
    priority: Priority,
    musts: Vec<(SkillId, f64)>,
    prefers: Option<SkillId>,
    relaxes: bool,
}

struct Known {
    id: PersonId,
    levels: Vec<(SkillId, Belief)>,
}

fn kinds(random: &mut impl Rng) -> Vec<Kind> {
    (0..KINDS)
        .map(|_| {
            let language = skewed(random, LANGUAGES);
            let topic = LANGUAGES + skewed(random, SKILLS - LANGUAGES);
            let mut musts =
                vec![(SkillId(language), 3.0), (SkillId(topic), f64::from(random.random_range(1..=4_u8)))];
            if random.random_bool(0.2) {
                musts.push((SkillId(LANGUAGES + skewed(random, SKILLS - LANGUAGES)), 2.0));
            }
            Kind {
                channel: [Channel::Email, Channel::Message][random.random_range(0..2)],
                priority: Priority::ALL[[0, 1, 1, 1, 1, 1, 2, 3][random.random_range(0..8)]],
                musts,
                prefers: random
                    .random_bool(0.3)
                    .then(|| SkillId(LANGUAGES + random.random_range(0..SKILLS - LANGUAGES))),
                relaxes: random.random_bool(0.5),
            }
        })
        .collect()
}

/// Low numbers are common.
fn skewed(random: &mut impl Rng, bound: i64) -> i64 {
    let share: f64 = random.random();
    ((share * share) * bound as f64) as i64
}

fn people(random: &mut impl Rng, count: usize) -> Vec<Known> {
    (0..count)
        .map(|id| {
            let mut levels = Vec::new();
            for _ in 0..random.random_range(1..=3) {
                levels.push((SkillId(skewed(random, LANGUAGES)), Belief::at_level(4.5, 0.3)));
            }
            for _ in 0..random.random_range(6..=14) {
                let level = 1.5 + 3.5 * random.random::<f64>();
                let skill = SkillId(LANGUAGES + skewed(random, SKILLS - LANGUAGES));
                levels.push((skill, Belief::at_level(level, 0.4)));
            }
            Known { id: PersonId(id as i64), levels }
        })
        .collect()
}

fn class_of(kind: &Kind) -> WorkClass {
    let mut parts: Vec<Expression> = kind
        .musts
        .iter()
        .enumerate()
        .map(|(at, (skill, level))| {
            let leaf = Leaf::skill(*skill, *level);
            Expression::Must(match kind.relaxes && at > 0 {
                true => {
                    leaf.then(600_000, Change::Lower(level / 2.0)).then_or_if_nobody(3_600_000, Change::Drop)
                }
                false => leaf,
            })
        })
        .collect();
    parts.extend(kind.prefers.map(|skill| Expression::prefer(skill, 2.0, 0.5)));
    WorkClass {
        priority: kind.priority,
        ..WorkClass::new(kind.channel, Requirements::of(Expression::All(parts)))
    }
}

fn plain_work(id: usize, kind: &Kind, since_ms: i64) -> Work {
    let musts = kind.musts.iter().map(|(skill, level)| (*skill, *level, 1.0, Hardness::Must));
    let prefers = kind.prefers.iter().map(|skill| (*skill, 2.0, 0.5, Hardness::Prefer));
    let requirements = musts
        .chain(prefers)
        .map(|(skill, least_level, weight, hardness)| Requirement { skill, least_level, weight, hardness })
        .collect();
    Work {
        priority: kind.priority,
        waiting_since_ms: since_ms,
        requirements,
        ..Work::new(WorkId(id as i64), kind.channel)
    }
}

fn plain_person(known: &Known, load: f64) -> Person {
    let beliefs = known.levels.iter().map(|(skill, belief)| SkillBelief { skill: *skill, belief: *belief });
    let Capacity { limit, .. } = Capacity { load, limit: 1.0 };
    Person::new(known.id, Status::Online)
        .holding(Channel::Email, load, limit)
        .holding(Channel::Message, load, limit)
        .knowing(beliefs)
}

/// Sorted times of single decisions, in nanoseconds.
struct Times(Vec<u64>);

impl Times {
    fn of(mut times: Vec<u64>) -> Times {
        times.sort_unstable();
        Times(times)
    }

    fn at(&self, share: f64) -> f64 {
        let at = ((self.0.len() - 1) as f64 * share) as usize;
        self.0[at] as f64 / 1_000.0
    }

    fn per_second(&self) -> f64 {
        self.0.len() as f64 * 1e9 / self.0.iter().sum::<u64>().max(1) as f64
    }
}

fn row(what: &str, ours: &Times, peer: Option<&Times>, bar: &str) {
    let figure = |it: &Times| {
        format!(
            "{:.0}/s, p50 {:.1} µs, p99 {:.1} µs, max {:.0} µs",
            it.per_second(),
            it.at(0.5),
            it.at(0.99),
            it.at(1.0)
        )
    };
    let (theirs, ratio) = match peer {
        Some(peer) => (
            format!("{:.0}/s, p50 {:.0} µs", peer.per_second(), peer.at(0.5)),
            format!("{:.0}", ours.per_second() / peer.per_second()),
        ),
        None => ("–".to_owned(), "–".to_owned()),
    };
    println!("| {what} | {} | {theirs} | {ratio} | {bar} |", figure(ours));
}

fn main() {
    for count in [1_000, 10_000] {
        let bar = if count == 1_000 { "p99 < 100 µs" } else { "p99 < 1,000 µs" };
        for rule in [Rule::LongestIdle, Rule::ExpectedOutcome] {
            let free = free_people(count, rule);
            let peer = (rule == Rule::ExpectedOutcome).then(|| plain_free_people(count));
            row(
                &format!("{count} people, {WAITING} waiting, {rule:?}: next for a free person"),
                &free.0,
                peer.as_ref(),
                bar,
            );
            row(
                &format!("{count} people, {WAITING} waiting, {rule:?}: one arrives, nobody is free"),
                &free.1,
                None,
                bar,
            );
            if rule == Rule::ExpectedOutcome {
                println!(
                    "| {count} people, {WAITING} waiting: memory of the index | {:.1} MB | – | – | |",
                    free.2 as f64 / 1e6
                );
                println!(
                    "| {count} people, {WAITING} waiting: one whose steps come due | {:.2} µs each | – | – | |",
                    free.3
                );
            }
            let found = arrivals(count, rule);
            let peer = (rule == Rule::ExpectedOutcome).then(|| plain_arrivals(count));
            row(
                &format!("{count} people, half of them free, {rule:?}: who gets one that arrives"),
                &found,
                peer.as_ref(),
                bar,
            );
        }
    }
}

fn engine_of(
    known: &[Known],
    kinds: &[Kind],
    rule: Rule,
    out: &mut Vec<Out>,
) -> (Engine, Vec<PersonAt>, Vec<ClassAt>) {
    let settings = Settings { explore_share: 0.05, ..Settings::plain(rule) };
    let mut engine = Engine::new(settings, 7);
    let mut people = Vec::new();
    for person in known {
        let at = engine.add_person(&NewPerson::new(person.id));
        for (skill, belief) in &person.levels {
            engine.set_level(at, *skill, Some(Level::from(*belief)), 0, out);
        }
        people.push(at);
    }
    let classes = kinds.iter().map(|kind| engine.class(&class_of(kind))).collect();
    (engine, people, classes)
}

/// Times of finishing and of arriving; bytes; µs for one relaxation.
fn free_people(count: usize, rule: Rule) -> (Times, Times, usize, f64) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (known, kinds) = (people(&mut random, count), kinds(&mut random));
    let mut out = Vec::new();
    let (mut engine, _, classes) = engine_of(&known, &kinds, rule, &mut out);
    let (mut now, mut number) = (0, 0);
    let mut held: Vec<WorkAt> = Vec::new();
    let mut arrive = |engine: &mut Engine, now: i64, random: &mut ChaCha8Rng, out: &mut Vec<Out>| {
        number += 1;
        let class = classes[skewed(random, KINDS as i64) as usize];
        engine.arrive(&Arrival::new(WorkId(number), class, now), now, out);
    };
    while engine.waiting() < WAITING {
        arrive(&mut engine, now, &mut random, &mut out);
        now += 7;
        engine.tick(now, &mut out);
    }
    held.extend(out.drain(..).filter_map(|it| it.assigned().map(|it| it.work)));
    let (mut frees, mut arrivals) = (Vec::with_capacity(DECISIONS), Vec::with_capacity(DECISIONS));
    for _ in 0..DECISIONS {
        now += 7;
        engine.tick(now, &mut out);
        held.extend(out.drain(..).filter_map(|it| it.assigned().map(|it| it.work)));
        let work = held.swap_remove(random.random_range(0..held.len()));
        let start = Instant::now();
        engine.finish(work, now, &mut out);
        frees.push(start.elapsed().as_nanos() as u64);
        let start = Instant::now();
        arrive(&mut engine, now, &mut random, &mut out);
        arrivals.push(start.elapsed().as_nanos() as u64);
        held.extend(out.drain(..).filter_map(|it| it.assigned().map(|it| it.work)));
    }
    let bytes = engine.bytes();
    // Everything that is left asks less within the next hour.
    let start = Instant::now();
    engine.tick(now + 3_600_001, &mut out);
    let relaxed = out.iter().filter(|it| matches!(it, Out::Relaxed { .. })).count().max(1);
    let each_us = start.elapsed().as_nanos() as f64 / 1_000.0 / relaxed as f64;
    (Times::of(frees), Times::of(arrivals), bytes, each_us)
}

fn arrivals(count: usize, rule: Rule) -> Times {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let (known, kinds) = (people(&mut random, count), kinds(&mut random));
    let mut out = Vec::new();
    let (mut engine, people, classes) = engine_of(&known, &kinds, rule, &mut out);
    for (at, person) in people.iter().enumerate() {
        let takes = if at % 2 == 0 { Channels::ALL } else { Channels::NONE };
        engine.set_status(*person, true, takes, at as i64, &mut out);
    }
    let mut times = Vec::with_capacity(DECISIONS);
    for number in 0..DECISIONS {
        let now = 100_000 + number as i64;
        let class = classes[skewed(&mut random, KINDS as i64) as usize];
        let arrival = Arrival::new(WorkId(number as i64), class, now);
        let start = Instant::now();
        let work = engine.arrive(&arrival, now, &mut out);
        times.push(start.elapsed().as_nanos() as u64);
        out.clear();
        engine.finish(work, now, &mut out);
    }
    Times::of(times)
}

fn plain_free_people(count: usize) -> Times {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (known, kinds) = (people(&mut random, count), kinds(&mut random));
    let queue: Vec<Work> = (0..WAITING)
        .map(|id| plain_work(id, &kinds[skewed(&mut random, KINDS as i64) as usize], id as i64 * 7))
        .collect();
    let policy = Policy::default();
    let times = (0..PLAIN_DECISIONS).map(|at| {
        let person = plain_person(&known[at * 31 % known.len()], 0.0);
        let start = Instant::now();
        std::hint::black_box(next_for(&person, &queue, &policy, WAITING as i64 * 7));
        start.elapsed().as_nanos() as u64
    });
    Times::of(times.collect())
}

fn plain_arrivals(count: usize) -> Times {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let (known, kinds) = (people(&mut random, count), kinds(&mut random));
    let people: Vec<Person> =
        known.iter().enumerate().map(|(at, it)| plain_person(it, f64::from(at as u32 % 2))).collect();
    let policy = Policy::default();
    let times = (0..PLAIN_DECISIONS).map(|at| {
        let work = plain_work(at, &kinds[skewed(&mut random, KINDS as i64) as usize], 0);
        let start = Instant::now();
        std::hint::black_box(choose(&work, &people, &policy, 0, at as u64));
        start.elapsed().as_nanos() as u64
    });
    Times::of(times.collect())
}
