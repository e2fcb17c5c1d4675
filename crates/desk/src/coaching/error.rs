//! Why something about coaching was refused.

use super::{
    GOALS_PER_PLAN_MAX, LINK_CHARS_MAX, NOTES_PER_PLAN_MAX, SESSIONS_PER_PLAN_MAX, TALK_MINUTES_MAX,
    TALK_MINUTES_MIN, TASKS_PER_PLAN_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX,
};
use crate::skills::SkillsError;
use crate::{Kind, Refusal};

#[derive(Debug, thiserror::Error)]
pub enum CoachingError {
    #[error("only leads coach, and nobody themself")]
    NotTheCoach,
    #[error("only the person and those who may coach them see this")]
    NotForYou,
    #[error("only its author changes a note")]
    NotYourNote,
    #[error("there is no such plan")]
    NoSuchPlan,
    #[error("there is no such goal")]
    NoSuchGoal,
    #[error("there is no such task")]
    NoSuchTask,
    #[error("there is no such talk")]
    NoSuchSession,
    #[error("there is no such note")]
    NoSuchNote,
    #[error("there is no such moment")]
    NoSuchMoment,
    #[error("there is no such skill")]
    NoSuchSkill,
    #[error("there is no such person among the agents")]
    NoSuchPerson,
    #[error("this plan is closed: open it again first")]
    PlanIsClosed,
    #[error("the plan has a goal in this skill already")]
    GoalIsThere,
    #[error("the goal has been reached: take that back first")]
    GoalIsReached,
    #[error("tickets were given to learn on for this goal: mark it as reached instead")]
    GoalWasUsed,
    #[error("a helper is somebody else than the learner, with a level that is surely 2 or more")]
    HelperIsWrong,
    #[error("a title is needed, of at most {TITLE_CHARS_MAX} characters")]
    TitleIsWrong,
    #[error("a text is needed, of at most {TEXT_CHARS_MAX} characters")]
    TextIsWrong,
    #[error("a text may have at most {TEXT_CHARS_MAX} characters")]
    TextIsTooLong,
    #[error("a link begins with https://, http:// or /, and has at most {LINK_CHARS_MAX} characters")]
    LinkIsWrong,
    #[error("a level lies between 0.5 and 5")]
    LevelIsWrong,
    #[error("the end lies after today")]
    EndIsWrong,
    #[error("a talk takes {TALK_MINUTES_MIN} to {TALK_MINUTES_MAX} minutes")]
    MinutesAreWrong,
    #[error("a plan has at most {GOALS_PER_PLAN_MAX} goals")]
    TooManyGoals,
    #[error("a plan has at most {TASKS_PER_PLAN_MAX} tasks")]
    TooManyTasks,
    #[error("a plan has at most {SESSIONS_PER_PLAN_MAX} talks")]
    TooManySessions,
    #[error("a plan has at most {NOTES_PER_PLAN_MAX} notes")]
    TooManyNotes,
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for CoachingError {
    fn kind(&self) -> Kind {
        use CoachingError::*;
        match self {
            NotTheCoach | NotForYou | NotYourNote => Kind::Forbidden,
            NoSuchPlan | NoSuchGoal | NoSuchTask | NoSuchSession | NoSuchNote | NoSuchMoment
            | NoSuchPerson => Kind::NotFound,
            PlanIsClosed | GoalIsThere | GoalIsReached | GoalWasUsed => Kind::Conflict,
            NoSuchSkill | HelperIsWrong | TitleIsWrong | TextIsWrong | TextIsTooLong | LinkIsWrong
            | LevelIsWrong | EndIsWrong | MinutesAreWrong => Kind::Invalid,
            TooManyGoals | TooManyTasks | TooManySessions | TooManyNotes => Kind::TooMuch,
            Skills(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use CoachingError::*;
        match self {
            NoSuchSkill | GoalIsThere => Some("skill"),
            HelperIsWrong => Some("helper"),
            TitleIsWrong => Some("title"),
            TextIsWrong | TextIsTooLong => Some("text"),
            LinkIsWrong => Some("link"),
            LevelIsWrong => Some("level"),
            EndIsWrong => Some("ends"),
            MinutesAreWrong => Some("minutes"),
            Skills(error) => error.field(),
            _ => None,
        }
    }
}

/// The text without blanks around it, if there is one and it is not too long.
pub(super) fn text_of(text: &str) -> Result<&str, CoachingError> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX;
    fits.then_some(text).ok_or(CoachingError::TextIsWrong)
}

/// The same, where none is needed.
pub(super) fn any_text_of(text: &str) -> Result<&str, CoachingError> {
    let text = text.trim();
    (text.chars().count() <= TEXT_CHARS_MAX).then_some(text).ok_or(CoachingError::TextIsTooLong)
}

pub(super) fn title_of(text: &str) -> Result<&str, CoachingError> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= TITLE_CHARS_MAX;
    fits.then_some(text).ok_or(CoachingError::TitleIsWrong)
}

/// Somewhere on the web, or a page of the desk; or nowhere.
pub(super) fn link_of(text: &str) -> Result<&str, CoachingError> {
    let text = text.trim();
    let here = text.starts_with('/') && !text.starts_with("//");
    let there = text.starts_with("https://") || text.starts_with("http://");
    let fits = text.chars().count() <= LINK_CHARS_MAX && !text.chars().any(char::is_whitespace);
    (text.is_empty() || (fits && (here || there))).then_some(text).ok_or(CoachingError::LinkIsWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_web_or_to_a_page_of_the_desk() {
        for good in ["", " https://example.org/refunds ", "/tickets/7", "http://intra/x"] {
            assert!(link_of(good).is_ok(), "{good}");
        }
        for bad in ["javascript:alert(1)", "//example.org", "refunds", "https://a b", "data:text/html,x"] {
            assert!(matches!(link_of(bad), Err(CoachingError::LinkIsWrong)), "{bad}");
        }
    }
}
