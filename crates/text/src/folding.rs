//! Letters without their dress: lower case, no diacritics, one kind of quote, so that "Chargé" equals "charge".

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text made comparable, remembering where each byte of it came from.
pub struct Comparable {
    pub text: String,
    /// For each byte of `text`, the byte of the original that it came from; one more for the end.
    origin: Vec<u32>,
}

impl Comparable {
    /// Folds every letter and shrinks each run of white space to one space.
    pub fn of(original: &str) -> Comparable {
        let mut text = String::with_capacity(original.len());
        let mut origin = Vec::with_capacity(original.len() + 1);
        let mut spaced = true;
        for (at, letter) in original.char_indices() {
            if letter.is_whitespace() {
                if !spaced {
                    text.push(' ');
                    origin.push(at as u32);
                    spaced = true;
                }
                continue;
            }
            let before = text.len();
            if letter.is_ascii() {
                text.push(letter.to_ascii_lowercase());
            } else {
                push_folded(letter, &mut text);
            }
            for _ in before..text.len() {
                origin.push(at as u32);
            }
            spaced = spaced && text.len() == before;
        }
        origin.push(original.len() as u32);
        Comparable { text, origin }
    }

    /// The original words behind a range of the folded text, as they were written.
    pub fn original<'a>(&self, original: &'a str, start: usize, end: usize) -> &'a str {
        let from = self.origin.get(start).map_or(0, |&at| at as usize);
        let mut to = self.origin.get(end).map_or(original.len(), |&at| at as usize);
        if to <= from {
            to = original[from..].chars().next().map_or(from, |letter| from + letter.len_utf8());
        }
        original.get(from..to).unwrap_or_default().trim_end()
    }
}

/// The text in lower case without diacritics; white space as it was.
pub fn fold_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            folded.push(letter.to_ascii_lowercase());
        } else {
            push_folded(letter, &mut folded);
        }
    }
    folded
}

/// Appends the plain form of one letter: nothing for a mark or an invisible sign, two letters for a ligature.
pub fn push_folded(letter: char, into: &mut String) {
    match letter {
        'ß' | 'ẞ' => into.push_str("ss"),
        'æ' | 'Æ' => into.push_str("ae"),
        'œ' | 'Œ' => into.push_str("oe"),
        'ø' | 'Ø' => into.push('o'),
        'ł' | 'Ł' => into.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => into.push('d'),
        'þ' | 'Þ' => into.push_str("th"),
        'ı' | 'İ' => into.push('i'),
        '’' | '‘' | '‛' | '´' | 'ʼ' | '′' => into.push('\''),
        '“' | '”' | '„' | '«' | '»' => into.push('"'),
        '\u{2010}'..='\u{2015}' => into.push('-'),
        '…' => into.push_str("..."),
        _ if is_invisible(letter) => {}
        // Kana and Hangul would fall apart, so only the alphabets and the full-width forms are taken apart.
        '\u{80}'..='\u{1fff}' | '\u{fb00}'..='\u{fdff}' | '\u{ff01}'..='\u{ff5e}' => {
            for piece in std::iter::once(letter).nfkd() {
                if !is_combining_mark(piece) {
                    into.extend(piece.to_lowercase().filter(|low| !is_combining_mark(*low)));
                }
            }
        }
        _ => into.extend(letter.to_lowercase()),
    }
}

/// Zero-width and direction marks, which clients scatter around names and dates.
pub fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Written without spaces between words: there a word boundary cannot be asked for.
pub fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diacritics_case_and_ligatures_do_not_matter() {
        assert_eq!(
            fold_text("Chargé, GRÜSSE, Straße, Øre, Łódź, ＡＢＣ"),
            "charge, grusse, strasse, ore, lodz, abc"
        );
    }

    #[test]
    fn kana_and_hangul_stay_whole() {
        assert_eq!(fold_text("ガイド 한국"), "ガイド 한국");
    }

    #[test]
    fn the_words_behind_a_range_come_back_as_written() {
        let original = "Déjà   VU,\nStraße";
        let folded = Comparable::of(original);
        assert_eq!(folded.text, "deja vu, strasse");
        assert_eq!(folded.original(original, 0, 7), "Déjà   VU");
        assert_eq!(folded.original(original, 9, 16), "Straße");
    }
}
