//! Every statement on the names of topics and channels.

use super::*;
use crate::skills::difficulty::KeyKind;
use std::collections::BTreeSet;

pub(in crate::skills) fn find_keys(
    tx: &mut Tx,
    kind: KeyKind,
    names: &BTreeSet<String>,
) -> Result<HashMap<String, i64>, Error> {
    let sql = format!("select name, id from difficulty_keys where kind = $1 and name in {}", tx.texts_in(2));
    let rows = tx.list(&sql, params![kind.name(), to_json(names)?], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

pub(in crate::skills) fn insert_keys(
    tx: &mut Tx,
    kind: KeyKind,
    names: &BTreeSet<String>,
) -> Result<(), Error> {
    for name in names {
        tx.execute(
            "insert into difficulty_keys (kind, name) values ($1, $2) on conflict (kind, name) do nothing",
            params![kind.name(), name],
        )?;
    }
    Ok(())
}
