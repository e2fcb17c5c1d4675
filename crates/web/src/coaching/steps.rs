//! What a plan is made of, step by step: goals, tasks, talks, notes.

use super::plan::{answer, end_of, link_to, moment_in};
use super::words;
use crate::fields::Fields;
use crate::{Problem, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::coaching::{self, AddGoal, AddTask, PlanSession, SetLearning, TaskKind, WriteNote};
use desk::{CoachingGoalId, CoachingNoteId, CoachingPlanId, CoachingSessionId, CoachingTaskId, SkillId};

pub async fn add_goal(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = AddGoal {
        plan,
        skill: form.parsed("skill").unwrap_or(SkillId(0)),
        level: form.parsed("level").unwrap_or(f64::NAN),
        why: form.owned("why"),
    };
    let done = web.desk.write(actor, move |tx| coaching::add_goal(tx, &command)).await;
    answer(&web, actor, plan, done.map(|_| ()).map_err(Problem::from), "A goal more.").await
}

pub async fn reach_goal(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(goal): Path<CoachingGoalId>,
    form: Fields,
) -> Result<Response, Problem> {
    let reached = form.is_on("reached");
    let plan = web.desk.write(actor, move |tx| coaching::reach_goal(tx, goal, reached)).await?;
    let said = if reached { "Reached." } else { "Not reached yet, then." };
    answer(&web, actor, plan, Ok(()), said).await
}

pub async fn set_learning(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(goal): Path<CoachingGoalId>,
    form: Fields,
) -> Result<Response, Problem> {
    let helper = form.parsed("helper");
    let command = SetLearning { goal, helper };
    let plan = web.desk.write(actor, move |tx| coaching::set_learning(tx, &command)).await?;
    let said = match helper {
        Some(_) => "Safe tickets in this skill may come from now on, while the helper is here.",
        None => "No more tickets are given to learn on.",
    };
    answer(&web, actor, plan, Ok(()), said).await
}

pub async fn drop_goal(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(goal): Path<CoachingGoalId>,
) -> Result<Response, Problem> {
    let plan = web.desk.write(actor, move |tx| coaching::drop_goal(tx, goal)).await?;
    answer(&web, actor, plan, Ok(()), "Taken out of the plan.").await
}

pub async fn add_task(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let picked = form.parsed("article").map(link_to);
    let command = AddTask {
        plan,
        kind: TaskKind::parse(form.text("kind")).unwrap_or(TaskKind::Practice),
        text: form.owned("text"),
        link: form.given("link").map(str::to_owned).or(picked).unwrap_or_default(),
        with: form.parsed("with"),
        due_at: end_of(form.text("due")),
    };
    let done = web.desk.write(actor, move |tx| coaching::add_task(tx, &command)).await;
    answer(&web, actor, plan, done.map(|_| ()).map_err(Problem::from), "A task more.").await
}

pub async fn finish_task(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(task): Path<CoachingTaskId>,
    form: Fields,
) -> Result<Response, Problem> {
    let done = form.is_on("done");
    let task = web.desk.write(actor, move |tx| coaching::finish_task(tx, task, done)).await?;
    answer(&web, actor, task.plan, Ok(()), if done { "Done." } else { "Open again." }).await
}

pub async fn drop_task(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(task): Path<CoachingTaskId>,
) -> Result<Response, Problem> {
    let plan = web.desk.write(actor, move |tx| coaching::drop_task(tx, task)).await?;
    answer(&web, actor, plan, Ok(()), "Taken out of the plan.").await
}

pub async fn plan_session(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let (words, minutes) = (form.owned("at"), minutes_of(&form));
    let done = web.desk.write(actor, move |tx| {
        let missing = || Problem { field: Some("at"), ..Problem::invalid("A talk needs a day and a time.") };
        let at = moment_in(&words, &coaching::zone_of_actor(tx)?).ok_or_else(missing)?;
        let session = coaching::plan_session(tx, &PlanSession { plan, at, minutes })?;
        Ok::<_, Problem>(coaching::busy_at(tx, session)?)
    });
    match done.await {
        Ok(busy) if busy.is_empty() => answer(&web, actor, plan, Ok(()), "Planned.").await,
        Ok(busy) => {
            let names: Vec<&str> = busy.iter().map(|it| it.1.as_str()).collect();
            answer(&web, actor, plan, Ok(()), &format!("Planned. {}", words::clash(&names))).await
        }
        Err(problem) => answer(&web, actor, plan, Err(problem), "").await,
    }
}

/// What is no number becomes one that the desk refuses with its reason.
fn minutes_of(form: &Fields) -> i64 {
    match form.has("minutes") {
        true => form.parsed("minutes").unwrap_or(0),
        false => coaching::TALK_MINUTES_USUAL,
    }
}

pub async fn hold_session(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(session): Path<CoachingSessionId>,
    form: Fields,
) -> Result<Response, Problem> {
    let held = form.is_on("held");
    let plan = web.desk.write(actor, move |tx| coaching::hold_session(tx, session, held)).await?;
    answer(&web, actor, plan, Ok(()), if held { "Noted as held." } else { "Still to come, then." }).await
}

pub async fn drop_session(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(session): Path<CoachingSessionId>,
) -> Result<Response, Problem> {
    let plan = web.desk.write(actor, move |tx| coaching::drop_session(tx, session)).await?;
    answer(&web, actor, plan, Ok(()), "Called off. Its notes stay with the plan.").await
}

pub async fn write_note(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = WriteNote {
        plan,
        session: form.parsed("session"),
        text: form.owned("text"),
        shared: form.text("for") == "both",
    };
    let said = if command.shared { "Noted, for both of you." } else { "Noted, for you alone." };
    let done = web.desk.write(actor, move |tx| coaching::write_note(tx, &command)).await;
    answer(&web, actor, plan, done.map(|_| ()).map_err(Problem::from), said).await
}

pub async fn update_note(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(note): Path<CoachingNoteId>,
    form: Fields,
) -> Result<Response, Problem> {
    let (text, shared) = (form.owned("text"), form.text("for") == "both");
    let plan = web.desk.write(actor, move |tx| coaching::update_note(tx, note, &text, shared)).await?;
    answer(&web, actor, plan, Ok(()), "Changed.").await
}

pub async fn drop_note(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(note): Path<CoachingNoteId>,
) -> Result<Response, Problem> {
    let plan = web.desk.write(actor, move |tx| coaching::delete_note(tx, note)).await?;
    answer(&web, actor, plan, Ok(()), "Deleted.").await
}
