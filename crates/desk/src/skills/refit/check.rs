//! The last refit once more, from the evidence that it saw: the figures must be the same.

use super::input::Snapshot;
use super::{RunError, refit};
use crate::skills::store;
use crate::{Actor, Db, RefitRunId, SkillId, UserId};
use ::skills::Belief;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Two beliefs closer than this, in logits and squared logits, are the same.
const SAME_BELIEF: f64 = 1e-9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefitCheck {
    pub run: RefitRunId,
    pub beliefs: usize,
    /// Stored figures that a replay does not lead to, or the other way round.
    pub different: usize,
}

/// `None` while no refit has ended.
pub fn check(db: &Db) -> Result<Option<RefitCheck>, RunError> {
    let read = db.read_now(Actor::desk(), |tx| {
        let Some(run) = store::last_run(tx)? else { return Ok(None) };
        let Some(settings) = store::last_settings(tx)? else { return Ok(None) };
        let through = store::seen_by(tx, run.id)?;
        let stored = store::results_of(tx, run.id)?;
        let snapshot = Snapshot::load(tx, &settings, Some(&through))?;
        Ok::<_, crate::skills::SkillsError>(Some((run.id, settings, stored, snapshot)))
    })?;
    let Some((run, settings, mut stored, snapshot)) = read else { return Ok(None) };
    let again = refit(&snapshot.rows, |skill| settings.start(skill), &settings.for_refit(), &mut |_| {
        ControlFlow::Continue(())
    })?;
    let beliefs = stored.len();
    let mut different = 0;
    for it in &again.beliefs {
        let kept = take(&mut stored, UserId(it.person.0), SkillId(it.skill.0));
        different += usize::from(!kept.is_some_and(|kept| same(kept, it.belief)));
    }
    Ok(Some(RefitCheck { run, beliefs, different: different + stored.len() }))
}

fn take(stored: &mut BTreeMap<(UserId, SkillId), Belief>, user: UserId, skill: SkillId) -> Option<Belief> {
    stored.remove(&(user, skill))
}

fn same(one: Belief, other: Belief) -> bool {
    (one.mean - other.mean).abs() < SAME_BELIEF && (one.variance - other.variance).abs() < SAME_BELIEF
}
