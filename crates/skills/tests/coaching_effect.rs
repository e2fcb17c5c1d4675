//! On the made-up desk, where it is known what coaching has changed: does the interval of the measured effect hold it as
//! often as it says?

use skills::effect::{Effect, Outcome, Settings, measure};
use skills::synthetic::{Dice, Size, World};

const SIZE: Size = Size { agents: 30, skills: 4, topics: 24, raters: 4, days: 100, tickets_per_day: 360 };
const BEGAN: usize = 50;
const SKILL: usize = 0;
const WORLDS: u64 = 120;

/// Work of the skill: the topic is the kind, else everything in the skill is one kind.
fn outcomes(world: &World) -> Vec<Outcome> {
    let of_skill = world.tickets.iter().filter(|it| world.topics[it.topic].main == SKILL);
    of_skill
        .map(|it| Outcome {
            person: it.agent as i64,
            strata: [1_000 + (it.topic * 16 + it.priority * 4 + it.channel) as u64, it.topic as u64],
            after: it.day >= BEGAN,
            value: f64::from(u8::from(it.for_good)),
        })
        .collect()
}

/// The same history with somebody coached, and by how much that raised the chance of their own work.
fn coached(seed: u64, who: usize, by_logits: f64) -> (World, f64) {
    let plain = World::live(SIZE, seed);
    let world = World::lived(SIZE, seed, |day, truth| {
        if day == BEGAN {
            truth[who * SIZE.skills + SKILL] += by_logits;
        }
    });
    let pairs = world.tickets.iter().zip(&plain.tickets);
    let theirs = pairs.filter(|(with, without)| {
        with.agent == who
            && without.agent == who
            && with.day >= BEGAN
            && world.topics[with.topic].main == SKILL
    });
    let gains: Vec<f64> = theirs.map(|(with, without)| with.chance - without.chance).collect();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    (world, mean)
}

struct Found {
    covered: f64,
    bias: f64,
    width: f64,
    naive_bias: f64,
}

fn found(choose: impl Fn(u64, &World) -> usize, by_logits: f64) -> Found {
    let (mut covered, mut bias, mut width, mut naive_bias) = (0.0, 0.0, 0.0, 0.0);
    for seed in 1..=WORLDS {
        let who = choose(seed, &World::live(SIZE, seed));
        let (world, truth) = coached(seed, who, by_logits);
        let it: Effect =
            measure(&outcomes(&world), who as i64, &Settings::default()).expect("plenty of work");
        covered += f64::from(u8::from(it.interval.0 <= truth && truth <= it.interval.1));
        bias += it.estimate - truth;
        naive_bias += it.after - it.before - truth;
        width += it.interval.1 - it.interval.0;
    }
    let n = WORLDS as f64;
    Found { covered: covered / n, bias: bias / n, width: width / n, naive_bias: naive_bias / n }
}

#[test]
#[allow(clippy::print_stdout)]
fn the_interval_holds_the_known_effect_about_as_often_as_it_says() {
    let anybody = |seed: u64, _: &World| Dice::new(seed).below(SIZE.agents);
    for by in [0.0, 1.0] {
        let it = found(anybody, by);
        println!(
            "anybody, +{by} logits: covered {:.2}, bias {:+.3}, width {:.3}",
            it.covered, it.bias, it.width
        );
        assert!((0.72..=0.90).contains(&it.covered), "{:.3} of nominal 0.80", it.covered);
        assert!(it.bias.abs() < 0.02, "{:+.3}", it.bias);
    }
}

#[test]
#[allow(clippy::print_stdout)]
fn whoever_is_coached_because_it_went_badly_is_not_credited_with_luck_that_turns() {
    /// The one with the worst outcomes of the weeks before.
    fn worst(_: u64, world: &World) -> usize {
        let mut sums = vec![(0.0, 0.0); SIZE.agents];
        for it in world.tickets.iter().filter(|it| it.day < BEGAN && world.topics[it.topic].main == SKILL) {
            sums[it.agent].0 += f64::from(u8::from(it.for_good));
            sums[it.agent].1 += 1.0;
        }
        let share = |agent: &usize| sums[*agent].0 / sums[*agent].1;
        (0..SIZE.agents).min_by(|one, other| share(one).total_cmp(&share(other))).expect("there are agents")
    }
    let it = found(worst, 0.8);
    println!(
        "the worst: covered {:.2}, bias {:+.3}, plain before and after {:+.3}",
        it.covered, it.bias, it.naive_bias
    );
    assert!((0.72..=0.90).contains(&it.covered), "{:.3} of nominal 0.80", it.covered);
    assert!(it.bias.abs() < 0.5 * it.naive_bias.abs(), "bias {:+.3}, plain {:+.3}", it.bias, it.naive_bias);
}
