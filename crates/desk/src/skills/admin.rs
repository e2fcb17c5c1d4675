//! The library in the hands of the desk: skills, phrase rules, and trying the rules on a text.

use super::{
    DecayClass, Hardness, PHRASES_PER_RULE_MAX, SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, Skill, SkillKind,
    SkillRule, SkillSummary, SkillsError, level_is_right, store, triage, weight_is_right,
};
use crate::events::{self, Event};
use crate::{SkillId, SkillRuleId, Tx};
use serde::Serialize;

#[derive(Clone, Debug)]
pub struct CreateSkill {
    pub name: String,
    pub kind: SkillKind,
    pub meaning: String,
    /// What can be seen at levels 1 to 5; may be empty texts at first.
    pub anchors: [String; 5],
    /// `None`: as usual for the kind.
    pub decay: Option<DecayClass>,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug)]
pub struct UpdateSkill {
    pub skill: SkillId,
    pub name: Option<String>,
    pub meaning: Option<String>,
    pub anchors: Option<[String; 5]>,
    pub decay: Option<DecayClass>,
}

#[derive(Clone, Debug)]
pub struct CreateRule {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    /// Two letters; `None`: any language.
    pub language: Option<String>,
    /// Whole words; `*` at an end stands for anything there.
    pub phrases: Vec<String>,
}

/// The rule as it shall be.
#[derive(Clone, Debug)]
pub struct UpdateRule {
    pub rule: SkillRuleId,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub language: Option<String>,
    pub phrases: Vec<String>,
}

pub fn create_skill(tx: &mut Tx, command: &CreateSkill) -> Result<Skill, SkillsError> {
    may_change(tx)?;
    let name = right_name(&command.name)?;
    texts_are_right(&command.meaning, &command.anchors)?;
    if store::skill_named(tx, &name)?.is_some() {
        return Err(SkillsError::NameIsTaken);
    }
    let key = free_key(tx, &name)?;
    let decay = command.decay.unwrap_or(command.kind.usual_decay());
    let skill = store::insert_skill(tx, &key, &name, command, decay)?;
    changed(tx, skill)?;
    store::find_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)
}

pub fn update_skill(tx: &mut Tx, command: &UpdateSkill) -> Result<Skill, SkillsError> {
    may_change(tx)?;
    let mut skill = store::find_skill(tx, command.skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let before = skill.clone();
    if let Some(name) = &command.name {
        skill.name = right_name(name)?;
        if store::skill_named(tx, &skill.name)?.is_some_and(|other| other != skill.id) {
            return Err(SkillsError::NameIsTaken);
        }
    }
    if let Some(meaning) = &command.meaning {
        skill.meaning = meaning.trim().to_owned();
    }
    if let Some(anchors) = &command.anchors {
        skill.anchors = anchors.clone();
    }
    let fades_otherwise = command.decay.is_some_and(|decay| decay != skill.decay);
    if let Some(decay) = command.decay {
        skill.decay = decay;
    }
    texts_are_right(&skill.meaning, &skill.anchors)?;
    store::save_skill(tx, &skill)?;
    if (&before.name, &before.meaning, &before.anchors) != (&skill.name, &skill.meaning, &skill.anchors) {
        store::words_are_behind(tx, skill.id)?;
    }
    if fades_otherwise {
        super::policy::relearn_skill(tx, skill.id)?;
    }
    changed(tx, skill.id)?;
    Ok(skill)
}

/// A retired skill is asked for no more. What is known of people in it stays, and [`restore_skill`] brings it back.
pub fn retire_skill(tx: &mut Tx, skill: SkillId) -> Result<(), SkillsError> {
    may_change(tx)?;
    let now = tx.now();
    retire(tx, skill, Some(now))
}

pub fn restore_skill(tx: &mut Tx, skill: SkillId) -> Result<(), SkillsError> {
    may_change(tx)?;
    retire(tx, skill, None)
}

fn retire(tx: &mut Tx, skill: SkillId, at: Option<i64>) -> Result<(), SkillsError> {
    if !store::save_retired(tx, skill, at)? {
        return Err(SkillsError::NoSuchSkill);
    }
    store::rules_have_changed(tx)?;
    let event = match at {
        Some(_) => Event::SkillRetired { skill },
        None => Event::SkillRestored { skill },
    };
    Ok(events::record(tx, &event)?)
}

pub fn create_rule(tx: &mut Tx, command: &CreateRule) -> Result<SkillRule, SkillsError> {
    may_change(tx)?;
    level_is_right(command.level)?;
    weight_is_right(command.weight)?;
    let phrases = right_phrases(&command.phrases)?;
    let language = folded_language(command.language.as_deref());
    store::find_skill(tx, command.skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let rule = store::insert_rule(tx, command, language.as_deref(), &phrases)?;
    rule_changed(tx, rule)
}

pub fn update_rule(tx: &mut Tx, command: &UpdateRule) -> Result<SkillRule, SkillsError> {
    may_change(tx)?;
    level_is_right(command.level)?;
    weight_is_right(command.weight)?;
    let phrases = right_phrases(&command.phrases)?;
    let language = folded_language(command.language.as_deref());
    if !store::save_rule(tx, command, language.as_deref(), &phrases)? {
        return Err(SkillsError::NoSuchRule);
    }
    rule_changed(tx, command.rule)
}

pub fn disable_rule(tx: &mut Tx, rule: SkillRuleId) -> Result<SkillRule, SkillsError> {
    may_change(tx)?;
    let now = tx.now();
    if !store::save_rule_disabled(tx, rule, Some(now))? {
        return Err(SkillsError::NoSuchRule);
    }
    rule_changed(tx, rule)
}

pub fn enable_rule(tx: &mut Tx, rule: SkillRuleId) -> Result<SkillRule, SkillsError> {
    may_change(tx)?;
    if !store::save_rule_disabled(tx, rule, None)? {
        return Err(SkillsError::NoSuchRule);
    }
    rule_changed(tx, rule)
}

/// What the desk would make of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// ISO 639-1, if it could be told.
    pub language: Option<String>,
    /// 0 none to 3 at once.
    pub urgency: i64,
    /// 0 none to 3 furious.
    pub anger: i64,
    /// The words that sound urgent or angry.
    pub tone_because: Vec<String>,
    pub needs: Vec<TriedNeed>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriedNeed {
    pub skill: SkillSummary,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub because: Vec<String>,
    /// Empty for what follows from the language, the channel or the tone.
    pub rules: Vec<SkillRuleId>,
}

/// Shows what the rules, as they stand now, find in a text. Changes nothing.
pub fn try_rules(tx: &mut Tx, text: &str) -> Result<Tried, SkillsError> {
    if !tx.actor().is_staff() {
        return Err(SkillsError::NotStaff);
    }
    let compiled = triage::Compiled::load(tx)?;
    let (subject, body) = text.split_once('\n').unwrap_or(("", text));
    let heard = compiled.read(tx, subject, body, crate::tickets::Channel::Email)?;
    let needs = heard
        .needs
        .into_iter()
        .map(|it| TriedNeed {
            skill: it.skill,
            level: it.level,
            weight: it.weight,
            hardness: it.hardness,
            because: it.because,
            rules: it.rules,
        })
        .collect();
    Ok(Tried {
        language: heard.language,
        urgency: heard.urgency,
        anger: heard.anger,
        tone_because: heard.tone_because,
        needs,
    })
}

fn may_change(tx: &Tx) -> Result<(), SkillsError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(SkillsError::NotALead) }
}

fn changed(tx: &mut Tx, skill: SkillId) -> Result<(), SkillsError> {
    store::rules_have_changed(tx)?;
    Ok(events::record(tx, &Event::SkillChanged { skill })?)
}

fn rule_changed(tx: &mut Tx, rule: SkillRuleId) -> Result<SkillRule, SkillsError> {
    store::rules_have_changed(tx)?;
    events::record(tx, &Event::SkillRuleChanged { rule })?;
    store::find_rule(tx, rule)?.ok_or(SkillsError::NoSuchRule)
}

fn right_name(name: &str) -> Result<String, SkillsError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > SKILL_NAME_CHARS_MAX {
        return Err(SkillsError::NameIsWrong);
    }
    Ok(name)
}

fn texts_are_right(meaning: &str, anchors: &[String; 5]) -> Result<(), SkillsError> {
    let too_long = |text: &str| text.chars().count() > SKILL_TEXT_CHARS_MAX;
    if too_long(meaning) || anchors.iter().any(|it| too_long(it)) {
        return Err(SkillsError::TextIsTooLong);
    }
    Ok(())
}

fn right_phrases(written: &[String]) -> Result<Vec<String>, SkillsError> {
    let mut phrases: Vec<String> = Vec::new();
    for phrase in written {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if !phrase.is_empty() && !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    if phrases.is_empty() || phrases.len() > PHRASES_PER_RULE_MAX {
        return Err(SkillsError::PhrasesAreWrong);
    }
    let trial = ::text::Rule {
        id: 0,
        skill: String::new(),
        level: 1.0,
        weight: 1.0,
        hardness: Hardness::Prefer,
        language: None,
        any: phrases.clone(),
    };
    ::text::Needs::compile(&[trial]).map_err(|error| SkillsError::PhraseIsWrong(error.to_string()))?;
    Ok(phrases)
}

fn folded_language(language: Option<&str>) -> Option<String> {
    language.map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty())
}

/// The name in lower case with hyphens, and a number if that is taken.
fn free_key(tx: &mut Tx, name: &str) -> Result<String, db::Error> {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let stem = if words.is_empty() { "skill".to_owned() } else { words.join("-") };
    let taken = store::skill_ids_by_key(tx)?;
    let numbered = (2..).map(|n| format!("{stem}-{n}"));
    let mut tries = std::iter::once(stem.clone()).chain(numbered);
    Ok(tries.find(|key| !taken.contains_key(key)).unwrap_or(stem))
}
