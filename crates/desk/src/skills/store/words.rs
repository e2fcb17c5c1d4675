//! Every statement on `skill_words`, and skills as their reader reads them.

use super::*;
use crate::Language;
use crate::skills::words::{SetWords, SkillWords};

const WORDS: &str = "language, name, meaning, anchors, updated_at, behind_at";

fn words(row: &Row<'_>, first: usize) -> Result<SkillWords, Error> {
    Ok(SkillWords {
        language: row.get(first)?,
        name: row.get(first + 1)?,
        meaning: row.get(first + 2)?,
        anchors: from_json(row, first + 3)?,
        updated_at: row.get(first + 4)?,
        behind_at: row.get(first + 5)?,
    })
}

pub(in crate::skills) fn list_words_of(tx: &mut Tx, skill: SkillId) -> Result<Vec<SkillWords>, Error> {
    let sql = format!("select {WORDS} from skill_words where skill_id = $1 order by language");
    tx.list(&sql, params![skill], |row| words(row, 0))
}

pub(in crate::skills) fn list_all_words(tx: &mut Tx) -> Result<Vec<(SkillId, SkillWords)>, Error> {
    let sql = format!("select skill_id, {WORDS} from skill_words order by skill_id, language");
    tx.list(&sql, params![], |row| Ok((row.get(0)?, words(row, 1)?)))
}

pub(in crate::skills) fn save_words(tx: &mut Tx, it: &SetWords) -> Result<(), Error> {
    let (anchors, now) = (to_json(&it.anchors)?, tx.now());
    tx.execute(
        "insert into skill_words (skill_id, language, name, meaning, anchors, updated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (skill_id, language) do update set name = excluded.name, meaning = excluded.meaning,
           anchors = excluded.anchors, updated_at = excluded.updated_at, behind_at = null",
        params![it.skill, it.language, it.name, it.meaning, anchors, now],
    )
    .map(|_| ())
}

pub(in crate::skills) fn delete_words(tx: &mut Tx, skill: SkillId, language: Language) -> Result<(), Error> {
    let sql = "delete from skill_words where skill_id = $1 and language = $2";
    tx.execute(sql, params![skill, language]).map(|_| ())
}

/// The original says something else from now on.
pub(in crate::skills) fn words_are_behind(tx: &mut Tx, skill: SkillId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update skill_words set behind_at = $1 where skill_id = $2 and behind_at is null",
        params![now, skill],
    )
    .map(|_| ())
}

/// Words that come with the desk. Where some are already, their sentences of levels alone are put in place.
pub(in crate::skills) fn lay_library_words(tx: &mut Tx, all: &[SetWords]) -> Result<(), Error> {
    let now = tx.now();
    for part in all.chunks(ROWS_PER_STATEMENT_MAX) {
        let anchors: Vec<String> = part.iter().map(|it| to_json(&it.anchors)).collect::<Result<_, _>>()?;
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 6);
        for (it, anchors) in part.iter().zip(&anchors) {
            rows.extend([
                it.skill.to_param(),
                it.language.to_param(),
                Param::Text(&it.name),
                Param::Text(&it.meaning),
                anchors.to_param(),
                Param::Int(now),
            ]);
        }
        let sql = format!(
            "insert into skill_words (skill_id, language, name, meaning, anchors, updated_at) values {}
             on conflict (skill_id, language) do update set anchors = excluded.anchors",
            values(part.len(), 6)
        );
        tx.execute(&sql, &rows)?;
    }
    Ok(())
}

/// A skill in the reader's language; what there are no words for, in the original.
pub fn find_shown_skill(tx: &mut Tx, id: SkillId) -> Result<Option<Skill>, Error> {
    let mut found = find_skill(tx, id)?;
    if let (Some(skill), Some(language)) = (&mut found, tx.actor().language()) {
        let words = list_words_of(tx, id)?.into_iter().find(|it| it.language == language);
        words.into_iter().for_each(|it| it.put_on(skill));
    }
    Ok(found)
}

/// The skills in use in the reader's language, by kind and name.
pub fn list_shown_skills(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    let mut all = list_all_shown_skills(tx)?;
    all.retain(|skill| skill.retired_at.is_none());
    Ok(all)
}

/// With the retired ones.
pub(in crate::skills) fn list_all_shown_skills(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    let mut all = list_all_skills(tx)?;
    let Some(language) = tx.actor().language() else { return Ok(all) };
    let sql = format!("select skill_id, {WORDS} from skill_words where language = $1");
    let read = tx.list(&sql, params![language], |row| Ok((row.get(0)?, words(row, 1)?)))?;
    let mut read: HashMap<SkillId, SkillWords> = read.into_iter().collect();
    for skill in &mut all {
        if let Some(words) = read.remove(&skill.id) {
            words.put_on(skill);
        }
    }
    all.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(all)
}

/// Of these skills: id and name as the reader reads it.
pub(crate) fn shown_names_of(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(SkillId, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("select s.id, {} from skills s where s.id in {}", name_column(tx), tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(ids.iter().copied())], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Of all skills, retired ones too: id and name as the reader reads it.
pub(crate) fn list_shown_names(tx: &mut Tx) -> Result<Vec<(SkillId, String)>, Error> {
    let sql = format!("select s.id, {} from skills s", name_column(tx));
    tx.list(&sql, params![], |row| Ok((row.get(0)?, row.get(1)?)))
}
