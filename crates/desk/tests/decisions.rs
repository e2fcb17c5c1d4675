//! The decision explorer: what was decided, looked for by person, group, rule, fate and lot; and objections answered.

use desk::routing::{
    self, AnswerContest, ContestDecision, DecisionFilter, DecisionRow, Fate, LeftBy, Lots, PresenceStatus,
    RoutingError, RoutingPolicy, Rule, SetPresence, Shown,
};
use desk::tickets::{self, UpdateTicket};
use desk::{TicketId, UserId, settings};
use testkit::World;

const HOUR: i64 = 3_600_000;

/// Without lots, the longest idle gets it.
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

fn holder(world: &World, ticket: TicketId) -> Option<UserId> {
    world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists").assignee
}

fn all(world: &World) -> DecisionFilter {
    DecisionFilter { from: world.now() - 24 * HOUR, until: world.now() + 1, ..DecisionFilter::default() }
}

fn rows(world: &World, filter: DecisionFilter) -> Vec<DecisionRow> {
    world.read(move |tx| routing::decision_rows(tx, &filter, None, 100))
}

fn tickets_of(rows: &[DecisionRow]) -> Vec<TicketId> {
    rows.iter().map(|it| it.ticket).collect()
}

#[test]
fn a_decision_is_found_by_who_got_it_and_says_what_became_of_it() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        present(&world, ana, PresenceStatus::Online);
        let solved = world.ticket("Solved at once");
        let put_back = world.ticket("Put back");
        let moved = world.ticket("Moved by Lea");
        world.run_jobs();
        assert_eq!(rows(&world, all(&world)).len(), 3, "on {on}");
        world.advance(1_000);
        let solve = UpdateTicket { status: Some(tickets::Status::Solved), ..UpdateTicket::of(solved) };
        world.write_as(ana, move |tx| tickets::update(tx, &solve));
        let give_up = UpdateTicket { assignee: Some(None), ..UpdateTicket::of(put_back) };
        world.write_as(ana, move |tx| tickets::update(tx, &give_up));
        let move_on = UpdateTicket { assignee: Some(Some(kofi)), ..UpdateTicket::of(moved) };
        world.write_as(lea, move |tx| tickets::update(tx, &move_on));
        let of_ana = DecisionFilter { person: Some(ana), ..all(&world) };
        let found = rows(&world, of_ana);
        assert_eq!(found.len(), 3, "on {on}");
        let fate = |ticket| found.iter().find(|it| it.ticket == ticket).expect("it was decided").fate.clone();
        assert_eq!(fate(solved), Fate::Solved, "on {on}");
        assert!(matches!(fate(put_back), Fate::Left { by: LeftBy::Themselves, .. }), "on {on}");
        let Fate::Left { by: LeftBy::Somebody(by), at } = fate(moved) else { panic!("moved on {on}") };
        assert_eq!((by.user, at), (lea, world.now()), "on {on}");
        let returned = rows(&world, DecisionFilter { shown: Shown::Returned, ..of_ana });
        assert_eq!(tickets_of(&returned), [moved, put_back], "the newest first, on {on}");
        let taken = rows(&world, DecisionFilter { shown: Shown::Taken, ..of_ana });
        assert_eq!(tickets_of(&taken), [solved], "on {on}");
        let of_kofi = rows(&world, DecisionFilter { person: Some(kofi), ..all(&world) });
        assert!(of_kofi.is_empty(), "what was done by hand was not decided");
    }
}

#[test]
fn rule_group_lot_and_time_narrow_it_and_pages_meet() {
    for world in worlds() {
        let on = world.name();
        let ana = world.agent("Ana");
        present(&world, ana, PresenceStatus::Online);
        let first = world.ticket("By the usual rule");
        world.run_jobs();
        world.write(|tx| {
            let policy = RoutingPolicy { rule: Rule::LongestIdle, ..routing::routing_policy(tx)? };
            routing::set_routing_policy(tx, &policy)
        });
        world.advance(HOUR);
        present(&world, ana, PresenceStatus::Online);
        let second = world.ticket("By another");
        world.run_jobs();
        let by = |rule| rows(&world, DecisionFilter { rule: Some(rule), ..all(&world) });
        assert_eq!(tickets_of(&by(Rule::ExpectedOutcome)), [first], "on {on}");
        assert_eq!(tickets_of(&by(Rule::LongestIdle)), [second], "on {on}");
        assert_eq!(by(Rule::LongestIdle)[0].rule, Some(Rule::LongestIdle));
        let late = DecisionFilter { from: world.now() - HOUR / 2, ..all(&world) };
        assert_eq!(tickets_of(&rows(&world, late)), [second], "on {on}");
        assert!(rows(&world, DecisionFilter { lots: Lots::Only, ..all(&world) }).is_empty(), "on {on}");
        let group = world.read(move |tx| tickets::find_ticket(tx, first)).expect("it exists").group;
        let in_group = rows(&world, DecisionFilter { group, ..all(&world) });
        assert_eq!(in_group.len(), 2, "on {on}");
        let filter = all(&world);
        let page = |before| world.read(move |tx| routing::decision_rows(tx, &filter, before, 1));
        let newest = page(None);
        let older = page(newest[0].why.decision);
        assert_eq!((newest[0].ticket, older[0].ticket), (second, first), "on {on}");
        assert!(page(older[0].why.decision).is_empty(), "on {on}");
        let counts = world.read(move |tx| routing::decision_counts(tx, &filter));
        assert_eq!((counts.decided, counts.given, counts.by_lot, counts.contested), (2, 2, 0, 0), "on {on}");
        assert!(matches!(
            world.read_as(world.as_(ana), move |tx| routing::decision_rows(tx, &filter, None, 1)),
            Err(RoutingError::NotALead)
        ));
    }
}

#[test]
fn an_objection_is_answered_once_and_by_somebody_else() {
    for world in worlds() {
        let on = world.name();
        let (ana, lea, rosa) = (world.agent("Ana"), world.lead("Lea"), world.lead("Rosa"));
        present(&world, ana, PresenceStatus::Online);
        let ticket = world.ticket("No sound");
        world.run_jobs();
        assert_eq!(holder(&world, ticket), Some(ana));
        let object = ContestDecision { ticket, reason: "Kofi knows her".to_owned() };
        world.write_as(lea, move |tx| routing::contest(tx, &object));
        let waits = rows(&world, DecisionFilter { shown: Shown::Unanswered, ..all(&world) });
        assert_eq!(waits.len(), 1, "on {on}");
        let contest = world.read(move |tx| routing::contests_of(tx, ticket))[0].id;
        let answer = |by: UserId, text: &str| {
            let answer = AnswerContest { contest, is_right: true, answer: text.to_owned() };
            world.try_as(by, move |tx| routing::answer_contest(tx, &answer))
        };
        assert!(matches!(answer(ana, "No"), Err(RoutingError::NotALead)));
        assert!(matches!(answer(lea, "Yes"), Err(RoutingError::OwnContest)));
        assert!(matches!(answer(rosa, "  "), Err(RoutingError::AnswerIsWrong)));
        answer(rosa, "She does; Kofi is in the group now").expect("it is hers to answer");
        assert!(matches!(answer(rosa, "Again"), Err(RoutingError::AnsweredAlready)));
        let decision = waits[0].why.decision.expect("it is kept");
        let record = world.read(move |tx| routing::decision_record(tx, decision));
        let said = record.contests[0].answer.clone().expect("it is answered");
        assert_eq!((said.by, said.is_right, said.at), (rosa, true, world.now()), "on {on}");
        assert!(rows(&world, DecisionFilter { shown: Shown::Unanswered, ..all(&world) }).is_empty());
        assert_eq!(rows(&world, DecisionFilter { shown: Shown::Contested, ..all(&world) }).len(), 1);
        assert_eq!(world.read(routing::count_open_contests), 0, "on {on}");
    }
}
