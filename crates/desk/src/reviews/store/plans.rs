//! Every statement on assignments and calibrations, and what planning reads of tickets and people.

use super::super::assign::{Assignment, Reviewable};
use super::super::calibrate::Calibration;
use super::super::*;
use crate::tickets::json_numbers;
use crate::{ReviewAssignmentId, Tx};
use db::{Error, Row, params};
use std::collections::{HashMap, HashSet};

/// Conversations that planning looks at, the latest first.
const REVIEWABLE_MAX: usize = 20_000;

const ASSIGNMENT: &str = "select id, week, reviewer_id, user_id, ticket_id, skill_id, sd_levels, review_id
    from review_assignments";

fn assignment(row: &Row<'_>) -> Result<Assignment, Error> {
    Ok(Assignment {
        id: row.get(0)?,
        week: row.get(1)?,
        reviewer: row.get(2)?,
        user: row.get(3)?,
        ticket: row.get(4)?,
        skill: row.get(5)?,
        sd_levels: row.get(6)?,
        review: row.get(7)?,
    })
}

/// False if this work was assigned before.
pub(in crate::reviews) fn insert_assignment(
    tx: &mut Tx,
    week: i64,
    reviewer: UserId,
    work: Reviewable,
    skill: SkillId,
    sd_levels: f64,
) -> Result<bool, Error> {
    let now = tx.now();
    let inserted = tx.execute(
        "insert into review_assignments (week, reviewer_id, user_id, ticket_id, skill_id, sd_levels, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        params![week, reviewer, work.user, work.ticket, skill, sd_levels, now],
    )?;
    Ok(inserted == 1)
}

pub(in crate::reviews) fn find_assignment(
    tx: &mut Tx,
    id: ReviewAssignmentId,
) -> Result<Option<Assignment>, Error> {
    tx.find(&format!("{ASSIGNMENT} where id = $1"), params![id], assignment)
}

/// Not skipped and not finished, the oldest first; of everybody with `None`.
pub(in crate::reviews) fn list_assignments(
    tx: &mut Tx,
    reviewer: Option<UserId>,
    since_week: i64,
) -> Result<Vec<Assignment>, Error> {
    let reviewer = reviewer.map_or(0, |it| it.0);
    tx.list(
        &format!(
            "{ASSIGNMENT} where week >= $1 and skipped_at is null and (cast($2 as bigint) = 0 or reviewer_id = $2)
               and not exists (select 1 from reviews r where r.id = review_assignments.review_id
                 and r.finished_at is not null) order by week, id"
        ),
        params![since_week, reviewer],
        assignment,
    )
}

/// How many of this week's each reviewer has, finished ones too.
pub(in crate::reviews) fn count_assignments(tx: &mut Tx, week: i64) -> Result<HashMap<UserId, i64>, Error> {
    let rows = tx.list(
        "select reviewer_id, cast(count(*) as bigint) from review_assignments where week = $1 and skipped_at is null
         group by reviewer_id",
        params![week],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

pub(in crate::reviews) fn save_skipped(tx: &mut Tx, id: ReviewAssignmentId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update review_assignments set skipped_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::reviews) fn save_assignment_begun(
    tx: &mut Tx,
    ticket: TicketId,
    user: UserId,
    review: ReviewId,
) -> Result<(), Error> {
    tx.execute(
        "update review_assignments set review_id = $1
         where ticket_id = $2 and user_id = $3 and review_id is null
           and reviewer_id = (select reviewer_id from reviews where id = $1)",
        params![review, ticket, user],
    )
    .map(|_| ())
}

/// Solved since then, with who answered it in public, unless it was reviewed or assigned before.
pub(in crate::reviews) fn list_reviewable(tx: &mut Tx, since: i64) -> Result<Vec<Reviewable>, Error> {
    tx.list(
        "select t.id, t.assignee_id, t.solved_at, t.replies from tickets t
         join users u on u.id = t.assignee_id and u.role in ('agent', 'lead', 'admin') and u.suspended_at is null
           and u.deleted_at is null
         where t.updated_at >= $1 and t.solved_at >= $1 and t.status >= 4 and t.deleted_at is null and t.replies > 0
           and not exists (select 1 from reviews r where r.ticket_id = t.id and r.user_id = t.assignee_id)
           and not exists (select 1 from review_assignments a where a.ticket_id = t.id and a.user_id = t.assignee_id)
           and exists (select 1 from comments c where c.ticket_id = t.id and c.author_id = t.assignee_id and c.public = 1)
         order by t.solved_at desc, t.id desc limit $2",
        params![since, REVIEWABLE_MAX],
        |row| {
            Ok(Reviewable { ticket: row.get(0)?, user: row.get(1)?, solved_at: row.get(2)?, answers: row.get(3)? })
        },
    )
}

pub(in crate::reviews) fn list_needing(
    tx: &mut Tx,
    tickets: &[TicketId],
    skill: SkillId,
) -> Result<HashSet<TicketId>, Error> {
    let sql = format!(
        "select ticket_id from requirements where skill_id = $1 and ticket_id in {}",
        tx.numbers_in(2)
    );
    let rows =
        tx.list(&sql, params![skill, json_numbers(tickets.iter().map(|id| id.0))], |row| row.get(0))?;
    Ok(rows.into_iter().collect())
}

/// Active agents by name.
pub(in crate::reviews) fn list_people(tx: &mut Tx) -> Result<Vec<(UserId, String)>, Error> {
    tx.list(
        "select id, name from users where role in ('agent', 'lead', 'admin') and suspended_at is null
           and deleted_at is null order by name, id",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Active leads, and those of the named who are active. Admins review only when they are named or there is no lead.
pub(in crate::reviews) fn list_reviewers(tx: &mut Tx, named: &[UserId]) -> Result<Vec<UserId>, Error> {
    let sql = format!(
        "select id from users where suspended_at is null and deleted_at is null and role <> 'end-user'
           and (role = 'lead' or id in {} or (role = 'admin' and not exists (select 1 from users l
             where l.role = 'lead' and l.suspended_at is null and l.deleted_at is null))) order by id",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(named.iter().map(|id| id.0))], |row| row.get(0))
}

const CALIBRATION: &str =
    "select id, ticket_id, user_id, version_id, created_by, created_at, closed_at from calibrations";

fn calibration(row: &Row<'_>) -> Result<Calibration, Error> {
    Ok(Calibration {
        id: row.get(0)?,
        ticket: row.get(1)?,
        user: row.get(2)?,
        version_id: row.get(3)?,
        created_by: row.get(4)?,
        created_at: row.get(5)?,
        closed_at: row.get(6)?,
    })
}

pub(in crate::reviews) fn insert_calibration(
    tx: &mut Tx,
    ticket: TicketId,
    user: UserId,
    version_id: i64,
) -> Result<CalibrationId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.one(
        "insert into calibrations (ticket_id, user_id, version_id, created_by, created_at)
         values ($1, $2, $3, $4, $5) returning id",
        params![ticket, user, version_id, by, now],
        |row| row.get(0),
    )
}

pub(in crate::reviews) fn find_calibration(
    tx: &mut Tx,
    id: CalibrationId,
) -> Result<Option<Calibration>, Error> {
    tx.find(&format!("{CALIBRATION} where id = $1"), params![id], calibration)
}

/// The open ones first, then the newest.
pub(in crate::reviews) fn list_calibrations(tx: &mut Tx, count: usize) -> Result<Vec<Calibration>, Error> {
    tx.list(
        &format!(
            "{CALIBRATION} order by case when closed_at is null then 0 else 1 end, created_at desc, id desc limit $1"
        ),
        params![count],
        calibration,
    )
}

pub(in crate::reviews) fn save_closed(tx: &mut Tx, id: CalibrationId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update calibrations set closed_at = $1 where id = $2", params![now, id]).map(|_| ())
}
