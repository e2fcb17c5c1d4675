//! The wire itself: proof of identity, errors, limits, shapes, and the document.

mod common;

use api::{Limits, routes};
use common::{Program, sample};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::num::NonZeroU32;

#[tokio::test(flavor = "multi_thread")]
async fn every_route_asks_who_is_calling_and_is_in_the_document() {
    let program = Program::new();
    let document = serde_json::to_value(api::document()).unwrap();
    for route in routes() {
        let full = format!("/api/v2{}", route.path);
        let item = &document["paths"][&full][route.method_name().to_lowercase()];
        assert_eq!(item["summary"], route.summary, "{full} is not in the document");
        let filled = |part| match part {
            "{locale}" => "en",
            part if str::starts_with(part, '{') => "1",
            part => part,
        };
        let path: Vec<_> = full.split('/').map(filled).collect();
        let answer = program.send(route.method_name(), &path.join("/"), None, "").await;
        let expected = if route.open { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{} {full}", route.method_name());
    }
    assert_eq!(document["openapi"], "3.1.0");
}

/// `cargo test -p api -- --ignored` writes it anew.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

#[test]
fn the_committed_document_is_current() {
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    let fresh = api::document().to_pretty_json().unwrap() + "\n";
    assert!(committed == fresh, "run: cargo test -p api --test wire -- --ignored");
}

#[test]
#[ignore = "writes docs/api/openapi.json"]
fn write_the_document() {
    std::fs::write(COMMITTED, api::document().to_pretty_json().unwrap() + "\n").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_with_its_address_and_a_cookie_never() {
    let program = Program::new();
    let me = program.world.read({
        let me = program.me;
        move |tx| desk::people::find_user(tx, me)
    });
    let email = me.unwrap().email.unwrap();
    let path = "/api/v2/users/me.json";
    let basic = program.basic(&format!("{email}/token"), program.token());
    assert_eq!(program.send("GET", path, Some(&basic), "").await.status, 200);
    for wrong in [
        program.basic("other@example.org/token", program.token()),
        program.basic(&email, program.token()),
        "Bearer nonsense".into(),
        "Basic %%%".into(),
    ] {
        let refused = program.send("GET", path, Some(&wrong), "").await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body),
            (401, &json!({ "error": "Couldn't authenticate you" }))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_works_until_too_many_wrong_ones_were_tried() {
    let program = Program::new();
    let me = program.me;
    let email = program.world.read(move |tx| desk::people::find_user(tx, me)).unwrap().email.unwrap();
    let hashed = desk::access::passwords::hash("a rather long sentence").unwrap();
    program.world.write(move |tx| desk::access::set_password(tx, me, &hashed));
    let right = program.basic(&email, "a rather long sentence");
    assert_eq!(program.send("GET", "/api/v2/users/me", Some(&right), "").await.status, 200);
    for _ in 0..10 {
        let wrong = program.basic(&email, "a wrong sentence");
        assert_eq!(program.send("GET", "/api/v2/users/me", Some(&wrong), "").await.status, 401);
    }
    let refused = program.send("GET", "/api/v2/users/me", Some(&right), "").await;
    assert_eq!(refused.status, 429);
    program.world.advance(61_000);
    assert_eq!(program.send("GET", "/api/v2/users/me", Some(&right), "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_too_often_is_told_when_to_come_back() {
    let program = Program::limited(Limits { calls_per_minute_max: NonZeroU32::new(2).unwrap() });
    assert_eq!(program.get("/users/me").await.status, 200);
    assert_eq!(program.get("/users/me").await.status, 200);
    let refused = program.get("/users/me").await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_those_that_clients_know() {
    let program = Program::new();
    let missing = program.get("/tickets/999.json").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.body, json!({ "error": "RecordNotFound", "description": "Not found" }));
    assert_eq!(program.get("/tickets/abc").await.body["error"], "RecordNotFound");
    assert_eq!(program.get("/nonsense").await.body["error"], "InvalidEndpoint");
    let unread = program.send("POST", "/api/v2/tickets", Some(&program.bearer()), "{").await;
    assert_eq!(unread.status, 400);
    assert_eq!(program.post("/tickets", json!({})).await.status, 400);
    let id = program.ticket("One").await;
    let wrong = program.put(&format!("/tickets/{id}"), json!({ "ticket": { "status": "frozen" } })).await;
    assert_eq!((wrong.status.as_u16(), wrong.body["details"]["status"].is_array()), (422, true));
    let large = vec![b' '; 9 * 1024 * 1024];
    let refused = program.send("POST", "/api/v2/tickets", Some(&program.bearer()), large).await;
    assert_eq!(refused.status, 413);
    assert_eq!(program.send("PATCH", "/api/v2/tickets", Some(&program.bearer()), "").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_have_the_keys_of_the_real_api() {
    let program = Program::new();
    let id = program.ticket("One").await;
    let body = json!({ "organization": { "name": "Acme" } });
    let organization = program.post("/organizations", body).await.body["organization"].clone();
    let ours = [
        ("ticket", program.get(&format!("/tickets/{id}")).await.body["ticket"].clone()),
        ("user", program.get("/users/me").await.body["user"].clone()),
        ("organization", organization),
        ("group", program.get("/groups").await.body["groups"][0].clone()),
        ("group_membership", program.get("/group_memberships").await.body["group_memberships"][0].clone()),
        ("brand", program.get("/brands").await.body["brands"][0].clone()),
        ("view_count", program.get("/views/1/count").await.body["view_count"].clone()),
        (
            "identity",
            program.get(&format!("/users/{}/identities", program.me)).await.body["identities"][0].clone(),
        ),
    ];
    // What this desk has no notion of: number of a locale, live counts, fixed agreements.
    let absent = BTreeSet::from(["locale_id", "refresh", "channel", "poll_wait"]);
    for (name, ours) in ours {
        let Some(theirs) = sample(name) else { return };
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
        let missing: Vec<_> = keys(&theirs)
            .difference(&keys(&ours))
            .filter(|key| !absent.contains(key.as_str()))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_document_names_every_route_and_runs_nothing() {
    let program = Program::new();
    let page = program.send("GET", "/api/v2/docs", None, "").await;
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(routes().iter().all(|route| html.contains(route.path)));
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"));
}
