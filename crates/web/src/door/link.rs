//! `/sign-in/link/{token}`: signs in once. Looking uses nothing up, because scanners of mail open every link.

use super::{open_session, welcome};
use crate::{Client, Html, Problem, Web};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::access::{self, LinkError, LinkPurpose};
use desk::{Actor, people};

#[derive(askama::Template)]
#[template(path = "door/link.html")]
struct LinkPage {
    /// `None`: the link opens nothing (any more).
    name: Option<String>,
    words: String,
}

pub async fn new(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, Problem> {
    let found = web.desk.read(Actor::desk(), move |tx| name_behind(tx, &token));
    match found.await {
        Ok(name) => Ok(Html(LinkPage { name: Some(name), words: String::new() }).into_response()),
        Err(error @ LinkError::NotValid) => Ok(worthless(error)),
        Err(error) => Err(error.into()),
    }
}

pub async fn create(
    State(web): State<Web>,
    Path(token): Path<String>,
    client: Client,
) -> Result<Response, Problem> {
    let used = web.desk.write(Actor::desk(), move |tx| {
        let user = match access::use_link(tx, &token, LinkPurpose::SignIn) {
            Err(LinkError::NotValid) => access::use_link(tx, &token, LinkPurpose::Demo)?,
            other => other?,
        };
        Ok::<_, LinkError>(open_session(tx, user.ok_or(LinkError::NotValid)?, &client)?)
    });
    match used.await {
        Ok(session) => Ok(welcome(&web, session, "/")),
        Err(error @ LinkError::NotValid) => Ok(worthless(error)),
        Err(error) => Err(error.into()),
    }
}

fn name_behind(tx: &mut desk::Tx, token: &str) -> Result<String, LinkError> {
    let user = match access::check_link(tx, token, LinkPurpose::SignIn) {
        Err(LinkError::NotValid) => access::check_link(tx, token, LinkPurpose::Demo)?,
        other => other?,
    };
    let user = people::find_user(tx, user.ok_or(LinkError::NotValid)?)?;
    Ok(user.ok_or(LinkError::NotValid)?.name)
}

pub(super) fn worthless(error: impl Into<Problem>) -> Response {
    let words = error.into().words;
    (StatusCode::NOT_FOUND, Html(LinkPage { name: None, words })).into_response()
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;

    #[test]
    fn looking_shows_a_button_and_a_dead_link_says_why() {
        let page = renders(&LinkPage { name: Some("Ana Novak".into()), words: String::new() });
        assert!(page.contains("method=\"post\""));
        let page = renders(&LinkPage { name: None, words: "This link has been used.".into() });
        assert!(!page.contains("method=\"post\"") && page.contains("has been used"));
        renders(&LinkPage { name: Some("ليلى حداد ".repeat(20)), words: String::new() });
    }
}
