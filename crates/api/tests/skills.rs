//! Skills, evidence, needs, routing and presence through the door: what Zendesk lacks, in its style.

mod common;

use common::Program;
use desk::UserId;
use desk::skills::{self, AddEvidence, Observed};
use serde_json::json;

/// One ticket of theirs was solved for good: too little for others to see a level.
fn one_outcome(program: &Program, user: UserId) {
    let at = program.world.now();
    program.world.write(move |tx| {
        let skill = skills::find_skill_by_key(tx, "billing-and-refunds")?.expect("the library has it").id;
        let outcome = AddEvidence {
            key: "one".into(),
            user,
            observed: Observed::Outcome { for_good: true },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at,
            note: String::new(),
        };
        skills::add_evidence(tx, &outcome)
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_is_walked_by_kind_and_changed_by_leads_only() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let languages = program.get("/skills.json?kind=language&page[size]=2").await.body;
        assert_eq!(languages["skills"].as_array().unwrap().len(), 2, "on {on}");
        assert!(languages["skills"].as_array().unwrap().iter().all(|it| it["kind"] == "language"));
        let next = languages["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
        assert_ne!(program.get(&next).await.body["skills"][0]["id"], languages["skills"][0]["id"]);
        assert_eq!(program.get("/skills?kind=magic").await.status, 422);

        let body = json!({ "skill": { "name": "Espresso machines", "kind": "product", "meaning": "Knows their boilers" } });
        let made = program.post("/skills", body.clone()).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        assert_eq!(made.headers["location"].to_str().unwrap(), made.body["skill"]["url"].as_str().unwrap());
        let again = program.post("/skills", body.clone()).await;
        assert_eq!(again.body["details"]["name"][0]["error"], "DuplicateValue");
        let (id, key) = (&made.body["skill"]["id"], made.body["skill"]["key"].as_str().unwrap());
        assert_eq!(
            &program.get(&format!("/skills/{key}")).await.body["skill"]["id"],
            id,
            "a key names it too"
        );
        let retired =
            program.put(&format!("/skills/{id}"), json!({ "skill": { "active": false } })).await.body;
        assert_eq!(retired["skill"]["active"], false);
        assert_eq!(program.get("/skills/0").await.status, 404);

        let ben = program.as_(program.world.agent("Ben"));
        assert_eq!(program.call(&ben, "POST", "/skills", body).await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_rate_themselves_and_leads_rate_others() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let (as_ana, as_ben) = (program.as_(ana), program.as_(ben));
        let key = "billing-and-refunds";
        let rating =
            |level: f64| json!({ "skill_rating": { "skill": key, "level": level, "note": "seen it" } });
        let path = format!("/users/{ana}/skill_ratings");
        let own = program.call(&as_ana, "POST", &path, rating(3.0)).await;
        assert_eq!(
            (own.status.as_u16(), &own.body["evidence"]["kind"]),
            (201, &json!("self")),
            "{} on {on}",
            own.body
        );
        assert_eq!(program.call(&as_ben, "POST", &path, rating(1.0)).await.status, 403, "Ben leads nobody");
        let lead = program.post(&path, rating(4.0)).await;
        assert_eq!((lead.status.as_u16(), &lead.body["evidence"]["kind"]), (201, &json!("lead")));
        assert_eq!(lead.body["evidence"]["by_user_id"], json!(program.me));
        let wrong = program.post(&path, rating(9.0)).await;
        assert_eq!((wrong.status.as_u16(), wrong.body["details"]["level"].is_array()), (422, true));
        let unknown = json!({ "skill_rating": { "skill": "juggling", "level": 2 } });
        assert_eq!(program.post(&path, unknown).await.status, 422);

        let levels = format!("/users/{ana}/proficiencies");
        assert_eq!(program.get(&levels).await.body["hidden"], 1, "two words are no five, on {on}");
        let known = program.call(&as_ana, "GET", &levels, json!({})).await.body;
        assert_eq!(known["proficiencies"][0]["skill"]["key"], key, "{known} on {on}");
        assert!(known["proficiencies"][0]["level"].as_f64().unwrap() > 0.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unsure_levels_and_evidence_are_for_the_person_and_their_leads() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let (as_ana, as_ben) = (program.as_(ana), program.as_(ben));
        one_outcome(&program, ana);
        let levels = format!("/users/{ana}/proficiencies");
        let theirs = program.call(&as_ana, "GET", &levels, json!({})).await.body;
        assert_eq!((theirs["proficiencies"].as_array().unwrap().len(), &theirs["hidden"]), (1, &json!(0)));
        assert_eq!(theirs["proficiencies"][0]["sure"], false);
        let colleague = program.call(&as_ben, "GET", &levels, json!({})).await.body;
        assert_eq!((&colleague["proficiencies"], &colleague["hidden"]), (&json!([]), &json!(1)), "on {on}");
        let evidence = format!("/users/{ana}/evidence");
        assert_eq!(program.call(&as_ana, "GET", &evidence, json!({})).await.body["count"], 1);
        assert_eq!(program.call(&as_ben, "GET", &evidence, json!({})).await.status, 403);
        let matrix = program.call(&as_ben, "GET", "/skills/matrix", json!({})).await.body["matrix"].clone();
        assert_eq!(matrix["hidden"], 1, "{matrix} on {on}");
        let lead = program.get("/skills/matrix?kind=technical&all=true").await.body["matrix"].clone();
        assert!(lead["skills"].as_array().unwrap().iter().all(|it| it["skill"]["kind"] == "technical"));
        assert_eq!(lead["people"].as_array().unwrap().len(), 3);
        let width = lead["skills"].as_array().unwrap().len();
        assert!(
            lead["people"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["cells"].as_array().unwrap().len() == width)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rating_somebody_does_not_tell_the_level_that_was_hidden_until_then() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        one_outcome(&program, ana);
        let path = format!("/users/{ana}/skill_ratings");
        let rating =
            |level: f64| json!({ "skill_rating": { "skill": "billing-and-refunds", "level": level } });
        let first = program.post(&path, rating(4.0)).await;
        assert_eq!((first.status.as_u16(), &first.body["evidence"]["moves"]), (201, &json!([])), "on {on}");
        let own = program.call(&as_ana, "POST", &path, rating(3.0)).await.body;
        assert_eq!(own["evidence"]["moves"].as_array().unwrap().len(), 1, "{own} on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn struck_evidence_stays_with_its_reason_and_counts_no_more() {
    for program in Program::on_each_database() {
        let ana = program.world.agent("Ana");
        let rating = json!({ "skill_rating": { "skill": "billing-and-refunds", "level": 5 } });
        let made = program.post(&format!("/users/{ana}/skill_ratings"), rating).await.body;
        let path = format!("/evidence/{}/strike", made["evidence"]["id"]);
        assert_eq!(program.put(&path, json!({})).await.status, 422, "a reason is needed");
        let as_ana = program.as_(ana);
        assert_eq!(program.call(&as_ana, "PUT", &path, json!({ "reason": "no" })).await.status, 403);
        assert_eq!(program.put(&path, json!({ "reason": "a mix-up" })).await.status, 204);
        let rows = program.get(&format!("/users/{ana}/evidence")).await.body;
        assert_eq!(rows["evidence"][0]["struck_reason"], "a mix-up", "on {}", program.world.name());
        assert_eq!(program.put(&path, json!({ "reason": "again" })).await.status, 409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_made_changed_and_disabled() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let body = json!({ "skill_rule": { "skill": "billing-and-refunds", "level": 2, "phrases": ["zorblax"], "hardness": "must" } });
        let made = program.post("/skill_rules", body).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let id = made.body["skill_rule"]["id"].clone();
        let tried =
            program.post("/skill_rules/try", json!({ "text": "Hello\nMy Zorblax is late" })).await.body;
        let need = tried["result"]["needs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["skill_rule_ids"] == json!([id]))
            .cloned();
        let need = need.unwrap_or_else(|| panic!("{tried} on {on}"));
        assert_eq!((&need["level"], &need["hardness"]), (&json!(2.0), &json!("must")));
        let path = format!("/skill_rules/{id}");
        let changed = program.put(&path, json!({ "skill_rule": { "level": 4 } })).await.body;
        assert_eq!(
            (&changed["skill_rule"]["level"], &changed["skill_rule"]["phrases"]),
            (&json!(4.0), &json!(["zorblax"]))
        );
        assert_eq!(program.put(&path, json!({ "skill_rule": { "phrases": [] } })).await.status, 422);
        assert_eq!(program.delete(&path).await.status, 204);
        assert_eq!(program.get(&path).await.body["skill_rule"]["active"], false);
        let tried =
            program.post("/skill_rules/try", json!({ "text": "Hello\nMy Zorblax is late" })).await.body;
        assert!(
            tried["result"]["needs"].as_array().unwrap().iter().all(|it| it["skill_rule_ids"] != json!([id]))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_says_what_it_needs_and_why_it_went_where_it_went() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let online = json!({ "presence": { "status": "online" } });
        let here = program.call(&as_ana, "PUT", "/users/me/presence", online.clone()).await;
        assert_eq!(
            (here.status.as_u16(), &here.body["presence"]["status"]),
            (200, &json!("online")),
            "on {on}"
        );
        assert_eq!(program.get("/presences").await.body["presences"][0]["user_id"], json!(ana));
        assert_eq!(
            program.put("/users/me/presence", json!({ "presence": { "status": "asleep" } })).await.status,
            422
        );
        let ben = program.world.agent("Ben");
        let others = format!("/users/{ben}/presence");
        assert_eq!(
            program.call(&as_ana, "PUT", &others, online).await.status,
            403,
            "Ana does not speak for Ben"
        );

        let id = program.ticket("Refund").await;
        let path = format!("/tickets/{id}/requirements");
        let body =
            json!({ "requirements": [{ "skill": "billing-and-refunds", "level": 2, "hardness": "prefer" }] });
        let set = program.put(&path, body).await;
        assert_eq!(set.body["requirements"][0]["source"], "person", "{} on {on}", set.body);
        assert_eq!(program.get(&path).await.body, set.body);
        program.world.run_jobs();
        let why = program.get(&format!("/tickets/{id}/routing_decisions")).await.body;
        assert_eq!(why["routing_decisions"][0]["assignee_id"], json!(ana), "{why} on {on}");
        assert!(!why["routing_decisions"][0]["sentence"].as_str().unwrap().is_empty());
        assert_eq!(program.get(&format!("/tickets/{id}")).await.body["ticket"]["assignee_id"], json!(ana));
        let none = json!({ "requirements": [{ "skill": "juggling" }] });
        assert_eq!(program.put(&path, none).await.status, 422);
        assert_eq!(program.put("/tickets/999/requirements", json!({ "requirements": [] })).await.status, 404);
    }
}
