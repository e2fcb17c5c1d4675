//! `/skills/competencies/{id}/words`: what a competency is called, and what can be seen of it, in other languages.

use super::competencies::{Edit, form};
use super::only_leads;
use crate::admin::skill_words::{Source, WordsForm, with_written};
use crate::fields::Fields;
use crate::{Html, Problem, Said, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::skills::competencies::{self, Competency, CompetencyError, CompetencyWords};
use desk::{CompetencyId, Kind, Language};

pub async fn set(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    only_leads(actor)?;
    let written = WordsForm::read(&fields);
    let kept = match command(&written) {
        Ok(command) => {
            let kept = web.desk.write(actor, move |tx| competencies::set_words(tx, id, &command)).await;
            kept.map_err(Problem::from)
        }
        Err(error) => Err(Problem::from(error)),
    };
    let Err(problem) = kept else {
        let back = format!("/skills/competencies/{id}/edit#words");
        return Ok(Said::new("Saved. Whoever reads this language sees it from now on.").then(&back));
    };
    if !matches!(problem.kind, Kind::Invalid | Kind::TooMuch) {
        return Err(problem);
    }
    let shown = form(&web, actor, Some(id), None).await?;
    let (status, words) = (problem.status(), with_written(shown.words, written));
    Ok((status, Html(Edit { words, words_problem: Some(problem), ..shown })).into_response())
}

fn command(written: &WordsForm) -> Result<CompetencyWords, CompetencyError> {
    Ok(CompetencyWords {
        language: written.language.parse::<Language>()?,
        name: written.name.clone(),
        behaviour: written.meaning.clone(),
        anchors: written.anchors.clone(),
        behind_at: None,
    })
}

pub(super) fn words_form(it: CompetencyWords) -> WordsForm {
    WordsForm {
        language: it.language.to_string(),
        name: it.name,
        meaning: it.behaviour,
        anchors: it.anchors,
        is_behind: it.behind_at.is_some(),
        is_open: false,
    }
}

pub(super) fn source_of(it: &Competency) -> Source {
    Source {
        path: format!("/skills/competencies/{}/words", it.id),
        name: it.name.clone(),
        label: "What can be seen",
        meaning: it.behaviour.clone(),
        anchors: it.anchors.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::competencies::Form;
    use super::super::competencies::tests::competency;
    use super::*;
    use crate::samples::{renders, shell};

    #[test]
    fn each_language_has_its_fields_beside_the_original() {
        let words = CompetencyWords {
            language: "de".parse().expect("a language"),
            name: "Beruhigt <Menschen>".into(),
            behaviour: "Nennt zuerst das Gefühl.".into(),
            anchors: Default::default(),
            behind_at: Some(1),
        };
        let html = renders(&Edit {
            shell: shell(),
            competency: Some(CompetencyId(3)),
            form: Form::default(),
            library: vec![],
            problem: None,
            source: Some(source_of(&competency())),
            words: vec![words_form(words), WordsForm { is_open: true, ..WordsForm::default() }],
            words_problem: Some(Problem::invalid("A language is written as two or three letters.")),
        });
        for words in [
            r#"action="/skills/competencies/3/words""#,
            "Beruhigt &#60;Menschen&#62;",
            "the original has changed since",
            "Names the feeling before the facts.",
            "Hears &#60;first&#62;",
            "two or three letters.",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }
}
