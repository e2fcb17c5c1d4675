//! The openings for programs: `/jobs/feed.atom` for readers of feeds (RFC 4287), `/jobs/feed.json` (JSON Feed 1.1) for a
//! company's own site, whose pages may fetch it in the browser.

use super::{CACHED, reader};
use crate::Center;
use crate::limits::From;
use crate::page;
use crate::request::preferred;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::Actor;
use desk::hiring::views::{self, PublicOpening, PublicOpenings};
use serde::Serialize;

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

#[derive(Serialize)]
struct JsonFeed {
    version: &'static str,
    title: String,
    home_page_url: String,
    feed_url: String,
    language: &'static str,
    items: Vec<JsonItem>,
}

#[derive(Serialize)]
struct JsonItem {
    id: String,
    url: String,
    title: String,
    content_text: String,
    date_published: String,
    date_modified: String,
    /// What the format has no word for.
    #[serde(rename = "_opening")]
    opening: JsonOpening,
}

#[derive(Serialize)]
struct JsonOpening {
    id: i64,
    place: String,
    seats: i64,
    skills: Vec<JsonSkill>,
}

#[derive(Serialize)]
struct JsonSkill {
    name: String,
    /// Above 0, up to 5.
    level: f64,
}

impl JsonFeed {
    fn of(all: PublicOpenings, language: &'static str) -> JsonFeed {
        let page = format!("{}/jobs", all.public_url);
        JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            feed_url: format!("{page}/feed.json"),
            items: all.openings.into_iter().map(|it| JsonItem::of(it, &page)).collect(),
            title: all.company,
            home_page_url: page,
            language,
        }
    }
}

impl JsonItem {
    fn of(it: PublicOpening, page: &str) -> JsonItem {
        let url = format!("{page}/{}", it.id);
        let skills = it.skills.into_iter().map(|(name, level)| JsonSkill { name, level });
        JsonItem {
            id: url.clone(),
            url,
            title: it.title,
            content_text: it.summary,
            date_published: moment(&it.public_at),
            date_modified: moment(&it.updated_at.max(it.public_at)),
            opening: JsonOpening { id: it.id.0, place: it.place, seats: it.seats, skills: skills.collect() },
        }
    }
}

pub(crate) async fn json(State(center): State<Center>, From(ip): From, headers: HeaderMap) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    match center.desk.read(reader(words), views::public_openings).await {
        Ok(all) => {
            let headers = [
                (header::CONTENT_TYPE, "application/feed+json; charset=utf-8"),
                (header::CACHE_CONTROL, CACHED),
                (header::VARY, "accept-language"),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                (HeaderName::from_static("x-robots-tag"), "all"),
            ];
            (headers, Json(JsonFeed::of(all, words.lang))).into_response()
        }
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
