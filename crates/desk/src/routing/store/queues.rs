//! Every statement on queues, and what their promises are counted from.

use super::*;
use crate::RoutingQueueId;
use crate::routing::queues::{Facts, Promise, Queue, QueuePolicy, QueueTurn, Run};
use crate::tickets::Status;

const QUEUE: &str = "select id, name, conditions, groups, helpers, turn, weight, share, promise_minutes,
   promise_percent, is_default, hours from queues";

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T, Error> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn text(it: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(it).map_err(|error| Error::Corrupt(error.to_string()))
}

fn queue(row: &Row<'_>) -> Result<Queue, Error> {
    let turn: String = row.get(5)?;
    let (minutes, percent): (Option<i64>, Option<i64>) = (row.get(8)?, row.get(9)?);
    let hours: Option<String> = row.get(11)?;
    Ok(Queue {
        id: row.get(0)?,
        is_default: row.get(10)?,
        policy: QueuePolicy {
            name: row.get(1)?,
            conditions: json(row, 2)?,
            groups: json(row, 3)?,
            helpers: json(row, 4)?,
            turn: QueueTurn::parse(&turn).ok_or_else(|| Error::Corrupt(format!("{turn:?} is no turn")))?,
            weight: row.get(6)?,
            share: row.get(7)?,
            promise: minutes.zip(percent).map(|(minutes, percent)| Promise { minutes, percent }),
            hours: hours
                .map(|it| serde_json::from_str(&it))
                .transpose()
                .map_err(|error: serde_json::Error| Error::Corrupt(error.to_string()))?,
        },
    })
}

/// In their order, the default one last.
pub(in crate::routing) fn list_queues(tx: &mut Tx) -> Result<Vec<Queue>, Error> {
    tx.list(&format!("{QUEUE} order by is_default, position, id"), params![], queue)
}

/// Behind the others.
pub(in crate::routing) fn insert_queue(tx: &mut Tx, it: &QueuePolicy) -> Result<RoutingQueueId, Error> {
    let (conditions, groups, helpers) = (text(&it.conditions)?, text(&it.groups)?, text(&it.helpers)?);
    let (minutes, percent) = (it.promise.map(|it| it.minutes), it.promise.map(|it| it.percent));
    let hours = it.hours.as_ref().map(text).transpose()?;
    tx.value(
        "insert into queues (name, position, conditions, groups, helpers, turn, weight, share, promise_minutes,
           promise_percent, hours)
         values ($1, (select coalesce(max(position), 0) + 1 from queues where is_default = 0), $2, $3, $4, $5, $6, $7,
           $8, $9, $10) returning id",
        params![
            it.name,
            conditions,
            groups,
            helpers,
            it.turn.name(),
            it.weight,
            it.share,
            minutes,
            percent,
            hours
        ],
    )
}

pub(in crate::routing) fn save_queue(
    tx: &mut Tx,
    queue: RoutingQueueId,
    it: &QueuePolicy,
) -> Result<(), Error> {
    let (conditions, groups, helpers) = (text(&it.conditions)?, text(&it.groups)?, text(&it.helpers)?);
    let (minutes, percent) = (it.promise.map(|it| it.minutes), it.promise.map(|it| it.percent));
    let hours = it.hours.as_ref().map(text).transpose()?;
    tx.execute(
        "update queues set name = $1, conditions = $2, groups = $3, helpers = $4, turn = $5, weight = $6, share = $7,
           promise_minutes = $8, promise_percent = $9, hours = $10 where id = $11",
        params![
            it.name,
            conditions,
            groups,
            helpers,
            it.turn.name(),
            it.weight,
            it.share,
            minutes,
            percent,
            hours,
            queue
        ],
    )
    .map(|_| ())
}

pub(in crate::routing) fn save_position(
    tx: &mut Tx,
    queue: RoutingQueueId,
    position: i64,
) -> Result<(), Error> {
    tx.execute("update queues set position = $1 where id = $2", params![position, queue]).map(|_| ())
}

pub(in crate::routing) fn delete_queue(tx: &mut Tx, queue: RoutingQueueId) -> Result<(), Error> {
    tx.execute("delete from queues where id = $1 and is_default = 0", params![queue]).map(|_| ())
}

// --- which tickets stand in them

/// What conditions look at, and what promises are counted from.
#[derive(Clone, Debug)]
pub(in crate::routing) struct InQueue {
    pub ticket: TicketId,
    pub subject: String,
    pub assignee: Option<UserId>,
    pub created_at: i64,
    pub first_reply_at: Option<i64>,
    pub status: Status,
    pub waiting_since: Option<i64>,
    channel: tickets::Channel,
    brand: BrandId,
    tags: String,
    priority: Option<Priority>,
    language: Option<String>,
    group: Option<GroupId>,
}

impl InQueue {
    pub fn facts<'a>(&'a self, skills: &'a [SkillId]) -> Facts<'a> {
        Facts {
            channel: self.channel,
            brand: self.brand,
            tags: &self.tags,
            priority: self.priority,
            language: self.language.as_deref(),
            group: self.group,
            skills,
        }
    }
}

const IN_QUEUE: &str =
    "select t.id, t.subject, t.assignee_id, t.created_at, t.first_reply_at, t.channel, t.brand_id,
   t.tags, t.priority, t.language, t.group_id, t.status, t.waiting_since from tickets t";

fn in_queue(row: &Row<'_>) -> Result<InQueue, Error> {
    Ok(InQueue {
        ticket: row.get(0)?,
        subject: row.get(1)?,
        assignee: row.get(2)?,
        created_at: row.get(3)?,
        first_reply_at: row.get(4)?,
        channel: row.get(5)?,
        brand: row.get(6)?,
        tags: row.get(7)?,
        priority: row.get(8)?,
        language: row.get(9)?,
        group: row.get(10)?,
        status: row.get(11)?,
        waiting_since: row.get(12)?,
    })
}

pub(in crate::routing) fn list_in_queue(tx: &mut Tx, tickets: &[TicketId]) -> Result<Vec<InQueue>, Error> {
    let sql = format!("{IN_QUEUE} where t.id in {} and t.deleted_at is null", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], in_queue)
}

/// Tickets of this person and of nobody that wait for their first answer; of the latter, those that wait longest.
pub(in crate::routing) fn list_unanswered(
    tx: &mut Tx,
    user: UserId,
    count_max: usize,
) -> Result<Vec<InQueue>, Error> {
    let waits = "t.first_reply_at is null and t.waiting_since is not null and t.deleted_at is null";
    let mut all = tx.list(
        &format!("{IN_QUEUE} where t.assignee_id = $1 and t.status < 4 and {waits}"),
        params![user],
        in_queue,
    )?;
    all.extend(tx.list(
        &format!(
            "{IN_QUEUE} where t.status < 2 and t.assignee_id is null and {waits}
             order by coalesce(t.waiting_since, t.created_at), t.id limit $1"
        ),
        params![count_max],
        in_queue,
    )?);
    Ok(all)
}

/// Tickets whose customers wait for their first answer, those that wait longest.
pub(in crate::routing) fn list_waiting_first(tx: &mut Tx, count_max: usize) -> Result<Vec<InQueue>, Error> {
    let sql = format!(
        "{IN_QUEUE} where t.status < 4 and t.waiting_since is not null and t.first_reply_at is null
           and t.deleted_at is null order by t.waiting_since, t.id limit $1"
    );
    tx.list(&sql, params![count_max], in_queue)
}

/// Tickets that came since then, begun by their customers, without those that became part of another; the newest first. A ticket
/// that an agent began has waited for nothing before its customer wrote.
pub(in crate::routing) fn list_came_since(
    tx: &mut Tx,
    since: i64,
    count_max: usize,
) -> Result<Vec<InQueue>, Error> {
    tx.list(
        &format!(
            "{IN_QUEUE} where t.updated_at >= $1 and t.created_at >= $1 and t.deleted_at is null
               and t.merged_into is null and t.requester_updated_at is not null
               and t.submitter_id = t.requester_id
             order by t.created_at desc, t.id desc limit $2"
        ),
        params![since, count_max],
        in_queue,
    )
}

/// What each of these tickets needs.
pub(in crate::routing) fn list_needed_skills(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<SkillId>>, Error> {
    let sql = format!("select ticket_id, skill_id from requirements where ticket_id in {}", tx.numbers_in(1));
    let mut needed: HashMap<TicketId, Vec<SkillId>> = HashMap::new();
    tx.each(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], |row| {
        needed.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(true)
    })?;
    Ok(needed)
}

// --- promises that ran

pub(in crate::routing) fn is_any_promised(tx: &mut Tx) -> Result<bool, Error> {
    let found =
        tx.find("select 1 from queues where promise_minutes is not null limit 1", params![], |_| Ok(()))?;
    Ok(found.is_some())
}

pub(in crate::routing) fn insert_run(tx: &mut Tx, it: &Run) -> Result<(), Error> {
    tx.execute(
        "insert into promise_runs (ticket_id, queue_id, minutes, percent, began_at, due_at, ended_at, answered)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            it.ticket,
            it.queue,
            it.promise.minutes,
            it.promise.percent,
            it.began_at,
            it.due_at,
            it.ended_at,
            i64::from(it.is_answered)
        ],
    )
    .map(|_| ())
}

pub(in crate::routing) fn find_last_run(tx: &mut Tx, ticket: TicketId) -> Result<Option<Run>, Error> {
    tx.find(
        "select ticket_id, queue_id, minutes, percent, began_at, due_at, ended_at, answered from promise_runs
         where ticket_id = $1 order by id desc limit 1",
        params![ticket],
        |row| {
            Ok(Run {
                ticket: row.get(0)?,
                queue: row.get(1)?,
                promise: Promise { minutes: row.get(2)?, percent: row.get(3)? },
                began_at: row.get(4)?,
                due_at: row.get(5)?,
                ended_at: row.get(6)?,
                is_answered: row.get::<i64>(7)? == 1,
            })
        },
    )
}

/// By queue, of what ended since then: kept, and broken. What was solved in time without an answer is neither.
pub(in crate::routing) fn count_ended(
    tx: &mut Tx,
    since: i64,
) -> Result<Vec<(RoutingQueueId, i64, i64)>, Error> {
    tx.list(
        "select queue_id,
           cast(sum(case when ended_at <= due_at then answered else 0 end) as bigint),
           cast(sum(case when ended_at <= due_at then 0 else 1 end) as bigint)
         from promise_runs where ended_at >= $1 group by queue_id",
        params![since],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}
