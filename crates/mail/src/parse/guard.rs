//! Before the parser: what is around a message comes off, and what would cost it endless time is made harmless.

use std::borrow::Cow;

use super::MESSAGE_BYTES_MAX;

/// Header lines beyond this are left out of the reading.
const HEADER_BYTES_MAX: usize = 1024 * 1024;
/// Multipart and message parts whose structure is followed; further ones are read as plain parts.
const STRUCTURES_MAX: usize = 250;

/// The message as the parser may have it. Structure beyond the limits is renamed, so that it stays visible as text.
pub fn make_sound<'x>(raw: &'x [u8], problems: &mut Vec<String>) -> Cow<'x, [u8]> {
    let mut raw = without_envelope(raw);
    if let Some(cut) = raw.get(..MESSAGE_BYTES_MAX) {
        raw = cut;
        problems.push("the message is larger than is read; its end is missing".to_owned());
    }
    let mut sound = Cow::Borrowed(raw);
    let header_end = header_end(raw);
    if header_end > HEADER_BYTES_MAX {
        let line_end = raw[..HEADER_BYTES_MAX]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(HEADER_BYTES_MAX, |at| at + 1);
        sound = Cow::Owned([&raw[..line_end], b"\r\n", &raw[header_end..]].concat());
        problems.push("the header is longer than is read".to_owned());
    }
    let structures = structures(&sound);
    if structures.len() > STRUCTURES_MAX {
        problems.push("the message has more parts inside parts than are followed".to_owned());
        let owned = sound.to_mut();
        for &at in &structures[STRUCTURES_MAX..] {
            if let Some(byte) = owned.get_mut(at) {
                *byte = b'x';
            }
        }
    }
    sound
}

/// Fields of which one at least stands in every header.
const FIELDS: &[&str] = &[
    "From",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Sender",
    "Reply-To",
    "Return-Path",
    "Received",
    "Delivered-To",
    "Envelope-To",
    "Apparently-To",
    "MIME-Version",
    "Auto-Submitted",
    "Precedence",
];
/// The beginnings of further ones.
const FIELD_FAMILIES: &[&str] = &["X-", "Content-", "List-", "Resent-", "ARC-", "DKIM-", "Received-"];

/// Does the message begin with a header? Words without one may hold a colon too (`Hello Ana: …`), so a field that mail
/// has must be among its first lines, or nothing but fields up to an empty line.
pub fn has_header(raw: &[u8]) -> bool {
    let (mut fields, mut only_fields) = (0_usize, true);
    for line in without_envelope(raw).split_inclusive(|&byte| byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return only_fields && fields > 0 && line.ends_with(b"\n");
        }
        match field_name(line) {
            Some(name) if is_of_mail(name) => return true,
            Some(_) => fields += 1,
            // A line that begins with a blank goes on with the field before it.
            None => only_fields &= fields > 0 && matches!(line, [b' ' | b'\t', ..]),
        }
    }
    false
}

fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

fn is_of_mail(name: &[u8]) -> bool {
    let begins_with =
        |start: &str| name.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start.as_bytes()));
    FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()))
        || FIELD_FAMILIES.iter().any(|family| begins_with(family))
}

/// Takes off an mbox line and blank lines in front.
fn without_envelope(raw: &[u8]) -> &[u8] {
    let mut rest = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    while let Some(after) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) {
        rest = after;
    }
    for mark in [b"From ".as_slice(), b">From "] {
        if rest.starts_with(mark) {
            let line = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
            rest = &rest[line..];
        }
    }
    rest
}

fn header_end(raw: &[u8]) -> usize {
    let mut at = 0;
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return at;
        }
        at += line.len();
    }
    0
}

/// Where the words stand that make the parser open another level: `multipart`, `message` and `digest`.
fn structures(raw: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, byte) in raw.iter().enumerate() {
        let rest = || raw.get(at..).unwrap_or_default();
        let is_start = match byte {
            b'm' | b'M' => begins(rest(), b"multipart") || begins(rest(), b"message"),
            b'd' | b'D' => begins(rest(), b"digest"),
            _ => false,
        };
        if is_start {
            found.push(at);
        }
    }
    found
}

fn begins(text: &[u8], word: &[u8]) -> bool {
    let after = text.get(word.len()..).unwrap_or_default();
    let is_word = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    // In running text the word "message" is followed by a blank and a letter, in a type by a slash.
    is_word
        && (word == b"digest"
            || after.iter().take(40).find(|byte| !byte.is_ascii_whitespace() && **byte != b'(')
                == Some(&b'/'))
}
