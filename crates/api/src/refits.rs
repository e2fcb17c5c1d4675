//! `/refits`: the runs that estimate everybody's levels together.

use crate::call::{Answer, Call, Reply};
use crate::shapes::RefitShape;
use axum::http::StatusCode;
use desk::skills::refit::{RUNS_SHOWN_MAX, ask, list_runs};
use serde_json::json;

/// The newest first; for leads.
pub async fn index(call: Call) -> Answer {
    call.read(move |tx, _| {
        let shapes: Vec<RefitShape> = list_runs(tx, RUNS_SHOWN_MAX)?.iter().map(RefitShape::of).collect();
        Ok(Reply::ok(json!({ "refits": shapes })))
    })
    .await
}

/// A lead wants one now. It runs as a job: look at `/refits` for how it goes.
pub async fn create(call: Call) -> Answer {
    call.write(move |tx, _| {
        ask(tx)?;
        Ok(Reply { status: StatusCode::ACCEPTED, ..Reply::ok(json!({ "refit": { "stage": "waiting" } })) })
    })
    .await
}
