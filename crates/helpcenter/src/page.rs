//! What the public pages share: rendering, and a plain page with one message.

use crate::words::Words;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Kind, Refusal};

/// A rendered template as an answer.
pub(crate) struct Html<T>(pub T);

impl<T: askama::Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
            Err(error) => {
                tracing::error!(%error, "a public page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// One heading and one sentence.
#[derive(askama::Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub words: &'static Words,
    pub company: &'a str,
    pub title: &'a str,
    pub text: &'a str,
}

pub(crate) fn message(
    status: StatusCode,
    words: &'static Words,
    company: &str,
    title: &str,
    text: &str,
) -> Response {
    (status, Html(Message { words, company, title, text })).into_response()
}

/// Something failed that is not the customer's doing, or that they cannot put right on this page.
pub(crate) fn failed(error: &dyn Refusal, words: &'static Words) -> Response {
    let status = match error.kind() {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::TooMuch => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::CONFLICT,
    };
    if error.kind() == Kind::Broken {
        tracing::error!(%error, "a public page failed");
    }
    let (title, text) = match error.kind() {
        Kind::NotFound => (words.no_link_title, words.no_link),
        Kind::Busy | Kind::Broken => (words.failed_title, words.failed),
        _ => (words.too_late_title, words.too_late),
    };
    message(status, words, "", title, text)
}

pub(crate) fn too_often(words: &'static Words) -> Response {
    message(StatusCode::TOO_MANY_REQUESTS, words, "", words.too_often_title, words.too_often)
}
