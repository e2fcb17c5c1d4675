//! Roles through the door: reading, writing, holding, and what an agent does not see.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills;
use testkit::World;

#[tokio::test]
async fn a_lead_describes_a_role_and_says_who_has_it() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = world.read(skills::list_skills)[0].id.to_string();
    let mut browser = Browser::signed_in(&world, lea);
    assert!(browser.get("/skills/roles").await.body.contains("Support Specialist, tier 1"));
    assert_eq!(browser.get("/skills/roles/new").await.status, StatusCode::OK);
    let form = [
        ("name", "Night watch"),
        ("skill_0", &*skill),
        ("level_0", "3"),
        ("weight_0", "0,7"),
        ("count_0", "2"),
    ];
    let made = browser.post("/skills/roles", &form).await;
    let place = made.location.expect("it leads to the role");
    let page = browser.get(&place).await.body;
    assert!(page.contains("at least 2 present · weight 0.7"), "{page}");
    let held = browser.post(&format!("{place}/holders"), &[("user", &ana.to_string())]).await;
    assert_eq!(held.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&place).await.body.contains(&format!("/people/{ana}")));
    let wrong =
        [("name", "Night watch"), ("skill_0", &*skill), ("level_0", "9"), ("weight_0", "1"), ("count_0", "")];
    let wrong = browser.post(&place, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("A role asks for a level above 0 and up to 5.")
            && wrong.body.contains("value=\"9\"")
    );
    browser.post(&format!("{place}/retire"), &[]).await;
    assert!(browser.get("/skills/roles").await.body.contains("1 retired role"));
}

#[tokio::test]
async fn an_agent_reads_roles_and_changes_none() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let mut browser = Browser::signed_in(&world, ana);
    let page = browser.get("/skills/roles").await.body;
    assert!(!page.contains("New role") && !page.contains("Expected ready</th>"));
    assert_eq!(browser.get("/skills/roles/1").await.status, StatusCode::OK);
    assert_eq!(browser.get("/skills/roles/1/edit").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/skills/roles", &[("name", "Mine")]).await.status, StatusCode::FORBIDDEN);
}
