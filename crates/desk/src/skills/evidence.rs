//! Evidence: one observation of a person at work, or one statement about them, and how it moved what is believed.

use super::difficulty::OfWork;
use super::{SkillsError, level_is_right, replay, store};
use crate::events::{self, Event};
use crate::{EvidenceId, SkillId, TicketId, Tx, UserId};
use ::skills::Observation;
use serde::{Deserialize, Serialize};

/// What was seen or said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Observed {
    /// A solved ticket after its days of grace: `for_good` unless it was reopened or escalated.
    Outcome { for_good: bool },
    /// The customer's rating, 1–5.
    Satisfaction { score: u8 },
    /// What a person says of themself in one skill, 0–5.
    SelfRating { level: f64 },
    /// What their lead says.
    LeadRating { level: f64 },
    /// What a colleague says.
    PeerRating { level: f64 },
    /// A product release drew what was known back towards the start; this share of the lead stays.
    Release { keep: f64 },
    /// A skill check as a whole: what its answers say by themselves, and how unsure they leave it, in levels.
    Check { level: f64, sd_levels: f64 },
    /// Seconds spent, by what such work usually takes; only of work that was solved for good.
    HandleTime { ratio: f64 },
    /// One category of a review, on the level scale; `severity` is the reviewer's, in logits, as it was known then.
    Review { level: f64, severity: f64 },
}

impl Observed {
    /// The words of the columns `kind` and `value`.
    pub fn stored(self) -> (&'static str, f64) {
        match self {
            Observed::Outcome { for_good } => ("outcome", if for_good { 1.0 } else { 0.0 }),
            Observed::Satisfaction { score } => ("satisfaction", f64::from(score)),
            Observed::SelfRating { level } => ("self", level),
            Observed::LeadRating { level } => ("lead", level),
            Observed::PeerRating { level } => ("peer", level),
            Observed::Release { keep } => ("release", keep),
            Observed::Review { level, .. } => ("review", level),
            Observed::Check { level, .. } => ("check", level),
            Observed::HandleTime { ratio } => ("handle_time", ratio),
        }
    }

    /// The column `sd_levels`.
    pub(super) fn sd_levels(self) -> Option<f64> {
        match self {
            Observed::Check { sd_levels, .. } => Some(sd_levels),
            _ => None,
        }
    }

    /// With what stands in the column `sd_levels`.
    pub(super) fn with_sd_levels(self, stored: Option<f64>) -> Observed {
        match (self, stored) {
            (Observed::Check { level, .. }, Some(sd_levels)) => Observed::Check { level, sd_levels },
            _ => self,
        }
    }

    /// The column `severity`.
    pub(super) fn severity(self) -> Option<f64> {
        match self {
            Observed::Review { severity, .. } => Some(severity),
            _ => None,
        }
    }

    /// With what stands in the column `severity`.
    pub(super) fn with_severity(self, stored: Option<f64>) -> Observed {
        match (self, stored) {
            (Observed::Review { level, .. }, Some(severity)) => Observed::Review { level, severity },
            _ => self,
        }
    }

    pub fn from_stored(kind: &str, value: f64) -> Option<Observed> {
        Some(match kind {
            "outcome" => Observed::Outcome { for_good: value > 0.5 },
            "satisfaction" => Observed::Satisfaction { score: value as u8 },
            "self" => Observed::SelfRating { level: value },
            "lead" => Observed::LeadRating { level: value },
            "peer" => Observed::PeerRating { level: value },
            "release" => Observed::Release { keep: value },
            "review" => Observed::Review { level: value, severity: 0.0 },
            "check" => Observed::Check { level: value, sd_levels: CHECK_SD_LEVELS },
            "handle_time" => Observed::HandleTime { ratio: value },
            _ => return None,
        })
    }

    pub(crate) fn observation(self) -> Observation {
        match self {
            Observed::Outcome { for_good } => Observation::Solved { for_good },
            Observed::Satisfaction { score } => Observation::Satisfaction { score },
            Observed::SelfRating { level } => Observation::SelfRating { level },
            Observed::LeadRating { level } => Observation::LeadRating { level },
            Observed::PeerRating { level } => Observation::PeerRating { level },
            Observed::Release { keep } => Observation::Release { keep },
            Observed::Review { level, severity } => Observation::Review { level, severity },
            Observed::Check { level, sd_levels } => Observation::Check { level, sd_levels },
            Observed::HandleTime { ratio } => Observation::HandleTime { ratio, for_good: true },
        }
    }

    fn is_right(self) -> Result<(), SkillsError> {
        match self {
            Observed::Outcome { .. } => Ok(()),
            Observed::Satisfaction { score } if (1..=5).contains(&score) => Ok(()),
            Observed::Satisfaction { .. } => Err(SkillsError::ScoreIsWrong),
            Observed::Release { keep } if (0.0..=1.0).contains(&keep) => Ok(()),
            Observed::Release { .. } => Err(SkillsError::KeepIsWrong),
            Observed::HandleTime { ratio } if ratio.is_finite() && ratio > 0.0 => Ok(()),
            Observed::HandleTime { .. } => Err(SkillsError::RatioIsWrong),
            Observed::SelfRating { level }
            | Observed::LeadRating { level }
            | Observed::PeerRating { level }
            | Observed::Review { level, .. }
            | Observed::Check { level, .. } => level_is_right(level),
        }
    }
}

/// What a check leaves open where nothing else is known, in levels.
const CHECK_SD_LEVELS: f64 = 1.0;

#[derive(Clone, Debug)]
pub struct AddEvidence {
    /// One observation is counted once: the same key again changes nothing.
    pub key: String,
    /// Whom it is about.
    pub user: UserId,
    pub observed: Observed,
    pub ticket: Option<TicketId>,
    /// Who said so; `None` for outcomes.
    pub by: Option<UserId>,
    /// The skills it is about, with their weights.
    pub skills: Vec<(SkillId, f64)>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    /// When it happened.
    pub at: i64,
    pub note: String,
}

#[derive(Clone, Copy, Debug)]
pub struct RateSelf {
    pub skill: SkillId,
    pub level: f64,
}

#[derive(Clone, Debug)]
pub struct Rate {
    pub user: UserId,
    pub skill: SkillId,
    pub level: f64,
    pub note: String,
}

/// What leads said of a person with this note, in these skills.
#[derive(Clone, Debug)]
pub struct TakeBack {
    pub user: UserId,
    pub skills: Vec<SkillId>,
    pub note: String,
}

#[derive(Clone, Debug)]
pub struct StrikeEvidence {
    pub evidence: EvidenceId,
    pub reason: String,
}

/// Statements of one person about one skill that are closer than this replace each other: saying it twice is no proof.
const STATEMENT_REPLACES_WITHIN_MS: i64 = 90 * 24 * 3_600_000;
/// Why a statement no longer counts after that.
const REPLACED: &str = "replaced by a newer statement";
const TAKEN_BACK: &str = "taken back";

/// Adds an observation and moves the person's beliefs. `None` if its key was counted before, or if it is about no skill.
pub fn add_evidence(tx: &mut Tx, command: &AddEvidence) -> Result<Option<EvidenceId>, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    command.observed.is_right()?;
    store::staff_name(tx, command.user)?.ok_or(SkillsError::NoSuchPerson)?;
    add(tx, command)
}

/// What a person says of themself. A newer word of theirs takes the place of a recent one.
pub fn rate_self(tx: &mut Tx, command: &RateSelf) -> Result<EvidenceId, SkillsError> {
    let user = tx.actor().user().ok_or(SkillsError::NotYourOwn)?;
    if !tx.actor().is_staff() {
        return Err(SkillsError::NotStaff);
    }
    state(tx, user, Some(user), command.skill, Observed::SelfRating { level: command.level }, "")
}

/// What a lead says of a person. A newer word of the same lead takes the place of a recent one.
pub fn rate(tx: &mut Tx, command: &Rate) -> Result<EvidenceId, SkillsError> {
    let actor = *tx.actor();
    if !actor.is_lead() {
        return Err(SkillsError::NotALead);
    }
    if actor.is(command.user) {
        return Err(SkillsError::NotYourselfAsLead);
    }
    let observed = Observed::LeadRating { level: command.level };
    state(tx, command.user, actor.user(), command.skill, observed, &command.note)
}

/// Takes statements of leads back: they count as if they had never been made, and say nothing in their place.
pub fn take_back(tx: &mut Tx, command: &TakeBack) -> Result<(), SkillsError> {
    let actor = *tx.actor();
    if !actor.is_lead() {
        return Err(SkillsError::NotALead);
    }
    if actor.is(command.user) {
        return Err(SkillsError::NotYourselfAsLead);
    }
    lock_person(tx, command.user)?;
    // What one of them had replaced counts again, and may be one of them too.
    loop {
        let said = store::list_noted(tx, command.user, &command.note)?;
        let Some((evidence, _)) = said.into_iter().find(|(_, skill)| command.skills.contains(skill)) else {
            return Ok(());
        };
        strike_for_good(tx, evidence, command.user, TAKEN_BACK)?;
    }
}

/// Strikes out evidence: it stays in the list with its reason, and counts as if it had never been.
pub fn strike_evidence(tx: &mut Tx, command: &StrikeEvidence) -> Result<(), SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let reason = command.reason.trim();
    if reason.is_empty() {
        return Err(SkillsError::ReasonIsMissing);
    }
    let (user, struck) =
        store::find_evidence_owner(tx, command.evidence)?.ok_or(SkillsError::NoSuchEvidence)?;
    if struck {
        return Err(SkillsError::StruckAlready);
    }
    if tx.actor().is(user) {
        return Err(SkillsError::NotOnYourself);
    }
    lock_person(tx, user)?;
    strike_for_good(tx, command.evidence, user, reason)
}

fn state(
    tx: &mut Tx,
    user: UserId,
    by: Option<UserId>,
    skill: SkillId,
    observed: Observed,
    note: &str,
) -> Result<EvidenceId, SkillsError> {
    observed.is_right()?;
    store::find_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)?;
    store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    lock_person(tx, user)?;
    let now = tx.now();
    let kind = observed.stored().0;
    let since = now - STATEMENT_REPLACES_WITHIN_MS;
    let replaced = store::list_statements(tx, user, kind, by, skill, since)?;
    for evidence in &replaced {
        strike(tx, *evidence, user, REPLACED)?;
    }
    if !replaced.is_empty() {
        replay::rewrite(tx, user)?;
    }
    let said = store::count_statements(tx, user, kind, by, skill)?;
    let by_key = by.map_or(0, |by| by.0);
    let command = AddEvidence {
        key: format!("{kind}:{user}:{skill}:{by_key}:{said}"),
        user,
        observed,
        ticket: None,
        by,
        skills: vec![(skill, 1.0)],
        difficulty: 0.0,
        at: now,
        note: note.trim().to_owned(),
    };
    add(tx, &command)?.ok_or(SkillsError::NoSuchEvidence)
}

/// As if it had never been: a statement whose place it took counts again.
pub(super) fn strike_for_good(
    tx: &mut Tx,
    evidence: EvidenceId,
    user: UserId,
    reason: &str,
) -> Result<(), SkillsError> {
    strike(tx, evidence, user, reason)?;
    for former in store::list_replaced_by(tx, evidence, REPLACED)? {
        store::save_counting_again(tx, former)?;
        if store::save_stale(tx, user, Some(former))? {
            super::refit::ask_soon(tx)?;
        }
        events::record(tx, &Event::EvidenceAdded { evidence: former, user })?;
    }
    replay::rewrite(tx, user)
}

pub(super) fn strike(
    tx: &mut Tx,
    evidence: EvidenceId,
    user: UserId,
    reason: &str,
) -> Result<(), SkillsError> {
    store::save_struck(tx, evidence, reason)?;
    if store::save_stale(tx, user, Some(evidence))? {
        super::refit::ask_soon(tx)?;
    }
    Ok(events::record(tx, &Event::EvidenceStruck { evidence, user })?)
}

/// Evidence of one person is written down one after the other.
pub(super) fn lock_person(tx: &mut Tx, user: UserId) -> Result<(), db::Error> {
    tx.lock(&format!("evidence:{user}"))
}

pub(super) fn add(tx: &mut Tx, command: &AddEvidence) -> Result<Option<EvidenceId>, SkillsError> {
    add_of_work(tx, command, &OfWork::default())
}

/// The same of a piece of work, which had a topic, a priority and a channel, and perhaps others who did it too.
pub(super) fn add_of_work(
    tx: &mut Tx,
    command: &AddEvidence,
    of: &OfWork,
) -> Result<Option<EvidenceId>, SkillsError> {
    if command.skills.is_empty() {
        return Ok(None);
    }
    lock_person(tx, command.user)?;
    let Some(evidence) = store::insert_evidence(tx, command, of)? else { return Ok(None) };
    let ids: Vec<SkillId> = command.skills.iter().map(|(skill, _)| *skill).collect();
    let mut held = replay::Held::load(tx, command.user, &ids)?;
    let counts = super::policy(tx)?.counts(command.observed.stored().0);
    let steps = held.apply(&replay::Line { counts, share: of.share, ..replay::Line::from(command) });
    if steps.len() != command.skills.len() {
        return Err(SkillsError::NoSuchSkill);
    }
    store::insert_moves(tx, evidence, &command.skills, &steps)?;
    held.save(tx, command.user)?;
    events::record(tx, &Event::EvidenceAdded { evidence, user: command.user })?;
    Ok(Some(evidence))
}
