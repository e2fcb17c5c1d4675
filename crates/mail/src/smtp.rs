//! The SMTP door: takes mail for the desk's addresses and answers 250 only when it is safely stored.
//!
//! Speaks ESMTP with STARTTLS, PIPELINING, SIZE, 8BITMIME, SMTPUTF8, CHUNKING and ENHANCEDSTATUSCODES. It relays
//! nothing and knows no passwords. Two rules keep strangers from smuggling a second message into the first: only
//! CRLF . CRLF ends a message, and a message that holds any other lone dot line is refused; and whatever was sent in
//! the clear after STARTTLS is thrown away. Otherwise the bytes are kept as they came, bare line feeds included.

mod data;
mod limits;
mod server;
mod session;
mod tls;

use std::future::Future;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use server::stopping;

pub use server::{converse_over, serve};
pub use tls::{TlsError, self_signed, server_config};

/// What the door asks of whoever keeps the mail.
pub trait Intake: Send + Sync + 'static {
    /// Is this one of the desk's addresses, with or without a token after a plus?
    fn accepts_recipient(&self, address: &str) -> impl Future<Output = RecipientVerdict> + Send;

    /// Returns only when the message would survive a power cut.
    fn accept(
        &self,
        envelope: Envelope,
        raw: Vec<u8>,
    ) -> impl Future<Output = Result<Accepted, Refused>> + Send;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientVerdict {
    Accept,
    Unknown,
    TemporaryFailure,
}

/// What the sending server said around the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Empty for reports, which must never be answered.
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    pub remote_ip: IpAddr,
    pub helo: String,
    pub tls: bool,
    pub received_at_ms: i64,
    /// Bytes at the start of the raw message that this door has put there: Return-Path, Envelope-To and Received,
    /// and an empty line where no header follows.
    pub trace_bytes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Told to the sending server, so that two logs can be laid side by side.
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("too busy to store the message now")]
    Busy,
    #[error("the message is too large")]
    TooLarge,
    #[error("the message could not be stored: {0}")]
    Broken(String),
}

#[derive(Clone)]
pub struct SmtpConfig {
    /// How this server calls itself in greetings and trace headers.
    pub hostname: String,
    pub tls: Option<Arc<rustls::ServerConfig>>,
    pub message_bytes_max: usize,
    /// Bytes of unfinished large messages in memory, over all connections.
    pub pending_bytes_max: usize,
    /// Recipients of one message, those who are refused included; the rest is told to come in another transaction.
    pub recipients_max: usize,
    pub connections_max: usize,
    pub connections_per_ip_max: usize,
    pub messages_per_connection_max: u32,
    /// Mistakes after which a connection is closed.
    pub errors_max: u32,
    /// None: no limit. This machine itself is never limited, because a local relay brings everybody's mail.
    pub messages_per_minute_per_ip_max: Option<NonZeroU32>,
    pub connections_per_minute_per_ip_max: Option<NonZeroU32>,
    /// Limits apply to this machine too; for tests.
    pub limit_loopback: bool,
    pub command_timeout: Duration,
    pub data_timeout: Duration,
    pub tls_timeout: Duration,
    /// How long open connections may go on after the shutdown has begun.
    pub drain_timeout: Duration,
    /// The clock, in milliseconds since 1970.
    pub now_ms: fn() -> i64,
}

impl SmtpConfig {
    pub fn new(hostname: impl Into<String>, now_ms: fn() -> i64) -> Self {
        SmtpConfig {
            hostname: hostname.into(),
            tls: None,
            message_bytes_max: crate::parse::MESSAGE_BYTES_MAX,
            pending_bytes_max: 256 * 1024 * 1024,
            recipients_max: 100,
            connections_max: 500,
            connections_per_ip_max: 50,
            messages_per_connection_max: 10_000,
            errors_max: 20,
            messages_per_minute_per_ip_max: NonZeroU32::new(600),
            connections_per_minute_per_ip_max: NonZeroU32::new(120),
            limit_loopback: false,
            command_timeout: Duration::from_secs(300),
            data_timeout: Duration::from_secs(180),
            tls_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
            now_ms,
        }
    }
}
