//! Wellbeing: what answers take is the person's own, and whoever has met enough hostility gets none for a while.

use desk::routing::{self, PresenceStatus, SetPresence};
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::wellbeing::{self, Limits, WellbeingError};
use desk::{TicketId, UserId};
use testkit::World;

const MINUTE: i64 = 60_000;
const FURIOUS: &str = "This is outrageous! You are thieves and liars. I will sue you and tell everybody.";
const FRIENDLY: &str = "Could you send me the invoice of March, please? Thank you!";

fn here(world: &World, user: UserId) {
    let command = SetPresence { user, status: PresenceStatus::Online };
    world.write_as(user, move |tx| routing::set_presence(tx, &command));
}

fn answer(world: &World, by: UserId, ticket: TicketId) {
    let update = UpdateTicket {
        assignee: Some(Some(by)),
        comment: Some(NewComment::public("I am sorry. The money is on its way back.")),
        status: Some(Status::Solved),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
    world.run_jobs();
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn page(world: &World, reader: UserId, user: UserId) -> Result<wellbeing::EffortPage, WellbeingError> {
    world.read_as(world.as_(reader), move |tx| wellbeing::effort_page(tx, user))
}

#[test]
fn an_answer_takes_more_the_angrier_the_customer_and_only_its_author_sees_it() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let (friendly, furious) = (world.ticket(FRIENDLY), world.ticket(FURIOUS));
        answer(&world, ana, friendly);
        world.advance(MINUTE);
        answer(&world, ana, furious);
        let own = page(&world, ana, ana).unwrap();
        assert_eq!(own.rows.len(), 2, "on {}", world.name());
        let (hard, easy) = (&own.rows[0], &own.rows[1]);
        assert!(hard.is_hostile() && !easy.is_hostile(), "{own:?}");
        assert!(hard.effort.points() > easy.effort.points() + 1.0);
        assert_eq!(own.rest.in_a_row, 1);

        assert!(matches!(page(&world, lea, ana), Err(WellbeingError::NotShared)), "on {}", world.name());
        world.write_as(ana, |tx| wellbeing::share(tx, true));
        assert_eq!(page(&world, lea, ana).unwrap().rows.len(), 2);
        let ben = world.agent("Ben");
        assert!(matches!(page(&world, ben, ana), Err(WellbeingError::NotShared)), "leads, and nobody else");
        world.write_as(ana, |tx| wellbeing::share(tx, false));
        assert!(matches!(page(&world, lea, ana), Err(WellbeingError::NotShared)));
        // An internal word answers nobody.
        let note =
            UpdateTicket { comment: Some(NewComment::internal("Poor thing.")), ..UpdateTicket::of(friendly) };
        world.write_as(ana, move |tx| tickets::update(tx, &note).map(|_| ()));
        assert_eq!(page(&world, ana, ana).unwrap().rows.len(), 2);
    }
}

#[test]
fn after_enough_hostility_the_next_hostile_ticket_goes_to_somebody_else_or_waits() {
    for world in World::on_each_database() {
        let (admin, ana) = (world.admin("Root"), world.agent("Ana"));
        let limits = Limits { hostile_in_a_row_max: 2, cool_down_minutes: 30 };
        world.write_as(admin, move |tx| wellbeing::set_limits(tx, &limits));
        here(&world, ana);
        for _ in 0..2 {
            let ticket = world.ticket(FURIOUS);
            world.run_jobs();
            assert_eq!(holder(&world, ticket), Some(ana), "on {}", world.name());
            answer(&world, ana, ticket);
            world.advance(MINUTE);
        }
        let third = world.ticket(FURIOUS);
        world.run_jobs();
        assert_eq!(holder(&world, third), None, "she rests, on {}", world.name());
        assert_eq!(page(&world, ana, ana).unwrap().rest.until, Some(world.now() + 29 * MINUTE));
        let ben = world.agent("Ben");
        here(&world, ben);
        world.run_jobs();
        assert_eq!(holder(&world, third), Some(ben));

        // A friendly contact ends the row.
        let friendly = world.ticket(FRIENDLY);
        let set = SetPresence { user: ben, status: PresenceStatus::Away };
        world.write_as(ben, move |tx| routing::set_presence(tx, &set));
        world.run_jobs();
        assert_eq!(holder(&world, friendly), Some(ana), "anything else comes as before");
        answer(&world, ana, friendly);
        assert_eq!(page(&world, ana, ana).unwrap().rest.until, None);
        let fourth = world.ticket(FURIOUS);
        world.run_jobs();
        assert_eq!(holder(&world, fourth), Some(ana), "on {}", world.name());
    }
}

#[test]
fn a_cool_down_ends_the_row_and_no_limit_spares_nobody() {
    for world in World::on_each_database() {
        let (admin, ana) = (world.admin("Root"), world.agent("Ana"));
        let set = |limits: Limits| world.try_as(admin, move |tx| wellbeing::set_limits(tx, &limits));
        set(Limits { hostile_in_a_row_max: 1, cool_down_minutes: 10 }).unwrap();
        here(&world, ana);
        let first = world.ticket(FURIOUS);
        world.run_jobs();
        answer(&world, ana, first);
        let resting = |world: &World| world.read(wellbeing::resting);
        assert_eq!(resting(&world), [ana]);
        world.advance(10 * MINUTE);
        assert!(resting(&world).is_empty(), "on {}", world.name());
        let second = world.ticket(FURIOUS);
        world.run_jobs();
        assert_eq!(holder(&world, second), Some(ana));
        assert_eq!(resting(&world), [ana], "what is in hand counts too");
        set(Limits { hostile_in_a_row_max: 0, cool_down_minutes: 10 }).unwrap();
        assert!(resting(&world).is_empty());
        assert!(matches!(
            set(Limits { hostile_in_a_row_max: 99, cool_down_minutes: 10 }),
            Err(WellbeingError::LimitIsWrong)
        ));
        let hers = world.try_as(ana, |tx| wellbeing::set_limits(tx, &Limits::default()));
        assert!(matches!(hers, Err(WellbeingError::NotAnAdmin)));
    }
}
