//! Where a review would teach the most: people whose levels are least certain come first, not people drawn by lot.

use crate::belief::LEVELS_PER_LOGIT;
use crate::observation::REVIEW_VARIANCE_LOGITS;

/// Somebody whose conversations may be reviewed.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The variance of what is believed, in squared logits, of each skill that a review would score.
    pub variances: Vec<f64>,
    /// Conversations there are to review.
    pub conversations: usize,
}

/// One review to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// The place of the candidate.
    pub candidate: usize,
    /// The place of the skill about which it would teach the most.
    pub skill: usize,
    /// The standard deviation, in levels, in that skill before the review.
    pub sd_levels: f64,
}

/// Greedy: each review goes where it takes away the most variance, v²/(v + s²) summed over skills, counting what the
/// reviews chosen before it will have told. At most `budget`; ties go to the first.
pub fn most_uncertain(candidates: &[Candidate], budget: usize) -> Vec<Chosen> {
    let noise = REVIEW_VARIANCE_LOGITS;
    let gain = |variance: f64| variance * variance / (variance + noise);
    let mut left: Vec<Candidate> = candidates.to_vec();
    let mut chosen = Vec::new();
    while chosen.len() < budget {
        let mut best: Option<(usize, f64)> = None;
        for (place, it) in left.iter().enumerate().filter(|(_, it)| it.conversations > 0) {
            let total: f64 = it.variances.iter().copied().map(gain).sum();
            if total > 0.0 && best.is_none_or(|(_, most)| total > most) {
                best = Some((place, total));
            }
        }
        let Some((place, _)) = best else { break };
        let it = &mut left[place];
        let mut skill = 0;
        for (other, variance) in it.variances.iter().enumerate() {
            if *variance > it.variances[skill] {
                skill = other;
            }
        }
        let sd_levels = candidates[place].variances[skill].sqrt() * LEVELS_PER_LOGIT;
        chosen.push(Chosen { candidate: place, skill, sd_levels });
        it.conversations -= 1;
        for variance in &mut it.variances {
            *variance = *variance * noise / (*variance + noise);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(variances: &[f64], conversations: usize) -> Candidate {
        Candidate { variances: variances.to_vec(), conversations }
    }

    #[test]
    fn the_least_known_come_first_and_the_budget_holds() {
        let people = [candidate(&[0.1, 0.1], 5), candidate(&[0.9, 0.2], 5), candidate(&[0.5, 0.5], 5)];
        let chosen = most_uncertain(&people, 3);
        assert_eq!(chosen.len(), 3);
        assert_eq!((chosen[0].candidate, chosen[0].skill), (1, 0));
        assert!((chosen[0].sd_levels - 0.9_f64.sqrt() * LEVELS_PER_LOGIT).abs() < 1e-12);
        assert_eq!(chosen[1].candidate, 2, "what the first review tells is counted");
    }

    #[test]
    fn whoever_has_nothing_to_review_is_left_out() {
        let people = [candidate(&[2.0], 0), candidate(&[0.3], 1)];
        let chosen = most_uncertain(&people, 10);
        assert_eq!(chosen.iter().map(|it| it.candidate).collect::<Vec<_>>(), [1]);
        assert!(most_uncertain(&[], 3).is_empty());
        assert!(most_uncertain(&[candidate(&[], 4)], 3).is_empty(), "no skill, nothing to learn");
    }

    /// The same number of reviews leaves less doubt than when everybody gets the same.
    #[test]
    fn it_leaves_less_doubt_than_an_even_share() {
        let people: Vec<Candidate> = (0..10).map(|n| candidate(&[0.05 + 0.15 * f64::from(n)], 9)).collect();
        let noise = REVIEW_VARIANCE_LOGITS;
        let left = |reviews: &[usize]| -> f64 {
            people.iter().zip(reviews).map(|(it, n)| 1.0 / (1.0 / it.variances[0] + *n as f64 / noise)).sum()
        };
        let mut ours = vec![0; 10];
        for it in most_uncertain(&people, 10) {
            ours[it.candidate] += 1;
        }
        assert!(left(&ours) < left(&[1; 10]) - 0.05, "{} and {}", left(&ours), left(&[1; 10]));
    }
}
