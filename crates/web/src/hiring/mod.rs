//! `/hiring`: openings that follow from gaps, colleagues who could grow into them, candidates and their scorecards.

mod candidates;
mod edit;
mod index;
mod scorecards;
mod show;
pub(crate) mod words;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/hiring", get(index::index).post(edit::create))
        .route("/hiring/new", get(edit::new))
        .route("/hiring/{opening}", get(show::show).post(edit::update))
        .route("/hiring/{opening}/edit", get(edit::edit))
        .route("/hiring/{opening}/state", post(show::set_state))
        .route("/hiring/{opening}/state/{state}", post(show::state_again))
        .route("/hiring/{opening}/interviewers", post(show::set_interviewers))
        .route("/hiring/{opening}/interest", post(show::volunteer))
        .route("/hiring/{opening}/withdrawal", post(show::withdraw))
        .route("/hiring/{opening}/candidates", post(candidates::create))
        .route("/hiring/{opening}/import", post(candidates::import))
        .route("/hiring/candidates/{candidate}", get(candidates::show))
        .route("/hiring/candidates/{candidate}/file", get(candidates::file))
        .route("/hiring/candidates/{candidate}/stage", post(candidates::set_stage))
        .route("/hiring/candidates/{candidate}/note", post(candidates::note))
        .route("/hiring/candidates/{candidate}/forget", post(candidates::destroy))
        .route("/hiring/candidates/{candidate}/scorecard", get(scorecards::edit).post(scorecards::update))
}
