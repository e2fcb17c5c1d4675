//! Making and changing scorecards. A change of what is scored is a new version; reviews keep theirs.

use super::{
    CATEGORIES_MAX, Category, NAME_CHARS_MAX, POINTS_MAX, POINTS_MIN, ReviewError, SKILLS_PER_CATEGORY_MAX,
    Scorecard, Section, TEXT_CHARS_MAX, store, words,
};
use crate::events::{self, Event};
use crate::{ScorecardId, SkillId, Tx, skills};
use ::skills::scorecard::CATEGORY_WEIGHT_MAX;

#[derive(Clone, Debug, PartialEq)]
pub struct SaveScorecard {
    pub name: String,
    pub about: String,
    pub categories: Vec<Category>,
}

/// The ones in use, the default first.
pub fn list_scorecards(tx: &mut Tx) -> Result<Vec<Scorecard>, db::Error> {
    store::list_scorecards(tx)
}

/// The newest version, retired or not.
pub fn scorecard(tx: &mut Tx, id: ScorecardId) -> Result<Option<Scorecard>, db::Error> {
    store::find_scorecard(tx, id)
}

/// [`list_scorecards`] as their reader reads them.
pub fn list_shown_scorecards(tx: &mut Tx) -> Result<Vec<Scorecard>, db::Error> {
    let all = store::list_scorecards(tx)?;
    words::newest_in_readers_words(tx, all)
}

/// [`scorecard`] as its reader reads it.
pub fn shown_scorecard(tx: &mut Tx, id: ScorecardId) -> Result<Option<Scorecard>, db::Error> {
    let found = store::find_scorecard(tx, id)?.into_iter().collect();
    Ok(words::newest_in_readers_words(tx, found)?.pop())
}

pub fn create_scorecard(tx: &mut Tx, command: &SaveScorecard) -> Result<Scorecard, ReviewError> {
    only_leads(tx)?;
    let wanted = checked(tx, command)?;
    let is_first = store::list_scorecards(tx)?.is_empty();
    let id = store::insert_scorecard(tx, &wanted, is_first)?;
    events::record(tx, &Event::ScorecardChanged { scorecard: id })?;
    store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)
}

/// Other categories make a new version; other words about it do not. The same again changes nothing.
pub fn update_scorecard(
    tx: &mut Tx,
    id: ScorecardId,
    command: &SaveScorecard,
) -> Result<Scorecard, ReviewError> {
    only_leads(tx)?;
    let is = store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    let wanted = checked(tx, command)?;
    let words_change = is.name != wanted.name || is.about != wanted.about;
    let categories_change = is.categories != wanted.categories;
    if !words_change && !categories_change {
        return Ok(is);
    }
    let mut version_id = is.version_id;
    if categories_change {
        version_id = store::insert_version(tx, id, is.version + 1, &wanted.categories)?;
        words::carry_over(tx, &is, version_id, &wanted.categories)?;
    }
    if words_change {
        store::words_are_behind(tx, version_id)?;
    }
    let version = is.version + i64::from(categories_change);
    store::save_scorecard(tx, id, &wanted.name, &wanted.about, version)?;
    events::record(tx, &Event::ScorecardChanged { scorecard: id })?;
    store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)
}

/// It is offered no more; what was reviewed with it stays.
pub fn retire_scorecard(tx: &mut Tx, id: ScorecardId) -> Result<(), ReviewError> {
    only_leads(tx)?;
    let is = store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    if is.is_default {
        return Err(ReviewError::DefaultStays);
    }
    let now = tx.now();
    store::save_retired(tx, id, Some(is.retired_at.unwrap_or(now)))?;
    Ok(events::record(tx, &Event::ScorecardChanged { scorecard: id })?)
}

pub fn restore_scorecard(tx: &mut Tx, id: ScorecardId) -> Result<(), ReviewError> {
    only_leads(tx)?;
    store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    store::save_retired(tx, id, None)?;
    Ok(events::record(tx, &Event::ScorecardChanged { scorecard: id })?)
}

/// The one that a review begins with.
pub fn make_default(tx: &mut Tx, id: ScorecardId) -> Result<(), ReviewError> {
    only_leads(tx)?;
    let is = store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    if is.retired_at.is_some() {
        return Err(ReviewError::NoSuchScorecard);
    }
    store::save_default(tx, id)?;
    Ok(events::record(tx, &Event::ScorecardChanged { scorecard: id })?)
}

pub(super) fn only_leads(tx: &Tx) -> Result<(), ReviewError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(ReviewError::NotALead) }
}

fn checked(tx: &mut Tx, command: &SaveScorecard) -> Result<SaveScorecard, ReviewError> {
    let mut wanted = command.clone();
    wanted.name = name_of(&wanted.name)?;
    wanted.about = wanted.about.trim().to_owned();
    if wanted.about.chars().count() > TEXT_CHARS_MAX {
        return Err(ReviewError::TextIsWrong);
    }
    if wanted.categories.len() > CATEGORIES_MAX {
        return Err(ReviewError::CategoriesAreWrong);
    }
    let scored = |it: &Category| matches!(it.section, Section::Standard | Section::Critical);
    if !wanted.categories.iter().any(scored) {
        return Err(ReviewError::CategoriesAreWrong);
    }
    let competencies = skills::competencies::list_competencies(tx)?;
    for it in &mut wanted.categories {
        let Some(id) = it.competency else { continue };
        let found = competencies.iter().find(|other| other.id == id).ok_or(ReviewError::SkillsAreWrong)?;
        it.skills = found.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect();
        if it.question.trim().is_empty() {
            it.question.clone_from(&found.behaviour);
        }
    }
    let known: Vec<SkillId> = skills::list_skills(tx)?.into_iter().map(|it| it.id).collect();
    for category in &mut wanted.categories {
        check_category(category, &known)?;
    }
    Ok(wanted)
}

fn check_category(it: &mut Category, known: &[SkillId]) -> Result<(), ReviewError> {
    it.name = name_of(&it.name)?;
    it.question = it.question.trim().to_owned();
    it.anchors.iter_mut().for_each(|anchor| *anchor = anchor.trim().to_owned());
    let too_long = |text: &String| text.chars().count() > TEXT_CHARS_MAX;
    if too_long(&it.question) || it.anchors.iter().any(too_long) {
        return Err(ReviewError::TextIsWrong);
    }
    if !(POINTS_MIN..=POINTS_MAX).contains(&it.points)
        || !(it.anchors.is_empty() || it.anchors.len() == usize::from(it.points))
    {
        return Err(ReviewError::ScaleIsWrong);
    }
    if !(it.weight > 0.0 && it.weight <= CATEGORY_WEIGHT_MAX) {
        return Err(ReviewError::WeightIsWrong);
    }
    let mut seen = Vec::new();
    for (skill, weight) in &it.skills {
        if !known.contains(skill) || seen.contains(skill) || !weight.is_finite() || *weight <= 0.0 {
            return Err(ReviewError::SkillsAreWrong);
        }
        seen.push(*skill);
    }
    if seen.len() > SKILLS_PER_CATEGORY_MAX { Err(ReviewError::SkillsAreWrong) } else { Ok(()) }
}

fn name_of(name: &str) -> Result<String, ReviewError> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    fits.then(|| name.to_owned()).ok_or(ReviewError::NameIsWrong)
}
