//! SQLite: one writer thread that commits queued closures together ([`crate::writer`]), and readers on the calling thread.

use crate::announcer::Announcer;
use crate::flush::Disk;
use crate::pool::Pool;
use crate::tx::Connection;
use crate::writer::{Pending, Write, Writer};
use crate::{Error, Options, Tx, clock};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

const BUSY_TIMEOUT_MS: u32 = 10_000;
const CACHE_KIB: i64 = 65_536;
const MMAP_BYTES: i64 = 1 << 30;

pub(crate) struct Sqlite<A> {
    path: PathBuf,
    readers: Pool<Tx<A>>,
    queue: SyncSender<Box<dyn Write<A>>>,
    waiting: Arc<AtomicUsize>,
    clock: clock::Clock,
}

impl<A: Clone + Send + Sync + 'static> Sqlite<A> {
    pub(crate) fn open(path: &str, options: &Options, announcements: Announcer) -> Result<Self, Error> {
        let path = PathBuf::from(path);
        let writer = connect(&path)?;
        let (queue, closures) = sync_channel(options.write_queue_max);
        let waiting = Arc::new(AtomicUsize::new(0));
        let disk = options.durable.then(|| Disk::of(&path, waiting.clone())).transpose()?;
        let tx = Tx::on(Connection::sqlite(writer));
        let writer = Writer::new(tx, closures, waiting.clone(), announcements, options.clock.clone(), disk);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || writer.run())
            .map_err(|source| Error::Open(Box::new(source)))?;
        Ok(Sqlite {
            path,
            readers: Pool::new(options.readers_max),
            queue,
            waiting,
            clock: options.clock.clone(),
        })
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        actor: A,
        closure: &mut dyn FnMut(&mut Tx<A>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.readers.take(|| Ok(Tx::on(Connection::sqlite(connect_to_read(&self.path)?))))?;
        tx.actor = Some(actor);
        tx.now = (self.clock)();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            tx.execute("begin deferred", &[])?;
            closure(&mut tx)
        }));
        tx.announcements.clear();
        match tx.execute("commit", &[]) {
            Ok(_) => self.readers.give_back(tx),
            Err(_) => self.readers.forget(),
        }
        outcome.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    pub(crate) fn queue<T, E, F>(
        &self,
        actor: A,
        closure: F,
    ) -> Result<oneshot::Receiver<Result<T, E>>, Error>
    where
        F: FnMut(&mut Tx<A>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let pending = Box::new(Pending { actor: Some(actor), closure, outcome: None, reply });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(pending).map_err(|refused| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Disconnected(_) => Error::Stopped,
            }
        })?;
        Ok(answer)
    }

    pub(crate) fn queue_len(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), Error> {
        // Not a reading connection: those may not write anything, and `vacuum into` writes elsewhere.
        let connection =
            rusqlite::Connection::open(&self.path).map_err(|source| Error::Open(Box::new(source)))?;
        settle(&connection, "")?;
        let path = path.to_str().ok_or_else(|| Error::Corrupt("a path that is not UTF-8".into()))?;
        connection.execute("vacuum into ?1", [path]).map_err(|e| Error::sqlite("vacuum into", e))?;
        Ok(())
    }
}

fn connect(path: &Path) -> Result<rusqlite::Connection, Error> {
    let connection = rusqlite::Connection::open(path).map_err(|source| Error::Open(Box::new(source)))?;
    // Commits are made durable by `flush`.
    settle(&connection, "pragma journal_mode=wal; pragma synchronous=normal; pragma wal_autocheckpoint=0;")?;
    Ok(connection)
}

fn connect_to_read(path: &Path) -> Result<rusqlite::Connection, Error> {
    let connection = rusqlite::Connection::open(path).map_err(|source| Error::Open(Box::new(source)))?;
    settle(&connection, "pragma query_only=on;")?;
    Ok(connection)
}

fn settle(connection: &rusqlite::Connection, own: &str) -> Result<(), Error> {
    let common = format!(
        "pragma busy_timeout={BUSY_TIMEOUT_MS}; {own} pragma foreign_keys=on; pragma cache_size=-{CACHE_KIB};
         pragma mmap_size={MMAP_BYTES}; pragma temp_store=memory;"
    );
    let settled = connection.execute_batch(&common).and_then(|()| {
        // Plans never depend on bound values: otherwise every binding that a partial index looked at makes SQLite
        // prepare the statement anew, a fifth of all time in intake.
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
    });
    settled.map(|_| ()).map_err(|source| Error::Open(Box::new(source)))
}
