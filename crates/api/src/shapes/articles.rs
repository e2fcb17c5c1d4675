//! Articles of the help centre in JSON.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::articles::{Article, ArticleState, html_of};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An article of the help centre. There are no categories, sections, votes or comments.
#[derive(Serialize, ToSchema)]
pub struct ArticleShape {
    pub id: i64,
    pub url: String,
    /// Where it is read: at the help centre once it is published, by staff before.
    pub html_url: String,
    pub title: String,
    /// The title once more.
    pub name: String,
    /// Cleaned HTML, as readers see it.
    pub body: String,
    /// The text as it was written.
    pub markdown: String,
    /// Its language: two or three letters.
    pub locale: String,
    pub source_locale: String,
    pub author_id: i64,
    /// draft, internal (all staff), published (everybody), archived
    pub state: &'static str,
    /// Whether customers do not see it.
    pub draft: bool,
    pub skill_ids: Vec<i64>,
    /// Grows with every change of the text.
    pub version: i64,
    pub created_at: String,
    pub updated_at: String,
    pub edited_at: String,
    /// When everybody could read it first.
    pub published_at: Option<String>,
}

impl ArticleShape {
    pub fn of(it: &Article, urls: &Urls) -> ArticleShape {
        let public = it.state == ArticleState::Published;
        let place = if public { "/help/articles" } else { "/articles" };
        ArticleShape {
            id: it.id.0,
            url: urls.resource(&format!("/help_center/articles/{}", it.id)),
            html_url: urls.plain(&format!("{place}/{}", it.id)),
            title: it.title.clone(),
            name: it.title.clone(),
            body: html_of(&it.body),
            markdown: it.body.clone(),
            locale: it.language.to_string(),
            source_locale: it.language.to_string(),
            author_id: it.author.0,
            state: it.state.name(),
            draft: !public,
            skill_ids: it.skills.iter().map(|it| it.id.0).collect(),
            version: it.version,
            created_at: iso(it.created_at),
            updated_at: iso(it.updated_at),
            edited_at: iso(it.updated_at),
            published_at: iso_if(it.published_at),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct ArticleBody {
    pub article: ArticleChange,
}

/// What is missing stays as it is; of a new article, `title` is needed, and it is a draft unless something else is said.
#[derive(Deserialize, ToSchema)]
pub struct ArticleChange {
    pub title: Option<String>,
    /// HTML; it is cleaned when it is shown.
    pub body: Option<String>,
    /// The text in Markdown; goes before `body`.
    pub markdown: Option<String>,
    /// A locale; its first part is kept.
    pub locale: Option<String>,
    pub skill_ids: Option<Vec<i64>>,
    /// draft, internal, published, archived
    pub state: Option<String>,
    /// In place of `state`: true is draft, false is published.
    pub draft: Option<bool>,
    /// The version that was read: whoever comes too late is refused.
    pub version: Option<i64>,
}
