//! Who writes and who answers: users, their identities, organizations, groups.
//!
//! Agents look after end users; only admins change roles and staff; everybody may change what is their own (name,
//! phone, language, time zone, signature). Plain `find_…` and `list_…` do not ask who looks: doors show their
//! results to staff only, and [`views`] check by themselves.

mod folding;
mod groups;
mod identities;
mod import;
mod organizations;
pub(crate) mod store;
mod users;
pub mod views;

pub(crate) use folding::fold_domain;
pub use folding::{fold_address, fold_phone, is_locale, is_time_zone, name_from_address};
pub use groups::{
    CreateGroup, UpdateGroup, add_membership, create_group, delete_group, remove_membership, set_memberships,
    update_group,
};
pub use identities::{AddIdentity, add_identity, make_primary, remove_identity, verify_identity};
pub use import::{ImportPeopleError, PEOPLE_PER_FILE_MAX, PeopleImported, import_people};
pub use organizations::{
    CreateOrganization, UpdateOrganization, create_organization, delete_organization, update_organization,
};
pub use store::{
    Seek, UserFilter, autocomplete_organizations, count_organizations, count_users, find_group,
    find_identity, find_organization, find_organization_by_domain, find_organization_by_external_id,
    find_organization_by_name, find_user, find_user_by_email, list_agent_names, list_agents, list_by_ids,
    list_changed_organizations, list_groups, list_groups_with_members, list_identities, list_memberships,
    list_organizations, list_organizations_by_ids, list_users, search_users, user_names, verified_among,
};
pub use users::{
    CreateUser, UpdateUser, create_user, delete_user, requester_for, suspend, unsuspend, update_user,
};

use crate::{Actor, GroupId, IdentityId, Kind, MembershipId, OrganizationId, Refusal, Role, UserId};
use serde::{Deserialize, Serialize};

pub const NAME_CHARS_MAX: usize = 255;
/// RFC 5321: a path of 256 with its brackets.
pub const ADDRESS_BYTES_MAX: usize = 254;
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Addresses and numbers of one person.
pub const IDENTITIES_PER_USER_MAX: usize = 50;
pub const DOMAINS_PER_ORGANIZATION_MAX: usize = 200;
pub const PEOPLE_PER_PAGE_MAX: usize = 100;

/// An agent, as far as choosing one needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentName {
    pub id: UserId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    /// The primary address, lower case.
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: String,
    pub time_zone: String,
    pub organization_id: Option<OrganizationId>,
    pub signature: String,
    pub details: String,
    pub notes: String,
    pub external_id: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_sign_in_at: Option<i64>,
    pub suspended_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub version: i64,
    pub has_password: bool,
}

impl User {
    /// May sign in and be given work.
    pub fn is_active(&self) -> bool {
        self.suspended_at.is_none() && self.deleted_at.is_none()
    }

    /// This person as the one who acts.
    pub fn actor(&self) -> Actor {
        Actor::person(self.id, self.role)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    Email,
    Phone,
}

impl IdentityKind {
    pub fn name(self) -> &'static str {
        match self {
            IdentityKind::Email => "email",
            IdentityKind::Phone => "phone",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [IdentityKind::Email, IdentityKind::Phone].into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    pub id: IdentityId,
    pub user: UserId,
    pub kind: IdentityKind,
    /// Folded: a lower-case address, or a number without blanks.
    pub value: String,
    pub is_primary: bool,
    pub verified_at: Option<i64>,
    pub created_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub details: String,
    pub notes: String,
    pub external_id: Option<String>,
    /// Lower case, in alphabetical order. Whoever writes from one of them belongs here.
    pub domains: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    /// New agents and tickets without a group come here.
    pub is_default: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    pub id: MembershipId,
    pub user: UserId,
    pub group: GroupId,
    pub is_default: bool,
    pub created_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupWithMembers {
    pub group: Group,
    /// Active staff, by name.
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub role: Role,
}

#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("only staff may look at people")]
    NotStaff,
    #[error("you may not change this person")]
    MayNotChangePerson,
    #[error("only admins may change roles and staff")]
    OnlyAdminsChangeStaff,
    #[error("only admins may change groups")]
    OnlyAdminsChangeGroups,
    #[error("only agents may change organizations")]
    OnlyAgentsChangeOrganizations,
    #[error("you cannot do this to yourself")]
    NotToYourself,
    #[error("the desk must keep at least one admin who can sign in")]
    LastAdmin,
    #[error("there is no such person")]
    NoSuchUser,
    #[error("there is no such address or number")]
    NoSuchIdentity,
    #[error("there is no such organization")]
    NoSuchOrganization,
    #[error("there is no such group")]
    NoSuchGroup,
    #[error("there is no such membership")]
    NoSuchMembership,
    #[error("a name is needed, of at most {NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("{0:?} is not an e-mail address")]
    AddressIsWrong(String),
    #[error("{0:?} is not a phone number")]
    PhoneIsWrong(String),
    #[error("{0:?} is not a language such as en or pt-BR")]
    LocaleIsWrong(String),
    #[error("{0:?} is not a time zone such as Europe/Berlin")]
    TimeZoneIsWrong(String),
    #[error("{0:?} is not a domain such as example.org")]
    DomainIsWrong(String),
    #[error("this text is longer than {} KiB", TEXT_BYTES_MAX / 1024)]
    TextIsTooLong,
    #[error("{0} already belongs to somebody else")]
    AddressIsTaken(String),
    #[error("an organization with this name exists already")]
    OrganizationExists,
    #[error("the domain {0} already belongs to another organization")]
    DomainIsTaken(String),
    #[error("a person may have at most {IDENTITIES_PER_USER_MAX} addresses and numbers")]
    TooManyIdentities,
    #[error("an organization may have at most {DOMAINS_PER_ORGANIZATION_MAX} domains")]
    TooManyDomains,
    #[error("make another address the primary one first")]
    IdentityIsPrimary,
    #[error("only an e-mail address can be the primary one")]
    NotAnAddress,
    #[error("only staff can be in groups")]
    OnlyStaffInGroups,
    #[error("the default group cannot be deleted")]
    GroupIsDefault,
    #[error("this group still has unsolved tickets; move them first")]
    GroupHasWork,
    #[error("the queue {0} names this group; change that first")]
    GroupIsInQueue(String),
    #[error("somebody else has just changed this person")]
    ChangedMeanwhile,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for PeopleError {
    fn kind(&self) -> Kind {
        use PeopleError::*;
        match self {
            NotStaff | MayNotChangePerson | OnlyAdminsChangeStaff | OnlyAdminsChangeGroups => Kind::Forbidden,
            OnlyAgentsChangeOrganizations | NotToYourself => Kind::Forbidden,
            NoSuchUser | NoSuchIdentity | NoSuchOrganization | NoSuchGroup | NoSuchMembership => {
                Kind::NotFound
            }
            NameIsWrong | AddressIsWrong(_) | PhoneIsWrong(_) | LocaleIsWrong(_) | TimeZoneIsWrong(_) => {
                Kind::Invalid
            }
            DomainIsWrong(_) | NotAnAddress | OnlyStaffInGroups => Kind::Invalid,
            AddressIsTaken(_) | OrganizationExists | DomainIsTaken(_) => Kind::Invalid,
            TextIsTooLong | TooManyIdentities | TooManyDomains => Kind::TooMuch,
            LastAdmin | IdentityIsPrimary | GroupIsDefault | GroupHasWork | GroupIsInQueue(_) => {
                Kind::Conflict
            }
            ChangedMeanwhile => Kind::Conflict,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use PeopleError::*;
        match self {
            NameIsWrong | OrganizationExists => Some("name"),
            AddressIsWrong(_) | AddressIsTaken(_) => Some("email"),
            PhoneIsWrong(_) => Some("phone"),
            LocaleIsWrong(_) => Some("locale"),
            TimeZoneIsWrong(_) => Some("time_zone"),
            DomainIsWrong(_) | DomainIsTaken(_) | TooManyDomains => Some("domain_names"),
            LastAdmin | OnlyAdminsChangeStaff => Some("role"),
            NoSuchOrganization => Some("organization_id"),
            NoSuchGroup | OnlyStaffInGroups => Some("group_id"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        use PeopleError::*;
        matches!(self, AddressIsTaken(_) | OrganizationExists | DomainIsTaken(_))
    }
}
