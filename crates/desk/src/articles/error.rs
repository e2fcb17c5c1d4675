//! Why something about an article was refused.

use super::{ARTICLES_MAX, BODY_CHARS_MAX, SKILLS_PER_ARTICLE_MAX, TITLE_CHARS_MAX};
use crate::{Kind, Refusal, UnknownLanguage};

#[derive(Debug, thiserror::Error)]
pub enum ArticleError {
    #[error("only staff write articles")]
    NotStaff,
    #[error("only its author and leads change an article")]
    NotYours,
    #[error("only those who may answer customers publish articles, and change what is public")]
    MayNotPublish,
    #[error("there is no such article")]
    NoSuchArticle,
    #[error("somebody else has changed this article since you read it")]
    ChangedMeanwhile,
    #[error("a title is needed, of at most {TITLE_CHARS_MAX} characters")]
    TitleIsWrong,
    #[error("a text may have at most {BODY_CHARS_MAX} characters")]
    BodyIsTooLong,
    #[error("write the text before anybody else reads it")]
    BodyIsMissing,
    #[error("an article names at most {SKILLS_PER_ARTICLE_MAX} skills of the library")]
    SkillsAreWrong,
    #[error("a desk has at most {ARTICLES_MAX} articles")]
    TooManyArticles,
    #[error(transparent)]
    LanguageIsWrong(#[from] UnknownLanguage),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for ArticleError {
    fn kind(&self) -> Kind {
        use ArticleError::*;
        match self {
            NotStaff | NotYours | MayNotPublish => Kind::Forbidden,
            NoSuchArticle => Kind::NotFound,
            ChangedMeanwhile => Kind::Conflict,
            TitleIsWrong | BodyIsTooLong | BodyIsMissing | SkillsAreWrong | LanguageIsWrong(_) => {
                Kind::Invalid
            }
            TooManyArticles => Kind::TooMuch,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use ArticleError::*;
        match self {
            TitleIsWrong => Some("title"),
            BodyIsTooLong | BodyIsMissing => Some("body"),
            SkillsAreWrong => Some("skill"),
            LanguageIsWrong(_) => Some("locale"),
            _ => None,
        }
    }
}
