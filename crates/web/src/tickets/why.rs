//! `/tickets/{id}/why`: why a ticket came to its assignee, or what it waits for; what it asks for in words, and what
//! people have to say against the decision.

use super::visible;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::coaching::{self, LearningGiven};
use desk::routing::views::{Why, WhyCandidate};
use desk::routing::{
    AskedStage, Contest, ContestDecision, OfferEnd, REASON_CHARS_MAX, RoutingRequirements,
    SetRoutingRequirements,
};
use desk::{Actor, Kind, TicketId, routing};

/// Characters of what a ticket asks for.
const ASKED_CHARS_MAX: usize = 8_000;

#[derive(askama::Template)]
#[template(path = "tickets/why.html")]
pub struct WhyPage {
    shell: Shell,
    now: i64,
    ticket: TicketId,
    subject: String,
    /// What holds now.
    current: Option<Why>,
    /// All that was decided before, the newest first.
    earlier: Vec<Why>,
    /// Who helps, if it was given to learn on.
    learning: Option<LearningGiven>,
    /// What it asks for in words.
    asked: Option<RoutingRequirements>,
    /// The newest first.
    contests: Vec<Contest>,
    may_speak: bool,
    /// As the two forms were filled in.
    text: String,
    reason: String,
    problem: Option<Problem>,
}

impl WhyPage {
    /// Answers are given where all decisions are.
    fn may_answer(&self, _contest: &Contest) -> bool {
        false
    }

    fn text_max(&self) -> usize {
        ASKED_CHARS_MAX
    }

    fn reason_max(&self) -> usize {
        REASON_CHARS_MAX
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Html<WhyPage>, Problem> {
    Ok(Html(page(&web, actor, id).await?))
}

/// What the ticket asks of whoever gets it, in words; nothing: no more than the skills that it needs.
pub async fn ask(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = SetRoutingRequirements { ticket: id, text: form.owned("text") };
    let kept = web.desk.write(actor, move |tx| {
        visible(tx, id)?;
        Ok::<_, Problem>(routing::set_routing_requirements(tx, &command)?)
    });
    match kept.await {
        Ok(()) => Ok(Said::new("Kept. Whoever gets it is looked for anew.").then(&place(id))),
        Err(problem) => again(&web, actor, id, problem, |page| page.text = form.owned("text")).await,
    }
}

/// A word against the newest decision.
pub async fn contest(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = ContestDecision { ticket: id, reason: form.owned("reason") };
    let kept = web.desk.write(actor, move |tx| {
        visible(tx, id)?;
        Ok::<_, Problem>(routing::contest(tx, &command)?)
    });
    match kept.await {
        Ok(()) => Ok(Said::new("Noted beside the decision. A lead answers.").then(&place(id))),
        Err(problem) => again(&web, actor, id, problem, |page| page.reason = form.owned("reason")).await,
    }
}

fn place(id: TicketId) -> String {
    format!("/tickets/{id}/why")
}

/// The page with what was written, and what is wrong with it.
async fn again(
    web: &Web,
    actor: Actor,
    id: TicketId,
    problem: Problem,
    refill: impl FnOnce(&mut WhyPage),
) -> Result<Response, Problem> {
    if problem.kind != Kind::Invalid {
        return Err(problem);
    }
    let mut page = page(web, actor, id).await?;
    refill(&mut page);
    page.problem = Some(problem);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn page(web: &Web, actor: Actor, id: TicketId) -> Result<WhyPage, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let ticket = visible(tx, id)?;
        let current = routing::why(tx, id)?;
        let mut earlier = routing::decisions_of(tx, id)?;
        earlier.retain(|why| current.as_ref().is_none_or(|current| current.decision != why.decision));
        let asked = routing::routing_requirements_of(tx, id)?;
        Ok::<_, Problem>(WhyPage {
            shell: Shell::load(tx)?,
            now: tx.now(),
            ticket: id,
            subject: ticket.subject,
            current,
            earlier,
            learning: coaching::given_on(tx, id)?,
            text: asked.as_ref().map(|it| it.text.clone()).unwrap_or_default(),
            asked,
            contests: routing::contests_of(tx, id)?,
            may_speak: actor.is_agent(),
            reason: String::new(),
            problem: None,
        })
    });
    page.await
}

/// From when a stage holds: “at first”, “after 10 min of waiting, or at once if …”.
fn from_when(stage: &AskedStage) -> String {
    if stage.after_ms == 0 {
        return "at first".to_owned();
    }
    let nobody = if stage.or_if_nobody { ", or at once if nobody here meets what stands before" } else { "" };
    format!("after {} of waiting{nobody}", crate::when::span(stage.after_ms))
}

/// What is told of one candidate.
pub(crate) fn told(candidate: &WhyCandidate) -> String {
    let all = if candidate.eligible { &candidate.reasons } else { &candidate.against };
    all.join(", ")
}

/// What came of asking whoever was chosen; empty if it was not offered, or taken.
pub(crate) fn offered(why: &Why) -> &'static str {
    match why.offer.map(|it| it.ended) {
        _ if why.offer.is_some_and(|it| it.set_away_after.is_some()) => {
            "Was asked, and did not answer in time, as so often in a row that they were set away."
        }
        None | Some(Some(OfferEnd::Accepted)) => "",
        Some(None) => "Is asked now.",
        Some(Some(OfferEnd::Declined)) => "Was asked, and let it pass.",
        Some(Some(OfferEnd::TimedOut)) => "Was asked, and did not answer in time.",
        Some(Some(OfferEnd::Withdrawn)) => "Was asked, and then asked no more.",
    }
}

pub(crate) fn percent(probability: &f64) -> String {
    format!("{:.0} %", probability * 100.0)
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::routing::views::{Named, OfferTold};
    use desk::routing::{Cause, ContestAnswer, OfferEnd};
    use desk::{DecisionId, RoutingContestId, UserId};

    pub fn why(explored: bool) -> Why {
        let candidate = |name: &str, chosen: bool| WhyCandidate {
            user: UserId(1),
            name: name.into(),
            chosen,
            p_success: chosen.then_some(0.82),
            eligible: chosen,
            reasons: vec!["Refunds: level 3.8, surely 3.4".into()],
            against: vec!["holds 8 of 8".into()],
        };
        Why {
            decision: None,
            at: 1,
            cause: Cause::Arrival,
            chosen: Some(Named { user: UserId(1), name: "Ana".into() }),
            explored,
            sentence: "Chosen over Kofi (same skill, holds 8 of 8)".into(),
            candidates: vec![candidate("Ana", true), candidate("كوفي", false)],
            would_change: vec!["Kofi would have it with 1 less in hand".into()],
            overruled: explored,
            offer: explored.then_some(OfferTold {
                ended: Some(OfferEnd::Declined),
                at: 2,
                set_away_after: None,
            }),
        }
    }

    pub fn contest(id: i64, answered: bool) -> Contest {
        Contest {
            id: RoutingContestId(id),
            decision: DecisionId(1),
            ticket: TicketId(1),
            by: UserId(2),
            by_name: "Mei".into(),
            reason: format!("<b> {}", "y".repeat(900)),
            at: 1,
            answer: answered.then(|| ContestAnswer {
                is_right: true,
                text: "Kofi's level was too low; the review has put it right.".into(),
                by: UserId(1),
                by_name: "Rosa".into(),
                at: 2,
            }),
        }
    }

    fn page(current: Option<Why>, earlier: Vec<Why>) -> WhyPage {
        let learning = current.is_some().then(|| LearningGiven {
            goal: desk::CoachingGoalId(1),
            user: UserId(1),
            skill: desk::SkillId(1),
            skill_name: "De-escalation".into(),
            helper: UserId(2),
            helper_name: "كوفي".into(),
            given_at: 1,
        });
        WhyPage {
            shell: shell(),
            now: 9,
            ticket: TicketId(1),
            subject: "x".repeat(300),
            learning,
            current,
            earlier,
            asked: None,
            contests: vec![],
            may_speak: true,
            text: String::new(),
            reason: String::new(),
            problem: None,
        }
    }

    #[test]
    fn a_decision_shows_its_candidates_and_none_says_so() {
        let bare = renders(&WhyPage { may_speak: false, ..page(None, vec![]) });
        assert!(bare.contains("by hand") && !bare.contains("<textarea"));
        let full = renders(&page(Some(why(false)), vec![why(true)]));
        assert!(full.contains("a ticket to learn on"), "{full}");
        assert!(full.contains("82 %") && full.contains("holds 8 of 8"));
        assert!(full.contains("Was asked, and let it pass."));
        assert!(full.contains("Kofi would have it with 1 less in hand"));
    }

    #[test]
    fn what_it_asks_for_stands_with_its_steps_and_with_what_is_wrong() {
        let stage = |after_ms, text: &str| AskedStage { after_ms, or_if_nobody: true, text: text.into() };
        let asked = RoutingRequirements {
            ticket: TicketId(1),
            text: "French >= 3 [drop after 1 h or if nobody]".into(),
            requirements: desk::routing::Requirements::none(),
            stages: vec![stage(0, "French >= 3"), stage(600_000, "anyone")],
            set_by: None,
            set_at: 1,
        };
        let html = renders(&WhyPage {
            asked: Some(asked),
            text: "Klingon >= 3".into(),
            problem: Some(Problem {
                field: Some("text"),
                ..Problem::invalid("There is no skill “Klingon”.")
            }),
            ..page(Some(why(false)), vec![])
        });
        for words in ["at first", "after 10 min of waiting, or at once", "There is no skill “Klingon”."] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
    }

    #[test]
    fn what_was_said_against_it_stands_with_its_answer() {
        let contests = vec![contest(2, false), contest(1, true)];
        let html = renders(&WhyPage { contests, ..page(Some(why(false)), vec![]) });
        assert!(html.contains("Waits for an answer") && html.contains("The decision was wrong"));
        assert!(html.contains("&#60;b&#62;") && html.contains("the review has put it right"));
    }
}
