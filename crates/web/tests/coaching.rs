//! Coaching through the door: a plan from a person's page, its tasks and notes, and what each side sees.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills::{self, AddEvidence, Observed};
use desk::{SkillId, UserId};
use testkit::World;

fn skill(world: &World) -> SkillId {
    world.read(|tx| skills::find_skill_by_key(tx, "de-escalation")).expect("the library has it").id
}

fn observe(world: &World, user: UserId, skill: SkillId, key: String, observed: Observed) {
    let ticket = world.ticket("Charged twice");
    let command = AddEvidence {
        key,
        user,
        observed,
        ticket: Some(ticket),
        by: None,
        skills: vec![(skill, 1.0)],
        difficulty: 0.0,
        at: world.now(),
        note: String::new(),
    };
    world.write(move |tx| skills::add_evidence(tx, &command).map(|_| ()));
}

#[tokio::test]
async fn a_lead_makes_a_plan_and_both_work_with_it() {
    let world = World::on_sqlite();
    let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
    let calm = skill(&world);
    for n in 0..12 {
        observe(&world, ben, calm, format!("good:{n}"), Observed::Outcome { for_good: true });
    }
    observe(&world, ana, calm, "bad".into(), Observed::Satisfaction { score: 1 });
    world.write(desk::coaching::find_moments);

    let mut browser = Browser::signed_in(&world, lea);
    let page = browser.get("/coaching").await.body;
    assert!(page.contains("Rated 1 of 5 by the customer") && page.contains("make a plan"), "{page}");
    let person = format!("/coaching/people/{ana}");
    let moment = page.split("/coaching/moments/").nth(1).unwrap().split('/').next().unwrap();
    let talked = browser
        .post(&format!("/coaching/moments/{moment}/talk"), &[("talked", "on"), ("back", "overview")])
        .await;
    assert_eq!(talked.location.as_deref(), Some("/coaching"));
    assert!(browser.get(&person).await.body.contains("talked about"));

    let skill = calm.to_string();
    let wrong = [("title", ""), ("skill-0", &*skill), ("level-0", "3.5")];
    let refused = browser.post(&format!("{person}/plans"), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("A title is needed"));
    let form = [
        ("title", "Calm"),
        ("about", "Two talks."),
        ("skill-0", &*skill),
        ("level-0", "3.5"),
        ("skill-1", ""),
    ];
    let plan = browser.post(&format!("{person}/plans"), &form).await.location.expect("to the plan");
    let page = browser.get(&plan).await.body;
    assert!(page.contains("to 3.5") && page.contains("Too little was seen before"), "{page}");

    let ben_id = ben.to_string();
    let task = [
        ("kind", "shadow"),
        ("text", "Sit beside Ben"),
        ("with", &*ben_id),
        ("link", "/tickets/1"),
        ("due", "2026-02-01"),
    ];
    assert_eq!(browser.post(&format!("{plan}/tasks"), &task).await.location.as_ref(), Some(&plan));
    let bad = [("kind", "read"), ("text", "x"), ("link", "javascript:alert(1)")];
    assert!(browser.post(&format!("{plan}/tasks"), &bad).await.body.contains("A link begins with"));
    browser.post(&format!("{plan}/sessions"), &[("at", "2026-01-07T10:00")]).await;
    browser.post(&format!("{plan}/notes"), &[("text", "Seems tired."), ("for", "me")]).await;
    browser.post(&format!("{plan}/notes"), &[("text", "Breathe first."), ("for", "both")]).await;
    let page = browser.get(&plan).await.body;
    for words in ["Sit beside Ben", "by 1 Feb 2026", "7 Jan 2026, 10:00", "Seems tired.", "for you alone"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let goal = page.split("/coaching/goals/").nth(1).unwrap().split('/').next().unwrap();
    browser.post(&format!("/coaching/goals/{goal}/learning"), &[("helper", &*ben_id)]).await;
    assert!(browser.get(&plan).await.body.contains("<bdi>Ben</bdi> helps"));

    let mut theirs = Browser::signed_in(&world, ana);
    assert_eq!(theirs.get("/coaching").await.location.as_deref(), Some("/growth"));
    assert!(theirs.get("/growth").await.body.contains(&plan));
    let page = theirs.get(&plan).await.body;
    assert!(page.contains("Breathe first.") && !page.contains("Seems tired."));
    let task = page.split("/coaching/tasks/").nth(1).unwrap().split('/').next().unwrap();
    theirs.post(&format!("/coaching/tasks/{task}/done"), &[("done", "on")]).await;
    assert!(theirs.get(&plan).await.body.contains("Not done"));
    let close = theirs.post(&format!("{plan}/close"), &[("outcome", "x")]).await;
    assert_eq!(close.status, StatusCode::FORBIDDEN);

    let mut other = Browser::signed_in(&world, ben);
    assert_eq!(other.get(&plan).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&person).await.status, StatusCode::FORBIDDEN);
    browser.post(&format!("{plan}/close"), &[("outcome", "Calm, most days.")]).await;
    assert!(theirs.get(&plan).await.body.contains("Calm, most days."));
}
