//! Every statement on plans, goals, tasks, talks, notes and tickets to learn on; on moments and outcomes beside.

mod moments;

pub(super) use moments::*;

use super::learning::{Learner, LearningGiven};
use super::tasks::AddTask;
use super::*;
use crate::Tx;
use crate::tickets::json_numbers;
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

// --- talks and notes

const SESSION: &str =
    "select id, plan_id, at, created_by, created_at, held_at, told_at from coaching_sessions";

fn session(row: &Row<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: row.get(0)?,
        plan: row.get(1)?,
        at: row.get(2)?,
        created_by: row.get(3)?,
        created_at: row.get(4)?,
        held_at: row.get(5)?,
        told_at: row.get(6)?,
    })
}

pub(super) fn find_session(tx: &mut Tx, id: CoachingSessionId) -> Result<Option<Session>, Error> {
    tx.find(&format!("{SESSION} where id = $1"), params![id], session)
}

/// The newest first.
pub(super) fn list_sessions(tx: &mut Tx, plan: CoachingPlanId) -> Result<Vec<Session>, Error> {
    tx.list(&format!("{SESSION} where plan_id = $1 order by at desc, id desc"), params![plan], session)
}

/// The next talk of each plan that was not held yet.
pub(super) fn list_next_sessions(
    tx: &mut Tx,
    plans: &[CoachingPlanId],
) -> Result<Vec<(CoachingPlanId, i64)>, Error> {
    let sql = format!(
        "select plan_id, min(at) from coaching_sessions where held_at is null and plan_id in {} group by plan_id",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(plans.iter().map(|it| it.0))], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn insert_session(tx: &mut Tx, plan: CoachingPlanId, at: i64) -> Result<CoachingSessionId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.value(
        "insert into coaching_sessions (plan_id, at, created_by, created_at) values ($1, $2, $3, $4) returning id",
        params![plan, at, by, now],
    )
}

pub(super) fn save_held(tx: &mut Tx, id: CoachingSessionId, held: bool) -> Result<(), Error> {
    let at = held.then_some(tx.now());
    tx.execute("update coaching_sessions set held_at = $1 where id = $2", params![at, id]).map(|_| ())
}

pub(super) fn save_told(tx: &mut Tx, id: CoachingSessionId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update coaching_sessions set told_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn delete_session(tx: &mut Tx, id: CoachingSessionId) -> Result<(), Error> {
    tx.execute("update coaching_notes set session_id = null where session_id = $1", params![id])?;
    tx.execute("delete from coaching_sessions where id = $1", params![id]).map(|_| ())
}

const NOTE: &str =
    "select id, plan_id, session_id, author_id, shared, text, created_at, updated_at from coaching_notes";

fn note(row: &Row<'_>) -> Result<Note, Error> {
    Ok(Note {
        id: row.get(0)?,
        plan: row.get(1)?,
        session: row.get(2)?,
        author: row.get(3)?,
        shared: row.get(4)?,
        text: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}

pub(super) fn find_note(tx: &mut Tx, id: CoachingNoteId) -> Result<Option<Note>, Error> {
    tx.find(&format!("{NOTE} where id = $1"), params![id], note)
}

/// What this reader may read: what is shared, and their own.
pub(super) fn list_notes(
    tx: &mut Tx,
    plan: CoachingPlanId,
    reader: Option<UserId>,
) -> Result<Vec<Note>, Error> {
    let sql = format!("{NOTE} where plan_id = $1 and (shared = 1 or author_id = $2) order by id");
    tx.list(&sql, params![plan, reader.unwrap_or(UserId(0))], note)
}

pub(super) fn count_notes(tx: &mut Tx, plan: CoachingPlanId) -> Result<i64, Error> {
    tx.value("select count(*) from coaching_notes where plan_id = $1", params![plan])
}

pub(super) fn insert_note(
    tx: &mut Tx,
    plan: &Plan,
    session: Option<CoachingSessionId>,
    author: UserId,
    text: &str,
    shared: bool,
) -> Result<CoachingNoteId, Error> {
    let now = tx.now();
    tx.value(
        "insert into coaching_notes (plan_id, session_id, author_id, shared, text, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) returning id",
        params![plan.id, session, author, i64::from(shared), text, now],
    )
}

pub(super) fn save_note(tx: &mut Tx, id: CoachingNoteId, text: &str, shared: bool) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update coaching_notes set text = $1, shared = $2, updated_at = $3 where id = $4",
        params![text, i64::from(shared), now, id],
    )
    .map(|_| ())
}

pub(super) fn delete_note(tx: &mut Tx, id: CoachingNoteId) -> Result<(), Error> {
    tx.execute("delete from coaching_notes where id = $1", params![id]).map(|_| ())
}

// --- tickets to learn on

pub(super) fn list_learners(tx: &mut Tx) -> Result<Vec<Learner>, Error> {
    tx.list(
        "select g.id, p.user_id, g.skill_id, g.helper_id
         from coaching_goals g join coaching_plans p on p.id = g.plan_id
           join presences h on h.user_id = g.helper_id and h.status <> 'offline'
         where g.learning_since is not null and g.reached_at is null and p.closed_at is null order by g.id",
        params![],
        |row| Ok(Learner { goal: row.get(0)?, user: row.get(1)?, skill: row.get(2)?, helper: row.get(3)? }),
    )
}

pub(super) fn save_given(tx: &mut Tx, ticket: TicketId, it: Learner) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into learning_assignments (ticket_id, goal_id, user_id, helper_id, given_at) values ($1, $2, $3, $4, $5)
         on conflict (ticket_id) do update set goal_id = excluded.goal_id, user_id = excluded.user_id,
           helper_id = excluded.helper_id, given_at = excluded.given_at",
        params![ticket, it.goal, it.user, it.helper, now],
    )
    .map(|_| ())
}

/// Only while the learner has the ticket.
pub(super) fn find_given(tx: &mut Tx, ticket: TicketId) -> Result<Option<LearningGiven>, Error> {
    let sql = format!(
        "select a.goal_id, a.user_id, s.id, {}, a.helper_id, u.name, a.given_at
         from learning_assignments a join tickets t on t.id = a.ticket_id and t.assignee_id = a.user_id
           join coaching_goals g on g.id = a.goal_id join skills s on s.id = g.skill_id
           join users u on u.id = a.helper_id
         where a.ticket_id = $1",
        crate::skills::store::name_column(tx)
    );
    tx.find(&sql, params![ticket], |row| {
        Ok(LearningGiven {
            goal: row.get(0)?,
            user: row.get(1)?,
            skill: row.get(2)?,
            skill_name: row.get(3)?,
            helper: row.get(4)?,
            helper_name: row.get(5)?,
            given_at: row.get(6)?,
        })
    })
}

pub(super) fn count_given(tx: &mut Tx, goal: CoachingGoalId) -> Result<i64, Error> {
    tx.value("select count(*) from learning_assignments where goal_id = $1", params![goal])
}

/// Tickets given for these goals, the newest first.
pub(super) fn list_given(
    tx: &mut Tx,
    goals: &[CoachingGoalId],
    count: usize,
) -> Result<Vec<(CoachingGoalId, TicketId, String, i64)>, Error> {
    let sql = format!(
        "select a.goal_id, a.ticket_id, t.subject, a.given_at from learning_assignments a
         join tickets t on t.id = a.ticket_id where a.goal_id in {} order by a.given_at desc, a.ticket_id desc limit $2",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(goals.iter().map(|it| it.0)), count], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })
}
