//! Planning and the keeping of the library through the door.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::skills::{self, Hardness, Requirement, SetRequirements};
use testkit::World;

const BOUNDARY: &str = "planning-test";

fn multipart(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    format!("{}--{BOUNDARY}--\r\n", fields.iter().map(part).collect::<String>())
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> common::Answer {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind.as_str())];
    browser.ask(axum::http::Method::POST, path, &headers, multipart(fields)).await
}

#[tokio::test]
async fn a_lead_walks_from_the_team_down_to_tickets_and_people() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    let skill = world.read(|tx| skills::find_skill_by_key(tx, "saml-and-sso")).expect("it is there").id;
    let ticket = world.ticket("Login loop");
    let need = Requirement { skill, level: 3.0, weight: 1.0, hardness: Hardness::Must };
    world
        .write(move |tx| skills::set_requirements(tx, &SetRequirements { ticket, requirements: vec![need] }));
    let mut browser = Browser::signed_in(&world, lea);
    let team = browser.get("/skills/team").await;
    assert_eq!(team.status, StatusCode::OK);
    assert!(
        team.body.contains(&format!("/skills/team/skills/{skill}"))
            && team.body.contains("too little evidence")
    );
    // Monday noon, when every world begins.
    let week = browser.get(&format!("/skills/team/skills/{skill}?hour=12")).await;
    assert!(week.body.contains("Login loop") && week.body.contains("Mon 12–13"), "{}", week.body);
    assert!(!browser.get(&format!("/skills/team/skills/{skill}?hour=13")).await.body.contains("Login loop"));
    assert!(
        browser.get(&format!("/skills/team/people/{mei}")).await.body.contains("Nothing would be missed")
    );
    let invest = browser.get("/skills/invest").await;
    assert_eq!(invest.status, StatusCode::OK);
    for words in
        ["By coverage", "What is missing most", "open a position", "Monday to Friday, 9–17", "1820 h"]
    {
        assert!(invest.body.contains(words), "{words} is missing in {}", invest.body);
    }
    let page = browser.get(&format!("/skills/{skill}")).await.body;
    assert!(page.contains("Login loop") && page.contains("Make them one"));
    for path in ["/skills/team", "/skills/invest", "/skills/library", "/skills/team/shifts"] {
        assert_eq!(Browser::signed_in(&world, mei).get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn shifts_are_written_by_hand_and_read_from_a_file() {
    let world = World::on_sqlite();
    let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
    let mut browser = Browser::signed_in(&world, lea);
    assert!(browser.get(&format!("/skills/team/shifts?user={mei}")).await.body.contains("from_6"));
    let wrong =
        browser.post(&format!("/skills/team/shifts/{mei}"), &[("from_0", "8"), ("to_0", "late")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("value=\"late\""));
    browser.post(&format!("/skills/team/shifts/{mei}"), &[("from_0", "8:30"), ("to_0", "17")]).await;
    assert!(browser.get("/skills/team/shifts").await.body.contains("Mon 08:30–17:00"));
    let read =
        send(&mut browser, "/skills/team/shifts", &[("file", ""), ("csv", "lea@desk.example,tue,9,17\n")])
            .await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.body);
    let file = browser.get("/skills/team/shifts.csv").await;
    assert!(file.body.contains("lea@desk.example,tuesday,09:00,17:00"));
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let wrong = send(&mut browser, "/skills/team/shifts", &[("csv", "lea@desk.example,tue,9\n")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Line 1: "));
    let settled = [
        ("weeks", "4"),
        ("attendance", "80"),
        ("minutes_per_ticket", "15"),
        ("hours_per_level", "1"),
        ("hours_per_level", "2"),
        ("hours_per_level", "3"),
        ("hours_per_level", "4"),
        ("hours_per_level", "5"),
        ("language_takes_times", "20"),
        ("hire_hours_per_year", "1500"),
        ("hire_hours_once", "80"),
    ];
    browser.post("/skills/team/assumptions", &settled).await;
    let kept = world.read(skills::planning::plan_settings);
    assert_eq!((kept.weeks, kept.attendance, kept.hours_per_level[4]), (4, 0.8, 5.0));
    assert_eq!((kept.hire_hours_per_year, kept.hire_hours_once), (1_500.0, 80.0));
    assert_eq!(kept.language_takes_times, 20.0);
    let mut wrong = settled;
    wrong[8].1 = "0";
    browser.post("/skills/team/assumptions", &wrong).await;
    assert_eq!(world.read(skills::planning::plan_settings), kept, "nothing is kept by halves");
}

#[tokio::test]
async fn skills_become_one_and_two_again_and_the_library_travels_as_a_file() {
    let world = World::on_sqlite();
    let lea = world.lead("Lea");
    let all = world.read(skills::list_skills);
    let (from, into) = (all[0].id, all[1].id);
    let mut browser = Browser::signed_in(&world, lea);
    let merged = browser.post(&format!("/skills/{from}/merge"), &[("into", &into.to_string())]).await;
    assert_eq!(merged.location.as_deref(), Some(&*format!("/skills/{into}")));
    let page = browser.get("/skills/library").await.body;
    let undo =
        page.split("action=\"").find(|it| it.starts_with("/skills/library/merges/")).expect("a way back");
    let undo = undo.split('"').next().expect("an address").to_owned();
    browser.post(&undo, &[]).await;
    assert!(browser.get("/skills/library").await.body.contains("taken back"));
    let needs = [("needs_0", &*into.to_string()), ("level_0", "2")];
    browser.post(&format!("/skills/{from}/prerequisites"), &needs).await;
    assert!(browser.get(&format!("/skills/{from}")).await.body.contains("at level 2"));
    let file = browser.get("/skills/library.csv").await.body;
    assert!(file.starts_with("key,name,kind"));
    let read = send(
        &mut browser,
        "/skills/library/imports",
        &[("csv", "name,meaning\nEspresso,Beans\n"), ("kind", "specialist")],
    )
    .await;
    assert_eq!(read.status, StatusCode::SEE_OTHER);
    assert!(world.read(|tx| skills::find_skill_by_key(tx, "espresso")).is_some());
    let wrong = send(&mut browser, "/skills/library/imports", &[("csv", "name,kind\nX,sorcery\n")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("sorcery"));
}
