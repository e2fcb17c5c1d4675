//! Questions of a test, scored by item response: what a set of answers says of an ability.
//!
//! Two- and three-parameter logistic models, p = c + (1 − c)·σ(a(θ − b)), without the 1.7 of the normal ogive. Birnbaum
//! (1968); notation and examples of Baker (2001), "The Basics of Item Response Theory".

use serde::{Deserialize, Serialize};

use crate::belief::Belief;

pub const DISCRIMINATION_MIN: f64 = 0.2;
pub const DISCRIMINATION_MAX: f64 = 4.0;
/// A question that is guessed more often than this tells too little to be asked.
pub const GUESSING_MAX: f64 = 0.5;
pub const DIFFICULTY_LOGITS_MAX: f64 = 4.0;
/// Abilities that are looked at, in logits, and the steps between.
const GRID_LOGITS_MAX: f64 = 6.0;
const GRID_STEPS: usize = 240;

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// a: how sharply it parts those who can from those who cannot; above 0.
    pub discrimination: f64,
    /// b: the ability, in logits, at which half of those who do not guess are right.
    pub difficulty: f64,
    /// c: the share of those who can nothing and are right all the same; 0 for the two-parameter model.
    pub guessing: f64,
}

impl Item {
    /// P(right) at an ability in logits.
    pub fn p_right(&self, ability: f64) -> f64 {
        let logit = self.discrimination * (ability - self.difficulty);
        self.guessing + (1.0 - self.guessing) / (1.0 + (-logit).exp())
    }

    /// Fisher information about the ability, per squared logit: a²·(q/p)·((p − c)/(1 − c))².
    pub fn information(&self, ability: f64) -> f64 {
        let p = self.p_right(ability);
        let known = (p - self.guessing) / (1.0 - self.guessing);
        self.discrimination.powi(2) * ((1.0 - p) / p) * known.powi(2)
    }
}

/// The ability at which the answers are most likely, and its standard error 1/√information; by Fisher's scoring.
/// None if all are right or all wrong, or if it does not settle: then no finite ability is the most likely.
pub fn most_likely(answers: &[(Item, bool)]) -> Option<(f64, f64)> {
    const ROUNDS_MAX: usize = 100;
    const SETTLED_LOGITS: f64 = 1e-6;
    let right = answers.iter().filter(|(_, right)| *right).count();
    if right == 0 || right == answers.len() {
        return None;
    }
    let mut ability = 0.0_f64;
    for _ in 0..ROUNDS_MAX {
        let slope: f64 = answers
            .iter()
            .map(|(item, right)| {
                let p = item.p_right(ability);
                let known = (p - item.guessing) / (1.0 - item.guessing);
                item.discrimination * (f64::from(u8::from(*right)) - p) * known / p
            })
            .sum();
        let information: f64 = answers.iter().map(|(item, _)| item.information(ability)).sum();
        let step = (slope / information).clamp(-1.0, 1.0);
        ability += step;
        if step.abs() < SETTLED_LOGITS {
            return Some((ability, 1.0 / information.sqrt()));
        }
        if !step.is_finite() || ability.abs() > GRID_LOGITS_MAX {
            return None;
        }
    }
    None
}

/// What is believed after the answers, by the moments of prior × likelihood on a grid. Finite for any answers.
pub fn after(answers: &[(Item, bool)], start: Belief) -> Belief {
    let mut grid: Vec<(f64, f64)> = Vec::with_capacity(GRID_STEPS + 1);
    for step in 0..=GRID_STEPS {
        let ability = GRID_LOGITS_MAX * (2.0 * step as f64 / GRID_STEPS as f64 - 1.0);
        let prior = -(ability - start.mean).powi(2) / (2.0 * start.variance);
        let likelihood: f64 = answers
            .iter()
            .map(|(item, right)| {
                let p = item.p_right(ability);
                if *right { p.ln() } else { (1.0 - p).ln() }
            })
            .sum();
        grid.push((ability, prior + likelihood));
    }
    let top = grid.iter().map(|it| it.1).fold(f64::NEG_INFINITY, f64::max);
    let (mut all, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (ability, log) in grid {
        let weight = (log - top).exp();
        all += weight;
        sum += weight * ability;
        squares += weight * ability * ability;
    }
    let mean = sum / all;
    Belief { mean, variance: (squares / all - mean * mean).max(f64::MIN_POSITIVE) }
}

/// The answers as one observation of the ability, free of any prior: a value and its variance, both of logits, that
/// would lead a normal `start` to the same belief. None if they say nothing that a normal observation could say.
pub fn as_observation(answers: &[(Item, bool)], start: Belief) -> Option<(f64, f64)> {
    const PRECISION_MIN: f64 = 1e-3;
    let reached = after(answers, start);
    let precision = 1.0 / reached.variance - 1.0 / start.variance;
    if precision < PRECISION_MIN {
        return None;
    }
    Some(((reached.mean / reached.variance - start.mean / start.variance) / precision, 1.0 / precision))
}

/// The question with its difficulty as answers show it, and how unsure that leaves it (a standard deviation in logits), on
/// a grid. `item` and `prior_sd` say what its author thought; each answer comes with what was believed of the person before
/// they gave it, so that a hard question is told from a weak group. What is unsure about a person flattens the curve, as in
/// the filter: p = c + (1 − c)·σ(a(m − b)/√(1 + πa²v/8)).
pub fn calibrated(item: Item, prior_sd: f64, answers: &[(Belief, bool)]) -> (Item, f64) {
    let flat: Vec<(f64, f64, bool)> = answers
        .iter()
        .map(|(belief, right)| {
            let variance = item.discrimination.powi(2) * belief.variance.max(0.0);
            let slope = item.discrimination / (1.0 + std::f64::consts::PI * variance / 8.0).sqrt();
            (belief.mean, slope, *right)
        })
        .collect();
    let (mut all, mut sum, mut squares) = (0.0, 0.0, 0.0);
    let mut grid: Vec<(f64, f64)> = Vec::with_capacity(GRID_STEPS + 1);
    for step in 0..=GRID_STEPS {
        let difficulty = DIFFICULTY_LOGITS_MAX * (2.0 * step as f64 / GRID_STEPS as f64 - 1.0);
        let prior = -(difficulty - item.difficulty).powi(2) / (2.0 * prior_sd * prior_sd);
        let likelihood: f64 = flat
            .iter()
            .map(|(mean, slope, right)| {
                let it = Item { discrimination: *slope, difficulty, ..item };
                let p = it.p_right(*mean);
                if *right { p.ln() } else { (1.0 - p).ln() }
            })
            .sum();
        grid.push((difficulty, prior + likelihood));
    }
    let top = grid.iter().map(|it| it.1).fold(f64::NEG_INFINITY, f64::max);
    for (difficulty, log) in grid {
        let weight = (log - top).exp();
        all += weight;
        sum += weight * difficulty;
        squares += weight * difficulty * difficulty;
    }
    let difficulty = sum / all;
    (Item { difficulty, ..item }, (squares / all - difficulty * difficulty).max(0.0).sqrt())
}

/// The question that tells the most about somebody of whom this is believed.
pub fn most_telling(items: &[Item], belief: Belief) -> Option<usize> {
    let told = |item: &Item| item.information(belief.mean);
    (0..items.len()).max_by(|one, other| told(&items[*one]).total_cmp(&told(&items[*other])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::belief::LEVELS_PER_LOGIT;

    fn item(discrimination: f64, difficulty: f64, guessing: f64) -> Item {
        Item { discrimination, difficulty, guessing }
    }

    fn curve(item: Item) -> Vec<String> {
        (-3..=3).map(|ability| format!("{:.2}", item.p_right(f64::from(ability)))).collect()
    }

    /// Baker (2001), chapter 2: the worked two- and three-parameter curves.
    #[test]
    fn curves_of_the_textbook() {
        assert_eq!(curve(item(0.5, 1.0, 0.0)), ["0.12", "0.18", "0.27", "0.38", "0.50", "0.62", "0.73"]);
        assert_eq!(curve(item(1.3, 1.5, 0.2)), ["0.20", "0.21", "0.23", "0.30", "0.47", "0.73", "0.90"]);
    }

    /// Baker (2001), chapter 5: three questions, right, wrong, right; ability .33 with a standard error of 1.23.
    #[test]
    fn ability_of_the_textbook() {
        let answers =
            [(item(1.0, -1.0, 0.0), true), (item(1.2, 0.0, 0.0), false), (item(0.8, 1.0, 0.0), true)];
        let (ability, error) = most_likely(&answers).unwrap();
        assert!((ability - 0.325).abs() < 5e-4 && (error - 1.23).abs() < 5e-3, "{ability} ± {error}");
    }

    #[test]
    fn all_right_has_no_most_likely_ability_and_a_finite_belief() {
        let start = Belief { mean: 0.0, variance: 1.0 };
        let answers = [(item(1.5, 0.0, 0.25), true); 6];
        assert_eq!(most_likely(&answers), None);
        let reached = after(&answers, start);
        assert!(reached.mean > 0.3 && reached.mean < 2.0 && reached.variance < 1.0, "{reached:?}");
    }

    #[test]
    fn the_information_is_the_curvature_that_is_expected() {
        let it = item(1.3, 0.4, 0.2);
        for ability in [-2.0, 0.0, 0.4, 1.5] {
            const STEP: f64 = 1e-5;
            let slope = (it.p_right(ability + STEP) - it.p_right(ability - STEP)) / (2.0 * STEP);
            let p = it.p_right(ability);
            assert!((it.information(ability) - slope * slope / (p * (1.0 - p))).abs() < 1e-6);
        }
    }

    #[test]
    fn a_right_answer_that_may_be_guessed_says_less() {
        let start = Belief { mean: 0.0, variance: 1.0 };
        let sure = after(&[(item(1.0, 0.5, 0.0), true)], start);
        let guessed = after(&[(item(1.0, 0.5, 0.4), true)], start);
        assert!(sure.mean > guessed.mean && guessed.mean > 0.0);
        let wrong = after(&[(item(1.0, 0.5, 0.4), false)], start);
        assert!(wrong.mean < -0.2, "a wrong one cannot be guessed: {wrong:?}");
    }

    #[test]
    fn as_one_observation_the_answers_lead_to_the_same_belief() {
        let start = Belief { mean: 0.2, variance: 0.8 };
        let answers = [
            (item(1.2, -0.5, 0.2), true),
            (item(1.0, 0.0, 0.2), true),
            (item(1.4, 0.8, 0.2), false),
            (item(1.1, 0.3, 0.0), true),
        ];
        let reached = after(&answers, start);
        let (value, variance) = as_observation(&answers, start).unwrap();
        let precision = 1.0 / start.variance + 1.0 / variance;
        assert!(((start.mean / start.variance + value / variance) / precision - reached.mean).abs() < 1e-9);
        assert!((1.0 / precision - reached.variance).abs() < 1e-9);
        assert!(variance.sqrt() * LEVELS_PER_LOGIT > 0.5, "four questions do not settle a level");
        assert_eq!(as_observation(&[], start), None);
    }

    #[test]
    fn the_next_question_is_as_hard_as_the_person_is_able() {
        let items = [item(1.0, -2.0, 0.0), item(1.0, 1.0, 0.0), item(1.0, 3.0, 0.0)];
        assert_eq!(most_telling(&items, Belief { mean: 1.2, variance: 1.0 }), Some(1));
        assert_eq!(most_telling(&[], Belief { mean: 0.0, variance: 1.0 }), None);
    }

    #[test]
    fn answers_tell_how_hard_a_question_is_whoever_gave_them() {
        let thought = item(1.2, 0.0, 0.25);
        let (same, sd) = calibrated(thought, 0.8, &[]);
        assert!(same.difficulty.abs() < 1e-9 && (sd - 0.8).abs() < 1e-2, "{same:?} ± {sd}");
        // Answers exactly as often right as a question of 1.0 would be, by people from −1 to 2 logits.
        let truth = item(1.2, 1.0, 0.25);
        let answers = |shift: f64| -> Vec<(Belief, bool)> {
            (0..300)
                .map(|n| {
                    let mean = shift + f64::from(n % 30) / 10.0 - 1.0;
                    let right = f64::from(n / 30) + 0.5 < 10.0 * truth.p_right(mean);
                    (Belief { mean, variance: 1e-4 }, right)
                })
                .collect()
        };
        for shift in [0.0, 0.8] {
            let (found, sd) = calibrated(thought, 0.8, &answers(shift));
            assert!((found.difficulty - 1.0).abs() < 0.25 && sd < 0.25, "{found:?} ± {sd} at {shift}");
        }
        let few = calibrated(thought, 0.8, &answers(0.0)[..20]);
        assert!(few.1 > 0.3, "twenty answers leave doubt");
    }
}
