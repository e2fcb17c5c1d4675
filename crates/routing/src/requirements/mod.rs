//! What work asks of a person: AND, OR and NOT over skills at levels, pools and people; preferences; steps by which it
//! asks less the longer it waits.
//!
//! `French >= 4 [>= 3 after 2 min, drop after 10 min] and in Billing and prefer Refunds >= 2` is such a text; see
//! [`Requirements::parse`] for the whole language. [`Requirements::stages`] turns it into what is asked from which
//! moment on, which is all that the engine needs to know.

mod check;
mod parse;
mod print;
mod stages;
mod tokens;

use serde::{Deserialize, Serialize};
use skills::SkillId;

use crate::person::PersonId;

pub use check::{DEPTH_MAX, LEAVES_MAX, RequirementsError, STEPS_MAX};

pub use parse::{Nameless, Names, ParseError, TEXT_BYTES_MAX};
pub use stages::{Stage, Term};

/// The caller's number of a pool: a group, a team, a place. Who belongs to it is told to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolId(pub i64);

/// What is asked at first, and what is asked instead once the work has waited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirements {
    pub first: Expression,
    /// In the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Then>,
}

/// After so long a wait this is asked, instead of what was asked before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Then {
    #[serde(flatten)]
    pub when: When,
    pub expression: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// Of waiting, counted from the work's arrival; in a [`Then`]'s own steps from the moment when that `Then` begins.
    pub after_ms: i64,
    /// At once, if nobody who is present meets what is asked until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_if_nobody: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expression {
    Anyone,
    /// Only those who meet it.
    Must(Leaf),
    /// Counts in the expected outcome only; stands beside musts under AND, never under OR or NOT.
    Prefer(Leaf),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

/// One thing that is asked of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    #[serde(flatten)]
    pub of: Asked,
    /// Share in the expected outcome, above 0; pools and people have none.
    #[serde(default = "usual_weight", skip_serializing_if = "is_usual_weight")]
    pub weight: f64,
    /// In the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// Levels are 0–5; a person has a level when they surely have it (exceeded with probability 0.80).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Skill {
        skill: SkillId,
        least_level: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most_level: Option<f64>,
    },
    Pool(PoolId),
    Person(PersonId),
}

/// One leaf asks less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub when: When,
    pub change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is asked no more.
    Drop,
    /// A lower level is enough.
    Lower(f64),
    /// Members of this pool will do as well.
    Widen(PoolId),
}

const USUAL_WEIGHT: f64 = 1.0;

fn usual_weight() -> f64 {
    USUAL_WEIGHT
}

fn is_usual_weight(weight: &f64) -> bool {
    *weight == USUAL_WEIGHT
}

impl Requirements {
    /// Nothing is asked.
    pub fn none() -> Requirements {
        Requirements::of(Expression::Anyone)
    }

    pub fn of(first: Expression) -> Requirements {
        Requirements { first, then: Vec::new() }
    }
}

impl Expression {
    /// Only for those who surely have the skill at this level.
    pub fn must(skill: SkillId, least_level: f64) -> Expression {
        Expression::Must(Leaf::skill(skill, least_level))
    }

    pub fn prefer(skill: SkillId, least_level: f64, weight: f64) -> Expression {
        Expression::Prefer(Leaf { weight, ..Leaf::skill(skill, least_level) })
    }

    pub fn in_pool(pool: PoolId) -> Expression {
        Expression::Must(Leaf { of: Asked::Pool(pool), weight: USUAL_WEIGHT, steps: Vec::new() })
    }
}

impl Leaf {
    pub fn skill(skill: SkillId, least_level: f64) -> Leaf {
        let of = Asked::Skill { skill, least_level, most_level: None };
        Leaf { of, weight: USUAL_WEIGHT, steps: Vec::new() }
    }

    /// The same leaf with one more step.
    pub fn then(mut self, after_ms: i64, change: Change) -> Leaf {
        self.steps.push(Step { when: When { after_ms, or_if_nobody: false }, change });
        self
    }

    /// The same leaf with one more step, which comes at once if nobody present meets what is asked until then.
    pub fn then_or_if_nobody(mut self, after_ms: i64, change: Change) -> Leaf {
        self.steps.push(Step { when: When { after_ms, or_if_nobody: true }, change });
        self
    }
}
