//! Mail that leaves: built, signed elsewhere, handed to a relay, and its fate told in the relay's own words.

mod each;

use std::time::Duration;

use lettre::address::{Address as LettreAddress, Envelope as Route};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsVersion};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use serde::{Deserialize, Serialize};

use crate::parse::Mailbox;
use crate::parse::machine::LOOP_HEADER;

#[derive(Debug, Clone, Default)]
pub struct OutgoingMail {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub subject: String,
    pub date_ms: i64,
    /// Ids without angle brackets.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub text: String,
    pub html: Option<String>,
    pub attachments: Vec<OutgoingFile>,
    /// Made by a rule rather than a person: says so, and carries our loop header.
    pub auto_submitted: bool,
    /// An https or mailto address.
    pub list_unsubscribe: Option<String>,
    /// Further fields; line breaks in them are taken out.
    pub headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default)]
pub struct OutgoingFile {
    pub name: String,
    pub content_type: String,
    /// Set for pictures that the HTML shows by `cid:`.
    pub content_id: Option<String>,
    pub data: Vec<u8>,
}

/// References kept of a long thread: the first and the latest.
const REFERENCES_MAX: usize = 30;

/// The bytes that leave. They end with a line break, as SMTP and DKIM want it.
pub fn build(mail: &OutgoingMail) -> Vec<u8> {
    let mut message = MessageBuilder::new()
        .from(address(&mail.from))
        .to(addresses(&mail.to))
        .subject(one_line(&mail.subject))
        .date(Date::new(mail.date_ms.div_euclid(1000)))
        .message_id(MessageId::new(tidy_id(&mail.message_id)));
    if !mail.cc.is_empty() {
        message = message.cc(addresses(&mail.cc));
    }
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(address(reply_to));
    }
    if let Some(id) = &mail.in_reply_to {
        message = message.in_reply_to(MessageId::new(tidy_id(id)));
    }
    let references = short_references(&mail.references);
    if !references.is_empty() {
        message = message.references(MessageId::new_list(references.into_iter()));
    }
    if mail.auto_submitted {
        let is_given = |name: &str| mail.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        // A desk gives its loop header a value that it knows again; a second one in front would hide it.
        for (name, value) in
            [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), (LOOP_HEADER, "1")]
        {
            if !is_given(name) {
                message = message.header(name, Raw::new(value));
            }
        }
    }
    if let Some(link) = &mail.list_unsubscribe {
        let link = one_line(link);
        if link.starts_with("https:") {
            message = message.header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
        }
        message = message.header("List-Unsubscribe", Raw::new(format!("<{link}>")));
    }
    for (name, value) in &mail.headers {
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        if !name.is_empty() {
            message = message.header(name, HeaderType::Text(one_line(value).into()));
        }
    }
    let mut raw = message.body(body(mail)).write_to_vec().unwrap_or_default();
    if !raw.ends_with(b"\r\n") {
        raw.extend_from_slice(b"\r\n");
    }
    raw
}

/// text · alternative(text, html) · alternative(text, related(html, pictures)) · mixed(any of these, files)
fn body(mail: &OutgoingMail) -> MimePart<'_> {
    let text = MimePart::new("text/plain", mail.text.as_str());
    let (pictures, files): (Vec<&OutgoingFile>, Vec<&OutgoingFile>) =
        mail.attachments.iter().partition(|file| file.content_id.is_some() && mail.html.is_some());
    let letter = match &mail.html {
        None => text,
        Some(html) => {
            let html = MimePart::new("text/html", html.as_str());
            let rich = if pictures.is_empty() {
                html
            } else {
                let mut parts = vec![html];
                parts.extend(pictures.into_iter().map(|picture| {
                    let part = file_part(picture).inline();
                    part.cid(tidy_id(picture.content_id.as_deref().unwrap_or_default()))
                }));
                MimePart::new("multipart/related", parts)
            };
            MimePart::new("multipart/alternative", vec![text, rich])
        }
    };
    if files.is_empty() {
        return letter;
    }
    let mut parts = vec![letter];
    parts.extend(files.into_iter().map(|file| file_part(file).attachment(one_line(&file.name))));
    MimePart::new("multipart/mixed", parts)
}

fn file_part(file: &OutgoingFile) -> MimePart<'_> {
    let kind = file.content_type.as_str();
    let sound = kind.contains('/') && kind.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    // Enclosed messages and multiparts may not be encoded, so they travel as plain files.
    let plain = sound && !kind.starts_with("multipart/") && !kind.starts_with("message/");
    let kind = if plain { kind } else { "application/octet-stream" };
    MimePart::new(kind.to_owned(), file.data.as_slice())
}

fn address(mailbox: &Mailbox) -> Address<'static> {
    let name = one_line(&mailbox.name);
    Address::new_address(Some(name).filter(|name| !name.is_empty()), one_line(&mailbox.address))
}

fn addresses(list: &[Mailbox]) -> Address<'static> {
    Address::new_list(list.iter().map(address).collect())
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn tidy_id(id: &str) -> String {
    id.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>')).collect()
}

fn short_references(ids: &[String]) -> Vec<String> {
    let ids: Vec<String> = ids.iter().map(|id| tidy_id(id)).filter(|id| !id.is_empty()).collect();
    match ids.split_first() {
        Some((first, rest)) if rest.len() >= REFERENCES_MAX => {
            let latest = &rest[rest.len() - (REFERENCES_MAX - 1)..];
            std::iter::once(first.clone()).chain(latest.iter().cloned()).collect()
        }
        _ => ids,
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelayTls {
    /// TLS from the first byte, port 465.
    #[default]
    Implicit,
    /// STARTTLS, and nothing without it, port 587.
    StartTls,
    /// In the clear; only for a relay on the same machine.
    Plain,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum RelayAuth {
    Nobody,
    Password { user: String, password: String },
    XOAuth2 { user: String, token: String },
}

/// The server that takes our mail on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub tls: RelayTls,
    pub auth: RelayAuth,
    /// A certificate authority of one's own, in PEM.
    pub ca_pem: Option<String>,
    /// How we call ourselves.
    pub hostname: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Taken; the relay's answer.
    Sent(String),
    /// Not now: try again later.
    Deferred(String),
    /// Never: trying again would not help.
    Failed(String),
}

#[derive(Debug, thiserror::Error)]
#[error("the relay's settings cannot be used: {0}")]
pub struct RelayError(String);

/// One command may take this long.
const RELAY_TIMEOUT: Duration = Duration::from_secs(60);
const RELAY_CONNECTIONS_MAX: u32 = 10;

/// Connections to one relay, kept open between messages.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    /// What a connection outside the pool is made with.
    host: String,
    port: u16,
    tls: Tls,
    hello: ClientId,
    sign_in: Option<(Credentials, Vec<Mechanism>)>,
}

impl Mailer {
    pub fn new(relay: &Relay) -> Result<Self, RelayError> {
        let said = |error: lettre::transport::smtp::Error| RelayError(error.to_string());
        let tls = match relay.tls {
            RelayTls::Plain => Tls::None,
            mode => {
                let mut parameters =
                    TlsParameters::builder(relay.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
                if let Some(pem) = &relay.ca_pem {
                    parameters =
                        parameters.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(said)?);
                }
                let parameters = parameters.build().map_err(said)?;
                if mode == RelayTls::Implicit { Tls::Wrapper(parameters) } else { Tls::Required(parameters) }
            }
        };
        let hello = ClientId::Domain(relay.hostname.clone());
        let sign_in = match &relay.auth {
            RelayAuth::Nobody => None,
            RelayAuth::Password { user, password } => Some((
                Credentials::new(user.clone(), password.clone()),
                vec![Mechanism::Plain, Mechanism::Login],
            )),
            RelayAuth::XOAuth2 { user, token } => {
                Some((Credentials::new(user.clone(), token.clone()), vec![Mechanism::Xoauth2]))
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host.as_str())
            .port(relay.port)
            .tls(tls.clone())
            .hello_name(hello.clone())
            .timeout(Some(RELAY_TIMEOUT))
            .pool_config(PoolConfig::new().max_size(RELAY_CONNECTIONS_MAX));
        if let Some((credentials, mechanisms)) = &sign_in {
            builder = builder.credentials(credentials.clone()).authentication(mechanisms.clone());
        }
        let transport = builder.build::<Tokio1Executor>();
        Ok(Mailer { transport, host: relay.host.clone(), port: relay.port, tls, hello, sign_in })
    }

    /// One transaction for all the recipients: one refusal refuses all. See [`Mailer::deliver_each`].
    pub async fn deliver(&self, mail_from: &str, rcpt_to: &[String], raw: &[u8]) -> Delivery {
        match self.attempt(mail_from, rcpt_to, raw).await {
            Attempt::Sent(words) => Delivery::Sent(words),
            Attempt::Refused(delivery) => delivery,
            Attempt::Unfit(words) | Attempt::Unreached(words) => Delivery::Deferred(words),
        }
    }

    async fn attempt(&self, mail_from: &str, rcpt_to: &[String], raw: &[u8]) -> Attempt {
        let route = match route(mail_from, rcpt_to) {
            Ok(route) => route,
            Err(reason) => return Attempt::Refused(Delivery::Failed(reason)),
        };
        // The client adds the last line break by itself.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        match self.transport.send_raw(&route, raw).await {
            Ok(answer) => Attempt::Sent(said(&answer)),
            Err(error) if error.is_client() => Attempt::Unfit(words(&error)),
            Err(error) if error.status().is_none() && !error.is_permanent() => {
                Attempt::Unreached(words(&error))
            }
            Err(error) => Attempt::Refused(fate(&error)),
        }
    }

    /// Reaches the relay and signs in, without sending anything. The error is the server's own words.
    pub async fn probe(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the relay answered, but did not go on".to_owned()),
            Err(error) => Err(words(&error)),
        }
    }
}

/// How one transaction went.
enum Attempt {
    Sent(String),
    /// Deferred or failed, by the server's own words.
    Refused(Delivery),
    /// The server cannot what this mail, or its way there, needs: it has not been offered.
    Unfit(String),
    Unreached(String),
}

fn route(mail_from: &str, rcpt_to: &[String]) -> Result<Route, String> {
    let from = if mail_from.is_empty() { None } else { Some(to_address(mail_from)?) };
    let to = rcpt_to.iter().map(|address| to_address(address)).collect::<Result<Vec<_>, _>>()?;
    Route::new(from, to).map_err(|_| "there is no recipient".to_owned())
}

fn to_address(text: &str) -> Result<LettreAddress, String> {
    text.parse().map_err(|_| format!("{text} is not an address that mail can be sent to"))
}

fn said(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

fn fate(error: &lettre::transport::smtp::Error) -> Delivery {
    let code = error.status().map(u16::from);
    match code {
        // Refused sign-in and missing encryption are our settings, not the message: it may leave once they are right.
        Some(530 | 534 | 535 | 538 | 504) => Delivery::Deferred(words(error)),
        _ if error.is_permanent() => Delivery::Failed(words(error)),
        _ => Delivery::Deferred(words(error)),
    }
}

/// The whole chain of reasons in one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn mail() -> OutgoingMail {
        let mailbox =
            |name: &str, address: &str| Mailbox { name: name.to_owned(), address: address.to_owned() };
        OutgoingMail {
            from: mailbox("Jörg, Desk", "help+t0k@desk.test"),
            to: vec![mailbox("Ana", "ana@example.org")],
            cc: vec![mailbox("", "bo@example.org")],
            subject: "Re: Grüße\r\nBcc: evil@x.test".to_owned(),
            date_ms: 1_767_268_800_000,
            message_id: "out.1@desk.test".to_owned(),
            in_reply_to: Some("<in.1@example.org>".to_owned()),
            references: vec!["first@example.org".to_owned(), "in.1@example.org".to_owned()],
            text: "Hello,\n.\nFrom here\n".to_owned(),
            html: Some("<p>Hello <img src=\"cid:logo\"></p>".to_owned()),
            attachments: vec![
                OutgoingFile {
                    name: "Übersicht.pdf".to_owned(),
                    content_type: "application/pdf".to_owned(),
                    data: vec![0, 1, 2, 255],
                    ..OutgoingFile::default()
                },
                OutgoingFile {
                    name: "logo.png".to_owned(),
                    content_type: "image/png".to_owned(),
                    content_id: Some("logo".to_owned()),
                    data: vec![9; 100],
                },
            ],
            ..OutgoingMail::default()
        }
    }

    #[test]
    fn what_is_built_is_read_back_the_same() {
        let raw = build(&mail());
        assert!(raw.ends_with(b"\r\n"));
        let read = parse(&raw);
        let from = read.from.unwrap();
        assert_eq!((from.name.as_str(), from.address.as_str()), ("Jörg, Desk", "help+t0k@desk.test"));
        assert_eq!(
            (read.to[0].address.as_str(), read.cc[0].address.as_str(), read.bcc.len()),
            ("ana@example.org", "bo@example.org", 0)
        );
        assert_eq!(read.subject, "Re: Grüße  Bcc: evil@x.test");
        assert_eq!(
            (read.message_id.as_deref(), read.date_ms),
            (Some("out.1@desk.test"), Some(1_767_268_800_000))
        );
        assert_eq!((read.in_reply_to, read.references.len()), (vec!["in.1@example.org".to_owned()], 2));
        assert_eq!(read.text, "Hello,\n.\nFrom here\n");
        assert!(read.html.is_some_and(|html| html.contains("data-cid=\"logo\"")));
        let files: Vec<_> =
            read.attachments.iter().map(|file| (file.name.as_str(), file.data.len(), file.inline)).collect();
        assert_eq!(files, [("logo.png", 100, true), ("Übersicht.pdf", 4, false)]);
        assert_eq!((read.machine, read.problems), (None, vec![]));
    }

    #[test]
    fn automatic_mail_says_so_and_is_known_again() {
        let raw = build(&OutgoingMail {
            auto_submitted: true,
            list_unsubscribe: Some("https://desk.test/u/1".to_owned()),
            ..mail()
        });
        let read = parse(&raw);
        assert!(read.is_our_own && read.machine.is_some());
        let text = String::from_utf8_lossy(&raw);
        assert!(
            text.contains("List-Unsubscribe: <https://desk.test/u/1>")
                && text.contains("List-Unsubscribe-Post"),
            "{text}"
        );
    }

    #[test]
    fn automatic_mail_carries_each_of_its_headers_once() {
        let raw = build(&OutgoingMail {
            auto_submitted: true,
            headers: vec![
                (LOOP_HEADER.to_owned(), "known-again".to_owned()),
                ("X-Auto-Response-Suppress".to_owned(), "All".to_owned()),
            ],
            ..mail()
        });
        let text = String::from_utf8_lossy(&raw);
        for name in ["Auto-Submitted", LOOP_HEADER, "X-Auto-Response-Suppress"] {
            assert_eq!(text.matches(&format!("\n{name}: ")).count(), 1, "{name} in {text}");
        }
        assert_eq!(parse(&raw).loop_header.as_deref(), Some("known-again"));
    }

    #[test]
    fn a_text_alone_is_not_wrapped_in_parts() {
        let raw = build(&OutgoingMail { html: None, attachments: vec![], ..mail() });
        assert!(!String::from_utf8_lossy(&raw).contains("multipart"));
    }

    #[test]
    fn long_threads_keep_their_beginning_and_their_end() {
        let ids: Vec<String> = (0..100).map(|number| format!("{number}@x")).collect();
        let short = short_references(&ids);
        assert_eq!((short.len(), short[0].as_str(), short[29].as_str()), (30, "0@x", "99@x"));
    }
}
