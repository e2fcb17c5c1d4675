//! Whatever arrives is read: properties over damaged and invented messages.

use mail::parse::{html, parse};
use proptest::prelude::*;

const LETTER: &[u8] = b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\nTo: \"a, b\" <desk@example.net>, c@example.net\r\n\
Subject: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=\r\nDate: Fri, 6 Jan 2017 19:23:41 +0100\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\
Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe \r\n--i\r\n\
Content-Type: text/html\r\n\r\n<p>rich<img src=\"cid:p@x\"><blockquote>q</blockquote>\r\n--i--\r\n--o\r\n\
Content-Type: application/octet-stream; name*0*=utf-8''%C3%A4; name*1=.txt\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--o\r\n\
Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--o\r\n\
Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nDTSTART:20260101T100000Z\r\nEND:VEVENT\r\n--o--\r\n";

proptest! {
    #[test]
    fn invented_bytes_are_read(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = parse(&raw);
    }

    #[test]
    fn a_damaged_letter_is_read(changes in proptest::collection::vec((0..LETTER.len(), any::<u8>()), 0..40), cut in 0..LETTER.len()) {
        let mut raw = LETTER.to_vec();
        for (at, byte) in changes {
            raw[at] = byte;
        }
        raw.truncate(LETTER.len() - cut / 4);
        let read = parse(&raw);
        prop_assert!(!read.subject.contains(['\r', '\n']));
        prop_assert!(read.attachments.iter().all(|file| !file.name.contains(['/', '\\', '\0'])));
    }

    #[test]
    fn header_like_text_is_read(raw in "(From|To|Subject|Date|Content-Type|References|X-A)[:]? {0,2}[ -~=?<>\"(),;@é\r\n]{0,200}") {
        let _ = parse(raw.as_bytes());
    }

    #[test]
    fn cleaning_twice_changes_nothing_more_that_acts(raw in "[<>a-z/ =\"':&;!-]{0,200}") {
        let clean = html::clean_html(&raw);
        prop_assert!(!clean.contains("<script") && !clean.contains("javascript:"));
        let _ = html::html_to_text(&clean);
    }
}
