//! The product: people, tickets, mail, skills, routing, ratings, and all of the product's SQL.
//!
//! A command is a plain function inside one transaction: may they? load, decide, save, record. Doors hand commands
//! over and know protocols; this crate has never heard of HTTP, HTML, SMTP or SIP. What follows from a change is
//! decided in one place, [`events::reactions_to`], and runs as jobs.

pub mod access;
mod actor;
pub mod articles;
pub mod assessments;
pub mod blobs;
pub mod coaching;
pub mod events;
pub mod floor;
pub mod hiring;
mod ids;
mod language;
pub mod mail;
mod open;
pub mod people;
mod refusal;
pub mod reviews;
pub mod routing;
pub mod satisfaction;
pub mod search;
pub mod settings;
pub mod skills;
mod tables;
pub mod tickets;
pub mod wellbeing;
pub mod work;

pub use actor::{Actor, Role};
pub use db::Error as DbError;
pub use ids::*;
pub use language::{Language, UnknownLanguage};
pub use open::{Desk, OpenError, migrations};
pub use refusal::{Kind, Refusal};

/// A transaction of the desk.
pub type Tx = db::Tx<Actor>;
/// The desk's database.
pub type Db = db::Db<Actor>;
