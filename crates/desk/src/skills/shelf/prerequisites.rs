//! What a skill stands on: other skills, each at a level. Never in a circle.

use super::{PREREQUISITES_MAX, ShelfError, only_leads};
use crate::events::{self, Event};
use crate::skills::{SkillSummary, store};
use crate::{SkillId, Tx};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prerequisite {
    pub skill: SkillSummary,
    pub level: f64,
}

/// By name.
pub fn prerequisites_of(tx: &mut Tx, skill: SkillId) -> Result<Vec<Prerequisite>, ShelfError> {
    let all = store::list_prerequisites(tx, Some(skill))?;
    Ok(all.into_iter().map(|(_, skill, level)| Prerequisite { skill, level }).collect())
}

/// All of them, in place of what was there.
pub fn set_prerequisites(tx: &mut Tx, skill: SkillId, needs: &[(SkillId, f64)]) -> Result<(), ShelfError> {
    only_leads(tx)?;
    store::find_skill(tx, skill)?.ok_or(ShelfError::NoSuchSkill)?;
    if needs.len() > PREREQUISITES_MAX {
        return Err(ShelfError::TooManyPrerequisites);
    }
    if needs.iter().any(|(_, level)| !(*level > 0.0 && *level <= ::skills::LEVEL_MAX)) {
        return Err(ShelfError::LevelIsWrong);
    }
    let ids: Vec<SkillId> = needs.iter().map(|it| it.0).collect::<HashSet<_>>().into_iter().collect();
    if store::count_skills_among(tx, &ids)? != ids.len() {
        return Err(ShelfError::NoSuchSkill);
    }
    let mut graph: HashMap<SkillId, Vec<SkillId>> = HashMap::new();
    for (of, needed, _) in store::list_prerequisites(tx, None)? {
        graph.entry(of).or_default().push(needed.id);
    }
    graph.insert(skill, ids);
    if stands_on_itself(&graph, skill) {
        return Err(ShelfError::Circle);
    }
    store::save_prerequisites(tx, skill, needs)?;
    Ok(events::record(tx, &Event::PrerequisitesSet { skill })?)
}

fn stands_on_itself(graph: &HashMap<SkillId, Vec<SkillId>>, skill: SkillId) -> bool {
    let mut seen = HashSet::new();
    let mut open: Vec<SkillId> = graph.get(&skill).cloned().unwrap_or_default();
    while let Some(next) = open.pop() {
        if next == skill {
            return true;
        }
        if seen.insert(next) {
            open.extend(graph.get(&next).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_however_long() {
        let mut graph: HashMap<SkillId, Vec<SkillId>> =
            (1..5).map(|n| (SkillId(n), vec![SkillId(n + 1)])).collect();
        assert!(!stands_on_itself(&graph, SkillId(1)));
        graph.insert(SkillId(5), vec![SkillId(1)]);
        assert!(stands_on_itself(&graph, SkillId(1)) && stands_on_itself(&graph, SkillId(3)));
    }
}
