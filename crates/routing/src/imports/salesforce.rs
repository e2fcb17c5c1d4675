//! Salesforce Omni-Channel: skills with a least level from 0 to 10; additional ones are dropped in groups of the same
//! priority, the greatest number first, one group at each timeout of the routing configuration.

use serde::Deserialize;

use super::{HAS_LEVEL, ImportError, all, checked, skill};
use crate::Requirements;
use crate::requirements::{Change, Expression, Leaf, Names};

/// Their 10 is our 5.
const LEVELS_PER_OURS: f64 = 2.0;

/// A `SkillRequirement` as their API gives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SkillRequirement {
    /// Its id or its name.
    #[serde(rename = "SkillId", alias = "Skill")]
    pub skill: String,
    pub skill_level: Option<f64>,
    #[serde(default)]
    pub is_additional_skill: bool,
    pub skill_priority: Option<i64>,
}

/// `drop_after_ms` is `dropAdditionalSkillsTimeout` of the queue's routing configuration.
pub fn salesforce(
    skills: &[SkillRequirement],
    drop_after_ms: Option<i64>,
    names: &impl Names,
) -> Result<Requirements, ImportError> {
    let priority = |it: &SkillRequirement| it.skill_priority.unwrap_or(0);
    let mut groups: Vec<i64> = skills.iter().filter(|it| it.is_additional_skill).map(priority).collect();
    groups.sort_unstable_by(|a, b| b.cmp(a));
    groups.dedup();
    let mut parts = Vec::with_capacity(skills.len());
    for it in skills {
        let level = it.skill_level.map_or(HAS_LEVEL, |level| level / LEVELS_PER_OURS);
        let mut leaf = Leaf::skill(skill(names, &it.skill)?, level);
        if it.is_additional_skill
            && let Some(drop_after_ms) = drop_after_ms
            && let Some(turn) = groups.iter().position(|group| *group == priority(it))
        {
            leaf = leaf.then(drop_after_ms.saturating_mul(turn as i64 + 1), Change::Drop);
        }
        parts.push(Expression::Must(leaf));
    }
    checked(Requirements::of(all(parts)))
}
