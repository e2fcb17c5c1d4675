//! `/skills/library`: the library as a file, what it lacks and what nobody needs, and skills that became one.

use super::sheet::{Sheet, csv_file, sheet_of};
use super::{only_leads, words};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use desk::skills::SkillKind;
use desk::skills::planning::{self, Suggestions};
use desk::skills::shelf::{self, Imported, MergeSkills, ShelfError, SkillMerge};
use desk::{Actor, Kind, Language, SkillId, SkillMergeId};

#[derive(askama::Template)]
#[template(path = "skills/library.html")]
pub struct Library {
    pub shell: Shell,
    pub now: i64,
    pub suggestions: Suggestions,
    pub merges: Vec<SkillMerge>,
    pub csv: String,
    /// Of the whole file; empty: the library's own.
    pub language: String,
    pub problem: Option<Problem>,
}

impl Library {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        words::KINDS.iter().map(|kind| (kind.as_str(), words::kind(kind)))
    }

    /// What a file of skills is mostly about.
    fn is_usual(&self, kind: &str) -> bool {
        kind == SkillKind::Product.as_str()
    }
}

async fn page(web: &Web, actor: Actor) -> Result<Library, Problem> {
    only_leads(actor)?;
    web.desk
        .read(actor, |tx| {
            let (suggestions, merges) = (planning::suggestions(tx)?, shelf::list_merges(tx)?);
            let (shell, now, csv, language) = (Shell::load(tx)?, tx.now(), String::new(), String::new());
            Ok::<_, Problem>(Library { shell, now, suggestions, merges, csv, language, problem: None })
        })
        .await
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Library>, Problem> {
    Ok(Html(page(&web, actor).await?))
}

pub async fn export(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let csv = web.desk.read(actor, shelf::library_as_csv).await?;
    Ok(csv_file("skills.csv", csv))
}

pub async fn import(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    multipart: Multipart,
) -> Result<Response, Problem> {
    let Sheet { csv, kind, language } = sheet_of(multipart).await?;
    let kind: SkillKind = kind.parse().unwrap_or(SkillKind::Product);
    let copy = csv.clone();
    let read = match (language.is_empty(), language.parse::<Language>()) {
        (true, _) => web.desk.write(actor, move |tx| shelf::import_library(tx, &copy, kind)).await,
        (false, Ok(language)) => {
            web.desk.write(actor, move |tx| shelf::import_words(tx, &copy, language)).await
        }
        (false, Err(error)) => Err(ShelfError::LanguageIsWrong(error)),
    };
    match read.map_err(Problem::from) {
        Ok(it) => Ok(Said::new(read_words(&it)).then("/skills/library")),
        Err(problem) if matches!(problem.field, Some("csv" | "language")) => {
            let (status, shown) = (problem.status(), page(&web, actor).await?);
            Ok((status, Html(Library { csv, language, problem: Some(problem), ..shown })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// What a file came to.
fn read_words(it: &Imported) -> String {
    let mut words = format!("{} new, {} changed, {} as they were", it.created, it.changed, it.same);
    if it.words > 0 {
        words += &format!("; {} in other languages", it.words);
    }
    if it.unknown > 0 {
        words += &format!("; {} name no skill of this desk", it.unknown);
    }
    words + "."
}

/// `into` takes everything of the skill over.
pub async fn merge(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(from): Path<SkillId>,
    form: Fields,
) -> Result<Response, Problem> {
    let Some(into) = form.parsed::<SkillId>("into") else {
        return Ok(bad("Choose the skill that takes it in.", &format!("/skills/{from}#library")));
    };
    let merged = web.desk.write(actor, move |tx| shelf::merge_skills(tx, &MergeSkills { from, into })).await;
    match merged.map_err(Problem::from) {
        Ok(id) => {
            let said = Said::new("They are one skill now: evidence, needs, rules and roles went over.");
            Ok(said.with_undo(format!("/skills/library/merges/{id}/undo")).then(&format!("/skills/{into}")))
        }
        Err(problem) => refused(problem, &format!("/skills/{from}#library")),
    }
}

pub async fn undo(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(merge): Path<SkillMergeId>,
) -> Result<Response, Problem> {
    match web.desk.write(actor, move |tx| shelf::undo_merge(tx, merge)).await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("They are two skills again.").then("/skills/library#merges")),
        Err(problem) => refused(problem, "/skills/library#merges"),
    }
}

/// What a skill stands on: lines of a skill and a level.
pub async fn stand_on(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
    form: Fields,
) -> Result<Response, Problem> {
    let line = |n: usize| {
        let needed = form.parsed::<SkillId>(&format!("needs_{n}"))?;
        Some((needed, form.parsed::<f64>(&format!("level_{n}")).unwrap_or(-1.0)))
    };
    let needs: Vec<(SkillId, f64)> = (0..=shelf::PREREQUISITES_MAX).filter_map(line).collect();
    let back = format!("/skills/{skill}#library");
    match web
        .desk
        .write(actor, move |tx| shelf::set_prerequisites(tx, skill, &needs))
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(Said::new("Saved.").then(&back)),
        Err(problem) => refused(problem, &back),
    }
}

fn refused(problem: Problem, back: &str) -> Result<Response, Problem> {
    match problem.kind {
        Kind::Invalid | Kind::Conflict | Kind::TooMuch => Ok(bad(&problem.words, back)),
        _ => Err(problem),
    }
}

fn bad(words: &str, back: &str) -> Response {
    Said { bad: true, ..Said::new(words) }.then(back)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::TicketId;
    use desk::skills::planning::{MissingWord, UnusedSkill};

    fn library(suggestions: Suggestions, merges: Vec<SkillMerge>, problem: Option<Problem>) -> String {
        renders(&Library {
            shell: shell(),
            now: 1_767_614_400_000,
            suggestions,
            merges,
            csv: "name\n".into(),
            language: String::new(),
            problem,
        })
    }

    fn quiet() -> Suggestions {
        Suggestions { days: 90, tickets: 0, unanswered: 0, missing: vec![], unused: vec![] }
    }

    #[test]
    fn suggestions_name_their_tickets_and_merges_can_be_taken_back() {
        let missing = MissingWord {
            words: "espresso <machine>".into(),
            tickets: 6,
            lift: 11.3,
            example: (TicketId(12), "Espresso <machine> leaks".into()),
        };
        let unused = UnusedSkill { skill: summary(3, "Fax"), people: 0, in_roles: 0, rules: 2 };
        let suggestions = Suggestions {
            tickets: 40,
            unanswered: 9,
            missing: vec![missing],
            unused: vec![unused],
            ..quiet()
        };
        let merge = |id, undone_at| SkillMerge {
            id: SkillMergeId(id),
            from: summary(4, "Refunds (old)"),
            into: summary(5, "Refunds"),
            at: 0,
            by_name: Some("Lea".into()),
            evidence: 31,
            undone_at,
        };
        let html = library(suggestions, vec![merge(1, None), merge(2, Some(5))], None);
        for words in [
            "espresso &#60;machine&#62;",
            "/tickets/12",
            "Fax",
            "/skills/library/merges/1/undo",
            "taken back",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("/skills/library/merges/2/undo"));
    }

    #[test]
    fn a_wrong_line_is_named_and_what_was_written_stays() {
        let problem = Problem { field: Some("csv"), ..Problem::invalid("Line 2: the name is missing.") };
        let html = library(quiet(), vec![], Some(problem));
        assert!(html.contains("Line 2: the name is missing.") && html.contains("name\n</textarea>"));
    }
}
