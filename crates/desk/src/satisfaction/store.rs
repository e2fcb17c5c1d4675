//! Every statement on the table `satisfaction_ratings`.

use super::Rating;
use crate::tickets::{Ticket, json_numbers};
use crate::{RatingId, TicketId, Tx, UserId};
use db::{Error, Row, params};

const RATING: &str =
    "select id, ticket_id, requester_id, assignee_id, group_id, asked_at, expires_at, score, reason,
    comment, answered_at from satisfaction_ratings";

fn rating(row: &Row<'_>) -> Result<Rating, Error> {
    Ok(Rating {
        id: row.get(0)?,
        ticket: row.get(1)?,
        requester: row.get(2)?,
        assignee: row.get(3)?,
        group: row.get(4)?,
        asked_at: row.get(5)?,
        expires_at: row.get(6)?,
        score: row.get(7)?,
        reason: row.get(8)?,
        comment: row.get(9)?,
        answered_at: row.get(10)?,
    })
}

/// Whoever of the staff wrote the last public answer; the ticket may be somebody else's on paper.
pub(super) fn find_last_to_answer(tx: &mut Tx, ticket: TicketId) -> Result<Option<UserId>, Error> {
    tx.find(
        "select c.author_id from comments c join users u on u.id = c.author_id
         where c.ticket_id = $1 and c.public = 1 and u.role <> 'end-user' and u.deleted_at is null
         order by c.id desc limit 1",
        params![ticket],
        |row| row.get(0),
    )
}

/// A question about the work of `agent`. `None` when the ticket was asked about before.
pub(super) fn insert_rating(
    tx: &mut Tx,
    ticket: &Ticket,
    agent: Option<UserId>,
    token_hash: &str,
    expires_at: i64,
) -> Result<Option<RatingId>, Error> {
    let now = tx.now();
    tx.find(
        "insert into satisfaction_ratings (ticket_id, requester_id, assignee_id, group_id, token_hash, asked_at,
                                           expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id",
        params![ticket.id, ticket.requester, agent, ticket.group, token_hash, now, expires_at],
        |row| row.get(0),
    )
}

pub(super) fn find_by_token_hash(tx: &mut Tx, token_hash: &str) -> Result<Option<Rating>, Error> {
    tx.find(&format!("{RATING} where token_hash = $1"), params![token_hash], rating)
}

pub(super) fn find_rating(tx: &mut Tx, id: RatingId) -> Result<Option<Rating>, Error> {
    tx.find(&format!("{RATING} where id = $1"), params![id], rating)
}

pub(super) fn find_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Option<Rating>, Error> {
    tx.find(&format!("{RATING} where ticket_id = $1"), params![ticket], rating)
}

pub(super) fn list_of_tickets(tx: &mut Tx, tickets: &[TicketId]) -> Result<Vec<Rating>, Error> {
    let sql = format!("{RATING} where ticket_id in {}", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(tickets.iter().map(|id| id.0))], rating)
}

/// With stars between these, by id; unanswered ones count as 0.
pub(super) fn list_ratings(
    tx: &mut Tx,
    stars: (i64, i64),
    after: RatingId,
    offset: usize,
    count: usize,
) -> Result<Vec<Rating>, Error> {
    tx.list(
        &format!(
            "{RATING} where coalesce(score, 0) between $1 and $2 and id > $3 order by id limit $4 offset $5"
        ),
        params![stars.0, stars.1, after, count, offset],
        rating,
    )
}

pub(super) fn count_ratings(tx: &mut Tx, stars: (i64, i64)) -> Result<i64, Error> {
    tx.value(
        "select count(*) from satisfaction_ratings where coalesce(score, 0) between $1 and $2",
        params![stars.0, stars.1],
    )
}

/// Answered ratings of one agent's work, newest first.
pub(super) fn list_of_assignee(tx: &mut Tx, assignee: UserId, count: usize) -> Result<Vec<Rating>, Error> {
    tx.list(
        &format!(
            "{RATING} where assignee_id = $1 and answered_at is not null order by answered_at desc, id desc limit $2"
        ),
        params![assignee, count],
        rating,
    )
}

/// How often each score was given to one agent's work since `since`.
pub(super) fn count_scores(tx: &mut Tx, assignee: UserId, since: i64) -> Result<Vec<(i64, i64)>, Error> {
    tx.list(
        "select score, cast(count(*) as bigint) from satisfaction_ratings
         where assignee_id = $1 and answered_at >= $2 and score is not null group by score order by score",
        params![assignee, since],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(super) fn save_answer(
    tx: &mut Tx,
    id: RatingId,
    score: i64,
    reason: Option<&str>,
    comment: Option<&str>,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update satisfaction_ratings set score = $1, reason = $2, comment = $3, answered_at = $4 where id = $5",
        params![score, reason, comment, now, id],
    )?;
    Ok(())
}
