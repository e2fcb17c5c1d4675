//! Every statement on passwords, sessions, one-time links and API tokens.

use crate::people::User;
use crate::people::store::{USER_COLUMN_COUNT, USER_COLUMNS, user_of};
use crate::{ApiTokenId, BrandId, GroupId, Tx, UserId};
use db::{Error, params};
use serde::Serialize;

const SESSIONS_LISTED_MAX: usize = 100;
const TOKENS_LISTED_MAX: usize = 1_000;

#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword {
    pub user: UserId,
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    pub user: UserId,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
    pub ip: String,
    pub user_agent: String,
}

/// An API token, without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiToken {
    pub id: ApiTokenId,
    /// `None`: it acts for whichever staff address comes with it.
    pub user: Option<UserId>,
    pub description: String,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

// --- passwords

pub(super) fn find_password_hash(tx: &mut Tx, address: &str) -> Result<Option<StoredPassword>, Error> {
    tx.find(
        "select u.id, u.password_hash from user_identities i join users u on u.id = i.user_id
         where i.kind = 'email' and i.value = $1 and u.password_hash is not null
           and u.deleted_at is null and u.suspended_at is null",
        params![address],
        |row| Ok(StoredPassword { user: row.get(0)?, hash: row.get(1)? }),
    )
}

/// False if there is no such person.
pub(super) fn save_password(tx: &mut Tx, user: UserId, hash: Option<&str>) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update users set password_hash = $1, updated_at = $2 where id = $3 and deleted_at is null",
        params![hash, now, user],
    )?;
    Ok(saved == 1)
}

pub(super) fn save_last_sign_in(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update users set last_sign_in_at = $1 where id = $2", params![now, user])?;
    Ok(())
}

// --- sessions

pub(super) fn insert_session(
    tx: &mut Tx,
    token_hash: &str,
    user: UserId,
    expires_at: i64,
    ip: &str,
    user_agent: &str,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at, ip, user_agent)
         values ($1, $2, $3, $3, $4, $5, $6)",
        params![token_hash, user, now, expires_at, ip, user_agent],
    )?;
    Ok(())
}

/// The person behind a session that is not over, and when it was last seen.
pub(super) fn find_session_user(tx: &mut Tx, token_hash: &str) -> Result<Option<(User, i64)>, Error> {
    let now = tx.now();
    let sql = format!(
        "select {USER_COLUMNS}, s.last_seen_at from sessions s join users u on u.id = s.user_id
         where s.token_hash = $1 and s.expires_at > $2"
    );
    tx.find(&sql, params![token_hash, now], |row| Ok((user_of(row)?, row.get(USER_COLUMN_COUNT)?)))
}

pub(super) fn save_session_seen(tx: &mut Tx, token_hash: &str, expires_at: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update sessions set last_seen_at = $1, expires_at = $2
         where token_hash = $3 and expires_at > $1 and last_seen_at <= $4",
        params![now, expires_at, token_hash, now - super::TOUCH_EVERY_MS],
    )?;
    Ok(())
}

pub(super) fn delete_session(tx: &mut Tx, token_hash: &str) -> Result<(), Error> {
    tx.execute("delete from sessions where token_hash = $1", params![token_hash])?;
    Ok(())
}

pub(super) fn delete_sessions_of(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from sessions where user_id = $1", params![user])?;
    Ok(())
}

pub(super) fn list_sessions(tx: &mut Tx, user: UserId) -> Result<Vec<Session>, Error> {
    let now = tx.now();
    tx.list(
        "select user_id, created_at, last_seen_at, expires_at, ip, user_agent from sessions
         where user_id = $1 and expires_at > $2 order by last_seen_at desc limit $3",
        params![user, now, SESSIONS_LISTED_MAX],
        |row| {
            Ok(Session {
                user: row.get(0)?,
                created_at: row.get(1)?,
                last_seen_at: row.get(2)?,
                expires_at: row.get(3)?,
                ip: row.get(4)?,
                user_agent: row.get(5)?,
            })
        },
    )
}

// --- one-time links

pub(super) fn insert_link(
    tx: &mut Tx,
    token_hash: &str,
    user: Option<UserId>,
    purpose: &str,
    expires_at: i64,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into one_time_links (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        params![token_hash, user, purpose, now, expires_at],
    )?;
    Ok(())
}

/// `None` if it is not valid; otherwise for whom it was made.
pub(super) fn find_link(
    tx: &mut Tx,
    token_hash: &str,
    purpose: &str,
) -> Result<Option<Option<UserId>>, Error> {
    let now = tx.now();
    tx.find(
        "select user_id from one_time_links
         where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3",
        params![token_hash, purpose, now],
        |row| row.get(0),
    )
}

/// Uses it, if it is valid. Of two uses at the same moment one finds it used.
pub(super) fn save_link_used(
    tx: &mut Tx,
    token_hash: &str,
    purpose: &str,
) -> Result<Option<Option<UserId>>, Error> {
    let now = tx.now();
    tx.find(
        "update one_time_links set used_at = $1
         where token_hash = $2 and purpose = $3 and used_at is null and expires_at > $1 returning user_id",
        params![now, token_hash, purpose],
        |row| row.get(0),
    )
}

pub(super) fn delete_links_of(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from one_time_links where user_id = $1", params![user])?;
    Ok(())
}

pub(super) fn delete_expired(tx: &mut Tx) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("delete from sessions where expires_at < $1", params![now])?;
    tx.execute("delete from one_time_links where expires_at < $1", params![now])?;
    Ok(())
}

// --- API tokens

pub(super) fn insert_api_token(
    tx: &mut Tx,
    token_hash: &str,
    user: Option<UserId>,
    description: &str,
) -> Result<ApiTokenId, Error> {
    let now = tx.now();
    tx.value(
        "insert into api_tokens (token_hash, user_id, description, created_at) values ($1, $2, $3, $4) returning id",
        params![token_hash, user, description, now],
    )
}

const API_TOKEN_COLUMNS: &str = "id, user_id, description, created_at, last_used_at";

fn api_token_of(row: &db::Row<'_>) -> Result<ApiToken, Error> {
    Ok(ApiToken {
        id: row.get(0)?,
        user: row.get(1)?,
        description: row.get(2)?,
        created_at: row.get(3)?,
        last_used_at: row.get(4)?,
    })
}

pub(super) fn find_api_token(tx: &mut Tx, token_hash: &str) -> Result<Option<ApiToken>, Error> {
    let sql =
        format!("select {API_TOKEN_COLUMNS} from api_tokens where token_hash = $1 and revoked_at is null");
    tx.find(&sql, params![token_hash], api_token_of)
}

/// Those that still open something, newest first.
pub fn list_api_tokens(tx: &mut Tx) -> Result<Vec<ApiToken>, Error> {
    let sql = format!(
        "select {API_TOKEN_COLUMNS} from api_tokens where revoked_at is null order by id desc limit $1"
    );
    tx.list(&sql, params![TOKENS_LISTED_MAX], api_token_of)
}

pub(super) fn save_api_token_used(tx: &mut Tx, token: ApiTokenId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update api_tokens set last_used_at = $1 where id = $2", params![now, token])?;
    Ok(())
}

/// False if there is none, or it is revoked already.
pub(super) fn save_api_token_revoked(tx: &mut Tx, token: ApiTokenId) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update api_tokens set revoked_at = $1 where id = $2 and revoked_at is null",
        params![now, token],
    )?;
    Ok(saved == 1)
}

// --- set-up

/// The address that customers write to first; mail to it is delivered to our own SMTP door.
pub(super) fn insert_default_mailbox(
    tx: &mut Tx,
    address: &str,
    name: &str,
    group: GroupId,
    brand: BrandId,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into mailboxes (address, name, kind, group_id, brand_id, settings, is_default, created_at)
         values ($1, $2, 'smtp', $3, $4, '{}', 1, $5)
         on conflict (address) do update set is_default = 1, deleted_at = null",
        params![address, name, group, brand, now],
    )?;
    Ok(())
}
