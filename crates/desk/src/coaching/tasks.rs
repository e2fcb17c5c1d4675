//! What is done for a plan: practice, sitting beside somebody, a buddy, an article, a check.

use super::error::{link_of, text_of};
use super::plans::{agent, changed, to_coach, to_join};
use super::{CoachingError, TASKS_PER_PLAN_MAX, Task, TaskKind, store};
use crate::{CoachingPlanId, CoachingTaskId, Tx, UserId};

#[derive(Clone, Debug)]
pub struct AddTask {
    pub plan: CoachingPlanId,
    pub kind: TaskKind,
    pub text: String,
    pub link: String,
    pub with: Option<UserId>,
    pub due_at: Option<i64>,
}

pub fn add_task(tx: &mut Tx, command: &AddTask) -> Result<CoachingTaskId, CoachingError> {
    let plan = to_coach(tx, command.plan)?;
    let text = text_of(&command.text)?;
    let link = link_of(&command.link)?;
    if let Some(with) = command.with {
        agent(tx, with)?;
    }
    if store::list_tasks(tx, &[plan.id])?.len() >= TASKS_PER_PLAN_MAX {
        return Err(CoachingError::TooManyTasks);
    }
    let task = store::insert_task(tx, command, text, link)?;
    changed(tx, &plan)?;
    Ok(task)
}

/// Done, or not after all; by the person themself or who coaches them.
pub fn finish_task(tx: &mut Tx, task: CoachingTaskId, done: bool) -> Result<Task, CoachingError> {
    let task = store::find_task(tx, task)?.ok_or(CoachingError::NoSuchTask)?;
    let plan = to_join(tx, task.plan)?;
    if task.done_at.is_some() != done {
        store::save_done(tx, task.id, done)?;
        changed(tx, &plan)?;
    }
    store::find_task(tx, task.id)?.ok_or(CoachingError::NoSuchTask)
}

pub fn drop_task(tx: &mut Tx, task: CoachingTaskId) -> Result<CoachingPlanId, CoachingError> {
    let task = store::find_task(tx, task)?.ok_or(CoachingError::NoSuchTask)?;
    let plan = to_coach(tx, task.plan)?;
    store::delete_task(tx, task.id)?;
    changed(tx, &plan)?;
    Ok(plan.id)
}
