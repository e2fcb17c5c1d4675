//! The desk behind the SMTP door: what came is kept and ended in one transaction, then acknowledged.
//!
//! Parsing happens before the transaction and outside of it. When understanding a mail fails in an unforeseen way,
//! its bytes are kept all the same, and a job tries again.

use crate::auth::{AuthResults, Origin, Resolver};
use crate::parse::{self, Message};
use crate::smtp::{Accepted, Envelope, Intake, RecipientVerdict, Refused};
use desk::blobs::Blobs;
use desk::mail::{
    Address, AuthSummary, Bounce, Door, Ended, Incoming, IncomingAttachment, MailError, Receipt,
};
use desk::{Actor, Desk, Kind, MailId, Refusal};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Addresses whose verdict is remembered between two changes of the mailboxes.
const VERDICTS_KEPT_MAX: usize = 10_000;

/// Invitations shown of one mail.
const INVITES_SHOWN_MAX: usize = 10;

/// Takes mail into a desk, whichever door it came by.
pub struct DeskIntake {
    desk: Desk,
    resolver: Option<Arc<Resolver>>,
    hostname: String,
    known: Mutex<Known>,
}

/// Which addresses are ours, until the mailboxes change.
#[derive(Default)]
struct Known {
    verdicts: HashMap<String, bool>,
    asked_at: i64,
}

/// How long a verdict on an address holds.
const VERDICT_MS: i64 = 2_000;

impl DeskIntake {
    /// Without a resolver (no DNS), nothing is known of who mail really comes from.
    pub fn new(desk: Desk, resolver: Option<Arc<Resolver>>, hostname: impl Into<String>) -> Self {
        DeskIntake { desk, resolver, hostname: hostname.into(), known: Mutex::default() }
    }

    /// Keeps and ends a mail. When this returns, the original survives a power cut.
    pub async fn take(
        &self,
        receipt: Receipt,
        helo_and_ip: Option<(&str, std::net::IpAddr)>,
    ) -> Result<MailId, MailError> {
        let message = parse::parse(&receipt.raw);
        let auth = match (&self.resolver, helo_and_ip) {
            (Some(resolver), Some((helo, remote_ip))) => {
                let origin =
                    Origin { remote_ip, helo, mail_from: &receipt.mail_from, hostname: &self.hostname };
                resolver.verify(&receipt.raw, &origin).await
            }
            (Some(resolver), None) => resolver.verify_fetched(&receipt.raw).await,
            (None, _) => AuthResults::default(),
        };
        let auth = summary(&auth);
        let (receipt, message) = (Arc::new(receipt), Arc::new(message));
        match self.take_whole(receipt.clone(), message, auth.clone()).await {
            Ok(ended) => Ok(ended.mail),
            Err(error) if error.kind() == Kind::Busy => Err(error),
            Err(error) => {
                tracing::error!(%error, "a mail could not be taken in; it is kept and will be tried again");
                let kept = receipt.clone();
                self.desk.write(Actor::desk(), move |tx| desk::mail::store_only(tx, &kept, &auth)).await
            }
        }
    }

    async fn take_whole(
        &self,
        receipt: Arc<Receipt>,
        message: Arc<Message>,
        auth: AuthSummary,
    ) -> Result<Ended, MailError> {
        let incoming = if message.attachments.is_empty() {
            incoming(&message, auth, &self.desk.blobs, &self.desk.key)?
        } else {
            // Files are written and synced before their rows; that is no work for an async thread.
            let (desk, message) = (self.desk.clone(), message.clone());
            let made =
                tokio::task::spawn_blocking(move || incoming(&message, auth, &desk.blobs, &desk.key)).await;
            made.map_err(|_| MailError::Db(db_panicked()))??
        };
        let incoming = Arc::new(incoming);
        self.desk.write(Actor::desk(), move |tx| desk::mail::receive(tx, &receipt, &incoming)).await
    }

    /// Another try at a mail that was only kept, with what was found out about its sender when it came.
    pub async fn take_again(&self, mail: MailId) -> Result<(), MailError> {
        let kept = self.desk.read(Actor::desk(), move |tx| {
            let raw = desk::mail::raw_of(tx, mail)?.ok_or(MailError::NoSuchMail)?;
            Ok::<_, MailError>((raw, desk::mail::auth_of(tx, mail)?))
        });
        let (raw, auth) = kept.await?;
        let desk = self.desk.clone();
        let made =
            tokio::task::spawn_blocking(move || incoming(&parse::parse(&raw), auth, &desk.blobs, &desk.key));
        let incoming = Arc::new(made.await.map_err(|_| MailError::Db(db_panicked()))??);
        self.desk.write(Actor::desk(), move |tx| desk::mail::take_in(tx, mail, &incoming).map(|_| ())).await
    }
}

fn summary(auth: &AuthResults) -> AuthSummary {
    AuthSummary { aligned: auth.aligned, json: serde_json::to_string(auth).unwrap_or_default() }
}

fn db_panicked() -> desk::DbError {
    desk::DbError::Panicked
}

impl Intake for DeskIntake {
    async fn accepts_recipient(&self, address: &str) -> RecipientVerdict {
        let address = desk::mail::tokens::without_plus(address);
        let now = self.desk.db.now();
        let known = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if now - known.asked_at > VERDICT_MS || known.verdicts.len() > VERDICTS_KEPT_MAX {
                known.verdicts.clear();
                known.asked_at = now;
            }
            known.verdicts.get(&address).copied()
        };
        let ours = match known {
            Some(ours) => Ok(ours),
            None => {
                let asked = address.clone();
                self.desk.read(Actor::desk(), move |tx| desk::mail::accepts(tx, &asked)).await
            }
        };
        match ours {
            Ok(ours) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).verdicts.insert(address, ours);
                if ours { RecipientVerdict::Accept } else { RecipientVerdict::Unknown }
            }
            Err(error) => {
                tracing::warn!(%error, "a recipient could not be looked up");
                RecipientVerdict::TemporaryFailure
            }
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        let receipt = Receipt {
            door: Door::Smtp,
            remote_ip: envelope.remote_ip.to_string(),
            helo: envelope.helo.clone(),
            mail_from: envelope.mail_from,
            rcpt_to: envelope.rcpt_to,
            raw,
        };
        match self.take(receipt, Some((&envelope.helo, envelope.remote_ip))).await {
            Ok(mail) => Ok(Accepted { id: mail.to_string() }),
            Err(error) if error.kind() == Kind::Busy => Err(Refused::Busy),
            Err(error) => Err(Refused::Broken(error.to_string())),
        }
    }
}

/// What the desk is told of a message. Its files are stored first.
pub fn incoming(
    message: &Message,
    auth: AuthSummary,
    blobs: &Blobs,
    key: &desk::settings::DeskKey,
) -> Result<Incoming, MailError> {
    let address = |mailbox: &parse::Mailbox| Address {
        name: (!mailbox.name.is_empty()).then(|| mailbox.name.clone()),
        address: mailbox.address.clone(),
    };
    let all = |mailboxes: &[parse::Mailbox]| mailboxes.iter().map(address).collect::<Vec<_>>();
    let mut attachments = Vec::with_capacity(message.attachments.len());
    for file in &message.attachments {
        attachments.push(IncomingAttachment {
            blob: blobs
                .put(&file.data, &file.content_type)
                .map_err(|error| MailError::Refused(Box::new(error)))?,
            file_name: file.name.clone(),
            inline: file.inline,
            content_id: file.content_id.clone(),
        });
    }
    let bounce = message.bounce.as_ref().map(|bounce| Bounce {
        recipient: bounce.final_recipient.clone(),
        status: bounce.status.clone(),
        permanent: bounce.is_failure(),
        diagnostic: bounce.diagnostic.clone(),
        original_message_id: bounce.original_message_id.clone(),
    });
    let (text_new, html_new) = said(message);
    Ok(Incoming {
        from: message.from.as_ref().map(address).unwrap_or_default(),
        sender: message.sender.as_ref().map(address),
        reply_to: all(&message.reply_to),
        to: all(&message.to),
        cc: all(&message.cc),
        delivered_to: message.delivered_to.clone(),
        subject: message.subject.clone(),
        date: message.date_ms,
        message_id: message.message_id.clone(),
        in_reply_to: message.in_reply_to.clone(),
        references: message.references.clone(),
        text_new,
        html_new,
        quoted: message.quoted_text.clone(),
        quoted_html: message.quoted_html.clone(),
        full_text: message.text.clone(),
        attachments,
        machine: message.machine.clone().filter(|_| !message.is_form),
        is_form: message.is_form,
        bounce,
        our_loop_header: message
            .loop_header
            .as_deref()
            .is_some_and(|value| desk::mail::tokens::is_our_loop(key, value)),
        auth,
        problems: message.problems.clone(),
    })
}

/// What is new in a mail, as text and, if it has that, as HTML: its words, and below them each invitation.
fn said(message: &Message) -> (String, Option<String>) {
    let (mut text, mut html) = (message.visible_text.clone(), message.visible_html.clone());
    for invite in message.invites.iter().take(INVITES_SHOWN_MAX) {
        let words = invite.words();
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&words);
        if let Some(html) = &mut html {
            html.push_str(&parse::html::text_to_html(&words));
        }
    }
    (text, html)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:<b>Planning</b>\r\nDTSTART;TZID=Europe/Berlin:20260701T100000\r\n\
        DTEND;TZID=Europe/Berlin:20260701T110000\r\nLOCATION:Room 7 & 8\r\nORGANIZER:mailto:ana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_invitation_that_comes_alone_is_what_the_mail_says() {
        let said_of = |method: &str| {
            let raw = format!(
                "From: ana@example.org\r\nContent-Type: text/calendar; method={method}\r\n\r\n{EVENT}"
            );
            said(&parse::parse(raw.as_bytes()))
        };
        let lines = "<b>Planning</b>\nWhen: 2026-07-01 10:00 Europe/Berlin – 2026-07-01 11:00 Europe/Berlin\n\
            Where: Room 7 & 8\nOrganizer: ana@example.org\n";
        assert_eq!(said_of("request"), (format!("Invitation: {lines}"), None));
        assert_eq!(said_of("cancel"), (format!("Cancelled: {lines}"), None));
    }

    #[test]
    fn an_invitation_stands_below_the_words_of_its_letter_in_both_forms() {
        let raw = format!(
            "From: ana@example.org\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\n\
             Please come.\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>Please come.</p>\r\n--i\r\n\
             Content-Type: text/calendar\r\n\r\n{EVENT}\r\n--i--\r\n"
        );
        let (text, html) = said(&parse::parse(raw.as_bytes()));
        assert!(
            text.starts_with("Please come.\n\nInvitation: <b>Planning</b>\nWhen: 2026-07-01 10:00"),
            "{text}"
        );
        let html = html.unwrap();
        assert!(
            html.contains("Please come.") && html.contains("Invitation: &lt;b&gt;Planning&lt;/b&gt;<br>"),
            "{html}"
        );
        assert!(html.contains("Where: Room 7 &amp; 8<br>"), "{html}");
    }
}
