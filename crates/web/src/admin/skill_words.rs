//! `/admin/skills/{id}/words`: what a skill is called in other languages.

use super::{must_be_lead, skills as library};
use crate::fields::Fields;
use crate::{Html, Problem, Said, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::skills::Skill;
use desk::skills::shelf::ShelfError;
use desk::skills::words::{SetWords, SkillWords, set_words};
use desk::{Kind, Language, SkillId};

/// Languages by their own names; any other is shown by its letters.
const NAMES: [(&str, &str); 14] = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh", "中文"),
];

/// The fields of one language, as they are or as they were filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WordsForm {
    /// Empty: a further one.
    pub language: String,
    pub name: String,
    pub meaning: String,
    pub anchors: [String; 5],
    pub is_behind: bool,
    /// It is shown opened, with what is wrong.
    pub is_open: bool,
}

/// What is put into other words: a skill or a competency, and where its words are sent.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub name: String,
    /// What is asked for beside the name: `Meaning`.
    pub label: &'static str,
    pub meaning: String,
    pub anchors: [String; 5],
}

impl Source {
    pub fn of_skill(it: &Skill) -> Source {
        Source {
            path: format!("/admin/skills/{}/words", it.id),
            name: it.name.clone(),
            label: "Meaning",
            meaning: it.meaning.clone(),
            anchors: it.anchors.clone(),
        }
    }
}

impl WordsForm {
    pub fn of(it: SkillWords) -> WordsForm {
        WordsForm {
            language: it.language.to_string(),
            name: it.name,
            meaning: it.meaning,
            anchors: it.anchors,
            is_behind: it.behind_at.is_some(),
            is_open: false,
        }
    }

    pub fn read(fields: &Fields) -> WordsForm {
        WordsForm {
            language: fields.owned("language").to_lowercase(),
            name: fields.owned("name"),
            meaning: fields.owned("meaning"),
            anchors: std::array::from_fn(|place| fields.owned(&format!("anchor_{}", place + 1))),
            is_behind: false,
            is_open: true,
        }
    }

    /// What tells its fields from those of other languages.
    pub fn mark(&self) -> &str {
        if self.language.is_empty() { "new" } else { &self.language }
    }

    pub fn language_name(&self) -> &str {
        let known = NAMES.iter().find(|it| it.0 == self.language);
        known.map_or(self.language.as_str(), |it| it.1)
    }

    /// What was written as a language is none: it is asked for again.
    pub fn is_odd(&self) -> bool {
        self.language.parse::<Language>().is_err()
    }

    pub fn lines<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (usize, &'a String, &'a String)> {
        self.anchors
            .iter()
            .zip(&source.anchors)
            .enumerate()
            .map(|(place, (text, original))| (place + 1, text, original))
    }
}

/// Puts what was filled in among what is stored.
pub fn with_written(mut all: Vec<WordsForm>, written: WordsForm) -> Vec<WordsForm> {
    match all.iter_mut().find(|it| it.language == written.language) {
        Some(place) => *place = WordsForm { is_behind: place.is_behind, ..written },
        None => all.push(written),
    }
    all
}

pub async fn set(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let written = WordsForm::read(&fields);
    let back = format!("/admin/skills/{skill}#words");
    let kept = match written.language.parse::<Language>() {
        Ok(language) => {
            let WordsForm { name, meaning, anchors, .. } = written.clone();
            let command = SetWords { skill, language, name, meaning, anchors };
            web.desk.write(actor, move |tx| set_words(tx, &command)).await.map_err(Problem::from)
        }
        Err(error) => Err(Problem::from(ShelfError::from(error))),
    };
    match kept {
        Ok(true) => Ok(Said::new("Saved. Whoever reads this language sees it from now on.").then(&back)),
        Ok(false) => Ok(Said::new("That is how it was.").then(&back)),
        Err(problem) if matches!(problem.kind, Kind::Invalid | Kind::TooMuch) => {
            let mut shown = library::page(&web, actor, Some(skill), None).await?;
            shown.words = with_written(shown.words, WordsForm { is_open: true, ..written });
            shown.words_problem = Some(problem);
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, Html(shown)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_stands_in_its_language_and_the_others_stay() {
        let german = WordsForm { language: "de".into(), name: "Geduld".into(), ..WordsForm::default() };
        let french = WordsForm { language: "fr".into(), is_behind: true, ..WordsForm::default() };
        let written =
            WordsForm { language: "fr".into(), name: "Patience".into(), is_open: true, ..french.clone() };
        let all = with_written(vec![german.clone(), french], written.clone());
        assert_eq!(all, [german.clone(), written]);
        let new = WordsForm { language: "germ".into(), is_open: true, ..WordsForm::default() };
        assert_eq!(with_written(vec![german.clone()], new.clone()), [german, new]);
    }
}
