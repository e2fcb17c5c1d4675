//! `/suspended_tickets`: mail that waits for somebody's decision.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging;
use crate::problem::Problem;
use crate::shapes::{SuspendedTicketShape, Via};
use crate::time::iso;
use crate::{ledger, ticket_facts, tickets};
use desk::mail::views::{LedgerEntry, LedgerFilter, count_suspended, ledger_entry, suspended_text};
use desk::mail::{MailState, discard, recover};
use desk::tickets::Channel;
use desk::{MailId, Tx, settings};
use serde_json::{Value, json};

/// Newest first.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let filter = LedgerFilter { state: Some(MailState::Suspended), from_address: None };
        let mut page = ledger::page_of(tx, &filter, &paging)?;
        page.total = if paging.is_by_number() { Some(count_suspended(tx)?) } else { None };
        let mut shapes = Vec::with_capacity(page.rows.len());
        for entry in &page.rows {
            shapes.push(shape(tx, entry, &urls)?);
        }
        let mut shapes = shapes.into_iter();
        let page = page.map(|_| shapes.next());
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "suspended_tickets", page))))
    })
    .await
}

pub async fn show(Id(mail): Id<MailId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let entry =
            ledger_entry(tx, mail)?.filter(|it| it.state == MailState::Suspended).ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("suspended_ticket", shape(tx, &entry, &urls)?))
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

fn shape(tx: &mut Tx, entry: &LedgerEntry, urls: &Urls) -> Result<SuspendedTicketShape, Problem> {
    Ok(SuspendedTicketShape {
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
        content: suspended_text(tx, entry.id)?.unwrap_or_default(),
        brand_id: settings::default_brand(tx)?.0,
    })
}
