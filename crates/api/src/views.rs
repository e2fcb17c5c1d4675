//! `/views`: the lists that every desk starts with. And what describes tickets: `/ticket_fields`, `/brands`.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{BrandShape, TicketFieldShape, TicketShape, ViewCountShape, ViewShape};
use crate::time::iso;
use crate::{ticket_facts, ticket_lists};
use desk::tickets::views::{self, View};
use desk::tickets::{Order, Priority, Status, Ticket, Type};
use desk::{BrandId, UserId, people, settings};
use serde_json::{Value, json};

/// A view's place in the list is its id.
fn all(call: &Call) -> Vec<(i64, View)> {
    (1..).zip(views::default_views(call.actor)).collect()
}

fn found(call: &Call, id: i64) -> Result<View, Problem> {
    all(call).into_iter().find(|(known, _)| *known == id).map(|(_, view)| view).ok_or(Problem::NotFound)
}

fn shape(id: i64, view: &View, urls: &Urls) -> ViewShape {
    let condition = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    let mut conditions = Vec::new();
    if view.filter.unsolved {
        conditions.push(condition("status", "less_than", json!("solved")));
    }
    conditions
        .extend(view.filter.status.iter().map(|status| condition("status", "is", json!(status.name()))));
    if view.filter.unassigned {
        conditions.push(condition("assignee_id", "is", json!("")));
    }
    if view.filter.assignee.is_some() {
        conditions.push(condition("assignee_id", "is", json!("current_user")));
    }
    let (sort_by, sort_order) = match view.order {
        Order::UpdatedNewest => ("updated", "desc"),
        Order::UpdatedOldest => ("updated", "asc"),
        Order::SolvedNewest => ("solved", "desc"),
        Order::CreatedNewest => ("created", "desc"),
        Order::CreatedOldest | Order::IdAscending => ("created", "asc"),
        Order::WaitingLongest => ("waiting_since", "asc"),
    };
    let columns: Vec<Value> = [
        ("subject", "Subject"),
        ("requester", "Requester"),
        ("status", "Status"),
        ("assignee", "Assignee"),
        ("updated", "Updated"),
    ]
    .iter()
    .map(|(id, title)| json!({ "id": id, "title": title }))
    .collect();
    ViewShape {
        url: urls.resource(&format!("/views/{id}")),
        id,
        title: view.title,
        raw_title: view.title,
        active: true,
        default: true,
        position: id,
        description: None,
        execution: json!({
            "group_by": null, "group_order": "asc", "sort_by": sort_by, "sort_order": sort_order,
            "group": null, "sort": { "id": sort_by, "order": sort_order },
            "columns": columns, "fields": columns, "custom_fields": [],
        }),
        conditions: json!({ "all": conditions, "any": [] }),
        restriction: None,
    }
}

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all(call), &paging)?.map(|(id, view)| shape(id, &view, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "views", page))))
    })
    .await
}

pub async fn show(Id(id): Id<i64>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("view", shape(id, &found(call, id)?, &urls)))
    })
    .await
}

pub async fn tickets(Id(id): Id<i64>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let view = found(call, id)?;
        let order = if call.query("sort_by").is_some() { ticket_lists::order_of(call)? } else { view.order };
        Ok(Reply::ok(ticket_lists::listed(tx, call, &view.filter, order)?))
    })
    .await
}

/// The view's tickets as rows of a table, with what stands behind the names.
pub async fn execute(Id(id): Id<i64>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let view = found(call, id)?;
        let page = ticket_lists::page_of(tx, &paging, &view.filter, view.order)?;
        let mut people: Vec<UserId> =
            page.rows.iter().flat_map(|it| [Some(it.requester), it.assignee]).flatten().collect();
        people.sort_unstable();
        people.dedup();
        let people = people::list_by_ids(tx, &people)?;
        let shapes = ticket_facts::shapes(tx, &urls, &page.rows)?;
        let rows: Vec<Value> = page.rows.iter().zip(&shapes).map(|(it, shape)| row(it, shape)).collect();
        let mut rows = rows.into_iter();
        let page = page.map(|_| rows.next());
        let mut body = paging::envelope(call, &urls, &paging, "rows", page);
        let shown = shape(id, &view, &urls);
        body.insert("columns".into(), shown.execution["columns"].clone());
        body.insert("view".into(), json!({ "id": id, "url": shown.url }));
        body.insert("users".into(), json!(ticket_facts::user_shapes(tx, &urls, &people)?));
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

fn row(ticket: &Ticket, shape: &TicketShape) -> Value {
    json!({
        "ticket": {
            "id": shape.id, "url": shape.url, "subject": shape.subject, "description": shape.description,
            "status": shape.status, "type": shape.kind, "priority": shape.priority,
        },
        "subject": shape.subject, "status": shape.status, "priority": shape.priority.unwrap_or("-"),
        "requester_id": shape.requester_id, "assignee_id": shape.assignee_id, "group_id": shape.group_id,
        "created": iso(ticket.created_at), "updated": iso(ticket.updated_at),
        "custom_fields": [], "fields": [],
    })
}

pub async fn count(Id(id): Id<i64>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let value = views::count(tx, &found(call, id)?.filter)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("view_count", count_shape(id, value, &urls)))
    })
    .await
}

pub async fn count_many(call: Call) -> Answer {
    let ids: Vec<i64> = call.ids("ids")?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        let mut counts = Vec::new();
        for (id, view) in all(call).into_iter().filter(|(id, _)| ids.contains(id)) {
            counts.push(count_shape(id, views::count(tx, &view.filter)?, &urls));
        }
        Ok(Reply::one("view_counts", counts))
    })
    .await
}

fn count_shape(id: i64, value: i64, urls: &Urls) -> ViewCountShape {
    let url = urls.resource(&format!("/views/{id}/count"));
    ViewCountShape { url, view_id: id, value, pretty: value.to_string(), fresh: true }
}

pub async fn ticket_fields(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(fields(&urls), &paging)?;
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "ticket_fields", page))))
    })
    .await
}

pub async fn ticket_field(Id(id): Id<i64>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        let field = fields(&urls).into_iter().find(|field| field.id == id).ok_or(Problem::NotFound)?;
        Ok(Reply::one("ticket_field", field))
    })
    .await
}

fn fields(urls: &Urls) -> Vec<TicketFieldShape> {
    let words = |names: Vec<&'static str>| {
        let title = |name: &str| name[..1].to_uppercase() + &name[1..];
        Some(names.into_iter().map(|name| json!({ "name": title(name), "value": name })).collect::<Vec<_>>())
    };
    let all = [
        ("subject", "Subject", "What it is about, in a few words", None),
        ("description", "Description", "The first comment", None),
        (
            "status",
            "Status",
            "Where the work stands",
            words(Status::ALL.iter().map(|it| it.name()).collect()),
        ),
        (
            "tickettype",
            "Type",
            "Question, incident, problem or task",
            words(Type::ALL.iter().map(|it| it.name()).collect()),
        ),
        (
            "priority",
            "Priority",
            "How much it matters",
            words(Priority::ALL.iter().map(|it| it.name()).collect()),
        ),
        ("group", "Group", "Which group works on it", None),
        ("assignee", "Assignee", "Who works on it", None),
    ];
    (1..)
        .zip(all)
        .map(|(id, (kind, title, description, system_field_options))| TicketFieldShape {
            url: urls.resource(&format!("/ticket_fields/{id}")),
            id,
            kind,
            title,
            raw_title: title,
            description,
            raw_description: description,
            position: id,
            active: true,
            required: false,
            visible_in_portal: id <= 2,
            editable_in_portal: id <= 2,
            removable: false,
            system_field_options,
        })
        .collect()
}

pub async fn brands(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page =
            Paged::of_all(settings::list_brands(tx)?, &paging)?.map(|brand| brand_shape(&brand, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "brands", page))))
    })
    .await
}

pub async fn brand(Id(id): Id<BrandId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        let brand =
            settings::list_brands(tx)?.into_iter().find(|brand| brand.id == id).ok_or(Problem::NotFound)?;
        Ok(Reply::one("brand", brand_shape(&brand, &urls)))
    })
    .await
}

fn brand_shape(brand: &settings::Brand, urls: &Urls) -> BrandShape {
    BrandShape {
        id: brand.id.0,
        url: urls.resource(&format!("/brands/{}", brand.id)),
        name: brand.name.clone(),
        brand_url: urls.plain(""),
        has_help_center: true,
        help_center_state: "enabled",
        active: true,
        default: brand.is_default,
        logo: None,
        subdomain: brand.name.to_lowercase().replace(' ', "-"),
        host_mapping: None,
        created_at: iso(brand.created_at),
        updated_at: iso(brand.created_at),
    }
}
