//! Queues: into which a ticket falls, whose work it is there, what is promised and how it is kept, on both databases.

mod promises;
mod taking;

use desk::people::{self, PeopleError};
use desk::routing::{
    self, Condition, Conditions, Field, Helper, PresenceStatus, Promise, Queue, QueuePolicy, QueueTurn,
    RoutingError, RoutingPolicy, Rule, SetCapacity, SetPresence, WantedQueue,
};
use desk::skills::{self, Hardness, Requirement, SetRequirements};
use desk::tickets::{self, Channel, CreateTicket, NewComment, Priority, Status, TagChange, UpdateTicket};
use desk::{Actor, GroupId, RoutingQueueId, TicketId, UserId, settings};
use testkit::World;

const MINUTE: i64 = 60_000;

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

fn online(world: &World, user: UserId) {
    let here = SetPresence { user, status: PresenceStatus::Online };
    world.write_as(user, move |tx| routing::set_presence(tx, &here));
    world.run_jobs();
}

fn room(world: &World, user: UserId, tickets: i64) {
    let set = SetCapacity { user, limit: Some(tickets) };
    world.write(move |tx| routing::set_capacity(tx, &set));
}

fn make(world: &World, queue: QueuePolicy) -> RoutingQueueId {
    let id = world.write(move |tx| routing::create_queue(tx, &queue));
    world.run_jobs();
    id
}

fn tagged(tag: &str, name: &str) -> QueuePolicy {
    let conditions = Conditions::all_of([Condition::is(Field::Tags, [tag])]);
    QueuePolicy { conditions, ..QueuePolicy::named(name) }
}

fn update(world: &World, change: UpdateTicket) {
    world.write(move |tx| tickets::update(tx, &change));
    world.run_jobs();
}

fn tag(world: &World, ticket: TicketId, tags: &[&str]) {
    let tags = Some(TagChange::Set(tags.iter().map(|it| (*it).to_owned()).collect()));
    update(world, UpdateTicket { tags, ..UpdateTicket::of(ticket) });
}

fn put_into(world: &World, ticket: TicketId, group: GroupId) {
    update(world, UpdateTicket { group: Some(Some(group)), ..UpdateTicket::of(ticket) });
}

fn stands_in(world: &World, ticket: TicketId) -> String {
    world.read(move |tx| routing::standing_of(tx, ticket)).queue_name
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn answer(world: &World, user: UserId, ticket: TicketId) {
    let comment = Some(NewComment::public("Here is how."));
    let say = UpdateTicket { comment, ..UpdateTicket::of(ticket) };
    world.write_as(user, move |tx| tickets::update(tx, &say));
    world.run_jobs();
}

/// As the door does it: chosen while reading, then taken.
fn take_next(world: &World, user: UserId) -> Option<TicketId> {
    let next = world.read_as(world.as_(user), move |tx| routing::next_for(tx, user)).expect("they may")?;
    let ticket = next.ticket;
    assert!(world.write_as(user, move |tx| routing::take(tx, &next)), "nobody is quicker here");
    Some(ticket)
}

fn names(queues: &[Queue]) -> Vec<&str> {
    queues.iter().map(|it| it.policy.name.as_str()).collect()
}

#[test]
fn a_ticket_stands_in_the_first_queue_whose_conditions_hold_and_moves_with_its_fields() {
    for world in worlds() {
        let on = world.name();
        let billing = world.group("Billing", &[]);
        let ticket = world.ticket("My invoice");
        assert_eq!(stands_in(&world, ticket), "Everything else", "without queues of its own, on {on}");
        let german = Condition::is(Field::Language, ["de"]);
        let urgent = Condition::is(Field::Priority, ["urgent", "high"]);
        make(
            &world,
            QueuePolicy {
                conditions: Conditions {
                    all: vec![
                        Condition::is(Field::Group, [billing]),
                        Condition::is_not(Field::Tags, ["spam"]),
                    ],
                    any: vec![german, urgent],
                },
                ..QueuePolicy::named("Pressing bills")
            },
        );
        make(
            &world,
            QueuePolicy {
                conditions: Conditions::all_of([Condition::is(Field::Group, [billing])]),
                ..QueuePolicy::named("Bills")
            },
        );
        put_into(&world, ticket, billing);
        assert_eq!(stands_in(&world, ticket), "Bills", "on {on}");
        let urgent = Some(Some(Priority::Urgent));
        update(&world, UpdateTicket { priority: urgent, ..UpdateTicket::of(ticket) });
        assert_eq!(stands_in(&world, ticket), "Pressing bills", "on {on}");
        tag(&world, ticket, &["Spam"]);
        assert_eq!(stands_in(&world, ticket), "Bills", "on {on}");
        let skill = world.read(skills::list_skill_names)[0].id;
        let rare = make(
            &world,
            QueuePolicy {
                conditions: Conditions::all_of([Condition::is(Field::Skill, [skill])]),
                ..QueuePolicy::named("Rare")
            },
        );
        world.write(move |tx| routing::order_queues(tx, &[rare]));
        assert_eq!(stands_in(&world, ticket), "Bills", "it needs nothing yet, on {on}");
        let need = Requirement { skill, level: 2.0, weight: 1.0, hardness: Hardness::Prefer };
        let needs = SetRequirements { ticket, requirements: vec![need] };
        world.write(move |tx| skills::set_requirements(tx, &needs));
        assert_eq!(stands_in(&world, ticket), "Rare", "it stands before the others, on {on}");
        world.write(move |tx| routing::delete_queue(tx, rare));
        assert_eq!(stands_in(&world, ticket), "Bills", "on {on}");
    }
}

#[test]
fn the_default_queue_stays_the_last_takes_everything_and_cannot_be_taken_away() {
    for world in worlds() {
        let on = world.name();
        let (one, two) = (make(&world, tagged("one", "One")), make(&world, tagged("two", "Two")));
        let all = world.read(routing::queues);
        assert_eq!(names(&all), ["One", "Two", "Everything else"], "on {on}");
        let default = all[2].id;
        let turned = world.write(move |tx| routing::order_queues(tx, &[default, two]));
        assert_eq!(names(&turned), ["Two", "One", "Everything else"], "on {on}");
        assert_eq!(world.read(routing::queues), turned, "on {on}");
        let refused = world.try_write(Actor::desk(), move |tx| routing::delete_queue(tx, default));
        assert!(matches!(refused, Err(RoutingError::DefaultQueueStays)), "on {on}");
        let renamed = QueuePolicy { turn: QueueTurn::Last, ..tagged("x", "The rest") };
        let kept = world.write(move |tx| routing::update_queue(tx, default, &renamed));
        assert!(kept.policy.conditions.is_empty() && kept.is_default, "it has no conditions, on {on}");
        assert_eq!(stands_in(&world, world.ticket("Anything")), "The rest", "on {on}");
        world.write(move |tx| routing::delete_queue(tx, one));
        let gone = world.try_write(Actor::desk(), move |tx| routing::delete_queue(tx, one));
        assert!(matches!(gone, Err(RoutingError::NoSuchQueue)), "on {on}");
    }
}

#[test]
fn what_is_wrong_with_a_queue_is_refused_and_only_admins_say_what_holds() {
    for world in worlds() {
        let on = world.name();
        let (agent, lead) = (world.agent("Ana"), world.lead("Lea"));
        make(&world, tagged("vip", "VIP"));
        let refusal = |queue: QueuePolicy| {
            world.try_write(Actor::desk(), move |tx| routing::create_queue(tx, &queue)).expect_err("refused")
        };
        use RoutingError::*;
        let unknown = |field, value: &str| QueuePolicy {
            conditions: Conditions::all_of([Condition::is(field, [value])]),
            ..QueuePolicy::named("New")
        };
        assert!(matches!(refusal(tagged("x", "  vip ")), QueueNameIsTaken), "on {on}");
        assert!(matches!(refusal(tagged("x", " ")), QueueNameIsWrong), "on {on}");
        assert!(matches!(refusal(QueuePolicy::named("All")), ConditionsAreWrong), "on {on}");
        assert!(matches!(refusal(tagged("", "New")), ConditionsAreWrong), "on {on}");
        for (field, value) in
            [(Field::Group, "99"), (Field::Priority, "soon"), (Field::Channel, "fax"), (Field::Skill, "0")]
        {
            assert!(matches!(refusal(unknown(field, value)), NoSuchValue { .. }), "{value} on {on}");
        }
        let promise = Some(Promise { minutes: 0, percent: 90 });
        assert!(matches!(refusal(QueuePolicy { promise, ..tagged("x", "New") }), PromiseIsWrong), "on {on}");
        let nowhere = QueuePolicy { groups: vec![GroupId(99)], ..tagged("x", "New") };
        assert!(matches!(refusal(nowhere), QueueGroupsAreWrong), "on {on}");
        let itself = world.group("Support", &[]);
        let helpers = vec![Helper { group: itself, after_minutes: 0 }];
        let own = QueuePolicy { groups: vec![itself], helpers, ..tagged("x", "New") };
        assert!(matches!(refusal(own), HelpersAreWrong), "on {on}");
        let refused = world.try_as(lead, |tx| routing::create_queue(tx, &tagged("x", "New")));
        assert!(matches!(refused, Err(NotAnAdmin)), "on {on}");
        assert_eq!(
            world.read_as(world.as_(agent), routing::queues).expect("staff may").len(),
            2,
            "staff see them, on {on}"
        );
        let tried =
            world.try_as(agent, |tx| routing::preview_queue(tx, &WantedQueue::New(tagged("x", "New"))));
        assert!(matches!(tried, Err(NotALead)), "on {on}");
    }
}

#[test]
fn a_queues_own_groups_have_its_work_whatever_group_the_ticket_stands_in_and_helpers_come_later() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi, mei) = (world.agent("Ana"), world.agent("Kofi"), world.agent("Mei"));
        let (billing, first, second) =
            (world.group("Billing", &[ana]), world.group("First", &[kofi]), world.group("Second", &[mei]));
        for user in [ana, kofi, mei] {
            room(&world, user, 1);
            online(&world, user);
        }
        let empty = world.group("Nobody yet", &[]);
        let helpers = vec![Helper { group: second, after_minutes: 10 }];
        make(&world, QueuePolicy { groups: vec![first, empty], helpers, ..tagged("vip", "VIP") });
        let gone = |user| {
            let away = SetPresence { user, status: PresenceStatus::Away };
            world.write_as(user, move |tx| routing::set_presence(tx, &away));
            world.run_jobs();
        };
        [ana, kofi, mei].into_iter().for_each(gone);
        let [one, two] = ["Mine", "Mine too"].map(|subject| {
            let ticket = world.ticket(subject);
            world.run_jobs();
            put_into(&world, ticket, billing);
            tag(&world, ticket, &["vip"]);
            ticket
        });
        online(&world, ana);
        assert_eq!(holder(&world, one), None, "it is not the ticket's group that counts, on {on}");
        let none = take_next(&world, ana);
        assert_eq!(none, None, "nor can she ask for it, on {on}");
        online(&world, kofi);
        assert_eq!((holder(&world, one), holder(&world, two)), (Some(kofi), None), "on {on}");
        online(&world, mei);
        assert_eq!(holder(&world, two), None, "she helps after ten minutes, on {on}");
        world.advance(11 * MINUTE);
        [ana, kofi, mei].into_iter().for_each(|user| online(&world, user));
        assert_eq!(holder(&world, two), Some(mei), "on {on}");
        let three = world.ticket("Mine as well");
        world.run_jobs();
        put_into(&world, three, billing);
        assert_eq!(holder(&world, three), Some(ana), "without the tag it is her group's, on {on}");
        assert_eq!(world.read(routing::count_side_by_side), 0, "on {on}");
        room(&world, mei, 0);
        tag(&world, three, &["vip"]);
        let back = UpdateTicket { assignee: Some(None), ..UpdateTicket::of(three) };
        update(&world, back);
        let taken = take_next(&world, mei);
        assert_eq!(taken, None, "whoever helps out later cannot ask for it before, on {on}");
        world.advance(11 * MINUTE);
        let taken = take_next(&world, mei);
        assert_eq!(taken, Some(three), "on {on}");
    }
}

#[test]
fn a_change_of_a_queue_moves_what_waits_in_the_owners_memory_at_once() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let first = world.group("First", &[kofi]);
        online(&world, ana);
        room(&world, kofi, 0);
        online(&world, kofi);
        let vip = make(&world, QueuePolicy { groups: vec![first], ..tagged("vip", "VIP") });
        let away = SetPresence { user: ana, status: PresenceStatus::Away };
        world.write_as(ana, move |tx| routing::set_presence(tx, &away));
        let ticket = world.ticket("Mine");
        world.run_jobs();
        tag(&world, ticket, &["vip"]);
        online(&world, ana);
        assert_eq!(holder(&world, ticket), None, "Kofi's group has it, and he has no room, on {on}");
        world.write(move |tx| routing::update_queue(tx, vip, &tagged("vip", "VIP")));
        world.run_jobs();
        assert_eq!(holder(&world, ticket), Some(ana), "anybody may have it now, on {on}");
    }
}

#[test]
fn what_is_promised_sooner_goes_first_under_the_rules_that_count_waiting() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        room(&world, ana, 1);
        for rule in [Rule::GeneralisedCMu, Rule::ExpectedOutcome, Rule::LongestIdle] {
            world.write(move |tx| {
                let policy = RoutingPolicy { rule, growth_share: 0.0, ..routing::routing_policy(tx)? };
                routing::set_routing_policy(tx, &policy)
            });
            let promise = |minutes| Some(Promise { minutes, percent: 90 });
            let soon = make(&world, QueuePolicy { promise: promise(10), ..tagged("soon", "Soon") });
            let late = make(&world, QueuePolicy { promise: promise(600), ..tagged("late", "Late") });
            let [older, younger] = ["late", "soon"].map(|word| {
                let ticket = world.ticket(word);
                world.run_jobs();
                tag(&world, ticket, &[word]);
                world.advance(MINUTE);
                ticket
            });
            online(&world, ana);
            let expected = if rule == Rule::LongestIdle { older } else { younger };
            assert_eq!(holder(&world, expected), Some(ana), "{rule:?} on {on}");
            for ticket in [older, younger] {
                let solved = UpdateTicket {
                    assignee: Some(Some(ana)),
                    status: Some(Status::Solved),
                    ..UpdateTicket::of(ticket)
                };
                world.write_as(ana, move |tx| tickets::update(tx, &solved));
            }
            let gone = SetPresence { user: ana, status: PresenceStatus::Offline };
            world.write_as(ana, move |tx| routing::set_presence(tx, &gone));
            for queue in [soon, late] {
                world.write(move |tx| routing::delete_queue(tx, queue));
            }
            world.run_jobs();
        }
    }
}

#[test]
fn a_group_of_which_a_queue_speaks_cannot_be_deleted() {
    for world in worlds() {
        let on = world.name();
        let billing = world.group("Billing", &[]);
        let queue = make(&world, QueuePolicy { groups: vec![billing], ..tagged("vip", "VIP") });
        let refused = world.try_write(Actor::desk(), move |tx| people::delete_group(tx, billing));
        assert!(matches!(refused, Err(PeopleError::GroupIsInQueue(name)) if name == "VIP"), "on {on}");
        world.write(move |tx| routing::delete_queue(tx, queue));
        world.write(move |tx| people::delete_group(tx, billing));
    }
}

#[test]
fn a_ticket_is_not_given_to_somebody_whose_call_the_owner_had_not_heard_of() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        online(&world, ana);
        let call = world.ticket("A call in the making");
        world.run_jobs();
        assert_eq!(holder(&world, call), Some(ana), "on {on}");
        // Written past everything that tells the owner.
        world.write(move |tx| {
            tx.execute("update tickets set channel = 'voice' where id = $1", db::params![call])
        });
        let ticket = world.ticket("Beside it");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), None, "the guard keeps it back, on {on}");
        let kofi = world.agent("Kofi");
        let give = UpdateTicket { assignee: Some(Some(ana)), ..UpdateTicket::of(ticket) };
        world.write_as(kofi, move |tx| tickets::update(tx, &give));
        assert_eq!(holder(&world, ticket), Some(ana), "people may give more than routing, on {on}");
        let hung_up = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(call) };
        world.write_as(ana, move |tx| tickets::update(tx, &hung_up));
        let next = world.ticket("After it");
        world.run_jobs();
        assert_eq!(holder(&world, next), Some(ana), "on {on}");
    }
}

#[test]
fn what_was_set_for_groups_before_there_were_queues_stands_as_queues() {
    // The very text of the migration, on a desk whose settings say what they said before it.
    for (world, text) in World::on_each_database().into_iter().map(|world| {
        let text = match world.name() {
            "SQLite" => include_str!("../../../../migrations/0036_queues_of_groups.sql"),
            _ => include_str!("../../../../migrations/0036_queues_of_groups.postgres.sql"),
        };
        (world, text)
    }) {
        let on = world.name();
        let (billing, support) = (world.group("Billing", &[]), world.group("Support team", &[]));
        let before = format!(
            r#"{{"rule":"longest_idle","growth_share":0.1,"expert_reserve":0,"queues":[
              {{"group":null,"share":2.0,"weight":1.5,"turn":"last","helpers":[]}},
              {{"group":{billing},"share":1.0,"weight":3.0,"turn":"first","helpers":[{{"group":{support},"after_minutes":30}}]}},
              {{"group":9999,"share":1.0,"weight":3.0,"turn":"usual","helpers":[]}}]}}"#
        );
        world.write(move |tx| {
            tx.execute(
                "insert into settings (key, value, updated_at) values ('routing', $1, 0)",
                db::params![before],
            )?;
            tx.batch(text)
        });
        let queues = world.read(routing::queues);
        assert_eq!(names(&queues), ["Billing", "No group", "Everything else"], "on {on}");
        let billings = &queues[0].policy;
        assert_eq!((billings.weight, billings.share, billings.turn), (3.0, 1.0, QueueTurn::First), "on {on}");
        assert_eq!(billings.helpers, [Helper { group: support, after_minutes: 30 }], "on {on}");
        let ticket = world.ticket("Of nobody's group");
        world.write(move |tx| {
            tx.execute("update tickets set group_id = null where id = $1", db::params![ticket])
        });
        assert_eq!(stands_in(&world, ticket), "No group", "on {on}");
        put_into(&world, ticket, billing);
        assert_eq!(stands_in(&world, ticket), "Billing", "on {on}");
        assert_eq!(world.read(routing::routing_policy).rule, Rule::LongestIdle, "on {on}");
    }
}

#[test]
fn mail_and_chat_part_by_their_channel() {
    for world in worlds() {
        let on = world.name();
        let conditions = Conditions::all_of([Condition::is(Field::Channel, ["chat", "voice"])]);
        make(&world, QueuePolicy { conditions, ..QueuePolicy::named("Live") });
        let customer = world.customer("Marta", "marta@example.org");
        let comes = |channel| {
            let words = NewComment::public("Hello?").by(customer);
            let create = tickets::CreateTicket::new(customer, "Hello", words, channel);
            world.write(move |tx| tickets::create(tx, &create)).id
        };
        let (chat, mail) = (comes(Channel::Chat), comes(Channel::Email));
        assert_eq!(
            [stands_in(&world, chat), stands_in(&world, mail)],
            ["Live", "Everything else"],
            "on {on}"
        );
    }
}
