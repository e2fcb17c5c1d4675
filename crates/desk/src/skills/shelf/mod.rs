//! Keeping the library: what a skill stands on, two skills becoming one, and the whole of it as a spreadsheet.
//!
//! Tables: `skill_prerequisites`, `skill_merges`, and whatever names a skill. Events: `PrerequisitesSet`, `SkillMerged`,
//! `SkillMergeUndone`. A merge writes down every row that it moves, so that it can be taken back.

mod merge;
pub(in crate::skills) mod moved {
    pub(in crate::skills) use super::merge::MovedRows;
}
mod prerequisites;
mod sheet;

pub use merge::{MergeSkills, SkillMerge, list_merges, merge_skills, undo_merge};
pub use prerequisites::{Prerequisite, prerequisites_of, set_prerequisites};
pub use sheet::{Imported, import_library, import_words, library_as_csv};

use super::SkillsError;
use crate::{Kind, Refusal, Tx, UnknownLanguage};

pub const PREREQUISITES_MAX: usize = 12;
pub const SHEET_BYTES_MAX: usize = 4 * 1024 * 1024;
pub const SHEET_LINES_MAX: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("only leads may change the library")]
    NotALead,
    #[error("there is no such skill")]
    NoSuchSkill,
    #[error("a skill cannot become itself")]
    SameSkill,
    #[error("a retired skill takes no other in")]
    IntoIsRetired,
    #[error("there is no such merge")]
    NoSuchMerge,
    #[error("this merge has been taken back already")]
    UndoneAlready,
    #[error("take the later merge of these skills back first")]
    NotTheLast,
    #[error("a skill cannot stand on itself, not even by way of others")]
    Circle,
    #[error("a level lies above 0 and up to 5")]
    LevelIsWrong,
    #[error("a skill may stand on at most {PREREQUISITES_MAX} others")]
    TooManyPrerequisites,
    #[error("line {line}: {reason}")]
    LineIsWrong { line: u64, reason: String },
    #[error(
        "the first line must name the columns; at least name (or preferredLabel, or Element Name) is needed"
    )]
    NoHeader,
    #[error("a file may have at most {SHEET_LINES_MAX} lines and {} MB", SHEET_BYTES_MAX / 1024 / 1024)]
    FileIsTooLarge,
    #[error(transparent)]
    LanguageIsWrong(#[from] UnknownLanguage),
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for ShelfError {
    fn kind(&self) -> Kind {
        use ShelfError::*;
        match self {
            NotALead => Kind::Forbidden,
            NoSuchSkill | NoSuchMerge => Kind::NotFound,
            SameSkill
            | IntoIsRetired
            | Circle
            | LevelIsWrong
            | LineIsWrong { .. }
            | NoHeader
            | LanguageIsWrong(_) => Kind::Invalid,
            UndoneAlready | NotTheLast => Kind::Conflict,
            TooManyPrerequisites | FileIsTooLarge => Kind::TooMuch,
            Skills(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use ShelfError::*;
        match self {
            SameSkill | IntoIsRetired => Some("into"),
            Circle | TooManyPrerequisites => Some("needs"),
            LevelIsWrong => Some("level"),
            LineIsWrong { .. } | NoHeader | FileIsTooLarge => Some("csv"),
            LanguageIsWrong(_) => Some("language"),
            Skills(error) => error.field(),
            _ => None,
        }
    }
}

fn only_leads(tx: &Tx) -> Result<(), ShelfError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(ShelfError::NotALead) }
}
