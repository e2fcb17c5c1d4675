//! `aptdesk mail parse FILE…`: what the desk makes of a message, as JSON, one object a line.

use crate::{Outcome, say};
use std::path::PathBuf;

pub fn run(files: &[PathBuf]) -> Outcome {
    for file in files {
        let raw = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        say(&mail::json::parse_to_json(&file.display().to_string(), &raw).to_string());
    }
    Ok(())
}
