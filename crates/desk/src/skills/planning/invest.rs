//! Candidates for learning and hiring: their cost, and what they are worth by demand-weighted coverage.
//!
//! Until the floor is simulated, worth is the change of coverage: tickets a week that come while somebody able is here,
//! each ticket shared among the skills it needs.

use super::cost::{Known, LearningCost};
use super::hire::{Hire, hires_of};
use super::plan::{Plan, PlanSkill};
use super::{INTERVAL_SHARE, PlanError, PlanSettings, store};
use crate::skills::{SkillSummary, roles};
use crate::{SkillId, Tx, UserId};
use ::skills::LEVEL_MAX;
use ::skills::coverage::Hand;
use ::skills::invest::{Question, Worth, p_able_when_taught, tickets_gained, worth};
use serde::Serialize;
use std::collections::HashSet;

/// One learns half a level beyond what is asked, so as to be able with some certainty.
pub(super) const TARGET_BEYOND: f64 = 0.5;
/// Skills of a smaller demand, in tickets a week, are not looked at.
pub(super) const WEEKLY_MIN: f64 = 0.1;
const CANDIDATES_SHOWN_MAX: usize = 30;
const HIRES_SHOWN_MAX: usize = 6;
/// Gains below this many tickets a week are nothing.
pub(super) const GAIN_MIN: f64 = 0.01;

/// What stands first where candidates are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The most for an hour.
    #[default]
    PerHour,
    /// The most, whatever it costs.
    Most,
}

/// Somebody learns something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    pub user: UserId,
    pub name: String,
    pub skill: SkillSummary,
    /// The expected level today; `None`: nothing, or too little, is known, or it is not for the reader.
    pub from: Option<f64>,
    pub to: f64,
    /// Tickets a week that need the skill.
    pub weekly: f64,
    /// Tickets a week gained, with an interval.
    pub worth: Worth,
    pub cost: LearningCost,
    /// They said that they want to learn it.
    pub wants: bool,
    /// What the skill stands on and they are not known to have.
    pub first: Vec<SkillSummary>,
}

impl Candidate {
    /// Tickets a week for each ten hours spent.
    pub fn per_ten_hours(&self) -> f64 {
        10.0 * self.worth.tickets / self.cost.total().max(0.1)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InvestPage {
    pub settings: PlanSettings,
    pub weeks: f64,
    pub tickets: usize,
    /// Those that stand first in the order that was asked for; the most tickets for an hour first.
    pub candidates: Vec<Candidate>,
    /// Of how many they are the best.
    pub looked_at: usize,
    /// The most tickets first.
    pub hires: Vec<Hire>,
}

/// One line of the list in which learning and hiring are ranked together.
#[derive(Clone, Copy, Debug)]
pub enum Investment<'a> {
    Learning(&'a Candidate),
    Hiring(&'a Hire),
}

impl<'a> Investment<'a> {
    pub fn learning(&self) -> Option<&'a Candidate> {
        match self {
            Investment::Learning(it) => Some(it),
            Investment::Hiring(_) => None,
        }
    }

    pub fn hiring(&self) -> Option<&'a Hire> {
        match self {
            Investment::Hiring(it) => Some(it),
            Investment::Learning(_) => None,
        }
    }

    fn rank(&self, order: Order) -> f64 {
        match (self, order) {
            (Investment::Learning(it), Order::PerHour) => it.per_ten_hours(),
            (Investment::Hiring(it), Order::PerHour) => it.per_ten_hours(),
            (Investment::Learning(it), Order::Most) => it.worth.tickets,
            (Investment::Hiring(it), Order::Most) => it.worth.tickets,
        }
    }
}

impl InvestPage {
    pub fn ranked(&self, order: Order) -> Vec<Investment<'_>> {
        let learning = self.candidates.iter().map(Investment::Learning);
        let mut all: Vec<Investment<'_>> =
            learning.chain(self.hires.iter().map(Investment::Hiring)).collect();
        all.sort_by(|one, other| other.rank(order).total_cmp(&one.rank(order)));
        all
    }
}

/// Of trainings only those that stand first in this order are looked at closely.
pub fn invest(tx: &mut Tx, order: Order) -> Result<InvestPage, PlanError> {
    let plan = Plan::load(tx)?;
    let interested: HashSet<(UserId, SkillId)> = store::list_interested(tx)?.into_iter().collect();
    let prerequisites = crate::skills::store::list_prerequisites(tx, None)?;
    let roles = roles::list_roles(tx)?;
    let people = plan.people.iter().map(|it| (it.user, it.name.clone())).collect();
    let known = Known::of(tx, &plan.settings, people, plan.beliefs.values())?;
    let mut drafts: Vec<Draft> = Vec::new();
    for (s, it) in plan.skills.iter().enumerate().filter(|(_, it)| it.weekly() >= WEEKLY_MIN) {
        let target = target_of(it);
        for p in 0..plan.people.len() {
            if it.able[p] > 0.5 {
                continue;
            }
            let (others, before, after) = chances(&plan, it, p, target);
            let question = question(&plan, it, &others, p, before, after);
            let gained = tickets_gained(&question) * it.share;
            if gained >= GAIN_MIN {
                let from = known.level(plan.people[p].user, it.skill.id);
                let hours = known.hours(it.skill.id, from, target);
                drafts.push(Draft { gained, hours, skill: s, learner: p, target });
            }
        }
    }
    let looked_at = drafts.len();
    let mut candidates: Vec<Candidate> = first(drafts, order)
        .into_iter()
        .map(|Draft { skill, learner: p, target, .. }| {
            let it = &plan.skills[skill];
            let (others, before, after) = chances(&plan, it, p, target);
            let found = worth(&question(&plan, it, &others, p, before, after), INTERVAL_SHARE, it.seed());
            let user = plan.people[p].user;
            let from = known.level(user, it.skill.id);
            let lacks = |needs: &(SkillId, SkillSummary, f64)| {
                needs.0 == it.skill.id && !known.is_likely(user, needs.1.id, needs.2)
            };
            Candidate {
                user,
                name: plan.people[p].name.clone(),
                skill: it.skill.clone(),
                from,
                to: target,
                weekly: it.weekly(),
                worth: Worth {
                    tickets: found.tickets * it.share,
                    low: found.low.min(found.tickets) * it.share,
                    high: found.high.max(found.tickets) * it.share,
                },
                cost: known.cost(user, it.skill.id, from, target),
                wants: interested.contains(&(user, it.skill.id)),
                first: prerequisites.iter().filter(|it| lacks(it)).map(|it| it.1.clone()).collect(),
            }
        })
        .collect();
    candidates.sort_by(|one, other| other.per_ten_hours().total_cmp(&one.per_ten_hours()));
    let mut hires = hires_of(&plan, &roles);
    hires.retain(|it| it.worth.tickets >= GAIN_MIN);
    hires.truncate(HIRES_SHOWN_MAX);
    Ok(InvestPage {
        settings: plan.settings,
        weeks: plan.weeks,
        tickets: plan.tickets,
        candidates,
        looked_at,
        hires,
    })
}

/// A training before it is looked at closely.
#[derive(Clone, Copy, Debug)]
struct Draft {
    /// Tickets a week.
    gained: f64,
    /// Of the learner.
    hours: f64,
    /// Places in the plan.
    skill: usize,
    learner: usize,
    target: f64,
}

fn first(mut drafts: Vec<Draft>, order: Order) -> Vec<Draft> {
    let rank = |it: &Draft| match order {
        Order::PerHour => it.gained / it.hours,
        Order::Most => it.gained,
    };
    drafts.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    drafts.truncate(CANDIDATES_SHOWN_MAX);
    drafts
}

pub(super) fn target_of(it: &PlanSkill) -> f64 {
    (it.level + TARGET_BEYOND).min(LEVEL_MAX)
}

/// Everybody else who may be able; the learner's chance before and after.
fn chances<'a>(plan: &'a Plan, it: &PlanSkill, learner: usize, target: f64) -> (Vec<Hand<'a>>, f64, f64) {
    let (places, hands) = it.hands(&plan.people);
    let others = places.iter().zip(hands).filter(|(place, _)| **place != learner).map(|(_, hand)| hand);
    let taught = p_able_when_taught(None, target, it.level);
    (others.collect(), it.able[learner], taught.max(it.able[learner]))
}

fn question<'a>(
    plan: &'a Plan,
    it: &'a PlanSkill,
    others: &'a [Hand<'a>],
    learner: usize,
    before: f64,
    after: f64,
) -> Question<'a> {
    let here = &plan.people[learner].here;
    Question { demand: &it.demand, counted: it.counted as f64, others, here, before, after }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_brings_most_is_among_the_first_however_long_it_takes() {
        let draft = |learner| Draft { gained: 1.0, hours: 10.0, skill: 0, learner, target: 3.5 };
        let mut drafts: Vec<Draft> = (0..CANDIDATES_SHOWN_MAX).map(draft).collect();
        drafts.push(Draft { gained: 3.0, hours: 90.0, ..draft(99) });
        let holds = |order| first(drafts.clone(), order).iter().any(|it| it.learner == 99);
        assert_eq!((holds(Order::Most), holds(Order::PerHour)), (true, false));
        assert_eq!(first(drafts.clone(), Order::Most).len(), CANDIDATES_SHOWN_MAX);
    }
}
