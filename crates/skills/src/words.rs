//! The shipped library in other languages: names, meanings and anchors, read from `library/words.*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Language (ISO 639-1) and file, as it was when the crate was built.
const FILES: [(&str, &str); 3] = [
    ("de", include_str!("../library/words.de.toml")),
    ("es", include_str!("../library/words.es.toml")),
    ("fr", include_str!("../library/words.fr.toml")),
];

static WORDS: LazyLock<Vec<(&'static str, LibraryWords)>> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).expect("a test proves that the words can be read");
    FILES.into_iter().map(|(language, text)| (language, read(text))).collect()
});

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

/// The shipped languages beside English, each with the words of every shipped skill.
pub fn library_words() -> &'static [(&'static str, LibraryWords)] {
    &WORDS
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
