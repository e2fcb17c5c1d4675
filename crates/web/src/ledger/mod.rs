//! `/ledger`: every mail that came and where it has gone; `/suspended`: what waits for a person's decision.

mod auth;
mod index;
mod show;
mod suspended;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};
use desk::mail::MailState;
use desk::mail::views::LedgerEntry;
use std::borrow::Cow;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/ledger", get(index::index))
        .route("/ledger/{mail}", get(show::show))
        .route("/ledger/{mail}/raw", get(show::raw))
        .route("/suspended", get(suspended::index))
        .route("/suspended/{mail}/recover", post(suspended::recover))
        .route("/suspended/{mail}/discard", post(suspended::discard))
        .route("/suspended/{mail}/put-back", post(suspended::put_back))
}

/// Where a mail has come to, in a word.
fn state_word(state: &MailState) -> &'static str {
    match state {
        MailState::Received => "Unaccounted",
        MailState::Comment => "On a ticket",
        MailState::Duplicate => "Duplicate",
        MailState::Suspended => "Suspended",
        MailState::Discarded => "Thrown away",
    }
}

/// The class of its chip.
fn state_class(state: &MailState) -> &'static str {
    match state {
        MailState::Received => "new",
        MailState::Comment => "solved",
        MailState::Duplicate => "hold",
        MailState::Suspended => "suspended",
        MailState::Discarded => "closed",
    }
}

/// How it found its ticket.
fn threaded_words(by: &str) -> &'static str {
    match by {
        "token" => "by the signed token in our address",
        "references" => "by the messages that it answers",
        "body-token" => "by the signed token in its text",
        "bounce" => "as a report on a mail of ours",
        _ => "in another way",
    }
}

/// `Marta Reyes <marta@example.org>`, as far as it is known.
fn sender(entry: &LedgerEntry) -> String {
    let address = entry.from_address.as_deref().filter(|it| !it.is_empty()).unwrap_or(&entry.mail_from);
    match (entry.from_name.as_deref().filter(|name| !name.is_empty()), address) {
        (Some(name), "") => name.to_owned(),
        (Some(name), address) => format!("{name} <{address}>"),
        (None, "") => "nobody named".to_owned(),
        (None, address) => address.to_owned(),
    }
}

/// The beginning of a subject stands for all of it: the original below shows the rest.
const SUBJECT_CHARS_MAX: usize = 150;

fn subject(entry: &LedgerEntry) -> Cow<'_, str> {
    let whole =
        entry.subject.as_deref().filter(|subject| !subject.trim().is_empty()).unwrap_or("(no subject)");
    match whole.char_indices().nth(SUBJECT_CHARS_MAX) {
        Some((end, _)) => Cow::Owned(format!("{}…", &whole[..end])),
        None => Cow::Borrowed(whole),
    }
}

#[cfg(test)]
mod samples {
    use desk::MailId;
    use desk::mail::MailState;
    use desk::mail::views::LedgerEntry;

    pub fn entry(id: i64, state: MailState) -> LedgerEntry {
        LedgerEntry {
            id: MailId(id),
            door: "smtp".into(),
            mailbox: None,
            received_at: 1_767_614_400_000,
            remote_ip: "192.0.2.7".into(),
            mail_from: "marta@example.org".into(),
            bytes: 4_120,
            state,
            ended_at: Some(1_767_614_400_100),
            reason: None,
            ticket: None,
            comment: None,
            duplicate_of: None,
            from_address: Some("marta@example.org".into()),
            from_name: Some("Marta Reyes".into()),
            subject: Some("Refund".into()),
            message_id: Some("1@example.org".into()),
            auth: None,
            threaded_by: None,
        }
    }
}
