//! The customer's pages through their door.

mod help;
mod jobs;
mod rating;
mod requests;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use testkit::World;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn ask(app: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = app.clone().oneshot(request).await.expect("the router answers").into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(app: &Router, path: &str) -> Answer {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(app: &Router, path: &str, form: &str) -> Answer {
    post_from(app, path, form, "same-origin").await
}

async fn post_from(app: &Router, path: &str, form: &str, site: &str) -> Answer {
    let request = Request::post(path)
        .header("host", "desk.example")
        .header("sec-fetch-site", site)
        .header("content-type", "application/x-www-form-urlencoded");
    ask(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test]
async fn the_pages_run_no_script_and_tell_nobody_their_address() {
    let world = World::on_sqlite();
    let app = helpcenter::router(world.desk.clone());
    for path in ["/requests/new", "/rate/x", "/help", "/help/articles/1"] {
        let page = get(&app, path).await;
        let csp = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'") && !csp.contains("script-src") && !csp.contains("unsafe")
        );
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="));
    }
}
