//! Candidates: entered by leads, imported, or colleagues who say that they want the work.

use super::error::only_leads;
use super::*;
use crate::events::{self, Event};
use crate::{CandidateId, OpeningId, Tx, UserId, people};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    New,
    Interviews,
    Offer,
    Hired,
    Declined,
    Withdrawn,
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::New, Stage::Interviews, Stage::Offer, Stage::Hired, Stage::Declined, Stage::Withdrawn];

    pub fn name(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Interviews => "interviews",
            Stage::Offer => "offer",
            Stage::Hired => "hired",
            Stage::Declined => "declined",
            Stage::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Nothing more is to be decided.
    pub fn is_over(self) -> bool {
        matches!(self, Stage::Hired | Stage::Declined | Stage::Withdrawn)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    pub id: CandidateId,
    pub opening: OpeningId,
    pub name: String,
    /// Empty: not known.
    pub email: String,
    /// A colleague.
    pub user: Option<UserId>,
    /// Where they come from, in words.
    pub source: String,
    pub note: String,
    pub stage: Stage,
    pub created_at: i64,
    pub decided_at: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddCandidate {
    pub name: String,
    pub email: String,
    pub source: String,
    pub note: String,
}

pub fn add_candidate(
    tx: &mut Tx,
    opening: OpeningId,
    command: &AddCandidate,
) -> Result<CandidateId, HiringError> {
    only_leads(tx)?;
    let opening = open_opening(tx, opening)?;
    let wanted = checked(command)?;
    if !wanted.email.is_empty() && store::find_candidate_by_address(tx, opening.id, &wanted.email)?.is_some()
    {
        return Err(HiringError::CandidateTwice);
    }
    add(tx, opening.id, &wanted, None)
}

/// A colleague says that they want this work. Saying it again changes nothing; it takes a withdrawal back.
pub fn volunteer(tx: &mut Tx, opening: OpeningId, note: &str) -> Result<CandidateId, HiringError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(HiringError::NotStaff)?;
    let opening = open_opening(tx, opening)?;
    if !opening.state.is_open() {
        return Err(HiringError::NoSuchOpening);
    }
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(HiringError::NoteIsTooLong);
    }
    if let Some(is) = store::find_candidate_by_user(tx, opening.id, me)? {
        if is.stage == Stage::Withdrawn {
            moved(tx, &is, Stage::New)?;
        }
        return Ok(is.id);
    }
    let name = people::find_user(tx, me)?.map(|user| user.name).unwrap_or_default();
    let wanted = AddCandidate {
        name,
        note: note.trim().to_owned(),
        source: "A colleague".into(),
        ..Default::default()
    };
    add(tx, opening.id, &wanted, Some(me))
}

/// A colleague does not want it any more.
pub fn withdraw(tx: &mut Tx, opening: OpeningId) -> Result<(), HiringError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(HiringError::NotStaff)?;
    let is = store::find_candidate_by_user(tx, opening, me)?.ok_or(HiringError::NoSuchCandidate)?;
    if is.stage.is_over() {
        return Ok(());
    }
    moved(tx, &is, Stage::Withdrawn)
}

/// Any stage may follow any other; the same again changes nothing.
pub fn move_candidate(tx: &mut Tx, id: CandidateId, to: Stage) -> Result<(), HiringError> {
    only_leads(tx)?;
    let is = store::find_candidate(tx, id)?.ok_or(HiringError::NoSuchCandidate)?;
    if is.stage == to {
        return Ok(());
    }
    moved(tx, &is, to)
}

pub fn note_candidate(tx: &mut Tx, id: CandidateId, note: &str) -> Result<(), HiringError> {
    only_leads(tx)?;
    let is = store::find_candidate(tx, id)?.ok_or(HiringError::NoSuchCandidate)?;
    let note = note.trim().replace("\r\n", "\n");
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(HiringError::NoteIsTooLong);
    }
    store::save_note(tx, id, &note)?;
    Ok(events::record(tx, &Event::CandidateChanged { candidate: is.id, stage: is.stage })?)
}

/// Deletes all that is known of a candidate, scorecards too. Nothing brings it back.
pub fn forget_candidate(tx: &mut Tx, id: CandidateId) -> Result<OpeningId, HiringError> {
    only_leads(tx)?;
    let is = store::find_candidate(tx, id)?.ok_or(HiringError::NoSuchCandidate)?;
    store::delete_candidate(tx, id)?;
    events::record(tx, &Event::CandidateForgotten { candidate: id })?;
    Ok(is.opening)
}

/// Those whose time is over.
pub(super) fn forget_old(tx: &mut Tx) -> Result<(), HiringError> {
    let until = tx.now() - CANDIDATE_KEPT_DAYS * DAY_MS;
    for id in store::list_candidates_decided_before(tx, until)? {
        interviewers::keep_lessons(tx, id)?;
        store::delete_candidate(tx, id)?;
        events::record(tx, &Event::CandidateForgotten { candidate: id })?;
    }
    Ok(())
}

fn moved(tx: &mut Tx, is: &Candidate, to: Stage) -> Result<(), HiringError> {
    store::save_stage(tx, is.id, to)?;
    Ok(events::record(tx, &Event::CandidateChanged { candidate: is.id, stage: to })?)
}

pub(super) fn add(
    tx: &mut Tx,
    opening: OpeningId,
    wanted: &AddCandidate,
    user: Option<UserId>,
) -> Result<CandidateId, HiringError> {
    if store::count_candidates(tx, opening)? >= CANDIDATES_PER_OPENING_MAX {
        return Err(HiringError::TooManyCandidates);
    }
    let id = store::insert_candidate(tx, opening, wanted, user)?;
    events::record(tx, &Event::CandidateAdded { opening, candidate: id })?;
    Ok(id)
}

pub(super) fn open_opening(tx: &mut Tx, id: OpeningId) -> Result<Opening, HiringError> {
    let opening = store::find_opening(tx, id)?.ok_or(HiringError::NoSuchOpening)?;
    if opening.state == OpeningState::Closed {
        return Err(HiringError::OpeningIsClosed);
    }
    Ok(opening)
}

pub(super) fn checked(command: &AddCandidate) -> Result<AddCandidate, HiringError> {
    let name = command.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > TITLE_CHARS_MAX {
        return Err(HiringError::NameIsWrong);
    }
    let written = command.email.trim();
    let email = match written.is_empty() {
        true => String::new(),
        false => people::fold_address(written).ok_or(HiringError::AddressIsWrong)?,
    };
    let note = command.note.trim().replace("\r\n", "\n");
    let source = command.source.trim().to_owned();
    if note.chars().count() > NOTE_CHARS_MAX || source.chars().count() > TITLE_CHARS_MAX {
        return Err(HiringError::NoteIsTooLong);
    }
    Ok(AddCandidate { name, email, source, note })
}
