//! The keeping of the library of skills in JSON: suggestions, merges, prerequisites and imports.

use super::SkillNameShape;
use crate::time::{iso, iso_if};
use desk::skills::planning::Suggestions;
use desk::skills::shelf::{Imported, Prerequisite, SkillMerge};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct SuggestionsShape {
    pub days: i64,
    pub ticket_count: usize,
    /// Tickets for which no skill of substance is known.
    pub unanswered_count: usize,
    pub missing: Vec<MissingWordShape>,
    pub unused: Vec<SkillNameShape>,
}

#[derive(Serialize, ToSchema)]
pub struct MissingWordShape {
    pub words: String,
    pub ticket_count: usize,
    /// How many times as frequent as among the other tickets.
    pub lift: f64,
    pub example_ticket_id: i64,
}

impl SuggestionsShape {
    pub fn of(it: &Suggestions) -> SuggestionsShape {
        let missing = it.missing.iter().map(|it| MissingWordShape {
            words: it.words.clone(),
            ticket_count: it.tickets,
            lift: it.lift,
            example_ticket_id: it.example.0.0,
        });
        SuggestionsShape {
            days: it.days,
            ticket_count: it.tickets,
            unanswered_count: it.unanswered,
            missing: missing.collect(),
            unused: it.unused.iter().map(|it| SkillNameShape::of(&it.skill)).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SkillMergeShape {
    pub id: i64,
    pub from: SkillNameShape,
    pub into: SkillNameShape,
    pub evidence_count: usize,
    pub created_at: String,
    pub undone_at: Option<String>,
}

impl SkillMergeShape {
    pub fn of(it: &SkillMerge) -> SkillMergeShape {
        SkillMergeShape {
            id: it.id.0,
            from: SkillNameShape::of(&it.from),
            into: SkillNameShape::of(&it.into),
            evidence_count: it.evidence,
            created_at: iso(it.at),
            undone_at: iso_if(it.undone_at),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct SkillMergeBody {
    pub skill_merge: SkillMergeChange,
}

/// Ids or keys.
#[derive(Deserialize, ToSchema)]
pub struct SkillMergeChange {
    pub from: String,
    pub into: String,
}

#[derive(Serialize, ToSchema)]
pub struct PrerequisiteShape {
    pub skill: SkillNameShape,
    pub level: f64,
}

impl PrerequisiteShape {
    pub fn of(it: &Prerequisite) -> PrerequisiteShape {
        PrerequisiteShape { skill: SkillNameShape::of(&it.skill), level: it.level }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct PrerequisitesBody {
    pub prerequisites: Vec<PrerequisiteBody>,
}

#[derive(Deserialize, ToSchema)]
pub struct PrerequisiteBody {
    pub skill_id: Option<i64>,
    /// Id or key, in place of `skill_id`.
    pub skill: Option<String>,
    pub level: f64,
}

#[derive(Deserialize, ToSchema)]
pub struct SkillImportBody {
    pub skill_import: SkillImportChange,
}

#[derive(Deserialize, ToSchema)]
pub struct SkillImportChange {
    /// The file's text; its first line names the columns.
    pub csv: String,
    /// Kind of what is new and says none; product without it.
    pub kind: Option<String>,
    /// Of the whole file, such as de: its words become those of the skills that it names by key, ESCO or O*NET.
    pub language: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SkillImportShape {
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    /// Words in other languages that are new or changed.
    pub words: usize,
    /// Lines of a file in one language that name no skill of this desk.
    pub unknown: usize,
}

impl SkillImportShape {
    pub fn of(it: &Imported) -> SkillImportShape {
        let Imported { created, changed, same, words, unknown } = *it;
        SkillImportShape { created, changed, same, words, unknown }
    }
}
