//! `/incremental/tickets`: every ticket changed since a moment, for exports that follow the desk.
//!
//! The newest moments are held back until every transaction that began in them has surely ended, so that a follower
//! misses nothing. Deleted tickets are among them, with the status `deleted`. So are `/incremental/users` and
//! `/incremental/organizations`.

use crate::call::{Answer, Call, Reply, Urls};
use crate::paging::{encoded, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::OrganizationShape;
use crate::ticket_facts;
use desk::people::{self, Organization, User};
use desk::tickets::views::{self, Cursor};
use desk::tickets::{Deletion, Filter, Order, Ticket};
use desk::{OrganizationId, Tx, UserId};
use serde_json::{Map, Value, json};

/// Rows of one exported page.
const EXPORT_ROWS_MAX: usize = 1_000;
/// Changes younger than this are not exported yet.
pub const HELD_BACK_MS: i64 = 5_000;

struct Exported {
    rows: Vec<Ticket>,
    more: bool,
    /// Where the next page begins.
    cursor: Option<Cursor>,
}

pub async fn by_cursor(call: Call) -> Answer {
    call.read(|tx, call| {
        let page = exported(tx, call)?;
        let urls = Urls::of(tx)?;
        let cursor = page.cursor.map(Cursor::to_text);
        let size = call.query("per_page").unwrap_or("1000");
        let after_url = cursor.as_ref().map(|cursor| {
            let base = urls.resource("/incremental/tickets/cursor");
            format!("{base}?cursor={}&per_page={}", encoded(cursor), encoded(size))
        });
        let mut body = shaped(tx, call, &urls, &page)?;
        body.insert("after_url".into(), json!(after_url));
        body.insert("after_cursor".into(), json!(cursor));
        body.insert("before_url".into(), Value::Null);
        body.insert("before_cursor".into(), Value::Null);
        body.insert("end_of_stream".into(), json!(!page.more));
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

/// By time. `next_page` also carries a cursor, so that many changes within one second are not read forever.
pub async fn by_time(call: Call) -> Answer {
    call.read(|tx, call| {
        let page = exported(tx, call)?;
        let urls = Urls::of(tx)?;
        let end_time = page.rows.last().map(|ticket| ticket.updated_at.div_euclid(1_000));
        let next_page = page.cursor.map(Cursor::to_text).zip(end_time).map(|(cursor, end)| {
            let base = urls.resource("/incremental/tickets");
            format!("{base}?start_time={end}&cursor={}", encoded(&cursor))
        });
        let mut body = shaped(tx, call, &urls, &page)?;
        body.insert("count".into(), json!(page.rows.len()));
        body.insert("next_page".into(), json!(next_page));
        body.insert("end_time".into(), json!(end_time));
        body.insert("end_of_stream".into(), json!(!page.more));
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

fn exported(tx: &mut Tx, call: &Call) -> Result<Exported, Problem> {
    call.only_staff()?;
    let start = start_of(call)?;
    let size = size_of(call);
    let filter = Filter {
        updated_before: Some(tx.now() - HELD_BACK_MS),
        deleted: Deletion::Shown,
        ..Filter::default()
    };
    let page = views::ticket_list(tx, &filter, Order::UpdatedOldest, Some(start), size)?;
    let last = page.rows.last().map(|it| Cursor { value: it.updated_at, id: it.id });
    Ok(Exported { more: page.next.is_some(), cursor: last.or(Some(start)), rows: page.rows })
}

/// Where the export goes on: after a cursor, or at a moment.
fn start_of(call: &Call) -> Result<Cursor, Problem> {
    match (call.query("cursor"), call.query("start_time")) {
        (Some(cursor), _) => Cursor::parse(cursor).ok_or_else(wrong_cursor),
        (None, Some(seconds)) => {
            let wrong = || Problem::BadRequest("start_time is not a number of seconds since 1970".into());
            let seconds: i64 = seconds.parse().map_err(|_| wrong())?;
            Ok(Cursor { value: seconds.saturating_mul(1_000), id: desk::TicketId(0) })
        }
        (None, None) => Err(Problem::BadRequest("start_time is missing".into())),
    }
}

fn size_of(call: &Call) -> usize {
    let wanted: Option<usize> = call.query("per_page").and_then(|text| text.parse().ok());
    wanted.unwrap_or(EXPORT_ROWS_MAX).clamp(1, EXPORT_ROWS_MAX)
}

/// People changed since a moment; the deleted ones are not active.
pub async fn users(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (start, size, before) = (start_of(call)?, size_of(call), tx.now() - HELD_BACK_MS);
        let after = (start.value, UserId(start.id.0));
        let mut rows: Vec<User> = people::views::changed_users(tx, after, before, size + 1)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let urls = Urls::of(tx)?;
        let shapes = ticket_facts::user_shapes(tx, &urls, &rows)?;
        let last = rows.last().map_or((start.value, start.id.0), |it| (it.updated_at, it.id.0));
        Ok(of_others(call, &urls, "users", json!(shapes), rows.len(), last, more))
    })
    .await
}

/// Organizations changed since a moment; the deleted ones say when.
pub async fn organizations(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (start, size, before) = (start_of(call)?, size_of(call), tx.now() - HELD_BACK_MS);
        let after = (start.value, OrganizationId(start.id.0));
        let mut rows: Vec<Organization> = people::list_changed_organizations(tx, after, before, size + 1)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let urls = Urls::of(tx)?;
        let shapes: Vec<_> = rows.iter().map(|it| OrganizationShape::of(it, &urls)).collect();
        let last = rows.last().map_or((start.value, start.id.0), |it| (it.updated_at, it.id.0));
        Ok(of_others(call, &urls, "organizations", json!(shapes), rows.len(), last, more))
    })
    .await
}

fn of_others(
    call: &Call,
    urls: &Urls,
    key: &str,
    shapes: Value,
    count: usize,
    (value, id): (i64, i64),
    more: bool,
) -> Reply {
    let cursor = Cursor { value, id: desk::TicketId(id) }.to_text();
    let by_cursor = call.path.ends_with("/cursor");
    let end_time = (count > 0).then(|| value.div_euclid(1_000));
    let mut body = Map::new();
    body.insert(key.into(), shapes);
    body.insert("end_of_stream".into(), json!(!more));
    if by_cursor {
        let base = urls.resource(&format!("/incremental/{key}/cursor"));
        body.insert("after_url".into(), json!(format!("{base}?cursor={}", encoded(&cursor))));
        body.insert("after_cursor".into(), json!(cursor));
        body.insert("before_url".into(), Value::Null);
        body.insert("before_cursor".into(), Value::Null);
    } else {
        let base = urls.resource(&format!("/incremental/{key}"));
        let next = end_time.map(|end| format!("{base}?start_time={end}&cursor={}", encoded(&cursor)));
        body.insert("count".into(), json!(count));
        body.insert("next_page".into(), json!(next));
        body.insert("end_time".into(), json!(end_time));
    }
    Reply::ok(Value::Object(body))
}

fn shaped(tx: &mut Tx, call: &Call, urls: &Urls, page: &Exported) -> Result<Map<String, Value>, Problem> {
    let mut shapes = ticket_facts::shapes(tx, urls, &page.rows)?;
    let mut body = Map::new();
    ticket_facts::side_load(tx, call, urls, &page.rows, &mut shapes, &mut body)?;
    body.insert("tickets".into(), json!(shapes));
    Ok(body)
}
