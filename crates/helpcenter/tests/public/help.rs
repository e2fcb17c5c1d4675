//! Articles, as customers find and read them.

use super::rating::asked;
use super::*;
use desk::articles::{self, ArticleState, WriteArticle};

#[tokio::test]
async fn what_is_published_is_read_and_found_and_nothing_else_of_the_articles() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana Novak");
        let app = helpcenter::router(world.desk.clone());
        assert!(get(&app, "/help").await.body.contains("Nothing is written here yet"));
        let states = [
            (ArticleState::Draft, "en"),
            (ArticleState::Internal, "en"),
            (ArticleState::Archived, "en"),
            (ArticleState::Published, "de"),
            (ArticleState::Published, "en"),
        ];
        let ids = states.map(|(state, language)| {
            let command = WriteArticle {
                title: format!("Parcel {} {language}", state.name()),
                body: "Where is my *parcel*?".into(),
                language: language.into(),
                skills: vec![],
            };
            world.write_as(ana, move |tx| {
                let id = articles::create(tx, &command)?;
                articles::move_to(tx, id, state)?;
                Ok::<_, articles::ArticleError>(id)
            })
        });
        for path in ["/help", "/help?query=parcel"] {
            let body = get(&app, path).await.body;
            for hidden in ["Parcel draft", "Parcel internal", "Parcel archived", "Novak"] {
                assert!(!body.contains(hidden), "{hidden} at {path}, on {}", world.name());
            }
            let (own, other) = (body.find("Parcel published en"), body.find("Parcel published de"));
            assert!(own.is_some() && own < other, "the reader's language comes first: {body}");
        }
        let search = get(&app, "/help?query=invoice").await;
        assert!(search.body.contains("Nothing is found"));
        assert_eq!(search.headers["x-robots-tag"], "noindex, nofollow", "on {}", world.name());
        assert_eq!(get(&app, "/help").await.headers["x-robots-tag"], "all", "on {}", world.name());
        for id in &ids[..3] {
            let page = get(&app, &format!("/help/articles/{id}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "on {}", world.name());
            assert!(!page.body.contains("Parcel"));
        }
        assert_eq!(get(&app, "/help/articles/x").await.status, StatusCode::NOT_FOUND);
        let page = get(&app, &format!("/help/articles/{}", ids[3])).await;
        assert!(page.body.contains("<em>parcel</em>") && !page.body.contains("Novak"), "{}", page.body);
        assert_eq!(page.headers["x-robots-tag"], "all");
    }
}

#[tokio::test]
async fn customers_pages_lead_to_what_is_published_and_to_nothing_before() {
    for world in World::on_each_database() {
        let app = helpcenter::router(world.desk.clone());
        let (_, rate) = asked(&world);
        let ways = [
            ("/requests/new", "Perhaps it is answered already"),
            (rate.as_str(), "Another question?"),
            ("/jobs", "Looking for help instead?"),
        ];
        let command = WriteArticle {
            title: "When money comes back".into(),
            body: "Within five days.".into(),
            language: "en".into(),
            skills: vec![],
        };
        let lea = world.lead("Lea");
        let id = world.write_as(lea, move |tx| articles::create(tx, &command));
        for (state, leads) in [(ArticleState::Internal, false), (ArticleState::Published, true)] {
            world.write_as(lea, move |tx| articles::move_to(tx, id, state));
            for (path, words) in ways {
                let body = get(&app, path).await.body;
                assert_eq!(body.contains("<a href=\"/help\">"), leads, "{path} on {}: {body}", world.name());
                assert_eq!(body.contains(words), leads, "{path} on {}: {body}", world.name());
            }
        }
    }
}
