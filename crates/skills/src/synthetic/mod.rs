//! A made-up desk whose true abilities are known: who recovers them best from the work alone?
//!
//! Agents differ in general and in each skill, and drift. Topics differ in difficulty, which nobody is told; hard topics go to
//! the stronger of two people four times out of five, which is what spoils averages. Some tickets are rated by the customer,
//! a few are reviewed by raters of unknown severity. For tests and benchmarks.

mod estimators;
mod figures;

use crate::belief::{LEVEL_MAX, LEVEL_MIN, level_of};
use crate::observation::Observation;

pub use estimators::{
    Estimate, elo_ratings, fit, glicko2_ratings, online, online_plain, raw_averages, refitted, rows,
    settings, start, trueskill_ratings,
};
pub use figures::{Figures, figures, mean_of};

/// The size of a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub agents: usize,
    pub skills: usize,
    pub topics: usize,
    pub raters: usize,
    pub days: usize,
    pub tickets_per_day: usize,
}

impl Size {
    /// 40 agents with 12 tickets a day for 120 days: 57,600 tickets.
    pub const WHOLE: Size =
        Size { agents: 40, skills: 12, topics: 60, raters: 6, days: 120, tickets_per_day: 480 };
    /// A thousand people with a hundred skills for a year: about a million observations.
    pub const LARGE: Size =
        Size { agents: 1_000, skills: 100, topics: 500, raters: 30, days: 365, tickets_per_day: 2_325 };
}

/// Abilities have sd √(0.6² + 0.72²) ≈ 0.94 logits.
pub const GENERAL_SD: f64 = 0.6;
pub const SPECIFIC_SD: f64 = 0.72;
pub const TOPIC_SD: f64 = 0.8;
pub const SEVERITY_SD: f64 = 0.4;
/// How much harder or easier each priority and each channel is.
pub const PRIORITY_SD: f64 = 0.3;
pub const CHANNEL_SD: f64 = 0.3;
pub const PRIORITIES: usize = 4;
pub const CHANNELS: usize = 3;
pub const DRIFT_SD_PER_DAY: f64 = 0.01;
/// The main skill of a topic counts 0.7, another 0.3.
pub const MAIN_WEIGHT: f64 = 0.7;
const HARD_TO_THE_STRONGER: f64 = 0.8;
const RATED: f64 = 0.15;
const REVIEWED: f64 = 0.03;
/// The library's own offset, slope, cut points and review noise, from which outcomes are drawn here.
const OFFSET: f64 = 1.0;
const SATISFACTION_SLOPE: f64 = 0.6;
const SATISFACTION_CUTS: [f64; 4] = [-2.6, -2.0, -1.3, -0.3];
const REVIEW_NOISE_SD: f64 = 0.56;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topic {
    pub main: usize,
    pub other: usize,
    pub difficulty: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ticket {
    pub day: usize,
    pub agent: usize,
    pub topic: usize,
    pub priority: usize,
    pub channel: usize,
    pub for_good: bool,
    pub score: Option<u8>,
    /// Rater and level given to the main skill.
    pub review: Option<(usize, f64)>,
    /// The true P(solved for good), which no estimator is told.
    pub chance: f64,
}

struct Hidden {
    severity: Vec<f64>,
    priority: Vec<f64>,
    channel: Vec<f64>,
}

#[derive(Debug, Clone)]
pub struct World {
    pub size: Size,
    pub topics: Vec<Topic>,
    pub tickets: Vec<Ticket>,
    /// True abilities on the last day: agent by agent, skill by skill, in logits.
    pub truth: Vec<f64>,
}

impl World {
    /// One desk's history; the same seed gives the same on every machine.
    pub fn live(size: Size, seed: u64) -> World {
        World::lived(size, seed, |_, _| {})
    }

    /// The same with what happens to people at the beginning of each day: abilities in logits, agent by agent, skill by
    /// skill. Dice fall alike, so that two histories differ by nothing but what was done to the people.
    pub fn lived(size: Size, seed: u64, mut at_dawn: impl FnMut(usize, &mut [f64])) -> World {
        let mut dice = Dice::new(seed);
        let mut truth: Vec<f64> = Vec::with_capacity(size.agents * size.skills);
        for _ in 0..size.agents {
            let general = GENERAL_SD * dice.normal();
            truth.extend((0..size.skills).map(|_| general + SPECIFIC_SD * dice.normal()));
        }
        let topics: Vec<Topic> = (0..size.topics)
            .map(|i| Topic {
                main: i % size.skills,
                other: (i + 1 + dice.below(size.skills - 1)) % size.skills,
                difficulty: TOPIC_SD * dice.normal(),
            })
            .collect();
        let mut unknown =
            |count: usize, sd: f64| -> Vec<f64> { (0..count).map(|_| sd * dice.normal()).collect() };
        let hidden = Hidden {
            severity: unknown(size.raters, SEVERITY_SD),
            priority: unknown(PRIORITIES, PRIORITY_SD),
            channel: unknown(CHANNELS, CHANNEL_SD),
        };
        let mut tickets = Vec::with_capacity(size.days * size.tickets_per_day);
        for day in 0..size.days {
            for ability in &mut truth {
                *ability += DRIFT_SD_PER_DAY * dice.normal();
            }
            at_dawn(day, &mut truth);
            for _ in 0..size.tickets_per_day {
                tickets.push(ticket(&mut dice, size, day, &truth, &topics, &hidden));
            }
        }
        World { size, topics, tickets, truth }
    }

    /// The skills of a topic with their weights.
    pub fn skills_of(&self, topic: usize) -> [(usize, f64); 2] {
        let topic = &self.topics[topic];
        [(topic.main, MAIN_WEIGHT), (topic.other, 1.0 - MAIN_WEIGHT)]
    }

    /// Observations in all tickets: outcomes, ratings and reviews.
    pub fn events(&self) -> usize {
        let of = |it: &Ticket| 1 + usize::from(it.score.is_some()) + usize::from(it.review.is_some());
        self.tickets.iter().map(of).sum()
    }
}

fn ticket(
    dice: &mut Dice,
    size: Size,
    day: usize,
    truth: &[f64],
    topics: &[Topic],
    hidden: &Hidden,
) -> Ticket {
    let at = dice.below(size.topics);
    let topic = &topics[at];
    let ability = |agent: usize, skill: usize| truth[agent * size.skills + skill];
    let able = |agent: usize| {
        MAIN_WEIGHT * ability(agent, topic.main) + (1.0 - MAIN_WEIGHT) * ability(agent, topic.other)
    };
    let (one, other) = (dice.below(size.agents), dice.below(size.agents));
    let to_the_stronger = topic.difficulty > 0.0 && dice.share() < HARD_TO_THE_STRONGER;
    let agent = if to_the_stronger && able(other) > able(one) { other } else { one };
    let (priority, channel) = (dice.below(PRIORITIES), dice.below(CHANNELS));
    let z = able(agent) - topic.difficulty - hidden.priority[priority] - hidden.channel[channel];
    let chance = sigmoid(z + OFFSET);
    let for_good = dice.share() < chance;
    let score = (dice.share() < RATED).then(|| {
        let u = dice.share();
        let above = |cut: &&f64| u < sigmoid(SATISFACTION_SLOPE * z - **cut);
        1 + SATISFACTION_CUTS.iter().filter(above).count() as u8
    });
    let review = (dice.share() < REVIEWED).then(|| {
        let rater = dice.below(size.raters);
        let seen = ability(agent, topic.main) - hidden.severity[rater] + REVIEW_NOISE_SD * dice.normal();
        (rater, level_of(seen).clamp(LEVEL_MIN, LEVEL_MAX))
    });
    Ticket { day, agent, topic: at, priority, channel, for_good, score, review, chance }
}

impl Ticket {
    pub fn outcome(&self) -> Observation {
        Observation::Solved { for_good: self.for_good }
    }

    pub fn rating(&self) -> Option<Observation> {
        self.score.map(|score| Observation::Satisfaction { score })
    }

    pub fn reviewed(&self) -> Option<(usize, Observation)> {
        self.review.map(|(rater, level)| (rater, Observation::Review { level, severity: 0.0 }))
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A small generator of its own, so that made-up desks need no dependency: SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// 0 ≤ share < 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 0 ≤ number < `count`; 0 if the count is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.share() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.share(), self.share());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}
