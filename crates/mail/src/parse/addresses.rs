//! Address lists as people and programs really write them.

use serde::Serialize;

use super::headers::{decode_words, unfold, word_length};

/// Who wrote, or was written to. The address is empty when only a name was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    pub name: String,
    pub address: String,
}

/// Addresses kept of one field; a longer list is cut.
pub const ADDRESSES_MAX: usize = 1000;

/// Reads a whole field. Never fails: what is no address becomes a name without one, or is left out.
pub fn parse_addresses(value: &[u8]) -> Vec<Mailbox> {
    let text = unfold(value);
    let mut reader = Reader::default();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let taken = reader.step(c, rest);
        rest = rest.get(taken..).unwrap_or_default();
        if reader.done.len() >= ADDRESSES_MAX {
            return reader.done;
        }
    }
    reader.finish();
    reader.done
}

/// True if the text looks like one address: a local part, an `@` and a domain, and nothing else.
pub fn is_address(text: &str) -> bool {
    match text.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && !domain.is_empty()
                && text.len() <= 320
                && !text.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
                && !domain.contains(char::is_whitespace)
                && (local.starts_with('"') || !local.contains(char::is_whitespace))
        }
        None => false,
    }
}

#[derive(Default)]
struct Reader {
    phrase: String,
    comments: Vec<String>,
    angle: Option<String>,
    done: Vec<Mailbox>,
    name_without_address: bool,
    /// A bracket was opened that never closes, so brackets mean nothing in this field.
    plain_brackets: bool,
}

impl Reader {
    /// Takes the next piece and says how many bytes it was.
    fn step(&mut self, c: char, rest: &str) -> usize {
        match c {
            '"' => self.quoted(rest),
            '(' if !self.plain_brackets => self.comment(rest),
            '<' => self.angle(rest),
            ',' | ';' => {
                self.finish();
                1
            }
            ':' if self.angle.is_none() && !self.phrase.contains('@') && !is_scheme(&self.phrase) => {
                self.phrase.clear();
                1
            }
            '=' => match word_length(rest) {
                Some(length) => {
                    self.phrase.push_str(&rest[..length]);
                    length
                }
                None => self.plain(c),
            },
            _ => self.plain(c),
        }
    }

    fn plain(&mut self, c: char) -> usize {
        self.phrase.push(c);
        c.len_utf8()
    }

    fn quoted(&mut self, rest: &str) -> usize {
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => {
                    self.phrase.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                // A quoted local part keeps its quotes: they belong to the address.
                '"' if rest[at + 1..].starts_with('@') => {
                    self.phrase = format!("\"{}\"", self.phrase.trim());
                    return at + 1;
                }
                '"' => return at + 1,
                _ => self.phrase.push(c),
            }
        }
        rest.len()
    }

    fn comment(&mut self, rest: &str) -> usize {
        let (mut depth, mut text) = (0_usize, String::new());
        for (at, c) in rest.char_indices() {
            match c {
                '(' => {
                    depth += 1;
                    if depth > 1 {
                        text.push(c);
                    }
                }
                ')' if depth == 1 => {
                    self.comments.push(decode_words(text.trim()));
                    return at + 1;
                }
                ')' => {
                    depth -= 1;
                    text.push(c);
                }
                _ => text.push(c),
            }
        }
        self.plain_brackets = true;
        self.plain('(')
    }

    fn angle(&mut self, rest: &str) -> usize {
        let inner = &rest[1..];
        let end = inner.find(['>', ',', ';']).unwrap_or(inner.len());
        let end = match inner.find('>') {
            // `<"a,b"@x>` and source routes hold commas; without a closing bracket the comma ends it.
            Some(close) if inner[..close].starts_with(['"', '@']) => close,
            _ => end,
        };
        let address = inner[..end].rsplit('<').next().unwrap_or_default().trim();
        let address = match address.strip_prefix('@') {
            Some(route) => route.rsplit(':').next().unwrap_or(route),
            None => address,
        };
        match &self.angle {
            Some(known) if !known.is_empty() => {}
            _ => self.angle = Some(tidy_address(address)),
        }
        1 + end + usize::from(inner[end..].starts_with('>'))
    }

    fn finish(&mut self) {
        let phrase = std::mem::take(&mut self.phrase);
        let comments = std::mem::take(&mut self.comments);
        let angle = self.angle.take();
        let comment = || comments.join(" ");
        let had_angle = angle.is_some();
        let mailbox = match angle {
            Some(address) if !address.is_empty() => {
                let name = tidy_name(&decode_words(&phrase));
                // `ana@example.org <Ana>`: the two are swapped.
                match phrase.trim() {
                    swapped if !address.contains('@') && is_address(swapped) => {
                        Mailbox { name: address, address: tidy_address(swapped) }
                    }
                    _ => Mailbox { name: if name.is_empty() { comment() } else { name }, address },
                }
            }
            Some(_) => Mailbox { name: tidy_name(&decode_words(&phrase)), address: String::new() },
            None => bare(&phrase, &comments),
        };
        let mailbox = Mailbox { name: one_line(mailbox.name), address: one_line(mailbox.address) };
        if mailbox.name.is_empty() && mailbox.address.is_empty() {
            return;
        }
        // `Doe, John <john@example.org>` without quotes is one person.
        if had_angle
            && self.name_without_address
            && !mailbox.address.is_empty()
            && let Some(last) = self.done.last_mut()
        {
            let surname = if last.name.is_empty() { &last.address } else { &last.name };
            let name = format!("{surname}, {}", mailbox.name).trim_end_matches([',', ' ']).to_owned();
            *last = Mailbox { name, address: mailbox.address };
            self.name_without_address = false;
            return;
        }
        self.name_without_address = !had_angle && !mailbox.address.contains('@');
        self.done.push(mailbox);
    }
}

/// What would begin another line, in a header of ours or on a screen, is a blank.
fn one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let words = text.split(|c: char| c.is_control() || c.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An entry without angle brackets: `ana@example.org (Ana)`, `Ana ana@example.org`, `MAILER-DAEMON (Mail System)`.
fn bare(phrase: &str, comments: &[String]) -> Mailbox {
    let decoded = decode_words(phrase);
    let words: Vec<&str> = decoded.split_whitespace().collect();
    if phrase.trim().starts_with('"') && is_address(phrase.trim()) {
        return Mailbox { name: comments.join(" "), address: phrase.trim().to_owned() };
    }
    if let Some(at) = words.iter().rposition(|word| is_address(&tidy_address(word))) {
        let rest: Vec<&str> =
            words.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, word)| *word).collect();
        let name = tidy_name(&rest.join(" "));
        return Mailbox {
            name: if name.is_empty() { comments.join(" ") } else { name },
            address: tidy_address(words[at]),
        };
    }
    if let Some(inside) = comments.iter().find(|comment| is_address(comment)) {
        return Mailbox { name: tidy_name(&decoded), address: tidy_address(inside) };
    }
    match words.as_slice() {
        [single] if !decoded.contains("=?") && !phrase.contains("=?") => {
            Mailbox { name: comments.join(" "), address: tidy_address(single) }
        }
        _ => Mailbox { name: tidy_name(&decoded), address: String::new() },
    }
}

fn is_scheme(phrase: &str) -> bool {
    phrase.trim().eq_ignore_ascii_case("mailto") || phrase.trim().eq_ignore_ascii_case("smtp")
}

fn tidy_address(text: &str) -> String {
    let text = decode_words(text);
    let text =
        text.trim().trim_matches(|c: char| matches!(c, '\'' | '<' | '>' | '[' | ']' | '(' | ')' | ','));
    let lower = text.get(..7).map(str::to_ascii_lowercase);
    let text = if lower.as_deref() == Some("mailto:") { &text[7..] } else { text };
    let text = text.strip_prefix("smtp:").or_else(|| text.strip_prefix("SMTP:")).unwrap_or(text);
    let text = text.trim_end_matches(['.', ':', ';']);
    if text.starts_with('"') {
        text.to_owned()
    } else {
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
    }
}

fn tidy_name(text: &str) -> String {
    let joined = text
        .split(|c: char| c.is_ascii_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let mut name = joined.as_str();
    for quote in ['"', '\''] {
        if let Some(inner) = name.strip_prefix(quote).and_then(|name| name.strip_suffix(quote)) {
            name = inner.trim();
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (String, String) {
        let list = parse_addresses(text.as_bytes());
        assert_eq!(list.len(), 1, "{list:?}");
        (list[0].name.clone(), list[0].address.clone())
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn a_bare_line_end_in_a_name_or_an_address_is_a_blank() {
        let field = b"c@example.net (c\romment (n[sted)), \"Ana\r\0Bcc: x\" <an\ra@b.test>, =?utf-8?q?a=0D=0Ab?= <d@e.test>";
        for mailbox in parse_addresses(field) {
            assert!(!mailbox.name.contains(char::is_control), "{mailbox:?}");
            assert!(!mailbox.address.contains(char::is_control), "{mailbox:?}");
        }
    }

    #[test]
    fn the_forms_that_the_standards_know() {
        assert_eq!(one("ana@example.org"), pair("", "ana@example.org"));
        assert_eq!(one("Ana <ana@example.org>"), pair("Ana", "ana@example.org"));
        assert_eq!(one("\"Doe, \\\"J\\\" John\" <j@x.org>"), pair("Doe, \"J\" John", "j@x.org"));
        assert_eq!(one("j@x.org (John (Jo) Doe)"), pair("John (Jo) Doe", "j@x.org"));
        assert_eq!(one("<@a.org,@b.org:j@x.org>"), pair("", "j@x.org"));
        assert_eq!(one("\"john doe\"@x.org"), pair("", "\"john doe\"@x.org"));
        assert_eq!(
            one("=?Windows-1252?Q?Hans_B=C4KO?= =?iso-8859-15?q?Sch=F6nland?= <me@x.net>"),
            pair("Hans BÄKOSchönland", "me@x.net")
        );
        assert_eq!(parse_addresses(b"Team: a@x.org, B <b@x.org>;, c@x.org").len(), 3);
        assert_eq!(parse_addresses(b"undisclosed-recipients:;"), []);
    }

    #[test]
    fn the_forms_that_only_exist_in_the_wild() {
        assert_eq!(one("Test test@example.com"), pair("Test", "test@example.com"));
        assert_eq!(
            one("MAILER-DAEMON (Mail Delivery System)"),
            pair("Mail Delivery System", "MAILER-DAEMON")
        );
        assert_eq!(one("Namedy (hans@example.com)"), pair("Namedy", "hans@example.com"));
        assert_eq!(one("Doe, John <j@x.org>"), pair("Doe, John", "j@x.org"));
        assert_eq!(
            one("Max Kohl | [example.com] <kohl@example.com>"),
            pair("Max Kohl | [example.com]", "kohl@example.com")
        );
        assert_eq!(one("'Ana' <mailto:ana@x.org>"), pair("Ana", "ana@x.org"));
        assert_eq!(one("Ana <ana@x.org"), pair("Ana", "ana@x.org"));
        assert_eq!(one("=?utf-8?Q?Foo, Bar?= <f@x.org>"), pair("Foo, Bar", "f@x.org"));
        let list = parse_addresses(b"\"Yangzhou \" <>, \"LTD\" <ly@example.com>");
        assert_eq!(list[1], Mailbox { name: "LTD".into(), address: "ly@example.com".into() });
        assert_eq!(parse_addresses(b"a@x.org; b@x.org").len(), 2);
    }

    #[test]
    fn raw_latin_in_an_address_is_read() {
        assert_eq!(parse_addresses(b"<k.g\xfcnther@example.com>")[0].address, "k.günther@example.com");
    }
}
