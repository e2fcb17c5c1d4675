//! The online update: one observation moves every Gaussian component that its prediction was made of.
//!
//! A prediction z = Σ xⱼ wⱼ has mean m = Σ xⱼ mⱼ and variance V = Σ xⱼ² vⱼ. An observation with gradient G and
//! information h at that point moves mⱼ by xⱼvⱼG/(1+hV) and takes h(xⱼvⱼ)²/(1+hV) from vⱼ: one Newton step of an assumed-
//! density (extended Kalman) filter with diagonal covariance; exact for a Gaussian observation of one component.

use serde::{Deserialize, Serialize};

use crate::observation::Observation;

/// No ability or difficulty is believed beyond ±8 logits (four times the level scale).
pub const MEAN_LOGITS_MAX: f64 = 8.0;

/// One independent Gaussian part of a prediction: a general ability, a skill, a topic's difficulty (weight −1), a rater's severity (−1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// Logits.
    pub mean: f64,
    /// Squared logits; 0 for something known exactly, which then never moves.
    pub variance: f64,
    /// Coefficient xⱼ in the prediction.
    pub weight: f64,
}

/// How an observation compared with what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// In the observation's own unit: probability, score 1–5, level, or ln of the time ratio.
    pub expected: f64,
    pub observed: f64,
    /// Share of the prediction's variance that the observation explained: hV/(1+hV), 0–1.
    pub learnt: f64,
}

/// Moves the components by one observation. Nothing moves (and `learnt` is 0) if the observation says nothing or if
/// anything that enters is not a finite number.
pub fn update(components: &mut [Component], observation: &Observation) -> Moved {
    update_in_part(components, observation, 1.0)
}

/// The same where only a share (0–1) of what was seen is owed to these components: the likelihood to the power of the
/// share, so that several who did the work together learn as much as one who did it alone.
pub fn update_in_part(components: &mut [Component], observation: &Observation, share: f64) -> Moved {
    const NOTHING: Moved = Moved { expected: 0.0, observed: 0.0, learnt: 0.0 };
    let mean: f64 = components.iter().map(|it| it.weight * it.mean).sum();
    let variance: f64 = components.iter().map(|it| it.weight * it.weight * it.variance).sum();
    if !mean.is_finite() || !variance.is_finite() || components.iter().any(|it| it.variance < 0.0) {
        return NOTHING;
    }
    let Some(mut lesson) = observation.lesson(mean, variance) else { return NOTHING };
    let share = usable_share(share);
    lesson.gradient *= share;
    lesson.information *= share;
    let total = 1.0 + lesson.information * variance;
    if !total.is_finite() {
        return NOTHING;
    }
    for component in components {
        let step = component.weight * component.variance * lesson.gradient / total;
        component.mean = (component.mean + step).clamp(-MEAN_LOGITS_MAX, MEAN_LOGITS_MAX);
        // v − h(xv)²/(1+hV), written so that rounding can never make it negative.
        let rest = (variance - component.weight * component.weight * component.variance).max(0.0);
        let kept = (1.0 + lesson.information * rest) / total;
        component.variance *= kept.min(1.0);
    }
    Moved { expected: lesson.expected, observed: lesson.observed, learnt: (total - 1.0) / total }
}

/// Above 0 and at most 1; what is neither counts as the whole.
pub(crate) fn usable_share(share: f64) -> f64 {
    if share > 0.0 && share < 1.0 { share } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::belief::logits_of;

    fn one(mean: f64, variance: f64) -> [Component; 1] {
        [Component { mean, variance, weight: 1.0 }]
    }

    fn any_observation() -> impl Strategy<Value = Observation> {
        let number = prop_oneof![-10.0..10.0_f64, proptest::num::f64::ANY];
        let (a, b, c) = (number.clone(), number.clone(), number);
        prop_oneof![
            any::<bool>().prop_map(|for_good| Observation::Solved { for_good }),
            any::<u8>().prop_map(|score| Observation::Satisfaction { score }),
            a.clone().prop_map(|level| Observation::SelfRating { level }),
            a.clone().prop_map(|level| Observation::LeadRating { level }),
            a.clone().prop_map(|level| Observation::PeerRating { level }),
            (a.clone(), b.clone()).prop_map(|(level, severity)| Observation::Review { level, severity }),
            (any::<bool>(), b, c).prop_map(|(correct, discrimination, difficulty)| Observation::Test {
                correct,
                discrimination,
                difficulty
            }),
            (a, any::<bool>()).prop_map(|(ratio, for_good)| Observation::HandleTime { ratio, for_good }),
        ]
    }

    fn components() -> impl Strategy<Value = Vec<Component>> {
        let one = (-8.0..8.0_f64, 1e-6..100.0_f64, -3.0..3.0_f64);
        proptest::collection::vec(
            one.prop_map(|(mean, variance, weight)| Component { mean, variance, weight }),
            1..6,
        )
    }

    proptest! {
        #[test]
        fn an_update_only_ever_narrows(mut parts in components(), observation in any_observation()) {
            let before = parts.clone();
            let moved = update(&mut parts, &observation);
            for (before, after) in before.iter().zip(&parts) {
                prop_assert!(after.variance > 0.0 && after.variance <= before.variance);
                prop_assert!(after.mean.is_finite() && after.mean.abs() <= MEAN_LOGITS_MAX);
            }
            prop_assert!((0.0..=1.0).contains(&moved.learnt));
            prop_assert!(moved.expected.is_finite() && moved.observed.is_finite());
        }

        #[test]
        fn a_wild_number_never_gets_in(mean in proptest::num::f64::ANY, variance in proptest::num::f64::ANY,
                                       weight in proptest::num::f64::ANY, observation in any_observation()) {
            let mut parts = [Component { mean, variance, weight }, Component { mean: 0.0, variance: 1.0, weight: 1.0 }];
            update(&mut parts, &observation);
            prop_assert!(parts[1].mean.is_finite() && parts[1].variance > 0.0 && parts[1].variance <= 1.0);
        }

        #[test]
        fn a_gaussian_observation_gives_the_conjugate_posterior(mean in -2.0..2.0_f64, variance in 0.01..4.0_f64, level in 0.0..5.0_f64) {
            let mut part = one(mean, variance);
            update(&mut part, &Observation::LeadRating { level });
            let noise = (0.6_f64 / 1.25).powi(2);
            let posterior = 1.0 / (1.0 / variance + 1.0 / noise);
            let centre = posterior * (mean / variance + logits_of(level) / noise);
            prop_assert!((part[0].variance - posterior).abs() < 1e-12);
            prop_assert!((part[0].mean - centre).abs() < 1e-12);
        }

        #[test]
        fn good_news_never_lowers_and_bad_news_never_raises(mean in -4.0..4.0_f64, variance in 0.01..4.0_f64) {
            let (mut good, mut bad) = (one(mean, variance), one(mean, variance));
            update(&mut good, &Observation::Solved { for_good: true });
            update(&mut bad, &Observation::Solved { for_good: false });
            prop_assert!(bad[0].mean < mean && mean < good[0].mean);
        }

        #[test]
        fn a_slow_lasting_solution_is_still_good_news(mean in -4.0..4.0_f64, variance in 0.01..4.0_f64, ratio in 0.01..100.0_f64) {
            let mut slow = one(mean, variance);
            update(&mut slow, &Observation::Solved { for_good: true });
            update(&mut slow, &Observation::HandleTime { ratio, for_good: true });
            prop_assert!(slow[0].mean > mean);
        }

        #[test]
        fn a_better_rating_leads_to_a_higher_belief(mean in -4.0..4.0_f64, variance in 0.01..4.0_f64, score in 1..5_u8) {
            let (mut worse, mut better) = (one(mean, variance), one(mean, variance));
            update(&mut worse, &Observation::Satisfaction { score });
            update(&mut better, &Observation::Satisfaction { score: score + 1 });
            prop_assert!(better[0].mean > worse[0].mean);
        }
    }

    #[test]
    fn failing_something_hard_costs_less_than_failing_something_easy() {
        let fail = |difficulty: f64| {
            let mut parts = [
                Component { mean: 0.0, variance: 1.0, weight: 1.0 },
                Component { mean: difficulty, variance: 0.25, weight: -1.0 },
            ];
            update(&mut parts, &Observation::Solved { for_good: false });
            parts[0].mean
        };
        assert!(fail(2.0) > fail(-2.0));
    }

    #[test]
    fn blame_is_shared_by_how_unsure_each_part_was() {
        let mut parts = [
            Component { mean: 0.0, variance: 1.0, weight: 0.5 },
            Component { mean: 0.0, variance: 0.1, weight: 0.5 },
        ];
        update(&mut parts, &Observation::Solved { for_good: false });
        assert!((parts[0].mean / parts[1].mean - 10.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_known_exactly_does_not_move() {
        let mut parts = [
            Component { mean: 0.3, variance: 0.0, weight: 1.0 },
            Component { mean: 0.0, variance: 1.0, weight: 1.0 },
        ];
        update(&mut parts, &Observation::Solved { for_good: true });
        assert_eq!(parts[0], Component { mean: 0.3, variance: 0.0, weight: 1.0 });
    }
}
