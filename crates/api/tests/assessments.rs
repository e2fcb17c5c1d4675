//! Assessments through the door: a campaign, a certificate, a skill check.

mod common;

use common::Program;
use desk::skills;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_asks_and_closes_a_certificate_is_confirmed_and_a_check_counts() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "empathy")).unwrap().id;

        let due = desk_day(program.world.now() + 10 * 86_400_000);
        let campaign = json!({ "campaign": { "name": "Spring", "skill_ids": [skill], "user_ids": [ana], "due_at": due } });
        assert_eq!(
            program.call(&as_ana, "POST", "/assessment_campaigns", campaign.clone()).await.status,
            403
        );
        let open = program.post("/assessment_campaigns", campaign).await;
        assert_eq!(open.status, 201, "{} on {on}", open.body);
        let tasks = program.call(&as_ana, "GET", "/assessment_tasks", json!({})).await.body;
        assert_eq!(tasks["assessment_tasks"][0]["kind"], "self");
        let path = format!("/assessment_tasks/{}", tasks["assessment_tasks"][0]["id"]);
        let said = json!({ "levels": [{ "skill_id": skill, "level": 3.5 }] });
        assert_eq!(program.call(&as_ana, "PUT", &path, said).await.status, 204);
        let path = format!("/assessment_campaigns/{}", open.body["assessment_campaign"]["id"]);
        let closed = program.put(&format!("{path}/close"), json!({})).await.body;
        let sides = &closed["assessment_campaign"]["results"][0]["skills"][0];
        assert_eq!((sides["self"].clone(), sides["peers"].is_null()), (json!(3.5), true), "{closed}");

        let certificate = json!({ "certificate": { "name": "ITIL", "issued_at": "2025-01-01", "expires_at": "2026-01-20" } });
        let path = format!("/users/{ana}/certificates");
        let added = program.call(&as_ana, "POST", &path, certificate).await;
        assert_eq!(
            (added.status.as_u16(), &added.body["certificate"]["validity"]),
            (201, &json!("ends_soon")),
            "{}",
            added.body
        );
        let confirm = format!("/certificates/{}/confirm", added.body["certificate"]["id"]);
        assert_eq!(program.put(&confirm, json!({})).await.status, 204);
        assert!(program.get(&path).await.body["certificates"][0]["confirmed_at"].is_string());

        let question = json!({ "text": "Which?", "choices": ["a", "b"], "right": 1, "hardness": "hard" });
        let check = json!({ "skill_check": { "skill_id": skill, "name": "Basics", "questions": [question, question, question] } });
        let made = program.post("/skill_checks", check).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert!(made.body["skill_check"]["questions"][0]["right"].is_null(), "what is right is not told");
        let path = format!("/skill_checks/{}/results", made.body["skill_check"]["id"]);
        let answers = json!({ "version": 1, "chosen": [1, 1, 0] });
        let result = program.call(&as_ana, "POST", &path, answers.clone()).await;
        assert_eq!(
            (result.status.as_u16(), result.body["result"]["right"].clone()),
            (201, json!(2)),
            "{}",
            result.body
        );
        assert_eq!(program.call(&as_ana, "POST", &path, answers).await.status, 409, "not again so soon");
        let evidence = program.call(&as_ana, "GET", &format!("/users/{ana}/evidence"), json!({})).await.body;
        assert_eq!(evidence["evidence"][0]["kind"], "check");
    }
}

/// `2026-01-15`
fn desk_day(at: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at).expect("a moment");
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
