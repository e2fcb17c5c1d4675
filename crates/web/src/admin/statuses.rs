//! `/admin/statuses`: what people can say of themselves beside here, away and gone, and what work comes to them then.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::routing::{self, AgentStatus, STATUS_NAME_CHARS_MAX, StatusWords};
use desk::{Actor, AgentStatusId};

const PLACE: &str = "/admin/statuses";

#[derive(askama::Template)]
#[template(path = "admin/statuses.html")]
pub struct Index {
    pub shell: Shell,
    pub statuses: Vec<AgentStatus>,
    /// The one whose form was refused; none: the new one.
    pub wrong: Option<AgentStatusId>,
    pub form: StatusWords,
    pub problem: Option<Problem>,
}

/// What comes to somebody: the form's word, tickets, conversations, and how it is told.
const TAKES: [(&str, bool, bool, &str); 4] = [
    ("all", true, true, "tickets, messages, chats and calls"),
    ("tickets", true, false, "tickets only"),
    ("live", false, true, "messages, chats and calls only"),
    ("nothing", false, false, "nothing"),
];

impl Index {
    fn takes(&self) -> [(&'static str, bool, bool, &'static str); 4] {
        TAKES
    }

    fn name_max(&self) -> usize {
        STATUS_NAME_CHARS_MAX
    }

    /// As it stands, or as it was written when it was refused.
    fn shown<'a>(&'a self, status: &'a AgentStatus) -> (&'a str, bool, bool) {
        match self.wrong == Some(status.id) {
            true => (&self.form.name, self.form.takes_tickets, self.form.takes_live),
            false => (&status.name, status.takes_tickets, status.takes_live),
        }
    }

    fn is_wrong(&self, status: &AgentStatus) -> bool {
        self.wrong == Some(status.id)
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(page(&web, actor).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let words = written(&form)?;
    let copy = words.clone();
    let made = web.desk.write(actor, move |tx| routing::create_status(tx, &copy)).await;
    match made.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Made. Everybody finds it in the menu beside their name.").then(PLACE)),
        Err(problem) => refused(&web, actor, None, words, problem).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(status): Path<AgentStatusId>,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let words = written(&form)?;
    let copy = words.clone();
    let saved = web.desk.write(actor, move |tx| routing::update_status(tx, status, &copy)).await;
    match saved.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Saved. It holds at once for whoever has it.").then(PLACE)),
        Err(problem) => refused(&web, actor, Some(status), words, problem).await,
    }
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(status): Path<AgentStatusId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    web.desk.write(actor, move |tx| routing::retire_status(tx, status)).await?;
    Ok(Said::new("Retired. Whoever had it is plainly here or away.").then(PLACE))
}

async fn refused(
    web: &Web,
    actor: Actor,
    wrong: Option<AgentStatusId>,
    form: StatusWords,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.field.is_none() {
        return Err(problem);
    }
    let status = problem.status();
    let page = Index { wrong, form, problem: Some(problem), ..page(web, actor).await? };
    Ok((status, Html(page)).into_response())
}

async fn page(web: &Web, actor: Actor) -> Result<Index, Problem> {
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index {
            statuses: routing::agent_statuses(tx)?,
            shell: Shell::load(tx)?,
            wrong: None,
            form: StatusWords { name: String::new(), takes_tickets: false, takes_live: false },
            problem: None,
        })
    });
    page.await
}

fn written(form: &Fields) -> Result<StatusWords, Problem> {
    let takes = TAKES.iter().find(|it| it.0 == form.text("takes"));
    let takes = takes.ok_or_else(|| Problem::invalid("Choose what comes to whoever has it."))?;
    Ok(StatusWords { name: form.owned("name"), takes_tickets: takes.1, takes_live: takes.2 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};

    fn status(id: i64, name: &str, takes_tickets: bool, takes_live: bool) -> AgentStatus {
        AgentStatus { id: AgentStatusId(id), name: name.into(), takes_tickets, takes_live }
    }

    fn page(statuses: Vec<AgentStatus>, wrong: Option<AgentStatusId>, problem: Option<Problem>) -> String {
        let form = StatusWords { name: "Training".into(), takes_tickets: true, takes_live: true };
        renders(&Index { shell: shell(), statuses, wrong, form, problem })
    }

    #[test]
    fn a_desk_without_any_says_what_they_are_for() {
        assert!(page(vec![], None, None).contains("Nobody has made any yet"));
    }

    #[test]
    fn each_says_what_comes_and_a_refused_one_keeps_what_was_written() {
        let all =
            vec![status(1, "Only <chats>", false, true), status(2, "دورة تدريبية طويلة جدا", false, false)];
        let taken = Problem { field: Some("name"), ..Problem::invalid("There is a status of this name.") };
        let html = page(all, Some(AgentStatusId(2)), Some(taken));
        assert!(html.contains("Only &#60;chats&#62;") && html.contains("/admin/statuses/2/retire"));
        assert!(html.contains("value=\"Training\"") && html.contains("There is a status of this name."));
        assert!(!html.contains("دورة"), "what was written stands in its place");
    }
}
