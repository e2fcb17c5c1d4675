//! `/coaching` and `/growth`: what is worth a talk, plans to grow by, and what came of them.

mod calendar;
mod chart;
mod index;
mod plan;
mod steps;
pub(crate) mod words;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/coaching", get(index::index))
        .route("/growth", get(index::growth))
        .route("/coaching/people/{user}", get(index::person))
        .route("/coaching/people/{user}/plans", post(plan::create))
        .route("/coaching/moments/{moment}/talk", post(index::talk))
        .route("/coaching/plans/{plan}", get(plan::show).post(plan::update))
        .route("/coaching/plans/{plan}/close", post(plan::close))
        .route("/coaching/plans/{plan}/reopen", post(plan::reopen))
        .route("/coaching/plans/{plan}/goals", post(steps::add_goal))
        .route("/coaching/plans/{plan}/tasks", post(steps::add_task))
        .route("/coaching/plans/{plan}/sessions", post(steps::plan_session))
        .route("/coaching/plans/{plan}/notes", post(steps::write_note))
        .route("/coaching/goals/{goal}/reached", post(steps::reach_goal))
        .route("/coaching/goals/{goal}/learning", post(steps::set_learning))
        .route("/coaching/goals/{goal}/drop", post(steps::drop_goal))
        .route("/coaching/tasks/{task}/done", post(steps::finish_task))
        .route("/coaching/tasks/{task}/drop", post(steps::drop_task))
        .route("/coaching/sessions/{session}/calendar", get(calendar::show))
        .route("/coaching/sessions/{session}/held", post(steps::hold_session))
        .route("/coaching/sessions/{session}/drop", post(steps::drop_session))
        .route("/coaching/notes/{note}", post(steps::update_note))
        .route("/coaching/notes/{note}/drop", post(steps::drop_note))
}
