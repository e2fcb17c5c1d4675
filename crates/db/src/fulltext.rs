//! Full-text indexes: one of the few places where the two databases differ. Terms come folded, parted by spaces.

use crate::{Engine, Error, Tx, params};

/// Puts what can be found under an `id` that the index does not know yet; cheaper than [`put`].
pub fn add<A>(tx: &mut Tx<A>, index: &'static str, id: i64, terms: &str) -> Result<(), Error> {
    match tx.engine() {
        Engine::Sqlite => tx
            .execute(&format!("insert into {index} (rowid, terms) values ($1, $2)"), params![id, terms])
            .map(|_| ()),
        Engine::Postgres => put(tx, index, id, terms),
    }
}

/// Puts (or replaces) what can be found under `id`. `index` is a name from the schema, never a user's word.
pub fn put<A>(tx: &mut Tx<A>, index: &'static str, id: i64, terms: &str) -> Result<(), Error> {
    match tx.engine() {
        Engine::Sqlite => {
            tx.execute(&format!("insert or replace into {index} (rowid, terms) values ($1, $2)"), params![id, terms])?
        }
        // Not to_tsvector: its parser would split our terms again.
        Engine::Postgres => tx.execute(
            &format!(
                "insert into {index} (id, terms) values ($1, array_to_tsvector(array(
                   select distinct left(term, 200) from unnest(string_to_array($2, ' ')) as term where term <> '')))
                 on conflict (id) do update set terms = excluded.terms"
            ),
            params![id, terms],
        )?,
    };
    Ok(())
}

pub fn remove<A>(tx: &mut Tx<A>, index: &'static str, id: i64) -> Result<(), Error> {
    let key = if tx.engine() == Engine::Sqlite { "rowid" } else { "id" };
    tx.execute(&format!("delete from {index} where {key} = $1"), params![id])?;
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

/// Like [`newest`], and quick: the last term counts as a beginning only if nothing holds it as a word of its own.
pub fn newest_at_once<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    terms: &[String],
    ids: Ids,
    count_max: usize,
) -> Result<Vec<i64>, Error> {
    let Some(last) = terms.last() else { return Ok(Vec::new()) };
    let whole = matching(tx, index, &query(tx.engine(), terms, Last::Whole), ids, count_max)?;
    if !whole.is_empty() {
        return Ok(whole);
    }
    let word = query(tx.engine(), std::slice::from_ref(last), Last::Whole);
    if !matching(tx, index, &word, Ids::ALL, 1)?.is_empty() {
        return Ok(whole);
    }
    matching(tx, index, &query(tx.engine(), terms, Last::Beginning), ids, count_max)
}

fn matching<A>(
    tx: &mut Tx<A>,
    index: &'static str,
    query: &str,
    ids: Ids,
    count_max: usize,
) -> Result<Vec<i64>, Error> {
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
