//! What an agent of the demo does with a ticket that waits for them: ask a colleague, answer, solve.

use super::case::Case;
use super::content::Content;
use super::staff::Staff;
use super::truth::{self, Verdict};
use super::{Failure, Result};
use desk::tickets::{self, NewComment, Status, Ticket, UpdateError, UpdateTicket};
use desk::{GroupId, TicketId, Tx, UserId};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Of first answers, so many begin with a note to colleagues.
const NOTE_SHARE: f64 = 0.15;
/// Of tickets that came back, so many go to somebody who knows more.
const HANDED_ON_SHARE: f64 = 0.4;
/// Nobody hands a ticket on that has been through so many hands.
const HANDS_MAX: i64 = 3;
/// Of customers who say thank you, so many are answered once more.
const CLOSING_SHARE: f64 = 0.6;

/// Where the conversation stands when the agent turns to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nobody has answered yet.
    First,
    /// The customer came back after so many answers.
    Again(u32),
    /// The customer said that all is well.
    Thanked,
}

/// One turn of an agent, ready to be carried out.
#[derive(Clone, Debug)]
pub struct Turn {
    ticket: TicketId,
    agent: UserId,
    note: Option<String>,
    hand_to: Option<UserId>,
    words: Option<String>,
    status: Status,
    group: Option<GroupId>,
}

/// What the conversation has come to, from the ticket itself.
pub fn phase_of(tx: &mut Tx, content: &Content, case: &Case, ticket: &Ticket) -> Result<Phase> {
    if ticket.replies == 0 {
        return Ok(Phase::First);
    }
    let happy = case.fill(content, &case.situation(content).follow_up_happy, None);
    let start = |text: &str| text.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
    let said = tickets::comments_of(tx, ticket.id)?;
    let last = said.iter().rev().find(|it| it.public && it.author == ticket.requester);
    Ok(match last.is_some_and(|it| start(&it.body) == start(&happy)) {
        true => Phase::Thanked,
        false => Phase::Again(ticket.replies as u32),
    })
}

/// Decides the turn, and how it will land; `None` when the ticket only changes hands.
pub fn plan(
    content: &Content,
    staff: &Staff,
    (case, ticket): (&Case, &Ticket),
    index: usize,
    phase: Phase,
    present: &[usize],
    dice: &mut ChaCha8Rng,
) -> (Turn, Option<Verdict>) {
    let (agent, situation) = (&content.agents[index], case.situation(content));
    let say = |text: &str| Some(case.fill(content, text, Some(agent)));
    let group = agent
        .groups
        .contains(&situation.group)
        .then(|| staff.groups.get(&situation.group).copied())
        .flatten();
    let mut turn = Turn {
        ticket: ticket.id,
        agent: staff.members[index].user,
        note: None,
        hand_to: None,
        words: None,
        status: Status::Solved,
        group: group.filter(|group| ticket.group != Some(*group)),
    };
    let notes: Vec<&str> = content.notes_for(situation).map(|note| note.text.as_str()).collect();
    let phrases = content.phrases_in(&situation.language);
    let tries = match phase {
        Phase::Thanked => {
            let closing = phrases.map(|it| it.closing.as_slice()).unwrap_or_default();
            if !closing.is_empty() && dice.random::<f64>() < CLOSING_SHARE {
                turn.words = say(&closing[dice.random_range(0..closing.len())]);
            }
            return (turn, None);
        }
        Phase::First => 0,
        Phase::Again(tries) => tries,
    };
    if !notes.is_empty() && dice.random::<f64>() < NOTE_SHARE {
        turn.note = say(notes[dice.random_range(0..notes.len())]);
    }
    if tries > 0 && ticket.assignee_stations < HANDS_MAX && dice.random::<f64>() < HANDED_ON_SHARE {
        let knows = |i: &&usize| truth::predictor(&content.agents[**i], situation);
        let best = present.iter().filter(|i| **i != index).max_by(|a, b| knows(a).total_cmp(&knows(b)));
        if let Some(best) = best {
            turn.hand_to = Some(staff.members[*best].user);
            turn.group = None;
            return (turn, None);
        }
    }
    let second = phrases.map(|it| it.second.as_slice()).unwrap_or_default();
    turn.words = match tries {
        0 => say(&situation.answer),
        _ if second.is_empty() => say(&situation.answer),
        _ => say(&second[dice.random_range(0..second.len())]),
    };
    let verdict = truth::verdict(agent, situation, tries, dice);
    if verdict.for_good && verdict.replies {
        turn.status = Status::Pending;
    }
    (turn, Some(verdict))
}

/// Carries the turn out as the agent who acts in `tx`. False if the ticket is no longer theirs to answer.
pub fn take(tx: &mut Tx, turn: &Turn) -> Result<bool> {
    let Some(ticket) = tickets::find_ticket(tx, turn.ticket)? else { return Ok(false) };
    if ticket.assignee != Some(turn.agent)
        || ticket.waiting_since.is_none()
        || ticket.status >= Status::Solved
    {
        return Ok(false);
    }
    if let Some(note) = &turn.note {
        let comment = Some(NewComment::internal(note.clone()));
        tickets::update(tx, &UpdateTicket { comment, ..UpdateTicket::of(turn.ticket) })?;
    }
    let update = match turn.hand_to {
        Some(colleague) => UpdateTicket { assignee: Some(Some(colleague)), ..UpdateTicket::of(turn.ticket) },
        None => UpdateTicket {
            comment: turn.words.clone().map(NewComment::public),
            status: Some(turn.status),
            group: turn.group.map(Some),
            ..UpdateTicket::of(turn.ticket)
        },
    };
    match tickets::update(tx, &update) {
        Ok(_) => Ok(true),
        Err(UpdateError::ChangedMeanwhile { .. } | UpdateError::TicketIsClosed) => Ok(false),
        Err(error) => Err(Failure::from(error)),
    }
}

/// The member of the company behind a user.
pub fn index_of(staff: &Staff, user: UserId) -> Option<usize> {
    staff.members.iter().position(|member| member.user == user)
}
