//! Learning on tickets, with somebody who helps, and the measured effect of a goal.

use super::*;
use desk::coaching::{CoachingError, Measure, SetLearning, TooLittle, views};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::{Hardness, Requirement, SetRequirements};

#[test]
fn a_helper_is_somebody_else_who_surely_can() {
    for world in World::on_each_database() {
        let (ana, ben, kofi, lea) =
            (world.agent("Ana"), world.agent("Ben"), world.agent("Kofi"), world.lead("Lea"));
        let calm = skill(&world, "de-escalation");
        let plan = plan(&world, lea, ana, vec![(calm, 3.0)]);
        let goal =
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0].goal.id;
        for n in 0..12 {
            let ticket = world.ticket("Went well");
            observe(&world, ben, calm, ticket, &format!("good:{n}"), solved(true));
        }
        let set = |helper: Option<UserId>| {
            world.try_as(lea, move |tx| coaching::set_learning(tx, &SetLearning { goal, helper }))
        };
        assert!(matches!(set(Some(ana)), Err(CoachingError::HelperIsWrong)));
        assert!(matches!(set(Some(kofi)), Err(CoachingError::HelperIsWrong)), "nothing is known of him");
        set(Some(ben)).expect("he can");
        let helpers = world.read_as(world.as_(lea), move |tx| views::helpers(tx, plan, calm)).unwrap();
        assert_eq!(helpers, [(ben, "Ben".to_owned())]);
        assert!(world.read(coaching::learners).is_empty(), "he is not here, on {}", world.name());
        world.write_as(lea, move |tx| coaching::reach_goal(tx, goal, true));
        assert!(matches!(set(Some(ben)), Err(CoachingError::GoalIsReached)));
    }
}

#[test]
fn the_effect_of_a_goal_is_measured_against_others_with_an_interval() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let people: Vec<UserId> = (0..6).map(|n| world.agent(&format!("Agent {n}"))).collect();
        let (ana, calm) = (people[0], skill(&world, "de-escalation"));
        let ticket = world.ticket("Any");
        // Before: six of ten stay solved, for everybody.
        let work = |period: &str, good: &dyn Fn(usize, usize) -> bool| {
            for n in 0..20 {
                world.advance(DAY);
                for (place, user) in people.iter().enumerate() {
                    observe(
                        &world,
                        *user,
                        calm,
                        ticket,
                        &format!("{period}:{place}:{n}"),
                        solved(good(place, n)),
                    );
                }
            }
        };
        work("before", &|place, n| (n + place) % 5 < 3);
        let plan = plan(&world, lea, ana, vec![(calm, 4.0)]);
        let effects = |world: &World| {
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0]
                .effects
                .clone()
        };
        let early = effects(&world);
        assert_eq!(early[0].measure, Measure::SolvedForGood);
        assert_eq!(early[0].missing, Some(TooLittle::After { have: 0, need: 8 }), "on {}", world.name());
        assert_eq!(early[1].missing, Some(TooLittle::Before { have: 0, need: 8 }), "nobody has rated");
        work("after", &|place, n| place == 0 || (n + place) % 5 < 3);
        let found = effects(&world)[0].clone();
        let effect = found.effect.expect("enough is known by now");
        assert!((effect.estimate - 0.4).abs() < 0.1, "{effect:?}");
        assert!(effect.interval.0 > 0.0 && effect.others == 5, "{effect:?}");
        assert_eq!((effect.outcomes_before, effect.outcomes_after, effect.unmatched), (20, 20, 0));
        assert!(found.weeks.first().unwrap().week < 0 && found.weeks.last().unwrap().week >= 2);
        let page = world.read_as(world.as_(lea), views::overview).unwrap();
        assert_eq!(page.average, None, "one is no average");
    }
}

#[test]
fn a_safe_ticket_that_comes_to_a_learner_names_who_helps() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let ticket = world.ticket("Went well");
        for n in 0..12 {
            observe(&world, ben, refunds, ticket, &format!("good:{n}"), solved(true));
        }
        let plan = plan(&world, lea, ana, vec![(refunds, 3.0)]);
        let goal =
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0].goal.id;
        world.write_as(lea, move |tx| coaching::set_learning(tx, &SetLearning { goal, helper: Some(ben) }));
        let here = |user: UserId, status: PresenceStatus| {
            let command = SetPresence { user, status };
            world.write_as(user, move |tx| routing::set_presence(tx, &command));
        };
        here(ben, PresenceStatus::Away);
        world.run_jobs();
        let needs = move |ticket: TicketId| SetRequirements {
            ticket,
            requirements: vec![Requirement {
                skill: refunds,
                level: 1.0,
                weight: 1.0,
                hardness: Hardness::Prefer,
            }],
        };
        let ask = |words: &str| {
            // It is understood before anybody is there to take it.
            here(ana, PresenceStatus::Away);
            let ticket = world.ticket(words);
            world.run_jobs();
            let command = needs(ticket);
            world.write(move |tx| skills::set_requirements(tx, &command));
            here(ana, PresenceStatus::Online);
            world.run_jobs();
            let holder = world.read(move |tx| desk::tickets::find_ticket(tx, ticket)).unwrap().assignee;
            assert_eq!(holder, Some(ana), "on {}", world.name());
            (ticket, world.read(move |tx| coaching::given_on(tx, ticket)))
        };
        let (ticket, given) = ask("Could you send me an invoice, please?");
        let given = given.expect("it is safe, and Ben is here");
        assert_eq!((given.user, given.helper_name.as_str()), (ana, "Ben"), "on {}", world.name());
        let page = world.read_as(world.as_(ana), move |tx| views::plan_page(tx, plan)).unwrap();
        assert_eq!(page.goals[0].given[0].ticket, ticket);
        let (_, angry) = ask("You are thieves! I will sue you, this is outrageous!");
        assert_eq!(angry, None, "nobody learns on an angry customer");
        here(ben, PresenceStatus::Offline);
        world.run_jobs();
        let (_, alone) = ask("Another invoice, please.");
        assert_eq!(alone, None, "nobody is here to help");
        let drop = world.try_as(lea, move |tx| coaching::drop_goal(tx, goal));
        assert!(matches!(drop, Err(CoachingError::GoalWasUsed)));
    }
}
