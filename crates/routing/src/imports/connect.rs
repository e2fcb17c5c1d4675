//! Amazon Connect: routing criteria are steps, each an AND/OR expression over attributes at a level or in a range of
//! levels, or over agents; a step stands until it expires. When all have expired, anyone in the queue will do.

use serde::Deserialize;

use super::{ImportError, all, any, in_turn, person, skill};
use crate::Requirements;
use crate::requirements::{Asked, Expression, Leaf, Names};

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutingCriteria {
    pub steps: Vec<ConnectStep>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectStep {
    pub expression: ConnectExpression,
    pub expiry: Option<Expiry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Expiry {
    pub duration_in_seconds: Option<i64>,
}

/// Exactly one of them is set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConnectExpression {
    pub attribute_condition: Option<Condition>,
    pub not_attribute_condition: Option<Condition>,
    pub and_expression: Option<Vec<ConnectExpression>>,
    pub or_expression: Option<Vec<ConnectExpression>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Condition {
    /// Of the attribute, such as Language; a skill of ours is named by its value.
    pub name: Option<String>,
    pub value: Option<String>,
    pub proficiency_level: Option<f64>,
    pub range: Option<Range>,
    pub comparison_operator: Option<String>,
    pub match_criteria: Option<MatchCriteria>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Range {
    pub min_proficiency_level: Option<f64>,
    pub max_proficiency_level: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MatchCriteria {
    pub agents_criteria: Option<AgentsCriteria>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentsCriteria {
    pub agent_ids: Vec<String>,
}

pub fn connect(criteria: &RoutingCriteria, names: &impl Names) -> Result<Requirements, ImportError> {
    let mut steps = Vec::with_capacity(criteria.steps.len() + 1);
    for step in &criteria.steps {
        let seconds = step.expiry.and_then(|it| it.duration_in_seconds);
        let stands_ms = seconds.map(|it| it.saturating_mul(1_000));
        steps.push((expression(&step.expression, names)?, stands_ms, false));
    }
    steps.push((Expression::Anyone, None, false));
    in_turn(steps)
}

fn expression(it: &ConnectExpression, names: &impl Names) -> Result<Expression, ImportError> {
    let parts = |parts: &[ConnectExpression]| -> Result<Vec<Expression>, ImportError> {
        parts.iter().map(|it| expression(it, names)).collect()
    };
    match it {
        ConnectExpression { attribute_condition: Some(it), .. } => condition(it, names),
        ConnectExpression { not_attribute_condition: Some(it), .. } => {
            Ok(Expression::Not(Box::new(condition(it, names)?)))
        }
        ConnectExpression { and_expression: Some(it), .. } => Ok(all(parts(it)?)),
        ConnectExpression { or_expression: Some(it), .. } if !it.is_empty() => Ok(any(parts(it)?)),
        _ => Err(ImportError::NotUnderstood("an expression without a condition".to_owned())),
    }
}

fn condition(it: &Condition, names: &impl Names) -> Result<Expression, ImportError> {
    let agents = it.match_criteria.as_ref().and_then(|it| it.agents_criteria.as_ref());
    if let Some(agents) = agents.filter(|it| !it.agent_ids.is_empty()) {
        let is = |id: &String| {
            let of = Asked::Person(person(names, id)?);
            Ok(Expression::Must(Leaf { of, weight: 1.0, steps: Vec::new() }))
        };
        return Ok(any(agents.agent_ids.iter().map(is).collect::<Result<_, ImportError>>()?));
    }
    let value = it.value.as_deref().unwrap_or_default();
    let skill = match skill(names, value) {
        // The same value may stand under two attributes: “Language:English”, “Region:English”.
        Err(error) => {
            names.skill(&format!("{}:{value}", it.name.as_deref().unwrap_or_default())).ok_or(error)?
        }
        Ok(skill) => skill,
    };
    let (least_level, most_level) = match (it.comparison_operator.as_deref(), it.proficiency_level, it.range)
    {
        (None | Some("NumberGreaterOrEqualTo"), Some(level), _) => (level, None),
        (_, _, Some(range)) => (range.min_proficiency_level.unwrap_or(1.0), range.max_proficiency_level),
        (operator, _, _) => {
            return Err(ImportError::NotUnderstood(
                operator.unwrap_or("a condition without a level").to_owned(),
            ));
        }
    };
    let of = Asked::Skill { skill, least_level, most_level };
    Ok(Expression::Must(Leaf { of, weight: 1.0, steps: Vec::new() }))
}
