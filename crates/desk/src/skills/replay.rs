//! From evidence to beliefs: one line at a time as it comes, or all of a person's lines again.

use super::evidence::{AddEvidence, Observed, lock_person};
use super::{SkillsError, store};
use crate::{EvidenceId, SkillId, Tx, UserId};
use ::skills::{Belief, DecayClass, SkillBelief, Start, Step, decayed, observe};
use std::collections::{BTreeMap, HashMap};

/// One line of evidence, as the filter needs it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub evidence: EvidenceId,
    pub at: i64,
    pub skills: Vec<(SkillId, f64)>,
    pub difficulty: f64,
    pub observed: Observed,
    pub struck: bool,
}

impl From<&AddEvidence> for Line {
    fn from(it: &AddEvidence) -> Self {
        Line {
            evidence: EvidenceId(0),
            at: it.at,
            skills: it.skills.clone(),
            difficulty: it.difficulty,
            observed: it.observed,
            struck: false,
        }
    }
}

/// What is believed of one person in one skill as of its last evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub belief: Belief,
    pub start: Start,
    pub evidence_count: i64,
    pub moved_at: i64,
}

/// The beliefs of one person that are about to move.
pub(super) struct Held {
    starts: HashMap<SkillId, Start>,
    rows: BTreeMap<SkillId, Row>,
    touched: Vec<SkillId>,
}

impl Held {
    pub fn load(tx: &mut Tx, user: UserId, skills: &[SkillId]) -> Result<Held, db::Error> {
        let mut starts = HashMap::new();
        let mut rows = BTreeMap::new();
        for (skill, start, stored) in store::list_held(tx, user, skills)? {
            starts.insert(skill, start);
            if let Some(row) = stored {
                rows.insert(skill, row);
            }
        }
        Ok(Held { starts, rows, touched: Vec::new() })
    }

    fn nothing(starts: HashMap<SkillId, Start>) -> Held {
        Held { starts, rows: BTreeMap::new(), touched: Vec::new() }
    }

    /// Each skill first fades to the moment of the evidence, then moves. Skills that the desk does not know are left out.
    pub fn apply(&mut self, line: &Line) -> Vec<Step> {
        let mut prior = Vec::with_capacity(line.skills.len());
        let mut weights = Vec::with_capacity(line.skills.len());
        for &(skill, weight) in &line.skills {
            let Some(start) = self.starts.get(&skill) else { continue };
            let belief = match self.rows.get(&skill) {
                Some(row) => {
                    decayed(row.belief, start.prior, line.at.saturating_sub(row.moved_at), start.decay)
                }
                None => start.prior,
            };
            prior.push(SkillBelief { skill: ::skills::SkillId(skill.0), belief });
            weights.push(weight);
        }
        let steps = observe(&prior, &weights, line.difficulty, &line.observed.observation());
        for step in &steps {
            let skill = SkillId(step.skill.0);
            let start = self.starts[&skill];
            let last = self.rows.get(&skill);
            // Evidence that is told late does not turn the clock back.
            let moved_at = last.map_or(line.at, |row| row.moved_at.max(line.at));
            let evidence_count = last.map_or(0, |row| row.evidence_count) + 1;
            self.rows.insert(skill, Row { belief: step.after, start, evidence_count, moved_at });
            self.touched.push(skill);
        }
        steps
    }

    pub fn save(&self, tx: &mut Tx, user: UserId) -> Result<(), db::Error> {
        for skill in &self.touched {
            store::save_proficiency(tx, user, *skill, &self.rows[skill])?;
        }
        Ok(())
    }
}

/// Rebuilds what is believed of a person from their evidence alone.
pub fn replay_person(tx: &mut Tx, user: UserId) -> Result<(), SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    lock_person(tx, user)?;
    rewrite(tx, user)
}

/// Runs all of a person's lines again and writes down where they lead now.
pub(super) fn rewrite(tx: &mut Tx, user: UserId) -> Result<(), SkillsError> {
    let mut held = Held::nothing(store::starts(tx)?);
    for line in store::list_lines(tx, user)? {
        if line.struck {
            continue;
        }
        let steps = held.apply(&line);
        store::save_moves(tx, line.evidence, &steps)?;
    }
    store::delete_proficiencies(tx, user)?;
    for (skill, row) in &held.rows {
        store::save_proficiency(tx, user, *skill, row)?;
    }
    Ok(())
}

/// A stored belief that its evidence does not lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    pub user: UserId,
    pub skill: SkillId,
    /// As stored, if there is a row.
    pub stored: Option<Belief>,
    /// As the evidence says, if there is any.
    pub replayed: Option<Belief>,
}

/// Two beliefs closer than this, in logits and squared logits, are the same.
const SAME_BELIEF: f64 = 1e-6;

/// Compares what is stored of a person with a replay of their evidence by the pure crate. Empty: they agree.
pub fn check_person(tx: &mut Tx, user: UserId) -> Result<Vec<Drift>, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let now = tx.now();
    let starts = store::starts(tx)?;
    let start = |skill: ::skills::SkillId| {
        let unknown = Start { prior: ::skills::prior(super::SkillKind::Human), decay: DecayClass::Human };
        starts.get(&SkillId(skill.0)).copied().unwrap_or(unknown)
    };
    let evidence: Vec<::skills::Evidence> = store::list_lines(tx, user)?
        .into_iter()
        .map(|line| ::skills::Evidence {
            at_ms: line.at,
            skills: line.skills.iter().map(|(skill, weight)| (::skills::SkillId(skill.0), *weight)).collect(),
            difficulty: line.difficulty,
            observation: line.observed.observation(),
            struck_out: line.struck,
        })
        .collect();
    let portfolio = ::skills::replay(&evidence, start);
    let mut stored: BTreeMap<SkillId, Belief> = BTreeMap::new();
    for it in super::proficiencies_of(tx, user)? {
        stored.insert(it.skill, it.belief);
    }
    let mut drifts = Vec::new();
    for skill in portfolio.skills() {
        let replayed = portfolio.belief_at(skill, now, start);
        let skill = SkillId(skill.0);
        let stored = stored.remove(&skill);
        if !stored.is_some_and(|it| same(it, replayed)) {
            drifts.push(Drift { user, skill, stored, replayed: Some(replayed) });
        }
    }
    drifts.extend(stored.into_iter().map(|(skill, it)| Drift {
        user,
        skill,
        stored: Some(it),
        replayed: None,
    }));
    Ok(drifts)
}

/// Everybody of whom there is evidence or a belief, for a check of them all.
pub fn list_people_with_evidence(tx: &mut Tx) -> Result<Vec<UserId>, db::Error> {
    store::list_people_with_evidence(tx)
}

fn same(one: Belief, other: Belief) -> bool {
    (one.mean - other.mean).abs() < SAME_BELIEF && (one.variance - other.variance).abs() < SAME_BELIEF
}
