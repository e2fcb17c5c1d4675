//! `/tickets/new`: an agent writes to a customer, or notes what a customer said elsewhere. What is begun is kept.

use super::said::Said;
use crate::{Html, Problem, Shell, SignedIn, Web, around};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::people::{self, Group};
use desk::tickets::{
    self, Channel, CreateTicket, DraftFile, FILES_PER_DRAFT_MAX, NewComment, NewTicketDraft, Priority,
};
use desk::{Actor, GroupId, Kind, TicketId, Tx};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "tickets/new.html")]
struct NewPage {
    shell: Shell,
    form: NewForm,
    groups: Vec<Group>,
    /// Added before, and waiting.
    files: Vec<DraftFile>,
    /// The form shows what was begun before.
    is_draft: bool,
    problem: Option<Problem>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NewForm {
    requester: String,
    requester_name: String,
    subject: String,
    body_text: String,
    body_html: String,
    public: String,
    group: String,
    priority: String,
    tags: String,
    assign: String,
    followup_of: String,
    #[serde(skip)]
    upload_tokens: Vec<String>,
}

impl NewForm {
    fn is_note(&self) -> bool {
        self.public == "false"
    }

    fn is_mine(&self) -> bool {
        self.assign == "me"
    }

    fn draft(&self) -> NewTicketDraft {
        NewTicketDraft {
            requester: self.requester.clone(),
            requester_name: self.requester_name.clone(),
            subject: self.subject.clone(),
            body: self.body_text.clone(),
            html: self.body_html.clone(),
            public: !self.is_note(),
            group: self.group.clone(),
            priority: self.priority.clone(),
            tags: self.tags.clone(),
            mine: self.is_mine(),
            upload_tokens: self.upload_tokens.clone(),
        }
    }

    fn of_draft(draft: NewTicketDraft) -> NewForm {
        NewForm {
            requester: draft.requester,
            requester_name: draft.requester_name,
            subject: draft.subject,
            body_text: draft.body,
            body_html: draft.html,
            public: draft.public.to_string(),
            group: draft.group,
            priority: draft.priority,
            tags: draft.tags,
            assign: if draft.mine { "me".into() } else { String::new() },
            followup_of: String::new(),
            upload_tokens: draft.upload_tokens,
        }
    }
}

pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(form): Query<NewForm>,
) -> Result<Html<impl askama::Template>, Problem> {
    // Whoever comes with something in mind does not get what they began before.
    let draft = match form == NewForm::default() {
        true => web.desk.read(actor, tickets::new_draft_of).await?,
        false => None,
    };
    let is_draft = draft.is_some();
    let form = draft.map_or(form, NewForm::of_draft);
    Ok(Html(NewPage { is_draft, ..page(&web, actor, form, None).await? }))
}

/// `PUT /tickets/new/draft`: what is written so far.
pub async fn keep(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<StatusCode, Problem> {
    let draft = form_of(fields).draft();
    web.desk.write(actor, move |tx| tickets::save_new_draft(tx, &draft)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let said = Said::of(fields.clone());
    let form = form_of(fields);
    let copy = form.clone();
    match web.desk.write(actor, move |tx| open(tx, &copy, said.comment())).await {
        Ok(ticket) if around::is_fragment() => {
            Ok([("hx-redirect", format!("/tickets/{ticket}"))].into_response())
        }
        Ok(ticket) => Ok(Redirect::to(&format!("/tickets/{ticket}")).into_response()),
        Err(problem) if matches!(problem.kind, Kind::Invalid | Kind::TooMuch) => {
            let status = problem.status();
            Ok((status, Html(page(&web, actor, form, Some(problem)).await?)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

fn open(tx: &mut Tx, form: &NewForm, comment: NewComment) -> Result<TicketId, Problem> {
    let name = Some(form.requester_name.trim()).filter(|name| !name.is_empty());
    let requester = people::requester_for(tx, &form.requester, name)
        .map_err(|error| Problem { field: Some("requester"), ..Problem::from(error) })?;
    let command = CreateTicket {
        group: form.group.parse().ok().map(GroupId),
        priority: Priority::parse(&form.priority),
        assignee: tx.actor().user().filter(|_| form.is_mine()),
        tags: form.tags.split([' ', ',']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        followup_of: form.followup_of.parse().ok().map(TicketId),
        ..CreateTicket::new(requester, form.subject.clone(), comment, Channel::Web)
    };
    if command.comment.body.trim().is_empty() && command.comment.upload_tokens.is_empty() {
        return Err(Problem { field: Some("description"), ..Problem::invalid("Write what it is about.") });
    }
    let ticket = tickets::create(tx, &command)?.id;
    tickets::discard_new_draft(tx)?;
    Ok(ticket)
}

async fn page(web: &Web, actor: Actor, form: NewForm, problem: Option<Problem>) -> Result<NewPage, Problem> {
    let tokens = form.upload_tokens.clone();
    let read = web.desk.read(actor, move |tx| {
        let files = tickets::waiting_files(tx, &tokens)?;
        Ok::<_, db::Error>((Shell::load(tx)?, people::list_groups(tx)?, files))
    });
    let (shell, groups, files) = read.await?;
    Ok(NewPage { shell, form, groups, files, is_draft: false, problem })
}

fn form_of(fields: Vec<(String, String)>) -> NewForm {
    let mut form = NewForm::default();
    for (name, value) in fields {
        let place = match name.as_str() {
            "upload_token" if form.upload_tokens.len() < FILES_PER_DRAFT_MAX => {
                form.upload_tokens.push(value);
                continue;
            }
            "requester" => &mut form.requester,
            "requester_name" => &mut form.requester_name,
            "subject" => &mut form.subject,
            "body_text" => &mut form.body_text,
            "body_html" => &mut form.body_html,
            "public" => &mut form.public,
            "group" => &mut form.group,
            "priority" => &mut form.priority,
            "tags" => &mut form.tags,
            "assign" => &mut form.assign,
            "followup_of" => &mut form.followup_of,
            _ => continue,
        };
        *place = value;
    }
    form
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};

    #[test]
    fn what_was_written_stays_when_something_is_wrong() {
        let page = |form, problem| NewPage {
            shell: shell(),
            form,
            groups: vec![],
            files: vec![],
            is_draft: false,
            problem,
        };
        renders(&page(NewForm::default(), None));
        let form = NewForm {
            body_text: "مرحبا".repeat(500),
            subject: "x".repeat(300),
            public: "false".into(),
            ..NewForm::default()
        };
        let wrong = Problem { field: Some("requester"), ..Problem::invalid("That is no address.") };
        let html = renders(&page(form, Some(wrong)));
        assert!(html.contains("That is no address.") && html.contains("مرحبا"));
    }
}
