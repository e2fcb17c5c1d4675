//! A program that calls the API of a small world.
#![allow(dead_code)] // each test file uses its own part

use api::{Api, Limits};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use desk::UserId;
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::World;
use tower::ServiceExt;

pub struct Program {
    pub world: World,
    pub router: Router,
    pub me: UserId,
    token: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
    pub body: Value,
}

impl Program {
    /// Calls as an admin of a fresh desk.
    pub fn new() -> Program {
        Program::limited(Limits::default())
    }

    /// One for SQLite, and one for PostgreSQL when there is a server to test with.
    pub fn on_each_database() -> Vec<Program> {
        World::on_each_database().into_iter().map(|world| Program::of(world, Limits::default())).collect()
    }

    pub fn limited(limits: Limits) -> Program {
        Program::of(World::on_sqlite(), limits)
    }

    fn of(world: World, limits: Limits) -> Program {
        let me = world.admin("Ada");
        let token = world.write(move |tx| desk::access::create_api_token(tx, "a program", Some(me))).1;
        let router = api::router(Api::new(world.desk.clone(), limits));
        Program { world, router, me, token }
    }

    /// The same desk, called by somebody else.
    pub fn as_(&self, user: UserId) -> String {
        format!(
            "Bearer {}",
            self.world.write(move |tx| desk::access::create_api_token(tx, "another", Some(user))).1
        )
    }

    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    pub fn basic(&self, name: &str, secret: &str) -> String {
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{secret}")))
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub async fn send(&self, method: &str, path: &str, proof: Option<&str>, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(proof) = proof {
            request = request.header(header::AUTHORIZATION, proof);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, bytes, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", &format!("/api/v2{path}"), Some(&self.bearer()), "").await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", &format!("/api/v2{path}"), Some(&self.bearer()), body.to_string()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", &format!("/api/v2{path}"), Some(&self.bearer()), body.to_string()).await
    }

    /// Somebody else's call; see [`Program::as_`].
    pub async fn call(&self, proof: &str, method: &str, path: &str, body: Value) -> Answer {
        self.send(method, &format!("/api/v2{path}"), Some(proof), body.to_string()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", &format!("/api/v2{path}"), Some(&self.bearer()), "").await
    }

    pub async fn ticket(&self, subject: &str) -> i64 {
        let answer = self
            .post(
                "/tickets.json",
                serde_json::json!({ "ticket": {
                    "subject": subject, "comment": { "body": "It does not work" },
                    "requester": { "name": "Marta", "email": "marta@example.org" },
                }}),
            )
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["ticket"]["id"].as_i64().unwrap()
    }
}

/// The sample answer of the real API, if the development data is at hand.
pub fn sample(name: &str) -> Option<Value> {
    let path = format!("{}/../../../shared/data/zendesk/answers/{name}.json", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(_) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "no development data at hand: {name} is not compared");
            None
        }
    }
}
