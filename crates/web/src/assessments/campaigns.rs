//! `/assessments/campaigns`: asking people about themselves and each other, and what came of it.

use super::{day_of, moment_of};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::assessments::views::{self, CampaignPage};
use desk::assessments::{self, ANONYMOUS_PEERS_MIN, OpenCampaign, PEERS_EACH_MAX};
use desk::skills::{self, SkillSummary};
use desk::{Actor, CampaignId, UserId};

const DAY_MS: i64 = 24 * 3_600_000;

#[derive(askama::Template)]
#[template(path = "assessments/new_campaign.html")]
pub struct New {
    pub shell: Shell,
    pub people: Vec<(UserId, String)>,
    pub skills: Vec<SkillSummary>,
    pub form: Option<OpenCampaign>,
    pub problem: Option<Problem>,
}

impl New {
    fn name(&self) -> &str {
        self.form.as_ref().map_or("", |it| it.name.as_str())
    }

    fn has_person(&self, user: &UserId) -> bool {
        self.form.as_ref().is_none_or(|it| it.people.contains(user))
    }

    fn has_skill(&self, skill: &desk::SkillId) -> bool {
        self.form.as_ref().is_some_and(|it| it.skills.contains(skill))
    }

    fn asks_self(&self) -> bool {
        self.form.as_ref().is_none_or(|it| it.asks_self)
    }

    fn asks_lead(&self) -> bool {
        self.form.as_ref().is_none_or(|it| it.asks_lead)
    }

    fn is_peers(&self, count: &usize) -> bool {
        self.form.as_ref().is_some_and(|it| it.peers_each == *count)
    }

    /// As a field for days holds it.
    fn due(&self) -> String {
        self.form.as_ref().filter(|it| it.due_at > 0).map_or_else(String::new, |it| day_of(it.due_at))
    }

    fn peers_min(&self) -> usize {
        ANONYMOUS_PEERS_MIN
    }

    fn peers_max(&self) -> usize {
        PEERS_EACH_MAX
    }
}

#[derive(askama::Template)]
#[template(path = "assessments/campaign.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: CampaignPage,
}

impl Show {
    fn peers_min(&self) -> usize {
        ANONYMOUS_PEERS_MIN
    }

    fn figure(&self, level: &Option<f64>) -> String {
        level.map_or_else(|| "–".to_owned(), |level| format!("{level:.1}"))
    }
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<New>, Problem> {
    Ok(Html(form(&web, actor, None, None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = OpenCampaign {
        name: fields.owned("name"),
        skills: fields.list("skill"),
        people: fields.list("person"),
        asks_self: fields.is_on("self"),
        asks_lead: fields.is_on("lead"),
        peers_each: fields.parsed("peers").unwrap_or(0),
        // The last day belongs to it.
        due_at: moment_of(fields.text("due")).map_or(0, |day| day + DAY_MS - 1),
    };
    let copy = command.clone();
    match web.desk.write(actor, move |tx| assessments::open_campaign(tx, &copy)).await.map_err(Problem::from)
    {
        Ok(id) => Ok(Said::new("Open. Everybody finds their questions under Assessments.")
            .then(&format!("/assessments/campaigns/{id}"))),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            Ok((status, Html(form(&web, actor, Some(command), Some(problem)).await?)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CampaignId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::campaign_page(tx, id)?;
        Ok::<_, Problem>(Show { page, actor, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

pub async fn close(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CampaignId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| assessments::close_campaign(tx, id)).await?;
    Ok(Said::new("Closed. Everybody sees their own results now.")
        .then(&format!("/assessments/campaigns/{id}")))
}

async fn form(
    web: &Web,
    actor: Actor,
    form: Option<OpenCampaign>,
    problem: Option<Problem>,
) -> Result<New, Problem> {
    let found = web.desk.read(actor, move |tx| {
        let people = views::people(tx)?;
        let skills = skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect::<Vec<_>>();
        Ok::<_, Problem>((people, skills, Shell::load(tx)?))
    });
    let (people, skills, shell) = found.await?;
    Ok(New { shell, people, skills, form, problem })
}

#[cfg(test)]
mod tests {
    use super::super::index::samples;
    use super::*;
    use crate::samples::{cell, renders, shell, summary};
    use desk::Role;
    use desk::assessments::views::{ResultRow, Sides};

    #[test]
    fn results_show_all_sides_and_where_they_lie_apart() {
        let sides = |peers: Option<f64>| Sides {
            skill: summary(1, "Empathy"),
            themself: Some(4.5),
            lead: None,
            peers,
            peer_count: peers.map(|_| 3),
            evidence: Some(cell(2.8, 0.4)),
            apart: Some(1.7),
        };
        let show = |closed: bool, role: Role| {
            let page = CampaignPage {
                campaign: samples::campaign(closed),
                asked: 12,
                answered: 5,
                waiting: vec![(UserId(2), "Leila".into(), 3)],
                results: vec![ResultRow {
                    user: UserId(2),
                    name: "Leila".into(),
                    sides: vec![sides(Some(3.2)), sides(None)],
                }],
            };
            Show { shell: shell(), actor: Actor::person(UserId(1), role), now: 1_767_700_000_000, page }
        };
        let html = renders(&show(true, Role::Lead));
        assert!(html.contains("1.7 apart") && html.contains("3.2") && !html.contains("/close"));
        assert!(html.contains("by 3"), "said by three, not a level on a scale of three");
        assert!(renders(&show(false, Role::Lead)).contains("/close"));
        assert!(renders(&show(true, Role::Agent)).contains("at least 3"));
    }

    #[test]
    fn a_refused_form_keeps_what_was_written() {
        let form = OpenCampaign {
            name: "Spring".into(),
            skills: vec![desk::SkillId(1)],
            people: vec![UserId(2)],
            asks_self: true,
            asks_lead: false,
            peers_each: 2,
            due_at: 0,
        };
        let problem =
            Problem { field: Some("due"), ..Problem::invalid("The end lies ahead, within a year.") };
        let page = New {
            shell: shell(),
            people: vec![(UserId(2), "Leila".into()), (UserId(3), "Ben".into())],
            skills: vec![summary(1, "Empathy")],
            form: Some(form),
            problem: Some(problem),
        };
        let html = renders(&page);
        assert!(html.contains("The end lies ahead") && html.contains("value=\"Spring\""));
    }
}
