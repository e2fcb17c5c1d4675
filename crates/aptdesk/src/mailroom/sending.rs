//! Mail that leaves: by which server, with which signature, and what came of it for each recipient.

use super::{Failure, Mailroom};
use crate::config::Relay as RelayConfig;
use desk::mail::mailboxes::{self, Mailbox, Security, Server, SignIn};
use desk::mail::{Fate, Outgoing};
use desk::{Actor, MailOutId};
use jobs::Outcome;
use mail::auth::sign;
use mail::send::{self, Delivery, Mailer, OutgoingFile, OutgoingMail, Relay, RelayAuth, RelayTls};
use std::sync::{Arc, PoisonError};

impl Mailroom {
    /// The server that takes this mailbox's mail on: its own, or the desk's.
    pub(super) async fn relay_for(&self, mailbox: Option<&Mailbox>) -> Result<Option<Relay>, Failure> {
        match mailbox.and_then(|mailbox| mailbox.settings.smtp.clone().map(|server| (mailbox.id, server))) {
            Some((id, server)) => {
                let secret = self.secret_of(id).await?;
                Ok(Some(self.relay_at(&server, secret)))
            }
            None => Ok(self.relay.clone()),
        }
    }

    fn relay_at(&self, server: &Server, secret: String) -> Relay {
        Relay {
            host: server.host.clone(),
            port: server.port,
            tls: match server.security {
                Security::Tls => RelayTls::Implicit,
                Security::StartTls => RelayTls::StartTls,
                Security::None => RelayTls::Plain,
            },
            auth: match (server.user.is_empty(), server.sign_in) {
                (true, _) => RelayAuth::Nobody,
                (false, SignIn::Password) => {
                    RelayAuth::Password { user: server.user.clone(), password: secret }
                }
                (false, SignIn::Xoauth2) => RelayAuth::XOAuth2 { user: server.user.clone(), token: secret },
            },
            ca_pem: None,
            hostname: self.hostname.clone(),
        }
    }

    pub(super) async fn send(&self, id: MailOutId) -> Result<Outcome, Failure> {
        let found = self.desk.read(Actor::desk(), move |tx| {
            let Some((content, state)) = desk::mail::outgoing(tx, id)? else {
                return Ok::<_, db::Error>(None);
            };
            let files = desk::mail::attachments_of(tx, &content)?;
            let mailbox = match desk::mail::mailbox_of(tx, id)? {
                Some(mailbox) => mailboxes::find(tx, mailbox)?,
                None => mailboxes::find_default(tx)?,
            };
            Ok(Some((content, state, files, mailbox)))
        });
        let Some((content, state, files, mailbox)) = found.await? else { return Ok(Outcome::Done) };
        if !state.is_waiting() {
            return Ok(Outcome::Done);
        }
        let Some(relay) = self.relay_for(mailbox.as_ref()).await? else {
            let words = "no server for outgoing mail is set up";
            self.desk.write(Actor::desk(), move |tx| desk::mail::mark_deferred(tx, id, words)).await?;
            return Ok(Outcome::Failed(words.to_owned()));
        };
        let mut loaded = Vec::with_capacity(files.len());
        for file in files {
            let data = self.desk.blobs.get(&file.blob.sha256)?;
            loaded.push(OutgoingFile {
                name: file.file_name,
                content_type: file.blob.content_type,
                content_id: file.content_id,
                data,
            });
        }
        let from = content.from.address.clone();
        let recipients = content.undecided();
        let raw = self.signed(send::build(&mime(content, loaded, self.desk.db.now())), &from);
        let fates: Vec<(String, Fate)> = match self.mailer(&relay) {
            Ok(mailer) => mailer.deliver_each(&from, &recipients, &raw).await.into_iter().map(fate).collect(),
            Err(words) => recipients.into_iter().map(|to| (to, Fate::Later(words.clone()))).collect(),
        };
        let waits = fates.iter().find_map(|(to, fate)| match fate {
            Fate::Later(words) => Some(format!("{to}: {words}")),
            Fate::Taken(_) | Fate::Never(_) => None,
        });
        self.desk.write(Actor::desk(), move |tx| desk::mail::mark_each(tx, id, &fates)).await?;
        Ok(waits.map_or(Outcome::Done, Outcome::Failed))
    }

    pub(super) fn mailer(&self, relay: &Relay) -> Result<Arc<Mailer>, String> {
        let key = serde_json::to_string(relay).unwrap_or_default();
        let known = self.mailers.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(mailer) = known {
            return Ok(mailer);
        }
        let mailer = Arc::new(Mailer::new(relay).map_err(|error| error.to_string())?);
        self.mailers.lock().unwrap_or_else(PoisonError::into_inner).insert(key, mailer.clone());
        Ok(mailer)
    }

    /// The message with its DKIM signature, when a key for the sender's domain is there.
    pub(super) fn signed(&self, raw: Vec<u8>, from: &str) -> Vec<u8> {
        let domain = from.rsplit('@').next().unwrap_or_default();
        let Some(key) = self.dkim.as_ref().filter(|key| key.domain.eq_ignore_ascii_case(domain)) else {
            return raw;
        };
        match sign(&raw, &key.domain, &key.selector, &key.pem) {
            Ok(signed) => signed,
            Err(error) => {
                tracing::error!(%error, "a mail leaves without its DKIM signature");
                raw
            }
        }
    }
}

fn fate((to, delivery): (String, Delivery)) -> (String, Fate) {
    let fate = match delivery {
        Delivery::Sent(words) => Fate::Taken(words),
        Delivery::Deferred(words) => Fate::Later(words),
        Delivery::Failed(words) => Fate::Never(words),
    };
    (to, fate)
}

fn mime(content: Outgoing, attachments: Vec<OutgoingFile>, now_ms: i64) -> OutgoingMail {
    let mailbox = |address: desk::mail::Address| mail::parse::Mailbox {
        name: address.name.unwrap_or_default(),
        address: address.address,
    };
    OutgoingMail {
        from: mailbox(content.from),
        reply_to: content.reply_to.map(mailbox),
        to: content.to.into_iter().map(mailbox).collect(),
        cc: content.cc.into_iter().map(mailbox).collect(),
        subject: content.subject,
        date_ms: now_ms,
        message_id: content.message_id,
        in_reply_to: content.in_reply_to,
        references: content.references,
        text: content.text,
        html: content.html,
        attachments,
        auto_submitted: content.auto_submitted.is_some(),
        list_unsubscribe: content.list_unsubscribe,
        headers: content.headers,
    }
}

pub(super) fn relay_of(relay: &RelayConfig, hostname: &str) -> Relay {
    Relay {
        host: relay.host.clone(),
        port: relay.port,
        tls: match relay.security.as_str() {
            "tls" => RelayTls::Implicit,
            "plain" => RelayTls::Plain,
            _ => RelayTls::StartTls,
        },
        auth: match (&relay.user, &relay.password) {
            (Some(user), password) => {
                RelayAuth::Password { user: user.clone(), password: password.clone().unwrap_or_default() }
            }
            (None, _) => RelayAuth::Nobody,
        },
        ca_pem: None,
        hostname: hostname.to_owned(),
    }
}
