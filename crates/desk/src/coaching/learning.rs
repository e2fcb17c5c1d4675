//! Tickets to learn on: who may be given which, and who helped with what was given.

use super::store;
use crate::events::{self, Event};
use crate::tickets::{self, Priority, Ticket};
use crate::{CoachingGoalId, SkillId, TicketId, Tx, UserId, skills};
use serde::Serialize;

/// A customer who has waited longer gets no learner.
pub const WAIT_SAFE_MAX_MS: i64 = 2 * 3_600_000;
/// A ticket that is due sooner is nothing to learn on.
pub const DUE_AHEAD_MIN_MS: i64 = 4 * 3_600_000;
/// More urgent words in the message are no time for learning.
const URGENCY_SAFE_MAX: i64 = 1;

/// Somebody who works towards a goal and may be given safe tickets that need the skill while the helper is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Learner {
    pub goal: CoachingGoalId,
    pub user: UserId,
    pub skill: SkillId,
    pub helper: UserId,
}

/// A ticket that somebody was given to learn on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LearningGiven {
    pub goal: CoachingGoalId,
    pub user: UserId,
    pub skill: SkillId,
    pub skill_name: String,
    pub helper: UserId,
    pub helper_name: String,
    pub given_at: i64,
}

/// Whoever learns now, by goals of open plans that are not reached, with a helper who is present.
pub fn learners(tx: &mut Tx) -> Result<Vec<Learner>, db::Error> {
    store::list_learners(tx)
}

/// If this ticket is with somebody who was given it to learn on: who helps.
pub fn given_on(tx: &mut Tx, ticket: TicketId) -> Result<Option<LearningGiven>, db::Error> {
    store::find_given(tx, ticket)
}

/// What people learn in their plans now, as routing asks for it: skill and person, each pair once.
pub fn growing(tx: &mut Tx) -> Result<Vec<(SkillId, UserId)>, db::Error> {
    let mut pairs: Vec<(SkillId, UserId)> = learners(tx)?.into_iter().map(|it| (it.skill, it.user)).collect();
    pairs.sort();
    pairs.dedup();
    Ok(pairs)
}

/// A ticket on which somebody may learn: not pressing, nobody angry, no promise at risk.
pub fn is_safe(ticket: &Ticket, now: i64) -> bool {
    let waited_ms = now - ticket.waiting_since.unwrap_or(ticket.created_at);
    let is_calm = ticket.anger == 0 && ticket.urgency <= URGENCY_SAFE_MAX;
    is_calm && is_slow(ticket.priority, waited_ms, ticket.due_at.map(|at| at - now))
}

fn is_slow(priority: Option<Priority>, waited_ms: i64, due_in_ms: Option<i64>) -> bool {
    matches!(priority, None | Some(Priority::Low | Priority::Normal))
        && waited_ms < WAIT_SAFE_MAX_MS
        && due_in_ms.is_none_or(|ms| ms >= DUE_AHEAD_MIN_MS)
}

/// The router has given somebody a ticket. If they are learning a skill that it needs and it is safe, the helper is
/// named on it.
pub(crate) fn note_given(tx: &mut Tx, ticket: TicketId, to: UserId) -> Result<(), db::Error> {
    let all: Vec<Learner> = learners(tx)?.into_iter().filter(|it| it.user == to).collect();
    if all.is_empty() {
        return Ok(());
    }
    let Some(found) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
    if !is_safe(&found, tx.now()) {
        return Ok(());
    }
    let needs = skills::requirements_of(tx, ticket)?;
    let Some(learner) = all.into_iter().find(|it| needs.iter().any(|need| need.skill.id == it.skill)) else {
        return Ok(());
    };
    store::save_given(tx, ticket, learner)?;
    events::record(tx, &Event::LearningGiven { ticket, user: to, helper: learner.helper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_learns_on_what_presses() {
        assert!(
            is_slow(None, 0, None)
                && is_slow(Some(Priority::Low), WAIT_SAFE_MAX_MS - 1, Some(DUE_AHEAD_MIN_MS))
        );
        assert!(!is_slow(Some(Priority::High), 0, None));
        assert!(!is_slow(None, WAIT_SAFE_MAX_MS, None), "has waited too long");
        assert!(!is_slow(None, 0, Some(DUE_AHEAD_MIN_MS - 1)), "is due too soon");
    }
}
