//! The administration through the door.

mod common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::Browser;
use desk::routing::{self, PresenceStatus, Rule, SetPresence};
use desk::skills::outcomes::files;
use desk::{MailboxId, access};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use std::sync::Arc;
use testkit::World;
use tower::ServiceExt;
use web::{MailboxTest, TestLine, Web};

#[tokio::test]
async fn the_administration_is_for_admins_and_the_library_for_leads() {
    let world = World::on_sqlite();
    let places = ["company", "mailboxes", "groups", "staff", "routing", "tokens", "jobs", "about"];
    let mut lead = Browser::signed_in(&world, world.lead("Lea"));
    let mut admin = Browser::signed_in(&world, world.admin("Rosa"));
    for place in places {
        let path = format!("/admin/{place}");
        assert_eq!(lead.get(&path).await.status, StatusCode::FORBIDDEN, "{place}");
        let page = admin.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{place}");
        assert!(!page.body.contains(" style="), "{place}");
    }
    for place in ["skills", "rules", "rules/try", "skills/new"] {
        assert_eq!(lead.get(&format!("/admin/{place}")).await.status, StatusCode::OK, "{place}");
    }
    let mut agent = Browser::signed_in(&world, world.agent("Ana"));
    assert_eq!(agent.get("/admin/skills").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_company_is_saved_and_a_wrong_time_zone_is_named() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.admin("Rosa"));
    let mut form = vec![
        ("name", "Tillers & Sons"),
        ("support_address", "Help@Tillers.example"),
        ("public_url", "https://desk.tillers.example/"),
        ("time_zone", "Nowhere/Land"),
        ("locale", "en"),
        ("satisfaction_after_hours", "12"),
        ("outcome_after_days", "7"),
        ("close_after_days", "4"),
        ("undo_send_seconds", "10"),
        ("ticket_capacity", "6"),
        ("exploration_percent", "5"),
        ("attachment_mib", "20"),
    ];
    let refused = browser.post("/admin/company", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("is not a time zone") && refused.body.contains("Tillers &#38; Sons"));
    form[3].1 = "Europe/Lisbon";
    assert_eq!(browser.post("/admin/company", &form).await.location.as_deref(), Some("/admin/company"));
    let company = world.read(desk::settings::company);
    assert_eq!(company.support_address, "help@tillers.example");
    assert_eq!(company.public_url, "https://desk.tillers.example");
    assert_eq!((company.undo_send_seconds, company.ticket_capacity), (10, 6));
    form.extend([
        ("busy_senders", "Alarms@tillers.example\nnot a sender"),
        ("mails_per_sender_per_hour_max", "70"),
    ]);
    let refused = browser.post("/admin/company", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("is neither an e-mail address nor a domain"));
    form[12].1 = "Alarms@tillers.example\n@forms.example";
    assert_eq!(browser.post("/admin/company", &form).await.location.as_deref(), Some("/admin/company"));
    let rules = world.read(desk::mail::MailRules::load);
    assert_eq!(rules.busy_senders, ["alarms@tillers.example", "forms.example"]);
    assert_eq!(rules.mails_per_sender_per_hour_max, 70);
}

#[tokio::test]
async fn a_file_of_another_desk_is_brought_piece_by_piece_and_an_empty_one_leaves_nothing() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.admin("Rosa"));
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=x")];
    let file = |content: &str| {
        let head =
            "content-disposition: form-data; name=\"file\"; filename=\"old.csv\"\r\ncontent-type: text/csv";
        format!("--x\r\n{head}\r\n\r\n{content}\r\n--x--\r\n")
    };
    let rows = "7,Ana,2026-01-05 12:00,Delivery late\n".repeat(20_000);
    let whole = file(&format!("id,assignee,solved at,category\n{rows}"));
    let brought = browser.ask(Method::POST, "/admin/imports/files", &headers, whole).await;
    let page = browser.get(&brought.location.expect("its page")).await.body;
    assert!(page.contains("20000 rows") && page.contains("shipping-and-delivery:2:1"), "{page}");
    let empty = browser.ask(Method::POST, "/admin/imports/files", &headers, file("")).await;
    assert_eq!(empty.location.as_deref(), Some("/admin/imports"));
    let kept = std::fs::read_dir(world.desk.blobs.folder()).expect("a folder").flatten();
    let unfinished = kept.filter(|it| it.file_name().to_string_lossy().starts_with('.')).count();
    assert_eq!(unfinished, 0);
}

#[tokio::test]
async fn topics_that_other_columns_bring_to_light_are_tried_with_what_the_rules_hear_before_they_are_taken_in()
 {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.admin("Rosa"));
    let blob = world
        .desk
        .blobs
        .put(b"Akte;Wer;Fertig;Worum\n7;Rosa;2026-01-05 12:00;Lieferung zu spaet\n", "text/csv");
    let new =
        files::prepare(&world.desk.blobs, &blob.expect("it is kept"), "alt.csv").expect("it is a table");
    let file = world.write(move |tx| files::keep_file(tx, &new));
    let form = [
        ("source", "old desk"),
        ("time_zone", "UTC"),
        ("rating_min", "1"),
        ("rating_max", "5"),
        ("column_ticket", "Akte"),
        ("column_person", "Wer"),
        ("column_solved_at", "Fertig"),
        ("column_topic", "Worum"),
        ("then", "take"),
    ];
    browser.post(&format!("/admin/imports/files/{file}"), &form).await;
    let it = world.read(move |tx| files::find_file(tx, file));
    assert_eq!(it.state, files::State::Trying, "nobody has seen yet what its topics need");
    assert_eq!(it.mapping.topics["lieferung zu spaet"], ["shipping-and-delivery:2:1"]);
}

#[tokio::test]
async fn a_mailbox_is_connected_with_its_own_servers_and_its_password_never_comes_back() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.admin("Rosa"));
    let mut form = vec![
        ("address", "help@desk.example"),
        ("kind", "imap"),
        ("imap_host", ""),
        ("imap_port", "993"),
        ("imap_security", "tls"),
        ("imap_user", "help"),
        ("own_smtp", "on"),
        ("smtp_host", "mail.example.org"),
        ("smtp_port", "587"),
        ("smtp_security", "start_tls"),
        ("secret", "very-secret-word"),
    ];
    let refused = browser.post("/admin/mailboxes/new", &form).await;
    assert!(refused.body.contains("Name the server that keeps this mailbox."));
    assert!(!refused.body.contains("very-secret-word"));
    form[2].1 = "imap.example.org";
    let path = browser.post("/admin/mailboxes/new", &form).await.location.expect("its page");
    let page = browser.get(&path).await.body;
    assert!(page.contains("imap.example.org") && page.contains("mail.example.org"));
    assert!(!page.contains("very-secret-word"));
    let list = browser.get("/admin/mailboxes").await.body;
    assert!(list.contains("fetched from imap.example.org") && list.contains("through mail.example.org"));
    browser.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

/// A server that says no.
struct Stubborn;

impl MailboxTest for Stubborn {
    fn test(&self, _: MailboxId) -> BoxFuture<'_, Vec<TestLine>> {
        let line = |is_good, words: &str| TestLine { is_good, words: words.into() };
        Box::pin(
            async move { vec![line(None, "a1 LOGIN help"), line(Some(false), "a1 NO <wrong> password")] },
        )
    }
}

#[tokio::test]
async fn the_test_of_a_mailbox_shows_the_servers_own_words() {
    let world = World::on_sqlite();
    let rosa = world.admin("Rosa");
    let mut browser = Browser::signed_in(&world, rosa);
    let form = [("address", "help@desk.example"), ("kind", "smtp")];
    let path = browser.post("/admin/mailboxes/new", &form).await.location.expect("its page");
    assert!(browser.get(&path).await.body.contains("runs without its mail door"));

    let app = web::router(Web::new(world.desk.clone(), false).with_mailbox_test(Arc::new(Stubborn)));
    let token = world.write(move |tx| access::start_session(tx, rosa, "127.0.0.1", "test")).token;
    let request = Request::post(format!("{path}/test"))
        .header("host", "desk.example")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("aptdesk_session={token}"));
    let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("a1 NO &#60;wrong&#62; password"));
}

#[tokio::test]
async fn groups_are_made_and_filled() {
    let world = World::on_sqlite();
    let (rosa, ana) = (world.admin("Rosa"), world.agent("Ana"));
    let mut browser = Browser::signed_in(&world, rosa);
    let path = browser.post("/admin/groups", &[("name", "Billing")]).await.location.expect("its page");
    browser.post(&path, &[("name", "Billing"), ("description", "money"), ("member", &ana.to_string())]).await;
    let groups = world.read(desk::people::list_groups_with_members);
    let billing = groups.iter().find(|it| it.group.name == "Billing").expect("the group");
    assert_eq!(billing.members.iter().map(|it| it.user).collect::<Vec<_>>(), [ana]);
    assert_eq!(
        browser.post("/admin/groups", &[("name", " ")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    browser.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_rule_is_heard_at_once_when_it_is_tried() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.lead("Lea"));
    let form = [("name", "Glockenspiel"), ("kind", "product"), ("meaning", "Bells"), ("anchor_1", "rings")];
    let path = browser.post("/admin/skills/new", &form).await.location.expect("its page");
    let skill = path.trim_end_matches("#rules");
    let rule =
        [("level", "3"), ("weight", "1"), ("hardness", "must"), ("phrases", "glockenspiel*\r\ntiny bells")];
    browser.post(&format!("{skill}/rules"), &rule).await;
    let tried =
        browser.post_part("/admin/rules/try", &[("text", "Broken\nMy tiny bells are silent")]).await.body;
    assert!(
        tried.contains("Glockenspiel") && tried.contains("tiny bells") && tried.contains("must have level 3")
    );
    assert!(tried.starts_with("<section id=\"tried\""), "a fragment, not a page");

    let page = browser.get(skill).await.body;
    let id =
        page.split("/admin/rules/").filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()).next();
    let id = id.expect("the rule is listed");
    browser.post(&format!("/admin/rules/{id}/disable"), &[]).await;
    let tried = browser.post_part("/admin/rules/try", &[("text", "My tiny bells are silent")]).await.body;
    assert!(!tried.contains("Glockenspiel"));
    let wrong =
        browser.post(&format!("{skill}/rules"), &[("level", "3"), ("weight", "1"), ("phrases", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("at least one phrase"));
}

#[tokio::test]
async fn a_token_is_shown_once_and_opens_nothing_after_it_is_revoked() {
    let world = World::on_sqlite();
    let rosa = world.admin("Rosa");
    let mut browser = Browser::signed_in(&world, rosa);
    let page =
        browser.post("/admin/tokens", &[("description", "Reports"), ("user", &rosa.to_string())]).await.body;
    let token = page
        .split("readonly value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the token")
        .to_owned();
    let copy = token.clone();
    assert!(world.read(move |tx| access::actor_of_api_token(tx, &copy, None)).is_some());
    let list = browser.get("/admin/tokens").await.body;
    assert!(!list.contains(&token) && list.contains("Reports"));
    let id = list
        .split("/admin/tokens/")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("its id")
        .to_owned();
    browser.post(&format!("/admin/tokens/{id}/revoke"), &[]).await;
    assert!(world.read(move |tx| access::actor_of_api_token(tx, &token, None)).is_none());
}

#[tokio::test]
async fn the_rule_of_routing_is_tried_out_and_saved() {
    let world = World::on_sqlite();
    let (rosa, ana, kofi) = (world.admin("Rosa"), world.agent("Ana"), world.agent("Kofi"));
    for user in [ana, kofi] {
        let here = SetPresence { user, status: PresenceStatus::Online };
        world.write_as(user, move |tx| routing::set_presence(tx, &here));
    }
    for nth in 0..4 {
        world.ticket(&format!("Question {nth}"));
    }
    world.run_jobs();
    let mut browser = Browser::signed_in(&world, rosa);
    let shown = browser.get("/admin/routing").await;
    assert!(shown.body.contains("Now: Expected outcome.") && !shown.body.contains("tried out"));
    let tried = browser.get("/admin/routing?rule=longest_idle&growth_percent=10&expert_reserve=0").await;
    assert!(tried.body.contains("Longest idle, tried out") && tried.body.contains("On 4 tickets"));
    assert_eq!(world.read(routing::routing_policy).rule, Rule::ExpectedOutcome, "nothing was changed");
    let mut form = vec![("rule", "longest_idle"), ("growth_percent", "200"), ("expert_reserve", "1")];
    let refused = browser.post("/admin/routing", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("share lies between 0 and 1"));
    form[1].1 = "20";
    assert_eq!(browser.post("/admin/routing", &form).await.location.as_deref(), Some("/admin/routing"));
    let policy = world.read(routing::routing_policy);
    assert_eq!((policy.rule, policy.growth_share, policy.expert_reserve), (Rule::LongestIdle, 0.2, 1));
    let mut agent = Browser::signed_in(&world, ana);
    assert_eq!(agent.get("/admin/routing").await.status, StatusCode::FORBIDDEN);
}
