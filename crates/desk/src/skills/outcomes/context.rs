//! From what a row names to the skills it needs: its own list, else its topic and tags by the mapping, else the desk's
//! rules over its subject.

use super::mapping::{Mapping, MappingError};
use super::row::OutcomeRow;
use super::tally::Tally;
use super::{OutcomesError, row::fnv1a};
use crate::skills::difficulty::key_name;
use crate::skills::{
    INDEPENDENT_LEVEL, NEEDS_PER_TICKET_MAX, level_is_right, store, triage, weight_is_right,
};
use crate::{SkillId, Tx};
use std::collections::{BTreeMap, HashMap};

/// A skill that imported work needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Need {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
}

/// Everything about skills that reading rows needs; loaded once for a run.
pub struct Context {
    skills: HashMap<String, SkillId>,
    keys: BTreeMap<SkillId, String>,
    exact: HashMap<String, Vec<Need>>,
    /// The longest first.
    beginnings: Vec<(String, Vec<Need>)>,
    /// Skills that the mapping names and the desk does not have.
    unknown: Vec<String>,
    rules: triage::Compiled,
}

/// What a row needs, with one text for the same needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Needed {
    pub needs: Vec<Need>,
    /// `skill:level:weight,…`, by skill.
    pub digest: String,
    /// The kind of work: the topic, else a mapped tag, else the skills.
    pub topic: String,
}

impl Context {
    pub fn load(tx: &mut Tx, mapping: &Mapping) -> Result<Context, OutcomesError> {
        let mut skills = HashMap::new();
        let mut keys = BTreeMap::new();
        for skill in store::list_skills(tx)? {
            skills.insert(key_name(&skill.key), skill.id);
            skills.entry(key_name(&skill.name)).or_insert(skill.id);
            keys.insert(skill.id, skill.key);
        }
        let rules = triage::Compiled::load(tx)?;
        let mut context = Context {
            skills,
            keys,
            exact: HashMap::new(),
            beginnings: Vec::new(),
            unknown: Vec::new(),
            rules,
        };
        for (topic, words) in &mapping.topics {
            let mut needs = Vec::with_capacity(words.len());
            for word in words {
                match context.need(word)? {
                    Some(need) => needs.push(need),
                    None => context.unknown.push(word.clone()),
                }
            }
            let topic = key_name(topic);
            match topic.strip_suffix('*') {
                Some(beginning) => context.beginnings.push((beginning.to_owned(), needs)),
                None => {
                    context.exact.insert(topic, needs);
                }
            }
        }
        context.beginnings.sort_by_key(|it| std::cmp::Reverse(it.0.len()));
        Ok(context)
    }

    /// Skills of the mapping that the desk does not have.
    pub fn unknown_skills(&self) -> &[String] {
        &self.unknown
    }

    /// `key`, `key:level` or `key:level:weight`; `None` for a skill that the desk does not have.
    fn need(&self, word: &str) -> Result<Option<Need>, OutcomesError> {
        let wrong = || MappingError::Need(word.to_owned());
        let mut parts = word.split(':');
        let name = parts.next().unwrap_or_default();
        let mut number = |usual: f64| match parts.next() {
            Some(text) => text.trim().parse::<f64>().map_err(|_| wrong()),
            None => Ok(usual),
        };
        let (level, weight) = (number(INDEPENDENT_LEVEL)?, number(1.0)?);
        if parts.next().is_some() || level_is_right(level).is_err() || weight_is_right(weight).is_err() {
            return Err(wrong().into());
        }
        Ok(self.skills.get(&key_name(name)).map(|skill| Need { skill: *skill, level, weight }))
    }

    fn by_name(&self, name: &str) -> Option<&Vec<Need>> {
        self.exact.get(name).or_else(|| {
            self.beginnings.iter().find(|(beginning, _)| name.starts_with(beginning)).map(|it| &it.1)
        })
    }

    /// Whether the mapping says what a topic needs, and be it nothing.
    pub(super) fn knows(&self, topic: &str) -> bool {
        self.by_name(topic).is_some()
    }

    /// `None` if no skill is known for it. What is missing is told to the tally.
    pub(super) fn needed(&self, row: &OutcomeRow, tally: &mut Tally) -> Option<Needed> {
        let mut needs: Vec<Need> = Vec::new();
        let mut add = |all: &[Need]| {
            for need in all {
                match needs.iter_mut().find(|it| it.skill == need.skill) {
                    Some(it) => {
                        it.level = it.level.max(need.level);
                        it.weight = it.weight.max(need.weight);
                    }
                    None => needs.push(*need),
                }
            }
        };
        for word in &row.skills {
            match self.need(word) {
                Ok(Some(need)) => add(&[need]),
                _ => tally.skill_is_unknown(word),
            }
        }
        let own = !row.skills.is_empty();
        let mut topic = row.topic.clone();
        if let Some(name) = &row.topic
            && !own
        {
            match self.by_name(name) {
                Some(all) => add(all),
                None => tally.is_unmapped(name),
            }
        }
        for tag in &row.tags {
            let mapped = self.by_name(tag);
            if let Some(all) = mapped
                && !own
            {
                add(all);
            }
            if mapped.is_some() && topic.is_none() {
                topic = Some(tag.clone());
            }
            if mapped.is_none() && row.topic.is_none() && !own {
                tally.is_unmapped(tag);
            }
        }
        if needs.is_empty()
            && let Some(subject) = &row.subject
        {
            let found = self.rules.needs_in(subject);
            needs.extend(found.into_iter().map(|(skill, level, weight)| Need { skill, level, weight }));
        }
        if needs.is_empty() {
            return None;
        }
        needs.sort_by(|one, other| other.weight.total_cmp(&one.weight).then(one.skill.cmp(&other.skill)));
        needs.truncate(NEEDS_PER_TICKET_MAX);
        needs.sort_by_key(|it| it.skill);
        let words: Vec<String> =
            needs.iter().map(|it| format!("{}:{}:{}", it.skill, it.level, it.weight)).collect();
        let topic = topic.unwrap_or_else(|| {
            let keys = needs.iter().filter_map(|it| self.keys.get(&it.skill)).map(String::as_str);
            keys.collect::<Vec<_>>().join(" + ")
        });
        Some(Needed { needs, digest: words.join(","), topic })
    }

    /// Changes when the mapping, the skills or the rules change what rows mean.
    pub fn fingerprint(mapping: &Mapping) -> u64 {
        fnv1a(&serde_json::to_string(mapping).unwrap_or_default())
    }

    pub(super) fn rules(&self) -> &triage::Compiled {
        &self.rules
    }

    pub(super) fn skill_named(&self, name: &str) -> Option<SkillId> {
        self.skills
            .get(&key_name(name))
            .or_else(|| self.skills.get(&key_name(name).replace(' ', "-")))
            .copied()
    }

    pub(super) fn key(&self, skill: SkillId) -> Option<&str> {
        self.keys.get(&skill).map(String::as_str)
    }
}
