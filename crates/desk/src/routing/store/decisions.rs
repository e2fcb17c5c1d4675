//! What the decision explorer reads, and contests with their answers.

use super::*;
use crate::RoutingContestId;
use crate::routing::contest::{Contest, ContestAnswer};
use crate::routing::decisions::{DecisionCounts, DecisionFilter, Lots, Shown};
use crate::tickets::Status;

/// A decision with what became of it.
pub(in crate::routing) struct Listed {
    pub kept: Kept,
    pub ticket: TicketId,
    pub subject: String,
    pub group: Option<String>,
    pub rule: Option<String>,
    pub status: Status,
    pub holder: Option<UserId>,
    pub contests: i64,
    pub open_contests: i64,
    /// The event by which it left the hands of the chosen one.
    pub left: Option<i64>,
}

/// `{"kind":"ticket_assigned","ticket":1,"from":7,"to":null}` is how such an event is written.
const LEFT: &str = "(select min(e.id) from events e where e.subject = 'ticket' and e.subject_id = d.ticket_id
     and e.kind = 'ticket_assigned' and e.at >= d.at
     and e.facts like '%\"from\":' || cast(d.chosen_id as text) || ',%')";

/// It was offered, and not taken.
const NOT_TAKEN: &str =
    "exists (select 1 from routing_offers o where o.decision_id = d.id and o.ended <> 'accepted')";

/// `cross join` keeps SQLite from starting at the tickets.
const FROM: &str = "from routing_decisions d cross join tickets t left join groups g on g.id = t.group_id
     where t.id = d.ticket_id";

/// The newest first; `before` is the last of the page before.
pub(in crate::routing) fn list_decisions_by(
    tx: &mut Tx,
    filter: &DecisionFilter,
    before: Option<(i64, DecisionId)>,
    count_max: usize,
) -> Result<Vec<Listed>, Error> {
    let mut asked = Asked::of(filter);
    if let Some((at, id)) = before {
        let (at, id) = (asked.number(at), asked.number(id.0));
        asked.sql += &format!(" and d.at <= {at} and (d.at < {at} or d.id < {id})");
    }
    let limit = asked.number(i64::try_from(count_max).unwrap_or(i64::MAX));
    let sql = format!(
        "select d.id, d.at, d.cause, d.chosen_id, d.explored, d.decision, d.ticket_id, t.subject, g.name, d.rule,
           t.status, t.assignee_id,
           (select cast(count(*) as bigint) from routing_contests c where c.decision_id = d.id),
           (select cast(count(*) as bigint) from routing_contests c where c.decision_id = d.id and c.answered_at is null),
           {LEFT}
         {FROM}{} order by d.at desc, d.id desc limit {limit}",
        asked.sql
    );
    tx.list(&sql, &asked.params(), listed)
}

pub(in crate::routing) fn find_listed(tx: &mut Tx, decision: DecisionId) -> Result<Option<Listed>, Error> {
    let sql = format!(
        "select d.id, d.at, d.cause, d.chosen_id, d.explored, d.decision, d.ticket_id, t.subject, g.name, d.rule,
           t.status, t.assignee_id,
           (select cast(count(*) as bigint) from routing_contests c where c.decision_id = d.id),
           (select cast(count(*) as bigint) from routing_contests c where c.decision_id = d.id and c.answered_at is null),
           {LEFT}
         {FROM} and d.id = $1"
    );
    tx.find(&sql, params![decision], listed)
}

fn listed(row: &Row<'_>) -> Result<Listed, Error> {
    Ok(Listed {
        kept: kept(row)?,
        ticket: row.get(6)?,
        subject: row.get(7)?,
        group: row.get(8)?,
        rule: row.get(9)?,
        status: row.get(10)?,
        holder: row.get(11)?,
        contests: row.get(12)?,
        open_contests: row.get(13)?,
        left: row.get(14)?,
    })
}

pub(in crate::routing) fn count_decisions_by(
    tx: &mut Tx,
    filter: &DecisionFilter,
) -> Result<DecisionCounts, Error> {
    let asked = Asked::of(filter);
    let sql = format!(
        "select cast(count(*) as bigint), cast(count(d.chosen_id) as bigint),
           cast(coalesce(sum(d.explored), 0) as bigint),
           cast(coalesce(sum(case when exists (select 1 from routing_contests c where c.decision_id = d.id)
             then 1 else 0 end), 0) as bigint)
         {FROM}{}",
        asked.sql
    );
    tx.one(&sql, &asked.params(), |row| {
        Ok(DecisionCounts {
            decided: row.get(0)?,
            given: row.get(1)?,
            by_lot: row.get(2)?,
            contested: row.get(3)?,
        })
    })
}

pub(in crate::routing) fn count_open_contests(tx: &mut Tx) -> Result<i64, Error> {
    tx.value("select cast(count(*) as bigint) from routing_contests where answered_at is null", params![])
}

/// When each of these events was, and by whose hand.
pub(in crate::routing) fn list_moves(
    tx: &mut Tx,
    events: &[i64],
) -> Result<HashMap<i64, (i64, Option<UserId>)>, Error> {
    let sql = format!("select id, at, actor_id from events where id in {}", tx.numbers_in(1));
    let all = tx.list(&sql, params![json_numbers(events.iter().copied())], |row| {
        Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    Ok(all.into_iter().collect())
}

/// The conditions of a filter, and the numbers that stand in them.
struct Asked {
    sql: String,
    numbers: Vec<i64>,
}

impl Asked {
    fn of(filter: &DecisionFilter) -> Asked {
        let mut asked = Asked { sql: String::new(), numbers: Vec::new() };
        let (from, until) = (asked.number(filter.from), asked.number(filter.until));
        asked.sql += &format!(" and d.at >= {from} and d.at < {until}");
        if let Some(person) = filter.person {
            let person = asked.number(person.0);
            asked.sql += &format!(" and d.chosen_id = {person}");
        }
        if let Some(group) = filter.group {
            let group = asked.number(group.0);
            asked.sql += &format!(" and t.group_id = {group}");
        }
        if let Some(rule) = filter.rule {
            asked.sql += &format!(" and d.rule = '{}'", crate::routing::policy::rule_word(rule));
        }
        asked.sql += match filter.lots {
            Lots::All => "",
            Lots::Only => " and d.explored = 1",
            Lots::Without => " and d.explored = 0",
        };
        let contested = "exists (select 1 from routing_contests c where c.decision_id = d.id";
        asked.sql += &match filter.shown {
            Shown::All => String::new(),
            Shown::Taken => format!(" and d.chosen_id is not null and {LEFT} is null and not {NOT_TAKEN}"),
            Shown::Returned => {
                format!(" and d.chosen_id is not null and ({LEFT} is not null or {NOT_TAKEN})")
            }
            Shown::Waits => " and d.chosen_id is null".to_owned(),
            Shown::Contested => format!(" and {contested})"),
            Shown::Unanswered => format!(" and {contested} and c.answered_at is null)"),
        };
        asked
    }

    fn number(&mut self, number: i64) -> String {
        self.numbers.push(number);
        format!("${}", self.numbers.len())
    }

    fn params(&self) -> Vec<db::Param<'_>> {
        self.numbers.iter().map(db::ToParam::to_param).collect()
    }
}

// --- contests

pub(in crate::routing) fn insert_contest(
    tx: &mut Tx,
    decision: DecisionId,
    ticket: TicketId,
    by: UserId,
    reason: &str,
) -> Result<RoutingContestId, Error> {
    let now = tx.now();
    tx.value(
        "insert into routing_contests (decision_id, ticket_id, by_user_id, reason, at)
         values ($1, $2, $3, $4, $5) returning id",
        params![decision, ticket, by, reason, now],
    )
}

/// False if somebody has answered it already.
pub(in crate::routing) fn save_answer(
    tx: &mut Tx,
    contest: RoutingContestId,
    is_right: bool,
    answer: &str,
    by: UserId,
) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update routing_contests set is_right = $1, answer = $2, answered_by = $3, answered_at = $4
         where id = $5 and answered_at is null",
        params![is_right, answer, by, now, contest],
    )?;
    Ok(saved == 1)
}

const CONTEST: &str =
    "select c.id, c.decision_id, c.ticket_id, c.by_user_id, u.name, c.reason, c.at, c.answered_at,
       c.is_right, c.answer, c.answered_by, a.name
     from routing_contests c join users u on u.id = c.by_user_id left join users a on a.id = c.answered_by";

fn contest(row: &Row<'_>) -> Result<Contest, Error> {
    let answered_at: Option<i64> = row.get(7)?;
    let answer = match answered_at {
        None => None,
        Some(at) => Some(ContestAnswer {
            is_right: row.get(8)?,
            text: row.get(9)?,
            by: row.get(10)?,
            by_name: row.get::<Option<String>>(11)?.unwrap_or_default(),
            at,
        }),
    };
    Ok(Contest {
        id: row.get(0)?,
        decision: row.get(1)?,
        ticket: row.get(2)?,
        by: row.get(3)?,
        by_name: row.get(4)?,
        reason: row.get(5)?,
        at: row.get(6)?,
        answer,
    })
}

pub(in crate::routing) fn find_contest(tx: &mut Tx, id: RoutingContestId) -> Result<Option<Contest>, Error> {
    tx.find(&format!("{CONTEST} where c.id = $1"), params![id], contest)
}

/// The newest first.
pub(in crate::routing) fn list_contests(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Contest>, Error> {
    tx.list(
        &format!("{CONTEST} where c.ticket_id = $1 order by c.id desc limit $2"),
        params![ticket, crate::routing::views::DECISIONS_SHOWN_MAX],
        contest,
    )
}

pub(in crate::routing) fn list_contests_of_decision(
    tx: &mut Tx,
    decision: DecisionId,
) -> Result<Vec<Contest>, Error> {
    tx.list(
        &format!("{CONTEST} where c.decision_id = $1 order by c.id limit $2"),
        params![decision, crate::routing::views::DECISIONS_SHOWN_MAX],
        contest,
    )
}
