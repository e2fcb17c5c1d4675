//! "What if this person is away?": in tickets and hours a week, skill by skill and day by day.

use super::plan::{Plan, PlanSkill};
use super::week::{Block, Hours, by_day, worst_block};
use super::{COVERED_SHARE, HereSource, PlanError};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{Tx, UserId};
use ::skills::coverage::{HOURS_PER_WEEK, Hand, by_hour, covered};
use serde::Serialize;

/// Those who are left, in a line of text.
const OTHERS_SHOWN: usize = 3;
/// Losses below this many tickets a week are nothing.
const LOST_MIN: f64 = 0.005;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbsencePage {
    pub user: UserId,
    pub name: String,
    pub source: HereSource,
    pub hours_here: f64,
    pub weeks: f64,
    pub time_zone: String,
    pub minutes_per_ticket: f64,
    /// Tickets a week, and hours of work, that meet nobody able while this person is away. Each ticket counts once,
    /// shared among the skills it needs.
    pub lost: f64,
    pub lost_hours: f64,
    /// Of those, from Monday to Sunday.
    pub lost_by_day: [f64; 7],
    pub worst: Option<Block>,
    /// The dearest first.
    pub skills: Vec<AbsentSkill>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbsentSkill {
    pub skill: SkillSummary,
    pub level: f64,
    /// Tickets a week that need it.
    pub weekly: f64,
    /// The share of them that comes while somebody able is here, with and without this person.
    pub before: f64,
    pub after: f64,
    /// Tickets a week that need it and meet nobody able.
    pub lost: f64,
    /// It was covered and is no more.
    pub falls: bool,
    /// Who is left: the likeliest first, with P(able).
    pub others: Vec<(UserId, String, f64)>,
    /// Hours of the week at which somebody able was likelier here than not, and is no more.
    pub hours_lost: usize,
}

pub fn absence(tx: &mut Tx, user: UserId) -> Result<AbsencePage, PlanError> {
    let plan = Plan::load(tx)?;
    let name = skills_store::staff_name(tx, user)?.ok_or(PlanError::NoSuchPerson)?;
    let at = plan.people.iter().position(|it| it.user == user).ok_or(PlanError::NoSuchPerson)?;
    let mut lost: Hours = [0.0; HOURS_PER_WEEK];
    let mut skills: Vec<AbsentSkill> = Vec::new();
    for it in &plan.skills {
        skills.extend(without(&plan, it, at, &mut lost));
    }
    skills.sort_by(|one, other| other.lost.total_cmp(&one.lost));
    let whole = lost.iter().sum();
    Ok(AbsencePage {
        user,
        name,
        source: plan.people[at].source,
        hours_here: plan.people[at].hours_a_week(),
        weeks: plan.weeks,
        minutes_per_ticket: plan.settings.minutes_per_ticket,
        lost: whole,
        lost_hours: plan.hours(whole),
        lost_by_day: by_day(&lost),
        worst: worst_block(&lost),
        skills,
        time_zone: plan.time_zone,
    })
}

/// What is lost of one skill, and by hour added to `lost`; `None` if this person makes no difference to it.
fn without(plan: &Plan, it: &PlanSkill, absent: usize, lost: &mut Hours) -> Option<AbsentSkill> {
    let (places, hands) = it.hands(&plan.people);
    places.contains(&absent).then_some(())?;
    let others: Vec<Hand<'_>> = places
        .iter()
        .zip(&hands)
        .filter(|(place, _)| **place != absent)
        .map(|(_, hand)| hand.clone())
        .collect();
    let (with, left) = (by_hour(1, &hands), by_hour(1, &others));
    let weekly = it.weekly();
    let (before, after) = (covered(&it.demand, &hands), covered(&it.demand, &others));
    for hour in 0..HOURS_PER_WEEK {
        lost[hour] += it.demand[hour] * (with[hour] - left[hour]) * it.share;
    }
    let share = |tickets: f64| (tickets / weekly.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    let mut names: Vec<(UserId, String, f64)> = places
        .iter()
        .filter(|place| **place != absent && it.able[**place] > 0.1)
        .map(|place| (plan.people[*place].user, plan.people[*place].name.clone(), it.able[*place]))
        .collect();
    names.sort_by(|one, other| other.2.total_cmp(&one.2));
    names.truncate(OTHERS_SHOWN);
    let shown = AbsentSkill {
        skill: it.skill.clone(),
        level: it.level,
        weekly,
        before: share(before),
        after: share(after),
        lost: before - after,
        falls: share(before) >= COVERED_SHARE && share(after) < COVERED_SHARE,
        others: names,
        hours_lost: (0..HOURS_PER_WEEK).filter(|hour| with[*hour] > 0.5 && left[*hour] <= 0.5).count(),
    };
    (shown.lost >= LOST_MIN).then_some(shown)
}
