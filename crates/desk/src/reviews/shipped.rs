//! The scorecard that every desk begins with: how a customer was treated, whether they were helped, and what must not
//! go wrong. Its words are ours; a desk changes them as it likes.

use super::{Category, SaveScorecard, Section, store};
use crate::{SkillId, Tx, skills};
use std::collections::HashMap;

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

/// A desk that has a scorecard keeps its own.
pub(crate) fn lay_scorecard(tx: &mut Tx) -> Result<(), db::Error> {
    if store::any_scorecard(tx)? {
        return Ok(());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skill_it_names_is_in_the_library() {
        let keys: Vec<&str> = ::skills::library().skills.iter().map(|it| it.key.as_str()).collect();
        for (key, _) in CATEGORIES.iter().flat_map(|it| it.skills) {
            assert!(keys.contains(key), "{key}");
        }
        assert!(CATEGORIES.iter().all(|it| (2..=5).contains(&it.anchors.len())));
    }
}
