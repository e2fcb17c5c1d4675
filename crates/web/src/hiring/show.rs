//! `/hiring/{id}`: one opening: who could grow into it, who applied, who may see it.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::hiring::views::{self, OpeningPage};
use desk::hiring::{self, CANDIDATE_KEPT_DAYS, OpeningState, Stage};
use desk::{Actor, OpeningId, UserId, people};

#[derive(askama::Template)]
#[template(path = "hiring/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: OpeningPage,
    /// Who could be named an interviewer; for leads.
    pub agents: Vec<(UserId, String)>,
    /// What was written into the form of a candidate, and refused.
    pub written: hiring::AddCandidate,
    pub csv: String,
    pub problem: Option<Problem>,
}

impl Show {
    fn kept_days(&self) -> i64 {
        CANDIDATE_KEPT_DAYS
    }

    fn is(&self, state: &str) -> bool {
        self.page.opening.state.name() == state
    }

    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.page.opening.summary.split("\n\n").filter(|it| !it.trim().is_empty())
    }

    /// The form of one candidate is open when it was refused.
    fn has_problem_of_form(&self) -> bool {
        self.problem.as_ref().is_some_and(|it| it.field != Some("file"))
    }

    fn has_problem_of_file(&self) -> bool {
        self.problem.as_ref().is_some_and(|it| it.field == Some("file"))
    }

    fn interviews(&self, user: &UserId) -> bool {
        self.page.interviewers.iter().any(|(it, _)| it == user)
    }

    fn undecided(&self) -> usize {
        self.page.candidates.iter().filter(|it| !it.candidate.stage.is_over()).count()
    }

    fn is_over(&self, stage: &Stage) -> bool {
        stage.is_over()
    }
}

pub(super) async fn load(web: &Web, actor: Actor, id: OpeningId) -> Result<Show, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::opening_page(tx, id)?;
        let (now, shell) = (tx.now(), Shell::load(tx)?);
        let written = hiring::AddCandidate::default();
        let agents = if actor.is_lead() { people::list_agent_names(tx)? } else { Vec::new() };
        let agents = agents.into_iter().map(|it| (it.id, it.name)).collect();
        Ok::<_, Problem>(Show { shell, actor, now, page, agents, written, csv: String::new(), problem: None })
    });
    page.await
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(load(&web, actor, id).await?))
}

pub async fn set_interviewers(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = hiring::SetInterviewers { opening: id, users: fields.list("user") };
    web.desk.write(actor, move |tx| hiring::set_interviewers(tx, &command)).await?;
    Ok(Said::new("Saved. They find the candidates under Openings.")
        .then(&format!("/hiring/{id}#interviewers")))
}

pub async fn set_state(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
    fields: Fields,
) -> Result<Response, Problem> {
    put_state(&web, actor, id, fields.text("state")).await
}

/// The same, for taking it back.
pub async fn state_again(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path((id, state)): Path<(OpeningId, String)>,
) -> Result<Response, Problem> {
    put_state(&web, actor, id, &state).await
}

async fn put_state(web: &Web, actor: Actor, id: OpeningId, state: &str) -> Result<Response, Problem> {
    let to =
        OpeningState::parse(state).ok_or_else(|| Problem::invalid("Choose who shall see this opening."))?;
    let before = web
        .desk
        .write(actor, move |tx| {
            let before = views::opening_page(tx, id)?.opening.state;
            hiring::move_opening(tx, id, to)?;
            Ok::<_, hiring::HiringError>(before)
        })
        .await;
    let here = format!("/hiring/{id}");
    let before = match before.map_err(Problem::from) {
        Ok(before) => before,
        Err(problem) if problem.field == Some("summary") => {
            return Ok(Said { bad: true, ..Said::new(problem.words.clone()) }.then(&format!("{here}/edit")));
        }
        Err(problem) => return Err(problem),
    };
    let said = match to {
        OpeningState::Draft => "Back to a draft: only leads see it.",
        OpeningState::Inside => "Colleagues see it now, and can say that they want it.",
        OpeningState::Public => "Everybody sees it now. Alerts go out in a minute.",
        OpeningState::Closed => "Closed. What is known of candidates is forgotten in time.",
    };
    Ok(Said::new(said).with_undo(format!("{here}/state/{}", before.name())).then(&here))
}

pub async fn volunteer(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let note = fields.owned("note");
    web.desk.write(actor, move |tx| hiring::volunteer(tx, id, &note)).await?;
    let said = Said::new("The leads know now that you want it.");
    Ok(said.with_undo(format!("/hiring/{id}/withdrawal")).then(&format!("/hiring/{id}")))
}

pub async fn withdraw(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| hiring::withdraw(tx, id)).await?;
    Ok(Said::new("Withdrawn.").with_undo(format!("/hiring/{id}/interest")).then(&format!("/hiring/{id}")))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::words::samples;
    use super::*;
    use crate::samples::{renders, shell};
    use desk::hiring::views::{CandidateRow, Colleague};
    use desk::{CandidateId, Role};

    pub fn show(role: Role, state: OpeningState, full: bool) -> Show {
        let lead = role.is_lead();
        let row = |user, stage, seen| CandidateRow {
            candidate: samples::candidate(user, stage),
            fit: samples::fit(seen),
        };
        let colleague =
            Colleague { measured: samples::measured(4, 3), candidate: Some(CandidateId(9)), wants: 1 };
        let page = OpeningPage {
            opening: samples::opening(state),
            role: Some("Tier 2".into()),
            candidates: match lead && full {
                true => vec![
                    row(None, Stage::Interviews, true),
                    row(Some(4), Stage::New, false),
                    row(None, Stage::Declined, true),
                ],
                false => vec![],
            },
            growing: if lead && full { vec![colleague] } else { vec![] },
            mine: (!lead).then(|| samples::measured(1, 3)),
            volunteered: (!lead && full).then(|| samples::candidate(Some(1), Stage::New)),
            interviewers: if lead && full { vec![(UserId(7), "Yuki <S>".into())] } else { vec![] },
        };
        Show {
            shell: shell(),
            actor: Actor::person(UserId(1), role),
            now: 1_767_700_000_000,
            page,
            agents: if lead { vec![(UserId(7), "Yuki <S>".into())] } else { vec![] },
            written: Default::default(),
            csv: String::new(),
            problem: None,
        }
    }

    #[test]
    fn leads_see_who_could_grow_into_it_before_those_who_applied() {
        let html = renders(&show(Role::Lead, OpeningState::Public, true));
        let (growing, applied) =
            (html.find("Who could grow into it").unwrap(), html.find("Candidates").unwrap());
        assert!(html.contains("value=\"7\" checked") && html.contains("Yuki &#60;S&#62;"));
        assert!(growing < applied && html.contains("34 % (9–52)") && html.contains("too little seen"));
        assert!(html.contains("/hiring/candidates/9") && html.contains("href=\"/jobs/5\""));
        let empty = renders(&show(Role::Lead, OpeningState::Draft, false));
        assert!(empty.contains("Nobody yet") && empty.contains("value=\"inside\""));
    }

    #[test]
    fn a_colleague_sees_how_near_they_are_and_nothing_of_others() {
        let html = renders(&show(Role::Agent, OpeningState::Inside, false));
        assert!(html.contains("41 %") && html.contains("/hiring/5/interest"));
        assert!(!html.contains("Candidates") && !html.contains("one absence"));
        let html = renders(&show(Role::Agent, OpeningState::Inside, true));
        assert!(html.contains("/hiring/5/withdrawal"));
    }

    #[test]
    fn what_was_refused_stays_in_its_form() {
        let problem =
            Problem { field: Some("email"), ..Problem::invalid("this address is among the candidates") };
        let written = hiring::AddCandidate { name: "Nour".into(), email: "x".into(), ..Default::default() };
        let page = Show { written, problem: Some(problem), ..show(Role::Lead, OpeningState::Public, true) };
        assert!(renders(&page).contains("among the candidates"));
        let problem = Problem { field: Some("file"), ..Problem::invalid("line 3: no name") };
        let page = Show {
            csv: "name\n".into(),
            problem: Some(problem),
            ..show(Role::Lead, OpeningState::Inside, true)
        };
        assert!(renders(&page).contains("line 3"));
    }
}
