//! Who has a ticket, and which status it has after what was asked for and said.

use super::{Speech, UpdateError};
use crate::tickets::{Status, Ticket};
use crate::{Actor, UserId};

impl Ticket {
    pub(super) fn assign_to(&mut self, assignee: Option<UserId>, now: i64) {
        if self.assignee == assignee {
            return;
        }
        self.assignee = assignee;
        self.assigned_at = assignee.map(|_| now);
        self.assignee_stations += i64::from(assignee.is_some());
    }

    /// The rules of status, in one place: what was asked for, and what follows from what was said.
    pub(super) fn settle_status(
        &mut self,
        asked: Option<Status>,
        actor: Actor,
        speech: Option<&Speech>,
        now: i64,
    ) -> Result<(), UpdateError> {
        let before = self.status;
        let mut next = asked.unwrap_or(before);
        if next == Status::New && before != Status::New {
            return Err(UpdateError::NeverNewAgain);
        }
        let customer_spoke = speech.is_some_and(|it| it.public && !it.by_staff);
        let agent_spoke = speech.is_some_and(|it| it.public && it.by_staff);
        if asked.is_none()
            && customer_spoke
            && matches!(before, Status::Pending | Status::Hold | Status::Solved)
        {
            next = Status::Open;
        }
        if next == Status::New && (agent_spoke || self.assignee.is_some()) {
            next = Status::Open;
        }
        if next >= Status::Solved && self.assignee.is_none() {
            match actor.user().filter(|_| actor.is_agent()) {
                Some(agent) => self.assign_to(Some(agent), now),
                None => return Err(UpdateError::SolvingNeedsAnAssignee),
            }
        }
        self.status = next;
        match (before < Status::Solved, next < Status::Solved) {
            (true, false) => self.solved_at = Some(now),
            (false, true) => {
                self.solved_at = None;
                self.reopens += 1;
            }
            _ => {}
        }
        if next == Status::Closed {
            self.closed_at = Some(now);
        }
        if next >= Status::Solved {
            self.waiting_since = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickets::{Channel, Tags};
    use crate::{BrandId, CommentId, Role, TicketId};

    const ANA: UserId = UserId(1);
    const NOON: i64 = 43_200_000;

    fn ticket(status: Status, assignee: Option<UserId>) -> Ticket {
        Ticket {
            id: TicketId(1),
            subject: "No sound".into(),
            status,
            priority: None,
            kind: None,
            requester: UserId(9),
            submitter: UserId(9),
            assignee,
            group: None,
            organization: None,
            brand: BrandId(1),
            channel: Channel::Email,
            tags: Tags::default(),
            snippet: String::new(),
            language: None,
            urgency: 0,
            anger: 0,
            external_id: None,
            problem: None,
            followup_source: None,
            merged_into: None,
            due_at: None,
            created_at: 0,
            updated_at: 0,
            assigned_at: None,
            first_reply_at: None,
            requester_updated_at: None,
            solved_at: None,
            closed_at: None,
            waiting_since: None,
            last_comment: None,
            comment_count: 1,
            replies: 0,
            reopens: 0,
            assignee_stations: 0,
            group_stations: 0,
            version: 0,
        }
    }

    fn said(public: bool, by_staff: bool) -> Speech {
        Speech { comment: CommentId(2), author: UserId(9), public, by_staff }
    }

    fn agent() -> Actor {
        Actor::person(ANA, Role::Agent)
    }

    #[test]
    fn a_customers_reply_opens_what_was_pending_held_or_solved() {
        for before in [Status::Pending, Status::Hold, Status::Solved] {
            let mut it = ticket(before, Some(ANA));
            let customer = Actor::person(UserId(9), Role::EndUser);
            it.settle_status(None, customer, Some(&said(true, false)), NOON).expect("customers may write");
            assert_eq!(it.status, Status::Open, "from {before}");
            assert_eq!(it.reopens, i64::from(before == Status::Solved));
        }
    }

    #[test]
    fn a_ticket_is_new_until_an_agent_acts_and_never_again() {
        let mut it = ticket(Status::New, None);
        it.settle_status(None, agent(), Some(&said(false, true)), NOON).expect("allowed");
        assert_eq!(it.status, Status::New, "an internal note is no answer");
        it.settle_status(None, agent(), Some(&said(true, true)), NOON).expect("allowed");
        assert_eq!(it.status, Status::Open);
        assert!(matches!(
            it.settle_status(Some(Status::New), agent(), None, NOON),
            Err(UpdateError::NeverNewAgain)
        ));
    }

    #[test]
    fn who_solves_an_unassigned_ticket_becomes_its_assignee_and_the_desk_cannot() {
        let mut it = ticket(Status::Open, None);
        it.settle_status(Some(Status::Solved), agent(), None, NOON).expect("allowed");
        assert_eq!((it.assignee, it.solved_at), (Some(ANA), Some(NOON)));
        let mut it = ticket(Status::Open, None);
        let refused = it.settle_status(Some(Status::Solved), Actor::desk(), None, NOON);
        assert!(matches!(refused, Err(UpdateError::SolvingNeedsAnAssignee)));
    }

    #[test]
    fn answering_and_setting_pending_in_one_act_leaves_it_pending() {
        let mut it = ticket(Status::New, Some(ANA));
        it.settle_status(Some(Status::Pending), agent(), Some(&said(true, true)), NOON).expect("allowed");
        assert_eq!(it.status, Status::Pending);
    }
}
