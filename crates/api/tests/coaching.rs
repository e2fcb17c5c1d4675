//! Coaching through the door: moments, a plan with a goal and a task, and what each side reads.

mod common;

use common::Program;
use desk::skills::{self, AddEvidence, Observed};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_made_worked_on_and_closed() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "de-escalation")).unwrap().id;
        let ticket = program.world.ticket("Angry");
        let bad = AddEvidence {
            key: "rated".into(),
            user: ana,
            observed: Observed::Satisfaction { score: 1 },
            ticket: Some(ticket),
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: program.world.now(),
            note: String::new(),
        };
        program.world.write(move |tx| skills::add_evidence(tx, &bad).map(|_| ()));
        program.world.write(desk::coaching::find_moments);
        let moments = program.get("/coaching_moments").await.body;
        assert_eq!(moments["coaching_moments"][0]["ticket_id"], ticket.0, "{moments} on {on}");
        assert_eq!(moments["coaching_moments"][0]["better"], false);

        let make = json!({ "coaching_plan": {
            "user_id": ana, "title": "Calm", "goals": [{ "skill_id": skill, "level": 3.5 }],
        } });
        let as_ana = program.as_(ana);
        assert_eq!(program.call(&as_ana, "POST", "/coaching_plans", make.clone()).await.status, 403);
        let made = program.post("/coaching_plans", make).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let plan = &made.body["coaching_plan"];
        let path = format!("/coaching_plans/{}", plan["id"]);
        assert_eq!(plan["goals"][0]["effects"][0]["measure"], "solved_for_good");
        assert_eq!(plan["goals"][0]["effects"][0]["estimate"], json!(null));
        let wrong = json!({ "goal": { "learning_helper_id": ben } });
        let goal = format!("/coaching_goals/{}", plan["goals"][0]["id"]);
        assert_eq!(program.put(&goal, wrong).await.status, 422, "nothing is known of Ben");
        let task = json!({ "task": { "kind": "read", "text": "How we apologise", "link": "https://example.org/calm" } });
        let tasks = program.post(&format!("{path}/tasks"), task).await;
        let task = format!("/coaching_tasks/{}", tasks.body["coaching_plan"]["tasks"][0]["id"]);
        let done = program.call(&as_ana, "PUT", &task, json!({ "task": { "done": true } })).await;
        assert!(done.body["coaching_plan"]["tasks"][0]["done_at"].is_string(), "{} on {on}", done.body);
        program
            .post(&format!("{path}/notes"), json!({ "note": { "text": "tired?", "shared": false } }))
            .await;
        let theirs = program.call(&as_ana, "GET", &path, json!({})).await.body;
        assert_eq!(theirs["coaching_plan"]["notes"], json!([]), "a private note, on {on}");
        let talk = json!({ "session": { "at": "2026-03-10T09:00:00Z", "minutes": 45 } });
        let planned = program.post(&format!("{path}/sessions"), talk).await;
        let session = &planned.body["coaching_plan"]["sessions"][0];
        assert_eq!((planned.status.as_u16(), &session["minutes"]), (201, &json!(45)), "{}", planned.body);
        let long = json!({ "session": { "at": "2026-03-10T09:00:00Z", "minutes": 600 } });
        assert_eq!(program.post(&format!("{path}/sessions"), long).await.status, 422);
        let one = format!("/coaching_sessions/{}", session["id"]);
        let held = program.call(&as_ana, "PUT", &one, json!({ "session": { "held": true } })).await.body;
        assert!(held["coaching_plan"]["sessions"][0]["held_at"].is_string(), "{held} on {on}");
        let other = program.as_(ben);
        assert_eq!(program.call(&other, "DELETE", &one, json!({})).await.status, 404);
        assert_eq!(program.call(&as_ana, "DELETE", &one, json!({})).await.status, 204);
        assert_eq!(program.call(&other, "GET", &path, json!({})).await.status, 404);
        let closed =
            program.put(&path, json!({ "coaching_plan": { "closed": true, "outcome": "Calm." } })).await;
        assert!(closed.body["coaching_plan"]["closed_at"].is_string());
        let own = program.call(&as_ana, "GET", "/coaching_plans", json!({})).await.body;
        assert_eq!(own["coaching_plans"][0]["outcome"], "Calm.", "{own} on {on}");
    }
}
