//! The customers of the demo: their mail server, and what they do with what arrives there. They answer by SMTP, and
//! rate on the page behind the link. What is for nobody among them is the visitor's, and is kept as a file.

use super::case::{Case, Received};
use super::content::Content;
use super::truth::{self, Verdict};
use super::{Result, ratings};
use jobs::Stop;
use mail::parse::Message;
use mail::send::{Delivery, Mailer, OutgoingMail, Relay, RelayAuth, RelayTls};
use mail::smtp::{self, Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Answers that customers are thinking about at the same time; beyond, they do not write back.
const THINKING_AT_ONCE_MAX: usize = 500;
/// Cases of which is known how the answer lands.
const VERDICTS_KEPT_MAX: usize = 10_000;
/// Newest answers to the visitor that are kept.
const OUTBOX_FILES_MAX: usize = 1_000;
/// A customer thinks about an answer for so many arrivals of mail, on average, within these bounds.
const THINKING_PACES: f64 = 2.0;
const THINKING_SECONDS_MIN: f64 = 2.0;
const THINKING_SECONDS_MAX: f64 = 90.0;
const PAGE_TIMEOUT_SECONDS: u64 = 20;
const PAGE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Of customers whom the visitor answered, so many are content, and so many write back.
const VISITOR_CONTENT_SHARE: f64 = 0.8;
const VISITOR_REPLY_SHARE: f64 = 0.7;

pub struct Customers {
    content: Arc<Content>,
    outbox: PathBuf,
    pub pace: f64,
    dice: Mutex<ChaCha8Rng>,
    minds: Mutex<Minds>,
    doors: OnceLock<Doors>,
    thinking: Arc<Semaphore>,
    stop: OnceLock<Stop>,
}

/// How answers land with those who have not read them yet, and how those like it who have.
#[derive(Default)]
struct Minds {
    coming: HashMap<Case, Verdict>,
    formed: HashMap<Case, Verdict>,
}

struct Doors {
    http: SocketAddr,
    mailer: Mailer,
}

impl Customers {
    pub fn new(content: Arc<Content>, outbox: PathBuf, pace: f64) -> Arc<Customers> {
        Arc::new(Customers {
            content,
            outbox,
            pace,
            dice: Mutex::new(ChaCha8Rng::seed_from_u64(db::clock::now_ms() as u64)),
            minds: Mutex::default(),
            doors: OnceLock::new(),
            thinking: Arc::new(Semaphore::new(THINKING_AT_ONCE_MAX)),
            stop: OnceLock::new(),
        })
    }

    /// From now on the desk can be written to.
    pub fn doors_are_open(&self, http: SocketAddr, smtp: Option<SocketAddr>) {
        let Some(smtp) = smtp else { return };
        let relay = Relay {
            host: smtp.ip().to_string(),
            port: smtp.port(),
            tls: RelayTls::Plain,
            auth: RelayAuth::Nobody,
            ca_pem: None,
            hostname: "customers.example".into(),
        };
        match Mailer::new(&relay) {
            Ok(mailer) => drop(self.doors.set(Doors { http, mailer })),
            Err(error) => tracing::error!(%error, "the demo's customers cannot write"),
        }
    }

    /// A draw of the demo's chance.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut ChaCha8Rng) -> T) -> T {
        draw(&mut self.dice.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An answer is on its way, and will land like this.
    pub fn expect(&self, case: &Case, verdict: Verdict) {
        let mut minds = self.minds.lock().unwrap_or_else(PoisonError::into_inner);
        if minds.coming.len() >= VERDICTS_KEPT_MAX {
            minds.coming.clear();
        }
        minds.coming.insert(case.clone(), verdict);
    }

    fn form_mind(&self, case: &Case) -> Verdict {
        let mut minds = self.minds.lock().unwrap_or_else(PoisonError::into_inner);
        let coming = minds.coming.remove(case);
        let verdict = coming.unwrap_or_else(|| self.draw(of_a_visitors_answer));
        if minds.formed.len() >= VERDICTS_KEPT_MAX {
            minds.formed.clear();
        }
        // A word of goodbye does not change what one thinks.
        if coming.is_none_or(|it| it.score.is_some() || it.replies) || !minds.formed.contains_key(case) {
            minds.formed.insert(case.clone(), verdict);
        }
        verdict
    }

    pub async fn write(&self, letter: &OutgoingMail) {
        let Some(doors) = self.doors.get() else { return };
        let to: Vec<String> = letter.to.iter().map(|it| it.address.clone()).collect();
        match doors.mailer.deliver(&letter.from.address, &to, &mail::send::build(letter)).await {
            Delivery::Sent(_) => {}
            Delivery::Deferred(words) | Delivery::Failed(words) => {
                tracing::warn!(words, "a customer's mail was not taken");
            }
        }
    }

    /// Waits a while, unless the demo ends. False when it did, or when too many think already.
    async fn think(&self) -> bool {
        let Ok(_place) = self.thinking.try_acquire() else { return false };
        let mean = (THINKING_PACES * self.pace).clamp(THINKING_SECONDS_MIN, THINKING_SECONDS_MAX);
        let pause = Duration::from_secs_f64(self.draw(|dice| truth::pause(mean, dice)));
        let Some(stop) = self.stop.get() else { return false };
        tokio::select! {
            () = stop.stopped() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    async fn read_answer(self: Arc<Self>, case: Case, received: Received) {
        let verdict = self.form_mind(&case);
        if !verdict.replies || !self.think().await {
            return;
        }
        let situation = case.situation(&self.content);
        let words = if verdict.for_good { &situation.follow_up_happy } else { &situation.follow_up_unhappy };
        let letter = received.references.len() as u32 + 1;
        let now = db::clock::now_ms();
        self.write(&case.reply(&self.content, &received, words, letter, now)).await;
    }

    async fn answer_rating(self: Arc<Self>, case: Option<Case>, token: String) {
        let verdict = case.as_ref().and_then(|case| {
            self.minds.lock().unwrap_or_else(PoisonError::into_inner).formed.get(case).copied()
        });
        let verdict = verdict.unwrap_or_else(|| self.draw(of_a_visitors_answer));
        let Some(score) = verdict.score else { return };
        if !self.think().await {
            return;
        }
        let form = match &case {
            None => format!("score={score}"),
            Some(case) => {
                let said = self.draw(|dice| ratings::rating(&self.content, case, token.clone(), score, dice));
                let of = |text: &Option<String>| encoded(text.as_deref().unwrap_or_default());
                format!("score={score}&reason={}&comment={}", of(&said.reason), of(&said.comment))
            }
        };
        let limit = Duration::from_secs(PAGE_TIMEOUT_SECONDS);
        match tokio::time::timeout(limit, self.fill_in(&token, &form)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a customer could not rate"),
            Err(_) => tracing::warn!("a customer could not rate: the page took too long"),
        }
    }

    /// Opens the page, as everybody does, and then sends its form.
    async fn fill_in(&self, token: &str, form: &str) -> Result<()> {
        let http = self.doors.get().ok_or("the doors are closed")?.http;
        self.request(
            http,
            &format!("GET /rate/{token} HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n"),
        )
        .await?;
        let request = format!(
            "POST /rate/{token} HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\nOrigin: http://{http}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        self.request(http, &request).await
    }

    async fn request(&self, http: SocketAddr, request: &str) -> Result<()> {
        let mut stream = TcpStream::connect(http).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(PAGE_BYTES_MAX).read_to_end(&mut answer).await?;
        let status = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
        match status.split(' ').nth(1).unwrap_or_default().as_bytes() {
            [b'2' | b'3', ..] => Ok(()),
            _ => Err(format!("the rating page said {status:?}").into()),
        }
    }

    /// The newest stay.
    async fn keep_for_visitor(&self, raw: &[u8]) -> std::io::Result<()> {
        tokio::fs::create_dir_all(&self.outbox).await?;
        let mut names = Vec::new();
        let mut files = tokio::fs::read_dir(&self.outbox).await?;
        while let Some(file) = files.next_entry().await? {
            names.push(file.path());
        }
        names.sort();
        for old in names.iter().rev().skip(OUTBOX_FILES_MAX - 1) {
            tokio::fs::remove_file(old).await?;
        }
        let name = format!("{}-{:04x}.eml", db::clock::now_ms(), self.draw(|dice| dice.random::<u16>()));
        tokio::fs::write(self.outbox.join(name), raw).await
    }

    /// Which of our situations a question about satisfaction is about, if it was dealt with since the start.
    fn case_of_rating(&self, message: &Message) -> Option<Case> {
        let minds = self.minds.lock().unwrap_or_else(PoisonError::into_inner);
        let to = &message.to.first()?.address;
        let about = |case: &&Case| {
            let subject = case.fill(&self.content, &case.situation(&self.content).subject, None);
            case.customer(&self.content).email == *to && message.text.contains(&subject)
        };
        minds.formed.keys().filter(about).max_by_key(|case| case.day).cloned()
    }
}

/// Opens the customers' mail server at an address that only this machine reaches.
pub async fn listen(customers: Arc<Customers>, stop: Stop) -> Result<(SocketAddr, JoinHandle<()>)> {
    let _ = customers.stop.set(stop.clone());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let config = SmtpConfig::new("customers.example", db::clock::now_ms);
    let task = tokio::spawn(async move {
        let sink = Arc::new(Sink(customers));
        if let Err(error) = smtp::serve(listener, config, sink, stop.watch()).await {
            tracing::error!(%error, "the demo's customers receive no mail any more");
        }
    });
    Ok((address, task))
}

struct Sink(Arc<Customers>);

impl Intake for Sink {
    async fn accepts_recipient(&self, _address: &str) -> RecipientVerdict {
        RecipientVerdict::Accept
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> std::result::Result<Accepted, Refused> {
        let customers = &self.0;
        let raw = raw.get(envelope.trace_bytes..).unwrap_or(&raw);
        let message = mail::parse::parse(raw);
        let known =
            |to: &String| customers.content.customers.iter().any(|it| it.email.eq_ignore_ascii_case(to));
        if !envelope.rcpt_to.iter().all(known) {
            customers.keep_for_visitor(raw).await.map_err(|error| Refused::Broken(error.to_string()))?;
        } else if let Some(token) = ratings::token_in(&message.text) {
            let case = customers.case_of_rating(&message);
            tokio::spawn(customers.clone().answer_rating(case, token));
        } else {
            let ids = message.in_reply_to.iter().chain(&message.references);
            let case = ids.filter_map(|id| Case::from_message_id(&customers.content, id)).next();
            if let (Some(case), None) = (case, &message.machine) {
                tokio::spawn(customers.clone().read_answer(case, received(message)));
            }
        }
        Ok(Accepted { id: "read".into() })
    }
}

fn received(message: Message) -> Received {
    let from = message.from.unwrap_or_default();
    let reply_to = message.reply_to.first().unwrap_or(&from).address.clone();
    Received {
        message_id: message.message_id.unwrap_or_default(),
        references: message.references,
        reply_to,
        subject: message.subject,
        from_name: if from.name.is_empty() { from.address } else { from.name },
        text: message.visible_text,
    }
}

/// Nothing is known of the visitor's skill.
fn of_a_visitors_answer(dice: &mut ChaCha8Rng) -> Verdict {
    let for_good = dice.random::<f64>() < VISITOR_CONTENT_SHARE;
    let score = if for_good { dice.random_range(4..=5) } else { dice.random_range(1..=3) };
    Verdict { for_good, replies: dice.random::<f64>() < VISITOR_REPLY_SHARE, score: Some(score) }
}

/// For a form's body.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}
