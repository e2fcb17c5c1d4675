//! `/coaching_moments`, `/coaching_plans`: what is worth a talk, plans to grow by, and what they have changed.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::*;
use desk::coaching::{
    self, AddGoal, AddTask, ClosePlan, CreatePlan, PlanSession, SetLearning, TALK_MINUTES_USUAL, TaskKind,
    UpdatePlan, WriteNote, views,
};
use desk::{CoachingGoalId, CoachingPlanId, CoachingSessionId, CoachingTaskId, SkillId, Tx, UserId};
use serde_json::{Value, json};

/// Of this week, of everybody whom the caller may coach; with `user_id=`, of one person and the last weeks.
pub async fn moments(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows = match wanted_user(call)? {
            Some(user) => views::person_page(tx, user)?.weeks.into_iter().flat_map(|it| it.1).collect(),
            None if call.actor.is_lead() => {
                views::overview(tx)?.people.into_iter().flat_map(|it| it.moments).collect()
            }
            None => own(tx)?.weeks.into_iter().flat_map(|it| it.1).collect::<Vec<_>>(),
        };
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(rows, &paging)?.map(|it| CoachingMomentShape::of(&it));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "coaching_moments", page))))
    })
    .await
}

/// Of everybody whom the caller may coach, for agents their own; with `user_id=`, of one person.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows = match wanted_user(call)? {
            Some(user) => views::person_page(tx, user)?.plans,
            None if call.actor.is_lead() => views::overview(tx)?.plans,
            None => own(tx)?.plans,
        };
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(rows, &paging)?.map(|it| CoachingPlanShape::of(&it.plan, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "coaching_plans", page))))
    })
    .await
}

pub async fn show(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("coaching_plan", whole(tx, plan)?))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let body = call.body::<CoachingPlanBody>()?.coaching_plan;
    let user = UserId(body.user_id.ok_or_else(|| Problem::missing("user_id"))?);
    call.write(move |tx, _| {
        let command = CreatePlan {
            user,
            coach: body.coach_id.map(UserId),
            title: body.title.clone().unwrap_or_default(),
            about: body.about.clone().unwrap_or_default(),
            ends_at: moment(body.ends_at.as_deref())?,
            goals: body.goals.iter().map(|it| (SkillId(it.skill_id), it.level)).collect(),
        };
        let plan = coaching::create_plan(tx, &command)?;
        let shape = whole(tx, plan)?;
        Ok(Reply::created(shape.plan.url.clone(), json!({ "coaching_plan": shape })))
    })
    .await
}

/// What is not named stays as it is. `closed` closes it or opens it again.
pub async fn update(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    let body = call.body::<CoachingPlanBody>()?.coaching_plan;
    call.write(move |tx, _| {
        if body.closed == Some(false) {
            coaching::reopen_plan(tx, plan)?;
        }
        let is = views::plan_page(tx, plan)?.plan;
        let named =
            body.title.is_some() || body.about.is_some() || body.coach_id.is_some() || body.ends_at.is_some();
        if named {
            let command = UpdatePlan {
                plan,
                coach: body.coach_id.map_or(is.coach, UserId),
                title: body.title.clone().unwrap_or(is.title),
                about: body.about.clone().unwrap_or(is.about),
                ends_at: if body.ends_at.is_some() { moment(body.ends_at.as_deref())? } else { is.ends_at },
            };
            coaching::update_plan(tx, &command)?;
        }
        if body.closed == Some(true) {
            let outcome = body.outcome.clone().unwrap_or_default();
            coaching::close_plan(tx, &ClosePlan { plan, outcome })?;
        }
        Ok(Reply::one("coaching_plan", whole(tx, plan)?))
    })
    .await
}

pub async fn add_goal(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    let body = call.body::<CoachingGoalBody>()?.goal;
    call.write(move |tx, _| {
        let why = body.why.clone().unwrap_or_default();
        let goal = AddGoal { plan, skill: SkillId(body.skill_id), level: body.level, why };
        coaching::add_goal(tx, &goal)?;
        let shape = whole(tx, plan)?;
        Ok(Reply::created(shape.plan.url.clone(), json!({ "coaching_plan": shape })))
    })
    .await
}

/// Whether it is reached, and who helps while tickets are given to learn on (null: none are given).
pub async fn update_goal(Id(goal): Id<CoachingGoalId>, call: Call) -> Answer {
    let body = call.body::<CoachingGoalChangeBody>()?.goal;
    call.write(move |tx, _| {
        let mut plan = None;
        if let Some(reached) = body.reached {
            plan = Some(coaching::reach_goal(tx, goal, reached)?);
        }
        if let Some(helper) = body.learning_helper_id {
            let command = SetLearning { goal, helper: Some(helper).filter(|id| *id > 0).map(UserId) };
            plan = Some(coaching::set_learning(tx, &command)?);
        }
        let plan = plan.ok_or_else(|| Problem::missing("reached"))?;
        Ok(Reply::one("coaching_plan", whole(tx, plan)?))
    })
    .await
}

pub async fn add_task(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    let body = call.body::<CoachingTaskBody>()?.task;
    call.write(move |tx, _| {
        let kind = body.kind.as_deref().map_or(Some(TaskKind::Practice), TaskKind::parse);
        let kind =
            kind.ok_or_else(|| Problem::invalid("kind", "a task is practice, shadow, buddy, read or check"))?;
        let command = AddTask {
            plan,
            kind,
            text: body.text.clone().unwrap_or_default(),
            link: body.link.clone().unwrap_or_default(),
            with: body.with_id.map(UserId),
            due_at: moment(body.due_at.as_deref())?,
        };
        coaching::add_task(tx, &command)?;
        let shape = whole(tx, plan)?;
        Ok(Reply::created(shape.plan.url.clone(), json!({ "coaching_plan": shape })))
    })
    .await
}

pub async fn update_task(Id(task): Id<CoachingTaskId>, call: Call) -> Answer {
    let done = call.body::<CoachingTaskChangeBody>()?.task.done;
    call.write(move |tx, _| {
        let task = coaching::finish_task(tx, task, done)?;
        Ok(Reply::one("coaching_plan", whole(tx, task.plan)?))
    })
    .await
}

pub async fn plan_session(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    let body = call.body::<CoachingSessionBody>()?.session;
    let at = moment(Some(&body.at))?.ok_or_else(|| Problem::missing("at"))?;
    call.write(move |tx, _| {
        let minutes = body.minutes.unwrap_or(TALK_MINUTES_USUAL);
        coaching::plan_session(tx, &PlanSession { plan, at, minutes })?;
        let shape = whole(tx, plan)?;
        Ok(Reply::created(shape.plan.url.clone(), json!({ "coaching_plan": shape })))
    })
    .await
}

pub async fn update_session(Id(session): Id<CoachingSessionId>, call: Call) -> Answer {
    let held = call.body::<CoachingSessionChangeBody>()?.session.held;
    call.write(move |tx, _| {
        let plan = coaching::hold_session(tx, session, held)?;
        Ok(Reply::one("coaching_plan", whole(tx, plan)?))
    })
    .await
}

pub async fn drop_session(Id(session): Id<CoachingSessionId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        coaching::drop_session(tx, session)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn add_note(Id(plan): Id<CoachingPlanId>, call: Call) -> Answer {
    let body = call.body::<CoachingNoteBody>()?.note;
    call.write(move |tx, _| {
        let command =
            WriteNote { plan, session: None, text: body.text.clone(), shared: body.shared.unwrap_or(true) };
        coaching::write_note(tx, &command)?;
        let shape = whole(tx, plan)?;
        Ok(Reply::created(shape.plan.url.clone(), json!({ "coaching_plan": shape })))
    })
    .await
}

fn own(tx: &mut Tx) -> Result<views::PersonPage, Problem> {
    let me = tx.actor().user().ok_or(Problem::NotFound)?;
    Ok(views::person_page(tx, me)?)
}

fn wanted_user(call: &Call) -> Result<Option<UserId>, Problem> {
    let wanted = call.query("user_id").map(str::parse::<UserId>).transpose();
    wanted.map_err(|_| Problem::invalid("user_id", "user_id is no number"))
}

fn moment(text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Problem::invalid("base", "a moment is written as 2026-03-10T09:12:00Z");
    crate::time::parse(text).map(Some).ok_or_else(wrong)
}

fn whole(tx: &mut Tx, plan: CoachingPlanId) -> Result<WholeCoachingPlanShape, Problem> {
    let page = views::plan_page(tx, plan)?;
    Ok(WholeCoachingPlanShape::of(&page, &Urls::of(tx)?))
}
