//! What the page around an answer wants to know of the request: where it is, the theme, what has just been said.
//!
//! It is the same for every page and says nothing of its content, so it travels beside the handlers and not through
//! them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};

const THEME_COOKIE: &str = "theme";
const SAID_COOKIE: &str = "said";
/// Longest sentence that a redirect carries to the next page.
const SAID_CHARS_MAX: usize = 300;

tokio::task_local! {
    static AROUND: Around;
}

#[derive(Clone, Debug, Default)]
struct Around {
    path: String,
    theme: Option<&'static str>,
    said: Option<Said>,
    is_fragment: bool,
}

/// What has just happened, said once on the next page, with a way back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    /// A page of ours that takes it back when it is posted to.
    #[serde(default)]
    pub undo: Option<String>,
    #[serde(default)]
    pub bad: bool,
}

impl Said {
    pub fn new(text: impl Into<String>) -> Said {
        Said { text: text.into().chars().take(SAID_CHARS_MAX).collect(), ..Said::default() }
    }

    pub fn with_undo(self, address: impl Into<String>) -> Said {
        Said { undo: Some(address.into()), ..self }
    }

    /// For an answer to htmx: the page's script shows it.
    pub fn trigger(&self) -> [(HeaderName, HeaderValue); 1] {
        let words = serde_json::json!({ "flash": self }).to_string();
        // Headers carry ASCII only.
        let ascii: String = words
            .encode_utf16()
            .map(|unit| match char::from_u32(u32::from(unit)).filter(char::is_ascii) {
                Some(letter) => letter.to_string(),
                None => format!("\\u{unit:04x}"),
            })
            .collect();
        [(
            HeaderName::from_static("hx-trigger"),
            HeaderValue::from_str(&ascii).unwrap_or(HeaderValue::from_static("")),
        )]
    }

    /// To another page, which says it. After a form without script, or where the page changes anyway.
    pub fn then(self, to: &str) -> Response {
        let json = serde_json::to_string(&self).unwrap_or_default();
        let value = base64_of(&json);
        let cookie = Cookie::build((SAID_COOKIE, value)).path("/").http_only(true).same_site(SameSite::Lax);
        (CookieJar::new().add(cookie), Redirect::to(to)).into_response()
    }
}

/// `light` or `dark`, if the reader has chosen one.
pub fn theme() -> Option<&'static str> {
    AROUND.try_with(|around| around.theme).unwrap_or_default()
}

/// The path of the page that is shown.
pub fn path() -> String {
    AROUND.try_with(|around| around.path.clone()).unwrap_or_default()
}

/// Whether the page is `place` or stands below it.
pub fn is_at(place: &str) -> bool {
    AROUND.try_with(|around| below(&around.path, place)).unwrap_or_default()
}

/// The page's script asks for a part of the page; it is not a new page.
pub fn is_fragment() -> bool {
    AROUND.try_with(|around| around.is_fragment).unwrap_or_default()
}

pub fn said() -> Option<Said> {
    AROUND.try_with(|around| around.said.clone()).unwrap_or_default()
}

pub(crate) async fn remember(request: Request, next: Next) -> Response {
    let cookies = CookieJar::from_headers(request.headers());
    let is_fragment = request.headers().contains_key("hx-request");
    let is_page = request.method() == Method::GET && !is_fragment;
    let said = cookies.get(SAID_COOKIE).filter(|_| is_page).and_then(|cookie| said_in(cookie.value()));
    let theme = match cookies.get(THEME_COOKIE).map(Cookie::value) {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    };
    let around = Around { path: shown_path(&request), theme, said, is_fragment };
    let was_said = around.said.is_some();
    let response = AROUND.scope(around, next.run(request)).await;
    let is_html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if was_said && is_html {
        let gone = Cookie::build((SAID_COOKIE, "")).path("/").removal();
        return (CookieJar::new().add(gone), response).into_response();
    }
    response
}

/// The rail that refreshes itself names the page it stands on.
fn shown_path(request: &Request) -> String {
    let uri = request.uri();
    let named =
        (uri.path() == "/rail").then(|| uri.query().and_then(|query| query.strip_prefix("at="))).flatten();
    named.map_or_else(|| uri.path().to_owned(), |at| at.replace("%2F", "/"))
}

fn below(path: &str, place: &str) -> bool {
    match path.strip_prefix(place) {
        Some("") => true,
        Some(rest) => place != "/" && rest.starts_with('/'),
        None => false,
    }
}

fn base64_of(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn said_in(value: &str) -> Option<Said> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(value).ok()?;
    let said: Said = serde_json::from_slice(&bytes).ok()?;
    said.undo.as_deref().is_none_or(|undo| undo.starts_with('/') && !undo.starts_with("//")).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_what_stands_below_it() {
        assert!(below("/people/7", "/people"));
        assert!(below("/", "/"));
        assert!(!below("/people", "/"));
        assert!(!below("/peoples", "/people"));
    }

    #[test]
    fn what_was_said_survives_a_header_in_any_script() {
        let said = Said::new("Gelöst für 李").with_undo("/undo/7");
        let [(_, value)] = said.trigger();
        let back: serde_json::Value = serde_json::from_slice(value.as_bytes()).unwrap();
        assert_eq!(back["flash"]["text"], "Gelöst für 李");
        assert_eq!(said_in(&base64_of(&serde_json::to_string(&said).unwrap())), Some(said));
    }

    #[test]
    fn a_forged_way_back_leads_nowhere() {
        let forged = base64_of(r#"{"text":"x","undo":"https://evil.example"}"#);
        assert_eq!(said_in(&forged), None);
    }
}
