//! Expectations of wait are kept as often as they say, on a floor that is run by the engine.

use std::collections::{BTreeMap, VecDeque};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use routing::engine::*;
use routing::{Channel, PersonId, Requirements, WorkId, expected_wait};

const SERVICE_MS: f64 = 300_000.0;
const WINDOW_MS: i64 = 1_800_000;

fn gap(random: &mut ChaCha8Rng, mean_ms: f64) -> i64 {
    let share: f64 = random.random();
    (-(1.0 - share).ln() * mean_ms).round() as i64
}

/// (said, kept within the interval, longer than the upper end) on a floor of so many people that is always a little
/// overloaded by day and drains by night.
fn floor(people: u16, seed: u64) -> (u32, u32, u32) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut engine = Engine::new(Settings::plain(Rule::LongestIdle), seed);
    let mut out = Vec::new();
    for id in 0..people {
        engine.add_person(&NewPerson::new(PersonId(i64::from(id))));
    }
    let calls = engine.class(&WorkClass::new(Channel::Voice, Requirements::none()));
    let mut done: BTreeMap<(i64, u64), WorkAt> = BTreeMap::new();
    let mut promises: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    let mut taken: VecDeque<i64> = VecDeque::new();
    let (mut number, mut arrives) = (0_u64, 0_i64);
    let mut now;
    let (mut said, mut kept, mut longer) = (0, 0, 0);
    while number < 60_000 {
        let next_done = done.first_key_value().map(|it| it.0.0).unwrap_or(i64::MAX);
        out.clear();
        if arrives <= next_done {
            now = arrives;
            number += 1;
            let ahead = engine.waiting() as u32;
            engine.arrive(&Arrival::new(WorkId(number as i64), calls, now), now, &mut out);
            if out.is_empty() {
                while taken.front().is_some_and(|at| *at < now - WINDOW_MS) {
                    taken.pop_front();
                }
                // Only while something has waited all the time does the count say how fast people become free.
                let since = taken.front().copied().unwrap_or(now);
                let gaps = (taken.len() as u32).saturating_sub(1);
                if let Some(wait) = expected_wait(ahead, gaps, now - since) {
                    promises.insert(number as i64, (now, wait.low_ms, wait.high_ms));
                }
            }
            let day = (now / 14_400_000) % 2 == 0;
            let load = if day { 1.1 } else { 0.8 };
            arrives = now + gap(&mut random, SERVICE_MS / f64::from(people) / load);
        } else {
            let ((at, _), work) = done.pop_first().unwrap();
            now = at;
            engine.finish(work, now, &mut out);
            if engine.waiting() == 0 && out.is_empty() {
                taken.clear();
            }
        }
        for given in out.iter().filter_map(Out::assigned) {
            done.insert(
                (now + gap(&mut random, SERVICE_MS), number << 8 | given.person.index() as u64),
                given.work,
            );
            if given.how == How::Next {
                taken.push_back(now);
            }
            if let Some((since, low, high)) = promises.remove(&given.id.0) {
                let waited = now - since;
                said += 1;
                kept += u32::from(waited >= low && waited <= high);
                longer += u32::from(waited > high);
            }
        }
    }
    (said, kept, longer)
}

#[test]
fn eight_of_ten_waits_lie_within_what_was_said() {
    for (people, seed) in [(5, 1), (20, 2), (60, 3)] {
        let (said, kept, longer) = floor(people, seed);
        assert!(said > 5_000, "{said}");
        let (kept, longer) = (f64::from(kept) / f64::from(said), f64::from(longer) / f64::from(said));
        assert!((0.75..0.86).contains(&kept), "{people} people: {kept:.3} within");
        assert!((0.06..0.16).contains(&longer), "{people} people: {longer:.3} longer");
    }
}
