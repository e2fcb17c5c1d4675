//! Making, changing and closing a plan; and who may coach whom.

use super::error::{any_text_of, title_of};
use super::{CoachingError, Plan, goals, store};
use crate::events::{self, Event};
use crate::skills::Sight;
use crate::{CoachingPlanId, SkillId, Tx, UserId};

#[derive(Clone, Debug)]
pub struct CreatePlan {
    pub user: UserId,
    /// `None`: whoever makes it.
    pub coach: Option<UserId>,
    pub title: String,
    pub about: String,
    pub ends_at: Option<i64>,
    /// Skills and the levels to reach.
    pub goals: Vec<(SkillId, f64)>,
}

#[derive(Clone, Debug)]
pub struct UpdatePlan {
    pub plan: CoachingPlanId,
    pub coach: UserId,
    pub title: String,
    pub about: String,
    pub ends_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct ClosePlan {
    pub plan: CoachingPlanId,
    /// What came of it, in words; may be empty.
    pub outcome: String,
}

/// Leads coach those whose levels they may see, and nobody themself.
pub fn may_coach(tx: &mut Tx, user: UserId) -> Result<bool, CoachingError> {
    let actor = *tx.actor();
    if !actor.is_lead() || actor.is(user) {
        return Ok(false);
    }
    Ok(Sight::load(tx)?.sees_levels(user))
}

pub fn create_plan(tx: &mut Tx, command: &CreatePlan) -> Result<CoachingPlanId, CoachingError> {
    let title = title_of(&command.title)?;
    let about = any_text_of(&command.about)?;
    only_coaches(tx, command.user)?;
    agent(tx, command.user)?;
    let coach = command.coach.or(tx.actor().user()).ok_or(CoachingError::NotTheCoach)?;
    coach_is_right(tx, coach, command.user)?;
    end_is_right(tx, command.ends_at)?;
    let plan = store::insert_plan(tx, command.user, coach, title, about, command.ends_at)?;
    for (skill, level) in &command.goals {
        goals::insert(tx, plan, command.user, *skill, *level, "")?;
    }
    events::record(tx, &Event::CoachingPlanCreated { plan, user: command.user })?;
    Ok(plan)
}

/// The same again changes nothing.
pub fn update_plan(tx: &mut Tx, command: &UpdatePlan) -> Result<(), CoachingError> {
    let plan = to_coach(tx, command.plan)?;
    let title = title_of(&command.title)?;
    let about = any_text_of(&command.about)?;
    if plan.coach != command.coach {
        coach_is_right(tx, command.coach, plan.user)?;
    }
    if plan.ends_at != command.ends_at {
        end_is_right(tx, command.ends_at)?;
    }
    let wanted = Plan {
        title: title.to_owned(),
        about: about.to_owned(),
        coach: command.coach,
        ends_at: command.ends_at,
        ..plan.clone()
    };
    if wanted == plan {
        return Ok(());
    }
    store::save_plan(tx, &wanted)?;
    changed(tx, &plan)
}

/// No more tickets are given to learn on; what it has changed is measured on.
pub fn close_plan(tx: &mut Tx, command: &ClosePlan) -> Result<(), CoachingError> {
    let plan = to_coach(tx, command.plan)?;
    let outcome = any_text_of(&command.outcome)?;
    store::save_closed(tx, plan.id, outcome)?;
    Ok(events::record(tx, &Event::CoachingPlanClosed { plan: plan.id, user: plan.user })?)
}

pub fn reopen_plan(tx: &mut Tx, plan: CoachingPlanId) -> Result<(), CoachingError> {
    let plan = store::find_plan(tx, plan)?.ok_or(CoachingError::NoSuchPlan)?;
    only_coaches(tx, plan.user)?;
    if plan.closed_at.is_some() {
        store::save_reopened(tx, plan.id)?;
        changed(tx, &plan)?;
    }
    Ok(())
}

// --- for the other commands

pub(super) fn only_coaches(tx: &mut Tx, user: UserId) -> Result<(), CoachingError> {
    if may_coach(tx, user)? { Ok(()) } else { Err(CoachingError::NotTheCoach) }
}

/// An open plan whose person the actor may coach. Somebody who may not even see it is told that it is not there.
pub(super) fn to_coach(tx: &mut Tx, plan: CoachingPlanId) -> Result<Plan, CoachingError> {
    let plan = to_see(tx, plan)?;
    only_coaches(tx, plan.user)?;
    is_open(plan)
}

/// An open plan that the actor takes part in: the person themself, or who may coach them.
pub(super) fn to_join(tx: &mut Tx, plan: CoachingPlanId) -> Result<Plan, CoachingError> {
    is_open(to_see(tx, plan)?)
}

pub(super) fn to_see(tx: &mut Tx, plan: CoachingPlanId) -> Result<Plan, CoachingError> {
    let plan = store::find_plan(tx, plan)?.ok_or(CoachingError::NoSuchPlan)?;
    let actor = *tx.actor();
    if actor.is(plan.user) || may_coach(tx, plan.user)? { Ok(plan) } else { Err(CoachingError::NoSuchPlan) }
}

fn is_open(plan: Plan) -> Result<Plan, CoachingError> {
    if plan.closed_at.is_some() { Err(CoachingError::PlanIsClosed) } else { Ok(plan) }
}

pub(super) fn changed(tx: &mut Tx, plan: &Plan) -> Result<(), CoachingError> {
    Ok(events::record(tx, &Event::CoachingPlanChanged { plan: plan.id, user: plan.user })?)
}

pub(super) fn agent(tx: &mut Tx, user: UserId) -> Result<(), CoachingError> {
    let agents = crate::people::list_agent_names(tx)?;
    if agents.iter().any(|it| it.id == user) { Ok(()) } else { Err(CoachingError::NoSuchPerson) }
}

fn coach_is_right(tx: &mut Tx, coach: UserId, user: UserId) -> Result<(), CoachingError> {
    if coach == user {
        return Err(CoachingError::NotTheCoach);
    }
    let found = crate::people::find_user(tx, coach)?;
    let leads = found.is_some_and(|it| {
        it.deleted_at.is_none()
            && it.suspended_at.is_none()
            && matches!(it.role, crate::Role::Lead | crate::Role::Admin)
    });
    if leads { Ok(()) } else { Err(CoachingError::NotTheCoach) }
}

fn end_is_right(tx: &Tx, ends_at: Option<i64>) -> Result<(), CoachingError> {
    if ends_at.is_none_or(|end| end > tx.now()) { Ok(()) } else { Err(CoachingError::EndIsWrong) }
}
