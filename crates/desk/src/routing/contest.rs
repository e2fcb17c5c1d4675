//! Against a decision: why the person who got a ticket, or anybody who saw it, thinks that it was wrong; and what a lead
//! answers to that. Table: `routing_contests`. Events: `RoutingContested`, `RoutingContestAnswered`.

use super::{RoutingError, store};
use crate::events::{self, Event};
use crate::{DecisionId, RoutingContestId, TicketId, Tx, UserId, tickets};
use serde::Serialize;

/// Characters of a reason, and of its answer.
pub const REASON_CHARS_MAX: usize = 1_000;

#[derive(Clone, Debug)]
pub struct ContestDecision {
    pub ticket: TicketId,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct AnswerContest {
    pub contest: RoutingContestId,
    /// The decision was wrong.
    pub is_right: bool,
    pub answer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contest {
    pub id: RoutingContestId,
    pub decision: DecisionId,
    pub ticket: TicketId,
    pub by: UserId,
    pub by_name: String,
    pub reason: String,
    pub at: i64,
    /// `None`: nobody has answered yet.
    pub answer: Option<ContestAnswer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContestAnswer {
    pub is_right: bool,
    pub text: String,
    pub by: UserId,
    pub by_name: String,
    pub at: i64,
}

/// Kept beside the newest decision about the ticket; it moves nothing by itself.
pub fn contest(tx: &mut Tx, command: &ContestDecision) -> Result<(), RoutingError> {
    if !tx.actor().is_agent() {
        return Err(RoutingError::NotAnAgent);
    }
    let by = tx.actor().user().ok_or(RoutingError::NotAnAgent)?;
    let reason = told(&command.reason).ok_or(RoutingError::ReasonIsWrong)?;
    tickets::find_ticket(tx, command.ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let decision = store::find_last_decision(tx, command.ticket)?.ok_or(RoutingError::NothingDecided)?.id;
    let contest = store::decisions::insert_contest(tx, decision, command.ticket, by, reason)?;
    let contested = Event::RoutingContested { ticket: command.ticket, decision, contest };
    Ok(events::record(tx, &contested)?)
}

/// Said once, by a lead who did not contest it themselves. It moves nothing either: whoever reads it may.
pub fn answer_contest(tx: &mut Tx, command: &AnswerContest) -> Result<(), RoutingError> {
    if !tx.actor().is_lead() {
        return Err(RoutingError::NotALead);
    }
    let by = tx.actor().user().ok_or(RoutingError::NotALead)?;
    let answer = told(&command.answer).ok_or(RoutingError::AnswerIsWrong)?;
    let found = store::decisions::find_contest(tx, command.contest)?.ok_or(RoutingError::NoSuchContest)?;
    if found.by == by {
        return Err(RoutingError::OwnContest);
    }
    if !store::decisions::save_answer(tx, command.contest, command.is_right, answer, by)? {
        return Err(RoutingError::AnsweredAlready);
    }
    let answered = Event::RoutingContestAnswered {
        ticket: found.ticket,
        decision: found.decision,
        contest: found.id,
        is_right: command.is_right,
    };
    Ok(events::record(tx, &answered)?)
}

/// For whoever answers it.
pub fn contest_by_id(tx: &mut Tx, contest: RoutingContestId) -> Result<Contest, RoutingError> {
    if !tx.actor().is_lead() {
        return Err(RoutingError::NotALead);
    }
    store::decisions::find_contest(tx, contest)?.ok_or(RoutingError::NoSuchContest)
}

/// The newest first.
pub fn contests_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Contest>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    tickets::find_ticket(tx, ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    Ok(store::decisions::list_contests(tx, ticket)?)
}

fn told(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= REASON_CHARS_MAX).then_some(text)
}
