//! The door for programs: REST under `/api/v2` in the shapes of the Zendesk Support API, and its OpenAPI document.
//!
//! One table, [`routes::all`], names every route with its handler, its summary and the shape of its answer; the
//! router, the OpenAPI document and the browsable page are all made from it. A handler reads the call, runs one
//! command or query of the desk in one transaction, and shapes the answer; it decides nothing.
//!
//! A session cookie is never accepted here: a page of another site could make a browser send it.

mod applications;
mod articles;
mod assessments;
mod attachments;
mod auth;
mod bulk;
mod call;
mod coaching;
mod comments;
mod competencies;
mod decisions;
mod docs;
mod findings;
mod groups;
mod hiring;
mod identities;
mod incremental;
mod interviews;
mod job_statuses;
mod ledger;
mod limits;
mod memberships;
mod openapi;
mod organizations;
mod outcomes;
mod paging;
mod personal;
mod plain;
mod planning;
mod problem;
mod proficiencies;
mod queues;
mod ratings;
mod refits;
mod reviews;
mod role_profiles;
mod rosters;
mod routes;
mod routing;
mod routing_attributes;
mod routing_changes;
mod search;
mod shapes;
mod shelf;
mod skill_rules;
mod skills;
mod suspended;
mod table;
mod tags;
mod ticket_changes;
mod ticket_facts;
mod ticket_lists;
mod tickets;
mod time;
mod uploads;
mod users;
mod views;

pub use limits::Limits;
pub use openapi::document;
pub use routes::all as routes;
pub use table::Route;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::{any, get};
use desk::Desk;
use std::sync::Arc;
use tower::ServiceExt;

/// What the door needs: the desk, and how much one caller may ask for.
#[derive(Clone)]
pub struct Api {
    pub desk: Desk,
    inside: Arc<Inside>,
}

struct Inside {
    gate: limits::Gate,
    guesses: auth::Guesses,
    jobs: job_statuses::JobStatuses,
}

impl Api {
    pub fn new(desk: Desk, limits: Limits) -> Self {
        let inside = Inside {
            gate: limits::Gate::new(&limits),
            guesses: auth::Guesses::default(),
            jobs: job_statuses::JobStatuses::default(),
        };
        Api { desk, inside: Arc::new(inside) }
    }
}

/// `/api/v2/…` and `/attachments/token/…`.
pub fn router(api: Api) -> Router {
    let mut resources = Router::new();
    for route in routes::all() {
        resources = resources.route(&format!("/api/v2{}", route.path), route.handler);
    }
    let resources = resources
        .fallback(problem::no_such_endpoint)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(DefaultBodyLimit::disable())
        .with_state(api.clone());
    let answer = move |request: Request| {
        let resources = resources.clone();
        async move { resources.oneshot(as_asked_first(without_json_ending(request))).await }
    };
    Router::new()
        .route("/api/v2/{*resource}", any(answer))
        .route("/attachments/token/{token}", get(attachments::content))
        .route("/attachments/token/{token}/", get(attachments::content))
        .with_state(api)
}

/// Without what the outer router has noted of the path, so that `{id}` is the only parameter of `/tickets/{id}`.
fn as_asked_first(mut request: Request) -> Request {
    request.extensions_mut().clear();
    request
}

/// `/tickets/1.json` is `/tickets/1`.
fn without_json_ending(mut request: Request) -> Request {
    let uri = request.uri();
    let Some(path) = uri.path().strip_suffix(".json") else { return request };
    let rewritten = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if let Ok(uri) = rewritten.parse() {
        *request.uri_mut() = uri;
    }
    request
}
