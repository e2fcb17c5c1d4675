//! One's own week, leave and its decision, breaks, and a calendar's address, through the door.

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
async fn leave_is_asked_for_on_ones_own_page_and_granted_beside_its_cost() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    usual(&world, lea, mei);
    let week = Week::containing(world.now(), "UTC").after();
    let (mut agent, mut lead) = (Browser::signed_in(&world, mei), Browser::signed_in(&world, lea));
    let here = format!("/me/week?week={week}");
    let page = agent.get(&here).await;
    assert!(page.status == StatusCode::OK && page.body.contains("09:00–17:00"), "{}", page.body);
    let (first, last) = (week.day(1).to_string(), week.day(2).to_string());
    let wrong = [("kind", "holiday"), ("first_day", last.as_str()), ("last_day", first.as_str())];
    let answer = agent.post("/me/leave", &wrong).await;
    assert!(
        answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("last_day-error"),
        "{}",
        answer.body
    );
    let form = [
        ("kind", "holiday"),
        ("first_day", first.as_str()),
        ("last_day", last.as_str()),
        ("note", "a <wedding>"),
    ];
    assert!(agent.post("/me/leave", &form).await.status.is_redirection());
    assert_eq!(agent.get("/floor/leave").await.status, StatusCode::FORBIDDEN);
    let asked = lead.get("/floor/leave").await.body;
    assert!(asked.contains("a &#60;wedding&#62;") && asked.contains("16 h of shifts"), "{asked}");
    let decision = "/floor/leave/1/decision";
    assert_eq!(agent.post(decision, &[("grant", "1")]).await.status, StatusCode::FORBIDDEN);
    assert!(lead.post(decision, &[("grant", "1"), ("answer", "Enjoy")]).await.status.is_redirection());
    let page = agent.get(&here).await.body;
    assert!(page.contains("not worked") && page.contains("Enjoy") && page.contains("24 h"), "{page}");
    let roster = lead.get(&format!("/floor/roster?week={week}")).await.body;
    assert!(roster.contains("has leave and a shift on Tuesday") && roster.contains("clash"), "{roster}");
    assert!(lead.post(&format!("/floor/roster/{week}/leave"), &[]).await.status.is_redirection());
    let roster = lead.get(&format!("/floor/roster?week={week}")).await.body;
    assert!(!roster.contains("clash") && roster.contains("Draft"), "{roster}");
    assert!(agent.post("/me/leave/1/withdrawal", &[]).await.status.is_redirection());
    assert!(agent.get(&here).await.body.contains("Withdrawn"));
}

#[tokio::test]
async fn a_break_is_written_dragged_and_placed() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    usual(&world, lea, mei);
    let zone = people::UpdateUser { time_zone: Some("Asia/Manila".into()), ..people::UpdateUser::of(mei) };
    let admin = world.admin("Ada");
    world.write_as(admin, move |tx| people::update_user(tx, &zone));
    let week = Week::containing(world.now(), "UTC").after();
    let mut lead = Browser::signed_in(&world, lea);
    let user = mei.to_string();
    let at = |place: &str| format!("/floor/roster/{week}/{place}");
    let form = [("user", user.as_str()), ("shift", "1-540-1020"), ("at", "12:00"), ("minutes", "30")];
    assert!(lead.post(&at("breaks"), &form).await.status.is_redirection());
    let page = lead.get(&format!("/floor/roster?week={week}")).await.body;
    assert!(
        page.contains("Mei, break Tuesday 12:00–12:30") && page.contains("data-was=\"180-30\""),
        "{page}"
    );
    // Twelve in Manila is four o'clock here; it is dragged to half past four.
    let (from, to) = ((24 * 60 + 270).to_string(), (24 * 60 + 300).to_string());
    let dragged = [
        ("user", user.as_str()),
        ("shift", "1-540-1020"),
        ("was", "180-30"),
        ("from_minute", &from),
        ("to_minute", &to),
    ];
    let answer = lead.post_part(&at("breaks"), &dragged).await;
    assert!(answer.body.contains("Mei, break Tuesday 12:30–13:00"), "{}", answer.body);
    let edit = lead.get(&format!("/floor/roster?week={week}&edit={user}.1-540-1020.210-30")).await.body;
    assert!(edit.contains("value=\"12:30\" required autofocus"), "{edit}");
    let wrong = [("user", user.as_str()), ("shift", "1-540-1020"), ("at", "16:50"), ("minutes", "30")];
    assert_eq!(lead.post(&at("breaks"), &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = [("user", user.as_str()), ("shift", "1-540-1020"), ("was", "210-30"), ("remove", "1")];
    assert!(lead.post(&at("breaks"), &gone).await.status.is_redirection());
    assert!(!lead.get(&format!("/floor/roster?week={week}")).await.body.contains("Mei, break"));
    let place = [("minutes", "45"), ("shift_hours_least", "6")];
    assert!(lead.post(&at("breaks/placed"), &place).await.status.is_redirection());
    let page = lead.get(&format!("/floor/roster?week={week}")).await.body;
    assert_eq!(page.matches("class=\"pause ").count(), 5, "one on each day: {page}");
}

#[tokio::test]
async fn a_calendar_is_read_by_whoever_has_its_address() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    usual(&world, lea, mei);
    let mut agent = Browser::signed_in(&world, mei);
    let page = agent.post("/me/calendar", &[]).await.body;
    let address = page.split("/calendars/").nth(1).and_then(|it| it.split('"').next()).expect("an address");
    let mut stranger = Browser::at(&world);
    let feed = stranger.get(&format!("/calendars/{address}")).await;
    assert_eq!(feed.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(
        feed.status == StatusCode::OK && feed.body.matches("BEGIN:VEVENT").count() == 80,
        "{}",
        feed.body
    );
    assert_eq!(stranger.get("/calendars/guessed.ics").await.status, StatusCode::NOT_FOUND);
    assert!(agent.post("/me/calendar/end", &[]).await.status.is_redirection());
    assert_eq!(stranger.get(&format!("/calendars/{address}")).await.status, StatusCode::NOT_FOUND);
}
