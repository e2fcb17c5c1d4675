//! Trying a mailbox out in both directions, with the other server's own words.

use super::Mailroom;
use desk::mail::mailboxes::{self, Mailbox, MailboxKind};
use desk::{Actor, MailboxId};
use mail::imap;
use mail::send::{self, Delivery, OutgoingMail};

impl Mailroom {
    /// Tries both ways of a mailbox; each line is what we did or the server's own words.
    pub async fn try_out(&self, id: MailboxId) -> Vec<Trial> {
        let found = self.desk.read(Actor::desk(), move |tx| mailboxes::find(tx, id)).await;
        let Ok(Some(mailbox)) = found else { return vec![Trial::bad("There is no such mailbox.")] };
        let mut lines = Vec::new();
        if mailbox.kind == MailboxKind::Imap {
            match self.imap_account(&mailbox).await {
                Err(error) => lines.push(Trial::bad(format!("In: {error}"))),
                Ok(account) => {
                    lines.push(Trial::note(format!(
                        "In: signing in at {}:{} as {}",
                        account.host, account.port, account.user
                    )));
                    lines.push(match imap::probe(&account).await {
                        Ok(probe) => Trial::good(format!(
                            "In: {} messages in {}{}",
                            probe.messages,
                            account.folder,
                            if probe.idle {
                                "; the server tells of new ones at once"
                            } else {
                                "; asked once a minute"
                            }
                        )),
                        Err(error) => Trial::bad(format!("In: {error}")),
                    });
                }
            }
        } else {
            lines.push(Trial::good(format!(
                "In: mail for {} is accepted by this desk's own SMTP door",
                mailbox.address
            )));
        }
        match self.relay_for(Some(&mailbox)).await {
            Err(error) => lines.push(Trial::bad(format!("Out: {error}"))),
            Ok(None) => {
                lines.push(Trial::bad("Out: no server for outgoing mail is set up; answers will wait."))
            }
            Ok(Some(relay)) => {
                lines.push(Trial::note(format!(
                    "Out: sending a mail from {} to itself by {}:{}",
                    mailbox.address, relay.host, relay.port
                )));
                let test = test_mail(&mailbox, self.desk.db.now());
                let raw = self.signed(send::build(&test), &mailbox.address);
                let to = [mailbox.address.clone()];
                let delivery = match self.mailer(&relay) {
                    Ok(mailer) => mailer.deliver(&mailbox.address, &to, &raw).await,
                    Err(words) => Delivery::Deferred(words),
                };
                lines.push(match delivery {
                    Delivery::Sent(words) => Trial::good(format!("Out: the server said: {words}")),
                    Delivery::Deferred(words) | Delivery::Failed(words) => {
                        Trial::bad(format!("Out: the server said: {words}"))
                    }
                });
            }
        }
        lines
    }
}

/// A line of a mailbox's trial.
#[derive(Clone, Debug)]
pub struct Trial {
    /// `None`: neither good nor bad.
    pub is_good: Option<bool>,
    pub words: String,
}

impl Trial {
    fn good(words: impl Into<String>) -> Self {
        Trial { is_good: Some(true), words: words.into() }
    }

    fn bad(words: impl Into<String>) -> Self {
        Trial { is_good: Some(false), words: words.into() }
    }

    fn note(words: impl Into<String>) -> Self {
        Trial { is_good: None, words: words.into() }
    }
}

fn test_mail(mailbox: &Mailbox, now_ms: i64) -> OutgoingMail {
    let own = mail::parse::Mailbox { name: mailbox.name.clone(), address: mailbox.address.clone() };
    let domain = mailbox.address.rsplit('@').next().unwrap_or("localhost").to_owned();
    OutgoingMail {
        from: own.clone(),
        reply_to: None,
        to: vec![own],
        cc: Vec::new(),
        subject: "A test of this mailbox".into(),
        date_ms: now_ms,
        message_id: format!("test-{now_ms}@{domain}"),
        in_reply_to: None,
        references: Vec::new(),
        text: "If you can read this, mail leaves the desk and comes back.".into(),
        html: None,
        attachments: Vec::new(),
        auto_submitted: true,
        list_unsubscribe: None,
        headers: Vec::new(),
    }
}

/// The admin page asks for a trial through this seam; the pages know no mail protocol.
impl web::MailboxTest for Mailroom {
    fn test(&self, mailbox: MailboxId) -> futures_util::future::BoxFuture<'_, Vec<web::TestLine>> {
        Box::pin(async move {
            let trials = self.try_out(mailbox).await;
            trials
                .into_iter()
                .map(|trial| web::TestLine { is_good: trial.is_good, words: trial.words })
                .collect()
        })
    }
}
