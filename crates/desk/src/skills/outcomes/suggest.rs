//! A first mapping: which skills the desk's rules hear in the names of topics and tags, and which ones topics of such
//! names need as a rule.

use super::{Context, Mapping, OutcomesError, topics as known_topics};
use crate::Tx;
use crate::skills::difficulty::key_name;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a topic may need. No skills: somebody has to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    pub topic: String,
    pub rows: u64,
    /// `key:level:weight`, as a mapping has it.
    pub skills: Vec<String>,
}

/// The most frequent topics first.
pub fn suggest(
    tx: &mut Tx,
    context: &Context,
    topics: &BTreeMap<String, u64>,
) -> Result<Vec<Suggestion>, OutcomesError> {
    super::only_admins(tx)?;
    let mut all: Vec<Suggestion> = topics
        .iter()
        .map(|(topic, rows)| {
            let words = topic.replace(['_', '-', '/', ':', '.'], " ");
            let exact = context.skill_named(&words).into_iter().map(|skill| (skill, 3.0, 1.0));
            let mut needs: Vec<_> = exact.collect();
            if needs.is_empty() {
                needs = context.rules().needs_in(&words);
            }
            if needs.is_empty() {
                let known = known_topics::needs_of(&words);
                needs = known
                    .filter_map(|(key, level, weight)| Some((context.skill_named(&key)?, level, weight)))
                    .collect();
            }
            let skill = |(skill, level, weight): (crate::SkillId, f64, f64)| {
                Some(format!("{}:{level}:{weight}", context.key(skill)?))
            };
            Suggestion {
                topic: key_name(topic),
                rows: *rows,
                skills: needs.into_iter().filter_map(skill).collect(),
            }
        })
        .collect();
    all.sort_by(|one, other| other.rows.cmp(&one.rows).then_with(|| one.topic.cmp(&other.topic)));
    Ok(all)
}

/// Fills into a mapping what is suggested for topics of which it says nothing: for the most frequent, `topics_max` of
/// them. With how many were filled in.
pub fn fill_in(
    tx: &mut Tx,
    mapping: &mut Mapping,
    topics: &BTreeMap<String, u64>,
    topics_max: usize,
) -> Result<usize, OutcomesError> {
    let context = Context::load(tx, mapping)?;
    let mut filled_in = 0;
    for it in suggest(tx, &context, topics)?.into_iter().take(topics_max) {
        if !it.skills.is_empty() && !context.knows(&it.topic) {
            mapping.topics.insert(it.topic, it.skills);
            filled_in += 1;
        }
    }
    Ok(filled_in)
}
