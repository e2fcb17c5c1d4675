//! The one thread that writes to SQLite: it takes the closures that wait, runs them together and commits them together.
//!
//! A closure may be run twice (see [`Writer::commit_together`]), as it may on PostgreSQL. Nobody is answered before the commit is
//! durable ([`crate::flush`]).

use crate::announcer::Announcer;
use crate::flush::{self, Disk, Group};
use crate::tx::Connection;
use crate::{Error, Tx, clock, fulltext};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Closures that share one commit.
const CLOSURES_PER_COMMIT_MAX: usize = 256;
/// With fewer callers at once, one commit is made of all.
const CALLERS_WORTH_HALVING: usize = 8;
/// Changed rows after which the write-ahead log is folded into the file as soon as nobody waits.
const CHANGES_BEFORE_CHECKPOINT: u64 = 20_000;
/// … and at the latest.
const CHANGES_BEFORE_CHECKPOINT_MAX: u64 = 200_000;

/// A closure that waits for the writer. It is answered once the commit is durable.
pub(crate) trait Write<A>: Send {
    /// True when its change is to be kept.
    fn run(&mut self, tx: &mut Tx<A>) -> bool;
    /// What it had done could not be written after all.
    fn fail(&mut self, error: Error);
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

pub(crate) struct Pending<A, F, T, E> {
    pub(crate) actor: Option<A>,
    pub(crate) closure: F,
    pub(crate) outcome: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
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
    batch: &'b mut Group<A>,
    place: usize,
    closures: &Receiver<Box<dyn Write<A>>>,
    group_max: usize,
) -> Option<&'b mut Box<dyn Write<A>>> {
    if place == batch.len() && place < group_max {
        batch.extend(closures.try_recv().ok());
    }
    batch.get_mut(place)
}

/// Rows changed on this connection since it was opened.
fn changes_on<A>(tx: &Tx<A>) -> u64 {
    match &tx.connection {
        Connection::Sqlite(connection) => connection.total_changes(),
        Connection::Postgres(_) => 0,
    }
}

/// How many closures share a commit. Whoever waits for an answer sends nothing new: so where the disk is quicker than the writer, half
/// of those who are under way go first, and the disk works on them while the writer works on the others. Where the disk is
/// slower it would wait twice; then all go together.
#[derive(Default)]
struct Pace {
    /// How many are under way at once, of late.
    callers: usize,
    /// What a closure takes with its part of the commit: a moving average.
    run: Duration,
}

impl Pace {
    /// The most that the next group holds, when `waiting` are under way and a sync usually takes `sync`; `None` for all there are.
    fn half(&mut self, waiting: usize, sync: Duration) -> Option<usize> {
        self.callers = waiting.max(self.callers - self.callers.div_ceil(8));
        let run_of_all = self.run * u32::try_from(self.callers).unwrap_or(u32::MAX);
        (self.callers >= CALLERS_WORTH_HALVING && sync < run_of_all).then_some(self.callers / 2)
    }

    fn learn(&mut self, took: Duration, closures: usize) {
        let each = took / u32::try_from(closures).unwrap_or(u32::MAX).max(1);
        self.run = flush::average(self.run, each);
    }
}

pub(crate) struct Writer<A> {
    tx: Tx<A>,
    closures: Receiver<Box<dyn Write<A>>>,
    waiting: Arc<AtomicUsize>,
    announcements: Announcer,
    clock: clock::Clock,
    /// `None`: a commit is answered at once, and a power cut may take the last ones.
    disk: Option<Disk<A>>,
    /// Rows changed when the log was last folded into the file.
    folded: u64,
    pace: Pace,
    group_max: usize,
}

impl<A> Writer<A> {
    pub(crate) fn new(
        tx: Tx<A>,
        closures: Receiver<Box<dyn Write<A>>>,
        waiting: Arc<AtomicUsize>,
        announcements: Announcer,
        clock: clock::Clock,
        disk: Option<Disk<A>>,
    ) -> Self {
        let (pace, group_max) = (Pace::default(), CLOSURES_PER_COMMIT_MAX);
        Writer { tx, closures, waiting, announcements, clock, disk, folded: 0, pace, group_max }
    }

    pub(crate) fn run(mut self) {
        let mut group: Group<A> = Vec::with_capacity(CLOSURES_PER_COMMIT_MAX);
        while let Ok(first) = self.closures.recv() {
            group.push(first);
            if self.disk.as_ref().is_some_and(Disk::has_failed) {
                self.answer(&mut group, || Err(Error::NotDurable));
                continue;
            }
            let waiting = self.waiting.load(Ordering::Relaxed);
            let half = self.disk.as_ref().and_then(|disk| self.pace.half(waiting, disk.usual_sync()));
            self.group_max = half.unwrap_or(CLOSURES_PER_COMMIT_MAX).min(CLOSURES_PER_COMMIT_MAX);
            let begun = Instant::now();
            let committed = self.commit_together(&mut group);
            self.pace.learn(begun.elapsed(), group.len());
            let others_wait = half.is_some() || self.waiting.load(Ordering::Relaxed) > group.len();
            match (committed, &mut self.disk) {
                (Err(why), _) => {
                    self.answer(&mut group, || Err(Error::Corrupt(format!("the commit failed: {why}"))))
                }
                (Ok(()), None) => self.answer(&mut group, || Ok(())),
                (Ok(()), Some(disk)) if others_wait => {
                    let full = std::mem::replace(&mut group, Vec::with_capacity(CLOSURES_PER_COMMIT_MAX));
                    disk.answer_when_durable(full);
                }
                (Ok(()), Some(disk)) => {
                    let durable = disk.sync().is_ok();
                    self.answer(&mut group, || if durable { Ok(()) } else { Err(Error::NotDurable) });
                }
            }
            self.checkpoint_if_due();
        }
    }

    fn answer(&self, group: &mut Group<A>, with: impl Fn() -> Result<(), Error>) {
        self.waiting.fetch_sub(group.len(), Ordering::Relaxed);
        flush::answer(group.drain(..), with);
    }

    /// First without savepoints, and what full-text indexes learn is written at the end, by all together. A closure that was
    /// refused after it had changed something cannot be undone alone then, so all are run again, each in a savepoint of
    /// its own.
    fn commit_together(&mut self, batch: &mut Group<A>) -> Result<(), Error> {
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

    fn run_and_commit(&mut self, batch: &mut Group<A>) -> Result<(), Error> {
        if self.run_all(batch, Undo::Never)? == Ran::MustUndo {
            self.tx.execute("rollback", &[])?;
            self.run_all(batch, Undo::BySavepoint)?;
        }
        self.tx.execute("commit", &[]).map(|_| ())
    }

    fn run_all(&mut self, batch: &mut Group<A>, undo: Undo) -> Result<Ran, Error> {
        let tx = &mut self.tx;
        tx.announcements.clear();
        tx.postponed.clear();
        tx.execute("begin immediate", &[])?;
        let mut next = 0;
        while let Some(closure) = joined(batch, next, &self.closures, self.group_max) {
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
        let since = changes.saturating_sub(self.folded);
        let idle = self.waiting.load(Ordering::Relaxed) == 0;
        if since > CHANGES_BEFORE_CHECKPOINT_MAX || (idle && since > CHANGES_BEFORE_CHECKPOINT) {
            self.folded = changes;
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

#[cfg(test)]
mod tests {
    use super::*;

    const US: fn(u64) -> Duration = Duration::from_micros;

    fn paced(waiting: usize, run: Duration, sync: Duration) -> Option<usize> {
        Pace { callers: 0, run }.half(waiting, sync)
    }

    #[test]
    fn half_goes_first_where_the_disk_is_quicker_than_the_writer() {
        assert_eq!(paced(32, US(15), US(200)), Some(16));
    }

    #[test]
    fn all_go_together_where_the_disk_is_slower_or_few_are_there() {
        assert_eq!(paced(32, US(15), US(8_000)), None);
        assert_eq!(paced(7, US(15), US(10)), None);
        assert_eq!(paced(32, Duration::ZERO, US(200)), None, "nothing is known yet");
    }

    #[test]
    fn those_who_have_just_been_answered_are_still_counted_and_forgotten_when_they_stay_away() {
        let mut pace = Pace { callers: 0, run: US(15) };
        pace.half(32, US(100));
        assert_eq!(pace.half(4, US(100)), Some(14));
        for _ in 0..40 {
            pace.half(1, US(100));
        }
        assert_eq!((pace.callers, pace.half(1, US(100))), (1, None));
    }
}
