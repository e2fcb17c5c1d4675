//! `/jobs`: the openings that everybody may see, one of them with a form to apply, a feed, and alerts by mail.
//!
//! The pages name their facts as schema.org's JobPosting in microdata, so that nothing here needs a script.

mod alerts;
pub(crate) mod apply;
mod feed;
mod words;

pub(crate) use alerts::{ask, confirm, open, stop};
pub(crate) use feed::{feed, json};

use crate::Center;
use crate::articles::{self, Way};
use crate::limits::From;
use crate::page::{self, Html};
use crate::request::preferred;
use crate::words::Words;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use desk::hiring::views::{self, PublicOpening, PublicOpenings};
use desk::{Actor, Language, OpeningId};
use words::JobWords;

/// How long a reader or a proxy may keep these pages.
const CACHED: &str = "public, max-age=300";

#[derive(askama::Template)]
#[template(path = "jobs/index.html")]
struct Index {
    words: &'static Words,
    jobs: &'static JobWords,
    all: PublicOpenings,
    /// What was written into the form of alerts, and refused.
    email: String,
    problem: Option<&'static str>,
    help: Option<Way>,
}

#[derive(askama::Template)]
#[template(path = "jobs/show.html")]
struct Show {
    words: &'static Words,
    jobs: &'static JobWords,
    all: PublicOpenings,
    opening: PublicOpening,
    /// As it was filled in and refused: the field, and what is wrong.
    form: apply::Form,
    problem: Option<(&'static str, &'static str)>,
}

impl Show {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.problem.filter(|it| it.0 == field).map(|it| it.1)
    }

    fn consent(&self) -> String {
        apply::consent(self.jobs, &self.all.company)
    }

    fn file_hint(&self) -> String {
        filled(self.jobs.file_hint, "{count}", apply::file_mb_max())
    }

    fn words_max(&self) -> usize {
        apply::words_chars_max()
    }

    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.opening.summary.split("\n\n").filter(|it| !it.trim().is_empty())
    }
}

/// `2026-03-10`
pub(crate) fn day(at_ms: &i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(*at_ms).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// `4`, `3.5`
fn short_level(level: &f64) -> String {
    let text = format!("{level:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// The sentence with a name or a figure in its place.
fn filled(text: &str, place: &str, value: impl std::fmt::Display) -> String {
    text.replace(place, &value.to_string())
}

/// Skills are named in the language of the page.
fn reader(words: &Words) -> Actor {
    Actor::desk().reading(Language::of(words.lang))
}

/// Searchable, unlike the other pages of customers.
fn findable(response: impl IntoResponse) -> Response {
    let headers = [(HeaderName::from_static("x-robots-tag"), "all"), (header::CACHE_CONTROL, CACHED)];
    (headers, response).into_response()
}

pub(crate) async fn index(State(center): State<Center>, From(ip): From, headers: HeaderMap) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    match center.desk.read(reader(words), views::public_openings).await {
        Ok(all) => {
            let (jobs, help) = (words::of(words.lang), help(&center, words).await);
            findable(Html(Index { words, jobs, all, email: String::new(), problem: None, help }))
        }
        Err(error) => page::failed(&error, words),
    }
}

async fn help(center: &Center, words: &Words) -> Option<Way> {
    articles::way(center, words, |it| it.here_for_help).await
}

pub(crate) async fn show(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(id): Path<OpeningId>,
) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    match center.desk.read(reader(words), move |tx| views::public_opening(tx, id)).await {
        Ok((all, opening)) => {
            let (jobs, form, problem) = (words::of(words.lang), apply::Form::default(), None);
            findable(Html(Show { words, jobs, all, opening, form, problem }))
        }
        Err(error) => page::failed(&error, words),
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub fn all(count: usize) -> PublicOpenings {
        let opening = |n: usize| PublicOpening {
            id: OpeningId(n as i64 + 1),
            title: format!("Support <specialist> {n}"),
            summary: "You help people who cannot sign in.\n\nمرحبا".into(),
            place: if n == 0 { String::new() } else { "Lisbon".into() },
            seats: 1 + n as i64,
            skills: vec![("SAML & login".into(), 4.0), ("German".into(), 2.5)],
            public_at: 1_767_000_000_000,
            updated_at: 1_767_100_000_000,
        };
        PublicOpenings {
            company: "Tillers & Sons".into(),
            public_url: "https://desk.example".into(),
            support_address: "help@desk.example".into(),
            openings: (0..count).map(opening).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;

    #[test]
    fn openings_are_told_to_people_and_to_search_engines_without_a_script() {
        for code in ["en", "es", "de", "fr"] {
            let (page, jobs) = (crate::words::of(code), words::of(code));
            let (email, problem, help) = (String::new(), None, None);
            let index = Index { words: page, jobs, all: samples::all(2), email, problem, help };
            let html = index.render().unwrap();
            assert!(
                html.contains("/jobs/1") && html.contains("/jobs/feed.atom") && !html.contains("<script")
            );
            assert!(!html.contains("noindex"));
            let mut all = samples::all(2);
            let opening = all.openings.remove(1);
            let (form, problem) = (apply::Form::default(), None);
            let html = Show { words: page, jobs, all, opening, form, problem }.render().unwrap();
            assert!(html.contains("https://schema.org/JobPosting") && html.contains("2025-12-29"), "{html}");
            assert!(html.contains("SAML &#38; login") && html.contains("mailto:help@desk.example"));
        }
    }

    #[test]
    fn without_openings_the_alert_is_offered_and_what_was_refused_stays() {
        let words = crate::words::of("en");
        let jobs = words::of("en");
        let page = Index {
            words,
            jobs,
            all: samples::all(0),
            email: "marta@<x>".into(),
            problem: Some(words.wrong_email),
            help: None,
        };
        let html = page.render().unwrap();
        assert!(
            html.contains(jobs.none) && html.contains("marta@&#60;x&#62;") && html.contains("aria-invalid")
        );
    }
}
