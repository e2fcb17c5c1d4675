//! Lists of tickets: all, of a person, of an organization, and exports by time of change.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, Paging, Place, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::{CountShape, DeletedTicketShape, TicketMetricShape};
use crate::ticket_facts;
use crate::time::iso;
use desk::tickets::views::{self, Cursor};
use desk::tickets::{self, Deletion, Filter, Order, Ticket};
use desk::{OrganizationId, TicketId, Tx, UserId};
use serde_json::Value;

/// Tickets on which one list of copies looks back.
const COPIED_MAX: usize = 1_000;
const RECENT_MAX: usize = 100;

pub async fn index(call: Call) -> Answer {
    let filter = Filter { external_id: call.query("external_id").map(str::to_owned), ..Filter::default() };
    call.read(move |tx, call| Ok(Reply::ok(listed(tx, call, &filter, order_of(call)?)?))).await
}

pub async fn recent(call: Call) -> Answer {
    call.read(|tx, call| {
        let paging = Paging { size: RECENT_MAX, place: Place::Page(1) };
        let rows = views::ticket_list_at(tx, &Filter::default(), Order::UpdatedNewest, 0, RECENT_MAX)?;
        let total = Some(rows.len() as i64);
        enveloped(tx, call, &paging, Paged { rows, total, more: false, first: None, last: None })
    })
    .await
}

pub async fn requested(Id(user): Id<UserId>, call: Call) -> Answer {
    of_filter(call, Filter { requester: Some(user), ..Filter::default() }).await
}

pub async fn assigned(Id(user): Id<UserId>, call: Call) -> Answer {
    of_filter(call, Filter { assignee: Some(user), ..Filter::default() }).await
}

pub async fn incidents(Id(problem): Id<TicketId>, call: Call) -> Answer {
    of_filter(call, Filter { problem: Some(problem), ..Filter::default() }).await
}

/// What may still be restored, the newest change first.
pub async fn deleted(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let filter = Filter { deleted: Deletion::Only, ..Filter::default() };
        let page = page_of(tx, &paging, &filter, Order::UpdatedNewest)?;
        let ids: Vec<TicketId> = page.rows.iter().map(|ticket| ticket.id).collect();
        let facts = tickets::facts::facts_of(tx, &ids)?;
        let page = page.map(|ticket| DeletedTicketShape {
            id: ticket.id.0,
            subject: ticket.subject.clone(),
            actor: None,
            deleted_at: iso(facts.get(&ticket.id).and_then(|it| it.deleted_at).unwrap_or(ticket.updated_at)),
            previous_state: ticket.status.name(),
        });
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "deleted_tickets", page))))
    })
    .await
}

pub async fn of_organization(Id(organization): Id<OrganizationId>, call: Call) -> Answer {
    of_filter(call, Filter { organization: Some(organization), ..Filter::default() }).await
}

pub async fn copied(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let among = Some(tickets::facts::copied_to(tx, user, COPIED_MAX)?);
        Ok(Reply::ok(listed(tx, call, &Filter { among, ..Filter::default() }, order_of(call)?)?))
    })
    .await
}

async fn of_filter(call: Call, filter: Filter) -> Answer {
    call.read(move |tx, call| Ok(Reply::ok(listed(tx, call, &filter, order_of(call)?)?))).await
}

/// The numbers of all tickets.
pub async fn metrics(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = page_of(tx, &paging, &Filter::default(), order_of(call)?)?;
        let page = page.map(|ticket| TicketMetricShape::of(&ticket, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "ticket_metrics", page))))
    })
    .await
}

pub async fn count(call: Call) -> Answer {
    call.read(|tx, _| {
        let value = views::count(tx, &Filter::default())?;
        Ok(Reply::one("count", CountShape { value, refreshed_at: iso(tx.now()) }))
    })
    .await
}

pub async fn show_many(call: Call) -> Answer {
    let ids: Vec<TicketId> = call.ids("ids")?;
    call.read(move |tx, call| {
        let ids: Vec<TicketId> = match ids.is_empty() {
            true => call.ids("external_ids").unwrap_or_default(),
            false => ids.clone(),
        };
        let mut rows = tickets::list_tickets_by_ids(tx, &ids)?;
        if !call.actor.is_staff() {
            rows.retain(|ticket| call.actor.is(ticket.requester));
        }
        let total = Some(rows.len() as i64);
        let paging = Paging { size: ids.len().max(1), place: Place::Page(1) };
        enveloped(tx, call, &paging, Paged { rows, total, more: false, first: None, last: None })
    })
    .await
}

/// `sort_by` and `sort_order`, or `sort=-updated_at`. Oldest first unless said otherwise.
pub fn order_of(call: &Call) -> Result<Order, Problem> {
    let (name, descending) = match call.query("sort") {
        Some(sort) => (sort.trim_start_matches('-'), sort.starts_with('-')),
        None => {
            let name = call.query("sort_by").unwrap_or("id");
            (name, call.query("sort_order").is_some_and(|order| order == "desc"))
        }
    };
    match (name, descending) {
        ("updated_at" | "updated", true) => Ok(Order::UpdatedNewest),
        ("updated_at" | "updated", false) => Ok(Order::UpdatedOldest),
        ("id" | "created_at" | "created" | "nice_id", true) => Ok(Order::CreatedNewest),
        ("id" | "created_at" | "created" | "nice_id", false) => Ok(Order::IdAscending),
        (other, _) => Err(Problem::BadRequest(format!(
            "tickets cannot be sorted by {other}; try id, created_at or updated_at"
        ))),
    }
}

/// One page of the tickets that hold all conditions, with links and side-loads.
pub fn listed(tx: &mut Tx, call: &Call, filter: &Filter, order: Order) -> Result<Value, Problem> {
    let paging = call.paging()?;
    let page = page_of(tx, &paging, filter, order)?;
    let reply = enveloped(tx, call, &paging, page)?;
    Ok(reply.body.unwrap_or_default())
}

pub fn page_of(
    tx: &mut Tx,
    paging: &Paging,
    filter: &Filter,
    order: Order,
) -> Result<Paged<Ticket>, Problem> {
    let parse = |text: &str| Cursor::parse(text).ok_or_else(wrong_cursor);
    let backwards = matches!(paging.place, Place::Before(_));
    let (order, start) = match &paging.place {
        Place::Page(_) => {
            let mut rows = views::ticket_list_at(tx, filter, order, paging.offset(), paging.size + 1)?;
            let more = rows.len() > paging.size;
            rows.truncate(paging.size);
            let total = Some(views::count(tx, filter)?);
            return Ok(Paged { rows, total, more, first: None, last: None });
        }
        Place::First => (order, None),
        Place::After(cursor) => (order, Some(parse(cursor)?)),
        Place::Before(cursor) => (reversed(order)?, Some(parse(cursor)?)),
    };
    let page = views::ticket_list(tx, filter, order, start, paging.size)?;
    let more = page.next.is_some();
    let mut rows = page.rows;
    if backwards {
        rows.reverse();
    }
    let cursor = |ticket: &Ticket| cursor_of(order, ticket).to_text();
    let (first, last) = (rows.first().map(cursor), rows.last().map(cursor));
    Ok(Paged { rows, total: None, more, first, last })
}

fn reversed(order: Order) -> Result<Order, Problem> {
    match order {
        Order::UpdatedNewest => Ok(Order::UpdatedOldest),
        Order::UpdatedOldest => Ok(Order::UpdatedNewest),
        Order::CreatedNewest => Ok(Order::IdAscending),
        Order::CreatedOldest | Order::IdAscending => Ok(Order::CreatedNewest),
        Order::SolvedNewest | Order::WaitingLongest => {
            Err(Problem::BadRequest("this list can only be walked with page[after]".into()))
        }
    }
}

/// The same value that the list's own cursor holds.
pub fn cursor_of(order: Order, ticket: &Ticket) -> Cursor {
    let value = match order {
        Order::UpdatedNewest | Order::UpdatedOldest => ticket.updated_at,
        Order::SolvedNewest => ticket.solved_at.unwrap_or_default(),
        Order::WaitingLongest => ticket.waiting_since.unwrap_or(9_000_000_000_000_000),
        Order::CreatedNewest | Order::CreatedOldest | Order::IdAscending => ticket.id.0,
    };
    Cursor { value, id: ticket.id }
}

pub fn enveloped(tx: &mut Tx, call: &Call, paging: &Paging, page: Paged<Ticket>) -> Answer {
    let urls = Urls::of(tx)?;
    let mut shapes = ticket_facts::shapes(tx, &urls, &page.rows)?;
    let mut beside = serde_json::Map::new();
    ticket_facts::side_load(tx, call, &urls, &page.rows, &mut shapes, &mut beside)?;
    let mut shapes = shapes.into_iter();
    let shaped = page.map(|_| shapes.next());
    let mut body = paging::envelope(call, &urls, paging, "tickets", shaped);
    body.extend(beside);
    Ok(Reply::ok(Value::Object(body)))
}
