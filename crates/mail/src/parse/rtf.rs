//! Rich text (RTF) as a letter's body: the HTML or text that Outlook has wrapped in it (MS-OXRTFEX), else what it says.
//!
//! Not a word processor: fonts count only for their character sets, and nothing of the layout is kept but its lines.

use std::collections::HashMap;

use super::charset;

mod packed;

pub use packed::unpack;

/// RTF that is read; what is behind it is left out.
pub const RTF_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Groups inside each other; deeper ones are read as if they stood at this depth.
const GROUPS_DEEP_MAX: usize = 1_000;
/// Entries of the font table that are remembered.
const FONTS_MAX: usize = 2_000;
/// Digits of a number; more of them is nonsense.
const DIGITS_MAX: usize = 10;

/// What an RTF body holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rich {
    /// The HTML from which the RTF was made, not cleaned yet.
    pub html: Option<String>,
    pub text: Option<String>,
}

/// `None` if the bytes are no RTF. A damaged one gives what stands before the damage.
pub fn read(rtf: &[u8]) -> Option<Rich> {
    let rtf = rtf.get(..RTF_BYTES_MAX).unwrap_or(rtf);
    if !rtf.trim_ascii_start().starts_with(b"{\\rtf") {
        return None;
    }
    let mut reader = Reader::new(rtf);
    reader.run();
    reader.flush();
    let out = reader.out;
    let said = Some(out).filter(|out| !out.trim().is_empty());
    Some(match reader.origin {
        Origin::Html => Rich { html: said, text: None },
        Origin::Text | Origin::Rtf => Rich { html: None, text: said },
    })
}

/// From what the RTF was made.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Rtf,
    Html,
    Text,
}

/// What braces keep apart.
#[derive(Clone)]
struct Group {
    /// Belongs to no text: font tables, pictures, what we do not know.
    skipped: bool,
    in_fonts: bool,
    /// Inside `\*\htmltag`: what stands here is HTML itself.
    in_tag: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: only for those who read RTF.
    for_rtf_only: bool,
    hidden: bool,
    font: i32,
    /// Bytes that follow a `\u` for those who cannot read it.
    fallback_bytes: usize,
}

struct Reader<'x> {
    rtf: &'x [u8],
    at: usize,
    group: Group,
    outer: Vec<Group>,
    /// Groups opened beyond [`GROUPS_DEEP_MAX`].
    too_deep: usize,
    origin: Origin,
    codepage: u32,
    font_pages: HashMap<i32, u32>,
    default_font: i32,
    /// The font table's entry that is being read.
    font_defined: i32,
    /// `\*` was read: a destination that may be skipped by those who do not know it.
    optional: bool,
    /// Bytes of the fallback of a `\u` that are still to be passed over.
    passing: usize,
    high_surrogate: Option<u16>,
    /// Bytes in the codepage of the moment; a letter may need two.
    pending: Vec<u8>,
    out: String,
}

impl<'x> Reader<'x> {
    fn new(rtf: &'x [u8]) -> Self {
        Reader {
            rtf,
            at: 0,
            group: Group {
                skipped: false,
                in_fonts: false,
                in_tag: false,
                for_rtf_only: false,
                hidden: false,
                font: -1,
                fallback_bytes: 1,
            },
            outer: Vec::new(),
            too_deep: 0,
            origin: Origin::Rtf,
            codepage: 1252,
            font_pages: HashMap::new(),
            default_font: -1,
            font_defined: -1,
            optional: false,
            passing: 0,
            high_surrogate: None,
            pending: Vec::new(),
            out: String::new(),
        }
    }

    fn run(&mut self) {
        let mut opened = false;
        while let Some(byte) = self.next() {
            match byte {
                b'{' => {
                    opened = true;
                    self.open();
                }
                b'}' => {
                    self.close();
                    if opened && self.outer.is_empty() {
                        return;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                b'\t' => self.text("\t"),
                byte => self.byte(byte),
            }
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.rtf.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn open(&mut self) {
        self.flush();
        self.passing = 0;
        if self.outer.len() < GROUPS_DEEP_MAX {
            self.outer.push(self.group.clone());
        } else {
            self.too_deep += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        self.passing = 0;
        self.optional = false;
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(outer) = self.outer.pop() {
            self.group = outer;
        }
    }

    fn control(&mut self) {
        let Some(first) = self.next() else { return };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first);
        }
        let start = self.at - 1;
        while self.rtf.get(self.at).is_some_and(u8::is_ascii_alphabetic) {
            self.at += 1;
        }
        let word = self.rtf.get(start..self.at).unwrap_or_default();
        let digits = self.at;
        if self.rtf.get(self.at) == Some(&b'-') && self.rtf.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        while self.rtf.get(self.at).is_some_and(u8::is_ascii_digit) && self.at - digits <= DIGITS_MAX {
            self.at += 1;
        }
        let number = self.rtf.get(digits..self.at).and_then(|digits| std::str::from_utf8(digits).ok());
        let number: Option<i64> = number.and_then(|digits| digits.parse().ok());
        let number = number.map(|number| number.clamp(i32::MIN.into(), i32::MAX.into()) as i32);
        if self.rtf.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if word == b"bin" {
            self.at = self.at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
            return;
        }
        if self.passing > 0 {
            // A word counts as one byte of the fallback.
            self.passing -= 1;
            return;
        }
        self.word(word, number);
        self.optional = false;
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'\'' => {
                let hex = self.rtf.get(self.at..self.at + 2).and_then(|hex| std::str::from_utf8(hex).ok());
                let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                if let Some(byte) = byte {
                    self.at += 2;
                    self.byte(byte);
                }
            }
            b'*' => self.optional = true,
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.text_or("\u{a0}", "&nbsp;"),
            b'_' => self.text_or("\u{2011}", "&#8209;"),
            b'-' if self.origin == Origin::Html => self.text("&shy;"),
            b'\r' | b'\n' => self.line(),
            _ => {}
        }
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) {
        match word {
            // The head of the whole.
            b"fromhtml" if number != Some(0) => self.origin = Origin::Html,
            b"fromtext" => self.origin = Origin::Text,
            b"ansicpg" => self.codepage = number.and_then(|page| u32::try_from(page).ok()).unwrap_or(1252),
            b"mac" => self.codepage = 10_000,
            b"deff" => self.default_font = number.unwrap_or(-1),
            // Destinations.
            b"htmltag" if self.optional => self.enter_tag(),
            b"fonttbl" => {
                self.group.in_fonts = true;
                self.group.skipped = true;
            }
            b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"header" | b"headerl" | b"headerr"
            | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf" | b"object" | b"filetbl"
            | b"fldinst" => {
                self.flush();
                self.group.skipped = true;
            }
            b"shppict" | b"nonshppict" => self.skip(),
            _ if self.optional => self.skip(),
            // Character sets.
            b"f" if self.group.in_fonts => self.font_defined = number.unwrap_or(-1),
            b"f" => {
                self.flush();
                self.group.font = number.unwrap_or(-1);
            }
            b"fcharset" if self.group.in_fonts => self.define_font(number.unwrap_or(0)),
            b"plain" => {
                self.flush();
                self.group.font = self.default_font;
                self.group.hidden = false;
            }
            b"uc" => self.group.fallback_bytes = usize::try_from(number.unwrap_or(1)).unwrap_or(0).min(16),
            b"u" => self.unicode(number.unwrap_or(0)),
            // What is for whom.
            b"htmlrtf" => {
                self.flush();
                self.group.for_rtf_only = number != Some(0);
            }
            b"v" => {
                self.flush();
                self.group.hidden = number != Some(0);
            }
            // Signs.
            b"par" | b"line" | b"sect" | b"page" | b"row" => self.line(),
            b"tab" | b"cell" => self.text("\t"),
            b"lquote" => self.text_or("\u{2018}", "&lsquo;"),
            b"rquote" => self.text_or("\u{2019}", "&rsquo;"),
            b"ldblquote" => self.text_or("\u{201c}", "&ldquo;"),
            b"rdblquote" => self.text_or("\u{201d}", "&rdquo;"),
            b"bullet" => self.text_or("\u{2022}", "&bull;"),
            b"endash" => self.text_or("\u{2013}", "&ndash;"),
            b"emdash" => self.text_or("\u{2014}", "&mdash;"),
            b"enspace" => self.text_or("\u{2002}", "&ensp;"),
            b"emspace" => self.text_or("\u{2003}", "&emsp;"),
            _ => {}
        }
    }

    fn enter_tag(&mut self) {
        self.flush();
        match self.origin {
            Origin::Html => {
                self.group.in_tag = true;
                self.group.skipped = false;
            }
            Origin::Rtf | Origin::Text => self.group.skipped = true,
        }
    }

    fn skip(&mut self) {
        self.flush();
        self.group.skipped = true;
    }

    fn define_font(&mut self, charset: i32) {
        let page = match charset {
            0 => 1252,
            128 => 932,
            129 => 949,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            163 => 1258,
            177 => 1255,
            178 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            _ => return,
        };
        if self.font_pages.len() < FONTS_MAX {
            self.font_pages.insert(self.font_defined, page);
        }
    }

    fn is_silent(&self) -> bool {
        let group = &self.group;
        group.skipped
            || group.hidden && self.origin == Origin::Rtf
            || self.origin == Origin::Html && group.for_rtf_only && !group.in_tag
    }

    /// One byte in the codepage of the moment.
    fn byte(&mut self, byte: u8) {
        if self.passing > 0 {
            self.passing -= 1;
        } else if !self.is_silent() {
            self.pending.push(byte);
        }
    }

    fn text(&mut self, text: &str) {
        self.flush();
        if !self.is_silent() {
            self.out.push_str(text);
        }
    }

    /// A sign that the wrapped HTML wants as an entity.
    fn text_or(&mut self, plain: &str, entity: &str) {
        let text = if self.origin == Origin::Html { entity } else { plain };
        self.text(text);
    }

    fn line(&mut self) {
        self.text("\n");
    }

    fn unicode(&mut self, number: i32) {
        if !self.pending.is_empty() {
            self.flush();
        }
        self.passing = self.group.fallback_bytes;
        if self.is_silent() {
            return;
        }
        // Numbers above 32767 are written as negative ones.
        let Ok(unit) = u16::try_from(if number < 0 { number.saturating_add(65_536) } else { number }) else {
            return;
        };
        let high = self.high_surrogate.take();
        match (high, unit) {
            // A \u without its number.
            (_, 0) => {}
            (None, 0xD800..=0xDBFF) => self.high_surrogate = Some(unit),
            (Some(high), _) => self.out.push_str(&String::from_utf16_lossy(&[high, unit])),
            (None, unit) => self.out.push_str(&String::from_utf16_lossy(&[unit])),
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.high_surrogate = None;
        let page = match self.group.in_tag {
            true => self.codepage,
            false => {
                let font = if self.group.font < 0 { self.default_font } else { self.group.font };
                self.font_pages.get(&font).copied().unwrap_or(self.codepage)
            }
        };
        let bytes = std::mem::take(&mut self.pending);
        if bytes.is_ascii() {
            self.out.extend(bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)));
        } else {
            let text = charset::decode(&bytes, Some(&charset::label_of_page(page))).text;
            self.out.push_str(&text.replace('\0', ""));
        }
    }
}

#[cfg(test)]
mod tests;
