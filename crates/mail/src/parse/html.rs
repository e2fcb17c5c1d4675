//! HTML mail: cleaned so that it can be shown, and as the plain text that a reader would see.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use reading::{attribute, tag_end, unescape};

pub use reading::html_to_text;

mod reading;

/// HTML beyond this is not cleaned or shown; the original is kept anyway.
pub const HTML_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Elements inside each other; no letter needs more, and parsers need quadratic time for deeper ones.
const HTML_DEPTH_MAX: usize = 800;
/// Openings of tags, times those of them that dress words. What of these is left open begins anew in each paragraph that
/// follows, so a letter of a few megabytes could take all the memory there is.
const DRESSED_TAGS_MAX: usize = 5_000_000;
/// Those tags. Links are not among them: a new one ends the one before.
const DRESS: &[&str] =
    &["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// How many of them begin anew at most when they carry no attributes: three of each name.
const PLAIN_DRESS_MAX: usize = 3 * DRESS.len();
/// Attributes of one element, for the same reason.
const ATTRIBUTES_MAX: usize = 500;
/// Text without a tag in it, for the same reason.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// HTML that can be shown in a sandboxed frame: no scripts, forms, events or remote loads. A remote image keeps its
/// address in `data-remote-src`, an inline one its content id in `data-cid`, for the desk to fill in.
pub fn clean_html(raw: &str) -> String {
    let raw = cut(raw, HTML_BYTES_MAX);
    if too_deep(raw) || overdressed(raw) {
        return format!("<p>{}</p>", escape(&strip_tags(raw)).replace('\n', "<br>"));
    }
    let raw = with_plain_dress(raw);
    rename_image_sources(&CLEANER.clean(&with_short_texts(&raw)).to_string())
}

/// True if the HTML was cut or flattened because it is larger, deeper or more dressed than any letter.
pub fn exceeds_limits(raw: &str) -> bool {
    raw.len() > HTML_BYTES_MAX || too_deep(raw) || overdressed(raw)
}

fn overdressed(raw: &str) -> bool {
    let (tags, dress) = count_tags(raw);
    tags * dress.min(PLAIN_DRESS_MAX) > DRESSED_TAGS_MAX
}

/// Where much dresses words, without the attributes of what does: the same without them counts as the same.
fn with_plain_dress(raw: &str) -> Cow<'_, str> {
    let (tags, dress) = count_tags(raw);
    if tags * dress <= DRESSED_TAGS_MAX {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    for (n, piece) in raw.split('<').enumerate() {
        if n > 0 {
            out.push('<');
        }
        match dress_of(piece).filter(|_| n > 0) {
            Some(name) => {
                let text = piece.split_once('>').map_or("", |(_, text)| text);
                out.extend([name, ">", text]);
            }
            None => out.push_str(piece),
        }
    }
    Cow::Owned(out)
}

/// Openings of tags, and those of them that dress words: wherever they stand, for only a parser knows which of them count.
fn count_tags(raw: &str) -> (usize, usize) {
    let openings =
        raw.split('<').skip(1).filter(|piece| piece.starts_with(|c: char| c.is_ascii_alphabetic()));
    openings.fold((0, 0), |(tags, dress), piece| (tags + 1, dress + usize::from(dress_of(piece).is_some())))
}

/// The name of a tag that dresses words; `tag` begins behind its bracket.
fn dress_of(tag: &str) -> Option<&str> {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let name = &tag[..end];
    DRESS.iter().any(|it| it.eq_ignore_ascii_case(name)).then_some(name)
}

/// Plain text as HTML, for parts that come as text between parts that come as HTML.
pub fn text_to_html(text: &str) -> String {
    format!("<p>{}</p>", escape(text.trim_end()).replace('\n', "<br>"))
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The cleaner writes a stretch of text in quadratic time when it holds many characters to escape, so endless stretches
/// get a place to break, which shows nowhere.
fn with_short_texts(raw: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut copied, mut at) = (0_usize, 0_usize);
    while at < raw.len() {
        let next = memchr::memchr(b'<', &raw.as_bytes()[at..]).map_or(raw.len(), |step| at + step);
        while next - at > TEXT_BYTES_MAX {
            at = break_after(raw, at + TEXT_BYTES_MAX).min(next);
            out.push_str(&raw[copied..at]);
            out.push_str("<wbr>");
            copied = at;
        }
        let is_tag =
            raw.as_bytes().get(next + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/');
        let tag_bytes = if is_tag { count_attributes(&raw.as_bytes()[next + 1..]).1 } else { 0 };
        at = next + 1 + tag_bytes;
    }
    if copied == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(&raw[copied..]);
    Cow::Owned(out)
}

/// The next place where a break cuts neither a word nor an entity; anywhere if that is far.
fn break_after(raw: &str, start: usize) -> usize {
    let near =
        raw.as_bytes()[start..].iter().take(1_000).position(|byte| matches!(byte, b' ' | b'\n' | b';'));
    let mut at = near.map_or(start, |step| start + step + 1);
    while !raw.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn cut(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

const STYLE_PROPERTIES: &[&str] = &[
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "direction",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "white-space",
    "width",
];

/// Classes by which mail programs mark quotes and signatures.
const CLASSES: &[&str] = &[
    "gmail_quote",
    "gmail_attr",
    "gmail_extra",
    "gmail_signature",
    "moz-cite-prefix",
    "moz-signature",
    "yahoo_quoted",
    "protonmail_quote",
    "protonmail_signature_block",
    "tutanota_quote",
    "zmail_extra",
];

/// Elements that vanish with all they hold.
const DROPPED_WHOLE: &[&str] = &[
    "script", "style", "title", "template", "noscript", "iframe", "object", "embed", "applet", "select",
    "textarea", "svg", "math", "audio", "video", "canvas", "xml", "noembed", "noframes", "datalist",
];

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    let layout = ["align", "valign", "width", "height", "bgcolor"];
    let mut attributes: HashMap<&str, HashSet<&str>> = builder.clone_tag_attributes();
    for tag in
        ["table", "tr", "td", "th", "tbody", "thead", "tfoot", "col", "colgroup", "img", "p", "div", "hr"]
    {
        attributes.entry(tag).or_default().extend(layout);
    }
    attributes.entry("table").or_default().extend(["border", "cellpadding", "cellspacing"]);
    attributes.entry("font").or_default().extend(["color", "face", "size"]);
    attributes.entry("blockquote").or_default().extend(["type"]);
    builder
        .add_tags(["font", "big", "address", "section", "main", "tfoot"])
        .tag_attributes(attributes)
        .add_generic_attributes(["style", "dir", "lang", "title"])
        .filter_style_properties(STYLE_PROPERTIES.iter().copied().collect())
        .clean_content_tags(DROPPED_WHOLE.iter().copied().collect())
        .allowed_classes(
            ["div", "span", "blockquote", "p", "table"]
                .map(|tag| (tag, CLASSES.iter().copied().collect()))
                .into(),
        )
        .url_schemes(["http", "https", "mailto", "tel", "cid", "data"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(|tag, name, value| match name {
            "href" | "cite" => {
                (!has_scheme(value, "data:") && !has_scheme(value, "cid:")).then_some(Cow::Borrowed(value))
            }
            "src" if has_scheme(value, "data:") => is_data_picture(value).then_some(Cow::Borrowed(value)),
            "src" => (tag == "img" && !has_scheme(value, "mailto:")).then_some(Cow::Borrowed(value)),
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

fn has_scheme(value: &str, scheme: &str) -> bool {
    let value = value.trim_start();
    value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn is_data_picture(value: &str) -> bool {
    ["data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"]
        .iter()
        .any(|kind| has_scheme(value, kind))
}

fn rename_image_sources(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len() + 64);
    let mut rest = clean;
    while let Some(at) = rest.find("<img") {
        let (before, image) = rest.split_at(at);
        out.push_str(before);
        let end = tag_end(image);
        out.push_str(&rename_image_source(&image[..end]));
        rest = &image[end..];
    }
    out.push_str(rest);
    out
}

fn rename_image_source(tag: &str) -> String {
    match attribute(tag, "src") {
        Some(source) if has_scheme(source, "cid:") => {
            let id = source.trim_start().get(4..).unwrap_or_default();
            tag.replacen(&format!(" src=\"{source}\""), &format!(" data-cid=\"{id}\""), 1)
        }
        Some(source) if !has_scheme(source, "data:") => {
            tag.replacen(&format!(" src=\"{source}\""), &format!(" data-remote-src=\"{source}\""), 1)
        }
        _ => tag.to_owned(),
    }
}

/// Elements that may stay open by the rules of HTML, or never hold anything.
fn opens_nothing(tag: &[u8]) -> bool {
    let is = |name: &str| tag.eq_ignore_ascii_case(name.as_bytes());
    [
        "br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "p", "li", "td", "th",
        "tr", "o:p",
    ]
    .into_iter()
    .any(is)
}

fn too_deep(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let (mut at, mut depth) = (0_usize, 0_usize);
    while let Some(step) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()) {
        at += step + 1;
        let rest = bytes.get(at..).unwrap_or_default();
        let closing = rest.first() == Some(&b'/');
        let name = rest.get(usize::from(closing)..).unwrap_or_default();
        let length =
            name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b':').count();
        let name = name.get(..length).unwrap_or_default();
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let (attributes, end) = count_attributes(rest);
        at += end;
        match (closing, opens_nothing(name)) {
            (_, true) => {}
            (true, false) => depth = depth.saturating_sub(1),
            (false, false) => depth += 1,
        }
        if depth > HTML_DEPTH_MAX || attributes > ATTRIBUTES_MAX {
            return true;
        }
    }
    false
}

/// Words of a tag outside its quotes, at least as many as its attributes, and where it ends.
fn count_attributes(tag: &[u8]) -> (usize, usize) {
    let (mut count, mut quote, mut in_word) = (0_usize, None, false);
    for (at, &byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (count, at),
            (None, b'"' | b'\'') if tag.get(at.wrapping_sub(1)) == Some(&b'=') => quote = Some(byte),
            (None, byte) if byte.is_ascii_whitespace() || byte == b'/' => in_word = false,
            (None, _) => {
                count += usize::from(!in_word);
                in_word = true;
            }
        }
        if count > ATTRIBUTES_MAX {
            return (count, at);
        }
    }
    // An open quote swallows the rest; browsers then show nothing of it, so nothing of it is counted.
    (count, if quote.is_some() { 0 } else { tag.len() })
}

fn strip_tags(raw: &str) -> String {
    let mut out = String::new();
    for piece in raw.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    unescape(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_survives() {
        let dirty = "<p onclick=x()>a<script>b()</script><style>c{}</style><iframe src=http://d></iframe>\
            <form action=/e><input name=f>g</form><a href='javascript:h()'>i</a><object data=j></object>\
            <img src=x onerror=k()><svg><script>l</script></svg><base href=http://m><meta http-equiv=refresh content=0>";
        let clean = clean_html(dirty);
        for forbidden in [
            "onclick",
            "script",
            "style",
            "iframe",
            "form",
            "input",
            "javascript",
            "object",
            "onerror",
            "svg",
            "base",
            "meta",
        ] {
            assert!(!clean.contains(forbidden), "{forbidden} in {clean}");
        }
        assert!(clean.contains('g') && clean.contains('i'));
    }

    #[test]
    fn pictures_are_named_but_not_loaded() {
        let clean = clean_html(
            "<img src=\"https://a.example/b.png?x=1&amp;y=2\" width=3><img src='CID:logo@x'><img src='data:text/html,x'>",
        );
        assert!(clean.contains("data-remote-src=\"https://a.example/b.png?x=1&amp;y=2\""), "{clean}");
        assert!(clean.contains("data-cid=\"logo@x\""), "{clean}");
        assert!(!clean.contains(" src="), "{clean}");
    }

    #[test]
    fn links_open_elsewhere_and_tell_nothing() {
        let clean = clean_html("<a href=\"https://a.example/\" target=_self>x</a>");
        assert!(
            clean.contains("rel=\"noopener noreferrer nofollow\"") && clean.contains("target=\"_blank\""),
            "{clean}"
        );
    }

    #[test]
    fn plain_styles_stay_and_dangerous_ones_go() {
        let clean = clean_html("<p style=\"color:red;position:fixed;background:url(http://a)\">x</p>");
        assert!(clean.contains("color:red"), "{clean}");
        assert!(!clean.contains("position") && !clean.contains("url"), "{clean}");
    }

    fn seen(html: &str) -> String {
        html_to_text(&clean_html(html))
    }

    #[test]
    fn a_reader_sees_paragraphs_lists_and_quotes() {
        assert_eq!(
            seen("<p>Hello\n <b>you</b>,</p><p>two&nbsp;&amp; three</p>"),
            "Hello you,\n\ntwo & three\n"
        );
        assert_eq!(seen("a<br>b<br><br>c<div>d</div>e"), "a\nb\n\nc\nd\ne\n");
        assert_eq!(seen("<ol><li>x<li>y</ol><ul><li>z</ul>"), "1. x\n2. y\n\n* z\n");
        assert_eq!(
            seen("yes<blockquote type=cite>no?<blockquote>first</blockquote></blockquote>ok"),
            "yes\n> no?\n> > first\nok\n"
        );
        assert_eq!(seen("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc\n");
        assert_eq!(seen("<pre>a\n  b</pre>"), "a\n  b\n");
    }

    #[test]
    fn what_is_hidden_is_not_seen() {
        assert_eq!(
            seen("<title>t</title><div style='display: none'>pre<div>header</div></div>shown"),
            "shown\n"
        );
    }

    #[test]
    fn what_dresses_words_and_is_left_open_does_not_fill_the_memory() {
        let open: String = (0..700).map(|n| format!("<font color=\"#{n}\">")).collect();
        let letter = format!("<p>{open}</p>{}", "<p>x</p>".repeat(7_000));
        assert!(!exceeds_limits(&letter));
        let fonts = clean_html(&letter).matches("<font").count();
        assert!(fonts < 30_000, "{fonts}");
        assert!(clean_html("<p><font color=\"red\">x</font></p>").contains("color"));
        let many = format!("{}{}", "<i>".repeat(40), "<p>x</p>".repeat(200_000));
        assert!(exceeds_limits(&many) && clean_html(&many).starts_with("<p>x"));
    }

    #[test]
    fn endless_html_is_flattened_in_linear_time() {
        let wide: String = (0..20_000).map(|number| format!(" a{number}=1")).collect();
        assert!(seen(&format!("<p{wide}>wide")).contains("wide"));
        assert_eq!(seen(&"&amp".repeat(50_000)).trim_end().len(), 50_000);
        assert_eq!(seen(&"&copy;".repeat(5_000)).trim_end().chars().count(), 5_000);
        let deep = format!("{}deep{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert!(seen(&deep).contains("deep"));
    }
}
