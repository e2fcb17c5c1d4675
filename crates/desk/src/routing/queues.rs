//! Queues: what waits in one group, with its share, its turn, what waiting costs there, and the groups that help out.
//!
//! Part of the setting `routing` (`policy.rs`); a group of which nothing was said is as [`QueuePolicy::usual`] says.

use super::RoutingError;
use crate::{GroupId, Tx, people};
use ::routing::engine::QueueRule;
use serde::{Deserialize, Serialize};

pub const SHARE_MAX: f64 = 1_000.0;
pub const WEIGHT_MAX: f64 = 100.0;
/// Minutes of waiting after which another group helps out.
pub const HELP_AFTER_MINUTES_MAX: i64 = 7 * 24 * 60;
pub const HELPERS_MAX: usize = 3;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueuePolicy {
    /// `None`: what has no group.
    pub group: Option<GroupId>,
    /// Of all that waits, above 0, in relation to the other queues; only under the fixed queue ratio.
    pub share: f64,
    /// What a minute of waiting costs here, as a multiple of elsewhere; under the rules that count this cost.
    pub weight: f64,
    pub turn: QueueTurn,
    /// Groups whose people may have this queue's work when none of its own is free.
    #[serde(default)]
    pub helpers: Vec<Helper>,
}

/// Among work of the same priority, under every rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueTurn {
    First,
    #[default]
    Usual,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    pub group: GroupId,
    /// Of waiting; 0: at once.
    pub after_minutes: i64,
}

impl QueuePolicy {
    pub fn usual(group: Option<GroupId>) -> QueuePolicy {
        QueuePolicy { group, share: 1.0, weight: 1.0, turn: QueueTurn::Usual, helpers: Vec::new() }
    }

    pub(super) fn rule(&self) -> QueueRule {
        let turn = match self.turn {
            QueueTurn::First => 1,
            QueueTurn::Usual => 0,
            QueueTurn::Last => -1,
        };
        QueueRule { share: self.share as f32, weight: self.weight as f32, turn }
    }

    fn check(&self) -> Result<(), RoutingError> {
        let within = |value: f64, most: f64| value > 0.0 && value <= most;
        if !within(self.share, SHARE_MAX) {
            return Err(RoutingError::QueueShareIsWrong);
        }
        if !within(self.weight, WEIGHT_MAX) {
            return Err(RoutingError::WeightIsWrong);
        }
        let too_late = |it: &Helper| !(0..=HELP_AFTER_MINUTES_MAX).contains(&it.after_minutes);
        if self.helpers.len() > HELPERS_MAX || self.helpers.iter().any(too_late) {
            return Err(RoutingError::HelpersAreWrong);
        }
        let own = self.helpers.iter().any(|it| Some(it.group) == self.group);
        let twice = (1..self.helpers.len())
            .any(|at| self.helpers[..at].iter().any(|it| it.group == self.helpers[at].group));
        // What has no group may be had by anybody as it is.
        if own || twice || (self.group.is_none() && !self.helpers.is_empty()) {
            return Err(RoutingError::HelpersAreWrong);
        }
        Ok(())
    }
}

impl Helper {
    pub(super) fn after_ms(self) -> i64 {
        self.after_minutes * 60_000
    }
}

/// Groups that are gone leave, and so does what says no more than is usual.
pub(super) fn settled(tx: &mut Tx, queues: &[QueuePolicy]) -> Result<Vec<QueuePolicy>, RoutingError> {
    let groups: Vec<GroupId> = people::list_groups(tx)?.into_iter().map(|it| it.id).collect();
    let mut kept: Vec<QueuePolicy> = Vec::new();
    for it in queues {
        it.check()?;
        let mut queue = it.clone();
        queue.helpers.retain(|it| groups.contains(&it.group));
        let known = queue.group.is_none_or(|group| groups.contains(&group));
        if known && queue != QueuePolicy::usual(queue.group) && kept.iter().all(|it| it.group != queue.group)
        {
            kept.push(queue);
        }
    }
    kept.sort_by_key(|it| it.group);
    Ok(kept)
}
