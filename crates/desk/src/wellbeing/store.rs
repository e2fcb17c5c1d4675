//! Every statement on efforts and who shares them, and what is read of comments and tickets for them.

use super::views::EffortRow;
use super::{Effort, HOSTILE_ANGER_MIN};
use crate::{CommentId, TicketId, Tx, UserId};
use ::skills::effort::Contact;
use db::{Error, params};

/// Contacts of one person that are looked at for a rest, the newest.
const CONTACTS_MAX: usize = 200;

/// In the words of the index `tickets_hostile`, which holds few tickets: routing asks at every step. [`HOSTILE_ANGER_MIN`] is
/// a figure here, as plans do not look at bound values.
const HOSTILE_IN_HAND: &str = "anger >= 2 and status < 2 and deleted_at is null";
const _: () = assert!(HOSTILE_ANGER_MIN == 2);

pub(super) fn is_agent(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let found = tx.find(
        "select id from users where id = $1 and role in ('agent', 'lead', 'admin')",
        params![user],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// What the customer said publicly since the last public answer of somebody else before this one.
pub(super) fn list_answered(
    tx: &mut Tx,
    ticket: TicketId,
    answer: CommentId,
    requester: UserId,
    count: usize,
) -> Result<Vec<String>, Error> {
    tx.list(
        "select c.body from comments c
         where c.ticket_id = $1 and c.id < $2 and c.public = 1 and c.author_id = $3
           and c.id > coalesce((select max(a.id) from comments a where a.ticket_id = $1 and a.id < $2 and a.public = 1
                                  and a.author_id <> $3 and a.author_id > 0), 0)
         order by c.id desc limit $4",
        params![ticket, answer, requester, count],
        |row| row.get(0),
    )
}

pub(super) fn find_words(tx: &mut Tx, comment: CommentId) -> Result<String, Error> {
    tx.value("select body from comments where id = $1", params![comment])
}

pub(super) fn insert_effort(
    tx: &mut Tx,
    ticket: TicketId,
    comment: CommentId,
    user: UserId,
    anger: u8,
    it: &Effort,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into efforts (comment_id, ticket_id, user_id, at, anger, hostility, length, difficulty)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (comment_id) do nothing",
        params![comment, ticket, user, now, i64::from(anger), it.hostility, it.length, it.difficulty],
    )
    .map(|_| ())
}

/// The newest first.
pub(super) fn list_contacts(tx: &mut Tx, user: UserId, since: i64) -> Result<Vec<Contact>, Error> {
    tx.list(
        "select e.ticket_id, e.at, e.anger from efforts e join comments c on c.id = e.comment_id
         where e.user_id = $1 and e.at >= $2 order by e.at desc, e.comment_id desc limit $3",
        params![user, since, CONTACTS_MAX],
        |row| {
            Ok(Contact {
                work: row.get(0)?,
                at_ms: row.get(1)?,
                hostile: row.get::<i64>(2)? >= i64::from(HOSTILE_ANGER_MIN),
            })
        },
    )
}

/// Hostile tickets of theirs on which a customer waits.
pub(super) fn list_hostile_in_hand(tx: &mut Tx, user: UserId) -> Result<Vec<i64>, Error> {
    tx.list(
        &format!("select id from tickets where assignee_id = $1 and {HOSTILE_IN_HAND} and waiting_since is not null"),
        params![user],
        |row| row.get(0),
    )
}

/// Whoever is present and has had a hostile contact since then, or has one in hand.
pub(super) fn list_met_hostility(tx: &mut Tx, since: i64) -> Result<Vec<UserId>, Error> {
    let anger = i64::from(HOSTILE_ANGER_MIN);
    tx.list(
        &format!(
            "select p.user_id from presences p where p.status <> 'offline'
               and (exists (select 1 from efforts e where e.user_id = p.user_id and e.at >= $1 and e.anger >= $2)
                 or exists (select 1 from tickets t where t.assignee_id = p.user_id and {HOSTILE_IN_HAND}))
             order by p.user_id"
        ),
        params![since, anger],
        |row| row.get(0),
    )
}

/// The newest first.
pub(super) fn list_efforts(
    tx: &mut Tx,
    user: UserId,
    since: i64,
    count: usize,
) -> Result<Vec<EffortRow>, Error> {
    tx.list(
        "select e.ticket_id, t.subject, e.at, e.anger, e.hostility, e.length, e.difficulty
         from efforts e join tickets t on t.id = e.ticket_id join comments c on c.id = e.comment_id
         where e.user_id = $1 and e.at >= $2 order by e.at desc, e.comment_id desc limit $3",
        params![user, since, count],
        |row| {
            Ok(EffortRow {
                ticket: row.get(0)?,
                subject: row.get(1)?,
                at: row.get(2)?,
                anger: row.get(3)?,
                effort: Effort { hostility: row.get(4)?, length: row.get(5)?, difficulty: row.get(6)? },
            })
        },
    )
}

pub(super) fn find_shared(tx: &mut Tx, user: UserId) -> Result<Option<i64>, Error> {
    tx.find("select since from effort_shares where user_id = $1", params![user], |row| row.get(0))
}

pub(super) fn save_shared(tx: &mut Tx, user: UserId, shared: bool) -> Result<(), Error> {
    let now = tx.now();
    if shared {
        tx.execute(
            "insert into effort_shares (user_id, since) values ($1, $2) on conflict (user_id) do nothing",
            params![user, now],
        )
    } else {
        tx.execute("delete from effort_shares where user_id = $1", params![user])
    }
    .map(|_| ())
}
