//! Articles through the door: written, found, published, changed by one who has seen them, and put away.

mod common;

use common::Program;
use desk::skills;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_written_found_published_changed_and_put_away() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let skill = program.world.read(|tx| skills::find_skill_by_key(tx, "empathy")).unwrap().id;
        let as_ana = program.as_(program.world.agent("Ana"));
        let body = json!({ "article": {
            "title": "Money back", "body": "<p>Within <b>five</b> days.</p><script>x()</script>", "locale": "en-us",
            "skill_ids": [skill]
        } });
        let made = program.post("/help_center/articles", body).await;
        assert_eq!(made.status, 201, "{} on {on}", made.body);
        let article = &made.body["article"];
        assert_eq!(
            (&article["state"], &article["draft"], &article["locale"]),
            (&json!("draft"), &json!(true), &json!("en"))
        );
        assert_eq!((&article["skill_ids"], &article["version"]), (&json!([skill]), &json!(1)));
        let shown = article["body"].as_str().unwrap();
        assert!(shown.contains("<b>five</b>") && !shown.contains("script"), "{shown}");
        let path = format!("/help_center/articles/{}", article["id"]);
        assert_eq!(
            program.call(&as_ana, "GET", &path, json!({})).await.status,
            404,
            "a draft of somebody else"
        );

        let public = program.put(&path, json!({ "article": { "draft": false } })).await.body;
        assert_eq!(
            (&public["article"]["state"], &public["article"]["version"]),
            (&json!("published"), &json!(1))
        );
        assert!(public["article"]["html_url"].as_str().unwrap().contains("/help/articles/"), "{public}");
        let found =
            program.call(&as_ana, "GET", "/help_center/articles/search?query=money", json!({})).await.body;
        assert_eq!(
            (&found["count"], &found["results"][0]["title"]),
            (&json!(1), &json!("Money back")),
            "{found}"
        );
        let of_skill = format!("/help_center/articles?skill_id={skill}&state=published");
        assert_eq!(program.get(&of_skill).await.body["articles"].as_array().unwrap().len(), 1);
        assert_eq!(program.get("/help_center/articles?state=draft").await.body["count"], 0);
        assert_eq!(program.get("/help_center/articles/search").await.status, 400);
        assert_eq!(program.get("/help_center/articles?state=secret").await.status, 422);

        let change = json!({ "article": { "markdown": "Within *six* days.", "version": 1 } });
        let changed = program.put(&path, change.clone()).await.body;
        assert_eq!(changed["article"]["version"], 2, "{changed} on {on}");
        assert!(changed["article"]["body"].as_str().unwrap().contains("<em>six</em>"));
        assert_eq!(program.put(&path, change).await.status, 409, "somebody has changed it since");
        assert_eq!(program.call(&as_ana, "DELETE", &path, json!({})).await.status, 403);
        assert_eq!(program.delete(&path).await.status, 204);
        assert_eq!(program.get(&path).await.body["article"]["state"], "archived", "on {on}");
        assert_eq!(program.get("/help_center/articles").await.body["count"], 0);
        let untitled = program.post("/help_center/articles", json!({ "article": { "body": "x" } })).await;
        assert_eq!(untitled.status, 422, "{}", untitled.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_listed_and_shown_by_their_language() {
    for program in Program::on_each_database() {
        let on = program.world.name();
        let mut ids = Vec::new();
        for (title, locale) in [("Money back", "en-us"), ("Geld zurück", "de"), ("Still a draft", "de")] {
            let draft = title == "Still a draft";
            let body = json!({ "article": { "title": title, "body": "<p>x</p>", "locale": locale, "draft": draft } });
            ids.push(program.post("/help_center/articles", body).await.body["article"]["id"].clone());
        }
        let titles = |body: &serde_json::Value, key: &str| {
            let all = body[key].as_array().expect("a list").iter();
            all.map(|it| it["title"].as_str().expect("a title").to_owned()).collect::<Vec<_>>()
        };
        let german = program.get("/help_center/de/articles?state=published").await.body;
        assert_eq!(
            (titles(&german, "articles"), &german["count"]),
            (vec!["Geld zurück".into()], &json!(1)),
            "{on}"
        );
        let english = program.get("/help_center/en-gb/articles").await.body;
        assert_eq!(titles(&english, "articles"), ["Money back"], "the first part of a locale counts");
        assert_eq!(program.get("/help_center/fr/articles").await.body["count"], 0);
        let found = program.get("/help_center/articles/search?query=money&locale=de").await.body;
        assert_eq!(found["count"], 0, "{found}");
        let found = program.get("/help_center/articles/search?query=money&locale=en").await.body;
        assert_eq!(titles(&found, "results"), ["Money back"], "on {on}");
        assert_eq!(program.get("/help_center/articles?locale=klingon").await.status, 422);

        let shown = program.get(&format!("/help_center/de/articles/{}", ids[1])).await;
        assert_eq!(shown.status, 200, "{} on {on}", shown.body);
        assert_eq!(shown.body["article"]["locale"], "de");
        assert_eq!(program.get(&format!("/help_center/fr/articles/{}", ids[1])).await.status, 404);
        let other = program.get(&format!("/help_center/articles/{}", ids[1])).await;
        assert_eq!(other.body["article"], shown.body["article"], "without a language it is the same");
        assert_eq!(program.get("/help_center/klingon/articles").await.status, 404);
        let as_ana = program.as_(program.world.agent("Ana"));
        let draft = format!("/help_center/de/articles/{}", ids[2]);
        assert_eq!(
            program.call(&as_ana, "GET", &draft, json!({})).await.status,
            404,
            "a draft of somebody else"
        );
    }
}
