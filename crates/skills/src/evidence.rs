//! What the product calls: the beliefs behind one piece of work in, the moved beliefs out.

use serde::{Deserialize, Serialize};

use crate::belief::Belief;
use crate::filter::{Component, update_in_part};
use crate::library::SkillKind;
use crate::observation::{Observation, p_solved_for_good};

/// How far a ticket's true difficulty may lie from its estimate, in logits; part of every surprise is put down to it.
pub const TICKET_DIFFICULTY_SD_LOGITS: f64 = 0.5;

/// The caller's number of a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SkillId(pub i64);

/// A person's belief in one skill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SkillBelief {
    pub skill: SkillId,
    pub belief: Belief,
}

/// How one observation moved the belief in one skill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub skill: SkillId,
    pub before: Belief,
    pub after: Belief,
}

/// Moves the beliefs of one person in the skills of one ticket (or in the one skill that was rated or tested).
///
/// `prior` are the beliefs now, decayed to the moment of the observation; `weights` go with them one to one and are
/// scaled to the sum 1 (a missing, negative or broken weight counts as 0; if nothing is left all count alike).
/// `difficulty` is the ticket's in logits (0 is usual) and only counts for outcomes of work.
pub fn observe(
    prior: &[SkillBelief],
    weights: &[f64],
    difficulty: f64,
    observation: &Observation,
) -> Vec<Step> {
    observe_in_part(prior, weights, difficulty, observation, 1.0)
}

/// [`observe`] for somebody who did only a share (0–1) of the work.
pub fn observe_in_part(
    prior: &[SkillBelief],
    weights: &[f64],
    difficulty: f64,
    observation: &Observation,
    share: f64,
) -> Vec<Step> {
    let mut components: Vec<Component> = prior
        .iter()
        .zip(scaled(prior.len(), weights))
        .map(|(it, weight)| Component { mean: it.belief.mean, variance: it.belief.variance, weight })
        .collect();
    if observation.depends_on_difficulty() {
        components.push(difficulty_component(difficulty));
    }
    update_in_part(&mut components, observation, share);
    prior
        .iter()
        .zip(&components)
        .map(|(it, moved)| Step {
            skill: it.skill,
            before: it.belief,
            after: Belief { mean: moved.mean, variance: moved.variance },
        })
        .collect()
}

/// The weights of `count` skills with the sum 1. What is missing, negative or broken counts as 0; if nothing is left all
/// count alike.
pub fn scaled(count: usize, weights: &[f64]) -> Vec<f64> {
    let usable = |i: usize| weights.get(i).copied().filter(|it| it.is_finite() && *it > 0.0).unwrap_or(0.0);
    let sum: f64 = (0..count).map(usable).sum();
    (0..count).map(|i| if sum > 0.0 { usable(i) / sum } else { 1.0 / count as f64 }).collect()
}

/// P(solved for good), 0–1, for (weight, belief) in each needed skill and a difficulty in logits; weights are scaled to
/// the sum 1. Without any skill only the difficulty counts.
pub fn p_solved(skills: impl IntoIterator<Item = (f64, Belief)>, difficulty: f64) -> f64 {
    let (mut sum, mut mean, mut variance) = (0.0, 0.0, 0.0);
    for (weight, belief) in skills {
        if weight > 0.0 {
            sum += weight;
            mean += weight * belief.mean;
            variance += weight * weight * belief.variance;
        }
    }
    if sum > 0.0 {
        mean /= sum;
        variance /= sum * sum;
    }
    let difficulty = difficulty_component(difficulty);
    p_solved_for_good(mean - difficulty.mean, variance + difficulty.variance)
}

/// What is believed of somebody of whom nothing is known yet: a level and its standard deviation, by kind of skill.
/// Most people bring manners; few bring a given product; hardly anybody brings a given language.
pub fn prior(kind: SkillKind) -> Belief {
    let (level, level_sd) = match kind {
        SkillKind::Priority | SkillKind::Human | SkillKind::Channel => (2.5, 1.1),
        SkillKind::Specialist | SkillKind::Technical => (2.0, 1.2),
        SkillKind::Product => (1.5, 1.25),
        SkillKind::Language => (0.5, 1.25),
    };
    Belief::at_level(level, level_sd)
}

fn difficulty_component(difficulty: f64) -> Component {
    let mean = if difficulty.is_finite() { difficulty } else { 0.0 };
    Component { mean, variance: TICKET_DIFFICULTY_SD_LOGITS * TICKET_DIFFICULTY_SD_LOGITS, weight: -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(skill: i64) -> SkillBelief {
        SkillBelief { skill: SkillId(skill), belief: prior(SkillKind::Technical) }
    }

    #[test]
    fn the_skill_that_mattered_more_moves_more() {
        let steps = observe(&[start(1), start(2)], &[3.0, 1.0], 0.0, &Observation::Solved { for_good: true });
        let gain = |i: usize| steps[i].after.mean - steps[i].before.mean;
        assert!((gain(0) / gain(1) - 3.0).abs() < 1e-9);
        assert_eq!(steps[0].skill, SkillId(1));
    }

    #[test]
    fn solving_something_hard_says_more_than_solving_something_easy() {
        let level = |difficulty: f64| {
            let solved = Observation::Solved { for_good: true };
            observe(&[start(1)], &[1.0], difficulty, &solved)[0].after.level()
        };
        assert!(level(2.0) > level(0.0) && level(0.0) > level(-2.0));
    }

    #[test]
    fn a_rating_of_a_person_does_not_ask_how_hard_a_ticket_was() {
        let rated = Observation::LeadRating { level: 4.0 };
        assert_eq!(observe(&[start(1)], &[1.0], 3.0, &rated), observe(&[start(1)], &[1.0], -3.0, &rated));
    }

    #[test]
    fn a_leads_word_weighs_more_than_ones_own() {
        let after = |said: Observation| observe(&[start(1)], &[1.0], 0.0, &said)[0].after;
        let (own, lead) =
            (after(Observation::SelfRating { level: 5.0 }), after(Observation::LeadRating { level: 5.0 }));
        assert!(lead.level() > own.level() && lead.level_sd() < own.level_sd());
    }

    #[test]
    fn broken_weights_are_put_right() {
        let solved = Observation::Solved { for_good: true };
        let all_alike = observe(&[start(1), start(2)], &[f64::NAN, -1.0], 0.0, &solved);
        assert_eq!(all_alike, observe(&[start(1), start(2)], &[0.5, 0.5], 0.0, &solved));
        assert!(observe(&[], &[], 0.0, &solved).is_empty());
    }

    #[test]
    fn better_people_and_easier_work_succeed_more_often() {
        let at = |level: f64, difficulty: f64| p_solved([(1.0, Belief::at_level(level, 0.5))], difficulty);
        assert!(at(4.0, 0.0) > at(3.0, 0.0) && at(3.0, 0.0) > at(3.0, 1.0));
        assert!(p_solved([], 0.0) > 0.5 && p_solved([], f64::NAN) == p_solved([], 0.0));
        let (heavy, light) = (Belief::at_level(4.0, 0.5), Belief::at_level(1.0, 0.5));
        assert_eq!(p_solved([(2.0, heavy), (2.0, light)], 0.0), p_solved([(0.5, heavy), (0.5, light)], 0.0));
    }

    #[test]
    fn nobody_is_expected_to_bring_a_language() {
        assert!(prior(SkillKind::Language).p_at_least(3.0) < 0.05);
        assert!(prior(SkillKind::Human).p_at_least(3.0) > 0.25);
    }
}
