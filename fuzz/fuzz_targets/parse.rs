//! libFuzzer's way to [`aptdesk_fuzz::parse`]: a whole message.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("parse"), |bytes: &[u8]| aptdesk_fuzz::parse::run(bytes));
