//! Where a request comes from, as far as the connection tells.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::SocketAddr;

#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Empty where nobody knows.
    pub ip: String,
    pub agent: String,
    /// As the browser wrote it: `desk.example.org:8080`.
    pub host: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
        let header = |name| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Ok(Client {
            ip: ip.unwrap_or_default(),
            agent: header(header::USER_AGENT),
            host: header(header::HOST),
        })
    }
}
