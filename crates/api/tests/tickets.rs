//! Tickets through the door, in the shapes that clients of the Zendesk API expect.

mod common;

use common::Program;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_created_ticket_comes_back_with_its_audit_and_its_address() {
    let program = Program::new();
    let answer = program
        .post(
            "/tickets.json",
            json!({ "ticket": {
                "subject": "No sound", "comment": { "body": "The left ear is silent" }, "priority": "high",
                "requester": { "name": "Marta", "email": "marta@example.org" }, "tags": ["audio"],
                "field_that_nobody_knows": 7,
            }}),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let ticket = &answer.body["ticket"];
    assert_eq!(ticket["subject"], "No sound");
    assert_eq!(ticket["description"], "The left ear is silent");
    assert_eq!((&ticket["status"], &ticket["priority"]), (&json!("new"), &json!("high")));
    assert_eq!(ticket["via"]["channel"], "api");
    assert_eq!(ticket["satisfaction_rating"], json!({ "score": "unoffered" }));
    assert_eq!(answer.headers["location"].to_str().unwrap(), ticket["url"].as_str().unwrap());
    let events = answer.body["audit"]["events"].as_array().unwrap();
    assert!(
        events.iter().any(|event| event["type"] == "Comment" && event["body"] == "The left ear is silent")
    );
    assert!(events.iter().any(|event| event["type"] == "Create" && event["field_name"] == "priority"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_answered_assigned_and_solved_in_one_call() {
    let program = Program::new();
    let id = program.ticket("No sound").await;
    let change = json!({ "ticket": {
        "status": "solved", "assignee_id": program.me, "additional_tags": ["fixed"],
        "comment": { "html_body": "<p>Turn it <b>on</b>, as <a href='https://x.example/on'>here</a><script>alert(1)</script></p>", "public": true },
    }});
    let answer = program.put(&format!("/tickets/{id}.json"), change).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["ticket"]["status"], "solved");
    assert_eq!(answer.body["ticket"]["tags"], json!(["fixed"]));
    assert_eq!(answer.body["audit"]["ticket_id"], id);
    let comments = program.get(&format!("/tickets/{id}/comments?sort_order=desc&include=users")).await.body;
    assert_eq!(comments["count"], 2);
    assert_eq!(comments["comments"][0]["plain_body"], "Turn it on, as here <https://x.example/on>");
    assert!(!comments["comments"][0]["html_body"].as_str().unwrap().contains("script"));
    assert_eq!(comments["comments"][0]["audit_id"], answer.body["audit"]["id"]);
    assert_eq!(comments["users"].as_array().unwrap().len(), 2);
    let audits = program.get(&format!("/tickets/{id}/audits")).await.body;
    assert_eq!(audits["audits"].as_array().unwrap().len(), 2);
    let metric = program.get(&format!("/tickets/{id}/metrics")).await.body;
    assert_eq!(metric["ticket_metric"]["replies"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_safe_update_is_refused_after_somebody_elses_change() {
    let program = Program::new();
    let id = program.ticket("No sound").await;
    let stamp = program.get(&format!("/tickets/{id}")).await.body["ticket"]["updated_at"].clone();
    program.world.advance(60_000);
    program.put(&format!("/tickets/{id}"), json!({ "ticket": { "priority": "low" } })).await;
    let safe = json!({ "ticket": { "priority": "urgent", "safe_update": true, "updated_stamp": stamp } });
    let answer = program.put(&format!("/tickets/{id}"), safe).await;
    assert_eq!((answer.status.as_u16(), &answer.body["error"]), (409, &json!("UpdateConflict")));
    let changed: Vec<&String> =
        answer.body["details"].as_object().expect("what has changed").keys().collect();
    assert_eq!(changed, ["priority"], "not what was so before: {}", answer.body);
    assert_eq!(program.get(&format!("/tickets/{id}")).await.body["ticket"]["priority"], "low");
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_walk_all_tickets_forwards_and_back() {
    let program = Program::new();
    for i in 0..5 {
        program.ticket(&format!("Ticket {i}")).await;
    }
    let first = program.get("/tickets.json?page[size]=2&sort=-id").await.body;
    assert_eq!(first["meta"]["has_more"], true);
    assert_eq!(first["tickets"][0]["subject"], "Ticket 4");
    let next = first["links"]["next"].as_str().unwrap();
    let path = next.split("/api/v2").nth(1).unwrap();
    let second = program.get(path).await.body;
    assert_eq!(second["tickets"][0]["subject"], "Ticket 2");
    let back = second["links"]["prev"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    assert_eq!(program.get(&back).await.body["tickets"], first["tickets"]);
    let counted = program.get("/tickets.json?per_page=2&page=3").await.body;
    assert_eq!((&counted["count"], &counted["next_page"]), (&json!(5), &json!(null)));
    assert!(counted["previous_page"].as_str().unwrap().ends_with("/tickets.json?per_page=2&page=2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_work_is_done_step_by_step_and_can_be_asked_for_again() {
    let program = Program::new();
    let id = program.ticket("One").await;
    let body = json!({ "tickets": [{ "id": id, "status": "open" }, { "id": 999, "status": "open" }] });
    let job = program.put("/tickets/update_many.json", body).await.body["job_status"].clone();
    assert_eq!((&job["status"], &job["total"]), (&json!("completed"), &json!(2)));
    assert_eq!(job["results"][0]["status"], "Updated");
    assert_eq!(job["results"][1]["error"], "RecordNotFound");
    let path = format!("/job_statuses/{}.json", job["id"].as_str().unwrap());
    assert_eq!(program.get(&path).await.body["job_status"], job);
    let stranger = program.as_(program.world.agent("Ben"));
    let hidden = program.send("GET", &format!("/api/v2{path}"), Some(&stranger), "").await;
    assert_eq!(hidden.status, 404, "outcomes belong to the one who asked");
    let many: Vec<_> = (0..101).map(|_| json!({ "subject": "x" })).collect();
    let refused = program.post("/tickets/create_many", json!({ "tickets": many })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["error"]), (422, &json!("TooManyValues")));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_set_added_and_taken_away() {
    let program = Program::new();
    let id = program.ticket("One").await;
    let path = format!("/tickets/{id}/tags");
    assert_eq!(program.post(&path, json!({ "tags": ["a", "b"] })).await.status, 201);
    assert_eq!(program.put(&path, json!({ "tags": ["c"] })).await.body["tags"], json!(["a", "b", "c"]));
    let body = json!({ "tags": ["a"] }).to_string();
    let taken = program.send("DELETE", &format!("/api/v2{path}"), Some(&program.bearer()), body).await;
    assert_eq!(taken.body["tags"], json!(["b", "c"]));
    assert_eq!(program.get("/tags").await.body["count"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_by_cursor_ends_and_then_shows_only_what_is_new() {
    let program = Program::new();
    program.ticket("One").await;
    program.ticket("Two").await;
    let early = program.get("/incremental/tickets/cursor.json?start_time=0").await.body;
    assert_eq!(early["tickets"], json!([]), "what is younger than a few seconds is held back");
    program.world.advance(60_000);
    let page = program.get("/incremental/tickets/cursor.json?start_time=0&per_page=1").await.body;
    assert_eq!((page["tickets"].as_array().unwrap().len(), &page["end_of_stream"]), (1, &json!(false)));
    let next = page["after_url"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    let page = program.get(&next).await.body;
    assert_eq!((&page["tickets"][0]["subject"], &page["end_of_stream"]), (&json!("Two"), &json!(true)));
    let cursor = page["after_cursor"].as_str().unwrap();
    let page = program.get(&format!("/incremental/tickets/cursor.json?cursor={cursor}")).await.body;
    assert_eq!((&page["tickets"], &page["after_cursor"]), (&json!([]), &json!(cursor)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_tickets_and_people_and_counts_them() {
    let program = Program::new();
    program.ticket("Refund for March").await;
    program.ticket("No sound").await;
    let found = program.get("/search.json?query=type:ticket%20refund").await.body;
    assert_eq!((&found["count"], &found["results"][0]["subject"]), (&json!(1), &json!("Refund for March")));
    assert_eq!(found["results"][0]["result_type"], "ticket");
    let people = program.get("/search.json?query=type:user%20email:marta@example.org").await.body;
    assert_eq!(people["results"][0]["name"], "Marta");
    let mixed = program.get("/search.json?query=marta").await.body;
    let kinds: Vec<_> =
        mixed["results"].as_array().unwrap().iter().map(|hit| hit["result_type"].clone()).collect();
    assert!(kinds.contains(&json!("ticket")) && kinds.contains(&json!("user")), "{kinds:?}");
    assert_eq!(program.get("/search/count?query=type:ticket%20status:new").await.body["count"], 2);
    assert_eq!(program.get("/search").await.status, 400);
}

/// The subjects (or names) that a search finds, in its order.
async fn found(program: &Program, query: &str) -> Vec<String> {
    let query = query.replace(' ', "%20").replace('>', "%3E").replace('<', "%3C");
    let body = program.get(&format!("/search.json?query={query}")).await.body;
    let word = |hit: &Value| hit["subject"].as_str().or(hit["name"].as_str()).unwrap_or_default().to_owned();
    body["results"].as_array().unwrap_or_else(|| panic!("{body}")).iter().map(word).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_knows_subjects_times_before_now_and_the_order_that_its_words_ask_for() {
    const HOUR_MS: i64 = 3_600_000;
    let (old, new) = ("Refund for March", "No sound");
    for program in Program::on_each_database() {
        let first = program.ticket(old).await;
        program.world.advance(3 * HOUR_MS);
        let second = program.ticket(new).await;
        for (id, priority) in [(first, "high"), (second, "low")] {
            program.put(&format!("/tickets/{id}"), json!({ "ticket": { "priority": priority } })).await;
        }
        for (query, wanted) in [
            ("subject:refund", vec![old]),
            ("subject:refund march", vec![old]),
            ("subject:sound work", vec![new]),
            ("subject:work", vec![]),
            ("subject:marta", vec![]),
            ("created>2hours", vec![new]),
            ("created<2hours", vec![old]),
            ("created>1week sort:asc", vec![old, new]),
            ("created<1week", vec![]),
            ("created>2moons", vec![]),
            ("type:ticket order_by:created_at sort:asc", vec![old, new]),
            ("type:ticket order_by:created_at sort:desc", vec![new, old]),
            ("type:ticket order_by:priority sort:asc", vec![new, old]),
            ("type:ticket work order_by:priority", vec![old, new]),
            ("type:user marta order_by:created_at sort:asc", vec!["Marta"]),
        ] {
            assert_eq!(found(&program, query).await, wanted, "{query} on {}", program.world.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn views_hold_what_they_count() {
    let program = Program::new();
    program.ticket("One").await;
    let views = program.get("/views.json").await.body;
    for view in views["views"].as_array().unwrap() {
        let id = &view["id"];
        let rows =
            program.get(&format!("/views/{id}/tickets")).await.body["tickets"].as_array().unwrap().len();
        let count = program.get(&format!("/views/{id}/count")).await.body["view_count"]["value"].clone();
        assert_eq!(count, rows, "{}", view["title"]);
        let table = program.get(&format!("/views/{id}/execute")).await.body;
        assert_eq!(table["rows"].as_array().unwrap().len(), rows, "{}", view["title"]);
        assert!(table["columns"].as_array().unwrap().len() > 2);
    }
    assert_eq!(program.get("/views/99").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_taken_by_a_comment_and_read_only_by_its_signed_address() {
    let program = Program::new();
    let id = program.ticket("One").await;
    let path = "/api/v2/uploads.json?filename=page.html";
    let upload = program.send("POST", path, Some(&program.bearer()), "<script>alert(1)</script>").await;
    assert_eq!(upload.status, 201, "{}", upload.body);
    let token = upload.body["upload"]["token"].clone();
    let comment = json!({ "ticket": { "comment": { "body": "See here", "uploads": token } } });
    assert_eq!(program.put(&format!("/tickets/{id}"), comment).await.status, 200);
    let comments = program.get(&format!("/tickets/{id}/comments")).await.body;
    let file = &comments["comments"][1]["attachments"][0];
    assert_eq!((&file["file_name"], &file["size"]), (&json!("page.html"), &json!(25)));
    let address = file["content_url"].as_str().unwrap().split_once("/attachments/").unwrap().1;
    let content = program.send("GET", &format!("/attachments/{address}"), None, "").await;
    assert_eq!(content.bytes, b"<script>alert(1)</script>");
    assert!(content.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(content.headers["x-content-type-options"], "nosniff");
    assert!(content.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let forged = format!("/attachments/{}", address.replacen('-', "-x", 1));
    assert_eq!(program.send("GET", &forged, None, "").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_waiting_file_is_refused_by_name_and_nothing_is_written() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let path = "/api/v2/uploads.json?filename=bill.txt";
        let upload = program.send("POST", path, Some(&program.bearer()), "hello").await;
        let token =
            upload.body["upload"]["token"].as_str().unwrap_or_else(|| panic!("{} on {on}", upload.body));
        let with = |token: &str| json!({ "ticket": { "subject": "Bill", "comment": { "body": "Here", "uploads": [token] } } });
        let made = program.post("/tickets.json", with(token)).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let ticket = format!("/tickets/{}", made.body["ticket"]["id"]);
        for bad in ["nonsense", token] {
            let created = program.post("/tickets.json", with(bad)).await;
            let updated = program.put(&ticket, with(bad)).await;
            for answer in [created, updated] {
                let said = (answer.status.as_u16(), &answer.body["error"]);
                assert_eq!(said, (422, &json!("RecordInvalid")), "{} on {on}", answer.body);
                let why = answer.body["details"]["uploads"][0]["description"].as_str();
                assert!(why.is_some_and(|why| why.contains(bad)), "{} on {on}", answer.body);
            }
        }
        assert_eq!(program.get("/tickets.json?per_page=9&page=1").await.body["count"], 1, "on {on}");
        assert_eq!(program.get(&format!("{ticket}/comments")).await.body["count"], 1, "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_given_and_taken_away_and_the_audit_says_so() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let id = program.ticket("One").await;
        let path = format!("/tickets/{id}");
        let copy = |action: &str| json!({ "ticket": { "email_ccs": [{ "user_email": "otto@example.org", "action": action }] } });
        let put = program.put(&path, copy("put")).await.body;
        let otto = put["ticket"]["email_cc_ids"][0].as_i64().unwrap_or_else(|| panic!("{put} on {on}"));
        let gone = program.put(&path, copy("delete")).await.body;
        assert_eq!(gone["ticket"]["email_cc_ids"], json!([]), "on {on}");
        let event = &gone["audit"]["events"][0];
        assert_eq!((&event["type"], &event["field_name"]), (&json!("Change"), &json!("email_cc_ids")));
        assert_eq!((&event["previous_value"], &event["value"]), (&json!([otto]), &json!([])));
        let again = program.put(&path, copy("delete")).await.body;
        assert!(again["audit"].is_null(), "nobody was in copy any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_added_and_taken_away_in_one_call() {
    let program = Program::new();
    let id = program.ticket("One").await;
    program.put(&format!("/tickets/{id}/tags"), json!({ "tags": ["a", "b"] })).await;
    let both = json!({ "ticket": { "additional_tags": ["c"], "remove_tags": ["a"] } });
    assert_eq!(program.put(&format!("/tickets/{id}"), both).await.body["ticket"]["tags"], json!(["b", "c"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitter_and_a_problem_are_kept_and_must_exist() {
    for program in Program::on_each_database() {
        let ana = program.world.agent("Ana");
        let body = json!({ "ticket": {
            "subject": "Down", "comment": { "body": "All is down" }, "type": "problem", "submitter_id": ana,
            "requester": { "name": "Marta", "email": "marta@example.org" },
        }});
        let problem = program.post("/tickets", body).await.body;
        assert_eq!(problem["ticket"]["submitter_id"], json!(ana), "{problem} on {}", program.world.name());
        let (problem, incident) = (problem["ticket"]["id"].clone(), program.ticket("Mine too").await);
        let path = format!("/tickets/{incident}");
        let changed = program.put(&path, json!({ "ticket": { "problem_id": problem } })).await.body;
        assert_eq!(
            (&changed["ticket"]["problem_id"], &changed["ticket"]["type"]),
            (&problem, &json!("incident"))
        );
        let incidents = program.get(&format!("/tickets/{problem}/incidents")).await.body;
        assert_eq!(incidents["tickets"][0]["id"], incident);
        assert_eq!(program.get(&format!("/tickets/{problem}")).await.body["ticket"]["has_incidents"], true);
        let itself = json!({ "ticket": { "problem_id": incident } });
        let refused = program.put(&path, itself).await;
        assert_eq!((refused.status.as_u16(), refused.body["details"]["problem_id"].is_array()), (422, true));
        let freed = program.put(&path, json!({ "ticket": { "problem_id": null } })).await.body;
        assert_eq!(freed["ticket"]["problem_id"], json!(null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_tells_of_deleted_tickets_and_a_deleted_ticket_comes_back() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let id = program.ticket("Zebra stripes").await;
        program.world.advance(60_000);
        assert_eq!(program.delete(&format!("/tickets/{id}")).await.status, 204);
        program.world.advance(60_000);
        let page = program.get("/incremental/tickets/cursor.json?start_time=0").await.body;
        assert_eq!(
            (&page["tickets"][0]["id"], &page["tickets"][0]["status"]),
            (&json!(id), &json!("deleted")),
            "on {on}"
        );
        assert_eq!(program.get("/deleted_tickets").await.body["deleted_tickets"][0]["id"], id);
        assert_eq!(program.get("/search/count?query=zebra").await.body["count"], 0);
        assert_eq!(program.put(&format!("/deleted_tickets/{id}/restore.json"), json!({})).await.status, 200);
        assert_eq!(program.get(&format!("/tickets/{id}")).await.body["ticket"]["status"], "new");
        assert_eq!(
            program.get("/search/count?query=zebra").await.body["count"],
            1,
            "it is found again, on {on}"
        );
        assert_eq!(program.put(&format!("/deleted_tickets/{id}/restore"), json!({})).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_of_people_go_on_where_they_ended() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        program.world.customer("Marta", "marta@example.org");
        program.world.advance(60_000);
        let page = program.get("/incremental/users/cursor?start_time=0&per_page=1").await.body;
        assert_eq!(
            (page["users"].as_array().unwrap().len(), &page["end_of_stream"]),
            (1, &json!(false)),
            "on {on}"
        );
        let next = page["after_url"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
        let rest = program.get(&next).await.body;
        assert_eq!((&rest["users"][0]["name"], &rest["end_of_stream"]), (&json!("Marta"), &json!(true)));
        let by_time = program.get("/incremental/users?start_time=0").await.body;
        assert_eq!((&by_time["count"], by_time["next_page"].is_string()), (&json!(2), true));
        let none = program.get("/incremental/organizations?start_time=0").await.body;
        assert_eq!((&none["organizations"], &none["next_page"]), (&json!([]), &json!(null)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_all_tickets_are_walked_in_pages() {
    let program = Program::new();
    for subject in ["One", "Two", "Three"] {
        program.ticket(subject).await;
    }
    let first = program.get("/ticket_metrics.json?page[size]=2").await.body;
    assert_eq!(
        (first["ticket_metrics"].as_array().unwrap().len(), &first["meta"]["has_more"]),
        (2, &json!(true))
    );
    let next = first["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    assert_eq!(program.get(&next).await.body["ticket_metrics"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_answers_with_its_job_and_closes_what_was_merged() {
    let program = Program::new();
    let (target, source) = (program.ticket("No sound").await, program.ticket("Still no sound").await);
    let merge = json!({
        "ids": [source], "target_comment": "Two of one kind.", "source_comment": "See the other.",
        "source_comment_is_public": true,
    });
    let job = program.post(&format!("/tickets/{target}/merge.json"), merge.clone()).await;
    assert_eq!(job.status, 200, "{}", job.body);
    assert_eq!(job.body["job_status"]["status"], "completed");
    assert_eq!(job.body["job_status"]["results"][0]["id"], target);
    let id = job.body["job_status"]["id"].as_str().unwrap();
    let kept = program.get(&format!("/job_statuses/{id}")).await.body;
    assert_eq!(kept["job_status"]["results"][0]["success"], true);

    let merged = program.get(&format!("/tickets/{source}")).await.body;
    assert_eq!(merged["ticket"]["status"], "closed");
    assert_eq!(merged["ticket"]["tags"], json!(["closed_by_merge"]));
    let said = |comments: serde_json::Value| {
        let last = comments["comments"].as_array().unwrap().last().unwrap().clone();
        (last["plain_body"].as_str().unwrap().to_owned(), last["public"].as_bool().unwrap())
    };
    let on_target = said(program.get(&format!("/tickets/{target}/comments")).await.body);
    let on_source = said(program.get(&format!("/tickets/{source}/comments")).await.body);
    assert_eq!(on_target, ("Two of one kind.".to_owned(), false));
    assert_eq!(on_source, ("See the other.".to_owned(), true));

    let again = program.post(&format!("/tickets/{target}/merge.json"), merge).await;
    let result = &again.body["job_status"]["results"][0];
    assert_eq!(result["success"], false);
    assert!(result["details"].as_str().unwrap().contains("closed"));
}
