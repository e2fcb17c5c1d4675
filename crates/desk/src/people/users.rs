//! Create, change, suspend and delete people; find or create the sender of a message.

use super::folding::{claimed_name, clean_name, fold_address, is_locale, is_time_zone, limited_text};
use super::{IdentityKind, PeopleError, User, store};
use crate::events::{self, Event};
use crate::{Actor, OrganizationId, Role, Tx, UserId, settings};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateUser {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub role: Role,
    /// The company's, if not given.
    pub locale: Option<String>,
    /// The company's, if not given.
    pub time_zone: Option<String>,
    /// The one that owns the address's domain, if not given.
    pub organization: Option<OrganizationId>,
    /// The address is known to be theirs.
    pub verified: bool,
    pub signature: String,
    pub details: String,
    pub notes: String,
    pub external_id: Option<String>,
}

impl Default for CreateUser {
    fn default() -> Self {
        CreateUser {
            name: String::new(),
            email: None,
            phone: None,
            role: Role::EndUser,
            locale: None,
            time_zone: None,
            organization: None,
            verified: false,
            signature: String::new(),
            details: String::new(),
            notes: String::new(),
            external_id: None,
        }
    }
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateUser {
    pub user: UserId,
    pub name: Option<String>,
    /// Becomes the primary address; the old one stays an identity.
    pub email: Option<String>,
    pub phone: Option<Option<String>>,
    pub role: Option<Role>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    pub organization: Option<Option<OrganizationId>>,
    pub signature: Option<String>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub external_id: Option<Option<String>>,
    /// Refuse when the person has changed since this version was read.
    pub version: Option<i64>,
}

impl UpdateUser {
    /// A change of this person that changes nothing yet.
    pub fn of(user: UserId) -> Self {
        UpdateUser {
            user,
            name: None,
            email: None,
            phone: None,
            role: None,
            locale: None,
            time_zone: None,
            organization: None,
            signature: None,
            details: None,
            notes: None,
            external_id: None,
            version: None,
        }
    }

    /// Only what everybody may change of themselves.
    fn is_personal(&self) -> bool {
        self.email.is_none()
            && self.role.is_none()
            && self.organization.is_none()
            && self.details.is_none()
            && self.notes.is_none()
            && self.external_id.is_none()
    }
}

/// Admins may change everybody, agents end users.
pub(super) fn may_change(actor: Actor, user: &User) -> Result<(), PeopleError> {
    match user.role {
        _ if actor.is_admin() => Ok(()),
        Role::EndUser if actor.is_agent() => Ok(()),
        Role::EndUser => Err(PeopleError::MayNotChangePerson),
        _ => Err(PeopleError::OnlyAdminsChangeStaff),
    }
}

pub fn create_user(tx: &mut Tx, command: &CreateUser) -> Result<UserId, PeopleError> {
    let actor = *tx.actor();
    if !actor.is_agent() {
        return Err(PeopleError::MayNotChangePerson);
    }
    if command.role != Role::EndUser && !actor.is_admin() {
        return Err(PeopleError::OnlyAdminsChangeStaff);
    }
    let email = command.email.as_deref().map(folded_address).transpose()?;
    let company = settings::company(tx)?;
    let organization_id = match (command.organization, &email) {
        (Some(organization), _) => Some(existing_organization(tx, organization)?),
        (None, Some(email)) if command.role == Role::EndUser => {
            store::find_organization_by_domain(tx, email)?
        }
        _ => None,
    };
    let user = User {
        id: UserId(0),
        name: clean_name(&command.name)?,
        role: command.role,
        email,
        phone: command.phone.as_deref().map(clean_phone).transpose()?.flatten(),
        locale: valid_locale(command.locale.as_deref().unwrap_or(&company.locale))?,
        time_zone: valid_time_zone(command.time_zone.as_deref().unwrap_or(&company.time_zone))?,
        organization_id,
        signature: limited_text(&command.signature)?,
        details: limited_text(&command.details)?,
        notes: limited_text(&command.notes)?,
        external_id: command.external_id.clone().filter(|id| !id.is_empty()),
        created_at: tx.now(),
        updated_at: tx.now(),
        last_sign_in_at: None,
        suspended_at: None,
        deleted_at: None,
        version: 0,
        has_password: false,
    };
    insert(tx, user, command.verified)
}

/// Whoever writes from this address; a new end user if nobody is known by it.
///
/// Two messages that come at the same moment find the same person.
pub fn requester_for(tx: &mut Tx, address: &str, name: Option<&str>) -> Result<UserId, PeopleError> {
    if !tx.actor().is_agent() {
        return Err(PeopleError::MayNotChangePerson);
    }
    let address = folded_address(address)?;
    if let Some(known) = store::find_identity_by_value(tx, IdentityKind::Email, &address)? {
        return Ok(known.user);
    }
    lock_identity(tx, &address)?;
    if let Some(known) = store::find_identity_by_value(tx, IdentityKind::Email, &address)? {
        return Ok(known.user);
    }
    let company = settings::company(tx)?;
    let user = User {
        id: UserId(0),
        name: claimed_name(name, &address),
        role: Role::EndUser,
        organization_id: store::find_organization_by_domain(tx, &address)?,
        email: Some(address),
        phone: None,
        locale: company.locale,
        time_zone: company.time_zone,
        signature: String::new(),
        details: String::new(),
        notes: String::new(),
        external_id: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        last_sign_in_at: None,
        suspended_at: None,
        deleted_at: None,
        version: 0,
        has_password: false,
    };
    insert(tx, user, false)
}

fn insert(tx: &mut Tx, user: User, verified: bool) -> Result<UserId, PeopleError> {
    let now = tx.now();
    let id = store::insert_user(tx, &user)?;
    if let Some(email) = &user.email {
        lock_identity(tx, email)?;
        store::insert_identity(tx, id, IdentityKind::Email, email, true, verified.then_some(now))?
            .ok_or_else(|| PeopleError::AddressIsTaken(email.clone()))?;
    }
    if user.role.is_agent() {
        join_default_group(tx, id)?;
    }
    store::index_user(tx, id)?;
    events::record(tx, &Event::UserCreated { user: id })?;
    Ok(id)
}

/// An agent without a group could be given nothing.
fn join_default_group(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    if store::list_memberships(tx, Some(user), None, store::Seek::First, 1)?.is_empty() {
        let group = settings::default_group(tx)?;
        store::insert_membership(tx, user, group)?;
        store::save_default_membership(tx, user, group)?;
    }
    Ok(())
}

/// Changing nothing tells nobody.
pub fn update_user(tx: &mut Tx, command: &UpdateUser) -> Result<User, PeopleError> {
    let actor = *tx.actor();
    let before = existing(tx, command.user)?;
    if !(actor.is(before.id) && command.is_personal()) {
        may_change(actor, &before)?;
    }
    if command.role.is_some_and(|role| role != before.role) && !actor.is_admin() {
        return Err(PeopleError::OnlyAdminsChangeStaff);
    }
    if command.version.is_some_and(|version| version != before.version) {
        return Err(PeopleError::ChangedMeanwhile);
    }
    let mut after = changed(tx, &before, command)?;
    let fields = changed_fields(&before, &after);
    if fields.is_empty() {
        return Ok(before);
    }
    if before.role == Role::Admin && after.role != Role::Admin {
        keep_an_admin(tx, &before)?;
    }
    if let Some(email) = after.email.clone().filter(|_| before.email != after.email) {
        move_primary_address(tx, before.id, &email)?;
    }
    if !store::save_user(tx, &mut after)? {
        return Err(PeopleError::ChangedMeanwhile);
    }
    if before.role != after.role {
        change_of_role(tx, &before, &after)?;
    }
    store::index_user(tx, after.id)?;
    events::record(tx, &Event::UserChanged { user: after.id, fields })?;
    Ok(after)
}

fn changed(tx: &mut Tx, before: &User, command: &UpdateUser) -> Result<User, PeopleError> {
    let mut after = before.clone();
    if let Some(name) = &command.name {
        after.name = clean_name(name)?;
    }
    if let Some(email) = &command.email {
        after.email = Some(folded_address(email)?);
    }
    if let Some(phone) = &command.phone {
        after.phone = phone.as_deref().map(clean_phone).transpose()?.flatten();
    }
    if let Some(role) = command.role {
        after.role = role;
    }
    if let Some(locale) = &command.locale {
        after.locale = valid_locale(locale)?;
    }
    if let Some(time_zone) = &command.time_zone {
        after.time_zone = valid_time_zone(time_zone)?;
    }
    if let Some(organization) = command.organization {
        after.organization_id = match organization {
            Some(organization) => Some(existing_organization(tx, organization)?),
            None => None,
        };
    }
    if let Some(signature) = &command.signature {
        after.signature = limited_text(signature)?;
    }
    if let Some(details) = &command.details {
        after.details = limited_text(details)?;
    }
    if let Some(notes) = &command.notes {
        after.notes = limited_text(notes)?;
    }
    if let Some(external_id) = &command.external_id {
        after.external_id = external_id.clone().filter(|id| !id.is_empty());
    }
    Ok(after)
}

fn changed_fields(before: &User, after: &User) -> Vec<String> {
    let fields = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("phone", before.phone != after.phone),
        ("role", before.role != after.role),
        ("locale", before.locale != after.locale),
        ("time_zone", before.time_zone != after.time_zone),
        ("organization_id", before.organization_id != after.organization_id),
        ("signature", before.signature != after.signature),
        ("details", before.details != after.details),
        ("notes", before.notes != after.notes),
        ("external_id", before.external_id != after.external_id),
    ];
    fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect()
}

/// The new address is theirs already, or nobody's.
fn move_primary_address(tx: &mut Tx, user: UserId, email: &str) -> Result<(), PeopleError> {
    lock_identity(tx, email)?;
    let identity = match store::find_identity_by_value(tx, IdentityKind::Email, email)? {
        Some(known) if known.user == user => known.id,
        Some(_) => return Err(PeopleError::AddressIsTaken(email.to_owned())),
        None => store::insert_identity(tx, user, IdentityKind::Email, email, false, None)?
            .ok_or_else(|| PeopleError::AddressIsTaken(email.to_owned()))?,
    };
    Ok(store::save_primary(tx, user, identity)?)
}

fn change_of_role(tx: &mut Tx, before: &User, after: &User) -> Result<(), PeopleError> {
    if after.role.is_agent() {
        join_default_group(tx, after.id)?;
    }
    if before.role.is_staff() && !after.role.is_staff() {
        leave_groups(tx, after.id)?;
    }
    Ok(())
}

fn leave_groups(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    let memberships =
        store::list_memberships(tx, Some(user), None, store::Seek::First, usize::from(u16::MAX))?;
    for membership in &memberships {
        store::delete_membership(tx, user, membership.group)?;
    }
    if !memberships.is_empty() {
        events::record(tx, &Event::MembershipsChanged { user })?;
    }
    Ok(())
}

/// A deleted person keeps the name on old tickets; their addresses become free, and nobody can sign in as them.
pub fn delete_user(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    let mut user = removable(tx, user)?;
    user.deleted_at = Some(tx.now());
    if !store::save_user(tx, &mut user)? {
        return Err(PeopleError::ChangedMeanwhile);
    }
    store::delete_identities_of(tx, user.id)?;
    leave_groups(tx, user.id)?;
    crate::access::shut_out(tx, user.id)?;
    store::index_user(tx, user.id)?;
    events::record(tx, &Event::UserDeleted { user: user.id })?;
    Ok(())
}

/// A suspended person cannot sign in, and their messages wait for a look.
pub fn suspend(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    let user = removable(tx, user)?;
    let now = tx.now();
    set_suspended(tx, user, Some(now))
}

pub fn unsuspend(tx: &mut Tx, user: UserId) -> Result<(), PeopleError> {
    let user = existing(tx, user)?;
    may_change(*tx.actor(), &user)?;
    set_suspended(tx, user, None)
}

fn set_suspended(tx: &mut Tx, mut user: User, suspended_at: Option<i64>) -> Result<(), PeopleError> {
    if user.suspended_at.is_some() == suspended_at.is_some() {
        return Ok(());
    }
    user.suspended_at = suspended_at;
    if !store::save_user(tx, &mut user)? {
        return Err(PeopleError::ChangedMeanwhile);
    }
    if suspended_at.is_some() {
        crate::access::shut_out(tx, user.id)?;
    }
    events::record(tx, &Event::UserChanged { user: user.id, fields: vec!["suspended".into()] })?;
    Ok(())
}

/// Somebody whom the actor may send away.
fn removable(tx: &mut Tx, user: UserId) -> Result<User, PeopleError> {
    let actor = *tx.actor();
    if actor.is(user) {
        return Err(PeopleError::NotToYourself);
    }
    let user = existing(tx, user)?;
    may_change(actor, &user)?;
    if user.role == Role::Admin {
        keep_an_admin(tx, &user)?;
    }
    Ok(user)
}

fn keep_an_admin(tx: &mut Tx, leaving: &User) -> Result<(), PeopleError> {
    tx.lock("admins")?;
    let others = store::count_active_admins(tx)? - i64::from(leaving.is_active());
    if others < 1 { Err(PeopleError::LastAdmin) } else { Ok(()) }
}

/// Two transactions that want the same address wait for each other.
pub(super) fn lock_identity(tx: &mut Tx, value: &str) -> Result<(), db::Error> {
    tx.lock(&format!("identity:{value}"))
}

/// Somebody who has not been deleted.
pub(super) fn existing(tx: &mut Tx, user: UserId) -> Result<User, PeopleError> {
    store::find_user(tx, user)?.filter(|user| user.deleted_at.is_none()).ok_or(PeopleError::NoSuchUser)
}

fn existing_organization(tx: &mut Tx, organization: OrganizationId) -> Result<OrganizationId, PeopleError> {
    let found = store::find_organization(tx, organization)?.filter(|it| it.deleted_at.is_none());
    found.map(|it| it.id).ok_or(PeopleError::NoSuchOrganization)
}

pub(super) fn folded_address(address: &str) -> Result<String, PeopleError> {
    fold_address(address).ok_or_else(|| PeopleError::AddressIsWrong(address.chars().take(100).collect()))
}

/// As it was written, without blanks around it; nothing if there is nothing.
fn clean_phone(phone: &str) -> Result<Option<String>, PeopleError> {
    let phone = phone.trim();
    match phone {
        "" => Ok(None),
        _ if super::fold_phone(phone).is_some() => Ok(Some(phone.to_owned())),
        _ => Err(PeopleError::PhoneIsWrong(phone.chars().take(100).collect())),
    }
}

fn valid_locale(locale: &str) -> Result<String, PeopleError> {
    is_locale(locale).then(|| locale.to_owned()).ok_or_else(|| PeopleError::LocaleIsWrong(locale.to_owned()))
}

fn valid_time_zone(name: &str) -> Result<String, PeopleError> {
    is_time_zone(name).then(|| name.to_owned()).ok_or_else(|| PeopleError::TimeZoneIsWrong(name.to_owned()))
}
