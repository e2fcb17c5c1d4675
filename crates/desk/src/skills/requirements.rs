//! What a ticket needs, as a person says it: their word stays when the rules run again.

use super::{
    Hardness, NEEDS_PER_TICKET_MAX, RequirementRow, SkillsError, Source, level_is_right, requirements_of,
    store, weight_is_right,
};
use crate::events::{self, Event};
use crate::{SkillId, TicketId, Tx, tickets};

/// The whole list of what the ticket needs.
#[derive(Clone, Debug)]
pub struct SetRequirements {
    pub ticket: TicketId,
    pub requirements: Vec<Requirement>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
}

/// Replaces what the ticket needs. What a rule had found and the person left as it was keeps its reasons.
pub fn set_requirements(tx: &mut Tx, command: &SetRequirements) -> Result<Vec<RequirementRow>, SkillsError> {
    if !tx.actor().is_agent() {
        return Err(SkillsError::NotAnAgent);
    }
    let mut wanted = command.requirements.clone();
    wanted.sort_by_key(|it| it.skill);
    wanted.dedup_by_key(|it| it.skill);
    if wanted.len() > NEEDS_PER_TICKET_MAX {
        return Err(SkillsError::TooManyNeeds);
    }
    for it in &wanted {
        level_is_right(it.level)?;
        weight_is_right(it.weight)?;
    }
    tickets::find_ticket(tx, command.ticket)?.ok_or(SkillsError::NoSuchTicket)?;
    let ids: Vec<SkillId> = wanted.iter().map(|it| it.skill).collect();
    if store::count_skills_among(tx, &ids)? != ids.len() {
        return Err(SkillsError::NoSuchSkill);
    }
    let had = requirements_of(tx, command.ticket)?;
    let same = |it: &Requirement| had.iter().find(|row| row.skill.id == it.skill && row.says(it));
    if had.len() == wanted.len() && wanted.iter().all(|it| same(it).is_some()) {
        return Ok(had);
    }
    let rows: Vec<store::NewRequirement> = wanted
        .iter()
        .map(|it| store::NewRequirement {
            skill: it.skill,
            level: it.level,
            weight: it.weight,
            hardness: it.hardness,
            source: same(it).map_or(Source::Person, |row| row.source),
            because: same(it).map(|row| row.because.clone()).unwrap_or_default(),
        })
        .collect();
    store::delete_requirements(tx, command.ticket)?;
    store::insert_requirements(tx, command.ticket, &rows)?;
    crate::routing::note_change(tx, command.ticket)?;
    events::record(tx, &Event::RequirementsSet { ticket: command.ticket, by_person: true })?;
    Ok(requirements_of(tx, command.ticket)?)
}

impl RequirementRow {
    fn says(&self, it: &Requirement) -> bool {
        self.level == it.level
            && self.weight == it.weight
            && (self.hardness == Hardness::Must) == (it.hardness == Hardness::Must)
    }
}
