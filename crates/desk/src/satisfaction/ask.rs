//! Ask a customer, once, how it was.

use super::{EXPIRES_AFTER_DAYS, store};
use crate::access::{random_token, token_hash};
use crate::events::{Event, record};
use crate::mail::{self, Address, MailOutKind, MailRules, NewMailOut, Outgoing};
use crate::tickets::{self, Status};
use crate::{TicketId, Tx, people, settings};

const DAY_MS: i64 = 24 * 3_600_000;

/// A job, some time after the ticket was solved. It asks only while the ticket is still solved, only people whom mail
/// reaches, nobody of the staff, and nobody twice.
pub(crate) fn ask(tx: &mut Tx, ticket: TicketId) -> Result<(), db::Error> {
    let Some(ticket) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
    if ticket.status != Status::Solved || ticket.merged_into.is_some() {
        return Ok(());
    }
    let Some(requester) = people::find_user(tx, ticket.requester)? else { return Ok(()) };
    if requester.role.is_staff() {
        return Ok(());
    }
    let Some(to) = mail::email_of(tx, ticket.requester)? else { return Ok(()) };
    let company = settings::company(tx)?;
    // The customer knows who wrote to them, not whose name the ticket bears.
    let agent = store::find_last_to_answer(tx, ticket.id)?.or(ticket.assignee);
    let name = match agent {
        Some(agent) => people::find_user(tx, agent)?.map(|agent| agent.name),
        None => None,
    };
    let token = random_token();
    let link = format!("{}/rate/{token}", company.public_url.trim_end_matches('/'));
    let lang = mail::language_of(tx, &ticket)?;
    let (subject, text) = lang.rating(&ticket.subject, name.as_deref(), &company.name, &link);
    let rules = MailRules::load(tx)?;
    if !mail::within_budget(tx, &rules, &to.address, &subject)? {
        return Ok(());
    }
    let expires_at = tx.now() + EXPIRES_AFTER_DAYS * DAY_MS;
    let Some(rating) = store::insert_rating(tx, &ticket, agent, &token_hash(&token), expires_at)? else {
        return Ok(());
    };
    let sender = mail::sending_mailbox(tx, &ticket)?;
    let key = settings::desk_key(tx)?;
    let content = Outgoing {
        from: Address { name: Some(sender.name.clone()), address: sender.address.clone() },
        reply_to: Some(sender.reply_to(&key, ticket.id)),
        to: vec![to],
        subject,
        html: Some(html_of(&text, &link)),
        text,
        ..Outgoing::default()
    };
    let new = NewMailOut {
        kind: MailOutKind::Satisfaction,
        ticket: Some(ticket.id),
        comment: None,
        user: Some(ticket.requester),
        mailbox: sender.mailbox,
        content,
    };
    mail::queue(tx, &new)?;
    record(tx, &Event::RatingAsked { ticket: ticket.id, rating })
}

fn html_of(text: &str, link: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let linked = escaped.replace(link, &format!("<a href=\"{link}\">{link}</a>"));
    linked.split("\n\n").map(|part| format!("<p>{}</p>", part.replace('\n', "<br>"))).collect()
}
