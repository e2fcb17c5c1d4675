//! What structured interviews say of a skill: everybody is asked the same, and each interviewer scores alone.
//!
//! An interviewer's score is the ability, plus something that all interviews of that person share (form of the day, how
//! well they speak of what they do), plus the interviewer's own error: y = θ + c + e. More interviewers shrink e and not
//! c, so that no number of interviews says as much as seeing somebody work. With the deviations below one score
//! correlates with the level at about .65 and many at about .75; published validities of structured interviews for the
//! later performance on the job lie below (mean .42: Sackett, Zhang, Berry & Lievens 2022). The deviations are ours.

use crate::belief::{Belief, LEVELS_PER_LOGIT, logits_of};

/// What all interviews of one person get wrong together: standard deviation in levels.
pub const INTERVIEW_SHARED_SD_LEVELS: f64 = 1.0;
/// What one interviewer gets wrong alone: standard deviation in levels.
pub const INTERVIEWER_SD_LEVELS: f64 = 0.8;

/// What is believed after interviewers gave these levels (0–5). Levels that are no numbers say nothing.
pub fn after_interviews(before: Belief, levels: &[f64]) -> Belief {
    let said: Vec<f64> = levels.iter().copied().filter(|it| it.is_finite()).map(logits_of).collect();
    if said.is_empty() {
        return before;
    }
    let count = said.len() as f64;
    let mean = said.iter().sum::<f64>() / count;
    let squared = |sd: f64| (sd / LEVELS_PER_LOGIT).powi(2);
    let noise = squared(INTERVIEW_SHARED_SD_LEVELS) + squared(INTERVIEWER_SD_LEVELS) / count;
    let gain = before.variance / (before.variance + noise);
    Belief { mean: before.mean + gain * (mean - before.mean), variance: before.variance * (1.0 - gain) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Belief = Belief { mean: 0.0, variance: 1.0 };

    #[test]
    fn one_score_moves_the_belief_by_its_share_of_certainty() {
        // Variances in levels²: 1.5625 before, 1 + 0.64 of noise.
        let after = after_interviews(START, &[4.0]);
        let gain: f64 = 1.5625 / (1.5625 + 1.64);
        assert!((after.level() - (2.5 + gain * 1.5)).abs() < 1e-9);
        assert!((after.level_sd() - 1.25 * (1.0 - gain).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn no_number_of_interviews_settles_a_level() {
        let many = after_interviews(START, &[4.0; 400]);
        assert!(many.level_sd() > 0.75, "{}", many.level_sd());
        assert_eq!(after_interviews(START, &[f64::NAN]), START);
        assert_eq!(after_interviews(START, &[]), START);
    }

    proptest! {
        #[test]
        fn each_further_interview_narrows_and_a_higher_score_never_lowers(levels in prop::collection::vec(0.0..5.0_f64, 1..8), more in 0.0..1.0_f64) {
            let whole = after_interviews(START, &levels);
            prop_assert!(whole.variance <= after_interviews(START, &levels[1..]).variance + 1e-12);
            let mut better = levels.clone();
            better[0] += more;
            prop_assert!(after_interviews(START, &better).mean + 1e-12 >= whole.mean);
        }
    }
}
