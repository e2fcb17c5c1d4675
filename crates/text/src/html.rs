//! Just enough of HTML to walk through it: tags, attributes, entities. Never fails on any text.

/// One tag as it stands in the HTML, from `start` to `end`.
pub struct Tag<'a> {
    pub name: String,
    pub closing: bool,
    pub start: usize,
    pub end: usize,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    pub fn at(html: &'a str, start: usize) -> Option<Tag<'a>> {
        const NAME_BYTES_MAX: usize = 30;
        let bytes = html.as_bytes();
        let closing = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(closing);
        if !bytes.get(name_start)?.is_ascii_alphabetic() {
            return None;
        }
        let mut name_end = name_start;
        while bytes
            .get(name_end)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-'))
        {
            name_end += 1;
        }
        let mut quote: Option<u8> = None;
        let mut end = name_end;
        let mut previous = b' ';
        while let Some(&byte) = bytes.get(end) {
            match quote {
                Some(open) if byte == open => quote = None,
                Some(_) => {}
                None if byte == b'>' => break,
                None if matches!(byte, b'"' | b'\'') && previous == b'=' => quote = Some(byte),
                None => {}
            }
            if !byte.is_ascii_whitespace() {
                previous = byte;
            }
            end += 1;
        }
        // An unclosed quotation mark must not swallow the mail.
        if end >= bytes.len() {
            end = html[name_end..].find('>').map_or(html.len(), |offset| name_end + offset);
        }
        let name = &html[name_start..name_end.min(name_start + NAME_BYTES_MAX)];
        Some(Tag {
            name: name.to_ascii_lowercase(),
            closing,
            start,
            end: (end + 1).min(html.len()),
            attributes: &html[name_end..end],
        })
    }

    /// The value of an attribute, or nothing.
    pub fn attribute(&self, wanted: &str) -> &'a str {
        let mut rest = self.attributes;
        while let Some(at) = rest.find('=') {
            let name = rest[..at].trim_end();
            let name_start = name
                .rfind(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '"' | '\''))
                .map_or(0, |it| it + 1);
            let name = &name[name_start..];
            let after = rest[at + 1..].trim_start();
            let (value, next) = match after.chars().next() {
                Some(open @ ('"' | '\'')) => {
                    let value = &after[1..];
                    value.find(open).map_or((value, ""), |end| (&value[..end], &value[end + 1..]))
                }
                _ => {
                    let end = after.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(after.len());
                    (&after[..end], &after[end..])
                }
            };
            if name.eq_ignore_ascii_case(wanted) {
                return value;
            }
            rest = next;
        }
        ""
    }
}

/// Comments, declarations, and a `<` that stands for itself.
pub fn skip_odd(html: &str, at: usize) -> usize {
    let rest = &html[at..];
    let end = |mark: &str| rest.find(mark).map_or(html.len(), |offset| at + offset + mark.len());
    if rest.starts_with("<!--") {
        end("-->")
    } else if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") {
        end(">")
    } else {
        at + 1
    }
}

pub fn skip_past_closing(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(offset) = html[at..].find("</") {
        let start = at + offset;
        let end = start + 2 + name.len();
        if html.get(start + 2..end).is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return html[end..].find('>').map_or(html.len(), |offset| end + offset + 1);
        }
        at = start + 2;
    }
    // Never closed: browsers would hide the rest; showing it is safer.
    from
}

/// The letter that an entity stands for and how many bytes it takes.
pub fn entity(rest: &str) -> (char, usize) {
    const ENTITY_BYTES_MAX: usize = 10;
    let window = &rest[..rest.floor_char_boundary(ENTITY_BYTES_MAX.min(rest.len()))];
    let Some(end) = window.find(';') else { return ('&', 1) };
    let name = &window[1..end];
    let letter = match name {
        "nbsp" => ' ',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
            match number.and_then(char::from_u32) {
                Some(letter) => letter,
                None => return ('&', 1),
            }
        }
    };
    (letter, end + 1)
}
