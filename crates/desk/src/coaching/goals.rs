//! Goals of a plan: a skill and the level to reach, and whether the router gives tickets to learn on.

use super::error::any_text_of;
use super::plans::{changed, to_coach};
use super::{CoachingError, GOALS_PER_PLAN_MAX, Goal, Plan, store};
use crate::events::{self, Event};
use crate::skills;
use crate::{CoachingGoalId, CoachingPlanId, SkillId, Tx, UserId};

/// A level below this is no goal.
const LEVEL_LEAST: f64 = 0.5;
/// The helper has at least this level with the certainty of a promise.
pub(super) const HELPER_LEVEL_MIN: f64 = 2.0;

#[derive(Clone, Debug)]
pub struct AddGoal {
    pub plan: CoachingPlanId,
    pub skill: SkillId,
    pub level: f64,
    pub why: String,
}

#[derive(Clone, Copy, Debug)]
pub struct SetLearning {
    pub goal: CoachingGoalId,
    /// Who helps; `None`: no tickets are given to learn on any more.
    pub helper: Option<UserId>,
}

pub fn add_goal(tx: &mut Tx, command: &AddGoal) -> Result<CoachingGoalId, CoachingError> {
    let plan = to_coach(tx, command.plan)?;
    let why = any_text_of(&command.why)?;
    let goal = insert(tx, plan.id, plan.user, command.skill, command.level, why)?;
    changed(tx, &plan)?;
    Ok(goal)
}

/// Keeps what was believed at this moment, so that it can be said how far they have come.
pub(super) fn insert(
    tx: &mut Tx,
    plan: CoachingPlanId,
    user: UserId,
    skill: SkillId,
    level: f64,
    why: &str,
) -> Result<CoachingGoalId, CoachingError> {
    if !(LEVEL_LEAST..=::skills::LEVEL_MAX).contains(&level) {
        return Err(CoachingError::LevelIsWrong);
    }
    let known = skills::find_skill(tx, skill)?.filter(|it| it.retired_at.is_none());
    known.ok_or(CoachingError::NoSuchSkill)?;
    let goals = store::list_goals(tx, &[plan])?;
    if goals.iter().any(|it| it.skill == skill) {
        return Err(CoachingError::GoalIsThere);
    }
    if goals.len() >= GOALS_PER_PLAN_MAX {
        return Err(CoachingError::TooManyGoals);
    }
    let held = skills::proficiencies_of(tx, user)?.into_iter().find(|it| it.skill == skill);
    let then = held.map(|it| (it.belief.level(), it.belief.level_sd()));
    Ok(store::insert_goal(tx, plan, skill, level, why, then)?)
}

/// Says that it is reached, or takes that back. A goal that is reached gives no tickets to learn on.
pub fn reach_goal(tx: &mut Tx, goal: CoachingGoalId, reached: bool) -> Result<CoachingPlanId, CoachingError> {
    let (goal, plan) = to_change(tx, goal)?;
    if goal.reached_at.is_some() != reached {
        store::save_reached(tx, goal.id, reached)?;
        changed(tx, &plan)?;
    }
    Ok(plan.id)
}

/// Takes a goal out of its plan, unless tickets were given for it.
pub fn drop_goal(tx: &mut Tx, goal: CoachingGoalId) -> Result<CoachingPlanId, CoachingError> {
    let (goal, plan) = to_change(tx, goal)?;
    if store::count_given(tx, goal.id)? > 0 {
        return Err(CoachingError::GoalWasUsed);
    }
    store::delete_goal(tx, goal.id)?;
    changed(tx, &plan)?;
    Ok(plan.id)
}

/// From now on safe tickets that need the skill may go to the learner while the helper is here.
pub fn set_learning(tx: &mut Tx, command: &SetLearning) -> Result<CoachingPlanId, CoachingError> {
    let (goal, plan) = to_change(tx, command.goal)?;
    if goal.learning.map(|it| it.helper) == command.helper {
        return Ok(plan.id);
    }
    if let Some(helper) = command.helper {
        if goal.reached_at.is_some() {
            return Err(CoachingError::GoalIsReached);
        }
        helper_is_right(tx, &goal, &plan, helper)?;
    }
    store::save_learning(tx, goal.id, command.helper)?;
    let event =
        Event::LearningSet { plan: plan.id, user: plan.user, skill: goal.skill, helper: command.helper };
    events::record(tx, &event)?;
    Ok(plan.id)
}

fn helper_is_right(tx: &mut Tx, goal: &Goal, plan: &Plan, helper: UserId) -> Result<(), CoachingError> {
    super::plans::agent(tx, helper)?;
    let held = skills::proficiencies_of(tx, helper)?.into_iter().find(|it| it.skill == goal.skill);
    let is_able = held.is_some_and(|it| it.belief.sure_level() >= HELPER_LEVEL_MIN);
    if helper == plan.user || !is_able { Err(CoachingError::HelperIsWrong) } else { Ok(()) }
}

fn to_change(tx: &mut Tx, goal: CoachingGoalId) -> Result<(Goal, Plan), CoachingError> {
    let goal = store::find_goal(tx, goal)?.ok_or(CoachingError::NoSuchGoal)?;
    let plan = to_coach(tx, goal.plan)?;
    Ok((goal, plan))
}
