//! What a set of requirements may not be, said in a sentence.

use super::{Asked, Change, Expression, Leaf, Requirements, Step, Then};

/// Expressions inside expressions.
pub const DEPTH_MAX: usize = 16;
pub const LEAVES_MAX: usize = 64;
/// Steps of one leaf, and later expressions of one set of requirements.
pub const STEPS_MAX: usize = 16;

#[derive(Debug, Clone, PartialEq)]
pub enum RequirementsError {
    TooDeep,
    TooManyLeaves,
    TooManySteps,
    LevelOutOfRange(f64),
    EmptyRange {
        least_level: f64,
        most_level: f64,
    },
    WeightOutOfRange(f64),
    EmptyGroup,
    /// A preference under OR or NOT.
    PreferenceAmongMusts,
    /// A preference with steps.
    PreferenceRelaxed,
    /// Steps under NOT.
    ExclusionRelaxed,
    StepsOutOfOrder,
    /// A step that asks more than the one before.
    StepAsksMore {
        from: f64,
        to: f64,
    },
    /// A pool or a person has no level.
    NothingToLower,
    StepAfterDrop,
}

impl std::fmt::Display for RequirementsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RequirementsError::TooDeep => write!(f, "brackets stand more than {DEPTH_MAX} deep"),
            RequirementsError::TooManyLeaves => write!(f, "more than {LEAVES_MAX} things are asked"),
            RequirementsError::TooManySteps => write!(f, "there are more than {STEPS_MAX} steps"),
            RequirementsError::LevelOutOfRange(level) => write!(f, "level {level} is not between 0 and 5"),
            RequirementsError::EmptyRange { least_level, most_level } => {
                write!(f, "no level is at least {least_level} and at most {most_level}")
            }
            RequirementsError::WeightOutOfRange(weight) => {
                write!(f, "a weight is above 0 and at most 100, and {weight} is not")
            }
            RequirementsError::EmptyGroup => write!(f, "a group of requirements is empty"),
            RequirementsError::PreferenceAmongMusts => {
                write!(f, "a preference may stand beside others with “and” only, not under “or” or “not”")
            }
            RequirementsError::PreferenceRelaxed => {
                write!(f, "a preference keeps nobody out, so it has no steps")
            }
            RequirementsError::ExclusionRelaxed => write!(f, "what stands under “not” has no steps"),
            RequirementsError::StepsOutOfOrder => {
                write!(f, "steps stand in the order of time, each later than the last")
            }
            RequirementsError::StepAsksMore { from, to } => {
                write!(f, "a step asks less than before, but {to} is not below {from}")
            }
            RequirementsError::NothingToLower => write!(f, "only a skill has a level that can be lowered"),
            RequirementsError::StepAfterDrop => {
                write!(f, "nothing can follow after a requirement is dropped")
            }
        }
    }
}

impl std::error::Error for RequirementsError {}

impl Requirements {
    /// Refuses what cannot be meant, such as a step that asks more than the one before. Everything that is parsed
    /// passes; what comes as JSON should be checked.
    pub fn check(&self) -> Result<(), RequirementsError> {
        let mut leaves = 0;
        check_expression(&self.first, Place { depth: 0, optional: true, excluded: false }, &mut leaves)?;
        if self.then.len() > STEPS_MAX {
            return Err(RequirementsError::TooManySteps);
        }
        let mut last_ms = 0;
        for Then { when, expression } in &self.then {
            if when.after_ms <= last_ms {
                return Err(RequirementsError::StepsOutOfOrder);
            }
            last_ms = when.after_ms;
            check_expression(expression, Place { depth: 0, optional: true, excluded: false }, &mut leaves)?;
        }
        if leaves > LEAVES_MAX { Err(RequirementsError::TooManyLeaves) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// A preference may stand here.
    optional: bool,
    excluded: bool,
}

fn check_expression(it: &Expression, place: Place, leaves: &mut usize) -> Result<(), RequirementsError> {
    if place.depth > DEPTH_MAX {
        return Err(RequirementsError::TooDeep);
    }
    let inner = Place { depth: place.depth + 1, ..place };
    match it {
        Expression::Anyone => Ok(()),
        Expression::Must(leaf) => {
            *leaves += 1;
            if place.excluded && !leaf.steps.is_empty() {
                return Err(RequirementsError::ExclusionRelaxed);
            }
            check_leaf(leaf)
        }
        Expression::Prefer(leaf) => {
            *leaves += 1;
            if !place.optional {
                return Err(RequirementsError::PreferenceAmongMusts);
            }
            if !leaf.steps.is_empty() {
                return Err(RequirementsError::PreferenceRelaxed);
            }
            check_leaf(leaf)
        }
        Expression::All(parts) | Expression::Any(parts) if parts.is_empty() => {
            Err(RequirementsError::EmptyGroup)
        }
        Expression::All(parts) => parts.iter().try_for_each(|it| check_expression(it, inner, leaves)),
        Expression::Any(parts) => {
            let inner = Place { optional: false, ..inner };
            parts.iter().try_for_each(|it| check_expression(it, inner, leaves))
        }
        Expression::Not(part) => {
            check_expression(part, Place { optional: false, excluded: true, ..inner }, leaves)
        }
    }
}

fn check_leaf(leaf: &Leaf) -> Result<(), RequirementsError> {
    if !(leaf.weight > 0.0 && leaf.weight <= 100.0) {
        return Err(RequirementsError::WeightOutOfRange(leaf.weight));
    }
    let mut level = None;
    if let Asked::Skill { least_level, most_level, .. } = leaf.of {
        in_range(least_level)?;
        if let Some(most_level) = most_level {
            in_range(most_level)?;
            if most_level < least_level {
                return Err(RequirementsError::EmptyRange { least_level, most_level });
            }
        }
        level = Some(least_level);
    }
    if leaf.steps.len() > STEPS_MAX {
        return Err(RequirementsError::TooManySteps);
    }
    let mut last_ms = 0;
    let mut dropped = false;
    for Step { when, change } in &leaf.steps {
        if dropped {
            return Err(RequirementsError::StepAfterDrop);
        }
        if when.after_ms <= last_ms {
            return Err(RequirementsError::StepsOutOfOrder);
        }
        last_ms = when.after_ms;
        match *change {
            Change::Drop => dropped = true,
            Change::Widen(_) => {}
            Change::Lower(to) => {
                in_range(to)?;
                let from = level.replace(to).ok_or(RequirementsError::NothingToLower)?;
                if to >= from {
                    return Err(RequirementsError::StepAsksMore { from, to });
                }
            }
        }
    }
    Ok(())
}

fn in_range(level: f64) -> Result<(), RequirementsError> {
    if (0.0..=5.0).contains(&level) { Ok(()) } else { Err(RequirementsError::LevelOutOfRange(level)) }
}
