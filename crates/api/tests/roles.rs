//! Role profiles through the door.

mod common;

use common::Program;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_described_held_and_measured() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let body = json!({ "role_profile": { "name": "Refunds desk", "requirements": [
            { "skill": "billing-and-refunds", "level": 3, "weight": 0.7 },
            { "skill": "saml-and-sso", "level": 2, "weight": 0.3, "at_least": 2 } ] } });
        let made = program.post("/role_profiles", body.clone()).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        assert_eq!(made.body["role_profile"]["requirements"][1]["at_least"], 2);
        assert_eq!(
            program.post("/role_profiles", body).await.body["details"]["name"][0]["error"],
            "DuplicateValue"
        );
        let wrong = json!({ "role_profile": { "name": "X", "requirements": [{ "skill": "saml-and-sso", "level": 9, "weight": 1 }] } });
        assert!(program.post("/role_profiles", wrong).await.body["details"]["level"].is_array());
        let id = made.body["role_profile"]["id"].as_i64().unwrap();
        assert_eq!(program.get("/role_profiles/refunds-desk").await.body["role_profile"]["id"], id);
        let held = program.put(&format!("/role_profiles/{id}/holders"), json!({ "user_ids": [ana] })).await;
        assert_eq!(held.body["readiness"]["holders"][0]["user_id"], json!(ana), "{} on {on}", held.body);
        assert!(
            held.body["readiness"]["holders"][0]["readiness"]["p_ready"].is_null(),
            "too little was seen"
        );
        let mine =
            program.call(&program.as_(ana), "GET", &format!("/users/{ana}/readiness"), json!({})).await;
        assert_eq!(mine.body["readiness"][0]["role_profile_id"], id);
        let renamed = json!({ "role_profile": { "name": "Money back" } });
        let renamed = program.put(&format!("/role_profiles/{id}"), renamed).await.body;
        assert_eq!(
            renamed["role_profile"]["requirements"].as_array().unwrap().len(),
            2,
            "what is left out stays"
        );
        assert_eq!(
            program
                .call(&program.as_(ana), "DELETE", &format!("/role_profiles/{id}"), json!({}))
                .await
                .status,
            403
        );
        assert_eq!(program.delete(&format!("/role_profiles/{id}")).await.status, 204);
        let all = program.get("/role_profiles?page[size]=100").await.body;
        assert!(all["role_profiles"].as_array().unwrap().iter().all(|it| it["id"] != id));
    }
}
