//! The customer's pages through their door.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use desk::articles::{self, ArticleState, WriteArticle};
use desk::hiring::{self, OpeningState, WriteNeed, WriteOpening};
use desk::mail;
use desk::satisfaction::views as ratings;
use desk::tickets::{self, Channel, Status, UpdateTicket};
use desk::work::Work;
use desk::{TicketId, people, skills};
use helpcenter::Limits;
use http_body_util::BodyExt;
use testkit::World;
use tower::ServiceExt;

const DAY_MS: i64 = 24 * 3_600_000;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn ask(app: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = app.clone().oneshot(request).await.expect("the router answers").into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(app: &Router, path: &str) -> Answer {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(app: &Router, path: &str, form: &str) -> Answer {
    post_from(app, path, form, "same-origin").await
}

async fn post_from(app: &Router, path: &str, form: &str, site: &str) -> Answer {
    let request = Request::post(path)
        .header("host", "desk.example")
        .header("sec-fetch-site", site)
        .header("content-type", "application/x-www-form-urlencoded");
    ask(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

/// Marta's ticket, solved by Ana, and the path of the page that asks how it was.
fn asked(world: &World) -> (TicketId, String) {
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

#[tokio::test]
async fn the_pages_run_no_script_and_tell_nobody_their_address() {
    let world = World::on_sqlite();
    let app = helpcenter::router(world.desk.clone());
    for path in ["/requests/new", "/rate/x", "/help", "/help/articles/1"] {
        let page = get(&app, path).await;
        let csp = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'") && !csp.contains("script-src") && !csp.contains("unsafe")
        );
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="));
    }
}

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

/// An opening that everybody may see, the lead who wrote it, and its path.
fn public_opening(world: &World) -> String {
    let lea = world.lead("Lea");
    let skill = world.read(|tx| skills::find_skill_by_key(tx, "empathy")).expect("the library has it").id;
    let need = WriteNeed { skill, level: 3.5, weight: 0.5, question: String::new() };
    let command = WriteOpening {
        title: "Support <specialist>".into(),
        summary: "You help people who cannot sign in.".into(),
        place: "Lisbon".into(),
        seats: 1,
        reason: "Only Ana is able.".into(),
        role: None,
        needs: vec![need],
    };
    let id = world.write_as(lea, move |tx| {
        let id = hiring::create_opening(tx, &command)?;
        hiring::move_opening(tx, id, OpeningState::Public)?;
        Ok::<_, hiring::HiringError>(id)
    });
    world.run_jobs();
    world.take_outside_jobs();
    format!("/jobs/{id}")
}

#[tokio::test]
async fn openings_are_found_by_people_feeds_and_search_engines_and_their_reason_is_not() {
    for world in World::on_each_database() {
        let path = public_opening(&world);
        let app = helpcenter::router(world.desk.clone());
        let all = get(&app, "/jobs").await;
        assert!(
            all.status == StatusCode::OK && all.body.contains(&path),
            "on {}: {}",
            world.name(),
            all.body
        );
        assert_eq!(all.headers["x-robots-tag"], "all");
        let one = get(&app, &path).await;
        assert!(one.body.contains("schema.org/JobPosting") && one.body.contains("Empathy"), "{}", one.body);
        assert!(
            !one.body.contains("Only Ana")
                && !one.body.contains("<script")
                && !one.body.contains("<specialist>")
        );
        let feed = get(&app, "/jobs/feed.atom").await;
        assert!(feed.headers["content-type"].to_str().unwrap().starts_with("application/atom+xml"));
        assert!(feed.body.contains("<entry>") && feed.body.contains(&path), "{}", feed.body);
        let json = get(&app, "/jobs/feed.json").await;
        assert!(json.headers["content-type"].to_str().unwrap().starts_with("application/feed+json"));
        assert_eq!(json.headers["access-control-allow-origin"], "*", "a company's own page may fetch it");
        for words in ["https://jsonfeed.org/version/1.1", &path, "_opening", "Empathy"] {
            assert!(json.body.contains(words), "{words} in {}", json.body);
        }
        assert!(!json.body.contains("Only Ana"), "the reason stays inside");
        assert_eq!(get(&app, "/jobs/999").await.status, StatusCode::NOT_FOUND);
        assert_eq!(get(&app, "/jobs/nothing").await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn an_alert_is_asked_for_confirmed_by_a_click_and_left_by_a_mail_program() {
    for world in World::on_each_database() {
        let app = helpcenter::router(world.desk.clone());
        let wrong = post(&app, "/jobs/alerts", "email=nobody").await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("value=\"nobody\""));
        let asked = post(&app, "/jobs/alerts", "email=marta%40example.org&website=").await;
        assert!(asked.body.contains("a mail is on its way"), "{}", asked.body);
        let robot = post(&app, "/jobs/alerts", "email=robot%40example.org&website=x").await;
        assert_eq!(robot.body, asked.body, "a program learns nothing");
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
        assert_eq!(mails.len(), 1, "on {}", world.name());
        let line = mails[0].lines().find(|line| line.contains("/jobs/alerts/")).expect("a link");
        let path = &line[line.find("/jobs/").unwrap()..];
        let page = get(&app, path).await;
        assert!(page.body.contains(&format!("{path}/confirm")) && page.body.contains("noindex"));
        assert!(get(&app, path).await.body.contains("/confirm"), "opening the link confirms nothing");
        assert!(post(&app, &format!("{path}/confirm"), "").await.body.contains("You will hear"));
        assert!(!get(&app, path).await.body.contains("/confirm"));
        // As a mail program does it by itself: no page of ours is behind it.
        let one_click = Request::post(format!("{path}/stop"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("List-Unsubscribe=One-Click"))
            .unwrap();
        assert_eq!(ask(&app, one_click).await.status, StatusCode::OK);
        assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(post(&app, &format!("{path}/stop"), "").await.status, StatusCode::OK, "twice is no error");
    }
}

#[tokio::test]
async fn one_address_asks_for_alerts_only_so_often() {
    let world = World::on_sqlite();
    let app = helpcenter::router_with(world.desk.clone(), Limits::of(60, 2));
    for _ in 0..2 {
        assert_eq!(post(&app, "/jobs/alerts", "email=a%40example.org").await.status, StatusCode::OK);
    }
    assert_eq!(
        post(&app, "/jobs/alerts", "email=b%40example.org").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

/// A form with a file, as a browser sends it.
async fn send_form(app: &Router, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    const EDGE: &str = "----edge-of-a-part";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/pdf\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    let request = Request::post(path)
        .header("host", "desk.example")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", format!("multipart/form-data; boundary={EDGE}"));
    ask(app, request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn somebody_applies_on_the_openings_page_confirms_by_mail_and_takes_it_back() {
    for world in World::on_each_database() {
        let path = public_opening(&world);
        let app = helpcenter::router_with(world.desk.clone(), Limits::of(600, 100));
        let page = get(&app, &path).await;
        assert!(page.body.contains(&format!("{path}/applications")) && page.body.contains("180 days"));
        let german = Request::get(&path).header("accept-language", "de").body(Body::empty()).unwrap();
        let german = ask(&app, german).await.body;
        assert!(german.contains("Einfühlungsvermögen") && german.contains("Bewerben"), "on {}", world.name());
        let to = format!("{path}/applications");
        let name = ("name", "Nour <b>");
        let cv: (&str, &[u8]) = ("cv.pdf", b"%PDF-1.7 about me");

        let silent = send_form(&app, &to, &[name, ("email", "nour@example.org")], Some(cv)).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "no consent, on {}", world.name());
        assert!(silent.body.contains("id=\"consent-error\"") && silent.body.contains("Nour &#60;b&#62;"));
        let agreed = ("consent", "yes");
        let large = vec![0_u8; hiring::APPLICATION_FILE_BYTES_MAX + 1];
        let fields = [name, ("email", "nour@example.org"), ("words", "Hello\r\nthere"), agreed];
        let refused = send_form(&app, &to, &fields, Some(("cv.pdf", &large))).await;
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("id=\"file-error\"")
        );
        let huge = vec![0_u8; 2 * hiring::APPLICATION_FILE_BYTES_MAX];
        let refused = send_form(&app, &to, &fields, Some(("cv.pdf", &huge))).await;
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("id=\"file-error\"")
        );
        let robot = [name, ("email", "robot@example.org"), agreed, ("website", "x")];
        let robot = send_form(&app, &to, &robot, None).await;
        let sent = send_form(&app, &to, &fields, Some(cv)).await;
        assert_eq!((sent.status, &sent.body), (StatusCode::OK, &robot.body), "a program learns nothing");

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
        assert_eq!(mails.len(), 1, "on {}", world.name());
        let line = mails[0].lines().find(|line| line.contains("/jobs/applications/")).expect("a link");
        let link = &line[line.find("/jobs/").unwrap()..];
        let shown = get(&app, link).await.body;
        assert!(shown.contains("/confirm") && shown.contains("Nour &#60;b&#62;"));
        assert!(
            shown.contains("there</p>") && shown.contains("cv.pdf"),
            "they see what they confirm: {shown}"
        );
        assert!(get(&app, link).await.body.contains("/confirm"), "opening the link confirms nothing");
        let elsewhere = post_from(&app, &format!("{link}/confirm"), "", "cross-site").await;
        assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
        assert!(post(&app, &format!("{link}/confirm"), "").await.body.contains("has reached us"));
        let candidates = |world: &World| -> i64 {
            let sql = "select cast(count(*) as bigint) from candidates";
            world.read(move |tx| tx.one(sql, db::params![], |row| row.get(0)))
        };
        assert_eq!(candidates(&world), 1);
        let kept = get(&app, link).await.body;
        assert!(!kept.contains("/confirm") && kept.contains("/erase"));
        assert!(post(&app, &format!("{link}/erase"), "").await.body.contains("is deleted"));
        assert_eq!((candidates(&world), get(&app, link).await.status), (0, StatusCode::NOT_FOUND));
    }
}

#[tokio::test]
async fn who_is_refused_reads_why_and_what_becomes_of_what_they_sent() {
    let world = World::on_sqlite();
    let path = public_opening(&world);
    let app = helpcenter::router_with(world.desk.clone(), Limits::of(600, 100));
    let to = format!("{path}/applications");
    let fields = [("name", "Nour"), ("email", "nour@example.org"), ("consent", "yes")];
    assert_eq!(send_form(&app, &to, &fields, None).await.status, StatusCode::OK);
    let letter = world.take_outside_jobs().into_iter().find_map(|work| match work {
        Work::SendMail { mail_out } => world.read(move |tx| mail::outgoing(tx, mail_out)),
        _ => None,
    });
    let text = letter.expect("a mail").0.text;
    let line = text.lines().find(|line| line.contains("/jobs/applications/")).expect("a link");
    let link = &line[line.find("/jobs/").unwrap()..];

    let spent = mail::MailRules { automatic_per_hour_max: 1, ..mail::MailRules::default() };
    world.write(move |tx| spent.save(tx));
    let other = [("name", "Pia"), ("email", "pia@example.org"), ("consent", "yes")];
    let not_now = send_form(&app, &to, &other, None).await;
    assert_eq!(not_now.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(not_now.body.contains("again in an hour") && !not_now.body.contains("What was said stands"));

    let max = world.lead("Max");
    let opening = path.rsplit('/').next().unwrap().parse().expect("an opening");
    world.write_as(max, move |tx| hiring::move_opening(tx, opening, OpeningState::Closed));
    let late = [send_form(&app, &to, &other, None).await, post(&app, &format!("{link}/confirm"), "").await];
    for late in late {
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("takes no more applications") && late.body.contains("7 days"));
        assert!(!late.body.contains("What was said stands"), "{}", late.body);
    }
}

#[tokio::test]
async fn one_address_applies_only_so_often() {
    let world = World::on_sqlite();
    let path = format!("{}/applications", public_opening(&world));
    let app = helpcenter::router_with(world.desk.clone(), Limits::of(60, 1));
    let fields = [("name", "Nour"), ("email", "nour@example.org"), ("consent", "yes")];
    assert_eq!(send_form(&app, &path, &fields, None).await.status, StatusCode::OK);
    assert_eq!(send_form(&app, &path, &fields, None).await.status, StatusCode::TOO_MANY_REQUESTS);
}

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
        assert!(get(&app, "/help?query=invoice").await.body.contains("Nothing is found"));
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
