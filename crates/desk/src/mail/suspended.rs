//! The suspended queue: what a person decides about mail that did not become a comment by itself.

use super::take_in::Handling;
use super::{Ended, Incoming, MailError, MailState, guards, mailboxes, store};
use crate::events::{Event, record};
use crate::{MailId, TicketId, Tx, people};

/// Makes a ticket of a suspended (or discarded) mail, in the name of its original sender.
///
/// What our own address forwards (a web form) belongs to the person in Reply-To.
pub fn recover(tx: &mut Tx, mail: MailId) -> Result<TicketId, MailError> {
    if !tx.actor().is_agent() {
        return Err(MailError::NotAnAgent);
    }
    let row = store::find_mail(tx, mail)?.ok_or(MailError::NoSuchMail)?;
    if !matches!(row.state, MailState::Suspended | MailState::Discarded) {
        return Err(MailError::NotSuspended);
    }
    let parsed = match store::find_parsed(tx, mail)? {
        Some(parsed) => parsed,
        None => unread(row.subject.as_deref()),
    };
    let mut sender = guards::sender_of(&parsed, row.from_address.as_deref().unwrap_or(&row.mail_from));
    if mailboxes::is_ours(tx, &sender.address)?
        && let Some(person) = parsed.reply_to.iter().find(|it| guards::is_address(&it.address))
    {
        sender = person.clone();
    }
    let user = match guards::is_address(&sender.address) {
        true => {
            people::requester_for(tx, &sender.address, sender.name.as_deref()).map_err(MailError::refused)?
        }
        // Nobody is named: the ticket is its rescuer's.
        false => tx.actor().user().ok_or(MailError::NotAnAgent)?,
    };
    let user = people::find_user(tx, user)?.ok_or(db::Error::NoRow)?;
    let handling = Handling { row, sender, parsed: &parsed };
    let (ticket, comment) = handling.open_ticket(tx, &user, None)?;
    if let Some(message_id) = &parsed.message_id {
        store::insert_message_id(tx, message_id, ticket, Some(comment), None)?;
    }
    store::save_recovery(tx, mail, ticket, Some(comment))?;
    record(tx, &Event::MailRecovered { mail, ticket })?;
    Ok(ticket)
}

/// Takes a mail out of the queue. Its original stays, and [`recover`] still finds it.
pub fn discard(tx: &mut Tx, mail: MailId) -> Result<Ended, MailError> {
    if !tx.actor().is_agent() {
        return Err(MailError::NotAnAgent);
    }
    let row = store::find_mail(tx, mail)?.ok_or(MailError::NoSuchMail)?;
    if row.state != MailState::Suspended {
        return Err(MailError::NotSuspended);
    }
    store::save_discarded(tx, mail)?;
    record(tx, &Event::MailDiscarded { mail })?;
    Ok(Ended { mail, state: MailState::Discarded, ticket: None })
}

/// Takes [`discard`] back: the mail waits in the queue as it did, with its reason and all that was read of it.
pub fn put_back(tx: &mut Tx, mail: MailId) -> Result<Ended, MailError> {
    if !tx.actor().is_agent() {
        return Err(MailError::NotAnAgent);
    }
    let row = store::find_mail(tx, mail)?.ok_or(MailError::NoSuchMail)?;
    if row.state != MailState::Discarded {
        return Err(MailError::NotThrownAway);
    }
    store::save_put_back(tx, mail)?;
    record(tx, &Event::MailPutBack { mail })?;
    Ok(Ended { mail, state: MailState::Suspended, ticket: None })
}

/// What stands for a mail that nobody could read.
fn unread(subject: Option<&str>) -> Incoming {
    Incoming {
        subject: subject.filter(|it| !it.trim().is_empty()).unwrap_or("(no subject)").into(),
        text_new: "(This message could not be read. Its original is kept.)".into(),
        ..Incoming::default()
    }
}
