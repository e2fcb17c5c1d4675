//! Work that goes back: to the queue when somebody goes home, and to whoever knows it already.

use floor::{Arrivals, Floor, LiveRules, PolicyKind, Report, Scenario, Simulator};

const TEXT: &str = r#"
name = "handing"
[day]
period = "1 h"
periods = 4
[[type]]
name = "mail"
service = { mean = "10 min", shape = "constant" }
per_hour = 1
acceptable_wait = "30 min"
[[group]]
name = "early"
staff = [1, 0, 0, 0]
after_close = 0
[[group]]
name = "late"
staff = [0, 0, 1, 1]
after_close = 1
"#;

fn floor(policy: PolicyKind, moments: &[f64]) -> Floor {
    let mut floor = Scenario::read(TEXT).expect("it can be read").floor;
    floor.types[0].arrivals = Arrivals::Moments(vec![moments.to_vec()]);
    floor.policy = policy;
    floor
}

fn policies() -> [PolicyKind; 2] {
    [PolicyKind::Lists, PolicyKind::Live(LiveRules::default())]
}

fn lived(floor: &Floor) -> Report {
    Simulator::new(floor).simulate(2, 1)
}

fn served(report: &Report) -> Vec<f64> {
    report.groups.iter().map(|it| it.day.served.mean).collect()
}

#[test]
fn who_goes_home_finishes_or_hands_back() {
    for policy in policies() {
        // A hundred seconds before the early shift ends.
        let mut floor = floor(policy, &[3_500.0]);
        let stays = lived(&floor);
        assert_eq!(served(&stays), [1.0, 0.0], "{:?}", floor.policy);
        assert!(stays.whole.reply_s.is_some_and(|it| (it.mean - 600.0).abs() < 1.0));
        floor.clock.hands_back = true;
        let back = lived(&floor);
        assert_eq!((served(&back), back.whole.served.mean), (vec![0.0, 1.0], 1.0), "counted once");
        let wait = back.whole.wait_s.expect("it was served").mean;
        assert!((wait - 3_700.0).abs() < 1.0, "since it came, until the late shift: {wait}");
        assert!(back.whole.reply_s.is_some_and(|it| (it.mean - 4_300.0).abs() < 1.0), "begun anew");
        assert!(back.whole.service_level.is_some_and(|it| it.mean == 0.0), "the first start was no answer");
    }
}

#[test]
fn what_somebody_knows_is_theirs_while_they_are_here_whatever_they_hold() {
    for policy in policies() {
        let mut floor = floor(policy, &[100.0, 200.0, 8_000.0]);
        floor.groups[1].staff = vec![1, 1, 1, 1, 1];
        floor.types[0].known_by = vec![vec![Some(0), Some(0), Some(0)]];
        let report = lived(&floor);
        assert_eq!(served(&report), [2.0, 1.0], "the last came when they had gone: {:?}", floor.policy);
        assert_eq!(report.whole.wait_s.map(|it| it.mean), Some(0.0));
    }
}

#[test]
fn what_a_file_says_of_it_comes_back() {
    let text = TEXT.replace(
        "periods = 4",
        "periods = 4\nhands_back = true\n[learning]\nper_contact = 0.01\nforgetting = \"45 d\"",
    );
    let scenario = Scenario::read(&text).expect("it can be read");
    assert!(scenario.floor.clock.hands_back);
    let again = Scenario::read(&scenario.write()).expect("what is written can be read").floor;
    assert_eq!((again.clock, again.learning), (scenario.floor.clock, scenario.floor.learning));
    let wrong = Scenario::read(&text.replace("0.01", "1.5")).expect_err("no share");
    assert!(wrong.to_string().contains("per_contact"), "{wrong}");
}

const AGAIN: &str = r#"
name = "again"
[day]
period = "1 h"
periods = 4
[[type]]
name = "mail"
service = { mean = "10 min", shape = "constant" }
groups = ["ana"]
writes_again = [{ to = "answers", share = 1, after = { mean = "60 min", shape = "constant" } }]
[[type]]
name = "answers"
service = { mean = "10 min", shape = "constant" }
groups = [["ana", "bo"]]
[[group]]
name = "ana"
staff = [1, 1, 0, 0]
after_close = 0
[[group]]
name = "bo"
staff = 1
after_close = 1
"#;

#[test]
fn who_writes_again_finds_whoever_answered_while_they_are_there() {
    for policy in policies() {
        let mut floor = Scenario::read(AGAIN).expect("it can be read").floor;
        floor.policy = policy;
        floor.types[0].arrivals = Arrivals::Moments(vec![vec![0.0, 100.0]]);
        floor.groups[0].at_once = 2;
        let report = lived(&floor);
        assert_eq!(
            (served(&report), report.whole.arrivals.mean),
            (vec![4.0, 0.0], 4.0),
            "{:?}",
            floor.policy
        );
        // Answered at the end of the second hour, in which Ana goes home.
        floor.types[0].arrivals = Arrivals::Moments(vec![vec![6_000.0]]);
        assert_eq!(served(&lived(&floor)), [1.0, 1.0], "{:?}", floor.policy);
        // Nobody writes again after close.
        floor.types[0].arrivals = Arrivals::Moments(vec![vec![100.0, 200.0]]);
        floor.types[0].writes_again[0].after.mean_s = vec![4.0 * 3_600.0];
        assert_eq!(lived(&floor).whole.arrivals.mean, 2.0);
        let wrong = AGAIN.replace("share = 1,", "share = 1.5,");
        assert!(Scenario::read(&wrong).is_err_and(|it| it.message.contains("no share")));
    }
}

#[test]
fn what_nobody_may_have_at_first_waits_until_somebody_may() {
    let text = AGAIN.replace("groups = [\"ana\"]", "groups = [{ any_of = [\"ana\"], after = \"10 min\" }]");
    for policy in policies() {
        let mut floor = Scenario::read(&text).expect("it can be read").floor;
        floor.policy = policy;
        floor.types[0].writes_again.clear();
        floor.types[0].arrivals = Arrivals::Moments(vec![vec![0.0]]);
        let wait = lived(&floor).whole.wait_s.expect("it was served").mean;
        assert!((wait - 600.0).abs() < 1.0, "{wait} by {:?}", floor.policy);
    }
}
