//! What a message says: any bytes in, a [`Message`] out. Never fails; what was wrong is said in `problems`.

pub mod addresses;
pub mod attachments;
pub mod body;
pub mod bounce;
pub mod calendar;
pub mod charset;
mod guard;
pub mod headers;
pub mod html;
pub mod machine;
pub mod rtf;
pub mod tnef;
pub mod transfer;

use mail_parser::{DateTime, MessageParser};

pub use addresses::Mailbox;
pub use attachments::Attachment;
pub use bounce::Bounce;
pub use calendar::Invite;
pub use guard::has_header;

use body::{Body, Walk};
use headers::{Fields, message_ids};

/// Largest message that is taken in; larger ones are refused at the door.
pub const MESSAGE_BYTES_MAX: usize = 25 * 1024 * 1024;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    pub from: Option<Mailbox>,
    pub sender: Option<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub bcc: Vec<Mailbox>,
    pub subject: String,
    /// Milliseconds since 1970; None if the message names no moment that can be believed.
    pub date_ms: Option<i64>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub text: String,
    pub html: Option<String>,
    /// What is new: quoted messages and the signature folded away.
    pub visible_text: String,
    /// What was folded away from the text.
    pub quoted_text: Option<String>,
    /// The cleaned HTML without what it quotes, and what it quotes.
    pub visible_html: Option<String>,
    pub quoted_html: Option<String>,
    pub attachments: Vec<Attachment>,
    pub invites: Vec<Invite>,
    /// Why this is mail from a machine, if it is.
    pub machine: Option<String>,
    /// A web form that speaks for a person: a ticket although it is marked as automatic.
    pub is_form: bool,
    pub bounce: Option<Bounce>,
    /// Every address this mail was for, lower case, each once: our own is among them.
    pub delivered_to: Vec<String>,
    /// Carries the loop header of this desk.
    pub is_our_own: bool,
    /// The value of that header, which only its own desk can have signed.
    pub loop_header: Option<String>,
    /// In plain words, for the person who wonders.
    pub problems: Vec<String>,
}

/// Headers that name a recipient of this delivery, after SEMANTICS "E-mail".
const RECIPIENT_HEADERS: &[&str] = &[
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
    "X-Forwarded-To",
    "Envelope-To",
    "X-Envelope-To",
    "Resent-To",
    "Resent-Cc",
    "Apparently-To",
];

pub fn parse(raw: &[u8]) -> Message {
    let mut problems = Vec::new();
    let sound = guard::make_sound(raw, &mut problems);
    let parsed = MessageParser::default().parse(sound.as_ref());
    let Some(parsed) = parsed.filter(|parsed| !parsed.parts.is_empty()) else {
        return without_structure(&sound, problems);
    };
    let fields = parsed.parts.first().map(|root| Fields::of(root, &sound)).unwrap_or_default();
    if fields.0.is_empty() || !guard::has_header(&sound) {
        return without_structure(&sound, problems);
    }
    let subject = fields.all("Subject").map(headers::unstructured).find(|subject| !subject.trim().is_empty());
    let body = Walk::over(&parsed, &sound, subject.as_deref().unwrap_or_default());
    read(&fields, subject, body, problems)
}

fn read(fields: &Fields<'_>, subject: Option<String>, mut body: Body, mut problems: Vec<String>) -> Message {
    problems.append(&mut body.problems);
    let list = |name: &str| -> Vec<Mailbox> {
        fields.all(name).flat_map(addresses::parse_addresses).take(addresses::ADDRESSES_MAX).collect()
    };
    let reply_to = list("Reply-To");
    let from = author(list("From"), &reply_to, list("Sender"), fields, &mut problems);
    if subject.is_none() {
        problems.push("there is no subject".to_owned());
    }
    let message_id = message_ids(fields.all("Message-ID")).into_iter().next();
    if message_id.is_none() {
        problems.push("there is no Message-ID".to_owned());
    }
    let date_ms = date(fields, &mut problems);
    let (text, html) = join(&mut body);
    let subject = subject.unwrap_or_default();
    let bounce = bounce(&body, fields, from.as_ref(), &subject, &text);
    let machine = machine::machine_reason(fields, from.as_ref(), bounce.is_some());
    let (mut visible_text, quoted_text) = fold(&text, &subject);
    let (visible_html, quoted_html) = (joined(&mut body.new_htmls), joined(&mut body.quoted_htmls));
    // The marks by which programs tell quotes apart exist only in the HTML; a text made from it has lost them.
    if let (false, Some(_), Some(shown)) = (body.has_plain_text, &quoted_html, &visible_html) {
        visible_text = fold(&html::html_to_text(shown), &subject).0;
    }
    let mut attachments = std::mem::take(&mut body.attachments);
    mark_inline(&mut attachments, html.as_deref());
    attachments::number_repeated_names(&mut attachments);
    Message {
        is_form: bounce.is_none() && machine::is_form(fields, from.as_ref(), &reply_to),
        sender: list("Sender").into_iter().next(),
        to: list("To"),
        cc: list("Cc"),
        bcc: list("Bcc"),
        in_reply_to: message_ids(fields.all("In-Reply-To")),
        references: message_ids(fields.all("References")),
        visible_html,
        quoted_html,
        visible_text,
        quoted_text,
        delivered_to: delivered_to(fields),
        is_our_own: fields.has(machine::LOOP_HEADER),
        loop_header: fields.text(machine::LOOP_HEADER),
        invites: std::mem::take(&mut body.invites),
        from,
        reply_to,
        subject,
        date_ms,
        message_id,
        text,
        html,
        attachments,
        machine,
        bounce,
        problems,
    }
}

/// Bytes in which no header was found are a letter without an envelope: all of it is text.
fn without_structure(raw: &[u8], mut problems: Vec<String>) -> Message {
    problems.push("no header was found; everything is shown as text".to_owned());
    let text = charset::decode(raw, None).text.replace("\r\n", "\n").replace('\0', "");
    let (visible_text, quoted_text) = fold(&text, "");
    Message { visible_text, quoted_text, text, problems, ..Message::default() }
}

/// The first person in From who has an address; else who the answer should go to, else who sent it.
fn author(
    from: Vec<Mailbox>,
    reply_to: &[Mailbox],
    sender: Vec<Mailbox>,
    fields: &Fields<'_>,
    problems: &mut Vec<String>,
) -> Option<Mailbox> {
    if let Some(whole) = from.iter().find(|one| one.address.contains('@')) {
        return Some(whole.clone());
    }
    let name = from.iter().map(|one| one.name.clone()).find(|name| !name.is_empty());
    if let Some(local) = from.into_iter().find(|one| !one.address.is_empty()) {
        problems.push(format!("the sender's address {} has no domain", local.address));
        return Some(local);
    }
    let return_path = fields.all("Return-Path").flat_map(addresses::parse_addresses);
    let other =
        reply_to.iter().cloned().chain(sender).chain(return_path).find(|one| one.address.contains('@'));
    match other {
        Some(other) => {
            problems.push("From holds no address; another header was used".to_owned());
            Some(Mailbox { name: name.unwrap_or(other.name), address: other.address })
        }
        None => {
            problems.push("there is no sender's address".to_owned());
            name.map(|name| Mailbox { name, address: String::new() })
        }
    }
}

/// Moments before e-mail or far ahead are not believed.
const DATE_YEARS: std::ops::RangeInclusive<u16> = 1971..=2200;

fn date(fields: &Fields<'_>, problems: &mut Vec<String>) -> Option<i64> {
    let Some(text) = fields.text("Date") else {
        problems.push("there is no date".to_owned());
        return None;
    };
    let date = DateTime::parse_rfc822(&text).or_else(|| DateTime::parse_rfc3339(text.trim()));
    let believed = date.filter(|date| date.is_valid() && DATE_YEARS.contains(&date.year));
    if believed.is_none() {
        problems.push(format!("the date {text:?} cannot be read"));
    }
    believed.map(|date| date.to_timestamp().saturating_mul(1000))
}

/// One text and one HTML of all the pieces.
fn join(body: &mut Body) -> (String, Option<String>) {
    let htmls = std::mem::take(&mut body.htmls);
    let html = (!htmls.is_empty()).then(|| htmls.join("\n")).filter(|html| !html.trim().is_empty());
    let mut text = String::new();
    for piece in body.texts.iter().filter(|piece| !piece.trim().is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(piece);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    if text.is_empty()
        && let Some(html) = &html
    {
        text = html::html_to_text(html);
    }
    (text, html)
}

fn bounce(
    body: &Body,
    fields: &Fields<'_>,
    from: Option<&Mailbox>,
    subject: &str,
    text: &str,
) -> Option<Bounce> {
    match &body.delivery_status {
        Some(status) => {
            let original_message_id = body.returned_message_id.clone();
            Some(Bounce { original_message_id, ..status.clone() })
        }
        None => {
            let found = bounce::from_text(fields, from, subject, text);
            let found = found.or_else(|| body.is_report.then(Bounce::default))?;
            let original_message_id = body.returned_message_id.clone().or(found.original_message_id);
            Some(Bounce { original_message_id, ..found })
        }
    }
}

/// A picture that the HTML names by its content id is part of the text whatever its header says.
fn mark_inline(attachments: &mut [Attachment], html: Option<&str>) {
    let html = html.unwrap_or_default();
    for attachment in attachments {
        if let Some(id) = &attachment.content_id
            && html.contains(&format!("data-cid=\"{}\"", html::escape(id)))
        {
            attachment.inline = true;
        }
    }
}

/// Text in which quotes are looked for; what is behind it is shown as it is.
const FOLDED_BYTES_MAX: usize = 512 * 1024;

/// What is new in a text, and what was folded away: quoted messages and the signature.
fn fold(text: &str, subject: &str) -> (String, Option<String>) {
    let mut end = text.len().min(FOLDED_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (text, rest) = text.split_at(end);
    let folded = text::fold_with(text, &text::Hints { subject: Some(subject), ..text::Hints::default() });
    let away =
        folded.parts.iter().filter(|part| !matches!(part.kind, text::Kind::New | text::Kind::Forwarded));
    let quoted: String = away.map(|part| part.text.as_str()).collect();
    (folded.visible + rest, Some(quoted).filter(|quoted| !quoted.trim().is_empty()))
}

fn joined(pieces: &mut Vec<String>) -> Option<String> {
    let html = std::mem::take(pieces).join("\n");
    (!html.trim().is_empty()).then_some(html)
}

fn delivered_to(fields: &Fields<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for mailbox in
        RECIPIENT_HEADERS.iter().flat_map(|name| fields.all(name)).flat_map(addresses::parse_addresses)
    {
        let address = mailbox.address.to_lowercase();
        if address.contains('@') && !found.contains(&address) && found.len() < addresses::ADDRESSES_MAX {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests;
