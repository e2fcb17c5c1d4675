//! libFuzzer's way to [`aptdesk_fuzz::addresses`]: a header field with addresses.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("addresses"), |bytes: &[u8]| aptdesk_fuzz::addresses::run(bytes));
