//! Other desks, and where they show their tickets: an address with `{ticket}` in it. Table: `outcome_sources`.

use super::store::files;
use super::{OutcomesError, only_admins};
use crate::Tx;
use serde::Serialize;

const TICKET_URL_CHARS_MAX: usize = 300;
/// Stands for the ticket's number in an address.
pub const TICKET_MARK: &str = "{ticket}";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    pub name: String,
    pub ticket_url: Option<String>,
}

/// A ticket of another desk, and where to find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    pub source: String,
    /// Its number there.
    pub ticket: String,
    pub topic: Option<String>,
    /// Where the other desk shows it, if somebody has said where.
    pub url: Option<String>,
}

impl Elsewhere {
    pub(crate) fn of(
        source: String,
        ticket: String,
        topic: Option<String>,
        ticket_url: Option<&str>,
    ) -> Elsewhere {
        let url = ticket_url.map(|pattern| address_of(pattern, &ticket));
        Elsewhere { source, ticket, topic, url }
    }

    /// What it is about, or its number where nobody has said.
    pub fn subject(&self) -> String {
        self.topic.clone().unwrap_or_else(|| format!("Ticket {}", self.ticket))
    }
}

pub fn list_sources(tx: &mut Tx) -> Result<Vec<Source>, OutcomesError> {
    only_admins(tx)?;
    let all = files::list_sources(tx)?;
    Ok(all.into_iter().map(|(name, ticket_url)| Source { name, ticket_url }).collect())
}

/// An empty address: its tickets are named without a link.
pub fn set_ticket_url(tx: &mut Tx, source: &str, ticket_url: &str) -> Result<(), OutcomesError> {
    only_admins(tx)?;
    if !files::list_sources(tx)?.iter().any(|it| it.0 == source) {
        return Err(OutcomesError::NoSuchSource);
    }
    let url = ticket_url.trim();
    if url.is_empty() {
        return Ok(files::save_source(tx, source, None)?);
    }
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if !is_web || !is_plain || !url.contains(TICKET_MARK) || url.chars().count() > TICKET_URL_CHARS_MAX {
        return Err(OutcomesError::TicketUrlIsWrong);
    }
    Ok(files::save_source(tx, source, Some(url))?)
}

/// What is no letter, digit or one of `-_.~` is written as `%XX`.
pub(super) fn address_of(pattern: &str, ticket: &str) -> String {
    let mut number = String::with_capacity(ticket.len());
    for byte in ticket.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            number.push(char::from(byte));
        } else {
            number.push_str(&format!("%{byte:02X}"));
        }
    }
    pattern.replace(TICKET_MARK, &number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cannot_leave_its_place_in_the_address() {
        let url = address_of("https://desk.example/t/{ticket}?tab=1", "A-7/../x y");
        assert_eq!(url, "https://desk.example/t/A-7%2F..%2Fx%20y?tab=1");
    }
}
