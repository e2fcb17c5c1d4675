//! Followed is our own server, over real sockets: one desk with tickets, another that learns from them.

use super::*;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use desk::people;
use desk::tickets::{self, NewComment, Status, TagChange, UpdateTicket};
use desk::{Role, TicketId, UserId};
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;

/// Where the pages of this router can be reached.
async fn served(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    format!("http://{address}")
}

fn follower(learner: &World, url: &str) -> Follower {
    let mapping = Mapping {
        source: "their desk".into(),
        topics: [("sso".to_owned(), vec!["saml-and-sso:3".to_owned()])].into(),
        ..Mapping::default()
    };
    Follower {
        desk: learner.desk.clone(),
        layout: mapping.layout().unwrap(),
        mapping,
        url: url.into(),
        people: People::Create,
        days: 730,
        reads_comments: true,
    }
}

fn solved(world: &World, by: UserId, subject: &str, tag: &'static str) -> TicketId {
    let ticket = world.ticket(subject);
    change(world, by, ticket, move |it| {
        it.assignee = Some(Some(by));
        it.tags = Some(TagChange::Set(vec![tag.to_owned()]));
        it.comment = Some(NewComment::public("It is done, and this is how."));
        it.status = Some(Status::Solved);
    });
    ticket
}

fn change(world: &World, by: UserId, ticket: TicketId, set: impl Fn(&mut UpdateTicket)) {
    let mut update = UpdateTicket::of(ticket);
    set(&mut update);
    world.write_as(by, move |tx| tickets::update(tx, &update));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_server_is_followed_page_by_page_and_nothing_is_taken_twice() {
    let their = World::on_sqlite();
    let (ana, kofi) = (their.admin("Ana"), their.agent("Kofi"));
    solved(&their, kofi, "First", "sso");
    solved(&their, ana, "Second", "sso");
    solved(&their, ana, "Off our topics", "weather");
    their.ticket("Still open");
    let by_two = their.ticket("By two");
    change(&their, kofi, by_two, |it| {
        it.assignee = Some(Some(kofi));
        it.comment = Some(NewComment::public("Kofi looked into it. ".repeat(10)));
    });
    change(&their, ana, by_two, |it| {
        it.assignee = Some(Some(ana));
        it.tags = Some(TagChange::Set(vec!["sso".to_owned()]));
        it.comment = Some(NewComment::public("Ana found it out. ".repeat(10)));
        it.status = Some(Status::Solved);
    });
    their.advance(20 * DAY);
    let young = solved(&their, kofi, "Young", "sso");
    their.advance(DAY);
    let token = their.write(move |tx| desk::access::create_api_token(tx, "a follower", Some(ana))).1;
    let url = served(api::router(api::Api::new(their.desk.clone(), api::Limits::default()))).await;

    let learner = World::on_sqlite();
    learner.advance(21 * DAY);
    let follower = follower(&learner, &url);
    let mut client = Client::new(&url, "ana@desk.example", &token, true).unwrap();
    let done = follower.round(&mut client).await.unwrap();
    assert!(done.tally.is_reconciled());
    assert_eq!((done.tally.taken, done.tally.rejected, done.waiting), (3, 1, 1), "{:?}", done.tally);
    assert_eq!(done.tally.unmapped["weather"], 1);
    assert_eq!(done.tally.people_created, 2);
    assert_eq!(done.tally.outcomes, 4, "the one by two is evidence of both");
    let kofi_here =
        learner.read(|tx| people::find_user_by_email(tx, "kofi@desk.example")).expect("he was made");
    assert_eq!(kofi_here.role, Role::Agent);

    let again = follower.round(&mut client).await.unwrap();
    assert_eq!((again.tally.read, again.waiting), (0, 0), "the place is kept");
    let runs = learner.read(desk::skills::outcomes::list_runs);
    assert_eq!(runs.len(), 1, "a look that found nothing is no import");

    change(&their, kofi, young, |it| {
        it.tags = Some(TagChange::Set(vec!["sso".to_owned(), "vip".to_owned()]))
    });
    their.advance(7 * DAY);
    learner.advance(7 * DAY);
    let later = follower.round(&mut client).await.unwrap();
    assert_eq!(
        (later.tally.taken, later.tally.duplicates),
        (1, 1),
        "once what waited, and once what was read again"
    );
    for user in learner.read(desk::skills::list_people_with_evidence) {
        assert!(learner.read(move |tx| desk::skills::check_person(tx, user)).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_to_wait_is_asked_again_and_one_that_refuses_is_not() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let answer = || async {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "0".parse().unwrap());
        match CALLS.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => (StatusCode::TOO_MANY_REQUESTS, headers, "{}").into_response(),
            _ => axum::Json(serde_json::json!({"tickets": [], "after_cursor": "x", "end_of_stream": true}))
                .into_response(),
        }
    };
    let refuse = || async { (StatusCode::UNAUTHORIZED, "{}").into_response() };
    let elsewhere = || async { axum::response::Redirect::temporary("http://127.0.0.1:1/").into_response() };
    let router = Router::new()
        .route("/busy", axum::routing::get(answer))
        .route("/refused", axum::routing::get(refuse))
        .route("/moved", axum::routing::get(elsewhere));
    let url = served(router).await;
    let mut client = Client::new(&url, "a@b.c", "t", true).unwrap();
    assert_eq!(client.get("/busy").await.unwrap()["after_cursor"], "x");
    assert_eq!(CALLS.load(Ordering::SeqCst), 3);
    assert!(client.get("/refused").await.unwrap_err().to_string().contains("not accepted"));
    assert!(client.get("/moved").await.unwrap_err().to_string().contains("307"), "redirects lead nowhere");
    let encrypted = url.replace("http://", "https://");
    let mut guarded = Client::new(&encrypted, "a@b.c", "t", false).unwrap();
    assert!(guarded.get("/busy").await.unwrap_err().to_string().contains("private network"));
}
