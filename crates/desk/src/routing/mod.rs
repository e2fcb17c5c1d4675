//! Who gets which work: the live side of the pure `routing` crate.
//!
//! Work that needs an answer (new and open tickets) and has nobody waits in one queue; whoever is present, able and has
//! room gets the best of it. Nothing stays with somebody who has gone while a customer waits. Every decision is kept
//! with its reasons. Tables: `presences`, `capacities`, `routing_decisions`.

mod capacity;
mod fill;
mod hands;
mod presence;
mod route;
mod store;
pub mod views;

pub use ::routing::Status as PresenceStatus;
pub use capacity::{SetCapacity, set_capacity};
pub(crate) use fill::fill_hands_of;
pub(crate) use presence::sweep;
pub use presence::{Presence, SetPresence, beat, presence_of, presences, set_presence};
pub(crate) use route::{return_work_of, route};
pub use views::{decisions_of, floor_now, why};

use crate::{Kind, Refusal, tickets};
use serde::{Deserialize, Serialize};

/// Who said that they are here and has not been heard of for so long is taken for gone.
pub const PRESENCE_LOST_MS: i64 = 120_000;
/// A heartbeat is written at most so often.
pub const BEAT_WRITTEN_EVERY_MS: i64 = 20_000;
/// Waiting tickets that a free person looks at.
pub const QUEUE_LOOK_MAX: usize = 200;
/// Tickets that go back at once when somebody leaves.
pub const RETURNED_AT_ONCE_MAX: usize = 500;
/// Others than the chosen one who are kept with a decision.
pub const OTHERS_KEPT_MAX: usize = 5;
/// A language that only a rule asked for stops being a must after so long a wait: late in a foreign tongue beats never.
pub const RULE_MUST_GIVES_WAY_AFTER_MS: i64 = 4 * 3_600_000;
pub const CAPACITY_MAX: i64 = 1_000;

/// Why a piece of work was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It is new.
    Arrival,
    /// Something about it changed: the customer wrote, it was reopened, its needs or its group changed.
    Changed,
    /// Somebody became free.
    Free,
    /// Whoever had it has gone.
    Offline,
}

impl Cause {
    pub const ALL: [Cause; 4] = [Cause::Arrival, Cause::Changed, Cause::Free, Cause::Offline];

    pub fn name(self) -> &'static str {
        match self {
            Cause::Arrival => "arrival",
            Cause::Changed => "changed",
            Cause::Free => "free",
            Cause::Offline => "offline",
        }
    }

    pub fn parse(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    #[error("only staff may look at the floor")]
    NotStaff,
    #[error("only the person and their leads say whether they are here")]
    NotYourOwn,
    #[error("only leads set how much a person holds")]
    NotALead,
    #[error("there is no such agent")]
    NoSuchAgent,
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("a person holds between 0 and {CAPACITY_MAX} tickets")]
    CapacityIsWrong,
    #[error("the ticket could not be given to anybody")]
    NotGiven(#[from] tickets::UpdateError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for RoutingError {
    fn kind(&self) -> Kind {
        match self {
            RoutingError::NotStaff | RoutingError::NotYourOwn | RoutingError::NotALead => Kind::Forbidden,
            RoutingError::NoSuchAgent | RoutingError::NoSuchTicket => Kind::NotFound,
            RoutingError::CapacityIsWrong => Kind::Invalid,
            RoutingError::NotGiven(error) => error.kind(),
            RoutingError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            RoutingError::CapacityIsWrong => Some("limit"),
            RoutingError::NoSuchAgent => Some("user"),
            _ => None,
        }
    }
}
