//! Content-Transfer-Encoding: base64, quoted-printable and uuencode, read as far as they can be read.

/// Characters outside the alphabet are skipped; reading ends at the padding of the last group.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut group, mut count) = (0_u32, 0_u8);
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // Some senders join pieces that were each encoded alone, so reading goes on after the padding.
                flush(&mut out, group, count);
                (group, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        group = group << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&group.to_be_bytes()[1..]);
            (group, count) = (0, 0);
        }
    }
    flush(&mut out, group, count);
    out
}

fn flush(out: &mut Vec<u8>, group: u32, count: u8) {
    match count {
        2 => out.push((group >> 4) as u8),
        3 => out.extend_from_slice(&((group >> 2) as u16).to_be_bytes()),
        _ => {}
    }
}

/// Invalid escapes stay as they stand, as readers expect of text that was never encoded.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == b'\r' || byte == b'\n' {
            while out.last().is_some_and(|&last| last == b' ' || last == b'\t') {
                out.pop();
            }
        }
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|&&next| next == b' ' || next == b'\t').count();
        match rest.get(blanks..).unwrap_or_default() {
            [] => at = bytes.len(),
            [b'\r', b'\n', ..] => at += blanks + 2,
            [b'\n', ..] | [b'\r', ..] => at += blanks + 1,
            _ => match rest {
                [high, low, ..] if hex(*high).is_some() && hex(*low).is_some() => {
                    out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                    at += 2;
                }
                _ => out.push(b'='),
            },
        }
    }
    out
}

pub fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

/// One `begin 644 name … end` block inside a text.
#[derive(Debug, PartialEq, Eq)]
pub struct UuBlock {
    pub start: usize,
    pub end: usize,
    pub name: String,
    pub data: Vec<u8>,
}

/// Blocks in one message text that are unpacked; more are left as they stand.
const UU_BLOCKS_MAX: usize = 50;

/// Finds complete uuencoded blocks; a `begin` without its `end` is only text.
pub fn uuencoded_blocks(text: &str) -> Vec<UuBlock> {
    let mut blocks: Vec<UuBlock> = Vec::new();
    if !text.contains("begin ") {
        return blocks;
    }
    let mut open: Option<(usize, String, Vec<u8>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, bare) = (at, line.trim_end_matches(['\r', '\n']));
        at += line.len();
        match &mut open {
            None => {
                if let Some(name) = begin_line(bare) {
                    open = Some((start, name.to_owned(), Vec::new()));
                }
            }
            Some(_) if bare == "end" => {
                if let Some((start, name, data)) = open.take() {
                    blocks.push(UuBlock { start, end: at, name, data });
                    if blocks.len() == UU_BLOCKS_MAX {
                        break;
                    }
                }
            }
            Some((_, _, data)) => match uu_line(bare.as_bytes()) {
                Some(bytes) => data.extend_from_slice(&bytes),
                None => open = begin_line(bare).map(|name| (start, name.to_owned(), Vec::new())),
            },
        }
    }
    blocks
}

/// A whole body that is said to be `x-uuencode`.
pub fn uudecode(bytes: &[u8]) -> Option<Vec<u8>> {
    uuencoded_blocks(&String::from_utf8_lossy(bytes)).into_iter().next().map(|block| block.data)
}

fn begin_line(line: &str) -> Option<&str> {
    let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    (is_mode && !name.trim().is_empty()).then(|| name.trim())
}

fn uu_line(line: &[u8]) -> Option<Vec<u8>> {
    let value = |byte: u8| (b' '..=b'`').contains(&byte).then(|| (byte - b' ') & 63);
    let Some((&first, rest)) = line.split_first() else { return Some(Vec::new()) };
    let length = usize::from(value(first)?);
    // Trailing blanks are often lost on the way, so a short line is filled up; a much longer one is not uuencode.
    if rest.len() > length.div_ceil(3) * 4 + 4 {
        return None;
    }
    let mut out = Vec::with_capacity(length + 3);
    for group in rest.chunks(4) {
        let mut bits = 0_u32;
        for index in 0..4 {
            bits = bits << 6 | u32::from(value(group.get(index).copied().unwrap_or(b' '))?);
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    out.resize(length, 0);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_on_over_line_breaks_noise_and_inner_padding() {
        assert_eq!(base64(b"SGVs\r\nbG8*g V29ybGQ="), b"Hello World");
        assert_eq!(base64(b"SGk=SGk="), b"HiHi");
        assert_eq!(base64(b"A"), b"");
    }

    #[test]
    fn quoted_printable_keeps_what_is_not_an_escape() {
        assert_eq!(quoted_printable(b"a=3Db =zz 1=\r\n2=  \n3  \r\nend="), b"a=b =zz 123\r\nend");
    }

    #[test]
    fn a_uuencoded_block_is_found_between_its_lines() {
        let text = "see below\r\nbegin 644 a b.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n";
        let blocks = uuencoded_blocks(text);
        assert_eq!(blocks.len(), 1);
        assert_eq!((blocks[0].name.as_str(), blocks[0].data.as_slice()), ("a b.txt", b"Cat".as_slice()));
        assert_eq!(&text[blocks[0].end..], "bye\r\n");
    }

    #[test]
    fn a_sentence_that_begins_with_begin_is_not_a_file() {
        assert!(
            uuencoded_blocks("begin 644 reasons to call\nWe love to hear from you, really often.\nend\n")
                .is_empty()
        );
    }
}
