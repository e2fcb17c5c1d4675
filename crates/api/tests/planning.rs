//! Coverage, absences, shifts and the keeping of the library through the door.

mod common;

use common::Program;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn planning_answers_leads_in_figures() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let nothing = program.get("/coverage").await.body;
        assert_eq!(nothing["coverage"]["covered"], json!(null), "of nothing can it be said, on {on}");
        let ticket = program.ticket("Help").await;
        let needs = json!({ "requirements": [{ "skill": "saml-and-sso", "level": 3, "weight": 1, "hardness": "must" }] });
        assert_eq!(
            program.put(&format!("/tickets/{ticket}/requirements"), needs).await.status,
            200,
            "on {on}"
        );
        let team = program.get("/coverage").await.body;
        let skill = &team["coverage"]["skills"][0];
        assert_eq!(
            (&skill["skill"]["key"], &skill["covered"]),
            (&json!("saml-and-sso"), &json!(null)),
            "{team} on {on}"
        );
        let week = program.get(&format!("/coverage/{}?hour=12", skill["skill"]["id"])).await.body;
        assert_eq!(week["coverage"]["covered"].as_array().unwrap().len(), 168);
        assert_eq!(
            program.get(&format!("/users/{ana}/absence")).await.body["absence"]["missed_tickets"],
            0.0
        );
        let role = json!({ "role_profile": { "name": "Logins", "requirements": [{ "skill": "saml-and-sso", "level": 3, "weight": 1 }] } });
        assert_eq!(program.post("/role_profiles", role).await.status, 201, "on {on}");
        let found = program.get("/investments").await.body;
        let found = &found["investments"];
        assert_eq!(
            (&found["worth_by"], &found["simulation"]),
            (&json!("demand_weighted_coverage"), &json!(null))
        );
        let hires = found["hiring"].as_array().unwrap();
        assert!(hires.iter().any(|it| it["name"] == "Logins" && it["hours_per_year"] == 1700.0), "{found}");
        assert!(hires.iter().any(|it| it["role_profile_id"].is_null()), "the gap has a profile too: {found}");
        for it in hires {
            let (low, high) = (it["worth_interval"][0].as_f64(), it["worth_interval"][1].as_f64());
            let worth = it["worth_tickets_per_week"].as_f64();
            assert!(worth > Some(0.0) && low <= worth && worth <= high, "{it}");
        }
        assert_eq!(program.get("/gaps").await.body["gaps"][0]["gap"], 3.0);
        assert_eq!(program.get("/skill_suggestions").await.status, 200);
        assert_eq!(program.call(&program.as_(ana), "GET", "/coverage", json!({})).await.status, 403);

        let shifts = json!({ "shifts": [{ "weekday": "mon", "from": "22:00", "to": "6" }] });
        let set = program.put(&format!("/users/{ana}/shifts"), shifts).await;
        assert_eq!(set.body["shifts"][0]["to"], "06:00", "{}", set.body);
        let wrong = json!({ "shifts": [{ "weekday": "mon", "from": "x", "to": "6" }] });
        assert_eq!(program.put(&format!("/users/{ana}/shifts"), wrong).await.status, 422);
        assert_eq!(program.get("/shifts").await.body["shifts"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_is_kept() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let saml = program.get("/skills/saml-and-sso").await.body["skill"]["id"].as_i64().unwrap();
        let path = format!("/skills/{saml}/prerequisites");
        let set = json!({ "prerequisites": [{ "skill": "network-connectivity", "level": 2 }] });
        assert_eq!(program.put(&path, set).await.body["prerequisites"][0]["level"], 2.0, "on {on}");
        let merge =
            json!({ "skill_merge": { "from": "subscriptions-and-plans", "into": "billing-and-refunds" } });
        let made = program.post("/skill_merges", merge.clone()).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let id = &made.body["skill_merge"]["id"];
        assert_eq!(program.delete(&format!("/skill_merges/{id}")).await.status, 204);
        assert!(program.get("/skill_merges").await.body["skill_merges"][0]["undone_at"].is_string());
        let import = json!({ "skill_import": { "csv": "name,kind\nEspresso,product\n" } });
        assert_eq!(program.post("/skill_imports", import).await.body["skill_import"]["created"], 1);
        let export = program.get("/skills/export").await;
        assert_eq!(export.headers["content-type"], "text/csv; charset=utf-8");
    }
}
