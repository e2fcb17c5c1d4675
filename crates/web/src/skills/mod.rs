//! `/skills`: who can do what, how sure that is, and what stands behind each figure.

mod cell;
mod index;
mod moved;
mod show;
pub(crate) mod words;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/skills", get(index::index))
        .route("/skills/moved", get(moved::show))
        .route("/skills/_moved", get(moved::fact))
        .route("/skills/{skill}", get(show::show))
        .route("/skills/{skill}/people/{user}", get(cell::show))
        .route("/skills/{skill}/people/{user}/ratings", post(cell::rate))
        .route("/evidence/{evidence}/strike", post(cell::strike))
}
