//! Routing through the door: what tickets ask for in words, asking for the next, and Zendesk's routing attributes.

mod common;

use common::Program;
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::{Circle, Observed, Policy, Rate};
use serde_json::{Value, json};

fn names(of: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = of.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_ticket_asks_for_is_said_in_words_and_refused_in_words() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ticket = program.world.ticket("Something rare");
        let path = format!("/tickets/{ticket}/routing_requirements");
        assert_eq!(program.get(&path).await.body["routing_requirements"], Value::Null, "on {on}");
        let text = "billing-and-refunds >= 4 [>= 3 after 10 min, drop after 1 h or if nobody]";
        let body = json!({ "routing_requirements": { "text": text } });
        let put = program.put(&path, body).await;
        assert_eq!(put.status, 200, "{} on {on}", put.body);
        let shown = &program.get(&path).await.body["routing_requirements"];
        assert_eq!(
            shown["text"],
            "\"Billing and refunds\" >= 4 [>= 3 after 10 min, drop after 1 h or if nobody]"
        );
        assert_eq!(shown["stages"][1]["after_seconds"], 600.0);
        assert_eq!(
            shown["stages"][2],
            json!({ "after_seconds": 3600.0, "or_if_nobody": true, "text": "anyone" })
        );
        let bad = program.put(&path, json!({ "routing_requirements": { "text": "Klingon >= 3" } })).await;
        assert_eq!(bad.status, 422);
        assert!(bad.body.to_string().contains("there is no skill “Klingon”"), "{}", bad.body);
        let none = program.put(&path, json!({ "routing_requirements": { "text": "" } })).await;
        assert_eq!(none.body["routing_requirements"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_takes_the_next_and_speaks_up_against_a_decision() {
    for program in Program::on_each_database() {
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let ticket = program.world.ticket("The first");
        program.world.run_jobs();
        let none = program.call(&as_ana, "POST", "/users/me/next_ticket", json!({})).await;
        assert_eq!(none.status, 409, "{}", none.body);
        let away = SetPresence { user: ana, status: PresenceStatus::Away };
        program.world.write_as(ana, move |tx| routing::set_presence(tx, &away));
        program.world.run_jobs();
        let waiting = program.get("/routing/queue").await.body;
        assert_eq!(
            (&waiting["queue"]["length"], &waiting["queue"]["expected_wait"]),
            (&json!(1), &Value::Null)
        );
        let taken = program.call(&as_ana, "POST", "/users/me/next_ticket", json!({})).await;
        assert_eq!(taken.body["ticket_id"], json!(ticket.0), "{}", taken.body);
        let decisions = program.get(&format!("/tickets/{ticket}/routing_decisions")).await.body;
        assert_eq!(decisions["routing_decisions"][0]["cause"], "pulled");
        let path = format!("/tickets/{ticket}/routing_contests");
        let said = program
            .call(&as_ana, "POST", &path, json!({ "routing_contest": { "reason": "Kofi knows her" } }))
            .await;
        assert_eq!(said.body["routing_contests"][0]["reason"], "Kofi knows her", "{}", said.body);
        let empty = program.post(&path, json!({ "routing_contest": { "reason": " " } })).await;
        assert_eq!(empty.status, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skill_types_and_skills_have_zendesks_shapes() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let all = program.get("/routing/attributes.json?include=attribute_values").await.body;
        assert_eq!(all["count"], 7, "on {on}");
        let language =
            all["attributes"].as_array().unwrap().iter().find(|it| it["id"] == "language").unwrap();
        assert!(language["url"].as_str().unwrap().contains("/api/v2/routing/attributes/language"));
        assert!(all["attribute_values"].as_array().unwrap().len() > 20);
        let languages = program.get("/routing/attributes/language/values").await.body;
        assert!(names(&languages["attribute_values"]).contains(&"French"));
        let made = program
            .post(
                "/routing/attributes/product/values",
                json!({ "attribute_value": { "name": "Espresso machines" } }),
            )
            .await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let value = made.body["attribute_value"].clone();
        assert!(value["id"].is_string() && value["attribute_id"] == "product");
        let path = format!("/routing/attributes/product/values/{}", value["id"].as_str().unwrap());
        let body = json!({ "attribute_value": { "name": "Boilers" } });
        let admin = program.as_(program.me);
        let renamed = program.call(&admin, "PATCH", &path, body).await;
        assert_eq!(renamed.body["attribute_value"]["name"], "Boilers", "{}", renamed.body);
        assert_eq!(program.get(&path).await.body["attribute_value"]["name"], "Boilers");
        let elsewhere = path.replace("/product/", "/language/");
        assert_eq!(program.get(&elsewhere).await.status, 404);
        assert_eq!(program.get("/routing/attributes/magic").await.status, 404);
        assert_eq!(program.call(&admin, "DELETE", &path, Value::Null).await.status, 204);
        let products = program.get("/routing/attributes/product/values").await.body;
        assert!(!names(&products["attribute_values"]).contains(&"Boilers"), "it is retired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_skills_are_fixed_and_what_cannot_be_said_is_refused_in_words() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let as_ana = program.as_(program.world.agent("Ana"));
        let body = json!({ "attribute": { "name": "Colour" } });
        let refused = program.post("/routing/attributes", body.clone()).await;
        assert_eq!(refused.status, 422, "on {on}");
        assert!(refused.body.to_string().contains("language"), "it names the kinds: {}", refused.body);
        assert_eq!(program.call(&as_ana, "POST", "/routing/attributes", body.clone()).await.status, 403);
        assert_eq!(program.put("/routing/attributes/language", body.clone()).await.status, 422);
        assert_eq!(program.delete("/routing/attributes/language").await.status, 422);
        assert_eq!(program.put("/routing/attributes/magic", body).await.status, 404);
        let none = json!({ "definitions": { "conditions_all": [], "conditions_any": [] } });
        assert_eq!(program.get("/routing/attributes/definitions").await.body, none, "on {on}");
        let conditional = json!({ "attribute_value": {
            "name": "Refunds of gifts", "conditions": { "all": [{ "subject": "type" }] },
        } });
        let path = "/routing/attributes/product/values";
        let refused = program.post(path, conditional).await;
        assert!(refused.body.to_string().contains("skill_rules"), "{} on {on}", refused.body);
        let plain = json!({ "attribute_value": { "name": "Refunds of gifts", "conditions": {} } });
        assert_eq!(program.post(path, plain).await.status, 201, "on {on}");
        let moments = program.get("/incremental/routing/instance_values").await;
        assert_eq!(moments.status, 422, "on {on}");
        assert!(moments.body.to_string().contains("/routing/agents/"), "{}", moments.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_follows_the_library_change_by_change() {
    const MINUTE: i64 = 60_000;
    for program in Program::on_each_database() {
        let on = program.world.name();
        program.world.advance(MINUTE);
        let next = |answer: &Value| {
            answer["next_page"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned()
        };
        let kinds = program.get("/incremental/routing/attributes.json").await.body;
        assert_eq!(kinds["count"], 7, "{kinds} on {on}");
        assert_eq!(program.get(&next(&kinds)).await.body["count"], 0);
        let skills = program.get("/incremental/routing/attribute_values").await.body;
        let all = skills["attribute_values"].as_array().unwrap();
        assert!(all.len() > 20 && all.iter().all(|it| it["type"] == "create"), "{skills} on {on}");
        let after = next(&skills);
        assert_eq!(program.get(&after).await.body["count"], 0, "on {on}");

        let values = "/routing/attributes/product/values";
        let made = program.post(values, json!({ "attribute_value": { "name": "Boilers" } })).await.body;
        let path = format!("{values}/{}", made["attribute_value"]["id"].as_str().unwrap());
        assert_eq!(program.get(&after).await.body["count"], 0, "the newest are held back, on {on}");
        program.world.advance(MINUTE);
        program.put(&path, json!({ "attribute_value": { "name": "Pumps" } })).await;
        program.world.advance(MINUTE);
        program.delete(&path).await;
        program.world.advance(MINUTE);
        let changes = program.get(&after).await.body;
        let told: Vec<(&str, &str)> = changes["attribute_values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["name"].as_str().unwrap(), it["type"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("Pumps", "create"), ("Pumps", "update"), ("Pumps", "delete")], "on {on}");
        assert_eq!(program.get(&next(&changes)).await.body["count"], 0);
        assert_eq!(program.get("/incremental/routing/attribute_values?cursor=x").await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_have_skills_and_tickets_need_them() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let skills = program.world.read(desk::skills::list_skills);
        let id = |name: &str| skills.iter().find(|it| it.name == name).expect("it is there").id.to_string();
        let (refunds, french) = (id("Billing and refunds"), id("French"));
        let path = format!("/routing/agents/{ana}/instance_values");
        assert_eq!(program.get(&path).await.body, json!({ "attribute_values": [] }));
        let both = json!({ "attribute_value_ids": [refunds, french, "0", "nonsense"] });
        assert_eq!(program.call(&as_ana, "POST", &path, both.clone()).await.status, 403, "on {on}");
        let set = program.post(&path, both).await;
        assert_eq!(names(&set.body["attribute_values"]), ["Billing and refunds", "French"], "on {on}");
        let one = program.post(&path, json!({ "attribute_value_ids": [french] })).await;
        assert_eq!(names(&one.body["attribute_values"]), ["French"]);
        let ticket = program.world.ticket("Bonjour");
        let other = program.world.ticket("Something else");
        for (ticket, skill) in [(ticket, &french), (other, &refunds)] {
            let path = format!("/routing/tickets/{ticket}/instance_values");
            let needs = program.post(&path, json!({ "attribute_value_ids": [skill] })).await;
            assert_eq!(needs.body["attribute_values"][0]["id"], json!(skill), "{}", needs.body);
            assert_eq!(program.get(&path).await.body, needs.body);
        }
        let asked = format!("/routing/requirements/fulfilled?ticket_ids={ticket},{other}");
        let fulfilled = program.call(&as_ana, "GET", &asked, Value::Null).await;
        assert_eq!(fulfilled.body, json!({ "fulfilled_ticket_ids": [ticket.0] }));
        assert_eq!(program.get("/routing/agents/0/instance_values").await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skill_that_is_left_out_takes_back_what_was_set_and_rates_nobody_at_nothing() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let path = format!("/routing/agents/{ana}/instance_values");
        let skills = program.world.read(desk::skills::list_skills);
        let id = |name: &str| skills.iter().find(|it| it.name == name).expect("it is there").id;
        let (refunds, french) = (id("Billing and refunds"), id("French"));
        let lea = program.world.lead("Lea");
        let said = Rate { user: ana, skill: refunds, level: 4.0, note: "watched her".into() };
        program.world.write_as(lea, move |tx| desk::skills::rate(tx, &said));
        let counting = || {
            let rows = program.world.read(move |tx| desk::skills::views::evidence_about(tx, ana, None));
            let counting = rows.into_iter().filter(|it| it.struck_at.is_none());
            counting.map(|it| (it.by, it.observed)).collect::<Vec<_>>()
        };
        let of_lea = vec![(Some(lea), Observed::LeadRating { level: 4.0 })];

        let set = program.post(&path, json!({ "attribute_value_ids": [refunds, french] })).await;
        assert_eq!(names(&set.body["attribute_values"]), ["Billing and refunds", "French"], "on {on}");
        assert_eq!(counting().len(), 2, "what a lead said already is not said again, on {on}");
        let none = program.post(&path, json!({ "attribute_value_ids": [] })).await;
        assert_eq!(names(&none.body["attribute_values"]), ["Billing and refunds"], "another's word stands");
        assert_eq!(counting(), of_lea, "nothing is said of either instead, on {on}");
        program.post(&path, json!({ "attribute_value_ids": [] })).await;
        assert_eq!(counting(), of_lea, "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skill_whose_level_one_does_not_see_is_not_told() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let path = format!("/routing/agents/{ana}/instance_values");
        let skills = program.world.read(desk::skills::list_skills);
        let french = skills.iter().find(|it| it.name == "French").expect("it is there").id;
        program.post(&path, json!({ "attribute_value_ids": [french] })).await;
        let as_ben = program.as_(program.world.agent("Ben"));
        let seen = program.call(&as_ben, "GET", &path, Value::Null).await.body;
        assert_eq!(seen["attribute_values"], json!([]), "one word shows nobody's level, on {on}");
        assert_eq!(
            names(&program.get(&path).await.body["attribute_values"]),
            ["French"],
            "who said it knows"
        );
        for n in 0..4 {
            let rate = Rate { user: ana, skill: french, level: 3.0, note: String::new() };
            let lead = program.world.lead(&format!("Lead {n}"));
            program.world.write_as(lead, move |tx| desk::skills::rate(tx, &rate));
        }
        let seen = program.call(&as_ben, "GET", &path, Value::Null).await.body;
        assert_eq!(names(&seen["attribute_values"]), ["French"], "on {on}");
        let policy = Policy { levels: Circle::Person, ..Policy::default() };
        program.world.write(move |tx| desk::skills::set_policy(tx, &policy));
        let seen = program.call(&as_ben, "GET", &path, Value::Null).await.body;
        assert_eq!(seen["attribute_values"], json!([]), "on {on}");
        assert_eq!(program.get(&path).await.body["attribute_values"], json!([]), "nor to admins, on {on}");
        let own = program.call(&program.as_(ana), "GET", &path, Value::Null).await.body;
        assert_eq!(names(&own["attribute_values"]), ["French"], "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_the_desks_own_is_made_chosen_and_retired() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let wanted = json!({ "agent_status": { "name": "Only chats", "takes_live": true } });
        let refused = program.call(&as_ana, "POST", "/agent_statuses", wanted.clone()).await;
        assert_eq!(refused.status, 403, "{} on {on}", refused.body);
        let made = program.post("/agent_statuses", wanted).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let id = made.body["agent_status"]["id"].as_i64().expect("an id");
        assert_eq!(made.body["agent_status"]["takes_tickets"], false);
        let chosen = json!({ "presence": { "agent_status_id": id } });
        let set = program.call(&as_ana, "PUT", "/users/me/presence", chosen.clone()).await;
        assert_eq!(set.body["presence"]["status"], "away", "{} on {on}", set.body);
        assert_eq!(set.body["presence"]["agent_status"], "Only chats");
        let path = format!("/agent_statuses/{id}");
        let change = json!({ "agent_status": { "takes_tickets": true } });
        assert_eq!(program.put(&path, change).await.body["agent_status"]["takes_live"], true);
        let shown = program.get("/presences").await.body;
        assert_eq!(shown["presences"][0]["status"], "online", "{shown} on {on}");
        assert_eq!(program.delete(&path).await.status, 204);
        let none = program.get("/agent_statuses").await.body;
        assert_eq!(none["agent_statuses"], json!([]));
        let gone = program.call(&as_ana, "PUT", "/users/me/presence", chosen).await;
        assert_eq!(gone.status, 404, "{}", gone.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_against_a_decision_is_answered() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let here = SetPresence { user: ana, status: PresenceStatus::Online };
        program.world.write_as(ana, move |tx| routing::set_presence(tx, &here));
        let ticket = program.world.ticket("No sound");
        program.world.run_jobs();
        let path = format!("/tickets/{ticket}/routing_contests");
        let said = json!({ "routing_contest": { "reason": "Kofi knows her" } });
        let said = program.call(&as_ana, "POST", &path, said).await;
        let id = said.body["routing_contests"][0]["id"].as_i64().expect("an id");
        assert_eq!(said.body["routing_contests"][0]["answer"], Value::Null);
        let answer = json!({ "answer": { "is_right": true, "text": "He does" } });
        let path = format!("/routing_contests/{id}/answer");
        let by_ana = program.call(&as_ana, "POST", &path, answer.clone()).await;
        assert_eq!(by_ana.status, 403, "{} on {on}", by_ana.body);
        let answered = program.post(&path, answer.clone()).await;
        assert_eq!(answered.body["routing_contest"]["answer"]["text"], "He does", "{}", answered.body);
        assert_eq!(program.post(&path, answer).await.status, 409, "once, on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_by_api_is_offered_and_answered() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let here = SetPresence { user: ana, status: PresenceStatus::Online };
        program.world.write_as(ana, move |tx| routing::set_presence(tx, &here));
        let body = json!({ "ticket": {
            "subject": "No sound", "comment": { "body": "Hello?" }, "via": { "channel": "chat" },
            "requester": { "name": "Marta", "email": "marta@example.org" }
        } });
        let made = program.post("/tickets", body).await;
        assert_eq!(made.body["ticket"]["via"]["channel"], "chat", "{} on {on}", made.body);
        let id = made.body["ticket"]["id"].as_i64().expect("an id");
        program.world.run_jobs();
        let offered = program.call(&as_ana, "GET", "/users/me/routing_offers", json!({})).await.body;
        let offer = &offered["routing_offers"][0];
        assert_eq!(
            (&offer["ticket_id"], &offer["channel"]),
            (&json!(id), &json!("chat")),
            "{offered} on {on}"
        );
        let path = format!("/tickets/{id}/routing_offer");
        let odd = json!({ "routing_offer": { "answer": "perhaps" } });
        assert_eq!(program.call(&as_ana, "PUT", &path, odd).await.status, 422);
        let accepted = json!({ "routing_offer": { "answer": "accepted" } });
        assert_eq!(program.put(&path, accepted.clone()).await.status, 409, "it is Ana's, on {on}");
        assert_eq!(program.call(&as_ana, "PUT", &path, accepted).await.status, 204);
        let ticket = program.get(&format!("/tickets/{id}")).await.body;
        assert_eq!(ticket["ticket"]["assignee_id"], ana.0, "{ticket} on {on}");
        let decisions = program.get(&format!("/tickets/{id}/routing_decisions")).await.body;
        assert_eq!(decisions["routing_decisions"][0]["offer"], "accepted", "{decisions} on {on}");
    }
}
