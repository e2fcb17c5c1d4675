//! A refusal as a page or, for a fragment, as a few words.

use crate::{Html, around};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Kind, Refusal};

/// Why a request did not get what it wanted.
#[derive(Debug)]
pub struct Problem {
    pub kind: Kind,
    /// In the product's words, for the person.
    pub words: String,
    pub field: Option<&'static str>,
}

#[derive(askama::Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    title: &'a str,
    words: &'a str,
}

impl Problem {
    pub fn new(kind: Kind, words: impl Into<String>) -> Problem {
        Problem { kind, words: words.into(), field: None }
    }

    pub fn not_found() -> Problem {
        Problem::new(Kind::NotFound, "There is nothing here, or nothing that you may see.")
    }

    pub fn invalid(words: impl Into<String>) -> Problem {
        Problem::new(Kind::Invalid, words)
    }

    pub fn status(&self) -> StatusCode {
        match self.kind {
            Kind::Unknown => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMuch => StatusCode::TOO_MANY_REQUESTS,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl<E: Refusal> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        if kind == Kind::Broken {
            tracing::error!(chain = chain(&error), "a request failed");
            return Problem::new(
                kind,
                "Something went wrong on our side. It has been noted; nothing of yours is lost.",
            );
        }
        Problem { kind, words: sentence(&error.to_string()), field: error.field() }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Errors are written as clauses; people get sentences.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).chain(['.']).collect(),
        None => String::new(),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if self.kind == Kind::Unknown {
            // A part of a page cannot become the sign-in page; the script loads the whole page anew.
            return match around::is_fragment() {
                true => (self.status(), self.words).into_response(),
                false => Redirect::to(&sign_in()).into_response(),
            };
        }
        let title = match self.kind {
            Kind::NotFound => "Not found",
            Kind::Forbidden => "Not allowed",
            Kind::Busy => "Busy for a moment",
            Kind::Broken => "Our fault",
            _ => "That did not work",
        };
        // Inside a page only the heading is shown.
        let title = if around::is_fragment() { &self.words } else { title };
        (self.status(), Html(ProblemPage { title, words: &self.words })).into_response()
    }
}

/// The sign-in page, which comes back here.
fn sign_in() -> String {
    match around::path().as_str() {
        "" | "/" => "/sign-in".to_owned(),
        path => format!("/sign-in?next={path}"),
    }
}

pub(crate) async fn nothing_here() -> Problem {
    Problem::not_found()
}
