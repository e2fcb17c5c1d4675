//! The floor knows who belongs to which group, and that answers to answers go back to whoever wrote before.

use desk::floor::replay::{Other, replay};
use desk::floor::scenario::{Grouping, Wanted, scenario};
use desk::floor::{FloorSettings, History};
use desk::routing::{
    self, Condition, Conditions, Field, NONE, PresenceStatus, Promise, QueuePolicy, QueueTurn, SetPresence,
};
use desk::tickets::{self, Channel, NewComment, Status, UpdateTicket};
use desk::{GroupId, TicketId, UserId};
use testkit::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAYS: i64 = 21;

fn presence(world: &World, user: UserId, status: PresenceStatus) {
    let set = SetPresence { user, status };
    world.write_as(user, move |tx| routing::set_presence(tx, &set));
}

fn give(world: &World, ticket: TicketId, to: Option<UserId>) {
    let update = UpdateTicket { assignee: Some(to), ..UpdateTicket::of(ticket) };
    world.write(move |tx| tickets::update(tx, &update).map(|_| ()));
}

fn say(world: &World, ticket: TicketId, by: UserId, status: Option<Status>, group: Option<GroupId>) {
    let comment = Some(NewComment::public("About this."));
    let group = group.map(Some);
    let update = UpdateTicket { comment, status, group, channel: Channel::Email, ..UpdateTicket::of(ticket) };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
}

/// Three weeks from Monday noon on. Mei is here from noon to midnight, Kofi from noon to one o'clock and from nine to
/// midnight; Billing is Kofi alone. At noon a customer writes, Kofi answers after 20 minutes and puts it into Billing; at two
/// the customer writes again, it waits for Kofi until nine, and he answers within 20 minutes.
fn lived(world: &World) -> (UserId, UserId, UserId, GroupId) {
    let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
    let billing = world.group("Billing", &[kofi]);
    let marta = world.customer("Marta", "marta@example.org");
    for _ in 0..DAYS {
        presence(world, mei, PresenceStatus::Online);
        presence(world, kofi, PresenceStatus::Online);
        let ticket = world.ticket_of(marta, "Charged twice");
        give(world, ticket, Some(kofi));
        world.advance(20 * MINUTE);
        say(world, ticket, kofi, Some(Status::Pending), Some(billing));
        world.advance(40 * MINUTE);
        presence(world, kofi, PresenceStatus::Offline);
        world.advance(HOUR);
        say(world, ticket, marta, None, None);
        give(world, ticket, None);
        world.advance(7 * HOUR);
        presence(world, kofi, PresenceStatus::Online);
        give(world, ticket, Some(kofi));
        world.advance(20 * MINUTE);
        say(world, ticket, kofi, Some(Status::Solved), None);
        world.advance(3 * HOUR - 20 * MINUTE);
        presence(world, mei, PresenceStatus::Offline);
        presence(world, kofi, PresenceStatus::Offline);
        world.advance(12 * HOUR);
    }
    (lea, mei, kofi, billing)
}

fn history(world: &World, lead: UserId) -> History {
    world.read_as(world.as_(lead), |tx| History::load(tx, 30)).expect("a lead may")
}

#[test]
fn what_stands_in_a_group_waits_for_its_people_in_the_past_lived_again_too() {
    for world in World::on_each_database() {
        let (lea, mei, _, billing) = lived(&world);
        let history_then = history(&world, lea);
        let groups: Vec<_> = history_then.turns.iter().map(|it| it.group).collect();
        assert_eq!(groups[..2], [None, Some(billing)], "the first answer sets it, on {}", world.name());
        let settings = FloorSettings::default();
        let other = Other { policy: "longest_idle".into(), ..Other::default() };
        let told = replay(&history_then, &settings, &other, 4, &mut |_| {}).expect("there is enough");
        let minutes = |it: Option<desk::floor::Told>| it.expect("known").mean / 60.0;
        let (happened, as_now) = (minutes(told.happened.wait_s), minutes(told.as_now.wait_s));
        assert!((happened - 210.0).abs() < 1.0, "seven hours for one of two: {happened}");
        assert!((as_now - happened).abs() < 5.0, "{as_now} minutes instead of {happened}");
        // With Mei helping out after half an hour, it would not have waited so long.
        let helpers = vec![routing::Helper { group: world.group("Sales", &[mei]), after_minutes: 30 }];
        let conditions = Conditions::all_of([Condition::is(Field::Group, [billing])]);
        let queue = QueuePolicy { helpers, conditions, ..QueuePolicy::named("Of billing") };
        let admin = world.admin("Ada");
        world.write_as(admin, move |tx| routing::create_queue(tx, &queue));
        let told = replay(&history(&world, lea), &settings, &other, 4, &mut |_| {}).expect("there is enough");
        let helped = minutes(told.as_now.wait_s);
        assert!((helped - 15.0).abs() < 3.0, "half an hour for one of two: {helped}");
        world.run_jobs();
        world.take_outside_jobs();
    }
}

#[test]
fn a_queue_that_names_other_groups_rules_in_the_past_lived_again_and_in_scenarios() {
    for world in World::on_each_database() {
        let (lea, mei, _, billing) = lived(&world);
        let sales = world.group("Sales", &[mei]);
        // What stands in no group yet is for Sales, and for Billing after an hour; what stands in Billing is for Sales alone.
        let first = QueuePolicy {
            conditions: Conditions::all_of([Condition::is(Field::Group, [NONE])]),
            groups: vec![sales],
            helpers: vec![routing::Helper { group: billing, after_minutes: 60 }],
            turn: QueueTurn::First,
            weight: 3.0,
            share: 2.0,
            promise: Some(Promise { minutes: 30, percent: 90 }),
            ..QueuePolicy::named("Letters")
        };
        let again = QueuePolicy {
            conditions: Conditions::all_of([Condition::is(Field::Group, [billing])]),
            groups: vec![sales],
            ..QueuePolicy::named("Bills")
        };
        let admin = world.admin("Ada");
        world.write_as(admin, move |tx| {
            routing::create_queue(tx, &first)?;
            routing::create_queue(tx, &again)
        });
        let history = history(&world, lea);
        let settings = FloorSettings::default();
        let made = scenario(&history, &Wanted::usual(settings.clone())).expect("there is enough");
        let read = floor::Scenario::read(&made.write()).expect("what is written can be read");
        for made in [&made, &read] {
            let (mei, kofi) = (made.floor.group_named("Mei"), made.floor.group_named("Kofi"));
            let at = made.floor.types.iter().position(|it| it.name.ends_with(", in Letters"));
            let at = at.expect("a kind of its own");
            let letters = &made.floor.types[at];
            let who: Vec<_> =
                letters.tiers.iter().map(|it| (it.groups.first().copied(), it.after_s)).collect();
            assert_eq!(who, [(mei, 0.0), (kofi, 3_600.0)], "on {}", world.name());
            assert_eq!((letters.turn, letters.wait_cost, letters.acceptable_s), (1, 3.0, 1_800.0));
            assert!((letters.queue_share - 2.0).abs() < 1e-9, "all of its queue: {}", letters.queue_share);
            let promise = made.promises[at].expect("by its queue");
            assert_eq!((promise.answered_least, promise.within), (0.9, 1_800.0));
            let bills = made.floor.types.iter().position(|it| it.name.ends_with(", in Bills"));
            let bills = bills.expect("a kind of its own");
            assert_eq!(made.promises[bills].map(|it| it.within), Some(3_600.0), "as the desk plans");
        }
        let other = Other { policy: "longest_idle".into(), ..Other::default() };
        let told = replay(&history, &settings, &other, 4, &mut |_| {}).expect("there is enough");
        let wait = told.as_now.wait_s.expect("known").mean / 60.0;
        assert!(wait < 10.0, "Mei is here from noon to midnight: {wait} minutes");
        let answered = |user: UserId| told.people.iter().find(|it| it.user == Some(user)).map(|it| it.as_now);
        assert!(answered(mei) > Some(0.9 * 2.0 * DAYS as f64), "hers are all: {:?}", answered(mei));
        world.run_jobs();
        world.take_outside_jobs();
    }
}

#[test]
fn a_usual_week_keeps_groups_and_brings_answers_back_to_whoever_wrote() {
    for world in World::on_each_database() {
        let (lea, ..) = lived(&world);
        let history = history(&world, lea);
        let wanted = Wanted::usual(FloorSettings::default());
        let made = scenario(&history, &wanted).expect("there is enough");
        let floor = &made.floor;
        let in_billing =
            floor.types.iter().find(|it| it.name.ends_with(", in Billing")).expect("a kind of its own");
        let kofi = floor.group_named("Kofi").expect("he works here");
        assert_eq!(in_billing.tiers.len(), 1, "on {}", world.name());
        assert_eq!(in_billing.tiers[0].groups, [kofi], "only he belongs to it");
        let first = floor.types.iter().find(|it| it.writes_again.len() == 1).expect("answers are answered");
        assert!((first.writes_again[0].share - 1.0).abs() < 1e-9, "everybody writes again");
        assert_eq!(floor.types[first.writes_again[0].to].name, in_billing.name);
        assert_eq!(in_billing.arrivals, floor::Arrivals::Never, "they come of answers alone");
        let again = floor::Scenario::read(&made.write()).expect("what is written can be read");
        assert_eq!(again.floor.types.iter().map(|it| it.writes_again.len()).sum::<usize>(), 1);
        let report = floor::Simulator::new(&again.floor).simulate(30, 3);
        assert!(
            (report.whole.arrivals.mean - 14.0).abs() < 2.5,
            "two turns a day: {:?}",
            report.whole.arrivals
        );
        // Of one day, answers to answers come by themselves; teams are told apart by group.
        let monday = Wanted { weekday: Some(0), grouping: Grouping::Teams, ..wanted };
        let monday = scenario(&history, &monday).expect("a day too").floor;
        assert!(
            monday.types.iter().all(|it| it.writes_again.is_empty() && it.arrivals != floor::Arrivals::Never)
        );
        assert_eq!(monday.groups.len(), 2, "Mei and Kofi may not do the same");
        world.run_jobs();
        world.take_outside_jobs();
    }
}
