//! Text as files have it: UTF-8, or Windows-1252, in which office programs still write tables.

use std::borrow::Cow;

/// What 0x80 to 0x9F stand for in Windows-1252; a zero stands for nothing.
const FROM_80: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

/// `None` for bytes that are neither.
pub(super) fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => bytes.iter().map(|byte| letter(*byte)).collect::<Option<String>>().map(Cow::Owned),
    }
}

fn letter(byte: u8) -> Option<char> {
    match byte {
        // Only in what is no text at all.
        0 => None,
        0x80..=0x9f => FROM_80.chars().nth(usize::from(byte - 0x80)).filter(|it| *it != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_read_as_windows_1252_where_that_says_something() {
        assert_eq!(text_of("Grüße".as_bytes()).as_deref(), Some("Grüße"));
        assert_eq!(text_of(b"Gr\xfc\xdfe \x80 \x9f").as_deref(), Some("Grüße € Ÿ"));
        for no_text in [&b"\x81"[..], b"PK\x03\x04\x14\0\xe9"] {
            assert_eq!(text_of(no_text), None, "{no_text:?}");
        }
        assert_eq!(FROM_80.chars().count(), 32);
    }
}
