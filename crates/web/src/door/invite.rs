//! `/invite/{token}`: a colleague chooses a password and is in.

use super::{hashed, link, open_session, welcome};
use crate::{Client, Html, Problem, Web};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::access::{self, LinkError, LinkPurpose};
use desk::{Actor, Kind, people};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "door/invite.html")]
struct InvitePage {
    company: String,
    name: String,
    email: String,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
pub struct InviteForm {
    #[serde(default)]
    password: String,
}

pub async fn new(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, Problem> {
    match page(&web, token, None).await {
        Ok(page) => Ok(Html(page).into_response()),
        Err(error @ LinkError::NotValid) => Ok(link::worthless(error)),
        Err(error) => Err(error.into()),
    }
}

pub async fn create(
    State(web): State<Web>,
    Path(token): Path<String>,
    client: Client,
    Form(form): Form<InviteForm>,
) -> Result<Response, Problem> {
    match accept(&web, token.clone(), client, form.password).await {
        Ok(session) => Ok(welcome(&web, session, "/")),
        Err(problem) if problem.kind == Kind::Invalid => {
            let page = page(&web, token, Some(problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(problem) if problem.kind == Kind::Unknown => Ok(link::worthless(problem)),
        Err(problem) => Err(problem),
    }
}

async fn accept(
    web: &Web,
    token: String,
    client: Client,
    password: String,
) -> Result<access::SessionToken, Problem> {
    let password = hashed(password).await?;
    web.desk
        .write(Actor::desk(), move |tx| {
            let user = access::accept_invite(tx, &token, &password)?;
            Ok::<_, Problem>(open_session(tx, user, &client)?)
        })
        .await
}

async fn page(web: &Web, token: String, problem: Option<Problem>) -> Result<InvitePage, LinkError> {
    let found = web.desk.read(Actor::desk(), move |tx| {
        let user = access::check_link(tx, &token, LinkPurpose::Invite)?.ok_or(LinkError::NotValid)?;
        let user = people::find_user(tx, user)?.ok_or(LinkError::NotValid)?;
        Ok::<_, LinkError>((desk::settings::company(tx)?.name, user))
    });
    let (company, user) = found.await?;
    Ok(InvitePage { company, name: user.name, email: user.email.unwrap_or_default(), problem })
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;

    #[test]
    fn it_says_who_invites_whom_and_what_is_wrong_with_a_password() {
        let page = |problem| InvitePage {
            company: "Nordlicht".into(),
            name: "Mei Tan".into(),
            email: "mei@desk.example".into(),
            problem,
        };
        assert!(renders(&page(None)).contains("Mei Tan"));
        let wrong = Problem {
            field: Some("password"),
            ..Problem::invalid("A password needs at least 10 characters.")
        };
        assert!(renders(&page(Some(wrong))).contains("at least 10 characters"));
    }
}
