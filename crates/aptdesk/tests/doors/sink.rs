//! A mail server at the other end: it takes whatever it is given, and shows it.

use crate::until;
use mail::parse::{Message, parse};
use mail::smtp::{self, Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;
use tokio::sync::watch;

#[derive(Default)]
struct Shelf(Mutex<Vec<Letter>>);

/// A mail as it arrived.
#[derive(Clone)]
pub struct Letter {
    pub envelope: Envelope,
    pub raw: Vec<u8>,
}

impl Letter {
    pub fn read(&self) -> Message {
        parse(&self.raw[self.envelope.trace_bytes..])
    }
}

impl Intake for Shelf {
    async fn accepts_recipient(&self, _address: &str) -> RecipientVerdict {
        RecipientVerdict::Accept
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        let mut letters = self.0.lock().expect("nobody panics with it");
        letters.push(Letter { envelope, raw });
        Ok(Accepted { id: letters.len().to_string() })
    }
}

pub struct Sink {
    pub address: SocketAddr,
    shelf: Arc<Shelf>,
    _open: watch::Sender<bool>,
    _runtime: Runtime,
}

impl Sink {
    pub fn open() -> Sink {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("the port is known");
        let shelf = Arc::new(Shelf::default());
        let (open, shutdown) = watch::channel(false);
        runtime.spawn(smtp::serve(
            listener,
            SmtpConfig::new("sink.example", db::clock::now_ms),
            shelf.clone(),
            shutdown,
        ));
        Sink { address, shelf, _open: open, _runtime: runtime }
    }

    /// The first letter, once it has come, of which the condition holds.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Letter) -> bool) -> Letter {
        until(what, || self.all().into_iter().find(|letter| wanted(letter)))
    }

    pub fn all(&self) -> Vec<Letter> {
        self.shelf.0.lock().expect("nobody panics with it").clone()
    }
}
