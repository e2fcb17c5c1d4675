//! Every statement on refits: runs, their results person by person, and the last word of each week.

use super::*;

/// What the last refit said of a person, if nothing that it rests on has changed since.
pub(in crate::skills) fn find_base(tx: &mut Tx, user: UserId) -> Result<Option<Base>, Error> {
    let found: Option<(i64, EvidenceId)> = tx.find(
        "select as_of, through_evidence from refit_people where user_id = $1 and stale_at is null",
        params![user],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((as_of, through)) = found else { return Ok(None) };
    let beliefs = tx.list(
        "select skill_id, mean, variance, evidence_count from refit_beliefs where user_id = $1 order by skill_id",
        params![user],
        |row| {
            let belief = Belief { mean: row.get(1)?, variance: row.get(2)? };
            Ok(BaseBelief { skill: row.get(0)?, belief, evidence_count: row.get(3)? })
        },
    )?;
    Ok(Some(Base { as_of, through, beliefs }))
}

/// The last refit of the person no longer holds; with `evidence` only if the refit had seen that.
pub(in crate::skills) fn save_stale(
    tx: &mut Tx,
    user: UserId,
    evidence: Option<EvidenceId>,
) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update refit_people set stale_at = $1 where user_id = $2 and stale_at is null and through_evidence >= $3",
        params![now, user, evidence.map_or(0, |it| it.0)],
    )?;
    Ok(saved == 1)
}
