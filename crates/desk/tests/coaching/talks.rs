//! Talks: who is invited, whose time they are told in, and what else is at the same time.

use super::*;
use desk::CoachingSessionId;
use desk::coaching::{CoachingError, PlanSession, views};

#[test]
fn whoever_did_not_plan_a_talk_is_invited_in_their_own_time_and_hears_when_it_is_off() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        reads(&world, ana, "de", "Europe/Berlin");
        let plan = plan(&world, lea, ana, vec![]);
        world.run_jobs();
        letters(&world);
        let planned = |by: UserId, at: i64| {
            let command = PlanSession { plan, at, minutes: 45 };
            world.write_as(by, move |tx| coaching::plan_session(tx, &command))
        };
        let at = world.now() + DAY;
        let dropped = planned(lea, at);
        world.write_as(lea, move |tx| coaching::drop_session(tx, dropped));
        planned(lea, world.now() - DAY);
        let talk = planned(lea, at);
        world.advance(2 * 60_000);
        world.run_jobs();
        let told = letters(&world);
        assert_eq!(told.len(), 1, "not of what was taken off or is over: {told:?} on {}", world.name());
        let (to, subject, text) = &told[0];
        assert_eq!(to, "ana@desk.example");
        assert!(
            subject.starts_with("Ein Gespräch mit Lea: ") && subject.ends_with("(Europe/Berlin)"),
            "{subject}"
        );
        assert!(text.contains(&format!("/coaching/plans/{plan}")), "{text}");
        assert!(text.contains(&format!("/coaching/sessions/{talk}/calendar")), "{text}");
        let (own, kim) = (world.as_(ana), world.as_(world.agent("Kim")));
        assert_eq!(world.read_as(own, move |tx| coaching::talk_of(tx, talk)).unwrap().coach_name, "Lea");
        let stranger = world.read_as(kim, move |tx| coaching::talk_of(tx, talk));
        assert!(matches!(stranger, Err(CoachingError::NoSuchSession)));
        world.run_jobs();
        assert!(letters(&world).is_empty(), "once");
        world.write_as(lea, move |tx| coaching::drop_session(tx, talk));
        let off = letters(&world);
        assert!(off.len() == 1 && off[0].1.starts_with("Kein Gespräch mit Lea"), "{off:?}");
    }
}

#[test]
fn two_talks_of_one_person_at_the_same_time_are_pointed_out_and_not_refused() {
    const MINUTE: i64 = 60_000;
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let (of_ana, of_ben) = (plan(&world, lea, ana, vec![]), plan(&world, lea, ben, vec![]));
        let at = world.now() + DAY;
        let planned = |plan: CoachingPlanId, by: UserId, at: i64, minutes: i64| {
            world.try_as(by, move |tx| coaching::plan_session(tx, &PlanSession { plan, at, minutes }))
        };
        for minutes in [0, 241, -30] {
            let refused = planned(of_ana, lea, at, minutes);
            assert!(matches!(refused, Err(CoachingError::MinutesAreWrong)), "{minutes}");
        }
        let first = planned(of_ana, ana, at, 45).expect("it fits");
        let busy = |plan: CoachingPlanId, session: CoachingSessionId| {
            let page = world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap();
            page.clashes.get(&session).cloned().unwrap_or_default()
        };
        assert!(busy(of_ana, first).is_empty());
        let next = planned(of_ben, ben, at + 45 * MINUTE, 30).expect("it begins when the other ends");
        assert!(busy(of_ana, first).is_empty() && busy(of_ben, next).is_empty(), "on {}", world.name());
        let second = planned(of_ben, ben, at + 30 * MINUTE, 5).expect("it is not refused");
        assert_eq!((busy(of_ana, first), busy(of_ben, second)), (vec![lea], vec![lea]));
        let names = world.read_as(world.as_(ben), move |tx| coaching::busy_at(tx, second)).unwrap();
        assert_eq!(names, [(lea, "Lea".to_owned())], "with whom, he is not told");
        let again = planned(of_ana, ana, at, 30).expect("nor is that");
        assert_eq!(busy(of_ana, again), [ana, lea]);
        world.write_as(lea, move |tx| coaching::hold_session(tx, first, true));
        world.write_as(lea, move |tx| coaching::drop_session(tx, again));
        assert!(busy(of_ben, second).is_empty(), "what was held, or called off, is in nobody's way");
    }
}

#[test]
fn one_plans_by_ones_own_clock_or_the_companys() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        reads(&world, ana, "en", "Asia/Manila");
        let own = world.read_as(world.as_(ana), coaching::zone_of_actor).unwrap();
        let desk = world.read(coaching::zone_of_actor);
        let company = world.read(desk::settings::company).time_zone;
        assert_eq!((own.as_str(), desk), ("Asia/Manila", company), "on {}", world.name());
    }
}
