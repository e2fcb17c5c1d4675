//! Leave as pages show it: one's own, and what leads have to decide.

use super::{Leave, LeaveError, LeaveState, store};
use crate::floor::roster::AwayTold;
use crate::floor::roster::away::Absences;
use crate::{LeaveId, Tx, UserId, settings};
use jiff::civil::Date;
use serde::Serialize;

pub const LEAVES_SHOWN_MAX: usize = 200;
/// Answers about absences that one page works out.
pub const ANSWERS_MAX: usize = 20;

/// For leads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeavePage {
    pub today: Date,
    /// What waits for a decision, the nearest first; the first of these with what they would cost.
    pub asked: Vec<(Leave, Option<AwayTold>)>,
    /// Granted and not over, the nearest first.
    pub coming: Vec<Leave>,
    /// Refused, withdrawn or over, the latest first.
    pub past: Vec<Leave>,
}

pub fn leave_page(tx: &mut Tx) -> Result<LeavePage, LeaveError> {
    if !tx.actor().is_lead() {
        return Err(LeaveError::NotALead);
    }
    let zone = settings::company(tx)?.time_zone;
    let today = jiff::Timestamp::from_millisecond(tx.now()).unwrap_or_default();
    let today = today.to_zoned(crate::floor::roster::when::zone(&zone)).date();
    let mut waiting = store::list(tx, None, Some(LeaveState::Asked), LEAVES_SHOWN_MAX)?;
    waiting.sort_by_key(|it| (it.first_day, it.id));
    let mut asked = Vec::new();
    let mut absences = Absences::load(tx).map_err(Box::new)?;
    for (at, it) in waiting.into_iter().enumerate() {
        let told = match at < ANSWERS_MAX {
            true => Some(absences.away_on(tx, &it).map_err(Box::new)?),
            false => None,
        };
        asked.push((it, told));
    }
    let decided = store::list(tx, None, None, LEAVES_SHOWN_MAX)?;
    let decided = decided.into_iter().filter(|it| it.state != LeaveState::Asked);
    let is_past = |it: &Leave| it.state != LeaveState::Granted || it.last_day < today;
    let past = decided.filter(is_past).collect();
    let coming = store::list_coming(tx, today, LEAVES_SHOWN_MAX)?;
    Ok(LeavePage { today, asked, coming, past })
}

/// One's own, or of anybody for leads; what ends last first.
pub fn leaves(
    tx: &mut Tx,
    user: Option<UserId>,
    state: Option<LeaveState>,
) -> Result<Vec<Leave>, LeaveError> {
    let actor = *tx.actor();
    let user = match user {
        Some(user) if actor.is(user) || actor.is_lead() => Some(user),
        None if actor.is_lead() => None,
        None if actor.is_agent() => actor.user(),
        _ => return Err(LeaveError::NotOneself),
    };
    Ok(store::list(tx, user, state, LEAVES_SHOWN_MAX)?)
}

/// Another's is there for leads alone.
pub fn leave(tx: &mut Tx, id: LeaveId) -> Result<Leave, LeaveError> {
    let actor = *tx.actor();
    let found = store::find(tx, id)?.filter(|it| actor.is(it.user) || actor.is_lead());
    found.ok_or(LeaveError::NoSuchLeave)
}

/// What it would cost if it were granted; for leads.
pub fn cost_of(tx: &mut Tx, id: LeaveId) -> Result<AwayTold, LeaveError> {
    let it = leave(tx, id)?;
    let mut absences = Absences::load(tx).map_err(Box::new)?;
    Ok(absences.away_on(tx, &it).map_err(Box::new)?)
}
