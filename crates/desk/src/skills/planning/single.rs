//! What a single point of failure is, said once for every page: tickets of late asked for the skill, somebody was seen at
//! it often enough to say anything, and more likely than not at most one person is able at the level that most of those
//! tickets ask for.

use super::plan::level_for_most;
use super::{DEMAND_TICKETS_MAX, WEEK_MS, plan_settings, store};
use crate::skills::Proficiency;
use crate::skills::outcomes::store as outcomes;
use crate::{SkillId, Tx, UserId, people};
use ::skills::coverage::p_single_point_of_failure;
use std::collections::{BTreeMap, HashMap, HashSet};

/// From this probability on that at most one person is able.
pub(super) const SINGLE_FROM: f64 = 0.5;

/// `able`: P(able) of each person; 0 for whom it cannot be said.
fn is_single(able: &[f64]) -> bool {
    able.iter().any(|p| *p > 0.0) && p_single_point_of_failure(able.iter().copied()) > SINGLE_FROM
}

/// Skills that tickets asked for, filled person by person with who is able.
pub(in crate::skills) struct Singles {
    people: HashSet<UserId>,
    levels: HashMap<SkillId, f64>,
    able: HashMap<SkillId, Vec<f64>>,
}

impl Singles {
    pub fn load(tx: &mut Tx) -> Result<Singles, db::Error> {
        let window = plan_settings(tx)?.weeks * WEEK_MS;
        let since = outcomes::demand_ends_at(tx, window)? - window;
        let mut asked: BTreeMap<SkillId, Vec<(f64, i64)>> = BTreeMap::new();
        let own = store::count_levels_asked(tx, since, DEMAND_TICKETS_MAX)?;
        let imported = outcomes::count_levels_asked(tx, since, DEMAND_TICKETS_MAX)?;
        for (skill, level, count) in own.into_iter().chain(imported) {
            asked.entry(skill).or_default().push((level, count));
        }
        Ok(Singles {
            people: people::list_agents(tx)?.into_iter().map(|it| it.id).collect(),
            levels: asked.into_iter().map(|(skill, levels)| (skill, level_for_most(levels))).collect(),
            able: HashMap::new(),
        })
    }

    /// For pages about one skill.
    pub fn load_with(tx: &mut Tx, held: &[Proficiency]) -> Result<Singles, db::Error> {
        let mut all = Singles::load(tx)?;
        held.iter().for_each(|it| all.see(it));
        Ok(all)
    }

    pub fn see(&mut self, it: &Proficiency) {
        if it.is_sure()
            && self.people.contains(&it.user)
            && let Some(level) = self.levels.get(&it.skill)
        {
            self.able.entry(it.skill).or_default().push(it.belief.p_at_least(*level));
        }
    }

    pub fn holds(&self, skill: SkillId) -> bool {
        self.able.get(&skill).is_some_and(|able| is_single(able))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_is_able_is_a_single_point_and_nobody_known_is_none() {
        assert!(is_single(&[0.9, 0.0, 0.1]), "one is");
        assert!(!is_single(&[0.9, 0.8]), "two are");
        assert!(is_single(&[0.2]), "seen, and likely nobody is");
        assert!(!is_single(&[]) && !is_single(&[0.0, 0.0]), "of nobody can it be said");
    }
}
