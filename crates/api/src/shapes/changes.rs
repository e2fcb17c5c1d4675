//! What bodies may hold. Fields that are not named here are ignored, so that clients may send whole records back.

use super::{PresenceChange, RequirementChange, SkillChange, SkillRatingChange, SkillRuleChange};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// `None`: not named, stays as it is. `Some(None)`: `null`, taken away.
pub type Change<T> = Option<Option<T>>;

pub(super) fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Change<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A number, also when a client writes it as text; `""` is none.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i64),
        Text(String),
    }
    match Option::<Written>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Written::Number(number)) => Ok(Some(number)),
        Some(Written::Text(text)) if text.is_empty() => Ok(None),
        Some(Written::Text(text)) => {
            text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("{text:?} is not an id")))
        }
    }
}

fn named_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Change<i64>, D::Error> {
    number(deserializer).map(Some)
}

/// A list, also when a client sends one value alone (`uploads: "token"`) or words in a row (`tags: "a b"`).
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Many(Vec<String>),
        One(String),
    }
    Ok(match Option::<Written>::deserialize(deserializer)? {
        None => None,
        Some(Written::Many(all)) => Some(all),
        Some(Written::One(text)) => {
            Some(text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect())
        }
    })
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct TicketChange {
    /// In bulk changes: which ticket.
    #[serde(default, deserialize_with = "number")]
    pub id: Option<i64>,
    pub subject: Option<String>,
    pub raw_subject: Option<String>,
    pub comment: Option<CommentChange>,
    /// The first comment, when `comment` is not given.
    pub description: Option<String>,
    pub requester: Option<RequesterChange>,
    #[serde(default, deserialize_with = "number")]
    pub requester_id: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub submitter_id: Option<i64>,
    #[serde(default, deserialize_with = "named_number")]
    #[schema(value_type = Option<i64>)]
    pub assignee_id: Change<i64>,
    pub assignee_email: Option<String>,
    #[serde(default, deserialize_with = "named_number")]
    #[schema(value_type = Option<i64>)]
    pub group_id: Change<i64>,
    /// new, open, pending, hold, solved, closed
    pub status: Option<String>,
    /// low, normal, high, urgent
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub priority: Change<String>,
    /// question, incident, problem, task
    #[serde(rename = "type", default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub kind: Change<String>,
    #[serde(default, deserialize_with = "words")]
    pub tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "words")]
    pub additional_tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "words")]
    pub remove_tags: Option<Vec<String>>,
    /// People in copy: ids, addresses, or `{name, email}`.
    pub collaborators: Option<Vec<PersonName>>,
    pub collaborator_ids: Option<Vec<i64>>,
    pub additional_collaborators: Option<Vec<PersonName>>,
    pub email_ccs: Option<Vec<CopyChange>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub external_id: Change<String>,
    #[serde(default, deserialize_with = "named_number")]
    #[schema(value_type = Option<i64>)]
    pub problem_id: Change<i64>,
    #[serde(default, deserialize_with = "number")]
    pub brand_id: Option<i64>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub due_at: Change<String>,
    /// The closed ticket that this one continues.
    #[serde(default, deserialize_with = "number")]
    pub via_followup_source_id: Option<i64>,
    /// When it is created: `{"channel": "chat"}`, `"message"` or `"voice"` for what is offered to somebody at once;
    /// anything else is a ticket by API.
    #[schema(value_type = Option<Object>)]
    pub via: Option<serde_json::Value>,
    /// Refuse with 409 when the ticket has changed since `updated_stamp`.
    pub safe_update: Option<bool>,
    pub updated_stamp: Option<String>,
}

/// Text alone is its body.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CommentChange {
    Whole(CommentBody),
    Text(String),
}

impl CommentChange {
    pub fn whole(&self) -> CommentBody {
        match self {
            CommentChange::Whole(body) => body.clone(),
            CommentChange::Text(text) => CommentBody { body: Some(text.clone()), ..CommentBody::default() },
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CommentBody {
    pub body: Option<String>,
    pub html_body: Option<String>,
    /// False: an internal note.
    pub public: Option<bool>,
    #[serde(default, deserialize_with = "number")]
    pub author_id: Option<i64>,
    /// Tokens of uploads.
    #[serde(default, deserialize_with = "words")]
    pub uploads: Option<Vec<String>>,
}

/// Somebody by address; an end user is made when nobody is known by it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RequesterChange {
    pub name: Option<String>,
    pub email: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PersonName {
    Id(i64),
    Address(String),
    Named(RequesterChange),
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CopyChange {
    #[serde(default, deserialize_with = "number")]
    pub user_id: Option<i64>,
    pub user_email: Option<String>,
    pub user_name: Option<String>,
    /// `put` (the default) or `delete`.
    pub action: Option<String>,
}

impl CopyChange {
    pub fn is_removal(&self) -> bool {
        self.action.as_deref() == Some("delete")
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct UserChange {
    /// In bulk changes: who.
    #[serde(default, deserialize_with = "number")]
    pub id: Option<i64>,
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub phone: Change<String>,
    /// end-user, light-agent, agent, lead, admin
    pub role: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    #[serde(default, deserialize_with = "named_number")]
    #[schema(value_type = Option<i64>)]
    pub organization_id: Change<i64>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub external_id: Change<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub signature: Change<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub details: Change<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub notes: Change<String>,
    pub verified: Option<bool>,
    pub suspended: Option<bool>,
    /// Further addresses and numbers, when somebody is made.
    pub identities: Option<Vec<IdentityChange>>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct IdentityChange {
    /// `email` or `phone_number`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<String>,
    pub verified: Option<bool>,
    pub primary: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OrganizationChange {
    #[serde(default, deserialize_with = "number")]
    pub id: Option<i64>,
    pub name: Option<String>,
    #[serde(default, deserialize_with = "words")]
    pub domain_names: Option<Vec<String>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub details: Change<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub notes: Change<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub external_id: Change<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct GroupChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub default: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MembershipChange {
    #[serde(default, deserialize_with = "number")]
    pub user_id: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub group_id: Option<i64>,
}

/// Tags; a ticket's are changed in one step.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct TagsBody {
    #[serde(default, deserialize_with = "words")]
    pub tags: Option<Vec<String>>,
    /// Refuse with 409 when the ticket has changed since `updated_stamp`.
    pub safe_update: Option<bool>,
    pub updated_stamp: Option<String>,
}

macro_rules! envelopes {
    ($($(#[$doc:meta])* $name:ident { $key:ident: $body:ty }),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, ToSchema)]
        pub struct $name {
            pub $key: $body,
        }
    )+ };
}

envelopes! {
    TicketBody { ticket: TicketChange },
    TicketsBody { tickets: Vec<TicketChange> },
    UserBody { user: UserChange },
    UsersBody { users: Vec<UserChange> },
    IdentityBody { identity: IdentityChange },
    OrganizationBody { organization: OrganizationChange },
    OrganizationsBody { organizations: Vec<OrganizationChange> },
    GroupBody { group: GroupChange },
    MembershipBody { group_membership: MembershipChange },
    SkillBody { skill: SkillChange },
    SkillRuleBody { skill_rule: SkillRuleChange },
    SkillRatingBody { skill_rating: SkillRatingChange },
    RequirementsBody { requirements: Vec<RequirementChange> },
    PresenceBody { presence: PresenceChange },
}

/// One change for all of `ids=`, or one for each.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ManyTicketsBody {
    pub ticket: Option<TicketChange>,
    pub tickets: Option<Vec<TicketChange>>,
}

/// What is merged into the ticket of the path, and what is said on both. Comments are internal unless said otherwise.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MergeBody {
    pub ids: Vec<i64>,
    pub target_comment: Option<String>,
    #[serde(default)]
    pub target_comment_is_public: bool,
    pub source_comment: Option<String>,
    #[serde(default)]
    pub source_comment_is_public: bool,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ManyUsersBody {
    pub user: Option<UserChange>,
    pub users: Option<Vec<UserChange>>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ManyOrganizationsBody {
    pub organization: Option<OrganizationChange>,
    pub organizations: Option<Vec<OrganizationChange>>,
}
