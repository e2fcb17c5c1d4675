//! `/admin/refit`: the runs that estimate everybody's levels together, how they go, and where the two tiers differ.

use super::must_be_lead;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::State;
use axum::response::Response;
use desk::Tx;
use desk::skills::refit::{self, RUNS_SHOWN_MAX, Run, TierDrift};

#[derive(askama::Template)]
#[template(path = "admin/refit.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub runs: Vec<Run>,
    pub drifts: Vec<TierDrift>,
}

/// The runs alone, fetched anew while one is on its way.
#[derive(askama::Template)]
#[template(path = "admin/_runs.html")]
pub struct Runs {
    pub now: i64,
    pub runs: Vec<Run>,
}

/// What a run is doing, in words.
pub(super) fn stage_words(run: &Run) -> &'static str {
    match run.stage.as_str() {
        "reading" => "reading the evidence",
        "sorting" => "sorting it by person",
        "fitting" => "weighing all of it together",
        "intervals" => "working out how sure that is",
        "past" => "working out how it was before",
        "writing" => "writing it down",
        _ => "done",
    }
}

/// `0.8 s`, `34 s`, `2 min`
pub(super) fn took(run: &Run) -> String {
    match run.finished_at.map(|at| at - run.started_at) {
        None => String::new(),
        Some(ms) if ms < 10_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        Some(ms) if ms < 120_000 => format!("{} s", ms / 1_000),
        Some(ms) => format!("{} min", ms / 60_000),
    }
}

impl Index {
    fn last(&self) -> Option<&Run> {
        self.runs.iter().find(|run| run.finished_at.is_some() && run.failed.is_none())
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_lead(actor)?;
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index {
            runs: refit::list_runs(tx, RUNS_SHOWN_MAX)?,
            drifts: refit::drifts(tx)?,
            now: tx.now(),
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

pub async fn runs(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Runs>, Problem> {
    must_be_lead(actor)?;
    let read =
        |tx: &mut Tx| Ok::<_, Problem>(Runs { runs: refit::list_runs(tx, RUNS_SHOWN_MAX)?, now: tx.now() });
    Ok(Html(web.desk.read(actor, read).await?))
}

/// Somebody wants it now.
pub async fn create(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    web.desk.write(actor, refit::ask).await?;
    Ok(Said::new("It begins in a moment; this page follows it.").then("/admin/refit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::skills::Belief;
    use desk::{RefitRunId, SkillId, UserId};

    fn run(finished_at: Option<i64>, failed: Option<&str>) -> Run {
        Run {
            id: RefitRunId(3),
            cause: "asked".into(),
            asked_by_name: Some("Rosa <x>".into()),
            started_at: 1_000,
            finished_at,
            failed: failed.map(str::to_owned),
            stage: if finished_at.is_some() { "done".into() } else { "fitting".into() },
            done: 0.41,
            as_of: 1_000,
            people: 24,
            skills: 31,
            events: 5_412,
            beliefs: 700,
            changed: 33,
            drift_mean: Some(0.08),
            drift_rms: Some(0.12),
            drift_inside: Some(0.93),
        }
    }

    fn page(runs: Vec<Run>) -> String {
        let drift = TierDrift {
            user: UserId(2),
            name: "Leila".into(),
            skill: SkillId(1),
            skill_name: "Refunds".into(),
            online: Belief { mean: 0.0, variance: 0.1 },
            refit: Belief { mean: 0.8, variance: 0.2 },
        };
        renders(&Index { shell: shell(), now: 9_000, runs, drifts: vec![drift] })
    }

    #[test]
    fn a_desk_without_runs_says_what_a_refit_is() {
        assert!(page(vec![]).contains("Refit now"));
    }

    #[test]
    fn a_run_on_its_way_shows_how_far_it_is() {
        let html = page(vec![run(None, None)]);
        assert!(html.contains("weighing all of it together") && html.contains(r#"value="41""#), "{html}");
    }

    #[test]
    fn a_run_that_ended_shows_its_figures_and_a_failed_one_its_reason() {
        let html = page(vec![run(Some(5_200), None), run(Some(2_000), Some("the disk is full"))]);
        for words in ["4.2 s", "5412", "0.08", "93 %", "the disk is full", "Rosa &#60;x&#62;", "+1.00"] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }
}
