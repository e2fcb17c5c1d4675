//! How noisy each source of statements is, and where customers put their cut points: learnt beside the fit.
//!
//! Noise by expectation–maximisation: the mean of squared residuals plus the fit's own uncertainty of them, with the start
//! weighing as much as a few statements. Cut points by a Newton step of their own; their likelihood is concave too.

use super::likelihood::{ALL_SOURCES, Noise, SOURCES, Seen, edges};
use super::newton::sum_of;
use super::people::{Model, Person};
use super::shards;
use super::skyline::Skyline;
use crate::observation::{End, SATISFACTION_CUTS, at_least, sigmoid};

/// The assumed noise of a source counts as much as this many statements.
const STATEMENTS_AT_START: f64 = 20.0;
/// Learnt noise stays within these factors of the assumed variance.
const VARIANCE_FACTOR_MIN: f64 = 0.25;
const VARIANCE_FACTOR_MAX: f64 = 6.0;
/// Standard deviation of the cut points around the assumed ones, and the least gap between two, in logits.
const CUT_SD: f64 = 0.5;
const CUT_GAP_MIN: f64 = 0.05;
const CUT_HALVINGS_MAX: u32 = 6;

/// The factors in `model` are those of the step before, which is near enough.
pub(super) fn learn(model: &mut Model, threads: usize) {
    let (noise, unknown) = (model.noise, &model.unknowns.value);
    let parts = shards::each(&mut model.shards, threads, |shard| {
        let mut sums = Sums::default();
        shard.iter().for_each(|person| sums.hear(person, unknown, &noise));
        sums
    });
    let mut sums = Sums::default();
    parts.iter().for_each(|part| sums.add(part));
    let at_start = Noise::at_start(0.0).variance;
    for (source, assumed) in at_start.into_iter().enumerate() {
        let total = STATEMENTS_AT_START * assumed + sums.squares[source];
        let variance = total / (STATEMENTS_AT_START + sums.count[source]);
        model.noise.variance[source] =
            variance.clamp(VARIANCE_FACTOR_MIN * assumed, VARIANCE_FACTOR_MAX * assumed);
    }
    if sums.ratings > 0 {
        move_cuts(&mut model.noise, &sums);
    }
}

#[derive(Default)]
struct Sums {
    squares: [f64; SOURCES],
    count: [f64; SOURCES],
    ratings: u64,
    /// Slope and negative second derivatives in the cut points; they only touch their neighbours.
    slope: [f64; 4],
    bend: [f64; 4],
    beside: [f64; 3],
}

impl Sums {
    fn hear(&mut self, person: &Person, unknown: &[f64], noise: &Noise) {
        let mut direction = vec![0.0; person.x.len()];
        for (line, terms, asks) in person.each_line() {
            let z = line.base + sum_of(terms, &person.x) + sum_of(asks, unknown);
            match line.seen {
                Seen::Stated { logits, end, source } => {
                    let least = terms.iter().map(|(at, _)| *at as usize).min().unwrap_or(0);
                    direction.fill(0.0);
                    terms.iter().for_each(|(at, x)| direction[*at as usize] += x);
                    person.matrix.forward(&mut direction, least);
                    let spread: f64 = direction.iter().map(|x| x * x).sum();
                    self.squares[source as usize] +=
                        residual(logits - z, end, noise.variance[source as usize]) + spread;
                    self.count[source as usize] += 1.0;
                }
                Seen::Graded { score } => self.hear_rating(usize::from(score), edges(score, z, noise), noise),
                Seen::YesNo { .. } | Seen::Measured { .. } | Seen::Speed { .. } => {}
            }
        }
    }

    /// ln(σ(x) − σ(y)) differentiated in the cut points behind x and y.
    fn hear_rating(&mut self, score: usize, (x, y): (f64, f64), noise: &Noise) {
        const SHARE_MIN: f64 = 1e-12;
        let (_, shrunk) = noise.graded();
        let (at_least, more) = (sigmoid(x), sigmoid(y));
        let share = (at_least - more).max(SHARE_MIN);
        let (p, q) = (at_least * (1.0 - at_least) / share, more * (1.0 - more) / share);
        self.ratings += 1;
        if score > 1 {
            self.slope[score - 2] -= shrunk * p;
            self.bend[score - 2] += shrunk * shrunk * (p * p - p * (1.0 - 2.0 * at_least));
        }
        if score < 5 {
            self.slope[score - 1] += shrunk * q;
            self.bend[score - 1] += shrunk * shrunk * (q * q + q * (1.0 - 2.0 * more));
        }
        if (2..5).contains(&score) {
            self.beside[score - 2] -= shrunk * shrunk * p * q;
        }
    }

    fn add(&mut self, other: &Sums) {
        let add = |mine: &mut [f64], theirs: &[f64]| mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        add(&mut self.squares, &other.squares);
        add(&mut self.count, &other.count);
        add(&mut self.slope, &other.slope);
        add(&mut self.bend, &other.bend);
        add(&mut self.beside, &other.beside);
        self.ratings += other.ratings;
    }
}

/// The expected square of a residual; at an end of the scale it is only known to lie beyond.
fn residual(off: f64, end: End, variance: f64) -> f64 {
    let Some(sign) = end.sign() else { return off * off };
    let beyond = -sign * off / variance.sqrt();
    let (_, ratio) = at_least(beyond);
    variance * (1.0 - beyond * ratio).max(0.0)
}

fn move_cuts(noise: &mut Noise, sums: &Sums) {
    let precision = 1.0 / (CUT_SD * CUT_SD);
    let mut matrix = Skyline::full(4);
    let mut step = [0.0; 4];
    for k in 0..4 {
        matrix.add(k, k, sums.bend[k].max(0.0) + precision);
        step[k] = sums.slope[k] - precision * (noise.cuts[k] - SATISFACTION_CUTS[k]);
        if k > 0 {
            matrix.add(k, k - 1, sums.beside[k - 1]);
        }
    }
    matrix.factor();
    matrix.solve(&mut step);
    for _ in 0..CUT_HALVINGS_MAX {
        let moved: [f64; 4] = std::array::from_fn(|k| noise.cuts[k] + step[k]);
        if moved.windows(2).all(|pair| pair[1] - pair[0] >= CUT_GAP_MIN) {
            noise.cuts = moved;
            return;
        }
        step.iter_mut().for_each(|it| *it /= 2.0);
    }
}

pub(super) fn sd_levels(noise: &Noise) -> std::collections::BTreeMap<super::Source, f64> {
    let sd =
        |source: &super::Source| noise.variance[*source as usize].sqrt() * crate::belief::LEVELS_PER_LOGIT;
    ALL_SOURCES.iter().map(|source| (*source, sd(source))).collect()
}
