//! From a ticket's JSON body to the desk's commands.

use crate::plain;
use crate::problem::Problem;
use crate::shapes::{Change, CommentBody, CopyChange, PersonName, RequesterChange, TicketChange};
use crate::time;
use desk::tickets::{
    Channel, CreateTicket, NewComment, Priority, Status, TagChange, Type, UpdateTicket, list_upload,
};
use desk::{GroupId, TicketId, Tx, UserId, people};

pub fn to_create(tx: &mut Tx, wanted: &TicketChange) -> Result<CreateTicket, Problem> {
    let me = tx.actor().user();
    let requester = match (&wanted.requester, wanted.requester_id) {
        (Some(person), _) => someone(tx, person)?,
        (None, Some(id)) => UserId(id),
        (None, None) => me.ok_or_else(|| Problem::missing("requester_id"))?,
    };
    let mut comment = match (&wanted.comment, &wanted.description) {
        (Some(comment), _) => new_comment(tx, &comment.whole())?,
        (None, Some(text)) => NewComment::public(text.as_str()),
        (None, None) => return Err(Problem::missing("description")),
    };
    // Who writes for somebody else without saying so writes down what that person said.
    let submitter = wanted.submitter_id.map(UserId);
    comment.author = comment.author.or(submitter).or(Some(requester));
    let subject = wanted.subject.clone().or(wanted.raw_subject.clone()).unwrap_or_default();
    let mut command = CreateTicket::new(requester, subject, comment, channel(wanted));
    command.status = status(wanted.status.as_deref())?;
    command.priority = priority(&wanted.priority)?.flatten();
    command.kind = kind(&wanted.kind)?.flatten();
    command.assignee = assignee(tx, wanted)?.flatten();
    command.group = wanted.group_id.flatten().map(GroupId);
    command.brand = wanted.brand_id.map(Into::into);
    command.tags = wanted.tags.iter().chain(&wanted.additional_tags).flatten().cloned().collect();
    command.ccs = copies(tx, wanted)?;
    command.external_id = wanted.external_id.clone().flatten();
    command.followup_of = wanted.via_followup_source_id.map(TicketId);
    command.problem = wanted.problem_id.flatten().map(TicketId);
    command.submitter = submitter;
    command.due_at = due_at(&wanted.due_at)?.flatten();
    Ok(command)
}

/// What comes by API is a ticket like a letter, unless it says that somebody is on the line.
fn channel(wanted: &TicketChange) -> Channel {
    match wanted.via.as_ref().and_then(|via| via.get("channel")?.as_str()) {
        Some("chat") => Channel::Chat,
        Some("voice" | "phone") => Channel::Voice,
        Some("message" | "messaging" | "native_messaging") => Channel::Message,
        _ => Channel::Api,
    }
}

pub fn to_update(tx: &mut Tx, ticket: TicketId, wanted: &TicketChange) -> Result<UpdateTicket, Problem> {
    let mut command = UpdateTicket::of(ticket);
    command.channel = Channel::Api;
    command.comment = wanted.comment.as_ref().map(|comment| new_comment(tx, &comment.whole())).transpose()?;
    command.comment = command.comment.filter(|it| !is_empty(it));
    command.subject = wanted.subject.clone().or(wanted.raw_subject.clone());
    command.status = status(wanted.status.as_deref())?;
    command.priority = priority(&wanted.priority)?;
    command.kind = kind(&wanted.kind)?;
    command.assignee = assignee(tx, wanted)?;
    command.group = wanted.group_id.map(|group| group.map(GroupId));
    command.requester = match (&wanted.requester, wanted.requester_id) {
        (Some(person), _) => Some(someone(tx, person)?),
        (None, id) => id.map(UserId),
    };
    command.tags = match (&wanted.tags, &wanted.additional_tags, &wanted.remove_tags) {
        (Some(tags), _, _) => Some(TagChange::Set(tags.clone())),
        (None, Some(add), Some(remove)) => {
            Some(TagChange::AddAndRemove { add: add.clone(), remove: remove.clone() })
        }
        (None, Some(tags), None) => Some(TagChange::Add(tags.clone())),
        (None, None, Some(tags)) => Some(TagChange::Remove(tags.clone())),
        (None, None, None) => None,
    };
    command.add_ccs = copies(tx, wanted)?;
    command.remove_ccs = removed_copies(tx, wanted)?;
    command.problem = wanted.problem_id.map(|id| id.map(TicketId));
    command.external_id = wanted.external_id.clone();
    command.due_at = due_at(&wanted.due_at)?;
    command.updated_stamp = stamp(wanted.safe_update, wanted.updated_stamp.as_deref())?;
    Ok(command)
}

/// The moment after which nobody may have changed the ticket, when `safe_update` asks for it.
pub fn stamp(safe_update: Option<bool>, updated_stamp: Option<&str>) -> Result<Option<i64>, Problem> {
    match (safe_update, updated_stamp) {
        (Some(true), Some(text)) => {
            let wrong = || Problem::invalid("updated_stamp", "is not a moment such as 2026-01-01T10:00:00Z");
            time::parse(text).map(Some).ok_or_else(wrong)
        }
        (Some(true), None) => Err(Problem::missing("updated_stamp")),
        _ => Ok(None),
    }
}

fn new_comment(tx: &mut Tx, body: &CommentBody) -> Result<NewComment, Problem> {
    let text = match (&body.body, &body.html_body) {
        (Some(text), _) => text.clone(),
        (None, Some(html)) => {
            plain::text_of(html).map_err(|_| Problem::invalid("comment", "the HTML cannot be read"))?
        }
        (None, None) => String::new(),
    };
    let upload_tokens = body.uploads.clone().unwrap_or_default();
    waiting(tx, &upload_tokens)?;
    Ok(NewComment {
        author: body.author_id.map(UserId),
        public: body.public.unwrap_or(true),
        body: text,
        html: body.html_body.clone(),
        upload_tokens,
        ..NewComment::default()
    })
}

/// A program hears of a file that would be missing; the composer of the pages just sends what there is.
fn waiting(tx: &mut Tx, upload_tokens: &[String]) -> Result<(), Problem> {
    for token in upload_tokens {
        if list_upload(tx, token)?.is_empty() {
            let why = format!("{token:?} is no upload that waits for a comment");
            return Err(Problem::invalid("uploads", why));
        }
    }
    Ok(())
}

fn is_empty(comment: &NewComment) -> bool {
    comment.body.trim().is_empty() && comment.upload_tokens.is_empty()
}

/// By address; an end user is made when nobody is known by it.
fn someone(tx: &mut Tx, person: &RequesterChange) -> Result<UserId, Problem> {
    let email =
        person.email.as_deref().filter(|it| !it.is_empty()).ok_or_else(|| Problem::missing("requester"))?;
    match tx.actor().is_agent() {
        true => Ok(people::requester_for(tx, email, person.name.as_deref())?),
        false => {
            let found = people::find_user_by_email(tx, email)?;
            found.map(|user| user.id).ok_or_else(|| Problem::invalid("requester", "is not known"))
        }
    }
}

fn copies(tx: &mut Tx, wanted: &TicketChange) -> Result<Vec<UserId>, Problem> {
    let mut ids: Vec<UserId> = wanted.collaborator_ids.iter().flatten().map(|id| UserId(*id)).collect();
    for person in wanted.collaborators.iter().chain(&wanted.additional_collaborators).flatten() {
        ids.push(match person {
            PersonName::Id(id) => UserId(*id),
            PersonName::Address(address) => {
                someone(tx, &RequesterChange { name: None, email: Some(address.clone()) })?
            }
            PersonName::Named(person) => someone(tx, person)?,
        });
    }
    for copy in wanted.email_ccs.iter().flatten().filter(|it| !it.is_removal()) {
        ids.push(match copy {
            CopyChange { user_id: Some(id), .. } => UserId(*id),
            CopyChange { user_email, user_name, .. } => {
                someone(tx, &RequesterChange { name: user_name.clone(), email: user_email.clone() })?
            }
        });
    }
    let known = people::list_by_ids(tx, &ids)?;
    match ids.iter().find(|id| known.iter().all(|user| user.id != **id || user.deleted_at.is_some())) {
        Some(stranger) => {
            Err(Problem::invalid("collaborators", format!("there is no person with the id {stranger}")))
        }
        None => Ok(ids),
    }
}

/// `email_ccs` with the action `delete`; whom nobody knows is in no copy.
fn removed_copies(tx: &mut Tx, wanted: &TicketChange) -> Result<Vec<UserId>, Problem> {
    let mut ids = Vec::new();
    for copy in wanted.email_ccs.iter().flatten().filter(|it| it.is_removal()) {
        match (copy.user_id, &copy.user_email) {
            (Some(id), _) => ids.push(UserId(id)),
            (None, Some(email)) => ids.extend(people::find_user_by_email(tx, email)?.map(|user| user.id)),
            (None, None) => return Err(Problem::missing("email_ccs")),
        }
    }
    Ok(ids)
}

fn assignee(tx: &mut Tx, wanted: &TicketChange) -> Result<Change<UserId>, Problem> {
    match (&wanted.assignee_email, wanted.assignee_id) {
        (Some(email), _) => {
            let found = people::find_user_by_email(tx, email)?;
            let found = found.ok_or_else(|| Problem::invalid("assignee_email", "belongs to nobody"))?;
            Ok(Some(Some(found.id)))
        }
        (None, id) => Ok(id.map(|id| id.map(UserId))),
    }
}

fn status(word: Option<&str>) -> Result<Option<Status>, Problem> {
    let wrong = |word: &str| Problem::invalid("status", format!("{word:?} is not a status"));
    word.map(|word| Status::parse(&word.to_lowercase()).ok_or_else(|| wrong(word))).transpose()
}

fn priority(change: &Change<String>) -> Result<Change<Priority>, Problem> {
    word_of(change, "priority", Priority::parse)
}

fn kind(change: &Change<String>) -> Result<Change<Type>, Problem> {
    word_of(change, "type", Type::parse)
}

/// `null` and the empty word take the value away.
fn word_of<T>(
    change: &Change<String>,
    field: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Change<T>, Problem> {
    match change {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(word)) if word.is_empty() || word == "-" => Ok(Some(None)),
        Some(Some(word)) => match parse(&word.to_lowercase()) {
            Some(value) => Ok(Some(Some(value))),
            None => Err(Problem::invalid(field, format!("{word:?} is not a {field}"))),
        },
    }
}

fn due_at(change: &Change<String>) -> Result<Change<i64>, Problem> {
    match change {
        Some(Some(text)) if !text.is_empty() => match time::parse(text) {
            Some(moment) => Ok(Some(Some(moment))),
            None => Err(Problem::invalid("due_at", format!("{text:?} is not a moment"))),
        },
        Some(_) => Ok(Some(None)),
        None => Ok(None),
    }
}
