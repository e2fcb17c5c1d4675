//! Why a call was refused, in the error bodies that clients of the Zendesk API read.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Kind, Refusal};
use serde_json::{Map, Value, json};

#[derive(Clone, Debug)]
pub enum Problem {
    /// The proof of identity is missing or does not hold.
    NotAuthenticated,
    Forbidden(String),
    NotFound,
    /// The JSON cannot be read, or the envelope is missing.
    BadRequest(String),
    /// A field is wrong.
    Invalid {
        field: String,
        code: &'static str,
        description: String,
    },
    /// More records than one call may name.
    TooManyValues(String),
    Conflict {
        description: String,
        /// What has changed meanwhile; empty when it is not known.
        fields: Vec<String>,
    },
    TooLarge(String),
    TooMany {
        retry_after_s: u64,
    },
    Busy,
    /// Our fault; has been logged.
    Broken,
}

impl Problem {
    pub fn invalid(field: &str, description: impl Into<String>) -> Problem {
        Problem::Invalid { field: field.into(), code: "InvalidValue", description: description.into() }
    }

    pub fn missing(field: &str) -> Problem {
        let description = format!("{field} cannot be blank");
        Problem::Invalid { field: field.into(), code: "BlankValue", description }
    }

    /// One sentence for lists of outcomes.
    pub fn sentence(&self) -> String {
        match self {
            Problem::NotAuthenticated => "Couldn't authenticate you".into(),
            Problem::NotFound => "Not found".into(),
            Problem::Invalid { field, description, .. } => format!("{field}: {description}"),
            Problem::Forbidden(text) | Problem::BadRequest(text) => text.clone(),
            Problem::TooLarge(text) | Problem::TooManyValues(text) => text.clone(),
            Problem::Conflict { description, .. } => description.clone(),
            Problem::TooMany { .. } => "Too many requests".into(),
            Problem::Busy => "The desk is busy; try again in a moment".into(),
            Problem::Broken => "Something went wrong on our side".into(),
        }
    }

    /// The one word by which programs tell errors apart.
    pub fn name(&self) -> &'static str {
        match self {
            Problem::NotAuthenticated => "Couldn't authenticate you",
            Problem::Forbidden(_) => "Forbidden",
            Problem::NotFound => "RecordNotFound",
            Problem::BadRequest(_) => "BadRequest",
            Problem::Invalid { .. } => "RecordInvalid",
            Problem::TooManyValues(_) => "TooManyValues",
            Problem::Conflict { .. } => "UpdateConflict",
            Problem::TooLarge(_) => "RequestTooLarge",
            Problem::TooMany { .. } => "TooManyRequests",
            Problem::Busy => "ServiceUnavailable",
            Problem::Broken => "InternalError",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Problem::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Problem::Forbidden(_) => StatusCode::FORBIDDEN,
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::BadRequest(_) => StatusCode::BAD_REQUEST,
            Problem::Invalid { .. } | Problem::TooManyValues(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::Conflict { .. } => StatusCode::CONFLICT,
            Problem::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn body(&self) -> Value {
        match self {
            Problem::NotAuthenticated => json!({ "error": self.name() }),
            Problem::Forbidden(message) => json!({ "error": { "title": "Forbidden", "message": message } }),
            Problem::Invalid { field, code, description } => json!({
                "error": self.name(),
                "description": "Record validation errors",
                "details": { field: [{ "description": description, "error": code }] },
            }),
            Problem::Conflict { description, fields } if !fields.is_empty() => {
                let changed = json!([{ "description": "has been changed since", "error": self.name() }]);
                let details: Map<String, Value> =
                    fields.iter().map(|field| (field.clone(), changed.clone())).collect();
                json!({ "error": self.name(), "description": description, "details": details })
            }
            _ => json!({ "error": self.name(), "description": self.sentence() }),
        }
    }
}

impl<E: Refusal> From<E> for Problem {
    fn from(error: E) -> Problem {
        let sentence = error.to_string();
        match (error.kind(), error.field()) {
            (Kind::Unknown, _) => Problem::NotAuthenticated,
            (Kind::Forbidden, _) => Problem::Forbidden(sentence),
            (Kind::NotFound, _) => Problem::NotFound,
            (Kind::Invalid | Kind::Conflict, Some(field)) if error.is_duplicate() => {
                Problem::Invalid { field: field.into(), code: "DuplicateValue", description: sentence }
            }
            (Kind::Conflict, None | Some("safe_update")) => {
                Problem::Conflict { description: sentence, fields: error.conflicting().to_vec() }
            }
            (Kind::TooMuch, None) => Problem::TooLarge(sentence),
            (Kind::Conflict | Kind::Invalid | Kind::TooMuch, field) => {
                Problem::invalid(field.unwrap_or("base"), sentence)
            }
            (Kind::Busy, _) => Problem::Busy,
            (Kind::Broken, _) => {
                log_chain(&error);
                Problem::Broken
            }
        }
    }
}

fn log_chain(error: &dyn std::error::Error) {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = text, "an API call failed");
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.body())).into_response();
        let wait = match &self {
            Problem::TooMany { retry_after_s } => Some(*retry_after_s),
            Problem::Busy => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

pub async fn no_such_endpoint() -> Response {
    let body = json!({ "error": "InvalidEndpoint", "description": "Not found" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

pub async fn no_such_method() -> Response {
    let body = json!({ "error": "MethodNotAllowed", "description": "This path does not know this method" });
    (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}
