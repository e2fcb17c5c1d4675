//! Groups of agents who share work, and who is in them.

use super::folding::{clean_name, limited_text};
use super::users::existing;
use super::{Group, Membership, PeopleError, Seek, User, store, views};
use crate::events::{self, Event};
use crate::{GroupId, MembershipId, Tx, UserId};

/// Groups of one person.
const GROUPS_PER_USER_MAX: usize = 500;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateGroup {
    pub name: String,
    pub description: String,
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateGroup {
    pub group: GroupId,
    pub name: Option<String>,
    pub description: Option<String>,
    /// Take over from the present default group.
    pub make_default: bool,
}

pub fn create_group(tx: &mut Tx, command: &CreateGroup) -> Result<GroupId, PeopleError> {
    only_admins(tx)?;
    let (name, description) = (clean_name(&command.name)?, limited_text(&command.description)?);
    let group = store::insert_group(tx, &name, &description)?;
    events::record(tx, &Event::GroupCreated { group })?;
    Ok(group)
}

pub fn update_group(tx: &mut Tx, command: &UpdateGroup) -> Result<Group, PeopleError> {
    only_admins(tx)?;
    let before = existing_group(tx, command.group)?;
    let mut after = before.clone();
    if let Some(name) = &command.name {
        after.name = clean_name(name)?;
    }
    if let Some(description) = &command.description {
        after.description = limited_text(description)?;
    }
    after.is_default |= command.make_default;
    if after == before {
        return Ok(before);
    }
    after.updated_at = tx.now();
    store::save_group(tx, &after)?;
    if after.is_default != before.is_default {
        store::save_default_group(tx, after.id)?;
    }
    events::record(tx, &Event::GroupChanged { group: after.id })?;
    Ok(after)
}

/// A group goes only when nobody waits in it.
pub fn delete_group(tx: &mut Tx, group: GroupId) -> Result<(), PeopleError> {
    only_admins(tx)?;
    let mut group = existing_group(tx, group)?;
    if group.is_default {
        return Err(PeopleError::GroupIsDefault);
    }
    if views::count_unsolved_tickets_of_group(tx, group.id)? > 0 {
        return Err(PeopleError::GroupHasWork);
    }
    if let Some(queue) = crate::routing::queue_that_names(tx, group.id)? {
        return Err(PeopleError::GroupIsInQueue(queue));
    }
    group.deleted_at = Some(tx.now());
    store::save_group(tx, &group)?;
    let members = store::list_memberships(tx, None, Some(group.id), Seek::First, usize::from(u16::MAX))?;
    store::delete_memberships_of_group(tx, group.id)?;
    events::record(tx, &Event::GroupChanged { group: group.id })?;
    for member in members {
        events::record(tx, &Event::MembershipsChanged { user: member.user })?;
    }
    Ok(())
}

/// Puts a person into exactly these groups. Without `default`, the present one stays if it is among them.
pub fn set_memberships(
    tx: &mut Tx,
    user: UserId,
    groups: &[GroupId],
    default: Option<GroupId>,
) -> Result<(), PeopleError> {
    only_admins(tx)?;
    let user = member_to_be(tx, user)?;
    for group in groups.iter().chain(&default) {
        existing_group(tx, *group)?;
    }
    let before = store::list_memberships(tx, Some(user.id), None, Seek::First, GROUPS_PER_USER_MAX)?;
    for gone in before.iter().filter(|it| !groups.contains(&it.group)) {
        store::delete_membership(tx, user.id, gone.group)?;
    }
    for group in groups {
        store::insert_membership(tx, user.id, *group)?;
    }
    let present = before.iter().find(|it| it.is_default && groups.contains(&it.group)).map(|it| it.group);
    let default = default.filter(|group| groups.contains(group)).or(present).or(groups.first().copied());
    if let Some(default) = default {
        store::save_default_membership(tx, user.id, default)?;
    }
    let after = store::list_memberships(tx, Some(user.id), None, Seek::First, GROUPS_PER_USER_MAX)?;
    if before != after {
        events::record(tx, &Event::MembershipsChanged { user: user.id })?;
    }
    Ok(())
}

/// A membership that is there already is given back as it is.
pub fn add_membership(tx: &mut Tx, user: UserId, group: GroupId) -> Result<Membership, PeopleError> {
    only_admins(tx)?;
    let user = member_to_be(tx, user)?;
    let group = existing_group(tx, group)?;
    let mut groups: Vec<GroupId> = groups_of(tx, user.id)?;
    if !groups.contains(&group.id) {
        groups.push(group.id);
        set_memberships(tx, user.id, &groups, None)?;
    }
    let found = store::list_memberships(tx, Some(user.id), Some(group.id), Seek::First, 1)?;
    found.into_iter().next().ok_or(PeopleError::NoSuchMembership)
}

pub fn remove_membership(tx: &mut Tx, membership: MembershipId) -> Result<(), PeopleError> {
    only_admins(tx)?;
    let gone = store::find_membership(tx, membership)?.ok_or(PeopleError::NoSuchMembership)?;
    let mut groups = groups_of(tx, gone.user)?;
    groups.retain(|group| *group != gone.group);
    set_memberships(tx, gone.user, &groups, None)
}

fn groups_of(tx: &mut Tx, user: UserId) -> Result<Vec<GroupId>, db::Error> {
    let memberships = store::list_memberships(tx, Some(user), None, Seek::First, GROUPS_PER_USER_MAX)?;
    Ok(memberships.into_iter().map(|it| it.group).collect())
}

fn only_admins(tx: &mut Tx) -> Result<(), PeopleError> {
    if tx.actor().is_admin() { Ok(()) } else { Err(PeopleError::OnlyAdminsChangeGroups) }
}

fn existing_group(tx: &mut Tx, group: GroupId) -> Result<Group, PeopleError> {
    store::find_group(tx, group)?.filter(|group| group.deleted_at.is_none()).ok_or(PeopleError::NoSuchGroup)
}

fn member_to_be(tx: &mut Tx, user: UserId) -> Result<User, PeopleError> {
    let user = existing(tx, user)?;
    if user.role.is_staff() { Ok(user) } else { Err(PeopleError::OnlyStaffInGroups) }
}
