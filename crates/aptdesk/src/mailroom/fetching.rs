//! Mail that is fetched: every IMAP mailbox is followed, and what comes is handed to the ledger.

use super::{Failure, Mailroom};
use desk::mail::mailboxes::{self, Mailbox, MailboxKind, Security, SignIn};
use desk::mail::{Door, Receipt};
use desk::{Actor, MailboxId};
use jobs::Stop;
use mail::imap::{self, Fetched, ImapAccount, ImapAuth, ImapState, ImapTls};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How often the list of mailboxes is looked at for new ones.
const MAILBOXES_LOOKED_AT_EVERY_MS: u64 = 5_000;

impl Mailroom {
    /// Follows every IMAP mailbox; notices new, changed and removed ones.
    pub async fn fetch(self: Arc<Self>, stop: Stop) {
        let mut followed: HashMap<MailboxId, (Mailbox, Stop, tokio::task::JoinHandle<()>)> = HashMap::new();
        while !stop.is_stopped() {
            let wanted = self.desk.read(Actor::desk(), mailboxes::list).await.unwrap_or_default();
            let wanted: Vec<Mailbox> = wanted
                .into_iter()
                .filter(|it| it.kind == MailboxKind::Imap && it.settings.imap.is_some())
                .collect();
            followed.retain(|id, (known, own_stop, _)| {
                let same = wanted
                    .iter()
                    .any(|it| it.id == *id && it.settings == known.settings && it.address == known.address);
                if !same {
                    own_stop.stop();
                }
                same
            });
            for mailbox in wanted {
                if followed.contains_key(&mailbox.id) {
                    continue;
                }
                let own_stop = Stop::default();
                let task = tokio::spawn(self.clone().follow(mailbox.clone(), own_stop.clone()));
                followed.insert(mailbox.id, (mailbox, own_stop, task));
            }
            tokio::select! {
                () = stop.stopped() => break,
                () = tokio::time::sleep(Duration::from_millis(MAILBOXES_LOOKED_AT_EVERY_MS)) => {}
            }
        }
        for (_, (_, own_stop, task)) in followed {
            own_stop.stop();
            let _ = task.await;
        }
    }

    async fn follow(self: Arc<Self>, mailbox: Mailbox, stop: Stop) {
        let id = mailbox.id;
        let Ok(account) = self.imap_account(&mailbox).await else {
            let _ = self
                .desk
                .write(Actor::desk(), move |tx| {
                    mailboxes::save_checked(
                        tx,
                        id,
                        Some("the stored password cannot be read; enter it again"),
                    )
                })
                .await;
            return;
        };
        let state = match (mailbox.imap_uid_validity, mailbox.imap_last_uid) {
            (Some(validity), Some(uid)) => {
                Some(ImapState { uid_validity: validity as u32, last_uid: uid as u32 })
            }
            _ => None,
        };
        let sink = MailboxSink { mailroom: self, mailbox: id };
        imap::follow(&account, state, &sink, stop.watch()).await;
    }

    pub(super) async fn imap_account(&self, mailbox: &Mailbox) -> Result<ImapAccount, Failure> {
        let server = mailbox.settings.imap.clone().ok_or("this mailbox fetches nothing")?;
        let secret = self.secret_of(mailbox.id).await?;
        Ok(ImapAccount {
            host: server.host.clone(),
            port: server.port,
            tls: match server.security {
                Security::Tls => ImapTls::Implicit,
                Security::StartTls => ImapTls::StartTls,
                Security::None => ImapTls::Plain,
            },
            user: server.user.clone(),
            auth: match server.sign_in {
                SignIn::Password => ImapAuth::Password(secret),
                SignIn::Xoauth2 => ImapAuth::XOAuth2 { token: secret },
            },
            folder: mailbox.settings.folder.clone(),
            first_fetch: imap::FirstFetch::default(),
            ca_pem: None,
        })
    }
}

struct MailboxSink {
    mailroom: Arc<Mailroom>,
    mailbox: MailboxId,
}

impl imap::Sink for MailboxSink {
    async fn store(&self, mail: Fetched) -> Result<(), String> {
        let receipt = Receipt {
            door: Door::Imap {
                mailbox: self.mailbox,
                uid_validity: mail.uid_validity.into(),
                uid: mail.uid.into(),
            },
            remote_ip: String::new(),
            helo: String::new(),
            mail_from: String::new(),
            rcpt_to: Vec::new(),
            raw: mail.raw,
        };
        self.mailroom.intake.take(receipt, None).await.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn advance(&self, state: ImapState) -> Result<(), String> {
        let (id, validity, uid) = (self.mailbox, state.uid_validity.into(), state.last_uid.into());
        let saved = self.mailroom.desk.write(Actor::desk(), move |tx| {
            mailboxes::save_position(tx, id, validity, uid)?;
            mailboxes::save_checked(tx, id, None)
        });
        saved.await.map_err(|error| error.to_string())
    }

    fn trouble(&self, error: &imap::ImapError, _next_try: Duration) {
        let (desk, id, words) = (self.mailroom.desk.clone(), self.mailbox, error.to_string());
        tokio::spawn(async move {
            let saved =
                desk.write(Actor::desk(), move |tx| mailboxes::save_checked(tx, id, Some(&words))).await;
            if let Err(error) = saved {
                tracing::warn!(%error, "a mailbox's trouble could not be noted");
            }
        });
    }
}
