//! Finding tickets and people by words and filters.
//!
//! Three full-text indexes (`search_tickets`, `search_comments`, `search_users`) hold folded terms under the id of
//! what they describe; [`query`] reads the searcher's words.

mod query;
mod tickets;

pub use query::{Query, parse};
pub use tickets::{Found, SearchOrder, search_tickets, search_users};

use crate::tickets::Ticket;
use crate::{CommentId, TicketId, Tx};

/// Terms of one document; a longer one is found by its beginning.
const TERMS_BYTES_MAX: usize = 200_000;

/// Words as they are found: folded, parted by one space.
pub fn fold_terms(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut terms = String::with_capacity(text.len());
    let folded = text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mut gap = true;
    for c in folded {
        let inside = c.is_alphanumeric() || matches!(c, '@' | '.' | '_' | '-');
        if inside {
            terms.push(c);
        } else if !gap {
            terms.push(' ');
        }
        gap = !inside;
        if terms.len() > TERMS_BYTES_MAX {
            break;
        }
    }
    let trimmed = terms.split(' ').map(|term| term.trim_matches(['.', '-', '_'])).filter(|term| !term.is_empty());
    trimmed.collect::<Vec<_>>().join(" ")
}

/// A ticket is found by its number, subject, tags, and by who asked.
pub(crate) fn index_ticket(tx: &mut Tx, ticket: &Ticket) -> Result<(), db::Error> {
    let requester: Option<(String, Option<String>)> = tx.find(
        "select name, email from users where id = $1",
        db::params![ticket.requester],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (name, email) = requester.unwrap_or_default();
    let text = format!(
        "{} {} {} {} {}",
        ticket.id,
        ticket.subject,
        ticket.tags.as_slice().join(" "),
        name,
        email.unwrap_or_default()
    );
    db::fulltext::put(tx, "search_tickets", ticket.id.0, &fold_terms(&text))
}

pub(crate) fn index_comment(tx: &mut Tx, comment: CommentId, body: &str) -> Result<(), db::Error> {
    db::fulltext::put(tx, "search_comments", comment.0, &fold_terms(body))
}

pub(crate) fn forget_ticket(tx: &mut Tx, ticket: TicketId) -> Result<(), db::Error> {
    db::fulltext::remove(tx, "search_tickets", ticket.0)
}
