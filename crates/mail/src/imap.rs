//! The IMAP door: fetches what is new from a mailbox, remembers where it was, and waits for more.
//!
//! A message counts as fetched when the sink has stored it; only then the remembered place moves on. When the server
//! says that its numbers mean something else now (UIDVALIDITY), everything is handed over again and the desk's ledger
//! tells what it already knows.

mod connect;
mod follow;

use std::future::Future;
use std::time::Duration;

use async_imap::Session;
use async_imap::extensions::idle::IdleResponse;
use async_imap::types::Fetch;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::parse::MESSAGE_BYTES_MAX;
use connect::BoxedStream;

pub use follow::follow;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImapAccount {
    pub host: String,
    pub port: u16,
    pub tls: ImapTls,
    pub user: String,
    pub auth: ImapAuth,
    pub folder: String,
    pub first_fetch: FirstFetch,
    /// A certificate authority of one's own, in PEM.
    pub ca_pem: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapTls {
    #[default]
    Implicit,
    StartTls,
    Plain,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ImapAuth {
    Password(String),
    XOAuth2 { token: String },
}

/// What of a mailbox that was there before the desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FirstFetch {
    Everything,
    #[default]
    Unseen,
    OnlyNew,
}

/// The place up to which a folder has been fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImapState {
    pub uid_validity: u32,
    pub last_uid: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub uid_validity: u32,
    pub uid: u32,
    pub raw: Vec<u8>,
    /// Larger than is taken in: `raw` is only its beginning.
    pub is_cut: bool,
}

/// Whoever keeps the mail.
pub trait Sink: Send + Sync {
    /// Returns only when the message would survive a power cut. Storing what is known already is fine.
    fn store(&self, mail: Fetched) -> impl Future<Output = Result<(), String>> + Send;

    /// Remembers the place. Called after everything up to it has been stored.
    fn advance(&self, state: ImapState) -> impl Future<Output = Result<(), String>> + Send;

    /// The connection broke or was refused; it will be tried again after the pause.
    fn trouble(&self, _error: &ImapError, _next_try: Duration) {}
}

#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    #[error("{host}:{port} cannot be reached: {reason}")]
    Unreachable { host: String, port: u16, reason: String },
    #[error("no safe connection: {0}")]
    Tls(String),
    #[error("the server refused to sign in: {0}")]
    Refused(String),
    #[error("the server said: {0}")]
    Server(String),
    #[error("{0} took too long")]
    TimedOut(&'static str),
    #[error("the mail could not be stored: {0}")]
    Sink(String),
}

impl From<async_imap::error::Error> for ImapError {
    fn from(error: async_imap::error::Error) -> Self {
        ImapError::Server(words(&error))
    }
}

/// Characters shown of an answer that is no IMAP.
const ANSWER_CHARS_MAX: usize = 200;

/// What the server has said. Of an answer that it cannot read, the client tells how reading failed, and quotes it at
/// the end.
fn words(error: &async_imap::error::Error) -> String {
    let said = match error {
        async_imap::error::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    };
    match said.split_once(" during parsing of ") {
        Some((_, quoted)) => format!("“{}”, which is not IMAP", first_line(quoted)),
        None => said,
    }
}

/// Of a text in quotes and with backslashes, as the client writes it.
fn first_line(quoted: &str) -> String {
    let mut line = String::new();
    let mut chars = quoted.chars().skip(1).take(ANSWER_CHARS_MAX);
    while let Some(c) = chars.next().filter(|c| *c != '"') {
        match c {
            '\\' => match chars.next() {
                Some('r' | 'n') | None => break,
                Some(escaped) => line.push(escaped),
            },
            c => line.push(c),
        }
    }
    line
}

/// How waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    Changed,
    TimedOut,
    /// The server cannot tell; ask again after a while.
    NotOffered,
}

/// What a trial connection has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    pub messages: u32,
    pub idle: bool,
}

const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
const FETCH_TIMEOUT: Duration = Duration::from_secs(300);
/// Servers hang up after half an hour of silence.
pub const IDLE_TIMEOUT_MAX: Duration = Duration::from_secs(28 * 60);
/// Messages asked for at once, and their size together.
const BATCH_MESSAGES_MAX: usize = 50;
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Of a message that is too large, this much is fetched, so that a person can see what it was.
const CUT_BYTES: usize = 256 * 1024;

/// A signed-in connection with its folder open.
pub struct Connection {
    session: Session<BoxedStream>,
    uid_validity: u32,
    uid_next: Option<u32>,
    messages: u32,
    has_idle: bool,
    first_fetch: FirstFetch,
}

/// Connects, fetches what is new and takes leave.
pub async fn fetch_new<S: Sink>(
    account: &ImapAccount,
    state: Option<ImapState>,
    sink: &S,
) -> Result<ImapState, ImapError> {
    let mut connection = Connection::open(account).await?;
    let state = connection.fetch_new(state, sink).await?;
    connection.close().await;
    Ok(state)
}

/// Signs in and opens the folder, without touching anything.
pub async fn probe(account: &ImapAccount) -> Result<Probe, ImapError> {
    let connection = Connection::open(account).await?;
    let probe = Probe { messages: connection.messages, idle: connection.has_idle };
    connection.close().await;
    Ok(probe)
}

impl Connection {
    pub async fn open(account: &ImapAccount) -> Result<Self, ImapError> {
        let mut session = connect::sign_in(account).await?;
        let has_idle = within(COMMAND_TIMEOUT, "asking what the server can do", async {
            Ok(session.capabilities().await?.has_str("IDLE"))
        })
        .await?;
        let mailbox = within(COMMAND_TIMEOUT, "opening the folder", async {
            Ok(session.select(&account.folder).await?)
        })
        .await?;
        let uid_validity = mailbox
            .uid_validity
            .ok_or_else(|| ImapError::Server("it gives messages no lasting numbers".to_owned()))?;
        Ok(Connection {
            session,
            uid_validity,
            uid_next: mailbox.uid_next,
            messages: mailbox.exists,
            has_idle,
            first_fetch: account.first_fetch,
        })
    }

    pub async fn close(mut self) {
        let _ = within(COMMAND_TIMEOUT, "taking leave", async { Ok(self.session.logout().await?) }).await;
    }

    /// Goes on until nothing new is left, so that waiting afterwards cannot miss anything.
    pub async fn fetch_new<S: Sink>(
        &mut self,
        state: Option<ImapState>,
        sink: &S,
    ) -> Result<ImapState, ImapError> {
        let same = state.filter(|state| state.uid_validity == self.uid_validity);
        let mut last_uid = same.map_or(0, |state| state.last_uid);
        let mut unseen_only = false;
        if state.is_none() {
            match self.first_fetch {
                FirstFetch::Everything => {}
                FirstFetch::Unseen => unseen_only = true,
                FirstFetch::OnlyNew => last_uid = self.uid_next.unwrap_or(1).saturating_sub(1),
            }
        }
        loop {
            let uids = self.uids_after(last_uid, unseen_only).await?;
            for batch in self.batches(&uids).await? {
                self.fetch_batch(&batch, sink).await?;
                last_uid = batch.last().map_or(last_uid, |(uid, _)| last_uid.max(*uid));
                self.remember(last_uid, sink).await?;
            }
            if unseen_only {
                // What was seen before the desk came is passed over once and for all.
                unseen_only = false;
                last_uid = last_uid.max(self.uid_next.unwrap_or(1).saturating_sub(1));
                self.remember(last_uid, sink).await?;
                continue;
            }
            if uids.is_empty() {
                break;
            }
            last_uid = uids.last().map_or(last_uid, |uid| last_uid.max(*uid));
        }
        let state = ImapState { uid_validity: self.uid_validity, last_uid };
        if same != Some(state) {
            self.remember(last_uid, sink).await?;
        }
        Ok(state)
    }

    /// Waits until the folder changes or the time is over. Ask `fetch_new` afterwards in any case.
    pub async fn idle_once(mut self, timeout: Duration) -> Result<(Self, Wake), ImapError> {
        if !self.has_idle {
            return Ok((self, Wake::NotOffered));
        }
        let mut handle = self.session.idle();
        within(COMMAND_TIMEOUT, "beginning to wait", async { Ok(handle.init().await?) }).await?;
        let wake = {
            let (waiting, _stop) = handle.wait_with_timeout(timeout.min(IDLE_TIMEOUT_MAX));
            match waiting.await? {
                IdleResponse::NewData(_) => Wake::Changed,
                IdleResponse::Timeout | IdleResponse::ManualInterrupt => Wake::TimedOut,
            }
        };
        self.session = within(COMMAND_TIMEOUT, "ending to wait", async { Ok(handle.done().await?) }).await?;
        Ok((self, wake))
    }

    async fn uids_after(&mut self, last_uid: u32, unseen_only: bool) -> Result<Vec<u32>, ImapError> {
        let Some(first) = last_uid.checked_add(1) else { return Ok(Vec::new()) };
        let query = if unseen_only { format!("UNSEEN UID {first}:*") } else { format!("UID {first}:*") };
        let found = within(COMMAND_TIMEOUT, "looking for new mail", async {
            Ok(self.session.uid_search(&query).await?)
        })
        .await?;
        // `n:*` also finds the last message when its number is below n.
        let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > last_uid).collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// Groups of numbers with the size of each message, so that one answer never fills the memory.
    async fn batches(&mut self, uids: &[u32]) -> Result<Vec<Vec<(u32, usize)>>, ImapError> {
        let mut batches: Vec<Vec<(u32, usize)>> = Vec::new();
        let mut bytes = 0;
        for some in uids.chunks(500) {
            let set = set_of(some.iter());
            let sizes = self.fetch(&set, "(UID RFC822.SIZE)").await?;
            for uid in some {
                let size = sizes
                    .iter()
                    .find(|fetch| fetch.uid == Some(*uid))
                    .and_then(|fetch| fetch.size)
                    .unwrap_or(0) as usize;
                let full = batches.last().is_none_or(|batch| {
                    batch.len() >= BATCH_MESSAGES_MAX
                        || bytes + size.min(CUT_BYTES.max(size)) > BATCH_BYTES_MAX
                });
                if full {
                    batches.push(Vec::new());
                    bytes = 0;
                }
                bytes += if size > MESSAGE_BYTES_MAX { CUT_BYTES } else { size };
                if let Some(batch) = batches.last_mut() {
                    batch.push((*uid, size));
                }
            }
        }
        Ok(batches)
    }

    async fn fetch_batch<S: Sink>(&mut self, batch: &[(u32, usize)], sink: &S) -> Result<(), ImapError> {
        let (whole, cut): (Vec<_>, Vec<_>) = batch.iter().partition(|(_, size)| *size <= MESSAGE_BYTES_MAX);
        let mut fetched: Vec<(Fetch, bool)> = Vec::new();
        if !whole.is_empty() {
            let set = set_of(whole.iter().map(|(uid, _)| uid));
            fetched
                .extend(self.fetch(&set, "(UID BODY.PEEK[])").await?.into_iter().map(|fetch| (fetch, false)));
        }
        if !cut.is_empty() {
            let set = set_of(cut.iter().map(|(uid, _)| uid));
            let query = format!("(UID BODY.PEEK[]<0.{CUT_BYTES}>)");
            fetched.extend(self.fetch(&set, &query).await?.into_iter().map(|fetch| (fetch, true)));
        }
        fetched.sort_by_key(|(fetch, _)| fetch.uid);
        let mut stored = Vec::new();
        for (fetch, is_cut) in fetched {
            let (Some(uid), Some(raw)) = (fetch.uid, fetch.body()) else { continue };
            let mail = Fetched { uid_validity: self.uid_validity, uid, raw: raw.to_vec(), is_cut };
            sink.store(mail).await.map_err(ImapError::Sink)?;
            stored.push(uid);
        }
        self.mark_seen(&stored).await
    }

    /// A folder that may not be changed is no reason to stop.
    async fn mark_seen(&mut self, uids: &[u32]) -> Result<(), ImapError> {
        if uids.is_empty() {
            return Ok(());
        }
        let set = set_of(uids.iter());
        let marking = async {
            let answers = self.session.uid_store(&set, "+FLAGS.SILENT (\\Seen)").await?;
            answers.try_collect::<Vec<_>>().await?;
            Ok(())
        };
        match within(COMMAND_TIMEOUT, "marking mail as seen", marking).await {
            Err(ImapError::Server(reason)) => {
                tracing::warn!(%reason, "fetched mail could not be marked as seen");
                Ok(())
            }
            other => other,
        }
    }

    async fn fetch(&mut self, set: &str, query: &str) -> Result<Vec<Fetch>, ImapError> {
        within(FETCH_TIMEOUT, "fetching mail", async {
            let answers = self.session.uid_fetch(set, query).await?;
            Ok(answers.try_collect::<Vec<_>>().await?)
        })
        .await
    }

    async fn remember<S: Sink>(&self, last_uid: u32, sink: &S) -> Result<(), ImapError> {
        sink.advance(ImapState { uid_validity: self.uid_validity, last_uid }).await.map_err(ImapError::Sink)
    }
}

/// `1:3,7`
fn set_of<'x>(uids: impl Iterator<Item = &'x u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == uid => *last = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    let pieces = ranges
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") });
    pieces.collect::<Vec<_>>().join(",")
}

async fn within<T>(
    timeout: Duration,
    what: &'static str,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, ImapError> {
    tokio::time::timeout(timeout, work).await.map_err(|_| ImapError::TimedOut(what))?
}

#[cfg(test)]
mod tests {
    use super::set_of;

    #[test]
    fn numbers_in_a_row_are_asked_for_as_a_range() {
        assert_eq!(set_of([1, 2, 3, 7, 9, 10].iter()), "1:3,7,9:10");
        assert_eq!(set_of([].iter()), "");
    }
}
