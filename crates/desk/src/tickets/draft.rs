//! Drafts live here, per person and ticket, and survive everything but sending.

use super::*;
use db::{Error, params};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    pub public: bool,
    pub body: String,
    pub html: Option<String>,
    /// The newest comment that the author had seen while writing.
    pub seen: Option<CommentId>,
    pub updated_at: i64,
}

/// Keeps what the actor has written so far. An empty draft is no draft.
pub fn save_draft(tx: &mut Tx, ticket: TicketId, draft: &Draft) -> Result<(), Error> {
    let Some(user) = tx.actor().user() else { return Ok(()) };
    if draft.body.trim().is_empty() {
        return discard_draft(tx, ticket);
    }
    let now = tx.now();
    let html = draft.html.as_deref().map(crate::tickets::create::clean);
    tx.execute(
        "insert into drafts (user_id, ticket_id, public, body, html, seen_comment_id, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (user_id, ticket_id) do update set public = excluded.public, body = excluded.body,
           html = excluded.html, seen_comment_id = excluded.seen_comment_id, updated_at = excluded.updated_at",
        params![user, ticket, draft.public, draft.body, html, draft.seen, now],
    )?;
    Ok(())
}

pub fn draft_of(tx: &mut Tx, ticket: TicketId) -> Result<Option<Draft>, Error> {
    let Some(user) = tx.actor().user() else { return Ok(None) };
    tx.find(
        "select public, body, html, seen_comment_id, updated_at from drafts where user_id = $1 and ticket_id = $2",
        params![user, ticket],
        |row| {
            Ok(Draft {
                public: row.get(0)?,
                body: row.get(1)?,
                html: row.get(2)?,
                seen: row.get(3)?,
                updated_at: row.get(4)?,
            })
        },
    )
}

pub fn discard_draft(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    let Some(user) = tx.actor().user() else { return Ok(()) };
    tx.execute("delete from drafts where user_id = $1 and ticket_id = $2", params![user, ticket])?;
    Ok(())
}
