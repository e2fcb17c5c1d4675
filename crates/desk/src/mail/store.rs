//! Every statement on the tables of e-mail.

use super::{Address, AuthSummary, Door, Incoming, MailState, Receipt};
use crate::{CommentId, MailId, MailOutId, MailboxId, TicketId, Tx, UserId};
use db::{Error, FromColumn, Row, params};

pub(super) fn corrupt(error: serde_json::Error) -> Error {
    Error::Corrupt(error.to_string())
}

impl db::ToParam for MailState {
    fn to_param(&self) -> db::Param<'_> {
        db::Param::Text(self.name())
    }
}

impl FromColumn for MailState {
    const WANTED: &'static str = "the state of a mail";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text(name) => MailState::parse(name),
            _ => None,
        }
    }
}

// --- the ledger

/// What later steps need of a row of the ledger.
#[derive(Clone, Debug)]
pub(super) struct LedgerRow {
    pub id: MailId,
    pub state: MailState,
    pub mailbox: Option<MailboxId>,
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    pub received_at: i64,
    pub ticket: Option<TicketId>,
    pub from_address: Option<String>,
    pub from_name: Option<String>,
    pub subject: Option<String>,
}

const LEDGER_ROW: &str =
    "select id, state, mailbox_id, mail_from, rcpt_to, received_at, ticket_id, from_address, from_name, subject
     from mail_in";

fn ledger_row(row: &Row<'_>) -> Result<LedgerRow, Error> {
    let rcpt_to: String = row.get(4)?;
    Ok(LedgerRow {
        id: row.get(0)?,
        state: row.get(1)?,
        mailbox: row.get(2)?,
        mail_from: row.get(3)?,
        rcpt_to: serde_json::from_str(&rcpt_to).map_err(corrupt)?,
        received_at: row.get(5)?,
        ticket: row.get(6)?,
        from_address: row.get(7)?,
        from_name: row.get(8)?,
        subject: row.get(9)?,
    })
}

pub(super) fn find_mail(tx: &mut Tx, mail: MailId) -> Result<Option<LedgerRow>, Error> {
    tx.find(&format!("{LEDGER_ROW} where id = $1"), params![mail], ledger_row)
}

pub(super) fn find_mail_by_uid(
    tx: &mut Tx,
    mailbox: MailboxId,
    uid_validity: i64,
    uid: i64,
) -> Result<Option<LedgerRow>, Error> {
    tx.find(
        &format!("{LEDGER_ROW} where mailbox_id = $1 and uid_validity = $2 and uid = $3"),
        params![mailbox, uid_validity, uid],
        ledger_row,
    )
}

/// `None` if this mailbox's UID is in the ledger already.
pub(super) fn insert_mail(
    tx: &mut Tx,
    receipt: &Receipt,
    mailbox: Option<MailboxId>,
) -> Result<Option<MailId>, Error> {
    let (door, mailbox, uid_validity, uid) = match receipt.door {
        Door::Smtp => ("smtp", mailbox, None, None),
        Door::Imap { mailbox, uid_validity, uid } => ("imap", Some(mailbox), Some(uid_validity), Some(uid)),
    };
    let rcpt_to = serde_json::to_string(&receipt.rcpt_to).map_err(corrupt)?;
    let now = tx.now();
    let id: Option<MailId> = tx.find(
        "insert into mail_in (door, mailbox_id, uid_validity, uid, received_at, remote_ip, helo, mail_from, rcpt_to,
                              bytes, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict do nothing returning id",
        params![
            door,
            mailbox,
            uid_validity,
            uid,
            now,
            receipt.remote_ip,
            receipt.helo,
            receipt.mail_from,
            rcpt_to,
            receipt.raw.len(),
            MailState::Received
        ],
        |row| row.get(0),
    )?;
    if let Some(id) = id {
        tx.execute("insert into mail_raw (mail_id, raw) values ($1, $2)", params![id, receipt.raw])?;
    }
    Ok(id)
}

pub(super) fn find_raw(tx: &mut Tx, mail: MailId) -> Result<Option<Vec<u8>>, Error> {
    tx.find("select raw from mail_raw where mail_id = $1", params![mail], |row| row.get(0))
}

/// How a mail ends: what is written into its row.
#[derive(Debug)]
pub(super) struct Ending<'a> {
    pub state: MailState,
    pub reason: Option<&'a str>,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub duplicate_of: Option<MailId>,
    pub threaded_by: Option<&'a str>,
    /// Kept as JSON while the mail waits in the suspended queue.
    pub parsed: Option<&'a Incoming>,
}

impl Ending<'_> {
    pub fn of(state: MailState) -> Self {
        Ending {
            state,
            reason: None,
            ticket: None,
            comment: None,
            duplicate_of: None,
            threaded_by: None,
            parsed: None,
        }
    }
}

pub(super) fn save_ending(
    tx: &mut Tx,
    mail: MailId,
    from: &Address,
    subject: &str,
    message_id: Option<&str>,
    auth: &AuthSummary,
    ending: &Ending<'_>,
) -> Result<(), Error> {
    let now = tx.now();
    let parsed = ending.parsed.map(serde_json::to_string).transpose().map_err(corrupt)?;
    let auth = auth_json(auth);
    tx.execute(
        "update mail_in set state = $1, ended_at = $2, reason = $3, ticket_id = $4, comment_id = $5,
                duplicate_of = $6, threaded_by = $7, parsed = $8, from_address = $9, from_name = $10, subject = $11,
                message_id = $12, auth = $13
         where id = $14",
        params![
            ending.state,
            now,
            ending.reason,
            ending.ticket,
            ending.comment,
            ending.duplicate_of,
            ending.threaded_by,
            parsed,
            from.address,
            from.name,
            subject,
            message_id,
            auth,
            mail
        ],
    )?;
    Ok(())
}

/// The door's details with our one word in front of them.
fn auth_json(auth: &AuthSummary) -> String {
    let details: serde_json::Value = serde_json::from_str(&auth.json).unwrap_or(serde_json::Value::Null);
    serde_json::json!({ "aligned": auth.aligned, "details": details }).to_string()
}

/// Its reason stays, so that one sees later why it had been suspended.
pub(super) fn save_discarded(tx: &mut Tx, mail: MailId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mail_in set state = $1, ended_at = $2 where id = $3",
        params![MailState::Discarded, now, mail],
    )?;
    Ok(())
}

pub(super) fn save_recovery(
    tx: &mut Tx,
    mail: MailId,
    ticket: TicketId,
    comment: Option<CommentId>,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mail_in set state = $1, ticket_id = $2, comment_id = $3, ended_at = $4, parsed = null where id = $5",
        params![MailState::Comment, ticket, comment, now, mail],
    )?;
    Ok(())
}

/// `None`: nothing is kept, because nobody could read the mail.
pub(super) fn find_parsed(tx: &mut Tx, mail: MailId) -> Result<Option<Incoming>, Error> {
    let text: Option<Option<String>> =
        tx.find("select parsed from mail_in where id = $1", params![mail], |row| row.get(0))?;
    text.flatten().map(|text| serde_json::from_str(&text).map_err(corrupt)).transpose()
}

pub(super) fn count_in_state(tx: &mut Tx, state: MailState) -> Result<i64, Error> {
    // The words stand in the text so that the partial index is used.
    let sql = match state {
        MailState::Received => "select count(*) from mail_in where state = 'received'",
        MailState::Suspended => "select count(*) from mail_in where state = 'suspended'",
        MailState::Comment => "select count(*) from mail_in where state = 'comment'",
        MailState::Duplicate => "select count(*) from mail_in where state = 'duplicate'",
        MailState::Discarded => "select count(*) from mail_in where state = 'discarded'",
    };
    tx.value(sql, params![])
}

/// Mails that say they ended somewhere that does not exist.
pub(super) fn count_ended_nowhere(tx: &mut Tx) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from mail_in m
         where (m.state = 'comment' and (not exists (select 1 from tickets t where t.id = m.ticket_id)
                or not exists (select 1 from comments c where c.id = m.comment_id)))
            or (m.state = 'duplicate' and not exists (select 1 from mail_in o where o.id = m.duplicate_of))
            or (m.state = 'suspended' and m.reason is null)",
        params![],
    )
}

pub(super) fn count_without_raw(tx: &mut Tx) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from mail_in m
         where not exists (select 1 from mail_raw r where r.mail_id = m.id)",
        params![],
    )
}

/// Mails of one sender since `since` that were not duplicates, counted up to `count_max`.
pub(super) fn count_of_sender(tx: &mut Tx, address: &str, since: i64, count_max: i64) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from (select 1 from mail_in
         where from_address = $1 and received_at > $2 and state <> 'duplicate' limit $3) as seen",
        params![address, since, count_max],
    )
}

// --- duplicates

/// `None`: this mail is the first with this fingerprint (since `since`, if given). Otherwise the mail that was.
pub(super) fn claim_fingerprint(
    tx: &mut Tx,
    fingerprint: &str,
    mail: MailId,
    since: Option<i64>,
) -> Result<Option<MailId>, Error> {
    let now = tx.now();
    let inserted = tx.execute(
        "insert into mail_fingerprints (fingerprint, mail_id, at) values ($1, $2, $3) on conflict do nothing",
        params![fingerprint, mail, now],
    )?;
    if inserted == 1 {
        return Ok(None);
    }
    if let Some(since) = since {
        let taken_over = tx.execute(
            "update mail_fingerprints set mail_id = $1, at = $2 where fingerprint = $3 and at < $4",
            params![mail, now, fingerprint, since],
        )?;
        if taken_over == 1 {
            return Ok(None);
        }
    }
    let first: MailId =
        tx.value("select mail_id from mail_fingerprints where fingerprint = $1", params![fingerprint])?;
    Ok((first != mail).then_some(first))
}

// --- threads

pub(super) fn insert_message_id(
    tx: &mut Tx,
    message_id: &str,
    ticket: TicketId,
    comment: Option<CommentId>,
    mail_out: Option<MailOutId>,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into message_ids (message_id, ticket_id, comment_id, mail_out_id, created_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        params![message_id, ticket, comment, mail_out, now],
    )?;
    Ok(())
}

/// The tickets on which a Message-ID stands, newest first, each with the comment it carried.
pub(super) fn list_tickets_of_message(
    tx: &mut Tx,
    message_id: &str,
) -> Result<Vec<(TicketId, Option<CommentId>)>, Error> {
    tx.list(
        "select ticket_id, comment_id from message_ids where message_id = $1 order by ticket_id desc limit 5",
        params![message_id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Message-IDs of the public conversation before `comment`, oldest first; `true`: it came in, `false`: it went out.
pub(super) fn list_thread(tx: &mut Tx, ticket: TicketId, comment: CommentId) -> Result<Vec<(String, bool)>, Error> {
    let mut thread = tx.list(
        "select i.message_id, i.mail_out_id, c.id from comments c
         join mail_in m on m.id = c.mail_id
         join message_ids i on i.message_id = m.message_id and i.ticket_id = c.ticket_id
         where c.ticket_id = $1 and c.id < $2 and c.public = 1
         union all
         select o.message_id, o.id, c.id from comments c join mail_out o on o.comment_id = c.id
         where c.ticket_id = $1 and c.id < $2 and c.public = 1
         order by 3",
        params![ticket, comment],
        |row| {
            let mail_out: Option<MailOutId> = row.get(1)?;
            Ok((row.get::<String>(0)?, mail_out.is_none()))
        },
    )?;
    let mut seen = std::collections::HashSet::new();
    thread.retain(|(id, _)| seen.insert(id.clone()));
    Ok(thread)
}

/// The mailbox that the ticket's first mail came to.
pub(super) fn find_mailbox_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Option<MailboxId>, Error> {
    tx.find(
        "select m.mailbox_id from comments c join mail_in m on m.id = c.mail_id
         join mailboxes b on b.id = m.mailbox_id
         where c.ticket_id = $1 and b.deleted_at is null order by c.id limit 1",
        params![ticket],
        |row| row.get(0),
    )
}

/// A public comment that came after `comment` and is not by `author`.
pub(super) fn find_newer_comment(
    tx: &mut Tx,
    ticket: TicketId,
    comment: CommentId,
    author: UserId,
) -> Result<Option<CommentId>, Error> {
    tx.find(
        "select id from comments where ticket_id = $1 and id > $2 and public = 1 and author_id <> $3
         order by id limit 1",
        params![ticket, comment, author],
        |row| row.get(0),
    )
}

/// A public comment that came after `moment` and is not by `author`.
pub(super) fn find_comment_after(
    tx: &mut Tx,
    ticket: TicketId,
    moment: i64,
    author: UserId,
) -> Result<Option<CommentId>, Error> {
    tx.find(
        "select id from comments where ticket_id = $1 and created_at > $2 and public = 1 and author_id <> $3
         order by id limit 1",
        params![ticket, moment, author],
        |row| row.get(0),
    )
}

/// The first comment of a new ticket.
pub(super) fn find_first_comment(tx: &mut Tx, ticket: TicketId) -> Result<Option<CommentId>, Error> {
    tx.find("select id from comments where ticket_id = $1 order by id limit 1", params![ticket], |row| row.get(0))
}

// --- outgoing

pub(super) struct MailOutRow<'a> {
    pub kind: &'a str,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub user: Option<UserId>,
    pub mailbox: Option<MailboxId>,
    pub to_address: &'a str,
    pub message_id: &'a str,
    pub content: &'a str,
    pub automatic: bool,
}

pub(super) fn insert_mail_out(tx: &mut Tx, row: &MailOutRow<'_>) -> Result<MailOutId, Error> {
    let now = tx.now();
    tx.one(
        "insert into mail_out (kind, ticket_id, comment_id, user_id, mailbox_id, to_address, message_id, content,
                               automatic, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10) returning id",
        params![
            row.kind,
            row.ticket,
            row.comment,
            row.user,
            row.mailbox,
            row.to_address,
            row.message_id,
            row.content,
            row.automatic,
            now
        ],
        |row| row.get(0),
    )
}

/// What is known of an outgoing mail.
pub(super) struct FoundMailOut {
    pub id: MailOutId,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub mailbox: Option<MailboxId>,
    pub to_address: String,
    pub content: String,
    pub state: String,
}

const MAIL_OUT: &str =
    "select id, ticket_id, comment_id, mailbox_id, to_address, content, state from mail_out";

fn mail_out_row(row: &Row<'_>) -> Result<FoundMailOut, Error> {
    Ok(FoundMailOut {
        id: row.get(0)?,
        ticket: row.get(1)?,
        comment: row.get(2)?,
        mailbox: row.get(3)?,
        to_address: row.get(4)?,
        content: row.get(5)?,
        state: row.get(6)?,
    })
}

pub(super) fn find_mail_out(tx: &mut Tx, id: MailOutId) -> Result<Option<FoundMailOut>, Error> {
    tx.find(&format!("{MAIL_OUT} where id = $1"), params![id], mail_out_row)
}

pub(super) fn find_mail_out_by_message_id(tx: &mut Tx, message_id: &str) -> Result<Option<FoundMailOut>, Error> {
    tx.find(&format!("{MAIL_OUT} where message_id = $1"), params![message_id], mail_out_row)
}

/// The newest mail that went to `address` since `since`.
pub(super) fn find_mail_out_to(tx: &mut Tx, address: &str, since: i64) -> Result<Option<FoundMailOut>, Error> {
    tx.find(
        &format!(
            "{MAIL_OUT} where to_address = $1 and created_at > $2 and state in ('sent', 'deferred')
             order by created_at desc, id desc limit 1"
        ),
        params![address, since],
        mail_out_row,
    )
}

pub(super) fn is_comment_mailed(tx: &mut Tx, comment: CommentId) -> Result<bool, Error> {
    let found: Option<i64> =
        tx.find("select 1 from mail_out where comment_id = $1 and kind = 'reply'", params![comment], |row| {
            row.get::<i64>(0)
        })?;
    Ok(found.is_some())
}

/// True if the mail was still waiting.
pub(super) fn save_sent(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx.execute(
        "update mail_out set state = 'sent', sent_at = $1, server_answer = $2, attempts = attempts + 1
         where id = $3 and state in ('queued', 'deferred')",
        params![now, answer, id],
    )?;
    Ok(changed == 1)
}

pub(super) fn save_deferred(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let changed = tx.execute(
        "update mail_out set state = 'deferred', server_answer = $1, attempts = attempts + 1
         where id = $2 and state in ('queued', 'deferred')",
        params![answer, id],
    )?;
    Ok(changed == 1)
}

/// What the other server says of a mail that it has not given up.
pub(super) fn save_server_answer(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<(), Error> {
    tx.execute("update mail_out set server_answer = $1 where id = $2 and state <> 'failed'", params![answer, id])?;
    Ok(())
}

pub(super) fn save_failed(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx.execute(
        "update mail_out set state = 'failed', failed_at = $1, server_answer = $2 where id = $3 and state <> 'failed'",
        params![now, answer, id],
    )?;
    Ok(changed == 1)
}

pub(super) fn save_queued_again(tx: &mut Tx, id: MailOutId) -> Result<bool, Error> {
    let changed = tx.execute(
        "update mail_out set state = 'queued', failed_at = null, attempts = 0 where id = $1 and state = 'failed'",
        params![id],
    )?;
    Ok(changed == 1)
}

/// Subjects' contents of the automatic mails to one address since `since`, up to `count_max`.
pub(super) fn list_automatic_to(
    tx: &mut Tx,
    address: &str,
    since: i64,
    count_max: usize,
) -> Result<Vec<String>, Error> {
    tx.list(
        "select content from mail_out where to_address = $1 and created_at > $2 and automatic = 1
         order by created_at desc limit $3",
        params![address, since, count_max],
        |row| row.get(0),
    )
}

/// Whether the `nth` newest automatic mail is younger than `since`.
pub(super) fn is_nth_automatic_after(tx: &mut Tx, nth: i64, since: i64) -> Result<bool, Error> {
    let moment: Option<i64> = tx.find(
        "select created_at from mail_out where automatic = 1 order by created_at desc limit 1 offset $1",
        params![(nth - 1).max(0)],
        |row| row.get(0),
    )?;
    Ok(moment.is_some_and(|moment| moment > since))
}

pub(super) fn oldest_unsent_at(tx: &mut Tx) -> Result<Option<i64>, Error> {
    tx.value("select min(created_at) from mail_out where state in ('queued', 'deferred')", params![])
}
