//! `/skills/invest`: who might learn what, or whom to hire: what it costs, and what it is worth.

use super::only_leads;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::Tx;
use desk::floor::Told;
use desk::floor::runs::{self, Answer, Choice, Run, RunKind, WorthTold};
use desk::skills::planning::{self, InvestPage, Investment, Order};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `tickets`: the most first, whatever it costs.
    pub order: String,
}

impl Asked {
    fn order(&self) -> Order {
        if self.order == "tickets" { Order::Most } else { Order::PerHour }
    }
}

#[derive(askama::Template)]
#[template(path = "skills/invest.html")]
pub struct Invest {
    pub shell: Shell,
    pub asked: Asked,
    pub page: InvestPage,
    pub now: i64,
    /// The newest simulation of what trainings and hires are worth, done or on its way; and the newest with a result.
    pub run: Option<Run>,
    pub done: Option<Run>,
    /// Trainings and hires of that result.
    pub choices: Vec<Choice>,
}

/// What trainings and hires are worth by simulation, fetched anew while one is on its way.
#[derive(askama::Template)]
#[template(path = "skills/_worth.html")]
pub struct ByFloor {
    pub asked: Asked,
    pub now: i64,
    pub run: Option<Run>,
    pub done: Option<Run>,
    pub choices: Vec<Choice>,
}

macro_rules! worth {
    ($name:ident) => {
        impl $name {
            fn worth(&self) -> Option<&WorthTold> {
                told(self.done.as_ref())
            }

            fn is_running(&self) -> bool {
                self.run.as_ref().is_some_and(|it| it.finished_at.is_none())
            }

            fn by_most(&self) -> bool {
                self.asked.order() == Order::Most
            }
        }
    };
}
worth!(Invest);
worth!(ByFloor);

fn told(run: Option<&Run>) -> Option<&WorthTold> {
    match run?.result.as_ref()? {
        Answer::Worth(told) => Some(told),
        _ => None,
    }
}

impl ByFloor {
    /// The newest, and the newest with a result.
    fn load(tx: &mut Tx, asked: Asked) -> Result<ByFloor, Problem> {
        let run = runs::list(tx, RunKind::Worth, 1)?.pop();
        let done = runs::last_done(tx, RunKind::Worth)?;
        let choices = match told(done.as_ref()) {
            Some(told) => runs::choices(tx, told, asked.order())?,
            None => Vec::new(),
        };
        Ok(ByFloor { asked, now: tx.now(), run, done, choices })
    }
}

impl Invest {
    fn ranked(&self) -> Vec<Investment<'_>> {
        self.page.ranked(self.asked.order())
    }
}

/// `+0.04` points of a share for a hundred hours, with a true minus.
fn fine_points(it: &Option<Told>) -> String {
    it.map_or("–".to_owned(), |it| hundredths(100.0 * it.mean))
}

/// `+0.02` of a rating.
fn stars(it: &Option<Told>) -> String {
    it.map_or("–".to_owned(), |it| hundredths(it.mean))
}

/// `+0.01 to +0.03`
fn star_interval(it: &Option<Told>) -> String {
    it.map_or(String::new(), |it| format!("{} to {}", hundredths(it.low), hundredths(it.high)))
}

fn hundredths(it: f64) -> String {
    let rounded = (100.0 * it).round() / 100.0;
    match rounded {
        it if it < 0.0 => format!("−{:.2}", -it),
        it if it > 0.0 => format!("+{it:.2}"),
        _ => "0.00".to_owned(),
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Invest>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let page = planning::invest(tx, asked.order())?;
        let ByFloor { asked, now, run, done, choices } = ByFloor::load(tx, asked.clone())?;
        Ok::<_, Problem>(Invest { page, shell: Shell::load(tx)?, asked, now, run, done, choices })
    });
    Ok(Html(page.await?))
}

pub async fn worth(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<ByFloor>, Problem> {
    only_leads(actor)?;
    Ok(Html(web.desk.read(actor, move |tx| ByFloor::load(tx, asked.clone())).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::floor::runs::{AbsenceTold, Figures, HireTold, LevelTold, Question, TrainingTold, What};
    use desk::skills::planning::{Candidate, Hire, LearningCost, NewWeek, PlanSettings, Worth};
    use desk::{FloorRunId, RoleId, SkillId, UserId};

    fn page(candidates: Vec<Candidate>, hires: Vec<Hire>) -> String {
        let settings = PlanSettings::default();
        let page =
            InvestPage { settings, weeks: 8.0, tickets: 940, looked_at: candidates.len(), candidates, hires };
        let asked = Asked::default();
        renders(&Invest { shell: shell(), asked, page, now: 9_000, run: None, done: None, choices: vec![] })
    }

    fn told(mean: f64) -> Option<Told> {
        Some(Told { mean, low: mean - 0.004, high: mean + 0.004 })
    }

    fn training() -> TrainingTold {
        TrainingTold {
            user: Some(UserId(2)),
            name: "Jonas <Berg>".into(),
            skill: Some(SkillId(1)),
            skill_name: "SAML login".into(),
            from: Some(1.2),
            to: 3.5,
            in_time: told(0.012),
            for_good: told(0.001),
            rating: None,
            weeks: 64,
        }
    }

    fn hire() -> HireTold {
        HireTold {
            role: Some(RoleId(1)),
            name: "Tier <2>".into(),
            levels: vec![LevelTold { skill: SkillId(1), skill_name: "SAML <login>".into(), level: 3.5 }],
            week: "Monday to Friday, 9–17".into(),
            in_time: told(0.002),
            for_good: told(0.03),
            rating: told(0.022),
            weeks: 64,
        }
    }

    fn run() -> Run {
        let worth = WorthTold {
            history_days: 90.0,
            looked_at: 410,
            weeks: 64,
            promise_minutes: 60.0,
            base: Figures { in_time: told(0.84), ..Figures::default() },
            by_time: true,
            trainings: vec![training()],
            hires: vec![hire()],
            absences: vec![AbsenceTold {
                user: Some(UserId(3)),
                name: "Mei".into(),
                in_time: told(-0.031),
                for_good: None,
            }],
        };
        Run {
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
        }
    }

    fn by_floor(run: Option<Run>, done: Option<Run>) -> String {
        let choices = match done {
            Some(_) => vec![
                Choice::of(What::Learning(training()), true, (40.0, 10.0)),
                Choice::of(What::Hiring(hire()), true, (1_700.0, 120.0)),
            ],
            None => vec![],
        };
        renders(&ByFloor { asked: Asked::default(), now: 9_000, run, done, choices })
    }

    #[test]
    fn what_was_simulated_is_shown_with_its_interval_its_cost_and_its_date() {
        let html = by_floor(Some(run()), Some(run()));
        for words in
            ["Jonas &#60;Berg&#62;", "+1.2", "+0.8 to +1.6", "410 trainings", "−3.1", "Simulate again"]
        {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        for words in ["50 h", "10 of others", "+2.40", ">better<"] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        let running = Run { finished_at: None, result: None, done: 0.5, ..run() };
        let html = by_floor(Some(running), Some(run()));
        assert!(
            html.contains("value=\"50\"") && html.contains("Jonas"),
            "the last result stays while the next is made"
        );
        assert!(by_floor(None, None).contains("Simulate"));
    }

    #[test]
    fn a_hire_stands_beside_trainings_with_its_profile_week_and_cost() {
        let html = by_floor(Some(run()), Some(run()));
        for words in [
            "1 hire",
            "Tier &#60;2&#62;",
            "SAML &#60;login&#62;</bdi> 3.5",
            "Monday to Friday, 9–17",
            "−0.2 to +0.6",
            ">may be nothing<",
            "+0.02 to +0.03",
            "1820 h",
            ">+0.01<",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
    }

    #[test]
    fn a_simulation_from_before_hires_were_looked_at_says_so() {
        let mut old = run();
        let Some(Answer::Worth(worth)) = &mut old.result else { panic!("it has one") };
        worth.hires.clear();
        let choices = vec![Choice::of(What::Learning(training()), true, (40.0, 0.0))];
        let asked = Asked { order: "tickets".into() };
        let html = renders(&ByFloor { asked, now: 9_000, run: None, done: Some(old), choices });
        assert!(html.contains("0 hires") && html.contains("looked at no hires"), "{html}");
        assert!(html.contains("_worth?order=tickets"), "the order stays when it is fetched anew: {html}");
    }

    #[test]
    fn a_candidate_says_what_it_costs_and_what_it_is_worth() {
        let teacher = Some((UserId(3), "Mei".into()));
        let candidate = Candidate {
            user: UserId(2),
            name: "Jonas <Berg>".into(),
            skill: summary(1, "SAML login"),
            from: None,
            to: 3.5,
            weekly: 5.0,
            worth: Worth { tickets: 1.4, low: 0.0, high: 2.6 },
            cost: LearningCost { hours: 40.0, teacher_hours: 10.0, teacher },
            wants: true,
            first: vec![summary(4, "Networks")],
        };
        let hire = Hire {
            role: Some(RoleId(1)),
            name: "Tier 2".into(),
            levels: vec![(summary(1, "SAML login"), 3.5)],
            week: NewWeek::WeekdaysLate,
            worth: Worth { tickets: 3.2, low: 1.1, high: 4.7 },
            through: vec![(summary(1, "SAML login"), 2.0)],
            hours_per_year: 1_700.0,
            hours_once: 120.0,
        };
        let gap = Hire { role: None, name: "What is missing most".into(), ..hire.clone() };
        let html = page(vec![candidate], vec![hire, gap]);
        for words in
            ["Jonas &#60;Berg&#62;", "1.4", "0.0 to 2.6", "50 h", "0.3", "wants to", "Networks", "13–21"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
        for words in ["1.1 to 4.7", "1820 h", "120 of others", "0.02", "What is missing most"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(html.find("Jonas") < html.find("Tier 2"), "more for the hours goes first");
    }

    #[test]
    fn on_a_phone_every_figure_stands_beside_its_name() {
        let html = by_floor(Some(run()), Some(run()));
        let cards = html.split("cards-on-phone").nth(1).and_then(|it| it.split("</table>").next());
        let cards = cards.expect("the list");
        assert_eq!(cards.matches("<td").count(), cards.matches("<td data-label=").count(), "{cards}");
        // A row is a line of two ends on a phone: what belongs together is one thing.
        assert_eq!(
            cards.matches("<th scope=\"row\">").count(),
            cards.matches("<th scope=\"row\"><span>").count()
        );
    }

    #[test]
    fn nothing_to_gain_says_so() {
        assert!(page(vec![], vec![]).contains("Nothing to gain"));
    }
}
