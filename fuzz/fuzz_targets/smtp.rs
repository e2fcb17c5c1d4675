//! libFuzzer's way to [`aptdesk_fuzz::smtp`]: what a stranger says on the SMTP port.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("smtp"), |bytes: &[u8]| aptdesk_fuzz::smtp::run(bytes));
