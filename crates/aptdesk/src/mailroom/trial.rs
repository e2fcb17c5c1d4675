//! Trying a mailbox out in both directions, with the other server's own words.

use super::Mailroom;
use desk::mail::mailboxes::{self, Mailbox, MailboxKind};
use desk::{Actor, MailboxId};
use futures_util::future::join;
use mail::imap::{self, ImapTls};
use mail::send::{self, Delivery, OutgoingMail, RelayTls};
use std::time::Duration;

/// How long another server may take. Both ways are tried at once, and the page that asks gives up after 20 seconds.
const ANSWER_WAIT: Duration = Duration::from_secs(15);

/// The usual ports for TLS from the start.
const IMAPS_PORT: u16 = 993;
const SMTPS_PORT: u16 = 465;

impl Mailroom {
    /// Tries both ways of a mailbox; each line is what we did or the server's own words.
    pub async fn try_out(&self, id: MailboxId) -> Vec<Trial> {
        let found = self.desk.read(Actor::desk(), move |tx| mailboxes::find(tx, id)).await;
        let Ok(Some(mailbox)) = found else { return vec![Trial::bad("There is no such mailbox.")] };
        let (mut lines, out) = join(self.way_in(&mailbox), self.way_out(&mailbox)).await;
        lines.extend(out);
        lines
    }

    async fn way_in(&self, mailbox: &Mailbox) -> Vec<Trial> {
        if mailbox.kind != MailboxKind::Imap {
            return vec![Trial::good(format!(
                "In: mail for {} is accepted by this desk's own SMTP door",
                mailbox.address
            ))];
        }
        let account = match self.imap_account(mailbox).await {
            Err(error) => return vec![Trial::bad(format!("In: {error}"))],
            Ok(account) => account,
        };
        let begun = format!("In: signing in at {}:{} as {}", account.host, account.port, account.user);
        let start = match account.tls {
            ImapTls::Implicit => Start::Encrypted,
            ImapTls::StartTls | ImapTls::Plain => Start::Plain,
        };
        let said = match in_time(imap::probe(&account), ANSWER_WAIT).await {
            Err(words) => Trial::bad(format!("In: {}", start.explained(&words, IMAPS_PORT))),
            Ok(Ok(probe)) => Trial::good(format!(
                "In: {} messages in {}{}",
                probe.messages,
                account.folder,
                if probe.idle { "; the server tells of new ones at once" } else { "; asked once a minute" }
            )),
            Ok(Err(error)) => Trial::bad(format!("In: {}", start.explained(&error.to_string(), IMAPS_PORT))),
        };
        vec![Trial::note(begun), said]
    }

    async fn way_out(&self, mailbox: &Mailbox) -> Vec<Trial> {
        let relay = match self.relay_for(Some(mailbox)).await {
            Err(error) => return vec![Trial::bad(format!("Out: {error}"))],
            Ok(None) => {
                let words = "Out: no server for outgoing mail is set up; answers will wait.";
                return vec![Trial::bad(words)];
            }
            Ok(Some(relay)) => relay,
        };
        let begun = format!(
            "Out: sending a mail from {} to itself by {}:{}",
            mailbox.address, relay.host, relay.port
        );
        let test = test_mail(mailbox, self.desk.db.now());
        let raw = self.signed(send::build(&test), &mailbox.address);
        let to = [mailbox.address.clone()];
        let start = match relay.tls {
            RelayTls::Implicit => Start::Encrypted,
            RelayTls::StartTls | RelayTls::Plain => Start::Plain,
        };
        let delivery = match self.mailer(&relay) {
            Ok(mailer) => in_time(mailer.deliver(&mailbox.address, &to, &raw), ANSWER_WAIT).await,
            Err(words) => Ok(Delivery::Deferred(words)),
        };
        let said = match delivery {
            Err(words) => Trial::bad(format!("Out: {}", start.explained(&words, SMTPS_PORT))),
            Ok(Delivery::Sent(words)) => Trial::good(format!("Out: the server said: {words}")),
            Ok(Delivery::Deferred(words) | Delivery::Failed(words)) => {
                let words = format!("the server said: {words}");
                Trial::bad(format!("Out: {}", start.explained(&words, SMTPS_PORT)))
            }
        };
        vec![Trial::note(begun), said]
    }
}

/// What a server answers; or, of one that stays silent, what to look at.
async fn in_time<T>(talk: impl Future<Output = T>, wait: Duration) -> Result<T, String> {
    tokio::time::timeout(wait, talk).await.map_err(|_| {
        format!(
            "no answer within {} seconds. Are server, port and encryption right, and does a firewall let it through?",
            wait.as_secs()
        )
    })
}

/// How we begin to talk, by the mailbox's encryption.
#[derive(Clone, Copy)]
enum Start {
    /// TLS from the start.
    Encrypted,
    /// STARTTLS, or no encryption at all.
    Plain,
}

impl Start {
    /// What failed, and before it what to change where the other side began in the other way.
    fn explained(self, words: &str, tls_port: u16) -> String {
        // What TLS makes of a plain greeting; and a port for TLS, which waits for us to begin or hangs up.
        const NO_TLS: &[&str] = &["InvalidContentType"];
        const NO_GREETING: &[&str] = &["no answer within", "it hung up", "incomplete response"];
        let says = |any: &[&str]| any.iter().any(|it| words.contains(it));
        match self {
            Start::Encrypted if says(NO_TLS) => format!(
                "this port does not begin with TLS. Choose STARTTLS as encryption, or the port for TLS from the \
                 start (usually {tls_port}). ({words})"
            ),
            Start::Plain if says(NO_GREETING) => format!(
                "this port gives no greeting; it may expect TLS from the start. Then choose that as encryption, or \
                 the port for STARTTLS. ({words})"
            ),
            _ => words.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_stays_silent_is_given_up_before_the_page_is() {
        let silent = in_time(std::future::pending::<()>(), Duration::from_millis(1)).await;
        let words = silent.expect_err("it never answers");
        assert!(words.starts_with("no answer within"), "{words}");
        assert_eq!(in_time(std::future::ready(1), ANSWER_WAIT).await, Ok(1));
        assert!(ANSWER_WAIT < Duration::from_secs(20), "the page waits no longer");
    }

    #[test]
    fn an_encryption_that_does_not_fit_the_port_is_said_so_before_the_raw_words() {
        let corrupt = "no safe connection: received corrupt message of type InvalidContentType";
        let words = Start::Encrypted.explained(corrupt, IMAPS_PORT);
        assert!(words.starts_with("this port does not begin with TLS. Choose STARTTLS"), "{words}");
        assert!(words.contains("993") && words.ends_with(&format!("({corrupt})")), "{words}");
        for silent in
            ["the server said: nothing; it hung up", "the server said: response error: incomplete response"]
        {
            let words = Start::Plain.explained(silent, SMTPS_PORT);
            assert!(words.contains("it may expect TLS from the start") && words.contains(silent), "{words}");
            assert_eq!(Start::Encrypted.explained(silent, SMTPS_PORT), silent);
        }
        let refused = "the server refused to sign in: wrong password";
        assert_eq!(Start::Plain.explained(refused, IMAPS_PORT), refused);
    }
}
