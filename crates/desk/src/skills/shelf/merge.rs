//! Two skills become one: what was known, asked and said of the first belongs to the second, and can be given back.

use super::{ShelfError, only_leads};
use crate::events::{self, Event};
use crate::skills::{SkillSummary, replay, store};
use crate::{ArticleId, EvidenceId, RoleId, SkillId, SkillMergeId, SkillRuleId, TicketId, Tx, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug)]
pub struct MergeSkills {
    /// Retired by it.
    pub from: SkillId,
    pub into: SkillId,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillMerge {
    pub id: SkillMergeId,
    pub from: SkillSummary,
    pub into: SkillSummary,
    pub at: i64,
    pub by_name: Option<String>,
    /// Observations that went over.
    pub evidence: usize,
    pub undone_at: Option<i64>,
}

/// Every row that changed its skill. What the other skill had already is kept apart: it was added up, or gave way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::skills) struct MovedRows {
    pub evidence: Vec<EvidenceId>,
    /// Evidence about both: the weight that was added to the other.
    pub evidence_added: Vec<(EvidenceId, f64)>,
    pub tickets: Vec<TicketId>,
    /// Tickets that needed both, with the row that gave way: level, weight, hardness, source, words.
    pub tickets_both: Vec<(TicketId, f64, f64, String, String, String)>,
    pub rules: Vec<SkillRuleId>,
    /// Sets of needs of imported tickets.
    pub need_sets: Vec<i64>,
    /// Sets that held both, with the row that gave way: level, weight.
    pub need_sets_both: Vec<(i64, f64, f64)>,
    pub interests: Vec<UserId>,
    pub interests_both: Vec<UserId>,
    pub roles: Vec<RoleId>,
    /// Roles that asked for both, with the row that gave way: level, weight, at least.
    pub roles_both: Vec<(RoleId, f64, f64, Option<i64>)>,
    pub articles: Vec<ArticleId>,
    pub articles_both: Vec<ArticleId>,
    /// What stood on it, with the level; those rows go.
    pub needed_by: Vec<(SkillId, f64)>,
    /// What it stood on; those rows stay with the retired skill.
    pub people: Vec<UserId>,
}

pub fn merge_skills(tx: &mut Tx, command: &MergeSkills) -> Result<SkillMergeId, ShelfError> {
    only_leads(tx)?;
    let MergeSkills { from, into } = *command;
    if from == into {
        return Err(ShelfError::SameSkill);
    }
    store::find_skill(tx, from)?.ok_or(ShelfError::NoSuchSkill)?;
    let target = store::find_skill(tx, into)?.ok_or(ShelfError::NoSuchSkill)?;
    if target.retired_at.is_some() {
        return Err(ShelfError::IntoIsRetired);
    }
    tx.lock("skill_merges")?;
    let moved = store::move_skill(tx, from, into)?;
    for user in &moved.people {
        // What the last refit said of the two skills apart holds no longer.
        store::save_stale(tx, *user, None)?;
        replay::rewrite(tx, *user)?;
    }
    let now = tx.now();
    store::save_retired(tx, from, Some(now))?;
    let merge = store::insert_merge(tx, from, into, &moved)?;
    store::rules_have_changed(tx)?;
    let evidence = (moved.evidence.len() + moved.evidence_added.len()) as i64;
    events::record(tx, &Event::SkillMerged { skill: from, into, evidence })?;
    tx.announce("matrix");
    Ok(merge)
}

/// Gives everything back that went over then. What came since stays with the skill that it came to.
pub fn undo_merge(tx: &mut Tx, merge: SkillMergeId) -> Result<(), ShelfError> {
    only_leads(tx)?;
    tx.lock("skill_merges")?;
    let (from, into, undone, moved) = store::find_merge(tx, merge)?.ok_or(ShelfError::NoSuchMerge)?;
    if undone {
        return Err(ShelfError::UndoneAlready);
    }
    if store::merged_since(tx, merge, from, into)? {
        return Err(ShelfError::NotTheLast);
    }
    store::move_skill_back(tx, from, into, &moved)?;
    store::save_merge_undone(tx, merge)?;
    store::save_retired(tx, from, None)?;
    for user in &moved.people {
        // What the last refit said of the two skills apart holds no longer.
        store::save_stale(tx, *user, None)?;
        replay::rewrite(tx, *user)?;
    }
    store::rules_have_changed(tx)?;
    events::record(tx, &Event::SkillMergeUndone { skill: from, into })?;
    tx.announce("matrix");
    Ok(())
}

/// The newest first.
pub fn list_merges(tx: &mut Tx) -> Result<Vec<SkillMerge>, ShelfError> {
    only_leads(tx)?;
    Ok(store::list_merges(tx)?)
}
