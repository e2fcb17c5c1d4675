//! Another desk's outcomes through the door: a file is brought, read by a mapping, tried, taken in and taken back.

mod common;

use common::{Answer, Program};
use desk::skills::outcomes::files;
use desk::work::Work;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3_600_000;

fn sheet(program: &Program) -> String {
    let solved = program.world.now() - 20 * DAY;
    format!("Case;Agent;Closed;Category\n1;ana@example.org;{solved};refund of a gift\n2;;{solved};refund\n")
}

async fn bring(program: &Program, proof: &str, path: &str, text: String) -> Answer {
    program.send("POST", &format!("/api/v2{path}"), Some(proof), text).await
}

/// What the job does, as the process does it.
fn read(program: &Program) {
    let desk = &program.world.desk;
    for work in program.world.take_outside_jobs() {
        if let Work::ReadOutcomes { file } = work {
            let read = || files::read_file(&desk.db, &desk.blobs, file);
            let done = std::thread::scope(|scope| scope.spawn(read).join().expect("no panic"));
            done.expect("it is read");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_brought_tried_taken_in_and_taken_back() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let admin = program.bearer();
        let as_lea = program.as_(program.world.lead("Lea"));
        let path = "/outcome_files?filename=Old%20desk.csv";
        let text = sheet(&program);
        assert_eq!(bring(&program, &as_lea, path, text.clone()).await.status, 403, "for admins, on {on}");
        assert_eq!(
            bring(&program, &admin, "/outcome_files", text.clone()).await.status,
            422,
            "it has no name"
        );
        let no_table = bring(&program, &admin, path, "hello".into()).await;
        assert_eq!(no_table.status, 422, "{} on {on}", no_table.body);

        let brought = bring(&program, &admin, path, text).await;
        assert_eq!(brought.status, 201, "{} on {on}", brought.body);
        let file = &brought.body["outcome_file"];
        assert_eq!((&file["state"], &file["mapping"]["source"]), (&json!("written"), &json!("Old desk")));
        assert_eq!(file["columns"], json!(["Case", "Agent", "Closed", "Category"]), "on {on}");
        let path = format!("/outcome_files/{}", file["id"]);
        let mapping = json!({
            "source": "old desk",
            "columns": { "ticket": "Case", "person": "Agent", "solved_at": "Closed" },
            "topics": { "refund*": ["billing-and-refunds:3"] },
        });
        let wanted =
            json!({ "outcome_file": { "mapping": mapping, "create_people": true, "state": "trying" } });
        assert_eq!(program.call(&as_lea, "PUT", &path, wanted.clone()).await.status, 403);
        let trying = program.put(&path, wanted).await;
        assert_eq!(trying.body["outcome_file"]["state"], "trying", "{} on {on}", trying.body);
        read(&program);
        let tried = program.get(&path).await.body["outcome_file"].clone();
        assert_eq!(
            (&tried["state"], &tried["tally"]["read"]),
            (&json!("tried"), &json!(2)),
            "{tried} on {on}"
        );
        assert_eq!(tried["tally"]["reasons"][0]["reason"], "no_person", "{tried}");
        assert_eq!(program.get("/outcome_runs").await.body["outcome_runs"], json!([]), "nothing is taken in");

        program.put(&path, json!({ "outcome_file": { "state": "taking" } })).await;
        read(&program);
        let runs = program.get("/outcome_runs").await.body;
        let run = &runs["outcome_runs"][0];
        assert_eq!(
            (&run["source"], &run["tally"]["taken"]),
            (&json!("old desk"), &json!(1)),
            "{runs} on {on}"
        );
        let one = format!("/outcome_runs/{}", run["id"]);
        assert_eq!(program.get(&one).await.body["outcome_run"], *run);
        assert_eq!(program.get(&path).await.body["outcome_file"]["outcome_run_id"], run["id"]);
        assert_eq!(program.call(&as_lea, "GET", &one, Value::Null).await.status, 403, "on {on}");
        let back = program.delete(&one).await;
        assert_eq!(back.status, 202, "{} on {on}", back.body);
        assert!(back.body["outcome_run"]["undo_asked_at"].is_string());
        assert_eq!(program.delete(&one).await.status, 409, "once is enough, on {on}");
        assert_eq!(program.get("/outcome_runs/0").await.status, 404);
        assert_eq!(program.delete(&path).await.status, 204);
        assert_eq!(program.get("/outcome_files").await.body["outcome_files"], json!([]), "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_that_names_nothing_is_refused() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let text = sheet(&program);
        let brought = bring(&program, &program.bearer(), "/outcome_files?filename=a.csv", text).await.body;
        let path = format!("/outcome_files/{}", brought["outcome_file"]["id"]);
        for (mapping, words) in [
            (json!({ "time_zone": "Middle/Earth" }), "time zone"),
            (json!({ "columns": { "weather": "Case" } }), "weather"),
            (json!({ "colums": {} }), "colums"),
        ] {
            let wanted = json!({ "outcome_file": { "mapping": mapping } });
            let refused = program.put(&path, wanted).await;
            assert_eq!(refused.status, 422, "{} on {on}", refused.body);
            assert!(refused.body.to_string().contains(words), "{} on {on}", refused.body);
        }
        let unread = program.put(&path, json!({ "outcome_file": { "state": "taking" } })).await;
        assert_eq!(unread.status, 422, "nobody said which column is the ticket: {} on {on}", unread.body);
        assert_eq!(program.put(&path, json!({ "outcome_file": { "state": "taken" } })).await.status, 422);
    }
}
