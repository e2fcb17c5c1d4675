//! Every statement of the floor: the history it reads, and its runs.

use super::runs::{Run, RunKind};
use super::turns::{Assigned, Said, TicketRow};
use super::{DAY_MS, TICKETS_MAX};
use crate::events::Event;
use crate::{FloorRunId, GroupId, SkillId, TicketId, Tx, UserId};
use db::{Error, Row, params};

/// The newest tickets in which anything happened since then. A ticket that was merged away lives in another.
const TOUCHED: &str = "select id, created_at, solved_at, assignee_id, group_id, priority, anger, channel, brand_id, tags, language from tickets
   where updated_at >= $1 and deleted_at is null and merged_into is null order by updated_at desc limit $2";

pub(super) fn list_tickets(tx: &mut Tx, since: i64) -> Result<Vec<TicketRow>, Error> {
    tx.list(
        &format!(
            "select t.id, t.created_at, t.solved_at, t.assignee_id, t.group_id, t.priority, t.anger, t.channel, t.brand_id,
               t.tags, t.language from ({TOUCHED}) as t order by t.id"
        ),
        params![since, TICKETS_MAX],
        |row| {
            Ok(TicketRow {
                id: row.get(0)?,
                created_at: row.get(1)?,
                solved_at: row.get(2)?,
                assignee: row.get(3)?,
                group: row.get(4)?,
                priority: row.get(5)?,
                anger: row.get(6)?,
                channel: row.get(7)?,
                brand: row.get(8)?,
                tags: row.get(9)?,
                language: row.get(10)?,
            })
        },
    )
}

/// What was said in public on those tickets, ticket by ticket, in order. What the desk says by itself answers nobody.
pub(super) fn list_said(tx: &mut Tx, since: i64) -> Result<Vec<Said>, Error> {
    tx.list(
        &format!(
            "select c.ticket_id, c.author_id, c.created_at from ({TOUCHED}) as t join comments c on c.ticket_id = t.id
             where c.public = 1 and c.author_id >= 0 order by c.ticket_id, c.id"
        ),
        params![since, TICKETS_MAX],
        |row| Ok(Said { ticket: row.get(0)?, author: row.get(1)?, at: row.get(2)? }),
    )
}

/// Who was given those tickets, ticket by ticket, in order.
pub(super) fn list_assigned(tx: &mut Tx, since: i64) -> Result<Vec<Assigned>, Error> {
    let rows: Vec<(TicketId, i64, String)> = tx.list(
        &format!(
            "select e.subject_id, e.at, e.facts from ({TOUCHED}) as t
             join events e on e.subject = 'ticket' and e.subject_id = t.id
             where e.kind = 'ticket_assigned' order by e.subject_id, e.id"
        ),
        params![since, TICKETS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(ticket, at, facts)| match serde_json::from_str(&facts) {
            Ok(Event::TicketAssigned { to, .. }) => Ok(Assigned { ticket, at, to }),
            Ok(_) => Err(Error::Corrupt(format!("{facts} gives no ticket to anybody"))),
            Err(error) => Err(Error::Corrupt(error.to_string())),
        })
        .collect()
}

/// A ticket's group at a moment: what it was, and what it became.
pub(super) struct GroupChange {
    pub ticket: TicketId,
    pub change: (i64, Option<GroupId>, Option<GroupId>),
}

/// How the groups of those tickets changed, ticket by ticket, in order.
pub(super) fn list_group_changes(tx: &mut Tx, since: i64) -> Result<Vec<GroupChange>, Error> {
    let rows: Vec<(TicketId, i64, String)> = tx.list(
        &format!(
            "select e.subject_id, e.at, e.facts from ({TOUCHED}) as t
             join events e on e.subject = 'ticket' and e.subject_id = t.id
             where e.kind = 'group_set' order by e.subject_id, e.id"
        ),
        params![since, TICKETS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(ticket, at, facts)| match serde_json::from_str(&facts) {
            Ok(Event::GroupSet { from, to, .. }) => Ok(GroupChange { ticket, change: (at, from, to) }),
            Ok(_) => Err(Error::Corrupt(format!("{facts} sets no group"))),
            Err(error) => Err(Error::Corrupt(error.to_string())),
        })
        .collect()
}

/// Who belongs to which group.
pub(super) fn list_members(tx: &mut Tx) -> Result<Vec<(UserId, GroupId)>, Error> {
    tx.list("select user_id, group_id from memberships order by group_id, user_id", params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// One skill that one ticket needs.
#[derive(Clone, Debug)]
pub(super) struct NeedRow {
    pub ticket: TicketId,
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub must: bool,
    /// Asked for by a rule, not by a person.
    pub by_rule: bool,
}

pub(super) fn list_needs(tx: &mut Tx, since: i64) -> Result<Vec<NeedRow>, Error> {
    tx.list(
        &format!(
            "select q.ticket_id, q.skill_id, q.level, q.weight, q.hardness, q.source from ({TOUCHED}) as t
             join requirements q on q.ticket_id = t.id order by q.ticket_id, q.skill_id"
        ),
        params![since, TICKETS_MAX],
        |row| {
            let (hardness, source): (String, String) = (row.get(4)?, row.get(5)?);
            Ok(NeedRow {
                ticket: row.get(0)?,
                skill: row.get(1)?,
                level: row.get(2)?,
                weight: row.get(3)?,
                must: hardness == "must",
                by_rule: source == "rule",
            })
        },
    )
}

/// Whether those tickets stayed solved, by the evidence that counts; several people may have had a hand in one.
pub(super) fn list_outcomes(tx: &mut Tx, since: i64) -> Result<Vec<(TicketId, bool)>, Error> {
    tx.list(
        &format!(
            "select v.ticket_id, min(v.value) from ({TOUCHED}) as t join evidence v on v.ticket_id = t.id
             where v.kind = 'outcome' group by v.ticket_id order by v.ticket_id"
        ),
        params![since, TICKETS_MAX],
        |row| Ok((row.get(0)?, row.get::<f64>(1)? > 0.5)),
    )
}

/// Everybody who answers or ever did: id, name, whether they are here no more.
pub(super) fn list_staff(tx: &mut Tx) -> Result<Vec<(UserId, String, bool)>, Error> {
    tx.list(
        "select id, name, case when deleted_at is null and suspended_at is null and role <> 'light-agent' then 0 else 1 end
         from users where role <> 'end-user' order by lower(name), id",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get::<i64>(2)? == 1)),
    )
}

pub(super) fn list_capacities(tx: &mut Tx) -> Result<Vec<(UserId, i64)>, Error> {
    tx.list("select user_id, limit_count from capacities order by user_id, channel", params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

// --- runs

const RUN: &str =
    "r.id, r.kind, r.question, u.name, r.asked_at, r.started_at, r.finished_at, r.failed, r.done, r.result
   from floor_runs r left join users u on u.id = r.asked_by";
/// Runs that are remembered.
const RUNS_KEPT: i64 = 500;

fn run(row: &Row<'_>) -> Result<Run, Error> {
    let (kind, question): (String, String) = (row.get(1)?, row.get(2)?);
    let result: Option<String> = row.get(9)?;
    let wrong = |error: serde_json::Error| Error::Corrupt(error.to_string());
    Ok(Run {
        id: row.get(0)?,
        kind: RunKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("{kind} is no kind of run")))?,
        question: serde_json::from_str(&question).map_err(wrong)?,
        asked_by_name: row.get(3)?,
        asked_at: row.get(4)?,
        started_at: row.get(5)?,
        finished_at: row.get(6)?,
        failed: row.get(7)?,
        done: row.get(8)?,
        result: result.map(|it| serde_json::from_str(&it).map_err(wrong)).transpose()?,
    })
}

pub(super) fn insert_run(
    tx: &mut Tx,
    kind: RunKind,
    question: &str,
    asked_by: Option<UserId>,
) -> Result<FloorRunId, Error> {
    let now = tx.now();
    let id: FloorRunId = tx.one(
        "insert into floor_runs (kind, question, asked_by, asked_at, done) values ($1, $2, $3, $4, 0.0) returning id",
        params![kind.as_str(), question, asked_by, now],
        |row| row.get(0),
    )?;
    tx.execute(
        "delete from floor_runs where id <= $1 and finished_at is not null",
        params![id.0 - RUNS_KEPT],
    )?;
    Ok(id)
}

pub(super) fn find_run(tx: &mut Tx, id: FloorRunId) -> Result<Option<Run>, Error> {
    tx.find(&format!("select {RUN} where r.id = $1"), params![id], run)
}

/// The newest first.
pub(super) fn list_runs(tx: &mut Tx, kind: RunKind, count_max: usize) -> Result<Vec<Run>, Error> {
    tx.list(
        &format!("select {RUN} where r.kind = $1 order by r.id desc limit $2"),
        params![kind.as_str(), count_max],
        run,
    )
}

/// The newest of a kind that ended well.
pub(super) fn last_done(tx: &mut Tx, kind: RunKind) -> Result<Option<Run>, Error> {
    tx.find(
        &format!("select {RUN} where r.kind = $1 and r.finished_at is not null and r.failed is null order by r.id desc limit 1"),
        params![kind.as_str()],
        run,
    )
}

pub(super) fn count_waiting(tx: &mut Tx, since: i64) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from floor_runs where finished_at is null and asked_at > $1",
        params![since],
    )
}

pub(super) fn save_started(tx: &mut Tx, id: FloorRunId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update floor_runs set started_at = $1, done = 0.0 where id = $2", params![now, id])
        .map(|_| ())
}

pub(super) fn save_progress(tx: &mut Tx, id: FloorRunId, done: f64) -> Result<(), Error> {
    tx.execute("update floor_runs set done = $1 where id = $2", params![done, id]).map(|_| ())
}

pub(super) fn save_done(tx: &mut Tx, id: FloorRunId, result: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update floor_runs set finished_at = $1, done = 1.0, failed = null, result = $2 where id = $3",
        params![now, result, id],
    )
    .map(|_| ())
}

pub(super) fn save_failed(tx: &mut Tx, id: FloorRunId, words: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update floor_runs set finished_at = $1, failed = $2 where id = $3", params![now, words, id])
        .map(|_| ())
}

// --- wallboard

/// What waits and has nobody: ticket, since when, in which group; the longest first.
pub(super) fn list_waiting(
    tx: &mut Tx,
    count_max: usize,
) -> Result<Vec<(TicketId, i64, Option<String>)>, Error> {
    tx.list(
        "select t.id, coalesce(t.waiting_since, t.created_at), g.name from tickets t
         left join groups g on g.id = t.group_id
         where t.status < 2 and t.assignee_id is null and t.deleted_at is null
         order by coalesce(t.waiting_since, t.created_at), t.id limit $1",
        params![count_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Who waits longest for an answer although somebody has it: ticket, since when, whose.
pub(super) fn list_unanswered(tx: &mut Tx, count_max: usize) -> Result<Vec<(TicketId, i64, String)>, Error> {
    tx.list(
        "select t.id, t.waiting_since, u.name from tickets t join users u on u.id = t.assignee_id
         where t.status < 2 and t.waiting_since is not null and t.deleted_at is null
         order by t.waiting_since, t.id limit $1",
        params![count_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Since then: tickets that came, first answers, tickets solved.
pub(super) fn count_since(tx: &mut Tx, since: i64) -> Result<[i64; 3], Error> {
    let count = |tx: &mut Tx, column: &str| {
        tx.value(
            &format!("select cast(count(*) as bigint) from tickets where updated_at >= $1 and {column} >= $1 and deleted_at is null"),
            params![since],
        )
    };
    Ok([count(tx, "created_at")?, count(tx, "first_reply_at")?, count(tx, "solved_at")?])
}

/// Days of which there is any history at all, in milliseconds.
pub(super) fn first_ticket_at(tx: &mut Tx, since: i64) -> Result<i64, Error> {
    let now = tx.now();
    let found: Option<i64> = tx.find(
        "select min(created_at) from tickets where updated_at >= $1 and created_at >= $1 and deleted_at is null",
        params![since],
        |row| row.get::<Option<i64>>(0),
    )?
    .flatten();
    Ok(found.unwrap_or(now - DAY_MS))
}
