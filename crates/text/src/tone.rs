//! How pressing and how angry a message sounds, and which words say so.
//!
//! A hint for order and care, never a verdict on a person.

use crate::folding::Comparable;
use crate::needs::{ends_word, starts_word};
use crate::tone_signs::SIGNS;
use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Only this much of a message is read for its tone.
const READ_BYTES_MAX: usize = 32 * 1024;
const REASONS_MAX: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    /// 0 none, 1 would like it soon, 2 urgent, 3 something is burning.
    pub urgency: u8,
    /// 0 none, 1 annoyed, 2 angry, 3 furious or threatening to leave or to sue.
    pub anger: u8,
    /// The words that say so, as written.
    pub because: Vec<String>,
}

/// The tone of a message's subject and new text, in any of the languages of the lists below.
pub fn tone(subject: &str, visible: &str) -> Tone {
    let mut heard = Heard::default();
    heard.read(subject);
    heard.read(visible);
    heard.loudness(subject, visible);
    heard.judged()
}

#[derive(Default)]
struct Heard {
    urgency: u32,
    anger: u32,
    friendly: bool,
    because: Vec<String>,
}

impl Heard {
    fn read(&mut self, original: &str) {
        let original = &original[..original.floor_char_boundary(READ_BYTES_MAX)];
        let folded = Comparable::of(original);
        for found in FINDER.find_iter(&folded.text) {
            let (start, end) = (found.start(), found.end());
            if !starts_word(&folded.text, start) || !ends_word(&folded.text, end) {
                continue;
            }
            let sign = SIGNS[found.pattern().as_usize()].1;
            match sign {
                Sign::Harmless => continue,
                Sign::Friendly => {
                    self.friendly = true;
                    continue;
                }
                Sign::Urgent(points) => {
                    self.urgency = self.urgency.max(points) + u32::from(self.urgency >= 2)
                }
                Sign::Angry(points) => self.anger += points,
            }
            self.say(folded.original(original, start, end));
        }
    }

    /// Capitals and rows of exclamation marks.
    fn loudness(&mut self, subject: &str, visible: &str) {
        const SHOUTED_WORDS_MIN: usize = 4;
        const LETTERS_OF_WORD_MIN: usize = 4;
        let visible = &visible[..visible.floor_char_boundary(READ_BYTES_MAX)];
        let (mut words, mut shouted) = (0, 0);
        for word in visible.split_whitespace() {
            let mut letters = 0;
            let mut upper = 0;
            for letter in word.chars().filter(|letter| letter.is_alphabetic()) {
                letters += 1;
                upper += usize::from(letter.is_uppercase());
            }
            if letters >= LETTERS_OF_WORD_MIN {
                words += 1;
                shouted += usize::from(upper == letters);
            }
        }
        if shouted >= SHOUTED_WORDS_MIN && shouted * 2 >= words {
            self.anger += 2;
            self.say("WRITTEN IN CAPITALS");
        }
        let row = [subject, visible]
            .iter()
            .any(|text| text.contains("!!") || text.contains("?!") || text.contains("！！"));
        if row {
            // "Thank you so much!!!" is joy.
            if self.anger > 0 {
                self.anger += 1;
                self.say("!!");
            } else if self.urgency > 0 {
                self.urgency += 1;
                self.say("!!");
            } else if !self.friendly {
                self.anger += 1;
                self.say("!!");
            }
        }
    }

    fn say(&mut self, words: &str) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.because.len() < REASONS_MAX && !self.because.contains(&words) {
            self.because.push(words);
        }
    }

    fn judged(self) -> Tone {
        let anger = match self.anger {
            0 => 0,
            1..=2 => 1,
            3..=4 => 2,
            _ => 3,
        };
        Tone { urgency: self.urgency.min(3) as u8, anger, because: self.because }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// Points of urgency, 1 to 3.
    Urgent(u32),
    /// Points of anger; they add up.
    Angry(u32),
    /// Looks like a sign and is none: the longer phrase wins over the shorter one inside it.
    Harmless,
    Friendly,
}

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(SIGNS.iter().map(|(phrase, _)| phrase))
        .expect("the phrases are fixed and small")
});

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(text: &str) -> (u8, u8) {
        let tone = tone("", text);
        (tone.urgency, tone.anger)
    }

    #[test]
    fn a_calm_and_polite_message_has_no_tone() {
        for text in [
            "Hello, could you please tell me your opening hours? Thank you very much in advance.",
            "Thank you so much, this is great!!!",
            "It is not urgent, no rush at all.",
            "Is there an urgent care center near your office, and who is my emergency contact?",
            "Danke, das eilt nicht.",
            "I would kindly ask you to change my address, if you would be so kind.",
            "Your invoice PDF shows USD and IBAN.",
        ] {
            assert_eq!(heard(text), (0, 0), "{text}");
        }
    }

    #[test]
    fn urgency_has_degrees_in_six_languages() {
        assert_eq!(heard("Please answer as soon as possible").0, 1);
        for text in [
            "This is urgent",
            "Es ist dringend",
            "C'est urgent",
            "Es urgente",
            "É urgente",
            "È una cosa urgente",
        ] {
            assert_eq!(heard(text).0, 2, "{text}");
        }
        assert_eq!(heard("Our site is down and nobody can work").0, 3);
    }

    #[test]
    fn anger_has_degrees_in_six_languages() {
        assert_eq!(heard("I am a bit disappointed").1, 1);
        for text in [
            "This is outrageous",
            "Eine Frechheit",
            "C'est inadmissible",
            "Es una vergüenza",
            "Que vergonha",
            "È una vergogna",
        ] {
            assert!(heard(text).1 >= 2, "{text}");
        }
        assert_eq!(heard("This is unacceptable, I will contact my lawyer!!").1, 3);
    }

    #[test]
    fn capitals_and_rows_of_marks_are_heard() {
        assert!(heard("WHERE DOES THIS MONEY GO, NOBODY CALLS BACK").1 >= 1);
        assert_eq!(heard("Where is my parcel?!!").1, 1);
        assert_eq!(heard("Where is my parcel?").1, 0);
    }

    #[test]
    fn the_words_are_shown_as_written() {
        let tone = tone("URGENT: no light", "This is Unacceptable!!");
        assert_eq!(tone.because, ["URGENT", "Unacceptable", "!!"]);
    }

    #[test]
    fn the_phrases_are_folded() {
        for (phrase, _) in SIGNS {
            assert_eq!(crate::folding::fold_text(phrase), **phrase);
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_tone(subject in any::<String>(), text in any::<String>()) {
            let tone = tone(&subject, &text);
            prop_assert!(tone.urgency <= 3 && tone.anger <= 3);
        }
    }
}
