//! The desk behind the SMTP door, when something fails between the two.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use desk::mail::mailboxes::{CreateMailbox, MailboxKind, MailboxSettings};
use desk::mail::views;
use desk::{Actor, Desk, MailId};
use mail::auth::Resolver;
use mail::intake::DeskIntake;
use mail::smtp::{Envelope, Intake};

const RAW: &[u8] = b"From: Ana <ana@client.test>\r\nTo: help@desk.test\r\nSubject: No sound\r\nMessage-ID: <1@client.test>\r\n\
    Date: Mon, 5 Jan 2026 12:00:00 +0000\r\n\r\nThe left speaker is silent.\r\n";

fn a_desk(folder: &std::path::Path) -> Desk {
    let database = format!("sqlite:{}", folder.join("desk.db").display());
    let desk = Desk::open(&database, folder.join("blobs"), db::Options::default()).unwrap();
    let mailbox = CreateMailbox {
        address: "help@desk.test".into(),
        name: "Help".into(),
        kind: MailboxKind::Smtp,
        group: None,
        brand: None,
        settings: MailboxSettings::default(),
        secret: None,
    };
    desk.db.write_now(Actor::desk(), move |tx| desk::mail::mailboxes::create(tx, &mailbox)).unwrap();
    desk
}

fn execute(desk: &Desk, sql: &'static str) {
    desk.db.write_now(Actor::desk(), move |tx| tx.execute(sql, &[])).unwrap();
}

fn envelope() -> Envelope {
    Envelope {
        mail_from: "ana@client.test".into(),
        rcpt_to: vec!["help@desk.test".into()],
        remote_ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        helo: "mx.client.test".into(),
        tls: false,
        received_at_ms: 0,
        trace_bytes: 0,
    }
}

#[test]
fn a_mail_that_is_read_again_after_a_failure_keeps_what_was_found_out_about_its_sender() {
    let folder = tempfile::tempdir().unwrap();
    let desk = a_desk(folder.path());
    let resolver = Resolver::with_records([("client.test", "v=spf1 ip4:192.0.2.7 -all")]).unwrap();
    let intake = DeskIntake::new(desk.clone(), Some(Arc::new(resolver)), "mx.desk.test");
    execute(
        &desk,
        "create trigger fails before insert on tickets begin select raise(abort, 'the disk is full'); end",
    );
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let accepted = runtime
        .block_on(intake.accept(envelope(), RAW.to_vec()))
        .expect("it is kept, and so it is acknowledged");
    let mail = MailId(accepted.id.parse().unwrap());
    assert_eq!(desk.db.read_now(Actor::desk(), desk::mail::unaccounted).unwrap(), 1);
    execute(&desk, "drop trigger fails");
    runtime.block_on(intake.take_again(mail)).unwrap();
    let entry = desk.db.read_now(Actor::desk(), move |tx| views::ledger_entry(tx, mail)).unwrap().unwrap();
    assert!(entry.ticket.is_some());
    let auth: serde_json::Value = serde_json::from_str(&entry.auth.unwrap()).unwrap();
    assert_eq!(
        (&auth["aligned"], &auth["details"]["spf"]["result"]),
        (&true.into(), &"pass".into()),
        "{auth}"
    );
    assert_eq!(desk.db.read_now(Actor::desk(), desk::mail::unaccounted).unwrap(), 0);
}

#[test]
fn without_a_resolver_the_ledger_says_that_nobody_asked() {
    let folder = tempfile::tempdir().unwrap();
    let desk = a_desk(folder.path());
    let intake = DeskIntake::new(desk.clone(), None, "mx.desk.test");
    let accepted = tokio::runtime::Runtime::new().unwrap().block_on(intake.accept(envelope(), RAW.to_vec()));
    let mail = MailId(accepted.expect("it is kept").id.parse().unwrap());
    let entry = desk.db.read_now(Actor::desk(), move |tx| views::ledger_entry(tx, mail)).unwrap().unwrap();
    let auth: serde_json::Value = serde_json::from_str(&entry.auth.unwrap()).unwrap();
    for check in ["spf", "dmarc"] {
        assert_eq!(auth["details"][check]["result"], "unchecked", "{auth}");
    }
    assert_eq!(auth["details"]["arc"], "unchecked", "{auth}");
}
