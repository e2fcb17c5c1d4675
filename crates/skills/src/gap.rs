//! Gaps: how far what is believed lies below what is asked, in levels (0–5).
//!
//! For a level L ~ Normal(m, s²) the expected shortfall below r is E[max(0, r − L)] = (r − m)·Φ(z) + s·φ(z) with
//! z = (r − m)/s: the partial expectation of the normal distribution, known as the loss function of inventory theory
//! (Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains", appendix II).

use statrs::function::erf::erfc;

use crate::belief::{Belief, LEVEL_MIN, LEVELS_PER_LOGIT, level_of};

/// E[max(0, required − level)] in levels. A level below 0 is 0: the gap lies between 0 and `required`.
pub fn expected_gap(belief: Belief, required: f64) -> f64 {
    let (mean, sd) =
        (level_of(belief.mean), LEVELS_PER_LOGIT * belief.variance.max(f64::MIN_POSITIVE).sqrt());
    // max(0, r − max(0, L)) = max(0, r − L) − max(0, 0 − L)
    (shortfall(mean, sd, required) - shortfall(mean, sd, LEVEL_MIN)).clamp(0.0, required.max(0.0))
}

/// The gap of somebody of whom nothing is known is what is asked.
pub fn gap_of(belief: Option<Belief>, required: f64) -> f64 {
    belief.map_or(required.max(0.0), |it| expected_gap(it, required))
}

/// The gap at both ends of the middle interval of the belief (`coverage` 0–1), in levels, the smaller first.
pub fn gap_interval(belief: Belief, required: f64, coverage: f64) -> (f64, f64) {
    let (low, high) = belief.interval(coverage);
    ((required - high).max(0.0), (required - low).max(0.0))
}

/// One person at one hour: how far they are from what is asked, and whether they are here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Levels.
    pub gap: f64,
    /// P(here), 0–1.
    pub here: f64,
}

/// The gap that a ticket meets when the best of those who are here takes it, in levels; `required` if nobody is.
/// `people` stand in the order of their gap, the smallest first.
pub fn gap_met(people: &[Reach], required: f64) -> f64 {
    let (mut nobody_better, mut met) = (1.0, 0.0);
    for it in people {
        let here = it.here.clamp(0.0, 1.0);
        met += nobody_better * here * it.gap;
        nobody_better *= 1.0 - here;
    }
    met + nobody_better * required
}

fn shortfall(mean: f64, sd: f64, below: f64) -> f64 {
    let z = (below - mean) / sd;
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let below_share = 0.5 * erfc(-z / std::f64::consts::SQRT_2);
    (below - mean) * below_share + sd * density
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The integral of max(0, required − max(0, level)) over the density, by the midpoint rule.
    fn by_integration(mean: f64, sd: f64, required: f64) -> f64 {
        const STEPS: i32 = 40_000;
        let width = 20.0 / f64::from(STEPS);
        (0..STEPS)
            .map(|step| {
                let z = -10.0 + (f64::from(step) + 0.5) * width;
                let level = (mean + sd * z).max(0.0);
                (required - level).max(0.0) * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
                    * width
            })
            .sum()
    }

    #[test]
    fn the_standard_loss_at_zero_is_the_density_at_zero() {
        assert!((shortfall(0.0, 1.0, 0.0) - 0.398_942_280_401_432_7).abs() < 1e-12);
        // Table of the unit normal loss function: G(1) = 0.0833, and on the other side 1.0833.
        assert!((shortfall(1.0, 1.0, 0.0) - 0.083_315_470_7).abs() < 1e-9);
        assert!((shortfall(-1.0, 1.0, 0.0) - 1.083_315_470_7).abs() < 1e-9);
    }

    #[test]
    fn whoever_is_surely_above_has_no_gap_and_the_unknown_have_all_of_it() {
        assert!(expected_gap(Belief::at_level(4.5, 0.1), 3.0) < 1e-9);
        assert_eq!(gap_of(None, 3.0), 3.0);
        let (small, large) = gap_interval(Belief::at_level(3.0, 0.5), 3.0, 0.8);
        assert!(small == 0.0 && (large - 0.64).abs() < 0.01);
    }

    #[test]
    fn the_best_who_is_here_takes_it() {
        let people =
            [Reach { gap: 0.0, here: 0.5 }, Reach { gap: 1.0, here: 1.0 }, Reach { gap: 2.0, here: 1.0 }];
        assert!((gap_met(&people, 3.0) - 0.5).abs() < 1e-12);
        assert_eq!(gap_met(&[], 3.0), 3.0);
    }

    proptest! {
        #[test]
        fn the_closed_form_is_the_integral(mean in -1.0..6.0_f64, sd in 0.05..2.0_f64, required in 0.0..5.0_f64) {
            let belief = Belief { mean: crate::belief::logits_of(mean), variance: (sd / LEVELS_PER_LOGIT).powi(2) };
            prop_assert!((expected_gap(belief, required) - by_integration(mean, sd, required)).abs() < 1e-5);
        }

        #[test]
        fn asking_more_never_narrows_the_gap(mean in 0.0..5.0_f64, sd in 0.05..2.0_f64, required in 0.0..4.0_f64, more in 0.0..1.0_f64) {
            let belief = Belief::at_level(mean, sd);
            let (gap, wider) = (expected_gap(belief, required), expected_gap(belief, required + more));
            prop_assert!(wider + 1e-12 >= gap && wider <= gap + more + 1e-9, "and by no more than what is asked more");
        }
    }
}
