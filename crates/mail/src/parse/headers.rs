//! Header fields as they stand in the message: encoded words, raw 8-bit bytes, folded lines, parameters.

use memchr::memmem;

use super::charset;
use super::transfer;

/// A header field by name, its value still as it came.
#[derive(Debug, Clone, Copy)]
pub struct Field<'x> {
    pub name: &'x str,
    pub value: &'x [u8],
}

/// The fields of one header block, in order of appearance.
#[derive(Debug, Default, Clone)]
pub struct Fields<'x>(pub Vec<Field<'x>>);

impl<'x> Fields<'x> {
    pub fn of(part: &'x mail_parser::MessagePart<'_>, raw: &'x [u8]) -> Self {
        let fields = part.headers.iter().map(|header| Field {
            name: header.name.as_str(),
            value: raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default(),
        });
        Fields(fields.collect())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'x [u8]> + 'a {
        self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    }

    pub fn first(&self, name: &str) -> Option<&'x [u8]> {
        self.all(name).next()
    }

    /// The first field of that name, decoded; None also when it is empty.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).map(|value| unstructured(value).trim().to_owned()).find(|text| !text.is_empty())
    }

    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

/// A free-text field: unfolded, encoded words decoded, raw bytes guessed, no control characters left.
pub fn unstructured(value: &[u8]) -> String {
    let unfolded = unfold(value);
    let decoded = decode_words(&unfolded);
    decoded.trim_matches(char::is_control).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Line breaks and the blanks around the value are gone; a fold is one blank.
pub fn unfold(value: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut lines = value.split(|&byte| byte == b'\n');
    bytes.extend_from_slice(lines.next().unwrap_or_default().trim_ascii());
    for line in lines {
        let line = line.trim_ascii();
        if !line.is_empty() {
            if !bytes.is_empty() {
                bytes.push(b' ');
            }
            bytes.extend_from_slice(line);
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => charset::guess(error.as_bytes()),
    }
}

/// Longest encoded word; the standard allows 75 bytes, careless senders put whole sentences into one.
const WORD_BYTES_MAX: usize = 4_000;

struct Word<'x> {
    charset: &'x str,
    bytes: Vec<u8>,
    length: usize,
}

/// RFC 2047 words wherever they stand, also where the standard forbids them. Words that follow each other and share
/// a charset are decoded together, because many senders cut them in the middle of a character.
pub fn decode_words(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, from_word) = rest.split_at(start);
        let Some(word) = word_at(from_word) else {
            flush(&mut pending, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = &from_word[2..];
            continue;
        };
        if !(before.trim().is_empty() && pending.is_some()) {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => bytes.extend(word.bytes),
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((word.charset.to_owned(), word.bytes));
            }
        }
        rest = &from_word[word.length..];
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out
}

/// Length in bytes of the encoded word that `text` begins with.
pub fn word_length(text: &str) -> Option<usize> {
    word_at(text).map(|word| word.length)
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(&charset)).text);
    }
}

fn word_at(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let (charset, after_charset) = inner.split_once('?')?;
    if charset.is_empty() || charset.len() > 60 || charset.contains(|c: char| c.is_whitespace() || c == '<') {
        return None;
    }
    let (encoding, after_encoding) = after_charset.split_once('?')?;
    // A Q text may hold a bare "?" from a careless sender, so the word ends at "?=", which "?=3D"-like text fakes.
    let searched = after_encoding.as_bytes().get(..WORD_BYTES_MAX).unwrap_or(after_encoding.as_bytes());
    let mut end = memmem::find(searched, b"?=")?;
    if encoding.eq_ignore_ascii_case("q") {
        while is_escape(after_encoding.get(end + 1..).unwrap_or_default())
            && let Some(next) = searched.get(end + 2..).and_then(|rest| memmem::find(rest, b"?="))
        {
            end += 2 + next;
        }
    }
    let encoded = &after_encoding[..end];
    let bytes = match encoding {
        "b" | "B" => transfer::base64(encoded.as_bytes()),
        "q" | "Q" => transfer::quoted_printable(encoded.replace('_', " ").as_bytes()),
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + end + 2;
    Some(Word { charset: charset.split('*').next().unwrap_or(charset), bytes, length })
}

fn is_escape(text: &str) -> bool {
    matches!(text.as_bytes(), [b'=', high, low, ..]
        if transfer::hex(*high).is_some() && transfer::hex(*low).is_some())
}

/// `Content-Type` or `Content-Disposition`: the value before the first semicolon and its parameters.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parameterised {
    pub value: String,
    pub parameters: Vec<(String, String)>,
}

impl Parameterised {
    pub fn parse(value: &[u8]) -> Self {
        let text = strip_comments(&unfold(value));
        let mut pieces = split_outside_quotes(&text, ';').into_iter();
        let value = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let raw: Vec<(String, String)> = pieces.filter_map(parameter).collect();
        Parameterised { value, parameters: join_continuations(raw) }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn parameter(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        Some(quoted) => unescape(quoted.strip_suffix('"').unwrap_or(quoted)),
        None => value.to_owned(),
    };
    Some((name.trim().to_ascii_lowercase(), value))
}

fn unescape(quoted: &str) -> String {
    let mut out = String::with_capacity(quoted.len());
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if matches!(chars.peek(), Some('"' | '\\')) => out.extend(chars.next()),
            '"' => {}
            _ => out.push(c),
        }
    }
    out
}

/// RFC 2231: `name*0*=utf-8''a; name*1=b` is one parameter; plain values may still hold encoded words.
fn join_continuations(raw: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut joined: Vec<(String, String)> = Vec::new();
    let mut pieces: Vec<(String, usize, bool, String)> = Vec::new();
    for (name, value) in raw {
        match name.split_once('*') {
            None => joined.push((name, decode_words(&value))),
            Some((base, "")) => pieces.push((base.to_owned(), 0, true, value)),
            Some((base, index)) => {
                let (index, encoded) = index.strip_suffix('*').map_or((index, false), |index| (index, true));
                pieces.push((base.to_owned(), index.parse().unwrap_or(usize::MAX), encoded, value));
            }
        }
    }
    pieces.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut pieces = pieces.into_iter().peekable();
    while let Some((base, _, encoded, value)) = pieces.next() {
        let (charset, first) =
            match value.split_once('\'').and_then(|(set, rest)| Some((set, rest.split_once('\'')?.1))) {
                Some((set, rest)) if encoded => (set.to_owned(), rest.to_owned()),
                _ => (String::new(), value),
            };
        let mut bytes = if encoded { percent_decode(&first) } else { first.into_bytes() };
        while let Some((_, _, encoded, value)) = pieces.next_if(|piece| piece.0 == base) {
            bytes.extend(if encoded { percent_decode(&value) } else { value.into_bytes() });
        }
        let value = decode_words(&charset::decode(&bytes, Some(&charset)).text);
        // The extended form is the better one when a sender gives both.
        joined.retain(|(name, _)| *name != base);
        joined.push((base, value));
    }
    joined
}

fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (byte, ahead.next().and_then(transfer::hex), ahead.next().and_then(transfer::hex)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    out
}

/// Splits at a separator that stands outside quoted strings.
fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                pieces.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// `(comments)` that end a value; brackets in the middle of one belong to careless file names.
fn strip_comments(text: &str) -> String {
    if !text.contains(" (") {
        return text.to_owned();
    }
    let pieces = split_outside_quotes(text, ';').into_iter().map(|piece| match piece.rfind(" (") {
        Some(open) if piece.trim_end().ends_with(')') && !piece[..open].trim().is_empty() => &piece[..open],
        _ => piece,
    });
    pieces.collect::<Vec<_>>().join(";")
}

/// Message ids of one or several fields without their angle brackets, in order, each once.
pub fn message_ids<'x>(values: impl Iterator<Item = &'x [u8]>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for value in values {
        let text = unfold(value);
        let found: Vec<&str> = if text.contains('<') {
            text.split('<').skip(1).filter_map(|piece| piece.split('>').next()).collect()
        } else {
            text.split([' ', ',', '\t']).filter(|word| word.contains('@') || !text.contains(' ')).collect()
        };
        for id in found {
            let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            if !id.is_empty() && id.len() <= ID_BYTES_MAX && !ids.contains(&id) {
                ids.push(id);
            }
            if ids.len() == IDS_MAX {
                return ids;
            }
        }
    }
    ids
}

/// References kept of one message.
const IDS_MAX: usize = 200;
/// Longest message id that is one; anything longer is noise.
const ID_BYTES_MAX: usize = 998;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cut_inside_a_character_come_together() {
        assert_eq!(unstructured(b"=?UTF-8?B?w6TD?=\r\n =?UTF-8?B?tg==?="), "äö");
        assert_eq!(unstructured(b"Re: =?iso-8859-1?Q?=E4_=F6?= and =?x"), "Re: ä ö and =?x");
    }

    #[test]
    fn raw_eight_bit_subjects_are_guessed() {
        assert_eq!(unstructured(b" \x83c\x81[\x83\x8b\r\n"), "ツール");
        assert_eq!(unstructured("élégibilité".as_bytes()), "élégibilité");
    }

    #[test]
    fn a_subject_never_holds_a_line_break() {
        assert_eq!(unstructured(b"=?UTF-8?B?DQpCY2M6IHg=?="), "Bcc: x");
    }

    #[test]
    fn file_names_are_read_in_every_spelling() {
        let name = |header: &[u8], key: &str| Parameterised::parse(header).get(key).map(str::to_owned);
        assert_eq!(
            name(b"attachment; filename*=utf-8''Erkl%C3%A4rung.txt", "filename").as_deref(),
            Some("Erklärung.txt")
        );
        assert_eq!(
            name(b"a; filename*0*=utf-8''a%20; filename*1=b.txt", "filename").as_deref(),
            Some("a b.txt")
        );
        assert_eq!(name(b"a/b; name=\" =?ISO-8859-1?B?5A==?=.jpg\"", "name").as_deref(), Some(" ä.jpg"));
        assert_eq!(name(b"a/b;\r\n name=\"x;y \\\"z\\\".txt\"", "name").as_deref(), Some("x;y \"z\".txt"));
        assert_eq!(name(b"a/b; name=plain name (1).txt", "name").as_deref(), Some("plain name (1).txt"));
    }

    #[test]
    fn ids_lose_their_brackets_and_repetitions() {
        assert_eq!(message_ids([b"<a@x>\r\n <b@x> <a@x>".as_slice()].into_iter()), ["a@x", "b@x"]);
        assert_eq!(message_ids([b" bare@x ".as_slice()].into_iter()), ["bare@x"]);
    }
}
