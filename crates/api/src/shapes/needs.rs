//! What tickets need, and the rules that say so.

use super::SkillNameShape;
use crate::call::Urls;
use crate::time::iso;
use desk::skills::{Hardness, RequirementRow, SkillRule, Tried, TriedNeed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn hardness_word(hardness: Hardness) -> &'static str {
    match hardness {
        Hardness::Must => "must",
        Hardness::Prefer => "prefer",
        Hardness::Relax => "relax",
    }
}

pub fn hardness_of(word: &str) -> Option<Hardness> {
    [Hardness::Must, Hardness::Prefer, Hardness::Relax].into_iter().find(|it| hardness_word(*it) == word)
}

/// A skill that a ticket needs, and why.
#[derive(Serialize, ToSchema)]
pub struct RequirementShape {
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    /// must or prefer
    pub hardness: &'static str,
    /// rule or person
    pub source: &'static str,
    /// The customer's words that say so.
    pub because: Vec<String>,
}

impl RequirementShape {
    pub fn of(row: &RequirementRow) -> RequirementShape {
        RequirementShape {
            skill: SkillNameShape::of(&row.skill),
            level: row.level,
            weight: row.weight,
            hardness: hardness_word(row.hardness),
            source: row.source.name(),
            because: row.because.clone(),
        }
    }
}

/// "When a message says any of these, it needs this skill."
#[derive(Serialize, ToSchema)]
pub struct SkillRuleShape {
    pub url: String,
    pub id: i64,
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    pub hardness: &'static str,
    /// Two letters; null: in any language.
    pub language: Option<String>,
    pub phrases: Vec<String>,
    pub active: bool,
    pub created_at: String,
    pub updated_at: String,
}

impl SkillRuleShape {
    pub fn of(rule: &SkillRule, urls: &Urls) -> SkillRuleShape {
        SkillRuleShape {
            url: urls.resource(&format!("/skill_rules/{}", rule.id)),
            id: rule.id.0,
            skill: SkillNameShape::of(&rule.skill),
            level: rule.level,
            weight: rule.weight,
            hardness: hardness_word(rule.hardness),
            language: rule.language.clone(),
            phrases: rule.phrases.clone(),
            active: rule.disabled_at.is_none(),
            created_at: iso(rule.created_at),
            updated_at: iso(rule.updated_at),
        }
    }
}

/// What the desk would make of a text.
#[derive(Serialize, ToSchema)]
pub struct TriedShape {
    pub language: Option<String>,
    /// 0 none to 3 at once.
    pub urgency: i64,
    /// 0 none to 3 furious.
    pub anger: i64,
    pub tone_because: Vec<String>,
    pub needs: Vec<TriedNeedShape>,
}

#[derive(Serialize, ToSchema)]
pub struct TriedNeedShape {
    pub skill: SkillNameShape,
    pub level: f64,
    pub weight: f64,
    pub hardness: &'static str,
    pub because: Vec<String>,
    /// Empty for what follows from language, channel or tone.
    pub skill_rule_ids: Vec<i64>,
}

impl TriedShape {
    pub fn of(tried: &Tried) -> TriedShape {
        let need = |it: &TriedNeed| TriedNeedShape {
            skill: SkillNameShape::of(&it.skill),
            level: it.level,
            weight: it.weight,
            hardness: hardness_word(it.hardness),
            because: it.because.clone(),
            skill_rule_ids: it.rules.iter().map(|id| id.0).collect(),
        };
        TriedShape {
            language: tried.language.clone(),
            urgency: tried.urgency,
            anger: tried.anger,
            tone_because: tried.tone_because.clone(),
            needs: tried.needs.iter().map(need).collect(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillRuleChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    pub level: Option<f64>,
    pub weight: Option<f64>,
    /// must or prefer
    pub hardness: Option<String>,
    pub language: Option<String>,
    /// Whole words; `*` at an end stands for anything there.
    pub phrases: Option<Vec<String>>,
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RequirementChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    /// 0 to 5; 3 without it.
    pub level: Option<f64>,
    /// Above 0, at most 3; 1 without it.
    pub weight: Option<f64>,
    /// must or prefer; prefer without it
    pub hardness: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TextBody {
    /// A message; its first line is taken for the subject.
    pub text: String,
}
