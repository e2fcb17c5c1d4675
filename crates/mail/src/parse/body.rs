//! The tree of parts, sorted into what is read and what is attached.

use mail_parser::{MessagePart, PartType};

use super::attachments::{self, Attachment};
use super::bounce::{self, Bounce};
use super::calendar::{self, Invite};
use super::charset;
use super::headers::{Fields, Parameterised};
use super::html;
use super::tnef;
use super::transfer;

/// Parts inside each other that are followed.
const DEPTH_MAX: usize = 40;
/// Attachments of one message; what is over is counted in a problem.
const ATTACHMENTS_MAX: usize = 1_000;

/// What the walk has gathered.
#[derive(Default)]
pub struct Body {
    pub texts: Vec<String>,
    /// True as soon as one of the texts was written as text.
    pub has_plain_text: bool,
    pub htmls: Vec<String>,
    /// The same without what it quotes, and what it quotes.
    pub new_htmls: Vec<String>,
    pub quoted_htmls: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub invites: Vec<Invite>,
    pub delivery_status: Option<Bounce>,
    pub returned_message_id: Option<String>,
    pub is_report: bool,
    pub problems: Vec<String>,
}

/// One leaf of the tree, with its headers read.
pub struct Leaf<'x> {
    pub fields: Fields<'x>,
    pub content_type: Parameterised,
    pub disposition: Parameterised,
    pub data: Vec<u8>,
}

pub struct Walk<'x> {
    raw: &'x [u8],
    parts: &'x [MessagePart<'x>],
    subject: &'x str,
    body: Body,
}

/// Where a part stands, as far as that decides what it is.
#[derive(Clone, Copy, PartialEq)]
enum Parent {
    Root,
    Mixed,
    Alternative,
    Related,
    Report,
}

impl<'x> Walk<'x> {
    /// The subject tells whether what is quoted was forwarded to be read.
    pub fn over(message: &'x mail_parser::Message<'x>, raw: &'x [u8], subject: &'x str) -> Body {
        let mut walk = Walk { raw, parts: &message.parts, subject, body: Body::default() };
        if let Some(root) = walk.parts.first() {
            walk.part(root, Parent::Root, true, 0);
        }
        walk.body
    }

    fn part(&mut self, part: &'x MessagePart<'x>, parent: Parent, is_first: bool, depth: usize) {
        if depth > DEPTH_MAX {
            self.problem("parts nested too deep were left out");
            return;
        }
        let fields = Fields::of(part, self.raw);
        let content_type = fields.first("Content-Type").map(Parameterised::parse).unwrap_or_default();
        match &part.body {
            PartType::Multipart(children) if !children.is_empty() => {
                self.multipart(&content_type, children, parent, depth)
            }
            PartType::Message(_) => self.enclosed(part, fields, content_type, parent),
            _ => self.leaf(part, fields, content_type, parent, is_first),
        }
    }

    fn multipart(&mut self, content_type: &Parameterised, children: &'x [u32], parent: Parent, depth: usize) {
        let own = match content_type.value.as_str() {
            "multipart/alternative" => Parent::Alternative,
            "multipart/related" => Parent::Related,
            "multipart/report" => {
                self.body.is_report |= content_type
                    .get("report-type")
                    .is_none_or(|kind| kind.eq_ignore_ascii_case("delivery-status"));
                Parent::Report
            }
            _ => Parent::Mixed,
        };
        let (texts, htmls) = (self.body.texts.len(), self.body.htmls.len());
        for (index, child) in children.iter().enumerate() {
            if let Some(part) = self.parts.get(*child as usize) {
                self.part(part, own, index == 0, depth + 1);
            }
        }
        if own == Parent::Alternative && parent != Parent::Alternative {
            self.pair_up(texts, htmls);
        }
    }

    /// After an alternative, what exists only as text or only as HTML is given in the other form too, so that a
    /// letter of several pieces reads the same in both.
    fn pair_up(&mut self, texts: usize, htmls: usize) {
        let added_text = self
            .body
            .texts
            .get(texts..)
            .is_some_and(|added| added.iter().any(|text| !text.trim().is_empty()));
        let added_html = self.body.htmls.get(htmls..).is_some_and(|added| !added.is_empty());
        if added_html && !added_text {
            self.body.texts.truncate(texts);
            let seen: Vec<String> =
                self.body.htmls[htmls..].iter().map(|clean| html::html_to_text(clean)).collect();
            self.body.texts.extend(seen);
        }
        if added_text && !added_html {
            let shown: Vec<String> =
                self.body.texts[texts..].iter().map(|text| html::text_to_html(text)).collect();
            self.body.new_htmls.extend(shown.iter().cloned());
            self.body.htmls.extend(shown);
        }
    }

    fn enclosed(
        &mut self,
        part: &'x MessagePart<'x>,
        fields: Fields<'x>,
        content_type: Parameterised,
        parent: Parent,
    ) {
        let data = self.data(part, &fields);
        if parent == Parent::Report && self.body.returned_message_id.is_none() {
            self.body.returned_message_id = bounce::returned_message_id(&data);
        }
        let disposition = fields.first("Content-Disposition").map(Parameterised::parse).unwrap_or_default();
        let leaf = Leaf { fields, content_type, disposition, data };
        self.attach(attachments::from_message(leaf));
    }

    fn leaf(
        &mut self,
        part: &'x MessagePart<'x>,
        fields: Fields<'x>,
        content_type: Parameterised,
        parent: Parent,
        is_first: bool,
    ) {
        let data = self.data(part, &fields);
        let disposition = fields.first("Content-Disposition").map(Parameterised::parse).unwrap_or_default();
        let leaf = Leaf { fields, content_type, disposition, data };
        let kind = match leaf.content_type.value.as_str() {
            "" | "text" | "plain" => "text/plain",
            kind if kind.starts_with("multipart/") => "text/plain",
            kind => kind,
        };
        let named = leaf
            .disposition
            .get("filename")
            .or(leaf.content_type.get("name"))
            .is_some_and(|name| !name.trim().is_empty());
        let attached =
            leaf.disposition.value == "attachment" || named && (!is_first || parent == Parent::Mixed);
        match kind {
            "text/html" if !attached && (parent != Parent::Related || is_first) => {
                self.read_html(&leaf, parent)
            }
            "text/plain" if !attached && (parent != Parent::Related || is_first) => {
                self.read_text(&leaf, parent)
            }
            "text/calendar" => self.read_calendar(leaf),
            "text/x-amp-html" | "text/watch-html" | "text/enriched" | "text/richtext"
                if parent == Parent::Alternative => {}
            "message/delivery-status" | "message/global-delivery-status" => self.read_delivery_status(leaf),
            "text/rfc822-headers" | "message/rfc822-headers" => {
                if self.body.returned_message_id.is_none() {
                    self.body.returned_message_id = bounce::returned_message_id(&leaf.data);
                }
                self.attach(attachments::from_leaf(leaf));
            }
            "message/rfc822" | "message/global" => {
                if parent == Parent::Report && self.body.returned_message_id.is_none() {
                    self.body.returned_message_id = bounce::returned_message_id(&leaf.data);
                }
                self.attach(attachments::from_message(leaf));
            }
            _ if is_tnef(kind, &leaf) => self.read_tnef(leaf),
            _ => self.attach(attachments::from_leaf(leaf)),
        }
    }

    fn read_text(&mut self, leaf: &Leaf<'_>, parent: Parent) {
        let mut text = self.text_of(leaf);
        for block in transfer::uuencoded_blocks(&text).into_iter().rev() {
            text.replace_range(block.start..block.end, "");
            self.attach(Attachment::new(block.name, "application/octet-stream", block.data));
        }
        let flowed =
            leaf.content_type.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        if flowed {
            let delete_space =
                leaf.content_type.get("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
            text = join_flowed(&text, delete_space);
        }
        // Text that follows HTML outside an alternative, such as the footer of a list, belongs to both forms.
        if parent != Parent::Alternative && !self.body.htmls.is_empty() && !text.trim().is_empty() {
            self.body.htmls.push(html::text_to_html(&text));
            self.body.new_htmls.push(html::text_to_html(&text));
        }
        self.body.has_plain_text |= !text.trim().is_empty();
        self.body.texts.push(text);
    }

    fn read_html(&mut self, leaf: &Leaf<'_>, parent: Parent) {
        let mut raw = self.text_of(leaf);
        if let Some(label) = meta_charset(&leaf.data).filter(|_| leaf.content_type.get("charset").is_none()) {
            raw = charset::decode(&leaf.data, Some(&label)).text;
        }
        if html::exceeds_limits(&raw) {
            self.problem("the HTML is too large or too deeply nested and was simplified");
        }
        let clean = html::clean_html(&raw);
        if parent != Parent::Alternative && parent != Parent::Related {
            // Text before it has to show in the HTML form as well.
            if self.body.htmls.is_empty() {
                let earlier: Vec<String> = self
                    .body
                    .texts
                    .iter()
                    .filter(|text| !text.trim().is_empty())
                    .map(|text| html::text_to_html(text))
                    .collect();
                self.body.new_htmls.extend(earlier.iter().cloned());
                self.body.htmls.extend(earlier);
            }
            self.body.texts.push(html::html_to_text(&clean));
        } else if parent == Parent::Related && self.body.texts.is_empty() {
            self.body.texts.push(html::html_to_text(&clean));
        }
        self.fold_html(&raw, &clean);
        self.body.htmls.push(clean);
    }

    /// Quotes are found in the raw HTML, by the classes that cleaning removes; each piece is cleaned on its own.
    fn fold_html(&mut self, raw: &str, clean: &str) {
        let hints = text::Hints { subject: Some(self.subject), ..text::Hints::default() };
        let split = text::html_fold::split_html_with(raw, &hints);
        if split.quotes.is_empty() {
            self.body.new_htmls.push(clean.to_owned());
        } else {
            self.body.new_htmls.push(html::clean_html(&split.visible(raw)));
            self.body.quoted_htmls.push(html::clean_html(&split.quoted(raw)));
        }
    }

    fn read_calendar(&mut self, leaf: Leaf<'_>) {
        let text = self.text_of(&leaf);
        if let Some(mut invite) = calendar::read_invite(&text)
            && !self.body.invites.iter().any(|known| known.uid == invite.uid && known.start == invite.start)
        {
            invite.method =
                invite.method.or_else(|| leaf.content_type.get("method").map(str::to_ascii_uppercase));
            self.body.invites.push(invite);
        }
        self.attach(attachments::from_leaf(leaf));
    }

    fn read_delivery_status(&mut self, leaf: Leaf<'_>) {
        self.body.is_report = true;
        let status = bounce::from_delivery_status(&String::from_utf8_lossy(&leaf.data));
        if self.body.delivery_status.as_ref().is_none_or(|known| !known.is_failure() && status.is_failure()) {
            self.body.delivery_status = Some(status);
        }
        self.attach(attachments::from_leaf(leaf));
    }

    fn read_tnef(&mut self, leaf: Leaf<'_>) {
        let Some(tnef) = tnef::unpack(&leaf.data) else { return self.attach(attachments::from_leaf(leaf)) };
        if tnef.files.is_empty() && tnef.text.is_none() && tnef.html.is_none() {
            return self.attach(attachments::from_leaf(leaf));
        }
        let has_words =
            self.body.texts.iter().any(|text| !text.trim().is_empty()) || !self.body.htmls.is_empty();
        if !has_words {
            if let Some(inner) = tnef.html.filter(|inner| !inner.trim().is_empty()) {
                let clean = html::clean_html(&inner);
                self.body.texts.push(html::html_to_text(&clean));
                self.fold_html(&inner, &clean);
                self.body.htmls.push(clean);
            } else if let Some(text) = tnef.text {
                self.body.has_plain_text = true;
                self.body.texts.push(text);
            }
        }
        for file in tnef.files {
            let mut attachment = Attachment::new(
                file.name,
                file.content_type.as_deref().unwrap_or("application/octet-stream"),
                file.data,
            );
            attachment.content_id = file.content_id;
            self.attach(attachment);
        }
    }

    fn attach(&mut self, attachment: Attachment) {
        if self.body.attachments.len() < ATTACHMENTS_MAX {
            self.body.attachments.push(attachment);
        } else {
            self.problem("there are more attachments than are kept apart; see the original");
        }
    }

    fn problem(&mut self, problem: &str) {
        if !self.body.problems.iter().any(|known| known == problem) {
            self.body.problems.push(problem.to_owned());
        }
    }

    fn text_of(&mut self, leaf: &Leaf<'_>) -> String {
        let decoded = charset::decode(&leaf.data, leaf.content_type.get("charset"));
        if let Some(problem) = decoded.problem {
            self.problem(&problem);
        }
        let text = if decoded.text.contains('\r') {
            decoded.text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            decoded.text
        };
        if text.contains('\0') { text.replace('\0', "") } else { text }
    }

    /// The content of a part, decoded from the original bytes rather than from the parser's reading of them.
    fn data(&self, part: &MessagePart<'x>, fields: &Fields<'x>) -> Vec<u8> {
        let bytes = self.raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
        let encoding = fields.text("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
        match encoding.trim_matches(['"', '\'', ';', ' ']) {
            "base64" => transfer::base64(bytes),
            "quoted-printable" => transfer::quoted_printable(bytes),
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
                transfer::uudecode(bytes).unwrap_or_else(|| bytes.to_vec())
            }
            _ => bytes.to_vec(),
        }
    }
}

fn is_tnef(kind: &str, leaf: &Leaf<'_>) -> bool {
    let name = leaf.disposition.get("filename").or(leaf.content_type.get("name")).unwrap_or_default();
    matches!(kind, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.eq_ignore_ascii_case("winmail.dat")
}

/// The charset an HTML document names itself; used only when the mail names none.
fn meta_charset(data: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(data.get(..2048).unwrap_or(data)).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// RFC 3676: a line that ends in a blank goes on in the next, within the same depth of quoting.
fn join_flowed(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open_depth: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&byte| byte == b'>').count();
        let inner = &line[depth..];
        let content = inner.strip_prefix(' ').unwrap_or(inner);
        let is_signature = content == "-- ";
        if open_depth.is_some() && (open_depth != Some(depth) || is_signature) {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            open_depth = None;
        }
        if open_depth.is_none() && depth > 0 {
            out.push_str(&">".repeat(depth));
            out.push(' ');
        }
        let flows = content.ends_with(' ') && !is_signature;
        out.push_str(if flows && delete_space { &content[..content.len() - 1] } else { content });
        if flows {
            open_depth = Some(depth);
        } else {
            out.push('\n');
            open_depth = None;
        }
    }
    if open_depth.is_some() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::join_flowed;

    #[test]
    fn flowed_lines_join_within_their_quote() {
        let text = "one \ntwo\n> a \n> b\n>> c\nend \n-- \nme\n";
        assert_eq!(join_flowed(text, false), "one two\n> a b\n>> c\nend\n-- \nme\n");
    }
}
