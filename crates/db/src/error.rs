//! What can go wrong between the product and its database, in words.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database address {0:?} is neither sqlite:PATH nor postgres://…")]
    UnknownUrl(String),
    #[error("the desk is busy; try again in a moment")]
    Busy,
    #[error("the desk is stopping")]
    Stopped,
    #[error("a change failed in an unforeseen way and was undone")]
    Panicked,
    #[error("something with the same key exists already")]
    Unique(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the query returned no row")]
    NoRow,
    #[error("column {index} holds {found} where {wanted} was expected")]
    Type { index: usize, found: &'static str, wanted: &'static str },
    #[error("{0} is only possible on SQLite")]
    OnlySqlite(&'static str),
    #[error("migration {name} has been changed after it was applied")]
    MigrationChanged { name: String },
    #[error("SQLite refused a statement: {sql}")]
    Sqlite { sql: String, source: rusqlite::Error },
    #[error("PostgreSQL refused a statement: {sql}")]
    Postgres { sql: String, source: tokio_postgres::Error },
    #[error("the database could not be opened")]
    Open(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no connection to the database became free within {0} ms")]
    NoConnection(u64),
    #[error(
        "the disk did not take what was written; nothing more is accepted until the desk is started anew"
    )]
    NotDurable,
    #[error("stored data could not be read: {0}")]
    Corrupt(String),
}

impl Error {
    /// The same request may succeed in a moment.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Error::Busy | Error::Stopped | Error::NoConnection(_))
    }

    /// The connection is gone. What its last statement did cannot be known.
    pub(crate) fn is_cut_off(&self) -> bool {
        use tokio_postgres::error::{DbError, Severity};
        let last_words =
            |said: &DbError| matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
        match self {
            Error::Postgres { source, .. } => {
                source.is_closed() || source.as_db_error().is_some_and(last_words)
            }
            _ => false,
        }
    }

    /// The database says that another transaction won, or the connection was lost: run the closure again.
    pub(crate) fn lost_a_race(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Error::Postgres { source, .. } => {
                self.is_cut_off()
                    || matches!(
                        source.code(),
                        Some(&SqlState::T_R_SERIALIZATION_FAILURE) | Some(&SqlState::T_R_DEADLOCK_DETECTED)
                    )
            }
            _ => false,
        }
    }

    pub(crate) fn sqlite(sql: &str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match &source {
            rusqlite::Error::QueryReturnedNoRows => Error::NoRow,
            rusqlite::Error::SqliteFailure(failure, _) if failure.code == ErrorCode::DatabaseBusy => {
                Error::Busy
            }
            rusqlite::Error::SqliteFailure(failure, _)
                if matches!(
                    failure.extended_code,
                    rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                ) =>
            {
                Error::Unique(Box::new(source))
            }
            _ => Error::Sqlite { sql: sql.to_owned(), source },
        }
    }

    pub(crate) fn postgres(sql: &str, source: tokio_postgres::Error) -> Self {
        match source.code() {
            Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) => Error::Unique(Box::new(source)),
            _ => Error::Postgres { sql: sql.to_owned(), source },
        }
    }
}
