//! A product release: what was known of the skills it touches is drawn back towards where everybody starts.
//!
//! What it did to whom is evidence of the kind `release`: visible to its subject, open to objection, replayed.

use super::evidence::{self, AddEvidence, Observed};
use super::{SKILL_NAME_CHARS_MAX, SkillsError, store};
use crate::events::{self, Event};
use crate::{ReleaseId, SkillId, Tx, UserId};
use serde::Serialize;
use std::collections::BTreeMap;

/// Skills that one release may touch.
pub const SKILLS_PER_RELEASE_MAX: usize = 50;
/// Releases that a page lists.
pub const RELEASES_SHOWN_MAX: usize = 20;

#[derive(Clone, Debug)]
pub struct Release {
    pub name: String,
    /// The share of each lead over the start that stays: 0 (a new product) to 1 (nothing changed).
    pub keep: f64,
    pub skills: Vec<SkillId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleaseRow {
    pub id: ReleaseId,
    pub name: String,
    pub keep: f64,
    pub skills: Vec<SkillId>,
    /// How many people it touched.
    pub people: i64,
    pub at: i64,
    pub by_name: Option<String>,
}

pub fn release(tx: &mut Tx, command: &Release) -> Result<ReleaseId, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let name = command.name.trim();
    if name.is_empty() || name.chars().count() > SKILL_NAME_CHARS_MAX {
        return Err(SkillsError::NameIsWrong);
    }
    if !(0.0..=1.0).contains(&command.keep) {
        return Err(SkillsError::KeepIsWrong);
    }
    let mut skills = command.skills.clone();
    skills.sort();
    skills.dedup();
    if skills.is_empty() || skills.len() > SKILLS_PER_RELEASE_MAX {
        return Err(SkillsError::ReleaseSkillsAreWrong);
    }
    let mut touched: BTreeMap<UserId, Vec<(SkillId, f64)>> = BTreeMap::new();
    for skill in &skills {
        store::find_skill(tx, *skill)?.ok_or(SkillsError::NoSuchSkill)?;
        for user in store::list_people_with_skill(tx, *skill)? {
            touched.entry(user).or_default().push((*skill, 1.0));
        }
    }
    let wanted = Release { name: name.to_owned(), keep: command.keep, skills };
    let release = store::insert_release(tx, &wanted, touched.len())?;
    let (at, by) = (tx.now(), tx.actor().user());
    for (user, skills) in touched {
        let line = AddEvidence {
            key: format!("release:{release}:{user}"),
            user,
            observed: Observed::Release { keep: wanted.keep },
            ticket: None,
            by,
            skills,
            difficulty: 0.0,
            at,
            note: wanted.name.clone(),
        };
        evidence::add(tx, &line)?;
    }
    events::record(tx, &Event::SkillsReleased { release })?;
    Ok(release)
}

/// The newest first.
pub fn list_releases(tx: &mut Tx) -> Result<Vec<ReleaseRow>, SkillsError> {
    if !tx.actor().is_staff() {
        return Err(SkillsError::NotStaff);
    }
    Ok(store::newest_releases(tx, RELEASES_SHOWN_MAX)?)
}
