//! Every statement on leave.

use super::{AskLeave, Leave, LeaveKind, LeaveState};
use crate::{LeaveId, Tx, UserId};
use db::{Error, Row, params};
use jiff::civil::Date;

const LEAVE: &str = "l.id, l.user_id, u.name, l.kind, l.first_day, l.last_day, l.note, l.state, l.asked_at, l.decided_at,
   l.decided_by, d.name, l.answer, l.from_minute, l.to_minute from leaves l join users u on u.id = l.user_id left join users d on d.id = l.decided_by";

fn leave(row: &Row<'_>) -> Result<Leave, Error> {
    let (kind, state): (String, String) = (row.get(3)?, row.get(7)?);
    let day = |text: String| text.parse::<Date>().map_err(|_| Error::Corrupt(format!("{text:?} is no day")));
    Ok(Leave {
        id: row.get(0)?,
        user: row.get(1)?,
        name: row.get(2)?,
        kind: LeaveKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("{kind:?} is no leave")))?,
        first_day: day(row.get(4)?)?,
        last_day: day(row.get(5)?)?,
        hours: row.get::<Option<i64>>(13)?.zip(row.get::<Option<i64>>(14)?),
        note: row.get(6)?,
        state: LeaveState::parse(&state).ok_or_else(|| Error::Corrupt(format!("{state:?} is no state")))?,
        asked_at: row.get(8)?,
        decided_at: row.get(9)?,
        decided_by: row.get(10)?,
        decided_by_name: row.get(11)?,
        answer: row.get(12)?,
    })
}

pub(super) fn insert(tx: &mut Tx, it: &AskLeave, note: &str, state: LeaveState) -> Result<LeaveId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let decided = (state != LeaveState::Asked).then_some(now);
    tx.one(
        "insert into leaves (user_id, kind, first_day, last_day, note, state, asked_at, asked_by, decided_at, decided_by, answer,
           from_minute, to_minute)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12) returning id",
        params![
            it.user,
            it.kind.as_str(),
            it.first_day.to_string(),
            it.last_day.to_string(),
            note,
            state.as_str(),
            now,
            by,
            decided,
            by.filter(|_| decided.is_some()),
            it.hours.map(|it| it.0),
            it.hours.map(|it| it.1)
        ],
        |row| row.get(0),
    )
}

pub(super) fn find(tx: &mut Tx, id: LeaveId) -> Result<Option<Leave>, Error> {
    tx.find(&format!("select {LEAVE} where l.id = $1"), params![id], leave)
}

/// False if it is no longer in the state in which it was read.
pub(super) fn save_state(
    tx: &mut Tx,
    id: LeaveId,
    (was, becomes): (LeaveState, LeaveState),
    answer: &str,
) -> Result<bool, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let saved = tx.execute(
        "update leaves set state = $1, decided_at = $2, decided_by = $3, answer = $4 where id = $5 and state = $6",
        params![becomes.as_str(), now, by, answer, id, was.as_str()],
    )?;
    Ok(saved == 1)
}

/// Asked for or granted, and touching these days; by the first day.
pub(crate) fn list_between(tx: &mut Tx, first: Date, last: Date) -> Result<Vec<Leave>, Error> {
    tx.list(
        &format!(
            "select {LEAVE} where l.state in ('asked', 'granted') and l.last_day >= $1 and l.first_day <= $2
             order by l.first_day, l.id"
        ),
        params![first.to_string(), last.to_string()],
        leave,
    )
}

/// [`list_between`], of one person.
pub(crate) fn list_of_between(
    tx: &mut Tx,
    user: UserId,
    first: Date,
    last: Date,
) -> Result<Vec<Leave>, Error> {
    tx.list(
        &format!(
            "select {LEAVE} where l.user_id = $1 and l.state in ('asked', 'granted') and l.last_day >= $2 and l.first_day <= $3
             order by l.first_day, l.id"
        ),
        params![user, first.to_string(), last.to_string()],
        leave,
    )
}

/// Of one person or of all, in one state or in any; what ends last first.
/// Granted, and not over on this day: the nearest first.
pub(super) fn list_coming(tx: &mut Tx, today: Date, count_max: usize) -> Result<Vec<Leave>, Error> {
    tx.list(
        &format!(
            "select {LEAVE} where l.state = 'granted' and l.last_day >= $1 order by l.first_day, l.id limit $2"
        ),
        params![today.to_string(), count_max],
        leave,
    )
}

pub(super) fn list(
    tx: &mut Tx,
    user: Option<UserId>,
    state: Option<LeaveState>,
    count_max: usize,
) -> Result<Vec<Leave>, Error> {
    // 0 is nobody, and no state is nameless.
    let (user, state) = (user.map_or(0, |it| it.0), state.map_or("", LeaveState::as_str));
    tx.list(
        &format!(
            "select {LEAVE} where (l.user_id = $1 or $1 = 0) and (l.state = $2 or $2 = '')
             order by l.last_day desc, l.id desc limit $3"
        ),
        params![user, state, count_max],
        leave,
    )
}
