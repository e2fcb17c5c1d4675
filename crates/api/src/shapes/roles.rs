//! Role profiles and readiness in JSON.

use super::SkillNameShape;
use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::skills::roles::views::{Measured, Missing, RoleOf, RolePage, RoleRow};
use desk::skills::roles::{RoleProfile, Who};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role in the list of all.
#[derive(Serialize, ToSchema)]
pub struct RoleRowShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    pub meaning: String,
    /// Skills that it asks for.
    pub requirement_count: usize,
    pub holder_count: usize,
    /// Holders of whom enough is known to say a figure.
    pub known_count: usize,
    /// Of those, the expected number who meet all of it; for leads.
    pub expected_ready: Option<f64>,
    /// The expected share of the role's weight that they meet, 0 to 1; for leads.
    pub met_weight: Option<f64>,
    /// What they most likely lack; for leads.
    pub weakest: Option<SkillNameShape>,
}

impl RoleRowShape {
    pub fn of(row: &RoleRow, urls: &Urls) -> RoleRowShape {
        RoleRowShape {
            url: urls.resource(&format!("/role_profiles/{}", row.id)),
            id: row.id.0,
            name: row.name.clone(),
            meaning: row.meaning.clone(),
            requirement_count: row.needs,
            holder_count: row.holders,
            known_count: row.enough,
            expected_ready: row.ready,
            met_weight: row.met_weight,
            weakest: row.weakest.as_ref().map(SkillNameShape::of),
        }
    }
}

/// The skills and levels of a job.
#[derive(Serialize, ToSchema)]
pub struct RoleProfileShape {
    pub url: String,
    pub id: i64,
    /// Stable; may stand wherever a role is asked for.
    pub key: String,
    pub name: String,
    pub meaning: String,
    /// Where its figures come from.
    pub source: String,
    pub requirements: Vec<RoleNeedShape>,
    pub active: bool,
    pub created_at: String,
    pub updated_at: String,
    pub retired_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct RoleNeedShape {
    pub skill: SkillNameShape,
    pub level: f64,
    /// Above 0, up to 1.
    pub weight: f64,
    /// Null: everyone in the role; else so many of those present.
    pub at_least: Option<u8>,
}

impl RoleProfileShape {
    pub fn of(role: &RoleProfile, urls: &Urls) -> RoleProfileShape {
        let need = |it: &desk::skills::roles::RoleNeed| RoleNeedShape {
            skill: SkillNameShape::of(&it.skill),
            level: it.level,
            weight: it.weight,
            at_least: at_least(it.who),
        };
        RoleProfileShape {
            url: urls.resource(&format!("/role_profiles/{}", role.id)),
            id: role.id.0,
            key: role.key.clone(),
            name: role.name.clone(),
            meaning: role.meaning.clone(),
            source: role.source.clone(),
            requirements: role.needs.iter().map(need).collect(),
            active: role.retired_at.is_none(),
            created_at: iso(role.created_at),
            updated_at: iso(role.updated_at),
            retired_at: iso_if(role.retired_at),
        }
    }
}

fn at_least(who: Who) -> Option<u8> {
    match who {
        Who::Everyone => None,
        Who::AtLeast(count) => Some(count),
    }
}

/// How likely one person meets all that a role asks of everyone.
#[derive(Serialize, ToSchema)]
pub struct MeasuredShape {
    pub user_id: i64,
    pub name: String,
    /// Null: too little has been seen at work.
    pub p_ready: Option<f64>,
    /// Between these it lies, whatever the skills have in common.
    pub bounds: Option<[f64; 2]>,
    pub met_weight: Option<f64>,
    pub asked_count: usize,
    /// Of those, how many were seen at work often enough and are met as likely as not; null: too little has been seen.
    pub met_count: Option<usize>,
    /// Skills among them that were seen at work often enough.
    pub seen_count: usize,
    /// The dearest first.
    pub missing: Vec<MissingShape>,
}

#[derive(Serialize, ToSchema)]
pub struct MissingShape {
    pub skill: SkillNameShape,
    pub asked: f64,
    /// Null: little seen.
    pub level: Option<f64>,
    /// Expected levels below what is asked.
    pub gap: f64,
    pub p_met: f64,
}

impl MeasuredShape {
    pub fn of(it: &Measured) -> MeasuredShape {
        let enough = it.is_enough();
        let missing = |it: &Missing| MissingShape {
            skill: SkillNameShape::of(&it.skill),
            asked: it.asked,
            level: it.seen.then_some(it.level),
            gap: it.gap,
            p_met: it.p_met,
        };
        MeasuredShape {
            user_id: it.user.0,
            name: it.name.clone(),
            p_ready: enough.then_some(it.p),
            bounds: enough.then_some([it.low, it.high]),
            met_weight: enough.then_some(it.met_weight),
            asked_count: it.asked,
            met_count: enough.then_some(it.met),
            seen_count: it.seen,
            missing: it.missing.iter().map(missing).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RoleReadinessShape {
    pub role_profile_id: i64,
    pub holders: Vec<HolderShape>,
    /// For leads.
    pub could_grow: Vec<MeasuredShape>,
}

#[derive(Serialize, ToSchema)]
pub struct HolderShape {
    pub user_id: i64,
    pub name: String,
    /// Null: not for this caller.
    pub readiness: Option<MeasuredShape>,
}

impl RoleReadinessShape {
    pub fn of(page: &RolePage) -> RoleReadinessShape {
        let holder = |it: &desk::skills::roles::views::Holder| HolderShape {
            user_id: it.user.0,
            name: it.name.clone(),
            readiness: it.measured.as_ref().map(MeasuredShape::of),
        };
        RoleReadinessShape {
            role_profile_id: page.role.id.0,
            holders: page.holders.iter().map(holder).collect(),
            could_grow: page.growing.iter().map(MeasuredShape::of).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RoleOfShape {
    pub role_profile_id: i64,
    pub name: String,
    pub has_it: bool,
    pub readiness: MeasuredShape,
}

impl RoleOfShape {
    pub fn of(it: &RoleOf) -> RoleOfShape {
        RoleOfShape {
            role_profile_id: it.role.0,
            name: it.name.clone(),
            has_it: it.has_it,
            readiness: MeasuredShape::of(&it.measured),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct RoleProfileBody {
    pub role_profile: RoleProfileChange,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub struct RoleProfileChange {
    pub name: Option<String>,
    pub meaning: Option<String>,
    pub source: Option<String>,
    /// All of them.
    pub requirements: Option<Vec<RoleNeedBody>>,
    pub active: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
pub struct RoleNeedBody {
    pub skill_id: Option<i64>,
    /// Id or key, in place of `skill_id`.
    pub skill: Option<String>,
    pub level: f64,
    pub weight: f64,
    pub at_least: Option<u8>,
}

#[derive(Deserialize, ToSchema)]
pub struct HoldersBody {
    pub user_ids: Vec<i64>,
}
