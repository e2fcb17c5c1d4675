//! Bytes to text when the label is right, missing, or lying.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// Text, and what had to be corrected to get it, in plain words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub problem: Option<String>,
}

/// Bytes that the detector looks at; more do not make it any surer.
const DETECT_BYTES_MAX: usize = 64 * 1024;

/// Characters of a label that a problem repeats.
const LABEL_CHARS_MAX: usize = 60;

/// A label is believed as long as the bytes do not contradict it; valid UTF-8 contradicts every one-byte charset.
pub fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let written = label.map(as_written).unwrap_or_default();
    let label = label.map(tidy_label).unwrap_or_default();
    match label.as_str() {
        _ if written.is_empty() => decode_unlabelled(bytes, "no charset was given"),
        // A word that stands for no charset.
        "" => decode_unlabelled(bytes, &unknown(&written)),
        "us-ascii" | "ascii" | "ansi_x3.4-1968" | "7bit" | "8bit" | "default" => {
            decode_unlabelled(bytes, &wrong(&written))
        }
        label => match Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding != REPLACEMENT => decode_labelled(bytes, &written, encoding),
            _ => decode_rare(bytes, label, &written),
        },
    }
}

/// A label as it stood in the message, without what could not be shown.
fn as_written(label: &str) -> String {
    let shown = label.chars().filter(|c| c.is_alphanumeric() || c.is_ascii_punctuation());
    shown.filter(|c| !matches!(c, '"' | '\'')).take(LABEL_CHARS_MAX).collect()
}

fn wrong(written: &str) -> String {
    format!("the charset {written} was wrong")
}

fn unknown(written: &str) -> String {
    format!("the charset {written} is unknown")
}

/// The label of a code page that Windows names by its number; the western one for a number that nobody knows.
pub fn label_of_page(page: u32) -> String {
    match page {
        65001 => "utf-8".to_owned(),
        874 => "windows-874".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        1250..=1258 => format!("windows-{page}"),
        10000 => "macintosh".to_owned(),
        20866 => "koi8-r".to_owned(),
        21866 => "koi8-u".to_owned(),
        28591..=28605 => format!("iso-8859-{}", page - 28590),
        51932 => "euc-jp".to_owned(),
        54936 => "gb18030".to_owned(),
        _ => "windows-1252".to_owned(),
    }
}

/// The best reading of bytes that carry no label at all, such as raw 8-bit header fields.
pub fn guess(bytes: &[u8]) -> String {
    decode_unlabelled(bytes, "").text
}

/// `said`: what is to be told of the label, should the bytes not be plain ASCII.
fn decode_unlabelled(bytes: &[u8], said: &str) -> Decoded {
    if bytes.is_ascii() {
        if bytes.contains(&0x1b) && has_iso_2022_jp_escape(bytes) {
            let text = ISO_2022_JP.decode_without_bom_handling(bytes).0.into_owned();
            return Decoded {
                text,
                problem: Some("read as ISO-2022-JP, which the message did not say".into()),
            };
        }
        return Decoded { text: String::from_utf8_lossy(bytes).into_owned(), problem: None };
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
        return Decoded { text, problem: None };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.to_owned(), problem: Some(format!("{said}; read as UTF-8")) };
    }
    if almost_utf8(bytes) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        return Decoded { text, problem: Some(format!("{said}; read as UTF-8 with broken characters")) };
    }
    let encoding = detect(bytes);
    let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
    Decoded { text, problem: Some(format!("{said}; read as {}", encoding.name())) }
}

fn decode_labelled(bytes: &[u8], label: &str, encoding: &'static Encoding) -> Decoded {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return decode_wide(bytes, label, encoding);
    }
    if encoding == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Decoded { text: text.to_owned(), problem: None },
            Err(_) => decode_unlabelled(bytes, &wrong(label)),
        };
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if bytes.is_ascii() && !(had_errors && encoding == ISO_2022_JP) {
        return Decoded { text: text.into_owned(), problem: None };
    }
    let contradicted = had_errors || encoding == ISO_2022_JP || encoding.is_single_byte();
    if contradicted && let Ok(utf8) = std::str::from_utf8(bytes) {
        let problem = Some(format!("{}; read as UTF-8", wrong(label)));
        return Decoded { text: utf8.to_owned(), problem };
    }
    if had_errors || (encoding == ISO_2022_JP && !bytes.is_ascii()) {
        let better = detect(bytes);
        let (guessed, guess_had_errors) = better.decode_without_bom_handling(bytes);
        if better != encoding && !guess_had_errors {
            let problem = Some(format!("{}; read as {}", wrong(label), better.name()));
            return Decoded { text: guessed.into_owned(), problem };
        }
        return Decoded {
            text: text.into_owned(),
            problem: Some(format!("some characters are not {label}")),
        };
    }
    Decoded { text: text.into_owned(), problem: None }
}

/// UTF-16 labels are often pasted on eight-bit text.
fn decode_wide(bytes: &[u8], label: &str, encoding: &'static Encoding) -> Decoded {
    if bytes.contains(&0) || bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let encoding = Encoding::for_bom(bytes).map_or(encoding, |(marked, _)| marked);
        return Decoded { text: encoding.decode_with_bom_removal(bytes).0.into_owned(), problem: None };
    }
    decode_unlabelled(bytes, &wrong(label))
}

/// Charsets that browsers have dropped but mail has not: UTF-7, the old DOS pages.
fn decode_rare(bytes: &[u8], label: &str, written: &str) -> Decoded {
    if !bytes.is_empty()
        && std::str::from_utf8(bytes).is_err() | bytes.is_ascii()
        && let Some(decoder) = mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes())
    {
        return Decoded { text: decoder(bytes), problem: None };
    }
    let said = unknown(written);
    let decoded = decode_unlabelled(bytes, &said);
    Decoded { problem: decoded.problem.or(Some(said)), ..decoded }
}

fn tidy_label(label: &str) -> String {
    let label =
        label.trim().trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace()).to_ascii_lowercase();
    let label = label.strip_prefix("charset=").unwrap_or(&label).trim_matches('"');
    match label {
        "utf8mb4" | "utf-8mb4" | "utf_8" | "utf 8" | "unicode" | "utf-8-sig" => "utf-8".to_owned(),
        "x-unknown" | "unknown" | "unknown-8bit" | "x-user-defined" | "binary" | "_iso-2022-jp$esc" => {
            String::new()
        }
        "unicode-1-1-utf-7" => "utf-7".to_owned(),
        "cp-850" => "cp850".to_owned(),
        "ansi" => "windows-1252".to_owned(),
        "gb2312-80" | "cp936" | "ms936" | "x-gbk" => "gbk".to_owned(),
        "cp949" | "ms949" | "ks_c_5601-1987" => "euc-kr".to_owned(),
        "cp932" | "ms932" | "iso-2022-jp-ms-sjis" => "shift_jis".to_owned(),
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => {
            "iso-2022-jp".to_owned()
        }
        "cp950" => "big5".to_owned(),
        label => match label.strip_prefix("cp125").or_else(|| label.strip_prefix("win-125")) {
            Some(page) if page.len() == 1 => format!("windows-125{page}"),
            _ => label.split('*').next().unwrap_or(label).to_owned(),
        },
    }
}

fn has_iso_2022_jp_escape(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|three| matches!(three, b"\x1b$B" | b"\x1b$@" | b"\x1b(J" | b"\x1b(I"))
}

/// UTF-8 that was cut or has a stray byte is still UTF-8: at least nine good long sequences for each bad one.
fn almost_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 0 && good >= bad * 9 || bad == 1 && good >= 2
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..DETECT_BYTES_MAX).unwrap_or(bytes), true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_true_label_is_believed_without_comment() {
        assert_eq!(
            decode(b"\xe4\xf6\xfc\xdf", Some("iso-8859-1")),
            Decoded { text: "äöüß".into(), problem: None }
        );
        assert_eq!(decode("äöü".as_bytes(), Some("UTF-8")), Decoded { text: "äöü".into(), problem: None });
    }

    #[test]
    fn utf8_under_a_false_label_is_found_out() {
        let decoded = decode("Grüße aus Köln".as_bytes(), Some("iso-8859-1"));
        assert_eq!(decoded.text, "Grüße aus Köln");
        assert!(decoded.problem.is_some_and(|problem| problem.contains("iso-8859-1")));
    }

    #[test]
    fn latin_bytes_labelled_utf8_or_ascii_are_read_as_latin() {
        assert_eq!(decode(b"Gr\xfc\xdfe aus K\xf6ln", Some("utf-8")).text, "Grüße aus Köln");
        assert_eq!(decode(b"Gr\xfc\xdfe aus K\xf6ln", Some("us-ascii")).text, "Grüße aus Köln");
        assert_eq!(decode(b"Gr\xfc\xdfe aus K\xf6ln", None).text, "Grüße aus Köln");
    }

    #[test]
    fn shift_jis_that_calls_itself_iso_2022_jp_is_read() {
        assert_eq!(decode(b"\x83c\x81[\x83\x8b EXAMPLE", Some("ISO-2022-JP")).text, "ツール EXAMPLE");
    }

    #[test]
    fn a_cut_character_does_not_turn_utf8_into_something_else() {
        assert_eq!(decode(&"Größe, Länge, Höhe, Tür".as_bytes()[..13], Some("utf-8")).text, "Größe, Län");
        assert!(decode(b"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3", Some("utf-8")).text.starts_with("äöüß"));
    }

    #[test]
    fn a_charset_that_nobody_knows_is_named_as_it_stood() {
        let problem = |bytes: &[u8], label: &str| decode(bytes, Some(label)).problem.unwrap_or_default();
        let greeting = "Grüße".as_bytes();
        assert_eq!(problem(greeting, "X-Klingon"), "the charset X-Klingon is unknown; read as UTF-8");
        assert_eq!(problem(b"plain", "\"X-Klingon\""), "the charset X-Klingon is unknown");
        assert_eq!(problem(greeting, "unknown-8bit"), "the charset unknown-8bit is unknown; read as UTF-8");
        assert_eq!(problem(greeting, "US-ASCII"), "the charset US-ASCII was wrong; read as UTF-8");
        assert_eq!(problem(greeting, " "), "no charset was given; read as UTF-8");
        assert!(problem(b"plain", "x-unknown").is_empty(), "ASCII is read as what it is");
        let hostile = problem(greeting, &format!("a\r\nb\u{202e}{}", "x".repeat(500)));
        assert!(hostile.starts_with("the charset abxxx") && hostile.len() < 120, "{hostile}");
    }

    #[test]
    fn utf7_and_dos_pages_are_still_read() {
        assert_eq!(decode(b"Hi Mom -+Jjo--!", Some("utf-7")).text, "Hi Mom -☺-!");
        assert_eq!(decode(b"\x84", Some("cp850")).text, "ä");
    }
}
