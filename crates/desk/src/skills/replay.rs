//! From evidence to beliefs: one line at a time as it comes, or a person's lines again, from their last refit on.

use super::evidence::{AddEvidence, Observed, lock_person};
use super::{SkillsError, store};
use crate::{EvidenceId, SkillId, Tx, UserId};
use ::skills::{Belief, DecayClass, Fade, Footing, SkillBelief, Start, Step, decayed_over, scaled};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One line of evidence, as the filter needs it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub evidence: EvidenceId,
    pub at: i64,
    pub skills: Vec<(SkillId, f64)>,
    pub difficulty: f64,
    pub observed: Observed,
    /// How much of the work was theirs, 0 to 1.
    pub share: f64,
    /// Neither struck out nor of a source that is switched off.
    pub counts: bool,
}

impl From<&AddEvidence> for Line {
    fn from(it: &AddEvidence) -> Self {
        Line {
            evidence: EvidenceId(0),
            at: it.at,
            skills: it.skills.clone(),
            difficulty: it.difficulty,
            observed: it.observed,
            share: 1.0,
            counts: true,
        }
    }
}

/// What is believed of one person in one skill as of its last evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub belief: Belief,
    pub start: Fade,
    pub evidence_count: i64,
    pub moved_at: i64,
    pub footing: Footing,
}

/// The beliefs of one person that are about to move.
pub(super) struct Held {
    starts: HashMap<SkillId, Fade>,
    rows: BTreeMap<SkillId, Row>,
    touched: BTreeSet<SkillId>,
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
        Ok(Held { starts, rows, touched: BTreeSet::new() })
    }

    /// Nothing but the starts and, if there is one that holds, the last refit.
    fn from_base(starts: HashMap<SkillId, Fade>, base: Option<&Base>) -> Held {
        let mut rows = BTreeMap::new();
        for it in base.iter().flat_map(|base| &base.beliefs) {
            let Some(start) = starts.get(&it.skill) else { continue };
            let row = Row {
                belief: it.belief,
                start: *start,
                evidence_count: it.evidence_count,
                moved_at: base.map_or(0, |base| base.as_of),
                footing: it.footing,
            };
            rows.insert(it.skill, row);
        }
        Held { starts, rows, touched: BTreeSet::new() }
    }

    /// Each skill first fades to the moment of the evidence, then moves. Skills that the desk does not know are left
    /// out; evidence that does not count moves nothing, and its steps say so.
    pub fn apply(&mut self, line: &Line) -> Vec<Step> {
        let mut prior = Vec::with_capacity(line.skills.len());
        let mut weights = Vec::with_capacity(line.skills.len());
        for &(skill, weight) in &line.skills {
            let Some(start) = self.starts.get(&skill) else { continue };
            let belief = match self.rows.get(&skill) {
                Some(row) => {
                    let elapsed = line.at.saturating_sub(row.moved_at);
                    decayed_over(row.belief, start.prior, elapsed, start.tau_days)
                }
                None => start.prior,
            };
            prior.push(SkillBelief { skill: ::skills::SkillId(skill.0), belief });
            weights.push(weight);
        }
        if !line.counts {
            let unmoved = |it: SkillBelief| Step { skill: it.skill, before: it.belief, after: it.belief };
            return prior.into_iter().map(unmoved).collect();
        }
        let start = |skill: ::skills::SkillId| self.starts[&SkillId(skill.0)];
        let observation = line.observed.observation();
        let steps = ::skills::steps(&prior, &weights, line.difficulty, &observation, line.share, start);
        for (step, weight) in steps.iter().zip(scaled(steps.len(), &weights)) {
            let skill = SkillId(step.skill.0);
            let start = self.starts[&skill];
            let last = self.rows.get(&skill);
            // Evidence that is told late does not turn the clock back.
            let moved_at = last.map_or(line.at, |row| row.moved_at.max(line.at));
            let evidence_count = last.map_or(0, |row| row.evidence_count) + 1;
            let mut footing = last.map_or_else(Footing::default, |row| row.footing);
            footing.add(&observation, weight, line.share, line.at);
            self.rows.insert(skill, Row { belief: step.after, start, evidence_count, moved_at, footing });
            self.touched.insert(skill);
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

/// What the last refit said of a person.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub as_of: i64,
    /// The person's last evidence that it has seen.
    pub through: EvidenceId,
    pub beliefs: Vec<BaseBelief>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct BaseBelief {
    pub skill: SkillId,
    pub belief: Belief,
    pub evidence_count: i64,
    pub footing: Footing,
}

/// Runs a person's lines again, from the last refit that holds or else from the beginning, and writes down where they
/// lead now.
pub(super) fn rewrite(tx: &mut Tx, user: UserId) -> Result<(), SkillsError> {
    let base = store::find_base(tx, user)?;
    let seen = base.as_ref().map_or(EvidenceId(0), |base| base.through);
    let mut held = Held::from_base(store::starts(tx)?, base.as_ref());
    for line in store::list_lines(tx, user, seen)? {
        if line.counts {
            let steps = held.apply(&line);
            store::save_moves(tx, line.evidence, &steps)?;
        }
    }
    let skills: Vec<SkillId> = held.rows.keys().copied().collect();
    store::keep_proficiencies(tx, user, &skills)?;
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
        let unknown =
            Fade::from(Start { prior: ::skills::prior(super::SkillKind::Human), decay: DecayClass::Human });
        starts.get(&SkillId(skill.0)).copied().unwrap_or(unknown)
    };
    let base = store::find_base(tx, user)?;
    let seen = base.as_ref().map_or(EvidenceId(0), |base| base.through);
    let evidence: Vec<::skills::Evidence> = store::list_lines(tx, user, seen)?
        .into_iter()
        .map(|line| ::skills::Evidence {
            at_ms: line.at,
            skills: line.skills.iter().map(|(skill, weight)| (::skills::SkillId(skill.0), *weight)).collect(),
            difficulty: line.difficulty,
            observation: line.observed.observation(),
            share: line.share,
            struck_out: !line.counts,
        })
        .collect();
    let known = base.iter().flat_map(|base| {
        base.beliefs.iter().map(|it| (::skills::SkillId(it.skill.0), it.belief, base.as_of, it.footing))
    });
    let mut portfolio = ::skills::Portfolio::from_beliefs(known);
    for line in &evidence {
        portfolio.apply(line, start);
    }
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
