//! Teachable moments: which of a week's pieces of work are worth talking about, and why.
//!
//! A moment teaches when its outcome says something that was not expected of this person, in a skill in which they have
//! far to go or of which little is known, and which the desk's customers often ask for. Its score is
//!
//! surprise (bits) · share of the skill in the work · share of the skill in the demand · (gap + doubt) (levels),
//!
//! half of it when the outcome was better than believed. Surprise is Shannon's −log₂ P(as far off, or farther), from the
//! belief *before* the outcome: the same tail for yes and no, for ratings and for reviews. The gap is the expected
//! shortfall below what the work asked ([`crate::gap`]); the doubt is how many levels of standard deviation one careful
//! talk, worth one review, takes away ([`crate::sampling`] spends reviews by the same rule).

use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

use crate::belief::{Belief, LEVELS_PER_LOGIT, level_of, logits_of};
use crate::evidence::{SkillId, TICKET_DIFFICULTY_SD_LOGITS};
use crate::gap::expected_gap;
use crate::observation::{
    Observation, REVIEW_VARIANCE_LOGITS, SATISFACTION_CUTS, SATISFACTION_SLOPE, SOLVED_OFFSET_LOGITS,
    SOLVED_SLOPE, p_yes,
};

/// Moments that one person is shown of one week.
pub const MOMENTS_PER_WEEK: usize = 3;
/// What was about to be expected anyway teaches nothing: one bit is a thing of one in two.
pub const SURPRISE_BITS_MIN: f64 = 0.5;
/// What went well stands out only if it was less likely than not.
const BETTER_SURPRISE_BITS_MIN: f64 = 1.0;
/// Beyond this nothing becomes more surprising.
pub const SURPRISE_BITS_MAX: f64 = 6.0;
/// A customer who gives more of 5 than this was content: however much was believed of the person, nothing went worse.
pub const WORSE_SCORE_MAX: u8 = 3;
/// What went better than believed is worth a talk too, after what did not.
const BETTER_SHARE: f64 = 0.5;
/// A skill that is hardly ever asked for still counts for so much of all demand.
const DEMAND_MIN: f64 = 0.01;
/// The second moment in the same skill says less that is new.
const SAME_SKILL_SHARE: f64 = 0.5;

/// One skill of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkillAtWork {
    pub skill: SkillId,
    /// Above 0; scaled to the sum 1 over the work.
    pub weight: f64,
    /// What was believed of the person before the outcome.
    pub before: Belief,
    /// The level that the work asked for, 0–5.
    pub asked: f64,
    /// The share of the desk's work that asks for the skill, 0–1.
    pub demand: f64,
}

/// Why something is worth talking about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The skill in which it teaches most.
    pub skill: SkillId,
    /// Better than was believed; false: worse.
    pub better: bool,
    /// P(as far off, or farther), 0–1, from what was believed before.
    pub chance: f64,
    /// −log₂ of it.
    pub surprise_bits: f64,
    /// Levels by which the person is expected to fall short of what the work asked.
    pub gap_levels: f64,
    /// Levels of standard deviation that one careful talk takes away.
    pub doubt_levels: f64,
    /// The share of the desk's work that asks for the skill, 0–1.
    pub demand: f64,
    /// Only for putting moments in order.
    pub score: f64,
}

/// `None` if it was much as expected, or says nothing. `difficulty` is the work's, in logits.
pub fn moment(skills: &[SkillAtWork], difficulty: f64, observation: &Observation) -> Option<Moment> {
    let (mean, variance) = predictor(skills, difficulty, observation)?;
    let (chance, better) = tail(observation, mean, variance)?;
    if !better && is_content(observation) {
        return None;
    }
    let surprise_bits = -chance.max(f64::MIN_POSITIVE).log2();
    let least = if better { BETTER_SURPRISE_BITS_MIN } else { SURPRISE_BITS_MIN };
    if !surprise_bits.is_finite() || surprise_bits < least {
        return None;
    }
    let surprise_bits = surprise_bits.min(SURPRISE_BITS_MAX);
    let tone = if better { BETTER_SHARE } else { 1.0 };
    let weights: f64 = skills.iter().map(|it| usable(it.weight)).sum();
    let share = |it: &SkillAtWork| usable(it.weight) / weights;
    let of = |it: &SkillAtWork| {
        let gap_levels = expected_gap(it.before, it.asked);
        let doubt_levels = doubt(it.before.variance);
        let demand = it.demand.clamp(0.0, 1.0);
        let score = surprise_bits * tone * share(it) * demand.max(DEMAND_MIN) * (gap_levels + doubt_levels);
        Moment { skill: it.skill, better, chance, surprise_bits, gap_levels, doubt_levels, demand, score }
    };
    let all = skills.iter().filter(|it| usable(it.weight) > 0.0).map(of);
    all.filter(|it| it.score.is_finite() && it.score > 0.0)
        .max_by(|one, other| one.score.total_cmp(&other.score))
}

/// The places of the `count` moments that teach most together, the best first: each piece of work once (`work` tells
/// which), and another skill before the same skill again.
pub fn most_teachable<W: PartialEq>(moments: &[(W, Moment)], count: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < count {
        let worth = |place: usize| {
            let it = &moments[place].1;
            let again = chosen.iter().filter(|other| moments[**other].1.skill == it.skill).count();
            it.score * SAME_SKILL_SHARE.powi(again as i32)
        };
        let is_new = |place: &usize| chosen.iter().all(|other| moments[*other].0 != moments[*place].0);
        let best = (0..moments.len())
            .filter(|place| is_new(place) && worth(*place) > 0.0)
            .max_by(|one, other| worth(*one).total_cmp(&worth(*other)).then(other.cmp(one)));
        match best {
            Some(place) => chosen.push(place),
            None => break,
        }
    }
    chosen
}

/// Mean and variance of z = Σ x·θ − d before the outcome; `None` without any skill.
fn predictor(skills: &[SkillAtWork], difficulty: f64, observation: &Observation) -> Option<(f64, f64)> {
    let weights: f64 = skills.iter().map(|it| usable(it.weight)).sum();
    if weights <= 0.0 {
        return None;
    }
    let share = |it: &SkillAtWork| usable(it.weight) / weights;
    let mut mean: f64 = skills.iter().map(|it| share(it) * it.before.mean).sum();
    let mut variance: f64 = skills.iter().map(|it| share(it).powi(2) * it.before.variance).sum();
    if observation.depends_on_difficulty() {
        mean -= if difficulty.is_finite() { difficulty } else { 0.0 };
        variance += TICKET_DIFFICULTY_SD_LOGITS * TICKET_DIFFICULTY_SD_LOGITS;
    }
    Some((mean, variance))
}

fn usable(weight: f64) -> f64 {
    if weight.is_finite() { weight.max(0.0) } else { 0.0 }
}

fn is_content(observation: &Observation) -> bool {
    matches!(*observation, Observation::Satisfaction { score } if score > WORSE_SCORE_MAX)
}

/// √v − √(v·s²/(v + s²)), in levels.
fn doubt(variance: f64) -> f64 {
    let variance = variance.max(0.0);
    let left = variance * REVIEW_VARIANCE_LOGITS / (variance + REVIEW_VARIANCE_LOGITS);
    (variance.sqrt() - left.sqrt()) * LEVELS_PER_LOGIT
}

/// P(as far off, or farther, on the side on which it fell), and whether that is the better side.
fn tail(observation: &Observation, mean: f64, variance: f64) -> Option<(f64, bool)> {
    let (at_most, at_least) = match *observation {
        Observation::Solved { for_good } => {
            let p = p_yes(SOLVED_SLOPE, SOLVED_OFFSET_LOGITS, mean, variance);
            if for_good { (1.0, p) } else { (1.0 - p, 1.0) }
        }
        Observation::Satisfaction { score } => {
            let score = usize::from(score.clamp(1, 5));
            let above = |k: usize| match k {
                0 => 1.0,
                5 => 0.0,
                _ => p_yes(SATISFACTION_SLOPE, -SATISFACTION_CUTS[k - 1], mean, variance),
            };
            (1.0 - above(score), above(score - 1))
        }
        Observation::Review { level, severity } => {
            let off = logits_of(level) + severity - mean;
            let z = off / (variance + REVIEW_VARIANCE_LOGITS).sqrt();
            let below = 0.5 * erfc(-z / std::f64::consts::SQRT_2);
            (below, 1.0 - below)
        }
        _ => return None,
    };
    let found = if at_least < at_most { (at_least, true) } else { (at_most, false) };
    found.0.is_finite().then_some(found)
}

/// What was to be expected, in the observation's own unit: a probability, a score, a level.
pub fn expected(skills: &[SkillAtWork], difficulty: f64, observation: &Observation) -> Option<f64> {
    let (mean, variance) = predictor(skills, difficulty, observation)?;
    Some(match *observation {
        Observation::Solved { .. } => p_yes(SOLVED_SLOPE, SOLVED_OFFSET_LOGITS, mean, variance),
        Observation::Satisfaction { .. } => {
            1.0 + SATISFACTION_CUTS
                .iter()
                .map(|cut| p_yes(SATISFACTION_SLOPE, -cut, mean, variance))
                .sum::<f64>()
        }
        Observation::Review { severity, .. } => level_of(mean - severity).clamp(0.0, 5.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REOPENED: Observation = Observation::Solved { for_good: false };
    const STAYED: Observation = Observation::Solved { for_good: true };

    fn at_work(skill: i64, level: f64, sd: f64, asked: f64, demand: f64) -> SkillAtWork {
        SkillAtWork { skill: SkillId(skill), weight: 1.0, before: Belief::at_level(level, sd), asked, demand }
    }

    #[test]
    fn what_was_to_be_expected_teaches_nothing() {
        let strong = [at_work(1, 4.5, 0.4, 3.0, 0.3)];
        assert_eq!(moment(&strong, 0.0, &STAYED), None);
        let came_back = moment(&strong, 0.0, &REOPENED).expect("that was not expected");
        assert!(!came_back.better && came_back.surprise_bits > 2.0, "{came_back:?}");
        let weak = [at_work(1, 0.5, 0.4, 3.0, 0.3)];
        let stayed = moment(&weak, 0.5, &STAYED).expect("nor that");
        assert!(stayed.better && stayed.score > 0.0);
    }

    #[test]
    fn a_rating_and_a_review_are_measured_by_their_tails() {
        let usual = [at_work(1, 3.0, 0.8, 3.0, 0.2)];
        let rated = |score: u8| moment(&usual, 0.0, &Observation::Satisfaction { score });
        assert!(rated(1).unwrap().surprise_bits > rated(2).unwrap().surprise_bits);
        assert!(!rated(1).unwrap().better);
        let review = |level: f64| moment(&usual, 0.0, &Observation::Review { level, severity: 0.0 }).unwrap();
        assert!(review(1.0).surprise_bits > review(2.0).surprise_bits);
        assert!(review(4.5).better);
        let at_the_middle = review(3.0);
        assert!((at_the_middle.surprise_bits - 1.0).abs() < 1e-9, "one of two: {at_the_middle:?}");
        assert_eq!(moment(&usual, 0.0, &Observation::SelfRating { level: 0.0 }), None);
    }

    #[test]
    fn a_content_customer_is_no_sign_of_something_worse() {
        for level in [0.5, 3.0, 4.8] {
            for score in 1..=5 {
                let it = [at_work(1, level, 0.3, 3.0, 0.2)];
                let found = moment(&it, -2.0, &Observation::Satisfaction { score });
                assert!(found.is_none_or(|it| it.better || score <= WORSE_SCORE_MAX), "{score} at {level}");
            }
        }
        // Surprising enough of somebody so strong, and yet nothing to talk about.
        let strong = [at_work(1, 4.8, 0.3, 3.0, 0.2)];
        let off = |score: u8| tail(&Observation::Satisfaction { score }, strong[0].before.mean + 2.0, 0.3);
        assert!(off(4).is_some_and(|(chance, better)| !better && -chance.log2() > SURPRISE_BITS_MIN));
        assert!(moment(&strong, -2.0, &Observation::Satisfaction { score: 3 }).is_some_and(|it| !it.better));
    }

    #[test]
    fn the_skill_with_most_to_learn_and_most_demand_is_named() {
        let skills = [at_work(1, 4.0, 0.4, 3.0, 0.3), at_work(2, 1.5, 0.9, 3.0, 0.3)];
        assert_eq!(moment(&skills, 0.0, &REOPENED).unwrap().skill, SkillId(2));
        let rare = [at_work(1, 2.0, 0.8, 3.0, 0.4), at_work(2, 2.0, 0.8, 3.0, 0.02)];
        assert_eq!(moment(&rare, 0.0, &REOPENED).unwrap().skill, SkillId(1));
    }

    #[test]
    fn three_are_chosen_each_of_its_own_work_and_of_different_skills_first() {
        let of = |skill: i64, score: f64| Moment {
            skill: SkillId(skill),
            better: false,
            chance: 0.2,
            surprise_bits: 2.3,
            gap_levels: 1.0,
            doubt_levels: 0.3,
            demand: 0.2,
            score,
        };
        let all = [(1, of(1, 1.0)), (1, of(2, 0.95)), (2, of(1, 0.9)), (3, of(2, 0.5)), (4, of(3, 0.0))];
        assert_eq!(most_teachable(&all, 3), [0, 3, 2]);
        assert_eq!(most_teachable(&all, 9), [0, 3, 2], "nothing that is worth nothing");
        assert!(most_teachable::<i64>(&[], 3).is_empty());
    }

    proptest! {
        #[test]
        fn a_score_is_a_number_and_grows_with_the_demand(
            level in 0.0..5.0_f64, sd in 0.05..1.5_f64, asked in 0.0..5.0_f64, demand in 0.02..0.5_f64,
            difficulty in -2.0..2.0_f64, score in 1..=5_u8,
        ) {
            let observation = Observation::Satisfaction { score };
            let one = moment(&[at_work(1, level, sd, asked, demand)], difficulty, &observation);
            let two = moment(&[at_work(1, level, sd, asked, 2.0 * demand)], difficulty, &observation);
            prop_assert_eq!(one.is_some(), two.is_some());
            if let (Some(one), Some(two)) = (one, two) {
                prop_assert!(one.score > 0.0 && one.score.is_finite());
                prop_assert!((two.score - 2.0 * one.score).abs() < 1e-9);
                prop_assert!((SURPRISE_BITS_MIN..=SURPRISE_BITS_MAX).contains(&one.surprise_bits));
                prop_assert!(one.gap_levels >= 0.0 && one.doubt_levels > 0.0);
            }
        }

        #[test]
        fn the_more_was_believed_the_more_a_failure_surprises(low in -2.0..2.0_f64, by in 0.1..3.0_f64) {
            let at = |mean: f64| {
                let skill = SkillAtWork { before: Belief { mean, variance: 0.3 }, ..at_work(1, 2.0, 0.5, 5.0, 0.2) };
                moment(&[skill], 0.0, &REOPENED).map_or(0.0, |it| it.surprise_bits)
            };
            prop_assert!(at(low + by) >= at(low));
        }

        #[test]
        fn broken_figures_are_no_moment(weight in prop_oneof![Just(f64::NAN), Just(-1.0), Just(0.0)]) {
            let skill = SkillAtWork { weight, ..at_work(1, 2.0, 0.5, 3.0, 0.2) };
            prop_assert_eq!(moment(&[skill], f64::NAN, &REOPENED), None);
        }
    }
}
