//! A transaction as the product sees it: plain statements, one text for both databases.

use crate::session::Session;
use crate::value::Source;
use crate::{Column, Engine, Error, FromColumn, Param, Row};
use std::sync::Arc;

/// Prepared statements kept per connection.
pub(crate) const STATEMENTS_KEPT_MAX: usize = 512;

/// One open transaction. `A` is who acts.
pub struct Tx<A> {
    pub(crate) connection: Connection,
    pub(crate) actor: Option<A>,
    pub(crate) now: i64,
    pub(crate) announcements: Vec<Arc<str>>,
    pub(crate) postponed: Vec<crate::fulltext::Postponed>,
    scratch: String,
}

pub(crate) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Session>),
}

impl Connection {
    pub(crate) fn sqlite(connection: rusqlite::Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT_MAX);
        Connection::Sqlite(connection)
    }
}

impl<A> Tx<A> {
    pub(crate) fn on(connection: Connection) -> Self {
        Tx {
            connection,
            actor: None,
            now: 0,
            announcements: Vec::new(),
            postponed: Vec::new(),
            scratch: String::new(),
        }
    }

    /// Who acts.
    pub fn actor(&self) -> &A {
        self.actor.as_ref().expect("a transaction is begun with its actor")
    }

    /// The moment of this transaction, in milliseconds since 1970. It does not move while the transaction runs.
    pub fn now(&self) -> i64 {
        self.now
    }

    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement; says how many rows it touched.
    pub fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, Error> {
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                let sql = question_marks(sql, &mut self.scratch);
                let mut statement = connection.prepare_cached(sql).map_err(|e| Error::sqlite(sql, e))?;
                bind(&mut statement, params).map_err(|e| Error::sqlite(sql, e))?;
                statement.raw_execute().map(|n| n as u64).map_err(|e| Error::sqlite(sql, e))
            }
            Connection::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Inserts a row into a table with an `id`; says which it got. `sql` has no `returning`: with it SQLite would keep a
    /// journal of the statement.
    pub fn insert<T: FromColumn>(&mut self, sql: &str, params: &[Param<'_>]) -> Result<T, Error> {
        self.insert_if_new(sql, params)?.ok_or(Error::NoRow)
    }

    /// Like [`Tx::insert`], for `… on conflict do nothing`: `None` if nothing was done.
    pub fn insert_if_new<T: FromColumn>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Option<T>, Error> {
        if self.engine() == Engine::Postgres {
            return self.find(&format!("{sql} returning id"), params, |row| row.get(0));
        }
        let is_new = self.execute(sql, params)? > 0;
        let Connection::Sqlite(connection) = &self.connection else { return Ok(None) };
        let id = connection.last_insert_rowid();
        let shaped =
            || T::from_column(Column::Int(id)).ok_or(Error::Corrupt(format!("an id of {}", T::WANTED)));
        is_new.then(shaped).transpose()
    }

    /// All rows, each shaped by `map`.
    pub fn list<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        self.each(sql, params, |row| {
            all.push(map(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// The first row, if there is one.
    pub fn find<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut found = None;
        self.each(sql, params, |row| {
            found = Some(map(row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// The first row; [`Error::NoRow`] when there is none.
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.find(sql, params, map)?.ok_or(Error::NoRow)
    }

    /// The first column of the first row.
    pub fn value<T: FromColumn>(&mut self, sql: &str, params: &[Param<'_>]) -> Result<T, Error> {
        self.one(sql, params, |row| row.get(0))
    }

    /// Shows each row to `see` until it says `false`.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut see: impl FnMut(&Row<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                let sql = question_marks(sql, &mut self.scratch);
                let mut statement = connection.prepare_cached(sql).map_err(|e| Error::sqlite(sql, e))?;
                bind(&mut statement, params).map_err(|e| Error::sqlite(sql, e))?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next().map_err(|e| Error::sqlite(sql, e))? {
                    if !see(&Row(Source::Sqlite(row)))? {
                        break;
                    }
                }
                Ok(())
            }
            Connection::Postgres(session) => {
                let rows = session.query(sql, params)?;
                for row in &rows {
                    if !see(&Row(Source::Postgres(row)))? {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// Several statements in one text, without parameters (schemas).
    pub fn batch(&mut self, sql: &str) -> Result<(), Error> {
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                connection.execute_batch(sql).map_err(|e| Error::sqlite(sql, e))
            }
            Connection::Postgres(session) => session.batch(sql),
        }
    }

    /// The connection to PostgreSQL, for those who know that it is one.
    pub(crate) fn session(&mut self) -> &mut Session {
        match &mut self.connection {
            Connection::Postgres(session) => session,
            Connection::Sqlite(_) => unreachable!("sessions are asked for by `pg` only"),
        }
    }

    /// Tells listeners `topic` after the commit, once per transaction; nothing if it is rolled back.
    pub fn announce(&mut self, topic: &str) {
        if !self.announcements.iter().any(|known| &**known == topic) {
            self.announcements.push(Arc::from(topic));
        }
    }

    /// Waits until no other transaction holds `name`. SQLite has one writer anyway.
    pub fn lock(&mut self, name: &str) -> Result<(), Error> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => {
                self.execute("select pg_advisory_xact_lock(hashtext($1))", &[Param::Text(name)]).map(|_| ())
            }
        }
    }

    /// The SQL of "any of the whole numbers in the JSON array `$n`", for `id in {…}`.
    pub fn numbers_in(&self, n: usize) -> String {
        match self.engine() {
            Engine::Sqlite => format!("(select value from json_each(${n}))"),
            Engine::Postgres => {
                format!("(select cast(value as bigint) from json_array_elements_text(cast(${n} as json)))")
            }
        }
    }

    /// The SQL of "any of the texts in the JSON array `$n`", for `tag in {…}`.
    pub fn texts_in(&self, n: usize) -> String {
        match self.engine() {
            Engine::Sqlite => format!("(select value from json_each(${n}))"),
            Engine::Postgres => format!("(select value from json_array_elements_text(cast(${n} as json)))"),
        }
    }

    /// What follows a `select` whose rows nobody else may change until the end of the transaction.
    pub fn for_update(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " for update",
        }
    }

    /// What follows a `select` whose rows are claimed: other claimers pass over them instead of waiting.
    pub fn skip_locked(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " for update skip locked",
        }
    }
}

/// `$1` is a *named* parameter to SQLite; `?1` is the numbered one. Same length, so a copy and a replacement.
fn question_marks<'a>(sql: &str, scratch: &'a mut String) -> &'a str {
    scratch.clear();
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        scratch.push_str(before);
        let numbered = after.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        scratch.push(if numbered { '?' } else { '$' });
        rest = &after[1..];
    }
    scratch.push_str(rest);
    scratch
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Param<'_>]) -> Result<(), rusqlite::Error> {
    use rusqlite::types::{ToSqlOutput, ValueRef};
    for (i, param) in params.iter().enumerate() {
        let value = match *param {
            Param::Null => ValueRef::Null,
            Param::Int(v) => ValueRef::Integer(v),
            Param::Real(v) => ValueRef::Real(v),
            Param::Text(v) => ValueRef::Text(v.as_bytes()),
            Param::Blob(v) => ValueRef::Blob(v),
        };
        statement.raw_bind_parameter(i + 1, ToSqlOutput::Borrowed(value))?;
    }
    Ok(())
}
