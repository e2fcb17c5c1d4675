//! Hiring through the door: from a role to an opening, a candidate, a scorecard, and what colleagues see of it.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills;
use testkit::World;

#[tokio::test]
async fn a_lead_opens_a_position_and_a_colleague_says_that_they_want_it() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = world.read(skills::list_skills)[0].id.to_string();
    let role = world.read(skills::roles::list_roles)[0].clone();
    let mut lead = Browser::signed_in(&world, lea);
    assert!(lead.get("/hiring").await.body.contains("No opening yet"));
    let draft = lead.get(&format!("/hiring/new?role={}", role.id)).await.body;
    assert!(draft.contains(&role.name) && draft.contains("selected"), "the profile comes with the role");
    let form = [
        ("title", "Night watch"),
        ("place", "Lisbon"),
        ("seats", "2"),
        ("summary", "You watch."),
        ("reason", "Nobody is here at night."),
        ("skill_0", &*skill),
        ("level_0", "3,5"),
        ("weight_0", "1"),
        ("question_0", "When did you last stay up?"),
    ];
    let made = lead.post("/hiring", &form).await;
    let place = made.location.expect("it leads to the opening");
    assert!(lead.get(&place).await.body.contains("Show it to colleagues"));
    let mut agent = Browser::signed_in(&world, ana);
    assert_eq!(agent.get(&place).await.status, StatusCode::NOT_FOUND);
    lead.post(&format!("{place}/state"), &[("state", "inside")]).await;
    let seen = agent.get(&place).await.body;
    assert!(seen.contains("You watch.") && !seen.contains("Nobody is here at night"), "{seen}");
    agent.post(&format!("{place}/interest"), &[("note", "I like nights")]).await;
    assert!(agent.get("/hiring").await.body.contains("You want it"));
    let page = lead.get(&place).await.body;
    assert!(page.contains("colleague") && page.contains("Ana"), "{page}");
    agent.post(&format!("{place}/withdrawal"), &[]).await;
    assert!(!agent.get("/hiring").await.body.contains("You want it"));
    lead.post(&format!("{place}/state/public"), &[]).await;
    assert!(lead.get(&place).await.body.contains("public page"), "as taking back does it");
    assert_eq!(agent.get("/hiring/new?empty=1").await.status, StatusCode::OK);
    assert_eq!(agent.post("/hiring", &form).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_candidate_is_added_scored_imported_and_deleted() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = world.read(skills::list_skills)[0].id;
    let id = skill.to_string();
    let mut lead = Browser::signed_in(&world, lea);
    let form =
        [("title", "Night watch"), ("seats", "1"), ("skill_0", &*id), ("level_0", "3"), ("weight_0", "1")];
    let place = lead.post("/hiring", &form).await.location.expect("an opening");
    let untold = lead.post(&format!("{place}/state"), &[("state", "public")]).await;
    assert_eq!(untold.location.as_deref(), Some(&*format!("{place}/edit")), "first say what the work is");
    let wrong = lead.post(&format!("{place}/candidates"), &[("name", "Nour"), ("email", "nobody")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("value=\"nobody\""));
    let added =
        lead.post(&format!("{place}/candidates"), &[("name", "Nour"), ("email", "n@example.org")]).await;
    let nour = added.location.expect("a candidate");
    assert!(lead.get(&nour).await.body.contains("Too little has been seen"));
    let empty = lead.post(&format!("{nour}/scorecard"), &[("skill", &*id), ("note", "Kind")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("Kind"));
    let level = format!("level-{skill}");
    let card = [("skill", &*id), (&*level, "4.5"), ("note", "Kind")];
    lead.post(&format!("{nour}/scorecard"), &card).await;
    let page = lead.get(&nour).await.body;
    assert!(page.contains("Meets all that is asked with probability") && page.contains("Kind"), "{page}");
    lead.post(&format!("{nour}/stage"), &[("stage", "offer")]).await;
    assert!(lead.get(&place).await.body.contains("Offer"));
    let mut agent = Browser::signed_in(&world, ana);
    assert_eq!(agent.get(&nour).await.status, StatusCode::FORBIDDEN);
    lead.post(&format!("{nour}/forget"), &[]).await;
    assert_eq!(lead.get(&nour).await.status, StatusCode::NOT_FOUND);
    assert!(!lead.get(&place).await.body.contains("Nour"));
}
