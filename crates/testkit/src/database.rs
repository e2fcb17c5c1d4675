//! Where a world lives: a temporary folder, and for PostgreSQL a schema that goes with the world.

use std::sync::atomic::{AtomicU64, Ordering};

/// Names the PostgreSQL server of the tests, as in `postgres://postgres@localhost:5432/postgres`.
const URL_VARIABLE: &str = "TEST_PG_URL";

/// `None` when tests run without PostgreSQL.
#[allow(clippy::disallowed_methods, reason = "tests are told by their environment which databases there are")]
pub(crate) fn postgres_url() -> Option<String> {
    match std::env::var(URL_VARIABLE) {
        Ok(url) if !url.is_empty() => Some(url),
        _ if std::env::var_os("CI").is_some() => {
            panic!("{URL_VARIABLE} is missing: set it, or half of the tests do not run")
        }
        _ => None,
    }
}

/// A schema of its own in the server behind `url`; dropped with this value.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    pub(crate) fn create(server: &str) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name =
            format!("world_{}_{number}", desk::access::random_token()[..12].replace('-', "_").to_lowercase());
        let schema = Schema { server: server.to_owned(), name };
        if let Err(error) = schema.tell(&format!("create schema {}", schema.name)) {
            panic!("PostgreSQL at {server}: {error:?}");
        }
        schema
    }

    pub(crate) fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-c%20search_path%3D{}", self.server, self.name)
    }

    fn tell(&self, sql: &str) -> Result<(), postgres::Error> {
        postgres::Client::connect(&self.server, postgres::NoTls)?.batch_execute(sql)
    }
}

impl Drop for Schema {
    /// A schema that stays behind harms nobody; a second panic would hide the first.
    fn drop(&mut self) {
        let this: &Schema = self;
        let _ = off_the_runtime(|| this.tell(&format!("drop schema {} cascade", this.name)));
    }
}

/// Runs blocking work on a plain thread: the caller may be inside an async test.
pub(crate) fn off_the_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
