//! People through the door: lists, cards, invitations, organizations, and what each role may do.

mod common;

use axum::http::StatusCode;
use common::Browser;
use testkit::World;

#[tokio::test]
async fn people_are_found_by_name_and_opened() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let marta = world.customer("Marta Reyes", "marta@reyes.example");
    world.ticket_of(marta, "Charged twice");
    let mut browser = Browser::signed_in(&world, ana);
    assert!(browser.get("/people?q=marta").await.body.contains(&format!("/people/{marta}")));
    assert!(!browser.get("/people?q=marta&role=agent").await.body.contains("Marta Reyes"));
    let page = browser.get(&format!("/people/{marta}")).await;
    assert!(page.body.contains("Charged twice") && page.body.contains("marta@reyes.example"));
    assert_eq!(browser.get("/people/99999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_invitation_is_a_link_that_is_shown_once_and_opens_the_door() {
    let world = World::on_sqlite();
    let rosa = world.admin("Rosa");
    let mut browser = Browser::signed_in(&world, rosa);
    let form = [("name", "Kofi Mensah"), ("email", "kofi@desk.example"), ("role", "agent")];
    let page = browser.post("/people/invite", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let link = page
        .body
        .split("/invite/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link")
        .to_owned();
    assert_eq!(Browser::at(&world).get(&format!("/invite/{link}")).await.status, StatusCode::OK);
    assert!(!browser.get("/people").await.body.contains(&link));

    let wrong =
        browser.post("/people/invite", &[("name", "Kofi"), ("email", "no address"), ("role", "agent")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("is not an e-mail address"));
}

#[tokio::test]
async fn only_admins_invite() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.lead("Lea"));
    assert_eq!(browser.get("/people/invite").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        browser.post("/people/invite", &[("name", "x"), ("email", "x@y.z")]).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_suspended_customer_comes_back_by_the_way_back() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let marta = world.customer("Marta", "marta@example.org");
    browser.post(&format!("/people/{marta}/suspend"), &[]).await;
    assert!(browser.get(&format!("/people/{marta}")).await.body.contains("waits in the suspended queue"));
    browser.post(&format!("/people/{marta}/unsuspend"), &[]).await;
    assert!(!browser.get(&format!("/people/{marta}")).await.body.contains("waits in the suspended queue"));
}

#[tokio::test]
async fn everybody_changes_their_own_card_and_nobody_elses() {
    let world = World::on_sqlite();
    let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
    let mut browser = Browser::signed_in(&world, ana);
    let own =
        browser.post(&format!("/people/{ana}/edit"), &[("name", "Ana Novak"), ("signature", "Ana")]).await;
    assert_eq!(own.location.as_deref(), Some(&*format!("/people/{ana}")));
    let other = browser.post(&format!("/people/{kofi}/edit"), &[("name", "Nobody")]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let risen = browser.post(&format!("/people/{ana}/edit"), &[("role", "admin")]).await;
    assert_eq!(risen.status, StatusCode::FORBIDDEN);
    assert!(!world.as_(ana).is_admin());
}

#[tokio::test]
async fn whoever_writes_from_a_domain_belongs_to_its_organization() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let form = [("name", "Taller Reyes"), ("domains", "reyes.example\nreyes.test")];
    let made = browser.post("/organizations/new", &form).await.location.expect("to its page");
    world.write(|tx| desk::people::requester_for(tx, "marta@reyes.example", Some("Marta")));
    assert!(browser.get(&made).await.body.contains("Marta"));
    let taken = browser.post("/organizations/new", &[("name", "Other"), ("domains", "reyes.test")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.body.contains("already belongs to another organization"));
    assert!(browser.get("/organizations?q=taller").await.body.contains("Taller Reyes"));
}
