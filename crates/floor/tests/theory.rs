//! Floors that have exact answers or known shapes: pooling, queue ratios, chats, common random numbers.

use floor::classic::{Skills, chats, contact_type, group, n_model, pooling, steady};
use floor::*;
use routing::engine::Rule;

fn agrees(what: &str, found: Estimate, exact: f64, slack: f64) {
    let half = found.half().unwrap() * 1.6 + slack;
    assert!((found.mean - exact).abs() <= half, "{what}: {} ± {half}, exact {exact}", found.mean);
}

const MINUTE: f64 = 60.0;

fn blocked_and_wait(skills: Skills) -> (f64, Estimate) {
    let report = Simulator::new(&pooling(skills)).simulate(60, 5);
    (100.0 * report.whole.blocked.mean / report.whole.arrivals.mean, report.whole.wait_s.unwrap())
}

#[test]
fn two_skills_bring_most_of_what_six_bring() {
    let one = blocked_and_wait(Skills::OwnOnly);
    let two = blocked_and_wait(Skills::SpreadPairs);
    let three = blocked_and_wait(Skills::SpreadTriples);
    let six = blocked_and_wait(Skills::All);
    let chain = blocked_and_wait(Skills::Chain);
    let told = [
        ("one", one, 3.88, 2.448),
        ("two", two, 0.433, 0.593),
        ("three", three, 0.366, 0.476),
        ("six", six, 0.364, 0.450),
        ("chain", chain, f64::NAN, 0.720),
    ];
    for (name, (blocked, wait), blocked_told, wait_told) in told {
        let (wait_min, half) = (wait.mean / MINUTE, wait.half().unwrap() / MINUTE);
        assert!(
            (wait_min - wait_told).abs() < 0.04 * wait_told + 2.0 * half,
            "{name}: {wait_min} ± {half} min"
        );
        if blocked_told.is_finite() {
            assert!(
                (blocked - blocked_told).abs() < 0.05 + 0.04 * blocked_told,
                "{name}: {blocked} % blocked"
            );
        }
    }
    let benefit = (one.1.mean - two.1.mean) / (one.1.mean - six.1.mean);
    assert!((benefit - 0.928).abs() < 0.02, "two skills bring {benefit}");
}

#[test]
fn who_holds_one_chat_at_a_time_is_erlang_a() {
    let (per_s, service, patience) = (0.5, 60.0, 90.0);
    let exact =
        ErlangA { arrivals: per_s, service_mean: service, patience_mean: patience, servers: 31 }.figures();
    let report = Simulator::new(&chats(31, 1, per_s, service, patience)).simulate(40, 3);
    agrees("gives up", report.whole.abandonment.unwrap(), exact.p_abandon, 0.0);
    agrees("waits", report.whole.waiting.unwrap(), exact.p_wait, 0.0);
    agrees("mean wait", report.whole.wait_all_s.unwrap(), exact.mean_wait, 0.0);
    agrees("occupancy", report.staff.occupancy.unwrap(), exact.utilisation, 0.0);
    let in_time = exact.answered_within(20.0);
    let good = report.whole.good.mean / report.whole.arrivals.mean;
    assert!((good - in_time).abs() < 0.005, "{good} for {in_time}");
}

#[test]
fn chats_that_do_not_slow_each_other_are_erlang_a_with_more_people() {
    let (per_s, service, patience) = (0.5, 60.0, 90.0);
    let exact =
        ErlangA { arrivals: per_s, service_mean: service, patience_mean: patience, servers: 30 }.figures();
    let report = Simulator::new(&chats(10, 3, per_s, service, patience)).simulate(40, 3);
    agrees("gives up", report.whole.abandonment.unwrap(), exact.p_abandon, 0.0);
    agrees("waits", report.whole.waiting.unwrap(), exact.p_wait, 0.0);
    agrees("mean wait", report.whole.wait_all_s.unwrap(), exact.mean_wait, 0.0);
}

#[test]
fn two_chats_at_half_the_pace_are_one_server() {
    // One person: the number in the house is that of M/M/1, and only the third of three waits.
    let types = vec![contact_type("chat", 0.007, 100.0, None, vec![vec![0]])];
    let desk = Group { at_once: 2, pace: vec![1.0, 0.5], ..group("desk", 1, vec![]) };
    let report = Simulator::new(&steady(types, vec![desk], 400_000.0, 50_000.0)).simulate(40, 3);
    agrees("waits", report.whole.waiting.unwrap(), 0.7 * 0.7, 0.0);
    agrees("busy", report.staff.occupancy.unwrap(), 0.7, 0.0);
}

#[test]
fn queues_keep_their_ratio_the_better_the_larger_the_floor() {
    let deviations =
        [25, 100, 400].map(|n| Simulator::new(&n_model(n)).simulate(40, 2).queue_deviation.unwrap());
    assert!(deviations[0] > deviations[1] && deviations[1] > deviations[2], "{deviations:?}");
    assert!(deviations[0] < 0.12 && deviations[2] < 0.05, "{deviations:?}");
}

#[test]
fn the_same_seed_gives_the_same_days_however_they_are_cut() {
    let scenario = Scenario::read(include_str!("../scenarios/simple_msk.toml")).unwrap();
    let simulator = Simulator::new(&scenario.floor);
    let whole = simulator.simulate(40, 9);
    let parts = simulator.parts(40).into_iter().rev().map(|part| simulator.live(9, part, &mut |_| {}));
    let mut parts: Vec<Batch> = parts.collect();
    parts.reverse();
    let again = simulator.report(9, &simulator.gather(parts));
    assert_eq!(serde_json::to_string(&whole).unwrap(), serde_json::to_string(&again).unwrap());
    assert_ne!(whole.whole.served, simulator.simulate(40, 10).whole.served);
}

#[test]
fn common_random_numbers_sharpen_a_comparison() {
    let scenario = Scenario::read(include_str!("../scenarios/simple_msk.toml")).unwrap();
    let mut more = scenario.floor.clone();
    more.groups[0].staff[0] += 1;
    let (before, after) =
        (Simulator::new(&scenario.floor).batch(200, 4), Simulator::new(&more).batch(200, 4));
    let gain = difference(&before, &after, Figure::ServiceLevel).unwrap();
    assert!(gain.low.unwrap() > 0.0, "one person more helps: {gain:?}");
    let factor = variance_reduction(&before, &after, Figure::ServiceLevel).unwrap();
    assert!(factor > 4.0, "variance cut {factor} times");
}

#[test]
fn nobody_is_lost() {
    for text in [
        include_str!("../scenarios/simple_msk.toml"),
        include_str!("../scenarios/bilingual.toml"),
        include_str!("../scenarios/blending.toml"),
        include_str!("../scenarios/blocking.toml"),
    ] {
        let scenario = Scenario::read(text).unwrap();
        let it = Simulator::new(&scenario.floor).simulate(5, 1).whole;
        let ended = it.served.mean + it.abandoned.mean + it.blocked.mean + it.sent_away.mean;
        assert!(
            (it.arrivals.mean - ended).abs() < 1e-9,
            "{}: {} came, {ended} ended",
            scenario.floor.name,
            it.arrivals.mean
        );
    }
}

#[test]
fn every_policy_serves_the_same_customers() {
    let scenario = Scenario::read(include_str!("../scenarios/simple_msk.toml")).unwrap();
    let policies = [
        PolicyKind::Lists,
        PolicyKind::LongestIdle,
        PolicyKind::MostCapacity,
        PolicyKind::QueueRatio,
        PolicyKind::CostOfWaiting { overloaded: false },
        PolicyKind::CostOfWaiting { overloaded: true },
        PolicyKind::Live(LiveRules::by(Rule::LongestIdle)),
        PolicyKind::Live(LiveRules::by(Rule::ExpectedOutcome)),
    ];
    let served = policies.map(|policy| {
        let floor = Floor { policy, ..scenario.floor.clone() };
        let it = Simulator::new(&floor).simulate(6, 1).whole;
        assert!((it.arrivals.mean - it.served.mean - it.abandoned.mean).abs() < 1e-9);
        (it.arrivals.mean, it.served.mean)
    });
    assert!(served.iter().all(|it| it.0 == served[0].0), "{served:?}");
    let (least, most) = served.iter().fold((f64::MAX, 0.0_f64), |at, it| (at.0.min(it.1), at.1.max(it.1)));
    assert!(most / least < 1.1, "{served:?}");
}

/// The live engine, told to serve the longest waiting by the longest idle, does what the simulator's own lists do.
#[test]
fn the_live_engine_and_the_lists_agree_on_the_same_rule() {
    for (text, days) in [
        (include_str!("../scenarios/simple_msk.toml"), 10),
        (include_str!("../scenarios/blocking.toml"), 10),
        (include_str!("../scenarios/abandonment.toml"), 10),
        (include_str!("../scenarios/bilingual.toml"), 4),
    ] {
        let mut scenario = Scenario::read(text).unwrap();
        for kind in &mut scenario.floor.types {
            // One tier of equals: the engine's rule knows no order of groups.
            let groups = kind.tiers.iter().flat_map(|it| it.groups.clone()).collect();
            kind.tiers = vec![Tier { groups, after_s: 0.0, pick: Pick::LongestIdle }];
        }
        let live = PolicyKind::Live(LiveRules::by(Rule::LongestIdle));
        let lists = Simulator::new(&scenario.floor).simulate(days, 1);
        let floor = Floor { policy: live, ..scenario.floor.clone() };
        let live = Simulator::new(&floor).simulate(days, 1);
        let name = &scenario.floor.name;
        let near = |what: &str, one: f64, other: f64| {
            assert!((one - other).abs() <= 0.01 * one.abs() + 0.01, "{name}, {what}: {one} and {other}");
        };
        near("served", lists.whole.served.mean, live.whole.served.mean);
        near("gave up", lists.whole.abandonment.unwrap().mean, live.whole.abandonment.unwrap().mean);
        near("good", lists.whole.service_level.unwrap().mean, live.whole.service_level.unwrap().mean);
        near("wait", lists.whole.wait_s.unwrap().mean, live.whole.wait_s.unwrap().mean);
    }
}
