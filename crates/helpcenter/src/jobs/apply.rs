//! `/jobs/{opening}/applications`: applying on the opening's page, and `/jobs/applications/{token}`: saying that it was
//! oneself, or taking all of it back. Opening a link changes nothing, because scanners of mail open links too.

use super::alerts::{company, said};
use super::{Show, filled, reader, words};
use crate::Center;
use crate::limits::From;
use crate::page::{self, Html};
use crate::request::preferred;
use crate::words::Words;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::hiring::{
    self, APPLICATION_FILE_BYTES_MAX, APPLICATION_WORDS_CHARS_MAX, ApplicationFile, ApplicationState, Apply,
    HiringError, views,
};
use desk::{Actor, OpeningId};

/// A form without its file.
const FIELDS_BYTES_MAX: usize = 64 * 1024;
/// The whole form; a file that is a little too large is still read, so that its sender is told.
pub(crate) const BODY_BYTES_MAX: usize =
    APPLICATION_FILE_BYTES_MAX + APPLICATION_FILE_BYTES_MAX / 5 + FIELDS_BYTES_MAX;

/// What was written, as it stands in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Form {
    pub name: String,
    pub email: String,
    pub words: String,
    pub agreed: bool,
    pub file: Option<ApplicationFile>,
    /// No person sees this field; programs fill it.
    pub website: String,
}

#[derive(askama::Template)]
#[template(path = "jobs/application.html")]
struct Application {
    words: &'static Words,
    jobs: &'static words::JobWords,
    company: String,
    token: String,
    state: ApplicationState,
}

pub(crate) async fn create(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(opening): Path<OpeningId>,
    multipart: Multipart,
) -> Response {
    let words = preferred(&headers);
    let jobs = words::of(words.lang);
    // Before anything is read: a file costs more than a page.
    if !center.limits.may_write(ip) {
        return page::too_often(words);
    }
    let form = match read(multipart).await {
        Ok(form) => form,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return again(&center, words, opening, Form::default(), HiringError::ApplicationFileIsTooLarge)
                .await;
        }
        Err(_) => return page::message(StatusCode::BAD_REQUEST, words, "", words.failed_title, words.failed),
    };
    if !form.website.is_empty() {
        // A program; it learns nothing.
        return said(&center, words, jobs.look_for_application).await;
    }
    let command = Apply {
        opening,
        name: form.name.clone(),
        email: form.email.clone(),
        words: form.words.clone(),
        language: words.lang.to_owned(),
        consent: if form.agreed { consent(jobs, &company(&center).await) } else { String::new() },
        file: form.file.clone(),
    };
    match center.desk.write(Actor::desk(), move |tx| hiring::apply(tx, &command)).await {
        Ok(()) => said(&center, words, jobs.look_for_application).await,
        Err(error) => again(&center, words, opening, form, error).await,
    }
}

/// The page with what was written, and what is wrong with it. A file has to be chosen again: browsers do not keep it.
async fn again(
    center: &Center,
    words: &'static Words,
    opening: OpeningId,
    form: Form,
    error: HiringError,
) -> Response {
    let jobs = words::of(words.lang);
    let Some(problem) = problem(&error, words, jobs) else { return refused(center, words, &error).await };
    match center.desk.read(reader(words), move |tx| views::public_opening(tx, opening)).await {
        Ok((all, opening)) => {
            let shown = Show { words, jobs, all, opening, form, problem: Some(problem) };
            (StatusCode::UNPROCESSABLE_ENTITY, Html(shown)).into_response()
        }
        Err(error) => page::failed(&error, words),
    }
}

/// What is nobody's mistake in the form, in words of its own.
async fn refused(center: &Center, words: &'static Words, error: &HiringError) -> Response {
    let jobs = words::of(words.lang);
    let (status, title, text) = match error {
        HiringError::TooManyApplications => {
            (StatusCode::TOO_MANY_REQUESTS, jobs.not_now_title, jobs.not_now.to_owned())
        }
        HiringError::OpeningIsClosed | HiringError::TooManyCandidates => {
            let text = filled(jobs.closed, "{days}", hiring::APPLICATION_CONFIRM_DAYS);
            (StatusCode::CONFLICT, jobs.closed_title, text)
        }
        _ => return page::failed(error, words),
    };
    page::message(status, words, &company(center).await, title, &text)
}

fn problem(
    error: &HiringError,
    words: &'static Words,
    jobs: &'static words::JobWords,
) -> Option<(&'static str, &'static str)> {
    match error {
        HiringError::NameIsWrong => Some(("name", jobs.wrong_name)),
        HiringError::AddressIsWrong => Some(("email", words.wrong_email)),
        HiringError::WordsAreTooLong => Some(("words", jobs.wrong_words)),
        HiringError::ConsentIsMissing => Some(("consent", jobs.wrong_consent)),
        HiringError::ApplicationFileIsTooLarge => Some(("file", jobs.wrong_file)),
        _ => None,
    }
}

/// The sentence beside the box, which is kept as it was agreed to.
pub(super) fn consent(jobs: &words::JobWords, company: &str) -> String {
    let days = hiring::CANDIDATE_KEPT_DAYS;
    filled(&filled(jobs.consent, "{company}", company), "{days}", days)
}

async fn read(mut multipart: Multipart) -> Result<Form, MultipartError> {
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file_name = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await?.to_vec();
            form.file = Some(ApplicationFile { name: file_name, bytes }).filter(|it| !it.bytes.is_empty());
            continue;
        }
        let text = field.text().await?;
        match name.as_str() {
            "name" => form.name = text,
            "email" => form.email = text,
            "words" => form.words = text,
            "consent" => form.agreed = !text.is_empty(),
            "website" => form.website = text,
            _ => {}
        }
    }
    Ok(form)
}

/// The page behind the link: confirm, or take all of it back.
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
    match center.desk.read(Actor::desk(), move |tx| hiring::application_state(tx, &copy)).await {
        Ok(state) => {
            let words = crate::words::of(&state.language);
            let company = company(&center).await;
            Html(Application { words, jobs: words::of(words.lang), company, token, state }).into_response()
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
    match center.desk.write(Actor::desk(), move |tx| hiring::confirm_application(tx, &token)).await {
        Ok(state) => {
            let words = crate::words::of(&state.language);
            said(&center, words, words::of(words.lang).applied).await
        }
        Err(error) => refused(&center, preferred(&headers), &error).await,
    }
}

pub(crate) async fn erase(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(preferred(&headers));
    }
    match center.desk.write(Actor::desk(), move |tx| hiring::erase_application(tx, &token)).await {
        Ok(state) => {
            let words = state.map_or_else(|| preferred(&headers), |state| crate::words::of(&state.language));
            said(&center, words, words::of(words.lang).erased).await
        }
        Err(error) => page::failed(&error, preferred(&headers)),
    }
}

/// `5`
pub(super) fn file_mb_max() -> usize {
    APPLICATION_FILE_BYTES_MAX / 1024 / 1024
}

pub(super) fn words_chars_max() -> usize {
    APPLICATION_WORDS_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use askama::Template;

    #[test]
    fn the_link_offers_to_confirm_what_is_not_confirmed_and_to_delete_at_any_time() {
        let page = |code: &str, confirmed, is_over| {
            let state = ApplicationState {
                language: code.into(),
                title: "Support <specialist>".into(),
                confirmed,
                is_over,
                name: "Nour <b>".into(),
                words: "First line\n\n<i>Second".into(),
                file: Some("cv & more.pdf".into()),
            };
            let (words, company, token) = (crate::words::of(code), "Tillers & Sons".into(), "3.abc".into());
            Application { words, jobs: words::of(code), company, token, state }.render().unwrap()
        };
        for code in ["en", "es", "de", "fr"] {
            let new = page(code, false, false);
            assert!(
                new.contains("/jobs/applications/3.abc/confirm")
                    && new.contains("Support &#60;specialist&#62;")
            );
            assert!(new.contains("/jobs/applications/3.abc/erase") && new.contains("noindex"));
            for sent in
                ["Nour &#60;b&#62;", "<p dir=\"auto\">&#60;i&#62;Second</p>", "<bdi>cv &#38; more.pdf</bdi>"]
            {
                assert!(new.contains(sent), "whoever confirms sees {sent}: {new}");
            }
            for kept in [page(code, true, false), page(code, false, true)] {
                assert!(!kept.contains("/confirm") && kept.contains("/jobs/applications/3.abc/erase"));
            }
        }
    }

    #[test]
    fn what_was_written_stays_and_what_is_wrong_is_said_at_its_field() {
        let mut all = samples::all(1);
        let opening = all.openings.remove(0);
        for code in ["en", "es", "de", "fr"] {
            let (page, jobs) = (crate::words::of(code), words::of(code));
            let form = Form { name: "نور <b>".into(), email: "x".into(), agreed: true, ..Form::default() };
            let problem = problem(&HiringError::ApplicationFileIsTooLarge, page, jobs);
            let (all, opening) = (all.clone(), opening.clone());
            let html = Show { words: page, jobs, all, opening, form, problem }.render().unwrap();
            assert!(html.contains("نور &#60;b&#62;") && html.contains(jobs.wrong_file), "{html}");
            assert!(html.contains("aria-describedby=\"file-error\"") && html.contains(" checked"));
            assert!(
                html.contains("180") && html.contains("multipart/form-data") && !html.contains("<script")
            );
        }
    }
}
