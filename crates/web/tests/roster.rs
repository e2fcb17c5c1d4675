//! The roster through the door: bars are moved by a form or by the board's script, and published.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::floor::roster::Week;
use desk::skills::planning::{self, Shift};
use desk::{UserId, people};
use testkit::World;

fn usual(world: &World, lead: UserId, user: UserId) {
    let week: Vec<Shift> =
        (0..5).map(|weekday| Shift { weekday, from_minute: 540, to_minute: 1_020 }).collect();
    world.write_as(lead, move |tx| planning::set_shifts(tx, user, &week));
}

#[tokio::test]
async fn a_week_is_planned_by_form_published_and_taken_back() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    usual(&world, lea, mei);
    let week = Week::containing(world.now(), "UTC").after();
    let mut lead = Browser::signed_in(&world, lea);
    let here = format!("/floor/roster?week={week}");
    let page = lead.get(&here).await;
    assert!(page.status == StatusCode::OK && page.body.contains("As usual"), "{}", page.body);
    let edit = lead.get(&format!("{here}&day=0&edit={mei}.0-540-1020")).await.body;
    assert!(edit.contains("Take away") && edit.contains("value=\"09:00\""), "{edit}");
    let (user, shifts) = (mei.to_string(), format!("/floor/roster/{week}/shifts"));
    let form = [
        ("user", user.as_str()),
        ("was", "0-540-1020"),
        ("hand_to", user.as_str()),
        ("weekday", "0"),
        ("from", "7:30"),
        ("to", "15"),
    ];
    assert!(lead.post(&shifts, &form).await.status.is_redirection());
    let page = lead.get(&here).await.body;
    assert!(page.contains("Mei, Monday 07:30–15:00") && page.contains("Draft"), "{page}");
    assert_eq!(lead.post(&shifts, &form).await.status, StatusCode::CONFLICT, "it is no longer there");
    let wrong = [("user", user.as_str()), ("weekday", "0"), ("from", "late"), ("to", "15")];
    assert_eq!(lead.post(&shifts, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.post(&format!("/floor/roster/{week}/publication"), &[]).await.status.is_redirection());
    assert!(lead.get(&here).await.body.contains("Published"));
    assert!(lead.post(&format!("/floor/roster/{week}/undo"), &[]).await.status.is_redirection());
    assert!(lead.get(&here).await.body.contains("Draft"));
    let mut agent = Browser::signed_in(&world, mei);
    assert_eq!(agent.get(&here).await.status, StatusCode::FORBIDDEN);
    assert_eq!(agent.post(&shifts, &form).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_dragged_bar_is_kept_by_the_persons_own_clock() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    usual(&world, lea, mei);
    let zone = people::UpdateUser { time_zone: Some("Asia/Manila".into()), ..people::UpdateUser::of(mei) };
    let admin = world.admin("Ada");
    world.write_as(admin, move |tx| people::update_user(tx, &zone));
    let week = Week::containing(world.now(), "UTC").after();
    let mut lead = Browser::signed_in(&world, lea);
    let page = lead.get(&format!("/floor/roster?week={week}")).await.body;
    assert!(page.contains("Mei, Monday 09:00–17:00 in Asia/Manila; Monday 01:00–09:00 here"), "{page}");
    // Tuesday from one to nine is moved to two o'clock.
    let from = (24 * 60 + 120).to_string();
    let to = (24 * 60 + 600).to_string();
    let user = mei.to_string();
    let form = [("user", user.as_str()), ("was", "1-540-1020"), ("from_minute", &from), ("to_minute", &to)];
    let shifts = format!("/floor/roster/{week}/shifts");
    let answer = lead.post_part(&shifts, &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.body.contains("Mei, Tuesday 10:00–18:00 in Asia/Manila") && !answer.body.contains("<html")
    );
    let (from, to) = ("-600", "-120");
    let form = [("user", user.as_str()), ("was", "2-540-1020"), ("from_minute", from), ("to_minute", to)];
    assert_eq!(lead.post(&shifts, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "another week");
    let rules =
        [("rest_hours", "12"), ("week_hours", "38.5"), ("shift_hours", "9"), ("away_after_minutes", "")];
    assert!(lead.post("/floor/roster/rules", &rules).await.status.is_redirection());
    assert!(lead.get("/floor/roster").await.body.contains("value=\"38.5\""));
    let rules = [("rest_hours", "12"), ("week_hours", "0"), ("shift_hours", "9")];
    assert_eq!(lead.post("/floor/roster/rules", &rules).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
