//! Candidates for learning and hiring: their cost, and what they are worth by demand-weighted coverage.
//!
//! Until the floor is simulated, worth is the change of coverage: tickets a week that come while somebody able is here,
//! each ticket shared among the skills it needs.

use super::plan::{Plan, PlanSkill};
use super::week::{Hours, mark};
use super::{INTERVAL_SHARE, PlanError, PlanSettings, store};
use crate::skills::{SkillSummary, roles};
use crate::{RoleId, SkillId, Tx, UserId};
use ::skills::coverage::{HOURS_PER_WEEK, Hand};
use ::skills::invest::{
    Question, TAUGHT_SD_LEVELS, Worth, hours_to_learn, p_able_when_taught, tickets_gained, worth,
};
use ::skills::{Belief, LEVEL_MAX};
use serde::Serialize;
use std::collections::HashSet;

/// One learns half a level beyond what is asked, so as to be able with some certainty.
const TARGET_BEYOND: f64 = 0.5;
/// Skills of a smaller demand, in tickets a week, are not looked at.
const WEEKLY_MIN: f64 = 0.1;
const CANDIDATES_SHOWN_MAX: usize = 30;
const HIRES_SHOWN_MAX: usize = 6;
/// What somebody who teaches spends of the learner's hours.
pub const TEACHER_SHARE: f64 = 0.25;
/// Gains below this many tickets a week are nothing.
const GAIN_MIN: f64 = 0.01;
/// Weekly shifts that a new colleague might have, by the company's clock: days, first and last minute.
const NEW_SHIFTS: [(&str, std::ops::Range<i64>, i64, i64); 3] = [
    ("Monday to Friday, 9–17", 0..5, 9 * 60, 17 * 60),
    ("Monday to Friday, 13–21", 0..5, 13 * 60, 21 * 60),
    ("Wednesday to Sunday, 9–17", 2..7, 9 * 60, 17 * 60),
];

/// Somebody learns something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    pub user: UserId,
    pub name: String,
    pub skill: SkillSummary,
    /// The expected level today; `None`: nothing, or too little, is known.
    pub from: Option<f64>,
    pub to: f64,
    /// Tickets a week that need the skill.
    pub weekly: f64,
    /// Tickets a week gained, with an interval.
    pub worth: Worth,
    /// Hours of learning, and of teaching.
    pub hours: f64,
    pub teacher_hours: f64,
    /// They said that they want to learn it.
    pub wants: bool,
    pub teacher: Option<(UserId, String)>,
    /// What the skill stands on and they are not known to have.
    pub first: Vec<SkillSummary>,
}

impl Candidate {
    /// Tickets a week for each ten hours spent.
    pub fn per_ten_hours(&self) -> f64 {
        10.0 * self.worth.tickets / (self.hours + self.teacher_hours).max(0.1)
    }
}

/// One more colleague with the profile of a role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hire {
    pub role: RoleId,
    pub name: String,
    /// The week that would bring most.
    pub shift: &'static str,
    /// Tickets a week gained.
    pub tickets: f64,
    /// Skills that it comes from, the dearest first.
    pub through: Vec<(SkillSummary, f64)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InvestPage {
    pub settings: PlanSettings,
    pub weeks: f64,
    pub tickets: usize,
    /// The most tickets for an hour first.
    pub candidates: Vec<Candidate>,
    /// Of how many they are the best.
    pub looked_at: usize,
    /// The most tickets first.
    pub hires: Vec<Hire>,
}

pub fn invest(tx: &mut Tx) -> Result<InvestPage, PlanError> {
    let plan = Plan::load(tx)?;
    let interested: HashSet<(UserId, SkillId)> = store::list_interested(tx)?.into_iter().collect();
    let prerequisites = crate::skills::store::list_prerequisites(tx, None)?;
    let roles = roles::list_roles(tx)?;
    let mut drafts: Vec<(f64, usize, usize, f64)> = Vec::new();
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
                let hours = hours(&plan, it, p, target).max(0.5);
                drafts.push((gained / hours, s, p, target));
            }
        }
    }
    let looked_at = drafts.len();
    drafts.sort_by(|one, other| other.0.total_cmp(&one.0));
    drafts.truncate(CANDIDATES_SHOWN_MAX);
    let mut candidates: Vec<Candidate> = drafts
        .into_iter()
        .map(|(_, s, p, target)| {
            let it = &plan.skills[s];
            let (others, before, after) = chances(&plan, it, p, target);
            let found = worth(&question(&plan, it, &others, p, before, after), INTERVAL_SHARE, it.seed());
            let hours = hours(&plan, it, p, target).max(0.5);
            let teacher = teacher(&plan, it, p, target);
            let user = plan.people[p].user;
            let lacks = |needs: &(SkillId, SkillSummary, f64)| {
                let belief = plan.beliefs.get(&(user, needs.1.id));
                needs.0 == it.skill.id && !belief.is_some_and(|held| held.belief.p_at_least(needs.2) > 0.5)
            };
            Candidate {
                user,
                name: plan.people[p].name.clone(),
                skill: it.skill.clone(),
                from: sure_level(&plan, it, p),
                to: target,
                weekly: it.weekly(),
                worth: Worth {
                    tickets: found.tickets * it.share,
                    low: found.low.min(found.tickets) * it.share,
                    high: found.high.max(found.tickets) * it.share,
                },
                hours,
                teacher_hours: if teacher.is_some() { hours * TEACHER_SHARE } else { 0.0 },
                wants: interested.contains(&(user, it.skill.id)),
                teacher,
                first: prerequisites.iter().filter(|it| lacks(it)).map(|it| it.1.clone()).collect(),
            }
        })
        .collect();
    candidates.sort_by(|one, other| other.per_ten_hours().total_cmp(&one.per_ten_hours()));
    let mut hires: Vec<Hire> = roles.iter().filter_map(|role| hire(&plan, role)).collect();
    hires.sort_by(|one, other| other.tickets.total_cmp(&one.tickets));
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

fn target_of(it: &PlanSkill) -> f64 {
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

fn sure_level(plan: &Plan, it: &PlanSkill, person: usize) -> Option<f64> {
    let held = plan.beliefs.get(&(plan.people[person].user, it.skill.id))?;
    held.is_sure().then(|| held.belief.level())
}

fn hours(plan: &Plan, it: &PlanSkill, person: usize, target: f64) -> f64 {
    hours_to_learn(sure_level(plan, it, person).unwrap_or(0.0), target, &plan.settings.hours_per_level)
}

/// The one of the others who most likely has the level that is to be reached.
fn teacher(plan: &Plan, it: &PlanSkill, learner: usize, target: f64) -> Option<(UserId, String)> {
    let chance = |p: usize| {
        let held = plan.beliefs.get(&(plan.people[p].user, it.skill.id)).filter(|held| held.is_sure())?;
        Some((held.belief.p_at_least(target), p)).filter(|it| it.0 > 0.5)
    };
    let best = (0..plan.people.len())
        .filter(|p| *p != learner)
        .filter_map(chance)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    best.map(|(_, p)| (plan.people[p].user, plan.people[p].name.clone()))
}

/// The best week for one more person with this profile; `None` if it brings nothing.
fn hire(plan: &Plan, role: &roles::RoleProfile) -> Option<Hire> {
    let of_shift = |(name, days, from, to): &(&'static str, std::ops::Range<i64>, i64, i64)| {
        let mut here: Hours = [0.0; HOURS_PER_WEEK];
        for day in days.clone() {
            mark(day * 24 * 60 + from, day * 24 * 60 + to, plan.settings.attendance, &mut here);
        }
        let mut through: Vec<(SkillSummary, f64)> = Vec::new();
        for it in &plan.skills {
            let Some(need) = role.needs.iter().find(|need| need.skill.id == it.skill.id) else { continue };
            let (_, others) = it.hands(&plan.people);
            let after = Belief::at_level(need.level, TAUGHT_SD_LEVELS).p_at_least(it.level);
            let question = Question {
                demand: &it.demand,
                counted: it.counted as f64,
                others: &others,
                here: &here,
                before: 0.0,
                after,
            };
            let gained = tickets_gained(&question) * it.share;
            if gained >= GAIN_MIN {
                through.push((it.skill.clone(), gained));
            }
        }
        through.sort_by(|one, other| other.1.total_cmp(&one.1));
        let tickets: f64 = through.iter().map(|it| it.1).sum();
        through.truncate(3);
        Hire { role: role.id, name: role.name.clone(), shift: name, tickets, through }
    };
    NEW_SHIFTS
        .iter()
        .map(of_shift)
        .max_by(|one, other| one.tickets.total_cmp(&other.tickets))
        .filter(|it| it.tickets > 0.0)
}
