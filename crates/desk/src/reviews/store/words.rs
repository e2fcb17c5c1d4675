//! Every statement on `scorecard_words`.

use super::super::words::ScorecardWords;
use super::{from_json, to_json};
use crate::{Language, Tx};
use db::{Error, Row, params};

const WORDS: &str = "select language, name, about, categories, behind_at from scorecard_words";

fn words(row: &Row<'_>) -> Result<ScorecardWords, Error> {
    Ok(ScorecardWords {
        language: row.get(0)?,
        name: row.get(1)?,
        about: row.get(2)?,
        categories: from_json(&row.get::<String>(3)?)?,
        behind_at: row.get(4)?,
    })
}

/// By language.
pub(in crate::reviews) fn list_words_of(tx: &mut Tx, version_id: i64) -> Result<Vec<ScorecardWords>, Error> {
    tx.list(&format!("{WORDS} where version_id = $1 order by language"), params![version_id], words)
}

pub(in crate::reviews) fn find_words(
    tx: &mut Tx,
    version_id: i64,
    language: Language,
) -> Result<Option<ScorecardWords>, Error> {
    let sql = format!("{WORDS} where version_id = $1 and language = $2");
    tx.find(&sql, params![version_id, language], words)
}

pub(in crate::reviews) fn save_words(tx: &mut Tx, version_id: i64, it: &ScorecardWords) -> Result<(), Error> {
    let categories = to_json(&it.categories)?;
    tx.execute(
        "insert into scorecard_words (version_id, language, name, about, categories, behind_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (version_id, language) do update set name = excluded.name, about = excluded.about,
           categories = excluded.categories, behind_at = excluded.behind_at",
        params![version_id, it.language, it.name, it.about, categories, it.behind_at],
    )
    .map(|_| ())
}

pub(in crate::reviews) fn delete_words(
    tx: &mut Tx,
    version_id: i64,
    language: Language,
) -> Result<(), Error> {
    let sql = "delete from scorecard_words where version_id = $1 and language = $2";
    tx.execute(sql, params![version_id, language]).map(|_| ())
}

/// The original says something else from now on.
pub(in crate::reviews) fn words_are_behind(tx: &mut Tx, version_id: i64) -> Result<(), Error> {
    let now = tx.now();
    let sql = "update scorecard_words set behind_at = $1 where version_id = $2 and behind_at is null";
    tx.execute(sql, params![now, version_id]).map(|_| ())
}
