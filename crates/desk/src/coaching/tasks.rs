//! What is done for a plan: practice, sitting beside somebody, a buddy, an article, a check.

use super::error::{link_of, text_of};
use super::plans::{agent, changed, to_coach, to_join};
use super::{CoachingError, TASKS_PER_PLAN_MAX, Task, TaskKind, store};
use crate::skills::INDEPENDENT_LEVEL;
use crate::{CheckId, CheckResultId, CoachingPlanId, CoachingTaskId, Tx, UserId, assessments};

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

/// A job, when somebody has finished a skill check: tasks of theirs that ask for this check are done if its answers say the
/// level of the plan's goal in its skill, or that of somebody independent where the plan has none.
pub(crate) fn tick_checks(tx: &mut Tx, result: CheckResultId) -> Result<(), CoachingError> {
    let Some(taken) = assessments::find_result(tx, result)? else { return Ok(()) };
    let Some(level) = taken.level else { return Ok(()) };
    let (user, check, skill) = (taken.user, taken.check, taken.skill);
    for task in store::list_open_checks_of(tx, user)? {
        let wanted = store::list_goals(tx, &[task.plan])?.into_iter().find(|it| it.skill == skill);
        let least = wanted.map_or(INDEPENDENT_LEVEL, |it| it.level);
        if !asks_for(&task.link, check) || level < least {
            continue;
        }
        store::save_passed(tx, task.id, user)?;
        if let Some(plan) = store::find_plan(tx, task.plan)? {
            changed(tx, &plan)?;
        }
    }
    Ok(())
}

/// `/assessments/checks/7`, with or without the desk's address before it.
fn asks_for(link: &str, check: CheckId) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').ends_with(&format!("/assessments/checks/{check}"))
}

pub fn drop_task(tx: &mut Tx, task: CoachingTaskId) -> Result<CoachingPlanId, CoachingError> {
    let task = store::find_task(tx, task)?.ok_or(CoachingError::NoSuchTask)?;
    let plan = to_coach(tx, task.plan)?;
    store::delete_task(tx, task.id)?;
    changed(tx, &plan)?;
    Ok(plan.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_check_is_told_from_one_to_another() {
        let check = CheckId(7);
        for link in
            ["/assessments/checks/7", "https://desk.example/assessments/checks/7/", "/assessments/checks/7#q"]
        {
            assert!(asks_for(link, check), "{link}");
        }
        for link in ["/assessments/checks/77", "/assessments/checks/7/edit", "/tickets/7", ""] {
            assert!(!asks_for(link, check), "{link}");
        }
    }
}
