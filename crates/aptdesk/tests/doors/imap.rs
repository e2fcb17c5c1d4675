//! Fetching from a real IMAP server: nothing is lost while the desk is away, nothing comes twice.

use crate::desk_under_test::{Place, count, read};
use crate::dovecot::Dovecot;
use crate::{smtp, until};
use desk::mail::mailboxes::{self, CreateMailbox, MailboxKind, MailboxSettings, Security, Server, SignIn};
use desk::{Actor, Desk};

const BILLING: &str = "billing@example.org";

fn message(number: u32) -> String {
    format!(
        "From: Marta <marta{number}@customer.example>\r\nTo: {BILLING}\r\nSubject: Invoice {number}\r\nMessage-ID: <invoice.{number}@customer.example>\r\n\
         Date: Mon, 5 Jan 2026 12:00:00 +0000\r\n\r\nInvoice {number} is wrong.\r\n"
    )
}

/// A desk whose second mailbox is fetched from there.
fn desk_that_fetches(dovecot: &Dovecot) -> (Place, Desk) {
    let place = Place::on_sqlite();
    let desk = place.open();
    let server = Server {
        host: "127.0.0.1".into(),
        port: dovecot.port,
        security: Security::None,
        user: "desk".into(),
        sign_in: SignIn::Password,
    };
    let create = CreateMailbox {
        address: BILLING.into(),
        name: "Billing".into(),
        kind: MailboxKind::Imap,
        group: None,
        brand: None,
        settings: MailboxSettings { imap: Some(server), ..MailboxSettings::default() },
        secret: Some("secret".into()),
    };
    desk.db.write_now(Actor::desk(), move |tx| mailboxes::create(tx, &create)).expect("a mailbox");
    (place, desk)
}

fn tickets(desk: &Desk) -> i64 {
    count(desk, "select count(*) from tickets")
}

fn wait_for_tickets(desk: &Desk, wanted: i64) {
    until(&format!("{wanted} tickets"), || (tickets(desk) >= wanted).then_some(()));
    assert_eq!(tickets(desk), wanted);
    assert_eq!(count(desk, "select count(distinct subject) from tickets"), wanted);
}

#[test]
fn what_came_while_the_desk_was_away_arrives_once() {
    let Some(mut dovecot) = Dovecot::start() else { return };
    let (place, desk) = desk_that_fetches(&dovecot);
    let server = place.serve(&[]);
    for number in 0..5 {
        dovecot.deliver(&message(number));
    }
    wait_for_tickets(&desk, 5);
    server.stop();
    for number in 5..55 {
        dovecot.deliver(&message(number));
    }
    let _server = place.serve(&[]);
    wait_for_tickets(&desk, 55);
    let report = read(&desk, desk::mail::check);
    assert_eq!((report.mails, report.duplicates, report.unaccounted()), (55, 0, 0), "{report:?}");
}

#[test]
fn when_the_server_numbers_its_messages_anew_none_is_taken_twice() {
    let Some(mut dovecot) = Dovecot::start() else { return };
    let (place, desk) = desk_that_fetches(&dovecot);
    let server = place.serve(&[]);
    for number in 0..10 {
        dovecot.deliver(&message(number));
    }
    wait_for_tickets(&desk, 10);
    server.stop();
    let validity = "select imap_uid_validity from mailboxes where kind = 'imap'";
    let before = count(&desk, validity);
    dovecot.forget_numbers();
    dovecot.deliver(&message(10));
    let _server = place.serve(&[]);
    wait_for_tickets(&desk, 11);
    until("all is looked at again", || (read(&desk, desk::mail::check).mails >= 21).then_some(()));
    until("the new numbers are remembered", || (count(&desk, validity) != before).then_some(()));
    let report = read(&desk, desk::mail::check);
    assert_eq!(
        (report.mails, report.comments, report.duplicates, report.unaccounted()),
        (21, 11, 10, 0),
        "{report:?}"
    );
    assert_eq!(count(&desk, "select count(*) from comments"), 11);
}

#[test]
fn the_same_mail_by_both_doors_is_one_comment() {
    let Some(mut dovecot) = Dovecot::start() else { return };
    let (place, desk) = desk_that_fetches(&dovecot);
    let server = place.serve(&[]);
    smtp::send(server.smtp, "marta1@customer.example", BILLING, &message(1));
    wait_for_tickets(&desk, 1);
    dovecot.deliver(&message(1));
    let ended = until("the ledger knows of both", || {
        let rows: Vec<(String, String)> = read(&desk, |tx| {
            tx.list("select door, state from mail_in order by id", db::params![], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        });
        (rows.len() == 2 && rows.iter().all(|(_, state)| state != "received")).then_some(rows)
    });
    let wanted =
        [("smtp", "comment"), ("imap", "duplicate")].map(|(door, state)| (door.to_owned(), state.to_owned()));
    assert_eq!(ended, wanted);
    assert_eq!((tickets(&desk), count(&desk, "select count(*) from comments")), (1, 1));
}
