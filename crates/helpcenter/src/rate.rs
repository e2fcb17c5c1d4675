//! `/rate/{token}`: how was it? Opening the page records nothing, because scanners of mail open links too; the answer is
//! a deliberate act, and can be changed until its time is over.

use crate::Center;
use crate::articles::{self, Way};
use crate::limits::From;
use crate::page::{self, Html};
use crate::words::{self, Words};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::satisfaction::{self, AnswerRating, BAD_SCORE_MAX, RatingError, RatingPage};
use desk::{Actor, Kind, Refusal};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "rate.html")]
pub struct Rate {
    pub words: &'static Words,
    pub page: RatingPage,
    pub score: Option<i64>,
    pub reason: String,
    pub comment: String,
    pub problem: Option<&'static str>,
    pub help: Option<Way>,
}

impl Rate {
    /// Best first: score, word, mouth.
    fn scores(&self) -> [(i64, &'static str, &'static str); 5] {
        [
            (5, self.words.scores[4], "M7.7 13.7c.8 2.2 2.3 3.3 4.3 3.3s3.5-1.1 4.3-3.3Z"),
            (4, self.words.scores[3], "M8.5 14.3c1 1.2 2.2 1.7 3.5 1.7s2.5-.5 3.5-1.7"),
            (3, self.words.scores[2], "M8.5 15.3h7"),
            (2, self.words.scores[1], "M8.5 16c1-1 2.2-1.3 3.5-1.3s2.5.3 3.5 1.3"),
            (1, self.words.scores[0], "M8 16.5c1-1.7 2.4-2.5 4-2.5s3 .8 4 2.5"),
        ]
    }

    fn reasons(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        satisfaction::REASONS.into_iter().zip(self.words.reasons)
    }

    fn question(&self) -> String {
        match &self.page.agent {
            Some(agent) => self.words.how_did.replace("{name}", agent),
            None => self.words.how_was_it.to_owned(),
        }
    }

    fn is_chosen(&self, score: &i64) -> bool {
        self.score == Some(*score)
    }
}

#[derive(askama::Template)]
#[template(path = "thanks.html")]
pub struct Thanks {
    pub words: &'static Words,
    pub company: String,
    pub title: &'static str,
    pub text: String,
    pub again: Option<String>,
    pub again_text: &'static str,
    pub help: Option<Way>,
}

#[derive(Deserialize)]
pub struct Answer {
    score: Option<i64>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    comment: String,
}

pub async fn show(State(center): State<Center>, From(ip): From, Path(token): Path<String>) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(words::of("en"));
    }
    match center.desk.read(Actor::desk(), move |tx| satisfaction::by_token(tx, &token)).await {
        Ok(found) => {
            let help = help(&center, words::of(&found.language)).await;
            Html(Rate { help, ..filled(found) }).into_response()
        }
        Err(error) => page::failed(&error, words::of("en")),
    }
}

async fn help(center: &Center, words: &Words) -> Option<Way> {
    articles::way(center, words, |it| it.another_question).await
}

pub async fn answer(
    State(center): State<Center>,
    From(ip): From,
    Path(token): Path<String>,
    Form(form): Form<Answer>,
) -> Response {
    if !center.limits.may_look(ip) {
        return page::too_often(words::of("en"));
    }
    let copy = token.clone();
    let found = match center.desk.read(Actor::desk(), move |tx| satisfaction::by_token(tx, &copy)).await {
        Ok(found) => found,
        Err(error) => return page::failed(&error, words::of("en")),
    };
    let words = words::of(&found.language);
    let command = AnswerRating {
        token: token.clone(),
        score: form.score.unwrap_or_default(),
        reason: Some(form.reason.clone()).filter(|reason| !reason.is_empty()),
        comment: Some(form.comment.clone()).filter(|comment| !comment.trim().is_empty()),
    };
    match center.desk.write(Actor::desk(), move |tx| satisfaction::answer(tx, &command)).await {
        Ok(rating) => {
            let bad = rating.score.is_some_and(|score| score <= BAD_SCORE_MAX);
            let text = if bad { words.thanks_bad } else { words.thanks_good };
            let again = Some(format!("/rate/{token}"));
            Html(Thanks {
                words,
                company: found.company,
                title: words.thanks,
                text: text.to_owned(),
                again,
                again_text: words.change,
                help: help(&center, words).await,
            })
            .into_response()
        }
        Err(error) => refused(error, words, found, &form),
    }
}

/// What can be put right on the page is said there, with what was written; the rest is a page of its own.
fn refused(error: RatingError, words: &'static Words, page: RatingPage, form: &Answer) -> Response {
    let problem = match (&error, error.kind()) {
        (RatingError::CommentTooLong, _) => words.comment_too_long,
        (RatingError::ScoreOutOfRange | RatingError::UnknownReason, _) => words.choose_one,
        _ => return page::failed(&error, words),
    };
    let shown = Rate {
        words,
        score: form.score,
        reason: form.reason.clone(),
        comment: form.comment.clone(),
        problem: Some(problem),
        page,
        help: None,
    };
    debug_assert!(matches!(error.kind(), Kind::Invalid | Kind::TooMuch));
    (StatusCode::UNPROCESSABLE_ENTITY, Html(shown)).into_response()
}

fn filled(page: RatingPage) -> Rate {
    Rate {
        words: words::of(&page.language),
        score: page.score,
        reason: page.reason.clone().unwrap_or_default(),
        comment: page.comment.clone().unwrap_or_default(),
        problem: None,
        page,
        help: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;
    use desk::{RatingId, TicketId};

    fn page(language: &str) -> RatingPage {
        RatingPage {
            rating: RatingId(1),
            ticket: TicketId(12),
            subject: "Charged twice".into(),
            agent: Some("Ana Novak".into()),
            company: "Tillers & Sons".into(),
            language: language.into(),
            score: None,
            reason: None,
            comment: None,
            answered_at: None,
            expires_at: 10,
            may_answer: true,
        }
    }

    #[test]
    fn the_page_speaks_the_language_of_the_ticket() {
        for (language, question) in
            [("en", "How did Ana Novak do?"), ("es", "Ana Novak"), ("de", "Ana Novak"), ("fr", "Ana Novak")]
        {
            let html = filled(page(language)).render().unwrap();
            assert!(html.contains(&format!("lang=\"{language}\"")) && html.contains(question), "{language}");
            assert!(!html.contains("<script"), "{language}");
        }
    }

    #[test]
    fn an_answer_that_stands_is_shown_and_can_be_changed() {
        let answered = RatingPage {
            score: Some(2),
            reason: Some("unfriendly".into()),
            comment: Some("<b>".into()),
            ..page("en")
        };
        let html = filled(answered).render().unwrap();
        assert!(html.contains("value=\"2\" required checked") && html.contains("&#60;b&#62;"), "{html}");
    }

    #[test]
    fn what_is_over_cannot_be_answered() {
        let html = filled(RatingPage { may_answer: false, ..page("de") }).render().unwrap();
        assert!(!html.contains("<button"));
    }

    #[test]
    fn nobody_and_very_long_words_render() {
        let odd =
            RatingPage { agent: None, subject: "ש".repeat(300), company: "x".repeat(500), ..page("fr") };
        assert!(filled(odd).render().is_ok());
    }
}
