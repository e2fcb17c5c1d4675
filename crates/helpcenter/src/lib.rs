//! The customer's door: public pages that work without script. It asks for no account and knows no staff page.
//!
//! Two pages so far: rating an answer (`/rate/{token}`) and writing to us (`/requests/new`). Each request is limited by
//! address, each change must come from our own pages, and nothing here runs a script.

mod guard;
mod limits;
mod page;
mod rate;
mod request;
mod words;

pub use limits::Limits;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use desk::Desk;
use std::sync::Arc;

/// No form of these pages is longer.
const BODY_BYTES_MAX: usize = 128 * 1024;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Center {
    pub desk: Desk,
    pub limits: Arc<Limits>,
}

/// The public pages: rating an answer, and writing to us.
pub fn router(desk: Desk) -> Router {
    router_with(desk, Limits::usual())
}

/// The same with limits of one's own.
pub fn router_with(desk: Desk, limits: Limits) -> Router {
    Router::new()
        .route("/rate/{token}", get(rate::show).post(rate::answer))
        .route("/requests/new", get(request::new).post(request::create))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(guard::same_origin_only))
        .layer(axum::middleware::from_fn(guard::headers))
        .with_state(Center { desk, limits: Arc::new(limits) })
}
