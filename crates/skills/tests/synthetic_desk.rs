//! A made-up desk whose true levels are known: who recovers them best from the work alone?
//!
//! 20 agents, 6 skills, 24 topics of unknown difficulty, 12,000 tickets over 40 days. Hard topics go to a stronger person
//! 80 % of the time, which is what spoils averages; a rating on 15 %, a review on 3 % by raters of unknown severity.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use skills::{Component, Observation, elo, level_of, update};

const AGENTS: usize = 20;
const SKILLS: usize = 6;
const TOPICS: usize = 24;
const RATERS: usize = 6;
const DAYS: usize = 40;
const TICKETS_PER_DAY: usize = 300;
const GENERAL_SD: f64 = 0.6;
const SPECIFIC_SD: f64 = 0.72;
const DIFFICULTY_SD: f64 = 0.8;
const SEVERITY_SD: f64 = 0.4;
const DRIFT_SD_PER_DAY: f64 = 0.01;
/// The library's own offset, cut points and noise, from which the outcomes are drawn here.
const OFFSET: f64 = 1.0;
const CUTS: [f64; 4] = [-2.6, -2.0, -1.3, -0.3];
const REVIEW_NOISE_LOGITS: f64 = 0.56;
/// Of 0.05, 0.08, 0.12, 0.2, 0.3, 0.45 and 0.6 this suits Elo best here.
const ELO_STEP: f64 = 0.2;

struct Topic {
    main: usize,
    other: usize,
    difficulty: f64,
}

/// The main skill of a topic counts 0.7, the other 0.3.
const MAIN: f64 = 0.7;

struct Figures {
    rmse: f64,
    spearman: f64,
}

struct Result {
    raw: Figures,
    elo: Figures,
    filter: Figures,
    /// Share of true levels within the filter's own 80 % interval.
    covered: f64,
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

fn happens(rng: &mut ChaCha8Rng, logits: f64) -> bool {
    rng.random::<f64>() < 1.0 / (1.0 + (-logits).exp())
}

fn simulate(seed: u64) -> Result {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let mut truth: Vec<[f64; SKILLS]> = (0..AGENTS)
        .map(|_| {
            let general = GENERAL_SD * normal(rng);
            std::array::from_fn(|_| general + SPECIFIC_SD * normal(rng))
        })
        .collect();
    let topics: Vec<Topic> = (0..TOPICS)
        .map(|i| Topic {
            main: i % SKILLS,
            other: (i + 1 + rng.random_range(0..SKILLS - 1)) % SKILLS,
            difficulty: DIFFICULTY_SD * normal(rng),
        })
        .collect();
    let severity: [f64; RATERS] = std::array::from_fn(|_| SEVERITY_SD * normal(rng));

    let mut counts = vec![[(0.0, 0.0); SKILLS]; AGENTS];
    let mut elo_skill = vec![[0.0; SKILLS]; AGENTS];
    let mut elo_topic = [0.0; TOPICS];
    let part = |sd: f64, weight: f64| Component { mean: 0.0, variance: sd * sd, weight };
    let mut general = [part(GENERAL_SD, 1.0); AGENTS];
    let mut specific = vec![[part(SPECIFIC_SD, 1.0); SKILLS]; AGENTS];
    let mut hardness = [part(DIFFICULTY_SD, -1.0); TOPICS];
    let mut rater = [part(SEVERITY_SD, -1.0); RATERS];

    for _ in 0..DAYS {
        for theta in truth.iter_mut().flatten() {
            *theta += DRIFT_SD_PER_DAY * normal(rng);
        }
        for _ in 0..TICKETS_PER_DAY {
            let t = rng.random_range(0..TOPICS);
            let topic = &topics[t];
            let able =
                |agent: usize| MAIN * truth[agent][topic.main] + (1.0 - MAIN) * truth[agent][topic.other];
            let offered: [usize; 4] = std::array::from_fn(|_| rng.random_range(0..AGENTS));
            let agent = if topic.difficulty > 0.0 && rng.random::<f64>() < 0.8 {
                offered.into_iter().max_by(|a, b| able(*a).total_cmp(&able(*b))).unwrap()
            } else {
                offered[0]
            };
            let z = able(agent) - topic.difficulty;
            let for_good = happens(rng, z + OFFSET);

            for (skill, weight) in [(topic.main, MAIN), (topic.other, 1.0 - MAIN)] {
                let (yes, all) = &mut counts[agent][skill];
                *all += weight;
                *yes += if for_good { weight } else { 0.0 };
            }

            let rated = MAIN * elo_skill[agent][topic.main] + (1.0 - MAIN) * elo_skill[agent][topic.other];
            let (after, against) = elo::update(rated + OFFSET, elo_topic[t], for_good, ELO_STEP);
            let gained = after - rated - OFFSET;
            elo_skill[agent][topic.main] += MAIN * gained;
            elo_skill[agent][topic.other] += (1.0 - MAIN) * gained;
            elo_topic[t] = against;

            let see = |parts: &mut Vec<Component>, observation: Observation| {
                update(parts, &observation);
            };
            let mut parts = vec![
                general[agent],
                Component { weight: MAIN, ..specific[agent][topic.main] },
                Component { weight: 1.0 - MAIN, ..specific[agent][topic.other] },
                hardness[t],
            ];
            see(&mut parts, Observation::Solved { for_good });
            if rng.random::<f64>() < 0.15 {
                let u: f64 = rng.random();
                let above = |cut: f64| 1.0 / (1.0 + (cut - 0.6 * z).exp());
                let score = 1 + CUTS.iter().filter(|cut| u < above(**cut)).count() as u8;
                see(&mut parts, Observation::Satisfaction { score });
            }
            general[agent] = parts[0];
            specific[agent][topic.main] = Component { weight: 1.0, ..parts[1] };
            specific[agent][topic.other] = Component { weight: 1.0, ..parts[2] };
            hardness[t] = parts[3];
            if rng.random::<f64>() < 0.03 {
                let r = rng.random_range(0..RATERS);
                let seen = truth[agent][topic.main] - severity[r] + REVIEW_NOISE_LOGITS * normal(rng);
                let mut parts = vec![general[agent], specific[agent][topic.main], rater[r]];
                see(&mut parts, Observation::Review { level: level_of(seen), severity: 0.0 });
                general[agent] = parts[0];
                specific[agent][topic.main] = parts[1];
                rater[r] = parts[2];
            }
        }
    }

    let truth: Vec<f64> = truth.into_iter().flatten().collect();
    let raw: Vec<f64> =
        counts.iter().flatten().map(|(yes, all)| ((yes + 0.5) / (all - yes + 0.5)).ln()).collect();
    let by_elo: Vec<f64> = elo_skill.into_iter().flatten().collect();
    let mut by_filter = Vec::new();
    let mut covered = 0;
    for agent in 0..AGENTS {
        for skill in 0..SKILLS {
            let it = specific[agent][skill];
            by_filter.push(general[agent].mean + it.mean);
            let sd = (general[agent].variance + it.variance).sqrt();
            let miss = truth[agent * SKILLS + skill] - general[agent].mean - it.mean;
            covered += usize::from(miss.abs() <= 1.2816 * sd);
        }
    }
    Result {
        raw: compare(&raw, &truth),
        elo: compare(&by_elo, &truth),
        filter: compare(&by_filter, &truth),
        covered: covered as f64 / truth.len() as f64,
    }
}

/// Both sides are centred first: how hard the average topic is cannot be told from how able the average person is.
fn compare(estimate: &[f64], truth: &[f64]) -> Figures {
    let n = truth.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (e, t) = (mean(estimate), mean(truth));
    let squares: f64 = estimate.iter().zip(truth).map(|(a, b)| ((a - e) - (b - t)).powi(2)).sum();
    let (a, b) = (ranks(estimate), ranks(truth));
    let apart: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    Figures { rmse: (squares / n).sqrt(), spearman: 1.0 - 6.0 * apart / (n * (n * n - 1.0)) }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank as f64;
    }
    ranks
}

#[test]
#[allow(clippy::print_stdout)]
fn the_filter_knows_people_better_than_averages_and_elo() {
    const SEEDS: u64 = 4;
    let results: Vec<Result> = (1..=SEEDS).map(simulate).collect();
    let mean = |of: fn(&Result) -> f64| results.iter().map(of).sum::<f64>() / SEEDS as f64;
    let (raw, elo, filter) = (mean(|it| it.raw.rmse), mean(|it| it.elo.rmse), mean(|it| it.filter.rmse));
    let (raw_rank, elo_rank, filter_rank) =
        (mean(|it| it.raw.spearman), mean(|it| it.elo.spearman), mean(|it| it.filter.spearman));
    println!("estimator      RMSE  Spearman");
    println!("raw averages  {raw:.3}  {raw_rank:.3}");
    println!("Elo           {elo:.3}  {elo_rank:.3}");
    println!("online filter {filter:.3}  {filter_rank:.3}");
    println!("truth within the 80 % interval: {:.2}", mean(|it| it.covered));
    assert!(filter < 0.9 * elo && filter < 0.7 * raw);
    assert!(filter_rank > elo_rank && filter_rank > raw_rank);
    assert!(mean(|it| it.covered) > 0.6);
}
