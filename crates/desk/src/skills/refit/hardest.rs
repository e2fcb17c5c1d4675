//! What a refit finds beside people's levels: which kinds of work are hard, and how far statements about people lie from
//! what work shows. Table: `refit_unknowns`, rewritten by each refit.
//!
//! Difficulty is counted from the usual: the most frequent priority and channel, and the most frequent topic among work
//! that needs the same skills, have none. So a topic is named here if it is unlike the others of its skills.

use crate::skills::learn::difficulty_of;
use crate::skills::{INDEPENDENT_LEVEL, INTERVAL_COVERAGE, SkillsError, store};
use crate::tickets::Priority;
use crate::{RefitRunId, Tx};
use ::skills::refit::{FittedUnknown, Source, Unknown};
use ::skills::{Belief, LEVELS_PER_LOGIT, p_solved};
use serde::Serialize;

/// Kinds of one sort that are kept: the hardest and the easiest.
const KEPT_MAX: usize = 200;
/// Pieces of evidence below which a kind of work is not named.
pub const NAMED_FROM_ROWS: i64 = 5;
/// How closely the person of an example is known, in levels.
const EXAMPLE_SD_LEVELS: f64 = 0.05;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Topic,
    Priority,
    Channel,
    /// What people say of themselves, and others of them.
    OneSelf,
    Lead,
    Peer,
}

impl Sort {
    const ALL: [Sort; 6] =
        [Sort::Topic, Sort::Priority, Sort::Channel, Sort::OneSelf, Sort::Lead, Sort::Peer];

    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Topic => "topic",
            Sort::Priority => "priority",
            Sort::Channel => "channel",
            Sort::OneSelf => "self",
            Sort::Lead => "lead",
            Sort::Peer => "peer",
        }
    }

    pub(in crate::skills) fn parse(word: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|it| it.as_str() == word)
    }

    fn is_work(self) -> bool {
        matches!(self, Sort::Topic | Sort::Priority | Sort::Channel)
    }

    /// `None`: a customer's harshness and a rater's severity are no kind of work.
    fn of(unknown: Unknown) -> Option<(Sort, i64)> {
        match unknown {
            Unknown::Topic(key) => Some((Sort::Topic, key)),
            Unknown::Priority(key) => Some((Sort::Priority, key)),
            Unknown::Channel(key) => Some((Sort::Channel, key)),
            Unknown::Source(Source::OneSelf) => Some((Sort::OneSelf, 0)),
            Unknown::Source(Source::Lead) => Some((Sort::Lead, 0)),
            Unknown::Source(Source::Peer) => Some((Sort::Peer, 0)),
            Unknown::Source(Source::Review) | Unknown::Rater(_) | Unknown::Customer(_) => None,
        }
    }
}

/// One of what was found, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::skills) struct Found {
    pub sort: Sort,
    pub key: i64,
    pub belief: Belief,
    pub rows: i64,
}

/// A kind of work and how hard it is, or a source and how far it says too much.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HardKind {
    pub sort: Sort,
    /// The topic's or channel's name, a priority's word, or empty.
    pub name: String,
    /// Levels: so much more a person must hold to do as well as with usual work.
    pub levels: f64,
    /// The 80 % interval.
    pub interval: (f64, f64),
    /// P(solved for good) by somebody who does usual work alone.
    pub p_solved: f64,
    /// Pieces of evidence.
    pub rows: i64,
}

impl HardKind {
    /// Its interval holds no 0: it differs from the usual.
    pub fn differs(&self) -> bool {
        self.interval.0 > 0.0 || self.interval.1 < 0.0
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HardWork {
    /// When the refit was that found it.
    pub found_at: Option<i64>,
    /// The hardest first.
    pub topics: Vec<HardKind>,
    pub priorities: Vec<HardKind>,
    pub channels: Vec<HardKind>,
    pub sources: Vec<HardKind>,
    /// P(solved for good) of usual work by the same person.
    pub p_usual: f64,
    /// Topics with too little evidence to be named.
    pub unnamed: usize,
}

/// What is kept of a result: what differs most on either side, and which priority is the usual, told by no variance.
pub(super) fn keep(
    tx: &mut Tx,
    run: RefitRunId,
    unknowns: &[FittedUnknown],
    usual_priority: Option<i64>,
) -> Result<(), db::Error> {
    let mut all: Vec<Found> = unknowns
        .iter()
        .filter_map(|it| {
            let (sort, key) = Sort::of(it.unknown)?;
            Some(Found { sort, key, belief: it.belief, rows: i64::from(it.rows) })
        })
        .collect();
    all.sort_by(|one, other| {
        one.sort
            .cmp(&other.sort)
            .then(other.belief.mean.total_cmp(&one.belief.mean))
            .then(one.key.cmp(&other.key))
    });
    let mut kept = Vec::new();
    for of_sort in all.chunk_by(|one, other| one.sort == other.sort) {
        let half = KEPT_MAX / 2;
        let (from, to) =
            (half.min(of_sort.len()), of_sort.len().saturating_sub(half).max(half.min(of_sort.len())));
        kept.extend_from_slice(&of_sort[..from]);
        kept.extend_from_slice(&of_sort[to..]);
    }
    let usual = Belief { mean: 0.0, variance: 0.0 };
    kept.extend(usual_priority.map(|key| Found { sort: Sort::Priority, key, belief: usual, rows: 0 }));
    store::save_unknowns(tx, run, &kept)
}

/// Work of a priority is taken for harder or easier from the start; a refit finds only what is to be added to that. Logits beside
/// work of the usual priority.
fn known_before(it: &Found, usual: Option<i64>) -> f64 {
    let of = |key: i64| {
        let priority = Priority::ALL.iter().find(|word| **word as i64 == key).copied();
        difficulty_of(priority, 0, 0)
    };
    if it.sort == Sort::Priority { of(it.key) - usual.map_or(0.0, of) } else { 0.0 }
}

/// For leads.
pub fn hard_work(tx: &mut Tx) -> Result<HardWork, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let found_at = store::unknowns_found_at(tx)?;
    let found = store::list_unknowns(tx)?;
    let mut all: Vec<HardKind> = Vec::with_capacity(found.len());
    let mut unnamed = 0;
    let is_usual = |it: &Found| it.sort == Sort::Priority && it.belief.variance <= 0.0;
    let usual = found.iter().find(|(it, _)| is_usual(it)).map(|(it, _)| it.key);
    for (it, name) in found.into_iter().filter(|(it, _)| !is_usual(it)) {
        if it.sort.is_work() && it.rows < NAMED_FROM_ROWS {
            unnamed += 1;
            continue;
        }
        let name = match it.sort {
            Sort::Priority => Priority::ALL
                .iter()
                .find(|word| **word as i64 == it.key)
                .map_or_else(|| it.key.to_string(), |word| word.name().to_owned()),
            _ => name.unwrap_or_default(),
        };
        all.push(hard_kind(&it, name, known_before(&it, usual)));
    }
    all.sort_by(|one, other| other.levels.total_cmp(&one.levels).then_with(|| one.name.cmp(&other.name)));
    let mut of = |wanted: &[Sort]| all.extract_if(.., |it| wanted.contains(&it.sort)).collect::<Vec<_>>();
    Ok(HardWork {
        found_at,
        topics: of(&[Sort::Topic]),
        priorities: of(&[Sort::Priority]),
        channels: of(&[Sort::Channel]),
        sources: of(&[Sort::OneSelf, Sort::Lead, Sort::Peer]),
        p_usual: p_of(0.0),
        unnamed,
    })
}

fn p_of(difficulty: f64) -> f64 {
    p_solved([(1.0, Belief::at_level(INDEPENDENT_LEVEL, EXAMPLE_SD_LEVELS))], difficulty)
}

fn hard_kind(it: &Found, name: String, known_before: f64) -> HardKind {
    // Two-sided, of the normal distribution.
    let reach = z_of(INTERVAL_COVERAGE) * it.belief.variance.max(0.0).sqrt();
    let levels = |logits: f64| logits * LEVELS_PER_LOGIT;
    let mean = known_before + it.belief.mean;
    HardKind {
        sort: it.sort,
        name,
        levels: levels(mean),
        interval: (levels(mean - reach), levels(mean + reach)),
        p_solved: p_of(mean),
        rows: it.rows,
    }
}

/// The standard deviations on either side of the mean that hold so large a share.
fn z_of(coverage: f64) -> f64 {
    let standard = Belief { mean: 0.0, variance: 1.0 };
    let (low, high) = standard.interval(coverage);
    (high - low) / 2.0 / LEVELS_PER_LOGIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harder_is_solved_for_good_less_often_and_its_interval_is_the_normals() {
        let found =
            Found { sort: Sort::Topic, key: 1, belief: Belief { mean: 0.8, variance: 0.04 }, rows: 31 };
        let it = hard_kind(&found, "sso".into(), 0.0);
        assert!((it.levels - 1.0).abs() < 1e-9 && it.differs());
        let half = (it.interval.1 - it.interval.0) / 2.0 / LEVELS_PER_LOGIT;
        assert!((half - 1.2816 * 0.2).abs() < 1e-3, "{half}");
        assert!(it.p_solved < p_of(0.0) - 0.1);
        let unsure = Found { belief: Belief { mean: 0.1, variance: 0.04 }, ..found };
        assert!(!hard_kind(&unsure, String::new(), 0.0).differs());
    }

    #[test]
    fn a_priority_is_as_hard_as_it_was_taken_for_and_what_a_refit_adds() {
        let of = |priority: Priority, mean: f64| Found {
            sort: Sort::Priority,
            key: priority as i64,
            belief: Belief { mean, variance: 0.01 },
            rows: 90,
        };
        // Urgent work is the usual here and taken for 0.4 harder than normal; low work is found to be just as hard.
        let usual = Some(Priority::Urgent as i64);
        let low = of(Priority::Low, 0.6);
        assert!(known_before(&low, usual) + low.belief.mean < 1e-9);
        assert!(!hard_kind(&low, String::new(), known_before(&low, usual)).differs());
        let high = of(Priority::High, 0.0);
        assert!((known_before(&high, Some(Priority::Normal as i64)) - 0.2).abs() < 1e-9);
        assert_eq!(known_before(&Found { sort: Sort::Topic, ..high }, usual), 0.0);
    }

    #[test]
    fn sorts_read_back() {
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(sort.as_str()), Some(sort));
        }
    }
}
