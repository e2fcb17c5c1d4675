//! The statements that only this door needs: facts about many tickets at once, tags, ratings, brands.

use crate::shapes::{Beside, TagCountShape, TicketRating};
use db::{Error, Row, params};
use desk::{BrandId, GroupId, RatingId, TicketId, Tx, UserId};
use std::collections::HashMap;

/// Tags that one list counts.
const TAGS_COUNTED_MAX: usize = 20_000;

fn json(ids: &[TicketId]) -> String {
    let numbers: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// What the JSON of these tickets says beyond their rows, in four statements.
pub fn beside(tx: &mut Tx, ids: &[TicketId]) -> Result<HashMap<TicketId, Beside>, Error> {
    let mut all: HashMap<TicketId, Beside> = ids.iter().map(|id| (*id, Beside::default())).collect();
    if ids.is_empty() {
        return Ok(all);
    }
    let (among, list) = (tx.numbers_in(1), json(ids));
    let firsts = tx.list(
        &format!(
            "select ticket_id, body, public from comments
             where id in (select min(id) from comments where ticket_id in {among} group by ticket_id)"
        ),
        params![list],
        |row| Ok((row.get(0)?, row.get::<String>(1)?, row.get::<bool>(2)?)),
    )?;
    for (ticket, body, public) in firsts {
        let entry = all.entry(ticket).or_default();
        (entry.description, entry.is_public) = (body, public);
    }
    let people = tx.list(
        &format!("select ticket_id, kind, user_id from ticket_people where ticket_id in {among} order by user_id"),
        params![list],
        |row| Ok((row.get(0)?, row.get::<String>(1)?, row.get::<UserId>(2)?)),
    )?;
    for (ticket, kind, user) in people {
        let entry: &mut Beside = all.entry(ticket).or_default();
        if kind == "cc" { entry.ccs.push(user) } else { entry.followers.push(user) }
    }
    let problems: Vec<TicketId> = tx.list(
        &format!("select distinct problem_id from tickets where problem_id in {among} and deleted_at is null"),
        params![list],
        |row| row.get(0),
    )?;
    for ticket in problems {
        all.entry(ticket).or_default().has_incidents = true;
    }
    let ratings = tx.list(
        &format!("select {RATING} from satisfaction_ratings where ticket_id in {among}"),
        params![list],
        rating,
    )?;
    for it in ratings {
        let word = TicketRating { score: it.word(), id: Some(it.id.0), comment: it.comment, reason: it.reason };
        all.entry(it.ticket).or_default().rating = Some(word);
    }
    Ok(all)
}

/// How often each tag is used, most used first.
pub fn tag_counts(tx: &mut Tx, beginning: &str) -> Result<Vec<TagCountShape>, Error> {
    tx.list(
        "select g.tag, cast(count(*) as bigint) as uses from ticket_tags g join tickets t on t.id = g.ticket_id
         where t.deleted_at is null and substr(g.tag, 1, length(cast($1 as text))) = $1
         group by g.tag order by uses desc, g.tag limit $2",
        params![beginning, TAGS_COUNTED_MAX],
        |row| Ok(TagCountShape { name: row.get(0)?, count: row.get(1)? }),
    )
}

/// Tickets on which somebody is in copy, newest first.
pub fn tickets_copied_to(tx: &mut Tx, user: UserId, count_max: usize) -> Result<Vec<TicketId>, Error> {
    tx.list(
        "select p.ticket_id from ticket_people p join tickets t on t.id = p.ticket_id
         where p.user_id = $1 and p.kind = 'cc' and t.deleted_at is null order by p.ticket_id desc limit $2",
        params![user, count_max],
        |row| row.get(0),
    )
}

pub struct Rating {
    pub id: RatingId,
    pub ticket: TicketId,
    pub requester: UserId,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub score: Option<i64>,
    pub reason: Option<String>,
    pub comment: Option<String>,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
}

/// The least of five stars that counts as good.
pub const GOOD_STARS_MIN: i64 = desk::satisfaction::BAD_SCORE_MAX + 1;

impl Rating {
    pub fn word(&self) -> &'static str {
        match self.score {
            None => "offered",
            Some(stars) if stars >= GOOD_STARS_MIN => "good",
            Some(_) => "bad",
        }
    }
}

const RATING: &str =
    "id, ticket_id, requester_id, assignee_id, group_id, score, reason, comment, asked_at, answered_at";

fn rating(row: &Row<'_>) -> Result<Rating, Error> {
    Ok(Rating {
        id: row.get(0)?,
        ticket: row.get(1)?,
        requester: row.get(2)?,
        assignee: row.get(3)?,
        group: row.get(4)?,
        score: row.get(5)?,
        reason: row.get(6)?,
        comment: row.get(7)?,
        asked_at: row.get(8)?,
        answered_at: row.get(9)?,
    })
}

pub fn find_rating(tx: &mut Tx, id: RatingId) -> Result<Option<Rating>, Error> {
    tx.find(&format!("select {RATING} from satisfaction_ratings where id = $1"), params![id], rating)
}

/// Stars between these, by id; unanswered ones count as 0.
pub fn list_ratings(tx: &mut Tx, stars: (i64, i64), after: i64, offset: usize, count_max: usize) -> Result<Vec<Rating>, Error> {
    tx.list(
        &format!(
            "select {RATING} from satisfaction_ratings
             where coalesce(score, 0) between $1 and $2 and id > $3 order by id limit $4 offset $5"
        ),
        params![stars.0, stars.1, after, count_max, offset],
        rating,
    )
}

pub fn count_ratings(tx: &mut Tx, stars: (i64, i64)) -> Result<i64, Error> {
    tx.value(
        "select count(*) from satisfaction_ratings where coalesce(score, 0) between $1 and $2",
        params![stars.0, stars.1],
    )
}

pub struct Brand {
    pub id: BrandId,
    pub name: String,
    pub is_default: bool,
    pub created_at: i64,
}

pub fn list_brands(tx: &mut Tx) -> Result<Vec<Brand>, Error> {
    tx.list("select id, name, is_default, created_at from brands order by id", params![], |row| {
        Ok(Brand { id: row.get(0)?, name: row.get(1)?, is_default: row.get(2)?, created_at: row.get(3)? })
    })
}

/// Throws away what was uploaded under this token and not yet used by a comment; says whether there was anything.
pub fn delete_upload(tx: &mut Tx, token: &str) -> Result<bool, Error> {
    let hash = desk::access::token_hash(token);
    let gone = tx.execute(
        "delete from attachments where upload_token_hash = $1 and comment_id is null",
        params![hash],
    )?;
    Ok(gone > 0)
}

/// The files of one upload, in the order in which they came.
pub fn attachments_of_upload(tx: &mut Tx, token: &str) -> Result<Vec<desk::AttachmentId>, Error> {
    let hash = desk::access::token_hash(token);
    tx.list("select id from attachments where upload_token_hash = $1 order by id", params![hash], |row| row.get(0))
}

/// Whether a file waits under its upload's token and belongs to no comment yet, and who sent it.
pub fn uploader_of(tx: &mut Tx, id: desk::AttachmentId) -> Result<Option<UserId>, Error> {
    Ok(tx
        .find("select uploader_id from attachments where id = $1", params![id], |row| row.get::<Option<UserId>>(0))?
        .flatten())
}

/// How many tickets somebody has asked for, works on, and is in copy of.
pub fn related_counts(tx: &mut Tx, user: UserId) -> Result<(i64, i64, i64), Error> {
    let requested =
        tx.value("select count(*) from tickets where requester_id = $1 and deleted_at is null", params![user])?;
    let assigned =
        tx.value("select count(*) from tickets where assignee_id = $1 and deleted_at is null", params![user])?;
    let copied = tx.value("select count(*) from ticket_people where user_id = $1 and kind = 'cc'", params![user])?;
    Ok((requested, assigned, copied))
}
