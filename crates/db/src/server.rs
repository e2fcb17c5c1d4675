//! Where a PostgreSQL server is, and how a connection to it is made: plainly, unless whoever opens the database brings a way of
//! their own. Encryption is a matter of doors.

use crate::{Error, Wire};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

/// Why there is no connection.
pub type NoConnection = Box<dyn std::error::Error + Send + Sync>;

/// Makes a connection to the server at an address (`postgres://…`).
pub type Connect = Arc<dyn Fn(&str) -> Result<Wire, NoConnection> + Send + Sync>;

/// Without encryption. An address that asks for it is refused.
pub fn plainly() -> Connect {
    Arc::new(|url| {
        let config = named(url.parse()?);
        match config.get_ssl_mode() {
            SslMode::Require => Err("this program cannot encrypt connections to PostgreSQL".into()),
            _ => Wire::connect(&config, tokio_postgres::NoTls),
        }
    })
}

/// With the product's name, where the address gives none: administrators see it in `pg_stat_activity`.
pub fn named(mut config: Config) -> Config {
    if config.get_application_name().is_none() {
        config.application_name("aptdesk");
    }
    config
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) connect: Connect,
}

impl Server {
    pub(crate) fn connect(&self) -> Result<Wire, Error> {
        (self.connect)(&self.url).map_err(Error::Open)
    }
}
