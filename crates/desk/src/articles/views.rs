//! Articles as lists and pages show them: to staff, to customers, beside a ticket, in a portfolio.

use super::store::{self, Drafts};
use super::{Article, ArticleError, ArticleState};
use crate::skills::SkillSummary;
use crate::{ArticleId, Language, SkillId, Tx, UserId};
use serde::Serialize;
use std::collections::HashMap;

/// Published articles, those changed last, that the help centre puts in order.
const PUBLIC_LOOKED_AT_MAX: usize = 1_000;
/// Words of a search that count.
const WORDS_MAX: usize = 16;
/// Words of a ticket's subject that are looked for, and articles that each may find.
const SUBJECT_WORDS_MAX: usize = 8;
const ARTICLES_PER_WORD_MAX: usize = 50;
const ARTICLES_PER_TICKET_LOOKED_AT: usize = 200;
/// The worthiest of those, which are read; drafts among them fall out.
const ARTICLES_PER_TICKET_READ_MAX: usize = 20;
/// A word as short as this says little.
const WORD_CHARS_MIN: usize = 4;
/// A needed skill says as much as so many words.
const SKILL_WORTH: usize = 3;
/// One word in common is chance.
const WORTH_MIN: usize = 2;

/// Conditions; all must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticleFilter {
    pub words: String,
    pub skill: Option<SkillId>,
    pub author: Option<UserId>,
    /// `None`: all but the archived ones.
    pub state: Option<ArticleState>,
    pub language: Option<Language>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArticleRow {
    pub id: ArticleId,
    pub title: String,
    pub language: Language,
    pub author: UserId,
    pub author_name: String,
    pub state: ArticleState,
    /// By name.
    pub skills: Vec<SkillSummary>,
    /// The first words of the text, without their dress.
    pub beginning: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub published_at: Option<i64>,
}

/// An article, for staff who may see it.
pub fn article(tx: &mut Tx, id: ArticleId) -> Result<Article, ArticleError> {
    let actor = *tx.actor();
    let found = store::find_article(tx, id)?.filter(|it| it.is_seen_by(actor));
    found.ok_or(ArticleError::NoSuchArticle)
}

/// What staff may see, the one changed last first: drafts and archived ones are their author's and leads'.
pub fn list(tx: &mut Tx, filter: &ArticleFilter, count_max: usize) -> Result<Vec<ArticleRow>, ArticleError> {
    let actor = *tx.actor();
    if !actor.is_staff() {
        return Err(ArticleError::NotStaff);
    }
    let drafts = match actor.user() {
        _ if actor.is_lead() => Drafts::OfAll,
        Some(user) => Drafts::Of(user),
        None => Drafts::OfNobody,
    };
    found(tx, filter, drafts, count_max)
}

/// What everybody may read: those in the reader's language first, then the one changed last.
pub fn public_list(
    tx: &mut Tx,
    words: &str,
    language: Option<Language>,
    count_max: usize,
) -> Result<Vec<ArticleRow>, ArticleError> {
    let filter = ArticleFilter {
        words: words.to_owned(),
        state: Some(ArticleState::Published),
        ..ArticleFilter::default()
    };
    let mut rows = found(tx, &filter, Drafts::OfNobody, PUBLIC_LOOKED_AT_MAX)?;
    rows.sort_by_key(|it| language.is_some_and(|wanted| it.language != wanted));
    rows.truncate(count_max);
    Ok(rows)
}

/// The help centre has something to read.
pub fn is_any_published(tx: &mut Tx) -> Result<bool, db::Error> {
    store::is_any_published(tx)
}

/// Nothing else of the desk's articles can be read without an account.
pub fn public_article(tx: &mut Tx, id: ArticleId) -> Result<Article, ArticleError> {
    let found = store::find_article(tx, id)?.filter(|it| it.state == ArticleState::Published);
    found.ok_or(ArticleError::NoSuchArticle)
}

/// What a person has written and everybody may read, the one changed last first. Nobody but staff learns who wrote it.
pub fn written_by(tx: &mut Tx, author: UserId, count_max: usize) -> Result<Vec<ArticleRow>, db::Error> {
    if !tx.actor().is_staff() {
        return Ok(Vec::new());
    }
    let filter = ArticleFilter {
        author: Some(author),
        state: Some(ArticleState::Published),
        ..ArticleFilter::default()
    };
    store::list_rows(tx, &filter, Drafts::OfNobody, None, count_max)
}

/// What may help with a ticket: articles about skills that it needs, and those that hold words of its subject.
pub fn for_ticket(
    tx: &mut Tx,
    subject: &str,
    needed: &[SkillId],
    count_max: usize,
) -> Result<Vec<ArticleRow>, ArticleError> {
    if !tx.actor().is_staff() {
        return Err(ArticleError::NotStaff);
    }
    // The page of a ticket is opened all day: a desk without articles pays nothing for them.
    if !store::is_any_shared(tx)? {
        return Ok(Vec::new());
    }
    let mut worth: HashMap<i64, usize> = HashMap::new();
    for id in store::list_about(tx, needed, ARTICLES_PER_TICKET_LOOKED_AT)? {
        *worth.entry(id).or_default() += SKILL_WORTH;
    }
    let mut words = ::text::query_terms(subject, None);
    words.retain(|it| it.chars().count() >= WORD_CHARS_MIN);
    for word in words.into_iter().take(SUBJECT_WORDS_MAX) {
        for id in store::list_matches(tx, &[word])?.into_iter().take(ARTICLES_PER_WORD_MAX) {
            *worth.entry(id).or_default() += 1;
        }
    }
    worth.retain(|_, it| *it >= WORTH_MIN);
    if worth.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<i64> = worth.keys().copied().collect();
    ids.sort_by_key(|id| std::cmp::Reverse((worth[id], *id)));
    ids.truncate(ARTICLES_PER_TICKET_READ_MAX);
    let all = ArticleFilter::default();
    let mut rows = store::list_rows(tx, &all, Drafts::OfNobody, Some(&ids), ids.len())?;
    rows.retain(|it| it.state.is_shared());
    rows.sort_by_key(|it| std::cmp::Reverse(worth.get(&it.id.0).copied().unwrap_or(0)));
    rows.truncate(count_max);
    Ok(rows)
}

fn found(
    tx: &mut Tx,
    filter: &ArticleFilter,
    drafts: Drafts,
    count_max: usize,
) -> Result<Vec<ArticleRow>, ArticleError> {
    if filter.words.trim().is_empty() {
        return Ok(store::list_rows(tx, filter, drafts, None, count_max)?);
    }
    let mut terms = ::text::query_terms(&filter.words, None);
    terms.truncate(WORDS_MAX);
    let ids = store::list_matches(tx, &terms)?;
    Ok(store::list_rows(tx, filter, drafts, Some(&ids), count_max)?)
}
