//! Reviews through the door: from an assignment to marks, scores, an answer and a contest.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::people::{self, UpdateUser};
use desk::reviews;
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::{TicketId, UserId};
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

#[tokio::test]
async fn a_lead_is_asked_marks_scores_and_the_person_contests() {
    let world = World::on_sqlite();
    let (ana, lea, liv) = (world.agent("Ana"), world.lead("Lea"), world.lead("Liv"));
    let ticket = solved(&world, ana);
    let mut browser = Browser::signed_in(&world, lea);
    browser.post("/reviews/plan", &[]).await;
    let page = browser.get("/reviews").await.body;
    assert!(page.contains("Little is known of") && page.contains("Charged twice"));
    assert!(browser.get(&format!("/reviews/new?ticket={ticket}")).await.body.contains("Begin the review"));

    let form = [("ticket", &*ticket.to_string()), ("user", &*ana.to_string())];
    let review = browser.post("/reviews", &form).await.location.expect("to the review");
    let page = browser.get(&review).await.body;
    let mark =
        page.split("name=\"mark\" value=\"").skip(1).map(|it| it.split('"').next().unwrap()).last().unwrap();
    let form = [("tone", "improve"), ("category", "0"), ("mark", mark)];
    let marked = browser.post_part(&format!("{review}/marks"), &form).await.body;
    assert!(marked.contains("marked improve") && marked.contains("Understanding"));

    let mut form = vec![("categories".to_owned(), "9".to_owned()), ("then".to_owned(), "finish".to_owned())];
    let short: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let early = browser.post(&format!("{review}/scores"), &short).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.body.contains("Say of “Understanding” how it was"));
    form.extend(
        (0..9).map(|it| (format!("points-{it}"), if it == 5 { "na".into() } else { "2".to_owned() })),
    );
    let full: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(browser.post(&format!("{review}/scores"), &full).await.location, Some(review.clone()));
    assert!(browser.get(&review).await.body.contains("Failed"));

    let mut theirs = Browser::signed_in(&world, ana);
    assert!(theirs.get("/reviews").await.body.contains("Not seen yet"));
    assert!(theirs.get(&review).await.body.contains("contest it"));
    assert!(!theirs.get("/reviews").await.body.contains("Not seen yet"), "now it has been seen");
    theirs.post(&format!("{review}/contest"), &[("text", "Not mine.")]).await;
    let mut other = Browser::signed_in(&world, liv);
    assert!(other.get("/reviews").await.body.contains("Contested, to be decided"));
    let decision = [("decision", "struck"), ("text", "Right.")];
    other.post(&format!("{review}/decision"), &decision).await;
    assert!(theirs.get(&review).await.body.contains("Struck out by"));
    assert_eq!(
        Browser::signed_in(&world, world.agent("Ben")).get(&review).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn scorecards_are_changed_by_leads_and_calibrations_compared() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let ticket = solved(&world, ana);
    let mut browser = Browser::signed_in(&world, lea);
    let form = [
        ("name", "Short"),
        ("name-0", "Tone"),
        ("section-0", "standard"),
        ("weight-0", "1"),
        ("points-0", "3"),
    ];
    let made = browser.post("/reviews/scorecards", &form).await.location.expect("it is made");
    let changed = [
        ("name", "Short"),
        ("name-0", "Tone"),
        ("section-0", "critical"),
        ("weight-0", "1"),
        ("points-0", "3"),
    ];
    browser.post(&made, &changed).await;
    assert!(browser.get(&made).await.body.contains("Version 2"));
    let wrong = [
        ("name", "Short"),
        ("name-0", "Tone"),
        ("section-0", "standard"),
        ("weight-0", "0"),
        ("points-0", "3"),
    ];
    assert_eq!(browser.post(&made, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut agent = Browser::signed_in(&world, ana);
    assert!(!agent.get(&made).await.body.contains("name=\"name-0\""));
    assert_eq!(agent.get("/reviews/scorecards/new").await.status, StatusCode::FORBIDDEN);
    assert_eq!(agent.get("/reviews/raters").await.status, StatusCode::FORBIDDEN);

    let form = [("ticket", &*ticket.to_string()), ("user", &*ana.to_string())];
    let calibration = browser.post("/reviews/calibrations", &form).await.location.expect("it is open");
    let review = browser.post(&format!("{calibration}/join"), &[]).await.location.expect("a blind review");
    assert!(browser.get(&review).await.body.contains("A calibration"));
    browser.post(&format!("{calibration}/close"), &[]).await;
    assert!(browser.get(&calibration).await.body.contains("Nobody finished"));
    assert!(browser.get("/reviews/calibrations").await.body.contains("Closed"));
    assert!(browser.get("/reviews/raters").await.body.contains("No reviews yet"));
}

#[tokio::test]
async fn a_scorecard_is_read_in_the_readers_language_and_its_words_are_written_by_leads() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let update = UpdateUser { locale: Some("it".into()), ..UpdateUser::of(ana) };
    world.write(move |tx| people::update_user(tx, &update).map(|_| ()));
    let card = world.read(reviews::list_scorecards).remove(0);
    let (page, words) =
        (format!("/reviews/scorecards/{}", card.id), format!("/reviews/scorecards/{}/words", card.id));
    let italian = [
        ("language", "it"),
        ("version", "1"),
        ("name", "Conversazioni"),
        ("name-0", ""),
        ("name-1", "Empatia"),
    ];

    let mut as_ana = Browser::signed_in(&world, ana);
    assert_eq!(as_ana.post(&words, &italian).await.status, StatusCode::FORBIDDEN);
    let mut browser = Browser::signed_in(&world, lea);
    let uneven = [("language", "it"), ("version", "1"), ("name-0", "Ascolto"), ("anchors-0", "Uno\nDue")];
    let refused = browser.post(&words, &uneven).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("value=\"Ascolto\"") && refused.body.contains("“Understanding”"));
    let late = [("language", "it"), ("version", "9"), ("name", "Tardi")];
    let refused = browser.post(&words, &late).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("value=\"Tardi\""), "what was written is not lost");
    let kept = browser.post(&words, &italian).await;
    assert_eq!(kept.location.as_deref(), Some(&*format!("{page}#words")));

    let read = as_ana.get(&page).await.body;
    assert!(read.contains("Conversazioni") && read.contains("Empatia") && read.contains("Understanding"));
    let form = browser.get(&page).await.body;
    assert!(form.contains("value=\"Conversations\"") && form.contains("value=\"Conversazioni\""), "{form}");
    let ticket = solved(&world, ana);
    let form = [("ticket", &*ticket.to_string()), ("user", &*ana.to_string())];
    let review = browser.post("/reviews", &form).await.location.expect("to the review");
    assert!(browser.get(&review).await.body.contains("Clear words"));
    let points: Vec<(String, &str)> = (0..9).map(|it| (format!("points-{it}"), "2")).collect();
    let mut scores = vec![("categories", "9"), ("then", "finish")];
    scores.extend(points.iter().map(|(name, value)| (name.as_str(), *value)));
    browser.post(&format!("{review}/scores"), &scores).await;
    let theirs = as_ana.get(&review).await.body;
    assert!(
        theirs.contains("Conversazioni") && theirs.contains("Empatia") && !theirs.contains("Empathy</b>")
    );
}
