//! Every statement on `articles` and `article_skills`, and what the index of articles holds.

use super::edit::Checked;
use super::markdown::beginning_of;
use super::views::{ArticleFilter, ArticleRow};
use super::{Article, ArticleState};
use crate::skills::SkillSummary;
use crate::tickets::json_numbers;
use crate::{ArticleId, SkillId, Tx, UserId};
use db::fulltext::{self, Ids};
use db::{Error, Row, params};
use std::collections::{BTreeSet, HashMap};

const INDEX: &str = "search_articles";
/// Newest matches of a search by words; older ones are not found by words this common.
const MATCHES_MAX: usize = 1_000;
/// Of a text, for its first words in a list.
const BEGINNING_READ_CHARS: i64 = 800;
const BEGINNING_CHARS_MAX: usize = 180;

fn state(row: &Row<'_>, column: usize) -> Result<ArticleState, Error> {
    let name: String = row.get(column)?;
    ArticleState::parse(&name).ok_or_else(|| Error::Corrupt(format!("{name:?} is no state of an article")))
}

pub fn count_articles(tx: &mut Tx) -> Result<usize, Error> {
    tx.one("select cast(count(*) as bigint) from articles", params![], |row| row.get(0))
}

pub fn insert_article(tx: &mut Tx, author: UserId, it: &Checked) -> Result<ArticleId, Error> {
    let now = tx.now();
    tx.insert(
        "insert into articles (title, body, language, author_id, state, version, created_at, updated_at)
         values ($1, $2, $3, $4, 'draft', 1, $5, $5)",
        params![it.title, it.body, it.language, author, now],
    )
}

/// False if somebody has changed the text since this version was read.
pub fn save_article(tx: &mut Tx, id: ArticleId, version: i64, it: &Checked) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update articles set title = $1, body = $2, language = $3, updated_at = $4, version = version + 1
         where id = $5 and version = $6",
        params![it.title, it.body, it.language, now, id, version],
    )?;
    Ok(saved == 1)
}

pub fn save_skills(tx: &mut Tx, id: ArticleId, skills: &BTreeSet<SkillId>) -> Result<(), Error> {
    tx.execute("delete from article_skills where article_id = $1", params![id])?;
    for skill in skills {
        tx.execute("insert into article_skills (article_id, skill_id) values ($1, $2)", params![id, *skill])?;
    }
    Ok(())
}

pub fn save_state(tx: &mut Tx, id: ArticleId, to: ArticleState) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update articles set state = $1, updated_at = $2,
                published_at = case when cast($1 as text) = 'published' then coalesce(published_at, $2)
                                    else published_at end
         where id = $3",
        params![to.name(), now, id],
    )
    .map(|_| ())
}

pub fn add_terms(tx: &mut Tx, id: ArticleId, it: &Checked) -> Result<(), Error> {
    fulltext::add(tx, INDEX, id.0, &terms_of(it))
}

pub fn put_terms(tx: &mut Tx, id: ArticleId, it: &Checked) -> Result<(), Error> {
    fulltext::put(tx, INDEX, id.0, &terms_of(it))
}

fn terms_of(it: &Checked) -> String {
    ::text::search_terms(&format!("{}\n{}", it.title, it.body), Some(it.language.as_str()))
}

/// Those that hold all words, the newest first.
pub fn list_matches(tx: &mut Tx, terms: &[String]) -> Result<Vec<i64>, Error> {
    fulltext::newest(tx, INDEX, terms, Ids::ALL, MATCHES_MAX)
}

pub fn find_article(tx: &mut Tx, id: ArticleId) -> Result<Option<Article>, Error> {
    let found = tx.find(
        "select a.title, a.body, a.language, a.author_id, u.name, a.state, a.version, a.created_at, a.updated_at,
                a.published_at
         from articles a join users u on u.id = a.author_id where a.id = $1",
        params![id],
        |row| {
            Ok(Article {
                id,
                title: row.get(0)?,
                body: row.get(1)?,
                language: row.get(2)?,
                author: row.get(3)?,
                author_name: row.get(4)?,
                state: state(row, 5)?,
                skills: Vec::new(),
                version: row.get(6)?,
                created_at: row.get(7)?,
                updated_at: row.get(8)?,
                published_at: row.get(9)?,
            })
        },
    )?;
    let Some(mut found) = found else { return Ok(None) };
    found.skills = skills_of(tx, &[id])?.remove(&id).unwrap_or_default();
    Ok(Some(found))
}

/// Whose drafts and archived articles are among those that are listed.
#[derive(Clone, Copy)]
pub enum Drafts {
    OfAll,
    Of(UserId),
    OfNobody,
}

/// The one changed last first. `ids`: only these.
pub fn list_rows(
    tx: &mut Tx,
    filter: &ArticleFilter,
    drafts: Drafts,
    ids: Option<&[i64]>,
    count_max: usize,
) -> Result<Vec<ArticleRow>, Error> {
    let (all, own) = match drafts {
        Drafts::OfAll => (1_i64, 0),
        Drafts::Of(user) => (0, user.0),
        Drafts::OfNobody => (0, 0),
    };
    let sql = format!(
        "select a.id, a.title, a.language, a.author_id, u.name, a.state, a.created_at, a.updated_at, a.published_at,
                substr(a.body, 1, {BEGINNING_READ_CHARS})
         from articles a join users u on u.id = a.author_id
         where (a.state in ('published', 'internal') or cast($1 as bigint) = 1 or a.author_id = cast($2 as bigint))
           and (case when cast($3 as text) = '' then a.state <> 'archived' else a.state = $3 end)
           and (cast($4 as bigint) = 0 or a.author_id = $4)
           and (cast($5 as bigint) = 0
                or exists (select 1 from article_skills s where s.article_id = a.id and s.skill_id = $5))
           and (cast($6 as bigint) = 0 or a.id in {})
           and (cast($9 as text) = '' or a.language = $9)
         order by a.updated_at desc, a.id desc limit $8",
        tx.numbers_in(7)
    );
    let state_name = filter.state.map_or("", ArticleState::name);
    let (author, skill) = (filter.author.map_or(0, |it| it.0), filter.skill.map_or(0, |it| it.0));
    let numbers = json_numbers(ids.unwrap_or_default().iter().copied());
    let language = filter.language.map_or_else(String::new, |it| it.to_string());
    let mut rows = tx.list(
        &sql,
        params![all, own, state_name, author, skill, i64::from(ids.is_some()), numbers, count_max, language],
        |row| {
            let body: String = row.get(9)?;
            Ok(ArticleRow {
                id: row.get(0)?,
                title: row.get(1)?,
                language: row.get(2)?,
                author: row.get(3)?,
                author_name: row.get(4)?,
                state: state(row, 5)?,
                skills: Vec::new(),
                beginning: beginning_of(&body, BEGINNING_CHARS_MAX),
                created_at: row.get(6)?,
                updated_at: row.get(7)?,
                published_at: row.get(8)?,
            })
        },
    )?;
    let ids: Vec<ArticleId> = rows.iter().map(|it| it.id).collect();
    let mut skills = skills_of(tx, &ids)?;
    for row in &mut rows {
        row.skills = skills.remove(&row.id).unwrap_or_default();
    }
    Ok(rows)
}

/// By name.
fn skills_of(tx: &mut Tx, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Vec<SkillSummary>>, Error> {
    let mut all: HashMap<ArticleId, Vec<SkillSummary>> = HashMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let known = crate::skills::summaries(tx)?;
    let sql =
        format!("select article_id, skill_id from article_skills where article_id in {}", tx.numbers_in(1));
    tx.each(&sql, params![json_numbers(ids.iter().map(|it| it.0))], |row| {
        if let Some(skill) = known.get(&row.get(1)?) {
            all.entry(row.get(0)?).or_default().push(skill.clone());
        }
        Ok(true)
    })?;
    for skills in all.values_mut() {
        skills.sort_by_key(|it| it.name.to_lowercase());
    }
    Ok(all)
}

pub fn is_any_shared(tx: &mut Tx) -> Result<bool, Error> {
    let sql = "select id from articles where state in ('published', 'internal') limit 1";
    Ok(tx.find(sql, params![], |row| row.get::<i64>(0))?.is_some())
}

pub fn is_any_published(tx: &mut Tx) -> Result<bool, Error> {
    let sql = "select id from articles where state = 'published' limit 1";
    Ok(tx.find(sql, params![], |row| row.get::<i64>(0))?.is_some())
}

/// Shared articles about any of these skills, once for each, the one changed last first.
pub fn list_about(tx: &mut Tx, skills: &[SkillId], count_max: usize) -> Result<Vec<i64>, Error> {
    let sql = format!(
        "select s.article_id from article_skills s join articles a on a.id = s.article_id
         where s.skill_id in {} and a.state in ('published', 'internal')
         order by a.updated_at desc, a.id desc limit $2",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(skills.iter().map(|it| it.0)), count_max], |row| row.get(0))
}
