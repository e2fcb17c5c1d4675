//! Several tickets become one conversation, and are taken apart again as if nothing had been.

use desk::events::Event;
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::tickets::views::{self, TicketPage};
use desk::tickets::{
    self, Channel, Draft, MERGED_TAG, MergeError, MergeTickets, NewComment, Status, Ticket, UpdateTicket,
};
use desk::work::Work;
use desk::{TicketId, UserId};
use testkit::{NOON, Stop, World};

const MINUTE: i64 = 60_000;

fn ticket(world: &World, id: TicketId) -> Ticket {
    world.read(move |tx| tickets::find_ticket(tx, id)).expect("the ticket exists")
}

fn page(world: &World, as_: UserId, id: TicketId) -> TicketPage {
    world.read_as(world.as_(as_), move |tx| views::ticket_page(tx, id)).unwrap().expect("it is seen")
}

fn say(world: &World, by: UserId, id: TicketId, comment: NewComment) {
    let update = UpdateTicket { comment: Some(comment), channel: Channel::Email, ..UpdateTicket::of(id) };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
}

fn of(tickets: &[TicketId], into: TicketId) -> MergeTickets {
    MergeTickets {
        into,
        tickets: tickets.to_vec(),
        comment: Some(NewComment::internal("They were one.")),
        comment_on_each: Some(NewComment::internal("It goes on there.")),
        channel: Channel::Web,
    }
}

fn merge(world: &World, by: UserId, command: MergeTickets) -> Ticket {
    world.write_as(by, move |tx| tickets::merge(tx, &command))
}

fn refused(world: &World, by: UserId, command: MergeTickets) -> MergeError {
    world.try_as(by, move |tx| tickets::merge(tx, &command)).expect_err("it is refused")
}

fn unmerge(world: &World, by: UserId, id: TicketId) -> Ticket {
    world.write_as(by, move |tx| tickets::unmerge(tx, id))
}

/// Marta has written twice, ten minutes apart.
fn twice(world: &World) -> (UserId, UserId, TicketId, TicketId) {
    let ana = world.agent("Ana");
    let marta = world.customer("Marta", "marta@example.org");
    let first = world.ticket_of(marta, "No sound");
    world.advance(10 * MINUTE);
    let second = world.ticket_of(marta, "Still no sound");
    world.advance(10 * MINUTE);
    world.run_jobs();
    world.forget_events();
    (ana, marta, first, second)
}

#[test]
fn the_survivor_shows_all_letters_in_one_line_of_time() {
    for world in World::on_each_database() {
        let (ana, marta, first, second) = twice(&world);
        say(&world, marta, first, NewComment::public("Hello?"));
        merge(&world, ana, of(&[first], second));
        let page = page(&world, ana, second);
        let bodies: Vec<&str> = page.letters.iter().map(|it| it.comment.body.as_str()).collect();
        assert_eq!(bodies[..3], ["No sound", "Still no sound", "Hello?"], "on {}", world.name());
        assert!(bodies.contains(&"They were one.") && bodies.contains(&"It goes on there."));
        assert_eq!(page.merged.iter().map(|it| it.id).collect::<Vec<_>>(), [first]);
    }
}

#[test]
fn a_merged_ticket_is_closed_tagged_and_points_at_the_survivor() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let before = ticket(&world, first);
        merge(&world, ana, of(&[first], second));
        let gone = ticket(&world, first);
        assert_eq!((gone.status, gone.merged_into), (Status::Closed, Some(second)), "on {}", world.name());
        assert!(gone.tags.has(MERGED_TAG));
        assert_eq!(
            (gone.first_reply_at, gone.replies, gone.solved_at),
            (None, 0, None),
            "a merge answers and solves nothing"
        );
        assert_eq!((gone.created_at, gone.assignee), (before.created_at, before.assignee));
        let merged = Event::TicketMerged {
            ticket: first,
            into: second,
            was: Status::New,
            waiting_since: Some(NOON),
            ccs: vec![],
        };
        assert!(world.events().contains(&merged));
        let audit = world.read(move |tx| tickets::audits_of(tx, second, None, 9)).pop().unwrap();
        assert!(serde_json::to_string(&audit.events).unwrap().contains("merged_tickets"));
    }
}

#[test]
fn whoever_waited_longest_keeps_waiting_on_the_survivor() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let solve = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(second) };
        world.write_as(ana, move |tx| tickets::update(tx, &solve).map(|_| ()));
        let survivor = merge(&world, ana, of(&[first], second));
        assert_eq!(survivor.waiting_since, Some(NOON), "on {}", world.name());
        assert_eq!(
            (survivor.status, survivor.solved_at),
            (Status::Open, None),
            "nobody waits in a solved one"
        );
        assert_eq!(survivor.reopens, 0);
    }
}

#[test]
fn other_requesters_and_their_copies_come_into_copy() {
    for world in World::on_each_database() {
        let (ana, _, first, _) = twice(&world);
        let luis = world.customer("Luis", "luis@example.org");
        let ida = world.customer("Ida", "ida@example.org");
        let other = world.ticket_of(luis, "Quiet here too");
        let copy = UpdateTicket { add_ccs: vec![ida], ..UpdateTicket::of(other) };
        world.write_as(ana, move |tx| tickets::update(tx, &copy).map(|_| ()));
        merge(&world, ana, of(&[other], first));
        assert_eq!(world.read(move |tx| tickets::ccs_of(tx, first)), [luis, ida], "on {}", world.name());
        unmerge(&world, ana, other);
        assert!(world.read(move |tx| tickets::ccs_of(tx, first)).is_empty());
        assert_eq!(world.read(move |tx| tickets::ccs_of(tx, other)), [ida]);
    }
}

#[test]
fn taking_a_merge_back_leaves_both_as_they_were() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let (was_first, was_second) = (ticket(&world, first), ticket(&world, second));
        merge(&world, ana, of(&[first], second));
        world.advance(90 * 24 * 60 * MINUTE);
        world.forget_events();
        unmerge(&world, ana, first);
        let (now_first, now_second) = (ticket(&world, first), ticket(&world, second));
        for (now, was) in [(&now_first, &was_first), (&now_second, &was_second)] {
            assert_eq!(
                (now.status, now.waiting_since, now.closed_at, now.merged_into, &now.tags, now.reopens),
                (was.status, was.waiting_since, was.closed_at, was.merged_into, &was.tags, was.reopens),
                "on {}",
                world.name()
            );
        }
        assert_eq!(page(&world, ana, second).merged, []);
        assert!(world.events().contains(&Event::TicketUnmerged { ticket: first, from: second }));
        world.write_as(ana, move |tx| {
            routing::set_presence(tx, &SetPresence { user: ana, status: PresenceStatus::Online })
        });
        world.run_jobs();
        assert_eq!(ticket(&world, first).assignee, Some(ana), "somebody must take it");
        let again = world.try_as(ana, move |tx| tickets::unmerge(tx, first));
        assert!(matches!(again, Err(MergeError::NotMerged)));
    }
}

#[test]
fn who_was_answered_on_the_survivor_does_not_wait_again() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        merge(&world, ana, of(&[first], second));
        say(&world, ana, second, NewComment::public("Turn it up."));
        assert_eq!(unmerge(&world, ana, first).waiting_since, None, "on {}", world.name());
    }
}

#[test]
fn a_merge_of_merges_gathers_all_of_them() {
    for world in World::on_each_database() {
        let (ana, marta, first, second) = twice(&world);
        let third = world.ticket_of(marta, "And the picture is gone");
        merge(&world, ana, of(&[first], second));
        merge(&world, ana, of(&[second], third));
        let letters = page(&world, ana, third).letters;
        assert_eq!(letters.iter().filter(|it| it.comment.public).count(), 3, "on {}", world.name());
        unmerge(&world, ana, second);
        assert_eq!(page(&world, ana, third).merged, []);
        assert_eq!(page(&world, ana, second).merged.len(), 1, "the older merge stands");
    }
}

#[test]
fn what_was_begun_to_be_written_is_there_on_the_survivor() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let mei = world.agent("Mei");
        let draft = |body: &str, public| Draft {
            public,
            body: body.into(),
            html: None,
            seen: None,
            files: vec![],
            updated_at: 0,
        };
        for (who, on, words, public) in
            [(ana, first, "Dear Marta", true), (mei, first, "Ask Kofi", false), (mei, second, "Hello", true)]
        {
            let draft = draft(words, public);
            world.write_as(who, move |tx| tickets::save_draft(tx, on, &draft));
        }
        merge(&world, ana, of(&[first], second));
        let drafts = |who, on| {
            world.read_as(world.as_(who), move |tx| tickets::draft_of(tx, on)).unwrap().map(|it| it.body)
        };
        assert_eq!(drafts(ana, second).as_deref(), Some("Dear Marta"), "on {}", world.name());
        assert_eq!(
            drafts(ana, first).as_deref(),
            Some("Dear Marta"),
            "and still there when it is taken back"
        );
        assert_eq!(drafts(mei, second).as_deref(), Some("Hello\n\nAsk Kofi"));
        let mixed = world.read_as(world.as_(mei), move |tx| tickets::draft_of(tx, second)).unwrap().unwrap();
        assert!(!mixed.public, "a note never becomes part of a letter");
    }
}

#[test]
fn a_customer_is_told_when_the_agent_says_so() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let quiet = world.jobs_waiting().len();
        merge(&world, ana, of(&[first], second));
        let mails = |world: &World| {
            world.jobs_waiting().iter().filter(|it| matches!(it, Work::MailComment { .. })).count()
        };
        assert_eq!((mails(&world), quiet), (0, 0), "notes stay inside, on {}", world.name());
        unmerge(&world, ana, first);
        let told = NewComment::public("We answer both of your letters there.");
        merge(&world, ana, MergeTickets { comment_on_each: Some(told), ..of(&[first], second) });
        assert_eq!(mails(&world), 1);
        assert_eq!(ticket(&world, first).first_reply_at, None, "a notice is no answer");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for world in World::on_each_database() {
        let (ana, marta, first, second) = twice(&world);
        let lea = world.light_agent("Lea");
        assert!(matches!(refused(&world, marta, of(&[first], second)), MergeError::NotAnAgent));
        assert!(matches!(refused(&world, lea, of(&[first], second)), MergeError::NotAnAgent));
        assert!(matches!(refused(&world, ana, of(&[first], first)), MergeError::IntoItself));
        assert!(matches!(refused(&world, ana, of(&[], first)), MergeError::NothingToMerge));
        assert!(matches!(refused(&world, ana, of(&[TicketId(999)], first)), MergeError::NoSuchTicket));
        merge(&world, ana, of(&[first], second));
        assert!(matches!(refused(&world, ana, of(&[first], second)), MergeError::TicketIsClosed(_)));
        assert!(matches!(refused(&world, ana, of(&[second], first)), MergeError::TicketIsClosed(_)));
    }
}

#[test]
fn a_merge_that_is_stopped_has_changed_nothing() {
    for world in World::on_each_database() {
        let (ana, _, first, second) = twice(&world);
        let before = ticket(&world, first);
        let stopped: Result<(), Stop> = world.try_as(ana, move |tx| {
            tickets::merge(tx, &of(&[first], second)).expect("it would go");
            Err(Stop)
        });
        assert!(stopped.is_err() && world.events().is_empty(), "on {}", world.name());
        assert_eq!(ticket(&world, first), before);
    }
}
