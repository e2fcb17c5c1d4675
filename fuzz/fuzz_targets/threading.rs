//! libFuzzer's way to [`aptdesk_fuzz::threading`]: a letter that may answer a ticket.
#![no_main]

libfuzzer_sys::fuzz_target!(init: aptdesk_fuzz::lay_seeds("threading"), |bytes: &[u8]| aptdesk_fuzz::threading::run(bytes));
