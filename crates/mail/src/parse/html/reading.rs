//! Cleaned HTML as the plain text that a reader would see.

use std::borrow::Cow;

/// What a reader sees of HTML that [`clean_html`] has cleaned: paragraphs, quotes as `> `, lists, no link tables.
pub fn html_to_text(clean: &str) -> String {
    let mut page = Page::default();
    for token in tokens(clean) {
        match token {
            Token::Text(text) => page.text(&unescape(text)),
            Token::Open(tag, attributes) => page.open(tag, attributes),
            Token::Close(tag) => page.close(tag),
        }
    }
    page.finish()
}

/// Value of an attribute inside one canonical start tag, still escaped.
pub fn attribute<'x>(tag: &'x str, name: &str) -> Option<&'x str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag.get(start..)?.split('"').next()
}

/// Length of the tag that `text` begins with; quoted values may hold a `>`.
pub fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

enum Token<'x> {
    Text(&'x str),
    Open(&'x str, &'x str),
    Close(&'x str),
}

/// Pieces of HTML as the cleaner writes it: every tag is closed, every value quoted, every `<` in text escaped.
fn tokens(clean: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = clean;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inner) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            rest = after;
            return Some(Token::Text(text));
        };
        let end = tag_end(rest);
        let tag = inner.get(..end.saturating_sub(2)).unwrap_or_default();
        rest = &rest[end..];
        Some(match tag.strip_prefix('/') {
            Some(name) => Token::Close(name),
            None => {
                let (name, _) = tag.split_once(' ').unwrap_or((tag, ""));
                Token::Open(name, &tag[name.len()..])
            }
        })
    })
}

pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text =
        text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Cow::Owned(text.replace("&amp;", "&"))
}

/// Text being laid out line by line.
#[derive(Default)]
struct Page {
    out: String,
    line: String,
    blank_wanted: bool,
    space_wanted: bool,
    quote_depth: usize,
    pre_depth: usize,
    hidden_depth: usize,
    open: Vec<Element>,
    lists: Vec<Option<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Element {
    Plain,
    Hidden,
    Quote,
}

const RULE: &str = "________________________________";

impl Page {
    fn text(&mut self, text: &str) {
        if self.hidden_depth > 0 {
            return;
        }
        if self.pre_depth > 0 {
            for (index, piece) in text.split('\n').enumerate() {
                if index > 0 {
                    self.end_line(true);
                }
                self.line.push_str(&piece.replace(['\r', '\u{a0}'], " "));
            }
            return;
        }
        for c in text.chars() {
            match c {
                ' ' | '\n' | '\r' | '\t' | '\x0c' => self.space_wanted = true,
                '\u{200b}' | '\u{200c}' | '\u{feff}' | '\u{ad}' | '\u{34f}' => {}
                c => {
                    if std::mem::take(&mut self.space_wanted)
                        && !self.line.is_empty()
                        && !self.line.ends_with(' ')
                    {
                        self.line.push(' ');
                    }
                    self.line.push(if c == '\u{a0}' { ' ' } else { c });
                }
            }
        }
    }

    fn open(&mut self, tag: &str, attributes: &str) {
        match tag {
            "br" => {
                if self.hidden_depth == 0 {
                    self.end_line(true);
                }
                return;
            }
            "hr" => {
                if self.hidden_depth == 0 {
                    self.end_line(false);
                    self.line.push_str(RULE);
                    self.end_line(false);
                }
                return;
            }
            "img" | "col" | "wbr" | "area" => return,
            _ => {}
        }
        let hidden = is_hidden(attributes);
        self.open.push(match tag {
            _ if hidden => Element::Hidden,
            "blockquote" if !is_indent(attributes) => Element::Quote,
            _ => Element::Plain,
        });
        if hidden || self.hidden_depth > 0 {
            self.hidden_depth += usize::from(hidden);
            return;
        }
        match tag {
            "blockquote" => {
                self.end_line(false);
                self.quote_depth += usize::from(self.open.last() == Some(&Element::Quote));
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" => self.paragraph(),
            "pre" => {
                self.end_line(false);
                self.pre_depth += 1;
            }
            "ul" | "ol" => {
                self.end_line(false);
                self.lists.push((tag == "ol").then_some(0));
            }
            "li" => {
                self.end_line(false);
                let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(8));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{indent}{number}. ")
                    }
                    _ => format!("{indent}* "),
                };
                self.line.push_str(&mark);
            }
            "td" | "th" => self.space_wanted = true,
            _ if is_block(tag) => self.end_line(false),
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        let element = self.open.pop().unwrap_or(Element::Plain);
        if self.hidden_depth > 0 {
            self.hidden_depth -= usize::from(element == Element::Hidden);
            return;
        }
        match tag {
            "blockquote" => {
                self.end_line(false);
                if element == Element::Quote {
                    self.quote_depth = self.quote_depth.saturating_sub(1);
                }
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" => self.paragraph(),
            "pre" => {
                self.end_line(false);
                self.pre_depth = self.pre_depth.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_line(false);
                self.lists.pop();
                self.blank_wanted |= self.lists.is_empty();
            }
            "td" | "th" => self.space_wanted = true,
            _ if is_block(tag) || tag == "li" => self.end_line(false),
            _ => {}
        }
    }

    fn paragraph(&mut self) {
        self.end_line(false);
        self.blank_wanted = true;
    }

    /// Ends the line that is being written. `forced` also ends an empty one: `<br><br>` is an empty line.
    fn end_line(&mut self, forced: bool) {
        self.space_wanted = false;
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.is_empty() {
            self.blank_wanted |= forced;
            return;
        }
        let prefix = "> ".repeat(self.quote_depth.min(20));
        if std::mem::take(&mut self.blank_wanted) && !self.out.is_empty() {
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
        self.out.push_str(&prefix);
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.end_line(false);
        self.out
    }
}

fn is_hidden(attributes: &str) -> bool {
    attribute(attributes, "style").is_some_and(|style| {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        style.to_ascii_lowercase().contains("display:none")
    })
}

/// Some composers write indented paragraphs as block quotes without a border.
fn is_indent(attributes: &str) -> bool {
    !attributes.contains("type=\"cite\"")
        && attribute(attributes, "style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.contains("border:none") || style.contains("margin:00040px")
        })
}

fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "div"
            | "table"
            | "tr"
            | "tbody"
            | "thead"
            | "tfoot"
            | "caption"
            | "center"
            | "address"
            | "article"
            | "aside"
            | "section"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "figure"
            | "figcaption"
            | "dt"
            | "dd"
            | "details"
            | "summary"
            | "hgroup"
    )
}
