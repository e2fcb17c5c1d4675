//! One message as one JSON object: what `aptdesk mail parse` prints.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::parse::{Mailbox, Message, parse};

/// `file` is only repeated, so that a reader of many lines knows which is which.
pub fn parse_to_json(file: &str, raw: &[u8]) -> Value {
    message_to_json(file, &parse(raw))
}

pub fn message_to_json(file: &str, message: &Message) -> Value {
    let attachments: Vec<Value> = message
        .attachments
        .iter()
        .map(|attachment| {
            json!({
                "name": attachment.name,
                "content_type": attachment.content_type,
                "bytes": attachment.data.len(),
                "inline": attachment.inline,
            })
        })
        .collect();
    json!({
        "file": file,
        // Always an object: a mail that names nobody has empty words here, and says so among its problems.
        "from": mailbox(&message.from.clone().unwrap_or_default()),
        "to": mailboxes(&message.to),
        "cc": mailboxes(&message.cc),
        "subject": message.subject,
        "date": message.date_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(|at| at.to_string()),
        "message_id": message.message_id,
        "in_reply_to": message.in_reply_to.first(),
        "references": message.references,
        "text": message.text,
        "html": message.html,
        "visible_text": message.visible_text,
        "attachments": attachments,
        "machine": message.machine,
        "bounce": message.bounce,
        "problems": message.problems,
    })
}

fn mailbox(mailbox: &Mailbox) -> Value {
    json!({ "name": mailbox.name, "address": mailbox.address })
}

fn mailboxes(list: &[Mailbox]) -> Vec<Value> {
    list.iter().map(mailbox).collect()
}
