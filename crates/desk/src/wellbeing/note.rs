//! An answer has been written: what it took is noted beside it.

use super::{HOSTILE_ANGER_MIN, limits, rest, store};
use crate::{CommentId, TicketId, Tx, UserId, skills, tickets};
use ::skills::effort::{Answer, effort};

/// Customer's comments that one answer answers, the newest.
const ANSWERED_MAX: usize = 20;

/// Of a public answer by an agent; of anything else nothing is noted. In the transaction of the answer, so that the router
/// knows of it at once.
pub(crate) fn note_effort(
    tx: &mut Tx,
    ticket: TicketId,
    comment: CommentId,
    author: UserId,
) -> Result<(), db::Error> {
    let Some(found) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
    if author == found.requester || !store::is_agent(tx, author)? {
        return Ok(());
    }
    let said = store::list_answered(tx, ticket, comment, found.requester, ANSWERED_MAX)?;
    let written = store::find_words(tx, comment)?;
    let anger = said.iter().map(|words| ::text::tone("", words).anger).max().unwrap_or(0);
    let needs = skills::requirements_of(tx, ticket)?.len();
    let now = tx.now();
    let hostile_before = match anger >= HOSTILE_ANGER_MIN {
        true => {
            let contacts = store::list_contacts(tx, author, now - rest::LOOK_MS)?;
            let before: Vec<_> = contacts.into_iter().filter(|it| it.work != ticket.0).collect();
            ::skills::effort::hostile_in_a_row(&before, now, limits(tx)?.cool_down_ms())
        }
        false => 0,
    };
    let effort = effort(&Answer {
        anger,
        words_read: said.iter().map(|words| words.split_whitespace().count()).sum(),
        words_written: written.split_whitespace().count(),
        // Anger has its own points.
        difficulty: skills::difficulty_of(found.priority, 0, needs),
        hostile_before,
    });
    store::insert_effort(tx, ticket, comment, author, anger, &effort)
}
