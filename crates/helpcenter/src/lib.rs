//! The customer's door: public pages that work without script. It asks for no account and knows no staff page.
//!
//! Rating an answer (`/rate/{token}`), writing to us (`/requests/new`), articles (`/help`) and openings (`/jobs`). Each
//! request is limited by address, each change must come from our own pages, and nothing here runs a script.

mod articles;
mod guard;
mod jobs;
mod limits;
mod page;
mod rate;
mod request;
mod words;

pub use limits::Limits;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use desk::Desk;
use std::sync::Arc;

/// No form of these pages is longer, but for applications with a file.
const BODY_BYTES_MAX: usize = 128 * 1024;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Center {
    pub desk: Desk,
    pub limits: Arc<Limits>,
}

/// The public pages: rating an answer, writing to us, articles, and openings.
pub fn router(desk: Desk) -> Router {
    router_with(desk, Limits::usual())
}

/// The same with limits of one's own.
pub fn router_with(desk: Desk, limits: Limits) -> Router {
    Router::new()
        .route("/rate/{token}", get(rate::show).post(rate::answer))
        .route("/requests/new", get(request::new).post(request::create))
        .route("/help", get(articles::index))
        .route("/help/articles/{article}", get(articles::show))
        .route("/jobs", get(jobs::index))
        .route("/jobs/feed.atom", get(jobs::feed))
        .route("/jobs/feed.json", get(jobs::json))
        .route("/jobs/alerts", post(jobs::ask))
        .route("/jobs/alerts/{token}", get(jobs::open))
        .route("/jobs/alerts/{token}/confirm", post(jobs::confirm))
        .route("/jobs/alerts/{token}/stop", post(jobs::stop))
        .route(
            "/jobs/{opening}/applications",
            post(jobs::apply::create).layer(DefaultBodyLimit::max(jobs::apply::BODY_BYTES_MAX)),
        )
        .route("/jobs/applications/{token}", get(jobs::apply::open))
        .route("/jobs/applications/{token}/confirm", post(jobs::apply::confirm))
        .route("/jobs/applications/{token}/erase", post(jobs::apply::erase))
        .route("/jobs/{opening}", get(jobs::show))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(guard::same_origin_only))
        .layer(axum::middleware::from_fn(guard::headers))
        .with_state(Center { desk, limits: Arc::new(limits) })
}
