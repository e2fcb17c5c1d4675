//! Openings, alerts of new ones, and applications.

use super::*;
use desk::hiring::{self, OpeningState, WriteNeed, WriteOpening};
use desk::work::Work;
use desk::{mail, skills};
use helpcenter::Limits;

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
