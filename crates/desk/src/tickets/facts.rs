//! What lists and answers say of many tickets at once, beyond their rows; and which tags and copies there are.

use super::*;
use db::{Error, params};
use std::collections::HashMap;

/// Tags that one list counts.
const TAGS_COUNTED_MAX: usize = 20_000;

/// What is known of a ticket from the tables around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The first comment.
    pub description: String,
    /// Whether the first comment is public.
    pub is_public: bool,
    /// The mail that the first comment came by.
    pub mail: Option<MailId>,
    pub ccs: Vec<UserId>,
    pub followers: Vec<UserId>,
    /// Other tickets name this one as their problem.
    pub has_incidents: bool,
    pub deleted_at: Option<i64>,
}

/// The facts of these tickets, in four statements however many they are.
pub fn facts_of(tx: &mut Tx, tickets: &[TicketId]) -> Result<HashMap<TicketId, Facts>, Error> {
    let mut all: HashMap<TicketId, Facts> = tickets.iter().map(|id| (*id, Facts::default())).collect();
    if tickets.is_empty() {
        return Ok(all);
    }
    let (among, list) = (tx.numbers_in(1), json_numbers(tickets.iter().map(|id| id.0)));
    let firsts: Vec<(TicketId, String, bool, Option<MailId>)> = tx.list(
        &format!(
            "select ticket_id, body, public, mail_id from comments
             where id in (select min(id) from comments where ticket_id in {among} group by ticket_id)"
        ),
        params![list],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    for (ticket, body, public, mail) in firsts {
        let facts = all.entry(ticket).or_default();
        (facts.description, facts.is_public, facts.mail) = (body, public, mail);
    }
    let people: Vec<(TicketId, String, UserId)> = tx.list(
        &format!(
            "select ticket_id, kind, user_id from ticket_people where ticket_id in {among} order by user_id"
        ),
        params![list],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (ticket, kind, user) in people {
        let facts = all.entry(ticket).or_default();
        if kind == "cc" { facts.ccs.push(user) } else { facts.followers.push(user) }
    }
    let problems: Vec<TicketId> = tx.list(
        &format!(
            "select distinct problem_id from tickets where problem_id in {among} and deleted_at is null"
        ),
        params![list],
        |row| row.get(0),
    )?;
    for ticket in problems {
        all.entry(ticket).or_default().has_incidents = true;
    }
    let deleted: Vec<(TicketId, i64)> = tx.list(
        &format!("select id, deleted_at from tickets where id in {among} and deleted_at is not null"),
        params![list],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (ticket, at) in deleted {
        all.entry(ticket).or_default().deleted_at = Some(at);
    }
    Ok(all)
}

/// How often each tag with this beginning is used, most used first.
pub fn tag_counts(tx: &mut Tx, beginning: &str) -> Result<Vec<(String, i64)>, Error> {
    tx.list(
        "select g.tag, cast(count(*) as bigint) as uses from ticket_tags g join tickets t on t.id = g.ticket_id
         where t.deleted_at is null and substr(g.tag, 1, length(cast($1 as text))) = $1
         group by g.tag order by uses desc, g.tag limit $2",
        params![beginning, TAGS_COUNTED_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Tickets on which somebody is in copy, newest first.
pub fn copied_to(tx: &mut Tx, user: UserId, count_max: usize) -> Result<Vec<TicketId>, Error> {
    tx.list(
        "select p.ticket_id from ticket_people p join tickets t on t.id = p.ticket_id
         where p.user_id = $1 and p.kind = 'cc' and t.deleted_at is null order by p.ticket_id desc limit $2",
        params![user, count_max],
        |row| row.get(0),
    )
}
