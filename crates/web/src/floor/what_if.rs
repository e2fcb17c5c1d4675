//! `/floor/what-if`: a usual week with somebody away, somebody trained, somebody new, other hours, or another rule.

use super::chart::{Chart, Series, drawn};
use super::{Asked, only_leads};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::response::Response;
use desk::Tx;
use desk::floor::runs::{self, Answer, Difference, Question, RUNS_SHOWN_MAX, Run, RunKind, WhatIfTold};
use desk::floor::{POLICIES, Told};
use desk::people::{self, AgentName};
use desk::skills::planning::Shift;
use desk::skills::{self, SkillSummary};

/// Differences that one form takes.
const LINES: usize = 3;
const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(askama::Template)]
#[template(path = "floor/what_if.html")]
pub struct WhatIf {
    pub shell: Shell,
    pub now: i64,
    pub run: Option<Run>,
    pub earlier: Vec<Run>,
    pub people: Vec<AgentName>,
    pub skills: Vec<SkillSummary>,
}

#[derive(askama::Template)]
#[template(path = "floor/_what_if.html")]
pub struct WhatIfRun {
    pub run: Option<Run>,
}

macro_rules! told {
    ($name:ident) => {
        impl $name {
            fn told(&self) -> Option<&WhatIfTold> {
                match self.run.as_ref()?.result.as_ref()? {
                    Answer::WhatIf(told) => Some(told),
                    _ => None,
                }
            }
        }
    };
}
told!(WhatIf);
told!(WhatIfRun);

impl WhatIf {
    fn lines(&self) -> std::ops::Range<usize> {
        0..LINES
    }

    fn policies(&self) -> &'static [(&'static str, &'static str)] {
        &POLICIES
    }
}

/// What a run was asked, in a few words.
pub fn asked_words(run: &Run) -> String {
    match (&run.result, &run.question) {
        (Some(Answer::WhatIf(told)), _) => told.changes.join(", "),
        (_, Question::WhatIf { changes, .. }) => {
            crate::say::counted(changes.len(), "difference", "differences")
        }
        _ => String::new(),
    }
}

/// Minutes until somebody has it, by the hour at which work comes.
pub fn hours_chart(told: &WhatIfTold) -> Chart {
    let (base, other): (Vec<Option<Told>>, Vec<Option<Told>>) =
        told.hours.iter().map(|it| (it.base, it.other)).unzip();
    let labels: Vec<(usize, String)> = (0..24).step_by(3).map(|hour| (hour, format!("{hour}:00"))).collect();
    let words =
        "Minutes until somebody has it, by the hour at which work comes: as now, and with the difference"
            .to_owned();
    let series = [
        Series { class: "base", from: 0, points: &base, has_band: true },
        Series { class: "other", from: 0, points: &other, has_band: true },
    ];
    drawn(told.hours.len(), &series, &labels, words)
}

/// Those whose work changes most.
pub fn people_moved(told: &WhatIfTold) -> Vec<(String, f64, f64)> {
    const SHOWN: usize = 12;
    let mut all = told.people.clone();
    all.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
    all.truncate(SHOWN);
    all
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<WhatIf>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(WhatIf {
            run: asked.load(tx, RunKind::WhatIf)?,
            earlier: runs::list(tx, RunKind::WhatIf, RUNS_SHOWN_MAX)?,
            people: people::list_agent_names(tx)?,
            skills: skills::list_skill_names(tx)?,
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
) -> Result<Html<WhatIfRun>, Problem> {
    only_leads(actor)?;
    let read = move |tx: &mut Tx| Ok::<_, Problem>(WhatIfRun { run: asked.load(tx, RunKind::WhatIf)? });
    Ok(Html(web.desk.read(actor, read).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let mut changes = Vec::new();
    for line in 0..LINES {
        changes.extend(difference(&form, line)?);
    }
    let question = Question::WhatIf { changes, policy: form.owned("policy") };
    let run = web.desk.write(actor, move |tx| runs::ask(tx, &question)).await?;
    Ok(Said::new("It begins in a moment; this page follows it.").then(&format!("/floor/what-if?run={run}")))
}

/// One line of the form; `None` if nothing was chosen in it.
fn difference(form: &Fields, line: usize) -> Result<Option<Difference>, Problem> {
    let Some(what) = form.given(&format!("what_{line}")) else { return Ok(None) };
    let user = form.parsed(&format!("user_{line}")).ok_or_else(|| Problem::invalid("Say who."))?;
    Ok(Some(match what {
        "away" => Difference::Away { user },
        "one_more" => Difference::OneMoreLike { user },
        "learns" => Difference::Learns {
            user,
            skill: form
                .parsed(&format!("skill_{line}"))
                .ok_or_else(|| Problem::invalid("Say which skill."))?,
            level: form.parsed(&format!("level_{line}")).unwrap_or(4.0),
        },
        "hours" => Difference::Shifts { user, shifts: shifts(form.text(&format!("hours_{line}")))? },
        _ => return Err(Problem::invalid("Choose what shall be different.")),
    }))
}

/// `mon-fri 09:00-17:00, sat 10:00-14:00`
fn shifts(text: &str) -> Result<Vec<Shift>, Problem> {
    let wrong = || Problem::invalid("Write hours such as mon-fri 09:00-17:00, sat 10:00-14:00.");
    let mut all = Vec::new();
    for part in
        text.to_lowercase().replace('–', "-").split([',', ';']).map(str::trim).filter(|it| !it.is_empty())
    {
        let (days, clock) = part.split_once(' ').ok_or_else(wrong)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let day = |name: &str| {
            DAY_NAMES.iter().position(|it| name.len() >= 2 && (it.starts_with(name) || name.starts_with(it)))
        };
        let (first, last) = (day(first).ok_or_else(wrong)?, day(last).ok_or_else(wrong)?);
        let (from, to) = clock.trim().split_once('-').ok_or_else(wrong)?;
        let count = (last + 7 - first) % 7;
        for at in 0..=count {
            all.push(Shift::parse(DAY_NAMES[(first + at) % 7], from, to).ok_or_else(wrong)?);
        }
    }
    if all.is_empty() { Err(wrong()) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::UserId;
    use desk::floor::runs::{Figures, HourTold};

    fn told(mean: f64, half: f64) -> Option<Told> {
        Some(Told { mean, low: mean - half, high: mean + half })
    }

    fn result() -> WhatIfTold {
        let figures = Figures {
            wait_s: told(900.0, 60.0),
            reply_s: told(3_000.0, 90.0),
            in_time: told(0.8, 0.02),
            for_good: told(0.7, 0.01),
        };
        let difference = Figures {
            wait_s: told(240.0, 60.0),
            reply_s: told(200.0, 300.0),
            in_time: told(-0.05, 0.01),
            for_good: None,
        };
        let hour = |at: usize| HourTold {
            came: 2.0,
            base: told(at as f64, 1.0),
            other: (at != 3).then_some(()).and(told(at as f64 + 4.0, 2.0)),
        };
        WhatIfTold {
            changes: vec!["without Mei <Tan>".into()],
            history_days: 90.0,
            weeks: 60,
            promise_minutes: 60.0,
            base: figures,
            other: figures,
            difference,
            hours: (0..24).map(hour).collect(),
            people: vec![("Kofi".into(), 10.0, 14.0), ("Mei <Tan>".into(), 12.0, 0.0)],
        }
    }

    fn run(result: Option<Answer>) -> Run {
        Run {
            id: desk::FloorRunId(3),
            kind: RunKind::WhatIf,
            question: Question::WhatIf {
                changes: vec![Difference::Away { user: UserId(2) }],
                policy: String::new(),
            },
            asked_by_name: None,
            asked_at: 1_000,
            started_at: Some(1_200),
            finished_at: result.as_ref().map(|_| 4_000),
            failed: None,
            done: 0.3,
            result,
        }
    }

    fn page(run: Option<Run>) -> String {
        let earlier = run.iter().cloned().collect();
        let people = vec![AgentName { id: UserId(2), name: "Mei <Tan>".into() }];
        renders(&WhatIf {
            shell: shell(),
            now: 9_000,
            run,
            earlier,
            people,
            skills: vec![summary(1, "SAML login")],
        })
    }

    #[test]
    fn before_anything_was_asked_the_form_explains_itself() {
        let html = page(None);
        assert!(
            html.contains("Mei &#60;Tan&#62;")
                && html.contains("SAML login")
                && html.contains("longest idle")
        );
    }

    #[test]
    fn a_result_says_what_is_better_what_is_worse_and_what_may_be_nothing() {
        let html = page(Some(run(Some(Answer::WhatIf(result())))));
        for words in
            ["without Mei &#60;Tan&#62;", "+4.0 min", "worse", "may be nothing", "−5.0", "15 ± 1 min", "<svg"]
        {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        assert!(page(Some(run(None))).contains("<progress"));
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let found = shifts("Mon-Fri 09:00-17:00, sat 10-14").unwrap();
        assert_eq!((found.len(), found[0].from_minute, found[5].weekday), (6, 540, 5));
        assert_eq!(shifts("sat–mon 22:00–06:00").unwrap().len(), 3);
        for wrong in ["", "mon", "mon 9", "x-y 9-17", "mon 25-26"] {
            assert!(shifts(wrong).is_err(), "{wrong}");
        }
    }
}
