//! Where the mail door meets the desk and its jobs: receiving, fetching, sending, and trying a mailbox out.

use crate::config::{Config, Relay as RelayConfig};
use desk::mail::mailboxes::{self, Mailbox, MailboxKind, Security, Server, SignIn};
use desk::mail::{Door, Fate, Outgoing, Receipt};
use desk::work::{Work, Worker};
use desk::{Actor, Desk, MailId, MailOutId, MailboxId, Tx};
use jobs::{Job, Outcome, Refused, Stop};
use mail::auth::{Resolver, sign};
use mail::imap::{self, Fetched, ImapAccount, ImapAuth, ImapState, ImapTls};
use mail::intake::DeskIntake;
use mail::send::{self, Delivery, Mailer, OutgoingFile, OutgoingMail, Relay, RelayAuth, RelayTls};
use mail::smtp::{self, SmtpConfig};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often the list of mailboxes is looked at for new ones.
const MAILBOXES_LOOKED_AT_EVERY_MS: u64 = 5_000;
const CERTIFICATE_FILE: &str = "smtp-certificate.pem";
const KEY_FILE: &str = "smtp-key.pem";

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub struct Mailroom {
    pub(crate) desk: Desk,
    intake: Arc<DeskIntake>,
    worker: Worker,
    /// Connections to relays, kept open between mails, by the relay's settings.
    mailers: Mutex<HashMap<String, Arc<Mailer>>>,
    hostname: String,
    relay: Option<Relay>,
    dkim: Option<DkimKey>,
    smtp: SmtpConfig,
}

struct DkimKey {
    domain: String,
    selector: String,
    pem: String,
}

impl Mailroom {
    pub async fn new(config: &Config, desk: Desk) -> Result<Mailroom, Failure> {
        let resolver = match config.resolver {
            true => Resolver::system()
                .map(Arc::new)
                .map_err(|error| tracing::warn!(%error, "mail is not checked by DNS"))
                .ok(),
            false => None,
        };
        let dkim = match &config.dkim {
            None => None,
            Some(dkim) => Some(DkimKey {
                domain: dkim.domain.clone(),
                selector: dkim.selector.clone(),
                pem: std::fs::read_to_string(&dkim.key).map_err(|error| {
                    format!("the DKIM key {} could not be read: {error}", dkim.key.display())
                })?,
            }),
        };
        let mut smtp = SmtpConfig::new(config.hostname.clone(), db::clock::now_ms);
        smtp.message_bytes_max = config.mail_bytes_max;
        smtp.tls = Some(tls(config)?);
        Ok(Mailroom {
            intake: Arc::new(DeskIntake::new(desk.clone(), resolver, config.hostname.clone())),
            worker: Worker::default(),
            mailers: Mutex::default(),
            hostname: config.hostname.clone(),
            relay: config.relay.as_ref().map(|relay| relay_of(relay, &config.hostname)),
            dkim,
            smtp,
            desk,
        })
    }

    /// The SMTP door, until the stop.
    pub async fn receive(self: Arc<Self>, listener: tokio::net::TcpListener, stop: Stop) {
        if let Err(error) = smtp::serve(listener, self.smtp.clone(), self.intake.clone(), stop.watch()).await
        {
            tracing::error!(%error, "mail is no longer received");
        }
    }

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

    async fn imap_account(&self, mailbox: &Mailbox) -> Result<ImapAccount, Failure> {
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

    async fn secret_of(&self, mailbox: MailboxId) -> Result<String, Failure> {
        let secret = self.desk.read(Actor::desk(), move |tx| mailboxes::secret_of(tx, mailbox)).await?;
        Ok(secret.unwrap_or_default())
    }

    /// The server that takes this mailbox's mail on: its own, or the desk's.
    async fn relay_for(&self, mailbox: Option<&Mailbox>) -> Result<Option<Relay>, Failure> {
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

    async fn send(&self, id: MailOutId) -> Result<Outcome, Failure> {
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

    fn mailer(&self, relay: &Relay) -> Result<Arc<Mailer>, String> {
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
    fn signed(&self, raw: Vec<u8>, from: &str) -> Vec<u8> {
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

    async fn take_again(&self, mail: MailId, attempts: i64) -> Outcome {
        match self.intake.take_again(mail).await {
            Ok(()) => Outcome::Done,
            Err(error) if attempts >= desk::mail::TAKE_IN_ATTEMPTS_MAX => {
                let why = error.to_string();
                let given_up =
                    self.desk.write(Actor::desk(), move |tx| desk::mail::give_up(tx, mail, &why)).await;
                given_up.map_or_else(|error| Outcome::Failed(error.to_string()), |_| Outcome::Done)
            }
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }

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

impl jobs::Handle<Actor> for Mailroom {
    fn inside(&self, tx: &mut Tx, job: &Job) -> Result<(), Refused> {
        self.worker.run(tx, &Work::from_job(job)?)
    }

    async fn outside(&self, job: Job) -> Outcome {
        match Work::from_job(&job) {
            Ok(Work::SendMail { mail_out }) => {
                self.send(mail_out).await.unwrap_or_else(|error| Outcome::Failed(error.to_string()))
            }
            Ok(Work::TakeInMail { mail }) => self.take_again(mail, job.attempts).await,
            Ok(Work::Refit { asked_by }) => {
                let db = self.desk.db.clone();
                let run = tokio::task::spawn_blocking(move || desk::skills::refit::run(&db, asked_by)).await;
                match run {
                    Ok(Ok(_)) => Outcome::Done,
                    Ok(Err(error)) => Outcome::Failed(error.to_string()),
                    Err(error) => Outcome::Failed(error.to_string()),
                }
            }
            Ok(other) => Outcome::Failed(format!("{other:?} is no work for the outside lane")),
            Err(error) => Outcome::Failed(error.to_string()),
        }
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

fn relay_of(relay: &RelayConfig, hostname: &str) -> Relay {
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

/// The certificate that was given, or one of our own making that stays the same over restarts.
fn tls(config: &Config) -> Result<Arc<rustls::ServerConfig>, Failure> {
    let (certificate, key) = match &config.tls {
        Some(paths) => paths.clone(),
        None => (config.data.join(CERTIFICATE_FILE), config.data.join(KEY_FILE)),
    };
    if config.tls.is_none() && !(certificate.exists() && key.exists()) {
        let (certificate_pem, key_pem) = smtp::self_signed(&config.hostname)?;
        write_private(&key, &key_pem)?;
        std::fs::write(&certificate, certificate_pem)?;
    }
    let read = |path: &std::path::Path| {
        std::fs::read_to_string(path)
            .map_err(|error| format!("{} could not be read: {error}", path.display()))
    };
    Ok(smtp::server_config(&read(&certificate)?, &read(&key)?)?)
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
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
