//! Every statement on users and identities; beside it those on organizations, and on groups and memberships.

mod groups;
mod organizations;

pub use groups::*;
pub use organizations::*;

use super::folding::{fold_address, query_terms, search_terms};
use super::{AgentName, Identity, IdentityKind, PEOPLE_PER_PAGE_MAX, User};
use crate::{GroupId, IdentityId, OrganizationId, Role, Tx, UserId};
use db::{Error, Param, Row, params};
use std::collections::{HashMap, HashSet};

/// Agents of one desk that a list shows.
const AGENTS_LISTED_MAX: usize = 5_000;

/// The columns of [`user_of`], of a table that is called `u` in the statement.
pub(crate) const USER_COLUMNS: &str = "u.id, u.name, u.role, u.email, u.phone, u.locale, u.time_zone, \
    u.organization_id, u.signature, u.details, u.notes, u.external_id, u.created_at, u.updated_at, \
    u.last_sign_in_at, u.suspended_at, u.deleted_at, u.version, \
    case when u.password_hash is null then 0 else 1 end";
pub(crate) const USER_COLUMN_COUNT: usize = 19;

pub(crate) fn user_of(row: &Row<'_>) -> Result<User, Error> {
    Ok(User {
        id: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        email: row.get(3)?,
        phone: row.get(4)?,
        locale: row.get(5)?,
        time_zone: row.get(6)?,
        organization_id: row.get(7)?,
        signature: row.get(8)?,
        details: row.get(9)?,
        notes: row.get(10)?,
        external_id: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
        last_sign_in_at: row.get(14)?,
        suspended_at: row.get(15)?,
        deleted_at: row.get(16)?,
        version: row.get(17)?,
        has_password: row.get::<i64>(18)? != 0,
    })
}

// --- users

/// Also finds people who have been deleted: old tickets still name them.
pub fn find_user(tx: &mut Tx, user: UserId) -> Result<Option<User>, Error> {
    tx.find(&format!("select {USER_COLUMNS} from users u where u.id = $1"), params![user], user_of)
}

/// By any of a person's addresses. Deleted people have none.
pub fn find_user_by_email(tx: &mut Tx, address: &str) -> Result<Option<User>, Error> {
    let Some(address) = fold_address(address) else { return Ok(None) };
    let sql = format!(
        "select {USER_COLUMNS} from user_identities i join users u on u.id = i.user_id
         where i.kind = 'email' and i.value = $1 and u.deleted_at is null"
    );
    tx.find(&sql, params![address], user_of)
}

/// Somebody who works here and has no address that would tell them from others.
pub(super) fn find_staff_by_name(tx: &mut Tx, name: &str) -> Result<Option<User>, Error> {
    let sql = format!(
        "select {USER_COLUMNS} from users u
         where lower(u.name) = lower($1) and u.role <> 'end-user' and u.email is null and u.deleted_at is null
         order by u.id limit 1"
    );
    tx.find(&sql, params![name], user_of)
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seek {
    #[default]
    First,
    /// Rows with greater ids.
    After(i64),
    /// The last rows with smaller ids.
    Before(i64),
    Offset(usize),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Empty: every role.
    pub roles: Vec<Role>,
    pub organization: Option<OrganizationId>,
    pub group: Option<GroupId>,
    pub external_id: Option<String>,
}

impl UserFilter {
    pub fn staff() -> Self {
        UserFilter {
            roles: Role::ALL.into_iter().filter(|role| role.is_staff()).collect(),
            ..Self::default()
        }
    }

    pub fn role(role: Role) -> Self {
        UserFilter { roles: vec![role], ..Self::default() }
    }

    fn roles_json(&self) -> String {
        let names: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        serde_json::json!(names).to_string()
    }

    fn conditions<'a>(&'a self, tx: &Tx, roles: &'a str, values: &mut Vec<Param<'a>>) -> String {
        let mut sql = String::from("u.deleted_at is null");
        if !self.roles.is_empty() {
            values.push(Param::Text(roles));
            sql += &format!(" and u.role in {}", tx.texts_in(values.len()));
        }
        if let Some(organization) = self.organization {
            values.push(Param::Int(organization.0));
            sql += &format!(" and u.organization_id = ${}", values.len());
        }
        if let Some(group) = self.group {
            values.push(Param::Int(group.0));
            let n = values.len();
            sql += &format!(
                " and exists (select 1 from memberships m where m.user_id = u.id and m.group_id = ${n})"
            );
        }
        if let Some(external_id) = &self.external_id {
            values.push(Param::Text(external_id));
            sql += &format!(" and u.external_id = ${}", values.len());
        }
        sql
    }
}

/// People who are not deleted, by id.
pub fn list_users(
    tx: &mut Tx,
    filter: &UserFilter,
    seek: Seek,
    count_max: usize,
) -> Result<Vec<User>, Error> {
    let roles = filter.roles_json();
    let mut values = Vec::new();
    let mut conditions = filter.conditions(tx, &roles, &mut values);
    let page = page_of(seek, count_max, "u.id", &mut conditions, &mut values);
    let sql = format!("select {USER_COLUMNS} from users u where {conditions} {page}");
    in_order(seek, tx.list(&sql, &values, user_of)?)
}

pub fn count_users(tx: &mut Tx, filter: &UserFilter) -> Result<i64, Error> {
    let roles = filter.roles_json();
    let mut values = Vec::new();
    let conditions = filter.conditions(tx, &roles, &mut values);
    tx.value(&format!("select count(*) from users u where {conditions}"), &values)
}

/// Adds the seek to the conditions; gives order and limit.
fn page_of(
    seek: Seek,
    count_max: usize,
    id: &str,
    conditions: &mut String,
    values: &mut Vec<Param<'_>>,
) -> String {
    let (order, offset) = match seek {
        Seek::First => ("asc", 0),
        Seek::After(after) => {
            values.push(Param::Int(after));
            *conditions += &format!(" and {id} > ${}", values.len());
            ("asc", 0)
        }
        Seek::Before(before) => {
            values.push(Param::Int(before));
            *conditions += &format!(" and {id} < ${}", values.len());
            ("desc", 0)
        }
        Seek::Offset(offset) => ("asc", offset),
    };
    values.push(Param::Int(count_max as i64));
    values.push(Param::Int(offset as i64));
    format!("order by {id} {order} limit ${} offset ${}", values.len() - 1, values.len())
}

fn in_order<T>(seek: Seek, mut rows: Vec<T>) -> Result<Vec<T>, Error> {
    if matches!(seek, Seek::Before(_)) {
        rows.reverse();
    }
    Ok(rows)
}

/// By id; deleted people too.
pub fn list_by_ids(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<User>, Error> {
    let sql = format!("select {USER_COLUMNS} from users u where u.id in {} order by u.id", tx.numbers_in(1));
    tx.list(&sql, params![json_of(ids)], user_of)
}

pub fn user_names(tx: &mut Tx, ids: &[UserId]) -> Result<HashMap<UserId, String>, Error> {
    let sql = format!("select id, name from users where id in {}", tx.numbers_in(1));
    let pairs = tx.list(&sql, params![json_of(ids)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(pairs.into_iter().collect())
}

fn json_of<T: serde::Serialize>(ids: &[T]) -> String {
    serde_json::to_string(ids).unwrap_or_else(|_| "[]".into())
}

/// Who can be given tickets, by name.
pub fn list_agents(tx: &mut Tx) -> Result<Vec<User>, Error> {
    let sql = format!(
        "select {USER_COLUMNS} from users u where u.role <> 'end-user' and u.role in ('agent', 'lead', 'admin') and u.deleted_at is null
         and u.suspended_at is null order by lower(u.name), u.id limit $1"
    );
    tx.list(&sql, params![AGENTS_LISTED_MAX], user_of)
}

/// The names of [`list_agents`], for choosing one.
pub fn list_agent_names(tx: &mut Tx) -> Result<Vec<AgentName>, Error> {
    tx.list(
        "select u.id, u.name from users u
         where u.role <> 'end-user' and u.role in ('agent', 'lead', 'admin') and u.deleted_at is null
           and u.suspended_at is null order by lower(u.name), u.id limit $1",
        params![AGENTS_LISTED_MAX],
        |row| Ok(AgentName { id: row.get(0)?, name: row.get(1)? }),
    )
}

/// Those of `ids` who have proved an address or a number.
pub fn verified_among(tx: &mut Tx, ids: &[UserId]) -> Result<HashSet<UserId>, Error> {
    let sql = format!(
        "select distinct user_id from user_identities where verified_at is not null and user_id in {}",
        tx.numbers_in(1)
    );
    Ok(tx.list(&sql, params![json_of(ids)], |row| row.get(0))?.into_iter().collect())
}

/// People in whose name, addresses or numbers all words occur (the last one as a beginning), newest first.
pub fn search_users(tx: &mut Tx, words: &str, count_max: usize) -> Result<Vec<User>, Error> {
    let ids = search_user_ids(tx, words, None, count_max.min(PEOPLE_PER_PAGE_MAX))?;
    let mut found = list_by_ids(tx, &ids)?;
    found.reverse();
    Ok(found)
}

pub(super) fn search_user_ids(
    tx: &mut Tx,
    words: &str,
    below: Option<i64>,
    count_max: usize,
) -> Result<Vec<UserId>, Error> {
    let span = db::fulltext::Ids { below: below.unwrap_or(i64::MAX), ..db::fulltext::Ids::ALL };
    let ids = db::fulltext::newest(tx, "search_users", &query_terms(words), span, count_max)?;
    Ok(ids.into_iter().map(UserId).collect())
}

pub(super) fn insert_user(tx: &mut Tx, user: &User) -> Result<UserId, Error> {
    let now = tx.now();
    tx.insert(
        "insert into users (name, role, email, phone, locale, time_zone, organization_id, signature, details, notes,
                            external_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        params![
            user.name, user.role, user.email, user.phone, user.locale, user.time_zone, user.organization_id,
            user.signature, user.details, user.notes, user.external_id, now
        ],
    )
}

/// False if somebody has changed the person since they were read.
pub(super) fn save_user(tx: &mut Tx, user: &mut User) -> Result<bool, Error> {
    user.updated_at = tx.now();
    let saved = tx.execute(
        "update users set name = $1, role = $2, email = $3, phone = $4, locale = $5, time_zone = $6,
                organization_id = $7, signature = $8, details = $9, notes = $10, external_id = $11,
                suspended_at = $12, deleted_at = $13, updated_at = $14, version = version + 1
         where id = $15 and version = $16",
        params![
            user.name,
            user.role,
            user.email,
            user.phone,
            user.locale,
            user.time_zone,
            user.organization_id,
            user.signature,
            user.details,
            user.notes,
            user.external_id,
            user.suspended_at,
            user.deleted_at,
            user.updated_at,
            user.id,
            user.version
        ],
    )?;
    user.version += saved as i64;
    Ok(saved == 1)
}

pub(super) fn count_active_admins(tx: &mut Tx) -> Result<i64, Error> {
    tx.value(
        "select count(*) from users where role = 'admin' and deleted_at is null and suspended_at is null",
        params![],
    )
}

/// Brings the full-text index up to date with a person's row and identities.
pub(super) fn index_user(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let Some(user) = find_user(tx, user)?.filter(|user| user.deleted_at.is_none()) else {
        return db::fulltext::remove(tx, "search_users", user.0);
    };
    let mut words = user.name.clone();
    let known = [user.phone.as_deref(), user.external_id.as_deref()];
    for word in known.into_iter().flatten() {
        words.push(' ');
        words.push_str(word);
    }
    for identity in list_identities(tx, user.id)? {
        words.push(' ');
        words.push_str(&identity.value);
        // The domain by itself, so that it is found whole.
        if let Some((_, domain)) = identity.value.rsplit_once('@') {
            words.push(' ');
            words.push_str(domain);
        }
    }
    db::fulltext::put(tx, "search_users", user.id.0, &search_terms(&words))
}

// --- identities

const IDENTITY_COLUMNS: &str = "id, user_id, kind, value, is_primary, verified_at, created_at";

fn identity_of(row: &Row<'_>) -> Result<Identity, Error> {
    let kind: String = row.get(2)?;
    Ok(Identity {
        id: row.get(0)?,
        user: row.get(1)?,
        kind: IdentityKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("identity kind {kind}")))?,
        value: row.get(3)?,
        is_primary: row.get::<i64>(4)? != 0,
        verified_at: row.get(5)?,
        created_at: row.get(6)?,
    })
}

pub fn find_identity(tx: &mut Tx, identity: IdentityId) -> Result<Option<Identity>, Error> {
    tx.find(
        &format!("select {IDENTITY_COLUMNS} from user_identities where id = $1"),
        params![identity],
        identity_of,
    )
}

/// The primary one first.
pub fn list_identities(tx: &mut Tx, user: UserId) -> Result<Vec<Identity>, Error> {
    tx.list(
        &format!(
            "select {IDENTITY_COLUMNS} from user_identities where user_id = $1 order by is_primary desc, id"
        ),
        params![user],
        identity_of,
    )
}

/// Whose it is. Deleted people have no identities.
pub(super) fn find_identity_by_value(
    tx: &mut Tx,
    kind: IdentityKind,
    value: &str,
) -> Result<Option<Identity>, Error> {
    tx.find(
        &format!("select {IDENTITY_COLUMNS} from user_identities where kind = $1 and value = $2"),
        params![kind.name(), value],
        identity_of,
    )
}

/// `None` if somebody has it already.
pub(super) fn insert_identity(
    tx: &mut Tx,
    user: UserId,
    kind: IdentityKind,
    value: &str,
    is_primary: bool,
    verified_at: Option<i64>,
) -> Result<Option<IdentityId>, Error> {
    let now = tx.now();
    tx.insert_if_new(
        "insert into user_identities (user_id, kind, value, is_primary, verified_at, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (kind, value) do nothing",
        params![user, kind.name(), value, is_primary, verified_at, now],
    )
}

pub(super) fn save_verified(tx: &mut Tx, identity: IdentityId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update user_identities set verified_at = $1 where id = $2 and verified_at is null",
        params![now, identity],
    )?;
    Ok(())
}

pub(super) fn save_primary(tx: &mut Tx, user: UserId, identity: IdentityId) -> Result<(), Error> {
    tx.execute(
        "update user_identities set is_primary = case when id = $1 then 1 else 0 end where user_id = $2",
        params![identity, user],
    )?;
    Ok(())
}

pub(super) fn delete_identity(tx: &mut Tx, identity: IdentityId) -> Result<(), Error> {
    tx.execute("delete from user_identities where id = $1", params![identity])?;
    Ok(())
}

pub(super) fn delete_identities_of(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from user_identities where user_id = $1", params![user])?;
    Ok(())
}
