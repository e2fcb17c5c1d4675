//! The reviewed person reads it, answers and contests; somebody else decides, and the decision is kept.

use super::error::text_of;
use super::scorecards::only_leads;
use super::{Review, ReviewError, store};
use crate::events::{self, Event};
use crate::{ReviewId, Tx, skills};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The review stands.
    Upheld,
    /// It counts for nothing: its evidence is struck out.
    Struck,
}

impl Decision {
    pub fn name(self) -> &'static str {
        match self {
            Decision::Upheld => "upheld",
            Decision::Struck => "struck",
        }
    }

    pub fn parse(name: &str) -> Option<Decision> {
        [Decision::Upheld, Decision::Struck].into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct SayToReview {
    pub review: ReviewId,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Contest {
    pub review: ReviewId,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct Decide {
    pub review: ReviewId,
    pub decision: Decision,
    pub reason: String,
}

/// The person whose work it is has looked at it. Looking again changes nothing.
pub fn see(tx: &mut Tx, id: ReviewId) -> Result<(), ReviewError> {
    let review = own_work(tx, id)?;
    if review.seen_at.is_none() {
        store::save_seen(tx, review.id)?;
        tx.announce(&format!("user:{}", review.user));
    }
    Ok(())
}

/// The person's own words beside the review. Newer words take the place of the former.
pub fn answer(tx: &mut Tx, command: &SayToReview) -> Result<(), ReviewError> {
    let review = own_work(tx, command.review)?;
    let text = text_of(&command.text)?;
    store::save_answer(tx, review.id, text)?;
    Ok(events::record(tx, &Event::ReviewAnswered { review: review.id, user: review.user })?)
}

/// It is contested once, and decided once.
pub fn contest(tx: &mut Tx, command: &Contest) -> Result<(), ReviewError> {
    let review = own_work(tx, command.review)?;
    if review.contested_at.is_some() {
        return Err(ReviewError::ContestedAlready);
    }
    let reason = text_of(&command.reason)?;
    store::save_contest(tx, review.id, reason)?;
    Ok(events::record(tx, &Event::ReviewContested { review: review.id, user: review.user })?)
}

/// By a lead whom it does not concern; the reviewer only where no other lead is left to ask.
pub fn decide(tx: &mut Tx, command: &Decide) -> Result<(), ReviewError> {
    only_leads(tx)?;
    let review = store::find_review(tx, command.review)?.ok_or(ReviewError::NoSuchReview)?;
    let actor = *tx.actor();
    if actor.is(review.user) {
        return Err(ReviewError::OwnWork);
    }
    if review.contested_at.is_none() {
        return Err(ReviewError::NotContested);
    }
    if review.decided_at.is_some() {
        return Err(ReviewError::DecidedAlready);
    }
    if actor.is(review.reviewer) && store::count_other_leads(tx, review.reviewer, review.user)? > 0 {
        return Err(ReviewError::ReviewerDecides);
    }
    let reason = text_of(&command.reason)?;
    if command.decision == Decision::Struck {
        let why = format!("the review was contested and struck out: {reason}");
        let evidence: Vec<_> =
            store::list_scores(tx, review.id)?.into_iter().filter_map(|it| it.evidence).collect();
        skills::strike_all(tx, review.user, &evidence, &why)?;
    }
    store::save_decision(tx, review.id, command.decision, reason)?;
    let event = Event::ReviewDecided {
        review: review.id,
        user: review.user,
        stands: command.decision == Decision::Upheld,
    };
    Ok(events::record(tx, &event)?)
}

fn own_work(tx: &mut Tx, id: ReviewId) -> Result<Review, ReviewError> {
    let review = store::find_review(tx, id)?.ok_or(ReviewError::NoSuchReview)?;
    if !tx.actor().is(review.user) {
        return Err(ReviewError::NotYourWork);
    }
    if review.calibration.is_some() {
        return Err(ReviewError::NoSuchReview);
    }
    if review.finished_at.is_none() {
        return Err(ReviewError::NotFinished);
    }
    Ok(review)
}
