//! Where the quotes are in the HTML of a mail, so that they can be folded away.
//!
//! Works on the raw HTML, before cleaning removes the classes by which clients mark their quotes. Ranges may cut
//! through elements: clean each piece on its own afterwards.

mod marks;

use crate::html::{Tag, entity, skip_odd, skip_past_closing};
use crate::visible::{
    Hints, fold_with, is_forward_subject, is_forward_title, last_quote_start, trailing_attribution,
};
use marks::{BLOCKS, PARAGRAPHS, QUOTE_CLASSES, QUOTE_IDS, QUOTE_TO_END_IDS};
use std::ops::Range;

/// Only this much is looked at; a longer mail is shown whole from there on.
pub const HTML_BYTES_READ_MAX: usize = 4 * 1024 * 1024;

/// The quotes of a mail as byte ranges of its HTML, in order, apart from each other. None: all is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlSplit {
    pub quotes: Vec<Range<usize>>,
}

impl HtmlSplit {
    /// The byte at which the first quote begins, or the length of the HTML.
    pub fn quote_start(&self, raw: &str) -> usize {
        self.quotes.first().map_or(raw.len(), |quote| quote.start)
    }

    /// All of the HTML in order, in pieces to show (`false`) and pieces to fold away (`true`).
    pub fn pieces<'a>(&self, raw: &'a str) -> Vec<(bool, &'a str)> {
        let mut pieces = Vec::with_capacity(self.quotes.len() * 2 + 1);
        let mut at = 0;
        for quote in &self.quotes {
            pieces.push((false, raw.get(at..quote.start).unwrap_or_default()));
            pieces.push((true, raw.get(quote.clone()).unwrap_or_default()));
            at = quote.end;
        }
        pieces.push((false, raw.get(at..).unwrap_or_default()));
        pieces.retain(|(_, html)| !html.is_empty());
        pieces
    }

    /// The HTML outside the quotes, a line end between its pieces.
    pub fn visible(&self, raw: &str) -> String {
        let shown: Vec<&str> =
            self.pieces(raw).into_iter().filter(|(quote, _)| !quote).map(|(_, html)| html).collect();
        shown.join("\n")
    }

    /// The quotes, one after the other.
    pub fn quoted(&self, raw: &str) -> String {
        self.pieces(raw).into_iter().filter(|(quote, _)| *quote).map(|(_, html)| html).collect()
    }
}

/// Finds the quotes of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Proton and others, and of clients that only
/// write "On Monday Ana wrote:" or a block of header lines. Never fails; nothing is folded when nothing new would remain.
pub fn split_html(raw: &str) -> HtmlSplit {
    split_html_with(raw, &Hints::default())
}

/// As [`split_html`], with what else is known about the mail: what is forwarded is to be read.
pub fn split_html_with(raw: &str, hints: &Hints<'_>) -> HtmlSplit {
    if hints.subject.is_some_and(is_forward_subject) {
        return HtmlSplit::default();
    }
    let html = &raw[..raw.floor_char_boundary(HTML_BYTES_READ_MAX)];
    let mut reader = Reader::default();
    reader.read(html);
    let says_something =
        |line: &str| !line.trim().is_empty() && ![QUOTED_LINE, APPENDED_LINE].contains(&line.trim());
    let new_text = fold_with(&reader.text, hints).visible;
    if !new_text.lines().any(says_something) {
        return HtmlSplit::default();
    }
    let mut quotes = std::mem::take(&mut reader.quotes);
    let last_start = last_quote_start(&reader.text, hints);
    if reader.appended && last_start.is_none() {
        // "See below" points to it.
        quotes.pop();
    }
    if let Some(start) = last_start {
        let start = reader.raw_offset(start);
        quotes.retain(|quote| quote.start < start);
        if let Some(last) = quotes.last_mut() {
            last.end = last.end.min(start);
        }
        quotes.push(start..raw.len());
    }
    quotes.retain(|quote| quote.start < quote.end);
    // What the reading of the text takes for a signature is one here too.
    if !new_text.lines().any(begins_signature)
        && let Some(start) = signature_start(&reader.text)
    {
        let start = reader.raw_offset(start);
        let at = quotes.partition_point(|quote| quote.end <= start);
        match quotes.get_mut(at) {
            // The quote that follows goes with it; inside a quote it is folded already.
            Some(next) => next.start = next.start.min(start),
            None => quotes.push(start..raw.len()),
        }
    }
    HtmlSplit { quotes }
}

/// Lines of a signature, at most; more of them are a part of the letter.
const SIGNATURE_LINES_MAX: usize = 30;

fn begins_signature(line: &str) -> bool {
    line.trim() == "--"
}

/// Where the last line begins that a mail program puts before a signature.
fn signature_start(text: &str) -> Option<usize> {
    let mut found = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins_signature(line) {
            found = Some((at, at + line.len()));
        }
        at += line.len();
    }
    let (start, after) = found?;
    let is_quote = |line: &&str| [QUOTED_LINE, APPENDED_LINE].contains(&line.trim());
    let lines = text[after..].lines().take_while(|line| !is_quote(line));
    (lines.count() <= SIGNATURE_LINES_MAX).then_some(start)
}

/// Reads HTML once: its text outside quotes, where each line of it began, and the quotes that are marked as such.
#[derive(Default)]
struct Reader {
    text: String,
    /// For the start of each line of `text`, the byte of the HTML where its elements begin.
    lines: Vec<(usize, usize)>,
    quotes: Vec<Range<usize>>,
    /// Where the elements begin that hold the coming text.
    opened: Option<usize>,
    inside: Option<Inside>,
    line_has_text: bool,
    /// The last quote is a message appended by Outlook or its like.
    appended: bool,
}

struct Inside {
    name: String,
    depth: usize,
    start: usize,
}

impl Reader {
    fn read(&mut self, html: &str) {
        let mut at = 0;
        while at < html.len() {
            let next = html[at..].find('<').map_or(html.len(), |offset| at + offset);
            if next > at {
                self.words(html, at, next);
            }
            if next == html.len() {
                break;
            }
            let Some(tag) = Tag::at(html, next) else {
                let end = skip_odd(html, next);
                if end == next + 1 {
                    self.words(html, next, end);
                }
                at = end;
                continue;
            };
            at = tag.end;
            if !tag.closing && matches!(tag.name.as_str(), "style" | "script" | "title" | "head") {
                if tag.name != "head" {
                    at = skip_past_closing(html, tag.end, &tag.name);
                }
                continue;
            }
            if self.tag(html, &tag) {
                break;
            }
        }
        if let Some(inside) = self.inside.take() {
            self.end_quote(inside.start, html.len());
        }
    }

    /// True when the rest is quote.
    fn tag(&mut self, html: &str, tag: &Tag<'_>) -> bool {
        if let Some(inside) = &mut self.inside {
            if tag.name == inside.name {
                inside.depth = if tag.closing { inside.depth - 1 } else { inside.depth + 1 };
                if inside.depth == 0 {
                    let start = inside.start;
                    self.inside = None;
                    self.end_quote(start, tag.end);
                }
            }
            return false;
        }
        if !tag.closing {
            match self.mark(html, tag) {
                Mark::None => {}
                Mark::Element => {
                    self.inside = Some(Inside { name: tag.name.clone(), depth: 1, start: tag.start });
                    return false;
                }
                Mark::ToEnd => {
                    self.appended = true;
                    self.end_quote(tag.start, html.len());
                    return true;
                }
            }
        }
        if tag.name == "br" {
            self.new_line();
            self.opened = None;
        } else if tag.name == "hr" && !tag.closing {
            self.new_line();
            self.start_line(tag.start);
            self.text.push_str("----------");
            self.line_has_text = true;
            self.new_line();
            self.opened = Some(tag.start);
        } else {
            if BLOCKS.contains(&tag.name.as_str()) && self.line_has_text {
                self.new_line();
            }
            if tag.closing {
                self.opened = None;
                if PARAGRAPHS.contains(&tag.name.as_str()) {
                    self.new_line();
                }
            } else if self.opened.is_none() {
                self.opened = Some(tag.start);
            }
        }
        false
    }

    fn mark(&self, html: &str, tag: &Tag<'_>) -> Mark {
        let id = tag.attribute("id").to_ascii_lowercase();
        let class = tag.attribute("class").to_ascii_lowercase();
        if QUOTE_TO_END_IDS.iter().any(|known| id.ends_with(known)) {
            return Mark::ToEnd;
        }
        let has_class = |known: &str| {
            class.split_ascii_whitespace().any(|it| it == known || it.strip_prefix("x_") == Some(known))
        };
        let marked =
            QUOTE_CLASSES.iter().any(|known| has_class(known)) || QUOTE_IDS.iter().any(|known| id == *known);
        let element = match tag.name.as_str() {
            "blockquote" => {
                marked
                    || tag.attribute("type").eq_ignore_ascii_case("cite")
                    || !tag.attribute("cite").is_empty()
                    || class.contains("quote")
                    || trailing_attribution(self.tail()).is_some()
            }
            "div" | "span" | "section" | "table" | "p" => marked,
            _ => false,
        };
        if element && !begins_with_forward(html, tag.end) { Mark::Element } else { Mark::None }
    }

    /// The end of the text so far, enough for an attribution.
    fn tail(&self) -> &str {
        const TAIL_BYTES_MAX: usize = 600;
        let start = self.text.floor_char_boundary(self.text.len().saturating_sub(TAIL_BYTES_MAX));
        &self.text[start..]
    }

    fn end_quote(&mut self, start: usize, end: usize) {
        let mut start = start;
        let tail = self.tail();
        let tail_start = self.text.len() - tail.len();
        if let Some(at) = trailing_attribution(tail) {
            start = start.min(self.raw_offset(tail_start + at));
        }
        if self.line_has_text {
            self.new_line();
        }
        // To the reader of the text a quote is a quoted line.
        self.start_line(start);
        self.text.push_str(if self.appended { APPENDED_LINE } else { QUOTED_LINE });
        self.line_has_text = true;
        self.new_line();
        self.opened = None;
        match self.quotes.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => self.quotes.push(start..end),
        }
    }

    fn words(&mut self, html: &str, from: usize, to: usize) {
        if self.inside.is_some() {
            return;
        }
        let mut rest = &html[from..to];
        while let Some(letter) = rest.chars().next() {
            let (letter, length) = if letter == '&' { entity(rest) } else { (letter, letter.len_utf8()) };
            let at = to - rest.len();
            rest = &rest[length..];
            if letter.is_whitespace() {
                if self.line_has_text && !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
                continue;
            }
            if !self.line_has_text {
                self.start_line(self.opened.unwrap_or(at));
                self.line_has_text = true;
            }
            self.text.push(letter);
        }
        if self.line_has_text {
            self.opened = None;
        }
    }

    fn start_line(&mut self, raw: usize) {
        self.lines.push((self.text.len(), raw));
    }

    fn new_line(&mut self) {
        // Many blank lines say no more than two.
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self.line_has_text = false;
    }

    fn raw_offset(&self, text_offset: usize) -> usize {
        let index = self.lines.partition_point(|(start, _)| *start < text_offset);
        self.lines.get(index).map_or(0, |(_, raw)| *raw)
    }
}

/// What stands in the text for a quote.
const QUOTED_LINE: &str = "> quote";
const APPENDED_LINE: &str = "-----Original Message-----";

enum Mark {
    None,
    /// The element is a quote.
    Element,
    /// From here on all is quote.
    ToEnd,
}

fn begins_with_forward(html: &str, from: usize) -> bool {
    const LOOKED_AT_BYTES_MAX: usize = 600;
    let window = &html[from..html.floor_char_boundary((from + LOOKED_AT_BYTES_MAX).min(html.len()))];
    let mut line = String::new();
    let mut in_tag = false;
    for letter in window.chars() {
        match letter {
            '<' => {
                in_tag = true;
                if !line.trim().is_empty() {
                    break;
                }
            }
            '>' if in_tag => in_tag = false,
            _ if !in_tag => line.push(letter),
            _ => {}
        }
    }
    is_forward_title(line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The words outside the quotes.
    fn shown(html: &str) -> String {
        let split = split_html(html);
        let mut reader = Reader::default();
        reader.read(&split.visible(html));
        reader.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn gmail_quotes_are_found() {
        let html = r#"<div dir="ltr">Hello</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Ana wrote:<br></div><blockquote class="gmail_quote">Old</blockquote></div>"#;
        assert_eq!(shown(html), "Hello");
        assert_eq!(&html[split_html(html).quote_start(html)..][..4], "<div");
    }

    #[test]
    fn outlook_headers_are_found_with_and_without_a_border() {
        for border in ["border:none;border-top:solid #E1E1E1 1.0pt", ""] {
            let html = format!(
                "<p class=MsoNormal>Hello</p><div><div style='{border}'><p><b>From:</b> Ana &lt;a@example.com&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Bob<br><b>Subject:</b> Hi</p></div></div><p>Old</p>"
            );
            assert_eq!(shown(&html), "Hello");
        }
        assert_eq!(
            shown(
                "<div>Hello</div><div id=\"appendonsend\"></div><hr><div id=divRplyFwdMsg><b>Von:</b> Ana</div><div>Old</div>"
            ),
            "Hello"
        );
    }

    #[test]
    fn an_answer_below_or_between_stays() {
        let html = r#"<div class="moz-cite-prefix">On 26.06.2014 14:41, Ana wrote:<br></div><blockquote type="cite">Old</blockquote>Hello"#;
        assert_eq!(shown(html), "Hello");
        let html =
            r#"One<blockquote type="cite">Old</blockquote>Two<blockquote type="cite">Old</blockquote>Three"#;
        assert_eq!(shown(html), "One Two Three");
    }

    #[test]
    fn a_quote_that_only_an_attribution_announces_is_found() {
        let html = "<p>Hello<br/><br/>26.06.2014, 14:41, \"Ana\" &lt;<a href=\"mailto:a@example.com\">a@example.com</a>&gt;:</p><blockquote>Old</blockquote>";
        assert_eq!(shown(html), "Hello");
    }

    #[test]
    fn a_signature_behind_its_line_is_folded_with_or_without_a_quote_below() {
        for html in [
            "<p>Hello</p><p>-- <br>Marta Gil<br>Acme</p>",
            "<div>Hello<br><br>--&nbsp;<br>Marta Gil</div>",
            r#"<div>Hello</div><span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Marta</div>"#,
            r#"<div>Hello</div><div>-- </div><div>Marta</div><p>On Tuesday, April 3, 2012 at 4:55 PM, Ana wrote:</p><blockquote type="cite">Old</blockquote>"#,
        ] {
            assert_eq!(shown(html), "Hello", "{html}");
        }
        let alone = "<p>-- <br>Marta Gil</p>";
        assert_eq!(shown(alone), "-- Marta Gil", "it is all there is");
    }

    #[test]
    fn what_the_writer_cites_stays() {
        let html = "<p>The page says:</p><blockquote>Out of order</blockquote><p>What now?</p>";
        assert_eq!(split_html(html), HtmlSplit::default());
    }

    #[test]
    fn forwarded_mail_is_there_to_be_read() {
        let html = r#"<div>Is this right?</div><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: <b>Ana</b></div><div>You owe us 5 EUR</div></div>"#;
        assert_eq!(split_html(html), HtmlSplit::default());
        let html =
            "<div id=divRplyFwdMsg><b>From:</b> Ana<br><b>Sent:</b> Monday<br></div><div>All there is</div>";
        assert_eq!(split_html(html), HtmlSplit::default());
        assert_eq!(split_html(&format!("<p>FYI</p>{html}")), HtmlSplit::default());
        let long = format!("<p>It is still dark in here</p>{html}");
        assert_eq!(split_html(&long).quote_start(&long), long.len() - html.len());
        assert_eq!(
            split_html_with(&long, &Hints { subject: Some("Fwd: Lamp"), ..Hints::default() }),
            HtmlSplit::default()
        );
    }

    fn htmlish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<div>".to_owned()),
            Just("</div>".to_owned()),
            Just("<blockquote type=cite>".to_owned()),
            Just("</blockquote>".to_owned()),
            Just("<div class='gmail_quote'>".to_owned()),
            Just("<br>".to_owned()),
            Just("<hr>".to_owned()),
            Just("<!-- x".to_owned()),
            Just("-->".to_owned()),
            Just("<style>".to_owned()),
            Just("</style>".to_owned()),
            Just("<a href=\"".to_owned()),
            Just("&nbsp;&#x41;&".to_owned()),
            Just("<p>From: a@b.c<br>Sent: x<br>To: y<br>Subject: z</p>".to_owned()),
            Just("On Mon, Apr 2, 2012 at 6:26 PM, Ana &lt;a@example.com&gt; wrote:".to_owned()),
            Just("<".to_owned()),
            "\\PC{0,12}",
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_html_can_be_split_and_nothing_is_lost(html in prop_oneof![htmlish(), any::<String>()]) {
            let split = split_html(&html);
            let mut at = 0;
            for quote in &split.quotes {
                prop_assert!(at <= quote.start && quote.start < quote.end && quote.end <= html.len());
                prop_assert!(html.is_char_boundary(quote.start) && html.is_char_boundary(quote.end));
                at = quote.end;
            }
            let whole: String = split.pieces(&html).into_iter().map(|(_, piece)| piece).collect();
            prop_assert_eq!(whole, html);
        }
    }
}
