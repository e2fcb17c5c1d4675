//! Competencies through the door: written, read by whoever may, and kept by scorecards that name them.

mod common;

use common::Program;
use desk::skills::{self, AddEvidence, Observed};
use desk::{SkillId, UserId};
use serde_json::{Value, json};
use testkit::World;

fn works(world: &World, user: UserId, key: &'static str, count: usize) {
    let skill: SkillId = world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("shipped").id;
    for n in 0..count {
        let evidence = AddEvidence {
            key: format!("{key}-{n}"),
            user,
            observed: Observed::Outcome { for_good: true },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

fn calm() -> Value {
    json!({ "competency": { "name": "Calming people", "behaviour": "Says the feeling back, then acts.", "skills": [
        { "skill": "empathy", "weight": 0.6 }, { "skill": "de-escalation", "weight": 1 } ] } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_competency_is_written_read_and_retired() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let as_ana = program.as_(ana);
        assert_eq!(program.call(&as_ana, "POST", "/competencies", calm()).await.status, 403);
        let shipped = program.get("/competencies").await.body["count"].clone();
        let made = program.post("/competencies", calm()).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        assert_eq!(
            made.body["competency"]["skills"][0]["skill"]["key"], "de-escalation",
            "the heaviest first"
        );
        let twice = program.post("/competencies", calm()).await;
        assert_eq!(twice.body["details"]["name"][0]["error"], "DuplicateValue", "{}", twice.body);
        let id = made.body["competency"]["id"].as_i64().unwrap();
        let path = format!("/competencies/{id}");
        let renamed = program.put(&path, json!({ "competency": { "name": "Calm" } })).await.body;
        assert_eq!(renamed["competency"]["skills"].as_array().unwrap().len(), 2, "what is left out stays");
        let levels = json!({ "competency": { "anchors": ["a", "b", "c", "", "e"] } });
        assert_eq!(
            program.put(&path, levels).await.body["competency"]["anchors"],
            json!(["a", "b", "c", "", "e"])
        );
        let few = json!({ "competency": { "anchors": ["a"] } });
        assert_eq!(program.put(&path, few).await.status, 422, "five, one for each level");
        let one = json!({ "competency": { "skills": [{ "skill": "empathy", "weight": 1 }] } });
        assert!(
            program.put(&path, one).await.body["details"]["skill"].is_array(),
            "one skill is no competency"
        );
        assert_eq!(program.call(&as_ana, "GET", &path, json!({})).await.body["competency"]["name"], "Calm");

        works(&program.world, ana, "empathy", 12);
        works(&program.world, ana, "de-escalation", 12);
        let readings = program.get(&format!("{path}/readings")).await.body;
        assert_eq!(readings["readings"][0]["user_id"], json!(ana), "{readings} on {on}");
        assert_eq!(readings["readings"].as_array().unwrap().len(), 1, "nothing is known of Ben");
        let own = program.call(&as_ana, "GET", &format!("/users/{ana}/competencies"), json!({})).await.body;
        let own = own["competencies"].as_array().unwrap().clone();
        assert!(own.iter().any(|it| it["competency_id"] == id), "{own:?}");
        let others = program.get(&format!("/users/{ben}/competencies")).await.body;
        assert_eq!(others["competencies"], json!([]));
        let marta = program.world.customer("Marta", "marta@example.org");
        assert_eq!(
            program.get(&format!("/users/{marta}/competencies")).await.status,
            404,
            "customers have none"
        );

        let off = program.put(&path, json!({ "competency": { "active": false } })).await.body;
        assert_eq!(
            (off["competency"]["active"].clone(), off["competency"]["name"].clone()),
            (json!(false), json!("Calm"))
        );
        assert_eq!(program.get("/competencies").await.body["count"], shipped);
        let back = program.put(&path, json!({ "competency": { "active": true } })).await.body;
        assert_eq!(back["competency"]["active"], true);
        assert_eq!(program.delete(&path).await.status, 204);
        assert_eq!(program.get("/competencies").await.body["count"], shipped);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_few_observations_of_others_reads_no_competency_of_theirs() {
    let program = Program::on_each_database().remove(0);
    let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
    program.post("/competencies", calm()).await;
    works(&program.world, ana, "empathy", 2);
    works(&program.world, ana, "de-escalation", 2);
    let path = format!("/users/{ana}/competencies");
    let by_ben = program.call(&program.as_(ben), "GET", &path, json!({})).await.body;
    assert_eq!(by_ben["competencies"], json!([]), "{by_ben}");
    let by_ana = program.call(&program.as_(ana), "GET", &path, json!({})).await.body;
    let names: Vec<&str> = by_ana["competencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["competency"].as_str())
        .collect();
    assert!(names.contains(&"Calming people"), "of oneself one sees what there is: {by_ana}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scorecard_keeps_its_link_to_a_competency_when_a_client_changes_something_else() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let made = program.post("/competencies", calm()).await.body;
        let competency = made["competency"]["id"].clone();
        let category = json!({ "name": "Calm", "section": "standard", "weight": 1, "points": 3, "competency_id": competency });
        let card = json!({ "scorecard": { "name": "Short", "categories": [category] } });
        let card = program.post("/scorecards", card).await.body;
        let of = |body: &Value| body["scorecard"]["categories"][0].clone();
        assert_eq!(of(&card)["competency_id"], competency, "{card} on {on}");
        assert_eq!(of(&card)["skills"].as_array().unwrap().len(), 2, "its skills are the competency's");
        assert_eq!(of(&card)["question"], "Says the feeling back, then acts.");
        let path = format!("/scorecards/{}", card["scorecard"]["id"]);

        // A client that has never heard of competencies, and sends what it knows.
        let known = json!({ "name": "Calm", "section": "standard", "weight": 2, "points": 3, "skills": of(&card)["skills"] });
        let changed = program.put(&path, json!({ "scorecard": { "categories": [known.clone()] } })).await;
        assert_eq!(changed.status, 200, "{} on {on}", changed.body);
        assert_eq!(
            (of(&changed.body)["weight"].clone(), of(&changed.body)["competency_id"].clone()),
            (json!(2.0), competency.clone())
        );
        let renamed = program.put(&path, json!({ "scorecard": { "name": "Shorter" } })).await.body;
        assert_eq!(of(&renamed)["competency_id"], competency);

        let mut other = known.clone();
        other["skills"] = json!([of(&card)["skills"][0]]);
        let refused = program.put(&path, json!({ "scorecard": { "categories": [other.clone()] } })).await;
        assert_eq!(refused.status, 422, "its skills follow from the competency: {}", refused.body);
        assert!(refused.body["details"]["skills"].is_array(), "{}", refused.body);
        other["competency_id"] = Value::Null;
        let freed = program.put(&path, json!({ "scorecard": { "categories": [other] } })).await.body;
        assert_eq!(of(&freed)["competency_id"], Value::Null, "taken off in so many words: {freed}");
        assert_eq!(of(&freed)["skills"].as_array().unwrap().len(), 1);
    }
}
