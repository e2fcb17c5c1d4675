//! The refit: all evidence of all people at once, weighed jointly; the system of record behind every shown interval.
//!
//! The posterior over every person's abilities (a general one, and one per skill that drifts over time), the difficulty of
//! topics, priorities and channels, the harshness of customers, the severity of raters and the bias of sources is
//! approximated by a Gaussian at its mode (Laplace). Newton steps find the mode: given the difficulties each person is a
//! small banded system of their own (`people`, `skyline`), and people touch only through the difficulties, so that a step
//! is a conjugate-gradient solve of the Schur complement (`newton`). Intervals come from the inverse Hessian
//! (`intervals`): the person's own block, widened by what is not known of the difficulties.
//!
//! The result depends on the set of rows alone: neither on their order, nor on the number of threads, nor on rows that
//! were struck out, to the last bit.

mod intervals;
mod likelihood;
mod newton;
mod noise;
mod people;
mod settings;
mod shards;
mod skyline;
mod unknowns;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::belief::Belief;
use crate::evidence::SkillId;
use crate::footing::Footing;
use crate::observation::Observation;
use crate::replay::Start;

pub use settings::{RefitSettings, Release, Taus};

/// The caller's number of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// What made the work hard, and who judged it. The numbers are the caller's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Unknown {
    Topic(i64),
    Priority(i64),
    Channel(i64),
    /// Everybody who reviews or rates; above 0: severe.
    Rater(i64),
    /// What a source says too much (above 0) or too little, all people together.
    Source(Source),
    /// Harshness of one customer; only with [`CUSTOMER_RATINGS_MIN`] ratings of theirs.
    Customer(i64),
}

/// Statements about a person, by who makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    OneSelf,
    Lead,
    Peer,
    Review,
}

/// A customer's harshness is only asked after from this many ratings of theirs on.
pub const CUSTOMER_RATINGS_MIN: u32 = 5;

/// One piece of evidence, as it is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub person: PersonId,
    /// When it happened. Rows after the moment of the refit are left out.
    pub at_ms: i64,
    /// The skills it is about with their weights, which are scaled to the sum 1 (as [`crate::observe`] does).
    pub skills: Vec<(SkillId, f64)>,
    /// What is known of the difficulty besides the unknowns below, in logits; 0 is usual. Only counts for outcomes of work.
    pub difficulty: f64,
    /// Whose difficulty is to be found. They only count for outcomes of work.
    pub topic: Option<i64>,
    pub priority: Option<i64>,
    pub channel: Option<i64>,
    /// Who gave the satisfaction rating.
    pub customer: Option<i64>,
    /// Who reviewed or rated. With a rater the severity inside the observation should be 0: it is found here.
    pub rater: Option<i64>,
    pub observation: Observation,
    /// How much of the work was theirs, 0–1; what is no share counts as the whole.
    pub share: f64,
    /// Contested with success: it counts for nothing.
    pub struck_out: bool,
}

/// What is believed of one person in one skill at the moment of the refit. Only skills with evidence are listed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    pub person: PersonId,
    pub skill: SkillId,
    /// Logits, as everywhere: [`Belief::interval`], [`Belief::level`] and the others hold.
    pub belief: Belief,
    /// How much of this person's own was seen in this skill, less what releases took.
    pub footing: Footing,
    /// Rows that speak of it.
    pub rows: u32,
}

/// A difficulty, harshness, severity or bias, in logits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FittedUnknown {
    pub unknown: Unknown,
    pub belief: Belief,
    pub rows: u32,
}

/// The whole answer, sorted by person and skill, and by unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refit {
    pub as_of_ms: i64,
    pub beliefs: Vec<Fitted>,
    pub unknowns: Vec<FittedUnknown>,
    /// General ability of each person in standard deviations (0 is the team's usual).
    pub general: Vec<(PersonId, Belief)>,
    /// Standard deviation of one statement, in levels, as learnt.
    pub noise_sd_levels: BTreeMap<Source, f64>,
    /// Cut points of satisfaction between 1|2, 2|3, 3|4 and 4|5 in logits, as learnt.
    pub satisfaction_cuts: [f64; 4],
    /// Rows that counted.
    pub rows: u64,
    pub newton_steps: u32,
    /// False if the last step was still longer than a thousandth of a logit: the figures are then rough.
    pub settled: bool,
    general_share: f64,
}

/// How far a refit has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    /// 0–1, never going back.
    pub share: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Sorting,
    Fitting,
    Intervals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefitError {
    #[error("the refit was called off")]
    CalledOff,
}

/// Weighs all rows jointly as of one moment. `start` says where a skill starts, where it fades to and how fast.
/// `progress` is called a few hundred times at most; `ControlFlow::Break` calls the refit off.
pub fn refit(
    rows: &[Row],
    start: impl Fn(SkillId) -> Start,
    settings: &RefitSettings,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Refit, RefitError> {
    let mut meter = Meter { progress, reached: 0.0 };
    meter.at(Stage::Sorting, 0.0)?;
    let settings = settings.made_safe();
    let mut model = people::prepare(rows, &start, &settings);
    meter.at(Stage::Sorting, FITTING_FROM)?;
    let fitted = newton::settle(&mut model, &settings, &mut meter)?;
    intervals::answer(&mut model, &settings, fitted, &mut meter)
}

impl Refit {
    /// What is believed of a person in a skill, if there is evidence of it.
    pub fn belief(&self, person: PersonId, skill: SkillId) -> Option<&Fitted> {
        let at = self.beliefs.binary_search_by_key(&(person, skill), |it| (it.person, it.skill)).ok()?;
        Some(&self.beliefs[at])
    }

    /// What may be expected of a person in a skill of which there is no evidence: the skill's start, moved by how able they
    /// have shown themselves in everything else.
    pub fn unseen(&self, person: PersonId, start: Belief) -> Belief {
        let general = self.general.binary_search_by_key(&person, |it| it.0).map(|at| self.general[at].1);
        let Ok(general) = general else { return start };
        let shared = self.general_share * start.variance;
        Belief {
            mean: start.mean + shared.sqrt() * general.mean,
            variance: start.variance - shared + shared * general.variance,
        }
    }

    /// The difficulty, severity or bias that was found.
    pub fn unknown(&self, unknown: Unknown) -> Option<&FittedUnknown> {
        let at = self.unknowns.binary_search_by_key(&unknown, |it| it.unknown).ok()?;
        Some(&self.unknowns[at])
    }
}

/// Shares of the whole at which the stages begin.
const FITTING_FROM: f64 = 0.05;
const INTERVALS_FROM: f64 = 0.6;

struct Meter<'a> {
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    reached: f64,
}

impl Meter<'_> {
    fn at(&mut self, stage: Stage, share: f64) -> Result<(), RefitError> {
        self.reached = self.reached.max(share.min(1.0));
        match (self.progress)(Progress { stage, share: self.reached }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(RefitError::CalledOff),
        }
    }
}

#[cfg(test)]
mod tests;
