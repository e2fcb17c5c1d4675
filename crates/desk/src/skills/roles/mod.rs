//! Role profiles: the skills and levels of a job, who has it, and how ready they are.
//!
//! Tables: `role_profiles`, `role_requirements`, `role_holders`. Events: `RoleProfileChanged`, `RoleHoldersSet`. Path: a
//! lead writes a profile or starts from a shipped one, says who has the role, and the page shows from the beliefs how
//! likely each meets all of it.

mod edit;
mod store;
pub mod views;

pub use ::skills::Who;
pub use edit::{
    AskCompetency, NewNeed, SetHolders, WriteRole, ask_competency, create_role, restore_role, retire_role,
    set_holders, set_roles_of, update_role,
};
pub(crate) use store::lay_roles;
pub use store::{find_role, find_role_by_key, list_roles};

use super::{SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, SkillSummary};
use crate::{Kind, Refusal, RoleId};
use serde::Serialize;

pub const NEEDS_PER_ROLE_MAX: usize = 60;
pub const ROLES_MAX: usize = 200;
pub const ROLES_PER_PERSON_MAX: usize = 10;
pub const HOLDERS_PER_ROLE_MAX: usize = 1_000;
/// "At least so many of those present."
pub const AT_LEAST_MAX: u8 = 50;
/// What the shipped profiles start from.
pub const SHIPPED_SOURCE: &str = "O*NET 43-4051 and 15-1232 (CC BY 4.0): weight = (importance − 1) / 4, level = 5 · level / 7; rounded and completed by hand";

/// The skills and levels of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleProfile {
    pub id: RoleId,
    /// Stable, never shown.
    pub key: String,
    pub name: String,
    pub meaning: String,
    /// Where its figures come from.
    pub source: String,
    /// The heaviest first.
    pub needs: Vec<RoleNeed>,
    pub created_at: i64,
    pub updated_at: i64,
    pub retired_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleNeed {
    pub skill: SkillSummary,
    /// Above 0, up to 5.
    pub level: f64,
    /// Above 0, up to 1.
    pub weight: f64,
    pub who: Who,
}

#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    #[error("only staff may look at roles")]
    NotStaff,
    #[error("only leads may change roles")]
    NotALead,
    #[error("this person's levels are not shown to you")]
    NotForYou,
    #[error("there is no such role")]
    NoSuchRole,
    #[error("there is no such skill")]
    NoSuchSkill,
    #[error("there is no such person among the staff")]
    NoSuchPerson,
    #[error("a name is needed, of at most {SKILL_NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("there is a role with this name already")]
    NameIsTaken,
    #[error("a text may have at most {SKILL_TEXT_CHARS_MAX} characters")]
    TextIsTooLong,
    #[error("a role asks for a level above 0 and up to 5")]
    LevelIsWrong,
    #[error("a weight lies above 0 and not above 1")]
    WeightIsWrong,
    #[error("at least 1 and at most {AT_LEAST_MAX} of those present")]
    CountIsWrong,
    #[error("a skill stands twice")]
    SkillTwice,
    #[error("a role may ask for at most {NEEDS_PER_ROLE_MAX} skills")]
    TooManyNeeds,
    #[error("there may be at most {ROLES_MAX} roles, and {ROLES_PER_PERSON_MAX} of one person")]
    TooManyRoles,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for RoleError {
    fn kind(&self) -> Kind {
        use RoleError::*;
        match self {
            NotStaff | NotALead | NotForYou => Kind::Forbidden,
            NoSuchRole => Kind::NotFound,
            NoSuchSkill | NoSuchPerson | NameIsWrong | TextIsTooLong | LevelIsWrong | WeightIsWrong
            | CountIsWrong | SkillTwice => Kind::Invalid,
            NameIsTaken => Kind::Conflict,
            TooManyNeeds | TooManyRoles => Kind::TooMuch,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use RoleError::*;
        match self {
            NameIsWrong | NameIsTaken => Some("name"),
            LevelIsWrong => Some("level"),
            WeightIsWrong => Some("weight"),
            CountIsWrong => Some("who"),
            NoSuchSkill | SkillTwice | TooManyNeeds => Some("skill"),
            NoSuchPerson => Some("user"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        matches!(self, RoleError::NameIsTaken)
    }
}
