//! The loops that claim jobs and hand them to the product.

use crate::queue::{self, Job, Lane};
use crate::{JOBS_PER_CLAIM_MAX, LEASE_MS};
use db::{Db, Error, Tx};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;

/// How long a lane sleeps at most before it looks again, even when nobody announced anything.
const LOOK_AGAIN_MS: u64 = 1_000;
/// Jobs of the outside lane that run at the same time.
const OUTSIDE_AT_ONCE_MAX: usize = 16;

/// How a job ended.
pub enum Outcome {
    Done,
    /// Not now: try again later, and keep this reason.
    Failed(String),
}

/// What the product does with a job. The binary implements it; it decides nothing.
pub trait Handle<A>: Send + Sync + 'static {
    /// Whether [`Handle::look_ahead`] has something to do for this kind of job.
    fn looks_ahead(&self, _kind: &str) -> bool {
        false
    }

    /// Called before [`Handle::inside`], in a transaction that only reads: what thinks long shall not hold up writers.
    fn look_ahead(&self, _tx: &mut Tx<A>, _job: &Job) -> Result<(), Refused> {
        Ok(())
    }

    /// A job of the inside lane. It commits together with the job's end.
    fn inside(&self, tx: &mut Tx<A>, job: &Job) -> Result<(), Refused>;
    /// A job of the outside lane.
    fn outside(&self, job: Job) -> impl Future<Output = Outcome> + Send;
}

/// Why a job of the inside lane was rolled back.
pub type Refused = Box<dyn std::error::Error + Send + Sync>;

/// Tells the runner to stop; it finishes or returns what it holds.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Stop(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// For those who listen themselves: true once it is time.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    pub async fn stopped(&self) {
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

pub struct Runner<A, H> {
    db: Db<A>,
    actor: A,
    handler: Arc<H>,
    stop: Stop,
}

/// Carries a refusal of a handler through `Db::write`.
enum InsideError {
    Db(Error),
    Refused(Refused),
}

impl From<Error> for InsideError {
    fn from(error: Error) -> Self {
        InsideError::Db(error)
    }
}

impl<A: Clone + Send + Sync + 'static, H: Handle<A>> Runner<A, H> {
    pub fn new(db: Db<A>, actor: A, handler: Arc<H>, stop: Stop) -> Self {
        Runner { db, actor, handler, stop }
    }

    /// Runs both lanes until the stop.
    pub async fn run(self) {
        let this = Arc::new(self);
        let inside = tokio::spawn(this.clone().run_inside());
        let outside = tokio::spawn(this.run_outside());
        let _ = tokio::join!(inside, outside);
    }

    /// Runs everything that is due in both lanes, then returns how many jobs ended well; for tests and tools.
    pub async fn run_due(&self) -> usize {
        let mut done = 0;
        loop {
            let inside = self.claim(Lane::Inside, JOBS_PER_CLAIM_MAX).await;
            let outside = self.claim(Lane::Outside, OUTSIDE_AT_ONCE_MAX).await;
            if inside.is_empty() && outside.is_empty() {
                return done;
            }
            for job in inside {
                done += usize::from(self.do_inside(job).await);
            }
            for job in outside {
                done += usize::from(self.do_outside(job).await);
            }
        }
    }

    async fn run_inside(self: Arc<Self>) {
        let mut news = self.db.announcements();
        while !self.stop.is_stopped() {
            let claimed = self.claim(Lane::Inside, JOBS_PER_CLAIM_MAX).await;
            if claimed.is_empty() {
                self.wait(&mut news, Lane::Inside).await;
                continue;
            }
            let mut together = JoinSet::new();
            for job in claimed {
                let this = self.clone();
                together.spawn(async move { this.do_inside(job).await });
            }
            while together.join_next().await.is_some() {}
        }
    }

    async fn run_outside(self: Arc<Self>) {
        let mut news = self.db.announcements();
        let mut running = JoinSet::new();
        while !self.stop.is_stopped() {
            let free = OUTSIDE_AT_ONCE_MAX.saturating_sub(running.len());
            let claimed = match free {
                0 => Vec::new(),
                free => self.claim(Lane::Outside, free).await,
            };
            let idle = claimed.is_empty();
            for job in claimed {
                let this = self.clone();
                running.spawn(async move { this.do_outside(job).await });
            }
            if idle {
                tokio::select! {
                    Some(_) = running.join_next(), if !running.is_empty() => {}
                    () = self.wait(&mut news, Lane::Outside) => {}
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn claim(&self, lane: Lane, count_max: usize) -> Vec<Job> {
        // Looking costs a read; claiming costs a commit. Claim only when there is something.
        let due = self.db.read(self.actor.clone(), move |tx| {
            let now = tx.now();
            tx.find(
                "select 1 from jobs where lane = $1 and due_at <= $2 and dead_at is null limit 1",
                db::params![lane.name(), now],
                |row| row.get::<i64>(0),
            )
        });
        match due.await {
            Ok(None) => return Vec::new(),
            Ok(Some(_)) => {}
            Err(error) => tracing::warn!(%error, "the job queue could not be read"),
        }
        let claimed = self.db.write(self.actor.clone(), move |tx| queue::claim(tx, lane, count_max)).await;
        claimed.unwrap_or_else(|error: Error| {
            tracing::warn!(%error, "jobs could not be claimed");
            Vec::new()
        })
    }

    async fn do_inside(&self, job: Job) -> bool {
        let handler = self.handler.clone();
        let copy = job.clone();
        if handler.looks_ahead(&job.kind) {
            let (handler, job) = (handler.clone(), job.clone());
            let looked = self.db.read(self.actor.clone(), move |tx| {
                handler.look_ahead(tx, &job).map_err(InsideError::Refused)
            });
            // What could not be looked at now says so in the transaction that follows.
            let _ = looked.await;
        }
        let outcome = self
            .db
            .write(self.actor.clone(), move |tx| {
                handler.inside(tx, &copy).map_err(InsideError::Refused)?;
                queue::finish(tx, &copy).map_err(InsideError::Db)
            })
            .await;
        match outcome {
            Ok(()) => true,
            Err(InsideError::Db(error)) => self.end_badly(job, &error.to_string()).await,
            Err(InsideError::Refused(error)) => self.end_badly(job, &error.to_string()).await,
        }
    }

    async fn do_outside(&self, job: Job) -> bool {
        let limit = Duration::from_millis(LEASE_MS as u64);
        let outcome = tokio::time::timeout(limit, self.handler.outside(job.clone())).await;
        match outcome {
            Ok(Outcome::Done) => {
                let ended = self.db.write(self.actor.clone(), move |tx| queue::finish(tx, &job)).await;
                if let Err(error) = &ended {
                    tracing::warn!(%error, "a finished job could not be struck off");
                }
                ended.is_ok()
            }
            Ok(Outcome::Failed(reason)) => self.end_badly(job, &reason).await,
            Err(_) => self.end_badly(job, "it took longer than its lease").await,
        }
    }

    async fn end_badly(&self, job: Job, reason: &str) -> bool {
        tracing::warn!(job = job.id, kind = job.kind, attempts = job.attempts, reason, "a job failed");
        let reason = reason.to_owned();
        let kept: Result<(), Error> =
            self.db.write(self.actor.clone(), move |tx| queue::fail(tx, &job, &reason)).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "a failed job could not be put back; its lease will end");
        }
        false
    }

    async fn wait(&self, news: &mut broadcast::Receiver<Arc<str>>, lane: Lane) {
        let announced = async {
            loop {
                match news.recv().await {
                    Ok(topic) if &*topic == lane.topic() => return,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => return,
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            () = announced => {}
            () = self.stop.stopped() => {}
            () = tokio::time::sleep(Duration::from_millis(LOOK_AGAIN_MS)) => {}
        }
    }
}
