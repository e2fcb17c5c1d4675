//! SQLite: one writer thread that commits queued closures together, and readers on the calling thread.
//!
//! A closure may be run twice (see [`Writer::commit_together`]), as it may on PostgreSQL.

use crate::announcer::Announcer;
use crate::pool::Pool;
use crate::tx::Connection;
use crate::{Error, Options, Tx, clock, fulltext};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Closures that share one commit.
const CLOSURES_PER_COMMIT_MAX: usize = 256;
/// Changed rows after which the write-ahead log is folded into the file as soon as nobody waits.
const CHANGES_BEFORE_CHECKPOINT: u64 = 20_000;
/// … and at the latest.
const CHANGES_BEFORE_CHECKPOINT_MAX: u64 = 200_000;
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

/// A closure that waits for the writer. It is answered once the commit is durable.
trait Write<A>: Send {
    /// True when its change is to be kept.
    fn run(&mut self, tx: &mut Tx<A>) -> bool;
    /// What it had done could not be written after all.
    fn fail(&mut self, error: Error);
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

struct Pending<A, F, T, E> {
    actor: Option<A>,
    closure: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<A, F, T, E> Write<A> for Pending<A, F, T, E>
where
    A: Clone + Send,
    F: FnMut(&mut Tx<A>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<A>) -> bool {
        tx.actor = self.actor.clone();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let outcome = outcome.unwrap_or_else(|_| Err(Error::Panicked.into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let outcome = match (self.outcome, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(Error::Stopped.into()),
        };
        let _ = self.reply.send(outcome);
    }
}

impl<A: Clone + Send + Sync + 'static> Sqlite<A> {
    pub(crate) fn open(path: &str, options: &Options, announcements: Announcer) -> Result<Self, Error> {
        let path = PathBuf::from(path);
        let writer = connect(&path, options.durable)?;
        let (queue, closures) = sync_channel(options.write_queue_max);
        let waiting = Arc::new(AtomicUsize::new(0));
        let writer = Writer {
            tx: Tx::on(Connection::sqlite(writer)),
            closures,
            waiting: waiting.clone(),
            announcements,
            clock: options.clock.clone(),
            changes: 0,
        };
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

/// How a refused closure of a batch is undone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    Never,
    BySavepoint,
}

#[derive(PartialEq, Eq)]
enum Ran {
    All,
    MustUndo,
}

/// The closure of a batch at `place`. Whoever has come while those before it ran joins them: the more share a commit, the fewer pages
/// are written, and the fewer waits for the disk there are, for each.
fn joined<'b, A>(
    batch: &'b mut Vec<Box<dyn Write<A>>>,
    place: usize,
    closures: &Receiver<Box<dyn Write<A>>>,
) -> Option<&'b mut Box<dyn Write<A>>> {
    if place == batch.len() && place < CLOSURES_PER_COMMIT_MAX {
        batch.extend(closures.try_recv().ok());
    }
    batch.get_mut(place)
}

/// Rows changed on this connection since it was opened.
fn changes_on<A>(tx: &Tx<A>) -> u64 {
    match &tx.connection {
        Connection::Sqlite(connection) => connection.total_changes(),
        Connection::Postgres { .. } => 0,
    }
}

struct Writer<A> {
    tx: Tx<A>,
    closures: Receiver<Box<dyn Write<A>>>,
    waiting: Arc<AtomicUsize>,
    announcements: Announcer,
    clock: clock::Clock,
    changes: u64,
}

impl<A> Writer<A> {
    fn run(mut self) {
        let mut batch: Vec<Box<dyn Write<A>>> = Vec::with_capacity(CLOSURES_PER_COMMIT_MAX);
        while let Ok(first) = self.closures.recv() {
            batch.push(first);
            let committed = self.commit_together(&mut batch);
            self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
            let failed = committed.err().map(|error| error.to_string());
            for closure in batch.drain(..) {
                closure.answer(match &failed {
                    None => Ok(()),
                    Some(why) => Err(Error::Corrupt(format!("the commit failed: {why}"))),
                });
            }
            self.checkpoint_if_due();
        }
    }

    /// First without savepoints, and what full-text indexes learn is written at the end, by all together. A closure that was
    /// refused after it had changed something cannot be undone alone then, so all are run again, each in a savepoint of
    /// its own.
    fn commit_together(&mut self, batch: &mut Vec<Box<dyn Write<A>>>) -> Result<(), Error> {
        let committed = self.run_and_commit(batch);
        if committed.is_err() {
            // Nothing may stay open, whatever went wrong: the next batch begins anew.
            let _ = self.tx.execute("rollback", &[]);
            return committed;
        }
        for topic in self.tx.announcements.drain(..) {
            self.announcements.announce(topic);
        }
        Ok(())
    }

    fn run_and_commit(&mut self, batch: &mut Vec<Box<dyn Write<A>>>) -> Result<(), Error> {
        if self.run_all(batch, Undo::Never)? == Ran::MustUndo {
            self.tx.execute("rollback", &[])?;
            self.run_all(batch, Undo::BySavepoint)?;
        }
        self.tx.execute("commit", &[]).map(|_| ())
    }

    fn run_all(&mut self, batch: &mut Vec<Box<dyn Write<A>>>, undo: Undo) -> Result<Ran, Error> {
        let tx = &mut self.tx;
        tx.announcements.clear();
        tx.postponed.clear();
        tx.execute("begin immediate", &[])?;
        let mut next = 0;
        while let Some(closure) = joined(batch, next, &self.closures) {
            next += 1;
            tx.now = (self.clock)();
            let (said, postponed) = (tx.announcements.len(), tx.postponed.len());
            if undo == Undo::BySavepoint {
                tx.execute("savepoint closure", &[])?;
            }
            let changes = changes_on(tx);
            let mut keep = closure.run(tx);
            if keep
                && undo == Undo::BySavepoint
                && let Err(error) = fulltext::write_postponed(tx)
            {
                closure.fail(error);
                keep = false;
            }
            if !keep {
                tx.announcements.truncate(said);
                tx.postponed.truncate(postponed);
                match undo {
                    Undo::BySavepoint => tx.execute("rollback to closure", &[]).map(|_| ())?,
                    Undo::Never if changes_on(tx) != changes => return Ok(Ran::MustUndo),
                    Undo::Never => {}
                }
            }
            if undo == Undo::BySavepoint {
                tx.execute("release closure", &[])?;
            }
        }
        // In the second run each closure has written its own, and is told of its own failure.
        if fulltext::write_postponed(tx).is_err() { Ok(Ran::MustUndo) } else { Ok(Ran::All) }
    }

    /// Folding the log into the file is the slow part of writing; it is done when nobody waits, if possible.
    fn checkpoint_if_due(&mut self) {
        let Connection::Sqlite(connection) = &self.tx.connection else { return };
        let changes = connection.total_changes();
        let since = changes.saturating_sub(self.changes);
        let idle = self.waiting.load(Ordering::Relaxed) == 0;
        if since > CHANGES_BEFORE_CHECKPOINT_MAX || (idle && since > CHANGES_BEFORE_CHECKPOINT) {
            self.changes = changes;
            if let Err(error) = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
                tracing::warn!(%error, "the write-ahead log could not be folded into the database");
            }
        }
    }
}

impl<A> Drop for Writer<A> {
    fn drop(&mut self) {
        if let Connection::Sqlite(connection) = &self.tx.connection {
            let _ = connection.execute_batch("pragma optimize; pragma wal_checkpoint(truncate);");
        }
    }
}

fn connect(path: &Path, durable: bool) -> Result<rusqlite::Connection, Error> {
    let connection = rusqlite::Connection::open(path).map_err(|source| Error::Open(Box::new(source)))?;
    let synchronous = if durable { "full" } else { "normal" };
    settle(
        &connection,
        &format!("pragma journal_mode=wal; pragma synchronous={synchronous}; pragma wal_autocheckpoint=0;"),
    )?;
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
