//! A comment as a letter: how its HTML is shown, what is folded away, its files and its way through the mail.

use desk::mail::{MailOutState, OutState};
use desk::tickets::Attachment;
use desk::tickets::views::Letter;
use std::borrow::Cow;

/// Height of a frame in pixels until the page has measured its content, and where no script runs.
const FRAME_HEIGHT_PX_MIN: usize = 160;
const FRAME_HEIGHT_PX_MAX: usize = 720;
/// Letters of text in one line of a frame, about.
const FRAME_LINE_CHARS: usize = 90;
const FRAME_LINE_PX: usize = 24;
/// A picture or a row of a table is taken to be so many lines high.
const FRAME_BLOCK_LINES: usize = 2;

#[derive(Clone, Debug, PartialEq)]
pub struct LetterView {
    pub id: i64,
    /// The merged ticket on which it was said, if it was not this one.
    pub of_ticket: Option<i64>,
    pub name: String,
    pub email: Option<String>,
    /// `customer`, `machine`, or nothing for staff.
    pub face: &'static str,
    pub internal: bool,
    /// Such as "to support" or "internal note".
    pub how: String,
    pub at: i64,
    pub body: Body,
    pub fold: Option<Fold>,
    pub files: Vec<FileView>,
    /// Pictures on foreign servers, which are told nothing unless the reader asks.
    pub remote_images: usize,
    pub mails: Vec<Sent>,
    pub notice: Option<Notice>,
}

/// Why the letter stands where it stands, with the ticket that is named in the words.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub before: String,
    pub ticket: Option<i64>,
    pub after: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Plain(String),
    /// Cleaned, without styles.
    Html(String),
    /// Laid out with tables, or with pictures from elsewhere: in a sandbox of its own.
    Frame {
        height_px: usize,
        remote: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    pub summary: &'static str,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileView {
    pub id: i64,
    pub name: String,
    pub size: String,
}

/// How an outgoing mail stands, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub words: String,
    pub bad: bool,
}

impl LetterView {
    pub fn of(letter: &Letter, requester: &str, mails: &[MailOutState], show_remote: bool) -> LetterView {
        let comment = &letter.comment;
        let by_customer = letter.author.as_ref().is_some_and(|author| !author.role.is_staff());
        let remote_images = comment.html.as_deref().map_or(0, count_remote);
        LetterView {
            id: comment.id.0,
            of_ticket: None,
            name: letter.author.as_ref().map_or_else(|| "The desk".to_owned(), |author| author.name.clone()),
            email: letter.author.as_ref().filter(|_| by_customer).and_then(|author| author.email.clone()),
            face: match &letter.author {
                None => "machine",
                Some(_) if by_customer => "customer",
                Some(_) => "",
            },
            internal: !comment.public,
            how: match (comment.public, by_customer) {
                (false, _) => "internal note".to_owned(),
                (true, true) => "to support".to_owned(),
                (true, false) => format!("to {requester}"),
            },
            at: comment.created_at,
            body: body(comment.html.as_deref(), &comment.body, &letter.attachments, show_remote),
            fold: fold(letter),
            files: files(&letter.attachments),
            remote_images: if show_remote { 0 } else { remote_images },
            mails: mails.iter().filter(|mail| mail.comment == Some(comment.id)).map(Sent::of).collect(),
            notice: None,
        }
    }
}

impl Notice {
    pub fn of(words: &str) -> Notice {
        let whole = || Notice { before: crate::words::capital(words), ticket: None, after: String::new() };
        let Some((before, rest)) = words.split_once("ticket ") else { return whole() };
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        match number.parse() {
            Ok(ticket) => Notice {
                before: crate::words::capital(before),
                ticket: Some(ticket),
                after: after.to_owned(),
            },
            Err(_) => whole(),
        }
    }
}

impl Sent {
    fn of(mail: &MailOutState) -> Sent {
        let answer = mail.server_answer.as_deref().unwrap_or_default();
        let said = if answer.is_empty() { String::new() } else { format!(": “{answer}”") };
        let words = match mail.state {
            OutState::Queued => format!("on its way to {}", mail.to),
            OutState::Sent => format!("taken by the mail server of {}", mail.to),
            OutState::Deferred => format!("not with {} yet{said}; it is tried again", mail.to),
            OutState::Failed => format!("did not reach {}{said}", mail.to),
        };
        Sent { words, bad: mail.state == OutState::Failed }
    }
}

fn body(html: Option<&str>, text: &str, files: &[Attachment], show_remote: bool) -> Body {
    match html {
        None => Body::Plain(text.to_owned()),
        Some(html) if show_remote || html.contains("<table") => {
            Body::Frame { height_px: frame_height(html, text), remote: show_remote }
        }
        Some(html) => Body::Html(with_inline_images(&without_styles(html), files)),
    }
}

fn fold(letter: &Letter) -> Option<Fold> {
    let comment = &letter.comment;
    let text = comment.quoted.as_deref().unwrap_or_default();
    if text.trim().is_empty() && comment.quoted_html.is_none() {
        return None;
    }
    let body = match comment.quoted_html.as_deref() {
        Some(html) => Body::Html(with_inline_images(&without_styles(html), &letter.attachments)),
        None => Body::Plain(text.to_owned()),
    };
    let quotes = text.lines().any(|line| line.trim_start().starts_with('>'))
        || comment.quoted_html.as_deref().is_some_and(|html| html.contains("<blockquote"));
    Some(Fold { summary: if quotes { "earlier letters" } else { "signature" }, body })
}

/// Pictures inside the letter are not listed once more.
fn files(all: &[Attachment]) -> Vec<FileView> {
    let shown = all.iter().filter(|file| !(file.inline && file.content_type.starts_with("image/")));
    shown
        .map(|file| FileView {
            id: file.id.0,
            name: file.file_name.clone(),
            size: crate::words::size(file.bytes),
        })
        .collect()
}

fn frame_height(html: &str, text: &str) -> usize {
    let lines = text.lines().map(|line| 1 + line.chars().count() / FRAME_LINE_CHARS).sum::<usize>();
    let blocks = html.matches("<img").count() + html.matches("<tr").count() / 2;
    ((lines + blocks * FRAME_BLOCK_LINES) * FRAME_LINE_PX).clamp(FRAME_HEIGHT_PX_MIN, FRAME_HEIGHT_PX_MAX)
}

fn count_remote(html: &str) -> usize {
    html.matches(" data-remote-src=\"").count()
}

/// The page's policy refuses style attributes; the letter wears the desk's own style instead.
pub(super) fn without_styles(html: &str) -> String {
    let mut clean = String::with_capacity(html.len());
    let mut rest = html;
    // Cleaned HTML escapes quotes in attributes and `<` in text, so that this is always an attribute of a tag.
    while let Some(at) = rest.find('<') {
        let end = tag_end(&rest[at..]).map_or(rest.len(), |length| at + length);
        clean.push_str(&rest[..at]);
        let tag = &rest[at..end];
        match tag.find(" style=\"") {
            Some(start) => {
                let value = start + " style=\"".len();
                let close = tag[value..].find('"').map_or(tag.len(), |length| value + length + 1);
                clean.push_str(&tag[..start]);
                clean.push_str(&tag[close..]);
            }
            None => clean.push_str(tag),
        }
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

/// Puts the letter's own pictures where it refers to them. A picture that its sender did not describe is called by the name
/// of its file.
pub(super) fn with_inline_images(html: &str, files: &[Attachment]) -> String {
    rewrite_images(html, |tag| {
        let wanted = attribute(tag, " data-cid=\"").map(unescaped);
        let file =
            files.iter().find(|file| wanted.is_some() && file.content_id.as_deref() == wanted.as_deref());
        let mut more = String::new();
        if attribute(tag, " alt=\"").is_none() {
            more += &format!(" alt=\"{}\"", file.map_or_else(String::new, |file| as_value(&file.file_name)));
        }
        if let Some(file) = file {
            more += &format!(" src=\"/attachments/{}\" loading=\"lazy\"", file.id);
        }
        tag.strip_prefix("<img").filter(|_| !more.is_empty()).map(|rest| format!("<img{more}{rest}"))
    })
}

/// Also loads what lies on foreign servers.
pub(super) fn with_remote_images(html: &str) -> String {
    rewrite_images(html, |tag| {
        attribute(tag, " data-remote-src=\"").map(|_| tag.replacen(" data-remote-src=\"", " src=\"", 1))
    })
}

fn rewrite_images(html: &str, rewrite: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<img ") {
        let end = tag_end(&rest[at..]).map_or(rest.len(), |length| at + length);
        out.push_str(&rest[..at]);
        out.push_str(&rewrite(&rest[at..end]).unwrap_or_else(|| rest[at..end].to_owned()));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The length of the tag that `html` begins with; a `>` inside quotes does not end it.
fn tag_end(html: &str) -> Option<usize> {
    let mut quoted = false;
    html.bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        })
        .map(|at| at + 1)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(name)? + name.len();
    tag[start..].split('"').next()
}

/// As the value of an attribute.
fn as_value(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(value: &str) -> Cow<'_, str> {
    match value.contains('&') {
        true => value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
            .into(),
        false => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::AttachmentId;

    fn picture(id: i64, content_id: &str) -> Attachment {
        Attachment {
            id: AttachmentId(id),
            sha256: String::new(),
            file_name: "logo.png".into(),
            content_type: "image/png".into(),
            bytes: 10,
            comment: None,
            ticket: None,
            inline: true,
            content_id: Some(content_id.into()),
            created_at: 0,
        }
    }

    #[test]
    fn a_letters_own_pictures_stand_where_it_refers_to_them() {
        let html = "<p>Look: <img alt=\"a > b\" data-cid=\"a&amp;b@x\"> and <img data-cid=\"gone\"></p>";
        let shown = with_inline_images(html, &[picture(7, "a&b@x")]);
        assert!(shown.contains("<img src=\"/attachments/7\" loading=\"lazy\" alt=\"a > b\""), "{shown}");
        assert!(shown.contains("<img alt=\"\" data-cid=\"gone\">"), "{shown}");
        let bare = with_inline_images("<img data-cid=\"x\">", &[picture(8, "x")]);
        assert!(bare.starts_with("<img alt=\"") && !bare.starts_with("<img alt=\"\""), "by its name: {bare}");
    }

    #[test]
    fn a_notice_leads_to_the_ticket_that_it_names() {
        let named = Notice::of("it may belong to ticket 12, but its sender takes no part in that ticket");
        assert_eq!((named.before.as_str(), named.ticket), ("It may belong to ", Some(12)));
        assert_eq!(named.after, ", but its sender takes no part in that ticket");
        let plain = Notice::of("a machine wrote it");
        assert_eq!((plain.before.as_str(), plain.ticket), ("A machine wrote it", None));
    }

    #[test]
    fn styles_go_and_words_about_styles_stay() {
        let html = "<p style=\"color:red\" dir=\"rtl\">say style=\"x\" &lt;p style=\"y\"</p>";
        assert_eq!(without_styles(html), "<p dir=\"rtl\">say style=\"x\" &lt;p style=\"y\"</p>");
    }

    #[test]
    fn only_tables_and_wanted_pictures_get_a_frame() {
        assert!(matches!(body(Some("<p>Hello</p>"), "Hello", &[], false), Body::Html(_)));
        assert!(matches!(
            body(Some("<table></table>"), "Hello", &[], false),
            Body::Frame { remote: false, .. }
        ));
        assert!(matches!(body(Some("<p>Hello</p>"), "Hello", &[], true), Body::Frame { remote: true, .. }));
        assert!(matches!(body(None, "a < b", &[], false), Body::Plain(_)));
    }

    #[test]
    fn a_picture_inside_the_letter_is_not_listed_once_more() {
        let mut listed = picture(1, "x");
        listed.inline = false;
        assert_eq!(files(&[picture(2, "y"), listed]).len(), 1);
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub(crate) fn letter() -> LetterView {
        LetterView {
            id: 9,
            of_ticket: None,
            name: "Marta Reyes".into(),
            email: Some("marta@example.org".into()),
            face: "customer",
            internal: false,
            how: "to support".into(),
            at: 1_000_000,
            body: Body::Plain("Hello,\n\nmy card shows < two payments.".into()),
            fold: Some(Fold { summary: "signature", body: Body::Plain("Marta".into()) }),
            files: vec![FileView { id: 3, name: "statement.pdf".into(), size: "84 KB".into() }],
            remote_images: 2,
            mails: vec![Sent {
                words: "did not reach marta@example.org: “550 no such user”".into(),
                bad: true,
            }],
            notice: Some(Notice::of(
                "it may belong to ticket 7, but its sender takes no part in that ticket",
            )),
        }
    }
}
