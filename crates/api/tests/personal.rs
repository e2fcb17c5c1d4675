//! What is a person's own, through the door, and what is found about the desk's own judgement.

mod common;

use common::Program;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn people_say_what_they_want_to_learn_and_leads_may_say_it_for_them() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, ben) = (program.world.agent("Ana"), program.world.agent("Ben"));
        let (as_ana, as_ben) = (program.as_(ana), program.as_(ben));
        let wanted = json!({ "interests": [{ "skill": "empathy" }, { "skill": "billing-and-refunds" }] });
        let set = program.call(&as_ana, "PUT", "/users/me/interests", wanted.clone()).await;
        assert_eq!(set.status, 200, "{} on {on}", set.body);
        let path = format!("/users/{ana}/interests");
        let seen = program.call(&as_ben, "GET", &path, Value::Null).await.body;
        assert_eq!(seen, set.body, "colleagues see it, on {on}");
        assert_eq!(seen["interests"].as_array().unwrap().len(), 2);
        assert_eq!(program.call(&as_ben, "PUT", &path, wanted).await.status, 403, "on {on}");
        let unknown = json!({ "interests": [{ "skill": "juggling" }] });
        assert_eq!(program.put(&path, unknown).await.status, 422);
        let none = program.put(&path, json!({ "interests": [] })).await.body;
        assert_eq!(none, json!({ "interests": [] }), "on {on}");
        assert_eq!(program.get("/users/0/interests").await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answering_took_is_the_persons_own_until_they_share_it() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let ticket = program.ticket("No sound").await;
        let answer = json!({ "ticket": { "comment": { "body": "Turn it up, please.", "public": true } } });
        let path = format!("/tickets/{ticket}");
        assert_eq!(program.call(&as_ana, "PUT", &path, answer).await.status, 200, "on {on}");

        let own = program.call(&as_ana, "GET", "/users/me/efforts", Value::Null).await.body;
        assert_eq!(own["efforts"][0]["ticket_id"], ticket, "{own} on {on}");
        assert!(own["efforts"][0]["points"].as_f64().unwrap() > 0.0);
        let (efforts, wellbeing) = (format!("/users/{ana}/efforts"), format!("/users/{ana}/wellbeing"));
        assert_eq!(program.get(&efforts).await.status, 403, "it is not shared, on {on}");
        assert_eq!(program.get(&wellbeing).await.status, 403);
        let share = |shared: bool| json!({ "wellbeing": { "shared": shared } });
        assert_eq!(program.put(&wellbeing, share(true)).await.status, 403, "nobody shares it for them");
        let shared = program.call(&as_ana, "PUT", "/users/me/wellbeing", share(true)).await.body;
        assert!(shared["wellbeing"]["shared_since"].is_string(), "{shared} on {on}");
        assert_eq!(program.get(&efforts).await.body["count"], 1);
        assert_eq!(program.get(&wellbeing).await.body["wellbeing"]["rest"]["in_a_row"], 0);
        let ben = program.as_(program.world.agent("Ben"));
        assert_eq!(program.call(&ben, "GET", &efforts, Value::Null).await.status, 403, "on {on}");
        program.call(&as_ana, "PUT", "/users/me/wellbeing", share(false)).await;
        assert_eq!(program.get(&efforts).await.status, 403, "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_is_ones_own_and_keeps_what_is_not_named() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let ana = program.world.agent("Ana");
        let as_ana = program.as_(ana);
        let path = format!("/users/{ana}/portfolio");
        assert_eq!(program.get(&path).await.status, 403, "not even an admin sees it, on {on}");
        let words =
            json!({ "portfolio": { "introduction": "Write to ana@example.org or look.", "ratings": true } });
        let set = program.call(&as_ana, "PUT", &path, words).await;
        assert_eq!(set.status, 200, "{} on {on}", set.body);
        let portfolio = &set.body["portfolio"];
        assert_eq!(portfolio["introduction"], "Write to [address] or look.");
        assert_eq!(portfolio["choices"]["introduction"], "Write to ana@example.org or look.");
        assert_eq!(portfolio["ratings"]["by_score"], json!([0, 0, 0, 0, 0]));
        assert_eq!(portfolio["articles"], json!([]));
        for state in ["draft", "internal", "published"] {
            let body =
                json!({ "article": { "title": format!("A {state}"), "body": "Words", "state": state } });
            assert_eq!(program.call(&as_ana, "POST", "/help_center/articles", body).await.status, 201);
        }
        let less = json!({ "portfolio": { "ratings": false } });
        program.call(&as_ana, "PUT", &path, less).await;
        let shown = program.call(&as_ana, "GET", "/users/me/portfolio", Value::Null).await.body;
        assert_eq!(shown["portfolio"]["ratings"], Value::Null, "{shown} on {on}");
        assert_eq!(shown["portfolio"]["introduction"], "Write to [address] or look.");
        assert_eq!(shown["portfolio"]["articles"].as_array().map(Vec::len), Some(1), "{shown}");
        assert_eq!(
            shown["portfolio"]["articles"][0]["title"], "A published",
            "what is internal stays inside"
        );
        let long = json!({ "portfolio": { "introduction": "x".repeat(2_001) } });
        assert_eq!(program.call(&as_ana, "PUT", &path, long).await.status, 422, "on {on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fairness_and_hard_work_are_for_leads() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let as_ana = program.as_(program.world.agent("Ana"));
        let as_lea = program.as_(program.world.lead("Lea"));
        for path in ["/fairness", "/hard_work"] {
            assert_eq!(program.call(&as_ana, "GET", path, Value::Null).await.status, 403, "{path} on {on}");
        }
        let report = program.call(&as_lea, "GET", "/fairness?by=language", Value::Null).await.body;
        assert_eq!(report["fairness"]["by"], "language", "{report} on {on}");
        assert_eq!(report["fairness"]["raters"], json!([]));
        assert_eq!(program.get("/fairness?by=shoes").await.status, 422);
        let work = program.call(&as_lea, "GET", "/hard_work", Value::Null).await.body;
        assert_eq!(work["hard_work"]["found_at"], Value::Null, "{work} on {on}");
        assert!(work["hard_work"]["p_usual"].as_f64().unwrap() > 0.5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_draws_back_what_was_known_and_its_people_read_why() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let (ana, lea) = (program.world.agent("Ana"), program.world.lead("Lea"));
        let rating = json!({ "skill_rating": { "skill": "billing-and-refunds", "level": 5 } });
        program.post(&format!("/users/{ana}/skill_ratings"), rating).await;
        let (levels, as_ana) = (format!("/users/{ana}/proficiencies"), program.as_(ana));
        let before = program.call(&as_ana, "GET", &levels, json!({})).await.body;
        let before = before["proficiencies"][0]["level"].as_f64().unwrap();
        let body =
            json!({ "release": { "name": "Invoices 2", "keep": 0.5, "skills": ["billing-and-refunds"] } });
        let refused = program.call(&program.as_(lea), "POST", "/releases", body.clone()).await;
        assert_eq!(refused.status, 403, "as the page, on {on}");
        let made = program.post("/releases", body).await;
        assert_eq!(
            (made.status.as_u16(), &made.body["release"]["people"]),
            (201, &json!(1)),
            "{}",
            made.body
        );
        assert_eq!(program.get("/releases").await.body["releases"], json!([made.body["release"]]), "on {on}");
        let evidence = program.get(&format!("/users/{ana}/evidence")).await.body;
        assert_eq!(evidence["evidence"][0]["kind"], "release", "{evidence} on {on}");
        assert_eq!(evidence["evidence"][0]["note"], "Invoices 2");
        let after = program.call(&as_ana, "GET", &levels, json!({})).await.body;
        let after = &after["proficiencies"][0]["level"];
        assert!(after.as_f64().is_some_and(|after| after < before), "{after} on {on}");
        let wrong =
            json!({ "release": { "name": "Invoices 3", "keep": 7, "skills": ["billing-and-refunds"] } });
        assert_eq!(program.post("/releases", wrong).await.status, 422);
        assert_eq!(program.post("/releases", json!({ "release": { "name": "x" } })).await.status, 422);
    }
}
