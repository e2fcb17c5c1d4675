//! Runs of an import, and where following another desk stands.

use crate::skills::outcomes::follow::Followed;
use crate::skills::outcomes::row::OutcomeRow;
use crate::skills::outcomes::runs::Run;
use crate::skills::outcomes::tally::Tally;
use crate::{OutcomeRunId, Tx};
use db::{Error, Row, params};

const RUN: &str =
    "id, source, name, started_at, finished_at, position, tally, undo_asked_at, undone_at from outcome_runs";

fn run(row: &Row<'_>) -> Result<Run, Error> {
    let tally: String = row.get(6)?;
    let tally: Tally = serde_json::from_str(&tally).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Run {
        id: row.get(0)?,
        source: row.get(1)?,
        name: row.get(2)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        position: row.get(5)?,
        tally,
        undo_asked_at: row.get(7)?,
        undone_at: row.get(8)?,
    })
}

fn tally_text(tally: &Tally) -> Result<String, Error> {
    serde_json::to_string(tally).map_err(|error| Error::Corrupt(error.to_string()))
}

pub(in crate::skills::outcomes) fn insert_run(
    tx: &mut Tx,
    source: &str,
    name: &str,
    file_hash: &str,
) -> Result<OutcomeRunId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.value(
        "insert into outcome_runs (source, name, file_hash, started_at, by_user_id, position, tally)
         values ($1, $2, $3, $4, $5, 0, $6) returning id",
        params![source, name, file_hash, now, by, tally_text(&Tally::default())?],
    )
}

pub(in crate::skills::outcomes) fn find_run(tx: &mut Tx, id: OutcomeRunId) -> Result<Option<Run>, Error> {
    tx.find(&format!("select {RUN} where id = $1"), params![id], run)
}

pub(in crate::skills::outcomes) fn find_unfinished(
    tx: &mut Tx,
    source: &str,
    file_hash: &str,
) -> Result<Option<Run>, Error> {
    let sql = format!(
        "select {RUN} where source = $1 and file_hash = $2 and finished_at is null order by id desc limit 1"
    );
    tx.find(&sql, params![source, file_hash], run)
}

pub(in crate::skills::outcomes) fn list_runs(tx: &mut Tx, count_max: usize) -> Result<Vec<Run>, Error> {
    tx.list(&format!("select {RUN} order by id desc limit $1"), params![count_max], run)
}

pub(in crate::skills::outcomes) fn save_run_position(
    tx: &mut Tx,
    id: OutcomeRunId,
    position: i64,
    it: &Tally,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_runs set position = $1, taken = $2, duplicates = $3, superseded = $4, rejected = $5, tally = $6
         where id = $7",
        params![
            position,
            it.taken as i64,
            it.duplicates as i64,
            it.superseded as i64,
            it.rejected as i64,
            tally_text(it)?,
            id
        ],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn save_run_finished(tx: &mut Tx, id: OutcomeRunId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update outcome_runs set finished_at = $1 where id = $2", params![now, id]).map(|_| ())
}

/// Looks at another desk that broke off before anything came.
pub(in crate::skills::outcomes) fn delete_lost_looks(
    tx: &mut Tx,
    source: &str,
    before: i64,
) -> Result<(), Error> {
    tx.execute(
        "delete from outcome_runs
         where source = $1 and file_hash = '' and position = 0 and finished_at is null and started_at < $2",
        params![source, before],
    )
    .map(|_| ())
}

/// Says whether it was one.
pub(in crate::skills::outcomes) fn delete_run_without_file(
    tx: &mut Tx,
    id: OutcomeRunId,
) -> Result<bool, Error> {
    Ok(tx.execute("delete from outcome_runs where id = $1 and file_hash = ''", params![id])? > 0)
}

pub(in crate::skills::outcomes) fn find_followed(
    tx: &mut Tx,
    source: &str,
) -> Result<Option<Followed>, Error> {
    tx.find("select url, cursor, updated_at from outcome_follows where source = $1", params![source], |row| {
        Ok(Followed { url: row.get(0)?, cursor: row.get(1)?, updated_at: row.get(2)? })
    })
}

pub(in crate::skills::outcomes) fn save_followed(
    tx: &mut Tx,
    source: &str,
    url: &str,
    cursor: &str,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into outcome_follows (source, url, cursor, updated_at) values ($1, $2, $3, $4)
         on conflict (source) do update set url = excluded.url, cursor = excluded.cursor, updated_at = excluded.updated_at",
        params![source, url, cursor, now],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn delete_waiting(
    tx: &mut Tx,
    source: &str,
    ticket: &str,
) -> Result<(), Error> {
    tx.execute("delete from outcomes_waiting where source = $1 and ticket = $2", params![source, ticket])
        .map(|_| ())
}

pub(in crate::skills::outcomes) fn insert_waiting(
    tx: &mut Tx,
    source: &str,
    row: &OutcomeRow,
    due_at: i64,
) -> Result<(), Error> {
    let json = serde_json::to_string(row).map_err(|error| Error::Corrupt(error.to_string()))?;
    tx.execute(
        "insert into outcomes_waiting (source, ticket, due_at, row_json) values ($1, $2, $3, $4)",
        params![source, row.ticket, due_at, json],
    )
    .map(|_| ())
}

/// What is due is taken out, the oldest first.
pub(in crate::skills::outcomes) fn take_out_due(
    tx: &mut Tx,
    source: &str,
    rows_max: usize,
) -> Result<Vec<OutcomeRow>, Error> {
    let now = tx.now();
    let rows: Vec<String> = tx.list(
        "delete from outcomes_waiting where source = $1 and ticket in
           (select ticket from outcomes_waiting where source = $1 and due_at <= $2 order by due_at, ticket limit $3)
         returning row_json",
        params![source, now, rows_max],
        |row| row.get(0),
    )?;
    let mut all: Vec<OutcomeRow> = rows
        .iter()
        .map(|json| serde_json::from_str(json).map_err(|error| Error::Corrupt(error.to_string())))
        .collect::<Result<_, _>>()?;
    all.sort_by(|one, other| (one.solved_at, &one.ticket).cmp(&(other.solved_at, &other.ticket)));
    Ok(all)
}
