//! The rows: enqueue, claim, finish, fail.

use crate::{ATTEMPTS_MAX, LEASE_MS, PAUSE_MS_MAX, PAUSE_MS_MIN};
use db::{Error, Tx, params};

/// What kind of work a job is, so that slow talk never delays quick work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Runs inside one transaction and ends with it.
    Inside,
    /// Talks to the outside world.
    Outside,
}

impl Lane {
    pub fn name(self) -> &'static str {
        match self {
            Lane::Inside => "inside",
            Lane::Outside => "outside",
        }
    }

    /// Announced when there is new work in the lane.
    pub fn topic(self) -> &'static str {
        match self {
            Lane::Inside => "jobs:inside",
            Lane::Outside => "jobs:outside",
        }
    }
}

#[derive(Debug)]
pub struct NewJob<'a> {
    pub lane: Lane,
    pub kind: &'a str,
    /// Plain data with ids only, as JSON.
    pub payload: &'a str,
    /// Milliseconds since 1970.
    pub due_at: i64,
    /// At most one job with this key waits at a time.
    pub unique_key: Option<&'a str>,
}

/// A claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub payload: String,
    /// 1 at the first try.
    pub attempts: i64,
    pub every_ms: Option<i64>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct DeadJob {
    pub id: i64,
    pub kind: String,
    pub payload: String,
    pub attempts: i64,
    pub last_error: String,
    pub dead_at: i64,
}

pub fn enqueue<A>(tx: &mut Tx<A>, job: &NewJob<'_>) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into jobs (lane, kind, payload, unique_key, due_at, attempts, created_at)
         values ($1, $2, $3, $4, $5, 0, $6) on conflict do nothing",
        params![job.lane.name(), job.kind, job.payload, job.unique_key, job.due_at, now],
    )?;
    tx.announce(job.lane.topic());
    Ok(())
}

/// Makes sure that a job of this kind comes back every `every_ms`.
pub fn keep_recurring<A>(tx: &mut Tx<A>, lane: Lane, kind: &str, every_ms: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into jobs (lane, kind, payload, unique_key, due_at, attempts, created_at, every_ms)
         values ($1, $2, '{}', $3, $4, 0, $4, $5)
         on conflict (unique_key) do update set every_ms = excluded.every_ms, dead_at = null",
        params![lane.name(), kind, format!("every:{kind}"), now, every_ms],
    )?;
    Ok(())
}

/// Takes up to `count_max` due jobs of a lane; they stay hidden from others for [`LEASE_MS`].
pub fn claim<A>(tx: &mut Tx<A>, lane: Lane, count_max: usize) -> Result<Vec<Job>, Error> {
    let now = tx.now();
    let sql = format!(
        "update jobs set due_at = $1, attempts = attempts + 1,
                unique_key = case when every_ms is null then null else unique_key end
         where id in (select id from jobs where lane = $2 and due_at <= $3 and dead_at is null
                      order by due_at, id limit $4{})
         returning id, kind, payload, attempts, every_ms",
        tx.skip_locked()
    );
    tx.list(&sql, params![now + LEASE_MS, lane.name(), now, count_max], |row| {
        Ok(Job {
            id: row.get(0)?,
            kind: row.get(1)?,
            payload: row.get(2)?,
            attempts: row.get(3)?,
            every_ms: row.get(4)?,
        })
    })
}

/// The job is done: it goes, or comes back at its next time.
pub fn finish<A>(tx: &mut Tx<A>, job: &Job) -> Result<(), Error> {
    let now = tx.now();
    match job.every_ms {
        None => tx.execute("delete from jobs where id = $1", params![job.id])?,
        Some(every) => tx.execute(
            "update jobs set due_at = $1, attempts = 0, last_error = null where id = $2",
            params![now + every, job.id],
        )?,
    };
    Ok(())
}

/// The job did not succeed: it is tried again later, or declared dead after [`ATTEMPTS_MAX`] tries.
pub fn fail<A>(tx: &mut Tx<A>, job: &Job, error: &str) -> Result<(), Error> {
    let now = tx.now();
    let dead = job.every_ms.is_none() && job.attempts >= ATTEMPTS_MAX;
    tx.execute(
        "update jobs set due_at = $1, last_error = $2, dead_at = $3 where id = $4",
        params![now + pause_ms(job.id, job.attempts), error, dead.then_some(now), job.id],
    )?;
    Ok(())
}

/// Doubles with each try; up to a quarter is added, different for each job, so that they do not return together.
fn pause_ms(id: i64, attempts: i64) -> i64 {
    let doubled = PAUSE_MS_MIN.saturating_mul(1 << attempts.clamp(1, 20).saturating_sub(1)).min(PAUSE_MS_MAX);
    let mixed =
        (id.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) ^ attempts.wrapping_mul(0x5851_F42D)) as u64 >> 33;
    doubled + (mixed as i64 % (doubled / 4).max(1))
}

/// Jobs that are not dead, in both lanes.
pub fn count_waiting<A>(tx: &mut Tx<A>) -> Result<i64, Error> {
    tx.value("select count(*) from jobs where dead_at is null and every_ms is null", params![])
}

pub fn list_dead<A>(tx: &mut Tx<A>, count_max: usize) -> Result<Vec<DeadJob>, Error> {
    tx.list(
        "select id, kind, payload, attempts, coalesce(last_error, ''), dead_at from jobs
         where dead_at is not null order by dead_at desc limit $1",
        params![count_max],
        |row| {
            Ok(DeadJob {
                id: row.get(0)?,
                kind: row.get(1)?,
                payload: row.get(2)?,
                attempts: row.get(3)?,
                last_error: row.get(4)?,
                dead_at: row.get(5)?,
            })
        },
    )
}

/// Gives a dead job another life. False if there is no such dead job.
pub fn retry_dead<A>(tx: &mut Tx<A>, id: i64) -> Result<bool, Error> {
    let now = tx.now();
    let revived = tx.execute(
        "update jobs set dead_at = null, attempts = 0, due_at = $1 where id = $2 and dead_at is not null",
        params![now, id],
    )?;
    tx.announce(Lane::Inside.topic());
    tx.announce(Lane::Outside.topic());
    Ok(revived == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_never_exceed_their_limit_by_more_than_a_quarter() {
        let mut last = 0;
        for attempts in 1..40 {
            let pause = pause_ms(7, attempts);
            assert!((PAUSE_MS_MIN..=PAUSE_MS_MAX + PAUSE_MS_MAX / 4).contains(&pause));
            assert!(pause * 2 > last, "try {attempts} waits {pause} after {last}");
            last = pause;
        }
    }
}
