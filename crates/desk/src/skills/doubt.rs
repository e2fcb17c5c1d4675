//! What other parts of the desk ask of beliefs and evidence: how unsure they are, what one row moved, how it is taken back.

use super::refit::WEEK_MS;
use super::{Belief, Proficiency, SkillSummary, SkillsError, evidence, replay, store};
use crate::{EvidenceId, SkillId, Tx, UserId};
use ::skills::{Fade, level_of};
use std::collections::{HashMap, HashSet};

/// How little is known of some people in some skills.
pub(crate) struct Doubt {
    known: HashMap<(UserId, SkillId), f64>,
    starts: HashMap<SkillId, f64>,
}

impl Doubt {
    /// The variance of what is believed, in squared logits; of somebody unknown, the variance that everybody begins with.
    pub fn of(&self, user: UserId, skill: SkillId) -> f64 {
        let start = self.starts.get(&skill).copied().unwrap_or_default();
        self.known.get(&(user, skill)).copied().unwrap_or(start)
    }
}

pub(crate) fn variances_of(tx: &mut Tx, users: &[UserId], skills: &[SkillId]) -> Result<Doubt, db::Error> {
    let starts = store::starts(tx)?.into_iter().map(|(skill, start)| (skill, start.prior.variance)).collect();
    let known = store::list_proficiencies(tx, Some(users), Some(skills))?;
    let known = known.into_iter().map(|it| ((it.user, it.skill), it.belief.variance)).collect();
    Ok(Doubt { known, starts })
}

/// Writes evidence of a command that has its own permissions. `None` if its key was counted before.
pub(crate) fn record_evidence(
    tx: &mut Tx,
    command: &evidence::AddEvidence,
) -> Result<Option<EvidenceId>, SkillsError> {
    evidence::add(tx, command)
}

/// Strikes out several rows of one person at once. Rows that are struck out already stay as they are.
pub(crate) fn strike_all(
    tx: &mut Tx,
    user: UserId,
    all: &[EvidenceId],
    reason: &str,
) -> Result<(), SkillsError> {
    evidence::lock_person(tx, user)?;
    let mut struck = 0;
    for id in all {
        match store::find_evidence_owner(tx, *id)? {
            Some((owner, false)) if owner == user => {
                evidence::strike(tx, *id, user, reason)?;
                struck += 1;
            }
            _ => {}
        }
    }
    if struck > 0 { replay::rewrite(tx, user) } else { Ok(()) }
}

/// How far one row of evidence moved each level, and whether it has been struck out.
pub(crate) fn moves_of(tx: &mut Tx, id: EvidenceId) -> Result<Vec<(SkillId, f64, bool)>, db::Error> {
    let moves = store::list_moves_of(tx, id)?;
    let by = |before: f64, after: f64| level_of(after) - level_of(before);
    Ok(moves.into_iter().map(|(skill, before, after, struck)| (skill, by(before, after), struck)).collect())
}

/// Of all skills, retired ones too, as the reader reads them.
pub(crate) fn summaries(tx: &mut Tx) -> Result<HashMap<SkillId, SkillSummary>, db::Error> {
    Ok(store::list_all_shown_skills(tx)?.into_iter().map(|it| (it.id, it.summary())).collect())
}

/// What is believed of these people in these skills. Who may see it, the caller decides.
pub(crate) fn beliefs_of(
    tx: &mut Tx,
    users: &[UserId],
    skills: &[SkillId],
) -> Result<Vec<Proficiency>, db::Error> {
    store::list_proficiencies(tx, Some(users), Some(skills))
}

/// Where every skill starts, and how fast it fades.
pub(crate) fn fades_of_skills(tx: &mut Tx) -> Result<HashMap<SkillId, Fade>, db::Error> {
    store::starts(tx)
}

/// What was believed of somebody in one skill at the end of a week, as the last refit of that week had it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeeklyLevel {
    /// The end of the week.
    pub at: i64,
    pub belief: Belief,
}

/// Of these people in these skills, from the week of that moment on; the earliest first.
pub(crate) fn weekly_levels(
    tx: &mut Tx,
    users: &[UserId],
    skills: &[SkillId],
    since: i64,
) -> Result<HashMap<(UserId, SkillId), Vec<WeeklyLevel>>, db::Error> {
    let mut all: HashMap<(UserId, SkillId), Vec<WeeklyLevel>> = HashMap::new();
    for (user, skill, week, belief) in store::list_weeks_of(tx, users, skills, since.div_euclid(WEEK_MS))? {
        all.entry((user, skill)).or_default().push(WeeklyLevel { at: (week + 1) * WEEK_MS, belief });
    }
    Ok(all)
}

/// Who wants to learn what.
pub(crate) fn all_interests(tx: &mut Tx) -> Result<HashSet<(UserId, SkillId)>, db::Error> {
    Ok(store::list_all_interests(tx)?.into_iter().collect())
}

pub(crate) fn skill_names(tx: &mut Tx) -> Result<HashMap<SkillId, String>, db::Error> {
    Ok(store::list_shown_names(tx)?.into_iter().collect())
}
