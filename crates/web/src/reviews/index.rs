//! `/reviews`: what I am asked to review and why, what was said of my work, and how the team stands.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use desk::reviews::views::{self, Desk, ReviewRow};
use desk::reviews::{self, BeginReview, SaveReviewSettings};
use desk::{Actor, ReviewAssignmentId, ScorecardId, TicketId, UserId};
use serde::Deserialize;

#[derive(askama::Template)]
#[template(path = "reviews/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: Desk,
    /// For leads: who may be named a reviewer.
    pub agents: Vec<(UserId, String)>,
}

impl Index {
    fn is_mine(&self, reviewer: &UserId) -> bool {
        self.actor.is(*reviewer)
    }

    fn is_named(&self, user: &UserId) -> bool {
        self.page.settings.reviewers.contains(user)
    }

    fn is_lead(&self) -> bool {
        self.actor.is_lead()
    }
}

/// Whose work on a ticket, and with which scorecard.
#[derive(askama::Template)]
#[template(path = "reviews/new.html")]
pub struct New {
    pub shell: Shell,
    pub ticket: Option<TicketId>,
    pub subject: String,
    pub people: Vec<(UserId, String)>,
    pub scorecards: Vec<(ScorecardId, String)>,
    pub reviews: Vec<ReviewRow>,
    pub is_lead: bool,
}

#[derive(Deserialize)]
pub struct Wanted {
    ticket: Option<String>,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let agents = if actor.is_lead() { views::agents(tx)? } else { Vec::new() };
        Ok::<_, Problem>(Index {
            page: views::desk(tx)?,
            agents,
            actor,
            now: tx.now(),
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Html<New>, Problem> {
    let ticket = wanted.ticket.as_deref().and_then(|it| it.trim().trim_start_matches('#').parse().ok());
    let page = web.desk.read(actor, move |tx| {
        let found = match ticket {
            Some(id) => desk::tickets::views::visible_ticket(tx, id)?,
            None => None,
        };
        let ticket = found.as_ref().map(|it| it.id);
        let (people, reviews) = match ticket {
            Some(id) => (views::reviewable_people(tx, id)?, views::of_ticket(tx, id)?),
            None => Default::default(),
        };
        let scorecards = reviews::list_shown_scorecards(tx)?.into_iter().map(|it| (it.id, it.name)).collect();
        let subject = found.map_or_else(String::new, |it| it.subject);
        let is_lead = actor.is_lead();
        Ok::<_, Problem>(New {
            ticket,
            subject,
            people,
            scorecards,
            reviews,
            is_lead,
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let ticket = form.parsed("ticket").ok_or_else(Problem::not_found)?;
    let user = form.parsed("user").ok_or_else(Problem::not_found)?;
    let command = BeginReview { ticket, user, scorecard: form.parsed("scorecard") };
    let review = web.desk.write(actor, move |tx| reviews::begin(tx, &command)).await?;
    Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&format!(
        "/reviews/{review}"
    ))))
}

pub async fn plan(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let added = web.desk.write(actor, reviews::plan_week).await?;
    let words = match added {
        0 => "This week's budget is used, or there is nothing left to review.".to_owned(),
        count => format!("{} chosen.", crate::words::counted(count as i64, "conversation", "conversations")),
    };
    Ok(Said::new(words).then("/reviews"))
}

pub async fn skip(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(assignment): Path<ReviewAssignmentId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::skip(tx, assignment)).await?;
    Ok(Said::new("Left out. Another one takes its place when the week is planned again.").then("/reviews"))
}

pub async fn settings(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let command = SaveReviewSettings {
        reviews_per_week: form.parsed("budget").unwrap_or(-1),
        reviewers: form.list("reviewer"),
    };
    web.desk.write(actor, move |tx| reviews::save_settings(tx, &command)).await?;
    Ok(Said::new("Saved.").then("/reviews"))
}

#[cfg(test)]
pub(super) mod samples {
    use desk::reviews::views::{AssignmentRow, ReviewRow};
    use desk::reviews::{Calibration, Category, Review, Scorecard};
    use desk::{CalibrationId, ReviewAssignmentId, ReviewId, ScorecardId, TicketId, UserId};

    /// Rosa's finished review of Leila's work.
    pub fn finished(id: i64) -> Review {
        Review {
            id: ReviewId(id),
            ticket: TicketId(47_903),
            user: UserId(2),
            reviewer: UserId(1),
            version_id: 1,
            calibration: None,
            comment: "Warm and clear.".into(),
            percent: Some(86.8),
            failed_by: Vec::new(),
            created_at: 1_767_614_400_000,
            finished_at: Some(1_767_614_500_000),
            seen_at: None,
            answer: None,
            answered_at: None,
            contest: None,
            contested_at: None,
            decision: None,
            decision_reason: None,
            decided_by: None,
            decided_at: None,
        }
    }

    pub fn scorecard(categories: Vec<Category>) -> Scorecard {
        Scorecard {
            id: ScorecardId(1),
            name: "Conversations".into(),
            about: "For any conversation.".into(),
            is_default: true,
            version: 2,
            version_id: 1,
            categories,
            updated_at: 1_767_614_400_000,
            retired_at: None,
        }
    }

    pub fn calibration(closed_at: Option<i64>) -> Calibration {
        Calibration {
            id: CalibrationId(3),
            ticket: TicketId(5),
            user: UserId(2),
            version_id: 1,
            created_by: None,
            created_at: 0,
            closed_at,
        }
    }

    pub fn review(id: i64) -> ReviewRow {
        ReviewRow {
            review: finished(id),
            subject: "Charged <twice> for March".into(),
            user_name: "Leila Ørsted".into(),
            reviewer_name: "Rosa Lind".into(),
        }
    }

    pub fn assignment(id: i64) -> AssignmentRow {
        AssignmentRow {
            id: ReviewAssignmentId(id),
            ticket: TicketId(5),
            subject: "طلب استرداد".into(),
            user: UserId(2),
            user_name: "Leila".into(),
            reviewer: UserId(1),
            reviewer_name: "Rosa".into(),
            skill: crate::samples::summary(3, "Empathy"),
            sd_levels: 1.17,
            review: None,
            week: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{assignment, review};
    use super::*;
    use crate::samples::{renders, shell};
    use desk::Role;
    use desk::reviews::Settings;
    use desk::reviews::views::QualityRow;

    fn page(role: Role, full: bool) -> Index {
        let page = Desk {
            may_review: role != Role::Agent,
            assignments: if full { vec![assignment(1), assignment(2)] } else { vec![] },
            open: if full { vec![review(3)] } else { vec![] },
            contested: if full { vec![review(4)] } else { vec![] },
            about_me: if full { vec![review(5)] } else { vec![] },
            my_quality: full.then_some(86.5),
            finished: if full { vec![review(6)] } else { vec![] },
            quality: if full {
                vec![QualityRow { user: UserId(2), name: "Leila".into(), score: 71.2, reviews: 3 }]
            } else {
                vec![]
            },
            settings: Settings { reviews_per_week: 3, reviewers: vec![UserId(2)] },
            week: 0,
        };
        let actor = Actor::person(UserId(1), role);
        Index {
            shell: shell(),
            actor,
            now: 1_767_700_800_000,
            page,
            agents: vec![(UserId(2), "Leila".into())],
        }
    }

    #[test]
    fn an_assignment_says_why_it_was_chosen() {
        let html = renders(&page(Role::Lead, true));
        assert!(html.contains("Little is known of Leila in Empathy: ± 1.2 levels"));
        assert!(html.contains("71 %") && html.contains("/reviews/4"));
    }

    #[test]
    fn nothing_yet_teaches_the_next_step() {
        assert!(renders(&page(Role::Lead, false)).contains("Choose this week"));
        let agent = renders(&page(Role::Agent, false));
        assert!(agent.contains("Nobody has reviewed your work yet") && !agent.contains("/reviews/settings"));
    }

    #[test]
    fn beginning_asks_whose_work_it_is() {
        let new = |people: Vec<(UserId, String)>| New {
            shell: shell(),
            ticket: Some(TicketId(5)),
            subject: "Charged twice".into(),
            people,
            scorecards: vec![(ScorecardId(1), "Conversations".into())],
            reviews: vec![review(1)],
            is_lead: true,
        };
        assert!(renders(&new(vec![(UserId(2), "Leila".into())])).contains("Begin the review"));
        assert!(renders(&new(vec![])).contains("nobody else"));
        let empty = New { ticket: None, ..new(vec![]) };
        assert!(renders(&empty).contains("name=\"ticket\""));
    }
}
