//! What the desk learns from its own tickets: shares of those who answered, time spent, and what kind of work it was.

use db::params;
use desk::skills::portfolio;
use desk::skills::views::{self, EvidenceRow};
use desk::skills::{self, Hardness, Observed, Requirement, SetRequirements};
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::{Actor, TicketId, UserId};
use testkit::World;

const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 3_600_000;

fn ticket(world: &World) -> TicketId {
    let skill = world.read(|tx| skills::find_skill_by_key(tx, "saml-and-sso")).unwrap().id;
    let ticket = world.ticket("Single sign-on is refused");
    world.run_jobs();
    let need = Requirement { skill, level: 3.0, weight: 1.0, hardness: Hardness::Prefer };
    world
        .write(move |tx| skills::set_requirements(tx, &SetRequirements { ticket, requirements: vec![need] }));
    ticket
}

fn answer(world: &World, by: UserId, ticket: TicketId, words: &str, status: Option<Status>) {
    let mut update = UpdateTicket::of(ticket);
    update.assignee = Some(Some(by));
    update.comment = Some(NewComment::public(words));
    update.status = status;
    world.write_as(by, move |tx| tickets::update(tx, &update));
}

fn evidence(world: &World, user: UserId) -> Vec<EvidenceRow> {
    world.read_as(Actor::desk(), move |tx| views::evidence_about(tx, user, None)).unwrap()
}

fn looks_at(world: &World, by: UserId, ticket: TicketId, times: usize, every_ms: i64) {
    for _ in 0..times {
        world.write_as(by, move |tx| tickets::look_at(tx, ticket));
        world.advance(every_ms);
    }
}

#[test]
fn a_portfolio_offers_no_case_that_others_answered() {
    for world in World::on_each_database() {
        let (mei, kofi) = (world.agent("Mei"), world.agent("Kofi"));
        let ticket = ticket(&world);
        answer(&world, mei, ticket, "Here is what to look at first.", None);
        answer(&world, kofi, ticket, "And this is how it is set.", Some(Status::Solved));
        world.advance(8 * DAY);
        world.run_jobs();
        let cases = |user: UserId| {
            let shown = world.read_as(world.as_(user), move |tx| portfolio::portfolio(tx, user));
            shown.expect("it is one's own").offered.len()
        };
        assert_eq!((cases(mei), cases(kofi)), (1, 1), "on {}", world.name());
        world.write(move |tx| {
            tx.execute("update comments set public = 0 where author_id = $1", params![mei])?;
            tx.execute("update evidence set share = 0.2 where user_id = $1", params![mei])
        });
        assert_eq!((cases(mei), cases(kofi)), (0, 1), "who only held it has not solved it");
    }
}

#[test]
fn an_outcome_is_shared_out_among_those_who_answered() {
    for world in World::on_each_database() {
        let (mei, kofi) = (world.agent("Mei"), world.agent("Kofi"));
        let ticket = ticket(&world);
        answer(&world, mei, ticket, &"Here is what to look at first. ".repeat(20), None);
        answer(&world, kofi, ticket, &"And this is how it is set. ".repeat(20), Some(Status::Solved));
        world.advance(8 * DAY);
        world.run_jobs();
        let shares: Vec<(UserId, f64)> = world.read(|tx| {
            tx.list(
                "select user_id, share from evidence where kind = 'outcome' order by user_id",
                params![],
                |row| Ok::<_, db::Error>((row.get(0)?, row.get(1)?)),
            )
        });
        assert_eq!(shares.iter().map(|it| it.0).collect::<Vec<_>>(), [mei, kofi], "on {}", world.name());
        assert!((shares[0].1 + shares[1].1 - 1.0).abs() < 1e-9 && shares[0].1 < shares[1].1, "{shares:?}");
        let moved = |user: UserId| {
            let row = &evidence(&world, user)[0];
            assert_eq!(row.observed, Observed::Outcome { for_good: true });
            row.moves[0].level_after - row.moves[0].level_before
        };
        assert!(moved(mei) > 0.0 && moved(mei) < moved(kofi), "who did more learns more");
        for user in [mei, kofi] {
            assert!(world.read(move |tx| skills::check_person(tx, user)).is_empty());
        }
        let kinds: Vec<(Option<String>, Option<String>)> = world.read(|tx| {
            tx.list(
                "select t.name, c.name from evidence e left join difficulty_keys t on t.id = e.topic_id
                 left join difficulty_keys c on c.id = e.channel_id where e.kind = 'outcome'",
                params![],
                |row| Ok::<_, db::Error>((row.get(0)?, row.get(1)?)),
            )
        });
        let kind = (Some("saml-and-sso".to_owned()), Some("email".to_owned()));
        assert_eq!(kinds, [kind.clone(), kind]);
    }
}

#[test]
fn time_spent_is_compared_with_like_work_and_never_counts_without_quality() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        let quick = |minutes: usize, holds: bool| {
            let ticket = ticket(&world);
            answer(&world, mei, ticket, "I look into it.", None);
            looks_at(&world, mei, ticket, minutes * 2 + 1, 30 * SECOND);
            answer(&world, mei, ticket, "It is set now.", Some(Status::Solved));
            looks_at(&world, mei, ticket, 10, 30 * SECOND);
            if !holds {
                let mut update = UpdateTicket::of(ticket);
                update.status = Some(Status::Open);
                world.write_as(mei, move |tx| tickets::update(tx, &update));
            }
            world.advance(8 * DAY);
            world.run_jobs();
            ticket
        };
        let first = quick(4, true);
        let spent = world.read(move |tx| tickets::time_spent(tx, first));
        assert_eq!(
            spent,
            [(mei, 4 * 60 * SECOND)],
            "until it is solved, and not while nobody looked; on {}",
            world.name()
        );
        let times = || {
            let all = evidence(&world, mei);
            let ratio = |row: &EvidenceRow| match row.observed {
                Observed::HandleTime { ratio } => Some(ratio),
                _ => None,
            };
            all.iter().filter_map(ratio).collect::<Vec<f64>>()
        };
        assert!(times()[0] < 1.0, "{:?}", times());
        quick(4, false);
        assert_eq!(times().len(), 1, "what came back says nothing of speed");
        quick(40, true);
        assert!(times().len() == 2 && times()[0] > 1.0, "{:?}", times());
        assert!(world.read(move |tx| skills::check_person(tx, mei)).is_empty());
    }
}
