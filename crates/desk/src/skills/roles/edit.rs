//! Writing a role profile, retiring it, and saying who has the role.

use super::{
    AT_LEAST_MAX, HOLDERS_PER_ROLE_MAX, NEEDS_PER_ROLE_MAX, ROLES_MAX, ROLES_PER_PERSON_MAX, RoleError,
    RoleNeed, RoleProfile, Who, store,
};
use crate::events::{self, Event};
use crate::skills::{SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, competencies, store as skills_store};
use crate::{CompetencyId, RoleId, SkillId, Tx, UserId};
use std::collections::BTreeSet;

/// A role as it shall be.
#[derive(Clone, Debug, Default)]
pub struct WriteRole {
    pub name: String,
    pub meaning: String,
    /// `None` leaves it; a new role has none.
    pub source: Option<String>,
    pub needs: Vec<NewNeed>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewNeed {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub who: Who,
}

#[derive(Clone, Debug)]
pub struct SetHolders {
    pub role: RoleId,
    /// All of them; whoever is not named has the role no more.
    pub users: Vec<UserId>,
}

pub fn create_role(tx: &mut Tx, command: &WriteRole) -> Result<RoleProfile, RoleError> {
    may_change(tx)?;
    let written = checked(tx, command)?;
    if store::find_role_named(tx, &written.name)?.is_some() {
        return Err(RoleError::NameIsTaken);
    }
    if store::count_roles(tx)? >= ROLES_MAX {
        return Err(RoleError::TooManyRoles);
    }
    let key = free_key(tx, &written.name)?;
    let role = store::insert_role(tx, &key, &written)?;
    changed(tx, role)
}

pub fn update_role(tx: &mut Tx, role: RoleId, command: &WriteRole) -> Result<RoleProfile, RoleError> {
    may_change(tx)?;
    store::find_role(tx, role)?.ok_or(RoleError::NoSuchRole)?;
    let written = checked(tx, command)?;
    if store::find_role_named(tx, &written.name)?.is_some_and(|other| other != role) {
        return Err(RoleError::NameIsTaken);
    }
    store::save_role(tx, role, &written)?;
    changed(tx, role)
}

/// A role asks for a competency: for each of its skills.
#[derive(Clone, Copy, Debug)]
pub struct AskCompetency {
    pub role: RoleId,
    pub competency: CompetencyId,
    pub level: f64,
    /// Of the competency as a whole; its skills share it by theirs.
    pub weight: f64,
}

/// Skills that the role asks for already are asked for at this level at least.
pub fn ask_competency(tx: &mut Tx, command: &AskCompetency) -> Result<RoleProfile, RoleError> {
    may_change(tx)?;
    let role = store::find_role(tx, command.role)?.ok_or(RoleError::NoSuchRole)?;
    let found = competencies::find_competency(tx, command.competency)?.filter(|it| it.retired_at.is_none());
    let found = found.ok_or(RoleError::NoSuchSkill)?;
    let of = |it: &RoleNeed| NewNeed { skill: it.skill.id, level: it.level, weight: it.weight, who: it.who };
    let mut needs: Vec<NewNeed> = role.needs.iter().map(of).collect();
    for (skill, share) in &found.skills {
        match needs.iter_mut().find(|it| it.skill == skill.id) {
            Some(it) => it.level = it.level.max(command.level),
            None => needs.push(NewNeed {
                skill: skill.id,
                level: command.level,
                weight: command.weight * share,
                who: Who::Everyone,
            }),
        }
    }
    let written = WriteRole { name: role.name, meaning: role.meaning, source: None, needs };
    update_role(tx, role.id, &written)
}

/// Nobody is measured against a retired role. Who had it is kept, and [`restore_role`] brings it back.
pub fn retire_role(tx: &mut Tx, role: RoleId) -> Result<RoleProfile, RoleError> {
    may_change(tx)?;
    let now = tx.now();
    store::save_retired(tx, role, Some(now))?;
    changed(tx, role)
}

pub fn restore_role(tx: &mut Tx, role: RoleId) -> Result<RoleProfile, RoleError> {
    may_change(tx)?;
    store::save_retired(tx, role, None)?;
    changed(tx, role)
}

pub fn set_holders(tx: &mut Tx, command: &SetHolders) -> Result<(), RoleError> {
    may_change(tx)?;
    store::find_role(tx, command.role)?.ok_or(RoleError::NoSuchRole)?;
    let wanted: BTreeSet<UserId> = command.users.iter().copied().collect();
    if wanted.len() > HOLDERS_PER_ROLE_MAX {
        return Err(RoleError::TooManyRoles);
    }
    staff_only(tx, &wanted)?;
    let present: BTreeSet<UserId> =
        store::list_holders(tx)?.into_iter().filter(|it| it.0 == command.role).map(|it| it.1).collect();
    if present == wanted {
        return Ok(());
    }
    for gone in present.difference(&wanted) {
        store::delete_holder(tx, command.role, *gone)?;
    }
    for new in wanted.difference(&present) {
        store::insert_holder(tx, command.role, *new)?;
    }
    Ok(events::record(tx, &Event::RoleHoldersSet { role: command.role })?)
}

/// The roles of one person, all of them.
pub fn set_roles_of(tx: &mut Tx, user: UserId, roles: &[RoleId]) -> Result<(), RoleError> {
    may_change(tx)?;
    let wanted: BTreeSet<RoleId> = roles.iter().copied().collect();
    if wanted.len() > ROLES_PER_PERSON_MAX {
        return Err(RoleError::TooManyRoles);
    }
    staff_only(tx, &BTreeSet::from([user]))?;
    let present: BTreeSet<RoleId> =
        store::list_holders(tx)?.into_iter().filter(|it| it.1 == user).map(|it| it.0).collect();
    for role in wanted.symmetric_difference(&present) {
        store::find_role(tx, *role)?.ok_or(RoleError::NoSuchRole)?;
        match wanted.contains(role) {
            true => store::insert_holder(tx, *role, user)?,
            false => store::delete_holder(tx, *role, user)?,
        }
        events::record(tx, &Event::RoleHoldersSet { role: *role })?;
    }
    Ok(())
}

fn may_change(tx: &Tx) -> Result<(), RoleError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(RoleError::NotALead) }
}

fn staff_only(tx: &mut Tx, users: &BTreeSet<UserId>) -> Result<(), RoleError> {
    for user in users {
        skills_store::staff_name(tx, *user)?.ok_or(RoleError::NoSuchPerson)?;
    }
    Ok(())
}

fn changed(tx: &mut Tx, role: RoleId) -> Result<RoleProfile, RoleError> {
    let profile = store::find_role(tx, role)?.ok_or(RoleError::NoSuchRole)?;
    events::record(tx, &Event::RoleProfileChanged { role })?;
    Ok(profile)
}

fn checked(tx: &mut Tx, command: &WriteRole) -> Result<WriteRole, RoleError> {
    let name = command.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > SKILL_NAME_CHARS_MAX {
        return Err(RoleError::NameIsWrong);
    }
    let texts = [Some(&command.meaning), command.source.as_ref()];
    if texts.into_iter().flatten().any(|text| text.chars().count() > SKILL_TEXT_CHARS_MAX) {
        return Err(RoleError::TextIsTooLong);
    }
    needs_are_right(&command.needs)?;
    let ids: Vec<SkillId> = command.needs.iter().map(|it| it.skill).collect();
    if skills_store::count_skills_among(tx, &ids)? != ids.len() {
        return Err(RoleError::NoSuchSkill);
    }
    Ok(WriteRole { name, meaning: command.meaning.trim().to_owned(), ..command.clone() })
}

fn needs_are_right(needs: &[NewNeed]) -> Result<(), RoleError> {
    if needs.len() > NEEDS_PER_ROLE_MAX {
        return Err(RoleError::TooManyNeeds);
    }
    let mut seen = BTreeSet::new();
    for it in needs {
        if !(it.level > 0.0 && it.level <= ::skills::LEVEL_MAX) {
            return Err(RoleError::LevelIsWrong);
        }
        if !(it.weight > 0.0 && it.weight <= 1.0) {
            return Err(RoleError::WeightIsWrong);
        }
        if let Who::AtLeast(count) = it.who
            && !(1..=AT_LEAST_MAX).contains(&count)
        {
            return Err(RoleError::CountIsWrong);
        }
        if !seen.insert(it.skill) {
            return Err(RoleError::SkillTwice);
        }
    }
    Ok(())
}

/// The name in lower case with hyphens, and a number if that is taken.
fn free_key(tx: &mut Tx, name: &str) -> Result<String, db::Error> {
    let folded = name.to_lowercase();
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let stem = if words.is_empty() { "role".to_owned() } else { words.join("-") };
    let mut key = stem.clone();
    let mut number = 1;
    while store::find_role_by_key(tx, &key)?.is_some() {
        number += 1;
        key = format!("{stem}-{number}");
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKILL: SkillId = SkillId(1);

    fn need(level: f64, weight: f64, who: Who) -> NewNeed {
        NewNeed { skill: SKILL, level, weight, who }
    }

    #[test]
    fn what_a_role_asks_lies_within_its_limits() {
        let right = need(3.0, 0.7, Who::AtLeast(2));
        assert!(needs_are_right(&[right]).is_ok());
        let wrong = |it: NewNeed| needs_are_right(&[it]).expect_err("it is wrong").to_string();
        assert!(wrong(need(0.0, 0.7, Who::Everyone)).contains("level"));
        assert!(wrong(need(f64::NAN, 0.7, Who::Everyone)).contains("level"));
        assert!(wrong(need(3.0, 1.2, Who::Everyone)).contains("weight"));
        assert!(wrong(need(3.0, 0.7, Who::AtLeast(0))).contains("present"));
        assert!(matches!(needs_are_right(&[right, right]), Err(RoleError::SkillTwice)));
    }
}
