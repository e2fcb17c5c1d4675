//! The text of an article as HTML that is safe to show, and its first words.
//!
//! CommonMark with tables. HTML inside it counts, as the standard has it, so that articles of other help centres can be
//! taken in as they are; everything is cleaned afterwards, whoever wrote it.

use super::BODY_CHARS_MAX;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Tags that articles may hold. Pictures are not among them: they would tell another server who reads.
const TAGS: &str = "a abbr b blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr i kbd li ol p pre strong sub sup \
    table tbody td th thead tr ul";

/// Tags inside each other; no article needs more, and the cleaner's time grows with the square of it.
const DEPTH_MAX: usize = 100;
/// Tags that dress words. What is left open of them begins anew in each paragraph that follows, and those with other
/// attributes count as other ones: a short text would become an endless one.
const DRESS: &str = "b big code em font i nobr s small strike strong tt u";
/// Tags that need no end.
const ENDLESS: &str = "br col dd dt hr img input li p tbody td th thead tr wbr";

/// Tags with which articles of other help centres begin too, although ours do not keep them.
const TAGS_ELSEWHERE: &str = "article center figure font h1 header img main section span u";

/// Headings begin at the second level: the first is the title's.
pub fn html_of(body: &str) -> String {
    static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut builder = ammonia::Builder::default();
        builder
            .tags(TAGS.split_whitespace().collect())
            .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
            .add_generic_attributes(["dir", "lang"])
            .link_rel(Some("noopener noreferrer"))
            // What is wider than a telephone is scrolled, by keys too.
            .set_tag_attribute_value("pre", "tabindex", "0")
            .set_tag_attribute_value("table", "tabindex", "0");
        builder
    });
    let body = body.char_indices().nth(BODY_CHARS_MAX).map_or(body, |(end, _)| &body[..end]);
    let mut rendered = String::with_capacity(body.len() * 2);
    if is_html(body) {
        rendered.push_str(body);
    } else {
        html::push_html(&mut rendered, parsed(body).map(shown));
    }
    match untangled(&rendered) {
        Some(html) => CLEANER.clean(&html).to_string(),
        None => format!("<pre tabindex=\"0\">{}</pre>", ammonia::clean_text(body)),
    }
}

/// The same without the attributes of what dresses words, and with first headings as second ones; `None` if its tags stand
/// deeper in each other than an article's.
fn untangled(html: &str) -> Option<String> {
    let mut out = String::with_capacity(html.len());
    let mut depth = 0_usize;
    let mut pieces = html.split('<');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (is_end, tag) = piece.strip_prefix('/').map_or((false, piece), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_among = |names: &str| names.split_whitespace().any(|it| it.eq_ignore_ascii_case(name));
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_among(ENDLESS) {
            depth = if is_end { depth.saturating_sub(1) } else { depth + 1 };
        }
        if depth > DEPTH_MAX {
            return None;
        }
        out.push('<');
        if is_among("h1") {
            out.push_str(if is_end { "/h2" } else { "h2" });
            out.push_str(&tag[name.len()..]);
        } else if !is_end && is_among(DRESS) {
            out.push_str(name);
            out.push('>');
            out.push_str(tag.split_once('>').map_or("", |(_, text)| text));
        } else {
            out.push_str(piece);
        }
    }
    Some(out)
}

/// From the first sign to the last: an article that was taken in. Its indents are no code.
fn is_html(body: &str) -> bool {
    let body = body.trim();
    let first =
        body.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    first && (is_tag(body) || is_named(body, TAGS_ELSEWHERE)) && body.ends_with('>')
}

/// The first paragraph without its dress, at most `chars_max` characters.
pub(super) fn beginning_of(body: &str, chars_max: usize) -> String {
    let mut words = String::new();
    let mut in_paragraph = false;
    for event in parsed(body) {
        match event {
            Event::Start(Tag::Paragraph) => in_paragraph = true,
            Event::Text(text) | Event::Code(text) if in_paragraph => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak if in_paragraph => words.push(' '),
            Event::End(TagEnd::Paragraph) if !words.trim().is_empty() => break,
            _ => {}
        }
    }
    ::text::snippet(&words, chars_max)
}

fn parsed(body: &str) -> Parser<'_> {
    Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

fn shown(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        // `<Enter>` is a key and no tag: it must not vanish.
        Event::InlineHtml(text) if !is_tag(&text) => Event::Text(text),
        other => other,
    }
}

fn is_tag(text: &str) -> bool {
    is_named(text, TAGS)
}

fn is_named(text: &str, tags: &str) -> bool {
    let name = text.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    tags.split_whitespace().any(|tag| tag.eq_ignore_ascii_case(name))
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_shown_with_its_dress_below_the_title() {
        let html = html_of(
            "# Money back\n\n1. Open **Orders**\n2. Press <Enter>\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        );
        for part in ["<h2>Money back</h2>", "<strong>Orders</strong>", "&lt;Enter&gt;", "<td>1</td>", "<ol>"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        let old = html_of("<h2>Old</h2>\n\n    <p>as <b>HTML</b></p>");
        assert!(old.contains("<b>HTML</b>") && !old.contains("<pre"), "{old}");
        let titled = html_of("<h1 id=\"a\">Old</h1>\n\n    <p>text</p>");
        assert!(titled.contains("<h2>Old</h2>") && titled.contains("<p>text</p>"), "{titled}");
        assert!(!html_of("<span>Old</span>\n\n    <p>text</p>").contains("<pre"));
    }

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "![spy](https://spy.example/x.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html,x)",
            "<p style=\"position:fixed\" onclick=\"x()\">a</p>",
            "<iframe src=\"https://spy.example\"></iframe>",
            "<form action=\"/x\"><input name=\"y\"></form>",
        ] {
            let html = html_of(text);
            let tags = html.replace("&lt;", "");
            for forbidden in
                ["<script", "<img", "javascript:", "data:", "style=", "<iframe", "<form", "<input"]
            {
                assert!(!tags.contains(forbidden), "{forbidden} in {html}");
            }
            assert!(!html.contains("onclick=\"x"), "{html}");
        }
    }

    #[test]
    fn what_is_tangled_is_shown_as_it_was_written_and_never_grows() {
        let deep = html_of(&format!("{} deep", ">".repeat(2_000)));
        assert!(deep.starts_with("<pre") && deep.ends_with("deep</pre>"), "{deep}");
        assert!(!deep.contains("<blockquote") && !html_of(&">".repeat(50)).contains("<pre"));
        let open: String = (0..50).map(|n| format!("<b lang=\"x{n}\">")).collect();
        let hidden: String = (0..50).map(|n| format!("<b lang=\"<{n}\">")).collect();
        for open in [open, hidden] {
            let html = html_of(&format!("<p>{open}</p>{}", "<p>x</p>".repeat(100)));
            assert!(html.matches("<b>").count() < 500, "{html}");
        }
        let strong = html_of("<p>a <strong class=\"x\">b</strong> <code>c</code></p>");
        assert!(strong.contains("<strong>b</strong> <code>c</code>"), "{strong}");
        assert!(html_of(&"long ".repeat(BODY_CHARS_MAX)).len() < BODY_CHARS_MAX + 100);
    }

    #[test]
    fn the_beginning_is_the_first_paragraph_without_its_dress() {
        let body = "# Money back\n\nPress `Return`\nand **wait**.\n\nThen go.";
        assert_eq!(beginning_of(body, 100), "Press Return and wait.");
        assert_eq!(beginning_of("", 100), "");
        assert!(beginning_of(&"long words ".repeat(50), 40).chars().count() <= 41);
    }
}
