//! The new words of a mail: quotes, signatures and notices folded away, nothing ever lost.

mod attribution;
mod headers;
mod lines;
#[rustfmt::skip] // lists read better packed
mod phrases;
mod signature;

use crate::folding::fold_text;
use attribution::attribution_at;
use headers::{Title, header_block_at, is_rule, may_be_title, title};
use lines::{Line, lines_of};
use phrases::{FORWARD_PREFIXES, POINTERS, REPLY_ABOVE};
use serde::{Deserialize, Serialize};
use signature::{Stretch, is_only_a_signature, split_new};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Written for this message.
    New,
    /// Somebody's earlier words.
    Quote,
    Signature,
    /// Somebody else's message, handed on to be read.
    Forwarded,
    /// Legal notices, scanner stamps, "external sender" warnings.
    Disclaimer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub kind: Kind,
    pub text: String,
}

/// `parts`, one after the other, are the text. `visible` is what a reader needs: new and forwarded text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    pub visible: String,
    pub parts: Vec<Part>,
}

/// What else is known about the mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Our own line above which people are asked to reply; all from it on is quote.
    pub marker: Option<&'a str>,
    /// A subject that begins with `Fwd:`, `WG:`, `TR:` … means that the appended message is to be read.
    pub subject: Option<&'a str>,
}

/// Separates what a mail newly says from what it repeats.
pub fn fold(text: &str) -> Folded {
    fold_with(text, &Hints::default())
}

/// As [`fold`], for mail that answers ours: `marker` is the line that we put on top of our text.
pub fn fold_with_marker(text: &str, marker: &str) -> Folded {
    fold_with(text, &Hints { marker: Some(marker), subject: None })
}

pub fn fold_with(text: &str, hints: &Hints<'_>) -> Folded {
    let lines = lines_of(text);
    let mut stretches = with_signatures(&lines, scan(&lines, hints));
    show_what_is_all_there_is(&lines, &mut stretches, hints);
    let stretches: Vec<Stretch> = stretches.into_iter().map(|it| it.stretch).collect();
    assemble(&lines, &stretches)
}

/// The byte at which a quote begins that lasts to the end, if the text has new words above it.
pub(crate) fn last_quote_start(text: &str, hints: &Hints<'_>) -> Option<usize> {
    let folded = fold_with(text, hints);
    let mut end = text.len();
    let mut start = None;
    for part in folded.parts.iter().rev() {
        end -= part.text.len();
        match part.kind {
            Kind::Quote => start = Some(end),
            Kind::Disclaimer | Kind::Signature if start.is_none() => {}
            _ => break,
        }
    }
    start.filter(|_| !folded.visible.is_empty())
}

/// Does this text end with a line like "On Monday Ana wrote:"? Then where does that line begin?
pub(crate) fn trailing_attribution(text: &str) -> Option<usize> {
    const ATTRIBUTION_TAIL_LINES: usize = 8;
    let lines = lines_of(text);
    let last = lines.iter().rposition(|line| !line.is_blank())?;
    let first = last.saturating_sub(ATTRIBUTION_TAIL_LINES);
    let at = (first..=last)
        .find(|&at| attribution_at(&lines, at).is_some_and(|it| it.certain && at + it.lines == last + 1))?;
    Some(lines[..at].iter().map(|line| line.raw.len()).sum())
}

/// "---------- Forwarded message ----------"
pub(crate) fn is_forward_title(line: &str) -> bool {
    lines_of(line).first().is_some_and(|line| title(line) == Some(Title::Forwarded))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Plain,
    /// Lines with `>` and nothing that says whose they are.
    Marks,
    /// Lines with `>` under an attribution or header.
    Attributed,
    /// All that follows an attribution or header.
    Appended,
    /// All that follows our own marker.
    Ours,
}

struct Found {
    stretch: Stretch,
    origin: Origin,
}

/// The message cut into new, quoted and forwarded stretches.
fn scan(lines: &[Line<'_>], hints: &Hints<'_>) -> Vec<Found> {
    let marker = hints.marker.map(|marker| fold_text(marker.trim())).filter(|marker| !marker.is_empty());
    let forwards = hints.subject.is_some_and(is_forward_subject);
    let mut found: Vec<Found> = Vec::new();
    let mut new_from = 0;
    let mut at = 0;
    while at < lines.len() {
        let Some((kind, origin, to)) = quote_at(lines, at, marker.as_deref()) else {
            at += 1;
            continue;
        };
        let kind = if forwards && origin == Origin::Appended { Kind::Forwarded } else { kind };
        if new_from < at {
            found.push(new(new_from, at));
        }
        found.push(Found { stretch: Stretch { kind, from: at, to }, origin });
        (at, new_from) = (to, to);
    }
    if new_from < lines.len() {
        found.push(new(new_from, lines.len()));
    }
    found
}

fn new(from: usize, to: usize) -> Found {
    Found { stretch: Stretch { kind: Kind::New, from, to }, origin: Origin::Plain }
}

/// Between a rule and the header lines under it.
const HEADER_DISTANCE_LINES_MAX: usize = 3;

fn quote_at(lines: &[Line<'_>], at: usize, marker: Option<&str>) -> Option<(Kind, Origin, usize)> {
    let line = &lines[at];
    if line.is_blank() {
        return None;
    }
    let end = lines.len();
    if line.quoted {
        let inside = marker.is_some_and(|marker| fold_text(line.plain).contains(marker));
        return Some(if inside {
            (Kind::Quote, Origin::Ours, end)
        } else {
            (Kind::Quote, Origin::Marks, marks_end(lines, at))
        });
    }
    if is_marker(line, marker) {
        return Some((Kind::Quote, Origin::Ours, end));
    }
    match title(line) {
        Some(Title::Forwarded) => return Some((Kind::Forwarded, Origin::Appended, end)),
        Some(Title::Original) => {
            let below = skip_blank(lines, at + 1);
            let head = header_block_at(lines, below, true).map_or(below, |length| below + length);
            return Some(appended_from(lines, head));
        }
        None => {}
    }
    let rule = is_rule(line);
    if rule || may_be_title(line) {
        let below = skip_blank(lines, at + 1);
        let near = below - at <= HEADER_DISTANCE_LINES_MAX;
        if let Some(length) = header_block_at(lines, below, true).filter(|_| near) {
            return Some(appended_from(lines, below + length));
        }
        if rule {
            return None;
        }
    }
    if let Some(length) = header_block_at(lines, at, false) {
        return Some(appended_from(lines, at + length));
    }
    let attribution = attribution_at(lines, at)?;
    let below = at + attribution.lines;
    let next = skip_blank(lines, below);
    if lines.get(next).is_some_and(|line| line.quoted) {
        return Some((Kind::Quote, Origin::Attributed, marks_end(lines, next)));
    }
    attribution.certain.then_some((Kind::Quote, Origin::Appended, end))
}

/// What stands under a header: lines with `>`, or everything.
fn appended_from(lines: &[Line<'_>], head: usize) -> (Kind, Origin, usize) {
    let next = skip_blank(lines, head);
    if lines.get(next).is_some_and(|line| line.quoted) {
        (Kind::Quote, Origin::Attributed, marks_end(lines, next))
    } else {
        (Kind::Quote, Origin::Appended, lines.len())
    }
}

fn skip_blank(lines: &[Line<'_>], from: usize) -> usize {
    (from..lines.len()).find(|&at| !lines[at].is_blank()).unwrap_or(lines.len())
}

/// The end of a run of `>` lines, blank lines between and after them included.
fn marks_end(lines: &[Line<'_>], from: usize) -> usize {
    (from..lines.len()).find(|&at| !lines[at].quoted && !lines[at].is_blank()).unwrap_or(lines.len())
}

fn is_marker(line: &Line<'_>, marker: Option<&str>) -> bool {
    const MARKER_BYTES_MAX: usize = 200;
    if line.plain.len() > MARKER_BYTES_MAX {
        return false;
    }
    if marker.is_some_and(|marker| line.folded.contains(marker)) {
        return true;
    }
    let ruled = line.plain.starts_with(['#', '-', '=', '*', '~', '_', '—'])
        || line.plain.ends_with(['#', '-', '=', '*', '~', '_', '—']);
    ruled && REPLY_ABOVE.iter().any(|words| line.folded.contains(words))
}

pub(crate) fn is_forward_subject(subject: &str) -> bool {
    let folded = fold_text(subject.trim_start());
    let mut rest = folded.as_str();
    // "Re: Fwd: …" is a reply again.
    if let Some((prefix, after)) = rest.split_once(':') {
        let prefix = prefix.trim_matches(|letter: char| matches!(letter, '[' | ' ' | '(')).trim();
        rest = after;
        return !rest.trim().is_empty() && FORWARD_PREFIXES.contains(&prefix);
    }
    false
}

/// Each stretch of new text split into text, signature and notices.
fn with_signatures(lines: &[Line<'_>], found: Vec<Found>) -> Vec<Found> {
    let mut reversed = Vec::with_capacity(found.len() + 2);
    let mut last = true;
    for it in found.into_iter().rev() {
        if it.stretch.kind != Kind::New {
            reversed.push(it);
            continue;
        }
        let split = split_new(lines, it.stretch.from, it.stretch.to, last);
        last &= !split.iter().any(|stretch| stretch.kind == Kind::New && has_words(lines, stretch));
        reversed.extend(split.into_iter().rev().map(|stretch| Found { stretch, origin: Origin::Plain }));
    }
    reversed.reverse();
    reversed
}

fn has_words(lines: &[Line<'_>], stretch: &Stretch) -> bool {
    lines[stretch.from..stretch.to].iter().any(|line| !line.is_blank())
}

/// A message must not look empty because all of it was handed on, or because "see below" points to it.
fn show_what_is_all_there_is(lines: &[Line<'_>], found: &mut [Found], hints: &Hints<'_>) {
    if found.iter().any(|it| it.origin == Origin::Appended) && !hints.subject.is_some_and(is_reply_subject) {
        for it in found.iter_mut().filter(|it| it.stretch.kind == Kind::New) {
            if is_only_a_signature(lines, it.stretch.from, it.stretch.to) {
                it.stretch.kind = Kind::Signature;
            }
        }
    }
    let mut words = 0;
    let mut own = String::new();
    for it in found.iter().filter(|it| it.stretch.kind == Kind::New) {
        for line in &lines[it.stretch.from..it.stretch.to] {
            words += line.word_count();
            if words <= POINTER_WORDS_MAX {
                own.push_str(&line.folded);
                own.push(' ');
            }
        }
    }
    let forwarded =
        found.iter().any(|it| it.stretch.kind == Kind::Forwarded && has_words(lines, &it.stretch));
    let points_below =
        words > 0 && words <= POINTER_WORDS_MAX && POINTERS.iter().any(|pointer| own.contains(pointer));
    if points_below || (words == 0 && !forwarded) {
        let answers = hints.subject.is_some_and(is_reply_subject);
        for it in found.iter_mut().filter(|it| it.stretch.kind == Kind::Quote) {
            let all_there_is = it.origin == Origin::Appended && !(answers && words == 0)
                || (it.origin == Origin::Marks && words == 0);
            if all_there_is {
                it.stretch.kind = Kind::Forwarded;
            }
        }
    }
    let quotes = found.iter().any(|it| matches!(it.stretch.kind, Kind::Quote | Kind::Forwarded));
    if words == 0 && !quotes {
        found.iter_mut().for_each(|it| it.stretch.kind = Kind::New);
    }
}

/// An empty answer to our own mail is empty; it is not our mail.
fn is_reply_subject(subject: &str) -> bool {
    let folded = fold_text(subject.trim_start());
    folded.split_once(':').is_some_and(|(prefix, _)| {
        ["re", "aw", "sv", "antw", "odp", "ynt", "res", "回复", "答复", "回覆", "返信", "ref", "rif"]
            .contains(&prefix.trim())
    })
}

const POINTER_WORDS_MAX: usize = 8;

fn assemble(lines: &[Line<'_>], stretches: &[Stretch]) -> Folded {
    let mut parts: Vec<Part> = Vec::with_capacity(stretches.len());
    for stretch in stretches.iter().filter(|stretch| stretch.from < stretch.to) {
        let text: String = lines[stretch.from..stretch.to].iter().map(|line| line.raw).collect();
        let blank = !has_words(lines, stretch);
        match parts.last_mut() {
            Some(last) if last.kind == stretch.kind || blank => last.text.push_str(&text),
            _ => parts.push(Part { kind: stretch.kind, text }),
        }
    }
    let mut visible = String::new();
    for part in parts.iter().filter(|part| matches!(part.kind, Kind::New | Kind::Forwarded)) {
        let text = without_blank_ends(&part.text);
        if text.is_empty() {
            continue;
        }
        if !visible.is_empty() {
            visible.push_str("\n\n");
        }
        visible.push_str(&text);
    }
    Folded { visible, parts }
}

/// Without blank lines at both ends, with plain line ends.
fn without_blank_ends(text: &str) -> String {
    let text =
        text.trim_end_matches(|letter: char| letter.is_whitespace() || crate::folding::is_invisible(letter));
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_end();
        if out.is_empty() && line.trim().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests;
