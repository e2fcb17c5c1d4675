//! `/hiring`: every opening to leads; to colleagues those that are open to them, with how near they are.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::Actor;
use desk::hiring::views::{self, HiringPage};

#[derive(askama::Template)]
#[template(path = "hiring/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: HiringPage,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::hiring_page(tx)?;
        Ok::<_, Problem>(Index { page, actor, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::super::words::samples;
    use super::*;
    use crate::samples::{renders, shell};
    use desk::hiring::OpeningState;
    use desk::hiring::views::OpeningRow;
    use desk::{Role, UserId};

    fn index(role: Role, openings: Vec<OpeningRow>) -> Index {
        let page = HiringPage {
            interviews: vec![views::Interview {
                candidate: desk::CandidateId(4),
                name: "Nour <H>".into(),
                title: "Support specialist".into(),
                scored: openings.is_empty(),
            }],
            openings,
            alerts: 12,
        };
        Index { shell: shell(), actor: Actor::person(UserId(1), role), now: 1_767_700_000_000, page }
    }

    fn row(state: OpeningState, lead: bool) -> OpeningRow {
        OpeningRow {
            opening: samples::opening(state),
            candidates: 4,
            undecided: 3,
            mine: (!lead).then(|| samples::measured(1, 3)),
            volunteered: !lead,
        }
    }

    #[test]
    fn leads_see_candidates_and_colleagues_how_near_they_are() {
        let rows = OpeningState::ALL.map(|state| row(state, true)).to_vec();
        let html = renders(&index(Role::Lead, rows));
        assert!(html.contains("Colleagues first") && html.contains("/hiring/new") && html.contains("3 of 4"));
        let html = renders(&index(Role::Agent, vec![row(OpeningState::Inside, false)]));
        assert!(html.contains("Nour &#60;H&#62;") && html.contains("/hiring/candidates/4/scorecard"));
        assert!(html.contains("41 %") && !html.contains("/hiring/new") && html.contains("You want it"));
        assert!(renders(&index(Role::Agent, vec![])).contains("Nothing is open"));
        assert!(renders(&index(Role::Lead, vec![])).contains("No opening yet"));
    }
}
