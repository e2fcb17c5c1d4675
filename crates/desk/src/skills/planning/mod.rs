//! Planning: who covers what at which hour, what one absence would cost, where the gaps are, what learning is worth.
//!
//! Demand is what the desk's tickets, its own and imported ones, needed in the last weeks, by skill and hour of the week (the company's clock).
//! Who is here follows from the shifts that were entered, else from when they were here in those weeks, else from
//! office hours, and the pages say which. Planned breaks count as absence. Tables: `shifts`; read: `requirements`, `tickets`, `proficiencies`, `events`.
//! Events: `ShiftsSet`. Path: [`plan::Plan`] reads everything once; each page is made from it by the pure `skills` crate.

mod absence;
mod breaks;
pub(crate) mod cost;
mod hire;
mod invest;
mod plan;
mod shifts;
pub(super) mod single;
mod skill;
mod store;
mod suggest;
mod team;
pub(crate) mod week;

pub use ::skills::invest::Worth;
pub use absence::{AbsencePage, AbsentSkill, absence};
pub use breaks::{BREAK_MINUTES_LEAST, BREAKS_PER_SHIFT_MAX, Break, Breaks};
pub use cost::LearningCost;
pub use hire::{HIRES_MAX, Hire, NewWeek, hires};
pub use invest::{Candidate, InvestPage, Investment, Order, invest};
pub use plan::HereSource;
pub use shifts::{
    Shift, ShiftLine, clock_words, import_shifts, list_shifts, set_shifts, set_week, shifts_as_csv,
    weekday_name,
};
pub use skill::{Pair, SkillStory, TicketLine, skill_story};
pub(crate) use store::list_presence_changes;
pub use suggest::{MissingWord, Suggestions, UnusedSkill, suggestions};
pub use team::{PersonLoad, SkillRisk, SkillWeek, TeamPage, WeekPerson, skill_week, team};
pub use week::{Block, block_words, hour_words};

use super::{Sight, SkillsError};
use crate::{Kind, Refusal, Tx, settings};
use serde::{Deserialize, Serialize};

/// Tickets that demand is counted from, the newest.
pub const DEMAND_TICKETS_MAX: usize = 20_000;
pub const SHIFTS_PER_PERSON_MAX: usize = 28;
pub const CSV_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A skill is called covered when so large a share of its tickets comes while somebody able is here.
pub const COVERED_SHARE: f64 = 0.8;
/// The share of probability of an interval on these pages.
pub const INTERVAL_SHARE: f64 = 0.8;
/// What one more colleague may cost, in hours.
pub const HIRE_HOURS_MAX: f64 = 4_000.0;
pub const LANGUAGE_TIMES_MAX: f64 = 100.0;
const SETTINGS_KEY: &str = "planning";
const DAY_MS: i64 = 24 * 3_600_000;
const WEEK_MS: i64 = 7 * DAY_MS;

/// What planning assumes where the desk cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanSettings {
    /// Demand and presence are counted over so many weeks.
    pub weeks: i64,
    /// The share of their shifts that people are really here (holidays, illness); 0 to 1.
    pub attendance: f64,
    /// Work in one ticket, for turning tickets into hours.
    pub minutes_per_ticket: f64,
    /// Hours of learning to reach each of the levels 1 to 5 from the one below.
    pub hours_per_level: [f64; 5],
    /// A language takes so many times as long as any other skill; at least 1.
    pub language_takes_times: f64,
    /// Hours that one more colleague is paid for in a year.
    pub hire_hours_per_year: f64,
    /// Hours of others, once, to find a colleague and to settle them in.
    pub hire_hours_once: f64,
}

impl Default for PlanSettings {
    fn default() -> Self {
        PlanSettings {
            weeks: 8,
            attendance: 0.9,
            minutes_per_ticket: 20.0,
            hours_per_level: [6.0, 10.0, 16.0, 24.0, 40.0],
            language_takes_times: 15.0,
            hire_hours_per_year: 1_700.0,
            hire_hours_once: 120.0,
        }
    }
}

pub fn plan_settings(tx: &mut Tx) -> Result<PlanSettings, db::Error> {
    Ok(settings::find(tx, SETTINGS_KEY)?.unwrap_or_default())
}

pub fn save_plan_settings(tx: &mut Tx, it: &PlanSettings) -> Result<(), PlanError> {
    only_leads(tx)?;
    if !(1..=52).contains(&it.weeks) {
        return Err(PlanError::WeeksAreWrong);
    }
    if !(0.05..=1.0).contains(&it.attendance) {
        return Err(PlanError::AttendanceIsWrong);
    }
    if !(1.0..=600.0).contains(&it.minutes_per_ticket) {
        return Err(PlanError::MinutesAreWrong);
    }
    if it.hours_per_level.iter().any(|hours| !(0.0..=1_000.0).contains(hours)) {
        return Err(PlanError::HoursAreWrong);
    }
    if !(1.0..=LANGUAGE_TIMES_MAX).contains(&it.language_takes_times) {
        return Err(PlanError::LanguagesAreWrong);
    }
    if !(1.0..=HIRE_HOURS_MAX).contains(&it.hire_hours_per_year) {
        return Err(PlanError::YearIsWrong);
    }
    if !(0.0..=HIRE_HOURS_MAX).contains(&it.hire_hours_once) {
        return Err(PlanError::SettlingInIsWrong);
    }
    settings::save(tx, SETTINGS_KEY, it)?;
    let by = tx.actor().user();
    Ok(crate::events::record(tx, &crate::events::Event::SettingsChanged { by })?)
}

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("only leads may plan")]
    NotALead,
    #[error("only staff may look at this")]
    NotStaff,
    #[error("there is no such skill")]
    NoSuchSkill,
    #[error("there is no such person among the staff")]
    NoSuchPerson,
    #[error("a shift begins on its day, ends after it began, and lasts at most a day")]
    ShiftIsWrong,
    #[error(
        "a break lasts at least {BREAK_MINUTES_LEAST} minutes, lies within its shift and touches no other"
    )]
    BreakIsWrong,
    #[error("a person may have at most {SHIFTS_PER_PERSON_MAX} shifts a week")]
    TooManyShifts,
    #[error("line {line}: {reason}")]
    LineIsWrong { line: u64, reason: String },
    #[error("a file may have at most {} MB", CSV_BYTES_MAX / 1024 / 1024)]
    FileIsTooLarge,
    #[error("demand is counted over 1 to 52 weeks")]
    WeeksAreWrong,
    #[error("attendance lies between 5 % and 100 %")]
    AttendanceIsWrong,
    #[error("a ticket takes between 1 and 600 minutes")]
    MinutesAreWrong,
    #[error("a level takes between 0 and 1000 hours")]
    HoursAreWrong,
    #[error("a language takes between 1 and {LANGUAGE_TIMES_MAX} times as long as another skill")]
    LanguagesAreWrong,
    #[error("a colleague is paid for 1 to {HIRE_HOURS_MAX} hours a year")]
    YearIsWrong,
    #[error("to find somebody and settle them in takes between 0 and {HIRE_HOURS_MAX} hours")]
    SettlingInIsWrong,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for PlanError {
    fn kind(&self) -> Kind {
        use PlanError::*;
        match self {
            NotALead | NotStaff => Kind::Forbidden,
            NoSuchSkill | NoSuchPerson => Kind::NotFound,
            ShiftIsWrong
            | BreakIsWrong
            | LineIsWrong { .. }
            | WeeksAreWrong
            | AttendanceIsWrong
            | MinutesAreWrong
            | HoursAreWrong
            | YearIsWrong
            | LanguagesAreWrong
            | SettlingInIsWrong => Kind::Invalid,
            TooManyShifts | FileIsTooLarge => Kind::TooMuch,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use PlanError::*;
        match self {
            ShiftIsWrong | BreakIsWrong | TooManyShifts => Some("shifts"),
            LineIsWrong { .. } | FileIsTooLarge => Some("csv"),
            WeeksAreWrong => Some("weeks"),
            AttendanceIsWrong => Some("attendance"),
            MinutesAreWrong => Some("minutes_per_ticket"),
            HoursAreWrong => Some("hours_per_level"),
            LanguagesAreWrong => Some("language_takes_times"),
            YearIsWrong => Some("hire_hours_per_year"),
            SettlingInIsWrong => Some("hire_hours_once"),
            _ => None,
        }
    }
}

fn only_leads(tx: &Tx) -> Result<(), PlanError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(PlanError::NotALead) }
}

fn sight(tx: &mut Tx) -> Result<Sight, PlanError> {
    Sight::load(tx).map_err(|error| match error {
        SkillsError::Db(error) => PlanError::Db(error),
        _ => PlanError::NotStaff,
    })
}
