//! Any bytes are a message: reading them never panics, hangs or lets a script through.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let message = mail::parse::parse(raw);
    assert!(!message.subject.contains(['\r', '\n']));
    assert!(message.attachments.iter().all(|file| !file.name.contains(['/', '\\', '\0'])));
    if let Some(html) = &message.html {
        assert!(!html.to_ascii_lowercase().contains("<script"));
    }
    let _ = mail::json::message_to_json("fuzz", &message);
});
