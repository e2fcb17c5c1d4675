//! Statuses of agents, and who has which.

use super::*;
use crate::AgentStatusId;
use crate::routing::statuses::{AgentStatus, Said, StatusWords};

fn agent_status(row: &Row<'_>, index: usize) -> Result<AgentStatus, Error> {
    Ok(AgentStatus {
        id: row.get(index)?,
        name: row.get(index + 1)?,
        takes_tickets: row.get(index + 2)?,
        takes_live: row.get(index + 3)?,
    })
}

/// Those that are not retired.
pub(in crate::routing) fn list_statuses(tx: &mut Tx) -> Result<Vec<AgentStatus>, Error> {
    tx.list(
        "select id, name, takes_tickets, takes_live from agent_statuses where retired_at is null
         order by lower(name), id",
        params![],
        |row| agent_status(row, 0),
    )
}

/// `None` for one that is retired too.
pub(in crate::routing) fn find_status(
    tx: &mut Tx,
    status: AgentStatusId,
) -> Result<Option<AgentStatus>, Error> {
    tx.find(
        "select id, name, takes_tickets, takes_live from agent_statuses where id = $1 and retired_at is null",
        params![status],
        |row| agent_status(row, 0),
    )
}

pub(in crate::routing) fn insert_status(
    tx: &mut Tx,
    name: &str,
    words: &StatusWords,
) -> Result<AgentStatusId, Error> {
    let now = tx.now();
    tx.value(
        "insert into agent_statuses (name, takes_tickets, takes_live, created_at)
         values ($1, $2, $3, $4) returning id",
        params![name, words.takes_tickets, words.takes_live, now],
    )
}

pub(in crate::routing) fn save_status(
    tx: &mut Tx,
    status: AgentStatusId,
    name: &str,
    words: &StatusWords,
) -> Result<(), Error> {
    tx.execute(
        "update agent_statuses set name = $1, takes_tickets = $2, takes_live = $3 where id = $4",
        params![name, words.takes_tickets, words.takes_live, status],
    )
    .map(|_| ())
}

pub(in crate::routing) fn retire(tx: &mut Tx, status: AgentStatusId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update agent_statuses set retired_at = $1 where id = $2", params![now, status])?;
    tx.execute("update presences set status_id = null where status_id = $1", params![status]).map(|_| ())
}

pub(in crate::routing) fn list_present_in(tx: &mut Tx, status: AgentStatusId) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select user_id from presences where status_id = $1 and status <> 'offline' order by user_id",
        params![status],
        |row| row.get(0),
    )
}

/// `None`: they never said.
pub(in crate::routing) fn find_said(tx: &mut Tx, user: UserId) -> Result<Option<Said>, Error> {
    tx.find(
        "select p.status, a.id, a.name, a.takes_tickets, a.takes_live
         from presences p left join agent_statuses a on a.id = p.status_id where p.user_id = $1",
        params![user],
        |row| {
            let chosen: Option<i64> = row.get(1)?;
            let chosen = if chosen.is_some() { Some(agent_status(row, 1)?) } else { None };
            Ok(Said { status: status(row, 0)?, chosen })
        },
    )
}
