//! libFuzzer's way to [`aptdesk_fuzz::folding`]: the text and the HTML of a letter.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("folding"), |bytes: &[u8]| aptdesk_fuzz::folding::run(bytes));
