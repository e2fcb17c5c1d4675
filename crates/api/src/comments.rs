//! `/tickets/{id}/comments` and `/tickets/{id}/audits`: what was said and what was changed.

use crate::call::{Answer, Call, Id, Ids, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::{ticket_facts, tickets};
use desk::tickets::{audits_of, comments_of};
use desk::{AuditId, TicketId, UserId, people};
use serde_json::{Value, json};

/// Audits of one ticket that can be walked through.
const AUDITS_MAX: usize = 10_000;

pub async fn index(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        tickets::visible(tx, ticket)?;
        let mut comments = comments_of(tx, ticket)?;
        let newest_first = call.query("sort_order").is_some_and(|it| it == "desc")
            || call.query("sort").is_some_and(|it| it.starts_with('-'));
        if newest_first {
            comments.reverse();
        }
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(comments, &paging)?;
        let mut shapes = ticket_facts::comment_shapes(tx, call, &urls, ticket, &page.rows)?.into_iter();
        let mut authors: Vec<UserId> = page.rows.iter().map(|comment| comment.author).collect();
        let shaped = page.map(|_| shapes.next());
        let mut body = paging::envelope(call, &urls, &paging, "comments", shaped);
        if call.includes("users") && call.actor.is_staff() {
            authors.sort_unstable();
            authors.dedup();
            let users = people::list_by_ids(tx, &authors)?;
            body.insert("users".into(), json!(ticket_facts::user_shapes(tx, &urls, &users)?));
        }
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

pub async fn audits(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(audits_of(tx, ticket, None, AUDITS_MAX)?, &paging)?;
        let shapes: Result<Vec<_>, Problem> =
            page.rows.iter().map(|audit| ticket_facts::audit_shape(tx, call, &urls, audit)).collect();
        let mut shapes = shapes?.into_iter();
        let shaped = page.map(|_| shapes.next());
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "audits", shaped))))
    })
    .await
}

pub async fn audit(Ids(ticket, audit): Ids<TicketId, AuditId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let found = audits_of(tx, ticket, Some(AuditId(audit.0 - 1)), 1)?.pop().filter(|it| it.id == audit);
        let found = found.ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("audit", ticket_facts::audit_shape(tx, call, &urls, &found)?))
    })
    .await
}
