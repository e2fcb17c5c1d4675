//! Customers are asked once, and only a deliberate answer counts.

use desk::events::Event;
use desk::mail::{self, Outgoing};
use desk::satisfaction::{self, AnswerRating, RatingError};
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::work::Work;
use desk::{TicketId, UserId};
use testkit::World;

const DAY_MS: i64 = 24 * 3_600_000;

/// Marta's ticket, solved by Ana.
fn solved(world: &World) -> (TicketId, UserId) {
    let ana = world.agent("Ana");
    let marta = world.customer("Marta", "marta@example.org");
    let id = world.ticket_of(marta, "No sound");
    set(world, ana, id, Status::Solved);
    (id, ana)
}

fn set(world: &World, agent: UserId, id: TicketId, status: Status) {
    world.write_as(agent, move |tx| {
        let update =
            UpdateTicket { status: Some(status), assignee: Some(Some(agent)), ..UpdateTicket::of(id) };
        tickets::update(tx, &update).map(|_| ())
    });
}

fn post(world: &World) -> Vec<Outgoing> {
    world.run_jobs();
    let ids = world.take_outside_jobs().into_iter().map(|work| match work {
        Work::SendMail { mail_out } => mail_out,
        other => panic!("not a mail: {other:?}"),
    });
    ids.map(|id| world.read(move |tx| mail::outgoing(tx, id)).expect("the mail exists").0).collect()
}

/// The token in the link of the mail that asks.
fn asked(world: &World) -> String {
    world.advance(DAY_MS);
    let sent = post(world);
    assert_eq!(sent.len(), 1, "one mail asks on {}", world.name());
    let link = sent[0].text.lines().find(|line| line.contains("/rate/")).expect("a link");
    assert!(sent[0].html.as_ref().unwrap().contains(link));
    link.rsplit_once('/').unwrap().1.to_owned()
}

fn says(token: &str, score: i64) -> AnswerRating {
    AnswerRating { token: token.into(), score, reason: None, comment: Some("Quick!".into()) }
}

#[test]
fn the_customer_is_asked_about_who_answered_them_whoever_the_ticket_belonged_to() {
    for world in World::on_each_database() {
        let dana = world.agent("Dana");
        let (id, _) = solved(&world);
        world.write_as(dana, move |tx| {
            let comment = Some(NewComment::public("Try the other cable."));
            tickets::update(tx, &UpdateTicket { comment, ..UpdateTicket::of(id) }).map(|_| ())
        });
        post(&world);
        let token = asked(&world);
        let page = world.read(move |tx| satisfaction::by_token(tx, &token));
        assert_eq!(page.agent.as_deref(), Some("Dana"), "on {}", world.name());
    }
}

#[test]
fn a_day_after_solving_the_customer_is_asked_once() {
    for world in World::on_each_database() {
        let (id, ana) = solved(&world);
        world.advance(DAY_MS - 1);
        assert!(post(&world).is_empty(), "not before its time on {}", world.name());
        world.advance(1);
        let sent = post(&world);
        assert_eq!(sent.len(), 1, "on {}", world.name());
        assert_eq!(sent[0].to[0].address, "marta@example.org");
        assert_eq!(sent[0].auto_submitted.as_deref(), Some("auto-generated"));
        assert!(sent[0].text.contains("No sound") && sent[0].text.contains("Ana"));
        // Opened and solved again: the question was put already.
        set(&world, ana, id, Status::Open);
        set(&world, ana, id, Status::Solved);
        world.advance(DAY_MS);
        assert!(post(&world).is_empty(), "on {}", world.name());
    }
}

#[test]
fn who_wrote_again_is_not_asked_and_neither_are_those_without_mail() {
    for world in World::on_each_database() {
        let (id, ana) = solved(&world);
        set(&world, ana, id, Status::Open);
        let ben = world.agent("Ben");
        let own = world.ticket_of(ben, "My own chair");
        set(&world, ana, own, Status::Solved);
        let gone = world.customer("Gone", "gone@example.org");
        let theirs = world.ticket_of(gone, "Bye");
        set(&world, ana, theirs, Status::Solved);
        world.write(move |tx| desk::people::suspend(tx, gone));
        world.advance(DAY_MS);
        assert!(post(&world).is_empty(), "on {}", world.name());
    }
}

#[test]
fn looking_records_nothing_and_answering_teaches() {
    for world in World::on_each_database() {
        let (id, ana) = solved(&world);
        let token = asked(&world);
        world.forget_events();
        let looked = token.clone();
        let page = world.read(move |tx| satisfaction::by_token(tx, &looked));
        assert_eq!(
            (page.ticket, page.agent.as_deref(), page.score),
            (id, Some("Ana"), None),
            "on {}",
            world.name()
        );
        assert!(page.may_answer);
        assert!(world.events().is_empty());

        let command = says(&token, 5);
        let given = world.write(move |tx| satisfaction::answer(tx, &command));
        assert_eq!((given.score, given.comment.as_deref()), (Some(5), Some("Quick!")));
        let event = Event::RatingGiven { ticket: id, rating: given.id, score: 5 };
        assert_eq!(world.events(), vec![event]);
        assert!(world.jobs_waiting().contains(&Work::LearnFromRating { rating: given.id }));

        // Said again it is nothing new; changed it is.
        let (again, changed) =
            (says(&token, 5), AnswerRating { reason: Some("other".into()), ..says(&token, 2) });
        world.write(move |tx| satisfaction::answer(tx, &again));
        assert_eq!(world.events().len(), 1);
        world.write(move |tx| satisfaction::answer(tx, &changed));
        let of_ticket = world.read(move |tx| satisfaction::views::of_ticket(tx, id)).unwrap();
        assert_eq!((of_ticket.score, of_ticket.reason.as_deref()), (Some(2), Some("other")));
        assert_eq!(world.read(move |tx| satisfaction::views::of_person(tx, ana, 10)).len(), 1);
        let summary = world.read(move |tx| satisfaction::views::summary_of_person(tx, ana, 0));
        assert_eq!((summary.by_score, summary.good_share()), ([0, 1, 0, 0, 0], Some(0.0)));
    }
}

#[test]
fn what_is_over_cannot_be_answered() {
    for world in World::on_each_database() {
        let (_, _) = solved(&world);
        let token = asked(&world);
        let late = says(&token, 4);
        world.advance(satisfaction::EXPIRES_AFTER_DAYS * DAY_MS);
        let refused = world.try_write(desk::Actor::desk(), move |tx| satisfaction::answer(tx, &late));
        assert!(matches!(refused, Err(RatingError::Expired)), "on {}: {refused:?}", world.name());
        let page = world.read(move |tx| satisfaction::by_token(tx, &token));
        assert!(!page.may_answer);
    }
}

#[test]
fn a_closed_ticket_keeps_what_was_said() {
    for world in World::on_each_database() {
        let (id, ana) = solved(&world);
        let token = asked(&world);
        set_closed(&world, ana, id);
        let command = says(&token, 1);
        let refused = world.try_write(desk::Actor::desk(), move |tx| satisfaction::answer(tx, &command));
        assert!(matches!(refused, Err(RatingError::TicketIsClosed)), "on {}", world.name());
    }
}

fn set_closed(world: &World, agent: UserId, id: TicketId) {
    world.write_as(agent, move |tx| {
        let update = UpdateTicket { status: Some(Status::Closed), ..UpdateTicket::of(id) };
        tickets::update(tx, &update).map(|_| ())
    });
}

#[test]
fn agents_do_not_rate_and_wrong_links_lead_nowhere() {
    for world in World::on_each_database() {
        let (_, ana) = solved(&world);
        let token = asked(&world);
        let own = says(&token, 5);
        let refused = world.try_as(ana, move |tx| satisfaction::answer(tx, &own));
        assert!(matches!(refused, Err(RatingError::ByStaff)), "on {}", world.name());
        for wrong in ["", "x", &"y".repeat(43), &"z".repeat(10_000)] {
            let command = says(wrong, 5);
            let refused = world.try_write(desk::Actor::desk(), move |tx| satisfaction::answer(tx, &command));
            assert!(matches!(refused, Err(RatingError::NoSuchLink)));
        }
        // The token itself is nowhere among the ratings.
        let stored: String =
            world.read(|tx| tx.value("select token_hash from satisfaction_ratings", db::params![]));
        assert_ne!(stored, token);
    }
}
