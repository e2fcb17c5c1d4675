//! The scorecard that every desk begins with: how a customer was treated, whether they were helped, and what must not
//! go wrong. Its words are ours; a desk changes them as it likes.

use super::{Category, CategoryWords, SaveScorecard, Scorecard, ScorecardWords, Section, store};
use crate::{Language, SkillId, Tx, settings, skills};
use std::collections::HashMap;

/// Set once the shipped words have been laid.
const WORDS_SETTING: &str = "scorecard_words";

struct Shipped {
    name: &'static str,
    question: &'static str,
    section: Section,
    weight: f64,
    anchors: &'static [&'static str],
    skills: &'static [(&'static str, f64)],
}

const NAME: &str = "Conversations";
const ABOUT: &str = "For any written conversation. Score what can be seen in the letters, and nothing else.";

const CATEGORIES: [Shipped; 9] = [
    Shipped {
        name: "Understanding",
        question: "Was everything that the customer said taken in, and did they notice it?",
        section: Section::Standard,
        weight: 3.0,
        anchors: &[
            "Answers something that was not asked",
            "Answers the first question and misses others",
            "Answers every question that was asked",
            "Sums up the request and settles what was unclear with one question",
            "Finds the need behind the question",
        ],
        skills: &[("active-listening", 1.0)],
    },
    Shipped {
        name: "Empathy",
        question: "Did the customer feel that somebody cares about their case?",
        section: Section::Standard,
        weight: 3.0,
        anchors: &[
            "Cold, or set words only",
            "Sorry in general words",
            "Names what this customer is going through",
            "Answers a worry that was not spoken",
            "Even a no leaves them feeling understood",
        ],
        skills: &[("empathy", 1.0)],
    },
    Shipped {
        name: "Clear words",
        question: "Could the customer follow it at the first reading?",
        section: Section::Standard,
        weight: 2.0,
        anchors: &[
            "Has to be read twice and still leaves doubt",
            "Right, with terms of our own or in the wrong order",
            "Plain words, one step after the other",
            "Fits what this customer knows already",
            "Nothing could be left out, and nothing is missing",
        ],
        skills: &[("clear-communication", 1.0)],
    },
    Shipped {
        name: "Solving it",
        question: "Was the cause found, and the whole problem solved?",
        section: Section::Critical,
        weight: 4.0,
        anchors: &[
            "Not solved, or solved something else",
            "A way around, without saying so",
            "Solved as asked",
            "Solved, with the cause named",
            "Solved, and it will not come back",
        ],
        skills: &[("problem-solving", 0.6), ("product-knowledge", 0.4)],
    },
    Shipped {
        name: "What comes next",
        question: "Does the customer know what happens next, who does it, and by when?",
        section: Section::Standard,
        weight: 2.0,
        anchors: &["No next step", "A next step without a time", "Who does what by when"],
        skills: &[("service-orientation", 1.0)],
    },
    Shipped {
        name: "Calm under anger",
        question: "Was an upset customer brought back to the matter? (Does not apply to calm conversations.)",
        section: Section::Standard,
        weight: 2.0,
        anchors: &[
            "Argues, or withdraws",
            "Polite, and defends the company",
            "Acknowledges first, then says what will be done",
            "The next letter is calmer",
            "Turns a threat into an agreement",
        ],
        skills: &[("de-escalation", 1.0)],
    },
    Shipped {
        name: "Right and complete",
        question: "Are all facts, amounts and dates right?",
        section: Section::Critical,
        weight: 3.0,
        anchors: &["Something that matters is wrong", "Small slips", "All of it is right"],
        skills: &[("attention-to-detail", 1.0)],
    },
    Shipped {
        name: "A step ahead",
        question: "Was something done that nobody had to ask for?",
        section: Section::Bonus,
        weight: 1.0,
        anchors: &["No", "Yes"],
        skills: &[],
    },
    Shipped {
        name: "Private things stay private",
        question: "Was nothing told to whom it does not belong?",
        section: Section::AutoFail,
        weight: 1.0,
        anchors: &["Something was told", "Kept"],
        skills: &[],
    },
];

/// A desk that has a scorecard keeps its own. The shipped words come once: for what still says what is shipped.
pub(crate) fn lay_scorecard(tx: &mut Tx) -> Result<(), db::Error> {
    if !store::any_scorecard(tx)? {
        insert_shipped(tx)?;
    }
    if settings::find::<bool>(tx, WORDS_SETTING)?.unwrap_or_default() {
        return Ok(());
    }
    for card in store::list_versions(tx)? {
        lay_words(tx, &card)?;
    }
    settings::save(tx, WORDS_SETTING, &true)
}

fn insert_shipped(tx: &mut Tx) -> Result<(), db::Error> {
    let known: HashMap<String, SkillId> =
        skills::list_skills(tx)?.into_iter().map(|it| (it.key, it.id)).collect();
    if known.is_empty() {
        return Ok(());
    }
    let categories = CATEGORIES.iter().map(|it| Category {
        name: it.name.to_owned(),
        question: it.question.to_owned(),
        section: it.section,
        weight: it.weight,
        points: it.anchors.len() as u8,
        anchors: it.anchors.iter().map(|words| (*words).to_owned()).collect(),
        skills: it.skills.iter().filter_map(|(key, weight)| Some((*known.get(*key)?, *weight))).collect(),
        competency: None,
    });
    let shipped =
        SaveScorecard { name: NAME.to_owned(), about: ABOUT.to_owned(), categories: categories.collect() };
    store::insert_scorecard(tx, &shipped, true).map(|_| ())
}

/// In languages in which this version has none yet.
fn lay_words(tx: &mut Tx, card: &Scorecard) -> Result<(), db::Error> {
    let present = store::list_words_of(tx, card.version_id)?;
    for (language, words) in ::skills::scorecard_words() {
        let Some(language) = Language::of(language) else { continue };
        let laid = words_on(card, language, words);
        let says = laid.categories.iter().any(|it| *it != CategoryWords::default());
        if says && present.iter().all(|it| it.language != language) {
            store::save_words(tx, card.version_id, &laid)?;
        }
    }
    Ok(())
}

/// Of categories that ask what is shipped under their names.
fn words_on(card: &Scorecard, language: Language, words: &::skills::ScorecardWords) -> ScorecardWords {
    let when = |same: bool, text: &str| if same { text.to_owned() } else { String::new() };
    let category = |it: &Category| {
        let is_it = |other: &&Shipped| other.name == it.name && other.question == it.question;
        let shipped = CATEGORIES.iter().find(is_it);
        let found = shipped.and_then(|of| Some((of, words.categories.get(of.name)?)));
        let Some((of, words)) = found else { return CategoryWords::default() };
        CategoryWords {
            name: words.name.clone(),
            question: words.question.clone(),
            anchors: if it.anchors == of.anchors { words.anchors.clone() } else { Vec::new() },
        }
    };
    ScorecardWords {
        language,
        name: when(card.name == NAME, &words.name),
        about: when(card.about == ABOUT, &words.about),
        categories: card.categories.iter().map(category).collect(),
        behind_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_and_each_of_its_points_has_words_in_each_language() {
        for (language, words) in ::skills::scorecard_words() {
            assert_eq!(words.categories.len(), CATEGORIES.len(), "in {language}");
            for it in &CATEGORIES {
                let of = words.categories.get(it.name).expect("every category has words");
                assert_eq!(of.anchors.len(), it.anchors.len(), "{language}: {}", it.name);
                assert!(
                    of.question != it.question && of.name.chars().count() <= super::super::NAME_CHARS_MAX
                );
            }
        }
    }

    #[test]
    fn every_skill_it_names_is_in_the_library() {
        let keys: Vec<&str> = ::skills::library().skills.iter().map(|it| it.key.as_str()).collect();
        for (key, _) in CATEGORIES.iter().flat_map(|it| it.skills) {
            assert!(keys.contains(key), "{key}");
        }
        assert!(CATEGORIES.iter().all(|it| (2..=5).contains(&it.anchors.len())));
    }
}
