//! What a ticket asks of whoever gets it: in words, in steps, with groups; asking for the next; and speaking up.

use desk::routing::{
    self, Cause, ContestDecision, PresenceStatus, RoutingError, SetPresence, SetRoutingRequirements,
};
use desk::skills::{self, Rate};
use desk::tickets::{self, UpdateTicket};
use desk::{SkillId, TicketId, UserId, settings};
use testkit::World;

const MINUTE: i64 = 60_000;

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

fn present(world: &World, user: UserId, status: PresenceStatus) {
    world.write_as(user, move |tx| routing::set_presence(tx, &SetPresence { user, status }));
    world.run_jobs();
}

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn try_ask(world: &World, by: UserId, ticket: TicketId, text: &str) -> Result<(), RoutingError> {
    let command = SetRoutingRequirements { ticket, text: text.to_owned() };
    let asked = world.try_as(by, move |tx| routing::set_routing_requirements(tx, &command));
    world.run_jobs();
    asked
}

fn ask(world: &World, by: UserId, ticket: TicketId, text: &str) {
    try_ask(world, by, ticket, text).expect("it can be read");
}

fn pass(world: &World, ms: i64) {
    world.advance(ms);
    world.run_jobs();
}

fn sentence(world: &World, ticket: TicketId) -> String {
    world.read(move |tx| routing::why(tx, ticket)).expect("something was decided").sentence
}

#[test]
fn a_ticket_asks_less_the_longer_it_waits() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let refunds = skill(&world, "billing-and-refunds");
        rate(&world, ana, refunds, 3.5);
        let ticket = world.ticket("Something rare");
        ask(&world, ana, ticket, "billing-and-refunds >= 5 [>= 4.5 after 10 min, drop after 30 min]");
        present(&world, ana, PresenceStatus::Online);
        assert_eq!(holder(&world, ticket), None, "on {}", world.name());
        assert_eq!(sentence(&world, ticket), "Waiting: nobody present meets Billing and refunds at level 5");
        let other = world.ticket("Something else");
        world.run_jobs();
        assert_eq!(holder(&world, other), Some(ana), "what asks for nothing goes on");
        // A change of anything makes it look again, and sets the clock for its next step.
        ask(&world, ana, ticket, "billing-and-refunds >= 5 [>= 4.5 after 10 min, drop after 20 min]");
        pass(&world, 11 * MINUTE);
        assert_eq!(
            sentence(&world, ticket),
            "Waiting: nobody present meets Billing and refunds at level 4.5"
        );
        pass(&world, 8 * MINUTE);
        assert_eq!(holder(&world, ticket), None, "not before its time");
        pass(&world, 2 * MINUTE);
        assert_eq!(holder(&world, ticket), Some(ana), "on {}", world.name());
        let decisions = world.read(move |tx| routing::decisions_of(tx, ticket));
        assert_eq!(decisions[0].cause, Cause::Waited);
        let shown = world.read(move |tx| routing::routing_requirements_of(tx, ticket)).expect("it asks");
        assert_eq!(shown.set_by, Some(ana));
        assert_eq!(
            shown.stages.iter().map(|it| (it.after_ms / MINUTE, it.text.as_str())).collect::<Vec<_>>(),
            [(0, "\"Billing and refunds\" >= 5"), (10, "\"Billing and refunds\" >= 4.5"), (20, "anyone")]
        );
        assert!(world.jobs_waiting().is_empty());
    }
}

#[test]
fn what_nobody_present_can_meet_is_skipped_at_once() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        rate(&world, kofi, skill(&world, "billing-and-refunds"), 5.0);
        present(&world, ana, PresenceStatus::Online);
        present(&world, kofi, PresenceStatus::Away);
        let text = "billing-and-refunds >= 4 [drop after 1 h or if nobody]";
        let ticket = world.ticket("Something rare");
        ask(&world, ana, ticket, text);
        world.run_jobs();
        // Kofi is here and knows it: it waits for him, though he is away.
        assert_eq!(holder(&world, ticket), None, "on {}", world.name());
        let again = world.ticket("Something rare again");
        ask(&world, ana, again, text);
        present(&world, kofi, PresenceStatus::Offline);
        ask(&world, ana, again, "billing-and-refunds >= 4 [drop after 2 h or if nobody]");
        assert_eq!(holder(&world, again), Some(ana), "nobody here can meet it, on {}", world.name());
    }
}

#[test]
fn the_groups_that_are_asked_for_rule_and_may_be_joined_by_others() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let billing = world.group("Billing", &[ana]);
        world.group("Night shift", &[kofi]);
        present(&world, kofi, PresenceStatus::Online);
        let ticket = world.ticket("The invoice");
        world.write_as(ana, move |tx| {
            let to =
                UpdateTicket { group: Some(Some(billing)), assignee: Some(None), ..UpdateTicket::of(ticket) };
            tickets::update(tx, &to).map(|_| ())
        });
        ask(&world, ana, ticket, "in Billing [or in \"Night shift\" after 15 min]");
        assert_eq!(holder(&world, ticket), None);
        assert_eq!(sentence(&world, ticket), "Waiting: nobody present is who is asked for");
        pass(&world, 16 * MINUTE);
        assert_eq!(holder(&world, ticket), Some(kofi), "on {}", world.name());
        let freed = world.ticket("Another invoice");
        ask(&world, ana, freed, "is Ana [drop after 1 h]");
        assert_eq!(holder(&world, freed), None, "it waits for Ana");
        present(&world, ana, PresenceStatus::Online);
        assert_eq!(holder(&world, freed), Some(ana), "and goes to her when she comes");
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_words_and_customers_say_nothing() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let marta = world.customer("Marta", "marta@example.org");
        let ticket = world.ticket("The invoice");
        let refused = |text: &str| try_ask(&world, ana, ticket, text).unwrap_err().to_string();
        assert_eq!(
            refused("Klingon >= 3"),
            "what is asked for cannot be read: at character 1: there is no skill “Klingon”"
        );
        assert!(refused("billing-and-refunds very").contains("a level, such as “>= 3” is wanted"));
        assert!(refused("in Nowhere").contains("there is no group “Nowhere”"));
        assert!(matches!(try_ask(&world, marta, ticket, "anyone"), Err(RoutingError::NotAnAgent)));
        ask(&world, ana, ticket, "billing-and-refunds >= 2");
        ask(&world, ana, ticket, " ");
        assert_eq!(world.read(move |tx| routing::routing_requirements_of(tx, ticket)), None);
    }
}

/// As the door does it: chosen while reading, then taken.
fn take_next(world: &World, actor: UserId, user: UserId) -> Result<Option<TicketId>, RoutingError> {
    let next = world.read_as(world.as_(actor), move |tx| routing::next_for(tx, user))?;
    let Some(next) = next else { return Ok(None) };
    let ticket = next.ticket;
    let taken = world.try_as(actor, move |tx| routing::take(tx, &next))?;
    assert!(taken, "nobody is quicker here");
    Ok(Some(ticket))
}

#[test]
fn what_somebody_else_was_quicker_to_take_is_not_taken_again() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let ticket = world.ticket("The only one");
        world.run_jobs();
        for user in [ana, kofi] {
            present(&world, user, PresenceStatus::Away);
        }
        let next = |user: UserId| {
            world
                .read_as(world.as_(user), move |tx| routing::next_for(tx, user))
                .expect("may")
                .expect("waits")
        };
        let (hers, his) = (next(ana), next(kofi));
        assert_eq!((hers.ticket, his.ticket), (ticket, ticket), "on {}", world.name());
        assert!(world.try_as(ana, move |tx| routing::take(tx, &hers)).expect("hers"));
        assert!(!world.try_as(kofi, move |tx| routing::take(tx, &his)).expect("gone"));
        assert_eq!(holder(&world, ticket), Some(ana), "on {}", world.name());
        world.run_jobs();
    }
}

#[test]
fn somebody_asks_for_the_next_and_gets_the_longest_waiting() {
    for world in worlds() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let take = |user: UserId| take_next(&world, user, user);
        assert!(matches!(take(ana), Err(RoutingError::NotHere)));
        let first = world.ticket("The first");
        world.advance(MINUTE);
        let second = world.ticket("The second");
        world.run_jobs();
        present(&world, ana, PresenceStatus::Away);
        assert_eq!(holder(&world, first), None, "nobody gives work to somebody who is away");
        assert_eq!(take(ana).unwrap(), Some(first), "on {}", world.name());
        assert_eq!(holder(&world, first), Some(ana));
        assert_eq!(take(ana).unwrap(), Some(second));
        assert_eq!(take(ana).unwrap(), None);
        let decisions = world.read(move |tx| routing::decisions_of(tx, first));
        assert_eq!(decisions[0].cause, Cause::Pulled);
        let for_ana = take_next(&world, kofi, ana);
        assert!(matches!(for_ana, Err(RoutingError::NotYourHands)));
        world.run_jobs();
    }
}

#[test]
fn a_decision_can_be_contested_and_leads_see_what_would_have_changed_it() {
    for world in worlds() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lia"));
        let refunds = skill(&world, "billing-and-refunds");
        rate(&world, ana, refunds, 3.0);
        rate(&world, kofi, refunds, 5.0);
        let ticket = world.ticket("I was charged twice and I want a refund");
        let contest = |by: UserId, reason: &str| {
            let command = ContestDecision { ticket, reason: reason.to_owned() };
            world.try_as(by, move |tx| routing::contest(tx, &command))
        };
        assert!(matches!(contest(ana, "Not mine"), Err(RoutingError::NothingDecided)));
        present(&world, kofi, PresenceStatus::Away);
        world.run_jobs();
        present(&world, ana, PresenceStatus::Online);
        let again = world.ticket("I was charged twice and I want a refund");
        world.run_jobs();
        let why = world
            .read_as(world.as_(lead), move |tx| routing::why(tx, again))
            .expect("read")
            .expect("decided");
        assert_eq!(why.chosen.as_ref().map(|it| it.user), Some(ana));
        assert_eq!(why.would_change, ["Kofi would have it back from away"], "on {}", world.name());
        let to_ana =
            world.read_as(world.as_(ana), move |tx| routing::why(tx, again)).expect("read").expect("decided");
        assert_eq!(to_ana.would_change, Vec::<String>::new(), "levels of others stay with leads");
        assert!(matches!(contest(ana, "  "), Err(RoutingError::ReasonIsWrong)));
        contest(ana, "Kofi knows this customer").expect("it is about a decision");
        let kept = world.read(move |tx| routing::contests_of(tx, ticket));
        assert_eq!(
            kept.iter().map(|it| (it.by, it.reason.as_str())).collect::<Vec<_>>(),
            [(ana, "Kofi knows this customer")]
        );
    }
}
