//! Where a sentence stands in a comment: pure, by letters of the comment's own text.
//!
//! Quotes and signatures are folded away into columns of their own, so that the text which a span counts in does not
//! change with how a page shows it. Should the text change all the same (a redaction), the quote finds its place again.

use serde::{Deserialize, Serialize};

/// Letters (not bytes) from the start of the text: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// The letters of the span, if the text has them.
pub fn words_at(text: &str, span: Span) -> Option<String> {
    let length = span.end.checked_sub(span.start).filter(|length| *length > 0)?;
    let words: String = text.chars().skip(span.start).take(length).collect();
    (words.chars().count() == length).then_some(words)
}

/// Where the quote stands now: where it stood, or else the nearest place that says the same.
pub fn place(text: &str, span: Span, quote: &str) -> Option<Span> {
    if words_at(text, span).as_deref() == Some(quote) {
        return Some(span);
    }
    let length = quote.chars().count();
    let found = text.match_indices(quote).filter(|_| length > 0);
    let starts = found.map(|(byte, _)| text[..byte].chars().count());
    let start = starts.min_by_key(|start| start.abs_diff(span.start))?;
    Some(Span { start, end: start + length })
}

/// The sentences of a text, in order: each ends after its full stop, question or exclamation mark, or with its line.
pub fn sentences(text: &str) -> Vec<Span> {
    const ENDS: [char; 7] = ['.', '!', '?', '…', '。', '！', '？'];
    const CLOSES: [char; 6] = ['"', '\'', '”', '’', ')', '»'];
    let letters: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut take = |from: usize, to: usize| {
        let first = (from..to).find(|i| !letters[*i].is_whitespace());
        let last = (from..to).rev().find(|i| !letters[*i].is_whitespace());
        if let (Some(first), Some(last)) = (first, last) {
            all.push(Span { start: first, end: last + 1 });
        }
    };
    while at < letters.len() {
        let ends = letters[at] == '\n';
        let mut after = at + 1;
        if !ends && ENDS.contains(&letters[at]) {
            while after < letters.len()
                && (ENDS.contains(&letters[after]) || CLOSES.contains(&letters[after]))
            {
                after += 1;
            }
            // "3.5" and "example.org" go on; a full-width stop needs no blank.
            let stops = after >= letters.len()
                || letters[after].is_whitespace()
                || matches!(letters[at], '。' | '！' | '？');
            if !stops {
                at = after;
                continue;
            }
        } else if !ends {
            at += 1;
            continue;
        }
        take(start, after);
        start = after;
        at = after;
    }
    take(start, letters.len());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        sentences(text).into_iter().filter_map(|span| words_at(text, span)).collect()
    }

    #[test]
    fn sentences_end_with_their_marks_and_with_their_lines() {
        assert_eq!(
            split(
                "Hello Marta,\n\nI see both payments. Really? “Yes!” It costs 3.50 at shop.example.org now"
            ),
            [
                "Hello Marta,",
                "I see both payments.",
                "Really?",
                "“Yes!”",
                "It costs 3.50 at shop.example.org now"
            ]
        );
        assert_eq!(split("了解しました。返金します！"), ["了解しました。", "返金します！"]);
        assert_eq!(split("Well... maybe"), ["Well...", "maybe"]);
        assert!(split(" \n\n ").is_empty() && split("").is_empty());
    }

    #[test]
    fn a_span_counts_letters_and_not_bytes() {
        let text = "Grüße. Schön!";
        let second = sentences(text)[1];
        assert_eq!((second, words_at(text, second).as_deref()), (Span { start: 7, end: 13 }, Some("Schön!")));
        assert_eq!(words_at(text, Span { start: 7, end: 99 }), None);
        assert_eq!(words_at(text, Span { start: 5, end: 5 }), None);
        assert_eq!(words_at(text, Span { start: 9, end: 5 }), None);
    }

    #[test]
    fn a_quote_finds_its_place_again() {
        let span = Span { start: 3, end: 8 };
        assert_eq!(place("ok. Thank", span, "nothing"), None);
        assert_eq!(place("xx Sorry", span, "Sorry"), Some(span));
        assert_eq!(place("We are sorry. Sorry!", span, "Sorry"), Some(Span { start: 14, end: 19 }));
        assert_eq!(
            place("Sorry ██ Sorry", Span { start: 8, end: 13 }, "Sorry"),
            Some(Span { start: 9, end: 14 })
        );
        assert_eq!(place("abc", span, ""), None);
    }
}
