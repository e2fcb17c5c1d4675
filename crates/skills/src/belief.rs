//! What the desk believes of one person in one skill: a normal distribution in logits, shown as a level 0–5.

use serde::{Deserialize, Serialize};
use statrs::function::erf::{erfc, erfc_inv};

/// The least and the greatest level that is ever shown: 0 none, 5 expert.
pub const LEVEL_MIN: f64 = 0.0;
pub const LEVEL_MAX: f64 = 5.0;
/// Somebody of 0 logits stands in the middle of the scale, between assisted (2) and independent (3).
pub const LEVEL_AT_ZERO_LOGITS: f64 = 2.5;
/// With abilities of sd ≈ 0.94 logits in a team, ±2 logits (98 % of people) fill the scale exactly.
pub const LEVELS_PER_LOGIT: f64 = 1.25;
/// A level is shown to others only from this many effective observations on: see [`crate::Footing`].
pub const EFFECTIVE_OBSERVATIONS_TO_SHOW: f64 = 5.0;
/// Fisher information about ability in one ordinary outcome, p(1−p) at p ≈ 0.72; the unit in which evidence is counted.
pub(crate) const INFORMATION_PER_OUTCOME: f64 = 0.2;

/// A latent ability θ ~ Normal(`mean`, `variance`), both in logits. Level = 2.5 + 1.25·θ, cut to 0–5 when shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Logits; −8 to 8 (see [`crate::MEAN_LOGITS_MAX`]).
    pub mean: f64,
    /// Squared logits; above 0.
    pub variance: f64,
}

/// The level of an ability of `logits`, uncut: may lie outside 0–5.
pub fn level_of(logits: f64) -> f64 {
    LEVEL_AT_ZERO_LOGITS + LEVELS_PER_LOGIT * logits
}

/// The ability in logits that stands for a level.
pub fn logits_of(level: f64) -> f64 {
    (level - LEVEL_AT_ZERO_LOGITS) / LEVELS_PER_LOGIT
}

impl Belief {
    /// A belief stated on the level scale. `level_sd` is made positive: nobody is known exactly.
    pub fn at_level(level: f64, level_sd: f64) -> Belief {
        const LEVEL_SD_MIN: f64 = 0.01;
        let sd = level_sd.abs().max(LEVEL_SD_MIN) / LEVELS_PER_LOGIT;
        Belief { mean: logits_of(level), variance: sd * sd }
    }

    /// The expected level, 0–5.
    pub fn level(&self) -> f64 {
        shown(level_of(self.mean))
    }

    /// Standard deviation on the level scale, before it is cut to 0–5.
    pub fn level_sd(&self) -> f64 {
        LEVELS_PER_LOGIT * self.sd()
    }

    /// P(level ≥ `level`), 0–1. Everybody has at least level 0.
    pub fn p_at_least(&self, level: f64) -> f64 {
        if level <= LEVEL_MIN { 1.0 } else { normal_cdf((self.mean - logits_of(level)) / self.sd()) }
    }

    /// The middle interval on the level scale that holds the truth with probability `coverage` (0–1; 0.80 on screens).
    pub fn interval(&self, coverage: f64) -> (f64, f64) {
        let tail = (1.0 - coverage.clamp(0.0, 1.0)) / 2.0;
        (self.quantile(tail), self.quantile(1.0 - tail))
    }

    /// The level below which the truth lies with probability `p`, for instance 0.20 for promises; 0–5.
    pub fn lower_quantile(&self, p: f64) -> f64 {
        self.quantile(p)
    }

    /// The level that the truth exceeds with probability 0.80 (the lower 20 % quantile): what may be promised. 0–5.
    pub fn sure_level(&self) -> f64 {
        /// The upper 80 % point of the standard normal distribution; spelled out because routing asks it constantly.
        const SDS_BELOW: f64 = 0.841_621_233_572_914_2;
        shown(level_of(self.mean - SDS_BELOW * self.sd()))
    }

    /// How many ordinary outcomes would have narrowed `start` to this belief: (1/v − 1/V₀) / 0.2, at least 0. It says how
    /// sure a belief is, whatever made it so; how much was seen of a person is [`crate::Footing`]'s to say.
    pub fn worth_outcomes(&self, start: Belief) -> f64 {
        let gained = 1.0 / self.variance - 1.0 / start.variance;
        (gained / INFORMATION_PER_OUTCOME).max(0.0)
    }

    fn quantile(&self, p: f64) -> f64 {
        // Beyond these the cut to 0–5 decides, whatever the belief.
        const P_LEAST: f64 = 1e-9;
        let p = p.clamp(P_LEAST, 1.0 - P_LEAST);
        shown(level_of(self.mean + self.sd() * normal_quantile(p)))
    }

    fn sd(&self) -> f64 {
        self.variance.max(f64::MIN_POSITIVE).sqrt()
    }
}

fn shown(level: f64) -> f64 {
    level.clamp(LEVEL_MIN, LEVEL_MAX)
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

fn normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Belief = Belief { mean: 0.4, variance: 1.0 };

    #[test]
    fn level_and_logits_are_two_names_of_the_same_place() {
        for level in [0.0, 1.0, 2.5, 3.0, 5.0] {
            assert!((level_of(logits_of(level)) - level).abs() < 1e-12);
        }
        assert_eq!(Belief { mean: 0.0, variance: 1.0 }.level(), 2.5);
        assert_eq!(Belief { mean: 40.0, variance: 1.0 }.level(), 5.0);
    }

    #[test]
    fn the_chance_of_at_least_the_expected_level_is_even() {
        assert!((WIDE.p_at_least(WIDE.level()) - 0.5).abs() < 1e-12);
        assert_eq!(WIDE.p_at_least(0.0), 1.0);
        assert!(WIDE.p_at_least(4.0) < WIDE.p_at_least(3.0));
    }

    #[test]
    fn quantiles_are_those_of_the_normal_distribution() {
        let narrow = Belief { mean: 0.0, variance: 0.16 };
        let (low, high) = narrow.interval(0.80);
        assert!((low - (2.5 - 1.281_551_565 * 0.5)).abs() < 1e-6, "{low}");
        assert!((high - (2.5 + 1.281_551_565 * 0.5)).abs() < 1e-6, "{high}");
        assert!((narrow.lower_quantile(0.20) - (2.5 - 0.841_621_233 * 0.5)).abs() < 1e-6);
        assert!((narrow.sure_level() - narrow.lower_quantile(0.20)).abs() < 1e-9);
        assert!((narrow.p_at_least(narrow.lower_quantile(0.20)) - 0.80).abs() < 1e-9);
    }

    #[test]
    fn intervals_never_leave_the_scale() {
        let unknown = Belief { mean: 0.0, variance: 100.0 };
        assert_eq!(unknown.interval(0.99), (0.0, 5.0));
        assert_eq!(unknown.interval(1.0), (0.0, 5.0));
    }

    #[test]
    fn a_belief_as_wide_as_at_the_start_rests_on_no_observation() {
        assert_eq!(WIDE.worth_outcomes(WIDE), 0.0);
        let after = Belief { mean: 0.4, variance: 0.5 };
        assert!((after.worth_outcomes(WIDE) - 5.0).abs() < 1e-9);
    }
}
