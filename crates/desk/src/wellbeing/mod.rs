//! Wellbeing: what answering takes out of people, and rest from hostile customers.
//!
//! Each public answer gets its effort in points (pure `skills::effort`), in the transaction that writes it. The sums are the
//! person's own; leads see them only if the person shares them. Whoever has had so many hostile contacts in a row is given
//! no hostile ticket by the router until another contact or a cool-down lies between; the reason is told to nobody else.
//! Tables: `efforts`, `effort_shares`; setting `wellbeing`. Event: `SettingsChanged`. Path: `/wellbeing`.

mod note;
mod rest;
mod store;
pub mod views;

pub use ::skills::effort::{BASE_POINTS, Effort, HOSTILE_ANGER_MIN};
pub(crate) use note::note_effort;
pub use rest::{Rest, rest_of, resting};
pub use views::{EffortPage, EffortRow, effort_page};

use crate::events::{self, Event};
use crate::{Kind, Refusal, Tx, UserId, settings};
use serde::{Deserialize, Serialize};

const SETTING: &str = "wellbeing";
pub const HOSTILE_IN_A_ROW_LIMIT_MAX: i64 = 20;
pub const COOL_DOWN_MINUTES_MAX: i64 = 480;
const MINUTE_MS: i64 = 60_000;

/// How the router spares people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// After so many hostile contacts in a row a person gets no hostile ticket for now; 0: no limit.
    pub hostile_in_a_row_max: i64,
    /// A pause of so long from hostile customers ends the row.
    pub cool_down_minutes: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { hostile_in_a_row_max: 3, cool_down_minutes: 30 }
    }
}

impl Limits {
    pub fn cool_down_ms(&self) -> i64 {
        self.cool_down_minutes * MINUTE_MS
    }
}

#[derive(Debug, thiserror::Error)]
pub enum WellbeingError {
    #[error("only admins set these limits")]
    NotAnAdmin,
    #[error("this is the person's own, and they have not shared it")]
    NotShared,
    #[error("only agents have efforts to share")]
    NotAnAgent,
    #[error("there is no such person among the agents")]
    NoSuchPerson,
    #[error("between 0 and {HOSTILE_IN_A_ROW_LIMIT_MAX} hostile contacts in a row")]
    LimitIsWrong,
    #[error("a cool-down lasts between 1 and {COOL_DOWN_MINUTES_MAX} minutes")]
    CoolDownIsWrong,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for WellbeingError {
    fn kind(&self) -> Kind {
        use WellbeingError::*;
        match self {
            NotAnAdmin | NotShared | NotAnAgent => Kind::Forbidden,
            NoSuchPerson => Kind::NotFound,
            LimitIsWrong | CoolDownIsWrong => Kind::Invalid,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            WellbeingError::LimitIsWrong => Some("limit"),
            WellbeingError::CoolDownIsWrong => Some("cool_down"),
            _ => None,
        }
    }
}

pub fn limits(tx: &mut Tx) -> Result<Limits, db::Error> {
    Ok(settings::find(tx, SETTING)?.unwrap_or_default())
}

pub fn set_limits(tx: &mut Tx, wanted: &Limits) -> Result<(), WellbeingError> {
    if !tx.actor().is_admin() {
        return Err(WellbeingError::NotAnAdmin);
    }
    if !(0..=HOSTILE_IN_A_ROW_LIMIT_MAX).contains(&wanted.hostile_in_a_row_max) {
        return Err(WellbeingError::LimitIsWrong);
    }
    if !(1..=COOL_DOWN_MINUTES_MAX).contains(&wanted.cool_down_minutes) {
        return Err(WellbeingError::CoolDownIsWrong);
    }
    if limits(tx)? == *wanted {
        return Ok(());
    }
    settings::save(tx, SETTING, wanted)?;
    let by = tx.actor().user();
    Ok(events::record(tx, &Event::SettingsChanged { by })?)
}

/// The person lets their leads see their own efforts, or not any more. Nobody else can.
pub fn share(tx: &mut Tx, shared: bool) -> Result<(), WellbeingError> {
    let me: UserId = tx.actor().user().filter(|_| tx.actor().is_agent()).ok_or(WellbeingError::NotAnAgent)?;
    store::save_shared(tx, me, shared)?;
    tx.announce(&format!("user:{me}"));
    Ok(())
}
