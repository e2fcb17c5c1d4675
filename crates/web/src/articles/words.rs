//! The words of articles for templates.

use desk::articles::ArticleState;

/// The class of a chip and its word.
pub fn state(it: &ArticleState) -> (&'static str, &'static str) {
    match it {
        ArticleState::Draft => ("hold", "Draft"),
        ArticleState::Internal => ("pending", "Internal"),
        ArticleState::Published => ("solved", "Published"),
        ArticleState::Archived => ("closed", "Archived"),
    }
}

/// Who reads it, in a sentence.
pub fn readers(it: &ArticleState) -> &'static str {
    match it {
        ArticleState::Draft => "Its author and leads read it.",
        ArticleState::Internal => "All staff read it; customers do not.",
        ArticleState::Published => "Everybody reads it, at the help centre.",
        ArticleState::Archived => "Put away: its author and leads find it among the archived ones.",
    }
}

/// What brings it there.
pub fn deed(it: &ArticleState) -> &'static str {
    match it {
        ArticleState::Draft => "Back to a draft",
        ArticleState::Internal => "Share with staff",
        ArticleState::Published => "Publish for everybody",
        ArticleState::Archived => "Archive",
    }
}

/// What has been done.
pub fn done(it: &ArticleState) -> &'static str {
    match it {
        ArticleState::Draft => "Back to a draft: its author and leads see it.",
        ArticleState::Internal => "All staff can read it now.",
        ArticleState::Published => "Everybody can read it now, at the help centre.",
        ArticleState::Archived => "Put away. Its author and leads find it among the archived ones.",
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use crate::samples::summary;
    use desk::articles::views::ArticleRow;
    use desk::articles::{Article, ArticleState};
    use desk::{ArticleId, Language, UserId};

    pub fn article(state: ArticleState) -> Article {
        Article {
            id: ArticleId(7),
            title: "When money comes <back>".into(),
            body: "Money comes back **within five days**.\n\n- cards\n- transfers".into(),
            language: Language::of("en").expect("a language"),
            author: UserId(2),
            author_name: "Leila Ørsted".into(),
            state,
            skills: vec![summary(1, "Refunds")],
            version: 3,
            created_at: 1_767_614_400_000,
            updated_at: 1_767_700_800_000,
            published_at: (state == ArticleState::Published).then_some(1_767_700_800_000),
        }
    }

    pub fn row(id: i64, title: &str, state: ArticleState) -> ArticleRow {
        let it = article(state);
        ArticleRow {
            id: ArticleId(id),
            title: title.into(),
            language: it.language,
            author: it.author,
            author_name: it.author_name,
            state,
            skills: it.skills,
            beginning: "Money comes back within five days.".into(),
            created_at: it.created_at,
            updated_at: it.updated_at,
            published_at: it.published_at,
        }
    }
}
