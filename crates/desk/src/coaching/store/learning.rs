//! `learning_assignments`: tickets that were given to learn on.

use super::super::learning::{Learner, LearningGiven};
use super::super::*;
use crate::Tx;
use crate::tickets::json_numbers;
use db::{Error, params};

pub(in crate::coaching) fn list_learners(tx: &mut Tx) -> Result<Vec<Learner>, Error> {
    tx.list(
        "select g.id, p.user_id, g.skill_id, g.helper_id
         from coaching_goals g join coaching_plans p on p.id = g.plan_id
           join presences h on h.user_id = g.helper_id and h.status <> 'offline'
         where g.learning_since is not null and g.reached_at is null and p.closed_at is null order by g.id",
        params![],
        |row| Ok(Learner { goal: row.get(0)?, user: row.get(1)?, skill: row.get(2)?, helper: row.get(3)? }),
    )
}

pub(in crate::coaching) fn save_given(tx: &mut Tx, ticket: TicketId, it: Learner) -> Result<(), Error> {
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
pub(in crate::coaching) fn find_given(tx: &mut Tx, ticket: TicketId) -> Result<Option<LearningGiven>, Error> {
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

pub(in crate::coaching) fn count_given(tx: &mut Tx, goal: CoachingGoalId) -> Result<i64, Error> {
    tx.value("select count(*) from learning_assignments where goal_id = $1", params![goal])
}

/// Tickets given for these goals, the newest first.
pub(in crate::coaching) fn list_given(
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
