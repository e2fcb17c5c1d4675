//! `/articles/new`, `/articles/{id}/edit`: writing in Markdown, with a look at how it reads before it is saved.

use super::index::library;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::articles::views;
use desk::articles::{self, Article, SKILLS_PER_ARTICLE_MAX, UpdateArticle, WriteArticle};
use desk::skills::SkillSummary;
use desk::{Actor, ArticleId, Kind, SkillId};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "articles/edit.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub article: Option<ArticleId>,
    pub form: Form,
    pub library: Vec<SkillSummary>,
    /// How it reads, cleaned; when a look was asked for.
    pub preview: Option<String>,
    /// What somebody else has written meanwhile, cleaned.
    pub meanwhile: Option<String>,
    pub problem: Option<Problem>,
}

/// What was written, as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    pub title: String,
    pub body: String,
    pub language: String,
    pub skills: Vec<SkillId>,
    /// The version that it was made from.
    pub version: i64,
}

#[derive(Deserialize)]
pub struct From {
    skill: Option<i64>,
}

impl Edit {
    fn is_about(&self, skill: &SkillSummary) -> bool {
        self.form.skills.contains(&skill.id)
    }

    fn skills_max(&self) -> usize {
        SKILLS_PER_ARTICLE_MAX
    }

    fn body_max(&self) -> usize {
        articles::BODY_CHARS_MAX
    }

    /// Where the form goes.
    fn place(&self) -> String {
        self.article.map_or_else(|| "/articles".to_owned(), |id| format!("/articles/{id}"))
    }
}

impl Form {
    fn of(it: &Article) -> Form {
        Form {
            title: it.title.clone(),
            body: it.body.clone(),
            language: it.language.to_string(),
            skills: it.skills.iter().map(|it| it.id).collect(),
            version: it.version,
        }
    }

    fn read(fields: &Fields) -> Form {
        Form {
            title: fields.owned("title"),
            body: fields.owned("body"),
            language: fields.owned("language"),
            skills: fields.list("skill"),
            version: fields.parsed("version").unwrap_or(0),
        }
    }

    fn command(&self) -> WriteArticle {
        WriteArticle {
            title: self.title.clone(),
            body: self.body.clone(),
            language: self.language.clone(),
            skills: self.skills.clone(),
        }
    }
}

pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(from): Query<From>,
) -> Result<Html<Edit>, Problem> {
    let skills = from.skill.map(SkillId).into_iter().collect();
    let form = Form { skills, ..Form::default() };
    Ok(Html(load(&web, actor, None, form).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ArticleId>,
) -> Result<Html<Edit>, Problem> {
    let article = web.desk.read(actor, move |tx| views::article(tx, id)).await?;
    if !article.is_changed_by(actor) {
        return Err(articles::ArticleError::NotYours.into());
    }
    Ok(Html(load(&web, actor, Some(id), Form::of(&article)).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = Form::read(&fields);
    let command = form.command();
    match web.desk.write(actor, move |tx| articles::create(tx, &command)).await.map_err(Problem::from) {
        Ok(id) => Ok(Said::new("A draft. Share it when it is ready.").then(&format!("/articles/{id}"))),
        Err(problem) => again(&web, actor, None, form, problem).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ArticleId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = Form::read(&fields);
    let command = UpdateArticle { article: id, version: Some(form.version), wanted: form.command() };
    match web.desk.write(actor, move |tx| articles::update(tx, &command)).await.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Saved.").then(&format!("/articles/{id}"))),
        Err(problem) => again(&web, actor, Some(id), form, problem).await,
    }
}

pub async fn preview_new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Html<Edit>, Problem> {
    look(&web, actor, None, Form::read(&fields)).await
}

/// Nothing is saved by it.
pub async fn preview(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ArticleId>,
    fields: Fields,
) -> Result<Html<Edit>, Problem> {
    web.desk.read(actor, move |tx| views::article(tx, id)).await?;
    look(&web, actor, Some(id), Form::read(&fields)).await
}

async fn look(
    web: &Web,
    actor: Actor,
    article: Option<ArticleId>,
    form: Form,
) -> Result<Html<Edit>, Problem> {
    let preview = Some(articles::html_of(&form.body));
    Ok(Html(Edit { preview, ..load(web, actor, article, form).await? }))
}

/// The form with what was written, and what is wrong with it. Whoever was too late sees what has been written meanwhile;
/// saving again then replaces it.
async fn again(
    web: &Web,
    actor: Actor,
    article: Option<ArticleId>,
    mut form: Form,
    problem: Problem,
) -> Result<Response, Problem> {
    if matches!(problem.kind, Kind::Broken | Kind::Busy | Kind::NotFound | Kind::Forbidden) {
        return Err(problem);
    }
    let mut meanwhile = None;
    if let (Kind::Conflict, Some(id)) = (problem.kind, article) {
        let now = web.desk.read(actor, move |tx| views::article(tx, id)).await?;
        form.version = now.version;
        meanwhile = Some(articles::html_of(&now.body));
    }
    let status: StatusCode = problem.status();
    let page = load(web, actor, article, form).await?;
    Ok((status, Html(Edit { problem: Some(problem), meanwhile, ..page })).into_response())
}

async fn load(web: &Web, actor: Actor, article: Option<ArticleId>, form: Form) -> Result<Edit, Problem> {
    if !actor.is_staff() {
        return Err(articles::ArticleError::NotStaff.into());
    }
    let page = web.desk.read(actor, move |tx| {
        let (library, shell) = (library(tx)?, Shell::load(tx)?);
        let form = form.clone();
        Ok::<_, Problem>(Edit {
            shell,
            article,
            form,
            library,
            preview: None,
            meanwhile: None,
            problem: None,
        })
    });
    page.await
}

#[cfg(test)]
mod tests {
    use super::super::words::samples::article;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::articles::ArticleState;

    fn page(article: Option<ArticleId>, form: Form) -> Edit {
        Edit {
            shell: shell(),
            article,
            form,
            library: vec![summary(1, "Refunds"), summary(2, "Écoute active")],
            preview: None,
            meanwhile: None,
            problem: None,
        }
    }

    #[test]
    fn a_new_article_is_written_and_looked_at_without_a_script() {
        let form = Form { skills: vec![SkillId(2)], ..Form::default() };
        let html = renders(&page(None, form));
        assert!(html.contains("action=\"/articles\"") && html.contains("formaction=\"/articles/preview\""));
        assert!(html.contains("value=\"2\" checked") && !html.contains("value=\"1\" checked"), "{html}");
    }

    #[test]
    fn what_was_written_stays_beside_its_preview_and_what_somebody_else_wrote() {
        let form = Form::of(&article(ArticleState::Draft));
        assert_eq!(form.command().skills, [SkillId(1)]);
        let preview = Some(articles::html_of(&form.body));
        let html = renders(&Edit { preview, ..page(Some(ArticleId(7)), form.clone()) });
        assert!(html.contains("<strong>within five days</strong>") && html.contains("**within five days**"));
        assert!(
            html.contains("name=\"version\" value=\"3\"") && html.contains("/articles/7/preview"),
            "{html}"
        );
        let problem = Problem::new(Kind::Conflict, "Somebody else has changed this article.");
        let meanwhile = Some("<p>Theirs</p>".to_owned());
        let late = Edit { problem: Some(problem), meanwhile, ..page(Some(ArticleId(7)), form) };
        let html = renders(&late);
        assert!(
            html.contains("<p>Theirs</p>") && html.contains("Somebody else") && html.contains("**within")
        );
    }
}
