//! One conversation with one sending server.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Intake;
use super::server::{Server, stopping};

mod commands;
mod message;

/// Longest command line.
const LINE_BYTES_MAX: usize = 4096;
/// Commands between two messages; more is somebody playing.
const COMMANDS_MAX: u32 = 1_000;
/// Room for one read.
const READ_BYTES: usize = 16 * 1024;

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
}
