//! `/suspended_tickets`: mail that waits for somebody's decision.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, Place, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::{SuspendedTicketShape, Via};
use crate::time::iso;
use crate::{ticket_facts, tickets};
use desk::MailId;
use desk::mail::views::{LedgerEntry, LedgerFilter, count_suspended, ledger_entry, ledger_page};
use desk::mail::{MailState, discard, recover};
use desk::tickets::Channel;
use serde_json::{Value, json};

/// Newest first.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let before = match &paging.place {
            Place::After(cursor) => Some(MailId(cursor.parse().map_err(|_| wrong_cursor())?)),
            Place::Before(_) => return Err(Problem::BadRequest("this list can only be walked with page[after]".into())),
            Place::Page(_) | Place::First => None,
        };
        let filter = LedgerFilter { state: Some(MailState::Suspended), from_address: None };
        let skip = paging.offset();
        let mut rows: Vec<LedgerEntry> = Vec::new();
        let mut below = before;
        // The ledger's own pages end earlier than a deep page by number begins.
        while rows.len() < skip + paging.size + 1 {
            let some = ledger_page(tx, &filter, below, skip + paging.size + 1 - rows.len())?;
            let Some(last) = some.last() else { break };
            below = Some(last.id);
            rows.extend(some);
        }
        let mut rows: Vec<LedgerEntry> = rows.into_iter().skip(skip).collect();
        let more = rows.len() > paging.size;
        rows.truncate(paging.size);
        let total = if paging.is_by_number() { Some(count_suspended(tx)?) } else { None };
        let (first, last) = (rows.first().map(|it| it.id.to_string()), rows.last().map(|it| it.id.to_string()));
        let page = Paged { rows, total, more, first, last }.map(|it| shape(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "suspended_tickets", page))))
    })
    .await
}

pub async fn show(Id(mail): Id<MailId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let entry = ledger_entry(tx, mail)?.filter(|it| it.state == MailState::Suspended).ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("suspended_ticket", shape(&entry, &urls)))
    })
    .await
}

/// Makes a ticket of it.
pub async fn make_ticket(Id(mail): Id<MailId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        let ticket = recover(tx, mail)?;
        let ticket = tickets::visible(tx, ticket)?;
        let urls = Urls::of(tx)?;
        let shape = ticket_facts::shape(tx, &urls, &ticket)?;
        Ok(Reply::ok(json!({ "ticket": [shape] })))
    })
    .await
}

pub async fn destroy(Id(mail): Id<MailId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        discard(tx, mail)?;
        Ok(Reply::nothing())
    })
    .await
}

fn shape(entry: &LedgerEntry, urls: &Urls) -> SuspendedTicketShape {
    SuspendedTicketShape {
        url: urls.resource(&format!("/suspended_tickets/{}", entry.id)),
        id: entry.id.0,
        author: json!({ "id": null, "name": entry.from_name, "email": entry.from_address }),
        subject: entry.subject.clone().unwrap_or_default(),
        cause: entry.reason.clone().unwrap_or_default(),
        message_id: entry.message_id.clone(),
        ticket_id: entry.ticket.map(|id| id.0),
        recipient: None,
        created_at: iso(entry.received_at),
        updated_at: iso(entry.ended_at.unwrap_or(entry.received_at)),
        via: Via::channel(Channel::Email),
    }
}
