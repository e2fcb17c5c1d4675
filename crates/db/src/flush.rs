//! Waits for the disk, beside the writer where that helps: while one group of closures becomes durable, the writer runs the next.
//!
//! SQLite itself syncs its write-ahead log only where the order of log and database matters (`synchronous=normal`). Each commit is made
//! durable here, by an `fdatasync` of the log after it, which covers all that was written to it before. Nobody is answered
//! earlier. A reader may see a commit some hundred microseconds before it is durable; what follows from it (a job that is taken, a
//! mail that is sent) is a commit of its own, and that cannot become durable before it.

use crate::Error;
use crate::writer::Write;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Closures that share a commit.
pub(crate) type Group<A> = Vec<Box<dyn Write<A>>>;

/// Where commits become durable: at once for the writer that asks, or in a thread of its own.
pub(crate) struct Disk<A> {
    log: Log,
    committed: Sender<Group<A>>,
}

impl<A: 'static> Disk<A> {
    /// The disk below the log of this database. `waiting` counts those who have not been answered.
    pub(crate) fn of(database: &Path, waiting: Arc<AtomicUsize>) -> Result<Self, Error> {
        let log = Log::of(database);
        let other = Log { path: log.path.clone(), file: None, state: log.state.clone() };
        let (committed, to_sync) = channel();
        let (durable, to_answer) = channel();
        spawn("sqlite-flusher", move || sync_groups(other, &to_sync, &durable))?;
        // Waking dozens of callers takes as long as a sync: the next one does not wait for it.
        spawn("sqlite-answers", move || answer_groups(&to_answer, &waiting))?;
        Ok(Disk { log, committed })
    }
}

impl<A> Disk<A> {
    /// Makes all that is committed durable.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        self.log.sync()
    }

    /// Answers these once all that is committed by now is durable.
    pub(crate) fn answer_when_durable(&self, group: Group<A>) {
        if let Err(refused) = self.committed.send(group) {
            answer(refused.0, || Err(Error::Stopped));
        }
    }

    /// Once a sync has failed nobody knows what the disk holds.
    pub(crate) fn has_failed(&self) -> bool {
        self.log.state.failed.load(Ordering::Acquire)
    }

    /// How long a sync takes of late.
    pub(crate) fn usual_sync(&self) -> Duration {
        Duration::from_nanos(self.log.state.sync_ns.load(Ordering::Relaxed))
    }
}

/// The write-ahead log as a file that can be synced.
struct Log {
    path: PathBuf,
    /// SQLite makes the log at the first write and keeps it until the last connection closes.
    file: Option<File>,
    state: Arc<LogState>,
}

#[derive(Default)]
struct LogState {
    failed: AtomicBool,
    /// A moving average, in nanoseconds.
    sync_ns: AtomicU64,
}

impl Log {
    fn of(database: &Path) -> Log {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Log { path: path.into(), file: None, state: Arc::default() }
    }

    fn sync(&mut self) -> Result<(), Error> {
        if self.state.failed.load(Ordering::Acquire) {
            return Err(Error::NotDurable);
        }
        let begun = Instant::now();
        self.try_sync().map_err(|error| {
            self.state.failed.store(true, Ordering::Release);
            tracing::error!(%error, "the disk did not take the write-ahead log; nothing more is written until the desk is started anew");
            Error::NotDurable
        })?;
        let usual = Duration::from_nanos(self.state.sync_ns.load(Ordering::Relaxed));
        let usual = u64::try_from(average(usual, begun.elapsed()).as_nanos()).unwrap_or(u64::MAX);
        self.state.sync_ns.store(usual, Ordering::Relaxed);
        Ok(())
    }

    fn try_sync(&mut self) -> std::io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => OpenOptions::new().read(true).write(true).open(&self.path)?,
        };
        self.file.insert(file).sync_data()
    }
}

/// A moving average: an eighth of what is new.
pub(crate) fn average(old: Duration, new: Duration) -> Duration {
    if old.is_zero() { new } else { old - old / 8 + new / 8 }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(work);
    thread.map(|_| ()).map_err(|source| Error::Open(Box::new(source)))
}

fn sync_groups<A>(mut log: Log, committed: &Receiver<Group<A>>, durable: &Sender<(Group<A>, bool)>) {
    while let Ok(mut group) = committed.recv() {
        while let Ok(more) = committed.try_recv() {
            group.extend(more);
        }
        let kept = log.sync().is_ok();
        let _ = durable.send((group, kept));
    }
}

fn answer_groups<A>(durable: &Receiver<(Group<A>, bool)>, waiting: &AtomicUsize) {
    while let Ok((group, kept)) = durable.recv() {
        waiting.fetch_sub(group.len(), Ordering::Relaxed);
        answer(group, || if kept { Ok(()) } else { Err(Error::NotDurable) });
    }
}

pub(crate) fn answer<A>(
    group: impl IntoIterator<Item = Box<dyn Write<A>>>,
    with: impl Fn() -> Result<(), Error>,
) {
    for closure in group {
        closure.answer(with());
    }
}
