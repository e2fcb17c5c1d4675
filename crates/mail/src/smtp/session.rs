//! One conversation with one sending server.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use smtp_proto::{Error, MAIL_BODY_BINARYMIME, Request};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::data::{could_be_split, find_end, is_looping, unstuff};
use super::server::{Server, stopping};
use super::{Envelope, Intake, RecipientVerdict, Refused};

/// Longest command line.
const LINE_BYTES_MAX: usize = 4096;
/// Commands between two messages; more is somebody playing.
const COMMANDS_MAX: u32 = 1_000;
/// Room for one read.
const READ_BYTES: usize = 16 * 1024;
/// A buffer larger than this is given back after the message.
const KEPT_BYTES_MAX: usize = 256 * 1024;
/// How far over the limit a message is read for the sake of a polite refusal.
const DISCARDED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// How a conversation goes on after `talk`.
pub enum Next {
    Close,
    StartTls,
}

enum Action {
    Continue,
    Data,
    Bdat { bytes: usize, is_last: bool },
    StartTls,
    Quit,
}

/// What MAIL and RCPT have said so far, and the chunks of BDAT.
struct Transaction {
    mail_from: String,
    rcpt_to: Vec<String>,
    /// Recipients who were refused for good.
    refused: usize,
    chunks: Vec<u8>,
    chunks_refused: Option<&'static str>,
    in_chunks: bool,
}

pub struct Session<'a, I> {
    server: &'a Server<I>,
    ip: IpAddr,
    input: Vec<u8>,
    at: usize,
    output: Vec<u8>,
    helo: Option<String>,
    is_esmtp: bool,
    tls: bool,
    transaction: Option<Transaction>,
    errors: u32,
    messages: u32,
    commands: u32,
    held_bytes: usize,
}

const TOO_LARGE: &str = "552 5.3.4 the message is too large";
const NO_ROOM: &str = "452 4.3.1 too many large messages at this moment, try again later";

impl<I> Drop for Session<'_, I> {
    fn drop(&mut self) {
        self.server.limits.release(self.held_bytes);
    }
}

impl<'a, I: Intake> Session<'a, I> {
    pub fn new(server: &'a Server<I>, ip: IpAddr) -> Self {
        Session {
            server,
            ip,
            input: Vec::new(),
            at: 0,
            output: Vec::new(),
            helo: None,
            is_esmtp: false,
            tls: false,
            transaction: None,
            errors: 0,
            messages: 0,
            commands: 0,
            held_bytes: 0,
        }
    }

    pub fn greet(&mut self) {
        let hostname = &self.server.config.hostname;
        self.output.extend_from_slice(format!("220 {hostname} ESMTP Aptdesk\r\n").as_bytes());
    }

    /// Nothing said in the clear counts any more.
    pub fn begin_again_encrypted(&mut self) {
        self.input.clear();
        self.at = 0;
        self.helo = None;
        self.transaction = None;
        self.tls = true;
    }

    pub async fn talk<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Next> {
        loop {
            let Some(end) = self.line_end() else {
                if self.input.len() - self.at > LINE_BYTES_MAX {
                    self.reply("500 5.5.2 the line is too long");
                    self.flush(stream).await?;
                    return Ok(Next::Close);
                }
                self.flush(stream).await?;
                if !self.fill(stream, self.server.config.command_timeout).await? {
                    return Ok(Next::Close);
                }
                continue;
            };
            // The line is borrowed from a buffer that the session lets go of meanwhile, so nothing is copied.
            let input = std::mem::take(&mut self.input);
            let action = self.command(&input[self.at..end]).await;
            self.input = input;
            self.at = end;
            match action {
                Action::Continue => {}
                Action::Data => {
                    self.flush(stream).await?;
                    if !self.data(stream).await? {
                        return Ok(Next::Close);
                    }
                }
                Action::Bdat { bytes, is_last } => {
                    if !self.bdat(stream, bytes, is_last).await? {
                        return Ok(Next::Close);
                    }
                }
                Action::StartTls => {
                    self.flush(stream).await?;
                    return Ok(Next::StartTls);
                }
                Action::Quit => {
                    self.flush(stream).await?;
                    return Ok(Next::Close);
                }
            }
            self.commands += 1;
            if self.errors > self.server.config.errors_max || self.commands > COMMANDS_MAX {
                self.reply("421 4.7.0 too many mistakes, goodbye");
                self.flush(stream).await?;
                return Ok(Next::Close);
            }
        }
    }

    fn line_end(&self) -> Option<usize> {
        memchr::memchr(b'\n', &self.input[self.at..]).map(|length| self.at + length + 1)
    }

    fn reply(&mut self, line: &str) {
        if line.starts_with('5') {
            self.errors += 1;
        }
        self.say(line);
    }

    fn say(&mut self, line: &str) {
        self.output.extend_from_slice(line.as_bytes());
        self.output.extend_from_slice(b"\r\n");
    }

    async fn flush<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let writing = async {
            stream.write_all(&self.output).await?;
            stream.flush().await
        };
        tokio::time::timeout(self.server.config.command_timeout, writing)
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the other side does not read"))??;
        self.output.clear();
        Ok(())
    }

    /// Reads more. False when the conversation is over: closed, too slow, or the desk is going down.
    async fn fill<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        timeout: Duration,
    ) -> io::Result<bool> {
        if self.at == self.input.len() {
            self.input.clear();
        } else if self.at > 0 {
            self.input.drain(..self.at);
        }
        self.at = 0;
        self.input.reserve(READ_BYTES);
        let mut shutdown = self.server.shutdown.clone();
        let read = tokio::select! {
            biased;
            read = tokio::time::timeout(timeout, stream.read_buf(&mut self.input)) => read,
            () = stopping(&mut shutdown) => {
                self.reply("421 4.3.2 the desk is shutting down, try again later");
                self.flush(stream).await?;
                return Ok(false);
            }
        };
        match read {
            Ok(read) => Ok(read? > 0),
            Err(_) => {
                self.reply("421 4.4.2 waited too long");
                self.flush(stream).await?;
                Ok(false)
            }
        }
    }

    async fn command(&mut self, line: &[u8]) -> Action {
        match Request::parse(&mut line.iter()) {
            Ok(Request::Rcpt { to }) => self.rcpt(&to.address).await,
            Ok(Request::Mail { from }) => self.mail(&from.address, from.size, from.flags),
            Ok(Request::Data) => return self.may_send_data(),
            Ok(Request::Bdat { chunk_size, is_last }) => return Action::Bdat { bytes: chunk_size, is_last },
            Ok(Request::Ehlo { host }) => self.hello(&host, true),
            Ok(Request::Helo { host }) => self.hello(&host, false),
            Ok(Request::StartTls) => return self.may_start_tls(),
            Ok(Request::Rset) => {
                self.forget();
                self.reply("250 2.0.0 forgotten");
            }
            Ok(Request::Noop { .. }) => self.reply("250 2.0.0 as you wish"),
            Ok(Request::Vrfy { .. }) => self.reply("252 2.5.2 send a message and see"),
            Ok(Request::Help { .. }) => self.reply("214 2.0.0 see RFC 5321"),
            Ok(Request::Quit) => {
                self.reply("221 2.0.0 goodbye");
                return Action::Quit;
            }
            Ok(Request::Auth { .. }) => self.reply("503 5.5.1 nobody signs in here"),
            Ok(_) => self.reply("502 5.5.1 not offered here"),
            Err(Error::InvalidSenderAddress) => self.reply("553 5.1.7 that is no sender's address"),
            Err(Error::InvalidRecipientAddress) => {
                self.refuse_recipient("553 5.1.3 that is no recipient's address")
            }
            Err(Error::UnsupportedParameter { .. }) => self.reply("555 5.5.4 that parameter is not offered"),
            Err(Error::SyntaxError { syntax }) => self.reply(&format!("501 5.5.4 expected: {syntax}")),
            Err(Error::InvalidParameter { param }) => {
                self.reply(&format!("501 5.5.4 cannot read the parameter {param}"))
            }
            Err(_) => self.reply("500 5.5.1 unknown command"),
        }
        Action::Continue
    }

    fn hello(&mut self, host: &str, is_esmtp: bool) {
        self.helo = Some(host.chars().filter(|c| c.is_ascii_graphic()).take(255).collect());
        self.is_esmtp = is_esmtp;
        self.forget();
        let config = &self.server.config;
        let hostname = &config.hostname;
        if !is_esmtp {
            self.output.extend_from_slice(format!("250 {hostname}\r\n").as_bytes());
            return;
        }
        let starttls = if config.tls.is_some() && !self.tls { "250-STARTTLS\r\n" } else { "" };
        let size = config.message_bytes_max;
        let lines = format!(
            "250-{hostname} welcome\r\n250-PIPELINING\r\n250-SIZE {size}\r\n{starttls}250-8BITMIME\r\n250-SMTPUTF8\r\n\
             250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n"
        );
        self.output.extend_from_slice(lines.as_bytes());
    }

    fn may_start_tls(&mut self) -> Action {
        if self.tls {
            self.reply("503 5.5.1 already encrypted");
            return Action::Continue;
        }
        if self.server.config.tls.is_none() {
            self.reply("502 5.5.1 not offered here");
            return Action::Continue;
        }
        self.reply("220 2.0.0 go ahead");
        Action::StartTls
    }

    fn mail(&mut self, address: &str, declared_bytes: usize, flags: u64) {
        let config = &self.server.config;
        if self.helo.is_none() {
            return self.reply("503 5.5.1 say EHLO first");
        }
        if self.transaction.is_some() {
            return self.reply("503 5.5.1 one sender at a time");
        }
        if self.messages >= config.messages_per_connection_max {
            return self.reply("451 4.7.0 enough messages on this connection, open another one");
        }
        if declared_bytes > config.message_bytes_max {
            return self.reply(TOO_LARGE);
        }
        if flags & MAIL_BODY_BINARYMIME != 0 {
            return self.reply("555 5.5.4 BINARYMIME is not offered");
        }
        if !self.server.limits.allows_message(self.ip) {
            return self.reply("450 4.7.1 too many messages from your address in a short time");
        }
        self.transaction = Some(Transaction {
            mail_from: address.to_owned(),
            rcpt_to: Vec::with_capacity(1),
            refused: 0,
            chunks: Vec::new(),
            chunks_refused: None,
            in_chunks: false,
        });
        self.reply("250 2.1.0 sender noted");
    }

    async fn rcpt(&mut self, address: &str) {
        let recipients_max = self.server.config.recipients_max;
        let Some(transaction) = self.transaction.as_mut().filter(|transaction| !transaction.in_chunks) else {
            return self.reply("503 5.5.1 say MAIL first");
        };
        if transaction.rcpt_to.len() + transaction.refused >= recipients_max {
            return self.reply("452 4.5.3 too many recipients, send the rest separately");
        }
        match self.server.intake.accepts_recipient(address).await {
            RecipientVerdict::Accept => {
                if !transaction.rcpt_to.iter().any(|known| known == address) {
                    transaction.rcpt_to.push(address.to_owned());
                }
                self.reply("250 2.1.5 recipient noted");
            }
            RecipientVerdict::Unknown => self.refuse_recipient("550 5.1.1 there is no such address here"),
            RecipientVerdict::TemporaryFailure => self.reply("451 4.3.0 cannot tell now, try again later"),
        }
    }

    /// Says no to one recipient. That is no mistake of the mail's: it counts as one only if the mail goes to nobody.
    fn refuse_recipient(&mut self, line: &str) {
        match &mut self.transaction {
            Some(transaction) => {
                transaction.refused += 1;
                self.say(line);
            }
            None => self.reply(line),
        }
    }

    /// Ends a transaction in which nothing was delivered.
    fn forget(&mut self) {
        self.count_refused();
        self.transaction = None;
    }

    /// Whoever only tries out names is not spared: without a mail, each refused recipient is a mistake.
    fn count_refused(&mut self) {
        if let Some(transaction) = &mut self.transaction {
            let refused = std::mem::take(&mut transaction.refused);
            self.errors = self.errors.saturating_add(u32::try_from(refused).unwrap_or(u32::MAX));
        }
    }

    fn may_send_data(&mut self) -> Action {
        match &self.transaction {
            None => self.reply("503 5.5.1 say MAIL first"),
            Some(transaction) if transaction.in_chunks => self.reply("503 5.5.1 go on with BDAT"),
            Some(transaction) if transaction.rcpt_to.is_empty() => {
                self.count_refused();
                self.reply("554 5.5.1 no valid recipients")
            }
            Some(_) => {
                self.reply("354 end with CRLF . CRLF");
                return Action::Data;
            }
        }
        Action::Continue
    }

    /// Reads one message up to its end. False when the connection ended first.
    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<bool> {
        let bytes_max = self.server.config.message_bytes_max;
        let (mut scanned, mut discarded) = (self.at, 0_usize);
        let mut refusal: Option<&'static str> = None;
        let end = loop {
            if let Some(end) = find_end(&self.input, self.at, scanned, discarded == 0) {
                break end;
            }
            let length = self.input.len() - self.at;
            if refusal.is_none() && length > bytes_max {
                refusal = Some(TOO_LARGE);
            } else if refusal.is_none() && !self.hold(length) {
                refusal = Some(NO_ROOM);
            }
            if refusal.is_some() && length > 4 {
                // What is refused is not kept, only its last bytes, which may be the beginning of the end.
                discarded += length - 4;
                self.at = self.input.len() - 4;
                if discarded > DISCARDED_BYTES_MAX {
                    return Ok(false);
                }
            }
            let pending = self.input.len() - self.at;
            if !self.fill(stream, self.server.config.data_timeout).await? {
                return Ok(false);
            }
            scanned = pending.saturating_sub(4);
        };
        let body = &self.input[self.at..end.message];
        if refusal.is_none() && body.len() > bytes_max {
            refusal = Some(TOO_LARGE);
        }
        if refusal.is_none() && could_be_split(body) {
            refusal = Some("550 5.5.2 lone dots between bare line ends are not taken");
        }
        match refusal {
            Some(refusal) => {
                self.transaction = None;
                self.reply(refusal);
            }
            None => {
                if let Some(transaction) = self.transaction.take() {
                    let (envelope, mut raw) = self.trace(transaction);
                    unstuff(&self.input[self.at..end.message], &mut raw);
                    self.deliver(envelope, raw).await;
                }
            }
        }
        self.at = end.next;
        self.release();
        if self.input.capacity() > KEPT_BYTES_MAX {
            self.input = self.input.split_off(self.at);
            self.at = 0;
        }
        Ok(true)
    }

    /// Reads one chunk, which is always taken off the line, whatever becomes of it.
    async fn bdat<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        bytes: usize,
        is_last: bool,
    ) -> io::Result<bool> {
        let bytes_max = self.server.config.message_bytes_max;
        if bytes > DISCARDED_BYTES_MAX {
            self.reply(TOO_LARGE);
            self.flush(stream).await?;
            return Ok(false);
        }
        if self.transaction.as_ref().is_some_and(|transaction| transaction.rcpt_to.is_empty()) {
            self.count_refused();
        }
        let mut transaction = self.transaction.take();
        let mut refusal = match &mut transaction {
            None => Some("503 5.5.1 say MAIL first"),
            Some(transaction) if transaction.rcpt_to.is_empty() => Some("554 5.5.1 no valid recipients"),
            Some(transaction) => {
                transaction.in_chunks = true;
                let whole = transaction.chunks.len().saturating_add(bytes);
                transaction.chunks_refused.or(if whole > bytes_max {
                    Some(TOO_LARGE)
                } else if !self.hold(whole) {
                    Some(NO_ROOM)
                } else {
                    None
                })
            }
        };
        let mut left = bytes;
        while left > 0 {
            if self.at == self.input.len() {
                self.flush(stream).await?;
                if !self.fill(stream, self.server.config.data_timeout).await? {
                    return Ok(false);
                }
            }
            let take = left.min(self.input.len() - self.at);
            if let Some(transaction) = transaction.as_mut().filter(|_| refusal.is_none()) {
                transaction.chunks.extend_from_slice(&self.input[self.at..self.at + take]);
            }
            self.at += take;
            left -= take;
        }
        if let (Some(refused), Some(transaction)) = (refusal, transaction.as_mut()) {
            transaction.chunks = Vec::new();
            transaction.chunks_refused = Some(refused);
        }
        if let Some(refused) = refusal.take() {
            self.reply(refused);
            if !is_last {
                self.transaction = transaction;
            }
        } else if let Some(mut transaction) = transaction {
            if is_last {
                let chunks = std::mem::take(&mut transaction.chunks);
                let (envelope, mut raw) = self.trace(transaction);
                raw.extend_from_slice(&chunks);
                self.deliver(envelope, raw).await;
            } else {
                self.reply("250 2.0.0 chunk taken");
                self.transaction = Some(transaction);
            }
        }
        if is_last {
            self.release();
        }
        Ok(true)
    }

    /// Envelope and trace header; the message itself is appended by the caller.
    fn trace(&self, transaction: Transaction) -> (Envelope, Vec<u8>) {
        let config = &self.server.config;
        let received_at_ms = (config.now_ms)();
        let helo = self.helo.clone().unwrap_or_default();
        let protocol = match (self.is_esmtp, self.tls) {
            (true, true) => "ESMTPS",
            (true, false) => "ESMTP",
            (false, _) => "SMTP",
        };
        let ip = match self.ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("IPv6:{ip}"),
        };
        let date = mail_parser::DateTime::from_timestamp(received_at_ms / 1000).to_rfc822();
        let trace = format!(
            "Return-Path: <{}>\r\nEnvelope-To: {}\r\nReceived: from {helo} ([{ip}])\r\n\tby {} with {protocol}; {date}\r\n",
            transaction.mail_from,
            transaction.rcpt_to.join(",\r\n\t"),
            config.hostname,
        );
        let envelope = Envelope {
            mail_from: transaction.mail_from,
            rcpt_to: transaction.rcpt_to,
            remote_ip: self.ip,
            helo,
            tls: self.tls,
            received_at_ms,
            trace_bytes: trace.len(),
        };
        (envelope, trace.into_bytes())
    }

    async fn deliver(&mut self, envelope: Envelope, raw: Vec<u8>) {
        self.messages += 1;
        self.commands = 0;
        if is_looping(&raw) {
            return self.reply("554 5.4.6 this message has gone round in circles");
        }
        match self.server.intake.accept(envelope, raw).await {
            Ok(accepted) => {
                let id: String = accepted.id.chars().filter(char::is_ascii_graphic).take(100).collect();
                self.reply(&format!("250 2.0.0 stored as {id}"));
            }
            Err(Refused::Busy) => self.reply("451 4.3.2 too busy to store it now, try again later"),
            Err(Refused::TooLarge) => self.reply(TOO_LARGE),
            Err(Refused::Broken(reason)) => {
                tracing::error!(%reason, "a message could not be stored");
                self.reply("451 4.3.0 it could not be stored, try again later");
            }
        }
    }

    /// Counts a message of that many bytes against what all connections may hold.
    fn hold(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.held_bytes);
        if bytes < KEPT_BYTES_MAX || more == 0 {
            return true;
        }
        let held = self.server.limits.hold(more);
        if held {
            self.held_bytes += more;
        }
        held
    }

    fn release(&mut self) {
        self.server.limits.release(std::mem::take(&mut self.held_bytes));
    }
}
