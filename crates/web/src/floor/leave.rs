//! `/floor/leave`: who asks for leave, what it would cost, and who is away; for leads.

use super::only_leads;
use super::week::LeaveForm;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::floor::leave::views::{LeavePage, leave_page};
use desk::floor::leave::{self, DecideLeave, Leave};
use desk::floor::roster::{AwayTold, Week};
use desk::people::{self, AgentName};
use desk::{Actor, LeaveId, Tx};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/floor/leave", get(show).post(enter))
        .route("/floor/leave/{leave}/decision", post(decide))
        .route("/floor/leave/{leave}/withdrawal", post(withdraw))
}

#[derive(askama::Template)]
#[template(path = "floor/leave.html")]
pub struct LeaveShow {
    pub shell: Shell,
    pub page: LeavePage,
    pub people: Vec<AgentName>,
    pub problem: Option<Problem>,
    pub draft: LeaveForm,
}

impl LeaveShow {
    fn load(tx: &mut Tx) -> Result<LeaveShow, Problem> {
        Ok(LeaveShow {
            page: leave_page(tx)?,
            people: people::list_agent_names(tx)?,
            problem: None,
            draft: LeaveForm::default(),
            shell: Shell::load(tx)?,
        })
    }

    pub fn week_of(&self, it: &Leave) -> String {
        Week::of(it.first_day).to_string()
    }

    pub fn is_chosen(&self, it: &AgentName) -> bool {
        self.draft.user == Some(it.id)
    }
}

/// `May be away`, `It would be felt`, `Alone with a skill`
pub fn says(told: &AwayTold) -> &'static str {
    match (told.skills.is_empty(), told.short_hours) {
        (true, Some(hours)) if told.weeks_unknown > 0 && hours < 4.0 => {
            "Of some weeks it is not known what is needed"
        }
        (false, _) => "Alone with a skill",
        (true, None) => "What is needed then is not known yet",
        (true, Some(_)) if told.may() => "May be away",
        (true, Some(_)) => "It would be felt",
    }
}

/// `Spanish 6.5 h, French 2 h`
pub fn skill_words(told: &AwayTold) -> String {
    let words =
        told.skills.iter().map(|(skill, alone)| format!("{skill} {}", super::roster::words::hours(*alone)));
    words.collect::<Vec<_>>().join(", ")
}

async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    only_leads(actor)?;
    Ok(Html(page(&web, actor).await?).into_response())
}

async fn page(web: &Web, actor: Actor) -> Result<LeaveShow, Problem> {
    web.desk.read(actor, LeaveShow::load).await
}

async fn enter(State(web): State<Web>, SignedIn(actor): SignedIn, form: Fields) -> Result<Response, Problem> {
    only_leads(actor)?;
    let draft = LeaveForm::of(&form);
    let user = draft.user.ok_or_else(|| Problem::invalid("Say who is away."));
    let entered = match user.and_then(|user| draft.command(user)) {
        Ok(command) => web.desk.write(actor, move |tx| Ok::<_, Problem>(leave::ask(tx, &command)?)).await,
        Err(problem) => Err(problem),
    };
    match entered {
        Ok(leave) => Ok(Said::new("Entered.")
            .with_undo(format!("/floor/leave/{leave}/withdrawal"))
            .then("/floor/leave")),
        Err(problem) => {
            let status = problem.status();
            let page = LeaveShow { problem: Some(problem), draft, ..page(&web, actor).await? };
            Ok((status, Html(page)).into_response())
        }
    }
}

async fn decide(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(leave): Path<LeaveId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = DecideLeave { leave, grant: form.is_on("grant"), answer: form.owned("answer") };
    let words = if command.grant { "Granted. It stands in the roster." } else { "Refused." };
    web.desk.write(actor, move |tx| Ok::<_, Problem>(leave::decide(tx, &command)?)).await?;
    Ok(Said::new(words).then("/floor/leave"))
}

async fn withdraw(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(leave): Path<LeaveId>,
) -> Result<Response, Problem> {
    only_leads(actor)?;
    web.desk.write(actor, move |tx| Ok::<_, Problem>(leave::withdraw(tx, leave)?)).await?;
    Ok(Said::new("Taken away.").then("/floor/leave"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::UserId;
    use desk::floor::leave::{LeaveKind, LeaveState};

    fn leave_of(state: LeaveState, kind: LeaveKind) -> Leave {
        Leave {
            id: LeaveId(3),
            user: UserId(1),
            name: "Ana <Novak>".into(),
            kind,
            first_day: jiff::civil::date(2026, 12, 24),
            last_day: jiff::civil::date(2026, 12, 24),
            hours: Some((780, 1_020)),
            note: "a very long note ".repeat(30),
            state,
            asked_at: 1_764_000_000_000,
            decided_at: None,
            decided_by: None,
            decided_by_name: Some("Lea".into()),
            answer: "No <one> else".into(),
        }
    }

    fn sample(asked: Vec<(Leave, Option<AwayTold>)>, decided: Vec<Leave>) -> LeaveShow {
        LeaveShow {
            shell: shell(),
            page: LeavePage {
                today: jiff::civil::date(2026, 11, 23),
                asked,
                coming: decided.clone(),
                past: decided,
            },
            people: vec![AgentName { id: UserId(1), name: "Ana <Novak>".into() }],
            problem: None,
            draft: LeaveForm::default(),
        }
    }

    #[test]
    fn what_is_asked_stands_beside_what_it_would_cost() {
        let felt = AwayTold {
            shift_hours: 8.0,
            short_hours: Some(6.5),
            skills: vec![("SAML <b>".into(), 3.5)],
            also_away: vec!["Mei".into(), "Kofi".into()],
            weeks_unknown: 0,
        };
        let unknown = AwayTold { shift_hours: 8.0, ..AwayTold::default() };
        let may = AwayTold { short_hours: Some(1.0), ..AwayTold::default() };
        let half_known = AwayTold { weeks_unknown: 1, ..may.clone() };
        let asked = [Some(felt), Some(unknown), Some(may), Some(half_known), None]
            .into_iter()
            .zip(3..)
            .map(|(told, id)| {
                (Leave { id: LeaveId(id), ..leave_of(LeaveState::Asked, LeaveKind::Holiday) }, told)
            })
            .collect();
        let html = renders(&sample(asked, vec![leave_of(LeaveState::Refused, LeaveKind::Other)]));
        for words in [
            "Alone with a skill",
            "SAML &#60;b&#62; 3.5 h",
            "6.5 h more short",
            "not known yet",
            "May be away",
            "Of some weeks it is not known",
            "is worked out for the first",
            "Mei, Kofi",
            "24 Dec, 13:00–17:00",
            "/floor/leave/3/decision",
            "/floor/roster?week=2026-12-21",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
    }

    #[test]
    fn nothing_asked_and_what_is_wrong_are_shown() {
        let mut page = sample(vec![], vec![]);
        page.problem = Some(Problem::invalid("these days touch other leave"));
        page.draft.user = Some(UserId(1));
        let html = renders(&page);
        assert!(
            html.contains("Nobody asks for leave") && html.contains("these days touch other leave"),
            "{html}"
        );
        assert!(html.contains("value=\"1\" selected"), "{html}");
    }
}
