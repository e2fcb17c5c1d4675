//! The kinds of evidence, and what each says of the ability behind it: a gradient, an information, an expectation.

use serde::{Deserialize, Serialize};

use statrs::function::erf::erfc;

use crate::belief::{LEVEL_MAX, LEVEL_MIN, LEVELS_PER_LOGIT, level_of, logits_of};

/// Solved for good: slope α and offset o of p = σ(α·z + o). At z = 0 three of four stay solved.
pub(crate) const SOLVED_SLOPE: f64 = 1.0;
pub(crate) const SOLVED_OFFSET_LOGITS: f64 = 1.0;
/// Satisfaction: slope, and cut points between the scores 1|2, 2|3, 3|4, 4|5 in logits; at z = 0 a little over half give a 5.
pub(crate) const SATISFACTION_SLOPE: f64 = 0.6;
pub(crate) const SATISFACTION_CUTS: [f64; 4] = [-2.6, -2.0, -1.3, -0.3];
/// Ratings and reviews: standard deviation of one statement, in levels.
pub(crate) const SELF_RATING_SD_LEVELS: f64 = 1.0;
pub(crate) const LEAD_RATING_SD_LEVELS: f64 = 0.6;
pub(crate) const PEER_RATING_SD_LEVELS: f64 = 0.8;
pub(crate) const REVIEW_SD_LEVELS: f64 = 0.7;
/// The same as a variance, in squared logits.
pub const REVIEW_VARIANCE_LOGITS: f64 =
    (REVIEW_SD_LEVELS / LEVELS_PER_LOGIT) * (REVIEW_SD_LEVELS / LEVELS_PER_LOGIT);
/// A check never settles a level more firmly than this.
pub(crate) const CHECK_SD_LEVELS_MIN: f64 = 0.4;
/// Handle time: −ln(ratio) = slope·z + noise. Twice as fast or slow is the most that counts.
pub(crate) const HANDLE_TIME_SLOPE: f64 = 0.15;
pub(crate) const HANDLE_TIME_SD: f64 = 0.8;
pub(crate) const HANDLE_TIME_RATIO_MAX: f64 = 2.0;
/// Speed teaches at most this share of what the lasting solution itself teaches, so it never outranks quality.
pub(crate) const HANDLE_TIME_SHARE_OF_SOLVED_MAX: f64 = 0.5;
/// Test questions sharper than this are treated as this sharp.
pub(crate) const DISCRIMINATION_MAX: f64 = 4.0;

/// One observation. Levels are 0–5 (cut to it); logits are those of [`crate::Belief`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Observation {
    /// A solved ticket after its seven days: `for_good` unless it was reopened or escalated.
    Solved {
        for_good: bool,
    },
    /// The customer's rating, 1–5.
    Satisfaction {
        score: u8,
    },
    /// What a person, their lead or a colleague says of one skill.
    SelfRating {
        level: f64,
    },
    LeadRating {
        level: f64,
    },
    PeerRating {
        level: f64,
    },
    /// One criterion of a scorecard, on the level scale. A severe rater (above 0 logits) gives too little.
    Review {
        level: f64,
        severity: f64,
    },
    /// One answer in a test: two-parameter item response, p = σ(`discrimination`·(θ − `difficulty`)), difficulty in logits.
    Test {
        correct: bool,
        discrimination: f64,
        difficulty: f64,
    },
    /// A whole skill check, scored by item response: a level, and how unsure the answers leave it (in levels).
    Check {
        level: f64,
        sd_levels: f64,
    },
    /// The product changed: what was known of the skill is drawn back to where everybody starts, and only the share
    /// `keep` (0–1) of the distance stays. It says nothing of the person; [`crate::Portfolio::apply`] does the drawing.
    Release {
        keep: f64,
    },
    /// Time spent ÷ usual time for such work (above 0; 1 is usual). Says nothing unless the work was solved for good.
    HandleTime {
        ratio: f64,
        for_good: bool,
    },
}

/// What one observation says at a predictor of some mean and variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lesson {
    /// G: slope of the log-likelihood in the predictor, per logit.
    pub gradient: f64,
    /// h ≥ 0: curvature of the log-likelihood (its information), per squared logit.
    pub information: f64,
    /// Expected and seen, in the observation's own unit: probability, score, level, or ln(ratio).
    pub expected: f64,
    pub observed: f64,
}

impl Observation {
    /// Outcomes of work depend on how hard the work was; statements about a person do not.
    pub fn depends_on_difficulty(&self) -> bool {
        matches!(
            self,
            Observation::Solved { .. } | Observation::Satisfaction { .. } | Observation::HandleTime { .. }
        )
    }

    /// None if the observation says nothing: a value that is not a number, or speed without quality.
    pub(crate) fn lesson(&self, mean: f64, variance: f64) -> Option<Lesson> {
        match *self {
            Observation::Solved { for_good } => {
                Some(yes_or_no(SOLVED_SLOPE, SOLVED_OFFSET_LOGITS, for_good, mean, variance))
            }
            Observation::Satisfaction { score } => Some(graded(score, mean, variance)),
            Observation::SelfRating { level } => stated(level, 0.0, SELF_RATING_SD_LEVELS, mean, variance),
            Observation::LeadRating { level } => stated(level, 0.0, LEAD_RATING_SD_LEVELS, mean, variance),
            Observation::PeerRating { level } => stated(level, 0.0, PEER_RATING_SD_LEVELS, mean, variance),
            Observation::Review { level, severity } => {
                stated(level, severity, REVIEW_SD_LEVELS, mean, variance)
            }
            Observation::Test { correct, discrimination, difficulty } => {
                let slope = discrimination.clamp(0.0, DISCRIMINATION_MAX);
                let offset = -slope * difficulty;
                offset.is_finite().then(|| yes_or_no(slope, offset, correct, mean, variance))
            }
            Observation::Check { level, sd_levels } => {
                stated(level, 0.0, sd_levels.max(CHECK_SD_LEVELS_MIN), mean, variance)
            }
            Observation::Release { .. } => None,
            Observation::HandleTime { ratio, for_good } => handle_time(ratio, for_good, mean, variance),
        }
    }
}

/// P(solved for good) for a predictor z ~ Normal(`mean`, `variance`).
pub(crate) fn p_solved_for_good(mean: f64, variance: f64) -> f64 {
    p_yes(SOLVED_SLOPE, SOLVED_OFFSET_LOGITS, mean, variance)
}

/// E σ(slope·z + offset) for z ~ Normal(mean, variance) ≈ σ(m/√(1+πV/8)): MacKay (1992), "The evidence framework
/// applied to classification networks".
pub(crate) fn p_yes(slope: f64, offset: f64, mean: f64, variance: f64) -> f64 {
    sigmoid(moderated(slope * mean + offset, slope * slope * variance))
}

fn moderated(mean: f64, variance: f64) -> f64 {
    mean / (1.0 + std::f64::consts::PI * variance / 8.0).sqrt()
}

/// Bernoulli: G = α(y − p), h = α²p(1 − p).
fn yes_or_no(slope: f64, offset: f64, yes: bool, mean: f64, variance: f64) -> Lesson {
    let p = p_yes(slope, offset, mean, variance);
    let observed = if yes { 1.0 } else { 0.0 };
    Lesson {
        gradient: slope * (observed - p),
        information: slope * slope * p * (1.0 - p),
        expected: p,
        observed,
    }
}

/// Graded logit (Samejima 1969). With S_k = P(score > k) = σ(a·z − c_k), S_0 = 1 and S_5 = 0, a score of k has
/// probability S_{k−1} − S_k. As σ' = σ(1−σ), its logarithm has the slope a(1 − S_{k−1} − S_k) in z, and the negative
/// second derivative a²[S_{k−1}(1−S_{k−1}) + S_k(1−S_k)], which is never negative. With two scores both are Bernoulli's.
fn graded(score: u8, mean: f64, variance: f64) -> Lesson {
    let score = usize::from(score.clamp(1, 5));
    let mut above = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    for (k, cut) in SATISFACTION_CUTS.iter().enumerate() {
        above[k + 1] = p_yes(SATISFACTION_SLOPE, -cut, mean, variance);
    }
    let (at_least, more) = (above[score - 1], above[score]);
    Lesson {
        gradient: SATISFACTION_SLOPE * (1.0 - at_least - more),
        information: SATISFACTION_SLOPE.powi(2) * (at_least * (1.0 - at_least) + more * (1.0 - more)),
        expected: above.iter().sum(),
        observed: score as f64,
    }
}

/// Where on the scale a statement stands. At its ends it only says "at least" or "at most": who is given a 5 may be better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Inside,
    Least,
    Most,
}

impl End {
    pub fn of(level: f64) -> End {
        if level >= LEVEL_MAX {
            End::Most
        } else if level <= LEVEL_MIN {
            End::Least
        } else {
            End::Inside
        }
    }

    /// The direction in which the truth may lie beyond.
    pub fn sign(self) -> Option<f64> {
        match self {
            End::Inside => None,
            End::Least => Some(-1.0),
            End::Most => Some(1.0),
        }
    }
}

/// ln Φ(x) and φ(x)/Φ(x), also where Φ is too small to be told from 0.
pub(crate) fn at_least(x: f64) -> (f64, f64) {
    const FAR: f64 = -30.0;
    let log_density = -0.5 * (x * x + (2.0 * std::f64::consts::PI).ln());
    if x < FAR {
        // Φ(x) ≈ φ(x)/(−x)·(1 − 1/x²).
        let ratio = -x / (1.0 - 1.0 / (x * x));
        return (log_density - ratio.ln(), ratio);
    }
    let below = 0.5 * erfc(-x / std::f64::consts::SQRT_2);
    (below.ln(), log_density.exp() / below)
}

/// Gaussian: y = θ − severity + noise of variance s²: G = (y + severity − m)/s², h = 1/s². At an end of the scale the
/// moments of the censored posterior are matched: with t² = s² + V, u = ±(m − y)/t and r = φ(u)/Φ(u), the mean moves by
/// V·r/t and the variance by −V²·r(r + u)/t²; G and h are what makes the update do so.
fn stated(level: f64, severity: f64, sd_levels: f64, mean: f64, variance: f64) -> Option<Lesson> {
    let end = End::of(level);
    let level = level.clamp(LEVEL_MIN, LEVEL_MAX);
    let noise = (sd_levels / LEVELS_PER_LOGIT).powi(2);
    let off = logits_of(level) + severity - mean;
    let (gradient, information) = match end.sign() {
        None => (off / noise, 1.0 / noise),
        Some(sign) => {
            let whole = noise + variance;
            let beyond = -sign * off / whole.sqrt();
            let (_, ratio) = at_least(beyond);
            let taken = (ratio * (ratio + beyond)).clamp(0.0, 1.0) / whole;
            let information = taken / (1.0 - taken * variance);
            (sign * ratio / whole.sqrt() * (1.0 + information * variance), information)
        }
    };
    let expected = level_of(mean - severity);
    (gradient.is_finite() && information.is_finite()).then_some(Lesson {
        gradient,
        information,
        expected,
        observed: level,
    })
}

/// Gaussian in −ln(ratio) with a small slope, and a gradient that is capped at half of the solution's own.
fn handle_time(ratio: f64, for_good: bool, mean: f64, variance: f64) -> Option<Lesson> {
    if !for_good || ratio.is_nan() || ratio <= 0.0 {
        return None;
    }
    let quickness = -ratio.clamp(1.0 / HANDLE_TIME_RATIO_MAX, HANDLE_TIME_RATIO_MAX).ln();
    let expected = HANDLE_TIME_SLOPE * mean;
    let noise = HANDLE_TIME_SD.powi(2);
    let gradient_max =
        HANDLE_TIME_SHARE_OF_SOLVED_MAX * SOLVED_SLOPE * (1.0 - p_solved_for_good(mean, variance));
    Some(Lesson {
        gradient: (HANDLE_TIME_SLOPE * (quickness - expected) / noise).clamp(-gradient_max, gradient_max),
        information: HANDLE_TIME_SLOPE.powi(2) / noise,
        expected: -expected,
        observed: -quickness,
    })
}

pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(score) at a known ability, straight from the definition.
    fn p_score(score: usize, z: f64) -> f64 {
        let above = |k: usize| match k {
            0 => 1.0,
            5 => 0.0,
            _ => sigmoid(SATISFACTION_SLOPE * z - SATISFACTION_CUTS[k - 1]),
        };
        above(score - 1) - above(score)
    }

    #[test]
    fn the_graded_gradient_and_information_are_the_derivatives_of_the_log_likelihood() {
        const STEP: f64 = 1e-4;
        for score in 1..=5 {
            for z in [-3.0, -0.5, 0.0, 1.2, 4.0] {
                let log = |z: f64| p_score(score, z).ln();
                let slope = (log(z + STEP) - log(z - STEP)) / (2.0 * STEP);
                let bend = (log(z + STEP) - 2.0 * log(z) + log(z - STEP)) / (STEP * STEP);
                let lesson = graded(score as u8, z, 0.0);
                assert!((lesson.gradient - slope).abs() < 1e-6, "{score} {z}");
                assert!((lesson.information + bend).abs() < 1e-4, "{score} {z}");
            }
        }
    }

    #[test]
    fn the_expected_score_is_the_mean_over_all_scores() {
        let by_hand: f64 = (1..=5).map(|score| score as f64 * p_score(score, 0.7)).sum();
        assert!((graded(5, 0.7, 0.0).expected - by_hand).abs() < 1e-12);
        assert!(by_hand > 3.5 && by_hand < 4.6, "customers are mostly content: {by_hand}");
    }

    #[test]
    fn the_moderated_probability_is_close_to_the_integral() {
        for (mean, variance) in [(0.0, 1.0), (1.5, 0.5), (-2.0, 2.0)] {
            let steps = 20_000;
            let sd = f64::sqrt(variance);
            let integral: f64 = (0..steps)
                .map(|i| -8.0 + 16.0 * (i as f64 + 0.5) / steps as f64)
                .map(|x| {
                    sigmoid(SOLVED_SLOPE * (mean + sd * x) + SOLVED_OFFSET_LOGITS) * (-x * x / 2.0).exp()
                })
                .sum::<f64>()
                * (16.0 / steps as f64)
                / (2.0 * std::f64::consts::PI).sqrt();
            assert!((p_solved_for_good(mean, variance) - integral).abs() < 0.01);
        }
    }

    #[test]
    fn the_top_of_the_scale_says_at_least() {
        let five = |mean: f64| Observation::LeadRating { level: 5.0 }.lesson(mean, 0.3).unwrap();
        assert!(five(0.0).gradient > 0.0 && five(3.0).gradient > 0.0, "praise never lowers");
        assert!(
            five(3.0).gradient < 0.2 * five(0.0).gradient && five(3.0).information < five(0.0).information
        );
        let zero = Observation::LeadRating { level: 0.0 }.lesson(-3.0, 0.3).unwrap();
        assert!((zero.gradient + five(3.0).gradient).abs() < 1e-12, "the bottom mirrors it");
        let surprised = Observation::LeadRating { level: 5.0 }.lesson(-60.0, 0.3).unwrap();
        assert!(surprised.gradient.is_finite() && surprised.gradient > 100.0);
    }

    #[test]
    fn the_tail_of_the_normal_distribution_is_smooth() {
        let (near, far) = (at_least(-29.999_999), at_least(-30.000_001));
        assert!((near.0 - far.0).abs() < 1e-3 && (near.1 - far.1).abs() < 1e-3);
        assert!((at_least(0.0).0 - 0.5_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn speed_without_quality_says_nothing() {
        assert_eq!(Observation::HandleTime { ratio: 0.1, for_good: false }.lesson(0.0, 1.0), None);
        assert!(Observation::HandleTime { ratio: 0.1, for_good: true }.lesson(0.0, 1.0).is_some());
    }

    #[test]
    fn what_is_not_a_number_says_nothing() {
        assert_eq!(Observation::LeadRating { level: f64::NAN }.lesson(0.0, 1.0), None);
        assert_eq!(Observation::Review { level: 3.0, severity: f64::INFINITY }.lesson(0.0, 1.0), None);
        let test = Observation::Test { correct: true, discrimination: 1.0, difficulty: f64::NAN };
        assert_eq!(test.lesson(0.0, 1.0), None);
    }

    #[test]
    fn evidence_reads_as_json_with_its_kind() {
        let json = serde_json::to_string(&Observation::Satisfaction { score: 4 }).unwrap();
        assert_eq!(json, r#"{"kind":"satisfaction","score":4}"#);
        assert_eq!(
            serde_json::from_str::<Observation>(r#"{"kind":"self_rating","level":3.0}"#).unwrap(),
            Observation::SelfRating { level: 3.0 }
        );
    }
}
