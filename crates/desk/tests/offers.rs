//! Messages, chats and calls are offered: taken, declined, passed on in time, and never twice at once, on both databases.

use desk::routing::{
    self, ChooseStatus, Fate, LEASE_MS, Offer, OfferEnd, Owner, PresenceStatus, RoutingError, RoutingPolicy,
    SetPresence, StatusWords, Step,
};
use desk::tickets::{self, Channel, Status, UpdateTicket};
use desk::{TicketId, UserId, settings};
use testkit::World;

const SECOND: i64 = 1_000;

/// Without lots.
fn worlds() -> Vec<World> {
    let worlds = World::on_each_database();
    for world in &worlds {
        world.write(|tx| {
            let company = settings::Company { exploration_share: 0.0, ..settings::company(tx)? };
            settings::save_company(tx, &company)
        });
    }
    worlds
}

fn present(world: &World, user: UserId, status: PresenceStatus) {
    world.write_as(user, move |tx| routing::set_presence(tx, &SetPresence { user, status }));
    world.run_jobs();
}

/// Here since a moment of their own, so that whoever came first had nothing for longest.
fn crew(world: &World, names: &[&str]) -> Vec<UserId> {
    names
        .iter()
        .map(|name| {
            let user = world.agent(name);
            present(world, user, PresenceStatus::Online);
            world.advance(SECOND);
            user
        })
        .collect()
}

fn comes(world: &World, channel: Channel) -> TicketId {
    let customer = world.write(|tx| desk::people::requester_for(tx, "marta@example.org", Some("Marta")));
    let words = tickets::NewComment::public("Are you there?").by(customer);
    let create = tickets::CreateTicket::new(customer, "A question", words, channel);
    let ticket = world.write(move |tx| tickets::create(tx, &create)).id;
    world.run_jobs();
    ticket
}

fn offers(world: &World, user: UserId) -> Vec<Offer> {
    world.read(move |tx| routing::offers_to(tx, user))
}

fn asked(world: &World, users: &[UserId]) -> Vec<usize> {
    users.iter().map(|user| offers(world, *user).len()).collect()
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn accept(world: &World, user: UserId, ticket: TicketId) -> Result<tickets::Ticket, RoutingError> {
    let taken = world.try_as(user, move |tx| routing::accept_offer(tx, ticket));
    world.run_jobs();
    taken
}

fn decline(world: &World, user: UserId, ticket: TicketId) {
    world.write_as(user, move |tx| routing::decline_offer(tx, ticket));
    world.run_jobs();
}

fn pass(world: &World, ms: i64) {
    world.advance(ms);
    world.run_jobs();
}

/// How each offer of it ended, the oldest first.
fn ends(world: &World, ticket: TicketId) -> Vec<(UserId, Option<String>)> {
    world.read(move |tx| {
        tx.list(
            "select user_id, ended from routing_offers where ticket_id = $1 order by id",
            db::params![ticket],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    })
}

fn step(owner: &mut Owner) -> Step {
    std::thread::scope(|scope| scope.spawn(|| owner.step()).join().expect("no panic")).expect("it steps")
}

#[test]
fn a_chat_is_offered_and_theirs_when_they_take_it() {
    for world in worlds() {
        let on = world.name();
        let crew = crew(&world, &["Ana", "Kofi"]);
        let (ana, kofi) = (crew[0], crew[1]);
        let ticket = comes(&world, Channel::Chat);
        assert_eq!(asked(&world, &crew), [1, 0], "on {on}");
        let offer = offers(&world, ana)[0].clone();
        assert_eq!((offer.ticket, offer.until - offer.offered_at), (ticket, 30 * SECOND), "on {on}");
        assert_eq!((offer.requester_name.as_str(), holder(&world, ticket)), ("Marta", None), "on {on}");
        assert!(matches!(accept(&world, kofi, ticket), Err(RoutingError::OfferIsGone)), "it is not his");
        let taken = accept(&world, ana, ticket).expect("it is hers");
        assert_eq!((taken.assignee, asked(&world, &crew)), (Some(ana), vec![0, 0]), "on {on}");
        assert!(matches!(accept(&world, ana, ticket), Err(RoutingError::OfferIsGone)), "once");
        pass(&world, 31 * SECOND);
        assert_eq!(
            holder(&world, ticket),
            Some(ana),
            "it stays hers when the offer would have ended, on {on}"
        );
        assert_eq!(ends(&world, ticket), [(ana, Some("accepted".to_owned()))], "on {on}");
        let why = world.read(move |tx| routing::why(tx, ticket)).expect("it was decided");
        let told = why.offer.expect("it was offered");
        assert_eq!((told.ended, why.overruled), (Some(OfferEnd::Accepted), false), "on {on}");
        assert_eq!(world.read(routing::count_side_by_side), 0, "on {on}");
    }
}

#[test]
fn who_declines_or_stays_silent_lets_it_pass_and_the_record_says_so() {
    for world in worlds() {
        let on = world.name();
        let crew = crew(&world, &["Ana", "Kofi"]);
        let (ana, kofi) = (crew[0], crew[1]);
        let ticket = comes(&world, Channel::Voice);
        assert_eq!(asked(&world, &crew), [1, 0], "on {on}");
        decline(&world, ana, ticket);
        assert_eq!(asked(&world, &crew), [0, 1], "on {on}");
        let why = world.read(move |tx| routing::decisions_of(tx, ticket)).remove(0).sentence;
        assert!(why.contains("Ana (same skill, set aside for this work)"), "{why} on {on}");
        pass(&world, 20 * SECOND);
        assert_eq!(asked(&world, &crew), [0, 0], "both rest from it, on {on}");
        let waits = world.read(move |tx| routing::why(tx, ticket)).expect("it waits");
        assert_eq!(waits.chosen, None, "on {on}");
        pass(&world, 30 * SECOND);
        assert_eq!(asked(&world, &crew).iter().sum::<usize>(), 1, "somebody is asked again, on {on}");
        let all = ends(&world, ticket);
        assert_eq!(all[0], (ana, Some("declined".into())), "on {on}");
        assert_eq!(all[1], (kofi, Some("timed_out".into())), "on {on}");
        assert_eq!((all.len(), all[2].1.as_deref()), (3, None), "on {on}");
        let again = all[2].0;
        accept(&world, again, ticket).expect("it is theirs to take");
        let filter = routing::DecisionFilter { from: 0, until: world.now() + 1, ..Default::default() };
        let rows = world.read(move |tx| routing::decision_rows(tx, &filter, None, 50));
        let fates: Vec<Fate> =
            rows.iter().filter(|it| it.why.chosen.is_some()).map(|it| it.fate.clone()).collect();
        assert!(matches!(fates[0], Fate::Holds), "{fates:?} on {on}");
        let count = |shown| {
            let filter = routing::DecisionFilter { shown, ..filter };
            world.read(move |tx| routing::decision_rows(tx, &filter, None, 50)).len()
        };
        assert_eq!((count(routing::Shown::Taken), count(routing::Shown::Returned)), (1, 2), "on {on}");
        assert!(matches!(fates[1], Fate::NotTaken { how: OfferEnd::TimedOut, .. }), "{fates:?} on {on}");
        assert!(matches!(fates[2], Fate::NotTaken { how: OfferEnd::Declined, .. }), "{fates:?} on {on}");
    }
}

#[test]
fn each_channel_has_places_of_its_own_and_a_call_stands_alone() {
    for world in worlds() {
        let on = world.name();
        let crew = crew(&world, &["Ana"]);
        let ana = crew[0];
        world.write(|tx| {
            let mut policy = routing::routing_policy(tx)?;
            policy.channels.chats.places = 2;
            routing::set_routing_policy(tx, &policy)
        });
        let chats = [(); 3].map(|()| comes(&world, Channel::Chat));
        assert_eq!(asked(&world, &crew), [2], "what is offered takes a place, on {on}");
        let letter = comes(&world, Channel::Email);
        assert_eq!(holder(&world, letter), Some(ana), "letters have places of their own, on {on}");
        let call = comes(&world, Channel::Voice);
        assert_eq!(asked(&world, &crew), [3], "on {on}");
        accept(&world, ana, call).expect("it is hers");
        accept(&world, ana, chats[0]).expect("it was offered before");
        let solve = |ticket| {
            let solve = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(ticket) };
            world.write_as(ana, move |tx| tickets::update(tx, &solve));
            world.run_jobs();
        };
        solve(chats[0]);
        let second = comes(&world, Channel::Email);
        assert_eq!(asked(&world, &crew), [1], "nothing new beside a call, on {on}");
        assert_eq!(holder(&world, second), None, "and no letter, on {on}");
        solve(call);
        assert_eq!(asked(&world, &crew), [2], "the third chat comes, on {on}");
        assert_eq!(holder(&world, second), Some(ana), "on {on}");
        assert_eq!(world.read(routing::count_side_by_side), 0, "on {on}");
    }
}

#[test]
fn a_status_takes_chats_and_no_letters_and_leaving_passes_an_offer_on() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let words = StatusWords { name: "Only chats".into(), takes_tickets: false, takes_live: true };
        let status = world.write(move |tx| routing::create_status(tx, &words));
        world.write_as(ana, move |tx| routing::choose_status(tx, &ChooseStatus { user: ana, status }));
        world.run_jobs();
        let (letter, chat) = (comes(&world, Channel::Email), comes(&world, Channel::Chat));
        assert_eq!(holder(&world, letter), None, "on {on}");
        assert_eq!(asked(&world, &[ana]), [1], "on {on}");
        let words = StatusWords { name: "Only letters".into(), takes_tickets: true, takes_live: false };
        let status = world.write(move |tx| routing::create_status(tx, &words));
        world.write_as(kofi, move |tx| routing::choose_status(tx, &ChooseStatus { user: kofi, status }));
        world.run_jobs();
        assert_eq!(holder(&world, letter), Some(kofi), "on {on}");
        decline(&world, ana, chat);
        assert_eq!(asked(&world, &[ana, kofi]), [0, 0], "he takes no chats, on {on}");
        present(&world, kofi, PresenceStatus::Online);
        assert_eq!(asked(&world, &[ana, kofi]), [0, 1], "on {on}");
        present(&world, kofi, PresenceStatus::Away);
        assert_eq!(asked(&world, &[ana, kofi]), [0, 0], "on {on}");
        assert_eq!(ends(&world, chat)[1], (kofi, Some("withdrawn".into())), "on {on}");
        pass(&world, 30 * SECOND);
        assert_eq!(asked(&world, &[ana, kofi]), [1, 0], "she has rested from it, on {on}");
    }
}

#[test]
fn an_offer_outlives_the_process_that_made_it() {
    for world in worlds() {
        let on = world.name();
        world.release_routing();
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        for user in [ana, kofi] {
            let here = SetPresence { user, status: PresenceStatus::Online };
            world.write_as(user, move |tx| routing::set_presence(tx, &here));
            world.advance(SECOND);
        }
        let mut first = Owner::of_node(world.desk.db.clone(), "here");
        assert!(step(&mut first).is_owner, "on {on}");
        let customer = world.write(|tx| desk::people::requester_for(tx, "m@example.org", Some("Marta")));
        let words = tickets::NewComment::public("Are you there?").by(customer);
        let create = tickets::CreateTicket::new(customer, "A question", words, Channel::Chat);
        let ticket = world.write(move |tx| tickets::create(tx, &create)).id;
        world.write(|tx| tx.execute("update tickets set routing_version = 1", db::params![]));
        assert_eq!(step(&mut first).decided, 1, "on {on}");
        assert_eq!(asked(&world, &[ana, kofi]), [1, 0], "on {on}");
        // Killed: it gives nothing back. A restart of the same node goes on at once, another node does not.
        let mut elsewhere = Owner::of_node(world.desk.db.clone(), "there");
        assert!(!step(&mut elsewhere).is_owner, "on {on}");
        let mut second = Owner::of_node(world.desk.db.clone(), "here");
        let goes_on = step(&mut second);
        assert!(goes_on.is_owner, "on {on}");
        assert_eq!(ends(&world, ticket), [(ana, None)], "the offer stands, on {on}");
        world.advance(LEASE_MS / 3);
        assert!(!step(&mut first).is_owner, "whoever was followed decides no more, on {on}");
        assert!(!step(&mut first).is_owner && step(&mut second).is_owner, "and takes nothing back");
        world.advance(30 * SECOND);
        assert!(step(&mut second).decided > 0, "on {on}");
        assert_eq!(asked(&world, &[ana, kofi]), [0, 1], "it has passed on, on {on}");
        // Died while an offer runs out: whoever follows passes it on.
        drop(second);
        world.advance(30 * SECOND + LEASE_MS);
        let mut third = Owner::new(world.desk.db.clone());
        assert!(step(&mut third).is_owner, "on {on}");
        world.advance(30 * SECOND);
        step(&mut third);
        let all = ends(&world, ticket);
        assert_eq!(all[1], (kofi, Some("timed_out".into())), "on {on}");
        assert_eq!(all.iter().filter(|it| it.1.is_none()).count(), 1, "one stands: {all:?} on {on}");
        let now_asked = all.last().expect("some").0;
        world.write_as(now_asked, move |tx| routing::accept_offer(tx, ticket));
        step(&mut third);
        assert_eq!(holder(&world, ticket), Some(now_asked), "on {on}");
    }
}

#[test]
fn two_who_both_think_they_own_never_offer_twice_nor_beyond_the_room() {
    const CHATS: i64 = 60;
    for world in worlds() {
        let on = world.name();
        world.write(|tx| {
            // They answer nothing until the end, and stay.
            let policy = RoutingPolicy { missed_offers_max: 0, ..routing::routing_policy(tx)? };
            routing::set_routing_policy(tx, &policy)
        });
        let crew = crew(&world, &["Ana", "Kofi", "Mei", "Lea"]);
        world.release_routing();
        let customer = world.write(|tx| desk::people::requester_for(tx, "m@example.org", Some("Marta")));
        let mut owners = [Owner::new(world.desk.db.clone()), Owner::new(world.desk.db.clone())];
        std::thread::scope(|scope| {
            for owner in &mut owners {
                let clock = world.clock.clone();
                scope.spawn(move || {
                    for _ in 0..25 {
                        // Each time the other's lease has just ended.
                        clock.advance(LEASE_MS + 1);
                        let _ = owner.step();
                    }
                });
            }
            for _ in 0..CHATS / 10 {
                world.write(move |tx| {
                    for _ in 0..10 {
                        let words = tickets::NewComment::public("Hello?").by(customer);
                        let create = tickets::CreateTicket::new(customer, "Chat", words, Channel::Chat);
                        tickets::create(tx, &create)?;
                    }
                    Ok::<_, tickets::CreateError>(())
                });
                world.write(|tx| tx.execute("update tickets set routing_version = 1", db::params![]));
            }
        });
        // Twice at once no database would take: a unique index forbids it. Nor is anybody asked beyond their room.
        let open: Vec<(i64, i64)> = world.read(|tx| {
            tx.list(
                "select user_id, cast(count(*) as bigint) from routing_offers where ended_at is null group by user_id",
                db::params![],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        });
        assert!(!open.is_empty() && open.iter().all(|it| it.1 <= 3), "{open:?} on {on}");
        for user in crew {
            for offer in offers(&world, user) {
                world.write_as(user, move |tx| routing::accept_offer(tx, offer.ticket));
            }
        }
        let given: i64 = world.read(|tx| {
            tx.value(
                "select cast(count(*) as bigint) from routing_offers where ended = 'accepted'",
                db::params![],
            )
        });
        let held: i64 = world.read(|tx| {
            tx.value(
                "select cast(count(*) as bigint) from tickets where assignee_id is not null",
                db::params![],
            )
        });
        assert_eq!((given, held > 0), (held, true), "each was given once, on {on}");
    }
}

#[test]
fn what_is_done_by_hand_ends_an_offer_and_times_have_bounds() {
    for world in worlds() {
        let on = world.name();
        let crew = crew(&world, &["Ana", "Kofi"]);
        let (ana, kofi) = (crew[0], crew[1]);
        let ticket = comes(&world, Channel::Message);
        assert_eq!(asked(&world, &crew), [1, 0], "on {on}");
        let take = UpdateTicket { assignee: Some(Some(kofi)), ..UpdateTicket::of(ticket) };
        world.write_as(kofi, move |tx| tickets::update(tx, &take));
        assert_eq!(asked(&world, &crew), [0, 0], "she is asked no more at once, on {on}");
        assert!(matches!(accept(&world, ana, ticket), Err(RoutingError::OfferIsGone)));
        pass(&world, LEASE_MS / 2);
        assert_eq!(ends(&world, ticket), [(ana, Some("withdrawn".into()))], "on {on}");
        assert_eq!(holder(&world, ticket), Some(kofi), "on {on}");
        let refused = world.try_write(desk::Actor::desk(), |tx| {
            let mut policy: RoutingPolicy = routing::routing_policy(tx)?;
            policy.channels.calls.offer_seconds = 1;
            routing::set_routing_policy(tx, &policy)
        });
        assert!(matches!(refused, Err(RoutingError::OfferTimeIsWrong)));
    }
}

#[test]
fn whoever_lets_three_in_a_row_run_out_is_set_away_and_told() {
    for world in worlds() {
        let on = world.name();
        let ana = crew(&world, &["Ana"])[0];
        let away =
            |world: &World| world.read(move |tx| routing::presence_of(tx, ana)) == PresenceStatus::Away;
        let missed = || {
            let ticket = comes(&world, Channel::Chat);
            assert_eq!(asked(&world, &[ana]), [1], "on {on}");
            pass(&world, 31 * SECOND);
            let done = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(ticket) };
            let lead = world.lead("Lea");
            world.write_as(lead, move |tx| tickets::update(tx, &done));
            world.run_jobs();
            ticket
        };
        missed();
        missed();
        let taken = comes(&world, Channel::Chat);
        accept(&world, ana, taken).expect("it is hers");
        missed();
        missed();
        assert!(!away(&world), "one was taken between them, on {on}");
        let last = missed();
        assert!(away(&world), "on {on}");
        let told = world.read(move |tx| routing::set_away_of(tx, ana)).expect("she is told");
        assert_eq!((told.ticket, told.missed), (last, 3), "on {on}");
        let record = world.read(move |tx| routing::decisions_of(tx, last));
        let after: Vec<_> = record.iter().filter_map(|it| it.offer?.set_away_after).collect();
        assert_eq!(after, [3], "the record of decisions says so, on {on}");
        let waiting = comes(&world, Channel::Chat);
        assert_eq!((asked(&world, &[ana]), holder(&world, waiting)), (vec![0], None), "on {on}");
        present(&world, ana, PresenceStatus::Online);
        assert_eq!(world.read(move |tx| routing::set_away_of(tx, ana)), None, "on {on}");
        assert_eq!(asked(&world, &[ana]), [1], "and begins anew, on {on}");
        pass(&world, 31 * SECOND);
        assert!(!away(&world), "on {on}");
    }
}

#[test]
fn a_desk_may_set_nobody_away() {
    for world in worlds() {
        let on = world.name();
        let refused = world.try_write(desk::Actor::desk(), |tx| {
            let policy = RoutingPolicy { missed_offers_max: -1, ..routing::routing_policy(tx)? };
            routing::set_routing_policy(tx, &policy)
        });
        assert!(matches!(refused, Err(RoutingError::MissedOffersAreWrong)), "on {on}");
        world.write(|tx| {
            let policy = RoutingPolicy { missed_offers_max: 0, ..routing::routing_policy(tx)? };
            routing::set_routing_policy(tx, &policy)
        });
        let ana = crew(&world, &["Ana"])[0];
        for _ in 0..5 {
            comes(&world, Channel::Voice);
            pass(&world, 21 * SECOND);
        }
        assert_eq!(world.read(move |tx| routing::presence_of(tx, ana)), PresenceStatus::Online, "on {on}");
    }
}
