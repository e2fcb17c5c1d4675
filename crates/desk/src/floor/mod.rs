//! The desk's own floor: what its history says of arrivals, work and people, and what the simulator makes of it.
//!
//! A piece of work is a *turn*: a customer writes and waits, somebody is given it, somebody answers. From the turns of the
//! last weeks come arrivals by kind of work (what skills it needs), times in hand, and chances of being solved for good; from
//! presences or shifts, who was here. Tables: `floor_runs` (what was asked, how far it is, what came of it); read:
//! `tickets`, `comments`, `events`, `requirements`, `proficiencies`, `evidence`, `shifts`, `capacities`. Path:
//! [`History::load`] reads everything once; [`scenario`], [`replay`], [`forecasts`] and [`runs`] are made from it by the
//! pure crate `floor`. Nothing here changes tickets or people.

pub mod calendar;
pub mod forecasts;
mod here;
mod history;
mod kinds;
mod lanes;
pub mod leave;
pub mod replay;
pub mod roster;
pub mod runs;
pub mod scenario;
mod service;
mod store;
mod turns;
mod wall;

pub use forecasts::{ForecastPage, Told, forecast_of};
pub use history::{Colleague, History};
pub use kinds::{KindNeed, WorkKind};
pub use lanes::{FirstAnswer, Lane};
pub use turns::Turn;
pub use wall::{AtRisk, Wall, WallPerson, WallQueue, wall};

use crate::{Kind, Refusal, Tx, settings};
use ::floor::{LiveRules, PolicyKind};
use ::routing::engine::Rule;
use serde::{Deserialize, Serialize};

/// Days of history that are read unless somebody asks for others.
pub const DAYS_USUAL: i64 = 90;
pub const DAYS_MAX: i64 = 730;
/// Tickets of a history, the newest.
pub const TICKETS_MAX: usize = 50_000;
/// With fewer turns nothing is made of a history.
pub const TURNS_LEAST: usize = 30;
pub const HOLIDAYS_MAX: usize = 500;
pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
const SETTINGS_KEY: &str = "floor";

/// What planning on the floor assumes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorSettings {
    /// Work is taken in time if somebody has it within so many minutes.
    pub promise_minutes: f64,
    /// … for this share of it, 0 to 1.
    pub promise_share: f64,
    /// Days on which less happens, as `2026-12-25`.
    pub holidays: Vec<String>,
}

impl Default for FloorSettings {
    fn default() -> Self {
        FloorSettings { promise_minutes: 60.0, promise_share: 0.8, holidays: Vec::new() }
    }
}

pub fn floor_settings(tx: &mut Tx) -> Result<FloorSettings, db::Error> {
    Ok(settings::find(tx, SETTINGS_KEY)?.unwrap_or_default())
}

pub fn save_floor_settings(tx: &mut Tx, it: &FloorSettings) -> Result<(), FloorError> {
    only_leads(tx)?;
    if !(1.0..=10_080.0).contains(&it.promise_minutes) {
        return Err(FloorError::PromiseIsWrong);
    }
    if !(0.05..=0.99).contains(&it.promise_share) {
        return Err(FloorError::ShareIsWrong);
    }
    if it.holidays.len() > HOLIDAYS_MAX {
        return Err(FloorError::TooManyHolidays);
    }
    if let Some(wrong) = it.holidays.iter().find(|it| it.parse::<jiff::civil::Date>().is_err()) {
        return Err(FloorError::NoDate(wrong.clone()));
    }
    settings::save(tx, SETTINGS_KEY, it)?;
    let by = tx.actor().user();
    Ok(crate::events::record(tx, &crate::events::Event::SettingsChanged { by })?)
}

/// Rules that work can be given out by, with their names: as the desk does it now, and others.
pub const POLICIES: [(&str, &str); 5] = [
    ("expected_outcome", "expected outcome"),
    ("longest_idle", "longest idle"),
    ("most_capacity", "most capacity"),
    ("fixed_queue_ratio", "fixed queue ratio"),
    ("generalised_c_mu", "generalised cμ"),
];

/// A rule by its name, run by the engine of live routing; with the desk's share of choices by lot.
pub fn policy_named(name: &str, learning_share: f64) -> Option<PolicyKind> {
    let rule = match name {
        "expected_outcome" => Rule::ExpectedOutcome,
        "longest_idle" => Rule::LongestIdle,
        "most_capacity" => Rule::MostCapacity,
        "fixed_queue_ratio" => Rule::FixedQueueRatio,
        "generalised_c_mu" => Rule::GeneralisedCMu,
        _ => return None,
    };
    let mut rules = LiveRules::by(rule);
    if rule == Rule::ExpectedOutcome {
        rules.settings.explore_share = learning_share.clamp(0.0, 1.0) as f32;
    }
    Some(PolicyKind::Live(rules))
}

/// The name by which people know a rule.
pub fn policy_words(name: &str) -> &str {
    POLICIES.iter().find(|it| it.0 == name).map_or(name, |it| it.1)
}

#[derive(Debug, thiserror::Error)]
pub enum FloorError {
    #[error("only leads may plan on the floor")]
    NotALead,
    #[error("only staff may look at the floor")]
    NotStaff,
    #[error("{found} answers in {days} days are too few to say anything; it takes {TURNS_LEAST}")]
    TooLittleHistory { found: usize, days: i64 },
    #[error("a forecast needs at least two weeks in which somebody wrote")]
    TooShortForForecast,
    #[error("a history is read over 7 to {DAYS_MAX} days")]
    DaysAreWrong,
    #[error("a forecast reaches 1 to {} weeks ahead", forecasts::WEEKS_AHEAD_MAX)]
    WeeksAreWrong,
    #[error(
        "there is no rule {0:?}; there are expected_outcome, longest_idle, most_capacity, fixed_queue_ratio, generalised_c_mu"
    )]
    NoSuchPolicy(String),
    #[error("nobody of the staff is called {0:?}, and nobody has that address")]
    NoSuchPerson(String),
    #[error("there is no such person among those who worked in this time")]
    NotAmongThem,
    #[error("no work of this time needs that skill")]
    SkillIsNotNeeded,
    #[error("a level lies between 0 and 5")]
    LevelIsWrong,
    #[error("say what shall be different")]
    NothingChanges,
    #[error("at most {} changes are tried together", runs::CHANGES_MAX)]
    TooManyChanges,
    #[error("somebody has it within 1 minute to 7 days")]
    PromiseIsWrong,
    #[error("a promise is made for 5 % to 99 % of the work")]
    ShareIsWrong,
    #[error("at most {HOLIDAYS_MAX} holidays are kept")]
    TooManyHolidays,
    #[error("{0:?} is no date; write it like 2026-12-25")]
    NoDate(String),
    #[error("{} simulations wait already; look at them first", runs::WAITING_MAX)]
    TooManyRuns,
    #[error("there is no such simulation")]
    NoSuchRun,
    #[error("line {line}: {reason}")]
    LineIsWrong { line: u64, reason: String },
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for FloorError {
    fn kind(&self) -> Kind {
        use FloorError::*;
        match self {
            NotALead | NotStaff => Kind::Forbidden,
            TooLittleHistory { .. } | TooShortForForecast => Kind::Conflict,
            NoSuchPolicy(_) | NoSuchPerson(_) | NotAmongThem | NoSuchRun => Kind::NotFound,
            TooManyRuns | TooManyHolidays | TooManyChanges => Kind::TooMuch,
            Db(error) => error.kind(),
            _ => Kind::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        use FloorError::*;
        match self {
            PromiseIsWrong => Some("promise_minutes"),
            ShareIsWrong => Some("promise_share"),
            TooManyHolidays | NoDate(_) => Some("holidays"),
            DaysAreWrong => Some("days"),
            WeeksAreWrong => Some("weeks"),
            NoSuchPolicy(_) => Some("policy"),
            NoSuchPerson(_) | NotAmongThem => Some("user"),
            SkillIsNotNeeded => Some("skill"),
            LevelIsWrong => Some("level"),
            _ => None,
        }
    }
}

pub(crate) fn only_leads(tx: &Tx) -> Result<(), FloorError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(FloorError::NotALead) }
}
