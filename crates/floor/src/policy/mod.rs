//! Who meets whom: the rules by which contacts and people are brought together.

mod lists;
mod live;
mod rules;

pub(crate) use lists::Lists;
pub(crate) use live::Live;
pub use live::LiveRules;
pub(crate) use rules::{CostOfWaiting, LongestIdle, MostCapacity, QueueRatio};

use crate::sim::State;

/// The rules to choose from.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyKind {
    /// By the lists of the scenario: tiers of groups for a type, tiers of types for a group, each first come first served.
    Lists,
    /// Of all who may serve it, the one idle longest; whoever is free takes the contact that has waited longest.
    LongestIdle,
    /// Of all who may serve it, the one with the most room; ties to the longest idle.
    MostCapacity,
    /// Fixed queue ratio (Gurvich & Whitt 2009): the queue furthest above its share is served first.
    QueueRatio,
    /// Generalised cμ (Mandelbaum & Stolyar 2004): the greatest cost of waiting × pace × success is served first.
    CostOfWaiting {
        /// cμ/θ: for floors that cannot serve everybody (Atar, Giat & Shimkin 2010).
        overloaded: bool,
    },
    /// The rules that serve live work.
    Live(LiveRules),
}

impl PolicyKind {
    pub fn name(&self) -> &'static str {
        match self {
            PolicyKind::Lists => "lists",
            PolicyKind::LongestIdle => "longest_idle",
            PolicyKind::MostCapacity => "most_capacity",
            PolicyKind::QueueRatio => "queue_ratio",
            PolicyKind::CostOfWaiting { .. } => "cost_of_waiting",
            PolicyKind::Live(_) => "live",
        }
    }
}

/// A rule by which contacts and people are brought together. Numbers of contacts and people are places in [`State`].
pub(crate) trait Policy {
    /// An empty house before opening. `seed` is the rule's own chance for this day.
    fn begin(&mut self, _state: &State<'_>, _seed: u64) {}

    /// Somebody with room who gets this contact now, if anybody does.
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32>;

    /// The waiting contact that a person with room takes now, if there is one.
    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32>;

    /// Since it was last asked: how far queues were from their shares, and how long they were, summed over arrivals.
    fn deviation(&mut self) -> [f64; 2] {
        [0.0; 2]
    }

    /// What a rule with a memory of its own must be told.
    /// Nobody was free, and there is no place to wait or no will to.
    fn refused(&mut self, _state: &State<'_>, _contact: u32) {}
    /// The person's part is done, but for what they write up.
    fn ended(&mut self, _state: &State<'_>, _contact: u32, _person: u32) {}
    fn left_queue(&mut self, _state: &State<'_>, _contact: u32) {}
    /// Somebody who knew it has it, and nothing was decided.
    fn held(&mut self, _state: &State<'_>, _contact: u32, _person: u32) {}
    /// What the person holds, or whether they are on duty, has changed.
    fn person_changed(&mut self, _state: &State<'_>, _person: u32) {}
}
