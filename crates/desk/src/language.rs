//! A language that somebody reads: the first part of their locale.

use serde::{Deserialize, Serialize};

const LETTERS_MAX: usize = 3;

/// Two or three small letters: `de`, `es`, `fil`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language {
    letters: [u8; LETTERS_MAX],
    length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a language is written as two or three letters, such as de or fil")]
pub struct UnknownLanguage;

impl Language {
    /// Of a locale: `pt-BR` and `PT_br` are `pt`.
    pub fn of(locale: &str) -> Option<Language> {
        let word = locale.trim().split(['-', '_']).next().unwrap_or_default();
        let fits = (2..=LETTERS_MAX).contains(&word.len()) && word.bytes().all(|it| it.is_ascii_alphabetic());
        if !fits {
            return None;
        }
        let mut letters = [0; LETTERS_MAX];
        for (place, letter) in letters.iter_mut().zip(word.bytes()) {
            *place = letter.to_ascii_lowercase();
        }
        Some(Language { letters, length: word.len() })
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.letters[..self.length]).unwrap_or_default()
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Language {
    type Error = UnknownLanguage;

    fn try_from(text: String) -> Result<Language, UnknownLanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.as_str().to_owned()
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Language, UnknownLanguage> {
        let text = text.trim();
        Language::of(text).filter(|it| it.as_str().len() == text.len()).ok_or(UnknownLanguage)
    }
}

impl db::ToParam for Language {
    fn to_param(&self) -> db::Param<'_> {
        db::Param::Text(self.as_str())
    }
}

impl db::FromColumn for Language {
    const WANTED: &'static str = "a language";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text(word) => word.parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_first_part_of_a_locale_and_nothing_else() {
        let word = |locale| Language::of(locale).map(|it| it.to_string());
        assert_eq!(word("pt-BR").as_deref(), Some("pt"));
        assert_eq!(word("ES_mx").as_deref(), Some("es"));
        assert_eq!(word("fil").as_deref(), Some("fil"));
        for wrong in ["", "d", "germ", "d'", "x1", "ça"] {
            assert_eq!(word(wrong), None, "{wrong}");
        }
        assert!("de-AT".parse::<Language>().is_err(), "a column names a language alone");
        assert_eq!(serde_json::from_str::<Language>("\"de\"").unwrap().as_str(), "de");
    }
}
