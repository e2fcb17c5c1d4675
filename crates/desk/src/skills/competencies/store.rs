//! Every statement on competencies.

use super::{Competency, CompetencyWords, WriteCompetency};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{CompetencyId, Language, Tx};
use db::{Error, Row, params};
use std::collections::HashMap;

const COMPETENCY: &str = "select id, name, behaviour, updated_at, retired_at, anchors from competencies";

/// Fewer than five are followed by silence.
fn anchors(row: &Row<'_>, index: usize) -> Result<[String; 5], Error> {
    let kept: Vec<String> = serde_json::from_str(&row.get::<String>(index)?)
        .map_err(|error| Error::Corrupt(error.to_string()))?;
    let mut kept = kept.into_iter();
    Ok(std::array::from_fn(|_| kept.next().unwrap_or_default()))
}

fn competency(row: &Row<'_>) -> Result<Competency, Error> {
    Ok(Competency {
        id: row.get(0)?,
        name: row.get(1)?,
        behaviour: row.get(2)?,
        anchors: anchors(row, 5)?,
        skills: Vec::new(),
        updated_at: row.get(3)?,
        retired_at: row.get(4)?,
    })
}

fn with_skills(tx: &mut Tx, mut all: Vec<Competency>) -> Result<Vec<Competency>, Error> {
    let mut skills: HashMap<CompetencyId, Vec<(SkillSummary, f64)>> = HashMap::new();
    let sql = format!(
        "select c.competency_id, s.id, s.key, {}, s.kind, c.weight from competency_skills c
         join skills s on s.id = c.skill_id order by c.competency_id, c.weight desc, s.name",
        skills_store::name_column(tx)
    );
    tx.each(&sql, params![], |row| {
        let skill = SkillSummary {
            id: row.get(1)?,
            key: row.get(2)?,
            name: row.get(3)?,
            kind: skills_store::kind(row, 4)?,
        };
        skills.entry(row.get(0)?).or_default().push((skill, row.get(5)?));
        Ok(true)
    })?;
    for it in &mut all {
        it.skills = skills.remove(&it.id).unwrap_or_default();
    }
    Ok(all)
}

/// In use or not.
pub fn find_competency(tx: &mut Tx, id: CompetencyId) -> Result<Option<Competency>, Error> {
    let found = tx.list(&format!("{COMPETENCY} where id = $1"), params![id], competency)?;
    Ok(with_skills(tx, found)?.pop())
}

/// Those in use, by name.
pub fn list_competencies(tx: &mut Tx) -> Result<Vec<Competency>, Error> {
    let found =
        tx.list(&format!("{COMPETENCY} where retired_at is null order by name, id"), params![], competency)?;
    with_skills(tx, found)
}

/// Those in use as their reader reads them, by name.
pub fn list_shown_competencies(tx: &mut Tx) -> Result<Vec<Competency>, Error> {
    let all = list_competencies(tx)?;
    in_readers_words(tx, all)
}

/// What there are no words for stays in the original.
pub(super) fn in_readers_words(tx: &mut Tx, mut all: Vec<Competency>) -> Result<Vec<Competency>, Error> {
    let Some(language) = tx.actor().language() else { return Ok(all) };
    let sql = format!("select competency_id, {WORDS} from competency_words where language = $1");
    let found = tx.list(&sql, params![language], |row| Ok((row.get(0)?, words(row, 1)?)))?;
    let mut found: HashMap<CompetencyId, CompetencyWords> = found.into_iter().collect();
    for it in &mut all {
        if let Some(words) = found.remove(&it.id) {
            words.put_on(it);
        }
    }
    all.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(all)
}

const WORDS: &str = "language, name, behaviour, anchors, behind_at";

fn words(row: &Row<'_>, first: usize) -> Result<CompetencyWords, Error> {
    Ok(CompetencyWords {
        language: row.get(first)?,
        name: row.get(first + 1)?,
        behaviour: row.get(first + 2)?,
        anchors: anchors(row, first + 3)?,
        behind_at: row.get(first + 4)?,
    })
}

pub(super) fn list_words_of(tx: &mut Tx, id: CompetencyId) -> Result<Vec<CompetencyWords>, Error> {
    let sql = format!("select {WORDS} from competency_words where competency_id = $1 order by language");
    tx.list(&sql, params![id], |row| words(row, 0))
}

pub(super) fn save_words(tx: &mut Tx, id: CompetencyId, it: &CompetencyWords) -> Result<(), Error> {
    tx.execute(
        "insert into competency_words (competency_id, language, name, behaviour, anchors) values ($1, $2, $3, $4, $5)
         on conflict (competency_id, language) do update set name = excluded.name, behaviour = excluded.behaviour,
           anchors = excluded.anchors, behind_at = null",
        params![id, it.language, it.name, it.behaviour, anchors_text(&it.anchors)?],
    )
    .map(|_| ())
}

pub(super) fn delete_words(tx: &mut Tx, id: CompetencyId, language: Language) -> Result<(), Error> {
    let sql = "delete from competency_words where competency_id = $1 and language = $2";
    tx.execute(sql, params![id, language]).map(|_| ())
}

/// The original says something else from now on.
pub(super) fn words_are_behind(tx: &mut Tx, id: CompetencyId) -> Result<(), Error> {
    let now = tx.now();
    let sql = "update competency_words set behind_at = $1 where competency_id = $2 and behind_at is null";
    tx.execute(sql, params![now, id]).map(|_| ())
}

/// Those out of use.
pub(in crate::skills) fn list_retired(tx: &mut Tx) -> Result<Vec<Competency>, Error> {
    let found = tx.list(
        &format!("{COMPETENCY} where retired_at is not null order by name, id"),
        params![],
        competency,
    )?;
    with_skills(tx, found)
}

pub(super) fn find_named(tx: &mut Tx, name: &str) -> Result<Option<CompetencyId>, Error> {
    tx.find("select id from competencies where name = $1 and retired_at is null", params![name], |row| {
        row.get(0)
    })
}

pub(super) fn insert_competency(tx: &mut Tx, it: &WriteCompetency) -> Result<CompetencyId, Error> {
    insert(tx, None, it)
}

pub(super) fn insert_shipped(tx: &mut Tx, key: &str, it: &WriteCompetency) -> Result<CompetencyId, Error> {
    insert(tx, Some(key), it)
}

fn insert(tx: &mut Tx, key: Option<&str>, it: &WriteCompetency) -> Result<CompetencyId, Error> {
    let now = tx.now();
    let id = tx.value(
        "insert into competencies (name, behaviour, anchors, shipped_key, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5) returning id",
        params![it.name, it.behaviour, anchors_text(&it.anchors)?, key, now],
    )?;
    insert_skills(tx, id, it)?;
    Ok(id)
}

fn anchors_text(anchors: &[String; 5]) -> Result<String, Error> {
    serde_json::to_string(anchors).map_err(|error| Error::Corrupt(error.to_string()))
}

/// Shipped ones with their keys, in use or not; without their skills.
pub(super) fn list_shipped(tx: &mut Tx) -> Result<Vec<(String, Competency)>, Error> {
    tx.list(
        "select id, name, behaviour, updated_at, retired_at, anchors, shipped_key from competencies
         where shipped_key is not null order by id",
        params![],
        |row| Ok((row.get(6)?, competency(row)?)),
    )
}

/// Of shipped ones that the desk has or had.
pub(super) fn list_shipped_keys(tx: &mut Tx) -> Result<Vec<String>, Error> {
    tx.list("select shipped_key from competencies where shipped_key is not null", params![], |row| row.get(0))
}

/// Of those in use.
pub(super) fn list_names(tx: &mut Tx) -> Result<Vec<String>, Error> {
    tx.list("select name from competencies where retired_at is null", params![], |row| row.get(0))
}

pub(super) fn save_competency(tx: &mut Tx, id: CompetencyId, it: &WriteCompetency) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update competencies set name = $1, behaviour = $2, anchors = $3, updated_at = $4 where id = $5",
        params![it.name, it.behaviour, anchors_text(&it.anchors)?, now, id],
    )?;
    tx.execute("delete from competency_skills where competency_id = $1", params![id])?;
    insert_skills(tx, id, it)
}

fn insert_skills(tx: &mut Tx, id: CompetencyId, it: &WriteCompetency) -> Result<(), Error> {
    for (skill, weight) in &it.skills {
        tx.execute(
            "insert into competency_skills (competency_id, skill_id, weight) values ($1, $2, $3)",
            params![id, skill, weight],
        )?;
    }
    Ok(())
}

pub(super) fn save_retired(tx: &mut Tx, id: CompetencyId, at: Option<i64>) -> Result<(), Error> {
    tx.execute("update competencies set retired_at = $1 where id = $2", params![at, id]).map(|_| ())
}
