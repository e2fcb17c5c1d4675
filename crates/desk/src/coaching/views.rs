//! Coaching shaped for the lead's overview, one person's moments, one plan, and one's own growth.

use super::effect::{GoalEffect, effects};
use super::plans::{may_coach, to_see};
use super::talks::zone_of_actor;
use super::{CoachingError, Goal, KeptMoment, Measure, Note, Plan, Session, Task, WEEK_MS, monday_of, store};
use crate::skills::outcomes::Elsewhere;
use crate::skills::{self, INTERVAL_COVERAGE, Observed, Sight, SkillSummary};
use crate::{CoachingGoalId, CoachingPlanId, CoachingSessionId, SkillId, TicketId, Tx, UserId, people};
use ::skills::effect::{Effect, average};
use serde::Serialize;
use std::collections::HashMap;

/// Weeks of moments that a person's page goes back.
pub const WEEKS_SHOWN: i64 = 8;
/// People on the overview.
pub const PEOPLE_MAX: usize = 300;
pub const PLANS_MAX: usize = 100;
const MOMENTS_MAX: usize = 1_000;
const GIVEN_MAX: usize = 50;
/// Plans whose effects are put together on the overview, the newest.
const EFFECTS_MAX: usize = 20;

/// A moment with what happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MomentRow {
    pub kept: KeptMoment,
    pub user_name: String,
    /// The ticket's, or what the other desk's ticket was about.
    pub subject: String,
    /// Where it is, if it was imported.
    pub elsewhere: Option<Elsewhere>,
    pub skill: SkillSummary,
    pub observed: Observed,
    /// When it happened.
    pub at: i64,
}

/// A plan in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanRow {
    pub plan: Plan,
    pub user_name: String,
    pub coach_name: String,
    pub goals: Vec<GoalLine>,
    pub tasks_done: usize,
    pub tasks: usize,
    pub next_session: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalLine {
    pub skill: String,
    pub level: f64,
    pub reached: bool,
}

/// What a lead sees first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview {
    /// The Monday of the week whose moments are shown: this week, or the last until this one has some.
    pub week: i64,
    pub is_this_week: bool,
    pub people: Vec<PersonRow>,
    /// Open plans, then closed ones.
    pub plans: Vec<PlanRow>,
    /// What coaching has changed on average in the share that stays solved: of how many goals, and its interval.
    pub average: Option<AverageEffect>,
    /// In which the reader reads times.
    pub zone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AverageEffect {
    pub goals: usize,
    pub estimate: f64,
    pub interval: (f64, f64),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonRow {
    pub user: UserId,
    pub name: String,
    /// Of this week.
    pub moments: Vec<MomentRow>,
    pub plan: Option<CoachingPlanId>,
}

/// One person's moments and plans.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonPage {
    pub user: UserId,
    pub name: String,
    /// The newest week first.
    pub weeks: Vec<(i64, Vec<MomentRow>)>,
    pub plans: Vec<PlanRow>,
    /// Whether what work showed may be seen by this reader.
    pub sees_moments: bool,
    pub may_coach: bool,
    /// In which the reader reads times.
    pub zone: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalRow {
    pub goal: Goal,
    pub skill: SkillSummary,
    /// Level and standard deviation now, if this reader may see them.
    pub now: Option<(f64, f64)>,
    /// P(level is reached), 0–1.
    pub p_reached: Option<f64>,
    pub helper_name: Option<String>,
    /// Tickets given to learn on, the newest first.
    pub given: Vec<GivenTicket>,
    pub effects: Vec<GoalEffect>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GivenTicket {
    pub ticket: TicketId,
    pub subject: String,
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanPage {
    pub plan: Plan,
    pub user_name: String,
    pub coach_name: String,
    pub goals: Vec<GoalRow>,
    pub tasks: Vec<Task>,
    pub sessions: Vec<Session>,
    /// Whoever of the two has another talk at the same time.
    pub clashes: HashMap<CoachingSessionId, Vec<UserId>>,
    /// In which the reader reads times, and plans talks.
    pub zone: String,
    /// What this reader may read.
    pub notes: Vec<Note>,
    pub names: HashMap<UserId, String>,
    pub may_coach: bool,
}

impl PlanPage {
    pub fn name_of(&self, user: &UserId) -> &str {
        self.names.get(user).map_or("somebody", String::as_str)
    }
}

/// Those whom the reader may coach.
pub fn overview(tx: &mut Tx) -> Result<Overview, CoachingError> {
    let actor = *tx.actor();
    if !actor.is_lead() {
        return Err(CoachingError::NotTheCoach);
    }
    let sight = Sight::load(tx)?;
    let mine = |user: UserId| !actor.is(user) && sight.sees_levels(user);
    let this = monday_of(tx.now());
    let mut found = store::list_moment_rows(tx, this - WEEK_MS, None, MOMENTS_MAX)?;
    found.retain(|row| sight.sees_evidence(row.kept.user));
    // A week that has just begun has shown nothing yet: the last one is what there is to talk about.
    let week = if found.iter().any(|row| row.kept.week == this) { this } else { this - WEEK_MS };
    let mut moments: HashMap<UserId, Vec<MomentRow>> = HashMap::new();
    for row in found.into_iter().filter(|row| row.kept.week == week) {
        moments.entry(row.kept.user).or_default().push(row);
    }
    let all = store::list_plans(tx, PLANS_MAX)?.into_iter().filter(|it| mine(it.user)).collect();
    let plans = rows(tx, all)?;
    let mut people: Vec<PersonRow> = people::list_agent_names(tx)?
        .into_iter()
        .filter(|it| mine(it.id))
        .map(|it| PersonRow {
            moments: moments.remove(&it.id).unwrap_or_default(),
            plan: plans
                .iter()
                .find(|row| row.plan.user == it.id && row.plan.closed_at.is_none())
                .map(|row| row.plan.id),
            user: it.id,
            name: it.name,
        })
        .collect();
    let score = |it: &PersonRow| it.moments.iter().map(|it| it.kept.moment.score).sum::<f64>();
    people.sort_by(|one, other| score(other).total_cmp(&score(one)));
    people.truncate(PEOPLE_MAX);
    let average = average_effect(tx, &plans)?;
    let is_this_week = week == this || people.iter().all(|it| it.moments.is_empty());
    Ok(Overview { week, is_this_week, people, plans, average, zone: zone_of_actor(tx)? })
}

fn average_effect(tx: &mut Tx, plans: &[PlanRow]) -> Result<Option<AverageEffect>, CoachingError> {
    let mut found: Vec<Effect> = Vec::new();
    for row in plans.iter().take(EFFECTS_MAX) {
        for goal in store::list_goals(tx, &[row.plan.id])? {
            let effects = effects(tx, &row.plan, &goal)?;
            found.extend(
                effects
                    .into_iter()
                    .filter(|it| it.measure == Measure::SolvedForGood)
                    .filter_map(|it| it.effect),
            );
        }
    }
    Ok(average(&found, INTERVAL_COVERAGE).map(|(estimate, interval)| AverageEffect {
        goals: found.len(),
        estimate,
        interval,
    }))
}

/// Of the reader themself, or of somebody whom they may coach.
pub fn person_page(tx: &mut Tx, user: UserId) -> Result<PersonPage, CoachingError> {
    let actor = *tx.actor();
    let coaches = may_coach(tx, user)?;
    if !actor.is(user) && !coaches {
        return Err(CoachingError::NotForYou);
    }
    let found = people::find_user(tx, user)?.filter(|it| it.role.is_agent() && it.deleted_at.is_none());
    let name = found.ok_or(CoachingError::NoSuchPerson)?.name;
    let sees_moments = Sight::load(tx)?.sees_evidence(user);
    let since = monday_of(tx.now()) - (WEEKS_SHOWN - 1) * WEEK_MS;
    let mut weeks: Vec<(i64, Vec<MomentRow>)> = Vec::new();
    if sees_moments {
        for row in store::list_moment_rows(tx, since, Some(user), MOMENTS_MAX)? {
            match weeks.last_mut() {
                Some((week, rows)) if *week == row.kept.week => rows.push(row),
                _ => weeks.push((row.kept.week, vec![row])),
            }
        }
    }
    let plans = store::list_plans_of(tx, user, PLANS_MAX)?;
    let plans = rows(tx, plans)?;
    let zone = zone_of_actor(tx)?;
    Ok(PersonPage { user, name, weeks, plans, sees_moments, may_coach: coaches, zone })
}

pub fn plan_page(tx: &mut Tx, id: CoachingPlanId) -> Result<PlanPage, CoachingError> {
    let plan = to_see(tx, id)?;
    let actor = *tx.actor();
    let goals = store::list_goals(tx, &[plan.id])?;
    let tasks = store::list_tasks(tx, &[plan.id])?;
    let sessions = store::list_sessions(tx, plan.id)?;
    let notes = store::list_notes(tx, plan.id, actor.user())?;
    let people = [plan.user, plan.coach]
        .into_iter()
        .chain(plan.closed_by)
        .chain(goals.iter().filter_map(|it| it.learning.map(|it| it.helper)))
        .chain(tasks.iter().flat_map(|it| [it.with, it.done_by]).flatten())
        .chain(notes.iter().map(|it| it.author));
    let names = store::list_names(tx, people.collect::<Vec<_>>())?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_default();
    let goals = goal_rows(tx, &plan, goals, &names)?;
    Ok(PlanPage {
        user_name: name(plan.user),
        coach_name: name(plan.coach),
        may_coach: may_coach(tx, plan.user)?,
        clashes: store::list_clashes(tx, &plan)?,
        zone: zone_of_actor(tx)?,
        goals,
        tasks,
        sessions,
        notes,
        names,
        plan,
    })
}

fn goal_rows(
    tx: &mut Tx,
    plan: &Plan,
    goals: Vec<Goal>,
    names: &HashMap<UserId, String>,
) -> Result<Vec<GoalRow>, CoachingError> {
    let sight = Sight::load(tx)?;
    let held = skills::proficiencies_of(tx, plan.user)?;
    let summaries = skills::summaries(tx)?;
    let ids: Vec<CoachingGoalId> = goals.iter().map(|it| it.id).collect();
    let mut given: HashMap<CoachingGoalId, Vec<GivenTicket>> = HashMap::new();
    for (goal, ticket, subject, at) in store::list_given(tx, &ids, GIVEN_MAX)? {
        given.entry(goal).or_default().push(GivenTicket { ticket, subject, at });
    }
    let mut rows = Vec::new();
    for mut goal in goals {
        let belief =
            held.iter().find(|it| it.skill == goal.skill).filter(|it| sight.sees(it)).map(|it| it.belief);
        // What was believed then is told to those who may know what is believed now.
        if belief.is_none() {
            goal.then = None;
        }
        let skill = summaries.get(&goal.skill).cloned().ok_or(CoachingError::NoSuchSkill)?;
        rows.push(GoalRow {
            skill,
            now: belief.map(|it| (it.level(), it.level_sd())),
            p_reached: belief.map(|it| it.p_at_least(goal.level)),
            helper_name: goal.learning.and_then(|it| names.get(&it.helper).cloned()),
            given: given.remove(&goal.id).unwrap_or_default(),
            effects: effects(tx, plan, &goal)?,
            goal,
        });
    }
    Ok(rows)
}

/// Who could help somebody to learn a skill: present or not, the surest first.
pub fn helpers(
    tx: &mut Tx,
    plan: CoachingPlanId,
    skill: SkillId,
) -> Result<Vec<(UserId, String)>, CoachingError> {
    const HELPERS_MAX: usize = 20;
    let plan = to_see(tx, plan)?;
    let sight = Sight::load(tx)?;
    let agents = people::list_agent_names(tx)?;
    let held = skills::store::list_proficiencies(tx, None, Some(&[skill]))?;
    let mut able: Vec<(f64, UserId, String)> = agents
        .into_iter()
        .filter(|it| it.id != plan.user)
        .filter_map(|it| {
            let known = held.iter().find(|held| held.user == it.id).filter(|held| sight.sees(held))?;
            Some((known.belief.sure_level(), it.id, it.name))
        })
        .filter(|it| it.0 >= super::goals::HELPER_LEVEL_MIN)
        .collect();
    able.sort_by(|one, other| other.0.total_cmp(&one.0));
    able.truncate(HELPERS_MAX);
    Ok(able.into_iter().map(|(_, user, name)| (user, name)).collect())
}

fn rows(tx: &mut Tx, plans: Vec<Plan>) -> Result<Vec<PlanRow>, CoachingError> {
    let ids: Vec<CoachingPlanId> = plans.iter().map(|it| it.id).collect();
    let goals = store::list_goals(tx, &ids)?;
    let tasks = store::list_tasks(tx, &ids)?;
    let sessions: HashMap<CoachingPlanId, i64> = store::list_next_sessions(tx, &ids)?.into_iter().collect();
    let names = store::list_names(tx, plans.iter().flat_map(|it| [it.user, it.coach]).collect::<Vec<_>>())?;
    let skills = skills::skill_names(tx)?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_default();
    let row = |plan: Plan| PlanRow {
        user_name: name(plan.user),
        coach_name: name(plan.coach),
        goals: goals
            .iter()
            .filter(|it| it.plan == plan.id)
            .map(|it| GoalLine {
                skill: skills.get(&it.skill).cloned().unwrap_or_default(),
                level: it.level,
                reached: it.reached_at.is_some(),
            })
            .collect(),
        tasks_done: tasks.iter().filter(|it| it.plan == plan.id && it.done_at.is_some()).count(),
        tasks: tasks.iter().filter(|it| it.plan == plan.id).count(),
        next_session: sessions.get(&plan.id).copied(),
        plan,
    };
    Ok(plans.into_iter().map(row).collect())
}

/// Leads who may be named somebody's coach.
pub fn coaches(tx: &mut Tx, user: UserId) -> Result<Vec<(UserId, String)>, CoachingError> {
    Ok(store::list_leads(tx)?.into_iter().filter(|it| it.0 != user).collect())
}
