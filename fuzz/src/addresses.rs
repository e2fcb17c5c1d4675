//! A header field of addresses: read within limits, and each address without what would break a header of ours.

use mail::parse::addresses::{ADDRESSES_MAX, is_address, parse_addresses};

pub fn run(bytes: &[u8]) {
    let found = parse_addresses(bytes);
    assert!(found.len() <= ADDRESSES_MAX);
    for mailbox in &found {
        assert!(!mailbox.name.contains(['\r', '\n']), "a name is one line: {mailbox:?}");
        assert!(!mailbox.address.contains(['\r', '\n']), "an address is one line: {mailbox:?}");
        if is_address(&mailbox.address) {
            let plain = desk::mail::tokens::without_plus(&mailbox.address);
            assert_eq!(desk::mail::tokens::without_plus(&plain), plain, "once is enough: {mailbox:?}");
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::all(&[
        b"\"a, b\" <desk+t12.abc@example.net>, c@example.net (comment (nested)), =?utf-8?b?w6Q=?= <d@e>",
        b"Group: a@b, \"c\\\"d\" <e@[192.0.2.1]>;, undisclosed-recipients:;",
        b"<a@b>,, ;<>, a b c, a@b@c, 'x@y' <x@y>\r\n\tfolded@z",
        "Jörg <jörg@exämple.org>".as_bytes(),
    ])
}
