//! `message_ids`, and what a thread knows of its comments.

use crate::{CommentId, MailOutId, MailboxId, TicketId, Tx, UserId};
use db::{Error, params};

pub(in crate::mail) fn insert_message_id(
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
pub(in crate::mail) fn list_tickets_of_message(
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
pub(in crate::mail) fn list_thread(
    tx: &mut Tx,
    ticket: TicketId,
    comment: CommentId,
) -> Result<Vec<(String, bool)>, Error> {
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
pub(in crate::mail) fn find_mailbox_of_ticket(
    tx: &mut Tx,
    ticket: TicketId,
) -> Result<Option<MailboxId>, Error> {
    tx.find(
        "select m.mailbox_id from comments c join mail_in m on m.id = c.mail_id
         join mailboxes b on b.id = m.mailbox_id
         where c.ticket_id = $1 and b.deleted_at is null order by c.id limit 1",
        params![ticket],
        |row| row.get(0),
    )
}

/// A public comment that came after `comment` and is not by `author`.
pub(in crate::mail) fn find_newer_comment(
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
pub(in crate::mail) fn find_comment_after(
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
pub(in crate::mail) fn find_first_comment(tx: &mut Tx, ticket: TicketId) -> Result<Option<CommentId>, Error> {
    tx.find("select id from comments where ticket_id = $1 order by id limit 1", params![ticket], |row| {
        row.get(0)
    })
}
