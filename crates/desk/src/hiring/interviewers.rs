//! Who interviews: leads, and whom a lead names for an opening. They score candidates alone and see nothing else of them.

use super::error::only_leads;
use super::{HiringError, INTERVIEWERS_MAX, store};
use crate::events::{self, Event};
use crate::{OpeningId, Tx, UserId, people};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct SetInterviewers {
    pub opening: OpeningId,
    /// All of them; whoever is not named scores no more. What they scored stays.
    pub users: Vec<UserId>,
}

pub fn set_interviewers(tx: &mut Tx, command: &SetInterviewers) -> Result<(), HiringError> {
    only_leads(tx)?;
    let opening = store::find_opening(tx, command.opening)?.ok_or(HiringError::NoSuchOpening)?;
    let agents: BTreeSet<UserId> = people::list_agent_names(tx)?.into_iter().map(|it| it.id).collect();
    let wanted: BTreeSet<UserId> = command.users.iter().copied().collect();
    if wanted.len() > INTERVIEWERS_MAX || !wanted.is_subset(&agents) {
        return Err(HiringError::InterviewersAreWrong);
    }
    store::save_interviewers(tx, opening.id, &wanted)?;
    Ok(events::record(tx, &Event::OpeningChanged { opening: opening.id })?)
}

/// Leads, and whoever is named for the opening and still works here.
pub(super) fn may_interview(tx: &mut Tx, opening: OpeningId) -> Result<bool, db::Error> {
    let actor = *tx.actor();
    if actor.is_lead() {
        return Ok(true);
    }
    let Some(me) = actor.user().filter(|_| actor.is_agent()) else { return Ok(false) };
    Ok(store::list_interviewers(tx, opening)?.iter().any(|it| it.0 == me))
}
