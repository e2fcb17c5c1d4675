//! PostgreSQL: each closure is a transaction on a pooled connection, run again when it lost a race.
//!
//! Announcements reach other processes by one coalesced `NOTIFY` outside the write path, and theirs reach us by
//! `LISTEN` on a connection of its own.

use crate::announcer::Announcer;
use crate::pool::Pool;
use crate::server::{NoConnection, Server};
pub(crate) use crate::session::Mode;
use crate::session::Session;
use crate::tx::Connection;
use crate::{Error, Options, Tx, Wire, clock};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often one closure is run when it keeps losing.
const TRIES_MAX: usize = 8;
/// PostgreSQL's own limit of a channel's name.
const CHANNEL_BYTES_MAX: usize = 63;
/// Announcements that may wait for the next `NOTIFY`; more are dropped (listeners also poll).
const ANNOUNCEMENTS_WAITING_MAX: usize = 10_000;
/// Pause between two `NOTIFY`, so that a busy desk sends few.
const NOTIFY_PAUSE_MS: u64 = 10;
/// PostgreSQL's own limit of a notification is 8,000 bytes.
const NOTIFY_BYTES_MAX: usize = 7_500;
const RECONNECT_PAUSE_MS: u64 = 1_000;

pub(crate) struct Postgres<A> {
    server: Server,
    pool: Pool<Tx<A>>,
    clock: clock::Clock,
    announcements: Announcer,
    to_others: SyncSender<Arc<str>>,
    _alive: Arc<()>,
}

impl<A: Send + 'static> Postgres<A> {
    pub(crate) fn open(url: &str, options: &Options, announcements: Announcer) -> Result<Self, Error> {
        let server = Server { url: url.to_owned(), connect: options.connect.clone() };
        let (to_others, waiting) = sync_channel(ANNOUNCEMENTS_WAITING_MAX);
        let alive = Arc::new(());
        let process = format!("{}-{:x}", std::process::id(), Arc::as_ptr(&alive) as usize);
        tell_others(server.clone(), process.clone(), waiting)?;
        hear_others(server.clone(), process, announcements.clone(), Arc::downgrade(&alive))?;
        let pool = Pool::new(options.connections_max);
        Ok(Postgres { server, pool, clock: options.clock.clone(), announcements, to_others, _alive: alive })
    }

    pub(crate) fn run<T, E, F>(&self, actor: A, mode: Mode, mut closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E>,
        E: From<Error>,
        A: Clone,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let (outcome, lost_a_race) = self.once(actor.clone(), mode, &mut closure);
            if !lost_a_race || tries == TRIES_MAX {
                return outcome;
            }
            pause(Duration::from_millis(1 << tries.min(6)));
        }
    }

    fn once<T, E, F>(&self, actor: A, mode: Mode, closure: &mut F) -> (Result<T, E>, bool)
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut tx = match self.pool.take(|| self.connect()) {
            Ok(tx) => tx,
            Err(error) => return (Err(error.into()), false),
        };
        tx.actor = Some(actor);
        tx.now = (self.clock)();
        tx.announcements.clear();
        tx.session().begin(mode);
        let outcome = catch_unwind(AssertUnwindSafe(|| closure(&mut tx)))
            .unwrap_or_else(|_| Err(Error::Panicked.into()));
        let ended = tx.session().end(mode, outcome.is_ok());
        // Whether a lost connection lost the commit as well cannot be known: only a refusal may be repeated.
        let lost_a_race =
            tx.session().lost_a_race && !(outcome.is_ok() && ended.as_ref().is_err_and(Error::is_cut_off));
        let outcome = outcome.and_then(|value| match ended {
            Ok(()) => Ok(value),
            Err(error) => Err(error.into()),
        });
        if outcome.is_ok() {
            for topic in tx.announcements.drain(..) {
                let _ = self.to_others.try_send(topic.clone());
                self.announcements.announce(topic);
            }
        }
        self.return_to_pool(tx);
        (outcome, lost_a_race)
    }

    fn connect(&self) -> Result<Tx<A>, Error> {
        Ok(Tx::on(Connection::Postgres(Box::new(Session::on(self.server.connect()?)))))
    }

    /// When one connection was cut off, a restart of the server has cut them all: those that wait are not tried one by one.
    fn return_to_pool(&self, mut tx: Tx<A>) {
        if tx.session().is_good() {
            return self.pool.give_back(tx);
        }
        self.pool.forget();
        for _ in self.pool.drain() {
            self.pool.forget();
        }
    }
}

impl<A> Drop for Postgres<A> {
    /// A connection must not be dropped on an async worker, and we may be on one.
    fn drop(&mut self) {
        let idle: Vec<Connection> = self.pool.drain().into_iter().map(|tx| tx.connection).collect();
        if !idle.is_empty() {
            let _ = std::thread::Builder::new().name("postgres-close".into()).spawn(move || drop(idle));
        }
    }
}

fn tell_others(server: Server, process: String, waiting: Receiver<Arc<str>>) -> Result<(), Error> {
    let work = move || {
        let mut wire: Option<Wire> = None;
        while let Ok(first) = waiting.recv() {
            let mut message = format!("{process}\n{first}");
            pause(Duration::from_millis(NOTIFY_PAUSE_MS));
            while message.len() < NOTIFY_BYTES_MAX {
                match waiting.try_recv() {
                    Ok(topic) if !message.split('\n').any(|known| known == &*topic) => {
                        message.push('\n');
                        message.push_str(&topic);
                    }
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
            if wire.as_ref().is_none_or(Wire::is_closed) {
                wire = server.connect().ok();
            }
            if let Some(wire) = &mut wire
                && let Err(error) = notify(wire, &message)
            {
                tracing::warn!(%error, "other processes could not be told of a change");
            }
        }
    };
    std::thread::Builder::new()
        .name("postgres-tell".into())
        .spawn(work)
        .map(|_| ())
        .map_err(|source| Error::Open(Box::new(source)))
}

fn notify(wire: &mut Wire, message: &str) -> Result<(), tokio_postgres::Error> {
    let name = channel(wire)?;
    let statement = wire.prepare("select pg_notify($1, $2)")?;
    wire.query(None, &statement, &[&name, &message]).map(|_| ())
}

/// Channels belong to a whole database, and desks to a schema in it: each desk has a channel of its own.
fn channel(wire: &mut Wire) -> Result<String, tokio_postgres::Error> {
    let statement = wire.prepare("select cast(current_schema() as text)")?;
    let rows = wire.query(None, &statement, &[])?;
    let schema: Option<String> = rows.first().and_then(|row| row.get(0));
    let mut name = format!("aptdesk_{}", schema.unwrap_or_default().replace('"', ""));
    while name.len() > CHANNEL_BYTES_MAX {
        name.pop();
    }
    Ok(name)
}

fn hear_others(
    server: Server,
    process: String,
    announcements: Announcer,
    alive: Weak<()>,
) -> Result<(), Error> {
    let work = move || {
        while alive.strong_count() > 0 {
            if let Err(error) = listen(&server, &process, &announcements, &alive) {
                tracing::debug!(%error, "listening to other processes is interrupted");
                pause(Duration::from_millis(RECONNECT_PAUSE_MS));
            }
        }
    };
    std::thread::Builder::new()
        .name("postgres-hear".into())
        .spawn(work)
        .map(|_| ())
        .map_err(|source| Error::Open(Box::new(source)))
}

fn listen(
    server: &Server,
    process: &str,
    announcements: &Announcer,
    alive: &Weak<()>,
) -> Result<(), NoConnection> {
    let mut wire = server.connect()?;
    let name = channel(&mut wire)?;
    wire.batch(&format!("listen \"{name}\""))?;
    // Until this moment, since the last connection ended, others may have told something.
    announcements.listens_from_now();
    while alive.strong_count() > 0 && !wire.is_closed() {
        for notification in wire.hear(Duration::from_millis(RECONNECT_PAUSE_MS))? {
            let mut lines = notification.payload().split('\n');
            if lines.next() != Some(process) {
                for topic in lines {
                    announcements.announce(Arc::from(topic));
                }
            }
        }
    }
    Ok(())
}

#[allow(clippy::disallowed_methods)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
