//! Every statement on objections to evidence.

use super::*;
use crate::ContestId;
use crate::skills::contest::{Contest, ContestOutcome};

const CONTEST: &str = "c.id, c.evidence_id, c.user_id, c.words, c.created_at, c.decided_at, c.decided_by, d.name, c.outcome, c.reason";

fn contest(row: &Row<'_>) -> Result<Contest, Error> {
    let outcome: Option<String> = row.get(8)?;
    Ok(Contest {
        id: row.get(0)?,
        evidence: row.get(1)?,
        user: row.get(2)?,
        words: row.get(3)?,
        created_at: row.get(4)?,
        decided_at: row.get(5)?,
        decided_by: row.get(6)?,
        decided_by_name: row.get(7)?,
        outcome: outcome.as_deref().and_then(ContestOutcome::parse),
        reason: row.get(9)?,
    })
}

/// `None` if one waits already.
pub(in crate::skills) fn insert_contest(
    tx: &mut Tx,
    evidence: EvidenceId,
    user: UserId,
    words: &str,
) -> Result<Option<ContestId>, Error> {
    let now = tx.now();
    tx.find(
        "insert into contests (evidence_id, user_id, words, created_at) values ($1, $2, $3, $4)
         on conflict do nothing returning id",
        params![evidence, user, words, now],
        |row| row.get(0),
    )
}

pub(in crate::skills) fn contest_by_id(tx: &mut Tx, id: ContestId) -> Result<Option<Contest>, Error> {
    let sql =
        format!("select {CONTEST} from contests c left join users d on d.id = c.decided_by where c.id = $1");
    tx.find(&sql, params![id], contest)
}

/// False if somebody else was quicker.
pub(in crate::skills) fn save_decided(
    tx: &mut Tx,
    id: ContestId,
    outcome: ContestOutcome,
    reason: &str,
) -> Result<bool, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let saved = tx.execute(
        "update contests set decided_at = $1, decided_by = $2, outcome = $3, reason = $4
         where id = $5 and decided_at is null",
        params![now, by, outcome.name(), reason, id],
    )?;
    Ok(saved == 1)
}

/// Objections to these pieces of evidence, the oldest first.
pub(in crate::skills) fn list_contests_of(
    tx: &mut Tx,
    evidence: impl Iterator<Item = EvidenceId>,
) -> Result<Vec<Contest>, Error> {
    let sql = format!(
        "select {CONTEST} from contests c left join users d on d.id = c.decided_by
         where c.evidence_id in {} order by c.id",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(evidence.map(|it| it.0))], contest)
}

/// What waits for a decision, the oldest first.
pub(in crate::skills) fn list_open_contests(tx: &mut Tx, count_max: usize) -> Result<Vec<Contest>, Error> {
    let sql = format!(
        "select {CONTEST} from contests c left join users d on d.id = c.decided_by
         where c.decided_at is null order by c.created_at, c.id limit $1"
    );
    tx.list(&sql, params![count_max], contest)
}

/// The newest first; of one person, or of all.
pub(in crate::skills) fn list_decided_contests(
    tx: &mut Tx,
    user: Option<UserId>,
    count_max: usize,
) -> Result<Vec<Contest>, Error> {
    let sql = format!(
        "select {CONTEST} from contests c left join users d on d.id = c.decided_by
         where c.decided_at is not null and (cast($1 as bigint) = 0 or c.user_id = $1)
         order by c.id desc limit $2"
    );
    tx.list(&sql, params![user.map_or(0, |it| it.0), count_max], contest)
}

/// The one who asks (`$1`) gave the evidence of the contest `c`, and a lead or admin who is neither them nor the person
/// can decide.
const FOR_ANOTHER_LEAD: &str =
    "exists (select 1 from evidence e where e.id = c.evidence_id and e.by_user_id = $1)
     and exists (select 1 from users u where u.role in ('lead', 'admin') and u.suspended_at is null
       and u.deleted_at is null and u.id <> $1 and u.id <> c.user_id)";

/// Its evidence comes from whoever asks, and somebody else is there to decide.
pub(in crate::skills) fn is_for_another_lead(tx: &mut Tx, id: ContestId) -> Result<bool, Error> {
    let asks = tx.actor().user().map_or(0, |it| it.0);
    let sql = format!("select c.id from contests c where c.id = $2 and {FOR_ANOTHER_LEAD}");
    let found = tx.find(&sql, params![asks, id], |row| row.get::<ContestId>(0))?;
    Ok(found.is_some())
}

/// What waits, and for which whoever asks may give the decision.
pub(in crate::skills) fn count_contests_to_decide(tx: &mut Tx) -> Result<i64, Error> {
    let asks = tx.actor().user().map_or(0, |it| it.0);
    let sql = format!(
        "select cast(count(*) as bigint) from contests c
         where c.decided_at is null and c.user_id <> $1 and not ({FOR_ANOTHER_LEAD})"
    );
    tx.value(&sql, params![asks])
}

pub(in crate::skills) fn count_open_contests(tx: &mut Tx) -> Result<i64, Error> {
    tx.value("select cast(count(*) as bigint) from contests where decided_at is null", params![])
}
