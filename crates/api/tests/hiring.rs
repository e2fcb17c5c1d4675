//! Hiring through the door: an opening, a candidate, a scorecard, a fit with its reasons, and forgetting.

mod common;

use common::Program;
use desk::skills;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_opening_measures_its_candidates_and_forgets_them() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "empathy")).unwrap().id;
        let body = json!({ "opening": {
            "title": "Support specialist", "summary": "You help.", "reason": "One absence, and nobody is left.",
            "skills": [{ "skill_id": skill, "level": 3 }]
        } });
        assert_eq!(program.call(&as_ana, "POST", "/openings", body.clone()).await.status, 403);
        let made = program.post("/openings", body).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let opening = format!("/openings/{}", made.body["opening"]["id"]);
        assert_eq!(made.body["opening"]["state"], "draft");
        assert_eq!(
            program.call(&as_ana, "GET", &opening, json!({})).await.status,
            404,
            "colleagues do not see it yet"
        );
        let shown = program.put(&opening, json!({ "opening": { "state": "inside" } })).await.body;
        assert_eq!(
            (&shown["opening"]["state"], &shown["opening"]["summary"]),
            (&json!("inside"), &json!("You help."))
        );
        let seen = program.call(&as_ana, "GET", &opening, json!({})).await.body;
        assert_eq!(seen["opening"]["reason"], "", "{seen}");
        let listed = program.call(&as_ana, "GET", "/openings", json!({})).await.body;
        assert_eq!(
            (listed["openings"].as_array().unwrap().len(), &listed["openings"][0]["reason"]),
            (1, &json!(""))
        );

        let candidates = format!("{opening}/candidates");
        let body = json!({ "candidate": { "name": "Nour", "email": "nour@example.org" } });
        let added = program.post(&candidates, body.clone()).await;
        assert_eq!(
            (added.status.as_u16(), added.body["candidate"]["fit"]["p"].is_null()),
            (201, true),
            "{}",
            added.body
        );
        assert_eq!(program.post(&candidates, body).await.status, 422, "an address stands once");
        assert_eq!(program.call(&as_ana, "GET", &candidates, json!({})).await.status, 403);
        let candidate = format!("/candidates/{}", added.body["candidate"]["id"]);
        let scores =
            json!({ "scorecard": { "note": "Calm", "scores": [{ "skill_id": skill, "level": 4.5 }] } });
        let scored = program.put(&format!("{candidate}/scorecard"), scores).await.body;
        let p = scored["candidate"]["fit"]["p"].as_f64().unwrap();
        assert!(p > 0.5 && p < 0.95, "one interview settles nothing: {scored}");
        assert_eq!(
            (&scored["candidate"]["stage"], &scored["candidate"]["scorecards"][0]["note"]),
            (&json!("interviews"), &json!("Calm"))
        );
        let moved = program.put(&candidate, json!({ "candidate": { "stage": "hired" } })).await.body;
        assert!(moved["candidate"]["decided_at"].is_string(), "{moved}");
        assert_eq!(program.put(&candidate, json!({ "candidate": { "stage": "tired" } })).await.status, 422);
        assert_eq!(program.call(&as_ana, "GET", &candidate, json!({})).await.status, 403);
        let rows = program.get(&candidates).await.body;
        assert_eq!(rows["candidates"].as_array().unwrap().len(), 1);
        assert_eq!(program.delete(&candidate).await.status, 204);
        assert_eq!(program.get(&candidate).await.status, 404, "on {on}");
    }
}
