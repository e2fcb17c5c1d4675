//! The whole loop by its real doors: a customer's mail, an agent's answer, the customer's reply, the rating, and what
//! the desk learns from it.

use crate::desk_under_test::{ADMIN, Place, SUPPORT, count, read};
use crate::sink::{Letter, Sink};
use crate::{http, smtp, until};
use desk::{Actor, Desk, UserId};
use serde_json::{Value, json};

const MARTA: &str = "marta@customer.example";

fn to_marta(letter: &Letter) -> bool {
    letter.envelope.rcpt_to.iter().any(|to| to == MARTA)
}

/// Ratings are asked for at once instead of the next day.
fn ask_at_once(desk: &Desk) {
    let saved = desk.db.write_now(Actor::desk(), |tx| {
        let mut company = desk::settings::company(tx)?;
        company.satisfaction_after_hours = 0;
        desk::settings::save_company(tx, &company)
    });
    saved.expect("the settings are saved");
}

/// Evidence about this person, counted over the skills that it moved.
fn evidence(desk: &Desk) -> i64 {
    count(
        desk,
        "select count(*) from evidence_moves join evidence on evidence.id = evidence_id where kind = 'satisfaction'",
    )
}

#[test]
fn a_mail_is_answered_replied_to_solved_rated_and_learnt_from() {
    let sink = Sink::open();
    let place = Place::on_sqlite();
    let desk = place.open();
    ask_at_once(&desk);
    let relay = sink.address.to_string();
    let server = place.serve(&["--relay", &relay, "--relay-security", "plain"]);
    let api = |method: &str, path: &str, body: Value| {
        http::api(server.http, ADMIN, &place.api_token, method, path, &body)
    };

    // A customer writes.
    let first = format!(
        "From: Marta Fritz <{MARTA}>\r\nTo: {SUPPORT}\r\nSubject: Charged twice for March\r\nMessage-ID: <first@customer.example>\r\n\
         Date: Mon, 5 Jan 2026 12:00:00 +0000\r\n\r\nHello, I was charged twice on my invoice and want a refund please.\r\n"
    );
    smtp::send(server.smtp, MARTA, SUPPORT, &first);
    let id = until("the ticket", || {
        read(&desk, |tx| tx.find("select id from tickets", db::params![], |row| row.get::<i64>(0)))
    });
    until("the ticket is understood", || {
        (count(&desk, "select count(*) from requirements") > 0).then_some(())
    });

    // An agent answers.
    let me = api("GET", "/api/v2/users/me.json", Value::Null)["user"]["id"].as_i64().expect("I am somebody");
    let path = format!("/api/v2/tickets/{id}.json");
    let answer = json!({ "ticket": { "assignee_id": me, "status": "pending", "comment": { "body": "Sorry! Is it the *March* invoice?", "public": true } } });
    let updated = api("PUT", &path, answer);
    assert_eq!(
        (&updated["ticket"]["status"], &updated["ticket"]["assignee_id"]),
        (&"pending".into(), &me.into())
    );
    let letter =
        sink.wait_for("the answer arrives", |it| to_marta(it) && it.read().text.contains("March* invoice"));
    let mail = letter.read();
    let from = mail.from.as_ref().expect("it is from somebody");
    assert_eq!((from.address.as_str(), from.name.as_str()), (SUPPORT, "Ada (Acme)"));
    assert_eq!(mail.subject, "Re: Charged twice for March");
    assert_eq!(mail.in_reply_to, ["first@customer.example"]);
    assert_eq!(mail.references, ["first@customer.example"]);
    assert!(mail.html.as_deref().is_some_and(|html| html.contains("invoice")), "it has text and HTML");
    assert!(String::from_utf8_lossy(&letter.raw).contains("multipart/alternative"));
    assert_eq!(mail.machine, None, "a person wrote it");
    let reply_to = mail.reply_to.first().expect("it says where to answer").address.clone();
    assert!(reply_to.starts_with("support+") && reply_to.ends_with("@example.org"), "{reply_to}");
    until("the answer is known to be sent", || {
        (count(&desk, "select count(*) from mail_out where kind = 'reply' and state = 'sent'") == 1)
            .then_some(())
    });

    // The customer replies below a quote of it, from another program that forgets the references.
    let second = format!(
        "From: Marta Fritz <{MARTA}>\r\nTo: {reply_to}\r\nSubject: AW: something else\r\nMessage-ID: <second@customer.example>\r\n\r\n\
         Yes, that one.\r\n\r\nOn Mon, 5 Jan 2026 at 13:00, Ada (Acme) <{SUPPORT}> wrote:\r\n> Sorry! Is it the *March* invoice?\r\n"
    );
    smtp::send(server.smtp, MARTA, &reply_to, &second);
    let comments = until("the reply is on the ticket", || {
        let all = api("GET", &format!("/api/v2/tickets/{id}/comments.json"), Value::Null)["comments"]
            .as_array()?
            .clone();
        (all.len() == 3).then_some(all)
    });
    assert_eq!(
        comments[2]["body"].as_str().map(str::trim),
        Some("Yes, that one."),
        "the quote is folded away"
    );
    assert_eq!(count(&desk, "select count(*) from tickets"), 1);
    assert_eq!(api("GET", &path, Value::Null)["ticket"]["status"], "open");

    // Solved, and asked how it was.
    let solved = json!({ "ticket": { "status": "solved", "comment": { "body": "The money is on its way.", "public": true } } });
    assert_eq!(api("PUT", &path, solved)["ticket"]["status"], "solved");
    let question =
        sink.wait_for("the question how it was", |it| to_marta(it) && it.read().text.contains("/rate/"));
    let mail = question.read();
    assert!(mail.machine.is_some(), "the desk wrote it by itself, and says so");
    let link =
        mail.text.split_whitespace().find(|word| word.contains("/rate/")).expect("it has a link").to_owned();
    let rating = link.strip_prefix(&format!("http://{}", server.http)).expect("the link leads to this desk");

    // Looking records nothing; answering does.
    let rated = "select count(*) from satisfaction_ratings where score is not null";
    for _ in 0..2 {
        let page = http::request(server.http, "GET", rating, "", "");
        assert_eq!(page.status, 200, "{page:?}");
    }
    assert_eq!((count(&desk, rated), evidence(&desk)), (0, 0), "a scanner of mail opens links too");
    let before = read(&desk, |tx| desk::skills::proficiencies_of(tx, UserId(me)));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let thanks = http::request(server.http, "POST", rating, form, "score=5&comment=Quick");
    assert!((200..400).contains(&thanks.status), "{thanks:?}");
    assert_eq!(count(&desk, rated), 1);
    until("the desk learns from it", || (evidence(&desk) > 0).then_some(()));
    let after = read(&desk, |tx| desk::skills::proficiencies_of(tx, UserId(me)));
    assert_ne!(format!("{before:?}"), format!("{after:?}"), "the belief has moved");
    server.stop();
}
