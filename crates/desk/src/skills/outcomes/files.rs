//! A file of another desk's outcomes that somebody brings by a screen: kept, looked at, read by a mapping that can be
//! changed, tried without changing anything, and taken in.
//!
//! Trying and taking are jobs beside the database; a reading that breaks off goes on where it stopped. Table:
//! `outcome_files` (the bytes are a blob); the run is one of `outcome_runs`.

use super::rows::{RowRead, Rows, RowsError, columns_of};
use super::store::{self, files};
use super::{
    Batch, Begin, Context, Field, Mapping, OutcomesError, People, Preview, ROWS_PER_BATCH_MAX, Tally,
    UNMAPPED_MAX, begin, finish, only_admins, preview, take,
};
use crate::blobs::{Blob, BlobError, Blobs};
use crate::work::{self, Due, Work};
use crate::{Actor, Db, OutcomeFileId, OutcomeRunId, Tx, settings};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The largest file that a screen takes.
pub const FILE_BYTES_MAX: usize = 1024 * 1024 * 1024;
/// Rows that are looked at, or tried, of a file that has more. All of them are taken in.
pub const ROWS_LOOKED_AT_MAX: u64 = 500_000;
pub const FILES_SHOWN_MAX: usize = 20;
/// Rows of the file that a screen shows.
pub const ROWS_SHOWN_MAX: usize = 3;
const NAME_CHARS_MAX: usize = 200;
/// The most that a try which did not come to the end of the file says it has read.
const TRIED_IN_PART_MAX: f64 = 0.99;
/// A job hands over to a next one after so long.
const TURN_MS: i64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// How it is read was written down.
    Written,
    Trying,
    Tried,
    Taking,
    Taken,
}

impl State {
    const ALL: [State; 5] = [State::Written, State::Trying, State::Tried, State::Taking, State::Taken];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Written => "written",
            State::Trying => "trying",
            State::Tried => "tried",
            State::Taking => "taking",
            State::Taken => "taken",
        }
    }

    pub(super) fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|it| it.as_str() == word)
    }

    pub fn is_under_way(self) -> bool {
        matches!(self, State::Trying | State::Taking)
    }
}

/// A file, how it is read, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub id: OutcomeFileId,
    pub sha256: String,
    pub name: String,
    pub bytes: i64,
    pub mapping: Mapping,
    pub people: People,
    /// As the file calls them.
    pub columns: Vec<String>,
    /// Topics, or tags where rows have no topic, with their rows.
    pub topics: BTreeMap<String, u64>,
    pub state: State,
    /// Of what is under way, 0 to 1; of what was tried, the part of the file that was read for it.
    pub done: f64,
    /// The account of the last try.
    pub tally: Option<Tally>,
    pub failed: Option<String>,
    pub run: Option<OutcomeRunId>,
    pub created_at: i64,
}

/// A file that has been stored and looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFile {
    pub sha256: String,
    pub name: String,
    pub bytes: i64,
    pub mapping: Mapping,
    pub columns: Vec<String>,
    pub topics: BTreeMap<String, u64>,
}

/// What a look at a file tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub rows: u64,
    /// The file has more rows; these are its first.
    pub is_cut: bool,
    /// The first rows as they are understood, or why they are not.
    pub first: Vec<RowRead>,
    pub topics: BTreeMap<String, u64>,
}

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Outcomes(#[from] OutcomesError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl crate::Refusal for FileError {
    fn kind(&self) -> crate::Kind {
        match self {
            FileError::Rows(RowsError::Io(_)) => crate::Kind::Broken,
            FileError::Rows(_) => crate::Kind::Invalid,
            FileError::Blob(error) => error.kind(),
            FileError::Outcomes(error) => error.kind(),
            FileError::Db(error) => error.kind(),
        }
    }
}

/// Reads a stored file, beside the database, as far as [`ROWS_LOOKED_AT_MAX`] allows: what is in its columns. Where a column
/// that is needed is not found, no row is read and that is told by the mapping alone.
pub fn look(blobs: &Blobs, sha256: &str, mapping: &Mapping) -> Result<Look, FileError> {
    look_at(blobs, sha256, mapping, ROWS_LOOKED_AT_MAX)
}

fn look_at(blobs: &Blobs, sha256: &str, mapping: &Mapping, rows_max: u64) -> Result<Look, FileError> {
    let mut rows = match Rows::open(blobs.open(sha256)?, mapping.layout().map_err(RowsError::Mapping)?) {
        Ok(rows) => rows,
        Err(RowsError::Mapping(super::MappingError::Missing(_))) => return Ok(Look::default()),
        Err(error) => return Err(error.into()),
    };
    let mut seen = Look::default();
    while let Some(row) = rows.next_row()? {
        if seen.rows == rows_max {
            seen.is_cut = true;
            break;
        }
        seen.rows += 1;
        if let Ok(row) = &row {
            let names = row.topic.as_ref().map_or(&row.tags[..], std::slice::from_ref);
            for name in names {
                if let Some(known) = seen.topics.get_mut(name) {
                    *known += 1;
                } else if seen.topics.len() < UNMAPPED_MAX {
                    seen.topics.insert(name.clone(), 1);
                }
            }
        }
        if seen.first.len() < ROWS_SHOWN_MAX {
            seen.first.push(row);
        }
    }
    Ok(seen)
}

/// A file that can be read at all: a head, or lines of JSON.
pub fn prepare(blobs: &Blobs, blob: &Blob, name: &str) -> Result<NewFile, FileError> {
    let columns = columns_of(blobs.open(&blob.sha256)?)?;
    if columns.len() < 2 {
        return Err(OutcomesError::FileIsNoTable.into());
    }
    let mapping = Mapping { source: source_of(name), ..Mapping::default() };
    let topics = look(blobs, &blob.sha256, &mapping)?.topics;
    Ok(NewFile {
        sha256: blob.sha256.clone(),
        name: name.chars().take(NAME_CHARS_MAX).collect(),
        bytes: blob.bytes,
        mapping,
        columns,
        topics,
    })
}

/// `Old desk (2025).csv` → `Old desk 2025`
fn source_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |it| it.0);
    let clean: String =
        stem.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { ' ' }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(super::mapping::SOURCE_CHARS_MAX).collect();
    if cut.is_empty() { Mapping::default().source } else { cut }
}

/// Its moments are taken for the company's own time, until somebody says another.
pub fn keep_file(tx: &mut Tx, it: &NewFile) -> Result<OutcomeFileId, OutcomesError> {
    only_admins(tx)?;
    let time_zone = settings::company(tx)?.time_zone;
    let mapping = Mapping { time_zone, ..it.mapping.clone() };
    Ok(files::insert_file(tx, &NewFile { mapping, ..it.clone() })?)
}

pub fn find_file(tx: &mut Tx, file: OutcomeFileId) -> Result<File, OutcomesError> {
    only_admins(tx)?;
    files::find_file(tx, file)?.ok_or(OutcomesError::NoSuchFile)
}

/// The newest first.
pub fn list_files(tx: &mut Tx) -> Result<Vec<File>, OutcomesError> {
    only_admins(tx)?;
    Ok(files::list_files(tx, FILES_SHOWN_MAX)?)
}

/// Another way to read a file; what was tried before counts no more.
#[derive(Clone, Debug)]
pub struct SetReading {
    pub file: OutcomeFileId,
    pub mapping: Mapping,
    pub people: People,
    /// As a [`look`] with this mapping found them.
    pub topics: BTreeMap<String, u64>,
}

pub fn set_reading(tx: &mut Tx, command: &SetReading) -> Result<(), OutcomesError> {
    let file = at_rest(tx, command.file)?;
    Context::load(tx, &command.mapping)?;
    super::runs::right_source(&command.mapping)?;
    files::save_reading(tx, file.id, &command.mapping, command.people, &command.topics)?;
    announce(tx, file.id);
    Ok(())
}

/// Says what would happen, and changes nothing.
pub fn try_file(tx: &mut Tx, file: OutcomeFileId) -> Result<(), OutcomesError> {
    set_off(tx, file, State::Trying)
}

pub fn take_file(tx: &mut Tx, file: OutcomeFileId) -> Result<(), OutcomesError> {
    set_off(tx, file, State::Taking)
}

/// A file whose columns do not say what is needed is refused.
fn set_off(tx: &mut Tx, file: OutcomeFileId, state: State) -> Result<(), OutcomesError> {
    let file = at_rest(tx, file)?;
    let head: Vec<&str> = file.columns.iter().map(String::as_str).collect();
    file.mapping.layout()?.places(&head)?;
    files::save_state(tx, file.id, state, 0.0)?;
    announce(tx, file.id);
    Ok(work::enqueue(tx, &Work::ReadOutcomes { file: file.id }, Due::Now)?)
}

/// The list of files no longer shows it; what was taken in stays.
pub fn put_away(tx: &mut Tx, file: OutcomeFileId) -> Result<(), OutcomesError> {
    let file = at_rest(tx, file)?;
    Ok(files::save_put_away(tx, file.id)?)
}

fn at_rest(tx: &mut Tx, file: OutcomeFileId) -> Result<File, OutcomesError> {
    let it = find_file(tx, file)?;
    if it.state.is_under_way() { Err(OutcomesError::FileIsUnderWay) } else { Ok(it) }
}

/// Which column of the file says what, as it is read now; `None` where none does.
pub fn columns_read(file: &File) -> Vec<(Field, Option<&str>)> {
    let layout = file.mapping.layout().ok();
    let head: Vec<&str> = file.columns.iter().map(String::as_str).collect();
    let found = |field: Field| {
        let at = layout.as_ref()?.place_of(field, &head)?;
        file.columns.get(at).map(String::as_str)
    };
    Field::ALL.into_iter().map(|field| (field, found(field))).collect()
}

/// The job: reads the file to its end, or until the turn is over; then a next job goes on.
pub fn read_file(db: &Db, blobs: &Blobs, file: OutcomeFileId) -> Result<(), FileError> {
    let Some(it) = db.read_now(Actor::desk(), move |tx| files::find_file(tx, file))? else { return Ok(()) };
    let outcome = match it.state {
        State::Trying => try_out(db, blobs, &it),
        State::Taking => take_in(db, blobs, &it),
        _ => return Ok(()),
    };
    let Err(error) = outcome else { return Ok(()) };
    // A database that is busy may be free the next time; what the file itself is wrong about stays wrong.
    if matches!(&error, FileError::Db(_) | FileError::Outcomes(OutcomesError::Db(_))) {
        return Err(error);
    }
    let words = error.to_string();
    db.write_now(Actor::desk(), move |tx| {
        announce(tx, file);
        files::save_failed(tx, file, &words)
    })?;
    Ok(())
}

fn opened(db: &Db, blobs: &Blobs, it: &File) -> Result<(Rows<std::fs::File>, Arc<Context>), FileError> {
    let mapping = it.mapping.clone();
    let context = db.read_now(Actor::desk(), move |tx| Context::load(tx, &mapping))?;
    let layout = it.mapping.layout().map_err(OutcomesError::Mapping)?;
    Ok((Rows::open(blobs.open(&it.sha256)?, layout)?, Arc::new(context)))
}

fn announce(tx: &mut Tx, file: OutcomeFileId) {
    tx.announce(&format!("import:{file}"));
}

fn tell(db: &Db, file: OutcomeFileId, state: State, done: f64) -> Result<(), db::Error> {
    db.write_now(Actor::desk(), move |tx| {
        announce(tx, file);
        files::save_state(tx, file, state, done)
    })
}

/// What is known of a try is kept nowhere until it ends, and so it ends within its turn: of a large file the first rows
/// are tried, and `done` says which part of it they are.
fn try_out(db: &Db, blobs: &Blobs, it: &File) -> Result<(), FileError> {
    let ends_at = db.now() + TURN_MS;
    let (mut rows, context) = opened(db, blobs, it)?;
    let mut so_far = Preview::new(it.mapping.source.trim(), it.people);
    let (mut tally, mut rows_tried) = (Tally::default(), 0);
    let done = loop {
        let batch = rows.next_batch(ROWS_PER_BATCH_MAX)?;
        if batch.is_empty() {
            break 1.0;
        }
        if rows_tried >= ROWS_LOOKED_AT_MAX || db.now() >= ends_at {
            break rows.share().min(TRIED_IN_PART_MAX);
        }
        rows_tried += batch.len() as u64;
        let part = db.read_now(Actor::desk(), |tx| preview(tx, &mut so_far, &context, &batch))?;
        tally.add(&part);
        tell(db, it.id, State::Trying, rows.share())?;
    };
    for name in context.unknown_skills() {
        tally.unknown_skills.entry(name.clone()).or_insert(0);
    }
    let file = it.id;
    db.write_now(Actor::desk(), move |tx| {
        announce(tx, file);
        files::save_tried(tx, file, &tally, done)
    })?;
    Ok(())
}

fn take_in(db: &Db, blobs: &Blobs, it: &File) -> Result<(), FileError> {
    let ends_at = db.now() + TURN_MS;
    let (mut rows, context) = opened(db, blobs, it)?;
    let (file, people) = (it.id, it.people);
    let command = Begin {
        name: it.name.clone(),
        file_hash: format!("{}:{}", it.sha256, it.id),
        mapping: it.mapping.clone(),
        anew: false,
    };
    let begun = db.write_now(Actor::desk(), move |tx| {
        let begun = begin(tx, &command)?;
        files::save_run(tx, file, begun.run)?;
        Ok::<_, OutcomesError>(begun)
    })?;
    let run = begun.run;
    rows.skip(begun.position)?;
    let mut position = begun.position;
    loop {
        let batch = Arc::new(rows.next_batch(ROWS_PER_BATCH_MAX)?);
        if batch.is_empty() {
            break;
        }
        let rows_read = batch.len() as i64;
        let context = context.clone();
        db.write_now(Actor::desk(), move |tx| {
            take(tx, &Batch { run, position, rows: &batch, context: &context, people })
        })?;
        position += rows_read;
        tell(db, file, State::Taking, rows.share())?;
        if db.now() >= ends_at {
            db.write_now(Actor::desk(), move |tx| work::enqueue(tx, &Work::ReadOutcomes { file }, Due::Now))?;
            return Ok(());
        }
    }
    db.write_now(Actor::desk(), move |tx| {
        finish(tx, run)?;
        announce(tx, file);
        tx.announce("imports");
        Ok::<_, OutcomesError>(files::save_state(tx, file, State::Taken, 1.0)?)
    })?;
    Ok(())
}

/// The account of the import that a file became, so far.
pub fn run_of(tx: &mut Tx, file: &File) -> Result<Option<super::Run>, OutcomesError> {
    only_admins(tx)?;
    match file.run {
        Some(run) => Ok(store::find_run(tx, run)?),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_after_its_file() {
        assert_eq!(source_of("Old desk (2025).csv"), "Old desk 2025");
        assert_eq!(source_of("…"), "import");
        assert_eq!(source_of(&"x".repeat(90)).len(), 40);
    }

    #[test]
    fn of_a_large_file_the_first_rows_are_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::in_folder(folder.path());
        let text = "id,assignee,solved_at,tags\n1,Ana,2026-01-05,a\n2,Ana,2026-01-05,a\n3,Ana,2026-01-05,b\n";
        let blob = blobs.put(text.as_bytes(), "text/csv").expect("kept");
        let look =
            |rows_max| look_at(&blobs, &blob.sha256, &Mapping::default(), rows_max).expect("it is read");
        let (part, whole) = (look(2), look(3));
        assert_eq!((part.rows, part.is_cut, part.topics), (2, true, [("a".to_owned(), 2)].into()));
        assert_eq!((whole.rows, whole.is_cut, whole.topics.len()), (3, false, 2));
    }

    #[test]
    fn states_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("lost"), None);
    }
}
