//! `/tickets/{id}`: one ticket, its making, changing and removing.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::{
    JobResultShape, ManyTicketsBody, MergeBody, TicketBody, TicketChange, TicketMetricShape, TicketsBody,
};
use crate::{bulk, ticket_changes, ticket_facts};
use desk::tickets::{self, Audit, Channel, MergeTickets, NewComment, Ticket, views};
use desk::{AuditId, TicketId, Tx, UserId, people};
use serde_json::{Map, Value, json};

pub async fn show(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let ticket = visible(tx, ticket)?;
        answer(tx, call, &ticket, None).map(|body| Reply::ok(Value::Object(body)))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<TicketBody>()?.ticket;
    call.write(move |tx, call| {
        let ticket = make(tx, &wanted)?;
        let audit = tickets::audits_of(tx, ticket.id, None, 1)?.pop();
        let body = answer(tx, call, &ticket, audit)?;
        let location = Urls::of(tx)?.resource(&format!("/tickets/{}", ticket.id));
        Ok(Reply::created(location, Value::Object(body)))
    })
    .await
}

pub async fn update(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let wanted = call.body::<TicketBody>()?.ticket;
    call.write(move |tx, call| {
        let (ticket, audit) = change(tx, ticket, &wanted)?;
        let audit = match audit {
            Some(id) => tickets::audits_of(tx, ticket.id, Some(AuditId(id.0 - 1)), 1)?.pop(),
            None => None,
        };
        let body = answer(tx, call, &ticket, audit)?;
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

pub async fn destroy(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        tickets::delete(tx, ticket)?;
        Ok(Reply::nothing())
    })
    .await
}

/// Brings a deleted ticket back.
pub async fn restore(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        tickets::restore(tx, ticket)?;
        Ok(Reply::ok(json!({})))
    })
    .await
}

pub async fn restore_many(call: Call) -> Answer {
    let ids: Vec<TicketId> = call.ids("ids")?;
    call.write(move |tx, _| {
        for ticket in &ids {
            tickets::restore(tx, *ticket)?;
        }
        Ok(Reply::ok(json!({})))
    })
    .await
}

pub async fn metrics(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let ticket = visible(tx, ticket)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("ticket_metric", TicketMetricShape::of(&ticket, &urls)))
    })
    .await
}

pub async fn collaborators(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    of_people(call, ticket, |tx, ticket| {
        let mut ids = tickets::ccs_of(tx, ticket)?;
        ids.extend(tickets::followers_of(tx, ticket)?);
        Ok(ids)
    })
    .await
}

pub async fn followers(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    of_people(call, ticket, tickets::followers_of).await
}

pub async fn email_ccs(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    of_people(call, ticket, tickets::ccs_of).await
}

async fn of_people(
    call: Call,
    ticket: TicketId,
    ids: impl Fn(&mut Tx, TicketId) -> Result<Vec<UserId>, db::Error> + Send + 'static,
) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        visible(tx, ticket)?;
        let ids = ids(tx, ticket)?;
        let users = people::list_by_ids(tx, &ids)?;
        let urls = Urls::of(tx)?;
        let users = ticket_facts::user_shapes(tx, &urls, &users)?;
        let count = users.len();
        Ok(Reply::ok(json!({ "users": users, "count": count, "next_page": null, "previous_page": null })))
    })
    .await
}

pub async fn create_many(call: Call) -> Answer {
    let wanted = call.body::<TicketsBody>()?.tickets;
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let ticket = make(tx, &one)?;
            Ok(JobResultShape {
                id: Some(ticket.id.0),
                action: Some("create"),
                status: Some("Created"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Create Ticket", steps.collect()).await
}

/// One change for all of `ids=`, or one for each in `tickets`.
pub async fn update_many(call: Call) -> Answer {
    let ids: Vec<i64> = call.ids("ids")?;
    let body = call.body::<ManyTicketsBody>()?;
    let wanted: Vec<TicketChange> = match (body.ticket, body.tickets) {
        (Some(one), _) => ids.iter().map(|id| TicketChange { id: Some(*id), ..one.clone() }).collect(),
        (None, Some(many)) => many,
        (None, None) => return Err(Problem::BadRequest("parameter missing: tickets".into())),
    };
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let id = TicketId(one.id.ok_or_else(|| Problem::missing("id"))?);
            change(tx, id, &one)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("update"),
                status: Some("Updated"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Update Ticket", steps.collect()).await
}

pub async fn destroy_many(call: Call) -> Answer {
    let ids: Vec<TicketId> = call.ids("ids")?;
    let steps = ids.into_iter().map(|id| {
        move |tx: &mut Tx| {
            tickets::delete(tx, id)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("delete"),
                status: Some("Deleted"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Delete Ticket", steps.collect()).await
}

/// Merges the tickets `ids` into the one of the path: all of them or none.
pub async fn merge(Id(target): Id<TicketId>, call: Call) -> Answer {
    let body = call.body::<MergeBody>()?;
    let said =
        |text: Option<String>, public| text.map(|body| NewComment { public, body, ..NewComment::default() });
    let command = MergeTickets {
        into: target,
        tickets: body.ids.into_iter().map(TicketId).collect(),
        comment: said(body.target_comment, body.target_comment_is_public),
        comment_on_each: said(body.source_comment, body.source_comment_is_public),
        channel: Channel::Api,
    };
    let step = move |tx: &mut Tx| {
        let survivor = tickets::merge(tx, &command)?;
        Ok(JobResultShape {
            id: Some(survivor.id.0),
            action: Some("merge"),
            status: Some("Merged"),
            ..bulk::done()
        })
    };
    bulk::run(call, "Ticket Merge", vec![step]).await
}

fn make(tx: &mut Tx, wanted: &TicketChange) -> Result<Ticket, Problem> {
    let command = ticket_changes::to_create(tx, wanted)?;
    let ticket = tickets::create(tx, &command)?;
    Ok(ticket)
}

fn change(
    tx: &mut Tx,
    ticket: TicketId,
    wanted: &TicketChange,
) -> Result<(Ticket, Option<AuditId>), Problem> {
    let command = ticket_changes::to_update(tx, ticket, wanted)?;
    let updated = tickets::update(tx, &command)?;
    Ok((updated.ticket, updated.audit))
}

pub fn visible(tx: &mut Tx, ticket: TicketId) -> Result<Ticket, Problem> {
    views::visible_ticket(tx, ticket)?.ok_or(Problem::NotFound)
}

/// `{ ticket, audit, … }`, with side-loads.
fn answer(
    tx: &mut Tx,
    call: &Call,
    ticket: &Ticket,
    audit: Option<Audit>,
) -> Result<Map<String, Value>, Problem> {
    let urls = Urls::of(tx)?;
    let mut shape = ticket_facts::shape(tx, &urls, ticket)?;
    let mut body = Map::new();
    let list = std::slice::from_ref(ticket);
    ticket_facts::side_load(tx, call, &urls, list, std::slice::from_mut(&mut shape), &mut body)?;
    body.insert("ticket".into(), json!(shape));
    if let Some(audit) = audit {
        body.insert("audit".into(), json!(ticket_facts::audit_shape(tx, call, &urls, &audit)?));
    }
    Ok(body)
}
