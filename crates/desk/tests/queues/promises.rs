//! What queues promise, when it runs, and how it is counted once it has ended.

use crate::*;
use desk::routing::{KeptPromises, OpeningHours};

const HOUR: i64 = 60 * MINUTE;

fn promising(minutes: i64) -> QueuePolicy {
    QueuePolicy { promise: Some(Promise { minutes, percent: 90 }), ..tagged("vip", "VIP") }
}

fn of_vips(world: &World, subject: &str) -> TicketId {
    let ticket = world.ticket(subject);
    world.run_jobs();
    tag(world, ticket, &["vip"]);
    ticket
}

/// Kept, broken, and still running, in the first queue.
fn counted(world: &World) -> (i64, i64, i64) {
    let KeptPromises { kept, broken, running, .. } = world.read(routing::kept_promises)[0].clone();
    (kept, broken, running)
}

fn solve(world: &World, user: UserId, ticket: TicketId) {
    let solved =
        UpdateTicket { assignee: Some(Some(user)), status: Some(Status::Solved), ..UpdateTicket::of(ticket) };
    world.write_as(user, move |tx| tickets::update(tx, &solved));
    world.run_jobs();
}

#[test]
fn promises_run_until_the_first_answer_and_are_counted_as_kept_or_broken() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        assert_eq!(world.read(|tx| routing::promises_now(tx, UserId(1), 5)), Default::default(), "on {on}");
        let promise = Promise { minutes: 15, percent: 50 };
        make(&world, QueuePolicy { promise: Some(promise), ..tagged("vip", "VIP") });
        let [in_time, too_late, kofis, nobodys, other] = ["a", "b", "c", "d", "e"].map(|it| world.ticket(it));
        world.run_jobs();
        [in_time, too_late, kofis, nobodys].into_iter().for_each(|ticket| tag(&world, ticket, &["vip"]));
        let give = |ticket, user| {
            update(&world, UpdateTicket { assignee: Some(Some(user)), ..UpdateTicket::of(ticket) });
        };
        give(kofis, kofi);
        give(too_late, ana);
        world.advance(10 * MINUTE);
        answer(&world, ana, in_time);
        let now = world.read(move |tx| routing::promises_now(tx, ana, 5));
        assert_eq!((now.running, now.late), (2, 0), "hers and nobody's, on {on}");
        world.advance(6 * MINUTE);
        let standing = world.read(move |tx| routing::standing_of(tx, too_late));
        assert!(standing.runs && standing.is_broken(world.now()), "{standing:?} on {on}");
        let now = world.read(move |tx| routing::promises_now(tx, ana, 1));
        assert_eq!((now.running, now.late, now.next.len()), (2, 2, 1), "on {on}");
        let wall = world.read(desk::floor::wall);
        assert_eq!(wall.late_count, 3, "the wall shows all of them, on {on}");
        assert!(wall.at_risk.iter().all(|it| it.promised_by.as_deref() == Some("VIP")), "on {on}");
        let waits: Vec<_> = wall.queues.iter().map(|it| (it.queue.as_deref(), it.waiting, it.late)).collect();
        assert!(
            waits.contains(&(Some("VIP"), 2, 1)),
            "the answered one waits for somebody too: {waits:?} on {on}"
        );
        answer(&world, ana, too_late);
        let counted = world.read(routing::kept_promises);
        assert_eq!(counted.len(), 1, "on {on}");
        let it = &counted[0];
        assert_eq!((it.kept, it.broken, it.running), (1, 3, 0), "on {on}");
        assert_eq!((it.percent(), it.is_enough()), (Some(25), false), "on {on}");
        let kept = world.read(move |tx| routing::standing_of(tx, in_time));
        assert!(!kept.runs && !kept.is_broken(world.now()), "{kept:?} on {on}");
        let none = world.read(move |tx| routing::standing_of(tx, other));
        assert_eq!((none.promise, none.due), (None, None), "on {on}");
    }
}

#[test]
fn a_promise_of_a_ticket_that_an_agent_began_runs_from_when_its_customer_writes() {
    for world in worlds() {
        let on = world.name();
        let (ana, nia) = (world.agent("Ana"), world.customer("Nia", "nia@home.example"));
        make(
            &world,
            QueuePolicy { promise: Some(Promise { minutes: 15, percent: 90 }), ..tagged("vip", "VIP") },
        );
        let begun = CreateTicket {
            tags: vec!["vip".to_owned()],
            ..CreateTicket::new(
                nia,
                "Your lamp is ready",
                NewComment::public("Come and fetch it."),
                Channel::Web,
            )
        };
        let ticket = world.write_as(ana, move |tx| tickets::create(tx, &begun)).id;
        world.run_jobs();
        world.advance(48 * 60 * MINUTE);
        let say =
            UpdateTicket { comment: Some(NewComment::public("Until when?")), ..UpdateTicket::of(ticket) };
        world.write_as(nia, move |tx| tickets::update(tx, &say));
        world.run_jobs();
        let standing = world.read(move |tx| routing::standing_of(tx, ticket));
        assert_eq!(standing.due, Some(world.now() + 15 * MINUTE), "on {on}");
        assert!(standing.runs && !standing.is_broken(world.now()), "{standing:?} on {on}");
        world.advance(MINUTE);
        answer(&world, ana, ticket);
        let counted = world.read(routing::kept_promises);
        assert_eq!((counted[0].kept, counted[0].broken), (1, 0), "from when its customer wrote, on {on}");
    }
}

#[test]
fn what_was_promised_counts_as_it_was_when_it_ended() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        let vip = make(&world, promising(15));
        let ticket = of_vips(&world, "Where is it?");
        world.advance(10 * MINUTE);
        answer(&world, ana, ticket);
        assert_eq!(counted(&world), (1, 0, 0), "on {on}");
        let due = world.read(move |tx| routing::standing_of(tx, ticket)).due;
        world.write(move |tx| routing::update_queue(tx, vip, &promising(5)));
        tag(&world, ticket, &["other"]);
        assert_eq!(counted(&world), (1, 0, 0), "what is changed afterwards changes nothing, on {on}");
        let standing = world.read(move |tx| routing::standing_of(tx, ticket));
        assert_eq!((standing.queue_name.as_str(), standing.due), ("Everything else", due), "on {on}");
        assert_eq!(standing.promise.map(|it| it.minutes), Some(15), "as it was promised then, on {on}");
        // Nothing was promised when this was answered.
        let other = world.ticket("Something else");
        world.run_jobs();
        answer(&world, ana, other);
        tag(&world, other, &["vip"]);
        assert_eq!(counted(&world), (1, 0, 0), "on {on}");
        world.advance(8 * 24 * HOUR);
        assert_eq!(counted(&world), (0, 0, 0), "a week later it counts no more, on {on}");
    }
}

#[test]
fn solving_ends_a_promise_and_opening_again_begins_another() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        let nia = world.customer("Nia", "nia@home.example");
        make(&world, promising(15));
        let ticket = world.ticket_of(nia, "My lamp");
        world.run_jobs();
        tag(&world, ticket, &["vip"]);
        world.advance(5 * MINUTE);
        solve(&world, ana, ticket);
        assert_eq!(counted(&world), (0, 0, 0), "in time without an answer: neither, on {on}");
        world.advance(2 * HOUR);
        let say = UpdateTicket { comment: Some(NewComment::public("And now?")), ..UpdateTicket::of(ticket) };
        world.write_as(nia, move |tx| tickets::update(tx, &say));
        world.run_jobs();
        assert_eq!(counted(&world), (0, 0, 1), "it runs from when they wrote again, on {on}");
        world.advance(20 * MINUTE);
        assert_eq!(counted(&world), (0, 1, 0), "late while it waits, on {on}");
        answer(&world, ana, ticket);
        assert_eq!(counted(&world), (0, 1, 0), "and late when it is answered, on {on}");
        let late = of_vips(&world, "Too late");
        world.advance(16 * MINUTE);
        solve(&world, ana, late);
        assert_eq!(counted(&world), (0, 2, 0), "solved too late without a word, on {on}");
        let standing = world.read(move |tx| routing::standing_of(tx, late));
        assert_eq!((standing.runs, standing.answered_at), (false, None), "on {on}");
    }
}

#[test]
fn a_promise_runs_in_the_opening_hours_of_its_queue() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        world.write(|tx| {
            let company = settings::Company { time_zone: "UTC".to_owned(), ..settings::company(tx)? };
            settings::save_company(tx, &company)
        });
        let open = |from: i64, to: i64| format!("{}:00-{}:00", from, to);
        let hour = world.now() / HOUR % 24;
        assert!((2..20).contains(&hour), "tests begin by day");
        // Two hours from the next full hour on, every day.
        let hours = OpeningHours::read(&vec![open(hour + 1, hour + 3); 7], "");
        make(&world, QueuePolicy { hours: Some(hours), ..promising(60) });
        let ticket = of_vips(&world, "In the morning");
        let opens = (world.now() / HOUR + 1) * HOUR;
        let due = |ticket| world.read(move |tx| routing::standing_of(tx, ticket)).due;
        assert_eq!(due(ticket), Some(opens + HOUR), "on {on}");
        world.advance(opens + 30 * MINUTE - world.now());
        answer(&world, ana, ticket);
        solve(&world, ana, ticket);
        assert_eq!(counted(&world), (1, 0, 0), "on {on}");
        world.advance(opens + 90 * MINUTE - world.now());
        let late = of_vips(&world, "Before the evening");
        assert_eq!(due(late), Some(opens + (24 * 60 + 30) * MINUTE), "it goes on the next day, on {on}");
        world.advance(12 * HOUR);
        assert_eq!(counted(&world), (1, 0, 1), "the night does not count, on {on}");
        let wall = world.read(desk::floor::wall);
        assert_eq!((wall.late_count, wall.at_risk_count), (0, 0), "nor on the wall, on {on}");
        world.advance(opens + (24 * 60 + 20) * MINUTE - world.now());
        let wall = world.read(desk::floor::wall);
        assert_eq!((wall.late_count, wall.at_risk_count), (0, 1), "ten minutes are left, on {on}");
        let wrong = |days: &[&str], holidays: &str| {
            let hours = Some(OpeningHours::read(days, holidays));
            let queue = QueuePolicy { hours, ..QueuePolicy { name: "New".into(), ..promising(60) } };
            world.try_write(Actor::desk(), move |tx| routing::create_queue(tx, &queue))
        };
        for (days, holidays) in [(["9-17"], ""), (["9:00-12:00, 11:00-13:00"], ""), ([""], "Christmas")] {
            assert!(matches!(wrong(&days, holidays), Err(RoutingError::HoursAreWrong)), "{days:?} on {on}");
        }
    }
}

#[test]
fn what_was_answered_before_promises_were_written_down_is_written_down_once() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        make(&world, promising(15));
        for minutes in [5, 25] {
            let ticket = of_vips(&world, "Of the past");
            world.advance(minutes * MINUTE);
            answer(&world, ana, ticket);
        }
        let still_waits = of_vips(&world, "Of today");
        assert_eq!(counted(&world), (1, 1, 1), "on {on}");
        world.write(|tx| tx.execute("delete from promise_runs", db::params![]));
        assert_eq!(counted(&world), (0, 0, 1), "on {on}");
        for _ in 0..2 {
            // As the migration leaves it behind on a desk whose queues promise something.
            let migration = include_str!("../../../../migrations/0042_promise_runs.sql");
            let job = &migration[migration.find("insert into jobs").expect("it leaves a job")..];
            world.write(move |tx| tx.batch(job));
            world.run_jobs();
            assert_eq!(counted(&world), (1, 1, 1), "on {on}");
        }
        answer(&world, ana, still_waits);
        assert_eq!(counted(&world), (2, 1, 0), "on {on}");
    }
}
