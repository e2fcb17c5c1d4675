//! Every statement on competencies.

use super::{Competency, WriteCompetency};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{CompetencyId, Tx};
use db::{Error, Row, params};
use std::collections::HashMap;

const COMPETENCY: &str = "select id, name, behaviour, updated_at, retired_at, anchors from competencies";

fn competency(row: &Row<'_>) -> Result<Competency, Error> {
    let anchors: Vec<String> =
        serde_json::from_str(&row.get::<String>(5)?).map_err(|error| Error::Corrupt(error.to_string()))?;
    let mut anchors = anchors.into_iter();
    Ok(Competency {
        id: row.get(0)?,
        name: row.get(1)?,
        behaviour: row.get(2)?,
        anchors: std::array::from_fn(|_| anchors.next().unwrap_or_default()),
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
        params![it.name, it.behaviour, anchors_text(it)?, key, now],
    )?;
    insert_skills(tx, id, it)?;
    Ok(id)
}

fn anchors_text(it: &WriteCompetency) -> Result<String, Error> {
    serde_json::to_string(&it.anchors).map_err(|error| Error::Corrupt(error.to_string()))
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
        params![it.name, it.behaviour, anchors_text(it)?, now, id],
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
