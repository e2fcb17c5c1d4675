//! Where the letter ends and the letterhead begins: signatures, device lines, legal notices.
//!
//! When in doubt the words stay visible.

use super::Kind;
use super::headers::is_rule;
use super::lines::Line;
use super::phrases::{
    CERTAIN_NOTICES, CLOSING_WORDS, CLOSINGS, DEVICE_ENDS, DEVICE_EXCUSES, DEVICE_STARTS, DEVICES,
    LEGAL_OBJECTS, LEGAL_PHRASES, LEGAL_WORDS, NAME_PARTICLES, NOT_NAMES, OUTSIDE_NOTICES, OUTSIDE_WARNINGS,
    PHONE_LABELS,
};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

const SIGNATURE_LINES_MAX: usize = 30;
const SIGNATURE_BYTES_MAX: usize = 2_500;
const NAME_WORDS_MAX: usize = 6;
const NAME_BYTES_MAX: usize = 80;
const LETTERHEAD_LINE_BYTES_MAX: usize = 120;

/// A stretch of lines of one kind: `from..to`.
pub struct Stretch {
    pub kind: Kind,
    pub from: usize,
    pub to: usize,
}

/// Splits new text `from..to` into what was written and what the client or company appended.
/// `last`: no new text comes after it, so a closing with a name may end it.
pub fn split_new(lines: &[Line<'_>], from: usize, to: usize, last: bool) -> Vec<Stretch> {
    let mut tail: Vec<Stretch> = Vec::new();
    let start = skip_notice_on_top(lines, from, to);
    let mut cut = to;
    while let Some((kind, at)) = appended_by_machine(lines, start, cut) {
        tail.push(Stretch { kind, from: at, to: cut });
        cut = at;
    }
    if let Some(at) = delimiter(lines, start, cut) {
        tail.push(Stretch { kind: Kind::Signature, from: at, to: cut });
        cut = at;
    }
    while let Some((kind, at)) = appended_by_machine(lines, start, cut) {
        tail.push(Stretch { kind, from: at, to: cut });
        cut = at;
    }
    if last {
        let found = closing(lines, start, cut).or_else(|| {
            let at = dash_and_name(lines, start, cut).or_else(|| letterhead(lines, start, cut))?;
            Some((at, cut))
        });
        if let Some((at, end)) = found {
            if end < cut {
                tail.push(Stretch { kind: Kind::New, from: end, to: cut });
            }
            tail.push(Stretch { kind: Kind::Signature, from: at, to: end });
            cut = at;
        }
    }
    tail.push(Stretch { kind: Kind::New, from: start, to: cut });
    if start > from {
        tail.push(Stretch { kind: Kind::Disclaimer, from, to: start });
    }
    tail.retain(|stretch| stretch.from < stretch.to);
    tail.reverse();
    tail
}

/// Nothing but "Kind regards" and a name, as stands above a message that is handed on without a word.
pub fn is_only_a_signature(lines: &[Line<'_>], from: usize, to: usize) -> bool {
    let Some(first) = (from..to).find(|&at| !lines[at].is_blank()) else { return false };
    let formal = lines[first]
        .folded
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| CLOSING_WORDS.contains(&word));
    formal && is_closing(&lines[first]) && letterhead_end(lines, first + 1, to) == Some(to)
}

/// "CAUTION: this email originated from outside of the organization."
fn skip_notice_on_top(lines: &[Line<'_>], from: usize, to: usize) -> usize {
    const NOTICE_LINES_MAX: usize = 6;
    let Some(first) = (from..to).find(|&at| !lines[at].is_blank()) else { return from };
    let end = (first..to).find(|&at| lines[at].is_blank()).unwrap_or(to);
    if end == to || end - first > NOTICE_LINES_MAX {
        return from;
    }
    let paragraph = join(lines, first, end);
    let warns = OUTSIDE_WARNINGS.iter().any(|word| paragraph.contains(word)) || paragraph.starts_with('[');
    let outside = warns && OUTSIDE_NOTICES.iter().any(|notice| paragraph.contains(notice));
    if outside { (end..to).find(|&at| !lines[at].is_blank()).unwrap_or(from) } else { from }
}

/// The last paragraph, if a client, a virus scanner, a mailing list or a lawyer wrote it.
fn appended_by_machine(lines: &[Line<'_>], from: usize, to: usize) -> Option<(Kind, usize)> {
    let end = (from..to).rev().find(|&at| !lines[at].is_blank())? + 1;
    let start = paragraph_start(lines, from, end);
    if let Some(at) = device_lines(lines, start, end) {
        return Some((Kind::Signature, at));
    }
    if let Some(at) = list_footer(lines, from, end) {
        return Some((Kind::Signature, at));
    }
    let something_above = lines[from..start].iter().any(|line| !line.is_blank());
    (something_above && is_legal_notice(&join(lines, start, end))).then(|| {
        let ruled = start > from && is_rule(&lines[start - 1]);
        (Kind::Disclaimer, if ruled { start - 1 } else { start })
    })
}

fn paragraph_start(lines: &[Line<'_>], from: usize, end: usize) -> usize {
    (from..end).rev().find(|&at| lines[at].is_blank()).map_or(from, |blank| blank + 1)
}

fn join(lines: &[Line<'_>], from: usize, to: usize) -> String {
    const NOTICE_BYTES_MAX: usize = 4_000;
    let mut joined = String::new();
    for line in &lines[from..to] {
        if joined.len() > NOTICE_BYTES_MAX {
            break;
        }
        joined.push_str(&line.folded);
        joined.push(' ');
    }
    joined
}

/// "Sent from my iPhone", with the writer's name if it stands right above.
fn device_lines(lines: &[Line<'_>], start: usize, end: usize) -> Option<usize> {
    if !is_device_line(&lines[end - 1]) {
        return None;
    }
    let mut at = end - 1;
    while at > start && is_device_line(&lines[at - 1]) {
        at -= 1;
    }
    if at == start + 1 && is_name(&lines[start], 3) && start > 0 {
        at = start;
    }
    Some(at)
}

fn is_device_line(line: &Line<'_>) -> bool {
    const DEVICE_LINE_BYTES_MAX: usize = 140;
    if !line.is_text() || line.plain.len() > DEVICE_LINE_BYTES_MAX {
        return false;
    }
    let text = line.folded.trim_matches(|letter: char| {
        matches!(letter, '*' | '_' | '[' | ']' | '(' | ')' | '-' | ' ' | '<' | '>')
    });
    let starts = DEVICE_STARTS.iter().any(|start| text.starts_with(start));
    let ends = DEVICE_ENDS.iter().any(|end| text.trim_end_matches('.').ends_with(end));
    if !starts && !ends || text.starts_with("von meinem ") && !text.contains("gesendet") {
        return false;
    }
    let excused = DEVICE_EXCUSES.iter().any(|excuse| text.contains(excuse));
    let names_device = DEVICES.iter().any(|device| text.contains(device))
        || text
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| ["app", "mac", "mail", "phone"].contains(&word));
    let prose = (text.contains(", ") || text.contains(". ")) && text.ends_with(['.', '!', '?']);
    let words = line.word_count();
    let alone =
        text.starts_with("sent from my ") && words <= 7 || text == "via mobile" || text == "von unterwegs";
    let linked = text.contains("<http") && words <= 7;
    (excused && words <= 24)
        || linked
        || (!prose && !text.ends_with('?') && (alone || (names_device && words <= 12)))
}

/// A rule, then a few lines that name a list.
fn list_footer(lines: &[Line<'_>], from: usize, end: usize) -> Option<usize> {
    const FOOTER_LINES_MAX: usize = 6;
    let rule = (from..end).rev().take(FOOTER_LINES_MAX + 1).find(|&at| is_rule(&lines[at]))?;
    let footer = join(lines, rule + 1, end);
    let names_list =
        ["mailing list", "unsubscribe", "listinfo", "google groups", "mailingliste", "groups.google"]
            .iter()
            .any(|word| footer.contains(word));
    (names_list && rule + 1 < end).then_some(rule)
}

fn is_legal_notice(paragraph: &str) -> bool {
    const NOTICE_BYTES_MIN: usize = 90;
    const STAMP_WORDS_MAX: usize = 60;
    let mut seen = [0u64; 3];
    let mut counts = [0usize; 4];
    for found in NOTICES.find_overlapping_iter(paragraph) {
        let pattern = found.pattern().as_usize();
        let bit = 1u64 << (pattern % 64);
        if seen[pattern / 64] & bit == 0 {
            seen[pattern / 64] |= bit;
            let list = NOTICE_LISTS
                .iter()
                .scan(0, |end, list| {
                    *end += list.len();
                    Some(*end)
                })
                .position(|end| pattern < end);
            counts[list.unwrap_or(0)] += 1;
        }
    }
    let [certain, phrases, words, objects] = counts;
    if certain > 0 {
        return paragraph.split_whitespace().count() <= STAMP_WORDS_MAX;
    }
    paragraph.len() >= NOTICE_BYTES_MIN && phrases > 0 && phrases + words >= 2 && objects > 0
}

const NOTICE_LISTS: [&[&str]; 4] = [CERTAIN_NOTICES, LEGAL_PHRASES, LEGAL_WORDS, LEGAL_OBJECTS];

static NOTICES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new(NOTICE_LISTS.iter().copied().flatten()).expect("the phrases are fixed and small")
});

/// The first "-- " line that is followed by few enough lines.
fn delimiter(lines: &[Line<'_>], from: usize, to: usize) -> Option<usize> {
    const LOOSE_SIGNATURE_LINES_MAX: usize = 14;
    (from..to).find(|&at| {
        let raw = lines[at].raw.trim_end_matches(['\n', '\r']);
        let exact = raw == "-- ";
        let loose = matches!(lines[at].plain, "--" | "—" | "–" | "__" | "---" | "- -" | "‐‐" | "*--*");
        if !exact && !loose {
            return false;
        }
        if to - at > 4 * SIGNATURE_LINES_MAX {
            return false;
        }
        let below = &lines[at + 1..to];
        let texts = below.iter().filter(|line| !line.is_blank());
        let count = texts.clone().count();
        let bytes: usize = texts.clone().map(|line| line.plain.len()).sum();
        if exact {
            return count <= SIGNATURE_LINES_MAX && bytes <= SIGNATURE_BYTES_MAX;
        }
        let rule = lines[at].plain == "---";
        let prose = texts.clone().filter(|line| is_prose(line)).count();
        let contacts = texts.clone().filter(|line| is_contact(line)).count();
        let named = texts.clone().next().is_some_and(|line| is_name(line, NAME_WORDS_MAX));
        let postscript = texts.clone().any(|line| is_postscript(line));
        count <= LOOSE_SIGNATURE_LINES_MAX
            && !postscript
            && bytes <= SIGNATURE_BYTES_MAX / 2
            && (prose == 0 || (!rule && count <= 2) || (named && contacts > 0))
            && (!rule || (count > 0 && (named || contacts > 0)))
    })
}

/// "Kind regards," and what follows it: `(start, end)`; after `end` new text goes on (a postscript).
fn closing(lines: &[Line<'_>], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut seen = 0;
    let mut found = None;
    for at in (from..to).rev() {
        if lines[at].is_blank() {
            continue;
        }
        seen += 1;
        if seen > SIGNATURE_LINES_MAX {
            break;
        }
        if is_closing(&lines[at]) && letterhead_end(lines, at + 1, to).is_some() {
            found = Some(at);
            break;
        }
    }
    let at = found?;
    let end = letterhead_end(lines, at + 1, to)?;
    let mut start = at;
    // "Thanks in advance," right above "Kind regards,"
    while let Some(above) = (from..start).rev().find(|&above| !lines[above].is_blank()) {
        if start - above > 2 || !is_closing(&lines[above]) {
            break;
        }
        start = above;
    }
    let content_above = lines[from..start].iter().any(|line| !line.is_blank());
    content_above.then_some((start, end))
}

/// Where the lines under a closing stop being a name and a letterhead; none if no name follows.
fn letterhead_end(lines: &[Line<'_>], from: usize, to: usize) -> Option<usize> {
    const BLANKS_BEFORE_NAME_MAX: usize = 6;
    let first = (from..to).find(|&at| !lines[at].is_blank() && !is_image(&lines[at]))?;
    let from = (from..first).rev().find(|&at| is_image(&lines[at])).map_or(from, |image| image + 1);
    if first - from > BLANKS_BEFORE_NAME_MAX || !is_name(&lines[first], NAME_WORDS_MAX) {
        return None;
    }
    let mut end = first + 1;
    for at in first + 1..to {
        let line = &lines[at];
        if line.is_blank() {
            continue;
        }
        let goes_on = is_postscript(line)
            || (is_prose(line) && !is_contact(line))
            || line.plain.len() > 4 * LETTERHEAD_LINE_BYTES_MAX;
        if goes_on {
            // Prose begins with its paragraph.
            let start = paragraph_start(lines, first + 1, at + 1).max(first + 1);
            return Some(start.min(at).max(end.min(at)));
        }
        end = at + 1;
    }
    Some(to)
}

/// "-Abhishek", alone in its paragraph, perhaps with an address below.
fn dash_and_name(lines: &[Line<'_>], from: usize, to: usize) -> Option<usize> {
    let at = (from..to).rev().find(|&at| !lines[at].is_blank() && !is_contact(&lines[at]))?;
    let sign = |line: &Line<'_>| line.plain.starts_with(['-', '–', '—', '~']);
    let line = &lines[at];
    let name = line.plain.trim_start_matches(['-', '–', '—', '~', ' ']);
    let alone = at > from && lines[at - 1].is_blank();
    let named = name.len() <= 40
        && name.split_whitespace().count() <= 3
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name
            .split_whitespace()
            .all(|word| word.chars().next().is_some_and(|letter| letter.is_uppercase()))
        && name.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '.' | '-' | '\''));
    let is_list = lines[from..at].iter().any(sign);
    let content_above = lines[from..at].iter().any(|line| !line.is_blank());
    (sign(line) && named && alone && !is_list && content_above).then_some(at)
}

/// A name over an address, a number and a link, with no closing above it.
fn letterhead(lines: &[Line<'_>], from: usize, to: usize) -> Option<usize> {
    const CONTACT_LINES_MIN: usize = 2;
    let end = (from..to).rev().find(|&at| !lines[at].is_blank())? + 1;
    let ruled = (from..end).rev().take(SIGNATURE_LINES_MAX).find(|&at| is_rule(&lines[at]));
    let start = ruled.unwrap_or_else(|| paragraph_start(lines, from, end));
    let block = &lines[start..end];
    let above = lines[from..start].iter().rev().find(|line| !line.is_blank())?;
    let contacts = block.iter().filter(|line| is_contact(line)).count();
    let short = block.iter().all(|line| {
        line.plain.len() <= LETTERHEAD_LINE_BYTES_MAX
            && (!is_prose(line) || is_contact(line))
            && !is_postscript(line)
    });
    let opened = ruled.is_some() || (is_name(&block[0], NAME_WORDS_MAX) && !is_contact(&block[0]));
    let finished = above.plain.ends_with(['.', '!', '?', ')', '。', '！', '？', ','])
        || (ruled.is_some() && !above.ends_with_colon());
    (contacts >= CONTACT_LINES_MIN && short && opened && finished).then_some(start)
}

/// What is left in plain text of a logo or a drawn signature.
fn is_image(line: &Line<'_>) -> bool {
    line.plain.ends_with([']', ')'])
        && ["![", "[cid:", "[image:", "[logo"].iter().any(|start| line.folded.starts_with(start))
}

fn is_postscript(line: &Line<'_>) -> bool {
    ["ps:", "ps ", "p.s", "pps", "p.p.s", "ps.", "n.b.", "nb:", "pd:"]
        .iter()
        .any(|start| line.folded.starts_with(start))
}

/// Reads like a sentence rather than like a line of a letterhead.
fn is_prose(line: &Line<'_>) -> bool {
    let words = line.word_count();
    if line.plain.ends_with(['?', '？', '。', '！']) {
        return words >= 2 || line.plain.len() > 24;
    }
    let lower = line
        .plain
        .split_whitespace()
        .filter(|word| word.chars().next().is_some_and(|letter| letter.is_lowercase()))
        .count();
    (words >= 5 && lower * 2 >= words && line.plain.ends_with(['.', '!', ':']))
        || (words >= 9 && lower * 2 >= words)
}

fn is_contact(line: &Line<'_>) -> bool {
    let text = &line.folded;
    if !line.is_text() || line.plain.len() > LETTERHEAD_LINE_BYTES_MAX * 2 {
        return false;
    }
    let at_sign = text.find('@').is_some_and(|at| at > 0 && text[at..].contains('.'));
    let link = text.contains("http://") || text.contains("https://") || text.contains("www.");
    let skype = text.starts_with("skype");
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let numberish = text
        .chars()
        .filter(|letter| matches!(letter, '0'..='9' | ' ' | '+' | '-' | '(' | ')' | '/' | '.'))
        .count();
    let labelled = PHONE_LABELS.iter().any(|label| text.trim_start_matches('*').starts_with(label));
    let phone = digits >= 6 && (numberish * 10 >= text.len() * 6 || labelled);
    let few_words = line.word_count() <= 12;
    few_words && (at_sign || link || skype || phone)
}

/// A few capitalised words, as a person, team or company writes its name.
fn is_name(line: &Line<'_>, words_max: usize) -> bool {
    if !line.is_text() || line.plain.len() > NAME_BYTES_MAX || line.ends_with_colon() {
        return false;
    }
    let text = line.plain.trim_matches(|letter: char| matches!(letter, '*' | '_' | '/' | '-' | ' ' | '~'));
    if text.is_empty() || text.ends_with(['?', '!', '？', '！', '。']) {
        return false;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > words_max || words.iter().all(|word| !word.chars().any(char::is_alphabetic)) {
        return false;
    }
    let last = words.last().copied().unwrap_or_default();
    let ends_sentence =
        last.ends_with('.') && words.len() > 2 && !last.trim_end_matches('.').contains('.') && last.len() > 4;
    let particle = |word: &str| NAME_PARTICLES.contains(&word);
    let capitalised = words.iter().all(|word| {
        let first = word.chars().find(|letter| letter.is_alphabetic());
        first.is_none_or(|letter| !letter.is_lowercase()) || particle(word)
    });
    let common = words.len() > 1 || !NOT_NAMES.contains(&line.folded.trim_end_matches(['.', ',']));
    !ends_sentence && common && (capitalised || (words.len() == 1 && text.len() <= 20))
}

fn is_closing(line: &Line<'_>) -> bool {
    const CLOSING_WORDS_MAX: usize = 7;
    if !line.is_text() || line.plain.len() > NAME_BYTES_MAX || line.plain.ends_with(['?', ':']) {
        return false;
    }
    let text = line.folded.trim_matches(|letter: char| !letter.is_alphanumeric());
    if CLOSINGS.contains(&text) {
        return true;
    }
    let words = text.split_whitespace().count();
    words <= CLOSING_WORDS_MAX
        && !line.plain.ends_with('.')
        && text.split(|letter: char| !letter.is_alphanumeric()).any(|word| CLOSING_WORDS.contains(&word))
        && !text.contains("send")
        && !text.contains("with regards to")
        && !text.contains("as regards")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::fold_text;

    #[test]
    fn the_phrases_are_folded() {
        let lists = [
            CLOSINGS,
            CLOSING_WORDS,
            DEVICE_STARTS,
            DEVICE_ENDS,
            DEVICES,
            DEVICE_EXCUSES,
            OUTSIDE_NOTICES,
            OUTSIDE_WARNINGS,
            CERTAIN_NOTICES,
            LEGAL_PHRASES,
            LEGAL_WORDS,
            LEGAL_OBJECTS,
            PHONE_LABELS,
        ];
        for phrase in lists.into_iter().flatten() {
            assert_eq!(fold_text(phrase), **phrase);
        }
    }
}
