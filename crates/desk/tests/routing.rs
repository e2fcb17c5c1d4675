//! Who gets which work: the best of those present, never more than they can hold, and nothing stuck on the absent.

use desk::events::Event;
use desk::routing::{self, PresenceStatus, RoutingError, SetCapacity, SetPresence};
use desk::skills::views::{self, MatrixFilter};
use desk::skills::{self, Rate};
use desk::tickets::{self, Channel, NewComment, Status, UpdateTicket};
use desk::{SkillId, TicketId, UserId, settings};
use testkit::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A world without lots, so that the best is the best.
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

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn rate(world: &World, user: UserId, skill: SkillId, level: f64) {
    let lead = world.lead("Lea");
    let rate = Rate { user, skill, level, note: String::new() };
    world.write_as(lead, move |tx| skills::rate(tx, &rate));
}

fn set_presence(world: &World, user: UserId, status: PresenceStatus) {
    world.write_as(user, move |tx| routing::set_presence(tx, &SetPresence { user, status }));
    world.run_jobs();
}

fn online(world: &World, users: &[UserId]) {
    for user in users {
        set_presence(world, *user, PresenceStatus::Online);
    }
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn tickets_of(world: &World, user: UserId) -> i64 {
    world.read(move |tx| {
        tx.value("select cast(count(*) as bigint) from tickets where assignee_id = $1", db::params![user])
    })
}

fn change(world: &World, update: UpdateTicket) {
    world.write(move |tx| tickets::update(tx, &update).map(|_| ()));
    world.run_jobs();
}

fn answer(world: &World, ticket: TicketId, by: UserId, status: Status) {
    let update = UpdateTicket {
        comment: Some(NewComment::public("Here is what to do.")),
        status: Some(status),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
    world.run_jobs();
}

fn write_again(world: &World, ticket: TicketId, customer: UserId) {
    let update = UpdateTicket {
        comment: Some(NewComment::public("It is still not right.")),
        channel: Channel::Email,
        ..UpdateTicket::of(ticket)
    };
    world.write_as(customer, move |tx| tickets::update(tx, &update).map(|_| ()));
    world.run_jobs();
}

fn sentence(world: &World, ticket: TicketId) -> String {
    world.read(move |tx| routing::why(tx, ticket)).expect("something was decided").sentence
}

#[test]
fn the_loop_runs_from_a_customers_words_to_a_moved_level() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        let refunds = skill(&world, "billing-and-refunds");
        rate(&world, ana, refunds, 2.0);
        rate(&world, kofi, refunds, 5.0);
        online(&world, &[ana, kofi]);
        let ticket = world.ticket_of(marta, "I was charged twice and I want a refund");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), Some(kofi), "the better one, on {}", world.name());
        assert!(sentence(&world, ticket).starts_with("Chosen over Ana (less likely to solve it)"));
        assert!(world.events().iter().any(|it| {
            matches!(it, Event::TicketRouted { ticket: routed, chosen: Some(chosen), .. } if (*routed, *chosen) == (ticket, kofi))
        }));
        let shown = |world: &World| {
            let matrix = world.read(|tx| views::matrix(tx, &MatrixFilter::default()));
            let column = matrix.skills.iter().position(|it| it.skill.id == refunds).expect("it is asked for");
            matrix.rows.iter().find(|it| it.user == kofi).expect("Kofi is there").cells[column]
                .expect("known")
        };
        let before = shown(&world);
        answer(&world, ticket, kofi, Status::Solved);
        world.advance(7 * DAY);
        world.run_jobs();
        let after = shown(&world);
        assert_eq!((before.evidence_count, after.evidence_count), (1, 2), "on {}", world.name());
        let cell = world.read(move |tx| views::evidence_of_cell(tx, kofi, refunds));
        let newest =
            cell.evidence.iter().find(|it| it.ticket == Some(ticket)).expect("the outcome is evidence");
        let moved = newest.moves.iter().find(|it| it.skill.id == refunds).expect("it moved refunds");
        assert!(moved.level_after > moved.level_before);
        assert_eq!(world.read(move |tx| skills::check_person(tx, kofi)), []);
    }
}

#[test]
fn routing_never_gives_more_than_somebody_can_hold_and_a_person_may() {
    for world in worlds() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let limit = SetCapacity { user: kofi, limit: Some(3) };
        let by_kofi = world.try_as(kofi, move |tx| routing::set_capacity(tx, &limit));
        assert!(matches!(by_kofi, Err(RoutingError::NotALead)));
        world.write_as(lead, move |tx| routing::set_capacity(tx, &limit));
        online(&world, &[ana, kofi]);
        let all: Vec<TicketId> = (0..20).map(|n| world.ticket(&format!("Question number {n}"))).collect();
        world.run_jobs();
        assert_eq!((tickets_of(&world, ana), tickets_of(&world, kofi)), (8, 3), "on {}", world.name());
        let last = all[19];
        assert_eq!(sentence(&world, last), "Waiting: the 2 able people online are full");
        let floor = world.read(routing::floor_now);
        assert_eq!(floor.queue_length, 9);
        assert_eq!(floor.people.iter().map(|it| (it.load, it.limit)).collect::<Vec<_>>(), [(8, 8), (3, 3)]);
        change(&world, UpdateTicket { assignee: Some(Some(kofi)), ..UpdateTicket::of(last) });
        assert_eq!(tickets_of(&world, kofi), 4, "by hand there is always room");
        // One goes out, and the longest waiting comes in; nothing comes while there are still too many.
        let of_kofi = all.iter().copied().find(|it| holder(&world, *it) == Some(kofi)).expect("he has some");
        answer(&world, of_kofi, kofi, Status::Pending);
        let of_ana = all.iter().copied().find(|it| holder(&world, *it) == Some(ana)).expect("she has some");
        let waiting: Vec<TicketId> = all.iter().copied().filter(|it| holder(&world, *it).is_none()).collect();
        assert_eq!(waiting.len(), 8);
        answer(&world, of_ana, ana, Status::Solved);
        assert_eq!(holder(&world, waiting[0]), Some(ana), "on {}", world.name());
        assert!(sentence(&world, waiting[0]).starts_with("Next: "));
    }
}

#[test]
fn work_that_came_while_nobody_was_here_finds_the_first_who_comes() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let ticket = world.ticket("Is anybody there?");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), None);
        assert_eq!(sentence(&world, ticket), "Waiting: nobody is present who takes email work");
        online(&world, &[ana]);
        assert_eq!(holder(&world, ticket), Some(ana), "on {}", world.name());
        assert!(world.jobs_waiting().is_empty());
    }
}

#[test]
fn nothing_stays_with_somebody_who_has_gone_while_a_customer_waits() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        online(&world, &[ana]);
        let (open, pending) =
            (world.ticket_of(marta, "First question"), world.ticket_of(marta, "Second question"));
        world.run_jobs();
        answer(&world, pending, ana, Status::Pending);
        set_presence(&world, ana, PresenceStatus::Away);
        assert_eq!(holder(&world, open), Some(ana), "whoever is away comes back");
        set_presence(&world, ana, PresenceStatus::Offline);
        assert_eq!(holder(&world, open), None, "on {}", world.name());
        assert_eq!(holder(&world, pending), Some(ana), "nobody waits for an answer here");
        online(&world, &[kofi]);
        assert_eq!(holder(&world, open), Some(kofi));
        write_again(&world, pending, marta);
        assert_eq!(holder(&world, pending), Some(kofi), "now somebody waits, on {}", world.name());
        let of_pending = world.read(move |tx| routing::decisions_of(tx, pending));
        assert_eq!(of_pending[0].cause, routing::Cause::Offline);
    }
}

#[test]
fn a_reopened_ticket_of_an_absent_person_goes_to_somebody_present_and_back_to_who_knows_it() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        online(&world, &[ana]);
        let ticket = world.ticket_of(marta, "A question");
        world.run_jobs();
        answer(&world, ticket, ana, Status::Solved);
        set_presence(&world, ana, PresenceStatus::Offline);
        online(&world, &[kofi]);
        write_again(&world, ticket, marta);
        assert_eq!(holder(&world, ticket), Some(kofi), "on {}", world.name());
        set_presence(&world, kofi, PresenceStatus::Offline);
        assert_eq!(holder(&world, ticket), None);
        let mei = world.agent("Mei");
        let limit = SetCapacity { user: mei, limit: Some(0) };
        world.write(move |tx| routing::set_capacity(tx, &limit));
        online(&world, &[mei, ana]);
        assert_eq!(holder(&world, ticket), Some(ana), "she answered it before");
    }
}

#[test]
fn silence_is_absence() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        online(&world, &[ana, kofi]);
        let ticket = world.ticket("A question");
        world.run_jobs();
        let first = holder(&world, ticket).expect("somebody has it");
        let other = if first == ana { kofi } else { ana };
        world.advance(routing::PRESENCE_LOST_MS + 1);
        world.write_as(other, move |tx| routing::beat(tx, other));
        world.forget_events();
        sweep(&world);
        assert_eq!(world.read(move |tx| routing::presence_of(tx, first)), PresenceStatus::Offline);
        assert_eq!(world.read(move |tx| routing::presence_of(tx, other)), PresenceStatus::Online);
        assert_eq!(holder(&world, ticket), Some(other), "on {}", world.name());
        let gone =
            Event::PresenceChanged { user: first, from: "online".into(), to: "offline".into(), name: None };
        assert!(world.events().contains(&gone));
    }
}

fn sweep(world: &World) {
    world.write(|tx| {
        desk::work::Worker::default().run(tx, &desk::work::Work::SweepUp).expect("sweeping works");
        Ok::<_, db::Error>(())
    });
    world.run_jobs();
}

#[test]
fn who_may_not_work_here_any_more_keeps_nobody_waiting() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let (first, second) = (world.ticket("A question"), world.ticket("Another question"));
        world.run_jobs();
        for ticket in [first, second] {
            change(&world, UpdateTicket { assignee: Some(Some(ana)), ..UpdateTicket::of(ticket) });
        }
        world.write(move |tx| desk::people::suspend(tx, ana));
        sweep(&world);
        assert_eq!((holder(&world, first), holder(&world, second)), (None, None), "on {}", world.name());
        online(&world, &[kofi]);
        assert_eq!((holder(&world, first), holder(&world, second)), (Some(kofi), Some(kofi)));
    }
}

#[test]
fn pressing_work_goes_before_what_has_waited_longer() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let limit = SetCapacity { user: ana, limit: Some(1) };
        world.write(move |tx| routing::set_capacity(tx, &limit));
        let old = world.ticket("A question of no hurry");
        world.advance(HOUR);
        let urgent = world.ticket("A question");
        change(
            &world,
            UpdateTicket { priority: Some(Some(tickets::Priority::Urgent)), ..UpdateTicket::of(urgent) },
        );
        online(&world, &[ana]);
        assert_eq!((holder(&world, urgent), holder(&world, old)), (Some(ana), None), "on {}", world.name());
        assert!(sentence(&world, urgent).starts_with("Next: priority urgent"));
        answer(&world, urgent, ana, Status::Pending);
        assert_eq!(holder(&world, old), Some(ana));
    }
}

#[test]
fn a_group_keeps_its_work_and_a_group_without_members_shares_it() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let billing = world.group("Billing", &[kofi]);
        let orphans = world.group("Nobody's", &[]);
        online(&world, &[ana]);
        let theirs = ticket_for(&world, billing);
        let shared = ticket_for(&world, orphans);
        assert_eq!(holder(&world, theirs), None, "on {}", world.name());
        assert_eq!(holder(&world, shared), Some(ana));
        online(&world, &[kofi]);
        assert_eq!(holder(&world, theirs), Some(kofi));
    }
}

fn ticket_for(world: &World, group: desk::GroupId) -> TicketId {
    let requester = world.write(|tx| desk::people::requester_for(tx, "marta@example.org", Some("Marta")));
    let words = NewComment::public("A question").by(requester);
    let create = tickets::CreateTicket {
        group: Some(group),
        ..tickets::CreateTicket::new(requester, "A question", words, Channel::Email)
    };
    let ticket = world.write(move |tx| tickets::create(tx, &create)).id;
    world.run_jobs();
    ticket
}

#[test]
fn waiting_work_says_why_once_and_again_only_when_the_reason_changes() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let limit = SetCapacity { user: ana, limit: Some(0) };
        world.write(move |tx| routing::set_capacity(tx, &limit));
        online(&world, &[ana]);
        let marta = world.customer("Marta", "marta@example.org");
        let ticket = world.ticket_of(marta, "A question");
        world.run_jobs();
        for _ in 0..5 {
            write_again(&world, ticket, marta);
        }
        let decisions = world.read(move |tx| routing::decisions_of(tx, ticket));
        assert_eq!(decisions.len(), 1, "on {}", world.name());
        assert_eq!(decisions[0].sentence, "Waiting: the one able person online is full");
        online(&world, &[kofi]);
        assert_eq!(holder(&world, ticket), Some(kofi));
        assert_eq!(world.read(move |tx| routing::decisions_of(tx, ticket)).len(), 2);
    }
}

#[test]
fn what_somebody_puts_back_does_not_return_to_them() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        online(&world, &[ana]);
        let ticket = world.ticket("A question");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), Some(ana));
        let update = UpdateTicket { assignee: Some(None), ..UpdateTicket::of(ticket) };
        world.write_as(ana, move |tx| tickets::update(tx, &update).map(|_| ()));
        world.run_jobs();
        assert_eq!(holder(&world, ticket), None, "on {}", world.name());
        assert_eq!(sentence(&world, ticket), "Waiting: everybody able was set aside for this work");
        online(&world, &[kofi]);
        assert_eq!(holder(&world, ticket), Some(kofi));
    }
}

#[test]
fn a_language_waits_for_its_speaker_but_not_for_ever() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        rate(&world, kofi, skill(&world, "language-de"), 5.0);
        online(&world, &[ana]);
        let words = "Guten Tag, ich habe gestern ein Paket bestellt und es ist leider noch nicht angekommen";
        let ticket = world.ticket(words);
        world.run_jobs();
        assert_eq!(holder(&world, ticket), None, "on {}", world.name());
        assert_eq!(sentence(&world, ticket), "Waiting: nobody present meets German at level 2");
        world.advance(routing::RULE_MUST_GIVES_WAY_AFTER_MS);
        world.write_as(ana, move |tx| routing::beat(tx, ana));
        sweep(&world);
        assert_eq!(holder(&world, ticket), Some(ana), "on {}", world.name());
    }
}

#[test]
fn only_staff_ask_why_and_colleagues_see_no_levels() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        online(&world, &[ana, kofi]);
        let ticket = world.ticket_of(marta, "I want a refund");
        world.run_jobs();
        let refused = world.read_as(world.as_(marta), move |tx| routing::why(tx, ticket));
        assert!(matches!(refused, Err(RoutingError::NotStaff)));
        let seen = |viewer: UserId| {
            let why = world.read_as(world.as_(viewer), move |tx| routing::why(tx, ticket));
            why.expect("staff may ask").expect("it was decided").candidates
        };
        let levels = |user: UserId, by: UserId| {
            let all = seen(by);
            let it = all.iter().find(|it| it.user == user).expect("they were weighed");
            (it.p_success.is_some(), it.reasons.iter().any(|words| words.contains("level")))
        };
        assert_eq!(levels(ana, ana), (true, true), "on {}", world.name());
        assert_eq!(levels(ana, kofi), (false, false));
    }
}

#[test]
fn presence_is_ones_own_and_customers_have_none() {
    for world in worlds() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let marta = world.customer("Marta", "marta@example.org");
        let for_ana = SetPresence { user: ana, status: PresenceStatus::Online };
        let refused = world.try_as(kofi, move |tx| routing::set_presence(tx, &for_ana));
        assert!(matches!(refused, Err(RoutingError::NotYourOwn)));
        world.write_as(lead, move |tx| routing::set_presence(tx, &for_ana));
        let for_marta = SetPresence { user: marta, status: PresenceStatus::Online };
        let refused = world.try_as(marta, move |tx| routing::set_presence(tx, &for_marta));
        assert!(matches!(refused, Err(RoutingError::NoSuchAgent)));
        world.forget_events();
        world.write_as(ana, move |tx| routing::set_presence(tx, &for_ana));
        world.write_as(ana, move |tx| routing::beat(tx, ana));
        assert_eq!(world.events(), [], "saying it again tells nobody, on {}", world.name());
    }
}

#[test]
fn whoever_only_went_silent_is_here_again_with_the_next_sign_of_life_and_whoever_left_is_not() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        online(&world, &[ana, kofi]);
        let goodbye = SetPresence { user: kofi, status: PresenceStatus::Offline };
        world.write_as(kofi, move |tx| routing::set_presence(tx, &goodbye));
        world.advance(routing::PRESENCE_LOST_MS + 1_000);
        sweep(&world);
        let status = |user| world.read(move |tx| routing::presence_of(tx, user));
        assert_eq!(status(ana), PresenceStatus::Offline, "on {}", world.name());
        world.advance(8 * 3_600_000);
        world.write_as(ana, move |tx| routing::beat(tx, ana));
        world.write_as(kofi, move |tx| routing::beat(tx, kofi));
        assert_eq!(
            (status(ana), status(kofi)),
            (PresenceStatus::Online, PresenceStatus::Offline),
            "on {}",
            world.name()
        );
    }
}
