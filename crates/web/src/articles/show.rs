//! `/articles/{id}`: one article, and who may read it.

use super::words;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::articles::views;
use desk::articles::{self, Article, ArticleState};
use desk::{Actor, ArticleId};

#[derive(askama::Template)]
#[template(path = "articles/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub article: Article,
    /// Cleaned.
    pub html: String,
}

impl Show {
    fn may_change(&self) -> bool {
        self.article.is_changed_by(self.actor)
    }

    fn is_public(&self) -> bool {
        self.article.state == ArticleState::Published
    }

    /// Where it can go from here.
    fn ways(&self) -> Vec<ArticleState> {
        let may = |it: &ArticleState| *it != ArticleState::Published || self.actor.is_agent();
        ArticleState::ALL.into_iter().filter(|it| *it != self.article.state).filter(may).collect()
    }

    fn is_next(&self, state: &ArticleState) -> bool {
        *state == ArticleState::Published
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ArticleId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let article = views::article(tx, id)?;
        let (html, shell) = (articles::html_of(&article.body), Shell::load(tx)?);
        Ok::<_, Problem>(Show { shell, actor, now: tx.now(), article, html })
    });
    Ok(Html(page.await?))
}

pub async fn set_state(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ArticleId>,
    fields: Fields,
) -> Result<Response, Problem> {
    put_state(&web, actor, id, fields.text("state")).await
}

/// The same, for taking it back.
pub async fn state_again(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path((id, state)): Path<(ArticleId, String)>,
) -> Result<Response, Problem> {
    put_state(&web, actor, id, &state).await
}

async fn put_state(web: &Web, actor: Actor, id: ArticleId, state: &str) -> Result<Response, Problem> {
    let to =
        ArticleState::parse(state).ok_or_else(|| Problem::invalid("Choose who shall read this article."))?;
    let here = format!("/articles/{id}");
    let moved = web.desk.write(actor, move |tx| articles::move_to(tx, id, to)).await.map_err(Problem::from);
    match moved {
        Ok(before) => {
            let said = Said::new(words::done(&to));
            Ok(said.with_undo(format!("{here}/state/{}", before.name())).then(&here))
        }
        Err(problem) if problem.field == Some("body") => {
            Ok(Said { bad: true, ..Said::new(problem.words) }.then(&format!("{here}/edit")))
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::samples::article;
    use super::*;
    use crate::samples::{renders, shell};
    use desk::{Role, UserId};

    fn page(state: ArticleState, user: i64, role: Role) -> String {
        let article = article(state);
        let html = articles::html_of(&article.body);
        let actor = Actor::person(UserId(user), role);
        renders(&Show { shell: shell(), actor, now: 1_767_787_200_000, article, html })
    }

    #[test]
    fn an_article_is_shown_as_it_reads_with_what_its_author_may_do() {
        let html = page(ArticleState::Draft, 2, Role::Agent);
        for part in [
            "<strong>within five days</strong>",
            "When money comes &#60;back&#62;",
            "/articles/7/edit",
            "value=\"published\"",
            "value=\"archived\"",
            "/skills/1",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let html = page(ArticleState::Published, 2, Role::Agent);
        assert!(html.contains("/help/articles/7") && !html.contains("value=\"published\""), "{html}");
    }

    #[test]
    fn others_read_it_and_whoever_may_not_answer_customers_publishes_nothing() {
        let other = page(ArticleState::Internal, 9, Role::Agent);
        assert!(!other.contains("/articles/7/edit") && !other.contains("/articles/7/state"), "{other}");
        let light = page(ArticleState::Internal, 2, Role::LightAgent);
        assert!(light.contains("/articles/7/edit") && !light.contains("value=\"published\""), "{light}");
        assert!(!page(ArticleState::Published, 2, Role::LightAgent).contains("/articles/7/edit"));
    }
}
