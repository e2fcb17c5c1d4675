//! What a ticket is: its words, its states, and what was said on it.
//!
//! Status order is new < open < pending < hold < solved < closed, so "less than solved" is a condition.
//! Tables: `tickets`, `comments`, `ticket_tags`, `ticket_people`, `attachments`, `audits`, `drafts`.
//! Two commands change a ticket, [`create`] and [`update`]; each writes one audit.

mod words;

pub use words::{Channel, Priority, Status, Type};
