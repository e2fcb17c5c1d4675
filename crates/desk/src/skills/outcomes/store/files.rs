//! Every statement on files that were brought by a screen, and on where other desks show their tickets.

use crate::skills::outcomes::files::{File, NewFile, State};
use crate::skills::outcomes::tally::Tally;
use crate::skills::outcomes::{Mapping, People};
use crate::{OutcomeFileId, OutcomeRunId, Tx};
use db::{Error, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const FILE: &str =
    "id, sha256, name, bytes, mapping, people, columns, topics, state, done, tally, failed, run_id,
   created_at from outcome_files";

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn written<T: Serialize>(it: &T) -> Result<String, Error> {
    serde_json::to_string(it).map_err(|error| Error::Corrupt(error.to_string()))
}

fn people_word(people: People) -> &'static str {
    match people {
        People::Known => "known",
        People::Create => "create",
    }
}

fn file(row: &Row<'_>) -> Result<File, Error> {
    let state: String = row.get(8)?;
    let tally: Option<String> = row.get(10)?;
    Ok(File {
        id: row.get(0)?,
        sha256: row.get(1)?,
        name: row.get(2)?,
        bytes: row.get(3)?,
        mapping: read(&row.get::<String>(4)?)?,
        people: if row.get::<String>(5)? == "create" { People::Create } else { People::Known },
        columns: read(&row.get::<String>(6)?)?,
        topics: read(&row.get::<String>(7)?)?,
        state: State::parse(&state)
            .ok_or_else(|| Error::Corrupt(format!("{state:?} is no state of a file")))?,
        done: row.get(9)?,
        tally: tally.map(|it| read(&it)).transpose()?,
        failed: row.get(11)?,
        run: row.get(12)?,
        created_at: row.get(13)?,
    })
}

pub(in crate::skills::outcomes) fn insert_file(tx: &mut Tx, it: &NewFile) -> Result<OutcomeFileId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.value(
        "insert into outcome_files (sha256, name, bytes, mapping, people, columns, topics, state, done, created_at, by_user_id)
         values ($1, $2, $3, $4, 'known', $5, $6, 'written', 0.0, $7, $8) returning id",
        params![
            it.sha256,
            it.name,
            it.bytes,
            written(&it.mapping)?,
            written(&it.columns)?,
            written(&it.topics)?,
            now,
            by
        ],
    )
}

pub(in crate::skills::outcomes) fn find_file(tx: &mut Tx, id: OutcomeFileId) -> Result<Option<File>, Error> {
    tx.find(&format!("select {FILE} where id = $1 and put_away_at is null"), params![id], file)
}

pub(in crate::skills::outcomes) fn list_files(tx: &mut Tx, count_max: usize) -> Result<Vec<File>, Error> {
    tx.list(
        &format!("select {FILE} where put_away_at is null order by id desc limit $1"),
        params![count_max],
        file,
    )
}

/// What is read differently was not tried yet.
pub(in crate::skills::outcomes) fn save_reading(
    tx: &mut Tx,
    id: OutcomeFileId,
    mapping: &Mapping,
    people: People,
    topics: &BTreeMap<String, u64>,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_files set mapping = $1, people = $2, topics = $3, state = 'written', done = 0.0, tally = null,
           failed = null where id = $4",
        params![written(mapping)?, people_word(people), written(topics)?, id],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn save_state(
    tx: &mut Tx,
    id: OutcomeFileId,
    state: State,
    done: f64,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_files set state = $1, done = $2, failed = null where id = $3",
        params![state.as_str(), done, id],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn save_run(
    tx: &mut Tx,
    id: OutcomeFileId,
    run: OutcomeRunId,
) -> Result<(), Error> {
    tx.execute("update outcome_files set run_id = $1 where id = $2", params![run, id]).map(|_| ())
}

pub(in crate::skills::outcomes) fn save_tried(
    tx: &mut Tx,
    id: OutcomeFileId,
    tally: &Tally,
    done: f64,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_files set state = 'tried', done = $1, tally = $2, failed = null where id = $3",
        params![done, written(tally)?, id],
    )
    .map(|_| ())
}

/// It stands where it stood before what failed.
pub(in crate::skills::outcomes) fn save_failed(
    tx: &mut Tx,
    id: OutcomeFileId,
    words: &str,
) -> Result<(), Error> {
    tx.execute(
        "update outcome_files set state = case when tally is null then 'written' else 'tried' end, done = 1.0, failed = $1 where id = $2",
        params![words, id],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn save_put_away(tx: &mut Tx, id: OutcomeFileId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update outcome_files set put_away_at = $1 where id = $2", params![now, id]).map(|_| ())
}

// --- other desks

/// Every other desk, with the address of its tickets if somebody has said it.
pub(in crate::skills::outcomes) fn list_sources(tx: &mut Tx) -> Result<Vec<(String, Option<String>)>, Error> {
    tx.list(
        "select n.source, s.ticket_url from
           (select source from outcome_runs union select source from outcome_sources) as n
         left join outcome_sources s on s.source = n.source order by n.source",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(in crate::skills::outcomes) fn save_source(
    tx: &mut Tx,
    source: &str,
    ticket_url: Option<&str>,
) -> Result<(), Error> {
    match ticket_url {
        Some(url) => tx.execute(
            "insert into outcome_sources (source, ticket_url) values ($1, $2)
             on conflict (source) do update set ticket_url = excluded.ticket_url",
            params![source, url],
        ),
        None => tx.execute("delete from outcome_sources where source = $1", params![source]),
    }
    .map(|_| ())
}
