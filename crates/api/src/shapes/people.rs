//! Users, identities, organizations, groups and memberships as the API shows them.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::Role;
use desk::people::{Group, Identity, Membership, Organization, User};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct UserShape {
    pub id: i64,
    pub url: String,
    pub name: String,
    pub email: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub time_zone: String,
    pub iana_time_zone: String,
    pub phone: Option<String>,
    pub shared_phone_number: Option<bool>,
    #[schema(value_type = Option<Object>)]
    pub photo: Option<Value>,
    pub locale: String,
    pub organization_id: Option<i64>,
    /// `end-user`, `agent` or `admin`.
    pub role: &'static str,
    /// The same as this desk says it: `end-user`, `light-agent`, `agent`, `lead` or `admin`.
    pub desk_role: &'static str,
    /// An address or number is known to be theirs.
    pub verified: bool,
    pub external_id: Option<String>,
    pub tags: [String; 0],
    pub alias: Option<String>,
    /// False: deleted.
    pub active: bool,
    pub shared: bool,
    pub shared_agent: bool,
    pub last_login_at: Option<String>,
    pub two_factor_auth_enabled: bool,
    pub signature: Option<String>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub custom_role_id: Option<i64>,
    pub moderator: bool,
    pub ticket_restriction: Option<&'static str>,
    /// Light agents write internal comments only.
    pub only_private_comments: bool,
    pub restricted_agent: bool,
    pub suspended: bool,
    pub chat_only: bool,
    #[schema(value_type = Object)]
    pub user_fields: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<&'static str>,
}

impl UserShape {
    pub fn of(user: &User, verified: bool, urls: &Urls) -> UserShape {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        UserShape {
            id: user.id.0,
            url: urls.resource(&format!("/users/{}", user.id)),
            name: user.name.clone(),
            email: user.email.clone(),
            created_at: iso(user.created_at),
            updated_at: iso(user.updated_at),
            time_zone: user.time_zone.clone(),
            iana_time_zone: user.time_zone.clone(),
            phone: user.phone.clone(),
            shared_phone_number: None,
            photo: None,
            locale: user.locale.clone(),
            organization_id: user.organization_id.map(|id| id.0),
            role: role_name(user.role),
            desk_role: user.role.name(),
            verified,
            external_id: user.external_id.clone(),
            tags: [],
            alias: None,
            active: user.deleted_at.is_none(),
            shared: false,
            shared_agent: false,
            last_login_at: iso_if(user.last_sign_in_at),
            two_factor_auth_enabled: false,
            signature: some(&user.signature),
            details: some(&user.details),
            notes: some(&user.notes),
            custom_role_id: None,
            moderator: user.role.is_lead(),
            ticket_restriction: (user.role == Role::EndUser).then_some("requested"),
            only_private_comments: user.role == Role::LightAgent,
            restricted_agent: user.role != Role::Admin,
            suspended: user.suspended_at.is_some(),
            chat_only: false,
            user_fields: Map::new(),
            result_type: None,
        }
    }
}

/// The three roles that clients know.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::EndUser => "end-user",
        Role::LightAgent | Role::Agent | Role::Lead => "agent",
        Role::Admin => "admin",
    }
}

#[derive(Serialize, ToSchema)]
pub struct UserRelatedShape {
    pub assigned_tickets: i64,
    pub requested_tickets: i64,
    pub ccd_tickets: i64,
    pub organization_subscriptions: i64,
}

#[derive(Serialize, ToSchema)]
pub struct IdentityShape {
    pub url: String,
    pub id: i64,
    pub user_id: i64,
    /// `email` or `phone_number`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub value: String,
    pub verified: bool,
    pub primary: bool,
    pub created_at: String,
    pub updated_at: String,
    pub undeliverable_count: i64,
    pub deliverable_state: &'static str,
}

impl IdentityShape {
    pub fn of(identity: &Identity, urls: &Urls) -> IdentityShape {
        use desk::people::IdentityKind;
        IdentityShape {
            url: urls.resource(&format!("/users/{}/identities/{}", identity.user, identity.id)),
            id: identity.id.0,
            user_id: identity.user.0,
            kind: match identity.kind {
                IdentityKind::Email => "email",
                IdentityKind::Phone => "phone_number",
            },
            value: identity.value.clone(),
            verified: identity.verified_at.is_some(),
            primary: identity.is_primary,
            created_at: iso(identity.created_at),
            updated_at: iso(identity.verified_at.unwrap_or(identity.created_at)),
            undeliverable_count: 0,
            deliverable_state: "deliverable",
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct OrganizationShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    pub shared_tickets: bool,
    pub shared_comments: bool,
    pub external_id: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub deleted_at: Option<String>,
    pub domain_names: Vec<String>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub group_id: Option<i64>,
    pub tags: [String; 0],
    #[schema(value_type = Object)]
    pub organization_fields: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<&'static str>,
}

impl OrganizationShape {
    pub fn of(organization: &Organization, urls: &Urls) -> OrganizationShape {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        OrganizationShape {
            url: urls.resource(&format!("/organizations/{}", organization.id)),
            id: organization.id.0,
            name: organization.name.clone(),
            shared_tickets: false,
            shared_comments: false,
            external_id: organization.external_id.clone(),
            created_at: iso(organization.created_at),
            updated_at: iso(organization.updated_at),
            deleted_at: iso_if(organization.deleted_at),
            domain_names: organization.domains.clone(),
            details: some(&organization.details),
            notes: some(&organization.notes),
            group_id: None,
            tags: [],
            organization_fields: Map::new(),
            result_type: None,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct GroupShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    pub description: String,
    pub default: bool,
    pub is_public: bool,
    pub deleted: bool,
    pub created_at: String,
    pub updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<&'static str>,
}

impl GroupShape {
    pub fn of(group: &Group, urls: &Urls) -> GroupShape {
        GroupShape {
            url: urls.resource(&format!("/groups/{}", group.id)),
            id: group.id.0,
            name: group.name.clone(),
            description: group.description.clone(),
            default: group.is_default,
            is_public: true,
            deleted: group.deleted_at.is_some(),
            created_at: iso(group.created_at),
            updated_at: iso(group.updated_at),
            result_type: None,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct MembershipShape {
    pub url: String,
    pub id: i64,
    pub user_id: i64,
    pub group_id: i64,
    pub default: bool,
    pub created_at: String,
    pub updated_at: String,
}

impl MembershipShape {
    pub fn of(membership: &Membership, urls: &Urls) -> MembershipShape {
        MembershipShape {
            url: urls.resource(&format!("/group_memberships/{}", membership.id)),
            id: membership.id.0,
            user_id: membership.user.0,
            group_id: membership.group.0,
            default: membership.is_default,
            created_at: iso(membership.created_at),
            updated_at: iso(membership.created_at),
        }
    }
}
