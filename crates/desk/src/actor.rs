//! Who acts, and what their role lets them do.

use crate::{Language, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The customer.
    EndUser,
    /// May read everything and write internal comments.
    LightAgent,
    Agent,
    Lead,
    Admin,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::EndUser, Role::LightAgent, Role::Agent, Role::Lead, Role::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Role::EndUser => "end-user",
            Role::LightAgent => "light-agent",
            Role::Agent => "agent",
            Role::Lead => "lead",
            Role::Admin => "admin",
        }
    }

    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Works here: may see tickets of others.
    pub fn is_staff(self) -> bool {
        self != Role::EndUser
    }

    /// May answer customers and change tickets.
    pub fn is_agent(self) -> bool {
        matches!(self, Role::Agent | Role::Lead | Role::Admin)
    }

    /// May plan, coach and look at everybody's numbers.
    pub fn is_lead(self) -> bool {
        matches!(self, Role::Lead | Role::Admin)
    }
}

impl db::ToParam for Role {
    fn to_param(&self) -> db::Param<'_> {
        db::Param::Text(self.name())
    }
}

impl db::FromColumn for Role {
    const WANTED: &'static str = "a role";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text(name) => Role::parse(name),
            _ => None,
        }
    }
}

/// Who acts: a signed-in person, or the desk itself (jobs, intake, set-up).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    user: Option<UserId>,
    role: Role,
    reads: Option<Language>,
}

impl Actor {
    pub fn person(user: UserId, role: Role) -> Self {
        Actor { user: Some(user), role, reads: None }
    }

    /// The desk itself. It may do what an admin may, and its changes carry nobody's name.
    pub fn desk() -> Self {
        Actor { user: None, role: Role::Admin, reads: None }
    }

    /// The same one, who reads names of skills in their own language where the desk has words in it.
    pub fn reading(self, language: Option<Language>) -> Self {
        Actor { reads: language, ..self }
    }

    /// `None`: names as they were written. Whatever is written keeps to these, so no command runs with a language.
    pub fn language(self) -> Option<Language> {
        self.reads
    }

    pub fn user(self) -> Option<UserId> {
        self.user
    }

    pub fn role(self) -> Role {
        self.role
    }

    pub fn is_desk(self) -> bool {
        self.user.is_none()
    }

    pub fn is_staff(self) -> bool {
        self.role.is_staff()
    }

    pub fn is_agent(self) -> bool {
        self.role.is_agent()
    }

    pub fn is_lead(self) -> bool {
        self.role.is_lead()
    }

    pub fn is_admin(self) -> bool {
        self.role == Role::Admin
    }

    pub fn is(self, user: UserId) -> bool {
        self.user == Some(user)
    }
}
