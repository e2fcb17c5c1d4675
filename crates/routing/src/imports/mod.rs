//! What other products call routing skills, steps, targets and rings, as our requirements.
//!
//! Each reader takes the product's own shape (as its API or export gives it) and the desk's names, and answers with
//! [`Requirements`] that ask the same at every moment of the wait, or with a sentence on what has no counterpart.

mod connect;
mod genesys;
mod salesforce;
mod twilio;
mod zendesk;

use skills::SkillId;

use crate::requirements::{Expression, Names, PoolId, RequirementsError, Then, When};
use crate::{PersonId, Requirements};

pub use connect::{Condition, ConnectExpression, ConnectStep, RoutingCriteria, connect};
pub use genesys::{Bullseye, Evaluation, Ring, genesys};
pub use salesforce::{SkillRequirement, salesforce};
pub use twilio::{Target, Twilio, twilio};
pub use zendesk::{ZendeskPriority, ZendeskSkill, zendesk};

/// Where a product only knows whether somebody has a skill, this level says that they do: they can work with some help.
pub const HAS_LEVEL: f64 = 2.0;

#[derive(Debug, Clone, PartialEq)]
pub enum ImportError {
    UnknownSkill(String),
    UnknownPool(String),
    UnknownPerson(String),
    /// Something that is written here has no meaning to us.
    NotUnderstood(String),
    Invalid(RequirementsError),
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ImportError::UnknownSkill(name) => write!(f, "there is no skill “{name}”"),
            ImportError::UnknownPool(name) => write!(f, "there is no group “{name}”"),
            ImportError::UnknownPerson(name) => write!(f, "there is no person “{name}”"),
            ImportError::NotUnderstood(what) => write!(f, "“{what}” has no counterpart here"),
            ImportError::Invalid(error) => write!(f, "it cannot be meant: {error}"),
        }
    }
}

impl std::error::Error for ImportError {}

fn skill(names: &impl Names, name: &str) -> Result<SkillId, ImportError> {
    names.skill(name).ok_or_else(|| ImportError::UnknownSkill(name.to_owned()))
}

fn pool(names: &impl Names, name: &str) -> Result<PoolId, ImportError> {
    names.pool(name).ok_or_else(|| ImportError::UnknownPool(name.to_owned()))
}

fn person(names: &impl Names, name: &str) -> Result<PersonId, ImportError> {
    names.person(name).ok_or_else(|| ImportError::UnknownPerson(name.to_owned()))
}

fn all(mut parts: Vec<Expression>) -> Expression {
    parts.retain(|it| *it != Expression::Anyone);
    match parts.len() {
        0 => Expression::Anyone,
        1 => parts.swap_remove(0),
        _ => Expression::All(parts),
    }
}

fn any(mut parts: Vec<Expression>) -> Expression {
    if parts.len() == 1 { parts.swap_remove(0) } else { Expression::Any(parts) }
}

/// Expressions one after the other, each with the time it stands and whether it ends at once when nobody meets it.
fn in_turn(steps: Vec<(Expression, Option<i64>, bool)>) -> Result<Requirements, ImportError> {
    let mut after_ms = 0;
    let mut or_if_nobody = false;
    let mut read: Option<Requirements> = None;
    for (expression, stands_ms, skips) in steps {
        match &mut read {
            None => read = Some(Requirements::of(expression)),
            Some(it) => it.then.push(Then { when: When { after_ms, or_if_nobody }, expression }),
        }
        or_if_nobody = skips;
        match stands_ms {
            Some(ms) => after_ms += ms.max(1),
            None => break,
        }
    }
    checked(read.unwrap_or_else(Requirements::none))
}

fn checked(read: Requirements) -> Result<Requirements, ImportError> {
    read.check().map_err(ImportError::Invalid)?;
    Ok(read)
}
