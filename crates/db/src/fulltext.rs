//! Full-text indexes: one of the few places where the two databases differ. Terms come folded, parted by spaces.
//!
//! SQLite writes a segment of an index whenever any statement opens a savepoint of its own, and merges them later. So
//! what is to be found is kept aside until the commit (or until somebody looks in the same transaction), and a group of
//! closures writes one segment together.

use crate::{Engine, Error, Tx, params};

/// What an index of SQLite learns at the end of the transaction.
pub(crate) struct Postponed {
    index: &'static str,
    id: i64,
    change: Change,
}

enum Change {
    Add(String),
    Put(String),
    Remove,
}

/// Puts what can be found under an `id` that the index does not know yet; cheaper than [`put`].
pub fn add<A>(tx: &mut Tx<A>, index: &'static str, id: i64, terms: &str) -> Result<(), Error> {
    match tx.engine() {
        Engine::Sqlite => {
            tx.postponed.push(Postponed { index, id, change: Change::Add(terms.to_owned()) });
            Ok(())
        }
        Engine::Postgres => put(tx, index, id, terms),
    }
}

/// Puts (or replaces) what can be found under `id`. `index` is a name from the schema, never a user's word.
pub fn put<A>(tx: &mut Tx<A>, index: &'static str, id: i64, terms: &str) -> Result<(), Error> {
    match tx.engine() {
        Engine::Sqlite => {
            tx.postponed.push(Postponed { index, id, change: Change::Put(terms.to_owned()) });
            Ok(())
        }
        // Not to_tsvector: its parser would split our terms again.
        Engine::Postgres => tx
            .execute(
                &format!(
                    "insert into {index} (id, terms) values ($1, array_to_tsvector(array(
                       select distinct left(term, 200) from unnest(string_to_array($2, ' ')) as term where term <> '')))
                     on conflict (id) do update set terms = excluded.terms"
                ),
                params![id, terms],
            )
            .map(|_| ()),
    }
}

pub fn remove<A>(tx: &mut Tx<A>, index: &'static str, id: i64) -> Result<(), Error> {
    match tx.engine() {
        Engine::Sqlite => {
            tx.postponed.push(Postponed { index, id, change: Change::Remove });
            Ok(())
        }
        Engine::Postgres => {
            tx.execute(&format!("delete from {index} where id = $1"), params![id]).map(|_| ())
        }
    }
}

/// Writes what was kept aside, in its order.
pub(crate) fn write_postponed<A>(tx: &mut Tx<A>) -> Result<(), Error> {
    let postponed = std::mem::take(&mut tx.postponed);
    for Postponed { index, id, change } in &postponed {
        match change {
            Change::Add(terms) => tx.execute(
                &format!("insert into {index} (rowid, terms) values ($1, $2)"),
                params![*id, terms],
            )?,
            Change::Put(terms) => tx.execute(
                &format!("insert or replace into {index} (rowid, terms) values ($1, $2)"),
                params![*id, terms],
            )?,
            Change::Remove => tx.execute(&format!("delete from {index} where rowid = $1"), params![*id])?,
        };
    }
    Ok(())
}

/// Ids from `from` on and below `below`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    pub from: i64,
    pub below: i64,
}

impl Ids {
    pub const ALL: Ids = Ids { from: i64::MIN, below: i64::MAX };
}

/// Up to `count_max` of these ids that hold all `terms` (the last one as a beginning), newest first.
///
/// It takes as long as it takes: words that are common each and never stand together are looked for in all there is.
pub fn newest<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    terms: &[String],
    ids: Ids,
    count_max: usize,
) -> Result<Vec<i64>, Error> {
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    // Merging every word with the same beginning is dear; whole words alone are often enough for a page.
    let whole = matching(tx, index, &query(tx.engine(), terms, Last::Whole), ids, count_max)?;
    if whole.len() >= count_max {
        return Ok(whole);
    }
    matching(tx, index, &query(tx.engine(), terms, Last::Beginning), ids, count_max)
}

/// Like [`newest`], and quick for a narrow span of ids: the last term counts as a beginning only if nothing holds it as a
/// word of its own. With several words it costs the same however few matches are asked for.
pub fn newest_at_once<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    terms: &[String],
    ids: Ids,
    count_max: usize,
) -> Result<Vec<i64>, Error> {
    let Some(last) = terms.last() else { return Ok(Vec::new()) };
    let whole = if terms.len() > 1 && tx.engine() == Engine::Sqlite {
        let mut all = holding_all(tx, index, terms, ids)?;
        all.truncate(count_max);
        all
    } else {
        matching(tx, index, &query(tx.engine(), terms, Last::Whole), ids, count_max)?
    };
    if !whole.is_empty() {
        return Ok(whole);
    }
    let word = query(tx.engine(), std::slice::from_ref(last), Last::Whole);
    if !matching(tx, index, &word, Ids::ALL, 1)?.is_empty() {
        return Ok(whole);
    }
    matching(tx, index, &query(tx.engine(), terms, Last::Beginning), ids, count_max)
}

/// The ids that hold each of these words, newest first. SQLite would look for words that never stand together in all there
/// is, whatever the ids asked for: it compares bounds only with what holds all words. So each word is looked for alone.
fn holding_all<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    terms: &[String],
    ids: Ids,
) -> Result<Vec<i64>, Error> {
    let mut all: Option<Vec<i64>> = None;
    for term in terms {
        let word = query(tx.engine(), std::slice::from_ref(term), Last::Whole);
        let mut holding = matching(tx, index, &word, ids, usize::MAX)?;
        if let Some(known) = all {
            let mut known = known.into_iter().peekable();
            holding.retain(|id| {
                while known.next_if(|other| other > id).is_some() {}
                known.next_if_eq(id).is_some()
            });
        }
        if holding.is_empty() {
            return Ok(holding);
        }
        all = Some(holding);
    }
    Ok(all.unwrap_or_default())
}

fn matching<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    query: &str,
    ids: Ids,
    count_max: usize,
) -> Result<Vec<i64>, Error> {
    write_postponed(tx)?;
    let count_max = i64::try_from(count_max).unwrap_or(i64::MAX);
    let sql = match tx.engine() {
        Engine::Sqlite => {
            format!(
                "select rowid from {index} where {index} match $1 and rowid >= $2 and rowid < $3
                 order by rowid desc limit $4"
            )
        }
        Engine::Postgres => format!(
            "select id from {index} where terms @@ cast($1 as text)::tsquery and id >= $2 and id < $3
             order by id desc limit $4"
        ),
    };
    tx.list(&sql, params![query, ids.from, ids.below, count_max], |row| row.get(0))
}

/// What the last word of a query stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Whole,
    Beginning,
}

fn query(engine: Engine, terms: &[String], last_word: Last) -> String {
    let open_end = |i: usize| last_word == Last::Beginning && i == terms.len() - 1;
    let quoted = terms.iter().enumerate().map(|(i, term)| match engine {
        Engine::Sqlite => format!("\"{}\"{}", term.replace('"', "\"\""), if open_end(i) { "*" } else { "" }),
        Engine::Postgres => {
            let term = term.replace('\\', "\\\\").replace('\'', "''");
            format!("'{term}'{}", if open_end(i) { ":*" } else { "" })
        }
    });
    quoted.collect::<Vec<_>>().join(if engine == Engine::Sqlite { " " } else { " & " })
}
