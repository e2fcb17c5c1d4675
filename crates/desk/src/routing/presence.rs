//! Who is here: said by the person, kept alive by their open page, taken back when it goes silent.

use super::statuses::AgentStatus;
use super::{BEAT_WRITTEN_EVERY_MS, PRESENCE_LOST_MS, PresenceStatus, RoutingError, store};
use crate::events::{self, Event};
use crate::{AgentStatusId, Tx, UserId};
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
    /// The status that an admin made up, if they chose one.
    pub chosen: Option<(AgentStatusId, String)>,
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
    enter(tx, command.user, command.status, None)
}

/// Saying the same again only counts as a sign of life.
pub(super) fn enter(
    tx: &mut Tx,
    user: UserId,
    to: PresenceStatus,
    chosen: Option<&AgentStatus>,
) -> Result<(), RoutingError> {
    let said = store::statuses::find_said(tx, user)?;
    let before = said.as_ref().map_or(PresenceStatus::Offline, |it| it.status);
    let same = before == to && said.as_ref().and_then(|it| it.chosen.as_ref()) == chosen;
    if same {
        return Ok(store::save_seen(tx, user, 0)?);
    }
    store::save_presence(tx, user, to, chosen.map(|it| it.id))?;
    Ok(changed(tx, user, before, to, chosen)?)
}

/// A sign of life from an open page. Cheap. Whoever was here and only went silent (a lid closed, a line cut) is here
/// again; whoever said that they are away or gone stays so.
pub fn beat(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if !tx.actor().is(user) && !tx.actor().is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    if store::only_went_silent(tx, user, PRESENCE_LOST_MS)? && store::is_active_agent(tx, user)? {
        // With the status that they had.
        let chosen = store::statuses::find_said(tx, user)?.and_then(|it| it.chosen);
        let to = chosen.as_ref().map_or(PresenceStatus::Online, AgentStatus::base);
        store::save_presence(tx, user, to, chosen.as_ref().map(|it| it.id))?;
        return Ok(changed(tx, user, PresenceStatus::Offline, to, chosen.as_ref())?);
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
    for (user, before, chose) in store::list_lost(tx, silent_since)? {
        match before {
            PresenceStatus::Online => store::save_silent(tx, user)?,
            _ if chose => store::save_silent(tx, user)?,
            _ => store::save_presence(tx, user, PresenceStatus::Offline, None)?,
        }
        changed(tx, user, before, PresenceStatus::Offline, None)?;
    }
    Ok(())
}

/// Refuses anybody who is not an active agent.
pub(super) fn agent(tx: &mut Tx, user: UserId) -> Result<(), RoutingError> {
    if store::is_active_agent(tx, user)? { Ok(()) } else { Err(RoutingError::NoSuchAgent) }
}

fn changed(
    tx: &mut Tx,
    user: UserId,
    from: PresenceStatus,
    to: PresenceStatus,
    chosen: Option<&AgentStatus>,
) -> Result<(), db::Error> {
    let (from, to) = (from.as_str().to_owned(), to.as_str().to_owned());
    let name = chosen.map(|it| it.name.clone());
    events::record(tx, &Event::PresenceChanged { user, from, to, name })
}
