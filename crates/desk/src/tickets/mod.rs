//! What a ticket is: its words, its states, and what was said on it.
//!
//! Status order is new < open < pending < hold < solved < closed, so "less than solved" is a condition.
//! Tables: `tickets`, `comments`, `ticket_tags`, `ticket_people`, `attachments`, `audits`, `drafts`.
//! Two commands change a ticket, [`create`] and [`update`]; each writes one audit, its events and their jobs.
//! [`merge`] makes several tickets one conversation, and [`unmerge`] takes them apart again.

mod attach;
mod audit;
mod close;
mod create;
mod draft;
pub mod facts;
mod filter;
mod merge;
mod store;
mod tags;
mod time_spent;
mod update;
pub mod views;
mod words;

pub use attach::{
    Attachment, NewAttachment, Upload, attachments_of_comment, attachments_of_ticket, delete_upload,
    find_attachment, list_attachments, list_upload, upload, uploader_of,
};
pub use audit::{Audit, AuditEvent, audits_of};
pub use close::close_solved;
pub use create::{CreateError, CreateTicket, clean, create};
pub use draft::{
    Draft, DraftFile, FILES_PER_DRAFT_MAX, NewTicketDraft, discard_draft, discard_new_draft, draft_of,
    new_draft_of, save_draft, save_new_draft, waiting_files,
};
pub use filter::{Deletion, Filter, Order};
pub use merge::{
    MERGED_TAG, MergeError, MergeTickets, TICKETS_PER_MERGE_MAX, merge, merged_tickets, newcomers, unmerge,
};
pub(crate) use store::json_numbers;
pub use store::{ccs_of, comments_of, find_comment, find_ticket, followers_of, list_tickets_by_ids};
pub use tags::{TagChange, Tags};
pub use time_spent::{look_at, time_spent};
pub use update::{THE_DESK, UpdateError, UpdateTicket, Updated, delete, restore, update};
pub use words::{Channel, Priority, Status, Type};

use crate::*;
use serde::Serialize;

/// Subjects longer than this are cut.
pub const SUBJECT_CHARS_MAX: usize = 300;
/// Longest comment that is kept whole; more is refused.
pub const COMMENT_BYTES_MAX: usize = 1024 * 1024;
pub const TAGS_PER_TICKET_MAX: usize = 100;
pub const TAG_CHARS_MAX: usize = 80;
pub const CCS_PER_TICKET_MAX: usize = 48;
/// Characters of the first lines that lists show.
pub const SNIPPET_CHARS_MAX: usize = 140;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ticket {
    pub id: TicketId,
    pub subject: String,
    pub status: Status,
    pub priority: Option<Priority>,
    pub kind: Option<Type>,
    pub requester: UserId,
    pub submitter: UserId,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub organization: Option<OrganizationId>,
    pub brand: BrandId,
    pub channel: Channel,
    pub tags: Tags,
    pub snippet: String,
    pub language: Option<String>,
    /// 0 none to 3 at once.
    pub urgency: i64,
    /// 0 none to 3 furious.
    pub anger: i64,
    pub external_id: Option<String>,
    pub problem: Option<TicketId>,
    pub followup_source: Option<TicketId>,
    pub merged_into: Option<TicketId>,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub assigned_at: Option<i64>,
    pub first_reply_at: Option<i64>,
    pub requester_updated_at: Option<i64>,
    pub solved_at: Option<i64>,
    pub closed_at: Option<i64>,
    /// The oldest public comment of the requester that nobody has answered.
    pub waiting_since: Option<i64>,
    pub last_comment: Option<CommentId>,
    pub comment_count: i64,
    pub replies: i64,
    pub reopens: i64,
    pub assignee_stations: i64,
    pub group_stations: i64,
    pub version: i64,
}

impl Ticket {
    /// A person sees a ticket everywhere or nowhere. `is_cc` says whether they are among its CCs.
    pub fn is_visible_to(&self, actor: Actor, is_cc: bool) -> bool {
        actor.is_staff() || actor.is(self.requester) || is_cc
    }

    pub fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comment {
    pub id: CommentId,
    pub ticket: TicketId,
    pub author: UserId,
    pub public: bool,
    pub channel: Channel,
    /// The new text only.
    pub body: String,
    /// The same as cleaned HTML; `None`: plain text.
    pub html: Option<String>,
    /// What was folded away.
    pub quoted: Option<String>,
    pub quoted_html: Option<String>,
    pub mail: Option<MailId>,
    pub created_at: i64,
    pub redacted_at: Option<i64>,
}

/// What somebody wants to say.
#[derive(Clone, Debug, Default)]
pub struct NewComment {
    /// `None`: the actor.
    pub author: Option<UserId>,
    pub public: bool,
    pub body: String,
    /// Cleaned again before it is stored, whoever sent it.
    pub html: Option<String>,
    pub quoted: Option<String>,
    pub quoted_html: Option<String>,
    pub attachments: Vec<NewAttachment>,
    /// Tokens of files that were uploaded before.
    pub upload_tokens: Vec<String>,
    pub mail: Option<MailId>,
}

impl NewComment {
    pub fn public(body: impl Into<String>) -> Self {
        NewComment { public: true, body: body.into(), ..NewComment::default() }
    }

    pub fn internal(body: impl Into<String>) -> Self {
        NewComment { public: false, body: body.into(), ..NewComment::default() }
    }

    pub fn by(self, author: UserId) -> Self {
        NewComment { author: Some(author), ..self }
    }
}

/// One line of the first words, for lists.
pub(crate) fn snippet(body: &str) -> String {
    let mut words = String::new();
    for word in body.split_whitespace() {
        if words.chars().count() + word.chars().count() + 1 > SNIPPET_CHARS_MAX {
            words.push('…');
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    if words.is_empty() { body.chars().take(SNIPPET_CHARS_MAX).collect() } else { words }
}
