//! Mail that was acknowledged is there, once, however often the process dies.

use crate::desk_under_test::{Place, SUPPORT, count, read};
use crate::smtp::Sender;
use crate::until;
use std::net::SocketAddr;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const CONNECTIONS: usize = 20;
const KILLS: usize = 5;
const MESSAGES_IN_FULL: usize = 10_000;
/// A build for debugging is many times slower.
const MESSAGES_IN_DEBUG: usize = 2_000;

#[allow(clippy::disallowed_methods, reason = "the full number can be asked for")]
fn message_count() -> usize {
    let is_full = !cfg!(debug_assertions) || std::env::var_os("APTDESK_FULL").is_some();
    if is_full { MESSAGES_IN_FULL } else { MESSAGES_IN_DEBUG }
}

#[test]
fn killed_five_times_the_desk_has_every_message_once() {
    let messages = message_count();
    for place in Place::on_each_database() {
        bombard(&place, messages);
    }
}

fn bombard(place: &Place, messages: usize) {
    let mut server = place.serve(&["--log", "error"]);
    let door = RwLock::new(server.smtp);
    let acknowledged = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            let (door, acknowledged) = (&door, &acknowledged);
            scope.spawn(move || {
                for number in (connection..messages).step_by(CONNECTIONS) {
                    insist(door, number);
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for kill in 1..=KILLS {
            let enough = messages * kill / (KILLS + 1);
            until("messages are acknowledged", || {
                (acknowledged.load(Ordering::Relaxed) >= enough).then_some(())
            });
            server.kill();
            server = place.serve(&["--log", "error"]);
            *door.write().expect("nobody panics with it") = server.smtp;
        }
    });
    server.stop();
    assert_eq!(acknowledged.load(Ordering::Relaxed), messages);
    must_be_whole(place, messages);
}

/// As every sending server does: what was not acknowledged is sent again, on a new connection.
fn insist(door: &RwLock<SocketAddr>, number: usize) {
    thread_local! {
        static OPEN: std::cell::RefCell<Option<Sender>> = const { std::cell::RefCell::new(None) };
    }
    let from = format!("customer{number}@people.example");
    let message = format!(
        "From: Customer {number} <{from}>\r\nTo: {SUPPORT}\r\nSubject: Question {number}\r\nMessage-ID: <{number}.kill@people.example>\r\n\
         Date: Mon, 5 Jan 2026 12:00:00 +0000\r\n\r\nMy lamp number {number} flickers. What can I do?\r\n"
    );
    OPEN.with_borrow_mut(|open| {
        until("a message is acknowledged", || {
            let at = *door.read().expect("nobody panics with it");
            let mut sender = match open.take() {
                Some(sender) => sender,
                None => Sender::connect(at).ok()?,
            };
            sender.send(&from, SUPPORT, message.as_bytes()).ok()?;
            *open = Some(sender);
            Some(())
        });
    });
}

fn must_be_whole(place: &Place, messages: usize) {
    let (engine, wanted) = (place.name(), messages as i64);
    let desk = place.open();
    let report = read(&desk, desk::mail::check);
    eprintln!(
        "{engine}: {messages} messages over {CONNECTIONS} connections, {KILLS} kills: {} mails in the ledger, {} of them sent twice because an answer was lost",
        report.mails, report.duplicates
    );
    assert_eq!(count(&desk, "select count(*) from tickets"), wanted, "tickets on {engine}");
    assert_eq!(
        count(&desk, "select count(distinct subject) from tickets"),
        wanted,
        "different tickets on {engine}"
    );
    assert_eq!(count(&desk, "select count(*) from comments"), wanted, "comments on {engine}");
    assert_eq!(
        (report.comments, report.suspended, report.unaccounted()),
        (wanted, 0, 0),
        "the ledger on {engine}: {report:?}"
    );
    assert!(report.is_sound(), "the ledger on {engine}: {report:?}");
    drop(desk);
    let check = place.run(&["check"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.status.success() && said.contains("unaccounted: 0\n"), "check on {engine}: {said}");
}
