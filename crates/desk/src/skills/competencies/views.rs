//! Competencies with whoever has them, as far as the viewer may see levels, and where they are used.

use super::{Competency, CompetencyError, store};
use crate::reviews;
use crate::skills::roles;
use crate::skills::views::Cell;
use crate::skills::{Proficiency, Sight, SkillsError, store as skills_store};
use crate::{CompetencyId, RoleId, ScorecardId, SkillId, Tx, UserId, people};
use ::skills::competency::{Part, together};
use serde::Serialize;
use std::collections::HashMap;

/// Somebody who was seen at skills that carry at least half of its weight.
const SEEN_SHARE_MIN: f64 = 0.5;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompetencyRow {
    pub competency: Competency,
    /// People of whom the viewer sees enough, and of those how many more likely than not have it at level 3.
    pub seen: usize,
    pub independent: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonWith {
    pub user: UserId,
    pub name: String,
    pub level: f64,
    pub sd: f64,
    pub interval: (f64, f64),
    pub p_independent: f64,
    /// The share of its weight in skills that were seen.
    pub seen: f64,
    /// Skill by skill, in the order of the competency.
    pub cells: Vec<Option<Cell>>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompetencyPage {
    pub competency: Competency,
    /// The likeliest first.
    pub people: Vec<PersonWith>,
    /// Categories of scorecards that name it.
    pub categories: Vec<(ScorecardId, String, String)>,
    /// Roles that ask for all of its skills.
    pub roles: Vec<(RoleId, String)>,
}

pub fn competency_rows(tx: &mut Tx) -> Result<(Vec<CompetencyRow>, Vec<Competency>), CompetencyError> {
    let world = World::load(tx)?;
    let row = |competency: Competency| {
        let people = world.people_with(&competency);
        CompetencyRow {
            seen: people.len(),
            independent: people.iter().filter(|it| it.p_independent > 0.5).count(),
            competency,
        }
    };
    let all = store::list_shown_competencies(tx)?.into_iter().map(row).collect();
    let retired = store::list_retired(tx)?;
    Ok((all, store::in_readers_words(tx, retired)?))
}

pub fn competency_page(tx: &mut Tx, id: CompetencyId) -> Result<CompetencyPage, CompetencyError> {
    let world = World::load(tx)?;
    let found = store::find_competency(tx, id)?.into_iter().collect();
    let competency = store::in_readers_words(tx, found)?.pop().ok_or(CompetencyError::NoSuchCompetency)?;
    let mut categories = Vec::new();
    for card in reviews::list_shown_scorecards(tx)? {
        for it in card.categories.iter().filter(|it| it.competency == Some(id)) {
            categories.push((card.id, card.name.clone(), it.name.clone()));
        }
    }
    let asks = |role: &roles::RoleProfile| {
        let asked: Vec<SkillId> = role.needs.iter().map(|it| it.skill.id).collect();
        competency.skills.iter().all(|(skill, _)| asked.contains(&skill.id))
    };
    let of_roles = roles::list_roles(tx)?.into_iter().filter(asks).map(|it| (it.id, it.name)).collect();
    Ok(CompetencyPage { people: world.people_with(&competency), categories, roles: of_roles, competency })
}

/// How far one person has each of them, as far as the viewer sees enough.
pub fn competencies_of(tx: &mut Tx, user: UserId) -> Result<Vec<(Competency, PersonWith)>, CompetencyError> {
    let world = World::load(tx)?;
    let name = world.people.iter().find(|it| it.0 == user).map(|it| it.1.clone());
    let name = name.ok_or(CompetencyError::NoSuchPerson)?;
    let all = store::list_shown_competencies(tx)?.into_iter();
    Ok(all.filter_map(|it| world.person(&it, user, &name).map(|person| (it, person))).collect())
}

/// What the viewer sees of everybody.
struct World {
    people: Vec<(UserId, String)>,
    held: HashMap<(UserId, SkillId), Proficiency>,
}

impl World {
    fn load(tx: &mut Tx) -> Result<World, CompetencyError> {
        let sight = Sight::load(tx).map_err(|error| match error {
            SkillsError::Db(error) => CompetencyError::Db(error),
            _ => CompetencyError::NotStaff,
        })?;
        let people = people::list_agents(tx)?.into_iter().map(|it| (it.id, it.name)).collect();
        let held = skills_store::list_proficiencies(tx, None, None)?;
        let seen = held.into_iter().filter(|it| sight.sees(it));
        Ok(World { people, held: seen.map(|it| ((it.user, it.skill), it)).collect() })
    }

    fn people_with(&self, it: &Competency) -> Vec<PersonWith> {
        let mut all: Vec<PersonWith> =
            self.people.iter().filter_map(|(user, name)| self.person(it, *user, name)).collect();
        all.sort_by(|one, other| {
            other.p_independent.total_cmp(&one.p_independent).then_with(|| one.name.cmp(&other.name))
        });
        all
    }

    fn person(&self, it: &Competency, user: UserId, name: &str) -> Option<PersonWith> {
        let known = |skill: SkillId| self.held.get(&(user, skill));
        let parts: Vec<Part> = it
            .skills
            .iter()
            .map(|(skill, weight)| Part {
                belief: known(skill.id).map_or_else(|| ::skills::prior(skill.kind), |it| it.belief),
                weight: *weight,
                seen: known(skill.id).is_some(),
            })
            .collect();
        let whole = together(&parts)?;
        (whole.seen >= SEEN_SHARE_MIN).then(|| PersonWith {
            user,
            name: name.to_owned(),
            level: whole.belief.level(),
            sd: whole.belief.level_sd(),
            interval: whole.belief.interval(crate::skills::INTERVAL_COVERAGE),
            p_independent: whole.belief.p_at_least(crate::skills::INDEPENDENT_LEVEL),
            seen: whole.seen,
            cells: it.skills.iter().map(|(skill, _)| known(skill.id).map(Cell::of)).collect(),
        })
    }
}
