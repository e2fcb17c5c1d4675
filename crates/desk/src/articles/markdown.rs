//! The text of an article as HTML that is safe to show, and its first words.
//!
//! CommonMark with tables. HTML inside it counts, as the standard has it, so that articles of other help centres can be
//! taken in as they are; everything is cleaned afterwards, whoever wrote it.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Tags that articles may hold. Pictures are not among them: they would tell another server who reads.
const TAGS: &str = "a abbr b blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr i kbd li ol p pre strong sub sup \
    table tbody td th thead tr ul";

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
    if is_html(body) {
        return CLEANER.clean(body).to_string();
    }
    let mut rendered = String::with_capacity(body.len() * 2);
    html::push_html(&mut rendered, parsed(body).map(shown));
    CLEANER.clean(&rendered).to_string()
}

/// From the first sign to the last: an article that was taken in. Its indents are no code.
fn is_html(body: &str) -> bool {
    let body = body.trim();
    let first =
        body.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    first && is_tag(body) && body.ends_with('>')
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
    let name = text.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    TAGS.split_whitespace().any(|tag| tag.eq_ignore_ascii_case(name))
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
    fn the_beginning_is_the_first_paragraph_without_its_dress() {
        let body = "# Money back\n\nPress `Return`\nand **wait**.\n\nThen go.";
        assert_eq!(beginning_of(body, 100), "Press Return and wait.");
        assert_eq!(beginning_of("", 100), "");
        assert!(beginning_of(&"long words ".repeat(50), 40).chars().count() <= 41);
    }
}
