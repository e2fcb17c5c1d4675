//! Every statement on imported outcomes and the evidence in them; on runs and demand in the files beside.

mod demand;
pub(super) mod files;
mod runs;
pub(super) mod undo;

pub(in crate::skills) use demand::*;
pub use demand::{ImportedTicket, newest_opening};
pub(super) use runs::*;

use super::context::Need;
use super::take::Known;
use crate::skills::difficulty::OfWork;
use crate::skills::evidence::Observed;
use crate::tickets::json_numbers;
use crate::{EvidenceId, OutcomeId, OutcomeRunId, SkillId, Tx, UserId};
use ::skills::Step;
use db::{Error, Param, ToParam, params};
use std::collections::HashMap;

/// Rows that one statement writes.
const ROWS_PER_STATEMENT_MAX: usize = 200;
const STRUCK_WORDS: &str = "the other desk corrected it";

/// `($1, $2), ($3, $4)`: the values of many rows in one statement.
fn values(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            text.push_str(if column == 1 { "$" } else { ", $" });
            text.push_str(&(row * columns + column).to_string());
        }
        text.push(')');
    }
    text
}

// --- people

/// Everybody who works here: id, name, address.
pub(super) fn list_staff(tx: &mut Tx) -> Result<Vec<(UserId, String, Option<String>)>, Error> {
    tx.list(
        "select id, name, email from users where role <> 'end-user' and deleted_at is null order by id",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

// --- what is known

pub(super) fn find_known<'a>(
    tx: &mut Tx,
    source: &str,
    tickets: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Known>, Error> {
    let tickets: Vec<&str> = tickets.collect();
    let list = serde_json::to_string(&tickets).map_err(|error| Error::Corrupt(error.to_string()))?;
    let sql = format!(
        "select ticket, id, coalesce(revision_last, revision), digest, updated_at, undone_at from imported_outcomes
         where source = $1 and ticket in {}",
        tx.texts_in(2)
    );
    let rows = tx.list(&sql, params![source, list], |row| {
        let known = Known {
            id: row.get(1)?,
            revision_last: row.get(2)?,
            digest: row.get(3)?,
            updated_at: row.get(4)?,
            taken_back: row.get::<Option<i64>>(5)?.is_some(),
        };
        Ok((row.get(0)?, known))
    })?;
    Ok(rows.into_iter().collect())
}

pub(super) fn need_set(tx: &mut Tx, digest: &str, needs: &[Need]) -> Result<i64, Error> {
    let find = |tx: &mut Tx| {
        tx.find("select id from need_sets where digest = $1", params![digest], |row| row.get::<i64>(0))
    };
    if let Some(id) = find(tx)? {
        return Ok(id);
    }
    let made: Option<i64> = tx.find(
        "insert into need_sets (digest) values ($1) on conflict (digest) do nothing returning id",
        params![digest],
        |row| row.get(0),
    )?;
    let Some(id) = made else { return find(tx)?.ok_or(Error::NoRow) };
    for need in needs {
        tx.execute(
            "insert into need_set_skills (need_set_id, skill_id, level, weight) values ($1, $2, $3, $4)",
            params![id, need.skill, need.level, need.weight],
        )?;
    }
    Ok(id)
}

// --- the last word on each ticket

pub(super) struct OutcomeToWrite<'a> {
    pub ticket: &'a str,
    pub revision: i64,
    pub digest: i64,
    pub need_set: i64,
    pub topic: Option<i64>,
    pub priority: Option<i64>,
    pub channel: Option<i64>,
    pub opened_at: i64,
    pub solved_at: i64,
    pub updated_at: Option<i64>,
}

pub(super) fn save_outcome(
    tx: &mut Tx,
    run: OutcomeRunId,
    id: OutcomeId,
    it: &OutcomeToWrite<'_>,
) -> Result<(), Error> {
    tx.execute(
        "update imported_outcomes set revision = $1, revision_last = $1, digest = $2, run_id = $3, need_set_id = $4,
           topic_id = $5, priority = $6, channel_id = $7, opened_at = $8, solved_at = $9, updated_at = $10,
           undone_at = null where id = $11",
        params![
            it.revision,
            it.digest,
            run,
            it.need_set,
            it.topic,
            it.priority,
            it.channel,
            it.opened_at,
            it.solved_at,
            it.updated_at,
            id
        ],
    )
    .map(|_| ())
}

pub(super) fn insert_outcomes(
    tx: &mut Tx,
    run: OutcomeRunId,
    source: &str,
    all: &[OutcomeToWrite<'_>],
) -> Result<Vec<(String, OutcomeId)>, Error> {
    let mut ids = Vec::with_capacity(all.len());
    for part in all.chunks(ROWS_PER_STATEMENT_MAX) {
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 12);
        for it in part {
            rows.extend([
                Param::Text(source),
                Param::Text(it.ticket),
                Param::Int(it.revision),
                Param::Int(it.digest),
                run.to_param(),
                Param::Int(it.need_set),
                it.topic.to_param(),
                it.priority.to_param(),
                it.channel.to_param(),
                Param::Int(it.opened_at),
                Param::Int(it.solved_at),
                it.updated_at.to_param(),
            ]);
        }
        let sql = format!(
            "insert into imported_outcomes (source, ticket, revision, digest, run_id, need_set_id, topic_id, priority,
               channel_id, opened_at, solved_at, updated_at) values {} returning ticket, id",
            values(part.len(), 12)
        );
        ids.extend(tx.list(&sql, &rows, |row| Ok((row.get(0)?, row.get(1)?)))?);
    }
    Ok(ids)
}

// --- evidence

pub(super) struct NewEvidence {
    pub key: String,
    pub user: UserId,
    pub observed: Observed,
    pub difficulty: f64,
    pub at: i64,
    pub of: OfWork,
    pub skills: Vec<(SkillId, f64)>,
}

/// The ids of what was written, by key.
pub(super) fn insert_evidence(
    tx: &mut Tx,
    all: &[NewEvidence],
) -> Result<HashMap<String, EvidenceId>, Error> {
    let now = tx.now();
    let mut ids = HashMap::with_capacity(all.len());
    for part in all.chunks(ROWS_PER_STATEMENT_MAX) {
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 12);
        for it in part {
            let (kind, value) = it.observed.stored();
            rows.extend([
                it.key.to_param(),
                it.user.to_param(),
                Param::Text(kind),
                Param::Real(value),
                Param::Real(it.difficulty),
                Param::Int(it.at),
                Param::Int(now),
                it.of.imported.to_param(),
                it.of.topic.to_param(),
                it.of.priority.to_param(),
                it.of.channel.to_param(),
                Param::Real(it.of.share),
            ]);
        }
        let sql = format!(
            "insert into evidence (key, user_id, kind, value, difficulty, at, recorded_at, imported_id, topic_id,
               priority, channel_id, share) values {} on conflict (key) do nothing returning key, id",
            values(part.len(), 12)
        );
        ids.extend(tx.list(&sql, &rows, |row| Ok((row.get(0)?, row.get(1)?)))?);
    }
    Ok(ids)
}

pub(super) fn insert_moves(tx: &mut Tx, all: &[(EvidenceId, f64, Step)]) -> Result<(), Error> {
    for part in all.chunks(ROWS_PER_STATEMENT_MAX) {
        let mut rows: Vec<Param<'_>> = Vec::with_capacity(part.len() * 7);
        for (evidence, weight, step) in part {
            rows.extend([
                evidence.to_param(),
                Param::Int(step.skill.0),
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
            values(part.len(), 7)
        );
        tx.execute(&sql, &rows)?;
    }
    Ok(())
}

/// Strikes out everything that these outcomes had said, by the revision that follows. Says whom it was about.
pub(super) fn strike_evidence_of(tx: &mut Tx, outcomes: &[OutcomeId]) -> Result<Vec<UserId>, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let sql = format!(
        "update evidence set struck_at = $1, struck_by = $2, struck_reason = $3, struck_revision =
           (select coalesce(o.revision_last, o.revision) + 1 from imported_outcomes o where o.id = evidence.imported_id)
         where struck_at is null and imported_id in {} returning user_id",
        tx.numbers_in(4)
    );
    let list = json_numbers(outcomes.iter().map(|it| it.0));
    let mut users: Vec<UserId> = tx.list(&sql, params![now, by, STRUCK_WORDS, list], |row| row.get(0))?;
    users.sort_unstable();
    users.dedup();
    Ok(users)
}
