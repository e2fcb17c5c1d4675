//! `/job_statuses`: what came of bulk work.
//!
//! Bulk work is done when its call is answered; its outcome is kept in this process for clients that ask again. The
//! newest are kept, the rest forgotten.

use crate::call::{Answer, Call, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::{JobResultShape, JobStatusShape};
use crate::time::iso;
use axum::extract::Path;
use desk::Actor;
use std::collections::VecDeque;
use std::sync::Mutex;

const JOBS_KEPT_MAX: usize = 1_000;

#[derive(Default)]
pub struct JobStatuses {
    newest_last: Mutex<VecDeque<(Actor, JobStatusShape)>>,
}

impl JobStatuses {
    pub fn keep(
        &self,
        actor: Actor,
        job_type: &str,
        results: Vec<JobResultShape>,
        urls: &Urls,
        now: i64,
    ) -> JobStatusShape {
        let id = desk::access::token_hash(&desk::access::random_token())[..32].to_owned();
        let job = JobStatusShape {
            url: urls.resource(&format!("/job_statuses/{id}")),
            id,
            job_type: job_type.into(),
            total: results.len() as i64,
            progress: results.len() as i64,
            status: "completed",
            message: format!("Completed at {}", iso(now)),
            results,
        };
        let mut jobs = self.newest_last.lock().unwrap_or_else(|broken| broken.into_inner());
        if jobs.len() >= JOBS_KEPT_MAX {
            jobs.pop_front();
        }
        jobs.push_back((actor, job.clone()));
        job
    }

    /// Only those of the one who asks.
    fn of(&self, actor: Actor) -> Vec<JobStatusShape> {
        let jobs = self.newest_last.lock().unwrap_or_else(|broken| broken.into_inner());
        jobs.iter()
            .rev()
            .filter(|(owner, _)| owner.user() == actor.user())
            .map(|(_, job)| job.clone())
            .collect()
    }
}

pub async fn index(call: Call) -> Answer {
    Ok(Reply::one("job_statuses", call.api.inside.jobs.of(call.actor)))
}

pub async fn show(Path(id): Path<String>, call: Call) -> Answer {
    let jobs = call.api.inside.jobs.of(call.actor);
    let job = jobs.into_iter().find(|job| job.id == id).ok_or(Problem::NotFound)?;
    Ok(Reply::one("job_status", job))
}

pub async fn show_many(call: Call) -> Answer {
    let wanted = call.query("ids").unwrap_or_default().to_owned();
    let mut jobs = call.api.inside.jobs.of(call.actor);
    jobs.retain(|job| wanted.split(',').any(|id| id == job.id));
    Ok(Reply::one("job_statuses", jobs))
}
