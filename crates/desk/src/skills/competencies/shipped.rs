//! The competencies that a new desk begins with: what support work is judged by, and what can be seen at each level. The
//! words are ours; a desk changes them as it likes. A desk that is there already gets them when a lead asks for them.

use super::edit::only_leads;
use super::{COMPETENCIES_MAX, Competency, CompetencyError, CompetencyWords, WriteCompetency, store};
use crate::events::{self, Event};
use crate::skills::store as skills_store;
use crate::{CompetencyId, Language, SkillId, Tx, settings};
use std::collections::{HashMap, HashSet};

/// Set once the shipped words have been laid.
const WORDS_SETTING: &str = "competency_words";

struct Shipped {
    /// Stable, never shown.
    key: &'static str,
    name: &'static str,
    behaviour: &'static str,
    anchors: [&'static str; 5],
    /// Keys of the library, the heaviest first.
    skills: &'static [(&'static str, f64)],
}

const SHIPPED: [Shipped; 8] = [
    Shipped {
        key: "calms-and-solves",
        name: "Calms and solves",
        behaviour: "An upset customer is heard first and helped at once, so that the next message is about the matter and no longer about the anger.",
        anchors: [
            "Answers the anger or the matter, not both; the next message is as angry.",
            "Says sorry in set words, then solves what is easy and hands on the rest.",
            "Names what went wrong for this customer, says what will be done and by when, and does it.",
            "Turns heated exchanges back to the matter within one answer, also where the answer is no.",
            "Is called in where others are stuck; customers who wanted to leave write back to say thank you.",
        ],
        skills: &[("de-escalation", 1.0), ("problem-solving", 0.8), ("empathy", 0.7), ("patience", 0.5)],
    },
    Shipped {
        key: "explains-in-writing",
        name: "Explains clearly in writing",
        behaviour: "Whoever reads the answer knows after one reading what is the case and what to do, in a tone that suits them.",
        anchors: [
            "The answer is in there somewhere; the customer has to ask again.",
            "Clear where the matter is simple; longer matters lose their thread.",
            "The answer comes first, then the steps in order, in words that this customer uses.",
            "Makes a tangled matter plain and leaves nothing out that counts; hardly anybody has to ask back.",
            "Their answers become the team's examples, and work in every tone that is called for.",
        ],
        skills: &[
            ("clear-communication", 1.0),
            ("email-support", 0.6),
            ("tone-matching", 0.6),
            ("attention-to-detail", 0.4),
        ],
    },
    Shipped {
        key: "finds-the-cause",
        name: "Finds the cause",
        behaviour: "Does not stop when the symptom is gone: narrows down what is behind it, proves it, and says what keeps it from coming back.",
        anchors: [
            "Tries one remedy after the other, in the order of the list.",
            "Asks for what is missing and finds causes that have been seen before.",
            "Narrows it down step by step, tests one guess at a time, and writes down what was ruled out.",
            "Finds what nobody has described yet, from few traces, and names the way to be sure.",
            "Sees the pattern behind single cases and has the cause removed for everybody.",
        ],
        skills: &[
            ("root-cause-analysis", 1.0),
            ("problem-solving", 0.8),
            ("product-knowledge", 0.6),
            ("diagnostics-and-log-analysis", 0.6),
        ],
    },
    Shipped {
        key: "keeps-promises",
        name: "Keeps promises",
        behaviour: "Says what happens next, who does it and by when; and it happens, or the customer hears of it before the time is over.",
        anchors: [
            "Ends with “we will be in touch”; customers have to remind us.",
            "Names a next step, and sometimes a time; now and then one is forgotten.",
            "Every answer says what comes next and by when; what was said is done.",
            "Sees early that a date will not hold, says so before it passes, and offers what can be done until then.",
            "Makes promises hold that depend on others: keeps at it across teams until the customer has what was said.",
        ],
        skills: &[("service-orientation", 1.0), ("time-management", 0.8), ("attention-to-detail", 0.6)],
    },
    Shipped {
        key: "teaches-others",
        name: "Teaches others",
        behaviour: "What they know stays with others: in articles that are found, in help beside the work, in feedback that can be acted upon.",
        anchors: [
            "Solves it for colleagues; next time they ask again.",
            "Shows how it is done when somebody asks.",
            "Explains the why along with the how, and leaves a note or an article behind.",
            "Brings colleagues to work alone in what they could not do before; their articles answer questions before they are asked.",
            "Raises a whole team: what it could not do last year, it does without them now.",
        ],
        skills: &[
            ("clear-communication", 0.8),
            ("knowledge-base-writing", 0.8),
            ("product-training", 0.8),
            ("teamwork", 0.6),
        ],
    },
    Shipped {
        key: "handles-money",
        name: "Handles money matters safely",
        behaviour: "Charges, refunds and contracts come out right to the cent, for the right person, with the reason written down.",
        anchors: [
            "Needs each step checked before money moves.",
            "Does usual refunds by the book; asks as soon as two charges meet.",
            "Makes sure who is asking, gets amounts and dates right, and writes down why.",
            "Untangles bills over several months and contracts, and says no to what the rules forbid without losing the customer.",
            "Notices fraud and faults of the billing in single cases, and has the rule mended.",
        ],
        skills: &[("billing-and-refunds", 1.0), ("attention-to-detail", 0.8), ("security-awareness", 0.6)],
    },
    Shipped {
        key: "hears-what-is-meant",
        name: "Hears what is meant",
        behaviour: "Takes in what a customer says, and what they do not say, before answering; they need to tell it only once.",
        anchors: [
            "Answers the first sentence; the rest comes back as a second message.",
            "Answers every question that was put, as it was put.",
            "Sums up what the customer needs, and settles what is unclear with one question.",
            "Notices the worry behind the question and answers that as well, whatever the customer's ways of saying things.",
            "Finds the need that the customer could not name; people of all sorts feel understood.",
        ],
        skills: &[
            ("active-listening", 1.0),
            ("attentiveness", 0.7),
            ("empathy", 0.7),
            ("cultural-sensitivity", 0.4),
        ],
    },
    Shipped {
        key: "protects-data",
        name: "Protects accounts and data",
        behaviour: "Nobody gets into an account, or hears of a person's data, who may not; and whoever may is let in without a fight.",
        anchors: [
            "Follows the list of checks and asks about everything that is not on it.",
            "Makes sure who is asking in usual cases; is unsure when the story is good.",
            "Checks every time, says why without accusing, and gives out no more than was asked for.",
            "Recognises a false story by its details, and brings locked-out owners back in by a safe way.",
            "Sees an attack in single messages, warns the team in time, and closes the gap it came through.",
        ],
        skills: &[("security-awareness", 1.0), ("account-and-sign-in", 0.8), ("privacy-requests", 0.8)],
    },
];

/// At the first opening of a desk, after its library.
pub(crate) fn lay_competencies(tx: &mut Tx) -> Result<(), db::Error> {
    add_missing(tx).map(|_| ())
}

/// Adds those that the desk has never had. What is there stays as it is: one that was renamed, rewritten or retired too,
/// and any of the same name that somebody here has written. Says how many came.
pub fn add_shipped(tx: &mut Tx) -> Result<usize, CompetencyError> {
    only_leads(tx)?;
    tx.lock("competencies:shipped")?;
    let added = add_missing(tx)?;
    for id in &added {
        events::record(tx, &Event::CompetencyChanged { competency: *id })?;
    }
    Ok(added.len())
}

/// How many [`add_shipped`] would add.
pub fn count_missing(tx: &mut Tx) -> Result<usize, db::Error> {
    Ok(missing(tx)?.len())
}

fn add_missing(tx: &mut Tx) -> Result<Vec<CompetencyId>, db::Error> {
    let mut added = Vec::new();
    for (key, written) in missing(tx)? {
        added.push(store::insert_shipped(tx, key, &written)?);
    }
    lay_words_of(tx, |it| added.contains(&it))?;
    Ok(added)
}

/// The shipped words, once: for competencies that came before their words did.
pub(crate) fn lay_competency_words(tx: &mut Tx) -> Result<(), db::Error> {
    if settings::find::<bool>(tx, WORDS_SETTING)?.unwrap_or_default() {
        return Ok(());
    }
    lay_words_of(tx, |_| true)?;
    settings::save(tx, WORDS_SETTING, &true)
}

/// For what still says what is shipped, in languages in which the desk has no words yet.
fn lay_words_of(tx: &mut Tx, is_wanted: impl Fn(CompetencyId) -> bool) -> Result<(), db::Error> {
    for (key, it) in store::list_shipped(tx)? {
        let Some(shipped) = SHIPPED.iter().find(|it| it.key == key).filter(|_| is_wanted(it.id)) else {
            continue;
        };
        let present = store::list_words_of(tx, it.id)?;
        for (language, words) in ::skills::competency_words() {
            let (Some(language), Some(words)) = (Language::of(language), words.get(&key)) else { continue };
            let laid = shipped.words_on(&it, language, words);
            if !laid.is_empty() && present.iter().all(|it| it.language != language) {
                store::save_words(tx, it.id, &laid)?;
            }
        }
    }
    Ok(())
}

/// Those whose skills the desk still has, at least two of them.
fn missing(tx: &mut Tx) -> Result<Vec<(&'static str, WriteCompetency)>, db::Error> {
    let had: HashSet<String> = store::list_shipped_keys(tx)?.into_iter().collect();
    let here = store::list_names(tx)?;
    let room = COMPETENCIES_MAX.saturating_sub(here.len());
    let known: HashMap<String, SkillId> =
        skills_store::list_skills(tx)?.into_iter().map(|it| (it.key, it.id)).collect();
    let all = SHIPPED.iter().filter(|it| !had.contains(it.key) && !here.iter().any(|name| name == it.name));
    let all = all.map(|it| (it.key, it.written(&known))).filter(|it| it.1.skills.len() > 1);
    Ok(all.take(room).collect())
}

impl Shipped {
    fn written(&self, known: &HashMap<String, SkillId>) -> WriteCompetency {
        let skill = |(key, weight): &(&str, f64)| Some((*known.get(*key)?, *weight));
        WriteCompetency {
            name: self.name.to_owned(),
            behaviour: self.behaviour.to_owned(),
            anchors: self.anchors.map(str::to_owned),
            skills: self.skills.iter().filter_map(skill).collect(),
        }
    }

    fn words_on(&self, it: &Competency, language: Language, words: &::skills::SkillWords) -> CompetencyWords {
        let when = |same: bool, text: &str| if same { text.to_owned() } else { String::new() };
        CompetencyWords {
            language,
            name: when(it.name == self.name, &words.name),
            behaviour: when(it.behaviour == self.behaviour, &words.meaning),
            anchors: std::array::from_fn(|at| when(it.anchors[at] == self.anchors[at], &words.anchors[at])),
            behind_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SKILLS_PER_COMPETENCY_MAX;
    use super::*;
    use crate::skills::{SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX};

    #[test]
    fn every_shipped_competency_has_words_of_its_own_in_each_language() {
        let keys: HashSet<&str> = SHIPPED.iter().map(|it| it.key).collect();
        for (language, all) in ::skills::competency_words() {
            assert_eq!(all.keys().map(String::as_str).collect::<HashSet<_>>(), keys, "in {language}");
            let mut seen = HashSet::new();
            for it in &SHIPPED {
                let words = &all[it.key];
                assert_ne!(words.name, it.name, "{language}: {}", it.key);
                let said = [&words.meaning].into_iter().chain(&words.anchors);
                for (text, english) in said.zip([&it.behaviour].into_iter().chain(&it.anchors)) {
                    let (is, was) = (text.chars().count(), english.chars().count());
                    assert!(is <= SKILL_TEXT_CHARS_MAX && is < 2 * was + 40 && was < 2 * is + 40, "{text}");
                    assert!(text != english && seen.insert(text), "{language}: {text}");
                }
            }
        }
    }

    #[test]
    fn every_shipped_competency_is_whole_and_its_skills_are_in_the_library() {
        let library = ::skills::library();
        let (mut keys, mut names) = (HashSet::new(), HashSet::new());
        for it in &SHIPPED {
            assert!(keys.insert(it.key) && names.insert(it.name), "{} stands twice", it.key);
            assert!((2..=SKILLS_PER_COMPETENCY_MAX).contains(&it.skills.len()), "{}", it.key);
            for (key, weight) in it.skills {
                assert!(library.skill(key).is_some(), "{key} of {}", it.key);
                assert!(*weight > 0.0 && *weight <= 1.0);
            }
            assert!(it.skills.is_sorted_by(|one, next| one.1 >= next.1), "{}: the heaviest first", it.key);
            assert!(it.name.chars().count() <= SKILL_NAME_CHARS_MAX);
            let texts = it.anchors.iter().chain([&it.behaviour]);
            assert!(texts.clone().all(|text| (20..=SKILL_TEXT_CHARS_MAX).contains(&text.chars().count())));
            assert_eq!(texts.collect::<HashSet<_>>().len(), 6, "{}: each level says something else", it.key);
        }
    }
}
