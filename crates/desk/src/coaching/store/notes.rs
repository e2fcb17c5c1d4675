//! `coaching_notes`.

use super::super::*;
use crate::Tx;
use db::{Error, Row, params};

const NOTE: &str =
    "select id, plan_id, session_id, author_id, shared, text, created_at, updated_at from coaching_notes";

fn note(row: &Row<'_>) -> Result<Note, Error> {
    Ok(Note {
        id: row.get(0)?,
        plan: row.get(1)?,
        session: row.get(2)?,
        author: row.get(3)?,
        shared: row.get(4)?,
        text: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}

pub(in crate::coaching) fn find_note(tx: &mut Tx, id: CoachingNoteId) -> Result<Option<Note>, Error> {
    tx.find(&format!("{NOTE} where id = $1"), params![id], note)
}

/// What this reader may read: what is shared, and their own.
pub(in crate::coaching) fn list_notes(
    tx: &mut Tx,
    plan: CoachingPlanId,
    reader: Option<UserId>,
) -> Result<Vec<Note>, Error> {
    let sql = format!("{NOTE} where plan_id = $1 and (shared = 1 or author_id = $2) order by id");
    tx.list(&sql, params![plan, reader.unwrap_or(UserId(0))], note)
}

pub(in crate::coaching) fn count_notes(tx: &mut Tx, plan: CoachingPlanId) -> Result<i64, Error> {
    tx.value("select count(*) from coaching_notes where plan_id = $1", params![plan])
}

pub(in crate::coaching) fn insert_note(
    tx: &mut Tx,
    plan: &Plan,
    session: Option<CoachingSessionId>,
    author: UserId,
    text: &str,
    shared: bool,
) -> Result<CoachingNoteId, Error> {
    let now = tx.now();
    tx.value(
        "insert into coaching_notes (plan_id, session_id, author_id, shared, text, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) returning id",
        params![plan.id, session, author, i64::from(shared), text, now],
    )
}

pub(in crate::coaching) fn save_note(
    tx: &mut Tx,
    id: CoachingNoteId,
    text: &str,
    shared: bool,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update coaching_notes set text = $1, shared = $2, updated_at = $3 where id = $4",
        params![text, i64::from(shared), now, id],
    )
    .map(|_| ())
}

pub(in crate::coaching) fn delete_note(tx: &mut Tx, id: CoachingNoteId) -> Result<(), Error> {
    tx.execute("delete from coaching_notes where id = $1", params![id]).map(|_| ())
}
