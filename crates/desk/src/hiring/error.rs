//! Why something about hiring was refused.

use super::*;
use crate::skills::SkillsError;
use crate::skills::planning::PlanError;
use crate::skills::roles::RoleError;
use crate::{Kind, Refusal};

#[derive(Debug, thiserror::Error)]
pub enum HiringError {
    #[error("only leads may do this")]
    NotALead,
    #[error("only staff may do this")]
    NotStaff,
    #[error("there is no such opening")]
    NoSuchOpening,
    #[error("there is no such candidate")]
    NoSuchCandidate,
    #[error("nobody scores themself")]
    OwnScorecard,
    #[error("interviewers work here, and are at most {INTERVIEWERS_MAX}")]
    InterviewersAreWrong,
    #[error("a title is needed, of at most {TITLE_CHARS_MAX} characters")]
    TitleIsWrong,
    #[error("a text may have at most {SUMMARY_CHARS_MAX} characters, and a place {TITLE_CHARS_MAX}")]
    TextIsTooLong,
    #[error("a note may have at most {NOTE_CHARS_MAX} characters")]
    NoteIsTooLong,
    #[error("1 to {SEATS_MAX} people")]
    SeatsAreWrong,
    #[error("an opening asks for 1 to {SKILLS_PER_OPENING_MAX} skills of the library, each once")]
    SkillsAreWrong,
    #[error("a level lies above 0 and not above 5")]
    LevelIsWrong,
    #[error("a weight lies above 0 and not above 1")]
    WeightIsWrong,
    #[error("say in a few words what the work is before everybody sees it")]
    SummaryIsMissing,
    #[error("there may be at most {OPENINGS_MAX} openings at a time")]
    TooManyOpenings,
    #[error("this opening is closed")]
    OpeningIsClosed,
    #[error("a name is needed, of at most {TITLE_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("write the address as in name@example.org, or leave it empty")]
    AddressIsWrong,
    #[error("this address is among the candidates already")]
    CandidateTwice,
    #[error("an opening may have at most {CANDIDATES_PER_OPENING_MAX} candidates")]
    TooManyCandidates,
    #[error("a score is a level from 0 to 5 in a skill that the opening asks")]
    ScoreIsWrong,
    #[error("score at least one skill")]
    NothingScored,
    #[error("a file may have at most {CSV_BYTES_MAX} bytes")]
    FileIsTooLarge,
    #[error("line {line}: {reason}")]
    LineIsWrong { line: u64, reason: String },
    #[error("this link leads nowhere; it may be too old, or the address has been deleted")]
    NoSuchAlert,
    #[error("this link leads nowhere; it may be too old, or what was sent has been deleted")]
    NoSuchApplication,
    #[error("no further applications are taken within this hour")]
    TooManyApplications,
    #[error("write at most {APPLICATION_WORDS_CHARS_MAX} characters")]
    WordsAreTooLong,
    #[error("an application is kept only with your consent")]
    ConsentIsMissing,
    #[error("the file may have at most {} MB", APPLICATION_FILE_BYTES_MAX / 1024 / 1024)]
    ApplicationFileIsTooLarge,
    #[error("no further addresses are taken at the moment")]
    TooManyAlerts,
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Roles(#[from] RoleError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for HiringError {
    fn kind(&self) -> Kind {
        use HiringError::*;
        match self {
            NotALead | NotStaff | OwnScorecard => Kind::Forbidden,
            NoSuchOpening | NoSuchCandidate | NoSuchAlert | NoSuchApplication => Kind::NotFound,
            OpeningIsClosed | CandidateTwice => Kind::Conflict,
            TooManyOpenings | TooManyCandidates | TooManyAlerts | TooManyApplications | FileIsTooLarge => {
                Kind::TooMuch
            }
            TitleIsWrong
            | InterviewersAreWrong
            | TextIsTooLong
            | NoteIsTooLong
            | SeatsAreWrong
            | SkillsAreWrong
            | LevelIsWrong
            | WeightIsWrong
            | SummaryIsMissing
            | NameIsWrong
            | AddressIsWrong
            | ScoreIsWrong
            | NothingScored
            | WordsAreTooLong
            | ConsentIsMissing
            | ApplicationFileIsTooLarge
            | LineIsWrong { .. } => Kind::Invalid,
            Skills(error) => error.kind(),
            Roles(error) => error.kind(),
            Plan(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use HiringError::*;
        match self {
            TitleIsWrong => Some("title"),
            TextIsTooLong | SummaryIsMissing => Some("summary"),
            NoteIsTooLong => Some("note"),
            SeatsAreWrong => Some("seats"),
            SkillsAreWrong => Some("skill"),
            LevelIsWrong => Some("level"),
            WeightIsWrong => Some("weight"),
            NameIsWrong => Some("name"),
            AddressIsWrong | CandidateTwice => Some("email"),
            ScoreIsWrong | NothingScored => Some("score"),
            FileIsTooLarge | ApplicationFileIsTooLarge | LineIsWrong { .. } => Some("file"),
            WordsAreTooLong => Some("words"),
            ConsentIsMissing => Some("consent"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        matches!(self, HiringError::CandidateTwice)
    }
}

pub(super) fn only_leads(tx: &crate::Tx) -> Result<(), HiringError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(HiringError::NotALead) }
}
