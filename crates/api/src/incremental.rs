//! `/incremental/tickets`: every ticket changed since a moment, for exports that follow the desk.
//!
//! The newest moments are held back until every transaction that began in them has surely ended, so that a follower
//! misses nothing. Deleted tickets are not listed.

use crate::call::{Answer, Call, Reply, Urls};
use crate::paging::{encoded, wrong_cursor};
use crate::problem::Problem;
use crate::ticket_facts;
use desk::Tx;
use desk::tickets::views::{self, Cursor};
use desk::tickets::{Filter, Order, Ticket};
use serde_json::{Map, Value, json};

/// Rows of one exported page.
const EXPORT_ROWS_MAX: usize = 1_000;
/// Changes younger than this are not exported yet.
const HELD_BACK_MS: i64 = 5_000;

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
    let start = match (call.query("cursor"), call.query("start_time")) {
        (Some(cursor), _) => Cursor::parse(cursor).ok_or_else(wrong_cursor)?,
        (None, Some(seconds)) => {
            let wrong = || Problem::BadRequest("start_time is not a number of seconds since 1970".into());
            let seconds: i64 = seconds.parse().map_err(|_| wrong())?;
            Cursor { value: seconds.saturating_mul(1_000), id: desk::TicketId(0) }
        }
        (None, None) => return Err(Problem::BadRequest("start_time is missing".into())),
    };
    let wanted: Option<usize> = call.query("per_page").and_then(|text| text.parse().ok());
    let size = wanted.unwrap_or(EXPORT_ROWS_MAX).clamp(1, EXPORT_ROWS_MAX);
    let filter = Filter { updated_before: Some(tx.now() - HELD_BACK_MS), ..Filter::default() };
    let page = views::ticket_list(tx, &filter, Order::UpdatedOldest, Some(start), size)?;
    let last = page.rows.last().map(|it| Cursor { value: it.updated_at, id: it.id });
    Ok(Exported { more: page.next.is_some(), cursor: last.or(Some(start)), rows: page.rows })
}

fn shaped(tx: &mut Tx, call: &Call, urls: &Urls, page: &Exported) -> Result<Map<String, Value>, Problem> {
    let mut shapes = ticket_facts::shapes(tx, urls, &page.rows)?;
    let mut body = Map::new();
    ticket_facts::side_load(tx, call, urls, &page.rows, &mut shapes, &mut body)?;
    body.insert("tickets".into(), json!(shapes));
    Ok(body)
}
