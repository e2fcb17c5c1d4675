//! Work and the people on hand in; who gets it, and why, out.
//!
//! Pure thought, used for live work and by simulations: no clock, no database; chance comes in as a seed.
//!
//! ```
//! use routing::*;
//! let work = Work::new(WorkId(1), Channel::Email);
//! let ana = Person::new(PersonId(7), Status::Online).holding(Channel::Email, 0.0, 8.0);
//! let decision = choose(&work, &[ana], &Policy::default(), 0, 42);
//! assert_eq!(decision.chosen, Some(PersonId(7)));
//! ```

mod chance;
mod changes;
mod choose;
pub mod engine;
pub mod imports;
mod person;
mod pull;
pub mod requirements;
mod wait;
mod weigh;
mod words;
mod work;

pub use choose::{Decision, Expectation, How, choose, explain};
pub use person::{Beliefs, Capacity, Person, PersonId, Status, UNKNOWN_SKILL_LEVEL};
pub use pull::{Pull, PullReason, next_for};
pub use requirements::Requirements;
pub use wait::{Wait, expected_wait};
pub use weigh::{Candidate, Reason, WhyNot, eligible};
pub use work::{Channel, Hardness, Need, Policy, Priority, Requirement, UnknownWord, Work, WorkId};
