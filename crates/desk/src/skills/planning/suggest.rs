//! Suggestions for the library: skills that nobody needs, and words that customers write and no skill answers to.

use super::{DAY_MS, PlanError, only_leads, store};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{TicketId, Tx};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Over so many days.
pub const SUGGESTION_DAYS: i64 = 90;
const TICKETS_READ_MAX: usize = 5_000;
const WORDS_SHOWN_MAX: usize = 12;
/// A word that is to be a skill occurs in at least so many tickets …
const WORD_TICKETS_MIN: usize = 3;
/// … and so much more often where no skill is known than elsewhere.
const LIFT_MIN: f64 = 2.0;
const WORD_CHARS_MIN: usize = 4;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestions {
    pub days: i64,
    /// Tickets that were read, and those among them for which no skill of substance is known.
    pub tickets: usize,
    pub unanswered: usize,
    /// The most telling first.
    pub missing: Vec<MissingWord>,
    pub unused: Vec<UnusedSkill>,
}

/// A word, or two, in subjects of tickets for which no skill of substance is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingWord {
    pub words: String,
    pub tickets: usize,
    /// How many times as frequent there as among the rest.
    pub lift: f64,
    pub example: (TicketId, String),
}

/// A skill that no ticket has needed in these days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnusedSkill {
    pub skill: SkillSummary,
    /// People of whom something is known in it.
    pub people: i64,
    /// People in roles that ask for it.
    pub in_roles: i64,
    /// Rules that look for it.
    pub rules: i64,
}

pub fn suggestions(tx: &mut Tx) -> Result<Suggestions, PlanError> {
    only_leads(tx)?;
    let since = tx.now() - SUGGESTION_DAYS * DAY_MS;
    let subjects = store::list_subjects(tx, since, TICKETS_READ_MAX)?;
    let known: HashMap<_, SkillSummary> =
        skills_store::list_shown_skills(tx)?.iter().map(|it| (it.id, it.summary())).collect();
    let unused = store::list_unused(tx, since)?;
    let unused = unused.into_iter().filter_map(|(skill, people, in_roles, rules)| {
        Some(UnusedSkill { skill: known.get(&skill)?.clone(), people, in_roles, rules })
    });
    let unused = unused.filter(|it| it.in_roles == 0).collect();
    Ok(Suggestions {
        days: SUGGESTION_DAYS,
        tickets: subjects.len(),
        unanswered: subjects.iter().filter(|it| !it.2).count(),
        missing: missing_words(&subjects),
        unused,
    })
}

/// Words and pairs of words that set subjects without a skill apart from those with one (smoothed ratio of frequencies).
fn missing_words(subjects: &[(TicketId, String, bool)]) -> Vec<MissingWord> {
    let mut without: HashMap<String, Vec<usize>> = HashMap::new();
    let mut with: HashMap<String, usize> = HashMap::new();
    let (mut count_without, mut count_with) = (0.0_f64, 0.0_f64);
    for (at, (_, subject, answered)) in subjects.iter().enumerate() {
        for term in terms(subject) {
            match answered {
                true => *with.entry(term).or_default() += 1,
                false => without.entry(term).or_default().push(at),
            }
        }
        if *answered { count_with += 1.0 } else { count_without += 1.0 }
    }
    let mut all: Vec<(MissingWord, Vec<usize>)> = without
        .into_iter()
        .filter(|(_, at)| at.len() >= WORD_TICKETS_MIN)
        .map(|(words, at)| {
            let elsewhere = (with.get(&words).copied().unwrap_or(0) as f64 + 0.5) / (count_with + 1.0);
            let lift = (at.len() as f64 + 0.5) / (count_without + 1.0) / elsewhere;
            let (id, subject, _) = &subjects[at[0]];
            (MissingWord { words, tickets: at.len(), lift, example: (*id, subject.clone()) }, at)
        })
        .filter(|(it, _)| it.lift >= LIFT_MIN)
        .collect();
    let pairs: Vec<(String, usize)> = all
        .iter()
        .filter(|(it, _)| it.words.contains(' '))
        .map(|(it, _)| (it.words.clone(), it.tickets))
        .collect();
    // A word that stands in one pair almost always is said by the pair.
    all.retain(|(it, _)| {
        it.words.contains(' ')
            || !pairs.iter().any(|(pair, tickets)| {
                pair.split(' ').any(|word| word == it.words) && *tickets * 10 >= it.tickets * 8
            })
    });
    all.sort_by(|(one, _), (other, _)| {
        let telling = |it: &MissingWord| it.tickets as f64 * it.lift.ln();
        telling(other).total_cmp(&telling(one)).then_with(|| one.words.cmp(&other.words))
    });
    // Further words of the very same tickets say nothing new.
    let mut told: HashSet<Vec<usize>> = HashSet::new();
    all.retain(|(_, at)| told.insert(at.clone()));
    all.truncate(WORDS_SHOWN_MAX);
    all.into_iter().map(|(it, _)| it).collect()
}

/// Its words of some length, and neighbours of them, each once.
fn terms(subject: &str) -> HashSet<String> {
    let folded = subject.to_lowercase();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let tells = |word: &str| word.chars().count() >= WORD_CHARS_MIN && word.chars().any(char::is_alphabetic);
    let mut all: HashSet<String> = words.iter().filter(|it| tells(it)).map(|it| (*it).to_owned()).collect();
    all.extend(words.windows(2).filter(|it| it.iter().all(|word| tells(word))).map(|it| it.join(" ")));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(id: i64, text: &str, answered: bool) -> (TicketId, String, bool) {
        (TicketId(id), text.to_owned(), answered)
    }

    #[test]
    fn words_that_only_unanswered_tickets_write_are_suggested() {
        let mut all: Vec<_> = (0..6).map(|n| subject(n, "Espresso machine leaks #12", false)).collect();
        all.extend((6..30).map(|n| subject(n, "Refund for my machine", true)));
        let found = missing_words(&all);
        assert!(found.iter().any(|it| it.words == "espresso machine" && it.tickets == 6), "{found:?}");
        assert!(found.iter().all(|it| !it.words.contains("refund") && it.words != "espresso"), "{found:?}");
        assert_eq!(found[0].example.1, "Espresso machine leaks #12");
        assert_eq!(found.len(), 1, "the same tickets are told of once: {found:?}");
    }

    #[test]
    fn a_quiet_desk_suggests_nothing() {
        assert!(missing_words(&[]).is_empty());
        assert!(missing_words(&[subject(1, "Hello there", false)]).is_empty());
    }
}
