//! What learning costs: hours of the learner, and of somebody who teaches. Counted from levels that the reader may see.

use super::{PlanError, PlanSettings, plan_settings, sight};
use crate::skills::{Proficiency, SkillKind, store as skills_store};
use crate::{SkillId, Tx, UserId, people};
use ::skills::Belief;
use ::skills::invest::hours_to_learn;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What somebody who teaches spends of the learner's hours.
pub const TEACHER_SHARE: f64 = 0.25;
/// Nothing is learnt in less, in hours.
const HOURS_LEAST: f64 = 0.5;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LearningCost {
    /// Hours of the learner.
    pub hours: f64,
    /// Hours of the teacher; 0 if nobody surely can teach it.
    pub teacher_hours: f64,
    pub teacher: Option<(UserId, String)>,
}

impl LearningCost {
    pub fn total(&self) -> f64 {
        self.hours + self.teacher_hours
    }
}

/// The levels of those who work here of which enough is known and which the reader may see.
pub(crate) struct Known {
    hours_per_level: [f64; 5],
    language_takes_times: f64,
    languages: HashSet<SkillId>,
    people: Vec<(UserId, String)>,
    beliefs: HashMap<(UserId, SkillId), Belief>,
}

impl Known {
    pub fn load(tx: &mut Tx) -> Result<Known, PlanError> {
        let settings = plan_settings(tx)?;
        let people = people::list_agents(tx)?.into_iter().map(|it| (it.id, it.name)).collect();
        let held = skills_store::list_proficiencies(tx, None, None)?;
        Known::of(tx, &settings, people, held.iter())
    }

    pub fn of<'a>(
        tx: &mut Tx,
        settings: &PlanSettings,
        people: Vec<(UserId, String)>,
        held: impl Iterator<Item = &'a Proficiency>,
    ) -> Result<Known, PlanError> {
        let sight = sight(tx)?;
        let library = skills_store::list_skills(tx)?;
        let languages = library.iter().filter(|it| it.kind == SkillKind::Language).map(|it| it.id);
        let seen = held.filter(|it| it.is_sure() && sight.sees(it));
        Ok(Known {
            hours_per_level: settings.hours_per_level,
            language_takes_times: settings.language_takes_times,
            languages: languages.collect(),
            people,
            beliefs: seen.map(|it| ((it.user, it.skill), it.belief)).collect(),
        })
    }

    /// `None`: too little is known of it, or it is not for the reader.
    pub fn level(&self, user: UserId, skill: SkillId) -> Option<f64> {
        self.beliefs.get(&(user, skill)).map(Belief::level)
    }

    /// More likely than not they have it, as far as the reader may know.
    pub fn is_likely(&self, user: UserId, skill: SkillId, level: f64) -> bool {
        self.beliefs.get(&(user, skill)).is_some_and(|it| it.p_at_least(level) > 0.5)
    }

    /// From an unknown level it counts from 0.
    pub fn hours(&self, skill: SkillId, from: Option<f64>, to: f64) -> f64 {
        let times = if self.languages.contains(&skill) { self.language_takes_times } else { 1.0 };
        (times * hours_to_learn(from.unwrap_or(0.0), to, &self.hours_per_level)).max(HOURS_LEAST)
    }

    pub fn cost(&self, learner: UserId, skill: SkillId, from: Option<f64>, to: f64) -> LearningCost {
        let (hours, teacher) = (self.hours(skill, from, to), self.teacher(learner, skill, to));
        LearningCost {
            hours,
            teacher_hours: if teacher.is_some() { hours * TEACHER_SHARE } else { 0.0 },
            teacher,
        }
    }

    /// The one of the others who most likely has the level that is to be reached.
    fn teacher(&self, learner: UserId, skill: SkillId, target: f64) -> Option<(UserId, String)> {
        let chance = |it: &(UserId, String)| Some(self.beliefs.get(&(it.0, skill))?.p_at_least(target));
        let others = self.people.iter().filter(|it| it.0 != learner);
        let able = others.filter_map(|it| Some((chance(it).filter(|chance| *chance > 0.5)?, it)));
        able.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, it)| it.clone())
    }
}
