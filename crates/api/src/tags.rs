//! `/tags` and `/tickets/{id}/tags`.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::shapes::{TagCountShape, TagsBody};
use crate::{ticket_changes, tickets};
use axum::http::StatusCode;
use desk::TicketId;
use desk::tickets::{Channel, TagChange, UpdateTicket, facts, update};
use serde_json::{Value, json};

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(facts::tag_counts(tx, "")?, &paging)?
            .map(|(name, count)| TagCountShape { name, count });
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "tags", page))))
    })
    .await
}

/// `/autocomplete/tags?name=`
pub async fn autocomplete(call: Call) -> Answer {
    const SHOWN_MAX: usize = 30;
    call.read(|tx, call| {
        call.only_staff()?;
        let beginning = call.query("name").unwrap_or_default().to_lowercase();
        let found = facts::tag_counts(tx, &beginning)?;
        let names: Vec<String> = found.into_iter().take(SHOWN_MAX).map(|(name, _)| name).collect();
        Ok(Reply::one("tags", names))
    })
    .await
}

pub async fn of_ticket(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let ticket = tickets::visible(tx, ticket)?;
        Ok(Reply::one("tags", ticket.tags.as_slice()))
    })
    .await
}

/// Sets exactly these.
pub async fn set(id: Id<TicketId>, call: Call) -> Answer {
    changed(id, call, TagChange::Set, StatusCode::CREATED).await
}

pub async fn add(id: Id<TicketId>, call: Call) -> Answer {
    changed(id, call, TagChange::Add, StatusCode::OK).await
}

pub async fn remove(id: Id<TicketId>, call: Call) -> Answer {
    changed(id, call, TagChange::Remove, StatusCode::OK).await
}

async fn changed(
    Id(ticket): Id<TicketId>,
    call: Call,
    change: fn(Vec<String>) -> TagChange,
    status: StatusCode,
) -> Answer {
    let body: TagsBody = call.body()?;
    let updated_stamp = ticket_changes::stamp(body.safe_update, body.updated_stamp.as_deref())?;
    let tags = body.tags.unwrap_or_default();
    call.write(move |tx, _| {
        let mut command = UpdateTicket::of(ticket);
        command.channel = Channel::Api;
        command.tags = Some(change(tags.clone()));
        command.updated_stamp = updated_stamp;
        let updated = update(tx, &command)?;
        let body = json!({ "tags": updated.ticket.tags.as_slice() });
        Ok(Reply { status, ..Reply::ok(body) })
    })
    .await
}
