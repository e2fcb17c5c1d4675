//! Who interviews: leads, and whom a lead names for an opening. They score candidates alone and see nothing else of them.
//! What they get wrong is learnt from those who were hired.

use super::error::only_leads;
use super::fit::Errors;
use super::{HiringError, INTERVIEW_PAIRS_MAX, INTERVIEWERS_MAX, store};
use crate::events::{self, Event};
use crate::{CandidateId, OpeningId, SkillId, Tx, UserId, people, skills};
use ::skills::interview::{Pair, learn_errors};
use std::collections::{BTreeSet, HashSet};

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

/// A score of somebody who was hired, beside what work has shown since.
pub(super) struct Compared {
    pub interviewer: UserId,
    pub of: UserId,
    pub skill: SkillId,
    pub pair: Pair,
}

/// What interviewers get wrong, as far as work has shown it: of those who were hired, in skills of which enough is known.
pub(super) fn errors(tx: &mut Tx) -> Result<Errors, HiringError> {
    let mut pairs = store::list_lessons(tx, INTERVIEW_PAIRS_MAX)?;
    pairs.extend(shown(tx, None)?.into_iter().map(|it| (it.interviewer, it.pair)));
    let errors = learn_errors(pairs.into_iter().map(|(interviewer, pair)| (interviewer.0, pair)));
    Ok(errors.into_iter().map(|(interviewer, error)| (UserId(interviewer), error)).collect())
}

/// Before a candidate is forgotten: what their scores taught, without a word about whom.
pub(super) fn keep_lessons(tx: &mut Tx, candidate: CandidateId) -> Result<(), HiringError> {
    for it in shown(tx, Some(candidate))? {
        store::insert_lesson(tx, it.interviewer, &it.pair)?;
    }
    Ok(())
}

fn shown(tx: &mut Tx, candidate: Option<CandidateId>) -> Result<Vec<Compared>, HiringError> {
    let mut all = store::list_compared(tx, candidate, INTERVIEW_PAIRS_MAX)?;
    if all.is_empty() {
        return Ok(all);
    }
    let users: BTreeSet<UserId> = all.iter().map(|it| it.of).collect();
    let asked: BTreeSet<SkillId> = all.iter().map(|it| it.skill).collect();
    let (users, asked): (Vec<_>, Vec<_>) = (users.into_iter().collect(), asked.into_iter().collect());
    let known = skills::beliefs_of(tx, &users, &asked)?;
    let sure: HashSet<(UserId, SkillId)> =
        known.iter().filter(|it| it.is_sure()).map(|it| (it.user, it.skill)).collect();
    all.retain(|it| sure.contains(&(it.of, it.skill)));
    Ok(all)
}
