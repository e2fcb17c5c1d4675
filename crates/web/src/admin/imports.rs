//! `/admin/imports`: what came from another desk, run by run, with accounts that add up.

use super::must_be_admin;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::skills::outcomes::{self, Because, Run, Tally};

/// Names of topics and skills that one run lists.
const NAMES_SHOWN_MAX: usize = 12;

#[derive(askama::Template)]
#[template(path = "admin/imports.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub runs: Vec<Run>,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index { runs: outcomes::list_runs(tx)?, shell: Shell::load(tx)?, now: tx.now() })
    });
    Ok(Html(page.await?))
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
        }
    }

    #[test]
    fn without_an_import_the_page_says_how_to_begin() {
        assert!(renders(&Index { shell: shell(), now: 5_000, runs: vec![] }).contains("import-outcomes"));
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
        let html = renders(&Index {
            shell: shell(),
            now: 5_000,
            runs: vec![run(2, tally, None), run(1, Tally::default(), Some(9))],
        });
        assert!(html.contains("line 7: weather &#38; rain; line 9") && html.contains("no skill is known"));
        assert!(
            html.contains("topic 29 (29)")
                && html.contains("and 18 more")
                && html.contains("their &#60;desk&#62;")
        );
        assert!(html.contains("broke off or goes on"));
    }
}
