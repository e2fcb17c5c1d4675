//! Statuses of agents that an admin makes up: a name, and what work comes to whoever has it.
//!
//! Tables: `agent_statuses`, `presences`. Events: `AgentStatusChanged`, `PresenceChanged`. Path: [`choose_status`] notes
//! who has it; the owner of routing reads with each person what they take.

use super::{PresenceStatus, RoutingError, presence, store};
use crate::events::{self, Event};
use crate::{AgentStatusId, Tx, UserId};
use serde::Serialize;

/// Statuses that can be chosen at a time.
pub const STATUSES_MAX: usize = 30;
pub const STATUS_NAME_CHARS_MAX: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentStatus {
    pub id: AgentStatusId,
    pub name: String,
    /// Written work, which is assigned.
    pub takes_tickets: bool,
    /// Messages, chats and calls, which are offered.
    pub takes_live: bool,
}

impl AgentStatus {
    /// What holds for everything that knows no such statuses.
    pub fn base(&self) -> PresenceStatus {
        if self.takes_tickets { PresenceStatus::Online } else { PresenceStatus::Away }
    }
}

/// What a status is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusWords {
    pub name: String,
    pub takes_tickets: bool,
    pub takes_live: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct ChooseStatus {
    pub user: UserId,
    pub status: AgentStatusId,
}

/// What somebody said of themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    pub status: PresenceStatus,
    pub chosen: Option<AgentStatus>,
}

/// Those that can be chosen, by name.
pub fn agent_statuses(tx: &mut Tx) -> Result<Vec<AgentStatus>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(store::statuses::list_statuses(tx)?)
}

pub fn create_status(tx: &mut Tx, words: &StatusWords) -> Result<AgentStatusId, RoutingError> {
    only_admins(tx)?;
    let name = free_name(tx, words, None)?;
    if store::statuses::list_statuses(tx)?.len() >= STATUSES_MAX {
        return Err(RoutingError::TooManyStatuses);
    }
    let status = store::statuses::insert_status(tx, &name, words)?;
    events::record(tx, &Event::AgentStatusChanged { status })?;
    Ok(status)
}

/// Holds at once for everybody who has it.
pub fn update_status(
    tx: &mut Tx,
    status: AgentStatusId,
    words: &StatusWords,
) -> Result<AgentStatus, RoutingError> {
    only_admins(tx)?;
    store::statuses::find_status(tx, status)?.ok_or(RoutingError::NoSuchStatus)?;
    let name = free_name(tx, words, Some(status))?;
    store::statuses::save_status(tx, status, &name, words)?;
    let (takes_tickets, takes_live) = (words.takes_tickets, words.takes_live);
    let changed = AgentStatus { id: status, name, takes_tickets, takes_live };
    for user in store::statuses::list_present_in(tx, status)? {
        presence::enter(tx, user, changed.base(), Some(&changed))?;
        // What comes to them may be otherwise though they are as present as before.
        tx.announce(&format!("user:{user}"));
    }
    events::record(tx, &Event::AgentStatusChanged { status })?;
    Ok(changed)
}

/// Nobody can choose it any more; whoever has it is plainly here or away.
pub fn retire_status(tx: &mut Tx, status: AgentStatusId) -> Result<(), RoutingError> {
    only_admins(tx)?;
    let retired = store::statuses::find_status(tx, status)?.ok_or(RoutingError::NoSuchStatus)?;
    for user in store::statuses::list_present_in(tx, status)? {
        presence::enter(tx, user, retired.base(), None)?;
    }
    store::statuses::retire(tx, status)?;
    Ok(events::record(tx, &Event::AgentStatusChanged { status })?)
}

/// Like [`super::set_presence`], with a status that an admin made up.
pub fn choose_status(tx: &mut Tx, command: &ChooseStatus) -> Result<(), RoutingError> {
    if !tx.actor().is(command.user) && !tx.actor().is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    presence::agent(tx, command.user)?;
    let chosen = store::statuses::find_status(tx, command.status)?.ok_or(RoutingError::NoSuchStatus)?;
    presence::enter(tx, command.user, chosen.base(), Some(&chosen))
}

/// Gone, if they have never said anything.
pub fn said_of(tx: &mut Tx, user: UserId) -> Result<Said, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    let said = store::statuses::find_said(tx, user)?;
    Ok(said.unwrap_or(Said { status: PresenceStatus::Offline, chosen: None }))
}

fn only_admins(tx: &Tx) -> Result<(), RoutingError> {
    if tx.actor().is_admin() { Ok(()) } else { Err(RoutingError::NotAnAdmin) }
}

/// One line, not too long, and not the name of another one or of here, away and gone.
fn free_name(tx: &mut Tx, words: &StatusWords, own: Option<AgentStatusId>) -> Result<String, RoutingError> {
    let name = words.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > STATUS_NAME_CHARS_MAX {
        return Err(RoutingError::StatusNameIsWrong);
    }
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    let others = store::statuses::list_statuses(tx)?;
    let is_taken = others.iter().any(|it| Some(it.id) != own && same(&it.name));
    if is_taken || ["here", "away", "gone", "online", "offline"].into_iter().any(same) {
        return Err(RoutingError::StatusNameIsTaken);
    }
    Ok(name)
}
