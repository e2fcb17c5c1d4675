//! `/reviews/scorecards/{id}/words`: a scorecard, its categories and their points in other languages.

use super::scorecards::{Edit, page};
use crate::admin::skill_words::WordsForm;
use crate::fields::Fields;
use crate::{Html, Problem, Said, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::reviews::{self, CATEGORIES_MAX, Category, CategoryWords, ReviewError, Scorecard, ScorecardWords};
use desk::{Kind, Language, ScorecardId};

/// The fields of one language, as they are or as they were filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardWords {
    /// Its meaning is what the scorecard is for; it has no levels.
    pub head: WordsForm,
    /// In the order of the scorecard.
    pub categories: Vec<CategoryForm>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategoryForm {
    pub name: String,
    pub question: String,
    /// One point on each line.
    pub anchors: String,
}

impl CardWords {
    pub fn of(it: ScorecardWords) -> CardWords {
        let category = |it: CategoryWords| CategoryForm {
            name: it.name,
            question: it.question,
            anchors: it.anchors.join("\n"),
        };
        CardWords {
            head: WordsForm {
                language: it.language.to_string(),
                name: it.name,
                meaning: it.about,
                is_behind: it.behind_at.is_some(),
                ..WordsForm::default()
            },
            categories: it.categories.into_iter().map(category).collect(),
        }
    }

    /// Shown opened, with what is wrong.
    pub fn opened(self) -> CardWords {
        CardWords { head: WordsForm { is_open: true, ..self.head }, ..self }
    }

    fn read(fields: &Fields) -> CardWords {
        let text = |field: &str, place: usize| fields.owned(&format!("{field}-{place}"));
        let category = |place: usize| CategoryForm {
            name: text("name", place),
            question: text("question", place),
            anchors: text("anchors", place),
        };
        CardWords { head: WordsForm::read(fields), categories: (0..CATEGORIES_MAX).map(category).collect() }
    }

    fn command(&self) -> Result<ScorecardWords, ReviewError> {
        let category = |it: &CategoryForm| CategoryWords {
            name: it.name.clone(),
            question: it.question.clone(),
            anchors: it
                .anchors
                .lines()
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        Ok(ScorecardWords {
            language: self.head.language.parse::<Language>()?,
            name: self.head.name.clone(),
            about: self.head.meaning.clone(),
            categories: self.categories.iter().map(category).collect(),
            behind_at: None,
        })
    }

    /// Place, original and words of each category.
    pub fn lines<'a>(
        &'a self,
        card: &'a Scorecard,
    ) -> impl Iterator<Item = (usize, &'a Category, CategoryForm)> {
        let words = |place: usize| self.categories.get(place).cloned().unwrap_or_default();
        card.categories.iter().enumerate().map(move |(place, it)| (place, it, words(place)))
    }
}

/// Puts what was filled in among what is stored.
fn with_written(mut all: Vec<CardWords>, written: CardWords) -> Vec<CardWords> {
    let former = all.iter().position(|it| it.head.language == written.head.language);
    let is_behind = former.is_some_and(|place| all[place].head.is_behind);
    let shown = CardWords { head: WordsForm { is_behind, ..written.head }, ..written }.opened();
    match former {
        Some(place) => all[place] = shown,
        None => all.push(shown),
    }
    all
}

pub async fn set(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
    fields: Fields,
) -> Result<Response, Problem> {
    if !actor.is_lead() {
        return Err(Problem::new(Kind::Forbidden, "Only leads change scorecards."));
    }
    let written = CardWords::read(&fields);
    let version = fields.parsed("version").unwrap_or_default();
    let kept = match written.command() {
        Ok(command) => {
            let kept = web.desk.write(actor, move |tx| reviews::set_words(tx, id, version, &command)).await;
            kept.map_err(Problem::from)
        }
        Err(error) => Err(Problem::from(error)),
    };
    let Err(problem) = kept else {
        let back = format!("/reviews/scorecards/{id}#words");
        return Ok(Said::new("Saved. Whoever reads this language sees it from now on.").then(&back));
    };
    if !matches!(problem.kind, Kind::Invalid | Kind::TooMuch | Kind::Conflict) {
        return Err(problem);
    }
    let shown = page(&web, actor, Some(id), None, None).await?;
    let (status, words) = (problem.status(), with_written(shown.words, written));
    Ok((status, Html(Edit { words, words_problem: Some(problem), ..shown })).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_stands_in_its_language_beside_the_others() {
        let of = |language: &str, name: &str, is_behind: bool| CardWords {
            head: WordsForm {
                language: language.into(),
                name: name.into(),
                is_behind,
                ..WordsForm::default()
            },
            categories: vec![],
        };
        let all = with_written(vec![of("de", "Alt", true), of("", "", false)], of("de", "Neu", false));
        assert_eq!(all, [of("de", "Neu", true).opened(), of("", "", false)]);
        let more = with_written(all, of("xx9", "?", false));
        assert_eq!((more.len(), more[2].head.is_open), (3, true));
    }
}
