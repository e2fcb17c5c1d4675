//! Live filtering and replay: the same evidence gives the same beliefs, and what was struck out never happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::belief::Belief;
use crate::decay::{DecayClass, decayed_over, pulled};
use crate::evidence::{SkillBelief, SkillId, Step, observe_in_part, scaled};
use crate::footing::Footing;
use crate::observation::Observation;

/// One line of a person's append-only list of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub at_ms: i64,
    /// The skills it is about, with their weights.
    pub skills: Vec<(SkillId, f64)>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    pub observation: Observation,
    /// How much of the work was theirs, 0–1.
    #[serde(default = "whole")]
    pub share: f64,
    /// Contested with success: it stays in the list and counts for nothing.
    pub struck_out: bool,
}

fn whole() -> f64 {
    1.0
}

/// Where a skill starts, where it fades to, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub prior: Belief,
    pub decay: DecayClass,
}

/// The same with a time constant of the caller's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fade {
    pub prior: Belief,
    /// Days after which a third of the lead over the start is left.
    pub tau_days: f64,
}

impl From<Start> for Fade {
    fn from(start: Start) -> Fade {
        Fade { prior: start.prior, tau_days: start.decay.tau_days() }
    }
}

/// Everything that is believed of one person, each skill as of its last evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Portfolio {
    held: BTreeMap<SkillId, Held>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Held {
    belief: Belief,
    as_of_ms: i64,
    footing: Footing,
}

/// The portfolio that a whole list leads to. The list is in the order in which it was written down.
pub fn replay<S: Into<Fade>>(evidence: &[Evidence], start: impl Fn(SkillId) -> S) -> Portfolio {
    let mut portfolio = Portfolio::default();
    for line in evidence {
        portfolio.apply(line, &start);
    }
    portfolio
}

/// Where one observation leads from the beliefs of its moment.
pub fn steps<S: Into<Fade>>(
    prior: &[SkillBelief],
    weights: &[f64],
    difficulty: f64,
    observation: &Observation,
    share: f64,
    start: impl Fn(SkillId) -> S,
) -> Vec<Step> {
    let Observation::Release { keep } = *observation else {
        return observe_in_part(prior, weights, difficulty, observation, share);
    };
    let keep = if keep.is_finite() { keep } else { 1.0 };
    let draw = |it: &SkillBelief| Step {
        skill: it.skill,
        before: it.belief,
        after: pulled(it.belief, start(it.skill).into().prior, keep),
    };
    prior.iter().map(draw).collect()
}

impl Portfolio {
    /// One that goes on from what is known already: the belief in a skill as of a moment, and what it stands on.
    pub fn from_beliefs(known: impl IntoIterator<Item = (SkillId, Belief, i64, Footing)>) -> Portfolio {
        let held = |(skill, belief, as_of_ms, footing)| (skill, Held { belief, as_of_ms, footing });
        Portfolio { held: known.into_iter().map(held).collect() }
    }

    /// One more line. Each skill first fades to the moment of the evidence, then moves.
    pub fn apply<S: Into<Fade>>(&mut self, evidence: &Evidence, start: impl Fn(SkillId) -> S) -> Vec<Step> {
        if evidence.struck_out {
            return Vec::new();
        }
        let (prior, weights): (Vec<SkillBelief>, Vec<f64>) = evidence
            .skills
            .iter()
            .map(|&(skill, weight)| {
                let belief = self.belief_at(skill, evidence.at_ms, &start);
                (SkillBelief { skill, belief }, weight)
            })
            .unzip();
        let steps =
            steps(&prior, &weights, evidence.difficulty, &evidence.observation, evidence.share, &start);
        for (step, weight) in steps.iter().zip(scaled(steps.len(), &weights)) {
            let last_ms = self.held.get(&step.skill).map_or(evidence.at_ms, |held| held.as_of_ms);
            // Evidence that is told late does not turn the clock back.
            let as_of_ms = evidence.at_ms.max(last_ms);
            let mut footing = self.footing(step.skill);
            footing.add(&evidence.observation, weight, evidence.share, evidence.at_ms);
            self.held.insert(step.skill, Held { belief: step.after, as_of_ms, footing });
        }
        steps
    }

    /// The belief at a moment: faded since its last evidence, or the start if there was none.
    pub fn belief_at<S: Into<Fade>>(
        &self,
        skill: SkillId,
        now_ms: i64,
        start: impl Fn(SkillId) -> S,
    ) -> Belief {
        let Fade { prior, tau_days } = start(skill).into();
        match self.held.get(&skill) {
            Some(held) => decayed_over(held.belief, prior, now_ms.saturating_sub(held.as_of_ms), tau_days),
            None => prior,
        }
    }

    /// How much was seen of the person in this skill.
    pub fn footing(&self, skill: SkillId) -> Footing {
        self.held.get(&skill).map_or_else(Footing::default, |held| held.footing)
    }

    /// The skills of which there is evidence.
    pub fn skills(&self) -> impl Iterator<Item = SkillId> + '_ {
        self.held.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::prior;
    use crate::library::SkillKind;

    fn start(skill: SkillId) -> Start {
        if skill.0 == 1 {
            Start { prior: prior(SkillKind::Product), decay: DecayClass::Product }
        } else {
            Start { prior: prior(SkillKind::Human), decay: DecayClass::Human }
        }
    }

    fn observation() -> impl Strategy<Value = Observation> {
        prop_oneof![
            any::<bool>().prop_map(|for_good| Observation::Solved { for_good }),
            (1..=5_u8).prop_map(|score| Observation::Satisfaction { score }),
            (0.0..=5.0_f64).prop_map(|level| Observation::SelfRating { level }),
            (0.0..=5.0_f64).prop_map(|level| Observation::Review { level, severity: 0.2 }),
        ]
    }

    prop_compose! {
        fn line()(hours in 0..9_000_i64, first in 0.1..1.0_f64, second in 0.1..1.0_f64, difficulty in -2.0..2.0_f64,
                  observation in observation(), share in 0.1..1.0_f64, struck_out in proptest::bool::weighted(0.2)) -> Evidence {
            let skills = vec![(SkillId(1), first), (SkillId(2), second)];
            Evidence { at_ms: hours * 3_600_000, skills, difficulty, observation, share, struck_out }
        }
    }

    proptest! {
        #[test]
        fn replaying_the_list_gives_what_was_believed_live(lines in proptest::collection::vec(line(), 0..40)) {
            let mut live = Portfolio::default();
            for line in &lines {
                live.apply(line, start);
            }
            prop_assert_eq!(live, replay(&lines, start));
        }

        #[test]
        fn what_was_struck_out_never_happened(lines in proptest::collection::vec(line(), 0..40)) {
            let kept: Vec<Evidence> = lines.iter().filter(|line| !line.struck_out).cloned().collect();
            prop_assert_eq!(replay(&lines, start), replay(&kept, start));
        }

        #[test]
        fn a_portfolio_survives_being_stored(lines in proptest::collection::vec(line(), 0..10)) {
            let whole = replay(&lines, start);
            for (skill, held) in &whole.held {
                let text = serde_json::to_string(&held.belief).unwrap();
                let read: Belief = serde_json::from_str(&text).unwrap();
                prop_assert!((read.mean - held.belief.mean).abs() < 1e-12, "{:?}", skill);
            }
        }
    }

    #[test]
    fn a_skill_without_evidence_stands_where_everybody_starts() {
        assert_eq!(Portfolio::default().belief_at(SkillId(1), 5, start), prior(SkillKind::Product));
        assert_eq!(Portfolio::default().skills().count(), 0);
    }

    #[test]
    fn a_release_draws_what_was_known_towards_the_start_and_makes_it_less_sure() {
        let line = |at_ms: i64, observation: Observation| Evidence {
            at_ms,
            skills: vec![(SkillId(1), 1.0)],
            difficulty: 0.0,
            observation,
            share: 1.0,
            struck_out: false,
        };
        let praise = line(0, Observation::LeadRating { level: 5.0 });
        let before = replay(std::slice::from_ref(&praise), start).belief_at(SkillId(1), 0, start);
        let after = |keep: f64| {
            replay(&[praise.clone(), line(0, Observation::Release { keep })], start).belief_at(
                SkillId(1),
                0,
                start,
            )
        };
        let origin = prior(SkillKind::Product);
        assert!((after(0.5).mean - (before.mean + origin.mean) / 2.0).abs() < 1e-12);
        assert!(after(0.5).variance > before.variance);
        assert_eq!(after(1.0), before);
        assert!((after(0.0).mean - origin.mean).abs() < 1e-12);
    }

    #[test]
    fn a_portfolio_goes_on_from_what_is_known() {
        let known = Belief { mean: 1.0, variance: 0.2 };
        let footing = Footing { observations: 7.0, last_at_ms: Some(40) };
        let portfolio = Portfolio::from_beliefs([(SkillId(1), known, 50, footing)]);
        assert_eq!(
            (portfolio.belief_at(SkillId(1), 50, start), portfolio.footing(SkillId(1))),
            (known, footing)
        );
    }

    #[test]
    fn a_part_of_the_work_teaches_a_part_of_the_lesson() {
        let line = |share: f64| Evidence {
            at_ms: 0,
            skills: vec![(SkillId(1), 1.0)],
            difficulty: 0.0,
            observation: Observation::Solved { for_good: true },
            share,
            struck_out: false,
        };
        let after = |share: f64| replay(&[line(share)], start).belief_at(SkillId(1), 0, start);
        let (whole, third, begin) = (after(1.0), after(0.3), prior(SkillKind::Product));
        assert!(begin.mean < third.mean && third.mean < whole.mean);
        assert!(begin.variance > third.variance && third.variance > whole.variance);
        assert_eq!(after(f64::NAN), whole, "what is no share counts as the whole");
    }

    #[test]
    fn years_later_only_the_start_is_left() {
        let praise = Evidence {
            at_ms: 0,
            skills: vec![(SkillId(1), 1.0)],
            difficulty: 0.0,
            observation: Observation::LeadRating { level: 5.0 },
            share: 1.0,
            struck_out: false,
        };
        let portfolio = replay(&[praise], start);
        let soon = portfolio.belief_at(SkillId(1), 0, start);
        let late = portfolio.belief_at(SkillId(1), 10 * 365 * 86_400_000, start);
        assert!(soon.level() > 3.0);
        assert!((late.mean - prior(SkillKind::Product).mean).abs() < 1e-6);
    }
}
