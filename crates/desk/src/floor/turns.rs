//! Turns: a customer writes and waits, somebody is given it, somebody answers.

use crate::tickets::{Channel, Priority};
use crate::{BrandId, GroupId, TicketId, UserId};
use std::collections::HashSet;

/// A ticket as far as turns ask.
#[derive(Clone, Debug)]
pub(super) struct TicketRow {
    pub id: TicketId,
    pub created_at: i64,
    pub solved_at: Option<i64>,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub priority: Option<Priority>,
    pub anger: i64,
    pub channel: Channel,
    pub brand: BrandId,
    /// Joined by blanks.
    pub tags: String,
    pub language: Option<String>,
}

/// Something said in public.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Said {
    pub ticket: TicketId,
    pub author: UserId,
    pub at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Assigned {
    pub ticket: TicketId,
    pub at: i64,
    pub to: Option<UserId>,
}

/// One turn, with the places of its kind and its answerer in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub ticket: TicketId,
    pub kind: usize,
    /// In which the ticket stood when they wrote.
    pub group: Option<GroupId>,
    /// Where it waited, among the lanes of the history; `None`: where no queue says anything.
    pub lane: Option<usize>,
    /// The first of its ticket.
    pub is_first: bool,
    pub came_at: i64,
    /// When whoever answered was given it; `None` if they never were.
    pub taken_at: Option<i64>,
    /// `None`: it still waits.
    pub answered_at: Option<i64>,
    pub by: Option<usize>,
    /// Seconds in hand while they were here.
    pub in_hand_s: Option<f64>,
    /// The ticket stayed solved.
    pub for_good: Option<bool>,
}

/// A turn before kinds and people have places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bare {
    pub is_first: bool,
    pub came_at: i64,
    pub taken_at: Option<i64>,
    pub answered_at: Option<i64>,
    pub by: Option<UserId>,
}

/// The turns of one ticket. One that was solved without a word in public is answered by being solved.
pub(super) fn turns_of(
    ticket: &TicketRow,
    said: &[Said],
    assigned: &[Assigned],
    staff: &HashSet<UserId>,
) -> Vec<Bare> {
    let mut turns: Vec<Bare> = Vec::new();
    let mut waits_since: Option<i64> = None;
    let end = |turns: &mut Vec<Bare>, came_at: i64, answered_at: Option<i64>, by: Option<UserId>| {
        turns.push(Bare {
            is_first: turns.is_empty(),
            came_at,
            taken_at: answered_at.and_then(|until| taken(assigned, by?, came_at, until)),
            answered_at,
            by,
        });
    };
    // Who writes on behalf of a customer begins with a word of their own: the ticket waits for nobody.
    let begins_with_staff = said.first().is_some_and(|it| staff.contains(&it.author));
    if said.is_empty() {
        waits_since = Some(ticket.created_at);
    }
    for it in said {
        match (staff.contains(&it.author), waits_since) {
            (false, None) => {
                waits_since =
                    Some(if turns.is_empty() && !begins_with_staff { ticket.created_at } else { it.at })
            }
            (true, Some(came_at)) => {
                end(&mut turns, came_at, Some(it.at), Some(it.author));
                waits_since = None;
            }
            _ => {}
        }
    }
    if let Some(came_at) = waits_since {
        let solved_at = ticket.solved_at.filter(|at| *at >= came_at);
        let by = ticket.assignee.filter(|user| solved_at.is_some() && staff.contains(user));
        end(&mut turns, came_at, solved_at, by);
    }
    turns
}

/// Since when they had it: the last time they were given it before they answered, or the beginning of the turn if that was
/// before; `None` if they never were, or somebody else was since.
fn taken(assigned: &[Assigned], by: UserId, came_at: i64, until: i64) -> Option<i64> {
    let last = assigned.iter().rev().find(|it| it.at <= until)?;
    (last.to == Some(by)).then_some(last.at.max(came_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: UserId = UserId(1);
    const ANA: UserId = UserId(2);
    const BO: UserId = UserId(3);

    fn ticket(solved_at: Option<i64>) -> TicketRow {
        TicketRow {
            id: TicketId(1),
            created_at: 100,
            solved_at,
            assignee: Some(ANA),
            group: None,
            priority: None,
            anger: 0,
            channel: Channel::Email,
            brand: BrandId(1),
            tags: String::new(),
            language: None,
        }
    }

    fn turns(ticket: &TicketRow, said: &[(UserId, i64)], assigned: &[(i64, Option<UserId>)]) -> Vec<Bare> {
        let said: Vec<Said> =
            said.iter().map(|(author, at)| Said { ticket: ticket.id, author: *author, at: *at }).collect();
        let assigned: Vec<Assigned> =
            assigned.iter().map(|(at, to)| Assigned { ticket: ticket.id, at: *at, to: *to }).collect();
        turns_of(ticket, &said, &assigned, &HashSet::from([ANA, BO]))
    }

    #[test]
    fn a_turn_lasts_from_a_customers_word_to_an_answer() {
        let said = [(CUSTOMER, 101), (CUSTOMER, 150), (ANA, 300), (ANA, 310), (CUSTOMER, 500), (BO, 800)];
        let found = turns(&ticket(None), &said, &[(120, Some(ANA)), (600, Some(BO))]);
        let turn = |is_first, came_at, taken_at, answered_at, by| Bare {
            is_first,
            came_at,
            taken_at: Some(taken_at),
            answered_at: Some(answered_at),
            by: Some(by),
        };
        assert_eq!(found, [turn(true, 100, 120, 300, ANA), turn(false, 500, 600, 800, BO)]);
    }

    #[test]
    fn what_stays_with_somebody_is_theirs_from_the_customers_word_on() {
        let said = [(CUSTOMER, 100), (ANA, 200), (CUSTOMER, 500), (ANA, 800)];
        let found = turns(&ticket(None), &said, &[(120, Some(ANA))]);
        assert_eq!(found[1].taken_at, Some(500));
    }

    #[test]
    fn an_answer_by_somebody_who_never_had_it_says_nothing_of_the_time_in_hand() {
        let found = turns(&ticket(None), &[(CUSTOMER, 100), (BO, 300)], &[(120, Some(ANA))]);
        assert_eq!((found[0].by, found[0].taken_at), (Some(BO), None));
    }

    #[test]
    fn what_waits_has_no_answer_and_what_was_solved_without_a_word_has() {
        let found = turns(&ticket(None), &[(CUSTOMER, 100)], &[(120, Some(ANA))]);
        assert_eq!((found.len(), found[0].answered_at, found[0].by), (1, None, None));
        let found = turns(&ticket(Some(900)), &[(CUSTOMER, 100)], &[(120, Some(ANA))]);
        assert_eq!((found[0].answered_at, found[0].by, found[0].taken_at), (Some(900), Some(ANA), Some(120)));
    }

    #[test]
    fn a_ticket_that_an_agent_began_waits_only_once_the_customer_has_written() {
        assert!(turns(&ticket(None), &[(ANA, 100)], &[]).is_empty());
        let found = turns(&ticket(None), &[(ANA, 100), (CUSTOMER, 400), (ANA, 450)], &[(90, Some(ANA))]);
        assert_eq!((found.len(), found[0].came_at, found[0].taken_at), (1, 400, Some(400)));
    }
}
