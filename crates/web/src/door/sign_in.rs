//! `/sign-in`: address and password.

use super::{open_session, own_place, welcome};
use crate::{Client, Html, Problem, Web};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::access::{self, SessionToken};
use desk::{Actor, Kind};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "door/sign_in.html")]
struct SignInPage {
    company: String,
    email: String,
    next: String,
    problem: Option<Problem>,
}

#[derive(askama::Template)]
#[template(path = "door/not_set_up.html")]
struct NotSetUpPage;

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub async fn new(State(web): State<Web>, Query(query): Query<Next>) -> Result<Response, Problem> {
    let page = page(&web, String::new(), own_place(&query.next).to_owned(), None).await?;
    Ok(page.map_or_else(|| Html(NotSetUpPage).into_response(), |page| Html(page).into_response()))
}

pub async fn create(
    State(web): State<Web>,
    client: Client,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let next = own_place(&form.next).to_owned();
    match attempt(&web, &client, &form).await {
        Ok(session) => Ok(welcome(&web, session, &next)),
        Err(problem) => {
            let status = if problem.kind == Kind::TooMuch {
                StatusCode::TOO_MANY_REQUESTS
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = page(&web, form.email, next, Some(problem)).await?.ok_or_else(Problem::not_found)?;
            Ok((status, Html(page)).into_response())
        }
    }
}

async fn attempt(web: &Web, client: &Client, form: &SignInForm) -> Result<SessionToken, Problem> {
    web.sign_ins.ask(client, &form.email)?;
    let user = access::check_password(&web.desk, &form.email, &form.password).await?.id;
    let client = client.clone();
    Ok(web.desk.write(Actor::desk(), move |tx| open_session(tx, user, &client)).await?)
}

/// Nothing to sign in to before the desk is set up.
async fn page(
    web: &Web,
    email: String,
    next: String,
    problem: Option<Problem>,
) -> Result<Option<SignInPage>, Problem> {
    let company = web.desk.read(Actor::desk(), |tx| {
        let ready = access::is_set_up(tx)?
            || desk::people::list_agents(tx)?.iter().any(|agent| agent.role.is_staff());
        let company = desk::settings::company(tx)?;
        Ok::<_, db::Error>(ready.then_some(company.name))
    });
    Ok(company.await?.map(|company| SignInPage { company, email, next, problem }))
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;

    #[test]
    fn the_page_shows_what_was_wrong_and_keeps_the_address() {
        let usual =
            SignInPage { company: "Nordlicht".into(), email: String::new(), next: "/".into(), problem: None };
        renders(&usual);
        let wrong = SignInPage {
            company: "شركة الشمال".into(),
            email: format!("{}@example.org", "a".repeat(200)),
            next: "/tickets/7".into(),
            problem: Some(Problem::invalid("This address and this password do not belong together.")),
        };
        let page = renders(&wrong);
        assert!(page.contains("do not belong together") && page.contains("aaa@example.org"));
        renders(&NotSetUpPage);
    }
}
