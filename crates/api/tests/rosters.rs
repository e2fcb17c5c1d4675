//! Rosters, one's own week and leave through the door.

mod common;

use common::Program;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_drafted_read_and_published() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let mei = program.world.agent("Mei");
        let week = desk::floor::roster::Week::containing(program.world.now(), "UTC").after().to_string();
        let shift = json!({ "user_id": mei, "weekday": "mon", "from": "09:00", "to": "17:00",
            "breaks": [{ "after_minutes": 180, "minutes": 30 }] });
        let made = program.post("/rosters", json!({ "roster": { "week": week, "shifts": [shift] } })).await;
        assert_eq!(
            (made.status.as_u16(), &made.body["roster"]["standing"]),
            (201, &json!("draft")),
            "{} on {on}",
            made.body
        );
        let path = format!("/rosters/{week}");
        let wrong = json!({ "user_id": mei, "weekday": "mon", "from": "09:00", "to": "17:00",
            "breaks": [{ "after_minutes": 470, "minutes": 30 }] });
        assert_eq!(program.put(&path, json!({ "roster": { "shifts": [wrong] } })).await.status, 422);
        let agent = program.as_(mei);
        let own = program.call(&agent, "GET", &format!("/users/me/week?week={week}"), json!({})).await;
        assert_eq!(own.body["week"]["worked_hours"], 0.0, "a draft is for leads: {}", own.body);
        let published = program.put(&path, json!({ "roster": { "published": true } })).await;
        assert_eq!(published.body["roster"]["standing"], "published", "{}", published.body);
        let own = program.call(&agent, "GET", &format!("/users/me/week?week={week}"), json!({})).await;
        assert_eq!(own.body["week"]["worked_hours"], 7.5);
        assert_eq!(own.body["week"]["days"][0]["shifts"][0]["breaks"].as_array().unwrap().len(), 1);
        let all = program.get("/rosters").await.body;
        assert_eq!(all["rosters"][0]["week"], json!(week), "{all}");
        assert_eq!(program.call(&agent, "GET", &path, json!({})).await.status, 403);
        assert_eq!(program.get("/rosters/soon").await.status, 404);
        let shown = program.get(&path).await.body;
        assert_eq!(shown["roster"]["shifts"][0]["breaks"][0]["minutes"], 30, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_is_asked_for_costed_and_decided() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let mei = program.world.agent("Mei");
        let agent = program.as_(mei);
        let day =
            desk::floor::roster::Week::containing(program.world.now(), "UTC").after().day(1).to_string();
        let body = json!({ "leave_request": { "first_day": day, "note": "a wedding" } });
        let asked = program.call(&agent, "POST", "/leave_requests", body.clone()).await;
        assert_eq!(
            (asked.status.as_u16(), &asked.body["leave_request"]["state"]),
            (201, &json!("asked")),
            "{} on {on}",
            asked.body
        );
        let twice = program.call(&agent, "POST", "/leave_requests", body).await;
        let id = |body: &serde_json::Value| body["leave_request"]["id"].clone();
        assert_eq!(id(&twice.body), id(&asked.body), "asking twice is asking once, on {on}");
        let other = json!({ "leave_request": { "first_day": day, "note": "a funeral" } });
        let other = program.call(&agent, "POST", "/leave_requests", other).await;
        assert!(other.status == 422 && other.body.to_string().contains("touch leave"), "{}", other.body);
        let path = format!("/leave_requests/{}", asked.body["leave_request"]["id"]);
        assert_eq!(program.get(&format!("{path}/cost")).await.body["cost"]["short_hours"], json!(null));
        let grant = json!({ "leave_request": { "state": "granted", "answer": "Enjoy" } });
        assert_eq!(program.call(&agent, "PUT", &path, grant.clone()).await.status, 403);
        assert_eq!(program.put(&path, grant).await.body["leave_request"]["state"], "granted");
        let own = program.call(&agent, "GET", "/leave_requests?state=granted", json!({})).await;
        assert_eq!(own.body["leave_requests"][0]["answer"], "Enjoy", "{}", own.body);
        let withdrawn = json!({ "leave_request": { "state": "withdrawn" } });
        assert_eq!(
            program.call(&agent, "PUT", &path, withdrawn).await.body["leave_request"]["state"],
            "withdrawn"
        );
        let wrong = json!({ "leave_request": { "first_day": "soon" } });
        assert_eq!(program.call(&agent, "POST", "/leave_requests", wrong).await.status, 422);
        assert_eq!(program.get("/leave_requests?state=lost").await.status, 422);
    }
}
