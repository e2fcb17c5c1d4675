//! Which ticket a mail answers: by a signed token in the address, by its references, by a signed mark in the text.
//!
//! A match must also pass the participant check. What does not pass becomes a new ticket that names the possible
//! parent. A ticket number in a subject counts for nothing.

use super::{Address, Incoming, REFERENCES_READ_MAX, store, tokens};
use crate::people::{self, User};
use crate::settings::DeskKey;
use crate::tickets::{self, Ticket};
use crate::{CommentId, TicketId, Tx};

/// Merges that are followed to the survivor.
const MERGES_FOLLOWED_MAX: usize = 20;
/// Tickets that one mail may name.
const CANDIDATES_MAX: usize = 20;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parent {
    Match {
        ticket: TicketId,
        by: &'static str,
        /// The comment that the mail answers, where its references tell.
        refers_to: Option<CommentId>,
    },
    Possible {
        ticket: TicketId,
        why: &'static str,
    },
    None,
}

pub(super) fn parent(
    tx: &mut Tx,
    key: &DeskKey,
    parsed: &Incoming,
    sender: &Address,
    user: Option<&User>,
    addresses: &[&str],
) -> Result<Parent, db::Error> {
    let mut possible = Parent::None;
    let named = candidates(tx, key, parsed, addresses)?;
    for candidate in &named {
        let Some(ticket) = survivor(tx, candidate.ticket)? else { continue };
        if takes_part(tx, &ticket, sender, user)? {
            let refers_to = candidate
                .comment
                .or_else(|| named.iter().filter(|it| it.ticket == candidate.ticket).find_map(|it| it.comment))
                .filter(|_| ticket.id == candidate.ticket);
            return Ok(Parent::Match { ticket: ticket.id, by: candidate.by, refers_to });
        }
        if possible == Parent::None {
            possible = Parent::Possible { ticket: ticket.id, why: "its sender takes no part in that ticket" };
        }
    }
    Ok(possible)
}

struct Candidate {
    ticket: TicketId,
    by: &'static str,
    comment: Option<CommentId>,
}

/// In the order in which they are believed.
fn candidates(
    tx: &mut Tx,
    key: &DeskKey,
    parsed: &Incoming,
    addresses: &[&str],
) -> Result<Vec<Candidate>, db::Error> {
    let mut found: Vec<Candidate> = addresses
        .iter()
        .filter_map(|address| tokens::ticket_in_address(key, address))
        .map(|ticket| Candidate { ticket, by: "token", comment: None })
        .collect();
    for message_id in newest_first(parsed) {
        for (ticket, comment) in store::list_tickets_of_message(tx, message_id)? {
            found.push(Candidate { ticket, by: "references", comment });
        }
        if found.len() >= CANDIDATES_MAX {
            break;
        }
    }
    let marks = tokens::tickets_in_text(key, &parsed.full_text);
    found.extend(marks.into_iter().map(|ticket| Candidate { ticket, by: "body-token", comment: None }));
    found.truncate(CANDIDATES_MAX);
    Ok(found)
}

/// In-Reply-To names the direct parent; References run from the oldest to the newest.
fn newest_first(parsed: &Incoming) -> impl Iterator<Item = &str> {
    let mut seen = std::collections::HashSet::new();
    parsed
        .in_reply_to
        .iter()
        .rev()
        .chain(parsed.references.iter().rev())
        .map(|id| id.trim().trim_start_matches('<').trim_end_matches('>'))
        .filter(move |id| !id.is_empty() && seen.insert(*id))
        .take(REFERENCES_READ_MAX)
}

/// The ticket itself, or the one into which it was merged in the end.
fn survivor(tx: &mut Tx, ticket: TicketId) -> Result<Option<Ticket>, db::Error> {
    let mut found = tickets::find_ticket(tx, ticket)?;
    for _ in 0..MERGES_FOLLOWED_MAX {
        let Some(next) = found.as_ref().and_then(|ticket| ticket.merged_into) else { break };
        found = tickets::find_ticket(tx, next)?;
    }
    Ok(found)
}

/// Requester, CC, follower, somebody of the requester's organization, or staff.
fn takes_part(
    tx: &mut Tx,
    ticket: &Ticket,
    sender: &Address,
    user: Option<&User>,
) -> Result<bool, db::Error> {
    if let Some(user) = user
        && (user.role.is_staff() || user.id == ticket.requester)
    {
        return Ok(true);
    }
    let organization = match user {
        Some(user) => user.organization_id,
        None => people::find_organization_by_domain(tx, &sender.address)?,
    };
    if organization.is_some() && organization == ticket.organization {
        return Ok(true);
    }
    let Some(user) = user else { return Ok(false) };
    Ok(tickets::ccs_of(tx, ticket.id)?.contains(&user.id)
        || tickets::followers_of(tx, ticket.id)?.contains(&user.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_from_the_newest_each_once() {
        let parsed = Incoming {
            in_reply_to: vec!["<c@x>".into()],
            references: vec!["a@x".into(), "b@x".into(), "c@x".into(), " ".into()],
            ..Incoming::default()
        };
        assert_eq!(newest_first(&parsed).collect::<Vec<_>>(), ["c@x", "b@x", "a@x"]);
    }

    #[test]
    fn a_thread_without_end_is_read_up_to_a_limit() {
        let references = (0..10_000).map(|n| format!("{n}@x")).collect();
        let parsed = Incoming { references, ..Incoming::default() };
        assert_eq!(newest_first(&parsed).count(), REFERENCES_READ_MAX);
    }
}
