//! Why something about assessments was refused.

use super::*;
use crate::skills::SkillsError;
use crate::{Kind, Refusal};

#[derive(Debug, thiserror::Error)]
pub enum AssessmentError {
    #[error("only leads may do this")]
    NotALead,
    #[error("only staff may do this")]
    NotStaff,
    #[error("only the person and their leads may do this")]
    NotForYou,
    #[error("nobody confirms their own certificate")]
    OwnCertificate,
    #[error("there is no such campaign")]
    NoSuchCampaign,
    #[error("nobody asks you this")]
    NoSuchTask,
    #[error("this campaign is closed")]
    ClosedAlready,
    #[error("there is no such certificate")]
    NoSuchCertificate,
    #[error("there is no such skill check")]
    NoSuchCheck,
    #[error("the check has changed meanwhile; begin it again")]
    CheckChanged,
    #[error("you took this check less than {CHECK_AGAIN_AFTER_DAYS} days ago")]
    TakenLately,
    #[error("every question wants an answer")]
    AnswerIsMissing,
    #[error("a name is needed, of at most {NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("a text may have at most {TEXT_CHARS_MAX} characters")]
    TextIsWrong,
    #[error("choose 1 to {SKILLS_PER_CAMPAIGN_MAX} skills of the library")]
    SkillsAreWrong,
    #[error("choose at least one person, and somebody to ask")]
    NobodyIsAsked,
    #[error("ask {ANONYMOUS_PEERS_MIN} to {PEERS_EACH_MAX} colleagues about each person, or none")]
    PeersAreWrong,
    #[error("the end lies ahead, within a year")]
    EndIsWrong,
    #[error("a proof is a link that begins with https:// or http://")]
    LinkIsWrong,
    #[error("a certificate ends after it begins")]
    DatesAreWrong,
    #[error(
        "a check has 3 to {QUESTIONS_PER_CHECK_MAX} questions, each with 2 to {CHOICES_MAX} choices, one of them right"
    )]
    QuestionsAreWrong,
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for AssessmentError {
    fn kind(&self) -> Kind {
        use AssessmentError::*;
        match self {
            NotALead | NotStaff | NotForYou | OwnCertificate => Kind::Forbidden,
            NoSuchCampaign | NoSuchTask | NoSuchCertificate | NoSuchCheck => Kind::NotFound,
            ClosedAlready | CheckChanged | TakenLately => Kind::Conflict,
            AnswerIsMissing | NameIsWrong | TextIsWrong | SkillsAreWrong | NobodyIsAsked | PeersAreWrong
            | EndIsWrong | LinkIsWrong | DatesAreWrong | QuestionsAreWrong => Kind::Invalid,
            Skills(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use AssessmentError::*;
        match self {
            AnswerIsMissing => Some("answers"),
            NameIsWrong => Some("name"),
            TextIsWrong => Some("text"),
            SkillsAreWrong => Some("skill"),
            NobodyIsAsked => Some("person"),
            PeersAreWrong => Some("peers"),
            EndIsWrong => Some("due"),
            LinkIsWrong => Some("link"),
            DatesAreWrong => Some("expires"),
            QuestionsAreWrong => Some("questions"),
            Skills(error) => error.field(),
            _ => None,
        }
    }
}

pub(super) fn only_leads(tx: &crate::Tx) -> Result<(), AssessmentError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(AssessmentError::NotALead) }
}

pub(super) fn name_of(name: &str) -> Result<String, AssessmentError> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    fits.then(|| name.to_owned()).ok_or(AssessmentError::NameIsWrong)
}
