//! Competencies in the reader's language, as skills are ([`crate::skills::words`]): what has no words is read in the
//! original, and commands see the original alone.

use super::edit::{changed, only_leads};
use super::{Competency, CompetencyError, SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, store};
use crate::{CompetencyId, Language, Tx};
use serde::Serialize;

/// Languages of one competency.
pub const LANGUAGES_PER_COMPETENCY_MAX: usize = 40;

/// A competency in one language; what is empty is read in the original.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompetencyWords {
    pub language: Language,
    pub name: String,
    pub behaviour: String,
    /// At levels 1 to 5.
    pub anchors: [String; 5],
    /// Since when the original says something else.
    pub behind_at: Option<i64>,
}

/// By language; for staff.
pub fn words_of(tx: &mut Tx, id: CompetencyId) -> Result<Vec<CompetencyWords>, CompetencyError> {
    if !tx.actor().is_staff() {
        return Err(CompetencyError::NotStaff);
    }
    Ok(store::list_words_of(tx, id)?)
}

/// All empty: none in this language. Saying again what is there changes nothing, unless the original has changed: then it
/// says that the words still hold. `true`: something is different now.
pub fn set_words(tx: &mut Tx, id: CompetencyId, words: &CompetencyWords) -> Result<bool, CompetencyError> {
    only_leads(tx)?;
    store::find_competency(tx, id)?.ok_or(CompetencyError::NoSuchCompetency)?;
    let wanted = words.checked()?;
    let present = store::list_words_of(tx, id)?;
    let is = present.iter().find(|it| it.language == wanted.language);
    if is == Some(&wanted) || (is.is_none() && wanted.is_empty()) {
        return Ok(false);
    }
    if wanted.is_empty() {
        store::delete_words(tx, id, wanted.language)?;
    } else if is.is_none() && present.len() >= LANGUAGES_PER_COMPETENCY_MAX {
        return Err(CompetencyError::TooManyLanguages);
    } else {
        store::save_words(tx, id, &wanted)?;
    }
    changed(tx, id)?;
    Ok(true)
}

impl CompetencyWords {
    pub(super) fn put_on(self, it: &mut Competency) {
        let said = [(self.name, &mut it.name), (self.behaviour, &mut it.behaviour)];
        let levels = self.anchors.into_iter().zip(&mut it.anchors);
        for (words, on) in said.into_iter().chain(levels).filter(|(words, _)| !words.is_empty()) {
            *on = words;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        [&self.name, &self.behaviour].into_iter().chain(&self.anchors).all(String::is_empty)
    }

    fn checked(&self) -> Result<CompetencyWords, CompetencyError> {
        let it = CompetencyWords {
            language: self.language,
            name: self.name.trim().to_owned(),
            behaviour: self.behaviour.trim().to_owned(),
            anchors: self.anchors.clone().map(|words| words.trim().to_owned()),
            behind_at: None,
        };
        let is_long = |words: &String| words.chars().count() > SKILL_TEXT_CHARS_MAX;
        if it.name.chars().count() > SKILL_NAME_CHARS_MAX {
            return Err(CompetencyError::NameIsTooLong);
        }
        if is_long(&it.behaviour) {
            return Err(CompetencyError::BehaviourIsWrong);
        }
        if it.anchors.iter().any(is_long) { Err(CompetencyError::AnchorIsTooLong) } else { Ok(it) }
    }
}
