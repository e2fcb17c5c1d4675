//! Every statement on plans, goals and tasks; on the rest in the files beside.

mod learning;
mod moments;
mod notes;
mod talks;

pub(super) use learning::*;
pub(super) use moments::*;
pub(super) use notes::*;
pub(super) use talks::*;

use super::tasks::AddTask;
use super::{Goal, Learning, Plan, Task, TaskKind};
use crate::tickets::json_numbers;
use crate::{CoachingGoalId, CoachingPlanId, CoachingTaskId, SkillId, Tx, UserId};
use db::{Error, Row, params};

const PLAN: &str =
    "select p.id, p.user_id, p.coach_id, p.title, p.about, p.created_at, p.ends_at, p.closed_at,
    p.closed_by, p.outcome from coaching_plans p";

fn plan(row: &Row<'_>) -> Result<Plan, Error> {
    Ok(Plan {
        id: row.get(0)?,
        user: row.get(1)?,
        coach: row.get(2)?,
        title: row.get(3)?,
        about: row.get(4)?,
        created_at: row.get(5)?,
        ends_at: row.get(6)?,
        closed_at: row.get(7)?,
        closed_by: row.get(8)?,
        outcome: row.get(9)?,
    })
}

pub(super) fn find_plan(tx: &mut Tx, id: CoachingPlanId) -> Result<Option<Plan>, Error> {
    tx.find(&format!("{PLAN} where p.id = $1"), params![id], plan)
}

/// The open ones first, then the newest.
pub(super) fn list_plans_of(tx: &mut Tx, user: UserId, count: usize) -> Result<Vec<Plan>, Error> {
    let sql = format!(
        "{PLAN} where p.user_id = $1 order by case when p.closed_at is null then 0 else 1 end, p.id desc limit $2"
    );
    tx.list(&sql, params![user, count], plan)
}

/// Of people who still work here; the open ones first, then the newest.
pub(super) fn list_plans(tx: &mut Tx, count: usize) -> Result<Vec<Plan>, Error> {
    let sql = format!(
        "{PLAN} join users u on u.id = p.user_id and u.deleted_at is null
         order by case when p.closed_at is null then 0 else 1 end, p.id desc limit $1"
    );
    tx.list(&sql, params![count], plan)
}

pub(super) fn insert_plan(
    tx: &mut Tx,
    user: UserId,
    coach: UserId,
    title: &str,
    about: &str,
    ends_at: Option<i64>,
) -> Result<CoachingPlanId, Error> {
    let now = tx.now();
    tx.value(
        "insert into coaching_plans (user_id, coach_id, title, about, created_at, ends_at)
         values ($1, $2, $3, $4, $5, $6) returning id",
        params![user, coach, title, about, now, ends_at],
    )
}

pub(super) fn save_plan(tx: &mut Tx, it: &Plan) -> Result<(), Error> {
    tx.execute(
        "update coaching_plans set coach_id = $1, title = $2, about = $3, ends_at = $4 where id = $5",
        params![it.coach, it.title, it.about, it.ends_at, it.id],
    )
    .map(|_| ())
}

pub(super) fn save_closed(tx: &mut Tx, id: CoachingPlanId, outcome: &str) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update coaching_plans set closed_at = $1, closed_by = $2, outcome = $3 where id = $4",
        params![now, by, outcome, id],
    )
    .map(|_| ())
}

pub(super) fn save_reopened(tx: &mut Tx, id: CoachingPlanId) -> Result<(), Error> {
    tx.execute("update coaching_plans set closed_at = null, closed_by = null where id = $1", params![id])
        .map(|_| ())
}

// --- goals

const GOAL: &str =
    "select id, plan_id, skill_id, level, why, level_then, sd_then, created_at, reached_at, helper_id,
    learning_since from coaching_goals";

fn goal(row: &Row<'_>) -> Result<Goal, Error> {
    let then: (Option<f64>, Option<f64>) = (row.get(5)?, row.get(6)?);
    let learning: (Option<UserId>, Option<i64>) = (row.get(9)?, row.get(10)?);
    Ok(Goal {
        id: row.get(0)?,
        plan: row.get(1)?,
        skill: row.get(2)?,
        level: row.get(3)?,
        why: row.get(4)?,
        then: then.0.zip(then.1),
        created_at: row.get(7)?,
        reached_at: row.get(8)?,
        learning: learning.0.zip(learning.1).map(|(helper, since)| Learning { helper, since }),
    })
}

pub(super) fn find_goal(tx: &mut Tx, id: CoachingGoalId) -> Result<Option<Goal>, Error> {
    tx.find(&format!("{GOAL} where id = $1"), params![id], goal)
}

pub(super) fn list_goals(tx: &mut Tx, plans: &[CoachingPlanId]) -> Result<Vec<Goal>, Error> {
    let sql = format!("{GOAL} where plan_id in {} order by plan_id, id", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(plans.iter().map(|it| it.0))], goal)
}

pub(super) fn insert_goal(
    tx: &mut Tx,
    plan: CoachingPlanId,
    skill: SkillId,
    level: f64,
    why: &str,
    then: Option<(f64, f64)>,
) -> Result<CoachingGoalId, Error> {
    let now = tx.now();
    let (level_then, sd_then) = (then.map(|it| it.0), then.map(|it| it.1));
    tx.value(
        "insert into coaching_goals (plan_id, skill_id, level, why, level_then, sd_then, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        params![plan, skill, level, why, level_then, sd_then, now],
    )
}

pub(super) fn save_reached(tx: &mut Tx, id: CoachingGoalId, reached: bool) -> Result<(), Error> {
    let at = reached.then_some(tx.now());
    tx.execute("update coaching_goals set reached_at = $1 where id = $2", params![at, id])?;
    if reached { save_learning(tx, id, None) } else { Ok(()) }
}

pub(super) fn save_learning(tx: &mut Tx, id: CoachingGoalId, helper: Option<UserId>) -> Result<(), Error> {
    let since = helper.map(|_| tx.now());
    tx.execute(
        "update coaching_goals set helper_id = $1, learning_since = $2 where id = $3",
        params![helper, since, id],
    )
    .map(|_| ())
}

pub(super) fn delete_goal(tx: &mut Tx, id: CoachingGoalId) -> Result<(), Error> {
    tx.execute("delete from coaching_goals where id = $1", params![id]).map(|_| ())
}

// --- tasks

/// Tasks that one round of reminders takes.
const TASKS_REMINDED_MAX: usize = 1_000;

const TASK: &str =
    "select id, plan_id, kind, text, link, with_id, due_at, created_at, done_at, done_by from coaching_tasks";

fn task(row: &Row<'_>) -> Result<Task, Error> {
    let kind: String = row.get(2)?;
    Ok(Task {
        id: row.get(0)?,
        plan: row.get(1)?,
        kind: TaskKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("{kind:?} is no kind of task")))?,
        text: row.get(3)?,
        link: row.get(4)?,
        with: row.get(5)?,
        due_at: row.get(6)?,
        created_at: row.get(7)?,
        done_at: row.get(8)?,
        done_by: row.get(9)?,
    })
}

pub(super) fn find_task(tx: &mut Tx, id: CoachingTaskId) -> Result<Option<Task>, Error> {
    tx.find(&format!("{TASK} where id = $1"), params![id], task)
}

pub(super) fn list_tasks(tx: &mut Tx, plans: &[CoachingPlanId]) -> Result<Vec<Task>, Error> {
    let sql = format!("{TASK} where plan_id in {} order by plan_id, id", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(plans.iter().map(|it| it.0))], task)
}

pub(super) fn insert_task(
    tx: &mut Tx,
    it: &AddTask,
    text: &str,
    link: &str,
) -> Result<CoachingTaskId, Error> {
    let now = tx.now();
    tx.value(
        "insert into coaching_tasks (plan_id, kind, text, link, with_id, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        params![it.plan, it.kind.name(), text, link, it.with, it.due_at, now],
    )
}

pub(super) fn save_done(tx: &mut Tx, id: CoachingTaskId, done: bool) -> Result<(), Error> {
    let (at, by) = (done.then_some(tx.now()), tx.actor().user().filter(|_| done));
    tx.execute("update coaching_tasks set done_at = $1, done_by = $2 where id = $3", params![at, by, id])
        .map(|_| ())
}

/// Checks that somebody has still to do, in plans that are open.
pub(super) fn list_open_checks_of(tx: &mut Tx, user: UserId) -> Result<Vec<Task>, Error> {
    tx.list(
        &format!(
            "{TASK} where kind = 'check' and done_at is null and plan_id in
               (select id from coaching_plans where user_id = $1 and closed_at is null) order by id"
        ),
        params![user],
        task,
    )
}

pub(super) fn save_passed(tx: &mut Tx, id: CoachingTaskId, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update coaching_tasks set done_at = $1, done_by = $2 where id = $3", params![now, user, id])
        .map(|_| ())
}

/// Not done, due between these moments, in plans that are open, and not reminded of yet.
pub(super) fn list_due_tasks(tx: &mut Tx, since: i64, until: i64) -> Result<Vec<Task>, Error> {
    tx.list(
        &format!(
            "{TASK} where done_at is null and reminded_at is null and due_at >= $1 and due_at < $2 and plan_id in
               (select id from coaching_plans where closed_at is null) order by due_at, id limit $3"
        ),
        params![since, until, TASKS_REMINDED_MAX],
        task,
    )
}

pub(super) fn save_task_reminded(tx: &mut Tx, id: CoachingTaskId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update coaching_tasks set reminded_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn delete_task(tx: &mut Tx, id: CoachingTaskId) -> Result<(), Error> {
    tx.execute("delete from coaching_tasks where id = $1", params![id]).map(|_| ())
}
