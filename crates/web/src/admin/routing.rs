//! `/admin/routing`: by which rule work is handed out, and what another rule would make of the work at hand.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Tx;
use desk::routing::{
    self, ChannelPolicy, EXPERT_RESERVE_MAX, MISSED_OFFERS_MAX, OFFER_SECONDS_MAX, OFFER_SECONDS_MIN,
    PLACES_MAX, PolicyPreview, RoutingPolicy, Rule, WorkChannel,
};

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

/// What is offered: its word in the form, and its name.
const OFFERED: [(WorkChannel, &str, &str); 3] = [
    (WorkChannel::Message, "messages", "Messages"),
    (WorkChannel::Chat, "chats", "Chats"),
    (WorkChannel::Voice, "calls", "Calls"),
];

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

    fn missed_max(&self) -> i64 {
        MISSED_OFFERS_MAX
    }

    fn offered(&self) -> Vec<(&'static str, &'static str, ChannelPolicy)> {
        let all = OFFERED.into_iter();
        all.filter_map(|(channel, word, name)| Some((word, name, *self.policy.channels.of(channel)?)))
            .collect()
    }

    fn seconds(&self) -> (i64, i64) {
        (OFFER_SECONDS_MIN, OFFER_SECONDS_MAX)
    }

    fn places_max(&self) -> i64 {
        PLACES_MAX
    }

    fn name_of(&self, rule: &Rule) -> &'static str {
        rule_name(*rule)
    }

    /// What the two columns of the preview are called.
    fn columns(&self) -> (&'static str, &'static str) {
        match self.held.rule == self.policy.rule {
            true => ("As it is", "As tried"),
            false => (rule_name(self.held.rule), rule_name(self.policy.rule)),
        }
    }

    fn tried_name(&self) -> &'static str {
        if self.held.rule == self.policy.rule { "These settings" } else { rule_name(self.policy.rule) }
    }

    /// A rule moves nothing from queue to queue.
    fn shows_queues(&self, _: &PolicyPreview) -> bool {
        false
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
        "Whoever had nothing new for longest; somebody free gets work of the queue that is furthest above its share of all that waits.",
    ),
    (
        "generalised_c_mu",
        Rule::GeneralisedCMu,
        "Generalised cμ",
        "Whoever is quickest at it; somebody free gets what costs most to keep waiting in the time that it takes.",
    ),
];

/// The rule of a form's word.
pub fn rule_of(word: &str) -> Option<Rule> {
    RULES.iter().find(|it| it.0 == word).map(|it| it.1)
}

pub fn rule_word(rule: Rule) -> &'static str {
    RULES.iter().find(|it| it.1 == rule).map_or("", |it| it.0)
}

pub fn rule_name(rule: Rule) -> &'static str {
    RULES.iter().find(|it| it.1 == rule).map_or("", |it| it.2)
}

/// Each rule's word and its name.
pub fn rule_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|it| (it.0, it.2))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    tried: Fields,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let held = routing::routing_policy(tx)?;
        if !tried.has("rule") {
            return load(tx, held, None);
        }
        let policy = written(held, &tried);
        match routing::preview_policy(tx, &policy).map_err(Problem::from) {
            Ok(preview) => load(tx, policy, Some(preview)),
            Err(problem) if problem.field.is_some() => {
                Ok(Edit { problem: Some(problem), ..load(tx, policy, None)? })
            }
            Err(problem) => Err(problem),
        }
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
        let policy = written(held, &form);
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

/// What cannot be read is refused by the command, which says what is wrong with it. What the form has no field for stays.
fn written(held: RoutingPolicy, form: &Fields) -> RoutingPolicy {
    let mut channels = held.channels;
    for (channel, word, _) in OFFERED {
        if let Some(it) = channels.of_mut(channel)
            && form.has(&format!("seconds_{word}"))
        {
            *it = ChannelPolicy {
                offer_seconds: form.parsed(&format!("seconds_{word}")).unwrap_or(0),
                places: form.parsed(&format!("places_{word}")).unwrap_or(-1),
                alone: form.is_on(&format!("alone_{word}")),
            };
        }
    }
    let missed = form.given("missed_offers").map(|text| text.parse().unwrap_or(-1));
    RoutingPolicy {
        channels,
        rule: rule_of(form.text("rule")).unwrap_or(held.rule),
        growth_share: form.parsed::<f64>("growth_percent").map_or(-1.0, |it| it / 100.0),
        expert_reserve: form.parsed("expert_reserve").unwrap_or(-1),
        missed_offers_max: missed.unwrap_or(held.missed_offers_max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::routing::WouldGet;
    use desk::routing::views::Named;
    use desk::{TicketId, UserId};

    fn page(preview: Option<PolicyPreview>, problem: Option<Problem>) -> String {
        let policy =
            RoutingPolicy { rule: Rule::LongestIdle, missed_offers_max: 4, ..RoutingPolicy::default() };
        let held = RoutingPolicy::default();
        renders(&Edit { shell: shell(), policy, held, preview, problem })
    }

    #[test]
    fn the_page_says_what_holds_and_what_would_change() {
        let named = |name: &str| Some(Named { user: UserId(7), name: name.into() });
        let plain = page(None, None);
        assert!(plain.contains("Longest idle") && plain.contains("name=\"missed_offers\""), "{plain}");
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
            in_turn: true,
            queues: vec![("Everything else".into(), 3, 3)],
        };
        let html = page(Some(some), None);
        assert!(html.contains("/tickets/12") && html.contains("nobody yet") && html.contains("&#60;b&#62;"));
        let wrong =
            Problem { field: Some("growth_share"), ..Problem::invalid("a share lies between 0 and 1") };
        assert!(page(None, Some(wrong)).contains("a share lies between 0 and 1"));
    }
}
