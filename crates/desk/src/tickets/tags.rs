//! Tags: lower case, no spaces, sorted, each once.

use super::{TAG_CHARS_MAX, TAGS_PER_TICKET_MAX};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Tags(Vec<String>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    Set(Vec<String>),
    Add(Vec<String>),
    Remove(Vec<String>),
    AddAndRemove { add: Vec<String>, remove: Vec<String> },
}

impl Tags {
    pub fn from_words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Self {
        let mut tags: Vec<String> = words.into_iter().filter_map(|word| tag(word.as_ref())).collect();
        tags.sort_unstable();
        tags.dedup();
        tags.truncate(TAGS_PER_TICKET_MAX);
        Tags(tags)
    }

    pub(super) fn from_stored(text: &str) -> Self {
        Tags(text.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn stored(&self) -> String {
        self.0.join(" ")
    }

    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    pub fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag)
    }

    pub fn changed(&self, change: &TagChange) -> Tags {
        match change {
            TagChange::Set(words) => Tags::from_words(words),
            TagChange::Add(words) => Tags::from_words(self.0.iter().chain(words)),
            TagChange::Remove(words) => {
                let gone = Tags::from_words(words);
                Tags(self.0.iter().filter(|tag| !gone.has(tag)).cloned().collect())
            }
            TagChange::AddAndRemove { add, remove } => {
                self.changed(&TagChange::Add(add.clone())).changed(&TagChange::Remove(remove.clone()))
            }
        }
    }
}

fn tag(word: &str) -> Option<String> {
    let joined: String = word
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_whitespace() || c == ',' { '_' } else { c })
        .filter(|c| !c.is_control())
        .take(TAG_CHARS_MAX)
        .collect();
    (!joined.is_empty()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_folded_sorted_and_kept_once() {
        let tags = Tags::from_words([" Refund ", "march", "REFUND", "two words", ""]);
        assert_eq!(tags.as_slice(), ["march", "refund", "two_words"]);
        assert_eq!(Tags::from_stored(&tags.stored()), tags);
    }

    #[test]
    fn adding_and_removing_meet_in_the_middle() {
        let tags = Tags::from_words(["a", "b"]);
        let more = tags.changed(&TagChange::Add(vec!["C".into()]));
        assert_eq!(more.as_slice(), ["a", "b", "c"]);
        assert_eq!(more.changed(&TagChange::Remove(vec!["c".into()])), tags);
        let both = TagChange::AddAndRemove { add: vec!["d".into()], remove: vec!["A".into(), "z".into()] };
        assert_eq!(tags.changed(&both).as_slice(), ["b", "d"]);
    }
}
