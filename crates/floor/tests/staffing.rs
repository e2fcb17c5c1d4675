//! Staff for promises, and what changes are worth.

use floor::*;

#[test]
fn one_queue_gets_what_erlang_a_asks_for() {
    let text = include_str!("../scenarios/abandonment.toml").replace(
        "acceptable_wait = \"20 s\"",
        "promise = { answered = 0.8, within = \"20 s\", abandoned = 0.05 }",
    );
    let mut scenario = Scenario::read(&text).unwrap();
    scenario.days = 60;
    let plan = Plan::of(&scenario, &mut |_| {}).unwrap();
    let promise = Promise { answered_least: 0.8, within: 20.0, abandoned_most: 0.05 };
    let exact = least_servers(4.2 / 60.0, 120.0, Some(60.0), &promise);
    assert!(plan.staff[0][0].abs_diff(exact) <= 1, "{:?} for {exact}", plan.staff);
    assert!(plan.promises.iter().all(|it| it.is_kept));
}

#[test]
fn a_plan_keeps_its_promises_and_nobody_can_be_spared() {
    let mut scenario = Scenario::read(include_str!("../scenarios/staffing.toml")).unwrap();
    scenario.days = 12;
    let plan = Plan::of(&scenario, &mut |_| {}).unwrap();
    assert!(plan.promises.iter().all(|it| it.is_kept), "{:?}", plan.promises);
    let mut floor = scenario.floor.clone();
    for (kind, promise) in floor.types.iter_mut().zip(&scenario.promises) {
        kind.acceptable_s = promise.unwrap().within;
    }
    let periods = floor.clock.periods;
    let with = |staff: &[Vec<u32>]| {
        let mut floor = floor.clone();
        for (group, staff) in floor.groups.iter_mut().zip(staff) {
            group.staff = staff.clone();
            group.staff.push(staff[periods - 1]);
        }
        let report = Simulator::new(&floor).simulate(scenario.days, scenario.seed);
        report.types.iter().zip(&scenario.promises).all(|(kind, promise)| {
            let promise = promise.unwrap();
            kind.periods[..periods].iter().all(|it| {
                it.service_level.unwrap().mean >= promise.answered_least
                    && it.abandonment.unwrap().mean <= promise.abandoned_most
            })
        })
    };
    assert!(with(&plan.staff));
    for group in 0..plan.staff.len() {
        for period in 0..periods {
            let mut fewer = plan.staff.clone();
            if fewer[group][period] > 0 {
                fewer[group][period] -= 1;
                assert!(!with(&fewer), "one fewer in group {group}, period {period} would do");
            }
        }
    }
    assert!(plan.cover.iter().map(|it| it.people).sum::<u32>() > 0 && plan.cover_cost > 0.0);
}

#[test]
fn without_a_promise_there_is_nothing_to_staff_for() {
    let scenario = Scenario::read(include_str!("../scenarios/mmc.toml")).unwrap();
    assert_eq!(Plan::of(&scenario, &mut |_| {}).unwrap_err(), PlanError::NothingPromised);
}

#[test]
fn hiring_helps_where_work_waits_and_an_absence_hurts() {
    let scenario = Scenario::read(include_str!("../scenarios/simple_msk.toml")).unwrap();
    let changes = [
        Change::Hire { group: 0 },
        Change::Hire { group: 1 },
        Change::Away { group: 0 },
        Change::Away { group: 1 },
    ];
    let told = worth(&scenario.floor, &changes, Figure::ServiceLevel, 64, 4, 1, &mut |_| {});
    assert_eq!(told.len(), 4);
    for it in &told {
        let hires = it.candidate < 2;
        assert_eq!(it.effect.mean > 0.0, hires, "{told:?}");
    }
    assert!(told[0].effect.low.unwrap() > 0.0 && told[3].effect.high.unwrap() < 0.0);
}

const TWO_TEAMS: &str = r#"
name = "training"
[day]
period = "4 h"
periods = 1
[[type]]
name = "refunds"
per_hour = 70
service = { mean = "5 min" }
patience = { mean = "3 min" }
needs = [{ skill = "refunds", level = 3, must = true }]
[[type]]
name = "logins"
per_hour = 25
service = { mean = "5 min" }
patience = { mean = "3 min" }
needs = [{ skill = "logins", level = 3, must = true }]
[[group]]
name = "refunds team"
staff = 5
skills = { refunds = 4 }
[[group]]
name = "logins team"
staff = 5
skills = { logins = 4 }
"#;

fn two_teams() -> (Scenario, impl Fn(&str) -> skills::SkillId) {
    let scenario = Scenario::read(TWO_TEAMS).unwrap();
    let names = scenario.skills.clone();
    (scenario, move |name: &str| skills::SkillId(names.iter().position(|it| it == name).unwrap() as i64))
}

#[test]
fn training_opens_work_and_poor_candidates_are_left_early() {
    let (scenario, skill) = two_teams();
    let changes = [
        Change::Train { group: 1, skill: skill("refunds"), level: 4.0 },
        Change::Train { group: 0, skill: skill("logins"), level: 4.0 },
        Change::Away { group: 0 },
    ];
    let trained = changed(&scenario.floor, &changes[0]);
    assert_eq!(trained.groups.len(), 3);
    assert_eq!(trained.groups[2].serves, [[1, 0]]);
    assert_eq!((trained.groups[1].staff[0], trained.groups[2].staff[0]), (4, 1));
    let told = worth(&scenario.floor, &changes, Figure::ServiceLevel, 128, 1, 3, &mut |_| {});
    assert_eq!(told[0].candidate, 0, "refunds are short of hands: {told:?}");
    assert!(told[0].effect.low.unwrap() > 0.0);
    assert!(told.last().unwrap().days < 128, "{told:?}");
}

#[test]
fn somebody_new_has_what_they_meet_and_helps_most_where_hands_are_short() {
    let (scenario, skill) = two_teams();
    let with = |name: &str| {
        let (skill, level) = (skill(name), 4.0);
        let belief = skills::Belief::at_level(level, TRAINED_SD_LEVELS);
        Change::Join(Box::new(Group {
            name: name.to_owned(),
            staff: vec![1],
            serves: vec![],
            at_once: 1,
            pace: vec![1.0],
            time_factors: vec![],
            levels: vec![(skill, level)],
            beliefs: vec![skills::SkillBelief { skill, belief }],
            cost_per_hour: 1.0,
        }))
    };
    let changes = [with("logins"), with("refunds")];
    let joined = changed(&scenario.floor, &changes[1]);
    assert_eq!((joined.groups.len(), joined.groups[2].serves.as_slice()), (3, &[vec![0]][..]));
    assert_eq!(
        (&joined.types[0].tiers[0].groups[..], &joined.types[1].tiers[0].groups[..]),
        (&[0, 2][..], &[1][..])
    );
    assert_eq!(joined.groups[0].staff, scenario.floor.groups[0].staff, "nobody else moves");
    let told = worth(&scenario.floor, &changes, Figure::ServiceLevel, 64, 2, 3, &mut |_| {});
    assert_eq!(told[0].candidate, 1, "refunds are short of hands: {told:?}");
    assert!(told[0].effect.low.unwrap() > 0.0 && told[0].effect.mean > told[1].effect.mean);
}

#[test]
fn somebody_new_waits_with_the_others_until_work_gives_way() {
    let (mut scenario, _) = two_teams();
    scenario.floor.types[0].gives_way_s = Some(600.0);
    let floor = scenario.floor;
    let person = Group { name: "new".into(), staff: vec![1], ..floor.groups[1].clone() };
    let joined = changed(&floor, &Change::Join(Box::new(person)));
    let tiers = &joined.types[0].tiers;
    assert_eq!((tiers.len(), tiers[1].after_s, tiers[1].groups.as_slice()), (2, 600.0, &[2][..]));
    assert_eq!(joined.groups[2].serves, [[0, 1]]);
}
