//! Finding tickets and people by words and filters.
//!
//! Three full-text indexes (`search_tickets`, `search_comments`, `search_users`) hold folded terms under the id of
//! what they describe; the crate `text` folds both what is indexed and what is asked for.

mod query;
mod tickets;

pub use query::{Query, parse};
pub use tickets::{Depth, Found, NEWEST_LOOKED_AT, SearchOrder, search_tickets, search_users};

use crate::tickets::Ticket;
use crate::{CommentId, TicketId, Tx};

/// A ticket is found by its number, subject, tags, and by who asked.
pub(crate) fn index_new_ticket(tx: &mut Tx, ticket: &Ticket) -> Result<(), db::Error> {
    let terms = terms_of(tx, ticket)?;
    db::fulltext::add(tx, "search_tickets", ticket.id.0, &terms)
}

/// The same ticket by other words.
pub(crate) fn index_ticket(tx: &mut Tx, ticket: &Ticket) -> Result<(), db::Error> {
    let terms = terms_of(tx, ticket)?;
    db::fulltext::put(tx, "search_tickets", ticket.id.0, &terms)
}

fn terms_of(tx: &mut Tx, ticket: &Ticket) -> Result<String, db::Error> {
    let requester: Option<(String, Option<String>)> =
        tx.find("select name, email from users where id = $1", db::params![ticket.requester], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let (name, email) = requester.unwrap_or_default();
    let text = format!(
        "{} {} {} {} {}",
        ticket.id,
        ticket.subject,
        ticket.tags.as_slice().join(" "),
        name,
        email.unwrap_or_default()
    );
    Ok(::text::search_terms(&text, None))
}

pub(crate) fn index_comment(tx: &mut Tx, comment: CommentId, body: &str) -> Result<(), db::Error> {
    db::fulltext::add(tx, "search_comments", comment.0, &::text::search_terms(body, None))
}

pub(crate) fn forget_ticket(tx: &mut Tx, ticket: TicketId) -> Result<(), db::Error> {
    db::fulltext::remove(tx, "search_tickets", ticket.0)
}
