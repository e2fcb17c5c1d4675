//! One batch of rows: judge each against what is known, write what is new, in one transaction with the run's position.

use super::directory::{self, Directory};
use super::row::OutcomeRow;
use super::tally::{Reason, Rejected, Tally};
use super::write::{Accepted, Writer};
use super::{Context, OutcomesError, only_admins, store};
use crate::events::{self, Event};
use crate::skills::refit;
use crate::{OutcomeId, OutcomeRunId, Tx, UserId, settings};
use std::collections::{HashMap, HashSet};

pub(super) const DAY_MS: i64 = 24 * 3_600_000;
/// Clocks of two desks may differ by this much.
const CLOCK_SLACK_MS: i64 = 5 * 60_000;

/// What to do about people of whom this desk has never heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Their rows are rejected.
    Known,
    /// They become agents who cannot sign in until they are invited.
    Create,
}

/// Rows in the order of the file, those that could not be read among them.
pub struct Batch<'a> {
    pub run: OutcomeRunId,
    /// Of the first row, counted from 0: a batch is taken once.
    pub position: i64,
    pub rows: &'a [Result<OutcomeRow, Rejected>],
    pub context: &'a Context,
    pub people: People,
}

/// What is known of a ticket of the other desk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    pub id: OutcomeId,
    /// The highest revision that was ever given.
    pub revision_last: i64,
    pub digest: i64,
    pub updated_at: Option<i64>,
    /// By taking back the import that had brought it: it counts as never read.
    pub taken_back: bool,
}

/// The revision of a new word on a ticket.
pub(super) fn next_revision(known: Option<Known>) -> i64 {
    known.map_or(1, |known| known.revision_last + 1)
}

/// Takes a batch. What it says of a ticket for the first time is written; the same again changes nothing; anything else
/// replaces the former word, whose evidence is struck out.
pub fn take(tx: &mut Tx, batch: &Batch<'_>) -> Result<Tally, OutcomesError> {
    only_admins(tx)?;
    let run = store::find_run(tx, batch.run)?.ok_or(OutcomesError::NoSuchRun)?;
    if run.finished_at.is_some() {
        return Err(OutcomesError::RunHasEnded);
    }
    tx.lock(&format!("outcomes:{}", run.source))?;
    if run.position != batch.position {
        return Err(OutcomesError::WrongPlace { expected: run.position, given: batch.position });
    }
    let mut judge = Judge::load(tx, batch.people)?;
    let mut writer = Writer::load(tx, batch.run, &run.source)?;
    let mut tally = Tally::default();
    let mut rest = batch.rows;
    while !rest.is_empty() {
        // Two rows about one ticket are taken one after the other.
        let (wave, later) = rest.split_at(wave_length(rest));
        rest = later;
        let known = store::find_known(tx, &run.source, wave.iter().flatten().map(|row| row.ticket.as_str()))?;
        let mut accepted = Vec::with_capacity(wave.len());
        for row in wave {
            judge.create_people(tx, batch, row, &mut tally)?;
            let known = row.as_ref().ok().and_then(|row| known.get(row.ticket.as_str())).copied();
            accepted.extend(judge.accept(batch.context, row, known, &mut tally));
        }
        writer.write(tx, accepted, &mut tally)?;
    }
    writer.finish(tx)?;
    let position = run.position + batch.rows.len() as i64;
    let mut whole = run.tally;
    whole.add(&tally);
    store::save_run_position(tx, batch.run, position, &whole)?;
    if tally.taken + tally.superseded > 0 {
        let (taken, superseded) = (tally.taken as i64, tally.superseded as i64);
        events::record(tx, &Event::OutcomesImported { run: batch.run, taken, superseded })?;
        tx.announce("matrix");
    }
    if tally.superseded > 0 {
        refit::ask_soon(tx)?;
    }
    Ok(tally)
}

fn wave_length(rows: &[Result<OutcomeRow, Rejected>]) -> usize {
    let mut seen: HashSet<&str> = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        if let Ok(row) = row
            && !seen.insert(&row.ticket)
        {
            return at;
        }
    }
    rows.len()
}

/// What [`take`] would come to, without writing anything. It remembers between batches what they would have written.
pub struct Preview {
    source: String,
    people: People,
    directory: Option<Directory>,
    would_know: HashMap<String, Known>,
    would_create: i64,
}

impl Preview {
    pub fn new(source: &str, people: People) -> Preview {
        Preview {
            source: source.to_owned(),
            people,
            directory: None,
            would_know: HashMap::new(),
            would_create: 0,
        }
    }
}

pub fn preview(
    tx: &mut Tx,
    preview: &mut Preview,
    context: &Context,
    rows: &[Result<OutcomeRow, Rejected>],
) -> Result<Tally, OutcomesError> {
    only_admins(tx)?;
    let mut judge = Judge::load(tx, People::Known)?;
    if let Some(directory) = preview.directory.take() {
        judge.directory = directory;
    }
    let mut tally = Tally::default();
    let mut known =
        store::find_known(tx, &preview.source, rows.iter().flatten().map(|row| row.ticket.as_str()))?;
    for row in rows {
        if let Ok(row) = row {
            for (word, _) in &row.people {
                if preview.people == People::Create
                    && judge.directory.find(word) == Err(Reason::UnknownPerson)
                    && judge.asks_for_people(context, row)
                {
                    preview.would_create += 1;
                    tally.people_created += 1;
                    judge.directory.remember(word, Ok(UserId(-preview.would_create)));
                }
            }
            if let Some(it) = preview.would_know.get(&row.ticket) {
                known.insert(row.ticket.clone(), *it);
            }
        }
        let before = row.as_ref().ok().and_then(|row| known.get(&row.ticket)).copied();
        if let Some(it) = judge.accept(context, row, before, &mut tally) {
            let it_is = Known {
                id: OutcomeId(0),
                revision_last: next_revision(it.known),
                digest: it.digest,
                updated_at: it.row.updated_at,
                taken_back: false,
            };
            tally.outcomes += it.people.len() as u64;
            tally.ratings += if it.row.rating.is_some() { it.people.len() as u64 } else { 0 };
            if it.row.handle_s.is_some() && it.row.for_good() {
                tally.handle_times += it.people.len() as u64;
            }
            preview.would_know.insert(it.row.ticket.clone(), it_is);
        }
    }
    preview.directory = Some(judge.directory);
    Ok(tally)
}

struct Judge {
    directory: Directory,
    people: People,
    now: i64,
    /// A solution younger than this may still be undone.
    grace_ms: i64,
}

impl Judge {
    fn load(tx: &mut Tx, people: People) -> Result<Judge, OutcomesError> {
        let grace_ms = settings::company(tx)?.outcome_after_days * DAY_MS;
        Ok(Judge { directory: Directory::load(tx)?, people, now: tx.now(), grace_ms })
    }

    fn create_people(
        &mut self,
        tx: &mut Tx,
        batch: &Batch<'_>,
        row: &Result<OutcomeRow, Rejected>,
        tally: &mut Tally,
    ) -> Result<(), OutcomesError> {
        let (People::Create, Ok(row)) = (self.people, row) else { return Ok(()) };
        let name = row.name.as_deref().filter(|_| row.people.len() == 1);
        for (word, _) in &row.people {
            if self.directory.find(word) == Err(Reason::UnknownPerson)
                && self.asks_for_people(batch.context, row)
            {
                let created = directory::create(tx, word, name)?;
                if let Ok(user) = created {
                    store::undo::insert_made_agent(tx, batch.run, user)?;
                    tally.people_created += 1;
                }
                self.directory.remember(word, created);
            }
        }
        Ok(())
    }

    /// Whether a row gets as far as its people: one that is rejected before makes nobody an agent.
    fn asks_for_people(&self, context: &Context, row: &OutcomeRow) -> bool {
        row.solved_at <= self.now + CLOCK_SLACK_MS && context.needed(row, &mut Tally::default()).is_some()
    }

    /// The row as it is to be written; `None` if it is not, which the tally explains.
    fn accept<'a>(
        &self,
        context: &Context,
        row: &'a Result<OutcomeRow, Rejected>,
        known: Option<Known>,
        tally: &mut Tally,
    ) -> Option<Accepted<'a>> {
        let accepted = match row {
            Ok(row) => self.judge(context, row, known, tally),
            Err(rejected) => Err(rejected.clone()),
        };
        match accepted {
            Err(rejected) => {
                tally.reject(&rejected);
                None
            }
            Ok(it) => {
                tally.read += 1;
                match (&it, known) {
                    (None, _) => tally.duplicates += 1,
                    (Some(_), Some(known)) if !known.taken_back => tally.superseded += 1,
                    (Some(_), _) => tally.taken += 1,
                }
                it
            }
        }
    }

    /// `None`: it says what is known, or less.
    fn judge<'a>(
        &self,
        context: &Context,
        row: &'a OutcomeRow,
        known: Option<Known>,
        tally: &mut Tally,
    ) -> Result<Option<Accepted<'a>>, Rejected> {
        let no = |reason: Reason, cell: &str| Rejected { line: row.line, reason, cell: cell.to_owned() };
        if row.solved_at > self.now + CLOCK_SLACK_MS {
            return Err(no(Reason::InTheFuture, &row.ticket));
        }
        let needed = context.needed(row, tally).ok_or_else(|| {
            let named = row.topic.clone().unwrap_or_else(|| row.tags.join(" "));
            no(Reason::NoSkill, if named.is_empty() { &row.ticket } else { &named })
        })?;
        let mut people: Vec<(UserId, f64)> = Vec::with_capacity(row.people.len());
        for (word, share) in &row.people {
            let user = self.directory.find(word).map_err(|reason| no(reason, word))?;
            match people.iter_mut().find(|it| it.0 == user) {
                Some(it) => it.1 += share,
                None => people.push((user, *share)),
            }
        }
        people.sort_by_key(|it| it.0);
        let digest = row.digest(&people, &needed.digest, &needed.topic);
        if let Some(known) = known.filter(|it| !it.taken_back) {
            let is_older = known.updated_at.zip(row.updated_at).is_some_and(|(known, now)| now < known);
            if known.digest == digest || is_older {
                return Ok(None);
            }
        }
        // What came back at once is known sooner than what holds; taken sooner, it would count for more.
        if row.solved_at + self.grace_ms > self.now {
            return Err(no(Reason::TooFresh, &row.ticket));
        }
        Ok(Some(Accepted { row, needed, people, digest, known }))
    }
}
