//! Talks of a plan: planned for a moment and a length, held, or called off.

use super::plans::{changed, to_join, to_see};
use super::{
    CoachingError, Plan, SESSIONS_PER_PLAN_MAX, Session, TALK_MINUTES_MAX, TALK_MINUTES_MIN, letters, store,
};
use crate::events::{self, Event};
use crate::{CoachingPlanId, CoachingSessionId, Tx, UserId, people, settings};

#[derive(Clone, Copy, Debug)]
pub struct PlanSession {
    pub plan: CoachingPlanId,
    pub at: i64,
    /// How long it takes, [`TALK_MINUTES_MIN`] to [`TALK_MINUTES_MAX`].
    pub minutes: i64,
}

/// A talk at a moment that may lie in the past; by either side. The other one is invited by mail if it is to come.
pub fn plan_session(tx: &mut Tx, command: &PlanSession) -> Result<CoachingSessionId, CoachingError> {
    let plan = to_join(tx, command.plan)?;
    if !(TALK_MINUTES_MIN..=TALK_MINUTES_MAX).contains(&command.minutes) {
        return Err(CoachingError::MinutesAreWrong);
    }
    if store::list_sessions(tx, plan.id)?.len() >= SESSIONS_PER_PLAN_MAX {
        return Err(CoachingError::TooManySessions);
    }
    let session = store::insert_session(tx, command)?;
    events::record(tx, &Event::TalkPlanned { plan: plan.id, session })?;
    changed(tx, &plan)?;
    Ok(session)
}

/// Whoever of the two has another talk at the time of this one, by name. It is pointed out, and refuses nothing.
pub fn busy_at(tx: &mut Tx, id: CoachingSessionId) -> Result<Vec<(UserId, String)>, CoachingError> {
    let talk = talk_of(tx, id)?;
    let busy = store::list_clashes(tx, &talk.plan)?.remove(&id).unwrap_or_default();
    let sides = [(talk.plan.user, talk.user_name), (talk.plan.coach, talk.coach_name)];
    Ok(sides.into_iter().filter(|side| busy.contains(&side.0)).collect())
}

/// The time zone in which the actor plans and reads: their own, else the company's.
pub fn zone_of_actor(tx: &mut Tx) -> Result<String, db::Error> {
    let user = match tx.actor().user() {
        Some(id) => people::find_user(tx, id)?,
        None => None,
    };
    match user.map(|it| it.time_zone).filter(|zone| people::is_time_zone(zone)) {
        Some(zone) => Ok(zone),
        None => Ok(settings::company(tx)?.time_zone),
    }
}

/// A talk with those who talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    pub plan: Plan,
    pub session: Session,
    pub user_name: String,
    pub coach_name: String,
}

/// For whoever may see its plan.
pub fn talk_of(tx: &mut Tx, id: CoachingSessionId) -> Result<Talk, CoachingError> {
    let session = store::find_session(tx, id)?.ok_or(CoachingError::NoSuchSession)?;
    let plan = to_see(tx, session.plan).map_err(|error| match error {
        CoachingError::NoSuchPlan => CoachingError::NoSuchSession,
        error => error,
    })?;
    let mut name = |user| people::find_user(tx, user).map(|it| it.map(|it| it.name).unwrap_or_default());
    let (user_name, coach_name) = (name(plan.user)?, name(plan.coach)?);
    Ok(Talk { plan, session, user_name, coach_name })
}

/// It was held; or not after all.
pub fn hold_session(tx: &mut Tx, id: CoachingSessionId, held: bool) -> Result<CoachingPlanId, CoachingError> {
    let (session, plan) = session_of(tx, id)?;
    if session.held_at.is_some() != held {
        store::save_held(tx, id, held)?;
        changed(tx, &plan)?;
    }
    Ok(plan.id)
}

/// Takes a talk off that was not held; whoever was invited to it hears of it. Notes about it stay with the plan.
pub fn drop_session(tx: &mut Tx, id: CoachingSessionId) -> Result<CoachingPlanId, CoachingError> {
    let (session, plan) = session_of(tx, id)?;
    letters::call_off(tx, &plan, &session)?;
    store::delete_session(tx, id)?;
    changed(tx, &plan)?;
    Ok(plan.id)
}

fn session_of(tx: &mut Tx, id: CoachingSessionId) -> Result<(Session, Plan), CoachingError> {
    let session = store::find_session(tx, id)?.ok_or(CoachingError::NoSuchSession)?;
    let plan = to_join(tx, session.plan).map_err(|error| match error {
        CoachingError::NoSuchPlan => CoachingError::NoSuchSession,
        error => error,
    })?;
    Ok((session, plan))
}
