//! Compressed RTF (MS-OXRTFCP) as Outlook packs it: a window of 4096 bytes that begins with the commonest words.
//!
//! The published crate for it, `compressed-rtf`, believes the sizes that the envelope claims and stops at the first
//! wrong byte; here every size is checked and a damaged body gives what stands before the damage. The crate packs the
//! samples of the tests.

use super::RTF_BYTES_MAX;

const COMPRESSED: &[u8] = b"LZFu";
const UNCOMPRESSED: &[u8] = b"MELA";
const HEADER_BYTES: usize = 16;
const WINDOW_BYTES: usize = 4096;
/// What both sides know before the first byte.
const KNOWN: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor \
MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// The RTF inside. `None` if the bytes are no such envelope; at most [`RTF_BYTES_MAX`] of it.
pub fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = bytes.split_at_checked(HEADER_BYTES)?;
    let raw_bytes = u32::from_le_bytes(header.get(4..8)?.try_into().ok()?) as usize;
    let wanted = raw_bytes.min(RTF_BYTES_MAX);
    match header.get(8..12)? {
        UNCOMPRESSED => Some(body.get(..wanted).unwrap_or(body).to_vec()),
        COMPRESSED => {
            let mut out = inflate(body, wanted);
            out.truncate(wanted);
            Some(out)
        }
        _ => None,
    }
}

fn inflate(body: &[u8], wanted: usize) -> Vec<u8> {
    let mut window = [0_u8; WINDOW_BYTES];
    window[..KNOWN.len()].copy_from_slice(KNOWN);
    let mut at = KNOWN.len();
    let mut out = Vec::with_capacity(wanted.min(body.len() * 4));
    let mut bytes = body.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= wanted {
                return out;
            }
            let Some(byte) = bytes.next() else { return out };
            if control & (1 << bit) == 0 {
                out.push(byte);
                window[at] = byte;
                at = (at + 1) % WINDOW_BYTES;
                continue;
            }
            let Some(second) = bytes.next() else { return out };
            let offset = usize::from(byte) << 4 | usize::from(second >> 4);
            if offset == at {
                return out;
            }
            // A run may overlap what it writes.
            for step in 0..usize::from(second & 0x0F) + 2 {
                let copied = window[(offset + step) % WINDOW_BYTES];
                out.push(copied);
                window[at] = copied;
                at = (at + 1) % WINDOW_BYTES;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_window_begins_as_the_standard_says() {
        assert_eq!(KNOWN.len(), 207);
    }

    #[test]
    fn a_run_that_overlaps_itself_repeats() {
        let text = "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}";
        let packed = compressed_rtf::compress_rtf(text).unwrap();
        assert_eq!(unpack(&packed).unwrap(), text.as_bytes());
    }

    #[test]
    fn what_was_not_worth_packing_is_taken_as_it_is() {
        let mut bytes = [0, 0, 0, 0, 5, 0, 0, 0].to_vec();
        bytes.extend(UNCOMPRESSED);
        bytes.extend(b"\0\0\0\0{\\rtfand more");
        assert_eq!(unpack(&bytes).unwrap(), b"{\\rtf");
        // It may claim more than there is, and it may be anything else.
        bytes[7] = 0xFF;
        assert_eq!(unpack(&bytes).unwrap(), b"{\\rtfand more");
        assert_eq!(unpack(b"LZFu"), None);
        assert_eq!(unpack(&[0; 40]), None);
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(text in "\\PC{0,40}[ -~\r\n]{0,600}") {
            let ascii: String = text.chars().filter(char::is_ascii).collect();
            let packed = compressed_rtf::compress_rtf(&ascii).unwrap();
            prop_assert_eq!(unpack(&packed).unwrap(), ascii.as_bytes());
            // Cut anywhere, it gives a beginning.
            let cut = &packed[..packed.len() * 2 / 3];
            if let Some(part) = unpack(cut) {
                prop_assert!(ascii.as_bytes().starts_with(&part));
            }
        }

        #[test]
        fn any_bytes_are_unpacked_within_limits(mut bytes in proptest::collection::vec(any::<u8>(), 16..3000)) {
            bytes[8..12].copy_from_slice(COMPRESSED);
            let out = unpack(&bytes).unwrap();
            prop_assert!(out.len() <= bytes.len() * 9 && out.len() <= RTF_BYTES_MAX);
        }
    }
}
