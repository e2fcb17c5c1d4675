//! Bulk work: each step is its own change, so that one wrong record does not undo the others.

use crate::call::{Answer, Call, IDS_PER_CALL_MAX, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::JobResultShape;
use desk::Tx;

/// A step that went well; the caller says what it did.
pub fn done() -> JobResultShape {
    JobResultShape { success: true, ..JobResultShape::default() }
}

/// Does all steps, keeps what came of them as a job status, and answers with it.
pub async fn run<S>(call: Call, job_type: &'static str, steps: Vec<S>) -> Answer
where
    S: Fn(&mut Tx) -> Result<JobResultShape, Problem> + Send + 'static,
{
    if steps.len() > IDS_PER_CALL_MAX {
        let description = format!("at most {IDS_PER_CALL_MAX} records can be changed in one call");
        return Err(Problem::TooManyValues(description));
    }
    let (desk, actor) = (call.api.desk.clone(), call.actor);
    let mut results = Vec::with_capacity(steps.len());
    for (index, step) in steps.into_iter().enumerate() {
        let outcome = desk.write(actor, move |tx| step(tx)).await;
        let result = outcome.unwrap_or_else(|problem| JobResultShape {
            error: Some(problem.name()),
            details: Some(problem.sentence()),
            ..JobResultShape::default()
        });
        results.push(JobResultShape { index: index as i64, ..result });
    }
    let api = call.api.clone();
    let (urls, now) = call.read(|tx, _| Ok((Urls::of(tx)?, tx.now()))).await?;
    let job = api.inside.jobs.keep(actor, job_type, results, &urls, now);
    Ok(Reply::one("job_status", job))
}
