//! Tickets with all that their JSON says, and what may be sent along with them.

use crate::call::{Call, Urls};
use crate::problem::Problem;
use crate::shapes::{
    AttachmentShape, AuditShape, CommentShape, GroupShape, OrganizationShape, TicketMetricShape, TicketShape,
    UserShape, Via,
};
use crate::time::iso;
use desk::mail::views::{MailSource, sources_of};
use desk::people::{self, User};
use desk::satisfaction::Rating;
use desk::tickets::{self, Attachment, Audit, AuditEvent, Comment, Ticket};
use desk::{AuditId, CommentId, GroupId, MailId, OrganizationId, TicketId, Tx, UserId, satisfaction};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Audits of one ticket that a comment's audit is looked for in.
const AUDITS_READ_MAX: usize = 2_000;

pub fn shapes(tx: &mut Tx, urls: &Urls, list: &[Ticket]) -> Result<Vec<TicketShape>, Problem> {
    let ids: Vec<TicketId> = list.iter().map(|ticket| ticket.id).collect();
    let mut beside = tickets::facts::facts_of(tx, &ids)?;
    let ratings = satisfaction::views::of_tickets(tx, &ids)?;
    let ratings: HashMap<TicketId, &Rating> = ratings.iter().map(|it| (it.ticket, it)).collect();
    let staff = tx.actor().is_staff();
    let mails: Vec<MailId> = beside.values().filter_map(|it| it.mail).collect();
    let sources = sources(tx, &mails)?;
    Ok(list
        .iter()
        .map(|ticket| {
            let mut beside = beside.remove(&ticket.id).unwrap_or_default();
            if !staff {
                beside.followers.clear();
                if !beside.is_public {
                    beside.description.clear();
                }
            }
            let source = beside.mail.and_then(|mail| sources.get(&mail));
            TicketShape::of(ticket, beside, source, ratings.get(&ticket.id).copied(), urls)
        })
        .collect())
}

/// Who wrote these mails; for staff.
fn sources(tx: &mut Tx, mails: &[MailId]) -> Result<HashMap<MailId, MailSource>, Problem> {
    match tx.actor().is_staff() {
        true => Ok(sources_of(tx, mails)?),
        false => Ok(HashMap::new()),
    }
}

pub fn shape(tx: &mut Tx, urls: &Urls, ticket: &Ticket) -> Result<TicketShape, Problem> {
    let mut one = shapes(tx, urls, std::slice::from_ref(ticket))?;
    one.pop().ok_or(Problem::NotFound)
}

/// Users with whether an address of theirs is known to be theirs.
pub fn user_shapes(tx: &mut Tx, urls: &Urls, users: &[User]) -> Result<Vec<UserShape>, Problem> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let verified = people::verified_among(tx, &ids)?;
    Ok(users.iter().map(|user| UserShape::of(user, verified.contains(&user.id), urls)).collect())
}

/// Adds what `include=` names: users, groups, organizations, comment_count, last_audits.
pub fn side_load(
    tx: &mut Tx,
    call: &Call,
    urls: &Urls,
    list: &[Ticket],
    shapes: &mut [TicketShape],
    body: &mut Map<String, Value>,
) -> Result<(), Problem> {
    if call.includes("comment_count") {
        for (shape, ticket) in shapes.iter_mut().zip(list) {
            shape.comment_count = Some(ticket.comment_count);
        }
    }
    if !call.actor.is_staff() {
        return Ok(());
    }
    if call.includes("users") {
        let mut ids: Vec<UserId> = list
            .iter()
            .flat_map(|it| [Some(it.requester), Some(it.submitter), it.assignee])
            .flatten()
            .collect();
        ids.extend(shapes.iter().flat_map(|it| it.collaborator_ids.iter().map(|id| UserId(*id))));
        ids.sort_unstable();
        ids.dedup();
        let users = people::list_by_ids(tx, &ids)?;
        body.insert("users".into(), json!(user_shapes(tx, urls, &users)?));
    }
    if call.includes("metric_sets") {
        let sets: Vec<_> = list.iter().map(|ticket| TicketMetricShape::of(ticket, urls)).collect();
        body.insert("metric_sets".into(), json!(sets));
    }
    if call.includes("groups") {
        let wanted: Vec<GroupId> = list.iter().filter_map(|it| it.group).collect();
        let groups = people::list_groups(tx)?;
        let groups: Vec<_> =
            groups.iter().filter(|it| wanted.contains(&it.id)).map(|it| GroupShape::of(it, urls)).collect();
        body.insert("groups".into(), json!(groups));
    }
    if call.includes("organizations") {
        let mut wanted: Vec<OrganizationId> = list.iter().filter_map(|it| it.organization).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = people::list_organizations_by_ids(tx, &wanted)?;
        let shapes: Vec<_> = found.iter().map(|it| OrganizationShape::of(it, urls)).collect();
        body.insert("organizations".into(), json!(shapes));
    }
    if call.includes("last_audits") {
        let mut last = Vec::new();
        for ticket in list {
            if let Some(audit) = tickets::audits_of(tx, ticket.id, None, AUDITS_READ_MAX)?.pop() {
                last.push(audit_shape(tx, call, urls, &audit)?);
            }
        }
        body.insert("last_audits".into(), json!(last));
    }
    Ok(())
}

pub fn attachment_shape(call: &Call, urls: &Urls, file: &Attachment) -> AttachmentShape {
    let address = urls.plain(&crate::attachments::signed_path(&call.api.desk.key, file));
    AttachmentShape {
        url: urls.resource(&format!("/attachments/{}", file.id)),
        id: file.id.0,
        file_name: file.file_name.clone(),
        content_url: address.clone(),
        mapped_content_url: address,
        content_type: file.content_type.clone(),
        size: file.bytes,
        width: None,
        height: None,
        inline: file.inline,
        deleted: false,
        thumbnails: [],
    }
}

/// All comments of a ticket with their files; files shown inside the text only when asked for.
pub fn comment_shapes(
    tx: &mut Tx,
    call: &Call,
    urls: &Urls,
    ticket: TicketId,
    comments: &[Comment],
) -> Result<Vec<CommentShape>, Problem> {
    let with_inline = call.query("include_inline_images").is_some_and(|it| it == "true");
    let files = tickets::attachments_of_ticket(tx, ticket)?;
    let audits = audits_by_comment(tx, ticket)?;
    let mails: Vec<MailId> = comments.iter().filter_map(|comment| comment.mail).collect();
    let sources = sources(tx, &mails)?;
    let shape = |comment: &Comment| {
        let mine =
            files.iter().filter(|file| file.comment == Some(comment.id) && (with_inline || !file.inline));
        let mine = mine.map(|file| attachment_shape(call, urls, file)).collect();
        let source = comment.mail.and_then(|mail| sources.get(&mail));
        CommentShape::of(comment, mine, audits.get(&comment.id).map(|id| id.0), source)
    };
    Ok(comments.iter().map(shape).collect())
}

fn audits_by_comment(tx: &mut Tx, ticket: TicketId) -> Result<HashMap<CommentId, AuditId>, Problem> {
    let audits = tickets::audits_of(tx, ticket, None, AUDITS_READ_MAX)?;
    let pairs = audits.iter().flat_map(|audit| {
        audit.events.iter().filter_map(|event| match event {
            AuditEvent::Comment { comment, .. } => Some((*comment, audit.id)),
            _ => None,
        })
    });
    Ok(pairs.collect())
}

/// An audit with its events as clients know them; a comment stands in it as a whole.
pub fn audit_shape(tx: &mut Tx, call: &Call, urls: &Urls, audit: &Audit) -> Result<AuditShape, Problem> {
    let mut events = Vec::new();
    let mut via = Via::channel(audit.channel);
    for (i, event) in audit.events.iter().enumerate() {
        // Events have no ids of their own; these stay the same and never meet.
        let id = audit.id.0 * 1_000 + i as i64;
        events.push(match event {
            AuditEvent::Create { field_name, value } => {
                json!({ "id": id, "type": "Create", "field_name": field_name, "value": as_text(value) })
            }
            AuditEvent::Change { field_name, value, previous_value } => json!({
                "id": id, "type": "Change", "field_name": field_name,
                "value": as_text(value), "previous_value": as_text(previous_value),
            }),
            AuditEvent::Comment { comment, public } => match tickets::find_comment(tx, *comment)? {
                Some(comment) => {
                    let files = tickets::attachments_of_comment(tx, comment.id)?;
                    let files = files.iter().map(|file| attachment_shape(call, urls, file)).collect();
                    let mails = Vec::from_iter(comment.mail);
                    let sources = sources(tx, &mails)?;
                    let source = sources.values().next();
                    if source.is_some() {
                        via = Via::mail(audit.channel, source);
                    }
                    json!(CommentShape::of(&comment, files, Some(audit.id.0), source))
                }
                None => json!({ "id": comment, "type": "Comment", "public": public }),
            },
        });
    }
    Ok(AuditShape {
        id: audit.id.0,
        ticket_id: audit.ticket.0,
        created_at: iso(audit.created_at),
        author_id: audit.author.0,
        via,
        metadata: json!({ "system": {}, "custom": {} }),
        events,
    })
}

/// Ids stand as text in audits.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        other => other.clone(),
    }
}
