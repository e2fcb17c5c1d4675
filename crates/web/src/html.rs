//! A rendered template as an answer.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Renders the template inside. A template that fails is our fault and says so without detail.
pub struct Html<T>(pub T);

impl<T: askama::Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
            Err(error) => {
                tracing::error!(%error, "a template could not be rendered");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. It has been noted.")
                    .into_response()
            }
        }
    }
}
