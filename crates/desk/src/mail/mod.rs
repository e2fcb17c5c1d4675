//! The desk's half of e-mail: the ledger, threading, the suspended queue, outgoing mail, mailboxes.
//!
//! Doors speak the protocols and read the bytes; what they hand over is plain data: a [`Receipt`] (what came, from
//! where, the original bytes) and an [`Incoming`] (what the door made of it). [`receive`] keeps the bytes and ends
//! the mail in the same transaction, in exactly one of three places: a comment on a ticket, a duplicate of a mail
//! already there, or the suspended queue with its reason. The row in `mail_in` says which.
//!
//! Tables: `mailboxes`, `mail_in`, `mail_raw`, `mail_fingerprints`, `message_ids`, `mail_out`.

mod bounces;
mod guards;
mod ledger;
pub mod mailboxes;
mod notices;
mod outgoing;
mod reply;
mod seal;
mod store;
mod suspended;
mod take_in;
mod texts;
mod threading;
pub mod tokens;
pub mod views;

pub use guards::{BUSY_SENDERS_MAX, MailRules, fold_sender};
pub use ledger::{CheckReport, auth_of, check, give_up, oldest_unsent_at, raw_of, store_only, unaccounted};
pub use outgoing::{
    Decided, Fate, MailOutKind, MailOutState, NewMailOut, OutState, Outgoing, OutgoingAttachment,
    attachments_of, mailbox_of, mark_deferred, mark_each, mark_failed, mark_sent, outgoing, queue, resend,
    states_of,
};
pub(crate) use outgoing::{forget, forget_unsent, hour_is_spent, within_budget};
pub(crate) use reply::{email_of, queue_comment, sending_mailbox};
pub use suspended::{discard, put_back, recover};
pub use take_in::{accepts, receive, take_in};
pub use texts::LANGUAGES;
pub(crate) use texts::{Lang, language_of};

use crate::blobs::Blob;
use crate::{Kind, MailId, MailboxId, Refusal, TicketId};
use serde::{Deserialize, Serialize};

/// How often the binary tries to take in a stored mail before it calls [`give_up`].
pub const TAKE_IN_ATTEMPTS_MAX: i64 = 5;
/// Recipients of one mail who become CCs of its ticket.
pub const CCS_PER_MAIL_MAX: usize = 48;
/// Characters of a subject that are kept on the ticket; the original keeps them all.
pub const SUBJECT_CHARS_MAX: usize = 300;
/// Message-IDs of one mail that are looked up for its thread, newest first.
pub const REFERENCES_READ_MAX: usize = 50;

/// Somebody's name and address as a mail shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub name: Option<String>,
    pub address: String,
}

impl Address {
    pub fn bare(address: impl Into<String>) -> Self {
        Address { name: None, address: address.into() }
    }
}

/// What the mail door made of a message. Addresses in any case; Message-IDs without `<` and `>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Incoming {
    /// An empty address where the mail names nobody; the envelope's sender then stands in.
    pub from: Address,
    pub sender: Option<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    /// Delivered-To, X-Original-To, X-Forwarded-To, Envelope-To: where else our address may stand.
    pub delivered_to: Vec<String>,
    pub subject: String,
    /// Milliseconds since 1970, as the sender's clock had it.
    pub date: Option<i64>,
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    /// Oldest first, as in the header.
    pub references: Vec<String>,
    /// The new text only: quotes and signature are folded away into `quoted`.
    pub text_new: String,
    /// The same as cleaned HTML.
    pub html_new: Option<String>,
    pub quoted: Option<String>,
    pub quoted_html: Option<String>,
    /// All of the text, quotes included; searched for a body token.
    pub full_text: String,
    pub attachments: Vec<IncomingAttachment>,
    /// Why this was written by a machine ("Auto-Submitted: auto-replied"); none for a person's mail.
    pub machine: Option<String>,
    /// A web form wrote it for the person in `reply_to`.
    pub is_form: bool,
    pub bounce: Option<Bounce>,
    /// It carries our own loop header, see [`tokens::is_our_loop`].
    pub our_loop_header: bool,
    pub auth: AuthSummary,
    /// What was odd about the message, one sentence each.
    pub problems: Vec<String>,
}

/// A part of the message that is already in the blob store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingAttachment {
    #[serde(with = "blob_as_json")]
    pub blob: Blob,
    pub file_name: String,
    pub inline: bool,
    pub content_id: Option<String>,
}

/// A report that a mail of ours was not delivered, or not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    pub recipient: Option<String>,
    /// "5.1.1"
    pub status: Option<String>,
    /// False while the other server still tries.
    pub permanent: bool,
    pub diagnostic: Option<String>,
    pub original_message_id: Option<String>,
}

/// What SPF, DKIM, DMARC and ARC said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthSummary {
    /// SPF or DKIM passed for the domain that stands in From.
    pub aligned: bool,
    /// The details, as JSON.
    pub json: String,
}

/// What came through a door, before anybody understood it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub door: Door,
    pub remote_ip: String,
    pub helo: String,
    /// The envelope's sender; empty for bounces.
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    pub raw: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Smtp,
    Imap { mailbox: MailboxId, uid_validity: i64, uid: i64 },
}

/// Where a mail has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Kept and not yet understood. The only state that is "unaccounted".
    Received,
    Comment,
    Duplicate,
    Suspended,
    /// It was suspended, and a person threw it away. The original stays.
    Discarded,
}

impl MailState {
    pub const ALL: [MailState; 5] = [
        MailState::Received,
        MailState::Comment,
        MailState::Duplicate,
        MailState::Suspended,
        MailState::Discarded,
    ];

    pub fn name(self) -> &'static str {
        match self {
            MailState::Received => "received",
            MailState::Comment => "comment",
            MailState::Duplicate => "duplicate",
            MailState::Suspended => "suspended",
            MailState::Discarded => "discarded",
        }
    }

    pub fn parse(name: &str) -> Option<MailState> {
        MailState::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A row of the ledger after its mail was handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub mail: MailId,
    pub state: MailState,
    pub ticket: Option<TicketId>,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("only the desk itself takes in mail")]
    NotTheDesk,
    #[error("only agents may look after suspended mail")]
    NotAnAgent,
    #[error("only admins may change mailboxes")]
    NotAnAdmin,
    #[error("there is no such mail")]
    NoSuchMail,
    #[error("this mail is not suspended")]
    NotSuspended,
    #[error("this mail was not thrown away")]
    NotThrownAway,
    #[error("this mail has not failed")]
    NotFailed,
    #[error("there is no such mailbox")]
    NoSuchMailbox,
    #[error("{0:?} is not an e-mail address")]
    NotAnAddress(String),
    #[error("{0:?} is neither an e-mail address nor a domain such as example.org")]
    NotASender(String),
    #[error("at most {BUSY_SENDERS_MAX} senders may be listed")]
    TooManySenders,
    #[error("there is a mailbox with this address already")]
    AddressTaken,
    #[error("the stored password of this mailbox cannot be read; enter it again")]
    SecretUnreadable,
    #[error("the mail could not be made into a comment")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl MailError {
    pub(crate) fn refused(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        MailError::Refused(Box::new(error))
    }
}

impl Refusal for MailError {
    fn kind(&self) -> Kind {
        match self {
            MailError::NotTheDesk | MailError::NotAnAgent | MailError::NotAnAdmin => Kind::Forbidden,
            MailError::NoSuchMail | MailError::NoSuchMailbox => Kind::NotFound,
            MailError::NotSuspended
            | MailError::NotThrownAway
            | MailError::NotFailed
            | MailError::AddressTaken => Kind::Conflict,
            MailError::NotAnAddress(_) | MailError::NotASender(_) | MailError::TooManySenders => {
                Kind::Invalid
            }
            MailError::SecretUnreadable | MailError::Refused(_) => Kind::Broken,
            MailError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            MailError::NotAnAddress(_) | MailError::AddressTaken => Some("address"),
            MailError::NotASender(_) | MailError::TooManySenders => Some("busy_senders"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        matches!(self, MailError::AddressTaken)
    }
}

/// [`Blob`] as the JSON in which a suspended mail is kept.
mod blob_as_json {
    use crate::blobs::Blob;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(blob: &Blob, serializer: S) -> Result<S::Ok, S::Error> {
        (&blob.sha256, blob.bytes, &blob.content_type).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Blob, D::Error> {
        let (sha256, bytes, content_type) = Deserialize::deserialize(deserializer)?;
        Ok(Blob { sha256, bytes, content_type })
    }
}
