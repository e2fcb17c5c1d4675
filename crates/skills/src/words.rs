//! What is shipped in other languages: the library, and the competencies and the scorecard that a desk begins with. Read
//! from `library/words.*.toml`, `competencies.*.toml` and `scorecard.*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Language (ISO 639-1) and file, as it was when the crate was built.
const FILES: [(&str, &str); 3] = [
    ("de", include_str!("../library/words.de.toml")),
    ("es", include_str!("../library/words.es.toml")),
    ("fr", include_str!("../library/words.fr.toml")),
];

const COMPETENCIES: [(&str, &str); 3] = [
    ("de", include_str!("../library/competencies.de.toml")),
    ("es", include_str!("../library/competencies.es.toml")),
    ("fr", include_str!("../library/competencies.fr.toml")),
];
const SCORECARD: [(&str, &str); 3] = [
    ("de", include_str!("../library/scorecard.de.toml")),
    ("es", include_str!("../library/scorecard.es.toml")),
    ("fr", include_str!("../library/scorecard.fr.toml")),
];

type InLanguages<T> = LazyLock<Vec<(&'static str, T)>>;

static WORDS: InLanguages<LibraryWords> = LazyLock::new(|| read(FILES));
static COMPETENCY_WORDS: InLanguages<LibraryWords> = LazyLock::new(|| read(COMPETENCIES));
static SCORECARD_WORDS: InLanguages<ScorecardWords> = LazyLock::new(|| read(SCORECARD));

fn read<T: DeserializeOwned>(files: [(&'static str, &str); 3]) -> Vec<(&'static str, T)> {
    let read = |text| toml::from_str(text).expect("a test proves that the words can be read");
    files.into_iter().map(|(language, text)| (language, read(text))).collect()
}

/// By key of the skill.
pub type LibraryWords = BTreeMap<String, SkillWords>;

/// What one skill is called in another language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillWords {
    pub name: String,
    pub meaning: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: [String; 5],
}

/// The shipped scorecard in another language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardWords {
    pub name: String,
    pub about: String,
    /// By their names in English.
    pub categories: BTreeMap<String, CategoryWords>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryWords {
    pub name: String,
    pub question: String,
    /// What each point looks like, from the least.
    pub anchors: Vec<String>,
}

/// The shipped languages beside English, each with the words of every shipped skill.
pub fn library_words() -> &'static [(&'static str, LibraryWords)] {
    &WORDS
}

/// The same languages with the words of the shipped competencies, by their keys; the meaning is the behaviour.
pub fn competency_words() -> &'static [(&'static str, LibraryWords)] {
    &COMPETENCY_WORDS
}

/// The same languages with the words of the shipped scorecard.
pub fn scorecard_words() -> &'static [(&'static str, ScorecardWords)] {
    &SCORECARD_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;
    use std::collections::{BTreeSet, HashSet};

    #[test]
    fn every_language_names_every_shipped_skill_and_no_other() {
        let keys: BTreeSet<&str> = library().skills.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(library_words().len(), FILES.len());
        for (language, words) in library_words() {
            assert_eq!(words.keys().map(String::as_str).collect::<BTreeSet<_>>(), keys, "in {language}");
            let names: HashSet<&String> = words.values().map(|it| &it.name).collect();
            assert_eq!(names.len(), keys.len(), "{language} gives two skills one name");
        }
    }

    #[test]
    fn competencies_and_the_scorecard_have_words_in_the_languages_of_the_library() {
        let library: Vec<&str> = library_words().iter().map(|it| it.0).collect();
        assert_eq!(competency_words().iter().map(|it| it.0).collect::<Vec<_>>(), library);
        assert_eq!(scorecard_words().iter().map(|it| it.0).collect::<Vec<_>>(), library);
        let whole = |text: &String| !text.trim().is_empty() && !text.contains('\n') && text.trim() == text;
        for (language, words) in competency_words() {
            for (key, it) in words {
                let mut sentences = [&it.meaning].into_iter().chain(&it.anchors);
                assert!(sentences.all(|text| whole(text) && text.ends_with('.')), "{language}: {key}");
                assert!(whole(&it.name) && it.name.chars().count() <= 80, "{language}: {key}");
            }
        }
        for (language, words) in scorecard_words() {
            for (name, it) in &words.categories {
                assert!(
                    [&it.name, &it.question].into_iter().chain(&it.anchors).all(whole),
                    "{language}: {name}"
                );
            }
        }
    }

    #[test]
    fn words_are_one_line_each_and_are_translated() {
        for (language, words) in library_words() {
            for (key, it) in words {
                let mut lines = [&it.name, &it.meaning].into_iter().chain(&it.anchors);
                assert!(lines.all(|text| !text.trim().is_empty() && !text.contains('\n')), "{key}");
                assert!(it.name.chars().count() <= 80 && it.meaning.ends_with('.'), "{language}: {key}");
                let original = library().skill(key).expect("the other test proves it");
                assert_ne!(it.meaning, original.meaning, "{language}: {key} is not translated");
            }
        }
    }

    #[test]
    fn every_level_of_every_skill_has_a_sentence_of_its_own_in_each_language() {
        for (language, words) in library_words() {
            let mut seen = HashSet::new();
            for (key, it) in words {
                let original = library().skill(key).expect("the other test proves it");
                for (level, (sentence, english)) in (1..).zip(it.anchors.iter().zip(&original.anchors)) {
                    let place = format!("{language}: {key} at level {level}");
                    assert_ne!(sentence, english, "{place} is not translated");
                    assert!(sentence.ends_with('.') && sentence.trim() == sentence, "{place}");
                    let (is, was) = (sentence.chars().count(), english.chars().count());
                    assert!(
                        is <= 240 && is < 2 * was + 40 && was < 2 * is + 40,
                        "{place}: {is} beside {was}"
                    );
                    assert!(seen.insert(sentence), "{place} says what another place says");
                }
            }
            assert_eq!(seen.len(), 5 * library().skills.len(), "in {language}");
        }
    }
}
