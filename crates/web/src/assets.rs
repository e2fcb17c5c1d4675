//! `/assets/…`: style sheet, scripts, font and icons, embedded in the binary and kept by browsers for ever.

use crate::Web;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/assets/{*path}", get(show))
}

/// Also used by the help centre's door, which serves the same files.
async fn show(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = aptdesk_ui::asset(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (encoding, bytes) = match (asset.br, asset.gz) {
        (Some(br), _) if accepted.contains("br") => (Some("br"), br),
        (_, Some(gz)) if accepted.contains("gzip") => (Some("gzip"), gz),
        _ => (None, asset.bytes),
    };
    let mut response = (
        [
            (header::CONTENT_TYPE, asset.content_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::ETAG, asset.etag),
            (header::VARY, "accept-encoding"),
        ],
        bytes,
    )
        .into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    response
}
