//! Competencies in JSON, and how far people have them.

use super::SkillNameShape;
use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::skills::competencies::Competency;
use desk::skills::competencies::views::PersonWith;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Skills that are used together in live work, judged by behaviour.
#[derive(Serialize, ToSchema)]
pub struct CompetencyShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    /// What can be seen of whoever has it.
    pub behaviour: String,
    /// What can be seen at levels 1 to 5; empty where nothing is said.
    pub anchors: Vec<String>,
    /// The heaviest first.
    pub skills: Vec<CompetencySkillShape>,
    pub active: bool,
    pub updated_at: String,
    pub retired_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct CompetencySkillShape {
    pub skill: SkillNameShape,
    /// Above 0, up to 1.
    pub weight: f64,
}

impl CompetencyShape {
    pub fn of(it: &Competency, urls: &Urls) -> CompetencyShape {
        CompetencyShape {
            url: urls.resource(&format!("/competencies/{}", it.id)),
            id: it.id.0,
            name: it.name.clone(),
            behaviour: it.behaviour.clone(),
            anchors: it.anchors.to_vec(),
            skills: it
                .skills
                .iter()
                .map(|(skill, weight)| CompetencySkillShape {
                    skill: SkillNameShape::of(skill),
                    weight: *weight,
                })
                .collect(),
            active: it.retired_at.is_none(),
            updated_at: iso(it.updated_at),
            retired_at: iso_if(it.retired_at),
        }
    }
}

/// How far one person has a competency: from their levels in its skills.
#[derive(Serialize, ToSchema)]
pub struct CompetencyReadingShape {
    pub user_id: i64,
    pub name: String,
    /// 0 to 5, and its standard deviation.
    pub level: f64,
    pub sd: f64,
    /// 80 %.
    pub interval: [f64; 2],
    /// P(level 3 or above).
    pub p_independent: f64,
    /// The share of its weight in skills that were seen.
    pub seen_weight: f64,
}

impl CompetencyReadingShape {
    pub fn of(it: &PersonWith) -> CompetencyReadingShape {
        CompetencyReadingShape {
            user_id: it.user.0,
            name: it.name.clone(),
            level: it.level,
            sd: it.sd,
            interval: it.interval.into(),
            p_independent: it.p_independent,
            seen_weight: it.seen,
        }
    }
}

/// One competency of a person.
#[derive(Serialize, ToSchema)]
pub struct CompetencyOfShape {
    pub competency_id: i64,
    pub competency: String,
    pub reading: CompetencyReadingShape,
}

impl CompetencyOfShape {
    pub fn of((competency, person): &(Competency, PersonWith)) -> CompetencyOfShape {
        CompetencyOfShape {
            competency_id: competency.id.0,
            competency: competency.name.clone(),
            reading: CompetencyReadingShape::of(person),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct CompetencyBody {
    pub competency: CompetencyChange,
}

#[derive(Clone, Default, Deserialize, ToSchema)]
pub struct CompetencyChange {
    pub name: Option<String>,
    pub behaviour: Option<String>,
    /// What can be seen at levels 1 to 5, in this order.
    pub anchors: Option<Vec<String>>,
    /// All of them, in place of what was there.
    pub skills: Option<Vec<CompetencySkillChange>>,
    /// False: retired.
    pub active: Option<bool>,
}

#[derive(Clone, Deserialize, ToSchema)]
pub struct CompetencySkillChange {
    pub skill_id: Option<i64>,
    /// The key, in place of the id.
    pub skill: Option<String>,
    /// Above 0, up to 1.
    pub weight: f64,
}
