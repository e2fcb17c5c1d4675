//! What a level stands on: how many observations, and when the last of them was. It decides whether others see the level.
//!
//! The bound of five protects a person from being judged on thin evidence, so it asks how often somebody looked, and not
//! how sure that made the desk. A lead's word moves a level as far as twenty tickets do; it is one look all the same. So an
//! observation counts as what an ordinary one of its kind tells, in ordinary outcomes, and **never as more than one** over
//! all the skills that it is about. A check is one sitting, however many its questions. Handle times and customers' ratings
//! tell less than an outcome and count as less.
//!
//! What was seen does not become unseen: quiet weeks widen the belief and take nothing from the count. Two things do. A
//! release says that what was seen was in part of something else, and leaves its share. And [`FADED_AFTER_TAUS`] time
//! constants after the last observation 95 % of what was known is gone: a level would be a newcomer's under a person's
//! name, so nothing counts until somebody looks again.
//!
//! The count depends on the evidence alone and on no belief, so both tiers count the same.

use serde::{Deserialize, Serialize};

use crate::belief::INFORMATION_PER_OUTCOME;
use crate::filter::usable_share;
use crate::observation::{DISCRIMINATION_MAX, HANDLE_TIME_SD, HANDLE_TIME_SLOPE, Observation};

const DAY_MS: f64 = 86_400_000.0;
/// So many time constants after the last observation nothing of a level is shown to others: e⁻³ = 5 % is left of it.
pub const FADED_AFTER_TAUS: f64 = 3.0;
/// Fisher information about ability in an ordinary satisfaction rating, per squared logit.
pub(crate) const INFORMATION_PER_RATING: f64 = 0.07;

/// How much has been seen of one person in one skill.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Footing {
    /// At least 0; each observation counts as one at most.
    pub observations: f64,
    /// The moment of the newest of them.
    pub last_at_ms: Option<i64>,
}

impl Footing {
    /// One more observation, or a release. `weight` is the skill's part of it, 0–1 (see [`scaled`]), `share` the person's
    /// part of the work.
    ///
    /// [`scaled`]: crate::scaled
    pub fn add(&mut self, observation: &Observation, weight: f64, share: f64, at_ms: i64) {
        if let Observation::Release { keep } = *observation {
            self.observations *= usable_keep(keep);
            return;
        }
        let counts = counts_as(observation, weight, share);
        if counts > 0.0 {
            self.observations += counts;
            self.last_at_ms = Some(self.last_at_ms.map_or(at_ms, |last| last.max(at_ms)));
        }
    }

    /// Effective observations at a moment: those that were made, or 0 once too long nobody has looked.
    pub fn effective(&self, now_ms: i64, tau_days: f64) -> f64 {
        let quiet_days = self.last_at_ms.map_or(0.0, |last| now_ms.saturating_sub(last) as f64 / DAY_MS);
        if quiet_days > FADED_AFTER_TAUS * tau_days { 0.0 } else { self.observations }
    }
}

/// What one observation adds to the count of one skill, 0–1. `weight` is the skill's part of it, `share` the person's part of
/// the work; its parts in several skills add up to one at most.
pub fn counts_as(observation: &Observation, weight: f64, share: f64) -> f64 {
    let weight = if weight.is_finite() { weight.clamp(0.0, 1.0) } else { 0.0 };
    usable_share(share) * weight * ordinary_outcomes(observation).min(1.0)
}

/// The information of an ordinary observation of this kind, in ordinary outcomes; 0 if it says nothing.
fn ordinary_outcomes(observation: &Observation) -> f64 {
    let said = |level: f64, spread: f64| {
        // Each of these says more than an outcome; how much more makes no difference.
        if level.is_finite() && spread.is_finite() { 1.0 } else { 0.0 }
    };
    match *observation {
        Observation::Solved { .. } => 1.0,
        Observation::Satisfaction { .. } => INFORMATION_PER_RATING / INFORMATION_PER_OUTCOME,
        Observation::SelfRating { level }
        | Observation::LeadRating { level }
        | Observation::PeerRating { level } => said(level, 0.0),
        Observation::Review { level, severity } => said(level, severity),
        Observation::Check { level, sd_levels } => said(level, sd_levels),
        // At even chances.
        Observation::Test { discrimination, difficulty, .. } if difficulty.is_finite() => {
            let slope = discrimination.clamp(0.0, DISCRIMINATION_MAX);
            if slope > 0.0 { slope * slope / 4.0 / INFORMATION_PER_OUTCOME } else { 0.0 }
        }
        Observation::HandleTime { ratio, for_good: true } if ratio > 0.0 => {
            (HANDLE_TIME_SLOPE / HANDLE_TIME_SD).powi(2) / INFORMATION_PER_OUTCOME
        }
        Observation::Test { .. } | Observation::HandleTime { .. } | Observation::Release { .. } => 0.0,
    }
}

/// What is no share keeps everything.
fn usable_keep(keep: f64) -> f64 {
    if keep.is_finite() { keep.clamp(0.0, 1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::EFFECTIVE_OBSERVATIONS_TO_SHOW;
    use crate::evidence::scaled;

    const DAY: i64 = 86_400_000;
    const TAU_DAYS: f64 = 45.0;

    fn anything() -> impl Strategy<Value = Observation> {
        let number = || prop_oneof![0.0..5.0_f64, proptest::num::f64::ANY];
        prop_oneof![
            any::<bool>().prop_map(|for_good| Observation::Solved { for_good }),
            any::<u8>().prop_map(|score| Observation::Satisfaction { score }),
            number().prop_map(|level| Observation::SelfRating { level }),
            number().prop_map(|level| Observation::LeadRating { level }),
            number().prop_map(|level| Observation::PeerRating { level }),
            (number(), number()).prop_map(|(level, severity)| Observation::Review { level, severity }),
            (number(), number()).prop_map(|(level, sd_levels)| Observation::Check { level, sd_levels }),
            (any::<bool>(), number(), number()).prop_map(|(correct, discrimination, difficulty)| {
                Observation::Test { correct, discrimination, difficulty }
            }),
            (number(), any::<bool>())
                .prop_map(|(ratio, for_good)| Observation::HandleTime { ratio, for_good }),
        ]
    }

    proptest! {
        #[test]
        fn many_observations_never_count_as_more_than_their_number(
            all in proptest::collection::vec((anything(), proptest::num::f64::ANY), 0..30),
            weights in proptest::collection::vec(proptest::num::f64::ANY, 1..5),
        ) {
            let mut footings = vec![Footing::default(); weights.len()];
            for (observation, share) in &all {
                for (footing, weight) in footings.iter_mut().zip(scaled(weights.len(), &weights)) {
                    footing.add(observation, weight, *share, 0);
                }
            }
            let whole: f64 = footings.iter().map(|it| it.observations).sum();
            prop_assert!(whole >= 0.0 && whole <= all.len() as f64 + 1e-9, "{} of {}", whole, all.len());
        }

        #[test]
        fn nobody_is_shown_to_others_by_fewer_than_five_words(
            words in proptest::collection::vec(anything(), 0..5), days in 0..400_i64,
        ) {
            let mut footing = Footing::default();
            words.iter().for_each(|it| footing.add(it, 1.0, 1.0, 0));
            prop_assert!(footing.effective(days * DAY, TAU_DAYS) < EFFECTIVE_OBSERVATIONS_TO_SHOW);
        }

        #[test]
        fn quiet_weeks_take_nothing_away_until_hardly_anything_of_the_level_is_left(
            outcomes in 1..60_u32, quiet in 0..300_i64,
        ) {
            let mut footing = Footing::default();
            (0..outcomes).for_each(|_| footing.add(&Observation::Solved { for_good: true }, 1.0, 1.0, 0));
            let left = (-(quiet as f64) / TAU_DAYS).exp();
            let expected = if left < (-FADED_AFTER_TAUS).exp() { 0.0 } else { f64::from(outcomes) };
            prop_assert_eq!(footing.effective(quiet * DAY, TAU_DAYS), expected);
        }
    }

    #[test]
    fn one_word_of_a_lead_counts_as_one_and_a_rating_of_a_customer_as_less() {
        let one = |observation: Observation| counts_as(&observation, 1.0, 1.0);
        assert_eq!(one(Observation::LeadRating { level: 4.0 }), 1.0);
        assert_eq!(one(Observation::Check { level: 4.0, sd_levels: 0.4 }), 1.0);
        assert_eq!(one(Observation::Solved { for_good: false }), 1.0);
        let rating = one(Observation::Satisfaction { score: 5 });
        let quick = one(Observation::HandleTime { ratio: 0.5, for_good: true });
        assert!(quick < rating && rating < 0.5 && quick > 0.1, "{quick} {rating}");
        assert_eq!(one(Observation::HandleTime { ratio: 0.5, for_good: false }), 0.0);
        assert_eq!(one(Observation::LeadRating { level: f64::NAN }), 0.0);
    }

    #[test]
    fn part_of_the_work_or_of_a_ticket_counts_in_part() {
        let solved = Observation::Solved { for_good: true };
        assert!((counts_as(&solved, 1.0, 0.4) - 0.4).abs() < 1e-12);
        assert!((counts_as(&solved, 0.5, 1.0) - 0.5).abs() < 1e-12);
        let criterion = Observation::Review { level: 3.0, severity: 0.0 };
        assert!((counts_as(&criterion, 0.25, 1.0) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_release_leaves_its_share_of_what_was_seen() {
        let mut footing = Footing { observations: 8.0, last_at_ms: Some(3) };
        footing.add(&Observation::Release { keep: 0.5 }, 1.0, 1.0, 9);
        assert_eq!(footing, Footing { observations: 4.0, last_at_ms: Some(3) });
        footing.add(&Observation::Release { keep: f64::NAN }, 1.0, 1.0, 9);
        assert_eq!(footing.observations, 4.0);
    }
}
