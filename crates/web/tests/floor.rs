//! The floor through the door: leads plan, everybody sees the wall.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::floor::runs::{self, RunKind};
use desk::work::Work;
use testkit::World;

#[tokio::test]
async fn leads_ask_for_simulations_and_agents_see_the_wall() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    let mut lead = Browser::signed_in(&world, lea);
    for path in ["/floor/forecast", "/floor/what-if", "/floor/past", "/skills/invest", "/floor/wall"] {
        assert_eq!(lead.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in [
        "/floor/forecast/_run",
        "/floor/what-if/_run",
        "/floor/past/_run",
        "/floor/wall/_now",
        "/skills/invest/_worth",
    ] {
        let answer = lead.get(path).await;
        assert!(answer.status == StatusCode::OK && !answer.body.contains("<html"), "{path}");
    }
    let mei_id = mei.to_string();
    let form = [("what_0", "away"), ("user_0", mei_id.as_str()), ("policy", "expected_outcome")];
    assert!(lead.post("/floor/what-if", &form).await.status.is_redirection());
    let run =
        world.read_as(world.as_(lea), |tx| runs::list(tx, RunKind::WhatIf, 1)).expect("a lead may")[0].id;
    assert!(world.outside_jobs().contains(&Work::RunFloor { run }), "it is a job, not part of the request");
    let page = lead.get(&format!("/floor/what-if?run={run}")).await.body;
    assert!(page.contains("waits for its turn"), "{page}");
    let db = world.desk.db.clone();
    let done = tokio::task::spawn_blocking(move || runs::run(&db, run)).await.expect("it ends");
    done.expect("the database answers");
    let page = lead.get(&format!("/floor/what-if?run={run}")).await.body;
    assert!(page.contains("too few to say anything"), "the reason is shown: {page}");
    let nothing = lead.post("/floor/what-if", &[("policy", "expected_outcome")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.post("/floor/worth", &[]).await.status.is_redirection());
    let mut agent = Browser::signed_in(&world, mei);
    for path in ["/floor/forecast", "/floor/what-if", "/floor/past"] {
        assert_eq!(agent.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(agent.get("/floor/wall").await.status, StatusCode::OK);
    world.take_outside_jobs();
}

#[tokio::test]
async fn holidays_and_promises_are_kept_or_refused_with_the_reason() {
    let world = World::on_sqlite();
    let mut lead = Browser::signed_in(&world, world.lead("Lea"));
    let form = |holidays| [("promise_minutes", "45"), ("promise_share", "90"), ("holidays", holidays)];
    assert!(lead.post("/floor/settings", &form("2026-12-25\n2027-01-01")).await.status.is_redirection());
    let page = lead.get("/floor/forecast").await.body;
    assert!(page.contains("2027-01-01") && page.contains("value=\"45\""), "{page}");
    assert_eq!(lead.post("/floor/settings", &form("soon")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
