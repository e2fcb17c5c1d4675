//! Statuses that an admin makes up: what comes to whoever has one, on both databases.

use desk::events::Event;
use desk::routing::{
    self, AgentStatus, ChooseStatus, PRESENCE_LOST_MS, PresenceStatus, RoutingError, SetPresence, StatusWords,
};
use desk::{AgentStatusId, TicketId, UserId, tickets};
use testkit::World;

fn make(world: &World, name: &str, takes_tickets: bool, takes_live: bool) -> AgentStatusId {
    let words = StatusWords { name: name.to_owned(), takes_tickets, takes_live };
    world.write(move |tx| routing::create_status(tx, &words))
}

fn choose(world: &World, user: UserId, status: AgentStatusId) {
    world.write_as(user, move |tx| routing::choose_status(tx, &ChooseStatus { user, status }));
    world.run_jobs();
}

fn said(world: &World, user: UserId) -> (PresenceStatus, Option<String>) {
    let said = world.read(move |tx| routing::said_of(tx, user));
    (said.status, said.chosen.map(|it| it.name))
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

#[test]
fn a_status_says_whether_tickets_come_and_changing_it_holds_at_once() {
    for world in World::on_each_database() {
        let on = world.name();
        let ana = world.agent("Ana");
        let training = make(&world, "Training", false, false);
        choose(&world, ana, training);
        assert_eq!(said(&world, ana), (PresenceStatus::Away, Some("Training".into())), "on {on}");
        let ticket = world.ticket("No sound");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), None, "she is in training, on {on}");
        let presences = world.read(routing::presences);
        assert_eq!(presences[0].chosen, Some((training, "Training".to_owned())), "on {on}");
        let floor = world.read(routing::floor_now);
        assert_eq!(floor.people[0].status_name.as_deref(), Some("Training"), "on {on}");
        world.forget_events();
        let words = StatusWords { name: "Back office".into(), takes_tickets: true, takes_live: false };
        world.write(move |tx| routing::update_status(tx, training, &words));
        let changed = Event::PresenceChanged {
            user: ana,
            from: "away".into(),
            to: "online".into(),
            name: Some("Back office".into()),
        };
        assert!(world.events().contains(&changed), "{:?} on {on}", world.events());
        world.run_jobs();
        assert_eq!(holder(&world, ticket), Some(ana), "on {on}");
        world.write(move |tx| routing::retire_status(tx, training));
        assert_eq!(said(&world, ana), (PresenceStatus::Online, None), "on {on}");
        let again = ChooseStatus { user: ana, status: training };
        let refused = world.try_as(ana, move |tx| routing::choose_status(tx, &again));
        assert!(matches!(refused, Err(RoutingError::NoSuchStatus)));
        assert_eq!(world.read(routing::agent_statuses), Vec::<AgentStatus>::new());
    }
}

#[test]
fn whoever_went_silent_comes_back_with_the_status_they_had() {
    for world in World::on_each_database() {
        let on = world.name();
        let ana = world.agent("Ana");
        let chats = make(&world, "Only chats", false, true);
        world.run_jobs();
        choose(&world, ana, chats);
        world.advance(PRESENCE_LOST_MS + 1_000);
        world.write(|tx| {
            desk::work::Worker::default().run(tx, &desk::work::Work::SweepUp).expect("sweeping works");
            Ok::<_, db::Error>(())
        });
        assert_eq!(said(&world, ana).0, PresenceStatus::Offline, "on {on}");
        world.write_as(ana, move |tx| routing::beat(tx, ana));
        assert_eq!(said(&world, ana), (PresenceStatus::Away, Some("Only chats".into())), "on {on}");
        let gone = SetPresence { user: ana, status: PresenceStatus::Offline };
        world.write_as(ana, move |tx| routing::set_presence(tx, &gone));
        assert_eq!(
            said(&world, ana),
            (PresenceStatus::Offline, None),
            "who says goodbye begins anew, on {on}"
        );
    }
}

#[test]
fn names_are_short_and_stand_once_and_only_admins_make_them() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let training = make(&world, "Training", false, false);
        let named = |name: &str| StatusWords { name: name.into(), takes_tickets: true, takes_live: true };
        let words = named("Meeting");
        let by_lead = world.try_as(lea, move |tx| routing::create_status(tx, &words));
        assert!(matches!(by_lead, Err(RoutingError::NotAnAdmin)));
        let rosa = world.admin("Rosa");
        for (name, taken) in [(" training ", true), ("Here", true), ("", false), (&"x".repeat(41), false)] {
            let words = named(name);
            let refused = world.try_as(rosa, move |tx| routing::create_status(tx, &words));
            match taken {
                true => assert!(matches!(refused, Err(RoutingError::StatusNameIsTaken)), "{name}"),
                false => assert!(matches!(refused, Err(RoutingError::StatusNameIsWrong)), "{name}"),
            }
        }
        let same = named("Training");
        world.write_as(rosa, move |tx| routing::update_status(tx, training, &same));
    }
}
