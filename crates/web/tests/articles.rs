//! Articles through the door: written, looked at, shared, found, and never overwritten unseen.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills;
use testkit::World;

#[tokio::test]
async fn an_agent_writes_looks_at_shares_and_finds_an_article() {
    let world = World::on_sqlite();
    let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
    let skill = world.read(skills::list_skills)[0].clone();
    let id = skill.id.to_string();
    let mut author = Browser::signed_in(&world, ana);
    assert!(author.get("/articles").await.body.contains("No article yet"));
    let fresh = author.get(&format!("/articles/new?skill={id}")).await.body;
    assert!(fresh.contains(&format!("value=\"{id}\" checked")), "{fresh}");

    let form =
        [("title", "Money back"), ("body", "Within **five** days."), ("language", "en"), ("skill", &*id)];
    let look = author.post("/articles/preview", &form).await.body;
    assert!(look.contains("<strong>five</strong>") && look.contains("Within **five** days."), "{look}");
    assert!(author.get("/articles").await.body.contains("No article yet"), "a look saves nothing");

    let place = author.post("/articles", &form).await.location.expect("it leads to the article");
    let mut other = Browser::signed_in(&world, ben);
    assert_eq!(other.get(&place).await.status, StatusCode::NOT_FOUND);
    author.post(&format!("{place}/state"), &[("state", "internal")]).await;
    assert!(other.get(&place).await.body.contains("<strong>five</strong>"));
    assert_eq!(other.get(&format!("{place}/edit")).await.status, StatusCode::FORBIDDEN);
    let refused = other.post(&format!("{place}/state"), &[("state", "archived")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for address in ["/articles?q=money", &*format!("/articles?skill={id}"), "/articles?state=internal"] {
        assert!(other.get(address).await.body.contains("Money back"), "{address}");
    }
    assert!(!other.get("/articles?state=published").await.body.contains("Money back"));
    let on_the_skill = other.get(&format!("/skills/{id}")).await.body;
    assert!(
        on_the_skill.contains("Money back") && on_the_skill.contains(&format!("/articles/new?skill={id}"))
    );

    // As taking back does it.
    author.post(&format!("{place}/state/draft"), &[]).await;
    assert!(!other.get(&format!("/skills/{id}")).await.body.contains("Money back"));
}

#[tokio::test]
async fn whoever_is_too_late_sees_what_was_written_meanwhile_and_keeps_their_own() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let mut author = Browser::signed_in(&world, ana);
    let place =
        author.post("/articles", &[("title", "Money"), ("body", "One")]).await.location.expect("made");
    let mut lead = Browser::signed_in(&world, lea);
    lead.post(&place, &[("title", "Money"), ("body", "Theirs"), ("version", "1")]).await;
    let late = author.post(&place, &[("title", "Money"), ("body", "Mine"), ("version", "1")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for part in ["<p>Theirs</p>", "Mine", "name=\"version\" value=\"2\""] {
        assert!(late.body.contains(part), "{part}: {}", late.body);
    }
    author.post(&place, &[("title", "Money"), ("body", "Mine"), ("version", "2")]).await;
    assert!(author.get(&place).await.body.contains("<p>Mine</p>"));
    let empty = author.post(&place, &[("title", " "), ("body", "Mine"), ("version", "3")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("A title is needed"));
}

#[tokio::test]
async fn a_task_of_a_plan_names_an_article_that_was_picked() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let mut lead = Browser::signed_in(&world, lea);
    let place = lead
        .post("/articles", &[("title", "Staying calm"), ("body", "Breathe.")])
        .await
        .location
        .expect("made");
    lead.post(&format!("{place}/state"), &[("state", "internal")]).await;
    let id = place.rsplit('/').next().expect("an id").to_owned();
    let plan = lead.post(&format!("/coaching/people/{ana}/plans"), &[("title", "Calm")]).await;
    let plan = plan.location.expect("a plan");
    let page = lead.get(&plan).await.body;
    assert!(page.contains(&format!("<option value=\"{id}\">Staying calm</option>")), "{page}");
    lead.post(&format!("{plan}/tasks"), &[("kind", "read"), ("text", "Read this"), ("article", &*id)]).await;
    let seen = Browser::signed_in(&world, ana).get(&plan).await.body;
    assert!(seen.contains(&format!("href=\"{place}\"")) && seen.contains("Staying calm"), "{seen}");
}
