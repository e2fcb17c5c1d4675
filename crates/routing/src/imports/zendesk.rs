//! Zendesk: a ticket's skills are required, or optional of high, medium or low priority. At each timeout the lowest
//! optional class that is left is dropped; required skills never are.

use super::{HAS_LEVEL, ImportError, all, checked, skill};
use crate::Requirements;
use crate::requirements::{Change, Expression, Leaf, Names};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZendeskPriority {
    Required,
    High,
    Medium,
    Low,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZendeskSkill {
    /// Its id or its name.
    pub skill: String,
    pub priority: ZendeskPriority,
}

impl ZendeskSkill {
    /// As trigger actions write it: `skill#priority` with 0 required, 1 high, 2 medium, 3 low; without a priority it
    /// is 1.
    pub fn parse(text: &str) -> Result<ZendeskSkill, ImportError> {
        let (skill, priority) = text.rsplit_once('#').unwrap_or((text, "1"));
        let priority = match priority {
            "0" => ZendeskPriority::Required,
            "1" => ZendeskPriority::High,
            "2" => ZendeskPriority::Medium,
            "3" => ZendeskPriority::Low,
            _ => return Err(ImportError::NotUnderstood(text.to_owned())),
        };
        Ok(ZendeskSkill { skill: skill.to_owned(), priority })
    }
}

/// `timeout_ms` is the account's skills timeout; without one nothing is ever dropped.
pub fn zendesk(
    skills: &[ZendeskSkill],
    timeout_ms: Option<i64>,
    names: &impl Names,
) -> Result<Requirements, ImportError> {
    let mut classes: Vec<ZendeskPriority> =
        skills.iter().map(|it| it.priority).filter(|it| *it != ZendeskPriority::Required).collect();
    classes.sort_unstable();
    classes.dedup();
    let mut parts = Vec::with_capacity(skills.len());
    for it in skills {
        let mut leaf = Leaf::skill(skill(names, &it.skill)?, HAS_LEVEL);
        let turn = classes.iter().rev().position(|class| *class == it.priority);
        if let (Some(turn), Some(timeout_ms)) = (turn, timeout_ms) {
            leaf = leaf.then(timeout_ms.saturating_mul(turn as i64 + 1), Change::Drop);
        }
        parts.push(Expression::Must(leaf));
    }
    checked(Requirements::of(all(parts)))
}
