//! A person objects to evidence about themself; a lead who is somebody else, and did not say it, decides with a recorded
//! reason.

use super::{SkillsError, evidence, store};
use crate::events::{self, Event};
use crate::{ContestId, EvidenceId, Tx, UserId};
use serde::Serialize;

pub const CONTEST_CHARS_MAX: usize = 1_000;

#[derive(Clone, Debug)]
pub struct ContestEvidence {
    pub evidence: EvidenceId,
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContestOutcome {
    /// It goes on counting.
    Kept,
    /// It counts as if it had never been.
    Struck,
}

impl ContestOutcome {
    pub fn name(self) -> &'static str {
        match self {
            ContestOutcome::Kept => "kept",
            ContestOutcome::Struck => "struck",
        }
    }

    pub fn parse(name: &str) -> Option<ContestOutcome> {
        [ContestOutcome::Kept, ContestOutcome::Struck].into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct DecideContest {
    pub contest: ContestId,
    pub outcome: ContestOutcome,
    pub reason: String,
}

/// An objection as it was made and decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contest {
    pub id: ContestId,
    pub evidence: EvidenceId,
    pub user: UserId,
    pub words: String,
    pub created_at: i64,
    pub decided_at: Option<i64>,
    pub decided_by: Option<UserId>,
    pub decided_by_name: Option<String>,
    pub outcome: Option<ContestOutcome>,
    pub reason: Option<String>,
}

/// Only one's own evidence, and only while it counts. An objection that waits already is not made twice.
pub fn contest_evidence(tx: &mut Tx, command: &ContestEvidence) -> Result<ContestId, SkillsError> {
    let (user, struck) =
        store::find_evidence_owner(tx, command.evidence)?.ok_or(SkillsError::NoSuchEvidence)?;
    if !tx.actor().is(user) {
        return Err(SkillsError::NotAboutYou);
    }
    if struck {
        return Err(SkillsError::StruckAlready);
    }
    let words = right_words(&command.words)?;
    let evidence = command.evidence;
    let contest = store::insert_contest(tx, evidence, user, words)?.ok_or(SkillsError::ContestedAlready)?;
    events::record(tx, &Event::EvidenceContested { contest, evidence, user })?;
    Ok(contest)
}

/// Nobody decides about themself, nor about what they said themself while another lead or admin is there to ask.
pub fn decide_contest(tx: &mut Tx, command: &DecideContest) -> Result<(), SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let contest = store::contest_by_id(tx, command.contest)?.ok_or(SkillsError::NoSuchContest)?;
    if tx.actor().is(contest.user) {
        return Err(SkillsError::NotOnYourself);
    }
    if contest.decided_at.is_some() {
        return Err(SkillsError::DecidedAlready);
    }
    if store::is_for_another_lead(tx, contest.id)? {
        return Err(SkillsError::SaidByYou);
    }
    let reason = right_words(&command.reason)?;
    if !store::save_decided(tx, contest.id, command.outcome, reason)? {
        return Err(SkillsError::DecidedAlready);
    }
    let (evidence, user) = (contest.evidence, contest.user);
    let struck = command.outcome == ContestOutcome::Struck;
    events::record(tx, &Event::ContestDecided { contest: contest.id, evidence, user, struck })?;
    let counts = store::find_evidence_owner(tx, evidence)?.is_some_and(|(_, struck)| !struck);
    if struck && counts {
        evidence::lock_person(tx, user)?;
        evidence::strike_for_good(tx, evidence, user, reason)?;
    }
    Ok(())
}

fn right_words(words: &str) -> Result<&str, SkillsError> {
    let words = words.trim();
    match words.chars().count() {
        0 => Err(SkillsError::ReasonIsMissing),
        count if count > CONTEST_CHARS_MAX => Err(SkillsError::WordsAreTooLong),
        _ => Ok(words),
    }
}

/// An objection, for its person and for leads.
pub fn find_contest(tx: &mut Tx, contest: ContestId) -> Result<Option<Contest>, SkillsError> {
    let actor = *tx.actor();
    Ok(store::contest_by_id(tx, contest)?.filter(|it| actor.is_lead() || actor.is(it.user)))
}
