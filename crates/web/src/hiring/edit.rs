//! `/hiring/new`, `/hiring/{id}/edit`: writing an opening, from a gap, from a role, or from nothing.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use desk::hiring::views::opening_page;
use desk::hiring::{self, Draft, Gap, Opening, SKILLS_PER_OPENING_MAX, WriteNeed, WriteOpening};
use desk::skills::{self, SkillSummary};
use desk::{Actor, Kind, OpeningId, RoleId, SkillId};
use serde::Deserialize;

const EMPTY_LINES: usize = 3;

#[derive(askama::Template)]
#[template(path = "hiring/edit.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub opening: Option<OpeningId>,
    pub form: Form,
    pub library: Vec<SkillSummary>,
    /// For a new one that starts from nothing yet.
    pub gaps: Vec<Gap>,
    pub problem: Option<Problem>,
}

/// What was written, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub title: String,
    pub summary: String,
    pub place: String,
    pub seats: String,
    pub reason: String,
    pub role: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub skill: String,
    pub level: String,
    pub weight: String,
    pub question: String,
}

#[derive(Deserialize)]
pub struct From {
    skill: Option<i64>,
    role: Option<i64>,
    #[serde(default)]
    empty: String,
}

impl Edit {
    fn lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.form.lines.iter().enumerate()
    }

    fn is_skill(&self, line: &Line, skill: &SkillSummary) -> bool {
        line.skill == skill.id.to_string()
    }

    fn is_new(&self) -> bool {
        self.opening.is_none()
    }
}

fn line(skill: &SkillSummary, level: f64, weight: f64, question: &str) -> Line {
    Line {
        skill: skill.id.to_string(),
        level: crate::words::short_level(level),
        weight: crate::skills::roles::weight_words(&weight),
        question: question.to_owned(),
    }
}

impl Form {
    fn of(it: &Opening) -> Form {
        Form {
            title: it.title.clone(),
            summary: it.summary.clone(),
            place: it.place.clone(),
            seats: it.seats.to_string(),
            reason: it.reason.clone(),
            role: it.role.map(|id| id.to_string()).unwrap_or_default(),
            lines: it
                .needs
                .iter()
                .map(|need| line(&need.skill, need.level, need.weight, &need.question))
                .collect(),
        }
    }

    fn started(draft: Draft) -> Form {
        Form {
            title: draft.title,
            reason: draft.reason,
            role: draft.role.map(|id| id.to_string()).unwrap_or_default(),
            lines: draft
                .needs
                .iter()
                .map(|(skill, level, weight)| line(skill, *level, *weight, ""))
                .collect(),
            ..Form::empty()
        }
    }

    fn empty() -> Form {
        Form { seats: "1".into(), ..Form::default() }
    }

    fn read(fields: &Fields) -> Form {
        let line = |n: usize| Line {
            skill: fields.owned(&format!("skill_{n}")),
            level: fields.owned(&format!("level_{n}")),
            weight: fields.owned(&format!("weight_{n}")),
            question: fields.owned(&format!("question_{n}")),
        };
        let last = SKILLS_PER_OPENING_MAX + EMPTY_LINES;
        let lines = (0..last).filter(|n| fields.has(&format!("skill_{n}"))).map(line);
        Form {
            title: fields.owned("title"),
            summary: fields.owned("summary"),
            place: fields.owned("place"),
            seats: fields.owned("seats"),
            reason: fields.owned("reason"),
            role: fields.owned("role"),
            lines: lines.filter(|it| !it.skill.is_empty()).collect(),
        }
    }

    /// What cannot be read as a number becomes one that the desk refuses with its reason.
    fn command(&self) -> WriteOpening {
        let number = |text: &str| text.replace(',', ".").parse::<f64>().unwrap_or(-1.0);
        let need = |line: &Line| WriteNeed {
            skill: SkillId(line.skill.parse().unwrap_or(0)),
            level: number(&line.level),
            weight: number(&line.weight),
            question: line.question.clone(),
        };
        WriteOpening {
            title: self.title.clone(),
            summary: self.summary.clone(),
            place: self.place.clone(),
            seats: self.seats.parse().unwrap_or(0),
            reason: self.reason.clone(),
            role: self.role.parse().ok().map(RoleId),
            needs: self.lines.iter().map(need).collect(),
        }
    }

    fn with_empty_lines(mut self) -> Form {
        let many = (self.lines.len() + EMPTY_LINES).min(SKILLS_PER_OPENING_MAX).max(self.lines.len());
        self.lines.resize_with(many, || Line { level: "3".into(), weight: "0.5".into(), ..Line::default() });
        self
    }
}

/// Where the gaps are, or the form, filled from a gap or a role.
pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(from): Query<From>,
) -> Result<Html<Edit>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let (form, gaps) = match (from.skill, from.role) {
            (Some(skill), _) => (Form::started(hiring::draft_of_skill(tx, SkillId(skill))?), vec![]),
            (None, Some(role)) => (Form::started(hiring::draft_of_role(tx, RoleId(role))?), vec![]),
            (None, None) if !from.empty.is_empty() => (Form::empty(), vec![]),
            (None, None) => (Form::empty(), hiring::gaps(tx)?),
        };
        let (library, shell) = (library(tx)?, Shell::load(tx)?);
        Ok::<_, Problem>(Edit {
            shell,
            opening: None,
            form: form.with_empty_lines(),
            library,
            gaps,
            problem: None,
        })
    });
    Ok(Html(page.await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
) -> Result<Html<Edit>, Problem> {
    if !actor.is_lead() {
        return Err(desk::hiring::HiringError::NotALead.into());
    }
    let page = web.desk.read(actor, move |tx| {
        let form = Form::of(&opening_page(tx, id)?.opening).with_empty_lines();
        let (library, shell) = (library(tx)?, Shell::load(tx)?);
        Ok::<_, Problem>(Edit { shell, opening: Some(id), form, library, gaps: vec![], problem: None })
    });
    Ok(Html(page.await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = Form::read(&fields);
    let command = form.command();
    match web.desk.write(actor, move |tx| hiring::create_opening(tx, &command)).await.map_err(Problem::from) {
        Ok(id) => {
            Ok(Said::new("A draft, for leads only. Show it to colleagues first.")
                .then(&format!("/hiring/{id}")))
        }
        Err(problem) => again(&web, actor, None, form, problem).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OpeningId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = Form::read(&fields);
    let command = form.command();
    match web
        .desk
        .write(actor, move |tx| hiring::update_opening(tx, id, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(Said::new("Saved.").then(&format!("/hiring/{id}"))),
        Err(problem) => again(&web, actor, Some(id), form, problem).await,
    }
}

async fn again(
    web: &Web,
    actor: Actor,
    opening: Option<OpeningId>,
    form: Form,
    problem: Problem,
) -> Result<Response, Problem> {
    if matches!(problem.kind, Kind::Broken | Kind::Busy | Kind::NotFound | Kind::Forbidden) {
        return Err(problem);
    }
    let status = problem.status();
    let page = web.desk.read(actor, move |tx| {
        let (library, shell) = (library(tx)?, Shell::load(tx)?);
        let form = form.clone().with_empty_lines();
        Ok::<_, Problem>(Edit { shell, opening, form, library, gaps: vec![], problem: None })
    });
    Ok((status, Html(Edit { problem: Some(problem), ..page.await? })).into_response())
}

fn library(tx: &mut desk::Tx) -> Result<Vec<SkillSummary>, Problem> {
    let mut all: Vec<SkillSummary> =
        skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect();
    all.sort_by_key(|it| it.name.to_lowercase());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::words::samples;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::hiring::OpeningState;

    fn page(form: Form) -> Edit {
        Edit {
            shell: shell(),
            opening: None,
            form: form.with_empty_lines(),
            library: vec![summary(1, "SAML login"), summary(2, "Écoute active")],
            gaps: vec![],
            problem: None,
        }
    }

    #[test]
    fn gaps_are_offered_and_a_refused_form_keeps_what_was_written() {
        let gap = Gap {
            title: "SAML login".into(),
            reason: "Only Leila is able: one absence, and nobody is left.".into(),
            skill: Some(SkillId(1)),
            role: None,
        };
        let role = Gap { skill: None, role: Some(RoleId(2)), ..gap.clone() };
        let html = renders(&Edit { gaps: vec![gap, role], ..page(Form::empty()) });
        assert!(html.contains("/hiring/new?skill=1") && html.contains("/hiring/new?role=2"));

        let form = Form::of(&samples::opening(OpeningState::Draft));
        assert_eq!(form.command().needs.len(), 3);
        let problem = Problem { field: Some("level"), ..Problem::invalid("a level lies above 0") };
        let html = renders(&Edit { problem: Some(problem), opening: Some(OpeningId(5)), ..page(form) });
        assert!(html.contains("a level lies above 0") && html.contains("same day."), "{html}");
        let wrong = Form { seats: "two".into(), ..Form::empty() };
        assert_eq!(wrong.command().seats, 0, "the desk refuses it with its reason");
    }
}
