//! Suspended mail and the ledger through the door.

mod common;

use common::{Program, sample};
use desk::mail::mailboxes::{self, CreateMailbox, MailboxKind, MailboxSettings};
use desk::mail::{Address, AuthSummary, Door, Ended, Incoming, MailState, Receipt};
use serde_json::json;

/// By SMTP, to the addresses that the mail names.
fn received(program: &Program, parsed: &Incoming) -> Ended {
    let receipt = Receipt {
        door: Door::Smtp,
        remote_ip: "192.0.2.1".into(),
        helo: "mx.example.org".into(),
        mail_from: parsed.from.address.clone(),
        rcpt_to: parsed.to.iter().map(|it| it.address.clone()).collect(),
        raw: format!("Subject: {}\r\n\r\n{}", parsed.subject, parsed.full_text).into_bytes(),
    };
    let parsed = parsed.clone();
    program.world.write(move |tx| desk::mail::receive(tx, &receipt, &parsed))
}

/// A mail without a sender, which nobody but a person can decide on.
fn suspend(program: &Program, subject: &str) -> i64 {
    let parsed = Incoming {
        to: vec![Address { name: None, address: "help@example.com".into() }],
        subject: subject.into(),
        text_new: "Nobody has signed this.".into(),
        full_text: format!("Nobody has signed this: {subject}"),
        message_id: Some(format!("{}@robot.example.org", subject.replace(' ', "-"))),
        ..Incoming::default()
    };
    let ended = received(program, &parsed);
    assert_eq!(ended.state, MailState::Suspended);
    ended.mail.0
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_mail_becomes_a_ticket_or_goes_away() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (first, second) = (suspend(&program, "First letter"), suspend(&program, "Second letter"));
        let list = program.get("/suspended_tickets.json?per_page=1").await.body;
        assert_eq!(
            (&list["count"], &list["suspended_tickets"][0]["id"]),
            (&json!(2), &json!(second)),
            "on {on}"
        );
        assert_eq!(list["suspended_tickets"][0]["content"], "Nobody has signed this.");
        let by_cursor = program.get("/suspended_tickets?page[size]=1").await.body;
        let next = by_cursor["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
        assert_eq!(program.get(&next).await.body["suspended_tickets"][0]["id"], first);
        let shown =
            program.get(&format!("/suspended_tickets/{first}")).await.body["suspended_ticket"].clone();
        assert!(!shown["cause"].as_str().unwrap().is_empty());
        if let Some(theirs) = sample("suspended_ticket") {
            let missing: Vec<_> =
                theirs.as_object().unwrap().keys().filter(|key| shown.get(key.as_str()).is_none()).collect();
            assert!(missing.is_empty(), "a suspended ticket lacks {missing:?}");
        }
        let saved = program.put(&format!("/suspended_tickets/{first}/recover.json"), json!({})).await;
        assert_eq!(saved.body["ticket"][0]["subject"], "First letter", "{} on {on}", saved.body);
        assert_eq!(program.delete(&format!("/suspended_tickets/{second}")).await.status, 204);
        assert_eq!(
            program.delete(&format!("/suspended_tickets/{second}")).await.status,
            409,
            "it is gone already"
        );
        assert_eq!(program.get("/suspended_tickets").await.body["count"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_says_where_every_mail_has_gone() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (first, second) = (suspend(&program, "One"), suspend(&program, "Two"));
        program.delete(&format!("/suspended_tickets/{first}")).await;
        let ledger = program.get("/mail/ledger.json").await.body;
        assert_eq!(ledger["mails"].as_array().unwrap().len(), 2, "{ledger} on {on}");
        let suspended = program.get("/mail/ledger?state=suspended").await.body;
        assert_eq!((&suspended["mails"][0]["id"], suspended["mails"][1].is_null()), (&json!(second), true));
        assert_eq!(program.get("/mail/ledger?state=lost").await.status, 422);
        assert_eq!(
            program.get("/mail/unaccounted").await.body["mail"],
            json!({ "unaccounted": 0, "suspended": 1 })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_says_who_wrote_it_and_to_which_address() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let mailbox = CreateMailbox {
            address: "help@example.com".into(),
            name: "Acme help".into(),
            kind: MailboxKind::Smtp,
            group: None,
            brand: None,
            settings: MailboxSettings::default(),
            secret: None,
        };
        program.world.write(move |tx| mailboxes::create(tx, &mailbox));
        let parsed = Incoming {
            from: Address { name: Some("Marta Reyes".into()), address: "marta@example.org".into() },
            to: vec![Address::bare("help+7-secret@example.com")],
            subject: "No sound".into(),
            text_new: "It is silent.".into(),
            full_text: "It is silent.".into(),
            message_id: Some("silent@example.org".into()),
            auth: AuthSummary { aligned: true, json: r#"{"spf":"pass"}"#.into() },
            ..Incoming::default()
        };
        let ticket = received(&program, &parsed).ticket.expect("it became a ticket");
        let source = json!({
            "from": { "address": "marta@example.org", "name": "Marta Reyes" },
            "to": { "address": "help@example.com", "name": "Acme help" },
            "rel": null,
        });
        let shown = program.get(&format!("/tickets/{ticket}")).await.body["ticket"].clone();
        assert_eq!(shown["via"], json!({ "channel": "email", "source": source }), "on {on}");
        assert_eq!(shown["recipient"], "help@example.com");
        let comments = program.get(&format!("/tickets/{ticket}/comments")).await.body;
        assert_eq!(comments["comments"][0]["via"]["source"], source, "on {on}");
        let audits = program.get(&format!("/tickets/{ticket}/audits")).await.body;
        assert_eq!(audits["audits"][0]["via"]["source"], source, "on {on}");
    }
}
