//! The addresses and numbers by which a person is known.

use super::users::{existing, folded_address, lock_identity, may_change};
use super::{IDENTITIES_PER_USER_MAX, Identity, IdentityKind, PeopleError, fold_phone, store};
use crate::events::{self, Event};
use crate::{IdentityId, Tx, UserId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddIdentity {
    pub user: UserId,
    pub kind: IdentityKind,
    pub value: String,
    /// It is known to be theirs.
    pub verified: bool,
}

/// Adding what they already have changes nothing.
pub fn add_identity(tx: &mut Tx, command: &AddIdentity) -> Result<IdentityId, PeopleError> {
    let mut user = existing(tx, command.user)?;
    may_change(*tx.actor(), &user)?;
    let value = match command.kind {
        IdentityKind::Email => folded_address(&command.value)?,
        IdentityKind::Phone => fold_phone(&command.value)
            .ok_or_else(|| PeopleError::PhoneIsWrong(command.value.chars().take(100).collect()))?,
    };
    lock_identity(tx, &value)?;
    match store::find_identity_by_value(tx, command.kind, &value)? {
        Some(known) if known.user == user.id => return Ok(known.id),
        Some(_) => return Err(PeopleError::AddressIsTaken(value)),
        None => {}
    }
    if store::list_identities(tx, user.id)?.len() >= IDENTITIES_PER_USER_MAX {
        return Err(PeopleError::TooManyIdentities);
    }
    let verified_at = command.verified.then_some(tx.now());
    let first_address = command.kind == IdentityKind::Email && user.email.is_none();
    let identity = store::insert_identity(tx, user.id, command.kind, &value, first_address, verified_at)?
        .ok_or_else(|| PeopleError::AddressIsTaken(value.clone()))?;
    if first_address {
        user.email = Some(value);
        if !store::save_user(tx, &mut user)? {
            return Err(PeopleError::ChangedMeanwhile);
        }
    }
    store::index_user(tx, user.id)?;
    events::record(tx, &Event::IdentityAdded { user: user.id, identity })?;
    Ok(identity)
}

/// The primary address goes only when it is the last thing known.
pub fn remove_identity(tx: &mut Tx, identity: IdentityId) -> Result<(), PeopleError> {
    let (identity, mut user) = of_changeable_person(tx, identity)?;
    if identity.is_primary {
        if user.role.is_staff() || store::list_identities(tx, user.id)?.len() > 1 {
            return Err(PeopleError::IdentityIsPrimary);
        }
        user.email = None;
        if !store::save_user(tx, &mut user)? {
            return Err(PeopleError::ChangedMeanwhile);
        }
    }
    store::delete_identity(tx, identity.id)?;
    changed(tx, user.id)
}

pub fn verify_identity(tx: &mut Tx, identity: IdentityId) -> Result<(), PeopleError> {
    let (identity, user) = of_changeable_person(tx, identity)?;
    if identity.verified_at.is_some() {
        return Ok(());
    }
    store::save_verified(tx, identity.id)?;
    changed(tx, user.id)
}

/// Mail to the person goes to this address from now on.
pub fn make_primary(tx: &mut Tx, identity: IdentityId) -> Result<(), PeopleError> {
    let (identity, mut user) = of_changeable_person(tx, identity)?;
    if identity.kind != IdentityKind::Email {
        return Err(PeopleError::NotAnAddress);
    }
    if identity.is_primary {
        return Ok(());
    }
    store::save_primary(tx, user.id, identity.id)?;
    user.email = Some(identity.value);
    if !store::save_user(tx, &mut user)? {
        return Err(PeopleError::ChangedMeanwhile);
    }
    changed(tx, user.id)
}

fn of_changeable_person(tx: &mut Tx, identity: IdentityId) -> Result<(Identity, super::User), PeopleError> {
    let identity = store::find_identity(tx, identity)?.ok_or(PeopleError::NoSuchIdentity)?;
    let user = existing(tx, identity.user)?;
    may_change(*tx.actor(), &user)?;
    Ok((identity, user))
}

fn changed(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    store::index_user(tx, user)?;
    events::record(tx, &Event::UserChanged { user, fields: vec!["identities".into()] })?;
    Ok(())
}
