//! Genesys Cloud: an interaction has skills, its queue evaluates them (all, best or none), and up to six rings stand
//! around it: leaving a ring removes skills, entering one lets its groups join.

use serde::Deserialize;

use super::{HAS_LEVEL, ImportError, all, checked, pool, skill};
use crate::Requirements;
use crate::requirements::{Asked, Change, Expression, Leaf, Names};

/// How a queue looks at skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Evaluation {
    /// Only those who have all of them.
    All,
    /// Whoever has them best, among all.
    Best,
    /// They count for nothing.
    None,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Bullseye {
    #[serde(default)]
    pub rings: Vec<Ring>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ring {
    pub expansion_criteria: Vec<Criterion>,
    pub actions: Actions,
    pub member_groups: Vec<Named>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Criterion {
    /// Only `TIMEOUT_SECONDS` is known.
    #[serde(rename = "type")]
    pub of: String,
    pub threshold: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Actions {
    /// On leaving the ring.
    pub skills_to_remove: Vec<Named>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Named {
    #[serde(alias = "id")]
    pub name: String,
}

/// `skills` are those of the interaction.
pub fn genesys(
    skills: &[&str],
    evaluation: Evaluation,
    bullseye: &Bullseye,
    names: &impl Names,
) -> Result<Requirements, ImportError> {
    let mut leaves: Vec<(&str, Leaf)> = Vec::with_capacity(skills.len());
    for name in skills {
        leaves.push((name, Leaf::skill(skill(names, name)?, HAS_LEVEL)));
    }
    let mut members: Option<Leaf> = None;
    let mut after_ms = 0;
    for (number, ring) in bullseye.rings.iter().enumerate() {
        for group in &ring.member_groups {
            let group = pool(names, &group.name)?;
            members = Some(match members.take() {
                None => Leaf { of: Asked::Pool(group), weight: 1.0, steps: Vec::new() },
                Some(leaf) if after_ms > 0 => leaf.then(after_ms, Change::Widen(group)),
                Some(_) => return Err(ImportError::NotUnderstood("two groups in the first ring".to_owned())),
            });
        }
        if number + 1 == bullseye.rings.len() {
            break;
        }
        for criterion in &ring.expansion_criteria {
            if criterion.of != "TIMEOUT_SECONDS" {
                return Err(ImportError::NotUnderstood(criterion.of.clone()));
            }
            after_ms += (criterion.threshold * 1_000.0).round() as i64;
        }
        for removed in &ring.actions.skills_to_remove {
            if let Some((_, leaf)) =
                leaves.iter_mut().find(|it| it.0 == removed.name && it.1.steps.is_empty())
            {
                *leaf = leaf.clone().then(after_ms.max(1), Change::Drop);
            }
        }
    }
    let asked = leaves.into_iter().map(|(_, leaf)| match evaluation {
        Evaluation::All => Expression::Must(leaf),
        Evaluation::Best => Expression::Prefer(Leaf { steps: Vec::new(), ..leaf }),
        Evaluation::None => Expression::Anyone,
    });
    let members = members.map_or(Expression::Anyone, Expression::Must);
    checked(Requirements::of(all(asked.chain([members]).collect())))
}
