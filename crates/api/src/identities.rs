//! `/users/{id}/identities`: the addresses and numbers by which a person is known.

use crate::call::{Answer, Call, Id, Ids, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::{IdentityBody, IdentityChange, IdentityShape};
use desk::people::{self, AddIdentity, Identity, IdentityKind};
use desk::{IdentityId, Tx, UserId};
use serde_json::json;

pub async fn index(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        all_of(tx, user)
    })
    .await
}

pub async fn show(Ids(user, identity): Ids<UserId, IdentityId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let identity = theirs(tx, user, identity)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("identity", IdentityShape::of(&identity, &urls)))
    })
    .await
}

pub async fn create(Id(user): Id<UserId>, call: Call) -> Answer {
    let wanted = call.body::<IdentityBody>()?.identity;
    let kind = kind_in(&wanted)?;
    let value = wanted.value.ok_or_else(|| Problem::missing("value"))?;
    let (verified, primary) = (wanted.verified.unwrap_or(false), wanted.primary.unwrap_or(false));
    call.write(move |tx, _| {
        let command = AddIdentity { user, kind, value: value.clone(), verified };
        let id = people::add_identity(tx, &command)?;
        if primary {
            people::make_primary(tx, id)?;
        }
        let urls = Urls::of(tx)?;
        let shape = IdentityShape::of(&theirs(tx, user, id)?, &urls);
        Ok(Reply::created(shape.url.clone(), json!({ "identity": shape })))
    })
    .await
}

pub async fn make_primary(Ids(user, identity): Ids<UserId, IdentityId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        theirs(tx, user, identity)?;
        people::make_primary(tx, identity)?;
        all_of(tx, user)
    })
    .await
}

pub async fn verify(Ids(user, identity): Ids<UserId, IdentityId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        theirs(tx, user, identity)?;
        people::verify_identity(tx, identity)?;
        let identity = theirs(tx, user, identity)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("identity", IdentityShape::of(&identity, &urls)))
    })
    .await
}

pub async fn destroy(Ids(user, identity): Ids<UserId, IdentityId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        theirs(tx, user, identity)?;
        people::remove_identity(tx, identity)?;
        Ok(Reply::nothing())
    })
    .await
}

pub fn kind_in(wanted: &IdentityChange) -> Result<IdentityKind, Problem> {
    match wanted.kind.as_deref() {
        Some("email") => Ok(IdentityKind::Email),
        Some("phone_number" | "phone") => Ok(IdentityKind::Phone),
        Some(other) => Err(Problem::invalid("type", format!("{other:?} is neither email nor phone_number"))),
        None => Err(Problem::missing("type")),
    }
}

fn theirs(tx: &mut Tx, user: UserId, identity: IdentityId) -> Result<Identity, Problem> {
    people::find_identity(tx, identity)?.filter(|it| it.user == user).ok_or(Problem::NotFound)
}

fn all_of(tx: &mut Tx, user: UserId) -> Answer {
    people::find_user(tx, user)?.ok_or(Problem::NotFound)?;
    let urls = Urls::of(tx)?;
    let all: Vec<_> =
        people::list_identities(tx, user)?.iter().map(|it| IdentityShape::of(it, &urls)).collect();
    let count = all.len();
    Ok(Reply::ok(json!({ "identities": all, "count": count, "next_page": null, "previous_page": null })))
}
