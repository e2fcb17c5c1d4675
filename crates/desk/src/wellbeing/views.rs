//! One person's efforts, for themself, and for their leads if they share them.

use super::{Effort, HOSTILE_ANGER_MIN, Rest, WellbeingError, rest_of, store};
use crate::{TicketId, Tx, UserId, people};
use serde::Serialize;

/// How far back a page looks.
pub const DAYS_SHOWN: i64 = 56;
const ROWS_MAX: usize = 20_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// What one answer took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffortRow {
    pub ticket: TicketId,
    pub subject: String,
    pub at: i64,
    /// 0 to 3.
    pub anger: i64,
    pub effort: Effort,
}

impl EffortRow {
    pub fn is_hostile(&self) -> bool {
        self.anger >= i64::from(HOSTILE_ANGER_MIN)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffortPage {
    pub user: UserId,
    pub name: String,
    pub time_zone: String,
    /// The newest first.
    pub rows: Vec<EffortRow>,
    pub rest: Rest,
    /// Since when their leads see it.
    pub shared_since: Option<i64>,
}

/// The person's own; for leads only what is shared.
pub fn effort_page(tx: &mut Tx, user: UserId) -> Result<EffortPage, WellbeingError> {
    let actor = *tx.actor();
    let shared_since = store::find_shared(tx, user)?;
    let is_told = actor.is_lead() && !actor.is_desk() && shared_since.is_some();
    if !actor.is(user) && !is_told {
        return Err(WellbeingError::NotShared);
    }
    let found = people::find_user(tx, user)?.filter(|it| it.role.is_agent() && it.deleted_at.is_none());
    let person = found.ok_or(WellbeingError::NoSuchPerson)?;
    let since = tx.now() - DAYS_SHOWN * DAY_MS;
    Ok(EffortPage {
        user,
        name: person.name,
        time_zone: person.time_zone,
        rows: store::list_efforts(tx, user, since, ROWS_MAX)?,
        rest: rest_of(tx, user)?,
        shared_since,
    })
}

/// Whether a lead may look at somebody's efforts.
pub fn is_shared(tx: &mut Tx, user: UserId) -> Result<bool, db::Error> {
    Ok(store::find_shared(tx, user)?.is_some())
}
