//! Drafts live here, per person and ticket, and survive everything but sending; also that of a ticket to come.

use super::*;
use db::{Error, Row, params};

/// Of more files than this, a draft keeps the first.
pub const FILES_PER_DRAFT_MAX: usize = 50;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    pub public: bool,
    pub body: String,
    pub html: Option<String>,
    /// The newest comment that the author had seen while writing.
    pub seen: Option<CommentId>,
    /// Added so far and still waiting for the comment.
    pub files: Vec<DraftFile>,
    pub updated_at: i64,
}

/// A file that waits under the token of its upload. To keep one its token is enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DraftFile {
    pub token: String,
    pub name: String,
    pub bytes: i64,
}

/// Those of these tokens that still wait, with their names.
pub fn waiting_files(tx: &mut Tx, tokens: &[String]) -> Result<Vec<DraftFile>, Error> {
    let mut files = Vec::new();
    for token in tokens.iter().take(FILES_PER_DRAFT_MAX) {
        let of_token = attach::list_upload(tx, token)?.into_iter().next();
        files.extend(of_token.map(|it| DraftFile {
            token: token.clone(),
            name: it.file_name,
            bytes: it.bytes,
        }));
    }
    Ok(files)
}

/// Keeps what the actor has written so far. An empty draft is no draft.
pub fn save_draft(tx: &mut Tx, ticket: TicketId, draft: &Draft) -> Result<(), Error> {
    let Some(user) = tx.actor().user() else { return Ok(()) };
    if draft.body.trim().is_empty() && draft.files.is_empty() {
        return discard_draft(tx, ticket);
    }
    put(tx, user, ticket, draft)
}

fn put(tx: &mut Tx, user: UserId, ticket: TicketId, draft: &Draft) -> Result<(), Error> {
    let now = tx.now();
    let html = draft.html.as_deref().map(crate::tickets::create::clean);
    let tokens: Vec<&str> = draft.files.iter().map(|it| it.token.as_str()).collect();
    let tokens = serde_json::to_string(&tokens).map_err(|error| Error::Corrupt(error.to_string()))?;
    tx.execute(
        "insert into drafts (user_id, ticket_id, public, body, html, seen_comment_id, upload_tokens, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (user_id, ticket_id) do update set public = excluded.public, body = excluded.body,
           html = excluded.html, seen_comment_id = excluded.seen_comment_id, upload_tokens = excluded.upload_tokens,
           updated_at = excluded.updated_at",
        params![user, ticket, draft.public, draft.body, html, draft.seen, tokens, now],
    )?;
    Ok(())
}

pub fn draft_of(tx: &mut Tx, ticket: TicketId) -> Result<Option<Draft>, Error> {
    let Some(user) = tx.actor().user() else { return Ok(None) };
    let found = tx.find(
        "select public, body, html, seen_comment_id, updated_at, upload_tokens from drafts
         where user_id = $1 and ticket_id = $2",
        params![user, ticket],
        draft,
    )?;
    let Some(draft) = found else { return Ok(None) };
    let tokens: Vec<String> = draft.files.iter().map(|it| it.token.clone()).collect();
    Ok(Some(Draft { files: waiting_files(tx, &tokens)?, ..draft }))
}

pub fn discard_draft(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    let Some(user) = tx.actor().user() else { return Ok(()) };
    tx.execute("delete from drafts where user_id = $1 and ticket_id = $2", params![user, ticket])?;
    Ok(())
}

/// What people have begun to write on one ticket is also there on the ticket that continues it. It stays where it was
/// too, with its files, and nobody's note becomes part of a letter.
pub(super) fn carry_drafts(tx: &mut Tx, from: TicketId, into: TicketId) -> Result<(), Error> {
    for (user, draft) in drafts_on(tx, from)? {
        let there =
            drafts_on(tx, into)?.into_iter().find(|(whose, _)| *whose == user).map(|(_, draft)| draft);
        let joined = match there {
            None => Draft { seen: None, files: Vec::new(), ..draft },
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
        "select public, body, html, seen_comment_id, updated_at, upload_tokens, user_id from drafts where ticket_id = $1",
        params![ticket],
        |row| Ok((row.get(6)?, draft(row)?)),
    )
}

/// Of its files, the tokens.
fn draft(row: &Row<'_>) -> Result<Draft, Error> {
    let tokens: Vec<String> =
        serde_json::from_str(&row.get::<String>(5)?).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Draft {
        public: row.get(0)?,
        body: row.get(1)?,
        html: row.get(2)?,
        seen: row.get(3)?,
        files: tokens.into_iter().map(|token| DraftFile { token, ..DraftFile::default() }).collect(),
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
    pub upload_tokens: Vec<String>,
}

impl NewTicketDraft {
    fn is_empty(&self) -> bool {
        let words = [&self.requester, &self.subject, &self.body];
        words.into_iter().all(|text| text.trim().is_empty()) && self.upload_tokens.is_empty()
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
