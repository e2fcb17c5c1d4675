//! Articles: what the desk knows, written down once, for customers at the help centre or for staff alone.
//!
//! An article (Zendesk's word) has a title, a body in Markdown, a language, an author and the skills that it is about; there
//! are no categories or sections yet. It is a draft (its author and leads see it), internal (all staff), published
//! (everybody, at the help centre) or archived (as a draft, out of the lists). Staff write their own articles; leads and
//! admins change everybody's. Whoever may answer customers may publish, because both speak for the company; so a light
//! agent writes drafts and internal articles, and leaves what is public as it is. Each change says which version it was
//! made from, so that nobody overwrites what they have not seen. Tables: `articles`, `article_skills`, and the full-text
//! index `search_articles`. Events: `ArticleChanged`, `ArticleMoved`. Paths: `/articles`; for customers `/help`.

mod edit;
mod error;
mod markdown;
mod store;
pub mod views;

pub use edit::{UpdateArticle, WriteArticle, create, move_to, update};
pub use error::ArticleError;
pub use markdown::html_of;

use crate::skills::SkillSummary;
use crate::{Actor, ArticleId, Language, UserId};
use serde::{Deserialize, Serialize};

pub const TITLE_CHARS_MAX: usize = 200;
pub const BODY_CHARS_MAX: usize = 60_000;
pub const SKILLS_PER_ARTICLE_MAX: usize = 12;
/// Archived ones among them.
pub const ARTICLES_MAX: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleState {
    /// For its author and for leads.
    Draft,
    /// For all staff.
    Internal,
    /// For everybody, at the help centre.
    Published,
    /// Put away; as a draft otherwise.
    Archived,
}

impl ArticleState {
    pub const ALL: [ArticleState; 4] =
        [ArticleState::Draft, ArticleState::Internal, ArticleState::Published, ArticleState::Archived];

    pub fn name(self) -> &'static str {
        match self {
            ArticleState::Draft => "draft",
            ArticleState::Internal => "internal",
            ArticleState::Published => "published",
            ArticleState::Archived => "archived",
        }
    }

    pub fn parse(name: &str) -> Option<ArticleState> {
        ArticleState::ALL.into_iter().find(|it| it.name() == name)
    }

    /// All staff may read it.
    pub fn is_shared(self) -> bool {
        matches!(self, ArticleState::Internal | ArticleState::Published)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Article {
    pub id: ArticleId,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub language: Language,
    pub author: UserId,
    pub author_name: String,
    pub state: ArticleState,
    /// By name.
    pub skills: Vec<SkillSummary>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// When everybody could read it first.
    pub published_at: Option<i64>,
}

impl Article {
    pub fn is_seen_by(&self, actor: Actor) -> bool {
        actor.is_staff() && (self.state.is_shared() || self.is_written_by(actor))
    }

    /// May change its text, and put it away.
    pub fn is_changed_by(&self, actor: Actor) -> bool {
        let speaks = self.state != ArticleState::Published || actor.is_agent();
        actor.is_staff() && speaks && self.is_written_by(actor)
    }

    fn is_written_by(&self, actor: Actor) -> bool {
        actor.is_lead() || actor.is(self.author)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn who_sees_and_who_changes_an_article_follows_from_its_state_and_author() {
        let article = |state| Article {
            id: ArticleId(1),
            title: "Refunds".into(),
            body: String::new(),
            language: Language::of("en").expect("a language"),
            author: UserId(1),
            author_name: "Ana".into(),
            state,
            skills: vec![],
            version: 1,
            created_at: 0,
            updated_at: 0,
            published_at: None,
        };
        let (author, other) = (Actor::person(UserId(1), Role::Agent), Actor::person(UserId(2), Role::Agent));
        let (lead, light) =
            (Actor::person(UserId(3), Role::Lead), Actor::person(UserId(1), Role::LightAgent));
        let customer = Actor::person(UserId(1), Role::EndUser);
        for state in ArticleState::ALL {
            let it = article(state);
            assert!(it.is_seen_by(author) && it.is_seen_by(lead) && it.is_changed_by(author));
            assert_eq!(it.is_seen_by(other), state.is_shared(), "{state:?}");
            assert!(it.is_changed_by(lead) && !it.is_changed_by(other) && !it.is_seen_by(customer));
            assert_eq!(it.is_changed_by(light), state != ArticleState::Published, "{state:?}");
            assert_eq!(ArticleState::parse(state.name()), Some(state));
        }
    }
}
