//! The form that opens a ticket.

use super::*;
use desk::people;
use desk::tickets::{self, Channel};
use helpcenter::Limits;

const REQUEST: &str =
    "name=Marta&email=Marta%40example.org&subject=Charged+twice&message=Please+look%0D%0AThanks";

#[tokio::test]
async fn a_request_becomes_a_ticket_of_its_writer() {
    for world in World::on_each_database() {
        let app = helpcenter::router(world.desk.clone());
        let thanks = post(&app, "/requests/new", REQUEST).await;
        assert!(thanks.body.contains("under the number"), "{}", thanks.body);
        let marta =
            world.read(|tx| people::find_user_by_email(tx, "marta@example.org")).expect("Marta is known");
        let filter = tickets::Filter { requester: Some(marta.id), ..Default::default() };
        let page =
            world.read(move |tx| tickets::views::page(tx, &filter, tickets::Order::CreatedNewest, None, 10));
        assert_eq!(page.rows.len(), 1, "on {}", world.name());
        let id = page.rows[0].id;
        let ticket = world.read(move |tx| tickets::find_ticket(tx, id)).expect("it is there");
        assert_eq!((&*ticket.subject, ticket.channel), ("Charged twice", Channel::Web));
    }
}

#[tokio::test]
async fn a_program_that_fills_every_field_is_thanked_and_not_heard() {
    let world = World::on_sqlite();
    let app = helpcenter::router(world.desk.clone());
    let thanks = post(&app, "/requests/new", &format!("{REQUEST}&website=http%3A%2F%2Fx.example")).await;
    assert_eq!(thanks.status, StatusCode::OK);
    assert!(world.read(|tx| people::find_user_by_email(tx, "marta@example.org")).is_none());
}

#[tokio::test]
async fn whoever_is_shut_out_opens_no_ticket_here_either() {
    let world = World::on_sqlite();
    let marta = world.customer("Marta", "marta@example.org");
    world.write(move |tx| people::suspend(tx, marta));
    let app = helpcenter::router(world.desk.clone());
    assert_eq!(post(&app, "/requests/new", REQUEST).await.status, StatusCode::OK);
    let filter = tickets::Filter { requester: Some(marta), ..Default::default() };
    assert_eq!(world.read(move |tx| tickets::views::count(tx, &filter)), 0);
}

#[tokio::test]
async fn one_address_cannot_fill_the_desk() {
    let world = World::on_sqlite();
    let app = helpcenter::router_with(world.desk.clone(), Limits::of(100, 2));
    for _ in 0..2 {
        assert_eq!(post(&app, "/requests/new", REQUEST).await.status, StatusCode::OK);
    }
    assert_eq!(post(&app, "/requests/new", REQUEST).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_wrong_address_is_named_and_nothing_is_lost() {
    let world = World::on_sqlite();
    let app = helpcenter::router(world.desk.clone());
    let page = post(&app, "/requests/new", "email=marta&subject=Hello&message=A+long+story").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("id=\"email-error\"") && page.body.contains("A long story"));
}
