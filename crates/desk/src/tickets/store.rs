//! Every statement on tickets and comments.

use super::*;
use db::{Error, Row, params};

const TICKET: &str = "id, subject, status, priority, type, requester_id, submitter_id, assignee_id, group_id, organization_id,
    brand_id, channel, tags, snippet, language, urgency, anger, external_id, problem_id, followup_source_id, merged_into,
    due_at, created_at, updated_at, assigned_at, first_reply_at, requester_updated_at, solved_at, closed_at, waiting_since,
    last_comment_id, comment_count, replies, reopens, assignee_stations, group_stations, version";

fn ticket(row: &Row<'_>) -> Result<Ticket, Error> {
    Ok(Ticket {
        id: row.get(0)?,
        subject: row.get(1)?,
        status: row.get(2)?,
        priority: row.get(3)?,
        kind: row.get(4)?,
        requester: row.get(5)?,
        submitter: row.get(6)?,
        assignee: row.get(7)?,
        group: row.get(8)?,
        organization: row.get(9)?,
        brand: row.get(10)?,
        channel: row.get(11)?,
        tags: Tags::from_stored(&row.get::<String>(12)?),
        snippet: row.get(13)?,
        language: row.get(14)?,
        urgency: row.get(15)?,
        anger: row.get(16)?,
        external_id: row.get(17)?,
        problem: row.get(18)?,
        followup_source: row.get(19)?,
        merged_into: row.get(20)?,
        due_at: row.get(21)?,
        created_at: row.get(22)?,
        updated_at: row.get(23)?,
        assigned_at: row.get(24)?,
        first_reply_at: row.get(25)?,
        requester_updated_at: row.get(26)?,
        solved_at: row.get(27)?,
        closed_at: row.get(28)?,
        waiting_since: row.get(29)?,
        last_comment: row.get(30)?,
        comment_count: row.get(31)?,
        replies: row.get(32)?,
        reopens: row.get(33)?,
        assignee_stations: row.get(34)?,
        group_stations: row.get(35)?,
        version: row.get(36)?,
    })
}

pub fn find_ticket(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, Error> {
    tx.find(
        &format!("select {TICKET} from tickets where id = $1 and deleted_at is null"),
        params![id],
        ticket,
    )
}

/// The tickets with these ids that exist, in the order of the ids.
pub fn list_tickets_by_ids(tx: &mut Tx, ids: &[TicketId]) -> Result<Vec<Ticket>, Error> {
    let sql = format!("select {TICKET} from tickets where id in {} and deleted_at is null", tx.numbers_in(1));
    let json = json_numbers(ids.iter().map(|id| id.0));
    let mut found = tx.list(&sql, params![json], ticket)?;
    let order: std::collections::HashMap<TicketId, usize> =
        ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    found.sort_by_key(|ticket| order.get(&ticket.id).copied());
    Ok(found)
}

pub(super) fn list_tickets(tx: &mut Tx, rest: &str, values: &[db::Param<'_>]) -> Result<Vec<Ticket>, Error> {
    tx.list(&format!("select {TICKET} from tickets {rest}"), values, ticket)
}

pub(crate) fn json_numbers(numbers: impl IntoIterator<Item = i64>) -> String {
    let joined: Vec<String> = numbers.into_iter().map(|n| n.to_string()).collect();
    format!("[{}]", joined.join(","))
}

/// What a new ticket starts with; the rest follows from its comments.
pub(super) fn insert_ticket(tx: &mut Tx, it: &Ticket) -> Result<TicketId, Error> {
    tx.insert(
        "insert into tickets (subject, status, priority, type, requester_id, submitter_id, assignee_id, group_id,
           organization_id, brand_id, channel, tags, snippet, external_id, problem_id, followup_source_id, due_at,
           created_at, updated_at, assigned_at, solved_at, assignee_stations, group_stations, waiting_since,
           requester_updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
           $23, $24, $25)",
        params![
            it.subject, it.status, it.priority, it.kind, it.requester, it.submitter, it.assignee, it.group,
            it.organization, it.brand, it.channel, it.tags.stored(), it.snippet, it.external_id, it.problem,
            it.followup_source, it.due_at, it.created_at, it.updated_at, it.assigned_at, it.solved_at,
            it.assignee_stations, it.group_stations, it.waiting_since, it.requester_updated_at
        ],
    )
}

/// False if somebody has changed the ticket since it was read.
pub(super) fn save_ticket(tx: &mut Tx, it: &mut Ticket) -> Result<bool, Error> {
    let saved = tx.execute(
        "update tickets set subject = $1, status = $2, priority = $3, type = $4, requester_id = $5, assignee_id = $6,
           group_id = $7, organization_id = $8, tags = $9, snippet = $10, language = $11, urgency = $12, anger = $13,
           external_id = $14, problem_id = $15, due_at = $16, updated_at = $17, assigned_at = $18, first_reply_at = $19,
           requester_updated_at = $20, solved_at = $21, closed_at = $22, waiting_since = $23, last_comment_id = $24,
           comment_count = $25, replies = $26, reopens = $27, assignee_stations = $28, group_stations = $29,
           version = version + 1
         where id = $30 and version = $31",
        params![
            it.subject, it.status, it.priority, it.kind, it.requester, it.assignee, it.group, it.organization,
            it.tags.stored(), it.snippet, it.language, it.urgency, it.anger, it.external_id, it.problem, it.due_at,
            it.updated_at, it.assigned_at, it.first_reply_at, it.requester_updated_at, it.solved_at, it.closed_at,
            it.waiting_since, it.last_comment, it.comment_count, it.replies, it.reopens, it.assignee_stations,
            it.group_stations, it.id, it.version
        ],
    )?;
    it.version += saved as i64;
    Ok(saved == 1)
}

pub(super) fn save_first_comment(tx: &mut Tx, it: &Ticket) -> Result<(), Error> {
    tx.execute(
        "update tickets set last_comment_id = $1, comment_count = $2, replies = $3, first_reply_at = $4 where id = $5",
        params![it.last_comment, it.comment_count, it.replies, it.first_reply_at, it.id],
    )?;
    Ok(())
}

pub(super) fn save_deleted(tx: &mut Tx, id: TicketId) -> Result<bool, Error> {
    let now = tx.now();
    let gone = tx.execute(
        "update tickets set deleted_at = $1, updated_at = $1, version = version + 1
         where id = $2 and deleted_at is null",
        params![now, id],
    )?;
    Ok(gone == 1)
}

pub(super) fn save_restored(tx: &mut Tx, id: TicketId) -> Result<bool, Error> {
    let now = tx.now();
    let back = tx.execute(
        "update tickets set deleted_at = null, updated_at = $1, version = version + 1
         where id = $2 and deleted_at is not null",
        params![now, id],
    )?;
    Ok(back == 1)
}

/// The ticket in which this one lives on; `None`: it lives on its own.
pub(super) fn save_merged_into(tx: &mut Tx, id: TicketId, into: Option<TicketId>) -> Result<(), Error> {
    tx.execute("update tickets set merged_into = $1 where id = $2", params![into, id])?;
    Ok(())
}

/// Since when a customer has waited for an answer to what was said on this very ticket.
pub(super) fn find_own_wait(tx: &mut Tx, id: TicketId) -> Result<Option<i64>, Error> {
    let found = tx.find(
        "select min(c.created_at) from comments c join users u on u.id = c.author_id
         where c.ticket_id = $1 and c.public = 1 and u.role = 'end-user' and c.id > coalesce(
           (select max(s.id) from comments s join users r on r.id = s.author_id
            where s.ticket_id = $1 and s.public = 1 and r.role <> 'end-user'), 0)",
        params![id],
        |row| row.get::<Option<i64>>(0),
    )?;
    Ok(found.flatten())
}

pub(super) fn save_tags(tx: &mut Tx, id: TicketId, before: &Tags, after: &Tags) -> Result<(), Error> {
    for gone in before.as_slice().iter().filter(|tag| !after.has(tag)) {
        tx.execute("delete from ticket_tags where tag = $1 and ticket_id = $2", params![gone, id])?;
    }
    for new in after.as_slice().iter().filter(|tag| !before.has(tag)) {
        tx.execute(
            "insert into ticket_tags (tag, ticket_id) values ($1, $2) on conflict do nothing",
            params![new, id],
        )?;
    }
    Ok(())
}

pub(super) fn insert_person(tx: &mut Tx, ticket: TicketId, user: UserId, kind: &str) -> Result<bool, Error> {
    let now = tx.now();
    let new = tx.execute(
        "insert into ticket_people (ticket_id, user_id, kind, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        params![ticket, user, kind, now],
    )?;
    Ok(new == 1)
}

pub(super) fn delete_person(tx: &mut Tx, ticket: TicketId, user: UserId, kind: &str) -> Result<(), Error> {
    tx.execute(
        "delete from ticket_people where ticket_id = $1 and user_id = $2 and kind = $3",
        params![ticket, user, kind],
    )?;
    Ok(())
}

fn people_of(tx: &mut Tx, ticket: TicketId, kind: &str) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select user_id from ticket_people where ticket_id = $1 and kind = $2 order by user_id",
        params![ticket, kind],
        |row| row.get(0),
    )
}

pub fn ccs_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<UserId>, Error> {
    people_of(tx, ticket, "cc")
}

pub fn followers_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<UserId>, Error> {
    people_of(tx, ticket, "follower")
}

const COMMENT: &str = "id, ticket_id, author_id, public, channel, body, html, quoted, quoted_html, mail_id, created_at, redacted_at";

fn comment(row: &Row<'_>) -> Result<Comment, Error> {
    Ok(Comment {
        id: row.get(0)?,
        ticket: row.get(1)?,
        author: row.get(2)?,
        public: row.get(3)?,
        channel: row.get(4)?,
        body: row.get(5)?,
        html: row.get(6)?,
        quoted: row.get(7)?,
        quoted_html: row.get(8)?,
        mail: row.get(9)?,
        created_at: row.get(10)?,
        redacted_at: row.get(11)?,
    })
}

pub fn find_comment(tx: &mut Tx, id: CommentId) -> Result<Option<Comment>, Error> {
    tx.find(&format!("select {COMMENT} from comments where id = $1"), params![id], comment)
}

/// What was said, oldest first; end users get the public comments only.
pub fn comments_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Comment>, Error> {
    let only_public = if tx.actor().is_staff() { "" } else { "and public = 1" };
    tx.list(
        &format!("select {COMMENT} from comments where ticket_id = $1 {only_public} order by id"),
        params![ticket],
        comment,
    )
}

pub(super) fn insert_comment(
    tx: &mut Tx,
    ticket: TicketId,
    author: UserId,
    channel: Channel,
    it: &NewComment,
) -> Result<CommentId, Error> {
    let now = tx.now();
    tx.insert(
        "insert into comments (ticket_id, author_id, public, channel, body, html, quoted, quoted_html, mail_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            ticket, author, it.public, channel, it.body, it.html, it.quoted, it.quoted_html, it.mail, now
        ],
    )
}

/// Role and organization of a person who exists.
pub(super) fn role_and_organization(
    tx: &mut Tx,
    user: UserId,
) -> Result<Option<(Role, Option<OrganizationId>)>, Error> {
    tx.find(
        "select role, organization_id from users where id = $1 and deleted_at is null",
        params![user],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(super) fn group_exists(tx: &mut Tx, group: GroupId) -> Result<bool, Error> {
    Ok(tx
        .find("select 1 from groups where id = $1 and deleted_at is null", params![group], |row| {
            row.get::<i64>(0)
        })?
        .is_some())
}

/// A sign of life of somebody who has the ticket before them; what lies between two that are close is time spent.
pub(super) fn add_time_spent(
    tx: &mut Tx,
    ticket: TicketId,
    user: UserId,
    gap_ms_max: i64,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into time_spent (ticket_id, user_id, spent_ms, seen_at)
         select t.id, cast($2 as bigint), 0, cast($3 as bigint) from tickets t where t.id = $1 and t.status < 4
         on conflict (ticket_id, user_id) do update set
           spent_ms = time_spent.spent_ms
             + case when excluded.seen_at - time_spent.seen_at <= $4 then excluded.seen_at - time_spent.seen_at else 0 end,
           seen_at = excluded.seen_at",
        params![ticket, user, now, gap_ms_max],
    )
    .map(|_| ())
}

pub(super) fn list_time_spent(tx: &mut Tx, ticket: TicketId) -> Result<Vec<(UserId, i64)>, Error> {
    tx.list(
        "select user_id, spent_ms from time_spent where ticket_id = $1 and spent_ms > 0 order by spent_ms desc, user_id",
        params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
