//! Every statement on addresses of calendars.

use crate::{Tx, UserId};
use db::{Error, params};

/// In place of one that was there.
pub(super) fn save(tx: &mut Tx, user: UserId, token_hash: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into calendar_feeds (user_id, token_hash, made_at) values ($1, $2, $3)
         on conflict (user_id) do update set token_hash = excluded.token_hash, made_at = excluded.made_at",
        params![user, token_hash, now],
    )
    .map(|_| ())
}

pub(super) fn delete(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    Ok(tx.execute("delete from calendar_feeds where user_id = $1", params![user])? == 1)
}

pub(super) fn find_made_at(tx: &mut Tx, user: UserId) -> Result<Option<i64>, Error> {
    tx.find("select made_at from calendar_feeds where user_id = $1", params![user], |row| row.get(0))
}

pub(super) fn find_user(tx: &mut Tx, token_hash: &str) -> Result<Option<UserId>, Error> {
    tx.find("select user_id from calendar_feeds where token_hash = $1", params![token_hash], |row| row.get(0))
}
