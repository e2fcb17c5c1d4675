//! `/role_profiles`: what jobs ask, who has them, and how ready they are.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{
    HoldersBody, RoleOfShape, RoleProfileBody, RoleProfileChange, RoleProfileShape, RoleReadinessShape,
    RoleRowShape,
};
use crate::skills::wanted;
use desk::skills::roles::views;
use desk::skills::roles::{self, NewNeed, RoleProfile, SetHolders, Who, WriteRole};
use desk::{RoleId, Tx, UserId};
use serde_json::{Value, json};

pub async fn index(call: Call) -> Answer {
    call.read(move |tx, call| {
        let rows = views::role_rows(tx)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(rows, &paging)?.map(|row| RoleRowShape::of(&row, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "role_profiles", page))))
    })
    .await
}

pub async fn show(Id(role): Id<String>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let role = named(tx, &role)?;
        Ok(Reply::one("role_profile", RoleProfileShape::of(&role, &Urls::of(tx)?)))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<RoleProfileBody>()?.role_profile;
    call.write(move |tx, _| {
        let command = written(tx, &wanted, None)?;
        let role = roles::create_role(tx, &command)?;
        let shape = RoleProfileShape::of(&role, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "role_profile": shape })))
    })
    .await
}

pub async fn update(Id(role): Id<String>, call: Call) -> Answer {
    let wanted = call.body::<RoleProfileBody>()?.role_profile;
    call.write(move |tx, _| {
        let before = named(tx, &role)?;
        let command = written(tx, &wanted, Some(&before))?;
        roles::update_role(tx, before.id, &command)?;
        match wanted.active {
            Some(true) => roles::restore_role(tx, before.id)?,
            Some(false) => roles::retire_role(tx, before.id)?,
            None => before,
        };
        let role = named(tx, &role)?;
        Ok(Reply::one("role_profile", RoleProfileShape::of(&role, &Urls::of(tx)?)))
    })
    .await
}

pub async fn destroy(Id(role): Id<RoleId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        roles::retire_role(tx, role)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn readiness(Id(role): Id<RoleId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("readiness", RoleReadinessShape::of(&views::role_page(tx, role)?))))
        .await
}

pub async fn hold(Id(role): Id<RoleId>, call: Call) -> Answer {
    let users: Vec<UserId> = call.body::<HoldersBody>()?.user_ids.into_iter().map(UserId).collect();
    call.write(move |tx, _| {
        roles::set_holders(tx, &SetHolders { role, users: users.clone() })?;
        Ok(Reply::one("readiness", RoleReadinessShape::of(&views::role_page(tx, role)?)))
    })
    .await
}

/// Those they have first, then the nearest.
pub async fn of_person(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let all: Vec<RoleOfShape> = views::roles_of(tx, user)?.iter().map(RoleOfShape::of).collect();
        Ok(Reply::one("readiness", all))
    })
    .await
}

/// By id, or else by key.
fn named(tx: &mut Tx, name: &str) -> Result<RoleProfile, Problem> {
    let found = match name.parse() {
        Ok(id) => roles::find_role(tx, RoleId(id))?,
        Err(_) => roles::find_role_by_key(tx, name)?,
    };
    found.ok_or(Problem::NotFound)
}

/// The role as it shall be: what the body leaves out stays.
fn written(
    tx: &mut Tx,
    change: &RoleProfileChange,
    before: Option<&RoleProfile>,
) -> Result<WriteRole, Problem> {
    let stays = |text: &Option<String>, before: Option<&String>| {
        text.clone().or_else(|| before.cloned()).unwrap_or_default()
    };
    let needs = match (&change.requirements, before) {
        (Some(all), _) => {
            let mut needs = Vec::with_capacity(all.len());
            for it in all {
                needs.push(NewNeed {
                    skill: wanted(tx, it.skill_id, it.skill.as_deref())?,
                    level: it.level,
                    weight: it.weight,
                    who: it.at_least.map_or(Who::Everyone, Who::AtLeast),
                });
            }
            needs
        }
        (None, Some(before)) => before
            .needs
            .iter()
            .map(|it| NewNeed { skill: it.skill.id, level: it.level, weight: it.weight, who: it.who })
            .collect(),
        (None, None) => Vec::new(),
    };
    Ok(WriteRole {
        name: stays(&change.name, before.map(|it| &it.name)),
        meaning: stays(&change.meaning, before.map(|it| &it.meaning)),
        source: change.source.clone(),
        needs,
    })
}
