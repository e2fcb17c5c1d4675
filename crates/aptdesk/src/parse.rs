//! `aptdesk mail parse FILE…`: what the desk makes of a message, as JSON, one object a line.

use crate::{Outcome, say};
use std::path::PathBuf;

/// A file that cannot be read keeps no other from being shown.
pub fn run(files: &[PathBuf]) -> Outcome {
    let mut unread = Vec::new();
    for file in files {
        match std::fs::read(file) {
            Ok(raw) => say(&mail::json::parse_to_json(&file.display().to_string(), &raw).to_string()),
            Err(error) => unread.push(format!("{}: {error}", file.display())),
        }
    }
    if unread.is_empty() { Ok(()) } else { Err(unread.join("; ").into()) }
}
