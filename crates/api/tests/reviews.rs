//! Reviews through the door: scorecards, a review from its beginning to its contest, a calibration.

mod common;

use common::Program;
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::{TicketId, UserId};
use serde_json::json;
use testkit::World;

fn solved(world: &World, by: UserId) -> TicketId {
    let ticket = world.ticket("Charged twice");
    let update = UpdateTicket {
        assignee: Some(Some(by)),
        comment: Some(NewComment::public("I am sorry. Both are back.")),
        status: Some(Status::Solved),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_begun_marked_scored_finished_and_contested() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let ticket = solved(&program.world, ana);
        let begin = json!({ "review": { "ticket_id": ticket, "user_id": ana } });
        assert_eq!(program.call(&as_ana, "POST", "/reviews", begin.clone()).await.status, 403);
        let begun = program.post("/reviews", begin).await;
        assert_eq!(begun.status, 201, "{} on {on}", begun.body);
        let path = format!("/reviews/{}", begun.body["review"]["id"]);

        let comments = program.get(&format!("/tickets/{ticket}/comments")).await.body;
        let answer = comments["comments"].as_array().unwrap().last().unwrap()["id"].clone();
        let highlight = |start: usize, end: usize, good: bool| json!({ "comment_id": answer, "start": start, "end": end, "category": 1, "good": good });
        let marks = json!({ "review": { "highlights": [highlight(0, 11, true), highlight(12, 26, false)] } });
        let marked = program.put(&path, marks).await;
        assert_eq!(marked.body["review"]["highlights"][0]["quote"], "I am sorry.", "{} on {on}", marked.body);
        assert_eq!(marked.body["review"]["highlights"][1]["good"], false);

        let early = program.put(&path, json!({ "review": { "finished": true } })).await;
        assert_eq!((early.status.as_u16(), early.body["details"]["scores"].is_array()), (422, true));
        let cards = program.get("/scorecards").await.body;
        let count = cards["scorecards"][0]["categories"].as_array().unwrap().len();
        let scores: Vec<_> =
            (0..count).map(|it| json!({ "category": it, "points": 2, "note": "seen" })).collect();
        let done = program
            .put(&path, json!({ "review": { "scores": scores, "comment": "Well.", "finished": true } }))
            .await;
        assert_eq!(done.status, 200, "{} on {on}", done.body);
        assert_eq!(done.body["review"]["percent"], 0.0, "2 of 5 in a critical category");
        assert!(done.body["review"]["scores"][0]["evidence_id"].is_number());

        let evidence = program.call(&as_ana, "GET", &format!("/users/{ana}/evidence"), json!({})).await.body;
        assert_eq!(evidence["evidence"][0]["kind"], "review");
        let contested =
            program.call(&as_ana, "PUT", &format!("{path}/contest"), json!({ "text": "Not mine." })).await;
        assert_eq!(contested.body["review"]["contest"], "Not mine.", "{}", contested.body);
        let decided = json!({ "decision": "struck", "reason": "Right." });
        let decided = program.put(&format!("{path}/decision"), decided).await;
        assert_eq!(decided.body["review"]["decision"], "struck", "there is no other lead: {}", decided.body);
        let evidence = program.call(&as_ana, "GET", &format!("/users/{ana}/evidence"), json!({})).await.body;
        assert!(evidence["evidence"][0]["struck_at"].is_string());
        assert_eq!(program.call(&as_ana, "GET", "/reviews", json!({})).await.body["count"], 1);
        assert_eq!(program.get("/review_raters").await.body["review_raters"][0]["struck"], 1);
        assert_eq!(program.post("/review_assignments", json!({})).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scorecards_and_calibrations_are_resources_too() {
    for program in Program::on_each_database() {
        let ana = program.world.agent("Ana");
        let ticket = solved(&program.world, ana);
        let category = json!({ "name": "Tone", "section": "standard", "weight": 1, "points": 3 });
        let made = program
            .post("/scorecards", json!({ "scorecard": { "name": "Short", "categories": [category] } }))
            .await;
        assert_eq!(
            (made.status.as_u16(), made.body["scorecard"]["version"].clone()),
            (201, json!(1)),
            "{}",
            made.body
        );
        let id = made.body["scorecard"]["id"].clone();
        let wrong = json!({ "scorecard": { "categories": [{ "name": "x", "section": "magic", "weight": 1, "points": 3 }] } });
        assert_eq!(program.put(&format!("/scorecards/{id}"), wrong).await.status, 422);
        let off =
            program.put(&format!("/scorecards/{id}"), json!({ "scorecard": { "active": false } })).await;
        assert_eq!(off.body["scorecard"]["active"], false);

        let body = json!({ "calibration": { "ticket_id": ticket, "user_id": ana } });
        let open = program.post("/calibrations", body).await;
        assert_eq!(open.status, 201, "{}", open.body);
        let path = format!("/calibrations/{}", open.body["calibration"]["id"]);
        let mine = program.post(&format!("{path}/review"), json!({})).await;
        assert_eq!((mine.status.as_u16(), mine.body["review"]["percent"].is_null()), (201, true));
        let closed = program.put(&format!("{path}/close"), json!({})).await.body;
        assert!(closed["calibration"]["closed_at"].is_string() && closed["calibration"]["alpha"].is_null());
        assert_eq!(program.get("/calibrations").await.body["calibrations"].as_array().unwrap().len(), 1);
    }
}
