//! By which rule work is handed out, and the knobs of it.

use crate::work::Channel;

use super::people::CHANNELS;

/// Which person for a piece of work, and which of the waiting work for a free person. Priority goes first in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Whoever had nothing for longest; the work that waited longest.
    LongestIdle,
    /// Whoever has most room; the work that waited longest.
    MostCapacity,
    /// Whoever had nothing for longest; the queue that is furthest above its share of all that waits
    /// (Gurvich & Whitt 2009).
    FixedQueueRatio,
    /// The fastest at it; where waiting costs most in the time it takes (generalised cμ, van Mieghem 1995), the cost
    /// of a wait growing with its square against what was promised.
    GeneralisedCMu,
    /// The best expected outcome: chance of solving it for good, less the cost of load and time; where waiting costs
    /// most, times the chance that this person ends it for good.
    ExpectedOutcome,
}

/// Shares and probabilities are 0–1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub rule: Rule,
    /// Share of choices by lot among the eligible, so that the desk keeps learning; never for urgent work. Only with
    /// [`Rule::ExpectedOutcome`], as all until `tie_tolerance`.
    pub explore_share: f32,
    /// Share of choices that go to somebody who is growing in a skill that is needed …
    pub growth_share: f32,
    /// … whose chance of success is at least this …
    pub growth_p_min: f32,
    /// … while at least so many others are free for it.
    pub growth_slack: u32,
    /// What a full plate costs against an empty one, in probability of success.
    pub load_cost: f32,
    /// What taking twice the usual time costs, in probability of success.
    pub time_cost: f32,
    pub prefer_person_bonus: f32,
    /// Scores closer to the best than this are a tie, which goes to the longest idle.
    pub tie_tolerance: f32,
    /// After so many hostile contacts in a row a person gets none until they have finished another contact or had a rest; 0: no limit.
    pub hostile_in_a_row_max: u8,
    pub hostile_rest_ms: i64,
    /// For so long, work that asks for no expert leaves experts their reserve. `None`: reserves count for nothing.
    pub reserve_hold_ms: Option<i64>,
    /// Work that asks for at least this level asks for an expert.
    pub expert_level: f32,
    /// By channel: how long an offer stands before it passes on. `None`: work is assigned at once.
    pub offer_ms: [Option<i64>; CHANNELS],
    /// Whoever let an offer pass is not asked for the same work again for so long, though nobody else is left.
    pub ask_again_ms: i64,
    /// By channel: the wait that counts as promised where nothing else is.
    pub usual_promise_ms: [i64; CHANNELS],
}

impl Settings {
    /// Everything is assigned at once, without lots, growth, reserves or limits.
    pub fn plain(rule: Rule) -> Settings {
        Settings {
            rule,
            explore_share: 0.0,
            growth_share: 0.0,
            growth_p_min: 0.5,
            growth_slack: 2,
            load_cost: 0.05,
            time_cost: 0.10,
            prefer_person_bonus: 0.10,
            tie_tolerance: 0.02,
            hostile_in_a_row_max: 0,
            hostile_rest_ms: 0,
            reserve_hold_ms: None,
            expert_level: 4.0,
            offer_ms: [None; CHANNELS],
            ask_again_ms: 0,
            usual_promise_ms: [8 * 3_600_000, 3_600_000, 60_000, 20_000],
        }
    }

    /// As a desk should start: ours, with a little learning and growth, a limit on hostile contacts, and offers of
    /// chats and calls.
    pub fn usual() -> Settings {
        let mut offer_ms = [None; CHANNELS];
        offer_ms[Channel::Chat as usize] = Some(30_000);
        offer_ms[Channel::Voice as usize] = Some(20_000);
        Settings {
            explore_share: 0.05,
            growth_share: 0.10,
            hostile_in_a_row_max: 3,
            hostile_rest_ms: 30 * 60_000,
            reserve_hold_ms: Some(10 * 60_000),
            offer_ms,
            ..Settings::plain(Rule::ExpectedOutcome)
        }
    }
}

/// What is told of one queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueRule {
    /// Of all that waits, under [`Rule::FixedQueueRatio`]; shares are scaled to the sum 1.
    pub share: f32,
    /// What waiting costs here, as a multiple of elsewhere.
    pub weight: f32,
    /// Under every rule, work of the same priority goes before that of queues with a lower turn.
    pub turn: i8,
}

impl Default for QueueRule {
    fn default() -> QueueRule {
        QueueRule { share: 1.0, weight: 1.0, turn: 0 }
    }
}
