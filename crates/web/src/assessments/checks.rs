//! `/assessments/checks`: taking a skill check, and writing one.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::assessments::views::{self, CheckRow, QuestionState};
use desk::assessments::{
    self, AnswerCheck, CALIBRATED_FROM_ANSWERS, CHECK_AGAIN_AFTER_DAYS, Hardness, Question, SaveCheck,
};
use desk::skills::{self, SkillSummary};
use desk::{Actor, CheckId, Kind, SkillId};

#[derive(askama::Template)]
#[template(path = "assessments/check.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub row: CheckRow,
    /// For leads.
    pub questions: Vec<QuestionState>,
    pub problem: Option<Problem>,
}

impl Show {
    fn may_take(&self) -> bool {
        self.row.again_at.is_none() && self.row.check.retired_at.is_none()
    }

    /// Questions with their words, of a check that somebody took.
    fn answered(&self) -> Vec<(usize, &Question, &QuestionState)> {
        let all = self.row.check.questions.iter().zip(&self.questions).enumerate();
        all.filter(|(_, (_, it))| it.answers > 0).map(|(place, (words, it))| (place + 1, words, it)).collect()
    }

    fn calibrated_from(&self) -> usize {
        CALIBRATED_FROM_ANSWERS
    }

    fn again_days(&self) -> i64 {
        CHECK_AGAIN_AFTER_DAYS
    }

    fn right(&self) -> usize {
        self.row.mine.as_ref().map_or(0, |it| it.answers.iter().filter(|it| **it).count())
    }
}

#[derive(askama::Template)]
#[template(path = "assessments/edit_check.html")]
pub struct Edit {
    pub shell: Shell,
    pub check: Option<CheckId>,
    pub retired: bool,
    pub name: String,
    pub skill: Option<SkillId>,
    /// The questions as text.
    pub text: String,
    pub skills: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

impl Edit {
    fn is_skill(&self, skill: &SkillId) -> bool {
        self.skill == Some(*skill)
    }

    fn address(&self) -> String {
        match self.check {
            Some(id) => format!("/assessments/checks/{id}/edit"),
            None => "/assessments/checks".to_owned(),
        }
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(load(&web, actor, id, None).await?))
}

async fn load(web: &Web, actor: Actor, id: CheckId, problem: Option<Problem>) -> Result<Show, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let row = views::check_page(tx, id)?;
        let questions = if actor.is_lead() { views::question_states(tx, id)? } else { Vec::new() };
        let shell = Shell::load(tx)?;
        Ok::<_, Problem>(Show { row, questions, actor, now: tx.now(), shell, problem: None })
    });
    Ok(Show { problem, ..page.await? })
}

pub async fn answer(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
    form: Fields,
) -> Result<Response, Problem> {
    let chosen =
        (0..assessments::QUESTIONS_PER_CHECK_MAX).map(|place| form.parsed(&format!("q-{place}"))).collect();
    let command = AnswerCheck { check: id, version: form.parsed("version").unwrap_or(0), chosen };
    match web
        .desk
        .write(actor, move |tx| assessments::answer_check(tx, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(_) => Ok(Said::new("Done. It counts as one observation among the others.")
            .then(&format!("/assessments/checks/{id}"))),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            Ok((status, Html(load(&web, actor, id, Some(problem)).await?)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, None, None).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, Some(id), None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = read(&fields);
    match web
        .desk
        .write(actor, move |tx| assessments::create_check(tx, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(id) => {
            Ok(Said::new("Made. Everybody can take it now.").then(&format!("/assessments/checks/{id}")))
        }
        Err(problem) => refused(&web, actor, None, &fields, problem).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = read(&fields);
    match web
        .desk
        .write(actor, move |tx| assessments::update_check(tx, id, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(Said::new("Saved.").then(&format!("/assessments/checks/{id}"))),
        Err(problem) => refused(&web, actor, Some(id), &fields, problem).await,
    }
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| assessments::retire_check(tx, id)).await?;
    Ok(Said::new("Retired.").with_undo(format!("/assessments/checks/{id}/restore")).then("/assessments"))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CheckId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| assessments::restore_check(tx, id)).await?;
    Ok(Said::new("In use again.").then("/assessments"))
}

async fn refused(
    web: &Web,
    actor: Actor,
    id: Option<CheckId>,
    fields: &Fields,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.field.is_none() {
        return Err(problem);
    }
    let status = problem.status();
    let page = form(web, actor, id, Some(problem)).await?;
    let page = Edit {
        name: fields.owned("name"),
        skill: fields.parsed("skill"),
        text: fields.owned("questions"),
        ..page
    };
    Ok((status, Html(page)).into_response())
}

async fn form(
    web: &Web,
    actor: Actor,
    check: Option<CheckId>,
    problem: Option<Problem>,
) -> Result<Edit, Problem> {
    if !actor.is_lead() {
        return Err(Problem::new(Kind::Forbidden, "Only leads write skill checks."));
    }
    let found = web.desk.read(actor, move |tx| {
        let row = match check {
            Some(id) => Some(views::check_page(tx, id)?.check),
            None => None,
        };
        let skills = skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect::<Vec<_>>();
        Ok::<_, Problem>((row, skills, Shell::load(tx)?))
    });
    let (row, skills, shell) = found.await?;
    Ok(Edit {
        shell,
        check,
        retired: row.as_ref().is_some_and(|it| it.retired_at.is_some()),
        name: row.as_ref().map_or_else(String::new, |it| it.name.clone()),
        skill: row.as_ref().map(|it| it.skill),
        text: row.as_ref().map_or_else(String::new, |it| written(&it.questions)),
        skills,
        problem,
    })
}

fn read(fields: &Fields) -> SaveCheck {
    SaveCheck {
        skill: fields.parsed("skill").unwrap_or(SkillId(0)),
        name: fields.owned("name"),
        questions: questions(fields.text("questions")),
    }
}

/// A question and its choices on lines of their own, an empty line between questions. The right choice begins with `*`,
/// the question may begin with `easy:` or `hard:`. What cannot be read has no right choice, and the desk refuses it.
fn questions(text: &str) -> Vec<Question> {
    let blocks = text.split("\n\n").map(str::trim).filter(|it| !it.is_empty());
    let question = |block: &str| {
        let mut lines = block.lines().map(str::trim).filter(|it| !it.is_empty());
        let head = lines.next().unwrap_or_default();
        let (hardness, words) = match head.split_once(':') {
            Some((word, rest)) => match Hardness::parse(&word.trim().to_lowercase()) {
                Some(hardness) => (hardness, rest.trim()),
                None => (Hardness::Medium, head),
            },
            None => (Hardness::Medium, head),
        };
        let choices: Vec<&str> = lines.collect();
        let marked: Vec<usize> = (0..choices.len()).filter(|it| choices[*it].starts_with('*')).collect();
        let right = if let [only] = marked[..] { only } else { usize::MAX };
        let choices = choices.iter().map(|it| it.trim_start_matches('*').trim().to_owned()).collect();
        Question { text: words.to_owned(), choices, right, hardness }
    };
    blocks.map(question).collect()
}

fn written(questions: &[Question]) -> String {
    let block = |it: &Question| {
        let head = match it.hardness {
            Hardness::Medium => it.text.clone(),
            other => format!("{}: {}", other.name(), it.text),
        };
        let choices = it.choices.iter().enumerate();
        let lines = choices
            .map(|(place, words)| if place == it.right { format!("* {words}") } else { words.clone() });
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    };
    questions.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::super::index::samples;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::{Role, UserId};

    #[test]
    fn questions_are_read_as_they_are_written() {
        let all = samples::check(false).check.questions;
        assert_eq!(questions(&written(&all)), all);
        let two_right = questions("Which: a or b?\n* a\n* b");
        assert_eq!((two_right[0].text.as_str(), two_right[0].right), ("Which: a or b?", usize::MAX));
        assert!(questions(" \n\n ").is_empty());
    }

    #[test]
    fn a_check_is_taken_once_and_then_shows_what_it_said() {
        let show = |taken: bool| Show {
            shell: shell(),
            actor: Actor::person(UserId(1), Role::Agent),
            now: 1_767_700_000_000,
            row: samples::check(taken),
            questions: vec![],
            problem: None,
        };
        let html = renders(&show(false));
        assert!(html.contains("name=\"q-2\"") && !html.contains("<second>"));
        let html = renders(&show(true));
        assert!(html.contains("2 of 3") && !html.contains("name=\"q-0\""));
        let state =
            |answers, calibrated| QuestionState { level: 3.4, sd_levels: 0.3, answers, right: 2, calibrated };
        let for_lead =
            Show { questions: vec![state(31, true), state(4, false), state(0, false)], ..show(false) };
        let html = renders(&for_lead);
        assert!(
            html.contains("2 of 31") && html.contains("3.4 ± 0.3") && html.contains("its author's word"),
            "{html}"
        );
    }

    #[test]
    fn a_lead_writes_it_as_text() {
        let page = Edit {
            shell: shell(),
            check: Some(CheckId(6)),
            retired: false,
            name: "Refund rules".into(),
            skill: Some(SkillId(1)),
            text: "hard: <b>?\n* a\nb".into(),
            skills: vec![summary(1, "Refunds")],
            problem: Some(Problem {
                field: Some("questions"),
                ..Problem::invalid("A check has 3 to 40 questions.")
            }),
        };
        assert!(renders(&page).contains("A check has 3 to 40 questions."));
        assert!(renders(&Edit { check: None, ..page }).contains("action=\"/assessments/checks\""));
    }
}
