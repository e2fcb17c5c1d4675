//! What structured interviews say of a skill: everybody is asked the same, and each interviewer scores alone.
//!
//! An interviewer's score is the ability, plus something that all interviews of that person share (form of the day, how
//! well they speak of what they do), plus the interviewer's own error: y = θ + c + e. More interviewers shrink e and not
//! c, so that no number of interviews says as much as seeing somebody work. With the deviations below one score
//! correlates with the level at about .65 and many at about .75; published validities of structured interviews for the
//! later performance on the job lie below (mean .42: Sackett, Zhang, Berry & Lievens 2022). The deviations are ours.
//!
//! What an interviewer gets wrong is learnt from those who were hired: their score beside what work has shown since.
//! A pair differs by r = b + e + c + d, where b is how much too high they score as a rule, e their own error, c what all
//! interviews share, d what is not known of the level even now. b has a normal prior, the variance of e a scaled inverse
//! chi-squared one; both are found by expectation and maximisation (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6
//! and 13.4). Those who were not hired teach nothing: with the prior worth [`PRIOR_PAIRS`] pairs that does not weigh much
//! before there are many. What people learn on the job is no error of an interviewer: d is taken near the hire, and how
//! far an ability may have moved until then ([`crate::moved_variance`]) is part of what is not known.

use crate::belief::{Belief, LEVELS_PER_LOGIT, logits_of};
use serde::Serialize;
use std::collections::BTreeMap;

/// What all interviews of one person get wrong together: standard deviation in levels.
pub const INTERVIEW_SHARED_SD_LEVELS: f64 = 1.0;
/// What one interviewer, of whom nothing is known, gets wrong alone: standard deviation in levels.
pub const INTERVIEWER_SD_LEVELS: f64 = 0.8;
/// How much interviewers differ in how high they score: standard deviation in levels. Part of the former.
pub const INTERVIEWER_BIAS_SD_LEVELS: f64 = 0.4;
/// So many pairs the prior on an interviewer's error is worth.
pub const PRIOR_PAIRS: f64 = 10.0;

const STEPS_MAX: usize = 200;
/// A step that moves the variance less ends the search; levels².
const STEP_MIN: f64 = 1e-12;

/// One score, and what work has shown of the same person and skill near the hire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The level that the interviewer gave, 0–5.
    pub score: f64,
    /// The later belief, in logits.
    pub shown: Belief,
}

impl Pair {
    /// The same where the ability may have moved meanwhile: its variance in squared logits is not known in addition.
    pub fn with_growth(self, moved_variance: f64) -> Pair {
        let shown = Belief { variance: self.shown.variance + moved_variance.max(0.0), ..self.shown };
        Pair { shown, ..self }
    }
}

/// What one interviewer gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct InterviewerError {
    /// By how many levels they score too high as a rule; below 0: too low.
    pub bias_levels: f64,
    /// What remains after that: standard deviation in levels, with what is not known of their bias.
    pub sd_levels: f64,
    /// Scores that could be compared with work.
    pub pairs: usize,
}

impl InterviewerError {
    /// Of somebody of whom nothing is known.
    pub const USUAL: InterviewerError =
        InterviewerError { bias_levels: 0.0, sd_levels: INTERVIEWER_SD_LEVELS, pairs: 0 };

    /// How much a score of theirs weighs against one of somebody of whom nothing is known; their own error alone.
    pub fn weight(&self) -> f64 {
        (INTERVIEWER_SD_LEVELS / self.sd_levels).powi(2)
    }
}

/// Of one interviewer, in any order. Pairs that are no numbers say nothing.
pub fn learn_error(pairs: &[Pair]) -> InterviewerError {
    let usable =
        |it: &&Pair| it.score.is_finite() && it.shown.mean.is_finite() && it.shown.variance.is_finite();
    let mut seen: Vec<(f64, f64)> = pairs
        .iter()
        .filter(usable)
        .map(|it| {
            let difference = (logits_of(it.score) - it.shown.mean) * LEVELS_PER_LOGIT;
            let unknown = it.shown.variance.max(0.0) * LEVELS_PER_LOGIT.powi(2);
            (difference, unknown + INTERVIEW_SHARED_SD_LEVELS.powi(2))
        })
        .collect();
    // One order, so that sums are the same to the last bit however the pairs came.
    seen.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let bias_prior = INTERVIEWER_BIAS_SD_LEVELS.powi(2);
    let own_prior = INTERVIEWER_SD_LEVELS.powi(2) - bias_prior;
    let (mut own, mut bias, mut bias_variance) = (own_prior, 0.0, bias_prior);
    for _ in 0..STEPS_MAX {
        let weights: f64 = seen.iter().map(|(_, other)| 1.0 / (own + other)).sum();
        bias_variance = 1.0 / (1.0 / bias_prior + weights);
        bias = bias_variance * seen.iter().map(|(by, other)| by / (own + other)).sum::<f64>();
        let expected = |(by, other): &(f64, f64)| {
            let share = own / (own + other);
            share.powi(2) * ((by - bias).powi(2) + bias_variance) + own * (1.0 - share)
        };
        let next = (PRIOR_PAIRS * own_prior + seen.iter().map(expected).sum::<f64>())
            / (PRIOR_PAIRS + seen.len() as f64);
        let step = (next - own).abs();
        own = next;
        if step < STEP_MIN {
            break;
        }
    }
    InterviewerError { bias_levels: bias, sd_levels: (own + bias_variance).sqrt(), pairs: seen.len() }
}

/// By interviewer.
pub fn learn_errors(pairs: impl IntoIterator<Item = (i64, Pair)>) -> BTreeMap<i64, InterviewerError> {
    let mut of: BTreeMap<i64, Vec<Pair>> = BTreeMap::new();
    for (interviewer, pair) in pairs {
        of.entry(interviewer).or_default().push(pair);
    }
    of.into_iter().map(|(interviewer, pairs)| (interviewer, learn_error(&pairs))).collect()
}

/// What is believed after interviewers of whom nothing is known gave these levels (0–5).
pub fn after_interviews(before: Belief, levels: &[f64]) -> Belief {
    let scores: Vec<(f64, InterviewerError)> =
        levels.iter().map(|level| (*level, InterviewerError::USUAL)).collect();
    after_scores(before, &scores)
}

/// What is believed after interviewers gave these levels (0–5), each with what is known of their error. Levels that are
/// no numbers say nothing.
pub fn after_scores(before: Belief, scores: &[(f64, InterviewerError)]) -> Belief {
    let squared = |sd: f64| (sd / LEVELS_PER_LOGIT).powi(2);
    let (mut weights, mut sum) = (0.0, 0.0);
    for (level, error) in scores.iter().filter(|it| it.0.is_finite()) {
        let weight = 1.0 / squared(error.sd_levels);
        weights += weight;
        sum += weight * (logits_of(*level) - error.bias_levels / LEVELS_PER_LOGIT);
    }
    if weights == 0.0 {
        return before;
    }
    let noise = squared(INTERVIEW_SHARED_SD_LEVELS) + 1.0 / weights;
    let gain = before.variance / (before.variance + noise);
    Belief {
        mean: before.mean + gain * (sum / weights - before.mean),
        variance: before.variance * (1.0 - gain),
    }
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

    fn pair(score: f64, level: f64) -> Pair {
        Pair { score, shown: Belief::at_level(level, 0.3) }
    }

    /// Pairs as the model makes them: own error `sd` and bias, in levels.
    fn drawn(seed: u64, count: usize, bias: f64, sd: f64) -> Vec<Pair> {
        use rand::SeedableRng;
        let mut lot = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        // Twelve even lots make one that is near enough to normal.
        let mut normal = || (0..12).map(|_| lot.random::<f64>()).sum::<f64>() - 6.0;
        (0..count)
            .map(|_| {
                let level = 2.5 + 0.5 * normal();
                let shared = INTERVIEW_SHARED_SD_LEVELS * normal();
                let shown = Belief::at_level(level + 0.3 * normal(), 0.3);
                Pair { score: level + bias + shared + sd * normal(), shown }
            })
            .collect()
    }

    #[test]
    fn nothing_compared_means_the_usual_error() {
        let none = learn_error(&[]);
        assert!((none.sd_levels - INTERVIEWER_SD_LEVELS).abs() < 1e-12 && none.bias_levels == 0.0);
        assert!((none.weight() - 1.0).abs() < 1e-12);
        assert_eq!(learn_error(&[pair(f64::NAN, 3.0)]).pairs, 0);
    }

    #[test]
    fn what_made_the_pairs_is_found_again() {
        for (seed, bias, sd) in [(1, 0.0, 0.3), (2, 0.7, 0.8), (3, -0.6, 1.6)] {
            let found = learn_error(&drawn(seed, 3_000, bias, sd));
            assert!((found.bias_levels - bias).abs() < 0.1, "{found:?}");
            assert!((found.sd_levels - sd).abs() < 0.2, "{found:?} against {sd}");
        }
    }

    #[test]
    fn a_few_pairs_move_the_error_little_and_many_move_it_far() {
        let wild = |count: usize| {
            let pairs = (0..count).map(|n| pair(if n % 2 == 0 { 5.0 } else { 0.0 }, 2.5)).collect::<Vec<_>>();
            learn_error(&pairs).sd_levels
        };
        assert!(wild(2) < 1.2 * INTERVIEWER_SD_LEVELS && wild(60) > 2.0 * INTERVIEWER_SD_LEVELS);
    }

    #[test]
    fn somebody_who_grew_for_a_year_does_not_make_the_interviewer_look_bad() {
        const YEAR_MS: i64 = 365 * 86_400_000;
        // Four skills, each a level and a half above what was right when they were hired.
        let grown: Vec<Pair> = [1.5, 2.0, 2.5, 3.0].map(|level| pair(level, level + 1.5)).to_vec();
        let start = crate::prior(crate::SkillKind::Human);
        let moved = crate::moved_variance(start, YEAR_MS, 180.0);
        let told: Vec<Pair> = grown.iter().map(|it| it.with_growth(moved)).collect();
        let (blamed, told) = (learn_error(&grown), learn_error(&told));
        assert!(told.weight() > 0.95 && told.bias_levels.abs() < 0.25, "{told:?}");
        assert!(told.bias_levels.abs() < 0.6 * blamed.bias_levels.abs(), "{told:?} {blamed:?}");
    }

    #[test]
    fn a_noisy_interviewer_counts_for_less_and_a_generous_one_is_taken_down() {
        let steady = learn_error(&drawn(4, 60, 0.0, 0.3));
        let noisy = learn_error(&drawn(5, 60, 0.0, 2.0));
        assert!(steady.weight() > 1.0 && noisy.weight() < 0.5, "{steady:?} {noisy:?}");
        let moved = |error| after_scores(START, &[(4.5, error)]).level() - START.level();
        assert!(
            moved(noisy) < moved(InterviewerError::USUAL) && moved(InterviewerError::USUAL) < moved(steady)
        );
        // Together: the one who is off less has the larger say.
        let high = after_scores(START, &[(4.5, steady), (1.0, noisy)]).level();
        let low = after_scores(START, &[(1.0, steady), (4.5, noisy)]).level();
        assert!(high > START.level() && low < START.level());
        let generous = InterviewerError { bias_levels: 1.0, ..InterviewerError::USUAL };
        let taken_down = after_scores(START, &[(4.0, generous)]);
        assert!((taken_down.mean - after_interviews(START, &[3.0]).mean).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn an_error_is_a_figure_whatever_was_seen_and_in_whatever_order(seen in prop::collection::vec((0.0..5.0_f64, 0.0..5.0_f64), 0..30)) {
            let pairs: Vec<Pair> = seen.iter().map(|(score, level)| pair(*score, *level)).collect();
            let found = learn_error(&pairs);
            let least = (PRIOR_PAIRS * (INTERVIEWER_SD_LEVELS.powi(2) - INTERVIEWER_BIAS_SD_LEVELS.powi(2))
                / (PRIOR_PAIRS + pairs.len() as f64)).sqrt();
            prop_assert!(found.sd_levels.is_finite() && found.sd_levels >= least - 1e-9);
            prop_assert!(found.bias_levels.abs() <= 5.0);
            let back: Vec<Pair> = pairs.iter().rev().copied().collect();
            prop_assert_eq!(learn_error(&back), found);
        }

        #[test]
        fn the_longer_since_the_hire_the_less_one_pair_says(score in 0.0..5.0_f64, level in 0.0..5.0_f64, moved in 0.0..3.0_f64, more in 0.0..3.0_f64) {
            let bias = |moved: f64| learn_error(&[pair(score, level).with_growth(moved)]).bias_levels;
            prop_assert!(bias(moved + more).abs() <= bias(moved).abs() + 1e-9);
            prop_assert!(bias(moved) * (score - level) >= -1e-9, "it never says the opposite");
        }

        #[test]
        fn the_more_an_interviewer_errs_the_less_a_score_moves(level in 0.0..5.0_f64, sd in 0.1..3.0_f64, more in 0.0..2.0_f64) {
            let error = |sd_levels| InterviewerError { sd_levels, ..InterviewerError::USUAL };
            let by = |sd| (after_scores(START, &[(level, error(sd))]).mean - START.mean).abs();
            prop_assert!(by(sd + more) <= by(sd) + 1e-12);
        }

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
