//! Whole messages, as they come.

use super::*;

fn message(lines: &str) -> Message {
    parse(lines.replace('\n', "\r\n").as_bytes())
}

#[test]
fn an_ordinary_letter_is_read_completely() {
    let read = message(
        "From: Ana <Ana@Example.org>\nTo: desk@example.net\nCc: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nDate: Fri, 6 Jan 2017 19:23:41 +0100\n\
         Subject: No\n sound\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\nReferences: <a@x> <0@x>\nDelivered-To: Help@example.net\n\nIt is quiet.\n",
    );
    assert_eq!(read.from, Some(Mailbox { name: "Ana".into(), address: "Ana@Example.org".into() }));
    assert_eq!(read.cc[0].name, "Jörg");
    assert_eq!((read.subject.as_str(), read.text.as_str()), ("No sound", "It is quiet.\n"));
    assert_eq!(read.date_ms, Some(1_483_727_021_000));
    assert_eq!(
        (read.message_id.as_deref(), read.in_reply_to.as_slice()),
        (Some("1@x"), ["0@x".to_owned()].as_slice())
    );
    assert_eq!(read.references, ["a@x", "0@x"]);
    assert_eq!(read.delivered_to, ["desk@example.net", "j@example.org", "help@example.net"]);
    assert_eq!((read.machine, read.bounce, read.problems), (None, None, vec![]));
}

#[test]
fn any_bytes_at_all_are_a_message() {
    for raw in [
        b"".as_slice(),
        b"\0",
        b"\r\n\r\n",
        b"\xff\xfe\xfd",
        b":",
        b"a",
        b"Content-Type: multipart/mixed; boundary=",
        b"From \n",
        b"=?",
    ] {
        let _ = parse(raw);
    }
    assert!(!parse(b"just words").problems.is_empty());
}

#[test]
fn words_with_a_colon_are_no_header() {
    for words in ["Hello Ana: call me.\n", "note: call me\n", "\u{1}ü: x\n\n"] {
        assert_eq!(message(words).text, words);
    }
    let odd = message("garbage\nSubject: No sound\n\nIt is quiet.\n");
    assert_eq!((odd.subject.as_str(), odd.text.as_str()), ("No sound", "It is quiet.\n"));
    assert_eq!(message("odd: field\n\nIt is quiet.\n").text, "It is quiet.\n");
}

#[test]
fn what_is_missing_is_said_and_not_invented() {
    let read = message("To: desk@example.net\n\nhello\n");
    assert_eq!((read.from, read.date_ms, read.message_id), (None, None, None));
    assert_eq!(read.problems.len(), 4, "{:?}", read.problems);
}

#[test]
fn both_forms_of_a_letter_are_kept_and_its_files_named() {
    let read = message(
        "From: a@x\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n\
         --i\nContent-Type: text/plain\n\nplain\n--i\nContent-Type: text/html\n\n<p>rich <img src=\"cid:p@x\"></p>\n--i--\n\
         --o\nContent-Type: image/png\nContent-ID: <p@x>\nContent-Transfer-Encoding: base64\n\nAAAA\n\
         --o\nContent-Type: message/rfc822\n\nSubject: inner\nFrom: b@x\n\nsecret\n--o--\n",
    );
    assert_eq!(read.text, "plain\n");
    assert!(read.html.as_deref().is_some_and(|html| html.contains("data-cid=\"p@x\"")));
    let files: Vec<_> =
        read.attachments.iter().map(|file| (file.name.as_str(), file.data.len(), file.inline)).collect();
    assert_eq!(files[0], ("p.png", 3, true));
    assert_eq!(files[1].0, "inner.eml");
    assert!(!read.text.contains("secret"));
}

#[test]
fn html_alone_is_read_as_text_too() {
    let read = message("From: a@x\nContent-Type: text/html\n\n<p>Hello <b>there</b></p><script>x</script>\n");
    assert_eq!(read.text, "Hello there\n");
    assert!(read.html.is_some_and(|html| !html.contains("script")));
}

#[test]
fn machines_are_known_by_their_headers() {
    let read = |header: &str| message(&format!("From: a@x.org\n{header}\n\nhi\n"));
    for header in [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "X-Autorespond: 1",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "X-Aptdesk-Loop: 1",
    ] {
        assert!(read(header).machine.is_some(), "{header}");
    }
    assert_eq!(read("Auto-Submitted: no").machine, None);
    assert_eq!(read("Return-Path: <a@x.org>").machine, None);
    assert!(message("From: MAILER-DAEMON@x.org\n\nhi\n").machine.is_some());
    let form = read("Auto-Submitted: auto-generated\nReply-To: person@y.org");
    assert!(form.is_form && form.machine.is_some());
    assert!(!read("Auto-Submitted: auto-replied\nReply-To: person@y.org").is_form);
}

#[test]
fn a_form_that_sends_from_an_address_nobody_reads_speaks_for_the_person_it_names() {
    let read =
        |from: &str, header: &str| message(&format!("From: {from}\nReply-To: pia@y.org\n{header}\n\nhi\n"));
    assert!(read("wordpress@shop.example", "Subject: Question").is_form);
    assert!(read("no-reply@shop.example", "Subject: Question").is_form);
    assert!(
        !read("no-reply@shop.example", "List-Unsubscribe: <mailto:x@shop.example>").is_form,
        "a newsletter"
    );
    assert!(!read("no-reply@shop.example", "Precedence: bulk").is_form, "another");
    assert!(!read("kim@work.example", "Subject: Question").is_form, "somebody with two addresses");
}

#[test]
fn a_standard_bounce_names_the_message_that_bounced() {
    let read = message(
        "From: MAILER-DAEMON@mx\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nSorry.\n\
         --r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; no@y.org\nAction: failed\nStatus: 5.1.1\n\n\
         --r\nContent-Type: message/rfc822\n\nMessage-ID: <sent@desk>\nSubject: Re: No sound\n\nhello\n--r--\n",
    );
    let bounce = read.bounce.expect("a bounce");
    assert_eq!(bounce.final_recipient.as_deref(), Some("no@y.org"));
    assert_eq!(bounce.original_message_id.as_deref(), Some("sent@desk"));
    assert_eq!(read.machine.as_deref(), Some("delivery report"));
    assert_eq!(read.text, "Sorry.\n");
}

#[test]
fn messages_inside_messages_without_end_do_no_harm() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let read = parse(nested.as_bytes());
    assert!(read.problems.iter().any(|problem| problem.contains("parts inside parts")));
    let digests = "Content-Type: multipart/digest; boundary=a\r\n\r\n--a\r\n\r\n".repeat(50_000);
    let _ = parse(digests.as_bytes());
    let unclosed = "--a\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n".repeat(50_000);
    let _ = parse(format!("Content-Type: multipart/mixed; boundary=a\r\n\r\n{unclosed}").as_bytes());
    let headers = "a:\r\n".repeat(600_000);
    assert!(parse(format!("{headers}\r\nbody").as_bytes()).text.contains("body"));
}

#[test]
fn a_letter_whose_only_words_are_rich_text_in_winmail_dat_is_read() {
    use base64::Engine;
    let letter = |before: &str, rtf: &str| {
        let inside = base64::engine::general_purpose::STANDARD.encode(tnef::tests::with_rich_text(rtf));
        let raw = format!(
            "From: a@b.test\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\n{before}\r\n--m\r\n\
             Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{inside}\r\n--m--\r\n"
        );
        parse(raw.as_bytes())
    };
    let read = letter("", r"{\rtf1\ansi The lamp flickers.\par Ana}");
    assert_eq!(read.text.trim(), "The lamp flickers.\nAna");
    assert!(read.attachments.is_empty());
    let wrapped = r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p onclick=x>}The lamp{\*\htmltag84 <script>alert(1)</script>}{\*\htmltag72 </p>}}";
    let read = letter("", wrapped);
    assert_eq!(read.html.as_deref().map(str::trim), Some("<p>The lamp</p>"));
    assert_eq!(read.text.trim(), "The lamp");
    assert_eq!(
        letter("In the clear.", wrapped).text.trim(),
        "In the clear.",
        "only when there is no other body"
    );
}
