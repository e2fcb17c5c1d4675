//! What simulations of a usual week found, as it is kept.

use crate::floor::forecasts::Told;
use crate::{RoleId, SkillId, UserId};
use serde::{Deserialize, Serialize};

/// A usual week with and without the differences, on the same customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhatIfTold {
    /// In words.
    pub changes: Vec<String>,
    pub history_days: f64,
    pub weeks: u64,
    pub promise_minutes: f64,
    pub base: Figures,
    pub other: Figures,
    pub difference: Figures,
    /// By the hour of the day at which work comes.
    pub hours: Vec<HourTold>,
    /// By person, pieces of work a week: base and other.
    pub people: Vec<(String, f64, f64)>,
}

/// What cannot be measured is absent. Of a difference: other − base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Seconds until somebody has it.
    pub wait_s: Option<Told>,
    /// Seconds until the answer.
    pub reply_s: Option<Told>,
    /// Shares, 0 to 1.
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
}

/// Minutes until somebody has it, of work that comes in this hour; and pieces of work a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HourTold {
    pub came: f64,
    pub base: Option<Told>,
    pub other: Option<Told>,
}

/// Trainings, hires and absences by simulation, the best and the dearest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorthTold {
    pub history_days: f64,
    pub looked_at: usize,
    pub weeks: u64,
    pub promise_minutes: f64,
    pub base: Figures,
    /// Candidates were screened by what is in time; otherwise by what is solved for good.
    pub by_time: bool,
    pub trainings: Vec<TrainingTold>,
    /// All that were looked at.
    #[serde(default)]
    pub hires: Vec<HireTold>,
    pub absences: Vec<AbsenceTold>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingTold {
    pub user: Option<UserId>,
    pub name: String,
    pub skill: Option<SkillId>,
    pub skill_name: String,
    /// `None` where the viewer does not see the level.
    pub from: Option<f64>,
    pub to: f64,
    /// Changes of shares: 0.01 is one point.
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
    /// Change of the mean rating, 1 to 5.
    pub rating: Option<Told>,
    pub weeks: u64,
}

/// One more colleague.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HireTold {
    /// `None`: the profile of the gap.
    pub role: Option<RoleId>,
    pub name: String,
    /// What they would bring of what work needs, the highest level first.
    pub levels: Vec<LevelTold>,
    /// When they would work, in words.
    pub week: String,
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
    /// Change of the mean rating, 1 to 5.
    pub rating: Option<Told>,
    pub weeks: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelTold {
    pub skill: SkillId,
    pub skill_name: String,
    pub level: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AbsenceTold {
    pub user: Option<UserId>,
    pub name: String,
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
}
