//! `/groups`: agents who share work.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{CountShape, GroupBody, GroupShape};
use crate::time::iso;
use desk::people::{self, CreateGroup, Group, UpdateGroup};
use desk::{GroupId, Tx, UserId};
use serde_json::{Value, json};

/// Groups of one person.
const GROUPS_OF_ONE_MAX: usize = 500;

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let all = people::list_groups(tx)?;
        listed(tx, call, all)
    })
    .await
}

pub async fn of_user(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let theirs = people::list_memberships(tx, Some(user), None, people::Seek::First, GROUPS_OF_ONE_MAX)?;
        let mut all = people::list_groups(tx)?;
        all.retain(|group| theirs.iter().any(|it| it.group == group.id));
        listed(tx, call, all)
    })
    .await
}

fn listed(tx: &mut Tx, call: &Call, all: Vec<Group>) -> Answer {
    let (paging, urls) = (call.paging()?, Urls::of(tx)?);
    let page = Paged::of_all(all, &paging)?.map(|group| GroupShape::of(&group, &urls));
    Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "groups", page))))
}

pub async fn count(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let value = people::list_groups(tx)?.len() as i64;
        Ok(Reply::one("count", CountShape { value, refreshed_at: iso(tx.now()) }))
    })
    .await
}

pub async fn show(Id(group): Id<GroupId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("group", found(tx, group)?))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<GroupBody>()?.group;
    call.write(move |tx, _| {
        let command = CreateGroup {
            name: wanted.name.clone().unwrap_or_default(),
            description: wanted.description.clone().unwrap_or_default(),
        };
        let id = people::create_group(tx, &command)?;
        let shape = found(tx, id)?;
        Ok(Reply::created(shape.url.clone(), json!({ "group": shape })))
    })
    .await
}

pub async fn update(Id(group): Id<GroupId>, call: Call) -> Answer {
    let wanted = call.body::<GroupBody>()?.group;
    call.write(move |tx, _| {
        let command = UpdateGroup {
            group,
            name: wanted.name.clone(),
            description: wanted.description.clone(),
            make_default: wanted.default == Some(true),
        };
        people::update_group(tx, &command)?;
        Ok(Reply::one("group", found(tx, group)?))
    })
    .await
}

pub async fn destroy(Id(group): Id<GroupId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        people::delete_group(tx, group)?;
        Ok(Reply::nothing())
    })
    .await
}

fn found(tx: &mut Tx, id: GroupId) -> Result<GroupShape, Problem> {
    let urls = Urls::of(tx)?;
    let group = people::find_group(tx, id)?.filter(|it| it.deleted_at.is_none()).ok_or(Problem::NotFound)?;
    Ok(GroupShape::of(&group, &urls))
}
