//! `/admin/routing`: by which rule work is handed out, and what another rule would make of the work at hand.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Tx;
use desk::routing::{self, EXPERT_RESERVE_MAX, PolicyPreview, RoutingPolicy, Rule};
use serde::Deserialize;

const PLACE: &str = "/admin/routing";

#[derive(askama::Template)]
#[template(path = "admin/routing.html")]
pub struct Edit {
    pub shell: Shell,
    /// As it is written in the form.
    pub policy: RoutingPolicy,
    /// The one that holds.
    pub held: RoutingPolicy,
    pub preview: Option<PolicyPreview>,
    pub problem: Option<Problem>,
}

/// What is to be tried out; nothing: only show what holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tried {
    rule: String,
    growth_percent: String,
    expert_reserve: String,
}

impl Edit {
    fn rules(&self) -> [(&'static str, Rule, &'static str, &'static str); 5] {
        RULES
    }

    fn growth_percent(&self) -> i64 {
        (self.policy.growth_share * 100.0).round() as i64
    }

    fn reserve_max(&self) -> i64 {
        EXPERT_RESERVE_MAX
    }

    fn name_of(&self, rule: &Rule) -> &'static str {
        RULES.iter().find(|it| it.1 == *rule).map_or("", |it| it.2)
    }
}

/// The form's word, the rule, its name, and what it does.
const RULES: [(&str, Rule, &str, &str); 5] = [
    (
        "expected_outcome",
        Rule::ExpectedOutcome,
        "Expected outcome",
        "Whoever is likeliest to solve it for good; somebody free gets what costs most to keep waiting, times that chance.",
    ),
    (
        "longest_idle",
        Rule::LongestIdle,
        "Longest idle",
        "Whoever had nothing new for longest; somebody free gets what waited longest.",
    ),
    (
        "most_capacity",
        Rule::MostCapacity,
        "Most capacity",
        "Whoever has most room; somebody free gets what waited longest.",
    ),
    (
        "fixed_queue_ratio",
        Rule::FixedQueueRatio,
        "Fixed queue ratio",
        "Whoever had nothing new for longest; somebody free gets work of the group that is furthest above its share of all that waits.",
    ),
    (
        "generalised_c_mu",
        Rule::GeneralisedCMu,
        "Generalised cμ",
        "Whoever is quickest at it; somebody free gets what costs most to keep waiting in the time that it takes.",
    ),
];

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(tried): Query<Tried>,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let held = routing::routing_policy(tx)?;
        if tried.rule.is_empty() {
            return load(tx, held, None);
        }
        let policy = written(held, &tried.rule, &tried.growth_percent, &tried.expert_reserve);
        let preview = routing::preview_policy(tx, &policy)?;
        load(tx, policy, Some(preview))
    });
    Ok(Html(page.await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let saved = web.desk.write(actor, move |tx| {
        let held = routing::routing_policy(tx)?;
        let policy =
            written(held, form.text("rule"), form.text("growth_percent"), form.text("expert_reserve"));
        match routing::set_routing_policy(tx, &policy).map_err(Problem::from) {
            Ok(()) => Ok(None),
            Err(problem) if problem.field.is_some() => {
                let mut page = load(tx, policy, None)?;
                page.problem = Some(problem);
                Ok::<_, Problem>(Some(page))
            }
            Err(problem) => Err(problem),
        }
    });
    match saved.await? {
        None => Ok(Said::new("Saved. It holds from the next decision on.").then(PLACE)),
        Some(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()),
    }
}

fn load(tx: &mut Tx, policy: RoutingPolicy, preview: Option<PolicyPreview>) -> Result<Edit, Problem> {
    let held = routing::routing_policy(tx)?;
    Ok(Edit { shell: Shell::load(tx)?, policy, held, preview, problem: None })
}

/// What cannot be read is refused by the command, which says what is wrong with it.
fn written(held: RoutingPolicy, rule: &str, growth_percent: &str, expert_reserve: &str) -> RoutingPolicy {
    RoutingPolicy {
        rule: RULES.iter().find(|it| it.0 == rule).map_or(held.rule, |it| it.1),
        growth_share: growth_percent.parse::<f64>().map_or(-1.0, |it| it / 100.0),
        expert_reserve: expert_reserve.parse().unwrap_or(-1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::routing::WouldGet;
    use desk::routing::views::Named;
    use desk::{TicketId, UserId};

    fn page(preview: Option<PolicyPreview>, problem: Option<Problem>) -> String {
        let policy = RoutingPolicy { rule: Rule::LongestIdle, ..RoutingPolicy::default() };
        let held = RoutingPolicy::default();
        Edit { shell: shell(), policy, held, preview, problem }.render().unwrap()
    }

    #[test]
    fn the_page_says_what_holds_and_what_would_change() {
        let named = |name: &str| Some(Named { user: UserId(7), name: name.into() });
        assert!(page(None, None).contains("Longest idle"));
        let nothing = PolicyPreview { tried: 3, ..PolicyPreview::default() };
        assert!(page(Some(nothing), None).contains("Each of the 3 tickets"));
        let row = WouldGet {
            ticket: TicketId(12),
            subject: "السلام عليكم <b> a very long subject that goes on and on and on until it is cut".into(),
            now: named("Ana Ünïcode"),
            then: None,
        };
        let some = PolicyPreview {
            tried: 3,
            different: 1,
            people: vec![(row.now.clone().unwrap(), 2, 1)],
            rows: vec![row],
        };
        let html = page(Some(some), None);
        assert!(html.contains("/tickets/12") && html.contains("nobody yet") && html.contains("&#60;b&#62;"));
        let wrong =
            Problem { field: Some("growth_share"), ..Problem::invalid("a share lies between 0 and 1") };
        assert!(page(None, Some(wrong)).contains("a share lies between 0 and 1"));
    }
}
