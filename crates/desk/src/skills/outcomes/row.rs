//! What one row says of one ticket of another desk.

use crate::UserId;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// Of the file, counted from 1.
    pub line: u64,
    pub ticket: String,
    /// Address or name, and the share of the work; shares add up to 1.
    pub people: Vec<(String, f64)>,
    /// The person's name, where `people` holds addresses.
    pub name: Option<String>,
    pub opened_at: i64,
    pub solved_at: i64,
    /// When the other desk last changed it.
    pub updated_at: Option<i64>,
    pub topic: Option<String>,
    pub tags: Vec<String>,
    /// Names or keys of skills, as written.
    pub skills: Vec<String>,
    pub channel: Option<String>,
    /// 1 low to 4 urgent.
    pub priority: Option<i64>,
    /// 1 to 5.
    pub rating: Option<u8>,
    pub reopened: bool,
    pub escalated: bool,
    pub replies: Option<u32>,
    pub handle_s: Option<f64>,
    pub subject: Option<String>,
}

impl OutcomeRow {
    pub fn for_good(&self) -> bool {
        !self.reopened && !self.escalated
    }

    /// Of all that counts: two rows with the same digest say the same.
    pub(super) fn digest(&self, people: &[(UserId, f64)], needs: &str, topic: &str) -> i64 {
        let mut text = format!(
            "{}|{}|{:?}|{:?}|{:?}|{}|{:?}|{:?}|{needs}|{topic}",
            self.opened_at,
            self.solved_at,
            self.channel,
            self.priority,
            self.rating,
            self.for_good(),
            self.replies,
            self.handle_s,
        );
        for (user, share) in people {
            text.push_str(&format!("|{user}:{share:.4}"));
        }
        fnv1a(&text) as i64
    }
}

/// Fowler, Noll and Vo's hash: the same on every machine and in every version.
pub(super) fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
