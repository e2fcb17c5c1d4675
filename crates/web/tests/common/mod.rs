//! A browser without a screen: it keeps its cookies and says where its requests come from.
#![allow(dead_code, reason = "each test file uses a part of it")]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use desk::UserId;
use desk::access;
use http_body_util::BodyExt;
use testkit::World;
use tower::ServiceExt;

pub struct Browser {
    app: Router,
    cookie: Option<String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub csp: String,
    pub body: String,
    pub headers: axum::http::HeaderMap,
}

impl Browser {
    pub fn at(world: &World) -> Browser {
        Browser { app: web::router(web::Web::new(world.desk.clone(), false)), cookie: None }
    }

    pub fn signed_in(world: &World, user: UserId) -> Browser {
        let token = world.write(move |tx| access::start_session(tx, user, "127.0.0.1", "test")).token;
        Browser { cookie: Some(format!("aptdesk_session={token}")), ..Browser::at(world) }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], String::new()).await
    }

    /// A form of our own page.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, &[("sec-fetch-site", "same-origin")], encoded(form)).await
    }

    /// The same, by the page's script.
    pub async fn post_part(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let headers = [("sec-fetch-site", "same-origin"), ("hx-request", "true")];
        self.ask(Method::POST, path, &headers, encoded(form)).await
    }

    pub async fn put(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let headers = [("sec-fetch-site", "same-origin"), ("hx-request", "true")];
        self.ask(Method::PUT, path, &headers, encoded(form)).await
    }

    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "desk.example");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("the router answers");
        self.keep_cookie(&response);
        read(response).await
    }

    /// The first thing that a stream of events says.
    pub async fn first_event(&mut self, path: &str) -> String {
        let request = Request::builder().uri(path).header(header::HOST, "desk.example");
        let request = request.header(header::COOKIE, self.cookie.clone().unwrap_or_default());
        let request = request.body(Body::empty()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("the router answers");
        let frame = response.into_body().frame().await.expect("an event").expect("the stream goes on");
        String::from_utf8_lossy(frame.data_ref().expect("bytes")).into_owned()
    }

    fn keep_cookie(&mut self, response: &Response<Body>) {
        for set in response.headers().get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap_or_default();
            if set.starts_with("aptdesk_session=") {
                self.cookie = set.split(';').next().map(str::to_owned);
            }
        }
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        location: text("location"),
        csp: text("content-security-policy").unwrap_or_default(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
        headers: parts.headers,
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    let part = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    form.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}
