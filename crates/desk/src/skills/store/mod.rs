//! Every statement on skills, rules and interests here; on needs, beliefs and evidence in the files beside.

mod beliefs;
mod contests;
mod difficulty;
mod evidence;
mod needs;
mod policy;
mod portfolio;
mod refit;
mod shelf;
mod times;
mod words;

pub(crate) use beliefs::*;
pub(in crate::skills) use contests::*;
pub(in crate::skills) use difficulty::*;
pub(crate) use evidence::count_imported_scores;
pub(in crate::skills) use evidence::list_people_with_evidence;
pub(in crate::skills) use evidence::*;
pub use needs::requirements_of;
pub(crate) use needs::*;
pub(in crate::skills) use policy::*;
pub(in crate::skills) use portfolio::*;
pub(in crate::skills) use refit::*;
pub(in crate::skills) use shelf::*;
pub(in crate::skills) use times::*;
pub(in crate::skills) use words::*;
pub use words::{find_shown_skill, list_shown_skills};
pub(crate) use words::{list_shown_names, shown_names_of};

use super::evidence::{AddEvidence, Observed};
use super::replay::{Base, BaseBelief, Line, Row as HeldRow};
use super::*;
use crate::tickets::json_numbers;
use crate::{EvidenceId, RatingId, RefitRunId, ReleaseId, TicketId, Tx};
use ::skills::{Fade, Footing, Start, Step, decayed_over, prior};
use db::{Error, Param, Row, ToParam, params};
use std::borrow::Cow;
use std::collections::HashMap;

/// The key of the setting that counts changes of skills and rules.
const RULES_VERSION: &str = "skill_rules_version";
/// Rows that one statement writes.
const ROWS_PER_STATEMENT_MAX: usize = 200;

const SUMMARY: &str = "s.id, s.key, s.name, s.kind";
const SUMMARY_COLUMNS: usize = 4;

/// The name of the skill `s` in the reader's language, where the desk has words in it.
pub(crate) fn name_column(tx: &Tx) -> Cow<'static, str> {
    match tx.actor().language() {
        None => Cow::Borrowed("s.name"),
        // Two or three small letters: nothing in them could end the text.
        Some(language) => Cow::Owned(format!(
            "coalesce((select nullif(w.name, '') from skill_words w
               where w.skill_id = s.id and w.language = '{language}'), s.name)"
        )),
    }
}

/// The columns of [`SUMMARY`], with the name as the reader reads it.
fn summary_columns(tx: &Tx) -> String {
    format!("s.id, s.key, {}, s.kind", name_column(tx))
}

fn summary(row: &Row<'_>, first: usize) -> Result<SkillSummary, Error> {
    Ok(SkillSummary {
        id: row.get(first)?,
        key: row.get(first + 1)?,
        name: row.get(first + 2)?,
        kind: kind(row, first + 3)?,
    })
}

pub(in crate::skills) fn kind(row: &Row<'_>, index: usize) -> Result<SkillKind, Error> {
    let word: String = row.get(index)?;
    word.parse().map_err(|_| Error::Corrupt(format!("{word:?} is no kind of skill")))
}

fn decay(row: &Row<'_>, index: usize) -> Result<DecayClass, Error> {
    let word: String = row.get(index)?;
    word.parse().map_err(|_| Error::Corrupt(format!("{word:?} is no way to fade")))
}

fn hardness(row: &Row<'_>, index: usize) -> Result<Hardness, Error> {
    let word: String = row.get(index)?;
    Ok(if word == "must" { Hardness::Must } else { Hardness::Prefer })
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T, Error> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

/// `($1, $2), ($3, $4)`: the values of many rows in one statement.
fn values(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let places: Vec<String> = (1..=columns).map(|c| format!("${}", r * columns + c)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

// --- skills

const SKILL: &str =
    "s.id, s.key, s.name, s.kind, s.meaning, s.anchors, s.decay, s.onet, s.esco, s.created_at, s.retired_at";

fn skill(row: &Row<'_>) -> Result<Skill, Error> {
    let SkillSummary { id, key, name, kind } = summary(row, 0)?;
    Ok(Skill {
        id,
        key,
        name,
        kind,
        meaning: row.get(4)?,
        anchors: from_json(row, 5)?,
        decay: decay(row, 6)?,
        onet: row.get(7)?,
        esco: row.get(8)?,
        created_at: row.get(9)?,
        retired_at: row.get(10)?,
    })
}

pub(in crate::skills) fn any_skill(tx: &mut Tx) -> Result<bool, Error> {
    Ok(tx.find("select id from skills limit 1", params![], |row| row.get::<i64>(0))?.is_some())
}

pub(in crate::skills) fn insert_library_skills(tx: &mut Tx, skills: &[::skills::Skill]) -> Result<(), Error> {
    let now = tx.now();
    for part in skills.chunks(ROWS_PER_STATEMENT_MAX) {
        let anchors: Vec<String> = part.iter().map(|it| to_json(&it.anchors)).collect::<Result<_, _>>()?;
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 9);
        for (it, anchors) in part.iter().zip(&anchors) {
            rows.extend([
                it.key.to_param(),
                it.name.to_param(),
                Param::Text(it.kind.as_str()),
                it.meaning.to_param(),
                anchors.to_param(),
                Param::Text(it.decay.as_str()),
                it.onet.to_param(),
                it.esco.to_param(),
                Param::Int(now),
            ]);
        }
        let sql = format!(
            "insert into skills (key, name, kind, meaning, anchors, decay, onet, esco, created_at) values {}",
            values(part.len(), 9)
        );
        tx.execute(&sql, &rows)?;
    }
    Ok(())
}

pub(in crate::skills) fn insert_library_rules(
    tx: &mut Tx,
    rules: &[::skills::PhraseRule],
    ids: &HashMap<String, SkillId>,
) -> Result<(), Error> {
    let now = tx.now();
    for part in rules.chunks(ROWS_PER_STATEMENT_MAX) {
        let phrases: Vec<String> = part.iter().map(|it| to_json(&it.any)).collect::<Result<_, _>>()?;
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 8);
        let mut count = 0;
        for (it, phrases) in part.iter().zip(&phrases) {
            let Some(skill) = ids.get(&it.skill) else { continue };
            let hardness = if it.hardness == ::skills::PhraseHardness::Must { "must" } else { "prefer" };
            rows.extend([
                skill.to_param(),
                Param::Real(f64::from(it.level)),
                Param::Real(it.weight),
                Param::Text(hardness),
                it.language.to_param(),
                phrases.to_param(),
                Param::Int(now),
                Param::Int(now),
            ]);
            count += 1;
        }
        let sql = format!(
            "insert into skill_rules (skill_id, level, weight, hardness, language, phrases, created_at, updated_at)
             values {}",
            values(count, 8)
        );
        tx.execute(&sql, &rows)?;
    }
    Ok(())
}

pub(in crate::skills) fn skill_ids_by_key(tx: &mut Tx) -> Result<HashMap<String, SkillId>, Error> {
    let rows = tx.list("select key, id from skills", params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

pub fn find_skill(tx: &mut Tx, id: SkillId) -> Result<Option<Skill>, Error> {
    tx.find(&format!("select {SKILL} from skills s where s.id = $1"), params![id], skill)
}

pub fn find_skill_by_key(tx: &mut Tx, key: &str) -> Result<Option<Skill>, Error> {
    tx.find(&format!("select {SKILL} from skills s where s.key = $1"), params![key], skill)
}

/// The skills in use, by kind and name.
pub fn list_skills(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    let mut all = list_all_skills(tx)?;
    all.retain(|skill| skill.retired_at.is_none());
    Ok(all)
}

/// Skills in use, without their meaning: for choosing one.
pub fn list_skill_names(tx: &mut Tx) -> Result<Vec<SkillSummary>, Error> {
    let sql = format!("select {} from skills s where s.retired_at is null", summary_columns(tx));
    let mut all = tx.list(&sql, params![], |row| summary(row, 0))?;
    all.sort_unstable_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(all)
}

/// With the retired ones.
pub(in crate::skills) fn list_all_skills(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    let mut all = tx.list(&format!("select {SKILL} from skills s"), params![], skill)?;
    all.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(all)
}

pub(in crate::skills) fn skill_named(tx: &mut Tx, name: &str) -> Result<Option<SkillId>, Error> {
    tx.find("select id from skills where lower(name) = lower($1)", params![name], |row| row.get(0))
}

pub(in crate::skills) fn count_skills_among(tx: &mut Tx, ids: &[SkillId]) -> Result<usize, Error> {
    if ids.is_empty() {
        return Ok(0);
    }
    let sql = format!("select cast(count(*) as bigint) from skills where id in {}", tx.numbers_in(1));
    tx.value(&sql, params![json_numbers(ids.iter().map(|id| id.0))])
}

pub(in crate::skills) fn insert_skill(
    tx: &mut Tx,
    key: &str,
    name: &str,
    it: &CreateSkill,
    decay: DecayClass,
) -> Result<SkillId, Error> {
    let now = tx.now();
    let anchors = to_json(&it.anchors)?;
    tx.value(
        "insert into skills (key, name, kind, meaning, anchors, decay, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         returning id",
        params![key, name, it.kind.as_str(), it.meaning.trim(), anchors, decay.as_str(), now],
    )
}

pub(in crate::skills) fn save_skill(tx: &mut Tx, it: &Skill) -> Result<(), Error> {
    let anchors = to_json(&it.anchors)?;
    tx.execute(
        "update skills set name = $1, meaning = $2, anchors = $3, decay = $4 where id = $5",
        params![it.name, it.meaning, anchors, it.decay.as_str(), it.id],
    )?;
    Ok(())
}

pub(in crate::skills) fn save_retired(tx: &mut Tx, id: SkillId, at: Option<i64>) -> Result<bool, Error> {
    Ok(tx.execute("update skills set retired_at = $1 where id = $2", params![at, id])? == 1)
}

// --- rules

const RULE_COLUMNS: &str =
    "r.id, r.level, r.weight, r.hardness, r.language, r.phrases, r.created_at, r.updated_at, r.disabled_at";

fn rule(row: &Row<'_>) -> Result<SkillRule, Error> {
    let at = SUMMARY_COLUMNS;
    Ok(SkillRule {
        skill: summary(row, 0)?,
        id: row.get(at)?,
        level: row.get(at + 1)?,
        weight: row.get(at + 2)?,
        hardness: hardness(row, at + 3)?,
        language: row.get(at + 4)?,
        phrases: from_json(row, at + 5)?,
        created_at: row.get(at + 6)?,
        updated_at: row.get(at + 7)?,
        disabled_at: row.get(at + 8)?,
    })
}

/// The rules of one skill or of all, the disabled ones too.
pub fn list_rules(tx: &mut Tx, skill: Option<SkillId>) -> Result<Vec<SkillRule>, Error> {
    let sql = format!(
        "select {}, {RULE_COLUMNS} from skill_rules r join skills s on s.id = r.skill_id
         where cast($1 as bigint) = 0 or r.skill_id = $1 order by s.name, r.id",
        summary_columns(tx)
    );
    tx.list(&sql, params![skill.map_or(0, |it| it.0)], rule)
}

pub fn find_rule(tx: &mut Tx, id: SkillRuleId) -> Result<Option<SkillRule>, Error> {
    let sql = format!(
        "select {}, {RULE_COLUMNS} from skill_rules r join skills s on s.id = r.skill_id where r.id = $1",
        summary_columns(tx)
    );
    tx.find(&sql, params![id], rule)
}

pub(in crate::skills) fn insert_rule(
    tx: &mut Tx,
    it: &CreateRule,
    language: Option<&str>,
    phrases: &[String],
) -> Result<SkillRuleId, Error> {
    let now = tx.now();
    tx.value(
        "insert into skill_rules (skill_id, level, weight, hardness, language, phrases, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7) returning id",
        params![it.skill, it.level, it.weight, hardness_name(it.hardness), language, to_json(phrases)?, now],
    )
}

pub(in crate::skills) fn save_rule(
    tx: &mut Tx,
    it: &UpdateRule,
    language: Option<&str>,
    phrases: &[String],
) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update skill_rules set level = $1, weight = $2, hardness = $3, language = $4, phrases = $5, updated_at = $6
         where id = $7",
        params![it.level, it.weight, hardness_name(it.hardness), language, to_json(phrases)?, now, it.rule],
    )?;
    Ok(saved == 1)
}

pub(in crate::skills) fn save_rule_disabled(
    tx: &mut Tx,
    id: SkillRuleId,
    at: Option<i64>,
) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update skill_rules set disabled_at = $1, updated_at = $2 where id = $3",
        params![at, now, id],
    )?;
    Ok(saved == 1)
}

/// Grows with every change of skills and rules, so that compiled ones are known to be stale.
pub(in crate::skills) fn rules_version(tx: &mut Tx) -> Result<i64, Error> {
    Ok(crate::settings::find(tx, RULES_VERSION)?.unwrap_or(0))
}

pub(in crate::skills) fn rules_have_changed(tx: &mut Tx) -> Result<(), Error> {
    let version = rules_version(tx)? + 1;
    crate::settings::save(tx, RULES_VERSION, &version)
}

// --- people

/// The name of somebody who works here.
pub(in crate::skills) fn staff_name(tx: &mut Tx, user: UserId) -> Result<Option<String>, Error> {
    tx.find(
        "select name from users where id = $1 and role <> 'end-user' and deleted_at is null",
        params![user],
        |row| row.get(0),
    )
}

pub(in crate::skills) fn list_interests(tx: &mut Tx, user: UserId) -> Result<Vec<SkillSummary>, Error> {
    let sql = format!(
        "select {} from interests i join skills s on s.id = i.skill_id where i.user_id = $1 order by s.name",
        summary_columns(tx)
    );
    tx.list(&sql, params![user], |row| summary(row, 0))
}

pub(in crate::skills) fn list_all_interests(tx: &mut Tx) -> Result<Vec<(UserId, SkillId)>, Error> {
    tx.list("select user_id, skill_id from interests", params![], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(in crate::skills) fn save_interests(tx: &mut Tx, user: UserId, skills: &[SkillId]) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("delete from interests where user_id = $1", params![user])?;
    for skill in skills {
        tx.execute(
            "insert into interests (user_id, skill_id, created_at) values ($1, $2, $3)",
            params![user, skill, now],
        )?;
    }
    Ok(())
}
