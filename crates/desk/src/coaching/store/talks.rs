//! `coaching_sessions`.

use super::super::*;
use crate::Tx;
use crate::tickets::json_numbers;
use db::{Error, Row, params};
use std::collections::HashMap;

const SESSION: &str =
    "select id, plan_id, at, minutes, created_by, created_at, held_at, told_at from coaching_sessions";

fn session(row: &Row<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: row.get(0)?,
        plan: row.get(1)?,
        at: row.get(2)?,
        minutes: row.get(3)?,
        created_by: row.get(4)?,
        created_at: row.get(5)?,
        held_at: row.get(6)?,
        told_at: row.get(7)?,
    })
}

pub(in crate::coaching) fn find_session(
    tx: &mut Tx,
    id: CoachingSessionId,
) -> Result<Option<Session>, Error> {
    tx.find(&format!("{SESSION} where id = $1"), params![id], session)
}

/// The newest first.
pub(in crate::coaching) fn list_sessions(tx: &mut Tx, plan: CoachingPlanId) -> Result<Vec<Session>, Error> {
    tx.list(&format!("{SESSION} where plan_id = $1 order by at desc, id desc"), params![plan], session)
}

/// The next talk of each plan: not held yet, and not over.
pub(in crate::coaching) fn list_next_sessions(
    tx: &mut Tx,
    plans: &[CoachingPlanId],
) -> Result<Vec<(CoachingPlanId, i64)>, Error> {
    let sql = format!(
        "select plan_id, min(at) from coaching_sessions
         where held_at is null and at + minutes * 60000 > $2 and plan_id in {} group by plan_id",
        tx.numbers_in(1)
    );
    let now = tx.now();
    tx.list(&sql, params![json_numbers(plans.iter().map(|it| it.0)), now], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(in crate::coaching) fn insert_session(tx: &mut Tx, it: &PlanSession) -> Result<CoachingSessionId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.value(
        "insert into coaching_sessions (plan_id, at, minutes, created_by, created_at) values ($1, $2, $3, $4, $5)
         returning id",
        params![it.plan, it.at, it.minutes, by, now],
    )
}

/// Whoever of the two has another talk at the same time, by talk that is still to come. Talks of closed plans count not.
pub(in crate::coaching) fn list_clashes(
    tx: &mut Tx,
    plan: &Plan,
) -> Result<HashMap<CoachingSessionId, Vec<UserId>>, Error> {
    let now = tx.now();
    let rows: Vec<(CoachingSessionId, UserId, UserId)> = tx.list(
        "select s.id, p.user_id, p.coach_id
         from coaching_sessions s join coaching_sessions o on o.id <> s.id and o.held_at is null
           and o.at > s.at - $2 and o.at < s.at + s.minutes * 60000 and s.at < o.at + o.minutes * 60000
         join coaching_plans p on p.id = o.plan_id and p.closed_at is null
         where s.plan_id = $1 and s.held_at is null and s.at + s.minutes * 60000 > $3
           and (p.user_id in ($4, $5) or p.coach_id in ($4, $5))
         order by s.id, o.id",
        params![plan.id, TALK_MINUTES_MAX * MINUTE_MS, now, plan.user, plan.coach],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut all: HashMap<CoachingSessionId, Vec<UserId>> = HashMap::new();
    for (session, user, coach) in rows {
        let busy = all.entry(session).or_default();
        for side in [plan.user, plan.coach] {
            if (side == user || side == coach) && !busy.contains(&side) {
                busy.push(side);
            }
        }
    }
    Ok(all)
}

pub(in crate::coaching) fn save_held(tx: &mut Tx, id: CoachingSessionId, held: bool) -> Result<(), Error> {
    let at = held.then_some(tx.now());
    tx.execute("update coaching_sessions set held_at = $1 where id = $2", params![at, id]).map(|_| ())
}

pub(in crate::coaching) fn save_told(tx: &mut Tx, id: CoachingSessionId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update coaching_sessions set told_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::coaching) fn delete_session(tx: &mut Tx, id: CoachingSessionId) -> Result<(), Error> {
    tx.execute("update coaching_notes set session_id = null where session_id = $1", params![id])?;
    tx.execute("delete from coaching_sessions where id = $1", params![id]).map(|_| ())
}
