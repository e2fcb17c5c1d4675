//! One process decides at a time: who dies is followed, nothing is lost, and nothing is given twice.

use desk::routing::{
    self, Condition, Conditions, Field, Helper, LEASE_MS, Owner, PresenceStatus, QueuePolicy, QueueTurn,
    RoutingError, RoutingPolicy, Rule, SetCapacity, SetPresence, WantedQueue,
};
use desk::skills::{self, Rate};
use desk::tickets::{self, UpdateTicket};
use desk::{Desk, GroupId, SkillId, TicketId, UserId, settings};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use testkit::World;

const TICKETS: usize = 1_000;
const AGENTS: usize = 20;

fn online(world: &World, user: UserId) {
    let here = SetPresence { user, status: PresenceStatus::Online };
    world.write_as(user, move |tx| routing::set_presence(tx, &here));
}

/// So many agents, here, with room for exactly so many tickets together.
fn crew(world: &World, agents: usize, tickets: usize) -> Vec<UserId> {
    let room = (tickets / agents) as i64;
    world.write(move |tx| {
        let company = settings::company(tx)?;
        settings::save_company(tx, &settings::Company { ticket_capacity: room, ..company })
    });
    (0..agents)
        .map(|n| {
            let agent = world.agent(&format!("Agent {n}"));
            online(world, agent);
            agent
        })
        .collect()
}

/// They wait long enough to be routed whether or not anybody has understood them.
fn many_tickets(world: &World, count: usize) {
    letters(world, count);
    world.advance(routing::UNDERSTOOD_WITHIN_MS);
}

fn letters(world: &World, count: usize) {
    let requester =
        world.write(|tx| desk::people::requester_for(tx, "customer@example.org", Some("A customer")));
    for part in 0..count.div_ceil(50) {
        world.write(move |tx| {
            for n in part * 50..count.min(part * 50 + 50) {
                let words = tickets::NewComment::public(format!("Question {n}")).by(requester);
                let create =
                    tickets::CreateTicket::new(requester, "A question", words, tickets::Channel::Email);
                tickets::create(tx, &create)?;
            }
            Ok::<_, tickets::CreateError>(())
        });
    }
}

fn assigned(world: &World) -> i64 {
    world.read(|tx| {
        tx.value("select cast(count(*) as bigint) from tickets where assignee_id is not null", db::params![])
    })
}

/// Each ticket was given once, is told of once, and nobody holds more than they may.
fn everything_once(world: &World, room: usize) {
    let given: Vec<(i64, i64)> = world.read(|tx| {
        tx.list(
            "select subject_id, cast(count(*) as bigint) from events where kind = 'ticket_assigned' group by subject_id",
            db::params![],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    });
    let chosen: i64 = world.read(|tx| {
        tx.value(
            "select cast(count(*) as bigint) from routing_decisions where chosen_id is not null",
            db::params![],
        )
    });
    let all: i64 = world.read(|tx| tx.value("select cast(count(*) as bigint) from tickets", db::params![]));
    assert_eq!(assigned(world), all, "none is lost, on {}", world.name());
    assert!(given.iter().all(|it| it.1 == 1), "none is given twice, on {}", world.name());
    assert_eq!((given.len() as i64, chosen), (all, all), "on {}", world.name());
    let held: HashMap<i64, i64> = world
        .read(|tx| {
            tx.list(
                "select assignee_id, cast(count(*) as bigint) from tickets group by assignee_id",
                db::params![],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
        .into_iter()
        .collect();
    assert!(held.values().all(|it| *it <= room as i64), "{held:?} on {}", world.name());
}

#[test]
fn whoever_follows_an_owner_that_died_loses_nothing_and_gives_nothing_twice() {
    for world in World::on_each_database() {
        crew(&world, AGENTS, TICKETS);
        many_tickets(&world, TICKETS);
        // A process of its own, whose clock kills it after so many transactions.
        let (clock, life) = (world.clock.clone(), Arc::new(AtomicI64::new(i64::MAX)));
        let fuse = life.clone();
        let options = db::Options {
            durable: false,
            clock: Arc::new(move || {
                // What it hears of others, at moments of their choosing, is no work of its own.
                let works = std::thread::current().name() != Some("postgres-hear");
                assert!(!works || fuse.fetch_sub(1, Ordering::SeqCst) > 0, "killed");
                clock.now()
            }),
            ..db::Options::default()
        };
        let url = world.desk.db.url().to_owned();
        let blobs = world.folder().join("blobs");
        let killed = std::thread::spawn(move || {
            let doomed = Desk::open(&url, blobs, options).expect("it opens");
            let mut first = Owner::new(doomed.db.clone());
            life.store(14, Ordering::SeqCst);
            while first.step().is_ok() {}
        })
        .join();
        assert!(killed.is_err(), "it died");
        let before = assigned(&world);
        assert!(before > 0 && before < TICKETS as i64, "{before} in the middle, on {}", world.name());
        let mut second = Owner::new(world.desk.db.clone());
        let step = |owner: &mut Owner| {
            std::thread::scope(|scope| scope.spawn(|| owner.step()).join().expect("no panic"))
                .expect("it steps")
        };
        let waits = step(&mut second);
        assert_eq!((waits.is_owner, waits.decided), (false, 0), "the dead one's lease still runs");
        world.advance(LEASE_MS);
        let takes_over = step(&mut second);
        assert!(takes_over.is_owner);
        assert_eq!(takes_over.decided as i64, TICKETS as i64 - before, "on {}", world.name());
        everything_once(&world, TICKETS / AGENTS);
        assert_eq!(world.read(routing::count_side_by_side), 0);
    }
}

#[test]
fn two_who_both_think_they_own_never_give_twice() {
    const COUNT: usize = 240;
    for world in World::on_each_database() {
        crew(&world, 8, COUNT);
        let mut owners = [Owner::new(world.desk.db.clone()), Owner::new(world.desk.db.clone())];
        std::thread::scope(|scope| {
            for owner in &mut owners {
                let clock = world.clock.clone();
                scope.spawn(move || {
                    for _ in 0..60 {
                        // Each time the other's lease has just ended.
                        clock.advance(LEASE_MS + 1);
                        let _ = owner.step();
                    }
                });
            }
            for _ in 0..COUNT / 10 {
                many_tickets(&world, 10);
            }
        });
        world.advance(LEASE_MS + 1);
        world.route();
        everything_once(&world, COUNT / 8);
        let lease = world.read(routing::routing_owner).expect("somebody held it");
        assert!(lease.epoch > 2, "it changed hands, on {}", world.name());
    }
}

#[test]
fn a_clean_end_hands_over_at_once_and_only_one_decides() {
    for world in World::on_each_database() {
        crew(&world, 2, 10);
        world.run_jobs();
        let mut other = Owner::new(world.desk.db.clone());
        let step = |owner: &mut Owner| {
            std::thread::scope(|scope| scope.spawn(|| owner.step()).join().expect("no panic"))
                .expect("it steps")
        };
        letters(&world, 4);
        world.write(|tx| tx.execute("update tickets set routing_version = 1", db::params![]));
        assert!(!step(&mut other).is_owner);
        assert_eq!(assigned(&world), 0, "it is not this one's to decide, on {}", world.name());
        assert_eq!(world.route(), 4);
        std::thread::scope(|scope| scope.spawn(|| other.release()).join().expect("no panic"))
            .expect("nothing to release");
        assert!(!step(&mut other).is_owner, "who holds nothing releases nothing");
        world.release_routing();
        many_tickets(&world, 2);
        assert_eq!(step(&mut other).decided, 2, "on {}", world.name());
    }
}

#[test]
fn what_nobody_told_is_found_by_looking() {
    for world in World::on_each_database() {
        crew(&world, 1, 10);
        many_tickets(&world, 3);
        world.route();
        assert_eq!((assigned(&world), world.route()), (3, 0));
        // As if the news had been lost: the rows change, and nobody says so.
        world.write(|tx| {
            tx.execute("update tickets set assignee_id = null, version = version + 1", db::params![])
        });
        assert_eq!(world.route(), 0, "it has not heard");
        world.advance(15_000);
        assert_eq!(world.route(), 3, "on {}", world.name());
        world.advance(LEASE_MS);
        world.route();
        let watched = world.read(routing::routing_owner).and_then(|it| it.watched).expect("it watches");
        assert_eq!((watched.waiting, watched.side_by_side), (0, 0));
    }
}

#[test]
fn more_room_for_one_or_for_all_counts_at_once() {
    for world in World::on_each_database() {
        let crew = crew(&world, 2, 4);
        many_tickets(&world, 12);
        world.route();
        assert_eq!(assigned(&world), 4, "on {}", world.name());
        let more = SetCapacity { user: crew[0], limit: Some(5) };
        world.write(move |tx| routing::set_capacity(tx, &more));
        world.route();
        assert_eq!(assigned(&world), 7);
        world.write(|tx| {
            let company = settings::company(tx)?;
            settings::save_company(tx, &settings::Company { ticket_capacity: 4, ..company })
        });
        world.route();
        assert_eq!(assigned(&world), 9, "on {}", world.name());
    }
}

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn set_rule(world: &World, rule: Rule) {
    world.write(move |tx| {
        let policy = RoutingPolicy { rule, ..routing::routing_policy(tx)? };
        routing::set_routing_policy(tx, &policy)
    });
}

#[test]
fn another_rule_chooses_others_and_says_so() {
    for world in World::on_each_database() {
        world.write(|tx| {
            let company = settings::company(tx)?;
            settings::save_company(tx, &settings::Company { exploration_share: 0.0, ..company })
        });
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        for (user, level) in [(ana, 1.0), (kofi, 5.0)] {
            let rate = Rate { user, skill: refunds, level, note: String::new() };
            world.write_as(lead, move |tx| skills::rate(tx, &rate));
        }
        online(&world, ana);
        world.advance(60_000);
        online(&world, kofi);
        let route = |words: &str| -> (TicketId, Option<UserId>, String) {
            let ticket = world.ticket(words);
            world.run_jobs();
            let holder = world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("there").assignee;
            let why = world.read(move |tx| routing::why(tx, ticket)).expect("decided").sentence;
            world.advance(1_000);
            (ticket, holder, why)
        };
        let (_, holder, _) = route("I was charged twice and I want a refund");
        assert_eq!(holder, Some(kofi), "the best expected outcome, on {}", world.name());
        let by_agent = world.try_as(ana, |tx| routing::set_routing_policy(tx, &RoutingPolicy::default()));
        assert!(matches!(by_agent, Err(RoutingError::NotAnAdmin)));
        set_rule(&world, Rule::LongestIdle);
        let (first, holder, why) = route("I was charged twice, a refund please");
        assert_eq!(holder, Some(ana), "she had nothing for longest, on {}", world.name());
        assert!(why.starts_with("Chosen for having had nothing new for longest, over Kofi (better"), "{why}");
        set_rule(&world, Rule::MostCapacity);
        let set = SetCapacity { user: ana, limit: Some(40) };
        world.write(move |tx| routing::set_capacity(tx, &set));
        let (_, holder, why) = route("A refund, I was charged twice");
        assert_eq!(holder, Some(ana), "she has most room, on {}", world.name());
        assert!(why.starts_with("Chosen for having most room, over Kofi"), "{why}");
        // What is decided stays as it was told.
        let told = world.read(move |tx| routing::why(tx, first)).expect("decided").sentence;
        assert!(told.starts_with("Chosen for having had nothing new for longest"));
        for rule in [Rule::FixedQueueRatio, Rule::GeneralisedCMu, Rule::ExpectedOutcome] {
            set_rule(&world, rule);
            assert!(route("One more question").1.is_some(), "{rule:?} on {}", world.name());
        }
    }
}

#[test]
fn what_is_given_by_hand_to_somebody_away_stays_until_the_customer_writes_again() {
    for world in World::on_each_database() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        online(&world, ana);
        let ticket = world.ticket_of(marta, "A question");
        world.run_jobs();
        world.advance(60_000);
        online(&world, kofi);
        let left = SetPresence { user: kofi, status: PresenceStatus::Offline };
        world.write_as(kofi, move |tx| routing::set_presence(tx, &left));
        world.run_jobs();
        world.advance(60_000);
        world.write_as(ana, move |tx| {
            let to = UpdateTicket { assignee: Some(Some(kofi)), ..UpdateTicket::of(ticket) };
            tickets::update(tx, &to).map(|_| ())
        });
        world.run_jobs();
        world.advance(60_000);
        world.run_jobs();
        let holder = || world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("there").assignee;
        assert_eq!(holder(), Some(kofi), "somebody meant it so, on {}", world.name());
        world.write_as(marta, move |tx| {
            let words = UpdateTicket {
                comment: Some(tickets::NewComment::public("Is anybody there?")),
                channel: tickets::Channel::Email,
                ..UpdateTicket::of(ticket)
            };
            tickets::update(tx, &words).map(|_| ())
        });
        world.run_jobs();
        assert_eq!(holder(), Some(ana), "now somebody waits, on {}", world.name());
    }
}

fn in_group(world: &World, group: GroupId, words: &str) -> TicketId {
    let ticket = world.ticket(words);
    let put = UpdateTicket { group: Some(Some(group)), ..UpdateTicket::of(ticket) };
    world.write(move |tx| tickets::update(tx, &put));
    world.run_jobs();
    ticket
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("there").assignee
}

/// The work of one group.
fn queue_of(group: GroupId, name: &str) -> QueuePolicy {
    let conditions = Conditions::all_of([Condition::is(Field::Group, [group])]);
    QueuePolicy { conditions, ..QueuePolicy::named(name) }
}

/// This one alone, beside the default one.
fn set_queue(world: &World, queue: QueuePolicy) {
    world.write(move |tx| {
        for it in routing::queues(tx)?.into_iter().filter(|it| !it.is_default) {
            routing::delete_queue(tx, it.id)?;
        }
        routing::create_queue(tx, &queue)
    });
    world.run_jobs();
}

fn without_lots(world: &World) {
    world.write(|tx| {
        let company = settings::company(tx)?;
        settings::save_company(tx, &settings::Company { exploration_share: 0.0, ..company })
    });
}

#[test]
fn another_group_helps_out_when_nobody_of_its_own_is_free_and_only_after_a_wait() {
    for world in World::on_each_database() {
        let on = world.name();
        without_lots(&world);
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let (billing, support) = (world.group("Billing", &[ana]), world.group("Support", &[kofi]));
        for user in [ana, kofi] {
            let one = SetCapacity { user, limit: Some(1) };
            world.write(move |tx| routing::set_capacity(tx, &one));
            online(&world, user);
        }
        let helped = |after_minutes| QueuePolicy {
            helpers: vec![Helper { group: support, after_minutes }],
            ..queue_of(billing, "Of billing")
        };
        set_queue(&world, helped(0));
        let first = in_group(&world, billing, "To Billing");
        assert_eq!(holder(&world, first), Some(ana), "its own people come first, on {on}");
        let second = in_group(&world, billing, "To Billing as well");
        assert_eq!(holder(&world, second), Some(kofi), "Ana is full, on {on}");
        set_queue(&world, helped(30));
        let solve = UpdateTicket { status: Some(tickets::Status::Solved), ..UpdateTicket::of(second) };
        world.write_as(kofi, move |tx| tickets::update(tx, &solve));
        let third = in_group(&world, billing, "Not so fast");
        assert_eq!(holder(&world, third), None, "he helps after half an hour, on {on}");
        let why = world.read(move |tx| routing::why(tx, third)).expect("it waits").sentence;
        assert_eq!(why, "Waiting: the one able person online is full", "on {on}");
        world.advance(31 * 60_000);
        online(&world, kofi);
        online(&world, ana);
        world.run_jobs();
        assert_eq!(holder(&world, third), Some(kofi), "on {on}");
        assert_eq!(world.read(routing::count_side_by_side), 0);
    }
}

#[test]
fn a_queue_that_goes_first_is_emptied_first_under_every_rule() {
    for world in World::on_each_database() {
        let on = world.name();
        let ana = world.agent("Ana");
        let one = SetCapacity { user: ana, limit: Some(1) };
        world.write(move |tx| routing::set_capacity(tx, &one));
        let (calm, pressing) = (world.group("Calm", &[ana]), world.group("Pressing", &[ana]));
        let first = QueuePolicy { turn: QueueTurn::First, ..queue_of(pressing, "Of the pressing") };
        set_queue(&world, first);
        for rule in [Rule::LongestIdle, Rule::ExpectedOutcome, Rule::FixedQueueRatio] {
            set_rule(&world, rule);
            let older = in_group(&world, calm, "It came earlier");
            world.advance(5_000);
            let younger = in_group(&world, pressing, "It goes first");
            online(&world, ana);
            world.run_jobs();
            assert_eq!(holder(&world, younger), Some(ana), "{rule:?} on {on}");
            let why = world.read(move |tx| routing::why(tx, younger)).expect("decided").sentence;
            assert!(why.contains("its queue goes before that of"), "{why}");
            for ticket in [younger, older] {
                let solve = UpdateTicket {
                    assignee: Some(Some(ana)),
                    status: Some(tickets::Status::Solved),
                    ..UpdateTicket::of(ticket)
                };
                world.write_as(ana, move |tx| tickets::update(tx, &solve));
            }
            let gone = SetPresence { user: ana, status: PresenceStatus::Offline };
            world.write_as(ana, move |tx| routing::set_presence(tx, &gone));
            world.run_jobs();
        }
    }
}

#[test]
fn shares_decide_under_the_fixed_queue_ratio_and_the_preview_shows_it() {
    for world in World::on_each_database() {
        let on = world.name();
        let ana = world.agent("Ana");
        let (one, other) = (world.group("One", &[ana]), world.group("Other", &[ana]));
        set_rule(&world, Rule::FixedQueueRatio);
        let limit = SetCapacity { user: ana, limit: Some(1) };
        world.write(move |tx| routing::set_capacity(tx, &limit));
        let waiting = [in_group(&world, one, "Of one"), in_group(&world, other, "Of the other")];
        // With equal shares the older goes first; if the first queue may hold nearly everything, the other does.
        let shared = QueuePolicy { share: 100.0, ..queue_of(one, "Of one") };
        let wanted = WantedQueue::New(shared.clone());
        online(&world, ana);
        let preview = world.read(move |tx| routing::preview_queue(tx, &wanted));
        assert_eq!(
            (preview.tried, preview.different, preview.in_turn),
            (2, 2, true),
            "they change places, on {on}"
        );
        let stand = [("Of one".to_owned(), 0, 1), ("Everything else".to_owned(), 2, 1)];
        assert_eq!(preview.queues, stand, "on {on}");
        let wrong = QueuePolicy { share: 0.0, ..shared.clone() };
        let refused = world.try_write(desk::Actor::desk(), move |tx| routing::create_queue(tx, &wrong));
        assert!(matches!(refused, Err(RoutingError::QueueShareIsWrong)));
        let gone = SetPresence { user: ana, status: PresenceStatus::Offline };
        world.write_as(ana, move |tx| routing::set_presence(tx, &gone));
        set_queue(&world, shared);
        online(&world, ana);
        world.run_jobs();
        assert_eq!(waiting.map(|it| holder(&world, it)), [None, Some(ana)], "on {on}");
    }
}
