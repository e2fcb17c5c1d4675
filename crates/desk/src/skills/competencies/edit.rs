//! Writing a competency, and putting it out of use and back.

use super::{
    COMPETENCIES_MAX, Competency, CompetencyError, SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX,
    SKILLS_PER_COMPETENCY_MAX, store,
};
use crate::events::{self, Event};
use crate::skills::store as skills_store;
use crate::{CompetencyId, SkillId, Tx};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub struct WriteCompetency {
    pub name: String,
    pub behaviour: String,
    /// What can be seen at levels 1 to 5; may be empty.
    pub anchors: [String; 5],
    pub skills: Vec<(SkillId, f64)>,
}

pub fn create_competency(tx: &mut Tx, command: &WriteCompetency) -> Result<Competency, CompetencyError> {
    only_leads(tx)?;
    let written = checked(tx, command)?;
    if store::find_named(tx, &written.name)?.is_some() {
        return Err(CompetencyError::NameIsTaken);
    }
    if store::list_competencies(tx)?.len() >= COMPETENCIES_MAX {
        return Err(CompetencyError::TooMany);
    }
    let id = store::insert_competency(tx, &written)?;
    changed(tx, id)
}

/// Categories and roles that name it follow when they are saved again; finished reviews keep what they were made with.
pub fn update_competency(
    tx: &mut Tx,
    id: CompetencyId,
    command: &WriteCompetency,
) -> Result<Competency, CompetencyError> {
    only_leads(tx)?;
    let is = store::find_competency(tx, id)?.ok_or(CompetencyError::NoSuchCompetency)?;
    let written = checked(tx, command)?;
    if store::find_named(tx, &written.name)?.is_some_and(|other| other != id) {
        return Err(CompetencyError::NameIsTaken);
    }
    store::save_competency(tx, id, &written)?;
    if (&is.name, &is.behaviour, &is.anchors) != (&written.name, &written.behaviour, &written.anchors) {
        store::words_are_behind(tx, id)?;
    }
    changed(tx, id)
}

/// It is offered no more. [`restore_competency`] brings it back.
pub fn retire_competency(tx: &mut Tx, id: CompetencyId) -> Result<Competency, CompetencyError> {
    let now = tx.now();
    set_retired(tx, id, Some(now))
}

pub fn restore_competency(tx: &mut Tx, id: CompetencyId) -> Result<Competency, CompetencyError> {
    set_retired(tx, id, None)
}

fn set_retired(tx: &mut Tx, id: CompetencyId, at: Option<i64>) -> Result<Competency, CompetencyError> {
    only_leads(tx)?;
    store::find_competency(tx, id)?.ok_or(CompetencyError::NoSuchCompetency)?;
    store::save_retired(tx, id, at)?;
    changed(tx, id)
}

pub(super) fn changed(tx: &mut Tx, id: CompetencyId) -> Result<Competency, CompetencyError> {
    events::record(tx, &Event::CompetencyChanged { competency: id })?;
    store::find_competency(tx, id)?.ok_or(CompetencyError::NoSuchCompetency)
}

pub(super) fn only_leads(tx: &Tx) -> Result<(), CompetencyError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(CompetencyError::NotALead) }
}

fn checked(tx: &mut Tx, command: &WriteCompetency) -> Result<WriteCompetency, CompetencyError> {
    let (name, behaviour) = (command.name.trim(), command.behaviour.trim());
    if name.is_empty() || name.chars().count() > SKILL_NAME_CHARS_MAX {
        return Err(CompetencyError::NameIsWrong);
    }
    if behaviour.is_empty() || behaviour.chars().count() > SKILL_TEXT_CHARS_MAX {
        return Err(CompetencyError::BehaviourIsWrong);
    }
    let anchors = command.anchors.clone().map(|it| it.trim().to_owned());
    if anchors.iter().any(|it| it.chars().count() > SKILL_TEXT_CHARS_MAX) {
        return Err(CompetencyError::AnchorIsTooLong);
    }
    let known: BTreeSet<SkillId> = skills_store::list_skills(tx)?.into_iter().map(|it| it.id).collect();
    let named: BTreeSet<SkillId> = command.skills.iter().map(|it| it.0).collect();
    let fits = (2..=SKILLS_PER_COMPETENCY_MAX).contains(&command.skills.len());
    if !fits || named.len() != command.skills.len() || !named.is_subset(&known) {
        return Err(CompetencyError::SkillsAreWrong);
    }
    if command.skills.iter().any(|(_, weight)| !(*weight > 0.0 && *weight <= 1.0)) {
        return Err(CompetencyError::WeightIsWrong);
    }
    Ok(WriteCompetency {
        name: name.to_owned(),
        behaviour: behaviour.to_owned(),
        anchors,
        skills: command.skills.clone(),
    })
}
