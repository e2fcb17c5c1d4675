//! Whatever a stranger says on the SMTP port: the conversation ends, every answer is one, and a message is stored only
//! for recipients who were accepted and only by its proper end.

use std::sync::Arc;

use mail::smtp::{Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig, converse_over};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MESSAGE_BYTES_MAX: usize = 4096;
const RECIPIENTS_MAX: usize = 10;

struct Nowhere;

impl Intake for Nowhere {
    async fn accepts_recipient(&self, address: &str) -> RecipientVerdict {
        match address.as_bytes().first() {
            None | Some(b'n') => RecipientVerdict::Unknown,
            Some(b'l') => RecipientVerdict::TemporaryFailure,
            Some(_) => RecipientVerdict::Accept,
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        assert!(!envelope.rcpt_to.is_empty() && envelope.rcpt_to.len() <= RECIPIENTS_MAX);
        assert!(envelope.rcpt_to.iter().all(|to| !to.is_empty() && !to.starts_with(['n', 'l'])));
        assert!(envelope.trace_bytes <= raw.len() && raw.len() - envelope.trace_bytes <= MESSAGE_BYTES_MAX);
        match raw.len() % 7 {
            0 => Err(Refused::Busy),
            1 => Err(Refused::Broken("so it is".to_owned())),
            _ => Ok(Accepted { id: "1".to_owned() }),
        }
    }
}

pub fn run(said: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let heard = runtime.block_on(async {
        let (client, mut server) = tokio::io::duplex(64 * 1024);
        let mut config = SmtpConfig::new("mx.test", || 0);
        config.message_bytes_max = MESSAGE_BYTES_MAX;
        config.recipients_max = RECIPIENTS_MAX;
        let talking = async {
            let _ = converse_over(&mut server, config, Arc::new(Nowhere)).await;
            drop(server);
        };
        let (mut hear, mut say) = tokio::io::split(client);
        let mut heard = Vec::new();
        let saying = async {
            let _ = say.write_all(b"EHLO c\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n").await;
            let _ = say.write_all(said).await;
            let _ = say.shutdown().await;
        };
        let _ = tokio::join!(talking, saying, hear.read_to_end(&mut heard));
        heard
    });
    for line in heard.split_inclusive(|&byte| byte == b'\n') {
        let whole = line.len() >= 6 && line[..3].iter().all(u8::is_ascii_digit) && line.ends_with(b"\r\n");
        assert!(whole && matches!(line[3], b' ' | b'-'), "no answer: {:?}", String::from_utf8_lossy(line));
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::all(&[
        b"DATA\r\nSubject: x\r\n\r\n..one\r\n.\r\nQUIT\r\n",
        b"RCPT TO:<nobody@x>\r\nRCPT TO:<later@x>\r\nRCPT TO:<>\r\nBDAT 5\r\nSubjeBDAT 7 LAST\r\nct: x\r\nRSET\r\n",
        b"RSET\r\nMAIL FROM:<> SIZE=10 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<x@y>\r\nDATA\r\nab\n.\nc\r\n.\r\nNOOP\r\nVRFY a\r\nHELP\r\n",
        b"STARTTLS\r\nAUTH PLAIN AAA=\r\nHELO x\r\nMAIL FROM:a\r\nDATA\r\nEHLO [1.2.3.4]\r\n",
    ])
}
