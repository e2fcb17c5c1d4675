//! Drafts live here, per person and ticket, and survive everything but sending; also that of a ticket to come.

use super::*;
use db::{Error, Row, params};

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
    put(tx, user, ticket, draft)
}

fn put(tx: &mut Tx, user: UserId, ticket: TicketId, draft: &Draft) -> Result<(), Error> {
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
        draft,
    )
}

pub fn discard_draft(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    let Some(user) = tx.actor().user() else { return Ok(()) };
    tx.execute("delete from drafts where user_id = $1 and ticket_id = $2", params![user, ticket])?;
    Ok(())
}

/// What people have begun to write on one ticket is also there on the ticket that continues it. It stays where it was
/// too, and nobody's note becomes part of a letter.
pub(super) fn carry_drafts(tx: &mut Tx, from: TicketId, into: TicketId) -> Result<(), Error> {
    for (user, draft) in drafts_on(tx, from)? {
        let there =
            drafts_on(tx, into)?.into_iter().find(|(whose, _)| *whose == user).map(|(_, draft)| draft);
        let joined = match there {
            None => Draft { seen: None, ..draft },
            Some(there) if there.body.contains(&draft.body) => continue,
            Some(there) => Draft {
                public: there.public && draft.public,
                body: format!("{}\n\n{}", there.body, draft.body),
                html: there.html.zip(draft.html).map(|(first, second)| first + &second),
                ..there
            },
        };
        put(tx, user, into, &joined)?;
    }
    Ok(())
}

fn drafts_on(tx: &mut Tx, ticket: TicketId) -> Result<Vec<(UserId, Draft)>, Error> {
    tx.list(
        "select public, body, html, seen_comment_id, updated_at, user_id from drafts where ticket_id = $1",
        params![ticket],
        |row| Ok((row.get(5)?, draft(row)?)),
    )
}

fn draft(row: &Row<'_>) -> Result<Draft, Error> {
    Ok(Draft {
        public: row.get(0)?,
        body: row.get(1)?,
        html: row.get(2)?,
        seen: row.get(3)?,
        updated_at: row.get(4)?,
    })
}

/// A ticket that somebody has begun to write: the fields of the form, as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NewTicketDraft {
    pub requester: String,
    pub requester_name: String,
    pub subject: String,
    pub body: String,
    pub html: String,
    pub public: bool,
    pub group: String,
    pub priority: String,
    pub tags: String,
    pub mine: bool,
}

impl NewTicketDraft {
    fn is_empty(&self) -> bool {
        [&self.requester, &self.subject, &self.body].into_iter().all(|text| text.trim().is_empty())
    }
}

/// One for each person; it has no ticket yet, so it waits among the settings, and tells nobody.
pub fn save_new_draft(tx: &mut Tx, draft: &NewTicketDraft) -> Result<(), Error> {
    let Some(key) = new_draft_key(tx) else { return Ok(()) };
    if draft.is_empty() {
        return discard_new_draft(tx);
    }
    let html = create::clean(&draft.html);
    let kept = serde_json::to_string(&NewTicketDraft { html, ..draft.clone() })
        .map_err(|error| Error::Corrupt(error.to_string()))?;
    let now = tx.now();
    tx.execute(
        "insert into settings (key, value, updated_at) values ($1, $2, $3)
         on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at",
        params![key, kept, now],
    )?;
    Ok(())
}

pub fn new_draft_of(tx: &mut Tx) -> Result<Option<NewTicketDraft>, Error> {
    match new_draft_key(tx) {
        Some(key) => settings::find(tx, &key),
        None => Ok(None),
    }
}

pub fn discard_new_draft(tx: &mut Tx) -> Result<(), Error> {
    let Some(key) = new_draft_key(tx) else { return Ok(()) };
    tx.execute("delete from settings where key = $1", params![key])?;
    Ok(())
}

fn new_draft_key(tx: &Tx) -> Option<String> {
    tx.actor().user().map(|user| format!("new_ticket_draft:{user}"))
}
