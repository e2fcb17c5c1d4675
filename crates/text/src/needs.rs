//! Which skills a message needs, found by words, with the words that say so.

use crate::folding::{Comparable, fold_text, is_unspaced};
use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

pub const RULES_MAX: usize = 5_000;
pub const PHRASES_MAX: usize = 20_000;
pub const PHRASE_BYTES_MAX: usize = 200;
/// Only this much of a message is read for needs.
pub const READ_BYTES_MAX: usize = 64 * 1024;
/// Several rules for one skill add up, but not beyond this.
pub const WEIGHT_MAX: f64 = 3.0;
/// So many different words are shown as the reason for one skill.
pub const REASONS_MAX: usize = 8;

/// What happens when nobody has the skill: `Prefer` < `Relax` (dropped after a wait) < `Must`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    Prefer,
    Relax,
    Must,
}

/// "When a message says any of these, it needs this skill."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: i64,
    /// The key of the skill in the library.
    pub skill: String,
    /// 0 to 5.
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    /// Only in messages of this language (or of none that could be told).
    pub language: Option<String>,
    /// Whole words; case and diacritics do not matter; a `*` at the end stands for any ending, at the front for any beginning.
    pub any: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    pub skill: String,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    /// The words that say so, as the customer wrote them.
    pub because: Vec<String>,
    pub rules: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedsError {
    TooManyRules,
    TooManyPhrases,
    PhraseIsTooLong { rule: i64 },
    PhraseIsEmpty { rule: i64 },
    NotCompiled(String),
}

impl std::fmt::Display for NeedsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NeedsError::TooManyRules => write!(f, "there are more than {RULES_MAX} rules"),
            NeedsError::TooManyPhrases => write!(f, "the rules have more than {PHRASES_MAX} phrases"),
            NeedsError::PhraseIsTooLong { rule } => {
                write!(f, "a phrase of rule {rule} is longer than {PHRASE_BYTES_MAX} bytes")
            }
            NeedsError::PhraseIsEmpty { rule } => write!(f, "a phrase of rule {rule} has no letters"),
            NeedsError::NotCompiled(why) => write!(f, "the phrases could not be compiled: {why}"),
        }
    }
}

impl std::error::Error for NeedsError {}

/// Rules made ready: one pass over a message finds them all.
pub struct Needs {
    rules: Vec<Rule>,
    phrases: Vec<Phrase>,
    finder: AhoCorasick,
}

struct Phrase {
    rule: usize,
    any_beginning: bool,
    any_ending: bool,
}

impl Needs {
    pub fn compile(rules: &[Rule]) -> Result<Needs, NeedsError> {
        if rules.len() > RULES_MAX {
            return Err(NeedsError::TooManyRules);
        }
        let mut phrases = Vec::new();
        let mut patterns = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            for written in &rule.any {
                if written.len() > PHRASE_BYTES_MAX {
                    return Err(NeedsError::PhraseIsTooLong { rule: rule.id });
                }
                let folded = fold_text(written).split_whitespace().collect::<Vec<_>>().join(" ");
                let core = folded.trim_matches('*').trim();
                if !core.chars().any(char::is_alphanumeric) {
                    return Err(NeedsError::PhraseIsEmpty { rule: rule.id });
                }
                patterns.push(core.to_owned());
                phrases.push(Phrase {
                    rule: index,
                    any_beginning: folded.starts_with('*'),
                    any_ending: folded.ends_with('*'),
                });
            }
        }
        if phrases.len() > PHRASES_MAX {
            return Err(NeedsError::TooManyPhrases);
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .map_err(|error| NeedsError::NotCompiled(error.to_string()))?;
        Ok(Needs { rules: rules.to_vec(), phrases, finder })
    }

    /// The needs of a message, heaviest first, equal ones by skill.
    ///
    /// `visible` is its new text (see [`crate::fold`]); `language` an ISO 639-1 code. Time grows with the text, not
    /// with the number of rules.
    pub fn of(&self, subject: &str, visible: &str, language: Option<&str>) -> Vec<Need> {
        let mut hits: Vec<Option<Vec<String>>> = vec![None; self.rules.len()];
        self.read(subject, language, &mut hits);
        self.read(visible, language, &mut hits);
        let mut needs: Vec<Need> = Vec::new();
        for (rule, words) in self.rules.iter().zip(hits) {
            let Some(words) = words else { continue };
            match needs.iter_mut().find(|need| need.skill == rule.skill) {
                Some(need) => need.add(rule, words),
                None => needs.push(Need {
                    skill: rule.skill.clone(),
                    level: rule.level,
                    weight: rule.weight.min(WEIGHT_MAX),
                    hardness: rule.hardness,
                    because: words,
                    rules: vec![rule.id],
                }),
            }
        }
        needs.sort_by(|one, other| {
            other.weight.total_cmp(&one.weight).then_with(|| one.skill.cmp(&other.skill))
        });
        needs
    }

    fn read(&self, original: &str, language: Option<&str>, hits: &mut [Option<Vec<String>>]) {
        let original = &original[..original.floor_char_boundary(READ_BYTES_MAX)];
        let folded = Comparable::of(original);
        for found in self.finder.find_overlapping_iter(&folded.text) {
            let phrase = &self.phrases[found.pattern().as_usize()];
            let rule = &self.rules[phrase.rule];
            let full = hits[phrase.rule].as_ref().is_some_and(|words| words.len() >= REASONS_MAX);
            if full || !speaks(rule.language.as_deref(), language) {
                continue;
            }
            let (mut start, mut end) = (found.start(), found.end());
            if !phrase.any_beginning && !starts_word(&folded.text, start) {
                continue;
            }
            if !phrase.any_ending && !ends_word(&folded.text, end) {
                continue;
            }
            if phrase.any_beginning {
                start = word_start(&folded.text, start);
            }
            if phrase.any_ending {
                end = word_end(&folded.text, end);
            }
            let words = shortened(folded.original(original, start, end));
            let known = hits[phrase.rule].get_or_insert_default();
            let plain = fold_text(&words);
            if !known.iter().any(|other| fold_text(other) == plain) {
                known.push(words);
            }
        }
    }
}

impl Need {
    fn add(&mut self, rule: &Rule, words: Vec<String>) {
        self.level = self.level.max(rule.level);
        self.weight = (self.weight + rule.weight).min(WEIGHT_MAX);
        self.hardness = self.hardness.max(rule.hardness);
        self.rules.push(rule.id);
        for word in words {
            if self.because.len() < REASONS_MAX && !self.because.contains(&word) {
                self.because.push(word);
            }
        }
    }
}

/// A rule without a language speaks to all; a text without one hears all. "en" and "en-GB" are one.
fn speaks(rule: Option<&str>, text: Option<&str>) -> bool {
    let main = |code: &str| code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match (rule, text) {
        (Some(rule), Some(text)) => main(rule) == main(text),
        _ => true,
    }
}

pub(crate) fn starts_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let first = text[at..].chars().next();
    !(before.is_some_and(is_word) && first.is_some_and(is_word))
}

pub(crate) fn ends_word(text: &str, at: usize) -> bool {
    starts_word(text, at)
}

/// Letters that make one word with their neighbour; not in scripts without spaces.
fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() && !is_unspaced(letter)
}

fn word_end(text: &str, at: usize) -> usize {
    text[at..]
        .char_indices()
        .find(|(_, letter)| !is_word(*letter))
        .map_or(text.len(), |(offset, _)| at + offset)
}

fn word_start(text: &str, at: usize) -> usize {
    text[..at]
        .char_indices()
        .rev()
        .find(|(_, letter)| !is_word(*letter))
        .map_or(0, |(offset, letter)| offset + letter.len_utf8())
}

/// One line of reasonable length: a "word" may be a kilobyte.
fn shortened(words: &str) -> String {
    const REASON_CHARS_MAX: usize = 80;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(REASON_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(id: i64, skill: &str, any: &[&str]) -> Rule {
        let any = any.iter().map(|phrase| (*phrase).to_owned()).collect();
        Rule {
            id,
            skill: skill.to_owned(),
            level: 2.0,
            weight: 1.0,
            hardness: Hardness::Prefer,
            language: None,
            any,
        }
    }

    fn because(rules: &[Rule], text: &str) -> Vec<String> {
        Needs::compile(rules)
            .expect("rules are fine")
            .of("", text, None)
            .into_iter()
            .flat_map(|need| need.because)
            .collect()
    }

    #[test]
    fn the_reason_is_what_the_customer_wrote() {
        let rules = [rule(1, "billing", &["refund", "charged twice"])];
        assert_eq!(
            because(&rules, "I was CHARGED\n  Twice. Refund me, a refund!"),
            ["CHARGED Twice", "Refund"]
        );
    }

    #[test]
    fn case_and_diacritics_do_not_matter() {
        assert_eq!(because(&[rule(1, "billing", &["charge"])], "Montant Chargé"), ["Chargé"]);
        assert_eq!(
            because(&[rule(1, "refund", &["rückerstattung"])], "ruckerstattung bitte"),
            ["ruckerstattung"]
        );
    }

    #[test]
    fn only_whole_words_count_unless_a_star_says_otherwise() {
        assert!(because(&[rule(1, "s", &["sso"])], "a lesson in blossoms").is_empty());
        assert!(because(&[rule(1, "s", &["rechnung"])], "Rechnungsadresse").is_empty());
        assert_eq!(
            because(&[rule(1, "s", &["rechnung*"])], "die Rechnungsadresse fehlt"),
            ["Rechnungsadresse"]
        );
        assert_eq!(because(&[rule(1, "s", &["*rechnung"])], "die Stromrechnung fehlt"), ["Stromrechnung"]);
        assert_eq!(because(&[rule(1, "s", &["退款"])], "我要退款吗"), ["退款"]);
    }

    #[test]
    fn several_rules_for_one_skill_become_one_need() {
        let must =
            Rule { level: 4.0, weight: 2.5, hardness: Hardness::Must, ..rule(2, "billing", &["chargeback"]) };
        let needs = Needs::compile(&[rule(1, "billing", &["refund"]), must]).expect("rules are fine");
        let found = needs.of("Refund", "or I start a chargeback", None);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].level, found[0].weight, found[0].hardness), (4.0, WEIGHT_MAX, Hardness::Must));
        assert_eq!(
            (found[0].because.clone(), found[0].rules.clone()),
            (vec!["Refund".into(), "chargeback".into()], vec![1, 2])
        );
    }

    #[test]
    fn a_rule_may_be_for_one_language() {
        let german = Rule { language: Some("de".into()), ..rule(1, "gifts", &["gift"]) };
        let needs = Needs::compile(&[german]).expect("rules are fine");
        assert!(needs.of("gift", "", Some("en")).is_empty());
        assert_eq!(needs.of("gift", "", Some("de-AT")).len(), 1);
        assert_eq!(needs.of("gift", "", None).len(), 1);
    }

    #[test]
    fn a_phrase_does_not_reach_from_the_subject_into_the_text() {
        let needs = Needs::compile(&[rule(1, "s", &["not working"])]).expect("rules are fine");
        assert!(needs.of("It is not", "working hours?", None).is_empty());
    }

    #[test]
    fn rules_that_cannot_work_are_refused() {
        let refused = |any: &str| Needs::compile(&[rule(7, "s", &[any])]).err();
        assert_eq!(refused(" * "), Some(NeedsError::PhraseIsEmpty { rule: 7 }));
        assert_eq!(refused(&"x".repeat(PHRASE_BYTES_MAX + 1)), Some(NeedsError::PhraseIsTooLong { rule: 7 }));
        assert!(Needs::compile(&vec![rule(1, "s", &["x"]); RULES_MAX + 1]).is_err());
    }

    proptest! {
        #[test]
        fn reasons_come_from_the_text(text in "(refund|Chargé|twice| |\n|x|é){0,30}") {
            let rules = [rule(1, "a", &["refund*", "charge", "*twice"]), rule(2, "b", &["twice"])];
            for reason in because(&rules, &text) {
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert!(line.contains(reason.trim_end_matches('…')), "{reason:?} not in {line:?}");
            }
        }

        #[test]
        fn any_text_can_be_read(subject in any::<String>(), text in any::<String>()) {
            let needs = Needs::compile(&[rule(1, "a", &["a", "é*", "*ß"])]).expect("rules are fine");
            needs.of(&subject, &text, Some("de"));
        }
    }
}
