//! Every statement on groups and memberships.

use super::{Seek, in_order, page_of};
use crate::people::{Group, GroupWithMembers, Member, Membership};
use crate::{GroupId, MembershipId, Tx, UserId};
use db::{Error, Param, Row, params};
use std::collections::HashMap;

const GROUPS_LISTED_MAX: usize = 1_000;

const GROUP_COLUMNS: &str =
    "g.id, g.name, g.description, g.is_default, g.created_at, g.updated_at, g.deleted_at";

fn group_of(row: &Row<'_>) -> Result<Group, Error> {
    Ok(Group {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        is_default: row.get::<i64>(3)? != 0,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
        deleted_at: row.get(6)?,
    })
}

/// Also finds groups that have been deleted.
pub fn find_group(tx: &mut Tx, group: GroupId) -> Result<Option<Group>, Error> {
    tx.find(&format!("select {GROUP_COLUMNS} from groups g where g.id = $1"), params![group], group_of)
}

/// By name.
pub fn list_groups(tx: &mut Tx) -> Result<Vec<Group>, Error> {
    let sql = format!(
        "select {GROUP_COLUMNS} from groups g where g.deleted_at is null order by lower(g.name), g.id limit $1"
    );
    tx.list(&sql, params![GROUPS_LISTED_MAX], group_of)
}

pub fn list_groups_with_members(tx: &mut Tx) -> Result<Vec<GroupWithMembers>, Error> {
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    let rows = tx.list(
        "select m.group_id, u.id, u.name, u.role from memberships m join users u on u.id = m.user_id
         where u.deleted_at is null and u.suspended_at is null and u.role <> 'end-user' order by lower(u.name), u.id",
        params![],
        |row| Ok((row.get(0)?, Member { user: row.get(1)?, name: row.get(2)?, role: row.get(3)? })),
    )?;
    for (group, member) in rows {
        members.entry(group).or_default().push(member);
    }
    let groups = list_groups(tx)?;
    let with_members = groups.into_iter().map(|group| {
        let members = members.remove(&group.id).unwrap_or_default();
        GroupWithMembers { group, members }
    });
    Ok(with_members.collect())
}

pub(in crate::people) fn insert_group(tx: &mut Tx, name: &str, description: &str) -> Result<GroupId, Error> {
    let now = tx.now();
    tx.value(
        "insert into groups (name, description, created_at, updated_at) values ($1, $2, $3, $3) returning id",
        params![name, description, now],
    )
}

pub(in crate::people) fn save_group(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update groups set name = $1, description = $2, deleted_at = $3, updated_at = $4 where id = $5",
        params![group.name, group.description, group.deleted_at, now, group.id],
    )?;
    Ok(())
}

/// Exactly one group is the default one.
pub(in crate::people) fn save_default_group(tx: &mut Tx, group: GroupId) -> Result<(), Error> {
    tx.execute(
        "update groups set is_default = case when id = $1 then 1 else 0 end where is_default = 1 or id = $1",
        params![group],
    )?;
    Ok(())
}

/// Of a person, of a group, or all; by id.
pub fn list_memberships(
    tx: &mut Tx,
    user: Option<UserId>,
    group: Option<GroupId>,
    seek: Seek,
    count_max: usize,
) -> Result<Vec<Membership>, Error> {
    let mut values = Vec::new();
    let mut conditions = String::from("1 = 1");
    for (column, id) in [("m.user_id", user.map(|id| id.0)), ("m.group_id", group.map(|id| id.0))] {
        if let Some(id) = id {
            values.push(Param::Int(id));
            conditions += &format!(" and {column} = ${}", values.len());
        }
    }
    let page = page_of(seek, count_max, "m.id", &mut conditions, &mut values);
    let sql = format!(
        "select m.id, m.user_id, m.group_id, m.is_default, m.created_at from memberships m where {conditions} {page}"
    );
    in_order(seek, tx.list(&sql, &values, membership_of)?)
}

fn membership_of(row: &Row<'_>) -> Result<Membership, Error> {
    Ok(Membership {
        id: row.get(0)?,
        user: row.get(1)?,
        group: row.get(2)?,
        is_default: row.get::<i64>(3)? != 0,
        created_at: row.get(4)?,
    })
}

pub(in crate::people) fn find_membership(
    tx: &mut Tx,
    membership: MembershipId,
) -> Result<Option<Membership>, Error> {
    tx.find(
        "select id, user_id, group_id, is_default, created_at from memberships where id = $1",
        params![membership],
        membership_of,
    )
}

/// A membership that is there already stays as it is.
pub(in crate::people) fn insert_membership(tx: &mut Tx, user: UserId, group: GroupId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into memberships (user_id, group_id, created_at) values ($1, $2, $3)
         on conflict (user_id, group_id) do nothing",
        params![user, group, now],
    )?;
    Ok(())
}

pub(in crate::people) fn save_default_membership(
    tx: &mut Tx,
    user: UserId,
    group: GroupId,
) -> Result<(), Error> {
    tx.execute(
        "update memberships set is_default = case when group_id = $1 then 1 else 0 end where user_id = $2",
        params![group, user],
    )?;
    Ok(())
}

pub(in crate::people) fn delete_membership(tx: &mut Tx, user: UserId, group: GroupId) -> Result<(), Error> {
    tx.execute("delete from memberships where user_id = $1 and group_id = $2", params![user, group])?;
    Ok(())
}

pub(in crate::people) fn delete_memberships_of_group(tx: &mut Tx, group: GroupId) -> Result<(), Error> {
    tx.execute("delete from memberships where group_id = $1", params![group])?;
    Ok(())
}
