//! `mail_out`: what leaves, and how it stands.

use crate::{CommentId, MailOutId, MailboxId, TicketId, Tx, UserId};
use db::{Error, Row, params};

pub(in crate::mail) struct MailOutRow<'a> {
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

pub(in crate::mail) fn insert_mail_out(tx: &mut Tx, row: &MailOutRow<'_>) -> Result<MailOutId, Error> {
    let now = tx.now();
    tx.insert(
        "insert into mail_out (kind, ticket_id, comment_id, user_id, mailbox_id, to_address, message_id, content,
                               automatic, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10)",
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
    )
}

/// What is known of an outgoing mail.
pub(in crate::mail) struct FoundMailOut {
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

pub(in crate::mail) fn find_mail_out(tx: &mut Tx, id: MailOutId) -> Result<Option<FoundMailOut>, Error> {
    tx.find(&format!("{MAIL_OUT} where id = $1"), params![id], mail_out_row)
}

pub(in crate::mail) fn find_mail_out_by_message_id(
    tx: &mut Tx,
    message_id: &str,
) -> Result<Option<FoundMailOut>, Error> {
    tx.find(&format!("{MAIL_OUT} where message_id = $1"), params![message_id], mail_out_row)
}

/// The newest mail that went to `address` since `since`.
pub(in crate::mail) fn find_mail_out_to(
    tx: &mut Tx,
    address: &str,
    since: i64,
) -> Result<Option<FoundMailOut>, Error> {
    tx.find(
        &format!(
            "{MAIL_OUT} where to_address = $1 and created_at > $2 and state in ('sent', 'deferred')
             order by created_at desc, id desc limit 1"
        ),
        params![address, since],
        mail_out_row,
    )
}

pub(in crate::mail) fn is_comment_mailed(tx: &mut Tx, comment: CommentId) -> Result<bool, Error> {
    let found: Option<i64> = tx.find(
        "select 1 from mail_out where comment_id = $1 and kind = 'reply'",
        params![comment],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

pub(in crate::mail) fn save_content(tx: &mut Tx, id: MailOutId, content: &str) -> Result<(), Error> {
    tx.execute("update mail_out set content = $1 where id = $2", params![content, id])?;
    Ok(())
}

/// True if the mail was still waiting.
pub(in crate::mail) fn save_sent(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx.execute(
        "update mail_out set state = 'sent', sent_at = $1, server_answer = $2, attempts = attempts + 1
         where id = $3 and state in ('queued', 'deferred')",
        params![now, answer, id],
    )?;
    Ok(changed == 1)
}

pub(in crate::mail) fn save_deferred(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let changed = tx.execute(
        "update mail_out set state = 'deferred', server_answer = $1, attempts = attempts + 1
         where id = $2 and state in ('queued', 'deferred')",
        params![answer, id],
    )?;
    Ok(changed == 1)
}

/// What the other server says of a mail that it has not given up.
pub(in crate::mail) fn save_server_answer(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<(), Error> {
    tx.execute(
        "update mail_out set server_answer = $1 where id = $2 and state <> 'failed'",
        params![answer, id],
    )?;
    Ok(())
}

pub(in crate::mail) fn save_failed(tx: &mut Tx, id: MailOutId, answer: &str) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx.execute(
        "update mail_out set state = 'failed', failed_at = $1, server_answer = $2 where id = $3 and state <> 'failed'",
        params![now, answer, id],
    )?;
    Ok(changed == 1)
}

pub(in crate::mail) fn save_queued_again(tx: &mut Tx, id: MailOutId) -> Result<bool, Error> {
    let changed = tx.execute(
        "update mail_out set state = 'queued', failed_at = null, attempts = 0 where id = $1 and state = 'failed'",
        params![id],
    )?;
    Ok(changed == 1)
}

/// Subjects' contents of the automatic mails to one address since `since`, up to `count_max`.
pub(in crate::mail) fn list_automatic_to(
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
pub(in crate::mail) fn is_nth_automatic_after(tx: &mut Tx, nth: i64, since: i64) -> Result<bool, Error> {
    let moment: Option<i64> = tx.find(
        "select created_at from mail_out where automatic = 1 order by created_at desc limit 1 offset $1",
        params![(nth - 1).max(0)],
        |row| row.get(0),
    )?;
    Ok(moment.is_some_and(|moment| moment > since))
}

/// A mail of a ticket stands in its thread and is not deleted so.
pub(in crate::mail) fn delete_mail_out(tx: &mut Tx, id: MailOutId) -> Result<bool, Error> {
    Ok(tx.execute("delete from mail_out where id = $1 and ticket_id is null", params![id])? == 1)
}

pub(in crate::mail) fn oldest_unsent_at(tx: &mut Tx) -> Result<Option<i64>, Error> {
    tx.value("select min(created_at) from mail_out where state in ('queued', 'deferred')", params![])
}
