//! `/jobs/feed.atom`: the openings for readers of feeds (RFC 4287).

use super::CACHED;
use crate::Center;
use crate::limits::From;
use crate::page;
use crate::request::preferred;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::Actor;
use desk::hiring::views::{self, PublicOpenings};

#[derive(askama::Template)]
#[template(path = "jobs/feed.xml")]
struct Feed {
    all: PublicOpenings,
}

impl Feed {
    /// Of the newest change; of an empty feed, the beginning of time.
    fn updated(&self) -> String {
        moment(&self.all.openings.iter().map(|it| it.updated_at.max(it.public_at)).max().unwrap_or(0))
    }
}

/// RFC 3339.
fn moment(at_ms: &i64) -> String {
    jiff::Timestamp::from_millisecond(*at_ms).unwrap_or_default().to_string()
}

pub(crate) async fn feed(State(center): State<Center>, From(ip): From, headers: HeaderMap) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    match center.desk.read(Actor::desk(), views::public_openings).await {
        Ok(all) => match askama::Template::render(&Feed { all }) {
            Ok(xml) => {
                let headers = [
                    (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
                    (header::CACHE_CONTROL, CACHED),
                    (HeaderName::from_static("x-robots-tag"), "all"),
                ];
                (headers, xml).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "the feed of openings could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
        Err(error) => page::failed(&error, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::samples;
    use askama::Template;

    #[test]
    fn every_opening_is_an_entry_and_words_are_escaped() {
        let xml = Feed { all: samples::all(2) }.render().unwrap();
        assert!(xml.starts_with("<?xml version=\"1.0\""), "{xml}");
        assert_eq!(xml.matches("<entry>").count(), 2);
        assert!(xml.contains("https://desk.example/jobs/2") && !xml.contains("<specialist>"));
        assert!(xml.contains("2025-12-29T") && xml.matches("<updated>").count() == 3);
        let empty = Feed { all: samples::all(0) }.render().unwrap();
        assert!(empty.contains("1970-01-01T00:00:00Z") && !empty.contains("<entry>"));
    }
}
