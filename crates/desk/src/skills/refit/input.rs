//! What a refit reads: the rules of its moment, and all evidence of one consistent moment.

use super::super::evidence::Observed;
use super::super::{DecayClass, Policy, SkillKind, SkillsError, policy, store, taus};
use super::past::Written;
use crate::{EvidenceId, SkillId, Tx, UserId};
use ::skills::refit::{PersonId, RefitSettings, Release, Row, Taus};
use ::skills::{Belief, Observation, Start};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Processor cores that an hourly run takes.
const THREADS: usize = 2;

/// What the figures depend on beside the evidence; kept with each run, so that it can be run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub as_of: i64,
    /// Days, by class.
    pub taus: BTreeMap<String, f64>,
    pub sources_off: Vec<String>,
    /// Skill, moment, share that stays.
    pub releases: Vec<(SkillId, i64, f64)>,
    /// Kind and class of each skill.
    pub skills: BTreeMap<i64, (SkillKind, DecayClass)>,
}

impl Settings {
    pub(super) fn load(tx: &mut Tx) -> Result<Settings, SkillsError> {
        let taus = taus(tx)?.map(|(class, tau)| (class.as_str().to_owned(), tau));
        let mut releases = Vec::new();
        for it in store::all_releases(tx)? {
            releases.extend(it.skills.iter().map(|skill| (*skill, it.at, it.keep)));
        }
        Ok(Settings {
            as_of: tx.now(),
            taus: taus.into_iter().collect(),
            sources_off: policy(tx)?.sources_off,
            releases,
            skills: store::kinds_and_decays(tx)?
                .into_iter()
                .map(|(id, kind, decay)| (id.0, (kind, decay)))
                .collect(),
        })
    }

    /// The same, whenever they were read. A new skill changes nothing for those who have it not.
    pub(super) fn same_rules(&self, other: &Settings) -> bool {
        let known = |skill: &i64| other.skills.get(skill);
        self.taus == other.taus
            && self.sources_off == other.sources_off
            && self.releases == other.releases
            && self.skills.iter().all(|(skill, of)| known(skill).is_none_or(|now| now == of))
    }

    pub(super) fn start(&self, skill: ::skills::SkillId) -> Start {
        let (kind, decay) =
            self.skills.get(&skill.0).copied().unwrap_or((SkillKind::Human, DecayClass::Human));
        Start { prior: ::skills::prior(kind), decay }
    }

    pub(super) fn for_refit(&self) -> RefitSettings {
        let tau = |class: DecayClass| self.taus.get(class.as_str()).copied().unwrap_or(class.tau_days());
        let taus = Taus {
            product: tau(DecayClass::Product),
            technical: tau(DecayClass::Technical),
            human: tau(DecayClass::Human),
            language: tau(DecayClass::Language),
        };
        let release = |&(skill, at_ms, kept): &(SkillId, i64, f64)| Release {
            skill: ::skills::SkillId(skill.0),
            at_ms,
            kept,
        };
        RefitSettings {
            taus,
            releases: self.releases.iter().map(release).collect(),
            threads: THREADS,
            ..RefitSettings::as_of(self.as_of)
        }
    }
}

/// Everything that a run reads.
pub(super) struct Snapshot {
    pub rows: Vec<Row>,
    /// One for each row.
    pub written: Vec<Written>,
    /// The last evidence of each person that is among the rows.
    pub through: BTreeMap<UserId, EvidenceId>,
    /// What the online tier holds, faded to the moment of the run.
    pub online: HashMap<(UserId, SkillId), Belief>,
    /// The most frequent of all; the difficulty of the others is found beside it.
    pub usual_priority: Option<i64>,
}

impl Snapshot {
    /// With `through`, as an earlier run saw it: no later evidence, and what was struck out since still counts.
    pub fn load(
        tx: &mut Tx,
        settings: &Settings,
        through: Option<&BTreeMap<UserId, EvidenceId>>,
    ) -> Result<Snapshot, SkillsError> {
        let policy = Policy { sources_off: settings.sources_off.clone(), ..Policy::default() };
        let mut weights = store::all_weights(tx)?;
        let mut snapshot = Snapshot {
            rows: Vec::new(),
            written: Vec::new(),
            through: BTreeMap::new(),
            online: HashMap::new(),
            usual_priority: None,
        };
        let as_of = settings.as_of;
        store::each_evidence(tx, |it| {
            if through.is_some_and(|seen| seen.get(&it.user).is_none_or(|last| it.id > *last)) {
                return;
            }
            snapshot.through.entry(it.user).and_modify(|last| *last = it.id.max(*last)).or_insert(it.id);
            let struck = it.struck_at.is_some_and(|at| through.is_none() || at <= as_of);
            let Some(skills) = weights.remove(&it.id) else { return };
            let is_release = matches!(it.observed, Observed::Release { .. });
            if struck || is_release || !policy.counts(it.observed.stored().0) {
                return;
            }
            snapshot.rows.push(row(&it, skills));
            snapshot.written.push(Written { id: it.id, at: it.recorded_at });
        })?;
        snapshot.usual_priority = leave_out_the_usual(&mut snapshot.rows);
        store::each_proficiency(tx, |it| {
            snapshot.online.insert((it.user, it.skill), it.belief);
        })?;
        Ok(snapshot)
    }

    /// The last evidence of all.
    pub fn last(&self) -> EvidenceId {
        self.through.values().max().copied().unwrap_or(EvidenceId(0))
    }
}

/// What comes most often is the usual, whose difficulty is 0: the most frequent topic among work that needs the same
/// skills, the most frequent priority and channel of all. Only what is unlike it has a difficulty to be found.
///
/// Without this the difficulty of a topic would take up whatever a whole team is better (or worse) at than newcomers
/// are, and everybody's level would stay near the start.
///
/// Says which priority is the usual.
fn leave_out_the_usual(rows: &mut [Row]) -> Option<i64> {
    let mut topics: HashMap<u64, BTreeMap<i64, u64>> = HashMap::new();
    let (mut priorities, mut channels): (BTreeMap<i64, u64>, BTreeMap<i64, u64>) = Default::default();
    for row in rows.iter() {
        if let Some(topic) = row.topic {
            *topics.entry(needed(row)).or_default().entry(topic).or_default() += 1;
        }
        row.priority.into_iter().for_each(|it| *priorities.entry(it).or_default() += 1);
        row.channel.into_iter().for_each(|it| *channels.entry(it).or_default() += 1);
    }
    let topics: HashMap<u64, Option<i64>> =
        topics.iter().map(|(needs, of)| (*needs, most_frequent(of))).collect();
    let (priority, channel) = (most_frequent(&priorities), most_frequent(&channels));
    for row in rows {
        if row.topic.is_some() && topics.get(&needed(row)) == Some(&row.topic) {
            row.topic = None;
        }
        row.priority = row.priority.filter(|it| Some(*it) != priority);
        row.channel = row.channel.filter(|it| Some(*it) != channel);
    }
    priority
}

/// The first of those that are equally frequent, so that the same rows always give the same answer.
fn most_frequent(counts: &BTreeMap<i64, u64>) -> Option<i64> {
    counts.iter().max_by_key(|(key, count)| (**count, std::cmp::Reverse(**key))).map(|(key, _)| *key)
}

/// One number for the skills and weights of a row.
fn needed(row: &Row) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hash = DefaultHasher::new();
    for (skill, weight) in &row.skills {
        (skill.0, weight.to_bits()).hash(&mut hash);
    }
    hash.finish()
}

fn row(it: &store::StoredEvidence, skills: Vec<(SkillId, f64)>) -> Row {
    let by = it.by.map(|by| by.0);
    let observation = match it.observed.observation() {
        // Whose severity is found here is not corrected twice.
        Observation::Review { level, .. } if by.is_some() => Observation::Review { level, severity: 0.0 },
        other => other,
    };
    let judged = matches!(
        observation,
        Observation::LeadRating { .. } | Observation::PeerRating { .. } | Observation::Review { .. }
    );
    let rated = matches!(observation, Observation::Satisfaction { .. });
    Row {
        person: PersonId(it.user.0),
        at_ms: it.at,
        skills: skills.into_iter().map(|(skill, weight)| (::skills::SkillId(skill.0), weight)).collect(),
        difficulty: it.difficulty,
        topic: it.of.topic,
        priority: it.of.priority,
        channel: it.of.channel,
        customer: by.filter(|_| rated),
        rater: by.filter(|_| judged),
        observation,
        share: it.of.share,
        struck_out: false,
    }
}
