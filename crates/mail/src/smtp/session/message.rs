//! The message itself, by DATA or in chunks, up to the answer whether it is stored.

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Session, TOO_LARGE, Transaction};
use crate::parse::has_header;
use crate::smtp::data::{could_be_split, find_end, is_looping, unstuff};
use crate::smtp::{Envelope, Intake, Refused};

/// A buffer larger than this is given back after the message.
const KEPT_BYTES_MAX: usize = 256 * 1024;
/// How far over the limit a message is read for the sake of a polite refusal.
const DISCARDED_BYTES_MAX: usize = 256 * 1024 * 1024;
const NO_ROOM: &str = "452 4.3.1 too many large messages at this moment, try again later";

impl<I: Intake> Session<'_, I> {
    /// Reads one message up to its end. False when the connection ended first.
    pub(super) async fn data<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
    ) -> io::Result<bool> {
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
                    let (envelope, mut raw) = self.trace(transaction, &self.input[self.at..end.message]);
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
    pub(super) async fn bdat<S: AsyncRead + AsyncWrite + Unpin>(
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
                let (envelope, mut raw) = self.trace(transaction, &chunks);
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

    /// Envelope and trace header; the message itself is appended by the caller. Words that came without a header get an
    /// empty line in front, or they would be read as a part of ours.
    fn trace(&self, transaction: Transaction, received: &[u8]) -> (Envelope, Vec<u8>) {
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
        let end = if has_header(received) { "" } else { "\r\n" };
        let trace = format!(
            "Return-Path: <{}>\r\nEnvelope-To: {}\r\nReceived: from {helo} ([{ip}])\r\n\tby {} with {protocol}; {date}\r\n{end}",
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
