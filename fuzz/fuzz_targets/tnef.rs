//! libFuzzer's way to [`aptdesk_fuzz::tnef`]: winmail.dat and rich text.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("tnef"), |bytes: &[u8]| aptdesk_fuzz::tnef::run(bytes));
