//! Hiring through the door: an opening, a candidate, a scorecard, a fit with its reasons, and forgetting.

mod common;

use common::Program;
use desk::hiring::{self, ApplicationFile, Apply};
use desk::work::Work;
use desk::{Actor, OpeningId, mail, skills};
use serde_json::{Value, json};

async fn made_opening(program: &Program, state: &str) -> OpeningId {
    let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "empathy")).unwrap().id;
    let body = json!({ "opening": {
        "title": "Support specialist", "summary": "You help.", "state": state,
        "skills": [{ "skill_id": skill, "level": 3 }]
    } });
    let made = program.post("/openings", body).await.body;
    OpeningId(made["opening"]["id"].as_i64().expect("it was made"))
}

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
        let own = program.put(&format!("{candidate}/scorecard"), scores).await.body;
        assert_eq!(own["scorecard"]["lines"][0]["level"], 4.5, "{own}");
        let scored = program.get(&candidate).await.body;
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

#[tokio::test(flavor = "multi_thread")]
async fn candidates_come_by_the_list_or_by_the_sheet_all_or_none_and_nobody_twice() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let as_ana = program.as_(program.world.agent("Ana"));
        let opening = format!("/openings/{}", made_opening(&program, "draft").await);
        let (imports, list) = (format!("{opening}/candidate_imports"), format!("{opening}/candidates"));
        let two = json!({ "candidate_import": { "candidates": [
            { "name": "Nour", "email": "nour@example.org", "source": "fair" }, { "name": "Kim" },
        ] } });
        assert_eq!(program.call(&as_ana, "POST", &imports, two.clone()).await.status, 403, "on {on}");
        let first = program.post(&imports, two).await;
        assert_eq!(first.status, 201, "{} on {on}", first.body);
        assert_eq!(first.body["candidate_import"], json!({ "added": 2, "known": 0 }));
        let sheet = json!({ "candidate_import": { "csv": "name,email\nNour,NOUR@example.org\nLee,lee@example.org\n" } });
        let second = program.post(&imports, sheet).await.body;
        assert_eq!(second["candidate_import"], json!({ "added": 1, "known": 1 }), "{second} on {on}");
        let wrong = json!({ "candidate_import": { "candidates": [
            { "name": "Ada", "email": "ada@example.org" }, { "name": "Bo", "email": "nobody" },
        ] } });
        let refused = program.post(&imports, wrong).await;
        assert_eq!(refused.status, 422, "on {on}");
        assert!(refused.body.to_string().contains("line 2:"), "{}", refused.body);
        assert_eq!(program.post(&imports, json!({ "candidate_import": {} })).await.status, 422);
        let all = program.get(&list).await.body;
        assert_eq!(all["candidates"].as_array().unwrap().len(), 3, "all or none: {all} on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_read_applications_and_delete_them_with_the_candidate() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let as_ana = program.as_(program.world.agent("Ana"));
        let opening = made_opening(&program, "public").await;
        program.world.run_jobs();
        program.world.take_outside_jobs();
        let apply = |email: &str| Apply {
            opening,
            name: "Nour Haddad".into(),
            email: email.into(),
            words: "Six years of helping.".into(),
            language: "en".into(),
            consent: "I agree.".into(),
            file: Some(ApplicationFile { name: "c v.pdf".into(), bytes: b"%PDF-1.7".to_vec() }),
        };
        for email in ["nour@example.org", "never@example.org"] {
            let it = apply(email);
            let done = program.world.try_write(Actor::desk(), move |tx| hiring::apply(tx, &it));
            done.expect("it is taken");
        }
        let link = program.world.take_outside_jobs().into_iter().find_map(|work| match work {
            Work::SendMail { mail_out } => {
                let text = program.world.read(move |tx| mail::outgoing(tx, mail_out))?.0.text;
                text.lines().find_map(|line| Some(line.rsplit_once("/jobs/applications/")?.1.to_owned()))
            }
            _ => None,
        });
        let token = link.expect("a mail asks");
        let done = program.world.try_write(Actor::desk(), move |tx| hiring::confirm_application(tx, &token));
        done.expect("it was them");

        let list = format!("/openings/{opening}/applications");
        assert_eq!(program.call(&as_ana, "GET", &list, json!({})).await.status, 403, "on {on}");
        assert_eq!(program.get("/openings/999/applications").await.status, 404);
        let all = program.get(&list).await.body;
        assert_eq!(all["applications"].as_array().unwrap().len(), 1, "the other is not confirmed: {all}");
        let it = &all["applications"][0];
        assert_eq!(
            (&it["words"], &it["consent"], &it["file"]["file_name"]),
            (&json!("Six years of helping."), &json!("I agree."), &json!("c v.pdf"))
        );
        let one = format!("/applications/{}", it["id"]);
        assert_eq!(program.get(&one).await.body["application"], *it);
        assert_eq!(program.call(&as_ana, "GET", &one, json!({})).await.status, 403);
        assert_eq!(program.call(&as_ana, "GET", &format!("{one}/file"), json!({})).await.status, 403);
        let file = program.get(&format!("{one}/file")).await;
        assert_eq!(
            (file.status.as_u16(), file.headers["content-type"].to_str().unwrap()),
            (200, "application/octet-stream")
        );
        let named = file.headers["content-disposition"].to_str().unwrap();
        assert!(named.starts_with("attachment;") && named.contains("c%20v.pdf"), "{named}");
        let candidate = format!("/candidates/{}", it["candidate_id"]);
        assert_eq!(program.get(&candidate).await.body["candidate"]["application_id"], it["id"]);
        assert_eq!(program.call(&as_ana, "DELETE", &one, json!({})).await.status, 403);
        assert_eq!(program.delete(&one).await.status, 204);
        assert_eq!(program.get(&one).await.status, 404);
        assert_eq!(program.get(&candidate).await.status, 404, "the candidate went along, on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_agent_scores_by_api_and_a_colleague_says_that_they_want_the_work() {
    for program in Program::on_each_database() {
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let (as_ana, as_ben) = (program.as_(ana), program.as_(ben));
        let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "empathy")).unwrap().id;
        let opening = format!("/openings/{}", made_opening(&program, "inside").await);
        let body =
            json!({ "candidate": { "name": "Nour", "email": "nour@example.org", "note": "for leads" } });
        let added = program.post(&format!("{opening}/candidates"), body).await.body;
        let card = format!("/candidates/{}/scorecard", added["candidate"]["id"]);

        let named = json!({ "interviewers": { "user_ids": [ana] } });
        let path = format!("{opening}/interviewers");
        assert_eq!(program.call(&as_ana, "PUT", &path, named.clone()).await.status, 403);
        assert_eq!(program.call(&as_ana, "GET", &path, json!({})).await.status, 403);
        let set = program.put(&path, named).await.body;
        assert_eq!(set["interviewers"], json!([{ "user_id": ana, "name": "Ana" }]));
        let asked = program.call(&as_ana, "GET", "/interviews", json!({})).await.body;
        assert_eq!(asked["interviews"][0]["scored"], false, "{asked}");
        assert_eq!(
            program.call(&as_ben, "GET", "/interviews", json!({})).await.body["interviews"],
            json!([])
        );
        let form = program.call(&as_ana, "GET", &card, json!({})).await.body;
        assert_eq!(
            (&form["scorecard"]["handed_in"], &form["scorecard"]["lines"][0]["level"]),
            (&json!(false), &Value::Null)
        );
        let scores = json!({ "scorecard": { "scores": [{ "skill_id": skill, "level": 4 }] } });
        let saved = program.call(&as_ana, "PUT", &card, scores.clone()).await;
        assert_eq!(
            (saved.status.as_u16(), &saved.body["scorecard"]["lines"][0]["level"]),
            (200, &json!(4.0)),
            "{}",
            saved.body
        );
        assert!(!saved.body.to_string().contains("for leads"), "{}", saved.body);
        assert_eq!(program.call(&as_ben, "PUT", &card, scores).await.status, 404, "nobody has named him");

        let own = format!("{opening}/candidacy");
        assert_eq!(program.call(&as_ben, "GET", &own, json!({})).await.status, 404);
        let wants = program
            .call(&as_ben, "POST", &own, json!({ "candidacy": { "note": "I did this before" } }))
            .await;
        assert_eq!(
            (wants.status.as_u16(), &wants.body["candidacy"]["stage"]),
            (201, &json!("new")),
            "{}",
            wants.body
        );
        let seen = program.call(&as_ben, "GET", &own, json!({})).await.body;
        assert_eq!(seen, wants.body);
        assert_eq!(program.call(&as_ben, "DELETE", &own, json!({})).await.status, 204);
        assert_eq!(program.call(&as_ben, "GET", &own, json!({})).await.status, 404);

        assert_eq!(program.call(&as_ana, "GET", "/opening_draft", json!({})).await.status, 422);
        let draft = format!("/opening_draft?skill_id={skill}");
        assert_eq!(program.call(&as_ana, "GET", &draft, json!({})).await.status, 403);
        let drafted = program.get(&draft).await.body;
        assert_eq!(drafted["opening_draft"]["skills"][0]["skill_id"], json!(skill), "{drafted}");
        assert_eq!(program.call(&as_ana, "GET", "/hiring_gaps", json!({})).await.status, 403);
    }
}
