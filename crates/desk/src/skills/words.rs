//! Skills in the reader's language: what they are called, what they mean, what can be seen at their levels.
//!
//! Table: `skill_words`; setting `library_words`. Event: `SkillWordsSet`. At the door: `/admin/skills/{id}/words`.
//! An [`Actor`](crate::Actor) who reads with a language sees these words on every page; what has none is read in the
//! original. Commands never have a language, so whatever is written down names skills as they were written.

use super::{SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, Skill, SkillsError, store};
use crate::events::{self, Event};
use crate::{Language, SkillId, Tx, settings};
use serde::Serialize;
use std::collections::HashMap;

/// Languages of one skill.
pub const LANGUAGES_PER_SKILL_MAX: usize = 40;
const SETTING: &str = "library_words";
/// What the shipped words hold: 1 names and meanings, 2 the sentences of levels too. A desk that has fewer gets what it
/// lacks at its next opening.
const LIBRARY_WORDS: i64 = 2;

/// A skill in one language; what is empty is read in the original.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillWords {
    pub language: Language,
    pub name: String,
    pub meaning: String,
    /// At levels 1 to 5.
    pub anchors: [String; 5],
    pub updated_at: i64,
    /// Since when the original says something else.
    pub behind_at: Option<i64>,
}

impl SkillWords {
    pub(super) fn put_on(self, skill: &mut Skill) {
        let put = |words: String, on: &mut String| {
            if !words.is_empty() {
                *on = words;
            }
        };
        put(self.name, &mut skill.name);
        put(self.meaning, &mut skill.meaning);
        self.anchors.into_iter().zip(&mut skill.anchors).for_each(|(words, on)| put(words, on));
    }
}

/// The words of one skill in one language as they shall be. All empty: none.
#[derive(Clone, Debug, PartialEq)]
pub struct SetWords {
    pub skill: SkillId,
    pub language: Language,
    pub name: String,
    pub meaning: String,
    pub anchors: [String; 5],
}

/// By language.
pub fn words_of(tx: &mut Tx, skill: SkillId) -> Result<Vec<SkillWords>, SkillsError> {
    if !tx.actor().is_staff() {
        return Err(SkillsError::NotStaff);
    }
    Ok(store::list_words_of(tx, skill)?)
}

/// Saying again what is there changes nothing, unless the original has changed: then it says that the words still hold.
/// `true`: something is different now.
pub fn set_words(tx: &mut Tx, command: &SetWords) -> Result<bool, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let wanted = tidied(command)?;
    store::find_skill(tx, wanted.skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let present = store::list_words_of(tx, wanted.skill)?;
    let is = present.iter().find(|it| it.language == wanted.language);
    let same = is.is_some_and(|it| {
        it.behind_at.is_none()
            && (&it.name, &it.meaning, &it.anchors) == (&wanted.name, &wanted.meaning, &wanted.anchors)
    });
    let empty = wanted.is_empty();
    if same || (empty && is.is_none()) {
        return Ok(false);
    }
    if empty {
        store::delete_words(tx, wanted.skill, wanted.language)?;
    } else {
        if is.is_none() && present.len() >= LANGUAGES_PER_SKILL_MAX {
            return Err(SkillsError::TooManyLanguages);
        }
        store::save_words(tx, &wanted)?;
    }
    events::record(tx, &Event::SkillWordsSet { skill: wanted.skill, language: wanted.language })?;
    Ok(true)
}

impl SetWords {
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.meaning.is_empty() && self.anchors.iter().all(String::is_empty)
    }
}

fn tidied(command: &SetWords) -> Result<SetWords, SkillsError> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = SetWords {
        name: one_line(&command.name),
        meaning: command.meaning.trim().to_owned(),
        anchors: command.anchors.clone().map(|it| it.trim().to_owned()),
        ..*command
    };
    if words.name.chars().count() > SKILL_NAME_CHARS_MAX {
        return Err(SkillsError::NameIsTooLong);
    }
    let too_long = |text: &String| text.chars().count() > SKILL_TEXT_CHARS_MAX;
    if too_long(&words.meaning) || words.anchors.iter().any(too_long) {
        return Err(SkillsError::TextIsTooLong);
    }
    Ok(words)
}

/// The shipped words, once: for skills that still say what the library says. A desk that has its names and meanings
/// already gets the sentences of levels beside them, where it wrote none; languages that it took off a skill stay off.
pub(crate) fn lay_words(tx: &mut Tx) -> Result<(), db::Error> {
    let laid = settings::find::<i64>(tx, SETTING)?.unwrap_or_default();
    if laid >= LIBRARY_WORDS {
        return Ok(());
    }
    let library = ::skills::library();
    let skills = store::list_all_skills(tx)?;
    let present: HashMap<(SkillId, Language), SkillWords> =
        store::list_all_words(tx)?.into_iter().map(|(skill, it)| ((skill, it.language), it)).collect();
    let mut all = Vec::new();
    for (language, words) in ::skills::library_words() {
        let Some(language) = Language::of(language) else { continue };
        for skill in &skills {
            let (Some(shipped), Some(words)) = (library.skill(&skill.key), words.get(&skill.key)) else {
                continue;
            };
            let is = present.get(&(skill.id, language));
            let laid_now = match is {
                Some(is) => filled(is, skill, shipped, words),
                None if laid == 0 => fresh(language, skill, shipped, words),
                None => continue,
            };
            let changes = is.is_none_or(|is| is.anchors != laid_now.anchors);
            if changes && !laid_now.is_empty() {
                all.push(laid_now);
            }
        }
    }
    store::lay_library_words(tx, &all)?;
    settings::save(tx, SETTING, &LIBRARY_WORDS)
}

/// The shipped words of a skill that has none: of what still says what the library says.
fn fresh(
    language: Language,
    skill: &Skill,
    shipped: &::skills::Skill,
    words: &::skills::SkillWords,
) -> SetWords {
    let when = |same: bool, text: &str| if same { text.to_owned() } else { String::new() };
    SetWords {
        skill: skill.id,
        language,
        name: when(skill.name == shipped.name, &words.name),
        meaning: when(skill.meaning == shipped.meaning, &words.meaning),
        anchors: std::array::from_fn(|at| when(skill.anchors[at] == shipped.anchors[at], &words.anchors[at])),
    }
}

/// What the desk has, with the shipped sentences of those levels that have none.
fn filled(
    is: &SkillWords,
    skill: &Skill,
    shipped: &::skills::Skill,
    words: &::skills::SkillWords,
) -> SetWords {
    let fresh = fresh(is.language, skill, shipped, words);
    let anchor = |(is, fresh): (&String, String)| if is.is_empty() { fresh } else { is.clone() };
    let mut anchors = is.anchors.iter().zip(fresh.anchors).map(anchor);
    SetWords {
        name: is.name.clone(),
        meaning: is.meaning.clone(),
        anchors: std::array::from_fn(|_| anchors.next().unwrap_or_default()),
        ..fresh
    }
}
