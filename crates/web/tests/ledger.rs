//! The ledger and the suspended queue through the door.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::mail::{self, Address, Door, Ended, Incoming, MailState, Receipt};
use testkit::World;

fn receive(world: &World, from: &str, subject: &str) -> Ended {
    let raw = format!("From: {from}\r\nSubject: {subject}\r\n\r\nHello <world>\r\n").into_bytes();
    let receipt = Receipt {
        door: Door::Smtp,
        remote_ip: "192.0.2.1".into(),
        helo: "mx.example.org".into(),
        mail_from: from.into(),
        rcpt_to: vec!["support@desk.example".into()],
        raw,
    };
    let parsed = Incoming {
        from: Address::bare(from),
        subject: subject.into(),
        text_new: "Hello <world>".into(),
        full_text: "Hello <world>".into(),
        ..Incoming::default()
    };
    world.write(move |tx| mail::receive(tx, &receipt, &parsed))
}

/// A mail of somebody who is suspended.
fn suspended(world: &World) -> Ended {
    let eve = world.customer("Eve", "eve@example.org");
    world.write(move |tx| desk::people::suspend(tx, eve));
    let ended = receive(world, "eve@example.org", "Let me in");
    assert_eq!(ended.state, MailState::Suspended);
    ended
}

#[tokio::test]
async fn every_mail_is_a_row_that_says_where_it_has_gone() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    assert!(browser.get("/ledger").await.body.contains("No mail has come yet"));
    let ended = receive(&world, "marta@example.org", "Charged twice");
    let page = browser.get("/ledger").await.body;
    assert!(
        page.contains("Charged twice")
            && page.contains(&format!("/tickets/{}", ended.ticket.expect("a ticket")))
    );
    assert!(page.contains("<b>0</b>"), "nothing is unaccounted");
    assert!(browser.get("/ledger?state=suspended").await.body.contains("Nothing fits"));
    assert!(browser.get("/ledger?from=Marta@example.org").await.body.contains("Charged twice"));
}

#[tokio::test]
async fn the_original_is_for_admins_and_never_shown_as_a_page() {
    let world = World::on_sqlite();
    let ended = receive(&world, "marta@example.org", "Charged twice");
    let path = format!("/ledger/{}", ended.mail);
    let raw = format!("{path}/raw");
    let mut agent = Browser::signed_in(&world, world.agent("Ana"));
    assert_eq!(agent.get(&raw).await.status, StatusCode::FORBIDDEN);
    assert!(!agent.get(&path).await.body.contains("The original"));
    let mut admin = Browser::signed_in(&world, world.admin("Rosa"));
    assert!(admin.get(&path).await.body.contains("Hello &#60;world&#62;"));
    let answer = admin.get(&raw).await;
    assert!(answer.body.contains("Hello <world>") && answer.csp.contains("sandbox"));
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
}

#[tokio::test]
async fn suspended_mail_becomes_a_ticket_when_an_agent_says_so() {
    let world = World::on_sqlite();
    let ended = suspended(&world);
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let page = browser.get("/suspended").await.body;
    assert!(page.contains("Its sender is suspended.") && page.contains("Hello &#60;world&#62;"));
    let location =
        browser.post(&format!("/suspended/{}/recover", ended.mail), &[]).await.location.expect("a ticket");
    assert!(location.starts_with("/tickets/"));
    assert!(browser.get("/suspended").await.body.contains("Nothing is suspended"));
}

#[tokio::test]
async fn what_was_thrown_away_can_still_become_a_ticket() {
    let world = World::on_sqlite();
    let ended = suspended(&world);
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    browser.post(&format!("/suspended/{}/discard", ended.mail), &[]).await;
    assert!(browser.get("/suspended").await.body.contains("Nothing is suspended"));
    assert!(browser.get("/ledger?state=discarded").await.body.contains("Thrown away"));
    let back = browser.post(&format!("/suspended/{}/recover", ended.mail), &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn throwing_away_is_undone_and_nothing_is_lost() {
    let world = World::on_sqlite();
    let ended = suspended(&world);
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    browser.post(&format!("/suspended/{}/discard", ended.mail), &[]).await;
    let put_back = format!("/suspended/{}/put-back", ended.mail);
    assert!(browser.get(&format!("/ledger/{}", ended.mail)).await.body.contains(&put_back));
    assert_eq!(browser.post(&put_back, &[]).await.location.as_deref(), Some("/suspended"));
    let page = browser.get("/suspended").await.body;
    assert!(page.contains("Its sender is suspended.") && page.contains("Hello &#60;world&#62;"));
    assert_eq!(browser.post(&put_back, &[]).await.status, StatusCode::CONFLICT, "it waits already");
}

#[tokio::test]
async fn a_light_agent_decides_nothing() {
    let world = World::on_sqlite();
    let ended = suspended(&world);
    let mut browser = Browser::signed_in(&world, world.light_agent("Ola"));
    let refused = browser.post(&format!("/suspended/{}/discard", ended.mail), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
