//! Asking a colleague in: a person who has no password yet, and a link that lets them choose one.

use super::links::{self, LinkError, LinkPurpose};
use super::{AccessError, HashedPassword, sessions};
use crate::people::{self, CreateUser, IdentityKind, PeopleError, UpdateUser};
use crate::{Actor, GroupId, Kind, Refusal, Role, Tx, UserId};

const INVITE_VALID_MS: i64 = 7 * 24 * 3_600_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Empty: the default group.
    pub groups: Vec<GroupId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    pub user: UserId,
    /// For the link; valid for seven days, once.
    pub token: String,
}

#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    #[error("only admins may invite colleagues")]
    OnlyAdmins,
    #[error("an invitation is for staff; customers need none")]
    NotForCustomers,
    #[error("this person works here already")]
    WorksHereAlready,
    #[error(transparent)]
    Person(#[from] PeopleError),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for InviteError {
    fn kind(&self) -> Kind {
        match self {
            InviteError::OnlyAdmins => Kind::Forbidden,
            InviteError::NotForCustomers => Kind::Invalid,
            InviteError::WorksHereAlready => Kind::Conflict,
            InviteError::Person(error) => error.kind(),
            InviteError::Link(error) => error.kind(),
            InviteError::Access(error) => error.kind(),
            InviteError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            InviteError::NotForCustomers => Some("role"),
            InviteError::WorksHereAlready => Some("email"),
            InviteError::Person(error) => error.field(),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        match self {
            InviteError::WorksHereAlready => true,
            InviteError::Person(error) => error.is_duplicate(),
            _ => false,
        }
    }
}

/// Somebody who has written to us before becomes a colleague with their history; inviting somebody again who has
/// not come yet gives a new link.
pub fn invite(tx: &mut Tx, command: &Invite) -> Result<Invited, InviteError> {
    if !tx.actor().is_admin() {
        return Err(InviteError::OnlyAdmins);
    }
    if !command.role.is_staff() {
        return Err(InviteError::NotForCustomers);
    }
    let user = match people::find_user_by_email(tx, &command.email)? {
        None => {
            let create = CreateUser {
                name: command.name.clone(),
                email: Some(command.email.clone()),
                role: command.role,
                ..CreateUser::default()
            };
            people::create_user(tx, &create)?
        }
        Some(known) if known.role.is_staff() && known.has_password => {
            return Err(InviteError::WorksHereAlready);
        }
        Some(known) => {
            let update = UpdateUser {
                name: Some(command.name.clone()),
                role: Some(command.role),
                ..UpdateUser::of(known.id)
            };
            people::update_user(tx, &update)?;
            // What a customer once chose must not open the desk for a colleague.
            if known.has_password {
                sessions::put_password(tx, known.id, None)?;
            }
            super::shut_out(tx, known.id)?;
            known.id
        }
    };
    if !command.groups.is_empty() {
        people::set_memberships(tx, user, &command.groups, None)?;
    }
    let token = links::create_link(tx, Some(user), LinkPurpose::Invite, INVITE_VALID_MS)?;
    Ok(Invited { user, token })
}

/// The link is the proof: it came to this person's address. Whoever calls this needs no other.
pub fn accept_invite(tx: &mut Tx, token: &str, password: &HashedPassword) -> Result<UserId, InviteError> {
    let user = links::use_link(tx, token, LinkPurpose::Invite)?.ok_or(LinkError::NotValid)?;
    sessions::put_password(tx, user, Some(password))?;
    let identities = people::list_identities(tx, user)?;
    let address =
        identities.iter().find(|identity| identity.is_primary && identity.kind == IdentityKind::Email);
    if let Some(address) = address.filter(|_| *tx.actor() == Actor::desk()) {
        people::verify_identity(tx, address.id)?;
    }
    Ok(user)
}
