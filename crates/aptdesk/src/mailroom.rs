//! Where the mail door meets the desk and its jobs: receiving, fetching, sending, and trying a mailbox out.

use crate::config::Config;
use desk::mail::mailboxes;
use desk::work::{Work, Worker};
use desk::{Actor, Desk, MailId, MailboxId, Tx};
use jobs::{Job, Outcome, Refused, Stop};
use mail::auth::Resolver;
use mail::intake::DeskIntake;
use mail::send::{Mailer, Relay};
use mail::smtp::{self, SmtpConfig};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

mod certificate;
mod fetching;
mod sending;
mod trial;

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
        smtp.tls = Some(certificate::tls(config)?);
        Ok(Mailroom {
            intake: Arc::new(DeskIntake::new(desk.clone(), resolver, config.hostname.clone())),
            worker: Worker::default(),
            mailers: Mutex::default(),
            hostname: config.hostname.clone(),
            relay: config.relay.as_ref().map(|relay| sending::relay_of(relay, &config.hostname)),
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

    async fn secret_of(&self, mailbox: MailboxId) -> Result<String, Failure> {
        let secret = self.desk.read(Actor::desk(), move |tx| mailboxes::secret_of(tx, mailbox)).await?;
        Ok(secret.unwrap_or_default())
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
}

impl jobs::Handle<Actor> for Mailroom {
    fn looks_ahead(&self, kind: &str) -> bool {
        self.worker.looks_ahead(kind)
    }

    fn look_ahead(&self, tx: &mut Tx, job: &Job) -> Result<(), jobs::Refused> {
        self.worker.look_ahead(tx, &Work::from_job(job)?)
    }

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
            Ok(Work::ReadOutcomes { file }) => {
                let desk = self.desk.clone();
                let read = move || desk::skills::outcomes::files::read_file(&desk.db, &desk.blobs, file);
                match tokio::task::spawn_blocking(read).await {
                    Ok(Ok(())) => Outcome::Done,
                    Ok(Err(error)) => Outcome::Failed(error.to_string()),
                    Err(error) => Outcome::Failed(error.to_string()),
                }
            }
            Ok(Work::RunFloor { run }) => {
                let db = self.desk.db.clone();
                match tokio::task::spawn_blocking(move || desk::floor::runs::run(&db, run)).await {
                    Ok(Ok(())) => Outcome::Done,
                    Ok(Err(error)) => Outcome::Failed(error.to_string()),
                    Err(error) => Outcome::Failed(error.to_string()),
                }
            }
            Ok(other) => Outcome::Failed(format!("{other:?} is no work for the outside lane")),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}
