//! `/skills/invest`: who might learn what, or whom to hire: what it costs, and what it is worth.

use super::only_leads;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::Tx;
use desk::floor::runs::{self, Answer, Run, RunKind, WorthTold};
use desk::skills::planning::{self, InvestPage};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `tickets`: the most tickets first, whatever it costs.
    pub order: String,
}

#[derive(askama::Template)]
#[template(path = "skills/invest.html")]
pub struct Invest {
    pub shell: Shell,
    pub asked: Asked,
    pub page: InvestPage,
    pub now: i64,
    /// The newest simulation of what trainings are worth, done or on its way; and the newest with a result.
    pub run: Option<Run>,
    pub done: Option<Run>,
}

/// What trainings are worth by simulation, fetched anew while one is on its way.
#[derive(askama::Template)]
#[template(path = "skills/_worth.html")]
pub struct ByFloor {
    pub now: i64,
    pub run: Option<Run>,
    pub done: Option<Run>,
}

macro_rules! worth {
    ($name:ident) => {
        impl $name {
            fn worth(&self) -> Option<&WorthTold> {
                match self.done.as_ref()?.result.as_ref()? {
                    Answer::Worth(told) => Some(told),
                    _ => None,
                }
            }

            fn is_running(&self) -> bool {
                self.run.as_ref().is_some_and(|it| it.finished_at.is_none())
            }
        }
    };
}
worth!(Invest);
worth!(ByFloor);

/// The newest, and the newest with a result.
fn by_floor(tx: &mut Tx) -> Result<(Option<Run>, Option<Run>), Problem> {
    Ok((runs::list(tx, RunKind::Worth, 1)?.pop(), runs::last_done(tx, RunKind::Worth)?))
}

impl Invest {
    fn by_tickets(&self) -> bool {
        self.asked.order == "tickets"
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Invest>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let mut page = planning::invest(tx)?;
        if asked.order == "tickets" {
            page.candidates.sort_by(|one, other| other.worth.tickets.total_cmp(&one.worth.tickets));
        }
        let (run, done) = by_floor(tx)?;
        Ok::<_, Problem>(Invest {
            page,
            shell: Shell::load(tx)?,
            asked: asked.clone(),
            now: tx.now(),
            run,
            done,
        })
    });
    Ok(Html(page.await?))
}

pub async fn worth(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<ByFloor>, Problem> {
    only_leads(actor)?;
    let read = |tx: &mut Tx| {
        let (run, done) = by_floor(tx)?;
        Ok::<_, Problem>(ByFloor { now: tx.now(), run, done })
    };
    Ok(Html(web.desk.read(actor, read).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::floor::Told;
    use desk::floor::runs::{AbsenceTold, Figures, Question, TrainingTold};
    use desk::skills::planning::{Candidate, Hire, PlanSettings, Worth};
    use desk::{FloorRunId, RoleId, SkillId, UserId};

    fn page(candidates: Vec<Candidate>, hires: Vec<Hire>) -> String {
        let settings = PlanSettings::default();
        let page =
            InvestPage { settings, weeks: 8.0, tickets: 940, looked_at: candidates.len(), candidates, hires };
        renders(&Invest { shell: shell(), asked: Asked::default(), page, now: 9_000, run: None, done: None })
    }

    #[test]
    fn what_was_simulated_is_shown_with_its_interval_and_its_date() {
        let told = |mean: f64| Some(Told { mean, low: mean - 0.004, high: mean + 0.004 });
        let worth = WorthTold {
            history_days: 90.0,
            looked_at: 410,
            weeks: 64,
            promise_minutes: 60.0,
            base: Figures { in_time: told(0.84), ..Figures::default() },
            by_time: true,
            trainings: vec![TrainingTold {
                user: Some(UserId(2)),
                name: "Jonas <Berg>".into(),
                skill: Some(SkillId(1)),
                skill_name: "SAML login".into(),
                from: Some(1.2),
                to: 3.5,
                in_time: told(0.012),
                for_good: told(0.001),
                weeks: 64,
            }],
            absences: vec![AbsenceTold {
                user: Some(UserId(3)),
                name: "Mei".into(),
                in_time: told(-0.031),
                for_good: None,
            }],
        };
        let run = Run {
            id: FloorRunId(1),
            kind: RunKind::Worth,
            question: Question::Worth,
            asked_by_name: None,
            asked_at: 0,
            started_at: Some(0),
            finished_at: Some(1_000),
            failed: None,
            done: 1.0,
            result: Some(Answer::Worth(worth)),
        };
        let html = renders(&ByFloor { now: 9_000, run: Some(run.clone()), done: Some(run.clone()) });
        for words in ["Jonas &#60;Berg&#62;", "+1.2", "+0.8 to +1.6", "410", "−3.1", "Simulate again"] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        let running = Run { finished_at: None, result: None, done: 0.5, ..run.clone() };
        let html = renders(&ByFloor { now: 9_000, run: Some(running), done: Some(run) });
        assert!(
            html.contains("value=\"50\"") && html.contains("Jonas"),
            "the last result stays while the next is made"
        );
        assert!(renders(&ByFloor { now: 9_000, run: None, done: None }).contains("Simulate"));
    }

    #[test]
    fn a_candidate_says_what_it_costs_and_what_it_is_worth() {
        let candidate = Candidate {
            user: UserId(2),
            name: "Jonas <Berg>".into(),
            skill: summary(1, "SAML login"),
            from: None,
            to: 3.5,
            weekly: 5.0,
            worth: Worth { tickets: 1.4, low: 0.0, high: 2.6 },
            hours: 40.0,
            teacher_hours: 10.0,
            wants: true,
            teacher: Some((UserId(3), "Mei".into())),
            first: vec![summary(4, "Networks")],
        };
        let hire = Hire {
            role: RoleId(1),
            name: "Tier 2".into(),
            shift: "Monday to Friday, 13–21",
            tickets: 3.2,
            through: vec![(summary(1, "SAML login"), 2.0)],
        };
        let html = page(vec![candidate], vec![hire]);
        for words in
            ["Jonas &#60;Berg&#62;", "1.4", "0.0 to 2.6", "50 h", "0.3", "wants to", "Networks", "13–21"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn nothing_to_gain_says_so() {
        assert!(page(vec![], vec![]).contains("Nothing to gain"));
    }
}
