//! The page that asks how it was.

use super::*;
use desk::satisfaction::views as ratings;
use desk::tickets::{self, Status, UpdateTicket};
use desk::work::Work;
use desk::{TicketId, mail};

const DAY_MS: i64 = 24 * 3_600_000;

/// Marta's ticket, solved by Ana, and the path of the page that asks how it was.
pub(super) fn asked(world: &World) -> (TicketId, String) {
    let ana = world.agent("Ana");
    let marta = world.customer("Marta", "marta@example.org");
    let ticket = world.ticket_of(marta, "No sound");
    world.write_as(ana, move |tx| {
        let update = UpdateTicket {
            status: Some(Status::Solved),
            assignee: Some(Some(ana)),
            ..UpdateTicket::of(ticket)
        };
        tickets::update(tx, &update).map(|_| ())
    });
    world.run_jobs();
    world.take_outside_jobs();
    world.advance(DAY_MS);
    world.run_jobs();
    let mails: Vec<String> = world
        .take_outside_jobs()
        .into_iter()
        .filter_map(|work| match work {
            Work::SendMail { mail_out } => {
                world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0.text)
            }
            _ => None,
        })
        .collect();
    let line =
        mails.iter().flat_map(|text| text.lines()).find(|line| line.contains("/rate/")).expect("a link");
    (ticket, format!("/rate/{}", line.rsplit_once('/').unwrap().1))
}

fn score(world: &World, ticket: TicketId) -> Option<i64> {
    world.read(move |tx| ratings::of_ticket(tx, ticket)).and_then(|rating| rating.score)
}

#[tokio::test]
async fn opening_the_link_records_nothing_and_answering_does() {
    for world in World::on_each_database() {
        let (ticket, path) = asked(&world);
        let app = helpcenter::router(world.desk.clone());
        let page = get(&app, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("How did Ana do?") && page.body.contains("No sound"));
        assert_eq!(score(&world, ticket), None, "on {}", world.name());
        let thanks = post(&app, &path, "score=5&comment=Quick%21").await;
        assert!(thanks.body.contains("Thank you"), "{}", thanks.body);
        assert_eq!(score(&world, ticket), Some(5), "on {}", world.name());
    }
}

#[tokio::test]
async fn an_answer_can_be_changed_until_its_time_is_over() {
    let world = World::on_sqlite();
    let (ticket, path) = asked(&world);
    let app = helpcenter::router(world.desk.clone());
    post(&app, &path, "score=5").await;
    assert!(get(&app, &path).await.body.contains("value=\"5\" required checked"));
    assert!(post(&app, &path, "score=1&reason=took_too_long").await.body.contains("We are sorry"));
    assert_eq!(score(&world, ticket), Some(1));
    world.advance(29 * DAY_MS);
    assert!(!get(&app, &path).await.body.contains("<button"));
    assert_eq!(post(&app, &path, "score=4").await.status, StatusCode::CONFLICT);
    assert_eq!(score(&world, ticket), Some(1));
}

#[tokio::test]
async fn no_score_is_asked_for_again_with_what_was_written() {
    let world = World::on_sqlite();
    let (ticket, path) = asked(&world);
    let app = helpcenter::router(world.desk.clone());
    for form in ["comment=hello", "score=9&comment=hello"] {
        let page = post(&app, &path, form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Choose one of the five") && page.body.contains("hello"));
    }
    assert_eq!(score(&world, ticket), None);
}

#[tokio::test]
async fn a_wrong_link_and_a_foreign_page_are_refused() {
    let world = World::on_sqlite();
    let (ticket, path) = asked(&world);
    let app = helpcenter::router(world.desk.clone());
    assert_eq!(get(&app, "/rate/wrong").await.status, StatusCode::NOT_FOUND);
    assert_eq!(post_from(&app, &path, "score=1", "cross-site").await.status, StatusCode::FORBIDDEN);
    assert_eq!(score(&world, ticket), None);
}
