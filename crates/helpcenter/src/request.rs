//! `/requests/new`: writing to us without a mail program.

use crate::Center;
use crate::articles::{self, Way};
use crate::limits::From;
use crate::page::{self, Html};
use crate::rate::Thanks;
use crate::words::{self, Words};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::tickets::{self, Channel, CreateTicket, NewComment};
use desk::{Actor, Kind, Refusal, TicketId, people, settings};
use serde::Deserialize;

const MESSAGE_CHARS_MAX: usize = 20_000;
const SUBJECT_CHARS_MAX: usize = 300;

#[derive(askama::Template)]
#[template(path = "request.html")]
pub struct New {
    pub words: &'static Words,
    pub company: String,
    pub form: Written,
    pub problem: Option<Wrong>,
    pub help: Option<Way>,
}

impl New {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.problem.filter(|problem| problem.field == field).map(|problem| problem.words)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Written {
    pub name: String,
    pub email: String,
    pub subject: String,
    pub message: String,
    /// No person sees this field; programs fill it.
    pub website: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    pub words: &'static str,
}

#[derive(Debug, thiserror::Error)]
enum RequestError {
    #[error(transparent)]
    Person(#[from] people::PeopleError),
    #[error(transparent)]
    Ticket(#[from] tickets::CreateError),
    #[error("this person is suspended")]
    Suspended,
    #[error(transparent)]
    Db(#[from] desk::DbError),
}

impl Refusal for RequestError {
    fn kind(&self) -> Kind {
        match self {
            RequestError::Person(error) => error.kind(),
            RequestError::Ticket(error) => error.kind(),
            RequestError::Suspended => Kind::Forbidden,
            RequestError::Db(error) => error.kind(),
        }
    }
}

pub async fn new(State(center): State<Center>, From(ip): From, headers: HeaderMap) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    let help = articles::way(&center, words, |it| it.perhaps_answered).await;
    Html(New { words, company: company(&center).await, form: Written::default(), problem: None, help })
        .into_response()
}

pub async fn create(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Form(form): Form<Written>,
) -> Response {
    let words = preferred(&headers);
    let company = company(&center).await;
    if !form.website.is_empty() {
        // A program; it learns nothing.
        return thanks(&center, words, company, None).await;
    }
    if let Some(problem) = wrong(&form, words) {
        let help = articles::way(&center, words, |it| it.perhaps_answered).await;
        let page = New { words, company, form, problem: Some(problem), help };
        return (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response();
    }
    if !center.limits.may_write(ip) {
        return page::too_often(words);
    }
    let written = form.clone();
    match center.desk.write(Actor::desk(), move |tx| open(tx, &written)).await {
        Ok(ticket) => thanks(&center, words, company, Some(ticket)).await,
        // Who is shut out is told no more than a program is.
        Err(RequestError::Suspended) => thanks(&center, words, company, None).await,
        Err(error) => page::failed(&error, words),
    }
}

fn open(tx: &mut desk::Tx, form: &Written) -> Result<TicketId, RequestError> {
    let name = Some(form.name.trim()).filter(|name| !name.is_empty());
    let requester = people::requester_for(tx, &form.email, name)?;
    if people::find_user(tx, requester)?.is_some_and(|user| !user.is_active()) {
        return Err(RequestError::Suspended);
    }
    let comment = NewComment { author: Some(requester), ..NewComment::public(form.message.trim()) };
    let ticket =
        tickets::create(tx, &CreateTicket::new(requester, form.subject.trim(), comment, Channel::Web))?;
    Ok(ticket.id)
}

async fn thanks(
    center: &Center,
    words: &'static Words,
    company: String,
    ticket: Option<TicketId>,
) -> Response {
    let text = match ticket {
        Some(ticket) => words.received_as.replace("{number}", &ticket.to_string()),
        None => words.received.to_owned(),
    };
    let again = Some("/requests/new".to_owned());
    let help = articles::way(center, words, |it| it.another_question).await;
    Html(Thanks { words, company, title: words.thanks, text, again, again_text: words.another, help })
        .into_response()
}

fn wrong(form: &Written, words: &'static Words) -> Option<Wrong> {
    let wrong = |field, words| Some(Wrong { field, words });
    if people::fold_address(&form.email).is_none() {
        return wrong("email", words.wrong_email);
    }
    if form.subject.trim().is_empty() || form.subject.chars().count() > SUBJECT_CHARS_MAX {
        return wrong("subject", words.wrong_subject);
    }
    if form.message.trim().is_empty() || form.message.chars().count() > MESSAGE_CHARS_MAX {
        return wrong("message", words.wrong_message);
    }
    None
}

async fn company(center: &Center) -> String {
    let found = center.desk.read(Actor::desk(), settings::company).await;
    found.map(|company| company.name).unwrap_or_default()
}

/// The first language of ours that the browser asks for.
pub(crate) fn preferred(headers: &HeaderMap) -> &'static Words {
    let wanted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut codes = wanted.split(',').filter_map(|part| part.split([';', '-']).next()).map(str::trim);
    words::of(codes.find(|code| words::is_known(code)).unwrap_or("en"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;

    fn written() -> Written {
        Written {
            name: "Marta".into(),
            email: "marta@example.org".into(),
            subject: "Charged twice".into(),
            message: "Please look".into(),
            website: String::new(),
        }
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let en = words::of("en");
        assert_eq!(wrong(&written(), en), None);
        assert_eq!(wrong(&Written { email: "marta".into(), ..written() }, en).unwrap().field, "email");
        assert_eq!(wrong(&Written { subject: " ".into(), ..written() }, en).unwrap().field, "subject");
        assert_eq!(
            wrong(&Written { message: "x".repeat(20_001), ..written() }, en).unwrap().field,
            "message"
        );
    }

    #[test]
    fn what_was_written_stays_in_the_form() {
        let words = words::of("de");
        let form = Written { subject: "مرحبا <b>".into(), email: "x".into(), ..written() };
        let problem = wrong(&form, words);
        let page = New { words, company: "Tillers".into(), form, problem, help: None };
        let html = page.render().unwrap();
        assert!(html.contains("مرحبا &#60;b&#62;") && html.contains("aria-invalid"));
        assert!(!html.contains("<script") && !html.contains("/help"));
        let help = Some(Way { before: "Vielleicht:", link: "Antworten" });
        assert!(
            New { help, ..page }.render().unwrap().contains("Vielleicht: <a href=\"/help\">Antworten</a>")
        );
    }

    #[test]
    fn the_browsers_language_is_spoken() {
        let headers = |value: &str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]);
        assert_eq!(preferred(&headers("pt-BR, es-MX;q=0.9, en;q=0.5")).lang, "es");
        assert_eq!(preferred(&headers("ja")).lang, "en");
    }
}
