//! Time: without evidence a belief drifts back to its starting mean and grows as wide as at the start.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::belief::Belief;

const DAY_MS: f64 = 86_400_000.0;
const TAU_DAYS_MIN: f64 = 1.0 / 24.0;

/// How fast a skill fades when it is not seen at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecayClass {
    /// Products change under one's feet: τ = 45 days.
    Product,
    /// Tools and systems: τ = 120 days.
    Technical,
    /// How one treats people: τ = 180 days.
    Human,
    /// A language once learnt: τ = 720 days.
    Language,
}

impl DecayClass {
    pub const ALL: [DecayClass; 4] =
        [DecayClass::Product, DecayClass::Technical, DecayClass::Human, DecayClass::Language];

    /// Time constant τ in days: retention is 1/e after it.
    pub fn tau_days(self) -> f64 {
        match self {
            DecayClass::Product => 45.0,
            DecayClass::Technical => 120.0,
            DecayClass::Human => 180.0,
            DecayClass::Language => 720.0,
        }
    }

    /// Stability S in days: retention is 0.9 after it, in both forms.
    pub fn stability_days(self) -> f64 {
        self.tau_days() * (10.0_f64 / 9.0).ln()
    }

    pub fn as_str(self) -> &'static str {
        match self {
            DecayClass::Product => "product",
            DecayClass::Technical => "technical",
            DecayClass::Human => "human",
            DecayClass::Language => "language",
        }
    }
}

impl FromStr for DecayClass {
    type Err = UnknownDecayClass;

    fn from_str(text: &str) -> Result<DecayClass, UnknownDecayClass> {
        [DecayClass::Product, DecayClass::Technical, DecayClass::Human, DecayClass::Language]
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or(UnknownDecayClass)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a skill fades as product, technical, human or language")]
pub struct UnknownDecayClass;

/// The shape of forgetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgetting {
    /// R = e^(−Δt/τ). Steps compose: two of a week are one of a fortnight. Used by default.
    Exponential,
    /// R = (1 + (19/81)·Δt/S)^−½, the longer-tailed curve of spaced repetition (FSRS); R(S) = 0.9.
    Power,
}

/// R, 0–1: how much of what was known still stands after `elapsed_ms`. Time never runs backwards: R is 1 below 0.
pub fn retention(form: Forgetting, elapsed_ms: i64, class: DecayClass) -> f64 {
    let days = elapsed_ms.max(0) as f64 / DAY_MS;
    match form {
        Forgetting::Exponential => (-days / class.tau_days()).exp(),
        Forgetting::Power => (1.0 + 19.0 / 81.0 * days / class.stability_days()).powf(-0.5),
    }
}

/// m ← μ + (m−μ)R, v ← vR² + V₀(1−R²), with `start` = (μ, V₀): the person's or team's mean, and the variance at the start.
pub fn pulled(belief: Belief, start: Belief, retention: f64) -> Belief {
    let kept = retention.clamp(0.0, 1.0);
    Belief {
        mean: start.mean + (belief.mean - start.mean) * kept,
        variance: belief.variance * kept * kept + start.variance * (1.0 - kept * kept),
    }
}

/// The belief after `elapsed_ms` without evidence, by the exponential form.
pub fn decayed(belief: Belief, start: Belief, elapsed_ms: i64, class: DecayClass) -> Belief {
    decayed_by(Forgetting::Exponential, belief, start, elapsed_ms, class)
}

/// The same with a time constant of the caller's own, in days; anything below an hour counts as an hour.
pub fn decayed_over(belief: Belief, start: Belief, elapsed_ms: i64, tau_days: f64) -> Belief {
    let days = elapsed_ms.max(0) as f64 / DAY_MS;
    pulled(belief, start, (-days / tau_days.max(TAU_DAYS_MIN)).exp())
}

/// How far an ability may have moved in that time, whichever way: variance in squared logits. Of an ability that is drawn
/// to its start as fast as it drifts away (an Ornstein–Uhlenbeck process at rest), E[(θ(t) − θ(0))²] = 2V₀(1 − e^(−t/τ)).
pub fn moved_variance(start: Belief, elapsed_ms: i64, tau_days: f64) -> f64 {
    let kept = (-(elapsed_ms.max(0) as f64 / DAY_MS) / tau_days.max(TAU_DAYS_MIN)).exp();
    2.0 * start.variance * (1.0 - kept)
}

/// The same with a chosen form.
pub fn decayed_by(
    form: Forgetting,
    belief: Belief,
    start: Belief,
    elapsed_ms: i64,
    class: DecayClass,
) -> Belief {
    pulled(belief, start, retention(form, elapsed_ms, class))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400_000;
    const START: Belief = Belief { mean: -0.4, variance: 1.0 };
    const EXPERT: Belief = Belief { mean: 1.6, variance: 0.1 };

    #[test]
    fn after_the_time_constant_a_third_of_the_lead_is_left() {
        let later = decayed(EXPERT, START, 45 * DAY, DecayClass::Product);
        assert!((later.mean - (-0.4 + 2.0 / std::f64::consts::E)).abs() < 1e-9);
    }

    #[test]
    fn both_forms_agree_at_nine_tenths() {
        for class in [DecayClass::Product, DecayClass::Technical, DecayClass::Human, DecayClass::Language] {
            let at = (class.stability_days() * DAY as f64) as i64;
            for form in [Forgetting::Exponential, Forgetting::Power] {
                assert!((retention(form, at, class) - 0.9).abs() < 1e-6);
            }
            let long = 10 * at;
            let power = retention(Forgetting::Power, long, class);
            assert!(
                power > retention(Forgetting::Exponential, long, class),
                "the power form has the longer tail"
            );
        }
    }

    #[test]
    fn a_moment_before_the_last_evidence_changes_nothing() {
        assert_eq!(decayed(EXPERT, START, -DAY, DecayClass::Human), EXPERT);
        assert_eq!(decayed(EXPERT, START, 0, DecayClass::Human), EXPERT);
    }

    #[test]
    fn products_fade_before_manners() {
        let product = decayed(EXPERT, START, 60 * DAY, DecayClass::Product);
        let human = decayed(EXPERT, START, 60 * DAY, DecayClass::Human);
        assert!(product.mean < human.mean && product.variance > human.variance);
    }

    proptest! {
        #[test]
        fn the_longer_the_time_the_farther_an_ability_may_have_moved(elapsed in 0..4_000_000_000_000_i64, more in 0..4_000_000_000_000_i64, tau in 0.1..2_000.0_f64) {
            let start = Belief { mean: 0.3, variance: 0.8 };
            let moved = moved_variance(start, elapsed, tau);
            prop_assert!((0.0..=1.6).contains(&moved));
            prop_assert!(moved_variance(start, elapsed + more, tau) >= moved);
            prop_assert_eq!(moved_variance(start, -elapsed, tau), 0.0);
        }

        #[test]
        fn a_belief_drifts_between_what_it_was_and_its_start(mean in -4.0..4.0_f64, variance in 0.001..2.0_f64, elapsed in any::<i64>()) {
            for form in [Forgetting::Exponential, Forgetting::Power] {
                let later = decayed_by(form, Belief { mean, variance }, START, elapsed, DecayClass::Technical);
                let between = |low: f64, x: f64, high: f64| low.min(high) - 1e-9 <= x && x <= low.max(high) + 1e-9;
                prop_assert!(between(mean, later.mean, START.mean));
                prop_assert!(between(variance, later.variance, START.variance));
            }
        }

        #[test]
        fn exponential_steps_compose(first in 0..400 * DAY, second in 0..400 * DAY) {
            let two = decayed(decayed(EXPERT, START, first, DecayClass::Human), START, second, DecayClass::Human);
            let one = decayed(EXPERT, START, first + second, DecayClass::Human);
            prop_assert!((two.mean - one.mean).abs() < 1e-9 && (two.variance - one.variance).abs() < 1e-9);
        }
    }
}
