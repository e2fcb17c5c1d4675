//! Every statement on skills, rules, requirements, proficiencies, evidence and interests.

use super::evidence::{AddEvidence, Observed};
use super::replay::{Line, Row as HeldRow};
use super::*;
use crate::tickets::json_numbers;
use crate::{EvidenceId, RatingId, TicketId, Tx};
use ::skills::{Start, Step, decayed, prior};
use db::{Error, Param, Row, ToParam, params};
use std::collections::HashMap;

/// The key of the setting that counts changes of skills and rules.
const RULES_VERSION: &str = "skill_rules_version";
/// Rows that one statement writes.
const ROWS_PER_STATEMENT_MAX: usize = 200;

const SUMMARY: &str = "s.id, s.key, s.name, s.kind";
const SUMMARY_COLUMNS: usize = 4;

fn summary(row: &Row<'_>, first: usize) -> Result<SkillSummary, Error> {
    Ok(SkillSummary {
        id: row.get(first)?,
        key: row.get(first + 1)?,
        name: row.get(first + 2)?,
        kind: kind(row, first + 3)?,
    })
}

pub(super) fn kind(row: &Row<'_>, index: usize) -> Result<SkillKind, Error> {
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

pub(super) fn any_skill(tx: &mut Tx) -> Result<bool, Error> {
    Ok(tx.find("select id from skills limit 1", params![], |row| row.get::<i64>(0))?.is_some())
}

pub(super) fn insert_library_skills(tx: &mut Tx, skills: &[::skills::Skill]) -> Result<(), Error> {
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

pub(super) fn insert_library_rules(
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

pub(super) fn skill_ids_by_key(tx: &mut Tx) -> Result<HashMap<String, SkillId>, Error> {
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

/// With the retired ones.
pub(super) fn list_all_skills(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    let mut all = tx.list(&format!("select {SKILL} from skills s"), params![], skill)?;
    all.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(all)
}

pub(super) fn skill_named(tx: &mut Tx, name: &str) -> Result<Option<SkillId>, Error> {
    tx.find("select id from skills where lower(name) = lower($1)", params![name], |row| row.get(0))
}

pub(super) fn count_skills_among(tx: &mut Tx, ids: &[SkillId]) -> Result<usize, Error> {
    if ids.is_empty() {
        return Ok(0);
    }
    let sql = format!("select cast(count(*) as bigint) from skills where id in {}", tx.numbers_in(1));
    tx.value(&sql, params![json_numbers(ids.iter().map(|id| id.0))])
}

pub(super) fn insert_skill(
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

pub(super) fn save_skill(tx: &mut Tx, it: &Skill) -> Result<(), Error> {
    let anchors = to_json(&it.anchors)?;
    tx.execute(
        "update skills set name = $1, meaning = $2, anchors = $3, decay = $4 where id = $5",
        params![it.name, it.meaning, anchors, it.decay.as_str(), it.id],
    )?;
    Ok(())
}

pub(super) fn save_retired(tx: &mut Tx, id: SkillId, at: Option<i64>) -> Result<bool, Error> {
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
        "select {SUMMARY}, {RULE_COLUMNS} from skill_rules r join skills s on s.id = r.skill_id
         where cast($1 as bigint) = 0 or r.skill_id = $1 order by s.name, r.id"
    );
    tx.list(&sql, params![skill.map_or(0, |it| it.0)], rule)
}

pub(super) fn find_rule(tx: &mut Tx, id: SkillRuleId) -> Result<Option<SkillRule>, Error> {
    let sql = format!(
        "select {SUMMARY}, {RULE_COLUMNS} from skill_rules r join skills s on s.id = r.skill_id where r.id = $1"
    );
    tx.find(&sql, params![id], rule)
}

pub(super) fn insert_rule(
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

pub(super) fn save_rule(
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

pub(super) fn save_rule_disabled(tx: &mut Tx, id: SkillRuleId, at: Option<i64>) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update skill_rules set disabled_at = $1, updated_at = $2 where id = $3",
        params![at, now, id],
    )?;
    Ok(saved == 1)
}

/// Grows with every change of skills and rules, so that compiled ones are known to be stale.
pub(super) fn rules_version(tx: &mut Tx) -> Result<i64, Error> {
    Ok(crate::settings::find(tx, RULES_VERSION)?.unwrap_or(0))
}

pub(super) fn rules_have_changed(tx: &mut Tx) -> Result<(), Error> {
    let version = rules_version(tx)? + 1;
    crate::settings::save(tx, RULES_VERSION, &version)
}

// --- what a ticket needs

pub(super) struct NewRequirement {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub source: Source,
    pub because: Vec<String>,
}

/// What the ticket needs, the heaviest first.
pub fn requirements_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<RequirementRow>, Error> {
    let sql = format!(
        "select {SUMMARY}, q.level, q.weight, q.hardness, q.source, q.because
         from requirements q join skills s on s.id = q.skill_id where q.ticket_id = $1 order by q.weight desc, s.id"
    );
    tx.list(&sql, params![ticket], |row| {
        let at = SUMMARY_COLUMNS;
        let source: String = row.get(at + 3)?;
        Ok(RequirementRow {
            skill: summary(row, 0)?,
            level: row.get(at)?,
            weight: row.get(at + 1)?,
            hardness: hardness(row, at + 2)?,
            source: Source::parse(&source)
                .ok_or_else(|| Error::Corrupt(format!("{source:?} is no source")))?,
            because: from_json(row, at + 4)?,
        })
    })
}

pub(super) fn delete_requirements(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("delete from requirements where ticket_id = $1", params![ticket]).map(|_| ())
}

pub(super) fn delete_rule_requirements(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("delete from requirements where ticket_id = $1 and source = 'rule'", params![ticket])
        .map(|_| ())
}

/// Adds what is not there yet.
pub(super) fn insert_requirements(
    tx: &mut Tx,
    ticket: TicketId,
    rows: &[NewRequirement],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let because: Vec<String> = rows.iter().map(|it| to_json(&it.because)).collect::<Result<_, _>>()?;
    let mut all: Vec<Param<'_>> = Vec::with_capacity(rows.len() * 7);
    for (it, because) in rows.iter().zip(&because) {
        all.extend([
            ticket.to_param(),
            it.skill.to_param(),
            Param::Real(it.level),
            Param::Real(it.weight),
            Param::Text(hardness_name(it.hardness)),
            Param::Text(it.source.name()),
            because.to_param(),
        ]);
    }
    let sql = format!(
        "insert into requirements (ticket_id, skill_id, level, weight, hardness, source, because) values {}
         on conflict do nothing",
        values(rows.len(), 7)
    );
    tx.execute(&sql, &all).map(|_| ())
}

/// Only these columns: nobody's change of the ticket is lost by it.
pub(crate) fn save_triage(
    tx: &mut Tx,
    ticket: TicketId,
    language: Option<&str>,
    urgency: i64,
    anger: i64,
) -> Result<(), Error> {
    tx.execute(
        "update tickets set language = $1, urgency = $2, anger = $3 where id = $4",
        params![language, urgency, anger, ticket],
    )
    .map(|_| ())
}

/// The first public words of somebody on a ticket.
pub(super) fn first_words_of(
    tx: &mut Tx,
    ticket: TicketId,
    author: UserId,
    count_max: usize,
) -> Result<Vec<String>, Error> {
    tx.list(
        "select body from comments where ticket_id = $1 and author_id = $2 and public = 1 order by id limit $3",
        params![ticket, author, count_max],
        |row| row.get(0),
    )
}

// --- beliefs

const HELD: &str = "s.id, s.kind, s.decay, p.mean, p.variance, p.prior_mean, p.evidence_count, p.moved_at";

/// The start of a skill, and the stored belief if the row has one.
fn held(row: &Row<'_>) -> Result<(SkillId, Start, Option<HeldRow>), Error> {
    let mut start = Start { prior: prior(kind(row, 1)?), decay: decay(row, 2)? };
    let Some(mean) = row.get::<Option<f64>>(3)? else { return Ok((row.get(0)?, start, None)) };
    start.prior.mean = row.get(5)?;
    let belief = Belief { mean, variance: row.get(4)? };
    let stored = HeldRow { belief, start, evidence_count: row.get(6)?, moved_at: row.get(7)? };
    Ok((row.get(0)?, start, Some(stored)))
}

/// Where these skills start, and what is held of one person in them.
pub(super) fn list_held(
    tx: &mut Tx,
    user: UserId,
    skills: &[SkillId],
) -> Result<Vec<(SkillId, Start, Option<HeldRow>)>, Error> {
    let sql = format!(
        "select {HELD} from skills s left join proficiencies p on p.skill_id = s.id and p.user_id = $1
         where s.id in {}",
        tx.numbers_in(2)
    );
    tx.list(&sql, params![user, json_numbers(skills.iter().map(|id| id.0))], held)
}

/// Where every skill starts.
pub(super) fn starts(tx: &mut Tx) -> Result<HashMap<SkillId, Start>, Error> {
    let rows = tx.list("select id, kind, decay from skills", params![], |row| {
        Ok((row.get(0)?, Start { prior: prior(kind(row, 1)?), decay: decay(row, 2)? }))
    })?;
    Ok(rows.into_iter().collect())
}

pub(super) fn save_proficiency(
    tx: &mut Tx,
    user: UserId,
    skill: SkillId,
    row: &HeldRow,
) -> Result<(), Error> {
    tx.execute(
        "insert into proficiencies (user_id, skill_id, mean, variance, prior_mean, evidence_count, moved_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (user_id, skill_id) do update set mean = excluded.mean, variance = excluded.variance,
           prior_mean = excluded.prior_mean, evidence_count = excluded.evidence_count, moved_at = excluded.moved_at",
        params![
            user, skill, row.belief.mean, row.belief.variance, row.start.prior.mean, row.evidence_count, row.moved_at
        ],
    )
    .map(|_| ())
}

pub(super) fn delete_proficiencies(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from proficiencies where user_id = $1", params![user]).map(|_| ())
}

/// Beliefs of these people (all, if `None`) in these skills (all, if `None`), faded to now.
pub(crate) fn list_proficiencies(
    tx: &mut Tx,
    users: Option<&[UserId]>,
    skills: Option<&[SkillId]>,
) -> Result<Vec<Proficiency>, Error> {
    let mut sql = format!(
        "select {HELD}, p.user_id from proficiencies p join skills s on s.id = p.skill_id where 1 = 1"
    );
    let mut lists = Vec::new();
    if let Some(users) = users {
        lists.push(json_numbers(users.iter().map(|id| id.0)));
        sql.push_str(&format!(" and p.user_id in {}", tx.numbers_in(lists.len())));
    }
    if let Some(skills) = skills {
        lists.push(json_numbers(skills.iter().map(|id| id.0)));
        sql.push_str(&format!(" and p.skill_id in {}", tx.numbers_in(lists.len())));
    }
    let now = tx.now();
    let values: Vec<Param<'_>> = lists.iter().map(ToParam::to_param).collect();
    let rows = tx.list(&sql, &values, |row| {
        let user: UserId = row.get(8)?;
        Ok((user, held(row)?))
    })?;
    Ok(rows
        .into_iter()
        .filter_map(|(user, (skill, _, row))| row.map(|row| row.faded(user, skill, now)))
        .collect())
}

impl HeldRow {
    fn faded(&self, user: UserId, skill: SkillId, now: i64) -> Proficiency {
        let belief =
            decayed(self.belief, self.start.prior, now.saturating_sub(self.moved_at), self.start.decay);
        Proficiency {
            user,
            skill,
            belief,
            effective_observations: belief.effective_observations(self.start.prior),
            evidence_count: self.evidence_count,
            moved_at: self.moved_at,
        }
    }
}

/// A skill as far as its start and its fading are concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fading {
    pub skill: SkillId,
    pub kind: SkillKind,
    pub decay: DecayClass,
}

/// What is believed of everybody present in these skills, faded to now. Asked for every piece of work, and so spared
/// the join with skills.
pub(crate) fn list_beliefs_of_present(
    tx: &mut Tx,
    skills: &[Fading],
) -> Result<Vec<(UserId, SkillId, Belief)>, Error> {
    let now = tx.now();
    let sql = format!(
        "select p.user_id, p.skill_id, p.mean, p.variance, p.prior_mean, p.moved_at
         from presences h join proficiencies p on p.user_id = h.user_id
         where h.status <> 'offline' and p.skill_id in {}",
        tx.numbers_in(1)
    );
    let mut beliefs = Vec::new();
    tx.each(&sql, params![json_numbers(skills.iter().map(|it| it.skill.0))], |row| {
        let skill: SkillId = row.get(1)?;
        let Some(it) = skills.iter().find(|it| it.skill == skill) else { return Ok(true) };
        let start = Belief { mean: row.get(4)?, ..prior(it.kind) };
        let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
        let elapsed = now.saturating_sub(row.get(5)?);
        beliefs.push((row.get(0)?, skill, decayed(belief, start, elapsed, it.decay)));
        Ok(true)
    })?;
    Ok(beliefs)
}

/// One active agent's level in the skill is surely at least this.
pub(super) fn anybody_surely_at(tx: &mut Tx, skill: SkillId, level: f64) -> Result<bool, Error> {
    let active = tx.list(
        "select u.id from proficiencies p join users u on u.id = p.user_id
         where p.skill_id = $1 and u.role in ('agent', 'lead', 'admin') and u.suspended_at is null
           and u.deleted_at is null",
        params![skill],
        |row| row.get::<UserId>(0),
    )?;
    if active.is_empty() {
        return Ok(false);
    }
    let held = list_proficiencies(tx, Some(&active), Some(&[skill]))?;
    Ok(held.iter().any(|it| it.belief.sure_level() >= level))
}

// --- evidence

/// `None` if the key was written before.
pub(super) fn insert_evidence(tx: &mut Tx, it: &AddEvidence) -> Result<Option<EvidenceId>, Error> {
    let (kind, value) = it.observed.stored();
    let now = tx.now();
    tx.find(
        "insert into evidence (key, user_id, kind, value, ticket_id, by_user_id, difficulty, at, recorded_at, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (key) do nothing returning id",
        params![it.key, it.user, kind, value, it.ticket, it.by, it.difficulty, it.at, now, it.note],
        |row| row.get(0),
    )
}

pub(super) fn insert_moves(
    tx: &mut Tx,
    evidence: EvidenceId,
    weights: &[(SkillId, f64)],
    steps: &[Step],
) -> Result<(), Error> {
    let mut all: Vec<Param<'_>> = Vec::with_capacity(steps.len() * 7);
    for ((skill, weight), step) in weights.iter().zip(steps) {
        all.extend([
            evidence.to_param(),
            skill.to_param(),
            Param::Real(*weight),
            Param::Real(step.before.mean),
            Param::Real(step.before.variance),
            Param::Real(step.after.mean),
            Param::Real(step.after.variance),
        ]);
    }
    let sql = format!(
        "insert into evidence_moves
           (evidence_id, skill_id, weight, mean_before, variance_before, mean_after, variance_after) values {}",
        values(steps.len(), 7)
    );
    tx.execute(&sql, &all).map(|_| ())
}

pub(super) fn save_moves(tx: &mut Tx, evidence: EvidenceId, steps: &[Step]) -> Result<(), Error> {
    for step in steps {
        tx.execute(
            "update evidence_moves set mean_before = $1, variance_before = $2, mean_after = $3, variance_after = $4
             where evidence_id = $5 and skill_id = $6",
            params![
                step.before.mean, step.before.variance, step.after.mean, step.after.variance, evidence, step.skill.0
            ],
        )?;
    }
    Ok(())
}

/// A person's evidence in the order in which it was written down, struck out or not.
pub(super) fn list_lines(tx: &mut Tx, user: UserId) -> Result<Vec<Line>, Error> {
    let mut skills: HashMap<EvidenceId, Vec<(SkillId, f64)>> = HashMap::new();
    tx.each(
        "select m.evidence_id, m.skill_id, m.weight from evidence_moves m join evidence e on e.id = m.evidence_id
         where e.user_id = $1 order by m.evidence_id, m.skill_id",
        params![user],
        |row| {
            skills.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(true)
        },
    )?;
    tx.list(
        "select id, at, difficulty, kind, value, struck_at from evidence where user_id = $1 order by id",
        params![user],
        |row| {
            let evidence: EvidenceId = row.get(0)?;
            let kind: String = row.get(3)?;
            let observed = Observed::from_stored(&kind, row.get(4)?)
                .ok_or_else(|| Error::Corrupt(format!("{kind:?} is no kind of evidence")))?;
            Ok(Line {
                evidence,
                at: row.get(1)?,
                skills: skills.remove(&evidence).unwrap_or_default(),
                difficulty: row.get(2)?,
                observed,
                struck: row.get::<Option<i64>>(5)?.is_some(),
            })
        },
    )
}

/// Whom it is about, and whether it has been struck out.
pub(super) fn find_evidence_owner(tx: &mut Tx, id: EvidenceId) -> Result<Option<(UserId, bool)>, Error> {
    tx.find("select user_id, struck_at from evidence where id = $1", params![id], |row| {
        Ok((row.get(0)?, row.get::<Option<i64>>(1)?.is_some()))
    })
}

pub(super) fn save_struck(tx: &mut Tx, id: EvidenceId, reason: &str) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update evidence set struck_at = $1, struck_by = $2, struck_reason = $3 where id = $4 and struck_at is null",
        params![now, by, reason, id],
    )
    .map(|_| ())
}

/// What one person has said of another (or of themself) in one skill since a moment, and still counts.
pub(super) fn list_statements(
    tx: &mut Tx,
    user: UserId,
    kind: &str,
    by: Option<UserId>,
    skill: SkillId,
    since: i64,
) -> Result<Vec<EvidenceId>, Error> {
    tx.list(
        "select e.id from evidence e join evidence_moves m on m.evidence_id = e.id and m.skill_id = $4
         where e.user_id = $1 and e.kind = $2 and e.by_user_id is not distinct from $3 and e.at > $5
           and e.struck_at is null order by e.id",
        params![user, kind, by, skill, since],
        |row| row.get(0),
    )
}

/// How often they have said something, struck out or not.
pub(super) fn count_statements(
    tx: &mut Tx,
    user: UserId,
    kind: &str,
    by: Option<UserId>,
    skill: SkillId,
) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from evidence e
         join evidence_moves m on m.evidence_id = e.id and m.skill_id = $4
         where e.user_id = $1 and e.kind = $2 and e.by_user_id is not distinct from $3",
        params![user, kind, by, skill],
    )
}

pub(super) fn list_people_with_evidence(tx: &mut Tx) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select user_id from evidence union select user_id from proficiencies order by user_id",
        params![],
        |row| row.get(0),
    )
}

/// A rating that was answered.
pub(super) struct GivenRating {
    pub ticket: TicketId,
    pub assignee: Option<UserId>,
    pub score: u8,
    pub answered_at: i64,
}

pub(super) fn find_given_rating(tx: &mut Tx, id: RatingId) -> Result<Option<GivenRating>, Error> {
    tx.find(
        "select ticket_id, assignee_id, score, answered_at from satisfaction_ratings
         where id = $1 and score is not null and answered_at is not null",
        params![id],
        |row| {
            Ok(GivenRating {
                ticket: row.get(0)?,
                assignee: row.get(1)?,
                score: row.get(2)?,
                answered_at: row.get(3)?,
            })
        },
    )
}

/// Ratings of the ticket that still count and whose key does not begin with `prefix`.
pub(super) fn list_former_ratings(
    tx: &mut Tx,
    ticket: TicketId,
    prefix: &str,
) -> Result<Vec<(EvidenceId, UserId)>, Error> {
    let rows: Vec<(EvidenceId, UserId, String)> = tx.list(
        "select id, user_id, key from evidence
         where ticket_id = $1 and kind = 'satisfaction' and struck_at is null order by id",
        params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(rows.into_iter().filter(|it| !it.2.starts_with(prefix)).map(|it| (it.0, it.1)).collect())
}

/// Who of the agents answered publicly how often, after the one moment and until the other.
pub(super) fn count_answers(
    tx: &mut Tx,
    ticket: TicketId,
    from: i64,
    to: i64,
) -> Result<Vec<(UserId, i64)>, Error> {
    tx.list(
        "select c.author_id, cast(count(*) as bigint) from comments c
         join users u on u.id = c.author_id and u.role in ('agent', 'lead', 'admin')
         join tickets t on t.id = c.ticket_id and t.requester_id <> c.author_id
         where c.ticket_id = $1 and c.public = 1 and c.created_at >= $2 and c.created_at <= $3
         group by c.author_id order by c.author_id",
        params![ticket, from, to],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

// --- people

/// The name of somebody who works here.
pub(super) fn staff_name(tx: &mut Tx, user: UserId) -> Result<Option<String>, Error> {
    tx.find(
        "select name from users where id = $1 and role <> 'end-user' and deleted_at is null",
        params![user],
        |row| row.get(0),
    )
}

pub(super) fn list_interests(tx: &mut Tx, user: UserId) -> Result<Vec<SkillSummary>, Error> {
    let sql = format!(
        "select {SUMMARY} from interests i join skills s on s.id = i.skill_id where i.user_id = $1 order by s.name"
    );
    tx.list(&sql, params![user], |row| summary(row, 0))
}

pub(super) fn save_interests(tx: &mut Tx, user: UserId, skills: &[SkillId]) -> Result<(), Error> {
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
