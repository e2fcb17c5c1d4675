//! A report that a mail of ours did not arrive goes back to that mail, where its author sees it.

use super::store::FoundMailOut;
use super::{Bounce, MailError, outgoing, store};
use crate::tickets::{self, Channel, NewComment, UpdateTicket};
use crate::{CommentId, TicketId, Tx};

/// A report without the original's Message-ID is matched to the newest mail to that address within this time.
const MATCH_BY_RECIPIENT_MS: i64 = 5 * 24 * 3_600_000;
/// Characters of the other server's words that are kept.
const DIAGNOSTIC_CHARS_MAX: usize = 500;

/// Marks the mail and says so on its ticket. `None` when no mail of ours fits, or it belongs to no ticket.
pub(super) fn attach(tx: &mut Tx, bounce: &Bounce) -> Result<Option<(TicketId, CommentId)>, MailError> {
    let Some(mail) = reported(tx, bounce)? else { return Ok(None) };
    let words = words_of(bounce);
    if bounce.permanent {
        outgoing::mark_bounced(tx, mail.id, bounce.recipient.as_deref(), &words)?;
    } else {
        store::save_server_answer(tx, mail.id, &words)?;
    }
    let Some(ticket) = mail.ticket else { return Ok(None) };
    let Some(found) = tickets::find_ticket(tx, ticket)? else { return Ok(None) };
    if found.is_closed() {
        // Nothing can be said on a closed ticket; the failed mail stands beside the comment it carried.
        let comment = mail.comment.or(store::find_first_comment(tx, ticket)?);
        return Ok(comment.map(|comment| (ticket, comment)));
    }
    let recipient = bounce.recipient.as_deref().unwrap_or(&mail.to_address);
    let note = match bounce.permanent {
        true => format!("The mail to {recipient} could not be delivered: {words}"),
        false => format!(
            "The mail to {recipient} has not been delivered yet; the other server still tries: {words}"
        ),
    };
    let update = UpdateTicket {
        comment: Some(NewComment::internal(note)),
        channel: Channel::System,
        ..UpdateTicket::of(ticket)
    };
    let updated = tickets::update(tx, &update).map_err(MailError::refused)?;
    Ok(updated.comment.map(|comment| (ticket, comment)))
}

fn reported(tx: &mut Tx, bounce: &Bounce) -> Result<Option<FoundMailOut>, db::Error> {
    if let Some(message_id) = &bounce.original_message_id {
        let message_id = message_id.trim().trim_start_matches('<').trim_end_matches('>');
        if let Some(mail) = store::find_mail_out_by_message_id(tx, message_id)? {
            return Ok(Some(mail));
        }
    }
    let Some(recipient) = &bounce.recipient else { return Ok(None) };
    let since = tx.now() - MATCH_BY_RECIPIENT_MS;
    store::find_mail_out_to(tx, &recipient.trim().to_lowercase(), since)
}

fn words_of(bounce: &Bounce) -> String {
    let status = bounce.status.as_deref().map(str::trim);
    // Most servers name the code in their words too.
    let is_said = |status: &str| bounce.diagnostic.as_deref().is_some_and(|said| names(said, status));
    let parts = [status.filter(|status| !is_said(status)), bounce.diagnostic.as_deref()];
    let words =
        parts.into_iter().flatten().map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    match words.is_empty() {
        true => "the other server gave no reason".into(),
        false => words.chars().take(DIAGNOSTIC_CHARS_MAX).collect(),
    }
}

/// Does the code stand in the words, and not only as a piece of a longer one?
fn names(words: &str, status: &str) -> bool {
    words.split(|c: char| !c.is_ascii_digit() && c != '.').any(|it| it.trim_matches('.') == status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_said_once() {
        let words = |diagnostic: &str| {
            let bounce = Bounce {
                status: Some("5.2.2".into()),
                diagnostic: Some(diagnostic.into()),
                ..Bounce::default()
            };
            words_of(&bounce)
        };
        assert_eq!(words("552 5.2.2 mailbox full"), "552 5.2.2 mailbox full");
        assert_eq!(words("552-5.2.2. mailbox full"), "552-5.2.2. mailbox full");
        assert_eq!(words("mailbox full (#5.2.2)"), "mailbox full (#5.2.2)");
        assert_eq!(words("552 5.2.21 mailbox full"), "5.2.2 552 5.2.21 mailbox full");
        assert_eq!(words("mailbox full"), "5.2.2 mailbox full");
        assert_eq!(words(""), "5.2.2");
    }
}
