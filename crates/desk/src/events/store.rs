//! What has happened to one thing, read back.

use super::Event;
use crate::{Tx, UserId};

/// A row of the history.
#[derive(Debug, PartialEq)]
pub struct Recorded {
    pub id: i64,
    pub at: i64,
    pub actor: Option<UserId>,
    pub event: Event,
}

/// The history of one thing, oldest first.
pub fn list_of(
    tx: &mut Tx,
    subject: &str,
    subject_id: i64,
    count_max: usize,
) -> Result<Vec<Recorded>, db::Error> {
    tx.list(
        "select id, at, actor_id, facts from events where subject = $1 and subject_id = $2 order by id limit $3",
        db::params![subject, subject_id, count_max],
        |row| {
            let facts: String = row.get(3)?;
            let event = serde_json::from_str(&facts).map_err(|error| db::Error::Corrupt(error.to_string()))?;
            Ok(Recorded { id: row.get(0)?, at: row.get(1)?, actor: row.get(2)?, event })
        },
    )
}

/// Events of these kinds that one thing has had, oldest first.
pub(crate) fn list_of_kinds(
    tx: &mut Tx,
    subject: &str,
    subject_id: i64,
    kinds: &[&'static str],
) -> Result<Vec<Event>, db::Error> {
    let named: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    let sql = format!(
        "select facts from events where subject = $1 and subject_id = $2 and kind in ({}) order by id",
        named.join(", ")
    );
    tx.list(&sql, db::params![subject, subject_id], |row| {
        let facts: String = row.get(0)?;
        serde_json::from_str(&facts).map_err(|error| db::Error::Corrupt(error.to_string()))
    })
}
