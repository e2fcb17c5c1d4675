//! `/jobs/alerts`: hearing of new openings by mail, and leaving again. Opening a link changes nothing, because scanners
//! of mail open links too.

use super::{Index, filled, words};
use crate::Center;
use crate::limits::From;
use crate::page::{self, Html};
use crate::rate::Thanks;
use crate::request::preferred;
use crate::words::Words;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::hiring::{self, AlertState, HiringError, views};
use desk::{Actor, settings};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Written {
    #[serde(default)]
    email: String,
    /// No person sees this field; programs fill it.
    #[serde(default)]
    website: String,
}

#[derive(askama::Template)]
#[template(path = "jobs/alert.html")]
struct Alert {
    words: &'static Words,
    jobs: &'static words::JobWords,
    company: String,
    token: String,
    confirmed: bool,
}

pub(crate) async fn ask(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Form(form): Form<Written>,
) -> Response {
    let words = preferred(&headers);
    let jobs = words::of(words.lang);
    if !form.website.is_empty() {
        // A program; it learns nothing.
        return said(&center, words, jobs.look_into_mail).await;
    }
    if !center.limits.may_write(ip) {
        return page::too_often(words);
    }
    let (email, lang) = (form.email.clone(), words.lang);
    match center.desk.write(Actor::desk(), move |tx| hiring::ask_alert(tx, &email, lang)).await {
        Ok(()) => said(&center, words, jobs.look_into_mail).await,
        Err(HiringError::AddressIsWrong) => {
            match center.desk.read(super::reader(words), views::public_openings).await {
                Ok(all) => {
                    let problem = Some(words.wrong_email);
                    let help = super::help(&center, words).await;
                    let page = Index { words, jobs, all, email: form.email, problem, help };
                    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
                }
                Err(error) => page::failed(&error, words),
            }
        }
        Err(error) => page::failed(&error, words),
    }
}

/// The page behind the link: confirm, or leave.
pub(crate) async fn open(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(preferred(&headers));
    }
    let copy = token.clone();
    match center.desk.read(Actor::desk(), move |tx| hiring::alert_state(tx, &copy)).await {
        Ok(AlertState { language, confirmed }) => {
            let words = crate::words::of(&language);
            let company = company(&center).await;
            Html(Alert { words, jobs: words::of(words.lang), company, token, confirmed }).into_response()
        }
        Err(error) => page::failed(&error, preferred(&headers)),
    }
}

pub(crate) async fn confirm(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(preferred(&headers));
    }
    match center.desk.write(Actor::desk(), move |tx| hiring::confirm_alert(tx, &token)).await {
        Ok(state) => {
            let words = crate::words::of(&state.language);
            said(&center, words, words::of(words.lang).confirmed).await
        }
        Err(error) => page::failed(&error, preferred(&headers)),
    }
}

/// From the page, or from a mail program by itself (RFC 8058).
pub(crate) async fn stop(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(preferred(&headers));
    }
    match center.desk.write(Actor::desk(), move |tx| hiring::stop_alert(tx, &token)).await {
        Ok(state) => {
            let words = state.map_or_else(|| preferred(&headers), |state| crate::words::of(&state.language));
            said(&center, words, words::of(words.lang).stopped).await
        }
        Err(error) => page::failed(&error, preferred(&headers)),
    }
}

pub(super) async fn said(center: &Center, words: &'static Words, text: &str) -> Response {
    let jobs = words::of(words.lang);
    let (company, again) = (company(center).await, Some("/jobs".to_owned()));
    let (title, text, again_text, help) = (words.thanks, text.to_owned(), jobs.title, None);
    Html(Thanks { words, company, title, text, again, again_text, help }).into_response()
}

pub(super) async fn company(center: &Center) -> String {
    let found = center.desk.read(Actor::desk(), settings::company).await;
    found.map(|company| company.name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;

    #[test]
    fn the_link_offers_what_is_not_done_yet() {
        let alert = |code: &str, confirmed: bool| Alert {
            words: crate::words::of(code),
            jobs: words::of(code),
            company: "Tillers & Sons".into(),
            token: "3.abc".into(),
            confirmed,
        };
        for code in ["en", "es", "de", "fr"] {
            let new = alert(code, false).render().unwrap();
            assert!(new.contains("/jobs/alerts/3.abc/confirm") && new.contains("/jobs/alerts/3.abc/stop"));
            let known = alert(code, true).render().unwrap();
            assert!(!known.contains("/confirm") && known.contains("/jobs/alerts/3.abc/stop"));
            assert!(known.contains("noindex"));
        }
    }
}
