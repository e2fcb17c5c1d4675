//! Writing an article, and who may read it: its author, staff, everybody, nobody any more.

use super::{
    ARTICLES_MAX, Article, ArticleError, ArticleState, BODY_CHARS_MAX, SKILLS_PER_ARTICLE_MAX,
    TITLE_CHARS_MAX, store,
};
use crate::events::{self, Event};
use crate::{ArticleId, Language, SkillId, Tx, UnknownLanguage};
use std::collections::BTreeSet;

/// An article as it shall be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteArticle {
    pub title: String,
    /// Markdown.
    pub body: String,
    /// A locale; its first part is kept. Empty: the author's own, or else the company's.
    pub language: String,
    pub skills: Vec<SkillId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UpdateArticle {
    pub article: ArticleId,
    /// The version that was read. `None`: whatever it is now.
    pub version: Option<i64>,
    pub wanted: WriteArticle,
}

/// The same within its limits, as it is kept.
pub(super) struct Checked {
    pub title: String,
    pub body: String,
    pub language: Language,
    pub skills: BTreeSet<SkillId>,
}

/// A draft of one's own.
pub fn create(tx: &mut Tx, command: &WriteArticle) -> Result<ArticleId, ArticleError> {
    let author = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(ArticleError::NotStaff)?;
    let usual = match crate::people::find_user(tx, author)? {
        Some(user) => Language::of(&user.locale),
        None => None,
    };
    let usual = match usual {
        Some(language) => Some(language),
        None => Language::of(&crate::settings::company(tx)?.locale),
    };
    let wanted = checked(tx, command, usual)?;
    tx.lock("articles")?;
    if store::count_articles(tx)? >= ARTICLES_MAX {
        return Err(ArticleError::TooManyArticles);
    }
    let id = store::insert_article(tx, author, &wanted)?;
    store::save_skills(tx, id, &wanted.skills)?;
    store::add_terms(tx, id, &wanted)?;
    events::record(tx, &Event::ArticleChanged { article: id })?;
    Ok(id)
}

/// Saving what is there already changes nothing.
pub fn update(tx: &mut Tx, command: &UpdateArticle) -> Result<Article, ArticleError> {
    let before = to_change(tx, command.article)?;
    let wanted = checked(tx, &command.wanted, Some(before.language))?;
    if before.state.is_shared() && wanted.body.is_empty() {
        return Err(ArticleError::BodyIsMissing);
    }
    let skills: BTreeSet<SkillId> = before.skills.iter().map(|it| it.id).collect();
    let same = (&before.title, &before.body, before.language, &skills)
        == (&wanted.title, &wanted.body, wanted.language, &wanted.skills);
    if same {
        return Ok(before);
    }
    let version = command.version.unwrap_or(before.version);
    if !store::save_article(tx, before.id, version, &wanted)? {
        return Err(ArticleError::ChangedMeanwhile);
    }
    store::save_skills(tx, before.id, &wanted.skills)?;
    store::put_terms(tx, before.id, &wanted)?;
    events::record(tx, &Event::ArticleChanged { article: before.id })?;
    store::find_article(tx, before.id)?.ok_or(ArticleError::NoSuchArticle)
}

/// Any state may follow any other; the same again changes nothing. Answers with the state before, so that it can be taken
/// back.
pub fn move_to(tx: &mut Tx, id: ArticleId, to: ArticleState) -> Result<ArticleState, ArticleError> {
    let is = to_change(tx, id)?;
    if is.state == to {
        return Ok(is.state);
    }
    if to == ArticleState::Published && !tx.actor().is_agent() {
        return Err(ArticleError::MayNotPublish);
    }
    if to.is_shared() && is.body.is_empty() {
        return Err(ArticleError::BodyIsMissing);
    }
    store::save_state(tx, id, to)?;
    events::record(tx, &Event::ArticleMoved { article: id, to })?;
    Ok(is.state)
}

/// The article, for somebody who may change it; others learn of it only what they may see.
fn to_change(tx: &mut Tx, id: ArticleId) -> Result<Article, ArticleError> {
    let actor = *tx.actor();
    if !actor.is_staff() {
        return Err(ArticleError::NotStaff);
    }
    let article = store::find_article(tx, id)?.filter(|it| it.is_seen_by(actor));
    let article = article.ok_or(ArticleError::NoSuchArticle)?;
    if article.is_changed_by(actor) {
        return Ok(article);
    }
    match article.is_written_by(actor) {
        true => Err(ArticleError::MayNotPublish),
        false => Err(ArticleError::NotYours),
    }
}

fn checked(tx: &mut Tx, command: &WriteArticle, usual: Option<Language>) -> Result<Checked, ArticleError> {
    let title = command.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        return Err(ArticleError::TitleIsWrong);
    }
    let body = command.body.replace("\r\n", "\n").trim_end().trim_start_matches('\n').to_owned();
    if body.chars().count() > BODY_CHARS_MAX {
        return Err(ArticleError::BodyIsTooLong);
    }
    let language = match command.language.trim() {
        "" => usual,
        locale => Language::of(locale),
    };
    let skills: BTreeSet<SkillId> = command.skills.iter().copied().collect();
    let known = crate::skills::summaries(tx)?;
    if skills.len() > SKILLS_PER_ARTICLE_MAX || !skills.iter().all(|it| known.contains_key(it)) {
        return Err(ArticleError::SkillsAreWrong);
    }
    Ok(Checked { title, body, language: language.ok_or(UnknownLanguage)?, skills })
}
