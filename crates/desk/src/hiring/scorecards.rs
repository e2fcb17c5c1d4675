//! Scorecards: each interviewer scores the same skills alone.

use super::*;
use crate::events::{self, Event};
use crate::skills::level_is_right;
use crate::{CandidateId, SkillId, Tx, UserId};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    pub skill: SkillId,
    /// 0 to 5.
    pub level: f64,
    /// What was said or shown.
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    pub interviewer: UserId,
    pub interviewer_name: String,
    pub note: String,
    pub scores: Vec<Score>,
    pub updated_at: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SaveScorecard {
    pub candidate: CandidateId,
    pub note: String,
    /// Skills that came up; the rest says nothing, which is not zero.
    pub scores: Vec<Score>,
}

/// A candidate whom the actor may interview; to everybody else there is none.
pub(super) fn to_interview(tx: &mut Tx, id: CandidateId) -> Result<Candidate, HiringError> {
    let candidate = store::find_candidate(tx, id)?.ok_or(HiringError::NoSuchCandidate)?;
    match interviewers::may_interview(tx, candidate.opening)? {
        true => Ok(candidate),
        false => Err(HiringError::NoSuchCandidate),
    }
}

/// One's own; written again it replaces what was there.
pub fn save_scorecard(tx: &mut Tx, command: &SaveScorecard) -> Result<(), HiringError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(HiringError::NotStaff)?;
    let candidate = to_interview(tx, command.candidate)?;
    if candidate.user == Some(me) {
        return Err(HiringError::OwnScorecard);
    }
    let opening = candidates::open_opening(tx, candidate.opening)?;
    if command.scores.is_empty() {
        return Err(HiringError::NothingScored);
    }
    for it in &command.scores {
        if !opening.needs.iter().any(|need| need.skill.id == it.skill) || level_is_right(it.level).is_err() {
            return Err(HiringError::ScoreIsWrong);
        }
        if it.note.chars().count() > NOTE_CHARS_MAX {
            return Err(HiringError::NoteIsTooLong);
        }
    }
    if command.note.chars().count() > NOTE_CHARS_MAX {
        return Err(HiringError::NoteIsTooLong);
    }
    tx.lock(&format!("candidate:{}", candidate.id))?;
    store::save_scorecard(tx, me, command)?;
    events::record(tx, &Event::CandidateScored { candidate: candidate.id, by: me })?;
    if candidate.stage == Stage::New {
        store::save_stage(tx, candidate.id, Stage::Interviews)?;
        events::record(tx, &Event::CandidateChanged { candidate: candidate.id, stage: Stage::Interviews })?;
    }
    Ok(())
}
