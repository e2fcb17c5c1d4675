//! Routing through the pages: what a ticket asks for, objections and their answers, and the decisions of the desk.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::UserId;
use desk::routing::{self, PresenceStatus, Promise, SetPresence};
use testkit::World;

fn online(world: &World, user: UserId) {
    let here = SetPresence { user, status: PresenceStatus::Online };
    world.write_as(user, move |tx| routing::set_presence(tx, &here));
    world.run_jobs();
}

#[tokio::test]
async fn a_ticket_asks_in_words_and_what_cannot_be_read_comes_back_with_its_error() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let id = world.ticket("No sound");
    let mut browser = Browser::signed_in(&world, ana);
    let path = format!("/tickets/{id}/routing_requirements");
    let wrong = browser.post(&path, &[("text", "Klingon >= 3")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("there is no skill “Klingon”"), "{}", wrong.body);
    assert!(wrong.body.contains(">Klingon &#62;= 3</textarea>"), "what was written is still there");
    let text = "billing-and-refunds >= 4 [drop after 1 h]";
    let right = browser.post(&path, &[("text", text)]).await;
    assert_eq!(right.location, Some(format!("/tickets/{id}/why")));
    let page = browser.get(&format!("/tickets/{id}/why")).await;
    assert!(page.body.contains("after 1 h of waiting"), "{}", page.body);
    browser.post(&path, &[("text", "")]).await;
    let page = browser.get(&format!("/tickets/{id}/why")).await;
    assert!(page.body.contains("Nothing beyond the skills that it needs"));
    let early = browser.post(&format!("/tickets/{id}/routing_contests"), &[("reason", "Not mine")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "nothing was decided yet");
}

#[tokio::test]
async fn a_decision_is_contested_on_its_ticket_and_answered_among_the_decisions() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    online(&world, ana);
    let id = world.ticket("No sound, =again");
    world.run_jobs();
    let mut agent = Browser::signed_in(&world, ana);
    let path = format!("/tickets/{id}/routing_contests");
    assert_eq!(agent.post(&path, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = agent.post(&path, &[("reason", "Kofi knows <her>")]).await;
    assert_eq!(said.location, Some(format!("/tickets/{id}/why")));
    assert_eq!(agent.get("/floor/decisions").await.status, StatusCode::FORBIDDEN);
    let mut lead = Browser::signed_in(&world, lea);
    let list = lead.get("/floor/decisions").await.body;
    assert!(list.contains("1 objection waits for an answer") && list.contains("No sound"), "{list}");
    let record = list.split("href=\"/floor/decisions/").nth(1).and_then(|rest| rest.split('"').next());
    let record = format!("/floor/decisions/{}", record.expect("it can be opened"));
    let shown = lead.get(&record).await.body;
    assert!(shown.contains("Kofi knows &#60;her&#62;") && shown.contains("Expected outcome"), "{shown}");
    let action = shown.split("action=\"/routing_contests/").nth(1).and_then(|rest| rest.split('"').next());
    let action = format!("/routing_contests/{}", action.expect("it can be answered"));
    let empty = lead.post(&action, &[("answer", ""), ("is_right", "0")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = lead.post(&action, &[("answer", "You were here, Kofi was not."), ("is_right", "0")]).await;
    assert_eq!(done.location.as_deref(), Some(record.as_str()));
    let why = agent.get(&format!("/tickets/{id}/why")).await.body;
    assert!(why.contains("The decision stands") && why.contains("Kofi was not."), "{why}");
    let nobody = lead.get("/floor/decisions?shown=returned").await.body;
    assert!(nobody.contains("Nothing fits"), "it never left her hands");
    let csv = lead.get("/floor/decisions.csv?shown=contested").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    assert!(csv.body.contains(",Ana,0,"), "{}", csv.body);
}

#[tokio::test]
async fn a_status_is_made_by_an_admin_and_chosen_in_the_menu() {
    let world = World::on_sqlite();
    let (ana, rosa) = (world.agent("Ana"), world.admin("Rosa"));
    let mut admin = Browser::signed_in(&world, rosa);
    let form = [("name", "Training"), ("takes", "nothing")];
    assert_eq!(admin.post("/admin/statuses", &form).await.location.as_deref(), Some("/admin/statuses"));
    let twice = admin.post("/admin/statuses", &form).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("There is a status of this name."));
    let mut agent = Browser::signed_in(&world, ana);
    assert_eq!(agent.get("/admin/statuses").await.status, StatusCode::FORBIDDEN);
    let rail = agent.get("/rail?at=/").await.body;
    let value = rail.split("value=\"status:").nth(1).and_then(|rest| rest.split('"').next());
    let value = format!("status:{}", value.expect("it can be chosen"));
    let chosen = agent.post_part("/presence", &[("presence", &value)]).await;
    assert!(chosen.body.contains("Training · "), "{}", chosen.body);
    assert!(agent.get(&format!("/people/{ana}")).await.body.contains("Training"), "colleagues see it");
    assert!(agent.get("/floor/wall").await.body.contains("Training"));
    let nonsense = agent.post("/presence", &[("presence", "status:x")]).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    let retire = format!("/admin/statuses/{}/retire", value.trim_start_matches("status:"));
    admin.post(&retire, &[]).await;
    assert!(agent.get("/rail?at=/").await.body.contains("Away · "));
}

#[tokio::test]
async fn a_chat_is_taken_or_let_pass_on_the_strip_of_every_page() {
    let world = World::on_sqlite();
    let (ana, rosa) = (world.agent("Ana"), world.admin("Rosa"));
    online(&world, ana);
    let chat = |subject: &'static str| {
        let marta = world.write(|tx| desk::people::requester_for(tx, "marta@example.org", Some("Marta")));
        let id = world.write(move |tx| {
            let words = desk::tickets::NewComment::public("Hello?").by(marta);
            let create =
                desk::tickets::CreateTicket::new(marta, subject, words, desk::tickets::Channel::Chat);
            desk::tickets::create(tx, &create).map(|it| it.id)
        });
        world.run_jobs();
        id
    };
    let first = chat("No sound at all");
    let mut browser = Browser::signed_in(&world, ana);
    for page in ["/", "/people", "/offers"] {
        let shown = browser.get(page).await.body;
        assert!(shown.contains(&format!("/offers/{first}/acceptance")), "{page}: {shown}");
    }
    let taken = browser.post(&format!("/offers/{first}/acceptance"), &[]).await;
    assert_eq!(taken.location, Some(format!("/tickets/{first}")));
    let again = browser.post(&format!("/offers/{first}/acceptance"), &[]).await;
    assert_eq!(again.location.as_deref(), Some("/"), "it is said, and nothing breaks");
    let second = chat("A second one");
    let strip = browser.post_part(&format!("/offers/{second}/refusal"), &[]).await;
    assert!(strip.body.contains("id=\"offers\"") && !strip.body.contains("<form"), "{}", strip.body);
    let why = browser.get(&format!("/tickets/{second}/why")).await.body;
    assert!(why.contains("Was asked, and let it pass."), "{why}");
    let mut admin = Browser::signed_in(&world, rosa);
    let wrong = [
        ("rule", "expected_outcome"),
        ("growth_percent", "10"),
        ("expert_reserve", "0"),
        ("seconds_chats", "1"),
        ("places_chats", "2"),
    ];
    let refused = admin.post("/admin/routing", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("between 5 and 3600 seconds"), "{}", refused.body);
    let right = wrong.map(|(name, value)| (name, if name == "seconds_chats" { "45" } else { value }));
    assert_eq!(admin.post("/admin/routing", &right).await.location.as_deref(), Some("/admin/routing"));
    let policy = world.read(routing::routing_policy);
    assert_eq!((policy.channels.chats.offer_seconds, policy.channels.chats.places), (45, 2));
    assert!(policy.channels.calls.alone, "what the form did not have stays");
}

#[tokio::test]
async fn a_queue_is_described_tried_out_made_moved_and_taken_away() {
    let world = World::on_sqlite();
    let (ana, kofi, rosa) = (world.agent("Ana"), world.agent("Kofi"), world.admin("Rosa"));
    let (one, other) = (world.group("One", &[ana]), world.group("Other", &[kofi]));
    online(&world, ana);
    let ticket = world.ticket("My invoice");
    world.run_jobs();
    let mut admin = Browser::signed_in(&world, rosa);
    let page = admin.get("/admin/queues").await.body;
    assert!(page.contains("No queue of your own yet") && page.contains("Everything else"), "{page}");
    let (helped_by, own) = (other.to_string(), one.to_string());
    let form = [
        ("name", "Mail of VIPs"),
        ("all_field_0", "channel"),
        ("all_operator_0", "is"),
        ("all_values_0", "Email"),
        ("any_field_1", "group"),
        ("any_operator_1", "is_not"),
        ("any_values_1", "other"),
        ("group", own.as_str()),
        ("helper_0", helped_by.as_str()),
        ("after_0", "15"),
        ("minutes", "30"),
        ("percent", ""),
        ("turn", "first"),
        ("weight", "2.5"),
        ("share", "3"),
    ];
    let query: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let tried = admin.get(&format!("/admin/queues/new?{}", query.join("&").replace(' ', "+"))).await.body;
    assert!(tried.contains("This queue, tried out") && tried.contains("On 1 tickets"), "{tried}");
    assert_eq!(world.read(routing::queues).len(), 1, "nothing was changed");
    assert_eq!(admin.post("/admin/queues", &form).await.location.as_deref(), Some("/admin/queues"));
    let made = world.read(routing::queues).remove(0);
    assert_eq!((made.policy.weight, made.policy.helpers[0].after_minutes), (2.5, 15));
    assert_eq!(made.policy.promise, Some(Promise { minutes: 30, percent: 90 }));
    let page = admin.get("/admin/queues").await.body;
    assert!(page.contains("channel is email, and group is not Other"), "{page}");
    assert!(page.contains("90 % within 30 min") && page.contains("none yet, 1 run"), "{page}");
    let shown = admin.get(&format!("/tickets/{ticket}")).await.body;
    assert!(shown.contains("Mail of VIPs") && shown.contains("First answer promised"), "{shown}");
    let home = Browser::signed_in(&world, ana).get("/").await.body;
    assert!(home.contains("Promises running"), "{home}");
    let path = format!("/admin/queues/{}", made.id);
    let wrong = form.map(|(name, value)| (name, if name == "any_values_1" { "Nobody knows" } else { value }));
    let refused = admin.post(&path, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("“nobody knows” is no group of this desk"), "{}", refused.body);
    assert!(refused.body.contains("value=\"Nobody knows\""), "what was written stays");
    let second = form.map(|(name, value)| (name, if name == "name" { "Second" } else { value }));
    admin.post("/admin/queues", &second).await;
    admin.post(&format!("{path}/place"), &[("to", "down")]).await;
    let order: Vec<String> = world.read(routing::queues).into_iter().map(|it| it.policy.name).collect();
    assert_eq!(order, ["Second", "Mail of VIPs", "Everything else"]);
    let gone = admin.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(gone.location.as_deref(), Some("/admin/queues"));
    assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
    let default = world.read(routing::queues).pop().expect("always there").id;
    let stays = admin.post(&format!("/admin/queues/{default}/remove"), &[]).await;
    assert_eq!(stays.status, StatusCode::CONFLICT);
    let mut agent = Browser::signed_in(&world, ana);
    assert_eq!(agent.get("/admin/queues").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_was_set_away_reads_why_on_every_page_and_comes_back() {
    let world = World::on_sqlite();
    let (ana, rosa) = (world.agent("Ana"), world.admin("Rosa"));
    let mut admin = Browser::signed_in(&world, rosa);
    let form = [
        ("rule", "expected_outcome"),
        ("growth_percent", "10"),
        ("expert_reserve", "0"),
        ("missed_offers", "1"),
    ];
    assert_eq!(admin.post("/admin/routing", &form).await.location.as_deref(), Some("/admin/routing"));
    online(&world, ana);
    let marta = world.customer("Marta", "marta@example.org");
    world.write(move |tx| {
        let words = desk::tickets::NewComment::public("Hello?").by(marta);
        let create = desk::tickets::CreateTicket::new(marta, "No sound", words, desk::tickets::Channel::Chat);
        desk::tickets::create(tx, &create)
    });
    world.run_jobs();
    world.advance(31_000);
    world.run_jobs();
    let mut agent = Browser::signed_in(&world, ana);
    for page in ["/", "/people", "/offers"] {
        let shown = agent.get(page).await.body;
        assert!(shown.contains("You were set away") && shown.contains("1 offer in a row"), "{page}: {shown}");
    }
    agent.post("/presence", &[("presence", "online")]).await;
    assert!(!agent.get("/").await.body.contains("You were set away"));
}
