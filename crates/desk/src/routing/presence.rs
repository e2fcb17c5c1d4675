//! Who is here: said by the person, kept alive by their open page, taken back when it goes silent.

use super::{BEAT_WRITTEN_EVERY_MS, PRESENCE_LOST_MS, PresenceStatus, RoutingError, store};
use crate::events::{self, Event};
use crate::{Tx, UserId};
use serde::Serialize;

#[derive(Clone, Copy, Debug)]
pub struct SetPresence {
    pub user: UserId,
    pub status: PresenceStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Presence {
    pub user: UserId,
    pub name: String,
    pub status: PresenceStatus,
    /// Since when this status holds.
    pub since: i64,
    pub last_seen_at: i64,
    pub last_assigned_at: Option<i64>,
}

/// Saying the same again only counts as a sign of life.
pub fn set_presence(tx: &mut Tx, command: &SetPresence) -> Result<(), RoutingError> {
    let actor = *tx.actor();
    if !actor.is(command.user) && !actor.is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    agent(tx, command.user)?;
    let before = store::find_status(tx, command.user)?.unwrap_or(PresenceStatus::Offline);
    if before == command.status {
        store::save_seen(tx, command.user, 0)?;
        return Ok(());
    }
    store::save_presence(tx, command.user, command.status)?;
    Ok(changed(tx, command.user, before, command.status)?)
}

/// A sign of life from an open page. Cheap. Whoever was here and only went silent (a lid closed, a line cut) is here
/// again; whoever said that they are away or gone stays so.
pub fn beat(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if !tx.actor().is(user) && !tx.actor().is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    if store::only_went_silent(tx, user, PRESENCE_LOST_MS)? && store::is_active_agent(tx, user)? {
        store::save_presence(tx, user, PresenceStatus::Online)?;
        return Ok(changed(tx, user, PresenceStatus::Offline, PresenceStatus::Online)?);
    }
    Ok(store::save_seen(tx, user, BEAT_WRITTEN_EVERY_MS)?)
}

/// Everybody who has ever said that they are here, by name.
pub fn presences(tx: &mut Tx) -> Result<Vec<Presence>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(store::list_presences(tx)?)
}

/// Offline, if they have never said anything.
pub fn presence_of(tx: &mut Tx, user: UserId) -> Result<PresenceStatus, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(store::find_status(tx, user)?.unwrap_or(PresenceStatus::Offline))
}

/// Recurring: who has gone silent, or may work here no more, is offline.
pub(crate) fn sweep(tx: &mut Tx) -> Result<(), RoutingError> {
    let silent_since = tx.now() - PRESENCE_LOST_MS;
    for (user, before) in store::list_lost(tx, silent_since)? {
        match before {
            PresenceStatus::Online => store::save_silent(tx, user)?,
            _ => store::save_presence(tx, user, PresenceStatus::Offline)?,
        }
        changed(tx, user, before, PresenceStatus::Offline)?;
    }
    Ok(())
}

/// Refuses anybody who is not an active agent.
pub(super) fn agent(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if store::is_active_agent(tx, user)? { Ok(()) } else { Err(RoutingError::NoSuchAgent) }
}

fn changed(tx: &mut Tx, user: UserId, from: PresenceStatus, to: PresenceStatus) -> Result<(), db::Error> {
    let (from, to) = (from.as_str().to_owned(), to.as_str().to_owned());
    events::record(tx, &Event::PresenceChanged { user, from, to })
}
