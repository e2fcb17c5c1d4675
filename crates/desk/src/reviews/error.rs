//! Why something about reviews was refused.

use super::{
    CATEGORIES_MAX, HIGHLIGHTS_PER_REVIEW_MAX, LANGUAGES_PER_SCORECARD_MAX, NAME_CHARS_MAX,
    SKILLS_PER_CATEGORY_MAX, TEXT_CHARS_MAX,
};
use crate::skills::SkillsError;
use crate::{Kind, Refusal, UnknownLanguage};

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("only leads and reviewers may do this")]
    NotAReviewer,
    #[error("only leads may do this")]
    NotALead,
    #[error("this is not your review")]
    NotYours,
    #[error("only the person whose work it is may say this")]
    NotYourWork,
    #[error("nobody reviews their own work")]
    OwnWork,
    #[error("this person has not worked on the ticket")]
    NotTheirWork,
    #[error("the ticket is not solved yet")]
    NotSolved,
    #[error("there is no such review")]
    NoSuchReview,
    #[error("there is no such scorecard")]
    NoSuchScorecard,
    #[error("there is no such calibration")]
    NoSuchCalibration,
    #[error("there is no such assignment")]
    NoSuchAssignment,
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("there is no such comment on this ticket")]
    NoSuchComment,
    #[error("there is no such category")]
    NoSuchCategory,
    #[error("this review is finished")]
    FinishedAlready,
    #[error("this review is not finished yet")]
    NotFinished,
    #[error("you have reviewed this work already")]
    ReviewedAlready,
    #[error("this calibration is closed")]
    ClosedAlready,
    #[error("this has been contested already")]
    ContestedAlready,
    #[error("nobody has contested this")]
    NotContested,
    #[error("this has been decided already")]
    DecidedAlready,
    #[error("whoever reviewed does not decide while there is another lead")]
    ReviewerDecides,
    #[error("say of “{0}” how it was, or that it does not apply")]
    CategoryIsOpen(String),
    #[error("nothing of the scorecard applies")]
    NothingApplies,
    #[error("the points do not exist on this scale")]
    PointsAreWrong,
    #[error("that is no sentence of this comment")]
    SpanIsWrong,
    #[error("a review may have at most {HIGHLIGHTS_PER_REVIEW_MAX} highlights")]
    TooManyHighlights,
    #[error("a name is needed, of at most {NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("a scorecard needs a category, and has at most {CATEGORIES_MAX}")]
    CategoriesAreWrong,
    #[error("a category has 2 to 5 points, and as many descriptions or none")]
    ScaleIsWrong,
    #[error("a weight lies above 0 and not above 100")]
    WeightIsWrong,
    #[error("a category names at most {SKILLS_PER_CATEGORY_MAX} skills of the library")]
    SkillsAreWrong,
    #[error("the default scorecard cannot be retired")]
    DefaultStays,
    #[error("a text is needed, of at most {TEXT_CHARS_MAX} characters")]
    TextIsWrong,
    #[error("a week's budget lies between 0 and 50 reviews for each reviewer")]
    BudgetIsWrong,
    #[error("a name has at most {NAME_CHARS_MAX} characters")]
    NameIsTooLong,
    #[error("a text has at most {TEXT_CHARS_MAX} characters")]
    TextIsTooLong,
    #[error("say what each point of “{0}” looks like on a line of its own, or of none")]
    PointsAreUnequal(String),
    #[error("a scorecard has words in at most {LANGUAGES_PER_SCORECARD_MAX} languages")]
    TooManyLanguages,
    #[error("the scorecard has changed since you opened its page: look at it again")]
    ChangedMeanwhile,
    #[error(transparent)]
    LanguageIsWrong(#[from] UnknownLanguage),
    #[error(transparent)]
    Skills(#[from] SkillsError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for ReviewError {
    fn kind(&self) -> Kind {
        use ReviewError::*;
        match self {
            NotAReviewer | NotALead | NotYours | NotYourWork | OwnWork | ReviewerDecides => Kind::Forbidden,
            NoSuchReview | NoSuchScorecard | NoSuchCalibration | NoSuchAssignment | NoSuchTicket
            | NoSuchComment => Kind::NotFound,
            NotTheirWork | NotSolved | FinishedAlready | NotFinished | ReviewedAlready | ClosedAlready
            | ContestedAlready | NotContested | DecidedAlready | DefaultStays | ChangedMeanwhile => {
                Kind::Conflict
            }
            NoSuchCategory | CategoryIsOpen(_) | NothingApplies | PointsAreWrong | SpanIsWrong
            | NameIsWrong | CategoriesAreWrong | ScaleIsWrong | WeightIsWrong | SkillsAreWrong
            | TextIsWrong | BudgetIsWrong | NameIsTooLong | TextIsTooLong | PointsAreUnequal(_)
            | LanguageIsWrong(_) => Kind::Invalid,
            TooManyHighlights | TooManyLanguages => Kind::TooMuch,
            Skills(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use ReviewError::*;
        match self {
            CategoryIsOpen(_) | NothingApplies | PointsAreWrong => Some("scores"),
            NameIsWrong => Some("name"),
            CategoriesAreWrong | ScaleIsWrong | SkillsAreWrong => Some("categories"),
            WeightIsWrong => Some("weight"),
            TextIsWrong => Some("text"),
            BudgetIsWrong => Some("budget"),
            Skills(error) => error.field(),
            _ => None,
        }
    }
}

/// The text without blanks around it, if there is one and it is not too long.
pub(super) fn text_of(text: &str) -> Result<&str, ReviewError> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX;
    fits.then_some(text).ok_or(ReviewError::TextIsWrong)
}
