//! What a new ticket needs, found in its words: language, tone, skills. Compiled rules are kept between tickets.

use super::{Hardness, NEEDS_PER_TICKET_MAX, SkillSummary, SkillsError, Source, store};
use crate::events::{self, Event};
use crate::tickets::{self, Channel, Ticket};
use crate::{SkillRuleId, TicketId, Tx, settings};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Public comments of the requester that are read.
const COMMENTS_READ_MAX: usize = 3;
/// A guess at the language below this is no ground for choosing people by it.
const LANGUAGE_CONFIDENCE_MIN: f32 = 0.5;
/// Whom a foreign language is given to: somebody who surely gets along in it. The best speaker is preferred anyway.
const LANGUAGE_LEVEL: f64 = 2.0;
const LANGUAGE_WEIGHT: f64 = 2.0;
const CHANNEL_LEVEL: f64 = 2.0;
const CHANNEL_WEIGHT: f64 = 0.3;
/// From this anger (0–3) on, calming people is part of the work.
const ANGER_TO_CALM_MIN: i64 = 2;
const CALMING_SKILL: &str = "de-escalation";
const CALMING_LEVEL: f64 = 3.0;
const CALMING_WEIGHT: f64 = 0.5;
/// Tickets that were read ahead and not yet written.
const READ_AHEAD_MAX: usize = 512;

/// Reads tickets. One per worker; it keeps the compiled rules until they change.
///
/// Reading is the dear part, and needs no writing: [`Triage::read_ahead`] does it in a reading transaction, so that the
/// one writer only writes down what was heard. What has changed in between is read again.
#[derive(Default)]
pub struct Triage {
    compiled: RwLock<Option<Arc<Compiled>>>,
    ahead: Mutex<HashMap<TicketId, Ahead>>,
}

struct Ahead {
    ticket_version: i64,
    rules_version: i64,
    heard: Heard,
}

impl Triage {
    /// Sets what the ticket needs, its language and its tone. What a person has said of its needs stays.
    pub(crate) fn run(&self, tx: &mut Tx, ticket: TicketId) -> Result<(), SkillsError> {
        let Some(found) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
        let rules_version = store::rules_version(tx)?;
        let ahead = self.ahead().remove(&ticket);
        let heard = match ahead {
            Some(it) if (it.ticket_version, it.rules_version) == (found.version, rules_version) => it.heard,
            _ => self.read(tx, &found)?.heard,
        };
        store::save_triage(tx, ticket, heard.language.as_deref(), heard.urgency, heard.anger)?;
        let rows: Vec<store::NewRequirement> = heard
            .needs
            .into_iter()
            .map(|it| store::NewRequirement {
                skill: it.skill.id,
                level: it.level,
                weight: it.weight,
                hardness: it.hardness,
                source: Source::Rule,
                because: it.because,
            })
            .collect();
        store::delete_rule_requirements(tx, ticket)?;
        store::insert_requirements(tx, ticket, &rows)?;
        Ok(events::record(tx, &Event::RequirementsSet { ticket, by_person: false })?)
    }

    /// Reads what [`Triage::run`] will need. Changes nothing, and may be left out.
    pub(crate) fn read_ahead(&self, tx: &mut Tx, ticket: TicketId) -> Result<(), SkillsError> {
        let Some(found) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
        let read = self.read(tx, &found)?;
        let mut ahead = self.ahead();
        if ahead.len() >= READ_AHEAD_MAX {
            ahead.clear();
        }
        ahead.insert(ticket, read);
        Ok(())
    }

    fn read(&self, tx: &mut Tx, found: &Ticket) -> Result<Ahead, SkillsError> {
        let compiled = self.compiled(tx)?;
        let body = store::first_words_of(tx, found.id, found.requester, COMMENTS_READ_MAX)?.join("\n\n");
        let heard = compiled.read(tx, &found.subject, &body, found.channel)?;
        Ok(Ahead { ticket_version: found.version, rules_version: compiled.version, heard })
    }

    fn ahead(&self) -> std::sync::MutexGuard<'_, HashMap<TicketId, Ahead>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules as they stand in this transaction; compiled anew only after a change.
    fn compiled(&self, tx: &mut Tx) -> Result<Arc<Compiled>, SkillsError> {
        let version = store::rules_version(tx)?;
        let kept = self.compiled.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if let Some(kept) = kept.filter(|kept| kept.version == version) {
            return Ok(kept);
        }
        let fresh = Arc::new(Compiled::load(tx)?);
        *self.compiled.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(fresh.clone());
        Ok(fresh)
    }
}

/// All rules made ready, and the skills that they name.
pub(super) struct Compiled {
    version: i64,
    needs: ::text::Needs,
    skills: HashMap<String, SkillSummary>,
}

/// What a message says.
pub(super) struct Heard {
    pub language: Option<String>,
    pub urgency: i64,
    pub anger: i64,
    pub tone_because: Vec<String>,
    /// The heaviest first.
    pub needs: Vec<HeardNeed>,
}

pub(super) struct HeardNeed {
    pub skill: SkillSummary,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub because: Vec<String>,
    pub rules: Vec<SkillRuleId>,
}

impl Compiled {
    pub fn load(tx: &mut Tx) -> Result<Compiled, SkillsError> {
        let version = store::rules_version(tx)?;
        let skills: HashMap<String, SkillSummary> =
            store::list_skills(tx)?.into_iter().map(|skill| (skill.key.clone(), skill.summary())).collect();
        let rules: Vec<::text::Rule> = store::list_rules(tx, None)?
            .into_iter()
            .filter(|rule| rule.disabled_at.is_none() && skills.contains_key(&rule.skill.key))
            .map(|rule| ::text::Rule {
                id: rule.id.0,
                skill: rule.skill.key,
                level: rule.level,
                weight: rule.weight,
                hardness: rule.hardness,
                language: rule.language,
                any: rule.phrases,
            })
            .collect();
        let needs =
            ::text::Needs::compile(&rules).map_err(|error| SkillsError::RulesAreBroken(error.to_string()))?;
        Ok(Compiled { version, needs, skills })
    }

    pub fn read(&self, tx: &mut Tx, subject: &str, body: &str, channel: Channel) -> Result<Heard, db::Error> {
        let language = language_of(subject, body);
        let tone = ::text::tone(subject, body);
        let mut needs: Vec<HeardNeed> = self
            .needs
            .of(subject, body, language.as_deref())
            .into_iter()
            .filter_map(|need| {
                Some(HeardNeed {
                    skill: self.skills.get(&need.skill)?.clone(),
                    level: need.level,
                    weight: need.weight,
                    hardness: need.hardness,
                    because: need.because,
                    rules: need.rules.into_iter().map(SkillRuleId).collect(),
                })
            })
            .collect();
        needs.truncate(NEEDS_PER_TICKET_MAX);
        let mut circumstances = Vec::new();
        if let Some(code) = &language {
            circumstances.extend(self.language_need(tx, code)?);
        }
        let anger = i64::from(tone.anger);
        if anger >= ANGER_TO_CALM_MIN {
            circumstances.extend(self.need(
                CALMING_SKILL,
                CALMING_LEVEL,
                CALMING_WEIGHT,
                tone.because.clone(),
            ));
        }
        circumstances.extend(self.need(channel_skill(channel), CHANNEL_LEVEL, CHANNEL_WEIGHT, Vec::new()));
        for it in circumstances {
            if needs.iter().all(|need| need.skill.id != it.skill.id) {
                needs.truncate(NEEDS_PER_TICKET_MAX - 1);
                needs.push(it);
                // What was just added is not what gives way to the next one.
                needs.sort_by(|one, other| other.weight.total_cmp(&one.weight));
            }
        }
        Ok(Heard { language, urgency: i64::from(tone.urgency), anger, tone_because: tone.because, needs })
    }

    /// What the rules hear in a few words, such as a subject or the name of a topic: skill, level, weight.
    pub fn needs_in(&self, words: &str) -> Vec<(crate::SkillId, f64, f64)> {
        let heard = self.needs.of(words, "", None).into_iter();
        heard.filter_map(|it| Some((self.skills.get(&it.skill)?.id, it.level, it.weight))).collect()
    }

    /// A language other than the company's own is a must as soon as one agent surely has it; until then nobody would
    /// ever meet it, and so it only counts in the choice.
    fn language_need(&self, tx: &mut Tx, code: &str) -> Result<Option<HeardNeed>, db::Error> {
        let own = settings::company(tx)?.locale;
        if own.split(['-', '_']).next().is_some_and(|own| own.eq_ignore_ascii_case(code)) {
            return Ok(None);
        }
        let Some(mut need) =
            self.need(&format!("language-{code}"), LANGUAGE_LEVEL, LANGUAGE_WEIGHT, Vec::new())
        else {
            return Ok(None);
        };
        if store::anybody_surely_at(tx, need.skill.id, need.level)? {
            need.hardness = Hardness::Must;
        }
        Ok(Some(need))
    }

    fn need(&self, key: &str, level: f64, weight: f64, because: Vec<String>) -> Option<HeardNeed> {
        let skill = self.skills.get(key)?.clone();
        Some(HeardNeed { skill, level, weight, hardness: Hardness::Prefer, because, rules: Vec::new() })
    }
}

fn language_of(subject: &str, body: &str) -> Option<String> {
    let sure = |text: &str| ::text::identify(text).filter(|it| it.confidence >= LANGUAGE_CONFIDENCE_MIN);
    let found = sure(body).or_else(|| sure(&format!("{subject}\n{body}")))?;
    Some(found.code.to_owned())
}

fn channel_skill(channel: Channel) -> &'static str {
    match channel {
        Channel::Chat | Channel::Message => "chat-support",
        Channel::Voice => "phone-support",
        Channel::Email | Channel::Web | Channel::Api | Channel::Rule | Channel::System => "email-support",
    }
}
