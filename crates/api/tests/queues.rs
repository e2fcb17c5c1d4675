//! Queues and the decisions of the desk through the door.

mod common;

use common::Program;
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::tickets::{self, TagChange, UpdateTicket};
use desk::{TicketId, UserId};
use serde_json::{Value, json};
use testkit::World;

fn online(world: &World, user: UserId) {
    let here = SetPresence { user, status: PresenceStatus::Online };
    world.write_as(user, move |tx| routing::set_presence(tx, &here));
    world.run_jobs();
}

fn tag(world: &World, ticket: TicketId, word: &str) {
    let tags = Some(TagChange::Set(vec![word.to_owned()]));
    let change = UpdateTicket { tags, ..UpdateTicket::of(ticket) };
    world.write(move |tx| tickets::update(tx, &change));
    world.run_jobs();
}

fn vip() -> Value {
    json!({ "name": "VIP", "definition": { "all": [{ "field": "tags", "operator": "is", "values": ["vip"] }] } })
}

fn names(body: &Value) -> Vec<&str> {
    body["queues"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_listed_made_changed_ordered_and_taken_away() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let kofi = program.world.agent("Kofi");
        let first = program.world.group("First", &[kofi]);
        let all = program.get("/queues").await.body;
        assert_eq!((names(&all), &all["queues"][0]["is_default"]), (vec!["Everything else"], &json!(true)));
        let default = all["queues"][0]["id"].as_i64().unwrap();
        let made = program.post("/queues", json!({ "queue": vip() })).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let id = made.body["queue"]["id"].as_i64().unwrap();
        let path = format!("/queues/{id}");
        assert_eq!(program.get(&path).await.body["queue"], made.body["queue"], "on {on}");
        let change = json!({
            "primary_group_ids": [first.0],
            "turn": "first",
            "promise": { "minutes": 15, "percent": 95 },
        });
        let changed = program.put(&path, json!({ "queue": change })).await.body["queue"].clone();
        assert_eq!(changed["promises"], json!({ "kept": 0, "broken": 0, "running": 0, "percent": null }));
        assert_eq!((&changed["name"], &changed["turn"]), (&json!("VIP"), &json!("first")), "on {on}");
        assert_eq!(changed["definition"]["all"][0]["values"], json!(["vip"]), "what is not named stays");
        let without = program.put(&path, json!({ "queue": { "promise": null } })).await.body;
        assert_eq!(without["queue"]["promise"], Value::Null, "on {on}");
        let second = json!({ "name": "Chats", "definition": { "any": [
            { "field": "channel", "operator": "is", "values": ["chat"] }
        ] } });
        let second = program.post("/queues", json!({ "queue": second })).await.body["queue"]["id"].clone();
        let ordered = program
            .call(&program.bearer(), "PATCH", "/queues/order", json!({ "queue_ids": [second] }))
            .await
            .body;
        assert_eq!(names(&ordered), ["Chats", "VIP", "Everything else"], "on {on}");
        for (wrong, field) in [
            (json!({ "name": "" }), "name"),
            (json!({ "turn": "soon" }), "turn"),
            (json!({ "promise": { "minutes": 0, "percent": 95 } }), "promise"),
            (
                json!({ "definition": { "all": [{ "field": "moon", "operator": "is", "values": ["1"] }] } }),
                "definition",
            ),
            (
                json!({ "definition": { "all": [{ "field": "group", "operator": "is", "values": ["99"] }] } }),
                "conditions",
            ),
        ] {
            let refused = program.put(&path, json!({ "queue": wrong })).await;
            assert_eq!(refused.status, 422, "{wrong} on {on}");
            assert!(refused.body["details"][field].is_array(), "{} on {on}", refused.body);
        }
        assert_eq!(program.delete(&path).await.status, 204);
        assert_eq!(program.get(&path).await.status, 404);
        assert_eq!(program.delete(&format!("/queues/{default}")).await.status, 409, "it stays, on {on}");
        let as_kofi = program.as_(kofi);
        let refused = program.call(&as_kofi, "POST", "/queues", json!({ "queue": vip() })).await;
        assert_eq!(refused.status, 403, "on {on}");
        assert_eq!(
            program.call(&as_kofi, "GET", "/queues", json!({})).await.status,
            200,
            "staff read, on {on}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_changes_nothing_and_a_ticket_says_its_queue() {
    for program in Program::on_each_database() {
        let (on, world) = (program.world.name(), &program.world);
        let ticket = world.ticket("Mine");
        world.run_jobs();
        tag(world, ticket, "vip");
        let wanted = json!({ "queue": vip() });
        let seen = program.post("/queues/preview", wanted.clone()).await.body["preview"].clone();
        assert_eq!(
            seen["queues"],
            json!([{ "name": "VIP", "now": 0, "then": 1 }, { "name": "Everything else", "now": 1, "then": 0 }]),
            "on {on}"
        );
        assert_eq!(names(&program.get("/queues").await.body).len(), 1, "on {on}");
        let path = format!("/tickets/{ticket}/queue");
        assert_eq!(program.get(&path).await.body["ticket_queue"]["queue"], "Everything else", "on {on}");
        let made = program.post("/queues", wanted).await.body["queue"]["id"].clone();
        let promise = json!({ "queue": { "promise": { "minutes": 15, "percent": 95 } } });
        program.put(&format!("/queues/{made}"), promise).await;
        world.advance(16 * 60_000);
        let stands = program.get(&path).await.body["ticket_queue"].clone();
        assert_eq!(
            (&stands["queue"], &stands["running"], &stands["broken"]),
            (&json!("VIP"), &json!(true), &json!(true))
        );
        let gone = json!({ "queue": { "id": made, "removed": true } });
        let seen = program.post("/queues/preview", gone).await.body["preview"]["queues"].clone();
        assert_eq!(seen[0], json!({ "name": "Everything else", "now": 0, "then": 1 }), "{seen} on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_paged_by_cursor_and_filtered_for_leads_only() {
    for program in Program::on_each_database() {
        let (on, world) = (program.world.name(), &program.world);
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        online(world, ana);
        for nth in 0..5 {
            world.ticket(&format!("Question {nth}"));
        }
        world.run_jobs();
        let page = program.get("/routing/decisions?page[size]=2").await.body;
        assert_eq!(page["routing_decisions"].as_array().unwrap().len(), 2, "{page} on {on}");
        assert_eq!(page["meta"]["has_more"], true, "on {on}");
        let mut seen: Vec<i64> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = program.get(&format!("/routing/decisions?page[size]=2{cursor}")).await.body;
            seen.extend(
                page["routing_decisions"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()),
            );
            if page["meta"]["has_more"] != true {
                break;
            }
            cursor = format!("&page[after]={}", page["meta"]["after_cursor"].as_str().unwrap());
        }
        assert_eq!(seen.len(), 5, "{seen:?} on {on}");
        assert!(seen.is_sorted_by(|a, b| a > b), "the newest first, each once: {seen:?} on {on}");
        let of_kofi = program.get(&format!("/routing/decisions?user_id={kofi}")).await.body;
        assert_eq!(of_kofi["count"], 0, "on {on}");
        let of_ana =
            program.get(&format!("/routing/decisions?user_id={ana}&by_lot=false&shown=taken")).await.body;
        assert!(of_ana["count"].as_i64().unwrap() <= 5 && of_ana["count"] != 0, "{of_ana} on {on}");
        let one =
            program.get(&format!("/routing/decisions/{}", seen[0])).await.body["routing_decision"].clone();
        assert_eq!((&one["fate"], &one["assignee_id"]), (&json!("holds"), &json!(ana.0)), "{one} on {on}");
        assert_eq!(one["rule"], "expected_outcome", "on {on}");
        for wrong in ["rule=best", "by_lot=maybe", "from=yesterday", "shown=all", "user_id=ana"] {
            assert_eq!(
                program.get(&format!("/routing/decisions?{wrong}")).await.status,
                422,
                "{wrong} on {on}"
            );
        }
        assert_eq!(program.get("/routing/decisions/999999").await.status, 404, "on {on}");
        let as_ana = program.as_(ana);
        assert_eq!(
            program.call(&as_ana, "GET", "/routing/decisions", json!({})).await.status,
            403,
            "on {on}"
        );
    }
}
