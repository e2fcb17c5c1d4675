//! Competencies: skills that are used together in live work, judged by behaviour.
//!
//! A lead writes one with what can be seen of it, at each level, and the skills in it, with weights; some are shipped. A category of a scorecard may name one:
//! it is then evidence of these skills. A role may ask for one: it then asks for each of them. How far people have it follows
//! from their levels in its skills. Tables: `competencies`, `competency_skills`,
//! `competency_words`. Event: `CompetencyChanged`. Path:
//! `/skills/competencies`.

mod edit;
mod shipped;
pub(in crate::skills) mod store;
pub mod views;
mod words;

pub use edit::{
    WriteCompetency, create_competency, restore_competency, retire_competency, update_competency,
};
pub use shipped::{add_shipped, count_missing};
pub(crate) use shipped::{lay_competencies, lay_competency_words};
pub use store::{find_competency, list_competencies, list_shown_competencies};
pub use words::{CompetencyWords, LANGUAGES_PER_COMPETENCY_MAX, set_words, words_of};

use super::{SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, SkillSummary};
use crate::{CompetencyId, Kind, Refusal, UnknownLanguage};
use serde::Serialize;

pub const COMPETENCIES_MAX: usize = 200;
pub const SKILLS_PER_COMPETENCY_MAX: usize = 5;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Competency {
    pub id: CompetencyId,
    pub name: String,
    /// What can be seen of whoever has it.
    pub behaviour: String,
    /// What can be seen at levels 1 to 5; empty where nothing is said.
    pub anchors: [String; 5],
    /// The heaviest first; weights lie above 0 and not above 1.
    pub skills: Vec<(SkillSummary, f64)>,
    pub updated_at: i64,
    pub retired_at: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
pub enum CompetencyError {
    #[error("only staff may look at competencies")]
    NotStaff,
    #[error("only leads may change competencies")]
    NotALead,
    #[error("there is no such person among the staff")]
    NoSuchPerson,
    #[error("there is no such competency")]
    NoSuchCompetency,
    #[error("a name is needed, of at most {SKILL_NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("a name has at most {SKILL_NAME_CHARS_MAX} characters")]
    NameIsTooLong,
    #[error("there is a competency with this name already")]
    NameIsTaken,
    #[error("say in at most {SKILL_TEXT_CHARS_MAX} characters what can be seen of whoever has it")]
    BehaviourIsWrong,
    #[error("say in at most {SKILL_TEXT_CHARS_MAX} characters what can be seen at a level")]
    AnchorIsTooLong,
    #[error("a competency has 2 to {SKILLS_PER_COMPETENCY_MAX} different skills of the library")]
    SkillsAreWrong,
    #[error("a weight lies above 0 and not above 1")]
    WeightIsWrong,
    #[error("there may be at most {COMPETENCIES_MAX} competencies")]
    TooMany,
    #[error("a competency has words in at most {LANGUAGES_PER_COMPETENCY_MAX} languages")]
    TooManyLanguages,
    #[error(transparent)]
    LanguageIsWrong(#[from] UnknownLanguage),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for CompetencyError {
    fn kind(&self) -> Kind {
        use CompetencyError::*;
        match self {
            NotStaff | NotALead => Kind::Forbidden,
            NoSuchPerson | NoSuchCompetency => Kind::NotFound,
            NameIsWrong | NameIsTooLong | BehaviourIsWrong | AnchorIsTooLong | SkillsAreWrong
            | WeightIsWrong | LanguageIsWrong(_) => Kind::Invalid,
            NameIsTaken => Kind::Conflict,
            TooMany | TooManyLanguages => Kind::TooMuch,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use CompetencyError::*;
        match self {
            NameIsWrong | NameIsTooLong | NameIsTaken => Some("name"),
            BehaviourIsWrong => Some("behaviour"),
            AnchorIsTooLong => Some("anchors"),
            SkillsAreWrong => Some("skill"),
            WeightIsWrong => Some("weight"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        matches!(self, CompetencyError::NameIsTaken)
    }
}
