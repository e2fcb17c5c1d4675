//! `/help`: what everybody may read of what the desk knows. Drafts and internal articles do not exist here.

mod words;

use crate::Center;
use crate::jobs::day;
use crate::limits::From;
use crate::page::{self, Html};
use crate::request::preferred;
use crate::words::Words;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::articles::views::{self, ArticleRow};
use desk::articles::{self, Article, ArticleError};
use desk::{Actor, ArticleId, Language, settings};
use serde::Deserialize;
use words::HelpWords;

/// How long a reader or a proxy may keep these pages.
const CACHED: &str = "public, max-age=60";
const ROWS_SHOWN_MAX: usize = 100;
const QUERY_CHARS_MAX: usize = 200;

#[derive(askama::Template)]
#[template(path = "articles/index.html")]
struct Index {
    words: &'static Words,
    help: &'static HelpWords,
    company: String,
    public_url: String,
    query: String,
    rows: Vec<ArticleRow>,
}

#[derive(askama::Template)]
#[template(path = "articles/show.html")]
struct Show {
    words: &'static Words,
    help: &'static HelpWords,
    company: String,
    public_url: String,
    article: Article,
    /// Cleaned.
    html: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    query: String,
}

/// How other pages lead here: what stands before the link, and its words.
#[derive(Clone, Copy)]
pub struct Way {
    pub before: &'static str,
    pub link: &'static str,
}

/// `None` while nothing is published.
pub(crate) async fn way(
    center: &Center,
    words: &Words,
    before: fn(&HelpWords) -> &'static str,
) -> Option<Way> {
    let is_any = center.desk.read(Actor::desk(), views::is_any_published).await;
    let help = words::of(words.lang);
    is_any.unwrap_or_default().then(|| Way { before: before(help), link: help.answers })
}

impl Index {
    fn is_cut(&self) -> bool {
        self.rows.len() >= ROWS_SHOWN_MAX
    }

    fn more(&self) -> String {
        self.help.more.replace("{count}", &self.rows.len().to_string())
    }

    /// A title in another language than the page's says so.
    fn lang(&self, row: &ArticleRow) -> String {
        row.language.to_string()
    }
}

/// Searchable from outside, unlike the other pages of customers, and unlike what somebody has looked for: else anybody's
/// words could be found under the company's name.
fn findable(response: impl IntoResponse) -> Response {
    let headers = [
        (HeaderName::from_static("x-robots-tag"), "all"),
        (header::CACHE_CONTROL, CACHED),
        (header::VARY, "accept-language"),
    ];
    (headers, response).into_response()
}

pub(crate) async fn index(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    let query: String = asked.query.trim().chars().take(QUERY_CHARS_MAX).collect();
    let looked = query.clone();
    let found = center.desk.read(Actor::desk(), move |tx| {
        let rows = views::public_list(tx, &looked, Language::of(words.lang), ROWS_SHOWN_MAX)?;
        Ok::<_, ArticleError>((rows, settings::company(tx)?))
    });
    match found.await {
        Ok((rows, company)) => {
            let is_search = !query.is_empty();
            let public_url = company.public_url.trim_end_matches('/').to_owned();
            let help = words::of(words.lang);
            let page = Html(Index { words, help, company: company.name, public_url, query, rows });
            if is_search { page.into_response() } else { findable(page) }
        }
        Err(error) => page::failed(&error, words),
    }
}

pub(crate) async fn show(
    State(center): State<Center>,
    From(ip): From,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let words = preferred(&headers);
    if !center.limits.may_look(ip) {
        return page::too_often(words);
    }
    let help = words::of(words.lang);
    // Whatever is no number is no article.
    let id = id.parse().map_or(ArticleId(0), ArticleId);
    let found = center.desk.read(Actor::desk(), move |tx| {
        let article = views::public_article(tx, id)?;
        Ok::<_, ArticleError>((article, settings::company(tx)?))
    });
    match found.await {
        Ok((article, company)) => {
            let html = articles::html_of(&article.body);
            let public_url = company.public_url.trim_end_matches('/').to_owned();
            findable(Html(Show { words, help, company: company.name, public_url, article, html }))
        }
        Err(ArticleError::NoSuchArticle) => {
            page::message(StatusCode::NOT_FOUND, words, "", help.gone_title, help.gone)
        }
        Err(error) => page::failed(&error, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;
    use desk::UserId;
    use desk::articles::ArticleState;

    fn article() -> Article {
        Article {
            id: ArticleId(7),
            title: "When money comes <back>".into(),
            body: "Within **five** days.\n\n<script>alert(1)</script>".into(),
            language: Language::of("ar").expect("a language"),
            author: UserId(2),
            author_name: "Leila Secret".into(),
            state: ArticleState::Published,
            skills: vec![],
            version: 1,
            created_at: 0,
            updated_at: 1_767_700_800_000,
            published_at: Some(0),
        }
    }

    fn row(title: &str) -> ArticleRow {
        let it = article();
        ArticleRow {
            id: it.id,
            title: title.into(),
            language: it.language,
            author: it.author,
            author_name: it.author_name,
            state: it.state,
            skills: vec![],
            beginning: "Within five days.".into(),
            created_at: 0,
            updated_at: 0,
            published_at: None,
        }
    }

    #[test]
    fn articles_are_read_without_a_script_and_do_not_name_who_wrote_them() {
        for code in ["en", "es", "de", "fr"] {
            let (words, help, company) =
                (crate::words::of(code), words::of(code), "Tillers & Sons".to_owned());
            let index = Index {
                words,
                help,
                company: company.clone(),
                public_url: "https://desk.example".into(),
                query: "<x>".into(),
                rows: vec![row("Money <back>"), row(&"Long ".repeat(60))],
            };
            let page = index.render().unwrap();
            assert!(page.contains("href=\"/help/articles/7\"") && page.contains("Money &#60;back&#62;"));
            assert!(page.contains("value=\"&#60;x&#62;\"") && !page.contains("noindex"), "{page}");
            assert!(!page.contains("canonical"), "a search is no page of its own");
            let empty = Index { query: String::new(), rows: vec![], ..index };
            assert!(empty.render().unwrap().contains("rel=\"canonical\" href=\"https://desk.example/help\""));
            assert!(empty.render().unwrap().contains(help.none));
            let html = articles::html_of(&article().body);
            let public_url = "https://desk.example".to_owned();
            let page = Show { words, help, company, public_url, article: article(), html }.render().unwrap();
            assert!(page.contains("<strong>five</strong>") && page.contains("lang=\"ar\""), "{page}");
            assert!(page.contains("2026-01-06") && page.contains("/requests/new"));
            for page in [page, empty.render().unwrap()] {
                assert!(!page.contains("<script") && !page.contains("Secret"), "{page}");
            }
        }
    }
}
