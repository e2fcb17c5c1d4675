//! Somebody's week for the calendar that they use elsewhere: behind an address that cannot be guessed.
//!
//! The address is shown once; its hash is kept. Whoever has it reads shifts, breaks and granted leave of that person and
//! nothing else; a new address ends the old one. Tables: `calendar_feeds`; read: `rosters`, `shifts`, `leaves`. Events:
//! `CalendarSet`.

mod store;

use super::leave::{Leave, LeaveState};
use super::roster::mine::{MyShift, weeks_from};
use super::roster::when::Week;
use super::roster::{RosterError, Standing};
use crate::access::{random_token, token_hash};
use crate::events::{self, Event};
use crate::{Tx, UserId, people, settings};

/// Weeks before this one, and from this one on, that a calendar is told of.
const WEEKS_BACK: i64 = 4;
const WEEKS_AHEAD: i64 = 12;

/// What a calendar shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub user: UserId,
    pub name: String,
    pub company: String,
    pub public_url: String,
    pub time_zone: String,
    /// With whether their week is published.
    pub shifts: Vec<(MyShift, bool)>,
    /// Granted.
    pub leaves: Vec<Leave>,
}

/// A new address for oneself; one that was there before ends. What is returned is shown this once.
pub fn open_calendar(tx: &mut Tx) -> Result<String, RosterError> {
    let user = tx.actor().user().filter(|_| tx.actor().is_agent()).ok_or(RosterError::NotStaff)?;
    let token = random_token();
    store::save(tx, user, &token_hash(&token))?;
    events::record(tx, &Event::CalendarSet { user, ended: false })?;
    Ok(token)
}

/// Nobody reads it any more.
pub fn close_calendar(tx: &mut Tx) -> Result<(), RosterError> {
    let user = tx.actor().user().ok_or(RosterError::NotStaff)?;
    if store::delete(tx, user)? {
        events::record(tx, &Event::CalendarSet { user, ended: true })?;
    }
    Ok(())
}

/// Since when somebody has one.
pub fn calendar_since(tx: &mut Tx) -> Result<Option<i64>, db::Error> {
    match tx.actor().user() {
        Some(user) => store::find_made_at(tx, user),
        None => Ok(None),
    }
}

/// Whoever knows the address reads it, unless its person has gone.
pub fn calendar_of(tx: &mut Tx, token: &str) -> Result<Option<Calendar>, RosterError> {
    let Some(user) = store::find_user(tx, &token_hash(token))? else { return Ok(None) };
    let Some(person) = people::find_user(tx, user)?.filter(|it| it.role.is_agent() && it.is_active()) else {
        return Ok(None);
    };
    let company = settings::company(tx)?;
    let now = tx.now();
    let this_week = Week::containing(now, &person.time_zone);
    let first = (0..WEEKS_BACK).fold(this_week, |week, _| week.before());
    let count = (WEEKS_BACK + WEEKS_AHEAD) as usize;
    let (weeks, mut leaves) = weeks_from(tx, user, &person.time_zone, first, count)?;
    let mut shifts = Vec::new();
    for page in weeks {
        let is_published = page.standing == Standing::Published;
        let worked = page.days.into_iter().flat_map(|it| it.shifts).filter(|it| !it.on_leave);
        shifts.extend(worked.map(|it| (it, is_published)));
    }
    leaves.retain(|it| it.state == LeaveState::Granted);
    Ok(Some(Calendar {
        user,
        name: person.name,
        company: company.name,
        public_url: company.public_url,
        time_zone: person.time_zone,
        shifts,
        leaves,
    }))
}
