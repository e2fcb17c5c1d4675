//! Readiness: how likely it is that somebody meets everything a role asks.
//!
//! What is unsure about a person is partly the same in all their skills: ability is a general part plus one of the
//! skill's own (θ = g + u). With a share ρ of each skill's uncertainty in common, the skills are conditionally independent
//! given it, and P(all) is one integral over a standard normal Z (Dunnett & Sobel 1955):
//! ∫ φ(z) Π Φ((mᵢ − rᵢ + sᵢ√ρ·z) / (sᵢ√(1−ρ))) dz.
//! It lies between the product of the single chances (ρ = 0; a lower bound by Slepian's inequality) and the smallest of
//! them (an upper bound by Fréchet). The bounds are shown beside the figure.
//!
//! Of many requirements all are hardly ever met at once, so P(all) of a large role is small for everybody. How many of
//! them are met as likely as not, and the share of their weight that is expected to be met, tell people apart there.

use statrs::function::erf::erfc;

use crate::belief::{Belief, logits_of};
use crate::coverage;
use crate::evidence::prior;
use crate::library::{SkillKind, Who};

/// ρ: the share of what is unsure about a skill that is unsure about the person as a whole.
pub const SHARED_UNCERTAINTY: f64 = 0.5;
/// Steps of the integral over −6 to 6 standard deviations.
const STEPS: u32 = 96;
const REACH_SDS: f64 = 6.0;

/// One requirement of a role, beside what is believed of one person in that skill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    pub belief: Belief,
    /// 0–5.
    pub level: f64,
    /// Above 0; only ratios count.
    pub weight: f64,
}

impl Asked {
    /// P(level ≥ asked), 0–1.
    pub fn p_met(&self) -> f64 {
        self.belief.p_at_least(self.level)
    }
}

/// P(everything that is asked is met), with the bounds between which it lies whatever the skills have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Readiness {
    /// 0–1.
    pub p: f64,
    /// If skills had nothing in common: the product.
    pub low: f64,
    /// If one thing decided all of them: the least.
    pub high: f64,
    /// The share of weight that is expected to be met, 0–1.
    pub met_weight: f64,
    /// How many of the requirements are met as likely as not, or likelier.
    pub met: usize,
}

/// From this chance on something is met as likely as not.
pub const LIKELY: f64 = 0.5;

/// A role that asks nothing is met by everybody.
pub fn readiness(asked: &[Asked]) -> Readiness {
    let chances = asked.iter().map(Asked::p_met);
    let (mut low, mut high) = (1.0_f64, 1.0_f64);
    for p in chances {
        low *= p;
        high = high.min(p);
    }
    let weight: f64 = asked.iter().map(|it| it.weight.max(0.0)).sum();
    let met: f64 = asked.iter().map(|it| it.weight.max(0.0) * it.p_met()).sum();
    let met_weight = if weight > 0.0 { met / weight } else { 1.0 };
    let likely = asked.iter().filter(|it| it.p_met() >= LIKELY).count();
    Readiness { p: p_all(asked, SHARED_UNCERTAINTY).clamp(low, high), low, high, met_weight, met: likely }
}

/// P(all met) when a share of 0 to below 1 of each uncertainty is common to all skills.
pub fn p_all(asked: &[Asked], shared: f64) -> f64 {
    let shared = shared.clamp(0.0, 0.999);
    let terms: Vec<(f64, f64)> = asked
        .iter()
        .filter(|it| it.level > 0.0)
        .map(|it| {
            let sd = it.belief.variance.max(f64::MIN_POSITIVE).sqrt();
            let lead = (it.belief.mean - logits_of(it.level)) / sd;
            (lead / (1.0 - shared).sqrt(), (shared / (1.0 - shared)).sqrt())
        })
        .collect();
    let width = 2.0 * REACH_SDS / f64::from(STEPS);
    let (mut sum, mut whole) = (0.0, 0.0);
    for step in 0..STEPS {
        let z = -REACH_SDS + (f64::from(step) + 0.5) * width;
        let density = (-0.5 * z * z).exp();
        sum += density * terms.iter().map(|(lead, slope)| normal_cdf(lead + slope * z)).product::<f64>();
        whole += density;
    }
    sum / whole
}

/// What is believed of somebody, or of anybody of whom nothing is known yet.
pub fn belief_or_prior(belief: Option<Belief>, kind: SkillKind) -> Belief {
    belief.unwrap_or_else(|| prior(kind))
}

/// P(a requirement is met by those who hold the role), 0–1, from each one's chance to meet it. "At least k" counts
/// those present with `here`, the chance that each is here; "everyone" means all of them, here or not.
pub fn p_met_by(who: Who, p_met: &[f64], here: &[f64]) -> f64 {
    match who {
        Who::Everyone => p_met.iter().product(),
        Who::AtLeast(count) => coverage::p_at_least(
            usize::from(count),
            p_met.iter().enumerate().map(|(i, p)| p * here.get(i).copied().unwrap_or(1.0)),
        ),
    }
}

/// The weight (0–1) that an O*NET importance of 1–5 stands for: (importance − 1) / 4.
pub fn weight_of_onet_importance(importance: f64) -> f64 {
    ((importance - 1.0) / 4.0).clamp(0.0, 1.0)
}

/// The level (0–5) that an O*NET level of 0–7 stands for: 5 · level / 7.
pub fn level_of_onet_level(level: f64) -> f64 {
    (5.0 * level / 7.0).clamp(0.0, 5.0)
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coverage::Dice;

    fn asked(level: f64, sd: f64, asked: f64) -> Asked {
        Asked { belief: Belief::at_level(level, sd), level: asked, weight: 1.0 }
    }

    #[test]
    fn one_requirement_is_its_own_chance() {
        let it = readiness(&[asked(3.4, 0.5, 3.0)]);
        assert!((it.p - it.low).abs() < 1e-6 && it.low == it.high);
        assert_eq!(readiness(&[]).p, 1.0);
    }

    #[test]
    fn of_many_requirements_it_says_how_many_are_met_where_all_of_them_is_unlikely() {
        let mut role: Vec<Asked> = (0..10).map(|_| asked(3.3, 0.6, 3.0)).collect();
        role.push(asked(2.0, 0.3, 4.0));
        let it = readiness(&role);
        assert!(it.p < 0.01 && it.met == 10, "{it:?}");
        assert!(it.met_weight > 0.5 && it.met_weight < 10.0 / 11.0);
        assert_eq!(readiness(&[]).met, 0);
    }

    #[test]
    fn two_even_chances_that_share_half_are_met_together_once_in_three() {
        // P(both > 0) of two standard normals with correlation ½ is 1/4 + arcsin(½)/2π = 1/3 (Sheppard 1899).
        let two = [asked(3.0, 0.7, 3.0), asked(2.0, 0.3, 2.0)];
        assert!((p_all(&two, 0.5) - 1.0 / 3.0).abs() < 1e-6);
        assert!((p_all(&two, 0.0) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn at_least_k_counts_those_who_are_here_and_everyone_counts_all() {
        assert!((p_met_by(Who::Everyone, &[0.5, 0.8], &[0.0, 0.0]) - 0.4).abs() < 1e-12);
        assert!((p_met_by(Who::AtLeast(1), &[1.0, 1.0], &[0.5, 0.5]) - 0.75).abs() < 1e-12);
        assert_eq!(p_met_by(Who::AtLeast(2), &[1.0], &[1.0]), 0.0);
    }

    #[test]
    fn the_figures_of_onet_become_weights_and_levels() {
        assert_eq!(weight_of_onet_importance(4.0), 0.75, "active listening, 43-4051");
        assert!((weight_of_onet_importance(4.57) - 0.8925).abs() < 1e-9, "stress tolerance");
        assert!((level_of_onet_level(3.88) - 2.771).abs() < 1e-3, "critical thinking, 15-1232");
        assert_eq!(level_of_onet_level(7.0), 5.0);
    }

    /// What chance says, drawn 40,000 times.
    fn by_drawing(all: &[Asked], shared: f64) -> f64 {
        let mut dice = Dice::new(7);
        let met = (0..40_000)
            .filter(|_| {
                let common = dice.normal();
                all.iter().all(|it| {
                    let own = dice.normal();
                    let z = shared.sqrt() * common + (1.0 - shared).sqrt() * own;
                    it.belief.mean + it.belief.variance.sqrt() * z >= logits_of(it.level)
                })
            })
            .count();
        met as f64 / 40_000.0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn the_integral_is_what_chance_says(levels in prop::collection::vec((1.5..4.5_f64, 0.2..1.2_f64), 1..6), shared in 0.0..0.9_f64) {
            let all: Vec<Asked> = levels.iter().map(|(level, sd)| asked(*level, *sd, 3.0)).collect();
            prop_assert!((p_all(&all, shared) - by_drawing(&all, shared)).abs() < 0.015);
        }
    }

    proptest! {
        #[test]
        fn readiness_lies_within_its_bounds_and_more_asked_never_helps(levels in prop::collection::vec((0.5..4.8_f64, 0.2..1.5_f64, 1.0..5.0_f64), 1..16)) {
            let all: Vec<Asked> = levels.iter().map(|(level, sd, ask)| asked(*level, *sd, *ask)).collect();
            let whole = readiness(&all);
            prop_assert!(whole.low <= whole.p + 1e-12 && whole.p <= whole.high + 1e-12);
            prop_assert!(readiness(&all[1..]).p + 1e-6 >= whole.p);
            prop_assert!(whole.met <= all.len() && (0.0..=1.0).contains(&whole.met_weight));
        }

        #[test]
        fn whoever_knows_more_is_never_less_ready(levels in prop::collection::vec((0.5..4.0_f64, 0.2..1.5_f64, 1.0..5.0_f64), 1..16), by in 0.0..0.8_f64, place in 0..16_usize) {
            let of = |more: f64| -> Vec<Asked> {
                let level = |i: usize, level: f64| if i == place % levels.len() { level + more } else { level };
                levels.iter().enumerate().map(|(i, (from, sd, ask))| {
                    // The same doubt before and after, in logits.
                    let variance = Belief::at_level(*from, *sd).variance;
                    Asked { belief: Belief { variance, ..Belief::at_level(level(i, *from), *sd) }, level: *ask, weight: 1.0 }
                }).collect()
            };
            let (before, after) = (readiness(&of(0.0)), readiness(&of(by)));
            prop_assert!(after.p + 1e-9 >= before.p && after.met >= before.met);
            prop_assert!(after.low + 1e-12 >= before.low && after.met_weight + 1e-12 >= before.met_weight);
        }
    }
}
