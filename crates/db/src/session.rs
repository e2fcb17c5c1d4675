//! A PostgreSQL connection as transactions use it: statements are prepared once, and where nothing is changed `begin` leaves with the
//! first of them.

use crate::tx::STATEMENTS_KEPT_MAX;
use crate::wire::Wire;
use crate::{Error, Param};
use std::collections::HashMap;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl Mode {
    fn begin(self) -> &'static str {
        match self {
            Mode::Read => "begin isolation level repeatable read read only",
            Mode::Write => "begin",
        }
    }
}

pub(crate) struct Session {
    wire: Wire,
    statements: HashMap<String, Statement>,
    /// The transaction that the next statement begins.
    due: Option<Mode>,
    /// What was refused in this transaction may succeed in another.
    pub(crate) lost_a_race: bool,
    /// The server, or the way to it, is gone.
    pub(crate) is_cut_off: bool,
}

impl Session {
    pub(crate) fn on(wire: Wire) -> Self {
        Session { wire, statements: HashMap::new(), due: None, lost_a_race: false, is_cut_off: false }
    }

    pub(crate) fn is_good(&self) -> bool {
        !self.is_cut_off && !self.wire.is_closed()
    }

    /// A transaction begins with the next statement. Without a statement there is none.
    pub(crate) fn begin(&mut self, mode: Mode) {
        self.due = Some(mode);
        self.lost_a_race = false;
    }

    /// Ends the transaction. Nobody needs to know how one ended that only read.
    pub(crate) fn end(&mut self, mode: Mode, keep: bool) -> Result<(), Error> {
        if self.due.take().is_some() {
            return Ok(());
        }
        match (mode, keep) {
            (Mode::Read, _) => {
                self.wire.send_off("commit");
                Ok(())
            }
            (Mode::Write, true) => self.batch("commit"),
            (Mode::Write, false) => self.batch("rollback"),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, Error> {
        let statement = self.prepared(sql)?;
        let begin = self.opening()?;
        let outcome = self.wire.execute(begin, &statement, &dynamic(params));
        self.judged(sql, outcome)
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql)?;
        let begin = self.opening()?;
        let outcome = self.wire.query(begin, &statement, &dynamic(params));
        self.judged(sql, outcome)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        let outcome = match self.due.take() {
            Some(mode) => self.wire.batch(&format!("{}; {sql}", mode.begin())),
            None => self.wire.batch(sql),
        };
        self.judged(sql, outcome)
    }

    /// What is still to be sent before the next statement. Before a change the transaction stands first: were its `begin` refused
    /// while the change is on its way, that change would stand alone.
    fn opening(&mut self) -> Result<Option<&'static str>, Error> {
        match self.due.take() {
            Some(Mode::Write) => self.batch(Mode::Write.begin()).map(|()| None),
            due => Ok(due.map(Mode::begin)),
        }
    }

    fn judged<T>(&mut self, sql: &str, outcome: Result<T, tokio_postgres::Error>) -> Result<T, Error> {
        outcome.map_err(|source| {
            let error = Error::postgres(sql, source);
            self.lost_a_race |= error.lost_a_race();
            self.is_cut_off |= error.is_cut_off();
            error
        })
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let prepared = self.wire.prepare(sql);
        let statement = self.judged(sql, prepared)?;
        if self.statements.len() >= STATEMENTS_KEPT_MAX {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn dynamic<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}
