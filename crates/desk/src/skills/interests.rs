//! What a person wants to learn.

use super::{INTERESTS_MAX, SkillSummary, SkillsError, store};
use crate::events::{self, Event};
use crate::{SkillId, Tx, UserId};

#[derive(Clone, Debug)]
pub struct SetInterests {
    pub user: UserId,
    pub skills: Vec<SkillId>,
}

/// Replaces the person's interests. Saying the same again changes nothing and tells nobody.
pub fn set_interests(tx: &mut Tx, command: &SetInterests) -> Result<(), SkillsError> {
    let actor = *tx.actor();
    if !actor.is(command.user) && !actor.is_lead() {
        return Err(SkillsError::NotYourOwn);
    }
    if command.skills.len() > INTERESTS_MAX {
        return Err(SkillsError::TooManyInterests);
    }
    store::staff_name(tx, command.user)?.ok_or(SkillsError::NoSuchPerson)?;
    let mut wanted = command.skills.clone();
    wanted.sort();
    wanted.dedup();
    let mut had: Vec<SkillId> =
        store::list_interests(tx, command.user)?.into_iter().map(|it| it.id).collect();
    had.sort();
    if had == wanted {
        return Ok(());
    }
    if store::count_skills_among(tx, &wanted)? != wanted.len() {
        return Err(SkillsError::NoSuchSkill);
    }
    store::save_interests(tx, command.user, &wanted)?;
    Ok(events::record(tx, &Event::InterestsChanged { user: command.user })?)
}

/// By name.
pub fn interests_of(tx: &mut Tx, user: UserId) -> Result<Vec<SkillSummary>, db::Error> {
    store::list_interests(tx, user)
}
