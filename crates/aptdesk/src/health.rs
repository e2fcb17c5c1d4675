//! `/healthz`, `/readyz` and `/metrics`: is it alive, can it work, and how is it doing.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use desk::{Actor, Desk};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Instant;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: String,
    /// The pattern, never the path: no ids, no tokens.
    route: String,
    status: u16,
}

/// Counters of one process.
pub struct Health {
    desk: Desk,
    requests: Family<Route, Counter>,
    seconds: Histogram,
}

impl Health {
    pub fn of(desk: Desk) -> Arc<Health> {
        let seconds = Histogram::new(exponential_buckets(0.0005, 2.0, 14));
        Arc::new(Health { desk, requests: Family::default(), seconds })
    }
}

pub fn routes(health: Arc<Health>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { Json(serde_json::json!({ "status": "ok" })) }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Counts and times every request.
pub async fn observe(State(health): State<Arc<Health>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let response = next.run(request).await;
    health.seconds.observe(started.elapsed().as_secs_f64());
    let status = response.status().as_u16();
    health.requests.get_or_create(&Route { method, route, status }).inc();
    response
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    let answered = health.desk.read(Actor::desk(), |tx| tx.value::<i64>("select 1", db::params![])).await;
    match answered {
        Ok(_) => Json(serde_json::json!({ "status": "ready" })).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "status": "not ready" })))
                .into_response()
        }
    }
}

/// What the database knows, asked at the moment of scraping.
struct Numbers {
    jobs_waiting: i64,
    jobs_dead: i64,
    unaccounted: i64,
    oldest_unsent_seconds: f64,
    open_tickets: i64,
    unassigned_tickets: i64,
    routing: Option<desk::routing::Lease>,
    now: i64,
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    let asked = health.desk.read(Actor::desk(), |tx| {
        let now = tx.now();
        let view =
            |key| desk::tickets::views::default_views(Actor::desk()).into_iter().find(|view| view.key == key);
        let count = |tx: &mut desk::Tx, key| match view(key) {
            Some(view) => desk::tickets::views::count(tx, &view.filter),
            None => Ok(0),
        };
        Ok::<_, db::Error>(Numbers {
            jobs_waiting: jobs::count_waiting(tx)?,
            jobs_dead: jobs::list_dead(tx, 10_000)?.len() as i64,
            unaccounted: desk::mail::unaccounted(tx)?,
            oldest_unsent_seconds: desk::mail::oldest_unsent_at(tx)?
                .map_or(0.0, |at| (now - at) as f64 / 1000.0),
            open_tickets: count(tx, "open")?,
            unassigned_tickets: count(tx, "unassigned")?,
            routing: desk::routing::routing_owner(tx).ok().flatten(),
            now,
        })
    });
    let numbers = match asked.await {
        Ok(numbers) => numbers,
        Err(error) => {
            tracing::warn!(%error, "metrics could not be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let mut registry = Registry::with_prefix("aptdesk");
    registry.register("http_requests", "Requests answered", health.requests.clone());
    registry.register_with_unit(
        "http_request",
        "Time to answer a request",
        Unit::Seconds,
        health.seconds.clone(),
    );
    let watched = numbers.routing.as_ref().and_then(|it| it.watched);
    let epoch = numbers.routing.as_ref().map_or(0, |it| it.epoch);
    let late = numbers.routing.as_ref().map_or(0, |it| (numbers.now - it.until).max(0) / 1000);
    let gauges = [
        (
            "routing_waiting",
            "Tickets that wait for somebody, as routing sees them",
            watched.map_or(0, |it| it.waiting),
        ),
        (
            "routing_side_by_side",
            "People with room beside work that they may have, at the last look; always 0",
            watched.map_or(0, |it| it.side_by_side),
        ),
        ("routing_epoch", "How often the lease of routing has changed hands", epoch),
        ("routing_ownerless", "Seconds since anybody held the lease of routing", late),
        ("jobs_waiting", "Jobs that are not dead", numbers.jobs_waiting),
        ("jobs_dead", "Jobs that were given up", numbers.jobs_dead),
        (
            "mail_unaccounted",
            "Received mails that are neither comment, duplicate nor suspended",
            numbers.unaccounted,
        ),
        ("tickets_open", "Tickets that are less than solved", numbers.open_tickets),
        ("tickets_unassigned", "Of those, the ones nobody has", numbers.unassigned_tickets),
        ("write_queue", "Closures that wait for the SQLite writer", health.desk.db.write_queue_len() as i64),
    ];
    for (name, help, value) in gauges {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
    let lag = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    lag.set(numbers.oldest_unsent_seconds);
    registry.register_with_unit(
        "mail_unsent_age",
        "Age of the oldest mail that is still to be sent",
        Unit::Seconds,
        lag,
    );
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
