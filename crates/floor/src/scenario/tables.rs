//! The keys of a scenario file. Each is explained in the guide, on the page about the floor.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::words::{ClockTime, PerPeriod, Seconds, TierEntry};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub name: String,
    pub days: Option<u64>,
    pub seed: Option<u64>,
    pub day: Spanned<DayTable>,
    pub policy: Option<PolicyTable>,
    #[serde(default, rename = "type")]
    pub types: Vec<Spanned<TypeTable>>,
    #[serde(default, rename = "group")]
    pub groups: Vec<Spanned<GroupTable>>,
    #[serde(default, rename = "dialer")]
    pub dialers: Vec<Spanned<DialerTable>>,
    pub learning: Option<Spanned<LearningTable>>,
    #[serde(default, rename = "shift")]
    pub shifts: Vec<Spanned<ShiftTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DayTable {
    pub opens: Option<ClockTime>,
    pub period: Seconds,
    pub periods: u32,
    pub date: Option<Spanned<String>>,
    pub time_zone: Option<Spanned<String>>,
    pub warm_up: Option<Seconds>,
    pub closing: Option<ClosingWord>,
    #[serde(default)]
    pub sends_away: bool,
    #[serde(default)]
    pub hands_back: bool,
    pub busyness: Option<f64>,
    pub lines: Option<u32>,
    pub waiting_places: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LearningTable {
    pub per_contact: f64,
    pub ceiling: Option<f64>,
    pub forgetting: Option<Seconds>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ClosingWord {
    Drain,
    Cut,
    Continue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyTable {
    pub kind: PolicyWord,
    #[serde(default)]
    pub overloaded: bool,
    pub rule: Option<routing::engine::Rule>,
    pub learning_share: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PolicyWord {
    Lists,
    LongestIdle,
    MostCapacity,
    QueueRatio,
    CostOfWaiting,
    Live,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeTable {
    pub name: String,
    pub channel: Option<Spanned<String>>,
    pub priority: Option<Spanned<String>>,
    pub per_hour: Option<Spanned<PerPeriod<f64>>>,
    pub per_minute: Option<Spanned<PerPeriod<f64>>>,
    pub counts: Option<Spanned<Vec<Vec<u32>>>>,
    pub service: Spanned<TimeTable>,
    pub patience: Option<Spanned<TimeTable>>,
    #[serde(default)]
    pub balk: f64,
    pub wrap_up: Option<Spanned<TimeTable>>,
    pub acceptable_wait: Option<Seconds>,
    pub retrial: Option<Spanned<AgainTable>>,
    #[serde(default)]
    pub transfers: Vec<Spanned<TransferTable>>,
    pub unsolved: Option<Spanned<AgainTable>>,
    #[serde(default)]
    pub writes_again: Vec<Spanned<WritesAgainTable>>,
    #[serde(default)]
    pub groups: Vec<Spanned<TierEntry>>,
    #[serde(default)]
    pub needs: Vec<NeedTable>,
    pub gives_way_after: Option<Seconds>,
    #[serde(default)]
    pub difficulty: f64,
    pub wait_cost: Option<f64>,
    pub queue_share: Option<f64>,
    pub turn: Option<TurnWord>,
    pub promise: Option<Spanned<PromiseTable>>,
}

/// Among work of the same priority.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TurnWord {
    First,
    Usual,
    Last,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeTable {
    pub mean: Option<PerPeriod<Seconds>>,
    pub shape: Option<ShapeWord>,
    pub cv: Option<f64>,
    pub from: Option<Seconds>,
    pub to: Option<Seconds>,
    pub values: Option<Vec<Seconds>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShapeWord {
    Exponential,
    Lognormal,
    Gamma,
    Uniform,
    Constant,
    Empirical,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgainTable {
    pub share: f64,
    pub after: TimeTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferTable {
    pub to: String,
    pub share: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WritesAgainTable {
    pub to: String,
    pub share: f64,
    pub after: TimeTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedTable {
    pub skill: String,
    pub level: f64,
    pub weight: Option<f64>,
    #[serde(default)]
    pub must: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromiseTable {
    pub answered: f64,
    pub within: Seconds,
    pub abandoned: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupTable {
    pub name: String,
    pub staff: Option<Spanned<PerPeriod<u32>>>,
    pub after_close: Option<u32>,
    #[serde(default)]
    pub serves: Vec<Spanned<TierEntry>>,
    pub at_once: Option<u32>,
    pub pace: Option<Spanned<Vec<f64>>>,
    #[serde(default)]
    pub time_factors: BTreeMap<String, f64>,
    #[serde(default)]
    pub skills: BTreeMap<String, f64>,
    #[serde(default)]
    pub believed: BTreeMap<String, f64>,
    pub believed_sd: Option<f64>,
    #[serde(default)]
    pub believed_sds: BTreeMap<String, f64>,
    pub cost_per_hour: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DialerTable {
    #[serde(rename = "type")]
    pub kind: String,
    pub reach: PerPeriod<f64>,
    pub watches: Vec<String>,
    pub targets: Vec<String>,
    pub free_least: u32,
    pub target_free_least: Option<u32>,
    pub calls_per_free: f64,
    pub from: ClockTime,
    pub until: ClockTime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShiftTable {
    pub name: String,
    pub starts: Vec<ClockTime>,
    pub time_zone: Option<Spanned<String>>,
    pub length: Seconds,
    #[serde(default)]
    pub breaks: Vec<BreakTable>,
    pub cost: Option<f64>,
    #[serde(default)]
    pub groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakTable {
    pub after: Seconds,
    pub length: Seconds,
}
