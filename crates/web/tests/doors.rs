//! Coming in: the first set-up, passwords, links, invitations; and who is kept out.

mod common;

use axum::http::{Method, StatusCode};
use common::Browser;
use desk::access::{self, Invite, LinkPurpose, passwords};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::{Role, people};
use testkit::World;

const HOUR_MS: i64 = 3_600_000;
const PASSWORD: &str = "a rather long sentence";

fn set_password(world: &World, user: desk::UserId) {
    let hash = passwords::hash(PASSWORD).expect("a good password");
    world.write(move |tx| access::set_password(tx, user, &hash));
}

#[tokio::test]
async fn the_first_run_makes_an_admin_who_is_in_at_once() {
    let world = World::on_sqlite();
    let mut browser = Browser::at(&world);
    assert_eq!(browser.get("/").await.location.as_deref(), Some("/sign-in"));
    assert!(browser.get("/sign-in").await.body.contains("not set up yet"));

    let token = world.write(|tx| access::create_link(tx, None, LinkPurpose::SetUp, HOUR_MS));
    let path = format!("/set-up/{token}");
    assert!(browser.get(&path).await.body.contains("Europe/Berlin"));
    let mut form = vec![
        ("company", "Nordlicht"),
        ("address", "support@nordlicht.example"),
        ("time_zone", "Europe/Berlin"),
        ("locale", "de"),
        ("public_url", "http://desk.example"),
        ("admin_name", "Ana Novak"),
        ("admin_email", "ana@nordlicht.example"),
        ("password", "short"),
    ];
    let refused = browser.post(&path, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("at least 10 characters") && refused.body.contains("Nordlicht"));

    form[7].1 = PASSWORD;
    assert_eq!(browser.post(&path, &form).await.location.as_deref(), Some("/"));
    assert!(browser.get("/").await.body.contains("Hello"));
    let again = Browser::at(&world).post(&path, &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "a set-up link works once");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    set_password(&world, ana);
    let mut browser = Browser::at(&world);
    let wrong =
        browser.post("/sign-in", &[("email", "ana@desk.example"), ("password", "something else")]).await;
    let unknown =
        browser.post("/sign-in", &[("email", "eve@desk.example"), ("password", "something else")]).await;
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
    assert_eq!(wrong.body.replace("ana@", ""), unknown.body.replace("eve@", ""));

    let next = ("next", "/views/open");
    let right =
        browser.post("/sign-in", &[("email", "ANA@desk.example"), ("password", PASSWORD), next]).await;
    assert_eq!(right.location.as_deref(), Some("/views/open"));
    assert_eq!(browser.get("/views/open").await.status, StatusCode::OK);
    browser.post("/sign-out", &[]).await;
    assert_eq!(browser.get("/views/open").await.location.as_deref(), Some("/sign-in?next=/views/open"));
}

#[tokio::test]
async fn whoever_tries_too_often_has_to_wait() {
    let world = World::on_sqlite();
    world.agent("Ana");
    let mut browser = Browser::at(&world);
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        last = browser
            .post("/sign-in", &[("email", "ana@desk.example"), ("password", "guess guess")])
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn looking_at_a_sign_in_link_does_not_use_it_up() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let token = world.write(move |tx| access::create_link(tx, Some(ana), LinkPurpose::SignIn, HOUR_MS));
    let path = format!("/sign-in/link/{token}");
    let mut scanner = Browser::at(&world);
    for _ in 0..3 {
        assert!(scanner.get(&path).await.body.contains("Ana"));
    }
    let mut browser = Browser::at(&world);
    assert_eq!(browser.post(&path, &[]).await.location.as_deref(), Some("/"));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(scanner.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_signs_in_gets_work_without_looking_for_a_switch() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let leo = world.light_agent("Leo");
    set_password(&world, ana);
    set_password(&world, leo);
    let presence = |user| world.read(move |tx| routing::presence_of(tx, user));
    assert_eq!(presence(ana), PresenceStatus::Offline);
    Browser::at(&world).post("/sign-in", &[("email", "ana@desk.example"), ("password", PASSWORD)]).await;
    assert_eq!(presence(ana), PresenceStatus::Online);

    let away = SetPresence { user: ana, status: PresenceStatus::Away };
    world.write(move |tx| routing::set_presence(tx, &away));
    let token = world.write(move |tx| access::create_link(tx, Some(ana), LinkPurpose::SignIn, HOUR_MS));
    Browser::at(&world).post(&format!("/sign-in/link/{token}"), &[]).await;
    assert_eq!(presence(ana), PresenceStatus::Away, "who said that they are away stays away");

    let in_by_now =
        Browser::at(&world).post("/sign-in", &[("email", "leo@desk.example"), ("password", PASSWORD)]).await;
    assert_eq!(in_by_now.location.as_deref(), Some("/"));
    assert_eq!(presence(leo), PresenceStatus::Offline, "who holds no work is offered none");
}

#[tokio::test]
async fn an_invited_colleague_chooses_a_password_and_is_in() {
    let world = World::on_sqlite();
    let boss = world.admin("Boss");
    let invite = Invite {
        name: "Mei Tan".into(),
        email: "mei@desk.example".into(),
        role: Role::Agent,
        groups: vec![],
    };
    let invited =
        world.write_as(boss, move |tx| access::invite(tx, &invite).map_err(|error| Told(error.to_string())));
    let path = format!("/invite/{}", invited.token);
    let mut browser = Browser::at(&world);
    assert!(browser.get(&path).await.body.contains("Mei Tan"));
    assert_eq!(browser.post(&path, &[("password", "short")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post(&path, &[("password", PASSWORD)]).await.location.as_deref(), Some("/"));
    assert_eq!(browser.get("/views/mine").await.status, StatusCode::OK);
    assert!(world.read(move |tx| people::find_user(tx, invited.user)).expect("Mei").has_password);
}

#[derive(Debug)]
struct Told(#[allow(dead_code)] String);

impl From<db::Error> for Told {
    fn from(error: db::Error) -> Self {
        Told(error.to_string())
    }
}

#[tokio::test]
async fn a_customer_with_a_session_sees_nothing_of_the_workspace() {
    let world = World::on_sqlite();
    let marta = world.customer("Marta", "marta@example.org");
    world.agent("Ana");
    let ticket = world.ticket_of(marta, "No sound");
    let mut browser = Browser::signed_in(&world, marta);
    for path in
        ["/".to_owned(), "/views/open".to_owned(), format!("/tickets/{ticket}"), "/search?q=sound".to_owned()]
    {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(!answer.body.contains("No sound"), "{path}");
    }
}

#[tokio::test]
async fn a_change_from_another_site_is_refused() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let ticket = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let headers = [("sec-fetch-site", "cross-site")];
    let path = format!("/tickets/{ticket}/status");
    let refused = browser.ask(Method::POST, &path, &headers, "value=solved".into()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let status = world.read(move |tx| desk::tickets::find_ticket(tx, ticket)).expect("a ticket").status;
    assert_eq!(status, desk::tickets::Status::New);
}

#[tokio::test]
async fn every_page_carries_the_content_policy_and_what_is_not_there_says_so() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let mut browser = Browser::signed_in(&world, ana);
    for path in [
        "/",
        "/views/mine",
        "/views/unassigned",
        "/search",
        "/tickets/new",
        "/palette?q=a",
        "/tickets/999",
        "/nowhere",
    ] {
        let answer = browser.get(path).await;
        assert!(answer.csp.contains("script-src 'self'") && !answer.csp.contains("unsafe"), "{path}");
    }
    assert_eq!(browser.get("/tickets/999").await.status, StatusCode::NOT_FOUND);
    assert!(browser.get("/tickets/999").await.body.contains("Back to the desk"));
    let part = browser.post_part("/tickets/999/status", &[("value", "solved")]).await;
    assert_eq!(part.status, StatusCode::NOT_FOUND);
    let stranger = Browser::at(&world).post_part("/tickets/1/status", &[("value", "solved")]).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "a part of a page is told to load anew");
}
