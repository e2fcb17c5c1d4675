//! Leave: days on which somebody is away; asked for by them, granted or refused by a lead, seen by every roster.
//!
//! Days are the person's own, from midnight to midnight by their clock. Illness is told, not asked for, and what a lead
//! enters for somebody holds at once. The kind and the note are for the person and for leads. Tables: `leaves`; read:
//! `users`. Events: `LeaveAsked`, `LeaveDecided`, `LeaveWithdrawn`. Job: `TellLeave`. Path: [`ask`], [`decide`] and [`withdraw`] change,
//! [`views`] shows; rosters read [`stretches_between`].

mod ask;
mod decide;
mod letters;
mod store;
pub mod views;

pub use ask::{AskLeave, ask, withdraw};
pub use decide::{DecideLeave, decide};
pub(crate) use letters::tell;
pub(crate) use store::{list_between, list_of_between};

use super::roster::RosterError;
use super::roster::when::{Week, moment, zone};
use crate::{Kind, LeaveId, Refusal, Tx, UserId, people};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub const LEAVE_DAYS_MAX: i64 = 366;
pub const NOTE_CHARS_MAX: usize = 500;
/// How far from today leave can begin or end.
pub const DAYS_AWAY_MAX: i64 = 3 * 366;
const DAY_MINUTES: i64 = 24 * 60;
/// What is longer takes the whole day.
pub const PART_OF_DAY_MINUTES_MAX: i64 = 12 * 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveKind {
    Holiday,
    Illness,
    /// A course, a conference.
    Learning,
    Other,
}

impl LeaveKind {
    pub const ALL: [LeaveKind; 4] =
        [LeaveKind::Holiday, LeaveKind::Illness, LeaveKind::Learning, LeaveKind::Other];

    pub fn as_str(self) -> &'static str {
        match self {
            LeaveKind::Holiday => "holiday",
            LeaveKind::Illness => "illness",
            LeaveKind::Learning => "learning",
            LeaveKind::Other => "other",
        }
    }

    pub fn parse(name: &str) -> Option<LeaveKind> {
        LeaveKind::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveState {
    Asked,
    Granted,
    Refused,
    Withdrawn,
}

impl LeaveState {
    pub const ALL: [LeaveState; 4] =
        [LeaveState::Asked, LeaveState::Granted, LeaveState::Refused, LeaveState::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            LeaveState::Asked => "asked",
            LeaveState::Granted => "granted",
            LeaveState::Refused => "refused",
            LeaveState::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(name: &str) -> Option<LeaveState> {
        LeaveState::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leave {
    pub id: LeaveId,
    pub user: UserId,
    pub name: String,
    pub kind: LeaveKind,
    pub first_day: Date,
    /// Included.
    pub last_day: Date,
    /// Of one day: from and until which minute; `None`: the whole of its days.
    pub hours: Option<(i64, i64)>,
    pub note: String,
    pub state: LeaveState,
    pub asked_at: i64,
    pub decided_at: Option<i64>,
    pub decided_by: Option<UserId>,
    pub decided_by_name: Option<String>,
    /// What the lead said to it.
    pub answer: String,
}

impl Leave {
    pub fn covers(&self, day: Date) -> bool {
        (self.first_day..=self.last_day).contains(&day)
    }

    pub fn days(&self) -> i64 {
        self.first_day.until(self.last_day).map_or(0, |it| i64::from(it.get_days())) + 1
    }

    /// By this clock, in milliseconds: its hours, or from midnight to midnight.
    pub fn stretch(&self, zone: &TimeZone) -> (i64, i64) {
        let at = |day: Date, minute: i64| {
            let weekday = i64::from(day.weekday().to_monday_zero_offset());
            moment(Week::of(day), weekday * DAY_MINUTES + minute, zone)
        };
        let (from, to) = self.hours.unwrap_or((0, DAY_MINUTES));
        (at(self.first_day, from), at(self.last_day, to))
    }

    /// Somebody cannot have both: these days, or hours of one of them.
    fn clashes_with(&self, hours: Option<(i64, i64)>) -> bool {
        match (self.hours, hours) {
            // Hours are of one day, and the days touch.
            (Some(own), Some(other)) => own.0 < other.1 && other.0 < own.1,
            _ => true,
        }
    }
}

/// Somebody, and from when to when.
pub type Stretch = (UserId, (i64, i64));

/// Granted leave that touches these days, in milliseconds, by person.
pub(crate) fn stretches_between(tx: &mut Tx, first: Date, last: Date) -> Result<Vec<Stretch>, db::Error> {
    let found = list_between(tx, first, last)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let zones: HashMap<UserId, TimeZone> =
        people::list_agents(tx)?.iter().map(|it| (it.id, zone(&it.time_zone))).collect();
    let granted = found.iter().filter(|it| it.state == LeaveState::Granted);
    Ok(granted.filter_map(|it| Some((it.user, it.stretch(zones.get(&it.user)?)))).collect())
}

#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    #[error("only leads decide about leave")]
    NotALead,
    #[error("only staff ask for leave, and for themselves")]
    NotOneself,
    #[error("nobody of the staff who answers is meant")]
    NoSuchPerson,
    #[error("there is no such leave")]
    NoSuchLeave,
    #[error("leave ends on the day it begins or later, and lasts at most {LEAVE_DAYS_MAX} days")]
    DaysAreWrong,
    #[error("a part of a day is of one day, ends after it begins, and lasts at most 12 hours")]
    HoursAreWrong,
    #[error("leave lies within three years of today")]
    TooFarAway,
    #[error("a note has at most {NOTE_CHARS_MAX} characters")]
    NoteIsTooLong,
    #[error("these days touch leave from {0} to {1}")]
    Overlaps(Date, Date),
    #[error("somebody else has just changed this leave")]
    ChangedMeanwhile,
    #[error("this leave was withdrawn")]
    IsWithdrawn,
    #[error("the roster could not be read")]
    Roster(#[from] Box<RosterError>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for LeaveError {
    fn kind(&self) -> Kind {
        use LeaveError::*;
        match self {
            NotALead | NotOneself => Kind::Forbidden,
            NoSuchPerson | NoSuchLeave => Kind::NotFound,
            Overlaps(..) | ChangedMeanwhile | IsWithdrawn => Kind::Conflict,
            DaysAreWrong | HoursAreWrong | TooFarAway | NoteIsTooLong => Kind::Invalid,
            Roster(error) => error.kind(),
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use LeaveError::*;
        match self {
            NoSuchPerson => Some("user"),
            DaysAreWrong | TooFarAway | Overlaps(..) => Some("last_day"),
            HoursAreWrong => Some("from"),
            NoteIsTooLong => Some("note"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leave(first: &str, last: &str) -> Leave {
        Leave {
            id: LeaveId(1),
            user: UserId(1),
            name: "Ana".into(),
            kind: LeaveKind::Holiday,
            first_day: first.parse().expect("a day"),
            last_day: last.parse().expect("a day"),
            hours: None,
            note: String::new(),
            state: LeaveState::Granted,
            asked_at: 0,
            decided_at: None,
            decided_by: None,
            decided_by_name: None,
            answer: String::new(),
        }
    }

    #[test]
    fn hours_of_a_day_lie_where_the_persons_clock_shows_them() {
        let it = Leave { hours: Some((13 * 60, 17 * 60)), ..leave("2026-03-29", "2026-03-29") };
        let (from, to) = it.stretch(&zone("Europe/Madrid"));
        let text = |ms: i64| jiff::Timestamp::from_millisecond(ms).expect("a moment").to_string();
        assert_eq!(
            (text(from).as_str(), text(to).as_str()),
            ("2026-03-29T11:00:00Z", "2026-03-29T15:00:00Z")
        );
        let clash = |from: i64, to: i64| it.clashes_with(Some((60 * from, 60 * to)));
        assert_eq!(
            (clash(9, 13), clash(12, 14), clash(17, 18), it.clashes_with(None)),
            (false, true, false, true)
        );
    }

    #[test]
    fn a_day_of_leave_is_as_long_as_the_persons_clock_says() {
        // The clock goes forward in the night to 29 March 2026.
        let it = leave("2026-03-28", "2026-03-29");
        let (from, to) = it.stretch(&zone("Europe/Madrid"));
        assert_eq!(((to - from) / 3_600_000, it.days()), (47, 2));
        let (from, to) = it.stretch(&zone("Asia/Manila"));
        assert_eq!((to - from) / 3_600_000, 48);
        assert!(
            it.covers("2026-03-29".parse().expect("a day"))
                && !it.covers("2026-03-30".parse().expect("a day"))
        );
    }
}
