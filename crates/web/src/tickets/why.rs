//! `/tickets/{id}/why`: why a ticket came to its assignee, or what it waits for.

use super::visible;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use desk::coaching::{self, LearningGiven};
use desk::routing::views::{Why, WhyCandidate};
use desk::{TicketId, routing};

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
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Html<WhyPage>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let ticket = visible(tx, id)?;
        let current = routing::why(tx, id)?;
        let mut earlier = routing::decisions_of(tx, id)?;
        earlier.retain(|why| current.as_ref().is_none_or(|current| current.decision != why.decision));
        Ok::<_, Problem>(WhyPage {
            shell: Shell::load(tx)?,
            now: tx.now(),
            ticket: id,
            subject: ticket.subject,
            current,
            earlier,
            learning: coaching::given_on(tx, id)?,
        })
    });
    Ok(Html(page.await?))
}

/// What is told of one candidate.
fn told(candidate: &WhyCandidate) -> String {
    let all = if candidate.eligible { &candidate.reasons } else { &candidate.against };
    all.join(", ")
}

fn percent(probability: &f64) -> String {
    format!("{:.0} %", probability * 100.0)
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::UserId;
    use desk::routing::Cause;
    use desk::routing::views::Named;

    fn why(explored: bool) -> Why {
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
        }
    }

    #[test]
    fn a_decision_shows_its_candidates_and_none_says_so() {
        let given = |is: bool| {
            is.then(|| LearningGiven {
                goal: desk::CoachingGoalId(1),
                user: UserId(1),
                skill: desk::SkillId(1),
                skill_name: "De-escalation".into(),
                helper: UserId(2),
                helper_name: "كوفي".into(),
                given_at: 1,
            })
        };
        let page = |current: Option<Why>, earlier| WhyPage {
            shell: shell(),
            now: 9,
            ticket: TicketId(1),
            subject: "x".repeat(300),
            learning: given(current.is_some()),
            current,
            earlier,
        };
        assert!(renders(&page(None, vec![])).contains("by hand"));
        let full = renders(&page(Some(why(false)), vec![why(true)]));
        assert!(full.contains("a ticket to learn on"), "{full}");
        assert!(full.contains("82 %") && full.contains("holds 8 of 8"));
    }
}
