//! A ticket through the door: letters, drafts, what stops a letter, files, and what may be seen of them.

mod common;

use axum::http::{Method, StatusCode};
use common::Browser;
use desk::tickets::{self, NewAttachment, NewComment, Status, UpdateTicket};
use desk::work::Work;
use desk::{TicketId, UserId};
use testkit::World;

fn ticket(world: &World, id: TicketId) -> tickets::Ticket {
    world.read(move |tx| tickets::find_ticket(tx, id)).expect("the ticket is there")
}

fn say(world: &World, id: TicketId, comment: NewComment) {
    let update = UpdateTicket { comment: Some(comment), ..UpdateTicket::of(id) };
    world.write(move |tx| tickets::update(tx, &update));
}

#[tokio::test]
async fn a_reply_is_kept_sets_the_status_and_goes_out_by_mail() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let seen = ticket(&world, id).last_comment.expect("a description").to_string();
    let form =
        [("body_text", "Turn it up."), ("public", "true"), ("status", "pending"), ("seen", seen.as_str())];
    let answer = browser.post_part(&format!("/tickets/{id}/comments"), &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Turn it up.") && answer.body.contains("id=\"conversation\""));
    assert_eq!(ticket(&world, id).status, Status::Pending);
    assert!(world.jobs_waiting().iter().any(|work| matches!(work, Work::MailComment { .. })));
}

#[tokio::test]
async fn without_script_a_reply_comes_back_to_the_ticket() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let answer =
        browser.post(&format!("/tickets/{id}/comments"), &[("body_text", "Hello"), ("public", "true")]).await;
    assert_eq!(answer.location, Some(format!("/tickets/{id}#letters")));
}

#[tokio::test]
async fn a_note_stays_inside_and_leaves_the_status_alone() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let before = ticket(&world, id).status;
    let mut browser = Browser::signed_in(&world, ana);
    let form = [("body_text", "Ask Mei."), ("public", "false"), ("status", "pending")];
    let answer = browser.post_part(&format!("/tickets/{id}/comments"), &form).await;
    assert!(answer.body.contains("internal note"));
    assert_eq!(ticket(&world, id).status, before);
    assert!(!world.jobs_waiting().iter().any(|work| matches!(work, Work::MailComment { .. })));
}

#[tokio::test]
async fn a_letter_stops_when_something_unseen_has_come_and_goes_when_it_was_seen() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let seen = ticket(&world, id).last_comment.expect("a description").to_string();
    let requester = ticket(&world, id).requester;
    say(&world, id, NewComment::public("It works again!").by(requester));
    let newest = ticket(&world, id).last_comment.expect("a newer one").to_string();

    let mut browser = Browser::signed_in(&world, ana);
    let path = format!("/tickets/{id}/comments");
    let form = [("body_text", "Turn it up."), ("public", "true"), ("seen", seen.as_str())];
    let stopped = browser.post_part(&path, &form).await;
    assert_eq!(stopped.status, StatusCode::CONFLICT);
    assert!(stopped.body.contains("It works again!"));
    assert!(stopped.body.contains(&format!("name=\"seen\" value=\"{newest}\"")));
    assert_eq!(ticket(&world, id).comment_count, 2, "nothing was sent");
    let draft = world.read_as(world.as_(ana), move |tx| tickets::draft_of(tx, id)).expect("read");
    assert_eq!(draft.expect("the letter is kept").body, "Turn it up.");

    let without_script = browser.post(&path, &form).await;
    assert_eq!(without_script.status, StatusCode::CONFLICT);
    assert!(without_script.body.contains("Turn it up.") && without_script.body.contains("It works again!"));

    let form = [
        ("body_text", "Glad to hear it."),
        ("public", "true"),
        ("seen", seen.as_str()),
        ("seen", newest.as_str()),
    ];
    assert_eq!(browser.post_part(&path, &form).await.status, StatusCode::OK);
    let draft = world.read_as(world.as_(ana), move |tx| tickets::draft_of(tx, id)).expect("read");
    assert_eq!(draft, None, "what was sent is no draft any more");
}

#[tokio::test]
async fn a_draft_survives_and_is_ones_own() {
    let world = World::on_sqlite();
    let (ana, mei) = (world.agent("Ana"), world.agent("Mei"));
    let id = world.ticket("No sound");
    let path = format!("/tickets/{id}/draft");
    let mut browser = Browser::signed_in(&world, ana);
    assert_eq!(
        browser.put(&path, &[("body_text", "Half a thought"), ("public", "true")]).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(browser.get(&format!("/tickets/{id}")).await.body.contains("Half a thought"));
    assert!(
        !Browser::signed_in(&world, mei).get(&format!("/tickets/{id}")).await.body.contains("Half a thought")
    );
    browser.put(&path, &[("body_text", ""), ("public", "true")]).await;
    assert!(!browser.get(&format!("/tickets/{id}")).await.body.contains("Half a thought"));
}

#[tokio::test]
async fn who_answers_what_nobody_has_takes_it_and_who_answers_for_another_does_not() {
    let world = World::on_sqlite();
    let (ana, mei) = (world.agent("Ana"), world.agent("Mei"));
    let id = world.ticket("No sound");
    let says = |public: &'static str| [("body_text", "Turn it up."), ("public", public)];
    let path = format!("/tickets/{id}/comments");
    Browser::signed_in(&world, mei).post_part(&path, &says("false")).await;
    assert_eq!(ticket(&world, id).assignee, None, "a note takes nothing");
    Browser::signed_in(&world, ana).post_part(&path, &says("true")).await;
    assert_eq!(ticket(&world, id).assignee, Some(ana));
    Browser::signed_in(&world, mei).post_part(&path, &says("true")).await;
    assert_eq!(ticket(&world, id).assignee, Some(ana));
}

#[tokio::test]
async fn a_draft_keeps_its_files_until_they_are_sent() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=x")];
    let body = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"plan.txt\"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--x--\r\n";
    let uploaded = browser.ask(Method::POST, "/uploads", &headers, body.into()).await;
    let json: serde_json::Value = serde_json::from_str(&uploaded.body).expect("JSON");
    let token = json["token"].as_str().expect("a token").to_owned();
    // A file alone is a draft too; a token that was never given out is none.
    let kept =
        [("body_text", ""), ("public", "true"), ("upload_token", &*token), ("upload_token", "made up")];
    for (draft, page) in [
        (format!("/tickets/{id}/draft"), format!("/tickets/{id}")),
        ("/tickets/new/draft".into(), "/tickets/new".into()),
    ] {
        assert_eq!(browser.put(&draft, &kept).await.status, StatusCode::NO_CONTENT);
        let page = browser.get(&page).await.body;
        assert!(page.contains("plan.txt") && page.contains(&token) && !page.contains("made up"), "{page}");
    }
    let form = [("body_text", "See the file."), ("public", "true"), ("upload_token", &*token)];
    let letter = browser.post_part(&format!("/tickets/{id}/comments"), &form).await.body;
    assert!(letter.contains("plan.txt"));
    assert!(!browser.get("/tickets/new").await.body.contains("plan.txt"), "it was sent elsewhere");
}

#[tokio::test]
async fn solving_can_be_taken_back() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let answer = browser.post_part(&format!("/tickets/{id}/status"), &[("value", "solved")]).await;
    assert_eq!(ticket(&world, id).status, Status::Solved);
    let said = answer.headers["hx-trigger"].to_str().expect("words").to_owned();
    let undo = format!("/tickets/undo?was={id}:new");
    assert!(said.contains(&undo), "{said}");
    assert_eq!(browser.post(&undo, &[]).await.location, Some(format!("/tickets/{id}")));
    assert_eq!(ticket(&world, id).status, Status::Open);
}

#[tokio::test]
async fn several_tickets_are_assigned_at_once_and_the_counts_agree() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let ids = [world.ticket("One"), world.ticket("Two"), world.ticket("Three")];
    let mut browser = Browser::signed_in(&world, ana);
    assert!(browser.get("/views/unassigned").await.body.contains("3 tickets"));
    let (first, second, me) = (ids[0].to_string(), ids[1].to_string(), ana.to_string());
    let form = [
        ("id", first.as_str()),
        ("id", second.as_str()),
        ("view", "unassigned"),
        ("agent", me.as_str()),
        ("change", "assign"),
    ];
    let rows = browser.post_part("/tickets/changes", &form).await;
    assert!(rows.body.contains("1 ticket ·") && rows.body.contains("Three"), "{}", rows.body);
    let mine = browser.get("/views/mine").await.body;
    assert!(mine.contains("2 tickets") && mine.contains("One") && mine.contains("Two"));
}

#[tokio::test]
async fn fields_change_one_by_one_and_say_who_did_it() {
    let world = World::on_sqlite();
    let (ana, mei) = (world.agent("Ana Novak"), world.agent("Mei Tan"));
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let changes = [
        ("priority", "high"),
        ("type", "incident"),
        ("tags", "Audio, march"),
        ("assignment", &mei.to_string()),
    ];
    for (noun, value) in changes {
        let answer = browser.post_part(&format!("/tickets/{id}/{noun}"), &[("value", value)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{noun}");
    }
    let page = browser.get(&format!("/tickets/{id}")).await.body;
    for words in [
        "You set the priority to high",
        "called it an incident",
        "tagged it audio, march",
        "gave it to Mei Tan",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let wrong = browser.post_part(&format!("/tickets/{id}/status"), &[("value", "nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_file_goes_up_joins_its_letter_and_comes_down_harmless() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=x")];
    let body = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.html\"\r\ncontent-type: text/html\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n";
    let uploaded = browser.ask(Method::POST, "/uploads", &headers, body.into()).await;
    let json: serde_json::Value = serde_json::from_str(&uploaded.body).expect("JSON");
    assert_eq!((json["name"].as_str(), json["bytes"].as_i64()), (Some("a.html"), Some(25)));
    let token = json["token"].as_str().expect("a token");
    let form = [("body_text", "See the file."), ("public", "true"), ("upload_token", token)];
    let letter = browser.post_part(&format!("/tickets/{id}/comments"), &form).await.body;
    let at = letter.find("/attachments/").expect("the file is listed");
    let path = letter[at..].split('"').next().expect("a path").to_owned();
    let file = browser.get(&path).await;
    assert_eq!(file.body, "<script>alert(1)</script>");
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert!(file.csp.contains("sandbox"));
    assert_eq!(Browser::at(&world).get(&path).await.status, StatusCode::SEE_OTHER, "not without signing in");
}

#[tokio::test]
async fn foreign_html_stays_in_its_sandbox_and_its_pictures_are_not_loaded() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let requester = ticket(&world, id).requester;
    let html = "<table><tr><td style=\"position:fixed;color:red\">Hi<script>alert(1)</script>\
                <img data-remote-src=\"https://spy.example/p.png\"><img data-cid=\"logo\"></td></tr></table>";
    let png = NewAttachment {
        blob: world.desk.blobs.put(b"\x89PNG\r\n\x1a\n", "image/png").expect("stored"),
        file_name: "logo.png".into(),
        inline: true,
        content_id: Some("logo".into()),
    };
    let comment = NewComment {
        html: Some(html.into()),
        attachments: vec![png],
        ..NewComment::public("Hi").by(requester)
    };
    say(&world, id, comment);
    let comment = ticket(&world, id).last_comment.expect("the letter");
    let mut browser = Browser::signed_in(&world, ana);
    let page = browser.get(&format!("/tickets/{id}")).await.body;
    assert!(page.contains(&format!("src=\"/comments/{comment}/html\"")) && !page.contains("spy.example"));
    assert!(page.contains("not loaded"));

    let frame = browser.get(&format!("/comments/{comment}/html")).await;
    assert!(
        frame.csp.contains("sandbox")
            && frame.csp.contains("default-src 'none'")
            && !frame.csp.contains("https:")
    );
    assert!(
        frame.body.contains("src=\"/attachments/")
            && !frame.body.contains("<script")
            && !frame.body.contains(" src=\"https://spy")
    );
    let asked = browser.get(&format!("/comments/{comment}/html?images=remote")).await;
    assert!(
        asked.body.contains(" src=\"https://spy.example/p.png\"")
            && asked.csp.contains("img-src 'self' https:")
    );
}

#[tokio::test]
async fn a_light_agent_may_note_and_not_answer() {
    let world = World::on_sqlite();
    let lea = world.light_agent("Lea");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, lea);
    assert!(!browser.get(&format!("/tickets/{id}")).await.body.contains("value=\"true\""));
    let path = format!("/tickets/{id}/comments");
    let answer = browser.post_part(&path, &[("body_text", "Hello"), ("public", "true")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(
        browser.post_part(&path, &[("body_text", "Look"), ("public", "false")]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_agent_writes_first_to_somebody_new() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let mut browser = Browser::signed_in(&world, ana);
    let form = [
        ("requester", "new@example.org"),
        ("requester_name", "Nina New"),
        ("subject", "Your order"),
        ("body_text", "It has left us."),
        ("public", "true"),
        ("assign", "me"),
    ];
    let path = browser.post("/tickets/new", &form).await.location.expect("the ticket");
    let page = browser.get(&path).await.body;
    assert!(page.contains("Nina New") && page.contains("It has left us."));
    let wrong = browser.post("/tickets/new", &[("requester", "nobody"), ("body_text", "Hi")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("requester-error"));
}

#[tokio::test]
async fn others_at_the_same_ticket_are_named() {
    let world = World::on_sqlite();
    let (ana, mei) = (world.agent("Ana"), world.agent("Mei"));
    let id = world.ticket("No sound");
    let app = web::Web::new(world.desk.clone(), false);
    app.live.seen(id, mei, "Mei", true);
    let others: Vec<UserId> = app.live.others(id, ana).iter().map(|viewer| viewer.user).collect();
    assert_eq!(others, [mei]);
    let answer = Browser::signed_in(&world, ana)
        .post_part(&format!("/tickets/{id}/presence"), &[("typing", "true")])
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_one_of_us_asks_for_is_written_to_support() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket_of(ana, "My keyboard");
    let page = Browser::signed_in(&world, ana).get(&format!("/tickets/{id}")).await.body;
    assert!(page.contains(">to support<"), "and not to Ana herself");
}

#[tokio::test]
async fn search_and_palette_find_words_numbers_and_people() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let marta = world.customer("Marta Reyes", "marta@example.org");
    let id = world.ticket_of(marta, "Charged twice for March");
    let mut browser = Browser::signed_in(&world, ana);
    assert!(browser.get("/search?q=charged").await.body.contains("Charged twice"));
    let quick = browser.get("/search?q=charged+status%3Asolved").await.body;
    assert!(
        quick.contains("Looking through older tickets") && quick.contains("all=1"),
        "what is new is not all"
    );
    let whole = browser.get("/search?q=charged+status%3Asolved&all=1").await.body;
    assert!(whole.contains("Nothing holds") && !whole.contains("Looking through"));
    assert_eq!(browser.get(&format!("/search?q=%23{id}")).await.location, Some(format!("/tickets/{id}")));
    let palette = browser.get("/palette?q=marta").await.body;
    assert!(palette.contains("Charged twice") && palette.contains(&format!("/people/{marta}")));
    assert!(browser.get("/palette?q=ledger").await.body.contains("href=\"/ledger\""));
    let later = world.ticket(&format!("Order {id} is missing"));
    let palette = browser.get(&format!("/palette?q=%23{id}")).await.body;
    let place = |ticket: TicketId| palette.find(&format!("/tickets/{ticket}\"")).expect("it is found");
    assert!(
        place(id) < place(later),
        "the ticket with that number comes before one that speaks of the number"
    );
}

#[tokio::test]
async fn two_tickets_are_merged_after_a_look_and_taken_apart_again() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let marta = world.customer("Marta Reyes", "marta@example.org");
    let luis = world.customer("Luis Ortega", "luis@example.org");
    let (first, second) = (world.ticket_of(marta, "No sound"), world.ticket_of(marta, "Still no sound"));
    let strange = world.ticket_of(luis, "The picture is gone");
    let mut browser = Browser::signed_in(&world, ana);
    let merge = format!("/tickets/{first}/merge");
    assert!(browser.get(&format!("/tickets/{first}")).await.body.contains(&merge), "it is in the menu");
    let choose = browser.get(&merge).await.body;
    assert!(choose.contains("Still no sound") && !choose.contains("picture is gone"), "hers come first");
    assert!(browser.get(&format!("{merge}?q=picture")).await.body.contains("picture is gone"));
    let by_number = browser.get(&format!("{merge}?q=%23{second}")).await.location;
    assert_eq!(by_number, Some(format!("{merge}?into={second}")));
    let stranger = browser.get(&format!("{merge}?into={strange}")).await.body;
    assert!(stranger.contains("two different people") && stranger.contains("marta@example.org"));
    let look = browser.get(&format!("{merge}?into={second}")).await.body;
    assert!(look.contains("was merged into this ticket") && !look.contains("two different people"));

    let into = second.to_string();
    let form = [("into", into.as_str()), ("comment", "One and the same."), ("comment_on_each", "")];
    let done = browser.post(&merge, &form).await;
    assert_eq!(done.location, Some(format!("/tickets/{second}")));
    let survivor = browser.get(&format!("/tickets/{second}")).await.body;
    for words in ["Merged into this", "One and the same.", &format!("in <a href=\"/tickets/{first}\">")] {
        assert!(survivor.contains(words), "{words}");
    }
    let gone = browser.get(&format!("/tickets/{first}")).await.body;
    assert!(gone.contains(&format!("It goes on in #{second}")));
    let closed = browser.post(&merge, &form).await;
    assert_eq!(closed.status, StatusCode::CONFLICT);

    let apart = browser.post(&format!("/tickets/{first}/unmerge"), &[]).await;
    assert_eq!(apart.location, Some(format!("/tickets/{first}")));
    assert!(!browser.get(&format!("/tickets/{second}")).await.body.contains("Merged into this"));
}

#[tokio::test]
async fn copies_come_and_go_and_the_composer_says_who_gets_the_answer() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let luis = world.customer("Luis Ortega", "luis@example.org");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let offered = browser.get("/people/suggestions?list=copy-suggestions&add=luis").await.body;
    assert!(offered.contains("id=\"copy-suggestions\"") && offered.contains("luis@example.org"));
    let copies = format!("/tickets/{id}/copies");
    let added = browser.post_part(&copies, &[("add", "luis@example.org")]).await.body;
    assert!(added.contains("hx-target=\"#answer-to\"") && added.contains("cc Luis Ortega"));
    assert!(added.contains("put Luis Ortega in copy"));
    browser.post(&copies, &[("add", "new@example.net")]).await;
    assert_eq!(world.read(move |tx| tickets::ccs_of(tx, id)).len(), 2, "somebody new is written down");
    let wrong = browser.post_part(&copies, &[("add", "nobody")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = browser.post_part(&copies, &[("remove", &luis.to_string())]).await.body;
    assert!(!gone.contains("cc Luis") && gone.contains("took Luis Ortega out of copy"));
    let lea = world.light_agent("Lea");
    let refused = Browser::signed_in(&world, lea).post(&copies, &[("add", "x@example.org")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_new_ticket_is_kept_while_it_is_written_and_takes_its_files_along() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let mut browser = Browser::signed_in(&world, ana);
    let begun = [
        ("requester", "new@example.org"),
        ("subject", "Your order"),
        ("body_text", "It has"),
        ("body_html", "<p>It <b>has</b><script>x</script></p>"),
        ("public", "true"),
        ("tags", "order"),
    ];
    assert_eq!(browser.put("/tickets/new/draft", &begun).await.status, StatusCode::NO_CONTENT);
    let page = browser.get("/tickets/new").await.body;
    for words in ["new@example.org", "Your order", "It has", "value=\"order\"", "&#60;b&#62;has"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("script&#62;x"));
    let other = browser.get("/tickets/new?requester=marta@example.org").await.body;
    assert!(!other.contains("Your order"), "who comes for somebody in particular starts anew");

    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=x")];
    let body = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--x--\r\n";
    let uploaded = browser.ask(Method::POST, "/uploads", &headers, body.into()).await;
    let json: serde_json::Value = serde_json::from_str(&uploaded.body).expect("JSON");
    let mut form = begun.to_vec();
    form.push(("upload_token", json["token"].as_str().expect("a token")));
    let sent = browser.post_part("/tickets/new", &form).await;
    let address = sent.headers["hx-redirect"].to_str().expect("an address").to_owned();
    let page = browser.get(&address).await.body;
    assert!(page.contains("<b>has</b>") && page.contains("a.txt"));
    assert!(!browser.get("/tickets/new").await.body.contains("Your order"), "what was sent is no draft");
}

#[tokio::test]
async fn what_changed_between_reading_a_page_and_listening_is_told_at_once() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let page = browser.get("/views/open").await.body;
    let read_at = world.desk.db.now();
    assert!(page.contains(&format!("since=\"{read_at}\"")), "a page says when it was read");
    world.clock.advance(5);
    world.desk.db.announce("queue");
    let heard = browser.first_event(&format!("/live?topics=ledger,queue&since={read_at}")).await;
    assert!(heard.contains("event: queue"), "{heard}");

    world.clock.advance(5);
    let (read_at, desk) = (world.desk.db.now(), world.desk.clone());
    tokio::spawn(async move {
        // Whoever begins to listen hears this, and nothing of before.
        loop {
            desk.db.announce("ledger");
            tokio::task::yield_now().await;
        }
    });
    let heard = browser.first_event(&format!("/live?topics=ledger,queue&since={read_at}")).await;
    assert!(heard.contains("event: ledger"), "{heard}");
}
