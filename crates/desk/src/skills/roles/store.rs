//! Every statement on role profiles, what they ask, and who has them.

use super::{RoleNeed, RoleProfile, SHIPPED_SOURCE, Who, WriteRole};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{RoleId, SkillId, Tx, UserId};
use db::{Error, Row, params};
use std::collections::HashMap;

const ROLE: &str = "r.id, r.key, r.name, r.meaning, r.source, r.created_at, r.updated_at, r.retired_at";

fn role(row: &Row<'_>) -> Result<RoleProfile, Error> {
    Ok(RoleProfile {
        id: row.get(0)?,
        key: row.get(1)?,
        name: row.get(2)?,
        meaning: row.get(3)?,
        source: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
        retired_at: row.get(7)?,
        needs: Vec::new(),
    })
}

/// What the roles ask, the heaviest first; `only` for one role.
fn needs(tx: &mut Tx, only: Option<RoleId>) -> Result<HashMap<RoleId, Vec<RoleNeed>>, Error> {
    let mut all: HashMap<RoleId, Vec<RoleNeed>> = HashMap::new();
    let sql = format!(
        "select q.role_id, q.level, q.weight, q.at_least, s.id, s.key, {}, s.kind
         from role_requirements q join skills s on s.id = q.skill_id
         where s.retired_at is null and (cast($1 as bigint) = 0 or q.role_id = $1) order by q.weight desc, s.name",
        skills_store::name_column(tx)
    );
    tx.each(&sql, params![only.map_or(0, |it| it.0)], |row| {
        let who = match row.get::<Option<i64>>(3)? {
            Some(count) => Who::AtLeast(u8::try_from(count).unwrap_or(u8::MAX)),
            None => Who::Everyone,
        };
        let skill = SkillSummary {
            id: row.get(4)?,
            key: row.get(5)?,
            name: row.get(6)?,
            kind: skills_store::kind(row, 7)?,
        };
        let need = RoleNeed { skill, level: row.get(1)?, weight: row.get(2)?, who };
        all.entry(row.get(0)?).or_default().push(need);
        Ok(true)
    })?;
    Ok(all)
}

/// Also finds retired ones.
pub fn find_role(tx: &mut Tx, id: RoleId) -> Result<Option<RoleProfile>, Error> {
    let found = tx.find(&format!("select {ROLE} from role_profiles r where r.id = $1"), params![id], role)?;
    let Some(mut role) = found else { return Ok(None) };
    role.needs = needs(tx, Some(id))?.remove(&id).unwrap_or_default();
    Ok(Some(role))
}

pub fn find_role_by_key(tx: &mut Tx, key: &str) -> Result<Option<RoleProfile>, Error> {
    let id: Option<RoleId> =
        tx.find("select id from role_profiles where key = $1", params![key], |row| row.get(0))?;
    match id {
        Some(id) => find_role(tx, id),
        None => Ok(None),
    }
}

/// The roles in use with what they ask, in the order in which they came.
pub fn list_roles(tx: &mut Tx) -> Result<Vec<RoleProfile>, Error> {
    let mut needs = needs(tx, None)?;
    let sql = format!("select {ROLE} from role_profiles r where r.retired_at is null order by r.id");
    let mut all = tx.list(&sql, params![], role)?;
    for role in &mut all {
        role.needs = needs.remove(&role.id).unwrap_or_default();
    }
    Ok(all)
}

/// Names of those that are in use no more.
pub(in crate::skills) fn list_retired_roles(tx: &mut Tx) -> Result<Vec<(RoleId, String)>, Error> {
    tx.list(
        "select id, name from role_profiles where retired_at is not null order by name",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(super) fn count_roles(tx: &mut Tx) -> Result<usize, Error> {
    let count: i64 = tx.value("select count(*) from role_profiles", params![])?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

pub(super) fn find_role_named(tx: &mut Tx, name: &str) -> Result<Option<RoleId>, Error> {
    tx.find("select id from role_profiles where lower(name) = lower($1)", params![name], |row| row.get(0))
}

pub(super) fn insert_role(tx: &mut Tx, key: &str, it: &WriteRole) -> Result<RoleId, Error> {
    let now = tx.now();
    let source = it.source.as_deref().unwrap_or_default();
    let role: RoleId = tx.value(
        "insert into role_profiles (key, name, meaning, source, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5) returning id",
        params![key, it.name, it.meaning, source, now],
    )?;
    insert_needs(tx, role, it)?;
    Ok(role)
}

pub(super) fn save_role(tx: &mut Tx, role: RoleId, it: &WriteRole) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update role_profiles set name = $1, meaning = $2, source = coalesce($3, source), updated_at = $4
         where id = $5",
        params![it.name, it.meaning, it.source, now, role],
    )?;
    // What is asked of retired skills is not shown and stays.
    tx.execute(
        "delete from role_requirements where role_id = $1
           and skill_id in (select id from skills where retired_at is null)",
        params![role],
    )?;
    insert_needs(tx, role, it)
}

fn insert_needs(tx: &mut Tx, role: RoleId, it: &WriteRole) -> Result<(), Error> {
    for need in &it.needs {
        let at_least = match need.who {
            Who::Everyone => None,
            Who::AtLeast(count) => Some(i64::from(count)),
        };
        tx.execute(
            "insert into role_requirements (role_id, skill_id, level, weight, at_least) values ($1, $2, $3, $4, $5)
             on conflict (role_id, skill_id) do update set level = excluded.level, weight = excluded.weight,
               at_least = excluded.at_least",
            params![role, need.skill, need.level, need.weight, at_least],
        )?;
    }
    Ok(())
}

pub(super) fn save_retired(tx: &mut Tx, role: RoleId, at: Option<i64>) -> Result<(), Error> {
    tx.execute("update role_profiles set retired_at = $1 where id = $2", params![at, role]).map(|_| ())
}

/// Who has which role, retired roles and people included.
pub(crate) fn list_holders(tx: &mut Tx) -> Result<Vec<(RoleId, UserId)>, Error> {
    tx.list("select role_id, user_id from role_holders order by role_id, user_id", params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(super) fn insert_holder(tx: &mut Tx, role: RoleId, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into role_holders (role_id, user_id, since) values ($1, $2, $3) on conflict do nothing",
        params![role, user, now],
    )
    .map(|_| ())
}

pub(super) fn delete_holder(tx: &mut Tx, role: RoleId, user: UserId) -> Result<(), Error> {
    tx.execute("delete from role_holders where role_id = $1 and user_id = $2", params![role, user])
        .map(|_| ())
}

/// The shipped profiles. A desk that has any role, retired or not, keeps its own.
pub(crate) fn lay_roles(tx: &mut Tx) -> Result<(), Error> {
    if count_roles(tx)? > 0 {
        return Ok(());
    }
    let ids = skills_store::skill_ids_by_key(tx)?;
    for role in &::skills::library().roles {
        let need = |it: &::skills::RoleRequirement| {
            let skill: SkillId = *ids.get(&it.skill)?;
            Some(super::NewNeed { skill, level: f64::from(it.level), weight: it.weight, who: it.who })
        };
        let written = WriteRole {
            name: role.name.clone(),
            meaning: role.meaning.clone(),
            source: Some(SHIPPED_SOURCE.to_owned()),
            needs: role.requirements.iter().filter_map(need).collect(),
        };
        insert_role(tx, &role.key, &written)?;
    }
    Ok(())
}
