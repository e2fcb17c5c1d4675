//! Chance from a seed: one stream for each day, purpose and type of contact.
//!
//! Two floors that differ in staff or policy meet the same customers with the same business and the same patience
//! (common random numbers), because what belongs to a customer is drawn from a stream that nothing else uses.

use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

pub(crate) type Stream = Xoshiro256PlusPlus;

/// What a stream of chance is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Day = 1,
    Arrivals,
    Service,
    Patience,
    Outcome,
    Dialer,
    Policy,
}

pub(crate) fn stream(seed: u64, day: u64, purpose: Purpose, index: usize) -> Stream {
    let place = (day << 24) ^ ((index as u64) << 4) ^ purpose as u64;
    Stream::seed_from_u64(mixed(seed ^ mixed(place)))
}

/// SplitMix64's finisher (Steele, Lea & Flood 2014).
fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform in 0 ≤ x < 1.
#[inline]
pub(crate) fn share(stream: &mut Stream) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (stream.next_u64() >> 11) as f64 * STEP
}

#[inline]
pub(crate) fn exponential(stream: &mut Stream) -> f64 {
    Exp1.sample(stream)
}

/// How a time varies around its mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Exponential,
    /// Standard deviation ÷ mean.
    Lognormal {
        cv: f64,
    },
    Gamma {
        cv: f64,
    },
    /// From mean·(1 − spread) to mean·(1 + spread); 0 ≤ spread ≤ 1.
    Uniform {
        spread: f64,
    },
    Constant,
    /// One of these, each as likely as the others.
    Empirical(Vec<f64>),
}

/// A shape, ready to draw from, with mean 1.
#[derive(Debug, Clone)]
pub(crate) enum Unit {
    Exponential,
    Lognormal(LogNormal<f64>),
    Gamma(Gamma<f64>),
    Uniform(f64),
    Constant,
    Empirical(Box<[f64]>),
}

impl Unit {
    /// Shapes out of range become constant; readers of scenarios refuse them before.
    pub(crate) fn of(shape: &Shape) -> Unit {
        match shape {
            Shape::Exponential => Unit::Exponential,
            Shape::Lognormal { cv } => {
                let variance = (1.0 + cv * cv).ln();
                LogNormal::new(-0.5 * variance, variance.sqrt()).map_or(Unit::Constant, Unit::Lognormal)
            }
            Shape::Gamma { cv } => {
                let shape = 1.0 / (cv * cv);
                Gamma::new(shape, 1.0 / shape).map_or(Unit::Constant, Unit::Gamma)
            }
            Shape::Uniform { spread } => Unit::Uniform(*spread),
            Shape::Constant => Unit::Constant,
            Shape::Empirical(values) => {
                let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
                if mean > 0.0 {
                    Unit::Empirical(values.iter().map(|it| it / mean).collect())
                } else {
                    Unit::Constant
                }
            }
        }
    }

    #[inline]
    pub(crate) fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Unit::Exponential => exponential(stream),
            Unit::Lognormal(it) => it.sample(stream),
            Unit::Gamma(it) => it.sample(stream),
            Unit::Uniform(spread) => 1.0 + spread * (2.0 * share(stream) - 1.0),
            Unit::Constant => 1.0,
            Unit::Empirical(values) => values[(share(stream) * values.len() as f64) as usize],
        }
    }
}

/// The day's factor on all arrivals: Gamma with mean 1 and this shape.
pub(crate) fn busyness(stream: &mut Stream, shape: f64) -> f64 {
    Gamma::new(shape, 1.0 / shape).map_or(1.0, |it| it.sample(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_the_mean_one_and_the_spread_it_was_asked_for() {
        let shapes = [
            (Shape::Exponential, 1.0),
            (Shape::Lognormal { cv: 0.7 }, 0.7),
            (Shape::Gamma { cv: 1.3 }, 1.3),
            (Shape::Uniform { spread: 0.4 }, 0.4 / 3.0_f64.sqrt()),
            (Shape::Constant, 0.0),
            (Shape::Empirical(vec![2.0, 6.0]), 0.5),
        ];
        for (at, (shape, cv)) in shapes.into_iter().enumerate() {
            let unit = Unit::of(&shape);
            let mut stream = stream(7, 0, Purpose::Service, at);
            let drawn: Vec<f64> = (0..200_000).map(|_| unit.draw(&mut stream)).collect();
            let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
            let variance = drawn.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
            assert!((mean - 1.0).abs() < 0.015, "{shape:?}: mean {mean}");
            assert!((variance.sqrt() - cv).abs() < 0.03, "{shape:?}: sd {}", variance.sqrt());
        }
    }

    #[test]
    fn streams_of_different_purpose_differ_and_the_same_repeats() {
        let first = |seed, day, purpose, index| stream(seed, day, purpose, index).next_u64();
        let one = first(1, 2, Purpose::Service, 3);
        assert_eq!(one, first(1, 2, Purpose::Service, 3));
        for other in [
            first(2, 2, Purpose::Service, 3),
            first(1, 3, Purpose::Service, 3),
            first(1, 2, Purpose::Patience, 3),
            first(1, 2, Purpose::Service, 4),
        ] {
            assert_ne!(one, other);
        }
    }
}
