//! One skill: how demand moves, which tickets need it, what it stands on, and who could teach whom.

use super::week::Hours;
use super::{PlanError, WEEK_MS, store};
use crate::skills::outcomes::{ImportedTicket, store as outcomes};
use crate::skills::{INDEPENDENT_LEVEL, Proficiency, SkillSummary, store as skills_store};
use crate::tickets::Status;
use crate::{SkillId, TicketId, Tx, UserId};
use serde::Serialize;
use std::collections::HashSet;

/// Weeks of demand that the page draws.
pub const TREND_WEEKS: usize = 12;
const TICKETS_SHOWN_MAX: usize = 8;
const PAIRS_SHOWN_MAX: usize = 6;
/// Whoever teaches has this level more likely than not, …
const TEACHING_LEVEL: f64 = 4.0;
/// … or is at least this far above the learner.
const AHEAD_LEVELS: f64 = 1.0;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TicketLine {
    pub id: TicketId,
    pub subject: String,
    pub status: Status,
    pub created_at: i64,
    /// The level it needs.
    pub level: f64,
}

/// Somebody who could teach somebody.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    pub teacher: (UserId, String),
    pub learner: (UserId, String),
    /// Levels between them.
    pub apart: f64,
    /// The learner said that they want to.
    pub wants: bool,
    /// Hours a week that both are here.
    pub together: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillStory {
    /// Tickets that needed it, week by week, the oldest first; the last is this week so far.
    pub weeks: Vec<i64>,
    /// The newest.
    pub tickets: Vec<TicketLine>,
    /// The newest of other desks.
    pub imported: Vec<ImportedTicket>,
    /// What it stands on, with the level.
    pub needs: Vec<(SkillSummary, f64)>,
    /// What stands on it.
    pub needed_by: Vec<(SkillSummary, f64)>,
    /// For leads: who could teach whom, the dearest first.
    pub pairs: Vec<Pair>,
    /// What happened to the skill, the newest first: when, who, what.
    pub history: Vec<(i64, Option<String>, String)>,
}

pub fn skill_story(tx: &mut Tx, skill: SkillId) -> Result<SkillStory, PlanError> {
    if !tx.actor().is_staff() {
        return Err(PlanError::NotStaff);
    }
    skills_store::find_skill(tx, skill)?.ok_or(PlanError::NoSuchSkill)?;
    let since = outcomes::demand_ends_at(tx, TREND_WEEKS as i64 * WEEK_MS)? - TREND_WEEKS as i64 * WEEK_MS;
    let mut weeks = vec![0; TREND_WEEKS];
    for at in store::list_moments_of_need(tx, skill, since)? {
        let week = ((at - since) / WEEK_MS) as usize;
        weeks[week.min(TREND_WEEKS - 1)] += 1;
    }
    let mut needs = Vec::new();
    let mut needed_by = Vec::new();
    for (of, needed, level) in skills_store::list_prerequisites(tx, None)? {
        if of == skill {
            needs.push((needed, level));
        } else if needed.id == skill
            && let Some(other) = skills_store::find_shown_skill(tx, of)?
        {
            needed_by.push((other.summary(), level));
        }
    }
    let pairs = if tx.actor().is_lead() { pairs(tx, skill)? } else { Vec::new() };
    Ok(SkillStory {
        weeks,
        tickets: store::list_tickets_needing(tx, skill, since, TICKETS_SHOWN_MAX)?,
        imported: outcomes::list_tickets_of_need(tx, skill, since, TICKETS_SHOWN_MAX)?,
        needs,
        needed_by,
        pairs,
        history: skills_store::list_skill_history(tx, skill)?,
    })
}

fn pairs(tx: &mut Tx, skill: SkillId) -> Result<Vec<Pair>, PlanError> {
    let plan = super::plan::Plan::load(tx)?;
    let wants: HashSet<UserId> =
        store::list_interested(tx)?.into_iter().filter(|it| it.1 == skill).map(|it| it.0).collect();
    let held = |user: UserId| plan.beliefs.get(&(user, skill)).filter(|_| plan.sees_level(user, skill));
    let able = |it: &Proficiency| it.belief.p_at_least(INDEPENDENT_LEVEL) > 0.5;
    let teaches = |it: &Proficiency| it.belief.p_at_least(TEACHING_LEVEL) > 0.5 || able(it);
    let mut all = Vec::new();
    for learner in &plan.people {
        let level = held(learner.user).map(|it| it.belief.level());
        // Whoever is able already, or is not known and has not asked, is no learner.
        if held(learner.user).is_some_and(able) || (level.is_none() && !wants.contains(&learner.user)) {
            continue;
        }
        let level = level.unwrap_or(0.0);
        let best = plan
            .people
            .iter()
            .filter(|it| it.user != learner.user)
            .filter_map(|it| Some((it, held(it.user).filter(|it| teaches(it))?.belief.level() - level)))
            .filter(|it| it.1 >= AHEAD_LEVELS)
            .map(|(it, apart)| (it, apart, together(&it.here, &learner.here)))
            .max_by(|one, other| (one.1 + one.2 / 10.0).total_cmp(&(other.1 + other.2 / 10.0)));
        if let Some((teacher, apart, together)) = best {
            all.push(Pair {
                teacher: (teacher.user, teacher.name.clone()),
                learner: (learner.user, learner.name.clone()),
                apart,
                wants: wants.contains(&learner.user),
                together,
            });
        }
    }
    all.sort_by(|one, other| other.wants.cmp(&one.wants).then(other.together.total_cmp(&one.together)));
    all.truncate(PAIRS_SHOWN_MAX);
    Ok(all)
}

fn together(one: &Hours, other: &Hours) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
