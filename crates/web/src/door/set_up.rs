//! `/set-up/{token}`: the first minutes of a desk, without mail server and without a password that somebody knows.

use super::{hashed, link, open_session, welcome};
use crate::{Client, Html, Problem, Web};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::access::{self, LinkError, LinkPurpose, SetUp};
use desk::{Actor, Kind};
use serde::Deserialize;

/// Languages that customers are written to in at first; tickets may be in any.
const LOCALES: [(&str, &str); 10] = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
];

#[derive(askama::Template)]
#[template(path = "door/set_up.html")]
struct SetUpPage {
    form: SetUpForm,
    zones: Vec<String>,
    locales: &'static [(&'static str, &'static str)],
    problem: Option<Problem>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetUpForm {
    company: String,
    address: String,
    /// Ticked: tickets stay at another desk.
    only_skills: Option<String>,
    time_zone: String,
    locale: String,
    public_url: String,
    admin_name: String,
    admin_email: String,
    password: String,
}

pub async fn new(
    State(web): State<Web>,
    Path(token): Path<String>,
    client: Client,
) -> Result<Response, Problem> {
    let checked =
        web.desk.read(Actor::desk(), move |tx| access::check_link(tx, &token, LinkPurpose::SetUp)).await;
    if let Err(error) = checked {
        return if matches!(error, LinkError::NotValid) {
            Ok(link::worthless(error))
        } else {
            Err(error.into())
        };
    }
    let scheme = if web.secure_cookies { "https" } else { "http" };
    let form = SetUpForm {
        public_url: format!("{scheme}://{}", client.host),
        time_zone: "UTC".into(),
        locale: "en".into(),
        ..SetUpForm::default()
    };
    Ok(Html(page(form, None)).into_response())
}

pub async fn create(
    State(web): State<Web>,
    Path(token): Path<String>,
    client: Client,
    Form(form): Form<SetUpForm>,
) -> Result<Response, Problem> {
    match done(&web, token, client, form.clone()).await {
        Ok(session) => Ok(welcome(&web, session, "/")),
        Err(problem) if problem.kind == Kind::Unknown => Ok(link::worthless(problem)),
        Err(problem) if problem.kind == Kind::Broken => Err(problem),
        Err(problem) => Ok((problem.status(), Html(page(form, Some(problem)))).into_response()),
    }
}

async fn done(
    web: &Web,
    token: String,
    client: Client,
    form: SetUpForm,
) -> Result<access::SessionToken, Problem> {
    let password = hashed(form.password.clone()).await?;
    let only_skills = form.only_skills.is_some();
    let command = SetUp {
        company: form.company,
        address: form.address,
        time_zone: form.time_zone,
        locale: form.locale,
        admin_name: form.admin_name,
        admin_email: form.admin_email,
        public_url: form.public_url,
    };
    web.desk
        .write(Actor::desk(), move |tx| {
            access::use_link(tx, &token, LinkPurpose::SetUp)?;
            let done = match only_skills {
                true => access::set_up_only_skills(tx, &command)?,
                false => access::set_up(tx, &command)?,
            };
            access::set_password(tx, done.admin, &password)?;
            Ok::<_, Problem>(open_session(tx, done.admin, &client)?)
        })
        .await
}

fn page(form: SetUpForm, problem: Option<Problem>) -> SetUpPage {
    let mut zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    zones.retain(|name| name == "UTC" || name.contains('/') && !name.starts_with("Etc/"));
    SetUpPage { form, zones, locales: &LOCALES, problem }
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;

    #[test]
    fn what_was_typed_stays_and_each_error_stands_at_its_field() {
        assert!(renders(&page(SetUpForm::default(), None)).contains("Europe/Berlin"));
        let form = SetUpForm {
            company: "שלום".repeat(80),
            time_zone: "Europe/Lisbon".into(),
            ..SetUpForm::default()
        };
        let wrong = Problem { field: Some("address"), ..Problem::invalid("That is no address.") };
        let page = renders(&page(form, Some(wrong)));
        assert!(page.contains("id=\"address-error\"") && page.contains("שלום"));
        assert!(!page.contains("password\" value"), "a password is never sent back");
    }
}
