//! Writing an opening, and who may see it: leads, colleagues, everybody, nobody any more.

use super::error::only_leads;
use super::*;
use crate::events::{self, Event};
use crate::skills::{self, SkillSummary};
use crate::{OpeningId, RoleId, SkillId, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningState {
    /// For leads.
    Draft,
    /// Colleagues see it, and may say that they want it.
    Inside,
    /// On the public page and in the feed too.
    Public,
    Closed,
}

impl OpeningState {
    pub const ALL: [OpeningState; 4] =
        [OpeningState::Draft, OpeningState::Inside, OpeningState::Public, OpeningState::Closed];

    pub fn name(self) -> &'static str {
        match self {
            OpeningState::Draft => "draft",
            OpeningState::Inside => "inside",
            OpeningState::Public => "public",
            OpeningState::Closed => "closed",
        }
    }

    pub fn parse(name: &str) -> Option<OpeningState> {
        OpeningState::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Colleagues see it.
    pub fn is_open(self) -> bool {
        matches!(self, OpeningState::Inside | OpeningState::Public)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opening {
    pub id: OpeningId,
    pub title: String,
    /// What the work is, as everybody reads it.
    pub summary: String,
    pub place: String,
    pub seats: i64,
    /// The gap behind it, in words; for leads.
    pub reason: String,
    pub role: Option<RoleId>,
    pub state: OpeningState,
    /// The heaviest first.
    pub needs: Vec<OpeningNeed>,
    pub created_at: i64,
    pub updated_at: i64,
    pub public_at: Option<i64>,
    pub closed_at: Option<i64>,
}

/// A skill that an opening asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpeningNeed {
    pub skill: SkillSummary,
    /// Above 0, up to 5.
    pub level: f64,
    /// Above 0, up to 1.
    pub weight: f64,
    /// What every candidate is asked about it.
    pub question: String,
}

/// An opening as it shall be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteOpening {
    pub title: String,
    pub summary: String,
    pub place: String,
    pub seats: i64,
    pub reason: String,
    pub role: Option<RoleId>,
    pub needs: Vec<WriteNeed>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WriteNeed {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    /// Empty: the usual question.
    pub question: String,
}

/// The question where nobody has written another. Everybody is asked for something that happened, not for an opinion.
pub(super) fn usual_question(skill: &str) -> String {
    format!("Tell us of a time when it came down to this: {skill}. What did you do, and what came of it?")
}

pub fn create_opening(tx: &mut Tx, command: &WriteOpening) -> Result<OpeningId, HiringError> {
    only_leads(tx)?;
    let wanted = checked(tx, command)?;
    if store::count_open(tx)? >= OPENINGS_MAX {
        return Err(HiringError::TooManyOpenings);
    }
    let id = store::insert_opening(tx, &wanted)?;
    store::save_needs(tx, id, &wanted.needs)?;
    events::record(tx, &Event::OpeningChanged { opening: id })?;
    Ok(id)
}

/// Scores in skills that are asked no more stay with their scorecards and count for nothing.
pub fn update_opening(tx: &mut Tx, id: OpeningId, command: &WriteOpening) -> Result<(), HiringError> {
    only_leads(tx)?;
    let is = store::find_opening(tx, id)?.ok_or(HiringError::NoSuchOpening)?;
    let wanted = checked(tx, command)?;
    if is.state == OpeningState::Public && wanted.summary.is_empty() {
        return Err(HiringError::SummaryIsMissing);
    }
    store::save_opening(tx, id, &wanted)?;
    store::save_needs(tx, id, &wanted.needs)?;
    Ok(events::record(tx, &Event::OpeningChanged { opening: id })?)
}

/// Any state may follow any other; the same again changes nothing. Alerts go out a minute after an opening is public.
pub fn move_opening(tx: &mut Tx, id: OpeningId, to: OpeningState) -> Result<(), HiringError> {
    only_leads(tx)?;
    let is = store::find_opening(tx, id)?.ok_or(HiringError::NoSuchOpening)?;
    if is.state == to {
        return Ok(());
    }
    if to == OpeningState::Public && is.summary.is_empty() {
        return Err(HiringError::SummaryIsMissing);
    }
    if is.state == OpeningState::Closed && store::count_open(tx)? >= OPENINGS_MAX {
        return Err(HiringError::TooManyOpenings);
    }
    store::save_state(tx, id, to)?;
    Ok(events::record(tx, &Event::OpeningMoved { opening: id, to })?)
}

fn checked(tx: &mut Tx, command: &WriteOpening) -> Result<WriteOpening, HiringError> {
    let mut wanted = command.clone();
    wanted.title = wanted.title.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [&mut wanted.summary, &mut wanted.place, &mut wanted.reason] {
        *text = text.trim().replace("\r\n", "\n");
    }
    is_right(&wanted)?;
    let known: HashSet<SkillId> = skills::list_skills(tx)?.into_iter().map(|it| it.id).collect();
    if wanted.needs.iter().any(|it| !known.contains(&it.skill)) {
        return Err(HiringError::SkillsAreWrong);
    }
    if let Some(role) = wanted.role {
        skills::roles::find_role(tx, role)?.ok_or(skills::roles::RoleError::NoSuchRole)?;
    }
    Ok(wanted)
}

fn is_right(it: &WriteOpening) -> Result<(), HiringError> {
    let chars = |text: &str| text.chars().count();
    if it.title.is_empty() || chars(&it.title) > TITLE_CHARS_MAX {
        return Err(HiringError::TitleIsWrong);
    }
    if chars(&it.summary) > SUMMARY_CHARS_MAX || chars(&it.place) > TITLE_CHARS_MAX {
        return Err(HiringError::TextIsTooLong);
    }
    if chars(&it.reason) > NOTE_CHARS_MAX
        || it.needs.iter().any(|need| chars(&need.question) > NOTE_CHARS_MAX)
    {
        return Err(HiringError::NoteIsTooLong);
    }
    if !(1..=SEATS_MAX).contains(&it.seats) {
        return Err(HiringError::SeatsAreWrong);
    }
    let mut seen = HashSet::new();
    if !(1..=SKILLS_PER_OPENING_MAX).contains(&it.needs.len())
        || !it.needs.iter().all(|need| seen.insert(need.skill))
    {
        return Err(HiringError::SkillsAreWrong);
    }
    if !it.needs.iter().all(|need| need.level > 0.0 && need.level <= ::skills::LEVEL_MAX) {
        return Err(HiringError::LevelIsWrong);
    }
    if !it.needs.iter().all(|need| need.weight > 0.0 && need.weight <= 1.0) {
        return Err(HiringError::WeightIsWrong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_opening_asks_lies_within_its_limits() {
        let need = WriteNeed { skill: SkillId(1), level: 3.0, weight: 0.7, question: String::new() };
        let right = WriteOpening {
            title: "Tier 2".into(),
            seats: 1,
            needs: vec![need.clone()],
            ..Default::default()
        };
        assert!(is_right(&right).is_ok());
        let wrong = |it: WriteOpening| is_right(&it).expect_err("it is wrong").to_string();
        assert!(wrong(WriteOpening { title: String::new(), ..right.clone() }).contains("title"));
        assert!(wrong(WriteOpening { seats: 0, ..right.clone() }).contains("people"));
        assert!(wrong(WriteOpening { needs: vec![], ..right.clone() }).contains("skills"));
        assert!(
            wrong(WriteOpening { needs: vec![need.clone(), need.clone()], ..right.clone() }).contains("once")
        );
        let level = WriteNeed { level: f64::NAN, ..need.clone() };
        assert!(wrong(WriteOpening { needs: vec![level], ..right.clone() }).contains("level"));
        let weight = WriteNeed { weight: 1.5, ..need };
        assert!(wrong(WriteOpening { needs: vec![weight], ..right }).contains("weight"));
    }
}
