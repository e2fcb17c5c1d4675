//! `/group_memberships`: who is in which group.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging;
use crate::problem::Problem;
use crate::shapes::{MembershipBody, MembershipShape};
use desk::people::{self, Membership, Seek};
use desk::{GroupId, MembershipId, UserId};
use serde_json::{Value, json};

/// Rows that counting reads.
const COUNTED_MAX: usize = 100_000;

pub async fn index(call: Call) -> Answer {
    listed(call, None, None).await
}

pub async fn of_user(Id(user): Id<UserId>, call: Call) -> Answer {
    listed(call, Some(user), None).await
}

pub async fn of_group(Id(group): Id<GroupId>, call: Call) -> Answer {
    listed(call, None, Some(group)).await
}

async fn listed(call: Call, user: Option<UserId>, group: Option<GroupId>) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = paging::by_id(
            tx,
            &paging,
            |membership: &Membership| membership.id.0,
            |tx, seek, count| people::list_memberships(tx, user, group, seek, count),
            |tx| Ok(people::list_memberships(tx, user, group, Seek::First, COUNTED_MAX)?.len() as i64),
        )?;
        let page = page.map(|it| MembershipShape::of(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "group_memberships", page))))
    })
    .await
}

pub async fn show(Id(membership): Id<MembershipId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        // The row before it, so that the next one is it or nobody.
        let found = people::list_memberships(tx, None, None, Seek::After(membership.0 - 1), 1)?;
        let found = found.into_iter().find(|it| it.id == membership).ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("group_membership", MembershipShape::of(&found, &urls)))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<MembershipBody>()?.group_membership;
    let user = UserId(wanted.user_id.ok_or_else(|| Problem::missing("user_id"))?);
    let group = GroupId(wanted.group_id.ok_or_else(|| Problem::missing("group_id"))?);
    call.write(move |tx, _| {
        let membership = people::add_membership(tx, user, group)?;
        let urls = Urls::of(tx)?;
        let shape = MembershipShape::of(&membership, &urls);
        Ok(Reply::created(shape.url.clone(), json!({ "group_membership": shape })))
    })
    .await
}

pub async fn destroy(Id(membership): Id<MembershipId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        people::remove_membership(tx, membership)?;
        Ok(Reply::nothing())
    })
    .await
}
