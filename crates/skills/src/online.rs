//! The online filter of a whole team: people, difficulties and severities together, moved by each event as it arrives.
//!
//! A person's abilities are kept with their covariances. A filter that keeps only variances counts what one event says of
//! the general ability again for every skill, and grows too sure: of nominal 90 % intervals 77 % held the truth. Difficulties
//! and severities stay independent numbers, and what they share with people is not kept; [`TEMPERED`] makes up for that.

use std::collections::HashMap;

use crate::belief::Belief;
use crate::filter::{MEAN_LOGITS_MAX, Moved};
use crate::observation::Observation;

/// The share of each event's information that is counted for the variances (a tempered likelihood); the steps of the means
/// keep their size. Of 1.0, 0.9 and 0.8, with this intervals hold what they say best on the made-up desk, and means gain a little.
pub const TEMPERED: f64 = 0.8;

/// One person: skills by place, with means and the lower triangle of their covariance, in logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Abilities {
    mean: Vec<f64>,
    /// Row i holds i + 1 entries.
    covariance: Vec<f64>,
    gain: Vec<f64>,
}

impl Abilities {
    /// Everybody's start: `shared` of a skill's variance is common to all skills.
    pub fn new(starts: &[Belief], shared: f64) -> Abilities {
        let sd: Vec<f64> = starts.iter().map(|it| it.variance.max(0.0).sqrt()).collect();
        let mut covariance = Vec::with_capacity(place(starts.len(), 0));
        for i in 0..starts.len() {
            for j in 0..=i {
                covariance.push(sd[i] * sd[j] * if i == j { 1.0 } else { shared.clamp(0.0, 1.0) });
            }
        }
        Abilities {
            mean: starts.iter().map(|it| it.mean).collect(),
            covariance,
            gain: vec![0.0; starts.len()],
        }
    }

    pub fn belief(&self, skill: usize) -> Belief {
        Belief { mean: self.mean[skill], variance: self.covariance[place(skill, skill)] }
    }

    pub fn covariance(&self, one: usize, other: usize) -> f64 {
        self.covariance[place(one.max(other), one.min(other))]
    }

    /// Abilities wander: each gains this variance, independently.
    pub fn drift(&mut self, variance: f64) {
        for i in 0..self.mean.len() {
            self.covariance[place(i, i)] += variance;
        }
    }

    /// All skills at once fade towards their starts: m ← μ + (m−μ)R, and the covariance likewise.
    pub fn fade(&mut self, starts: &Abilities, kept: f64) {
        let back = |now: &mut Vec<f64>, start: &[f64], kept: f64| {
            now.iter_mut().zip(start).for_each(|(now, start)| *now = start + (*now - start) * kept);
        };
        back(&mut self.mean, &starts.mean, kept);
        back(&mut self.covariance, &starts.covariance, kept * kept);
    }

    /// Moves the person and the unknowns of one event. `skills` are (place, weight); the predictor is
    /// Σ weight·ability − Σ unknowns − `known`. Nothing moves if the event says nothing.
    pub fn observe(
        &mut self,
        skills: &[(usize, f64)],
        unknowns: &mut [&mut Belief],
        known: f64,
        observation: &Observation,
        tempered: f64,
    ) -> Option<Moved> {
        let mut mean = -known;
        let mut variance = 0.0;
        self.gain.fill(0.0);
        for &(skill, weight) in skills {
            mean += weight * self.mean[skill];
            self.add_gain(skill, weight);
        }
        for &(skill, weight) in skills {
            variance += weight * self.gain[skill];
        }
        for unknown in unknowns.iter() {
            mean -= unknown.mean;
            variance += unknown.variance;
        }
        let lesson = observation.lesson(mean, variance)?;
        let total = 1.0 + lesson.information * variance;
        if !mean.is_finite() || !total.is_finite() {
            return None;
        }
        let step = lesson.gradient / total;
        let taken = tempered * lesson.information / (1.0 + tempered * lesson.information * variance);
        for (i, gain) in self.gain.iter().enumerate() {
            let row = &mut self.covariance[place(i, 0)..=place(i, i)];
            let pull = gain * taken;
            for (entry, other) in row.iter_mut().zip(&self.gain) {
                *entry -= pull * other;
            }
            self.mean[i] = (self.mean[i] + gain * step).clamp(-MEAN_LOGITS_MAX, MEAN_LOGITS_MAX);
        }
        for unknown in unknowns.iter_mut() {
            let own = unknown.variance;
            unknown.mean = (unknown.mean - own * step).clamp(-MEAN_LOGITS_MAX, MEAN_LOGITS_MAX);
            unknown.variance = own * (1.0 - own * taken);
        }
        Some(Moved { expected: lesson.expected, observed: lesson.observed, learnt: (total - 1.0) / total })
    }

    fn add_gain(&mut self, skill: usize, weight: f64) {
        let row = &self.covariance[place(skill, 0)..=place(skill, skill)];
        for (gain, entry) in self.gain.iter_mut().zip(row) {
            *gain += weight * entry;
        }
        for below in skill + 1..self.mean.len() {
            self.gain[below] += weight * self.covariance[place(below, skill)];
        }
    }
}

fn place(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

/// The difficulties and severities that a filter has met, each at its start until then.
#[derive(Debug, Clone, Default)]
pub struct Difficulties {
    known: HashMap<i64, Belief>,
}

impl Difficulties {
    pub fn of(&mut self, key: i64, start_sd: f64) -> &mut Belief {
        self.known.entry(key).or_insert(Belief { mean: 0.0, variance: start_sd * start_sd })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::filter::{Component, update};

    const START: Belief = Belief { mean: 0.2, variance: 0.9 };
    const EXACT: f64 = 1.0;

    #[test]
    fn with_one_skill_it_is_the_plain_filter() {
        let mut person = Abilities::new(&[START], 0.4);
        let mut topic = Belief { mean: 0.3, variance: 0.5 };
        let mut parts = [
            Component { mean: 0.2, variance: 0.9, weight: 1.0 },
            Component { mean: 0.3, variance: 0.5, weight: -1.0 },
        ];
        for for_good in [true, false, true, true] {
            person.observe(&[(0, 1.0)], &mut [&mut topic], 0.0, &Observation::Solved { for_good }, EXACT);
            update(&mut parts, &Observation::Solved { for_good });
        }
        assert!((person.belief(0).mean - parts[0].mean).abs() < 1e-12);
        assert!((person.belief(0).variance - parts[0].variance).abs() < 1e-12);
        assert!(
            (topic.mean - parts[1].mean).abs() < 1e-12 && (topic.variance - parts[1].variance).abs() < 1e-12
        );
    }

    #[test]
    fn gaussian_evidence_gives_the_joint_conjugate_posterior() {
        // Two skills of covariance ρV; a statement about one: the other follows by the regression coefficient.
        let mut person = Abilities::new(&[START, START], 0.4);
        person.observe(&[(0, 1.0)], &mut [], 0.0, &Observation::LeadRating { level: 4.0 }, EXACT);
        let moved = |skill: usize| person.belief(skill).mean - 0.2;
        assert!((moved(1) / moved(0) - 0.4).abs() < 1e-12);
        let noise = (0.6_f64 / 1.25).powi(2);
        assert!((person.belief(0).variance - 1.0 / (1.0 / 0.9 + 1.0 / noise)).abs() < 1e-12);
        let left = 0.9 - (0.36_f64).powi(2) / (0.9 + noise);
        assert!((person.belief(1).variance - left).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn it_only_narrows_and_stays_positive(events in proptest::collection::vec((0..4_usize, 0..4_usize, any::<bool>()), 1..80)) {
            let mut person = Abilities::new(&[START; 4], 0.4);
            let mut topic = Belief { mean: 0.0, variance: 0.6 };
            for (one, other, for_good) in events {
                let before: Vec<f64> = (0..4).map(|i| person.belief(i).variance).collect();
                let skills = if one == other { vec![(one, 1.0)] } else { vec![(one, 0.7), (other, 0.3)] };
                person.observe(&skills, &mut [&mut topic], 0.0, &Observation::Solved { for_good }, TEMPERED);
                for (i, before) in before.iter().enumerate() {
                    let after = person.belief(i).variance;
                    prop_assert!(after > 0.0 && after <= before + 1e-12);
                }
            }
        }

        #[test]
        fn fading_leads_back_to_the_start(kept in 0.0..1.0_f64) {
            let start = Abilities::new(&[START; 3], 0.4);
            let mut person = start.clone();
            person.observe(&[(0, 1.0)], &mut [], 0.0, &Observation::LeadRating { level: 4.0 }, EXACT);
            let before = person.clone();
            person.fade(&start, kept);
            prop_assert!((person.belief(0).mean - 0.2 - kept * (before.belief(0).mean - 0.2)).abs() < 1e-12);
            person.fade(&start, 0.0);
            prop_assert!((person.belief(0).mean - 0.2).abs() < 1e-12 && (person.belief(0).variance - 0.9).abs() < 1e-12);
        }
    }
}
