//! `/articles`: what the desk knows, written down: looking, writing, and deciding who may read it.

mod edit;
mod index;
mod show;
pub(crate) mod words;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/articles", get(index::index).post(edit::create))
        .route("/articles/new", get(edit::new))
        .route("/articles/preview", post(edit::preview_new))
        .route("/articles/{article}", get(show::show).post(edit::update))
        .route("/articles/{article}/edit", get(edit::edit))
        .route("/articles/{article}/preview", post(edit::preview))
        .route("/articles/{article}/state", post(show::set_state))
        .route("/articles/{article}/state/{state}", post(show::state_again))
}
