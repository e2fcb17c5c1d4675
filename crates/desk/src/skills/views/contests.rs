//! Objections with the evidence that they are about.

use super::*;
use crate::skills::contest::Contest;

/// Objections that wait or were decided, as one page lists them.
pub const CONTESTS_SHOWN_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContestPage {
    /// What waits, the oldest first: all of it for leads, one's own for others.
    pub open: Vec<ContestRow>,
    /// The newest first.
    pub decided: Vec<ContestRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContestRow {
    pub contest: Contest,
    /// Whom it is about.
    pub name: String,
    pub evidence: EvidenceRow,
    /// The viewer may decide: a lead who is somebody else, and did not say it while another could be asked.
    pub may_decide: bool,
}

pub fn contests(tx: &mut Tx) -> Result<ContestPage, SkillsError> {
    let sight = Sight::load(tx)?;
    let actor = sight.actor();
    let mut open = store::list_open_contests(tx, CONTESTS_SHOWN_MAX)?;
    open.retain(|it| actor.is_lead() || actor.is(it.user));
    let of = if actor.is_lead() { None } else { actor.user() };
    let decided = store::list_decided_contests(tx, of, CONTESTS_SHOWN_MAX)?;
    Ok(ContestPage { open: rows(tx, &sight, open)?, decided: rows(tx, &sight, decided)? })
}

fn rows(tx: &mut Tx, sight: &Sight, contests: Vec<Contest>) -> Result<Vec<ContestRow>, SkillsError> {
    let ids: Vec<EvidenceId> = contests.iter().map(|it| it.evidence).collect();
    let evidence = evidence_by_id(tx, sight, &ids)?;
    let mut found: BTreeMap<EvidenceId, EvidenceRow> = evidence.into_iter().map(|it| (it.id, it)).collect();
    let mut rows = Vec::with_capacity(contests.len());
    for contest in contests {
        // Two objections may be about the same evidence: it is looked up, not taken.
        let Some(evidence) = found.get_mut(&contest.evidence).map(|it| it.clone()) else { continue };
        let name = store::staff_name(tx, contest.user)?.unwrap_or_else(|| "Somebody who has left".to_owned());
        let may_decide = contest.decided_at.is_none()
            && sight.actor().is_lead()
            && !sight.actor().is(contest.user)
            && !store::is_for_another_lead(tx, contest.id)?;
        rows.push(ContestRow { contest, name, evidence, may_decide });
    }
    Ok(rows)
}

/// How many wait for a decision of this viewer; 0 for those who decide nothing.
pub fn count_contests_to_decide(tx: &mut Tx) -> Result<i64, db::Error> {
    match tx.actor().is_lead() {
        true => store::count_contests_to_decide(tx),
        false => Ok(0),
    }
}
