//! `/skills/fairness`: how severe raters are, and whether groups differ; with intervals, and without ranking anybody.

use super::words;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::skills::views::{self, COUNT_TO_SHOW_MIN, Division, FairnessReport, Spread};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub by: String,
}

#[derive(askama::Template)]
#[template(path = "skills/fairness.html")]
pub struct Show {
    pub shell: Shell,
    pub report: FairnessReport,
}

impl Show {
    fn divisions(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let now = self.report.by;
        Division::ALL.into_iter().map(move |it| (it.name(), division_word(it), it == now))
    }

    fn least(&self) -> usize {
        COUNT_TO_SHOW_MIN
    }

    /// `−0.42 (−0.61 to −0.23)`
    fn spread(&self, it: &Spread) -> String {
        format!("{} ({} to {})", words::change(it.mean), words::change(it.low), words::change(it.high))
    }

    fn rater_word(&self, it: &Spread) -> &'static str {
        match it.differs() {
            true if it.mean < 0.0 => "gives less than work shows",
            true => "gives more than work shows",
            false => "no difference that can be told from chance",
        }
    }

    fn source(&self, kind: &str) -> String {
        words::source(kind)
    }
}

fn division_word(by: Division) -> &'static str {
    match by {
        Division::Group => "Groups",
        Division::TimeZone => "Time zones",
        Division::Language => "Languages",
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Show>, Problem> {
    let by = Division::parse(&asked.by).unwrap_or_default();
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Show { report: views::fairness(tx, by)?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::skills::views::{GroupRow, SourceRow};

    fn report() -> FairnessReport {
        FairnessReport {
            by: Division::Group,
            raters: vec![],
            raters_hidden: 2,
            groups: vec![],
            groups_hidden: 1,
            sources: vec![],
            contests_open: 0,
            contests_kept: 0,
            contests_struck: 0,
        }
    }

    #[test]
    fn with_too_little_to_say_it_says_so_and_names_nobody() {
        let html = renders(&Show { shell: shell(), report: report() });
        assert!(html.contains("fewer than 5") && html.contains("Groups"));
    }

    #[test]
    fn a_severe_rater_is_told_from_chance() {
        let severe = Spread { count: 9, mean: -0.42, low: -0.61, high: -0.23 };
        let even = Spread { count: 5, mean: -0.002, low: -0.3, high: 0.4 };
        let raters = vec![("Rosa <x>".to_owned(), severe), ("Владимир".to_owned(), even)];
        let groups = vec![GroupRow { name: "Billing".into(), levels: even, ratings: Some(severe) }];
        let source = SourceRow { kind: "lead".into(), counts: false, observations: 12, struck: 1, people: 4 };
        let html = renders(&Show {
            shell: shell(),
            report: FairnessReport { raters, groups, sources: vec![source], ..report() },
        });
        for words in [
            "−0.42 (−0.61 to −0.23)",
            "gives less than work shows",
            "Rosa &#60;x&#62;",
            "switched off",
            "±0 (−0.30 to +0.40)",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }
}
