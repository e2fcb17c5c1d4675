//! By which rule work is handed out: set once by an admin, in table `settings`.

use super::offers::{ASK_AGAIN_MS, ChannelPolicies, MISSED_OFFERS_MAX};
use super::queues::Queues;
use super::{RoutingError, store};
use crate::events::{self, Event};
use crate::{Tx, settings};
use ::routing::Policy;
use ::routing::engine::{Rule, Settings};
use serde::{Deserialize, Serialize};

const KEY: &str = "routing";
/// Of each person's places, at most so many are kept free for work that asks for an expert.
pub const EXPERT_RESERVE_MAX: i64 = 100;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoutingPolicy {
    pub rule: Rule,
    /// The share of choices, 0 to 1, that go to somebody who wants to grow in a skill that is needed, while others are free.
    pub growth_share: f64,
    /// Places of each person that are kept for work which asks for an expert, for its first ten minutes.
    pub expert_reserve: i64,
    /// How messages, chats and calls are offered.
    pub channels: ChannelPolicies,
    /// Whoever lets so many offers in a row run out without a word is set away; 0: nobody is.
    pub missed_offers_max: i64,
}

impl Default for RoutingPolicy {
    fn default() -> RoutingPolicy {
        let usual = Settings::usual();
        RoutingPolicy {
            rule: usual.rule,
            growth_share: tenths(usual.growth_share),
            expert_reserve: 0,
            channels: ChannelPolicies::default(),
            missed_offers_max: 3,
        }
    }
}

fn tenths(share: f32) -> f64 {
    f64::from((share * 100.0).round()) / 100.0
}

pub fn routing_policy(tx: &mut Tx) -> Result<RoutingPolicy, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(find(tx)?)
}

/// Holds from the next decision on; what is decided stays.
pub fn set_routing_policy(tx: &mut Tx, wanted: &RoutingPolicy) -> Result<(), RoutingError> {
    if !tx.actor().is_admin() {
        return Err(RoutingError::NotAnAdmin);
    }
    if !(0.0..=1.0).contains(&wanted.growth_share) {
        return Err(RoutingError::ShareIsWrong);
    }
    if !(0..=EXPERT_RESERVE_MAX).contains(&wanted.expert_reserve) {
        return Err(RoutingError::ReserveIsWrong);
    }
    if !(0..=MISSED_OFFERS_MAX).contains(&wanted.missed_offers_max) {
        return Err(RoutingError::MissedOffersAreWrong);
    }
    wanted.channels.check()?;
    if find(tx)? == *wanted {
        return Ok(());
    }
    settings::save(tx, KEY, wanted)?;
    let by = tx.actor().user();
    Ok(events::record(tx, &Event::SettingsChanged { by })?)
}

pub(super) fn find(tx: &mut Tx) -> Result<RoutingPolicy, db::Error> {
    Ok(settings::find(tx, KEY)?.unwrap_or_default())
}

/// As it is written in rows.
pub fn rule_word(rule: Rule) -> &'static str {
    match rule {
        Rule::LongestIdle => "longest_idle",
        Rule::MostCapacity => "most_capacity",
        Rule::FixedQueueRatio => "fixed_queue_ratio",
        Rule::GeneralisedCMu => "generalised_c_mu",
        Rule::ExpectedOutcome => "expected_outcome",
    }
}

pub fn rule_of_word(word: &str) -> Option<Rule> {
    use Rule::*;
    let all = [LongestIdle, MostCapacity, FixedQueueRatio, GeneralisedCMu, ExpectedOutcome];
    all.into_iter().find(|rule| rule_word(*rule) == word)
}

/// Everything that an engine is made with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Knobs {
    pub policy: RoutingPolicy,
    pub queues: Queues,
    pub explore_share: f64,
    /// Tickets that one person may hold unless set otherwise.
    pub capacity: i64,
}

impl Knobs {
    pub fn load(tx: &mut Tx) -> Result<Knobs, db::Error> {
        let company = settings::company(tx)?;
        Ok(Knobs {
            policy: find(tx)?,
            queues: Queues::load(tx)?,
            explore_share: company.exploration_share,
            capacity: company.ticket_capacity,
        })
    }

    /// For the engine. Everything written is assigned at once.
    pub fn settings(&self) -> Settings {
        let usual = Settings::usual();
        Settings {
            explore_share: self.explore_share as f32,
            growth_share: self.policy.growth_share as f32,
            growth_p_min: usual.growth_p_min,
            growth_slack: usual.growth_slack,
            offer_ms: self.policy.channels.offer_ms(),
            ask_again_ms: ASK_AGAIN_MS,
            // Without a reserve nothing needs to wait for its end.
            reserve_hold_ms: usual.reserve_hold_ms.filter(|_| self.policy.expert_reserve > 0),
            ..Settings::plain(self.policy.rule)
        }
    }

    /// For telling what the engine decided.
    pub fn telling(&self) -> Policy {
        Policy { explore_share: self.explore_share, ..Policy::default() }
    }

    pub fn limit(&self, own: Option<i64>) -> i64 {
        own.unwrap_or(self.capacity).max(0)
    }
}

/// What the owner of routing last saw of itself; `None` before there was one.
pub fn routing_owner(tx: &mut Tx) -> Result<Option<store::live::Lease>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(store::live::find_lease(tx)?)
}
