//! The job queue of a world: what waits, and doing it.

use crate::World;
use crate::database::off_the_runtime;
use db::params;
use desk::work::Work;
use desk::{Actor, Tx};
use jobs::{JOBS_PER_CLAIM_MAX, Job, Lane};
use std::sync::{Arc, PoisonError};

/// Rounds after which jobs that make each other are called endless.
const ROUNDS_MAX: usize = 1_000;

/// Why a job of the inside lane was rolled back.
#[derive(Debug)]
pub struct JobFailed(pub String);

impl From<db::Error> for JobFailed {
    fn from(error: db::Error) -> Self {
        JobFailed(format!("{error:?}"))
    }
}

/// Does a kind of work that the desk hands to somebody else; `None` leaves it to the desk.
type Hand = Arc<dyn Fn(&mut Tx, &Work) -> Option<Result<(), jobs::Refused>> + Send + Sync>;

impl World {
    /// Everything that waits in both lanes, due or not, in the order in which it is due. Recurring jobs do not count.
    pub fn jobs_waiting(&self) -> Vec<Work> {
        self.waiting("lane = 'inside' or lane = 'outside'")
    }

    /// What waits to talk with the outside world.
    pub fn outside_jobs(&self) -> Vec<Work> {
        self.waiting("lane = 'outside'")
    }

    fn waiting(&self, lanes: &'static str) -> Vec<Work> {
        let payloads: Vec<String> = self.read(move |tx| {
            tx.list(
                &format!(
                    "select payload from jobs where ({lanes}) and dead_at is null and every_ms is null
                     order by due_at, id"
                ),
                params![],
                |row| row.get(0),
            )
        });
        payloads.iter().map(|payload| serde_json::from_str(payload).expect("a job reads back")).collect()
    }

    /// Does what is due in the inside lane, routes, and does what follows from it, until nothing is due. Says how much it
    /// was. A job that fails panics.
    pub fn run_jobs(&self) -> usize {
        self.run_jobs_with(|_, _| None)
    }

    /// [`World::run_jobs`] with somebody who does what the desk itself does not, such as reading mail.
    pub fn run_jobs_with(
        &self,
        hand: impl Fn(&mut Tx, &Work) -> Option<Result<(), jobs::Refused>> + Send + Sync + 'static,
    ) -> usize {
        let hand: Hand = Arc::new(hand);
        let mut done = 0;
        for _ in 0..ROUNDS_MAX {
            let claimed = self.write(|tx| jobs::claim(tx, Lane::Inside, JOBS_PER_CLAIM_MAX));
            done += claimed.len();
            let mut idle = claimed.is_empty();
            for job in claimed {
                self.run_job(&hand, job);
            }
            if idle {
                let decided = self.route();
                done += decided;
                idle = decided == 0;
            }
            if idle {
                return done;
            }
        }
        panic!("on {}: jobs follow from jobs without end; {:?} wait", self.name(), self.jobs_waiting());
    }

    /// One step of the desk's routing; how much was decided.
    pub fn route(&self) -> usize {
        let mut owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        let owner: &mut desk::routing::Owner = &mut owner;
        let step = off_the_runtime(|| owner.step());
        step.unwrap_or_else(|error| panic!("on {}: routing failed: {error:?}", self.name())).decided
    }

    /// The world's own routing ends cleanly, as when its process is stopped; another may take over.
    pub fn release_routing(&self) {
        let mut owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        let owner: &mut desk::routing::Owner = &mut owner;
        off_the_runtime(|| owner.release())
            .unwrap_or_else(|error| panic!("on {}: routing was not released: {error:?}", self.name()));
    }

    fn run_job(&self, hand: &Hand, job: Job) {
        let work = Work::from_job(&job).expect("a job reads back");
        let (worker, hand, copy) = (self.worker.clone(), hand.clone(), work.clone());
        let outcome = self.try_write(Actor::desk(), move |tx| {
            hand(tx, &copy)
                .unwrap_or_else(|| worker.run(tx, &copy))
                .map_err(|error| JobFailed(chain_of(&*error)))?;
            Ok::<_, JobFailed>(jobs::finish(tx, &job)?)
        });
        if let Err(error) = outcome {
            panic!("on {}: {work:?} failed: {}", self.name(), error.0);
        }
    }

    /// Takes what is due in the outside lane out of the queue, as if it had been done.
    pub fn take_outside_jobs(&self) -> Vec<Work> {
        let claimed = self.write(|tx| {
            let claimed = jobs::claim(tx, Lane::Outside, JOBS_PER_CLAIM_MAX)?;
            for job in &claimed {
                jobs::finish(tx, job)?;
            }
            Ok::<_, db::Error>(claimed)
        });
        claimed.iter().map(|job| Work::from_job(job).expect("a job reads back")).collect()
    }
}

fn chain_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words += &format!(": {error}");
        source = error.source();
    }
    words
}
