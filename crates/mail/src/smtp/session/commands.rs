//! What the other side may say between two messages, and what it is answered.

use smtp_proto::{Error, MAIL_BODY_BINARYMIME, Request};

use super::{Action, Session, TOO_LARGE, Transaction};
use crate::smtp::{Intake, RecipientVerdict};

impl<I: Intake> Session<'_, I> {
    pub(super) async fn command(&mut self, line: &[u8]) -> Action {
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
    pub(super) fn count_refused(&mut self) {
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
}
