//! Rosters: who works when in one week, drawn against what will be needed, in draft until it is published.
//!
//! A shift is kept by its person's own clock, with its breaks, like those of the usual week (`shifts`), and becomes moments only for its
//! week: so hours are right in each time zone and over each change of the clock. A week without a published roster is
//! the usual week. Tables: `rosters`, `roster_shifts`, `roster_steps`; read: `shifts`, `users`, `proficiencies`,
//! `floor_runs`, `leaves`. Events: `RosterChanged`, `RosterPublished`. Path: [`edit`], [`breaks`] and [`publish`] change,
//! [`views`] shows the planner and [`mine`] somebody's own week, [`away`] says what an absence would cost, [`suggest`]
//! asks the pure crate `floor`, [`need`] makes a forecast into people.

pub mod away;
mod breaks;
pub mod check;
pub mod cover;
mod edit;
mod ends;
pub mod mine;
pub mod need;
mod publish;
mod store;
mod suggest;
pub mod views;
pub mod when;

pub use away::AwayTold;
pub use breaks::{BreakEdit, PlaceBreaks, edit_break, place_breaks};
pub use check::{Finding, FindingKind};
pub use edit::{Edit, clear_leave, copy_week, discard, edit, replace, undo};
pub(crate) use ends::end_shifts;
pub use need::{NeedLine, NeedTold};
pub use publish::{Publish, publish};
pub use suggest::{Suggestion, ToSuggest, suggest, take as take_suggestion};
pub use when::Week;

use super::FloorError;
use super::leave::{self, Stretch};
use crate::skills::planning::{Breaks, PlanError, Shift};
use crate::{Kind, Refusal, RosterId, Tx, UserId, settings};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How far from today a week can be planned.
pub const WEEKS_AWAY_MAX: i64 = 60;
/// Steps that can be taken back, for each week.
pub const STEPS_KEPT: i64 = 100;
pub const SHIFT_HOURS_MAX: f64 = 24.0;
const SETTINGS_KEY: &str = "roster";

/// A shift with its breaks, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    pub user: UserId,
    #[serde(flatten)]
    pub shift: Shift,
    #[serde(default)]
    pub breaks: Breaks,
}

/// What a roster keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RosterRules {
    /// Hours between the end of a shift and the beginning of the next, at least.
    pub rest_hours: f64,
    /// Breaks included, as they are in shifts.
    pub week_hours: f64,
    pub shift_hours: f64,
    /// So many hours at most without a break. `None`: nobody looks.
    pub unbroken_hours: Option<f64>,
    /// Who is still here so many minutes after the end of their shift is set to away, so that routing gives them nothing
    /// new. `None`: presence is left to people.
    pub away_after_minutes: Option<i64>,
}

impl Default for RosterRules {
    fn default() -> Self {
        RosterRules {
            rest_hours: 11.0,
            week_hours: 45.0,
            shift_hours: 10.0,
            unbroken_hours: None,
            away_after_minutes: None,
        }
    }
}

pub fn rules(tx: &mut Tx) -> Result<RosterRules, db::Error> {
    Ok(settings::find(tx, SETTINGS_KEY)?.unwrap_or_default())
}

pub fn save_rules(tx: &mut Tx, rules: &RosterRules) -> Result<(), RosterError> {
    only_leads(tx)?;
    let RosterRules { rest_hours, week_hours, shift_hours, unbroken_hours, away_after_minutes } = *rules;
    if !(0.0..=48.0).contains(&rest_hours) {
        return Err(RosterError::RestIsWrong);
    }
    if !(1.0..=168.0).contains(&week_hours) || !(1.0..=SHIFT_HOURS_MAX).contains(&shift_hours) {
        return Err(RosterError::HoursAreWrong);
    }
    if unbroken_hours.is_some_and(|it| !(0.5..=SHIFT_HOURS_MAX).contains(&it)) {
        return Err(RosterError::UnbrokenIsWrong);
    }
    if away_after_minutes.is_some_and(|it| !(0..=240).contains(&it)) {
        return Err(RosterError::MinutesAreWrong);
    }
    settings::save(tx, SETTINGS_KEY, rules)?;
    let by = tx.actor().user();
    Ok(crate::events::record(tx, &crate::events::Event::SettingsChanged { by })?)
}

/// What is kept of one week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Roster {
    pub id: RosterId,
    pub week: Week,
    pub drafted_at: Option<i64>,
    pub drafted_by: Option<String>,
    pub published_at: Option<i64>,
    pub published_by: Option<String>,
}

/// What a week shows: the last of these that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Usual,
    Published,
    Draft,
}

/// The shifts that hold in a week: what was published, else the usual week.
pub(crate) fn in_force(tx: &mut Tx, week: Week) -> Result<Vec<Line>, db::Error> {
    match store::find_roster(tx, week)?.filter(|it| it.published_at.is_some()) {
        Some(roster) => store::list_lines(tx, roster.id, Standing::Published),
        None => store::list_usual(tx),
    }
}

/// What the planner shows, and what it is.
fn shown(tx: &mut Tx, week: Week) -> Result<(Vec<Line>, Standing, Option<Roster>), db::Error> {
    let roster = store::find_roster(tx, week)?;
    let standing = match &roster {
        Some(it) if it.drafted_at.is_some() => Standing::Draft,
        Some(it) if it.published_at.is_some() => Standing::Published,
        _ => Standing::Usual,
    };
    let lines = match &roster {
        Some(it) if standing != Standing::Usual => store::list_lines(tx, it.id, standing)?,
        _ => store::list_usual(tx)?,
    };
    Ok((lines, standing, roster))
}

/// Published weeks that touch this time, by week and person. A person who stands in none of a published week has none.
pub(crate) fn published_between(
    tx: &mut Tx,
    since: i64,
    until: i64,
) -> Result<HashMap<Week, HashMap<UserId, Vec<Line>>>, db::Error> {
    let (first, last) = (Week::containing(since, "UTC").before(), Week::containing(until, "UTC").after());
    let mut weeks: HashMap<Week, HashMap<UserId, Vec<Line>>> = HashMap::new();
    for (week, line) in store::list_published(tx, first, last)? {
        let of_week = weeks.entry(week).or_default();
        if let Some(line) = line {
            of_week.entry(line.user).or_default().push(line);
        }
    }
    Ok(weeks)
}

#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    #[error("only leads plan rosters")]
    NotALead,
    #[error("only staff look at rosters")]
    NotStaff,
    #[error("a week is named by its Monday, like 2026-11-23")]
    NoWeek,
    #[error("a week at most {WEEKS_AWAY_MAX} weeks from now can be planned")]
    TooFarAway,
    #[error("nobody of the staff who answers is meant")]
    NoSuchPerson,
    #[error("a shift begins on its day, ends after it began, and lasts at most a day")]
    ShiftIsWrong,
    #[error(
        "a break lasts at least 5 minutes, lies within its shift and touches no other; a shift has at most 4"
    )]
    BreakIsWrong,
    #[error("by their own clock this shift lies in another week")]
    LiesInAnotherWeek,
    #[error("a person may have at most {} shifts a week", crate::skills::planning::SHIFTS_PER_PERSON_MAX)]
    TooManyShifts,
    #[error("this shift has changed meanwhile")]
    ChangedMeanwhile,
    #[error("there is nothing to take back")]
    NothingToUndo,
    #[error("there is no draft of this week")]
    NoDraft,
    #[error("shifts of {0} lie over each other; a roster with that cannot be published")]
    Overlaps(String),
    #[error("the roster has {0} warnings; say that you have seen them")]
    HasWarnings(usize),
    #[error("nobody can be put on a roster yet: enter the usual shifts of some people first")]
    NobodyToPlan,
    #[error("what is needed is not known yet: work it out first")]
    NeedIsUnknown,
    #[error("between two shifts lie 0 to 48 hours")]
    RestIsWrong,
    #[error("a week has 1 to 168 hours of work, a shift 1 to {SHIFT_HOURS_MAX}")]
    HoursAreWrong,
    #[error("a stretch without a break lasts half an hour to {SHIFT_HOURS_MAX} hours")]
    UnbrokenIsWrong,
    #[error("nobody has a shift on a day of leave")]
    NobodyIsOnLeave,
    #[error("every shift that is so long has a break already")]
    NoBreakIsMissing,
    #[error("away is set 0 to 240 minutes after the end of a shift")]
    MinutesAreWrong,
    #[error("the usual week could not be set")]
    Usual(#[from] PlanError),
    #[error("the floor could not be read")]
    Floor(#[from] FloorError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for RosterError {
    fn kind(&self) -> Kind {
        use RosterError::*;
        match self {
            NotALead | NotStaff => Kind::Forbidden,
            NoSuchPerson => Kind::NotFound,
            ChangedMeanwhile | NothingToUndo | NoDraft | Overlaps(_) | HasWarnings(_) | NobodyToPlan
            | NeedIsUnknown | NobodyIsOnLeave | NoBreakIsMissing => Kind::Conflict,
            TooManyShifts => Kind::TooMuch,
            Usual(error) => error.kind(),
            Floor(error) => error.kind(),
            Db(error) => error.kind(),
            _ => Kind::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        use RosterError::*;
        match self {
            NoWeek | TooFarAway => Some("week"),
            NoSuchPerson => Some("user"),
            ShiftIsWrong | LiesInAnotherWeek | TooManyShifts => Some("from"),
            HasWarnings(_) => Some("seen"),
            RestIsWrong => Some("rest_hours"),
            HoursAreWrong => Some("week_hours"),
            BreakIsWrong => Some("breaks"),
            UnbrokenIsWrong => Some("unbroken_hours"),
            MinutesAreWrong => Some("away_after_minutes"),
            _ => None,
        }
    }
}

fn only_leads(tx: &Tx) -> Result<(), RosterError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(RosterError::NotALead) }
}

/// A week that can be planned.
fn plannable(tx: &mut Tx, week: Week) -> Result<(), RosterError> {
    let now = tx.now();
    let away = week.weeks_from(Week::containing(now, &settings::company(tx)?.time_zone));
    if away.abs() <= WEEKS_AWAY_MAX { Ok(()) } else { Err(RosterError::TooFarAway) }
}

/// Stretches of granted leave that touch a week or the weeks beside it, in milliseconds, by person.
fn leaves_of(tx: &mut Tx, week: Week) -> Result<Vec<Stretch>, db::Error> {
    leave::stretches_between(tx, week.before().monday(), week.after().day(6))
}

/// They do not work this shift at all.
fn is_on_leave(leaves: &[Stretch], user: UserId, shift: (i64, i64)) -> bool {
    leaves.iter().any(|it| it.0 == user && when::is_away(shift, it.1))
}
