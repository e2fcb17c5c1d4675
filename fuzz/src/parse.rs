//! Any bytes are a message: reading them never panics, hangs or lets a script through.

pub fn run(raw: &[u8]) {
    let message = mail::parse::parse(raw);
    assert!(!message.subject.contains(['\r', '\n']), "a subject is one line");
    assert!(
        message.attachments.iter().all(|file| !file.name.contains(['/', '\\', '\0'])),
        "names hold no paths"
    );
    for html in [&message.html, &message.visible_html, &message.quoted_html].into_iter().flatten() {
        crate::folding::must_be_clean(html);
    }
    let _ = mail::json::message_to_json("fuzz", &message);
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::all(&[
        b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\nTo: \"a, b\" <desk@example.net>, c@example.net\r\nSubject: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=\r\n\
        Date: Fri, 6 Jan 2017 19:23:41 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\n\
        Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe \r\n--i\r\nContent-Type: text/html\r\n\r\n\
        <p>rich<img src=\"cid:p@x\"><blockquote>q</blockquote>\r\n--i--\r\n--o\r\n\
        Content-Type: application/octet-stream; name*0*=utf-8''%C3%A4; name*1=.txt\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--o--\r\n",
        b"From: mailer-daemon@example.org\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n\
        --r\r\n\r\nIt bounced.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n\
        Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <1@x>\r\n--r--\r\n",
        b"From: a@b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Vienna:20260101T100000\r\n\
        DTEND:20260101T110000Z\r\nSUMMARY:A\\, b\r\nORGANIZER;CN=\"A\":mailto:a@b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"From: a@b\nSubject: x\n\nbegin 644 a.txt\n#0V%T\n`\nend\n",
        b"no header at all",
    ])
}
