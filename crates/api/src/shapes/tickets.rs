//! Tickets, comments, audits, files, views and ratings as the API shows them.

use super::{Source, Via};
use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::mail::views::{LedgerEntry, MailSource};
use desk::satisfaction::Rating;
use desk::satisfaction::views::Score;
use desk::tickets::facts::Facts;
use desk::tickets::{Comment, Ticket};
use desk::{GroupId, UserId};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Clone, Default, Serialize, ToSchema)]
pub struct TicketRating {
    /// `unoffered`, `offered`, `good` or `bad`.
    pub score: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `offered`, `good` or `bad`.
pub fn score_word(rating: &Rating) -> &'static str {
    match Score::of(rating) {
        Score::Good => "good",
        Score::Bad => "bad",
        Score::Any | Score::Offered | Score::Received => "offered",
    }
}

impl TicketRating {
    pub fn of(rating: &Rating) -> TicketRating {
        TicketRating {
            score: score_word(rating),
            id: Some(rating.id.0),
            comment: rating.comment.clone(),
            reason: rating.reason.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TicketShape {
    pub url: String,
    pub id: i64,
    pub external_id: Option<String>,
    pub via: Via,
    pub created_at: String,
    pub updated_at: String,
    /// Seconds since 1970 at the last change.
    pub generated_timestamp: i64,
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
    pub subject: String,
    pub raw_subject: String,
    /// The first comment.
    pub description: String,
    pub priority: Option<&'static str>,
    pub status: &'static str,
    /// The desk's address that the first mail came to.
    pub recipient: Option<String>,
    pub requester_id: i64,
    pub submitter_id: i64,
    pub assignee_id: Option<i64>,
    pub organization_id: Option<i64>,
    pub group_id: Option<i64>,
    pub collaborator_ids: Vec<i64>,
    pub follower_ids: Vec<i64>,
    pub email_cc_ids: Vec<i64>,
    pub forum_topic_id: Option<i64>,
    pub problem_id: Option<i64>,
    pub has_incidents: bool,
    pub is_public: bool,
    pub due_at: Option<String>,
    pub tags: Vec<String>,
    /// This desk has no fields of one's own yet; always empty.
    #[schema(value_type = Vec<Object>)]
    pub custom_fields: [Value; 0],
    #[schema(value_type = Vec<Object>)]
    pub fields: [Value; 0],
    pub satisfaction_rating: TicketRating,
    pub sharing_agreement_ids: [i64; 0],
    pub brand_id: i64,
    pub allow_channelback: bool,
    pub allow_attachments: bool,
    pub from_messaging_channel: bool,
    /// With `include=comment_count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_count: Option<i64>,
    /// In search results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<&'static str>,
}

impl TicketShape {
    pub fn of(
        ticket: &Ticket,
        beside: Facts,
        mail: Option<&MailSource>,
        rating: Option<&Rating>,
        urls: &Urls,
    ) -> TicketShape {
        let numbers = |ids: &[UserId]| ids.iter().map(|id| id.0).collect::<Vec<_>>();
        let mut via = Via::mail(ticket.channel, mail);
        if let Some(source) = ticket.followup_source {
            via.source =
                Source { from: json!({ "ticket_id": source }), to: json!({}), rel: Some("follow_up") };
        }
        let mut collaborators = numbers(&beside.ccs);
        collaborators.extend(numbers(&beside.followers));
        collaborators.sort_unstable();
        collaborators.dedup();
        TicketShape {
            url: urls.resource(&format!("/tickets/{}", ticket.id)),
            id: ticket.id.0,
            external_id: ticket.external_id.clone(),
            via,
            created_at: iso(ticket.created_at),
            updated_at: iso(ticket.updated_at),
            generated_timestamp: ticket.updated_at.div_euclid(1_000),
            kind: ticket.kind.map(|kind| kind.name()),
            subject: ticket.subject.clone(),
            raw_subject: ticket.subject.clone(),
            description: beside.description,
            priority: ticket.priority.map(|priority| priority.name()),
            // A deleted ticket appears in exports only.
            status: if beside.deleted_at.is_some() { "deleted" } else { ticket.status.name() },
            recipient: mail.map(|it| it.to.address.clone()),
            requester_id: ticket.requester.0,
            submitter_id: ticket.submitter.0,
            assignee_id: ticket.assignee.map(|id| id.0),
            organization_id: ticket.organization.map(|id| id.0),
            group_id: ticket.group.map(|GroupId(id)| id),
            collaborator_ids: collaborators,
            follower_ids: numbers(&beside.followers),
            email_cc_ids: numbers(&beside.ccs),
            forum_topic_id: None,
            problem_id: ticket.problem.map(|id| id.0),
            has_incidents: beside.has_incidents,
            is_public: beside.is_public,
            due_at: iso_if(ticket.due_at),
            tags: ticket.tags.as_slice().to_vec(),
            custom_fields: [],
            fields: [],
            satisfaction_rating: rating
                .map(TicketRating::of)
                .unwrap_or(TicketRating { score: "unoffered", ..TicketRating::default() }),
            sharing_agreement_ids: [],
            brand_id: ticket.brand.0,
            allow_channelback: false,
            allow_attachments: true,
            from_messaging_channel: false,
            comment_count: None,
            result_type: None,
        }
    }
}

#[derive(Clone, Serialize, ToSchema)]
pub struct AttachmentShape {
    pub url: String,
    pub id: i64,
    pub file_name: String,
    /// Signed: whoever has the address may read the file.
    pub content_url: String,
    pub mapped_content_url: String,
    pub content_type: String,
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub inline: bool,
    pub deleted: bool,
    #[schema(value_type = Vec<Object>)]
    pub thumbnails: [Value; 0],
}

#[derive(Serialize, ToSchema)]
pub struct UploadShape {
    /// Name it in `comment.uploads`.
    pub token: String,
    /// Uploads wait without an end.
    pub expires_at: Option<String>,
    pub attachment: AttachmentShape,
    pub attachments: Vec<AttachmentShape>,
}

#[derive(Serialize, ToSchema)]
pub struct CommentShape {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub author_id: i64,
    pub body: String,
    pub html_body: String,
    pub plain_body: String,
    pub public: bool,
    pub attachments: Vec<AttachmentShape>,
    pub audit_id: Option<i64>,
    pub via: Via,
    pub created_at: String,
    #[schema(value_type = Object)]
    pub metadata: Value,
}

impl CommentShape {
    pub fn of(
        comment: &Comment,
        attachments: Vec<AttachmentShape>,
        audit: Option<i64>,
        mail: Option<&MailSource>,
    ) -> CommentShape {
        CommentShape {
            id: comment.id.0,
            kind: "Comment",
            author_id: comment.author.0,
            body: comment.body.clone(),
            html_body: html_of(comment),
            plain_body: comment.body.clone(),
            public: comment.public,
            attachments,
            audit_id: audit,
            via: Via::mail(comment.channel, mail),
            created_at: iso(comment.created_at),
            metadata: json!({ "system": {}, "custom": {} }),
        }
    }
}

/// The comment's cleaned HTML, or its text with paragraphs.
fn html_of(comment: &Comment) -> String {
    let inner = match &comment.html {
        Some(html) => html.clone(),
        None => {
            let escaped = comment.body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let paragraphs = escaped.split("\n\n").filter(|part| !part.trim().is_empty());
            paragraphs
                .map(|part| format!("<p dir=\"auto\">{}</p>", part.trim().replace('\n', "<br>")))
                .collect()
        }
    };
    format!("<div class=\"zd-comment\" dir=\"auto\">{inner}</div>")
}

#[derive(Serialize, ToSchema)]
pub struct AuditShape {
    pub id: i64,
    pub ticket_id: i64,
    pub created_at: String,
    pub author_id: i64,
    pub via: Via,
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// `Create`, `Change` and `Comment`, as in the Zendesk API.
    #[schema(value_type = Vec<Object>)]
    pub events: Vec<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Minutes {
    pub calendar: Option<i64>,
    /// The same: this desk knows no business hours yet.
    pub business: Option<i64>,
}

impl Minutes {
    fn between(from: i64, to: Option<i64>) -> Minutes {
        let minutes = to.map(|to| (to - from).max(0) / 60_000);
        Minutes { calendar: minutes, business: minutes }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TicketMetricShape {
    pub id: i64,
    pub ticket_id: i64,
    pub url: String,
    pub created_at: String,
    pub updated_at: String,
    pub group_stations: i64,
    pub assignee_stations: i64,
    pub reopens: i64,
    pub replies: i64,
    pub requester_updated_at: Option<String>,
    pub assigned_at: Option<String>,
    pub solved_at: Option<String>,
    pub reply_time_in_minutes: Minutes,
    pub full_resolution_time_in_minutes: Minutes,
}

impl TicketMetricShape {
    pub fn of(ticket: &Ticket, urls: &Urls) -> TicketMetricShape {
        TicketMetricShape {
            id: ticket.id.0,
            ticket_id: ticket.id.0,
            url: urls.resource(&format!("/tickets/{}/metrics", ticket.id)),
            created_at: iso(ticket.created_at),
            updated_at: iso(ticket.updated_at),
            group_stations: ticket.group_stations,
            assignee_stations: ticket.assignee_stations,
            reopens: ticket.reopens,
            replies: ticket.replies,
            requester_updated_at: iso_if(ticket.requester_updated_at),
            assigned_at: iso_if(ticket.assigned_at),
            solved_at: iso_if(ticket.solved_at),
            reply_time_in_minutes: Minutes::between(ticket.created_at, ticket.first_reply_at),
            full_resolution_time_in_minutes: Minutes::between(ticket.created_at, ticket.solved_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TicketFieldShape {
    pub url: String,
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub raw_title: &'static str,
    pub description: &'static str,
    pub raw_description: &'static str,
    pub position: i64,
    pub active: bool,
    pub required: bool,
    pub visible_in_portal: bool,
    pub editable_in_portal: bool,
    pub removable: bool,
    #[schema(value_type = Option<Vec<Object>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_field_options: Option<Vec<Value>>,
}

#[derive(Serialize, ToSchema)]
pub struct ViewShape {
    pub url: String,
    pub id: i64,
    pub title: &'static str,
    pub raw_title: &'static str,
    pub active: bool,
    pub default: bool,
    pub position: i64,
    pub description: Option<String>,
    #[schema(value_type = Object)]
    pub execution: Value,
    #[schema(value_type = Object)]
    pub conditions: Value,
    #[schema(value_type = Option<Object>)]
    pub restriction: Option<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct ViewCountShape {
    pub url: String,
    pub view_id: i64,
    pub value: i64,
    pub pretty: String,
    pub fresh: bool,
}

#[derive(Serialize, ToSchema)]
pub struct RatingShape {
    pub url: String,
    pub id: i64,
    pub assignee_id: Option<i64>,
    pub group_id: Option<i64>,
    pub requester_id: i64,
    pub ticket_id: i64,
    /// `offered`, `good` or `bad`.
    pub score: &'static str,
    /// 1 to 5, as the customer gave it.
    pub stars: Option<i64>,
    pub comment: Option<String>,
    pub reason: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct SuspendedTicketShape {
    pub url: String,
    pub id: i64,
    #[schema(value_type = Object)]
    pub author: Value,
    pub subject: String,
    /// What it says, where it could be read.
    pub content: String,
    pub cause: String,
    pub brand_id: i64,
    pub message_id: Option<String>,
    pub ticket_id: Option<i64>,
    pub recipient: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub via: Via,
}

/// A deleted ticket, which may still be restored.
#[derive(Serialize, ToSchema)]
pub struct DeletedTicketShape {
    pub id: i64,
    pub subject: String,
    #[schema(value_type = Option<Object>)]
    pub actor: Option<Value>,
    pub deleted_at: String,
    pub previous_state: &'static str,
}

/// One mail that came, and where it has gone.
#[derive(Serialize, ToSchema)]
pub struct LedgerEntryShape {
    pub id: i64,
    /// `smtp` or `imap`.
    pub door: String,
    pub mailbox_id: Option<i64>,
    pub remote_ip: String,
    pub mail_from: String,
    pub from_address: Option<String>,
    pub from_name: Option<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    pub size: i64,
    /// received, comment, duplicate, suspended, discarded
    pub state: &'static str,
    pub reason: Option<String>,
    /// token, references, body-token, bounce
    pub threaded_by: Option<String>,
    pub ticket_id: Option<i64>,
    pub comment_id: Option<i64>,
    pub duplicate_of_id: Option<i64>,
    pub received_at: String,
    pub ended_at: Option<String>,
}

impl LedgerEntryShape {
    pub fn of(entry: &LedgerEntry) -> LedgerEntryShape {
        LedgerEntryShape {
            id: entry.id.0,
            door: entry.door.clone(),
            mailbox_id: entry.mailbox.map(|id| id.0),
            remote_ip: entry.remote_ip.clone(),
            mail_from: entry.mail_from.clone(),
            from_address: entry.from_address.clone(),
            from_name: entry.from_name.clone(),
            subject: entry.subject.clone(),
            message_id: entry.message_id.clone(),
            size: entry.bytes,
            state: entry.state.name(),
            reason: entry.reason.clone(),
            threaded_by: entry.threaded_by.clone(),
            ticket_id: entry.ticket.map(|id| id.0),
            comment_id: entry.comment.map(|id| id.0),
            duplicate_of_id: entry.duplicate_of.map(|id| id.0),
            received_at: iso(entry.received_at),
            ended_at: iso_if(entry.ended_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct UnaccountedShape {
    /// Kept and not ended anywhere: 0 except while a retry is due.
    pub unaccounted: i64,
    /// Waiting for a person's decision.
    pub suspended: i64,
}
