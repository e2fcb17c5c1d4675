//! The message inside the conversation: where it ends, and what it was before the dots were doubled.

use memchr::memmem;

/// Where the message ends in the buffer and where the next command begins.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    pub message: usize,
    pub next: usize,
}

/// Looks for the end from `scanned` on; everything before it is known not to hold it. An empty message is one dot at
/// the very start.
pub fn find_end(input: &[u8], start: usize, scanned: usize, is_very_start: bool) -> Option<End> {
    if is_very_start && input.get(start..)?.starts_with(b".\r\n") {
        return Some(End { message: start, next: start + 3 });
    }
    let from = scanned.max(start);
    let at = from + memmem::find(input.get(from..)?, b"\r\n.\r\n")?;
    Some(End { message: at + 2, next: at + 5 })
}

/// True if another server could have taken this message for two: a lone dot between line ends of another kind.
pub fn could_be_split(body: &[u8]) -> bool {
    let ends_line = |at: usize| matches!(body.get(at), Some(b'\r' | b'\n'));
    if body.first() == Some(&b'.') && ends_line(1) {
        return true;
    }
    let after_feed = memmem::find_iter(body, b"\n.").any(|at| ends_line(at + 2));
    after_feed || memmem::find_iter(body, b"\r.").any(|at| ends_line(at + 2))
}

/// Appends the message with its doubled dots made single again.
pub fn unstuff(body: &[u8], out: &mut Vec<u8>) {
    out.reserve(body.len());
    let mut rest = body.strip_prefix(b".").unwrap_or(body);
    while let Some(at) = memmem::find(rest, b"\r\n.") {
        out.extend_from_slice(&rest[..at + 2]);
        rest = &rest[at + 3..];
    }
    out.extend_from_slice(rest);
}

/// Hops that a message may have behind it; more is a loop.
const HOPS_MAX: usize = 100;

pub fn is_looping(message: &[u8]) -> bool {
    let header_end = memmem::find(message, b"\r\n\r\n").unwrap_or(message.len());
    let header = &message[..header_end];
    memmem::find_iter(header, b"\nReceived:").take(HOPS_MAX + 1).count() > HOPS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proper_end_ends_a_message() {
        assert_eq!(find_end(b"a\r\n.\r\nQUIT", 0, 0, true), Some(End { message: 3, next: 6 }));
        assert_eq!(find_end(b".\r\n", 0, 0, true), Some(End { message: 0, next: 3 }));
        for wrong in [b"a\n.\n".as_slice(), b"a\n.\r\n", b"a\r\n.\n", b"a\r.\r", b"a\r\n..\r\n"] {
            assert_eq!(find_end(wrong, 0, 0, true), None, "{wrong:?}");
        }
    }

    #[test]
    fn every_lone_dot_of_another_kind_is_suspicious() {
        for wrong in [b"a\n.\nb".as_slice(), b"a\n.\r\nb", b"a\r\n.\nb", b"a\r.\rb", b".\nb", b"a\r\n.\rb"] {
            assert!(could_be_split(wrong), "{wrong:?}");
        }
        for fine in [b"a\r\n..\r\nb".as_slice(), b"a\n..\nb", b"a\r\n.b", b"a.\r\nb", b"..\r\n"] {
            assert!(!could_be_split(fine), "{fine:?}");
        }
    }

    #[test]
    fn doubled_dots_become_single() {
        let mut out = b"T".to_vec();
        unstuff(b"..a\r\n..\r\n.b\r\nc..d\r\n", &mut out);
        assert_eq!(out, b"T.a\r\n.\r\nb\r\nc..d\r\n");
    }
}
