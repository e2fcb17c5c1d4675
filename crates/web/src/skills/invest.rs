//! `/skills/invest`: who might learn what, or whom to hire: what it costs, and what it is worth.

use super::only_leads;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
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
        Ok::<_, Problem>(Invest { page, shell: Shell::load(tx)?, asked: asked.clone() })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::skills::planning::{Candidate, Hire, PlanSettings, Worth};
    use desk::{RoleId, UserId};

    fn page(candidates: Vec<Candidate>, hires: Vec<Hire>) -> String {
        let settings = PlanSettings::default();
        let page =
            InvestPage { settings, weeks: 8.0, tickets: 940, looked_at: candidates.len(), candidates, hires };
        renders(&Invest { shell: shell(), asked: Asked::default(), page })
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
