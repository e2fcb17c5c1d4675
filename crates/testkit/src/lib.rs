//! Small worlds for tests: a desk in a throw-away database, a clock that stands, and people to act in it.
//!
//! A world exists once per database: SQLite in a temporary folder always, PostgreSQL in a schema of its own when
//! `TEST_PG_URL` is set. On a machine that calls itself `CI` a missing `TEST_PG_URL` is an error, so that no
//! database is forgotten. Everything here blocks, and may be called from async tests all the same.
//!
//! ```
//! use testkit::World;
//! for world in World::on_each_database() {
//!     let ana = world.agent("Ana");
//!     let marta = world.customer("Marta", "marta@example.org");
//!     let found = world.read(move |tx| desk::people::find_user(tx, marta)).unwrap();
//!     assert_eq!(found.name, "Marta", "on {}", world.name());
//!     assert!(world.as_(ana).is_agent());
//! }
//! ```

mod builders;
mod database;
mod work;
mod world;

pub use work::JobFailed;
pub use world::{NOON, Stop, World};
