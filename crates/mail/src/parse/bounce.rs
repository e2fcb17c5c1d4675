//! Delivery reports: which message did not arrive, at whom, and why (RFC 3464, and the reports that are only text).

use serde::Serialize;

use super::addresses::{Mailbox, is_address};
use super::headers::{Fields, message_ids, unstructured};
use super::machine::{has_empty_return_path, is_daemon};

/// The first recipient of a report for whom delivery did not succeed, or the first at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bounce {
    pub final_recipient: Option<String>,
    /// Enhanced status such as `5.1.1`.
    pub status: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: Option<String>,
    pub diagnostic: Option<String>,
    pub original_message_id: Option<String>,
}

impl Bounce {
    /// False for reports of success and of mere delay.
    pub fn is_failure(&self) -> bool {
        self.action.as_deref().is_none_or(|action| action == "failed")
    }
}

/// Text in which a report is looked for; the reason stands at its top.
const REPORT_BYTES_MAX: usize = 64 * 1024;

/// The machine-readable part of a report.
pub fn from_delivery_status(status: &str) -> Bounce {
    let mut best: Option<Bounce> = None;
    for group in groups(status) {
        let get = |name: &str| {
            group.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
        };
        if get("Final-Recipient").is_none() && get("Original-Recipient").is_none() && get("Action").is_none()
        {
            continue;
        }
        let found = Bounce {
            final_recipient: get("Original-Recipient")
                .filter(|_| get("Final-Recipient").is_none())
                .or(get("Final-Recipient"))
                .map(untyped),
            status: get("Status").and_then(enhanced_status),
            action: get("Action").map(|action| first_word(action).to_ascii_lowercase()),
            diagnostic: get("Diagnostic-Code").map(untyped),
            original_message_id: None,
        };
        let is_better = best.as_ref().is_none_or(|best| !best.is_failure() && found.is_failure());
        if is_better {
            best = Some(found);
        }
    }
    best.unwrap_or_default()
}

/// The id of the returned message, from its header block.
pub fn returned_message_id(header_block: &[u8]) -> Option<String> {
    let text = header_block.get(..header_block.len().min(REPORT_BYTES_MAX)).unwrap_or_default();
    let mut lines = text.split(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_ascii();
        let Some(value) =
            line.get(..11).filter(|name| name.eq_ignore_ascii_case(b"message-id:")).map(|_| &line[11..])
        else {
            continue;
        };
        let mut value = value.to_vec();
        if value.trim_ascii().is_empty()
            && let Some(next) = lines.peek()
        {
            value.extend_from_slice(next);
        }
        return message_ids([value.as_slice()].into_iter()).into_iter().next();
    }
    None
}

/// Reports that are only text: Exim, qmail, Exchange and those who followed them.
pub fn from_text(fields: &Fields<'_>, from: Option<&Mailbox>, subject: &str, text: &str) -> Option<Bounce> {
    let mut end = text.len().min(REPORT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let failed_recipients = fields.text("X-Failed-Recipients");
    let address = from.map_or("", |from| from.address.as_str());
    let local = address.split('@').next().unwrap_or_default();
    let from_system =
        is_daemon(address) || local.eq_ignore_ascii_case("postmaster") || has_empty_return_path(fields);
    let opening = OPENINGS.iter().any(|opening| text.contains(opening));
    let is_report = failed_recipients.is_some()
        || opening && (from_system || subject_is_a_report(subject))
        || from_system && subject_is_a_report(subject);
    if !is_report {
        return None;
    }
    let diagnostic = text.lines().map(str::trim).find(|line| reply_code(line)).map(str::to_owned);
    let explained = diagnostic.clone().or_else(|| explanation(text));
    Some(Bounce {
        final_recipient: failed_recipients
            .and_then(|list| list.split(',').map(|one| one.trim().to_owned()).find(|one| is_address(one)))
            .or_else(|| failing_address(text, address)),
        status: diagnostic.as_deref().and_then(enhanced_status).or_else(|| enhanced_status(text)),
        action: Some(if is_delay(subject, text) { "delayed" } else { "failed" }.to_owned()),
        diagnostic: explained,
        original_message_id: returned_message_id(text.as_bytes()).or_else(|| {
            message_ids(fields.all("In-Reply-To").chain(fields.all("References"))).into_iter().next_back()
        }),
    })
}

const OPENINGS: &[&str] = &[
    "This message was created automatically by mail delivery software",
    "A message that you sent could not be delivered",
    "A message that you sent has not yet been delivered",
    "This is the qmail-send program",
    "I'm afraid I wasn't able to deliver your message",
    "Your message did not reach some or all of the intended recipients",
    "Delivery has failed to these recipients",
    "The following recipient(s) cannot be reached",
    "The following message to <",
    "This is the mail system at host",
    "could not be delivered to one or more recipients",
    "The following addresses had permanent fatal errors",
    "The following addresses had permanent delivery errors",
    "Delivery to the following recipient failed permanently",
    "Delivery to the following recipients failed",
    "Your message wasn't delivered to",
    "Unable to deliver message to the following",
    "Sorry, we were unable to deliver your message",
    "Unzustellbar",
    "konnte nicht zugestellt werden",
    "n'a pas pu être remis",
    "no se pudo entregar",
];

fn subject_is_a_report(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    [
        "undelivered mail",
        "undeliverable",
        "delivery status notification",
        "mail delivery failed",
        "mail delivery failure",
        "failure notice",
        "returned mail",
        "delivery failure",
        "warning: message",
        "mail delivery system",
        "unzustellbar",
        "nicht zustellbar",
        "non remis",
        "no se puede entregar",
        "mail system error",
        "message undeliverable",
        "delivery delayed",
        "mail could not be delivered",
    ]
    .iter()
    .any(|start| subject.starts_with(start))
}

fn is_delay(subject: &str, text: &str) -> bool {
    let subject = subject.to_lowercase();
    subject.contains("(delay)")
        || subject.contains("delayed")
        || subject.starts_with("warning: message")
        || text.contains("has not yet been delivered")
}

/// The blocks of fields in a delivery status, which blank lines separate.
fn groups(status: &str) -> Vec<Vec<(String, String)>> {
    let mut groups: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in status.lines().take(2_000) {
        let bare = line.trim_end();
        let Some(group) = groups.last_mut() else { break };
        if bare.is_empty() {
            groups.push(Vec::new());
        } else if bare.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(bare.trim());
            }
        } else if let Some((name, value)) = bare.split_once(':') {
            group.push((name.trim().to_owned(), unstructured(value.as_bytes())));
        }
    }
    groups
}

/// `rfc822; ana@example.org` without its type.
fn untyped(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, value)| value).trim();
    value.trim_matches(|c| c == '<' || c == '>').to_owned()
}

fn enhanced_status(text: &str) -> Option<String> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '#' | ',' | ';' | '<' | '>' | ':')
    })
    .find(|word| {
        let mut numbers = word.split('.');
        let class = numbers.next().is_some_and(|class| matches!(class, "2" | "4" | "5"));
        let mut small = || {
            numbers
                .next()
                .is_some_and(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
        };
        class && small() && small() && numbers.next().is_none()
    })
    .map(str::to_owned)
}

/// A line that quotes a server's answer, such as `550 5.1.1 unknown user` or `Remote host said: 550 no`.
fn reply_code(line: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '<'))
        .filter(|word| !word.is_empty())
        .take(8)
        .any(|word| {
            word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|byte| byte.is_ascii_digit())
        })
        && line.len() > 8
}

fn explanation(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| line.starts_with('<') && line.ends_with(">:"))?;
    lines.find(|line| !line.is_empty()).map(str::to_owned)
}

/// The address a report complains about: in brackets, at the start of a line, or alone on one.
fn failing_address(text: &str, own: &str) -> Option<String> {
    let below = text
        .lines()
        .position(|line| line.contains("copy of the message") || line.starts_with("Return-Path:"))
        .unwrap_or(usize::MAX);
    let lines: Vec<&str> = text.lines().take(below).map(str::trim).collect();
    let bracketed = lines.iter().filter_map(|line| {
        let (inside, after) = line.strip_prefix('<')?.split_once('>')?;
        (after.starts_with(':') || after.trim().is_empty() || after.starts_with(['(', ' '])).then_some(inside)
    });
    let alone = lines.iter().copied().map(|line| line.trim_end_matches(':'));
    let anywhere =
        lines.iter().flat_map(|line| line.split([' ', '<', '>', '(', ')', ',', ';', ':', '\'', '"']));
    bracketed
        .chain(alone)
        .chain(anywhere)
        .map(|candidate| candidate.trim_matches(['.', ' ']))
        .find(|candidate| is_address(candidate) && !candidate.eq_ignore_ascii_case(own))
        .map(str::to_owned)
}

fn first_word(value: &str) -> &str {
    value.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_report_names_recipient_status_and_reason() {
        let bounce = from_delivery_status(
            "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; ok@example.org\nAction: delivered\nStatus: 2.0.0\n\n\
             Final-Recipient: rfc822; <no@example.org>\nAction: failed\nStatus: 5.1.1 (unknown)\nDiagnostic-Code: smtp; 550 5.1.1\n unknown user\n",
        );
        assert_eq!(bounce.final_recipient.as_deref(), Some("no@example.org"));
        assert_eq!((bounce.status.as_deref(), bounce.action.as_deref()), (Some("5.1.1"), Some("failed")));
        assert_eq!(bounce.diagnostic.as_deref(), Some("550 5.1.1 unknown user"));
        assert!(bounce.is_failure());
    }

    #[test]
    fn a_qmail_report_is_only_text_and_still_understood() {
        let text = "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
            <no@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n\
            Return-Path: <desk@example.net>\nMessage-ID: <abc@example.net>\n";
        let from = Mailbox { name: String::new(), address: "MAILER-DAEMON@mx.example.org".into() };
        let bounce = from_text(&Fields::default(), Some(&from), "failure notice", text).expect("a bounce");
        assert_eq!(bounce.final_recipient.as_deref(), Some("no@example.org"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(bounce.diagnostic.as_deref(), Some("Sorry, no mailbox here by that name. (#5.1.1)"));
        assert_eq!(bounce.original_message_id.as_deref(), Some("abc@example.net"));
    }

    #[test]
    fn a_person_who_writes_about_a_bounce_is_no_bounce() {
        let from = Mailbox { name: String::new(), address: "ana@example.org".into() };
        let text = "I got this:\nThis is the mail system at host mx. 550 5.1.1 no such user";
        assert_eq!(from_text(&Fields::default(), Some(&from), "Why does my mail not arrive?", text), None);
    }
}
