//! Did a person write this? Mail from machines is kept and shown, and never answered automatically.

use super::addresses::Mailbox;
use super::headers::Fields;

/// The header that our own automatic mail carries; seen on incoming mail it means a loop.
pub const LOOP_HEADER: &str = "X-Aptdesk-Loop";

/// Why this is machine mail, in plain words; None if nothing says so.
pub fn machine_reason(fields: &Fields<'_>, from: Option<&Mailbox>, is_report: bool) -> Option<String> {
    if is_report {
        return Some("delivery report".to_owned());
    }
    if let Some(value) = fields.text("Auto-Submitted")
        && !first_word(&value).eq_ignore_ascii_case("no")
    {
        return Some(format!("Auto-Submitted: {value}"));
    }
    if fields.has(LOOP_HEADER) {
        return Some("sent by this desk".to_owned());
    }
    for name in ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-AutoReply-From"] {
        if let Some(value) = fields.text(name)
            && !value.eq_ignore_ascii_case("no")
        {
            return Some(format!("{name}: {value}"));
        }
    }
    if let Some(value) = fields.text("X-Auto-Response-Suppress")
        && !value.eq_ignore_ascii_case("none")
    {
        return Some(format!("X-Auto-Response-Suppress: {value}"));
    }
    for value in [fields.text("Precedence"), fields.text("X-Precedence")].into_iter().flatten() {
        if matches!(
            first_word(&value).to_ascii_lowercase().as_str(),
            "bulk" | "junk" | "list" | "auto_reply" | "auto-reply"
        ) {
            return Some(format!("Precedence: {value}"));
        }
    }
    if fields.has("X-Failed-Recipients") {
        return Some("delivery report".to_owned());
    }
    if has_empty_return_path(fields) {
        return Some("empty Return-Path".to_owned());
    }
    from.filter(|from| is_daemon(&from.address)).map(|from| format!("from {}", from.address))
}

/// A web form that marks itself as automatic, or comes from an address that nobody reads, but names a person to answer: it
/// becomes a ticket of that person.
pub fn is_form(fields: &Fields<'_>, from: Option<&Mailbox>, reply_to: &[Mailbox]) -> bool {
    let automatic = fields
        .text("Auto-Submitted")
        .is_some_and(|value| first_word(&value).eq_ignore_ascii_case("auto-generated"));
    // A newsletter comes from such an address too, and names its own company as the one to answer.
    let unread = || {
        from.is_some_and(|from| is_unread(&from.address))
            && !fields.has("List-Unsubscribe")
            && !fields.has("List-Id")
            && machine_reason(fields, from, false).is_none()
    };
    let address = from.map_or("", |from| from.address.as_str());
    (automatic || unread())
        && !is_daemon(address)
        && !has_empty_return_path(fields)
        && !fields.has(LOOP_HEADER)
        && reply_to
            .iter()
            .any(|answer| answer.address.contains('@') && !answer.address.eq_ignore_ascii_case(address))
}

/// Addresses from which web sites send, and which nobody reads.
fn is_unread(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        local.as_str(),
        "noreply" | "no-reply" | "no_reply" | "donotreply" | "do-not-reply" | "wordpress" | "www-data"
    )
}

pub fn has_empty_return_path(fields: &Fields<'_>) -> bool {
    fields.first("Return-Path").is_some_and(|value| {
        let value: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        value == b"<>"
    })
}

pub fn is_daemon(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_ascii_lowercase();
    matches!(local.as_str(), "mailer-daemon" | "mailer_daemon" | "mailerdaemon" | "mail-daemon")
}

fn first_word(value: &str) -> &str {
    value.split([';', ' ', '(']).next().unwrap_or_default()
}
