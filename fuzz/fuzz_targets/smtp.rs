//! Whatever a stranger says on the SMTP port: the conversation ends, and a message is stored only by its proper end.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use mail::smtp::{Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig, converse_over};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

struct Nowhere;

impl Intake for Nowhere {
    async fn accepts_recipient(&self, address: &str) -> RecipientVerdict {
        if address.is_empty() { RecipientVerdict::Unknown } else { RecipientVerdict::Accept }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        assert!(!envelope.rcpt_to.is_empty() && envelope.trace_bytes <= raw.len());
        Ok(Accepted { id: "1".to_owned() })
    }
}

fuzz_target!(|said: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let (mut client, mut server) = tokio::io::duplex(64 * 1024);
        let mut config = SmtpConfig::new("mx.test", || 0);
        config.message_bytes_max = 4096;
        let talking = async {
            let _ = converse_over(&mut server, config, Arc::new(Nowhere)).await;
            drop(server);
        };
        let saying = async {
            let (mut hear, mut say) = tokio::io::split(&mut client);
            let mut heard = Vec::new();
            let _ = tokio::join!(
                async {
                    let _ = say.write_all(b"EHLO c\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n").await;
                    let _ = say.write_all(said).await;
                    let _ = say.shutdown().await;
                },
                hear.read_to_end(&mut heard)
            );
        };
        tokio::join!(talking, saying);
    });
});
