//! A letter joins a ticket only by a sign that the desk has given, and only if its sender takes part.
//!
//! A desk with one ticket; each letter is taken in and rolled back again. `{token}`, `{mark}` and `{id}` in a letter stand
//! for the ticket's genuine signs, if the first byte says so; nobody can guess them.

use std::sync::OnceLock;

use desk::mail::mailboxes::{CreateMailbox, MailboxKind, MailboxSettings};
use desk::mail::{AuthSummary, Door, Ended, MailError, MailState, Receipt, receive, tokens};
use desk::{Actor, Desk, TicketId};

const SUPPORT: &str = "support@desk.example";
const SENDERS: [&str; 3] = ["marta@example.org", "friend@example.net", "eve@elsewhere.example"];
const STRANGER: usize = 2;

struct Place {
    desk: Desk,
    ticket: TicketId,
    token: String,
    mark: String,
    _folder: tempfile::TempDir,
}

static PLACE: OnceLock<Place> = OnceLock::new();

/// How a transaction ends that must leave nothing behind.
enum Back {
    Ended(Ended),
    Refused(MailError),
}

impl From<desk::DbError> for Back {
    fn from(error: desk::DbError) -> Self {
        Back::Refused(error.into())
    }
}

pub fn run(bytes: &[u8]) {
    let Some((choice, letter)) = bytes.split_first() else { return };
    let place = PLACE.get_or_init(open);
    let (sender, has_signs) = (usize::from(choice % 3), choice / 3 % 2 == 1);
    let mut letter = letter.to_vec();
    if has_signs {
        for (sign, genuine) in
            [("{token}", &*place.token), ("{mark}", &*place.mark), ("{id}", "first@example.org")]
        {
            letter = replaced(&letter, sign.as_bytes(), genuine.as_bytes());
        }
    }
    let head = format!("From: Somebody <{}>\r\nTo: {SUPPORT}\r\n", SENDERS[sender]);
    let receipt = receipt(SENDERS[sender], [head.as_bytes(), &letter].concat());
    let incoming = incoming(&place.desk, &receipt);
    let tried = place.desk.db.write_now(Actor::desk(), move |tx| -> Result<(), Back> {
        Err(receive(tx, &receipt, &incoming).map_or_else(Back::Refused, Back::Ended))
    });
    let ended = match tried {
        Err(Back::Ended(ended)) => ended,
        Err(Back::Refused(error)) => panic!("a letter was refused: {error:?}"),
        Ok(()) => unreachable!("it always ends in an error"),
    };
    assert_ne!(ended.state, MailState::Received, "every letter ends somewhere");
    if ended.ticket == Some(place.ticket) {
        assert!(has_signs, "a sign was guessed");
        assert_ne!(sender, STRANGER, "a stranger takes part");
    }
}

fn replaced(bytes: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        match rest.strip_prefix(what) {
            Some(after) => {
                out.extend(by);
                rest = after;
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

fn receipt(from: &str, raw: Vec<u8>) -> Receipt {
    Receipt {
        door: Door::Smtp,
        remote_ip: "192.0.2.1".into(),
        helo: "mx.example.org".into(),
        mail_from: from.into(),
        rcpt_to: vec![SUPPORT.into()],
        raw,
    }
}

fn incoming(desk: &Desk, receipt: &Receipt) -> desk::mail::Incoming {
    let mut message = mail::parse::parse(&receipt.raw);
    // Their files would be written to the disk.
    message.attachments.clear();
    let auth = AuthSummary { aligned: true, json: String::new() };
    mail::intake::incoming(&message, auth, &desk.blobs, &desk.key).expect("no files, no failure")
}

fn open() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let options = db::Options { durable: false, ..db::Options::default() };
    let database = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = Desk::open(&database, folder.path().join("blobs"), options).expect("a desk");
    let mailbox = CreateMailbox {
        address: SUPPORT.into(),
        name: "Acme".into(),
        kind: MailboxKind::Smtp,
        group: None,
        brand: None,
        settings: MailboxSettings::default(),
        secret: None,
    };
    let made = desk.db.write_now(Actor::desk(), move |tx| desk::mail::mailboxes::create(tx, &mailbox));
    made.expect("a mailbox");
    let first = format!(
        "From: Marta <{}>\r\nTo: {SUPPORT}\r\nCc: {}\r\nSubject: No sound\r\nMessage-ID: <first@example.org>\r\n\r\nSilent.\r\n",
        SENDERS[0], SENDERS[1]
    );
    let receipt = receipt(SENDERS[0], first.into_bytes());
    let incoming = incoming(&desk, &receipt);
    let ended =
        desk.db.write_now(Actor::desk(), move |tx| receive(tx, &receipt, &incoming)).expect("taken in");
    let ticket = ended.ticket.expect("a ticket");
    let token = tokens::plus_address(&desk.key, SUPPORT, ticket).expect("a plus-address");
    let mark = format!("{}{}", tokens::MARK_LABEL, tokens::mark(&desk.key, ticket));
    Place { desk, ticket, token, mark, _folder: folder }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let letters: [&[u8]; 5] = [
        b"Cc: {token}\r\nSubject: Re: No sound\r\nMessage-ID: <2@x>\r\n\r\nStill silent.\r\n",
        b"In-Reply-To: <{id}>\r\nReferences: <0@x> <{id}>\r\nSubject: Re: No sound\r\n\r\nStill silent.\r\n\r\n> {mark}\r\n",
        b"Subject: AW: [#1] No sound\r\nReply-To: x@y\r\nDelivered-To: {token}\r\nContent-Type: text/html\r\n\r\n<p>yes</p><blockquote>{mark}</blockquote>\r\n",
        b"Auto-Submitted: auto-replied\r\nReferences: {id}\r\n\r\nI am away. Ref: 1-abcdefgh\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n\
        Final-Recipient: rfc822; marta@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n--r--\r\n",
    ];
    let with_each_choice =
        |letter: &[u8]| (0..6).map(|choice| [&[choice], letter].concat()).collect::<Vec<_>>();
    letters.into_iter().flat_map(with_each_choice).collect()
}
