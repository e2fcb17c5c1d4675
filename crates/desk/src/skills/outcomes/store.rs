//! Every statement on imported outcomes, their runs and what they need.

pub(super) mod files;
pub(super) mod undo;

use super::context::Need;
use super::follow::Followed;
use super::row::OutcomeRow;
use super::runs::Run;
use super::take::Known;
use super::tally::Tally;
use crate::skills::difficulty::OfWork;
use crate::skills::evidence::Observed;
use crate::tickets::json_numbers;
use crate::{EvidenceId, OutcomeId, OutcomeRunId, SkillId, Tx, UserId};
use ::skills::Step;
use db::{Error, Param, Row, ToParam, params};
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

// --- runs

const RUN: &str =
    "id, source, name, started_at, finished_at, position, tally, undo_asked_at, undone_at from outcome_runs";

fn run(row: &Row<'_>) -> Result<Run, Error> {
    let tally: String = row.get(6)?;
    let tally: Tally = serde_json::from_str(&tally).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Run {
        id: row.get(0)?,
        source: row.get(1)?,
        name: row.get(2)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        position: row.get(5)?,
        tally,
        undo_asked_at: row.get(7)?,
        undone_at: row.get(8)?,
    })
}

fn tally_text(tally: &Tally) -> Result<String, Error> {
    serde_json::to_string(tally).map_err(|error| Error::Corrupt(error.to_string()))
}

pub(super) fn insert_run(
    tx: &mut Tx,
    source: &str,
    name: &str,
    file_hash: &str,
) -> Result<OutcomeRunId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.value(
        "insert into outcome_runs (source, name, file_hash, started_at, by_user_id, position, tally)
         values ($1, $2, $3, $4, $5, 0, $6) returning id",
        params![source, name, file_hash, now, by, tally_text(&Tally::default())?],
    )
}

pub(super) fn find_run(tx: &mut Tx, id: OutcomeRunId) -> Result<Option<Run>, Error> {
    tx.find(&format!("select {RUN} where id = $1"), params![id], run)
}

pub(super) fn find_unfinished(tx: &mut Tx, source: &str, file_hash: &str) -> Result<Option<Run>, Error> {
    let sql = format!(
        "select {RUN} where source = $1 and file_hash = $2 and finished_at is null order by id desc limit 1"
    );
    tx.find(&sql, params![source, file_hash], run)
}

pub(super) fn list_runs(tx: &mut Tx, count_max: usize) -> Result<Vec<Run>, Error> {
    tx.list(&format!("select {RUN} order by id desc limit $1"), params![count_max], run)
}

pub(super) fn save_run_position(
    tx: &mut Tx,
    id: OutcomeRunId,
    position: i64,
    it: &Tally,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_runs set position = $1, taken = $2, duplicates = $3, superseded = $4, rejected = $5, tally = $6
         where id = $7",
        params![
            position,
            it.taken as i64,
            it.duplicates as i64,
            it.superseded as i64,
            it.rejected as i64,
            tally_text(it)?,
            id
        ],
    )
    .map(|_| ())
}

pub(super) fn save_run_finished(tx: &mut Tx, id: OutcomeRunId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update outcome_runs set finished_at = $1 where id = $2", params![now, id]).map(|_| ())
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

/// The newest moment at which a ticket of another desk was opened.
pub fn newest_opening(tx: &mut Tx) -> Result<Option<i64>, Error> {
    tx.find("select max(opened_at) from imported_outcomes where undone_at is null", params![], |row| {
        row.get::<Option<i64>>(0)
    })
    .map(Option::flatten)
}

/// Until when demand is counted: now, or the newest imported ticket where this desk has none of its own.
pub(in crate::skills) fn demand_ends_at(tx: &mut Tx, window_ms: i64) -> Result<i64, Error> {
    let now = tx.now();
    let own: Option<i64> = tx.find(
        "select id from tickets where updated_at >= $1 and deleted_at is null limit 1",
        params![now - window_ms],
        |row| row.get(0),
    )?;
    Ok(match own {
        Some(_) => now,
        None => newest_opening(tx)?.map_or(now, |newest| newest.min(now)),
    })
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

// --- following

pub(super) fn find_followed(tx: &mut Tx, source: &str) -> Result<Option<Followed>, Error> {
    tx.find("select url, cursor, updated_at from outcome_follows where source = $1", params![source], |row| {
        Ok(Followed { url: row.get(0)?, cursor: row.get(1)?, updated_at: row.get(2)? })
    })
}

pub(super) fn save_followed(tx: &mut Tx, source: &str, url: &str, cursor: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into outcome_follows (source, url, cursor, updated_at) values ($1, $2, $3, $4)
         on conflict (source) do update set url = excluded.url, cursor = excluded.cursor, updated_at = excluded.updated_at",
        params![source, url, cursor, now],
    )
    .map(|_| ())
}

pub(super) fn delete_waiting(tx: &mut Tx, source: &str, ticket: &str) -> Result<(), Error> {
    tx.execute("delete from outcomes_waiting where source = $1 and ticket = $2", params![source, ticket])
        .map(|_| ())
}

pub(super) fn insert_waiting(tx: &mut Tx, source: &str, row: &OutcomeRow, due_at: i64) -> Result<(), Error> {
    let json = serde_json::to_string(row).map_err(|error| Error::Corrupt(error.to_string()))?;
    tx.execute(
        "insert into outcomes_waiting (source, ticket, due_at, row_json) values ($1, $2, $3, $4)",
        params![source, row.ticket, due_at, json],
    )
    .map(|_| ())
}

/// What is due is taken out, the oldest first.
pub(super) fn take_out_due(tx: &mut Tx, source: &str, rows_max: usize) -> Result<Vec<OutcomeRow>, Error> {
    let now = tx.now();
    let rows: Vec<String> = tx.list(
        "delete from outcomes_waiting where source = $1 and ticket in
           (select ticket from outcomes_waiting where source = $1 and due_at <= $2 order by due_at, ticket limit $3)
         returning row_json",
        params![source, now, rows_max],
        |row| row.get(0),
    )?;
    let mut all: Vec<OutcomeRow> = rows
        .iter()
        .map(|json| serde_json::from_str(json).map_err(|error| Error::Corrupt(error.to_string())))
        .collect::<Result<_, _>>()?;
    all.sort_by(|one, other| (one.solved_at, &one.ticket).cmp(&(other.solved_at, &other.ticket)));
    Ok(all)
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

// --- demand

/// One skill that one imported ticket needed.
pub(in crate::skills) struct ImportedNeed {
    pub outcome: OutcomeId,
    /// When the ticket came.
    pub at: i64,
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
}

/// What the newest imported tickets since then needed, ticket by ticket.
pub(in crate::skills) fn list_needs(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<ImportedNeed>, Error> {
    tx.list(
        "select o.id, o.opened_at, n.skill_id, n.level, n.weight
         from (select id, opened_at, need_set_id from imported_outcomes
                 where opened_at >= $1 and undone_at is null order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id order by o.id, n.skill_id",
        params![since, tickets_max],
        |row| {
            Ok(ImportedNeed {
                outcome: row.get(0)?,
                at: row.get(1)?,
                skill: row.get(2)?,
                level: row.get(3)?,
                weight: row.get(4)?,
            })
        },
    )
}

/// How many imported tickets since then needed each skill.
pub(in crate::skills) fn count_needs(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<(SkillId, i64)>, Error> {
    tx.list(
        "select n.skill_id, cast(count(*) as bigint) from
           (select need_set_id from imported_outcomes where opened_at >= $1 and undone_at is null
              order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id group by n.skill_id",
        params![since, tickets_max],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How often which level of which skill was asked for by them.
pub(in crate::skills) fn count_levels_asked(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<(SkillId, f64, i64)>, Error> {
    tx.list(
        "select n.skill_id, n.level, cast(count(*) as bigint) from
           (select need_set_id from imported_outcomes where opened_at >= $1 and undone_at is null
              order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id group by n.skill_id, n.level",
        params![since, tickets_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// When imported tickets came that needed a skill.
pub(in crate::skills) fn list_moments_of_need(
    tx: &mut Tx,
    skill: SkillId,
    since: i64,
) -> Result<Vec<i64>, Error> {
    tx.list(
        "select o.opened_at from imported_outcomes o join need_set_skills n on n.need_set_id = o.need_set_id
         where n.skill_id = $1 and o.opened_at >= $2 and o.undone_at is null",
        params![skill, since],
        |row| row.get(0),
    )
}

/// A ticket of another desk that needed a skill.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ImportedTicket {
    pub source: String,
    /// Its number there.
    pub ticket: String,
    pub topic: Option<String>,
    pub opened_at: i64,
    pub level: f64,
    /// Where the other desk shows it, if somebody has said where.
    pub url: Option<String>,
}

/// The newest first.
pub(in crate::skills) fn list_tickets_of_need(
    tx: &mut Tx,
    skill: SkillId,
    since: i64,
    count_max: usize,
) -> Result<Vec<ImportedTicket>, Error> {
    tx.list(
        "select o.source, o.ticket, k.name, o.opened_at, n.level, s.ticket_url
         from imported_outcomes o join need_set_skills n on n.need_set_id = o.need_set_id
         left join difficulty_keys k on k.id = o.topic_id left join outcome_sources s on s.source = o.source
         where n.skill_id = $1 and o.opened_at >= $2 and o.undone_at is null
         order by o.opened_at desc, o.id desc limit $3",
        params![skill, since, count_max],
        |row| {
            let ticket: String = row.get(1)?;
            let pattern: Option<String> = row.get(5)?;
            Ok(ImportedTicket {
                source: row.get(0)?,
                topic: row.get(2)?,
                opened_at: row.get(3)?,
                level: row.get(4)?,
                url: pattern.map(|it| super::sources::address_of(&it, &ticket)),
                ticket,
            })
        },
    )
}
