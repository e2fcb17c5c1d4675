//! `/admin/imports`: what came from another desk, run by run, with accounts that add up.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::skills::outcomes::files::{self, File};
use desk::skills::outcomes::{self, Because, Run, Source, Tally};
use desk::{Kind, OutcomeRunId};

/// Names of topics and skills that one run lists.
const NAMES_SHOWN_MAX: usize = 12;

#[derive(askama::Template)]
#[template(path = "admin/imports.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub runs: Vec<Run>,
    pub files: Vec<File>,
    pub sources: Vec<Source>,
}

/// The runs alone, fetched anew while one is on its way.
#[derive(askama::Template)]
#[template(path = "admin/_import_runs_live.html")]
pub struct Runs {
    pub now: i64,
    pub runs: Vec<Run>,
}

impl Index {
    fn numbered(&self) -> impl Iterator<Item = (usize, &Source)> {
        self.sources.iter().enumerate()
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index {
            runs: outcomes::list_runs(tx)?,
            files: files::list_files(tx)?,
            sources: outcomes::list_sources(tx)?,
            shell: Shell::load(tx)?,
            now: tx.now(),
        })
    });
    Ok(Html(page.await?))
}

pub async fn runs(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Runs>, Problem> {
    let page =
        web.desk.read(actor, |tx| Ok::<_, Problem>(Runs { runs: outcomes::list_runs(tx)?, now: tx.now() }));
    Ok(Html(page.await?))
}

/// What an import said is struck out, piece by piece.
pub async fn undo(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(run): Path<OutcomeRunId>,
) -> Result<Response, Problem> {
    let words = "It is being taken back: levels are computed anew as if it had never been read.";
    match web.desk.write(actor, move |tx| outcomes::take_back(tx, run)).await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new(words).then("/admin/imports")),
        Err(problem) => refused(problem),
    }
}

/// Where another desk shows its tickets.
pub async fn set_source(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let (source, url) = (form.owned("source"), form.owned("ticket_url"));
    let saved = web.desk.write(actor, move |tx| outcomes::set_ticket_url(tx, &source, &url)).await;
    match saved.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("Saved.").then("/admin/imports#sources")),
        Err(problem) => refused(problem),
    }
}

fn refused(problem: Problem) -> Result<Response, Problem> {
    match problem.kind {
        Kind::Invalid | Kind::Conflict => {
            Ok(Said { bad: true, ..Said::new(problem.words) }.then("/admin/imports"))
        }
        _ => Err(problem),
    }
}

/// `line 5: weather; line 9: rain`
pub(super) fn examples(because: &Because) -> String {
    let one = |(line, cell): &(u64, String)| match cell.is_empty() {
        true => format!("line {line}"),
        false => format!("line {line}: {cell}"),
    };
    because.examples.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The most frequent names that nobody has explained: `weather (12), rain (3)`.
pub(super) fn unexplained(tally: &Tally) -> String {
    let mut all: Vec<(&String, &u64)> = tally.unmapped.iter().chain(&tally.unknown_skills).collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let more = all.len().saturating_sub(NAMES_SHOWN_MAX);
    let mut words: Vec<String> =
        all.iter().take(NAMES_SHOWN_MAX).map(|(name, rows)| format!("{name} ({rows})")).collect();
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::OutcomeRunId;
    use desk::skills::outcomes::Reason;

    fn run(id: i64, tally: Tally, finished_at: Option<i64>) -> Run {
        let (source, name) = ("their <desk>".to_owned(), "שלום.csv".to_owned());
        Run {
            id: OutcomeRunId(id),
            source,
            name,
            started_at: 0,
            finished_at,
            position: tally.read as i64,
            tally,
            undo_asked_at: None,
            undone_at: None,
        }
    }

    fn page(runs: Vec<Run>) -> Index {
        let source = Source { name: "their <desk>".into(), ticket_url: Some("https://x/{ticket}".into()) };
        let sources = if runs.is_empty() { vec![] } else { vec![source] };
        Index { shell: shell(), now: 5_000, runs, files: vec![], sources }
    }

    #[test]
    fn without_an_import_the_page_says_how_to_begin() {
        assert!(renders(&page(vec![])).contains("import-outcomes"));
    }

    #[test]
    fn every_rejected_row_has_its_reason_and_an_example() {
        let because =
            Because { rows: 3, examples: vec![(7, "weather & rain".to_owned()), (9, String::new())] };
        let tally = Tally {
            read: 10,
            taken: 7,
            rejected: 3,
            reasons: [(Reason::NoSkill, because)].into(),
            unmapped: (0..30).map(|n| (format!("topic {n}"), n)).collect(),
            ..Tally::default()
        };
        let back = Run { undone_at: Some(9), undo_asked_at: Some(8), ..run(3, Tally::default(), Some(7)) };
        let html = renders(&page(vec![run(2, tally, None), run(1, Tally::default(), Some(9)), back]));
        assert!(html.contains("/admin/imports/runs/1/undo") && !html.contains("/admin/imports/runs/3/undo"));
        assert!(html.contains("line 7: weather &#38; rain; line 9") && html.contains("no skill is known"));
        assert!(
            html.contains("topic 29 (29)")
                && html.contains("and 18 more")
                && html.contains("their &#60;desk&#62;")
        );
        assert!(html.contains("broke off or goes on"));
        assert!(
            html.contains("<section class=\"stack\"><section id=\"runs\""),
            "headings keep their distance"
        );
    }
}
