//! How likely a candidate meets all that an opening asks, and why the desk thinks so.

use super::{OpeningNeed, Scorecard};
use crate::skills::{Belief, SkillSummary};
use crate::{SkillId, UserId};
use ::skills::gap::expected_gap;
use ::skills::interview::{InterviewerError, after_scores};
use ::skills::readiness::{Asked, Readiness, belief_or_prior, readiness};
use serde::Serialize;
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// P(all that is asked is met).
    pub p: f64,
    /// Between these it lies, whatever the skills have in common.
    pub low: f64,
    pub high: f64,
    /// The share of weight that is expected to be met.
    pub met_weight: f64,
    pub interviews: usize,
    /// In the order of the opening.
    pub skills: Vec<SkillFit>,
    /// Interviewers whose scores could be compared with later work.
    pub errors: Vec<KnownError>,
}

/// What is known of one interviewer, and so how their scores are read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownError {
    pub interviewer: UserId,
    pub name: String,
    pub error: InterviewerError,
}

/// One skill of one candidate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillFit {
    pub skill: SkillSummary,
    pub asked: f64,
    pub weight: f64,
    /// What is believed, 0 to 5, and its standard deviation.
    pub level: f64,
    pub sd: f64,
    /// 80 %.
    pub interval: (f64, f64),
    pub p_met: f64,
    /// E[max(0, asked − level)], in levels.
    pub gap: f64,
    /// What interviewers gave.
    pub scores: Vec<f64>,
    /// It is known from work here, before any interview.
    pub at_work: bool,
}

impl SkillFit {
    pub fn is_seen(&self) -> bool {
        self.at_work || !self.scores.is_empty()
    }

    /// Between the highest and the lowest score, where there are several.
    pub fn spread(&self) -> Option<f64> {
        let most = self.scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = self.scores.iter().copied().fold(f64::INFINITY, f64::min);
        (self.scores.len() > 1).then_some(most - least)
    }
}

impl Fit {
    /// At least half of what is asked has been seen; otherwise the figure tells of people in general.
    pub fn is_enough(&self) -> bool {
        self.skills.iter().filter(|it| it.is_seen()).count() * 2 >= self.skills.len()
    }

    /// Skills that speak for them, the likeliest first.
    pub fn strengths(&self) -> Vec<&SkillFit> {
        let mut all: Vec<&SkillFit> =
            self.skills.iter().filter(|it| it.is_seen() && it.p_met >= 0.5).collect();
        all.sort_by(|one, other| other.p_met.total_cmp(&one.p_met));
        all
    }

    /// What stands between, the dearest first.
    pub fn doubts(&self) -> Vec<&SkillFit> {
        let mut all: Vec<&SkillFit> =
            self.skills.iter().filter(|it| it.is_seen() && it.p_met < 0.5).collect();
        all.sort_by(|one, other| (other.gap * other.weight).total_cmp(&(one.gap * one.weight)));
        all
    }

    /// What no interview has touched, the heaviest first.
    pub fn unseen(&self) -> Vec<&SkillFit> {
        let mut all: Vec<&SkillFit> = self.skills.iter().filter(|it| !it.is_seen()).collect();
        all.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        all
    }
}

/// What the desk believes of a colleague before any interview, and whether it was seen often enough.
pub(super) type AtWork = HashMap<SkillId, (Belief, bool)>;

/// What the desk has learnt of interviewers; of others the usual is expected.
pub(super) type Errors = HashMap<UserId, InterviewerError>;

pub(super) fn fit(needs: &[OpeningNeed], scorecards: &[Scorecard], at_work: &AtWork, errors: &Errors) -> Fit {
    let mut asked = Vec::with_capacity(needs.len());
    let mut skills = Vec::with_capacity(needs.len());
    for need in needs {
        let given = |card: &Scorecard| {
            let score = card.scores.iter().find(|it| it.skill == need.skill.id)?;
            Some((score.level, errors.get(&card.interviewer).copied().unwrap_or(InterviewerError::USUAL)))
        };
        let scores: Vec<(f64, InterviewerError)> = scorecards.iter().filter_map(given).collect();
        let known = at_work.get(&need.skill.id);
        let before = belief_or_prior(known.map(|it| it.0), need.skill.kind);
        let belief = after_scores(before, &scores);
        let it = Asked { belief, level: need.level, weight: need.weight };
        skills.push(SkillFit {
            skill: need.skill.clone(),
            asked: need.level,
            weight: need.weight,
            level: belief.level(),
            sd: belief.level_sd(),
            interval: belief.interval(0.8),
            p_met: it.p_met(),
            gap: expected_gap(belief, need.level),
            scores: scores.into_iter().map(|it| it.0).collect(),
            at_work: known.is_some_and(|it| it.1),
        });
        asked.push(it);
    }
    let Readiness { p, low, high, met_weight, .. } = readiness(&asked);
    let known = |card: &Scorecard| {
        let error = *errors.get(&card.interviewer).filter(|it| it.pairs > 0)?;
        Some(KnownError { interviewer: card.interviewer, name: card.interviewer_name.clone(), error })
    };
    let errors = scorecards.iter().filter_map(known).collect();
    Fit { p, low, high, met_weight, interviews: scorecards.len(), skills, errors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hiring::Score;
    use ::skills::SkillKind;

    fn need(id: i64, level: f64) -> OpeningNeed {
        let skill = SkillSummary {
            id: SkillId(id),
            key: format!("s{id}"),
            name: format!("Skill {id}"),
            kind: SkillKind::Human,
        };
        OpeningNeed { skill, level, weight: 0.5, question: String::new() }
    }

    fn card(scores: &[(i64, f64)]) -> Scorecard {
        let scores = scores.iter().map(|(skill, level)| Score {
            skill: SkillId(*skill),
            level: *level,
            note: String::new(),
        });
        Scorecard {
            interviewer: UserId(1),
            interviewer_name: String::new(),
            note: String::new(),
            scores: scores.collect(),
            updated_at: 0,
        }
    }

    #[test]
    fn better_scores_make_the_fit_likelier_and_say_why() {
        let needs = [need(1, 3.0), need(2, 3.0), need(3, 3.0)];
        let nobody = HashMap::new();
        let none = fit(&needs, &[], &HashMap::new(), &nobody);
        assert!(!none.is_enough() && none.unseen().len() == 3);
        let cards = [card(&[(1, 4.5), (2, 4.0)]), card(&[(1, 4.0), (2, 4.5)])];
        let good = fit(&needs, &cards, &HashMap::new(), &nobody);
        let mixed = fit(&needs, &[card(&[(1, 4.5), (2, 1.0)])], &HashMap::new(), &nobody);
        assert!(good.is_enough() && good.p > mixed.p && mixed.p > 0.0);
        assert_eq!(good.strengths().len(), 2);
        assert_eq!(mixed.doubts()[0].skill.id, SkillId(2));
        assert_eq!(mixed.unseen()[0].skill.id, SkillId(3));
        assert_eq!(good.skills[0].spread(), Some(0.5));
        assert!(good.skills[0].sd < mixed.skills[0].sd, "two interviewers say more than one");
    }

    #[test]
    fn what_work_has_shown_counts_before_any_interview() {
        let needs = [need(1, 3.0)];
        let known = HashMap::from([(SkillId(1), (Belief::at_level(4.2, 0.3), true))]);
        let colleague = fit(&needs, &[], &known, &HashMap::new());
        assert!(colleague.is_enough() && colleague.p > 0.99);
        let after = fit(&needs, &[card(&[(1, 1.0)])], &known, &HashMap::new());
        assert!(after.p > 0.9, "an hour of talk weighs little against months of work: {}", after.p);
    }

    #[test]
    fn what_is_known_of_an_interviewer_is_said_beside_the_figure_and_changes_it() {
        let needs = [need(1, 3.0)];
        let noisy = InterviewerError { bias_levels: 0.2, sd_levels: 1.9, pairs: 31 };
        let usual = fit(&needs, &[card(&[(1, 4.5)])], &HashMap::new(), &HashMap::new());
        let errors = HashMap::from([(UserId(1), noisy)]);
        let known = fit(&needs, &[card(&[(1, 4.5)])], &HashMap::new(), &errors);
        assert!(known.p < usual.p && known.skills[0].sd > usual.skills[0].sd);
        assert!(usual.errors.is_empty());
        assert_eq!((known.errors[0].interviewer, known.errors[0].error), (UserId(1), noisy));
    }
}
