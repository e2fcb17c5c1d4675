//! Words for the full-text index and for a one-line preview.
//!
//! Terms are letters and digits only, so that every full-text engine cuts them alike.

use crate::folding::{is_invisible, is_unspaced, push_folded};

/// Longer words are cut: they are noise, tokens or attacks.
pub const TERM_CHARS_MAX: usize = 64;
/// The index holds at most this much text of one message.
pub const INDEXED_BYTES_MAX: usize = 256 * 1024;

/// Of a long link only the first neighbours are joined.
const PAIRS_OF_PIECE_MAX: usize = 8;

/// The terms of a text for the index, separated by spaces: lower case, no diacritics.
///
/// What is written in one piece is found whole and in parts: `A-1234` gives `a`, `1234` and `a1234`; an address its
/// parts and the whole. Chinese, Japanese and Thai give pairs of letters. `language` is kept for stems to come.
pub fn search_terms(text: &str, _language: Option<&str>) -> String {
    let mut terms = String::with_capacity(text.len() + text.len() / 4);
    for_each_piece(limited(text), |piece| {
        let mut whole = String::new();
        let mut previous = "";
        let mut parts = 0;
        for part in piece.split(|letter: char| !is_word(letter)).filter(|part| !part.is_empty()) {
            push_term(part, &mut terms);
            push_number_in(part, &mut terms);
            // "example.com" is found in an address, "A-1234" in "A-1234-X".
            if parts > 0 && parts < PAIRS_OF_PIECE_MAX {
                push_term(&format!("{previous}{part}"), &mut terms);
            }
            previous = part;
            parts += 1;
            whole.push_str(part);
        }
        if parts > 2 && !piece.contains(['/', '\\']) {
            push_term(&whole, &mut terms);
        }
    });
    terms.truncate(terms.trim_end().len());
    terms
}

/// The terms to ask the index for: each must be there. One term for each thing written in one piece.
pub fn query_terms(text: &str, _language: Option<&str>) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::new();
    for_each_piece(limited(text), |piece| {
        let mut terms = String::new();
        if piece.contains(['/', '\\']) {
            for part in piece.split(|letter: char| !is_word(letter)) {
                push_term(part, &mut terms);
            }
        } else {
            let whole: String = piece.chars().filter(|letter| is_word(*letter)).collect();
            push_term(&whole, &mut terms);
        }
        wanted.extend(terms.split_whitespace().map(str::to_owned));
    });
    let mut seen = std::collections::HashSet::new();
    wanted.retain(|term| seen.insert(term.clone()));
    wanted
}

/// The first words of a message on one line, at most `chars_max` characters, cut between words.
pub fn snippet(visible: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in visible.split_whitespace() {
        let letters = word.chars().filter(|letter| !letter.is_control()).count();
        let space = usize::from(length > 0);
        if length + space + letters > chars_max {
            if length == 0 {
                line.extend(
                    word.chars().filter(|letter| !letter.is_control()).take(chars_max.saturating_sub(1)),
                );
            }
            if chars_max > 0 {
                while length >= chars_max {
                    line.pop();
                    length -= 1;
                }
                line.push('…');
            }
            break;
        }
        if space == 1 {
            line.push(' ');
        }
        line.extend(word.chars().filter(|letter| !letter.is_control()));
        length += space + letters;
    }
    line
}

fn limited(text: &str) -> &str {
    &text[..text.floor_char_boundary(INDEXED_BYTES_MAX)]
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_invisible(letter) || unicode_normalization::char::is_combining_mark(letter)
}

/// Things written in one piece: words, addresses, order numbers.
fn for_each_piece<'a>(text: &'a str, mut take: impl FnMut(&'a str)) {
    for piece in text.split(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';' | '|' | '=')
    }) {
        let piece = piece.trim_matches(|letter: char| !is_word(letter));
        if !piece.is_empty() {
            take(piece);
        }
    }
}

fn push_term(word: &str, terms: &mut String) {
    let mut unspaced: Option<char> = None;
    let mut paired = false;
    let mut chars = 0;
    let start = terms.len();
    for letter in word.chars() {
        if is_unspaced(letter) {
            if chars > 0 {
                terms.push(' ');
                chars = 0;
            }
            if let Some(previous) = unspaced {
                terms.push(previous);
                terms.push(letter);
                terms.push(' ');
            }
            paired = unspaced.is_some();
            unspaced = Some(letter);
            continue;
        }
        if let Some(alone) = unspaced.take()
            && !paired
        {
            terms.push(alone);
            terms.push(' ');
        }
        paired = false;
        if chars < TERM_CHARS_MAX {
            if letter.is_ascii() {
                terms.push(letter.to_ascii_lowercase());
            } else {
                let before = terms.len();
                push_folded(letter, terms);
                let clean: String =
                    terms[before..].chars().filter(|letter| letter.is_alphanumeric()).collect();
                terms.truncate(before);
                terms.push_str(&clean);
            }
            chars += 1;
        }
    }
    if let Some(alone) = unspaced
        && !paired
    {
        terms.push(alone);
    }
    if terms.len() > start && !terms.ends_with(' ') {
        terms.push(' ');
    }
}

/// `INV20431` is also found by its number.
fn push_number_in(part: &str, terms: &mut String) {
    const DIGITS_MIN: usize = 3;
    let digits = part.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    if digits.len() < part.len()
        && digits.len() >= DIGITS_MIN
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        terms.push_str(digits);
        terms.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_lose_case_and_diacritics() {
        assert_eq!(search_terms("Die Rückerstattung, Señor!", None), "die ruckerstattung senor");
    }

    #[test]
    fn an_order_number_is_found_whole_and_in_parts() {
        assert_eq!(search_terms("Order A-1234.", None), "order a 1234 a1234");
        assert_eq!(query_terms("a1234", None), ["a1234"]);
        assert_eq!(query_terms("A-1234", None), ["a1234"]);
        assert!(search_terms("INV20431", None).split(' ').any(|term| term == "20431"));
    }

    #[test]
    fn an_address_is_found_whole_and_in_parts() {
        let terms = search_terms("Ana <ana.lopez@example.com>", None);
        for wanted in ["ana", "lopez", "example", "com", "examplecom", "analopezexamplecom"] {
            assert!(terms.split(' ').any(|term| term == wanted), "{wanted} in {terms}");
        }
        assert_eq!(query_terms("ana.lopez@example.com", None), ["analopezexamplecom"]);
    }

    #[test]
    fn chinese_and_japanese_give_pairs() {
        assert_eq!(search_terms("我要退款", None), "我要 要退 退款");
        assert_eq!(search_terms("退 iPhone用", None), "退 iphone 用");
    }

    #[test]
    fn a_snippet_is_one_line_cut_between_words() {
        assert_eq!(snippet("Hello\n\nI was   charged twice", 100), "Hello I was charged twice");
        assert_eq!(snippet("Hello I was charged", 12), "Hello I was…");
        assert_eq!(snippet("Donaudampfschifffahrt", 6), "Donau…");
        assert_eq!(snippet("", 6), "");
    }

    proptest! {
        #[test]
        fn what_is_asked_for_is_in_the_index(text in "\\PC{0,60}") {
            let index = search_terms(&text, None);
            let terms: Vec<&str> = index.split(' ').collect();
            for wanted in query_terms(&text, None) {
                prop_assert!(terms.contains(&wanted.as_str()), "{wanted:?} not in {index:?}");
            }
        }

        #[test]
        fn a_snippet_is_never_too_long(text in "\\PC{0,80}", chars_max in 0usize..40) {
            let line = snippet(&text, chars_max);
            prop_assert!(line.chars().count() <= chars_max);
            prop_assert!(!line.contains('\n'));
        }
    }
}
