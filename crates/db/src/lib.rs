//! One small door to two databases: SQLite (embedded) and PostgreSQL (scaled out).
//!
//! The product is synchronous: `read` and `write` take a plain closure over a [`Tx`]. On SQLite one writer thread
//! runs queued closures and commits them together (group commit); readers use their own connections on the calling
//! thread. On PostgreSQL each closure is a transaction on a pooled connection and is run again when the
//! database says that it lost a race. An answer of success means that the change survives a power cut.
//!
//! This crate knows no ticket: the actor is a type parameter, and SQL belongs to its callers.
//!
//! ```
//! let folder = tempfile::tempdir().unwrap();
//! let db = db::Db::<&str>::open(&format!("sqlite:{}/a.sqlite", folder.path().display()), db::Options::default()).unwrap();
//! db.write_now("ana", |tx| tx.batch("create table notes (id integer primary key, text text)")).unwrap();
//! let id: i64 = db.write_now("ana", |tx| tx.one("insert into notes (text) values ($1) returning id", db::params!["hello"], |row| row.get(0))).unwrap();
//! assert_eq!(id, 1);
//! ```

mod announcer;
pub mod clock;
mod error;
mod flush;
pub mod fulltext;
mod migrate;
mod pg;
mod pool;
pub mod server;
mod session;
mod sqlite;
mod tx;
mod value;
mod wire;
mod writer;

pub use announcer::ANNOUNCEMENTS_KEPT_MAX;
pub use error::Error;
pub use migrate::Migration;
pub use tx::Tx;
pub use value::{Column, FromColumn, Param, Row, ToParam};
pub use wire::Wire;

use announcer::Announcer;
use std::sync::Arc;
use tokio::sync::broadcast;

/// How a database is opened. The defaults are what production uses.
#[derive(Clone)]
pub struct Options {
    /// SQLite: wait for the disk at every (group) commit. `false` may lose the last moments at a power cut.
    pub durable: bool,
    /// Closures that may wait for the SQLite writer; more are refused with [`Error::Busy`].
    pub write_queue_max: usize,
    /// Read connections of SQLite.
    pub readers_max: usize,
    /// Connections of the PostgreSQL pool.
    pub connections_max: usize,
    /// How connections to PostgreSQL are made.
    pub connect: server::Connect,
    /// Milliseconds since 1970; replaced in tests.
    pub clock: clock::Clock,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            durable: true,
            write_queue_max: 4_096,
            readers_max: 8,
            connections_max: 16,
            connect: server::plainly(),
            clock: clock::system(),
        }
    }
}

/// Which engine is behind a [`Db`]; only dialect functions ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A handle on the database; cheap to clone.
pub struct Db<A> {
    inner: Arc<Inner<A>>,
}

impl<A> Clone for Db<A> {
    fn clone(&self) -> Self {
        Db { inner: self.inner.clone() }
    }
}

struct Inner<A> {
    backend: Backend<A>,
    announcements: Announcer,
    clock: clock::Clock,
    url: String,
}

enum Backend<A> {
    Sqlite(sqlite::Sqlite<A>),
    Postgres(Arc<pg::Postgres<A>>),
}

impl<A: Clone + Send + Sync + 'static> Db<A> {
    /// Opens `sqlite:PATH` or `postgres://…`.
    pub fn open(url: &str, options: Options) -> Result<Self, Error> {
        let announcements = Announcer::new(options.clock.clone());
        let backend = if let Some(path) = url.strip_prefix("sqlite:") {
            Backend::Sqlite(sqlite::Sqlite::open(path, &options, announcements.clone())?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(Arc::new(pg::Postgres::open(url, &options, announcements.clone())?))
        } else {
            return Err(Error::UnknownUrl(url.to_owned()));
        };
        let inner = Inner { backend, announcements, clock: options.clock, url: url.to_owned() };
        Ok(Db { inner: Arc::new(inner) })
    }

    pub fn engine(&self) -> Engine {
        match self.inner.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// Milliseconds since 1970 by this database's clock (the same that `Tx::now` shows).
    pub fn now(&self) -> i64 {
        (self.inner.clock)()
    }

    /// Topics announced by committed transactions, as they happen.
    pub fn announcements(&self) -> broadcast::Receiver<Arc<str>> {
        self.inner.announcements.subscribe()
    }

    /// Tells listeners of this process about something that is in no table (who is typing).
    pub fn announce(&self, topic: &str) {
        self.inner.announcements.announce(Arc::from(topic));
    }

    /// Whether `topic` was announced in this process at `since` (milliseconds since 1970) or later; true as well when that is
    /// too long ago to be known. Whoever shows what it read then, and listens from now on, looks again if so.
    pub fn announced_since(&self, topic: &str, since: i64) -> bool {
        self.inner.announcements.announced_since(topic, since)
    }

    /// Runs a closure that reads. It sees one consistent moment.
    pub async fn read<T, E, F>(&self, actor: A, mut closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.read(actor, &mut closure),
            Backend::Postgres(pg) => {
                let pg = pg.clone();
                on_a_blocking_thread(move || pg.run(actor, pg::Mode::Read, closure)).await
            }
        }
    }

    /// Runs a closure that changes something; returns after the change is durable. On `Err` nothing has happened.
    ///
    /// The closure may be run more than once (PostgreSQL, lost race): it must do nothing but use its `Tx`.
    pub async fn write<T, E, F>(&self, actor: A, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => {
                sqlite.queue(actor, closure)?.await.unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            Backend::Postgres(pg) => {
                let pg = pg.clone();
                on_a_blocking_thread(move || pg.run(actor, pg::Mode::Write, closure)).await
            }
        }
    }

    /// [`Db::read`] for plain threads. Never call it on an async worker.
    pub fn read_now<T, E, F>(&self, actor: A, mut closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E>,
        E: From<Error>,
    {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.read(actor, &mut closure),
            Backend::Postgres(pg) => pg.run(actor, pg::Mode::Read, closure),
        }
    }

    /// [`Db::write`] for plain threads. Never call it on an async worker.
    pub fn write_now<T, E, F>(&self, actor: A, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => {
                sqlite.queue(actor, closure)?.blocking_recv().unwrap_or_else(|_| Err(Error::Stopped.into()))
            }
            Backend::Postgres(pg) => pg.run(actor, pg::Mode::Write, closure),
        }
    }

    /// Closures now waiting for the SQLite writer (0 on PostgreSQL).
    pub fn write_queue_len(&self) -> usize {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.queue_len(),
            Backend::Postgres(_) => 0,
        }
    }

    /// Applies what is missing, in order, under a lock. A SQLite file that already holds data is copied first.
    pub fn migrate(&self, migrations: &[Migration], actor: A) -> Result<usize, Error> {
        migrate::apply(self, migrations, actor)
    }

    /// A consistent copy of an SQLite database in one file; PostgreSQL has its own tools.
    pub fn copy_to(&self, path: &std::path::Path) -> Result<(), Error> {
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.copy_to(path),
            Backend::Postgres(_) => Err(Error::OnlySqlite("a copy into one file")),
        }
    }
}

async fn on_a_blocking_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::Panicked.into()))
}
