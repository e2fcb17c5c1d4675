//! Arrivals, people, shifts and a seed in; a simulated day and a staffing plan out.
//!
//! Pure thought: no clock, no files, no threads. It runs the very rules of `routing` that serve live work. Who has
//! several processors lives the parts of a run side by side and lays them together (see [`Simulator`]).
//!
//! ```
//! use floor::{ErlangC, Promise, least_servers};
//! let queue = ErlangC { arrivals: 48.0, service_mean: 1.0, servers: 50 };
//! assert_eq!((queue.mean_wait() * 60.0).round(), 21.0);
//! let promise = Promise { answered_least: 0.8, within: 1.0 / 3.0, abandoned_most: 0.05 };
//! assert!(least_servers(48.0, 1.0, Some(2.0), &promise) < 50);
//! ```

mod batch;
mod chance;
pub mod classic;
mod cover;
mod erlang;
pub mod fit;
pub mod forecast;
mod model;
mod outcome;
mod policy;
mod report;
pub mod roster;
mod run;
mod scenario;
mod sim;
mod staffing;
mod waits;
mod worth;

pub use batch::{Batch, Estimate, WAIT_QUANTILES};
pub use chance::Shape;
pub use cover::{Cover, CoverError};
pub use erlang::{
    ErlangA, ErlangAFigures, ErlangC, Promise, SERVERS_MAX, beta_for, erlang_b, halfin_whitt, least_servers,
    square_root_staffing,
};
pub use model::{
    Again, Arrivals, Clock, Closing, ContactType, Dialer, Floor, Group, Learning, Pick, Tier, Time, Transfer,
    WritesAgain,
};
pub use policy::{LiveRules, PolicyKind};
pub use report::{GroupFigures, GroupReport, Report, TypeFigures, TypeReport};
pub use run::{Figure, Simulator, difference, variance_reduction};
pub use scenario::{Calendar, Clocks, Scenario, ScenarioError, Shift};
pub use staffing::{Kept, Plan, PlanError};
pub use worth::{Change, TRAINED_SD_LEVELS, Worth, candidates, changed, worth};
