//! `/articles`: looking for what is written down.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::articles::ArticleState;
use desk::articles::views::{self, ArticleFilter, ArticleRow};
use desk::skills::{self, Skill, SkillSummary};
use desk::{SkillId, UserId, people};
use serde::Deserialize;

/// Rows of one page; who wants others looks for them.
const ROWS_SHOWN_MAX: usize = 200;

#[derive(askama::Template)]
#[template(path = "articles/index.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub asked: Asked,
    pub rows: Vec<ArticleRow>,
    pub library: Vec<SkillSummary>,
    pub agents: Vec<(UserId, String)>,
}

/// As it was asked: what cannot be read is no condition.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    pub skill: String,
    pub state: String,
    pub author: String,
}

impl Asked {
    fn filter(&self) -> ArticleFilter {
        ArticleFilter {
            words: self.q.clone(),
            skill: self.skill.parse().ok().map(SkillId),
            author: self.author.parse().ok().map(UserId),
            state: ArticleState::parse(&self.state),
            language: None,
        }
    }
}

impl Index {
    fn is_everything(&self) -> bool {
        self.asked.filter() == ArticleFilter::default()
    }

    fn is_cut(&self) -> bool {
        self.rows.len() >= ROWS_SHOWN_MAX
    }

    fn rows_max(&self) -> usize {
        ROWS_SHOWN_MAX
    }

    fn states(&self) -> [ArticleState; 4] {
        ArticleState::ALL
    }

    fn is_asked_state(&self, state: &ArticleState) -> bool {
        self.asked.state == state.name()
    }

    fn is_asked_skill(&self, skill: &SkillSummary) -> bool {
        self.asked.skill == skill.id.to_string()
    }

    fn is_asked_author(&self, user: &UserId) -> bool {
        self.asked.author == user.to_string()
    }

    /// A new one begins with the skill that was asked for.
    fn new_address(&self) -> String {
        match self.asked.filter().skill {
            Some(skill) => format!("/articles/new?skill={skill}"),
            None => "/articles/new".to_owned(),
        }
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let rows = views::list(tx, &asked.filter(), ROWS_SHOWN_MAX)?;
        let agents = people::list_agent_names(tx)?.into_iter().map(|it| (it.id, it.name)).collect();
        let (library, shell) = (library(tx)?, Shell::load(tx)?);
        Ok::<_, Problem>(Index { shell, now: tx.now(), asked: asked.clone(), rows, library, agents })
    });
    Ok(Html(page.await?))
}

/// What can be chosen, by name.
pub(super) fn library(tx: &mut desk::Tx) -> Result<Vec<SkillSummary>, Problem> {
    let mut all: Vec<SkillSummary> = skills::list_shown_skills(tx)?.iter().map(Skill::summary).collect();
    all.sort_by_key(|it| it.name.to_lowercase());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::words::samples::row;
    use super::*;
    use crate::samples::{renders, shell, summary};

    fn page(asked: Asked, rows: Vec<ArticleRow>) -> Index {
        Index {
            shell: shell(),
            now: 1_767_787_200_000,
            asked,
            rows,
            library: vec![summary(1, "Refunds"), summary(2, "Écoute active")],
            agents: vec![(UserId(2), "Leila <Ø>".into())],
        }
    }

    #[test]
    fn articles_are_listed_with_who_reads_them_and_what_they_are_about() {
        let long = "A very long title ".repeat(20);
        let rows = vec![
            row(1, "Money <back>", ArticleState::Published),
            row(2, &long, ArticleState::Draft),
            row(3, "كيف أعيد المال", ArticleState::Internal),
        ];
        let asked =
            Asked { skill: "2".into(), state: "draft".into(), author: "2".into(), ..Asked::default() };
        let html = renders(&page(asked, rows));
        for part in [
            "href=\"/articles/1\"",
            "Money &#60;back&#62;",
            "Published",
            "value=\"2\" selected",
            "value=\"draft\" selected",
            "/articles/new?skill=2",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn an_empty_help_centre_says_what_articles_are_for_and_an_empty_search_how_to_widen_it() {
        let html = renders(&page(Asked::default(), vec![]));
        assert!(html.contains("No article yet") && html.contains("/articles/new"), "{html}");
        let html = renders(&page(Asked { q: "<x>".into(), ..Asked::default() }, vec![]));
        assert!(html.contains("No article is found") && html.contains("&#60;x&#62;"), "{html}");
    }
}
