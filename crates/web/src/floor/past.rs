//! `/floor/past`: the last days once more, with other rules or without somebody, beside what happened.

use super::chart::{Chart, Series, drawn};
use super::{Asked, only_leads};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::response::Response;
use desk::Tx;
use desk::floor::replay::{HELD_FIXED, Other, ReplayTold};
use desk::floor::runs::{self, Answer, Question, RUNS_SHOWN_MAX, Run, RunKind};
use desk::floor::{DAYS_USUAL, POLICIES, Told};
use desk::people::{self, AgentName};

#[derive(askama::Template)]
#[template(path = "floor/past.html")]
pub struct Past {
    pub shell: Shell,
    pub now: i64,
    pub run: Option<Run>,
    pub earlier: Vec<Run>,
    pub people: Vec<AgentName>,
}

#[derive(askama::Template)]
#[template(path = "floor/_past.html")]
pub struct PastRun {
    pub run: Option<Run>,
}

macro_rules! told {
    ($name:ident) => {
        impl $name {
            fn told(&self) -> Option<&ReplayTold> {
                match self.run.as_ref()?.result.as_ref()? {
                    Answer::Replay(told) => Some(told),
                    _ => None,
                }
            }

            fn held_fixed(&self) -> &'static str {
                HELD_FIXED
            }
        }
    };
}
told!(Past);
told!(PastRun);

impl Past {
    fn policies(&self) -> &'static [(&'static str, &'static str)] {
        &POLICIES
    }

    fn days_usual(&self) -> i64 {
        DAYS_USUAL
    }
}

pub fn asked_words(run: &Run) -> String {
    match (&run.result, &run.question) {
        (Some(Answer::Replay(told)), Question::Replay { days, .. }) => {
            format!("{days} days, {}", told.changes.join(", "))
        }
        (_, Question::Replay { days, .. }) => format!("{days} days"),
        _ => String::new(),
    }
}

/// Minutes until somebody has it, by hour: what happened, the rules of today, the other rules.
pub fn hours_chart(told: &ReplayTold) -> Chart {
    let of = |at: usize| -> Vec<Option<Told>> {
        let plain = |mean: f64| Told { mean, low: mean, high: mean };
        told.by_hour.iter().map(|it| it[at].map(plain)).collect()
    };
    let (happened, as_now, other) = (of(0), of(1), of(2));
    let labels: Vec<(usize, String)> = (0..24).step_by(3).map(|hour| (hour, format!("{hour}:00"))).collect();
    let words = "Minutes until somebody has it, by the hour at which work comes: as it happened, by the rules of today, by the other rules".to_owned();
    let series = [
        Series { class: "past", from: 0, points: &happened, has_band: false },
        Series { class: "base", from: 0, points: &as_now, has_band: false },
        Series { class: "other", from: 0, points: &other, has_band: false },
    ];
    drawn(told.by_hour.len(), &series, &labels, words)
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Past>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Past {
            run: asked.load(tx, RunKind::Replay)?,
            earlier: runs::list(tx, RunKind::Replay, RUNS_SHOWN_MAX)?,
            people: people::list_agent_names(tx)?,
            now: tx.now(),
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

pub async fn run(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<PastRun>, Problem> {
    only_leads(actor)?;
    let read = move |tx: &mut Tx| Ok::<_, Problem>(PastRun { run: asked.load(tx, RunKind::Replay)? });
    Ok(Html(web.desk.read(actor, read).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let other = Other { policy: form.owned("policy"), without: form.list("without"), ..Other::default() };
    let question = Question::Replay { days: form.parsed("days").unwrap_or(DAYS_USUAL), other };
    let run = web.desk.write(actor, move |tx| runs::ask(tx, &question)).await?;
    Ok(Said::new("It begins in a moment; this page follows it.").then(&format!("/floor/past?run={run}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::UserId;
    use desk::floor::replay::{Column, Differences, PersonTold};

    fn told(mean: f64, half: f64) -> Option<Told> {
        Some(Told { mean, low: mean - half, high: mean + half })
    }

    fn result() -> ReplayTold {
        let column = Column {
            wait_s: told(900.0, 60.0),
            reply_s: told(3_000.0, 90.0),
            in_time: told(0.8, 0.02),
            for_good: None,
            spread: 0.31,
            answered: 900.0,
        };
        ReplayTold {
            from: 0,
            until: 90 * 86_400_000,
            turns: 900,
            left_out: 4,
            lives: 12,
            promise_minutes: 60.0,
            happened: column,
            as_now: column,
            other: column,
            difference: Differences {
                wait_s: told(-120.0, 30.0),
                reply_s: None,
                in_time: told(0.02, 0.01),
                for_good: None,
            },
            by_hour: (0..24).map(|at| [Some(at as f64), None, Some(2.0)]).collect(),
            people: vec![PersonTold {
                user: Some(UserId(2)),
                name: "Mei <Tan>".into(),
                hours_here: 320.0,
                happened: 90.0,
                as_now: 88.0,
                other: 70.0,
            }],
            changes: vec!["by longest idle".into()],
        }
    }

    #[test]
    fn the_past_is_told_in_three_columns_with_what_is_held_fixed() {
        let run = Run {
            id: desk::FloorRunId(3),
            kind: RunKind::Replay,
            question: Question::Replay {
                days: 90,
                other: Other { policy: "longest_idle".into(), ..Other::default() },
            },
            asked_by_name: Some("Rosa".into()),
            asked_at: 1_000,
            started_at: Some(1_200),
            finished_at: Some(4_000),
            failed: None,
            done: 1.0,
            result: Some(Answer::Replay(result())),
        };
        let people = vec![AgentName { id: UserId(2), name: "Mei <Tan>".into() }];
        let html = renders(&Past {
            shell: shell(),
            now: 9_000,
            earlier: vec![run.clone()],
            run: Some(run),
            people: people.clone(),
        });
        for words in ["by longest idle", "−2.0 min", "Held fixed", "Mei &#60;Tan&#62;", "0.31", "better"] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        let html = renders(&Past { shell: shell(), now: 9_000, earlier: vec![], run: None, people });
        assert!(html.contains("Live them again"));
    }
}
