//! `checks` and `check_results`.

use super::super::*;
use super::{ROWS_MAX, from_json, to_json};
use crate::{CheckId, CheckResultId, EvidenceId, SkillId, Tx, UserId};
use ::skills::Belief;
use db::{Error, Row, params};

/// The newest results from which questions are calibrated.
const RESULTS_READ_MAX: usize = 2_000;

const CHECK: &str = "select id, skill_id, name, questions, version, retired_at from checks";

fn check(row: &Row<'_>) -> Result<Check, Error> {
    Ok(Check {
        id: row.get(0)?,
        skill: row.get(1)?,
        name: row.get(2)?,
        questions: from_json(&row.get::<String>(3)?)?,
        version: row.get(4)?,
        retired_at: row.get(5)?,
    })
}

pub(in crate::assessments) fn insert_check(tx: &mut Tx, it: &SaveCheck) -> Result<CheckId, Error> {
    let now = tx.now();
    let questions = to_json(&it.questions)?;
    tx.one(
        "insert into checks (skill_id, name, questions, version, created_at, updated_at) values ($1, $2, $3, 1, $4, $4)
         returning id",
        params![it.skill, it.name, questions, now],
        |row| row.get(0),
    )
}

pub(in crate::assessments) fn find_check(tx: &mut Tx, id: CheckId) -> Result<Option<Check>, Error> {
    tx.find(&format!("{CHECK} where id = $1"), params![id], check)
}

/// Those in use first.
pub(in crate::assessments) fn list_checks(tx: &mut Tx) -> Result<Vec<Check>, Error> {
    tx.list(
        &format!("{CHECK} order by case when retired_at is null then 0 else 1 end, name, id limit $1"),
        params![ROWS_MAX],
        check,
    )
}

pub(in crate::assessments) fn save_check(
    tx: &mut Tx,
    id: CheckId,
    it: &SaveCheck,
    version: i64,
) -> Result<(), Error> {
    let now = tx.now();
    let questions = to_json(&it.questions)?;
    tx.execute(
        "update checks set skill_id = $1, name = $2, questions = $3, version = $4, updated_at = $5 where id = $6",
        params![it.skill, it.name, questions, version, now, id],
    )
    .map(|_| ())
}

pub(in crate::assessments) fn save_check_retired(
    tx: &mut Tx,
    id: CheckId,
    at: Option<i64>,
) -> Result<(), Error> {
    tx.execute("update checks set retired_at = $1 where id = $2", params![at, id]).map(|_| ())
}

pub(in crate::assessments) fn last_result_at(
    tx: &mut Tx,
    check: CheckId,
    user: UserId,
) -> Result<Option<i64>, Error> {
    tx.value(
        "select max(finished_at) from check_results where check_id = $1 and user_id = $2",
        params![check, user],
    )
}

pub(in crate::assessments) fn insert_result(
    tx: &mut Tx,
    check: &Check,
    user: UserId,
    answers: &[bool],
    said: Option<(f64, f64)>,
) -> Result<CheckResultId, Error> {
    let now = tx.now();
    let answers = to_json(answers)?;
    tx.one(
        "insert into check_results (check_id, check_version, user_id, answers, level, sd_levels, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        params![check.id, check.version, user, answers, said.map(|it| it.0), said.map(|it| it.1), now],
        |row| row.get(0),
    )
}

pub(in crate::assessments) fn save_result_evidence(
    tx: &mut Tx,
    id: CheckResultId,
    evidence: EvidenceId,
) -> Result<(), Error> {
    tx.execute("update check_results set evidence_id = $1 where id = $2", params![evidence, id]).map(|_| ())
}

/// One person's, the newest first.
pub(in crate::assessments) fn list_results(tx: &mut Tx, user: UserId) -> Result<Vec<CheckResult>, Error> {
    tx.list(
        "select id, check_id, user_id, answers, level, sd_levels, evidence_id, finished_at from check_results
         where user_id = $1 order by finished_at desc, id desc limit $2",
        params![user, ROWS_MAX],
        |row| {
            Ok(CheckResult {
                id: row.get(0)?,
                check: row.get(1)?,
                user: row.get(2)?,
                answers: from_json(&row.get::<String>(3)?)?,
                level: row.get(4)?,
                sd_levels: row.get(5)?,
                evidence: row.get(6)?,
                finished_at: row.get(7)?,
            })
        },
    )
}

/// A finished check: whose, of what, and the level that its answers say.
pub(crate) struct TakenCheck {
    pub user: UserId,
    pub check: CheckId,
    pub skill: SkillId,
    pub level: Option<f64>,
}

pub(crate) fn find_result(tx: &mut Tx, id: CheckResultId) -> Result<Option<TakenCheck>, Error> {
    tx.find(
        "select r.user_id, r.check_id, c.skill_id, r.level from check_results r join checks c on c.id = r.check_id
         where r.id = $1",
        params![id],
        |row| {
            Ok(TakenCheck {
                user: row.get(0)?,
                check: row.get(1)?,
                skill: row.get(2)?,
                level: row.get(3)?,
            })
        },
    )
}

/// What was right, by result of this version that still counts, with what was believed of the person before.
pub(in crate::assessments) fn list_answers_with_belief(
    tx: &mut Tx,
    check: &Check,
) -> Result<Vec<(Belief, Vec<bool>)>, Error> {
    let rows: Vec<(Belief, String)> = tx.list(
        "select m.mean_before, m.variance_before, r.answers from check_results r
         join evidence e on e.id = r.evidence_id and e.struck_at is null
         join evidence_moves m on m.evidence_id = e.id and m.skill_id = $1
         where r.check_id = $2 and r.check_version = $3 order by r.id desc limit $4",
        params![check.skill, check.id, check.version, RESULTS_READ_MAX],
        |row| Ok((Belief { mean: row.get(0)?, variance: row.get(1)? }, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(belief, answers)| {
            let answers =
                serde_json::from_str(&answers).map_err(|error| Error::Corrupt(error.to_string()))?;
            Ok((belief, answers))
        })
        .collect()
}
