//! Skills through the door: the matrix, one cell, ratings, and who sees what.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills::{self, AddEvidence, Observed};
use desk::{SkillId, UserId};
use testkit::World;

fn refunds(world: &World) -> SkillId {
    world.read(skills::list_skills).first().expect("a library").id
}

/// Enough solved work for a level that everybody may see.
fn works(world: &World, user: UserId, skill: SkillId, count: i64) {
    for n in 0..count {
        let evidence = AddEvidence {
            key: format!("test:{user}:{n}"),
            user,
            observed: Observed::Outcome { for_good: true },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

#[tokio::test]
async fn a_desk_that_knows_nothing_teaches_the_first_step() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let page = browser.get("/skills").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Rate yourself") && !page.body.contains("style="), "no style in the markup");
}

#[tokio::test]
async fn what_i_say_of_myself_appears_on_my_page_and_in_my_row() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, ana);
    let form = [("skill", &*skill.to_string()), ("level", "3.5")];
    let said = browser.post(&format!("/people/{ana}/rate"), &form).await;
    assert_eq!(said.location.as_deref(), Some(&*format!("/people/{ana}#skill-{skill}")));
    let page = browser.get(&format!("/people/{ana}")).await.body;
    assert!(page.contains("self f-35") && page.contains("ated their own level 3.5"));
    assert!(browser.get("/skills").await.body.contains(&format!("/skills/{skill}/people/{ana}")));
    let wrong =
        browser.post(&format!("/people/{ana}/rate"), &[("skill", &skill.to_string()), ("level", "9")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("A level lies between 0 and 5."));
}

#[tokio::test]
async fn evidence_is_for_the_person_and_for_leads() {
    let world = World::on_sqlite();
    let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let cell = format!("/skills/{skill}/people/{ana}");
    assert_eq!(Browser::signed_in(&world, kofi).get(&cell).await.status, StatusCode::FORBIDDEN);
    assert!(Browser::signed_in(&world, ana).get(&cell).await.body.contains("olved for good"));
    assert!(Browser::signed_in(&world, lea).get(&cell).await.body.contains("strike out"));
    let matrix = Browser::signed_in(&world, kofi).get("/skills").await.body;
    assert!(!matrix.contains(&cell), "a colleague's cell leads to their page");
}

#[tokio::test]
async fn a_lead_rates_and_strikes_out_with_a_reason() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, lea);
    let cell = format!("/skills/{skill}/people/{ana}");
    browser.post(&format!("{cell}/ratings"), &[("level", "4"), ("note", "calm & exact")]).await;
    let page = browser.get(&cell).await.body;
    assert!(page.contains("calm &#38; exact"));
    let evidence =
        page.split("/evidence/").nth(1).and_then(|rest| rest.split('/').next()).expect("evidence").to_owned();
    let strike = format!("/evidence/{evidence}/strike");
    assert_eq!(browser.post(&strike, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.post(&strike, &[("reason", "wrong person"), ("back", "https://evil.example")]).await;
    assert_eq!(done.location.as_deref(), Some("/skills"), "a foreign address leads nowhere");
    assert!(browser.get(&cell).await.body.contains("wrong person"));
}

#[tokio::test]
async fn a_skill_page_and_the_week_are_there_for_everybody() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let mut browser = Browser::signed_in(&world, ana);
    assert!(browser.get(&format!("/skills/{skill}")).await.body.contains("Ana"));
    assert!(browser.get("/skills/moved").await.body.contains("Ana"));
    assert!(browser.get("/skills/_moved").await.body.contains("id=\"moved\""));
    assert_eq!(browser.get("/skills/999999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn interests_are_kept() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, ana);
    browser.post(&format!("/people/{ana}/interests"), &[("skill", &skill.to_string())]).await;
    assert_eq!(world.read(move |tx| skills::interests_of(tx, ana)).len(), 1);
    browser.post(&format!("/people/{ana}/interests"), &[]).await;
    assert!(world.read(move |tx| skills::interests_of(tx, ana)).is_empty());
}
