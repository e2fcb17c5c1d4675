//! Figures that others have published: each lies inside its published 95 % interval, at the published length of the run.
//!
//! Two runs of chance differ, so an interval is widened by the half-width of ours: together they hold the truth.

use floor::{Estimate, Report, Scenario, Simulator};

fn run(text: &str) -> Report {
    let scenario = Scenario::read(text).unwrap();
    Simulator::new(&scenario.floor).simulate(scenario.days, scenario.seed)
}

fn inside(what: &str, found: Estimate, low: f64, high: f64) {
    let own = found.half().unwrap();
    let agrees = found.mean + own >= low && found.mean - own <= high;
    assert!(agrees, "{what}: {:.4} ± {own:.4}, published {low}–{high}", found.mean);
    let published = 0.5 * (high - low);
    assert!(
        own < 1.6 * published.max(0.0006),
        "{what}: ± {own}, published ± {published}; the run is too short"
    );
}

#[test]
fn one_queue_from_an_empty_house() {
    let report = run(include_str!("../scenarios/mmc.toml"));
    inside("service level", report.whole.service_level.unwrap(), 0.900, 0.904);
    let wait = report.whole.wait_s.unwrap();
    let minutes = |it: f64| it / 60.0;
    assert!((0.097 - 0.003..=0.102 + 0.003).contains(&minutes(wait.mean)), "{wait:?}");
    // Published until the end of the day, without the time in which the last are served.
    inside("occupancy", report.groups[0].periods[0].occupancy.unwrap(), 0.694, 0.697);
    inside("in target", report.whole.good, 1812.6, 1819.7);
}

#[test]
fn customers_who_give_up() {
    let report = run(include_str!("../scenarios/abandonment.toml"));
    inside("abandoned", report.whole.abandoned, 57.66, 59.56);
    inside("service level", report.whole.service_level.unwrap(), 0.968, 0.969);
}

#[test]
fn five_waiting_places() {
    let report = run(include_str!("../scenarios/blocking.toml"));
    inside("blocked", report.whole.blocked, 18.05, 19.27);
    inside("service level", report.whole.service_level.unwrap(), 0.928, 0.930);
}

#[test]
fn three_types_two_groups() {
    let report = run(include_str!("../scenarios/simple_msk.toml"));
    inside("served", report.whole.served, 4270.2, 4324.5);
    inside("abandoned", report.whole.abandoned, 876.1, 944.5);
    inside("service level", report.whole.service_level.unwrap(), 0.494, 0.509);
    inside("occupancy", report.groups[0].day.occupancy.unwrap(), 0.877, 0.884);
    let published = [
        [(164.338, 175.970), (594.159, 604.509), (13.782, 17.198)],
        [(254.597, 271.275), (506.276, 517.020), (31.270, 38.124)],
        [(250.178, 269.434), (607.586, 619.878), (22.137, 27.639)],
    ];
    for (kind, periods) in published.into_iter().enumerate() {
        for (period, (low, high)) in periods.into_iter().enumerate() {
            let good = report.types[kind].periods[period].good;
            inside(&format!("type {kind}, period {period}"), good, low, high);
        }
    }
}

#[test]
fn a_second_group_after_twelve_seconds() {
    let report = run(include_str!("../scenarios/rerouting.toml"));
    inside("served", report.whole.served, 4247.5, 4301.3);
    inside("abandoned", report.whole.abandoned, 898.8, 967.6);
    inside("service level", report.whole.service_level.unwrap(), 0.572, 0.587);
    inside("occupancy", report.groups[0].day.occupancy.unwrap(), 0.880, 0.887);
    inside("type 0, period 0", report.types[0].periods[0].good, 296.9, 300.6);
    inside("type 1, period 2", report.types[1].periods[2].good, 117.6, 125.2);
}

#[test]
fn two_languages_and_customers_who_try_again() {
    let report = run(include_str!("../scenarios/bilingual.toml"));
    inside("arrivals", report.whole.arrivals, 5105.0, 5115.3);
    inside("retried", report.whole.retried, 105.8, 108.5);
    inside("served", report.whole.served, 4962.9, 4971.5);
    inside("abandoned", report.whole.abandoned, 141.2, 144.5);
    // Published per hour on the roster, without the minutes in which the last calls are finished.
    let busy = |group: usize, people: f64| {
        let it = report.groups[group].day.busy_hours;
        let share = |hours: f64| hours / (5.0 * 9.0 * people);
        Estimate { mean: share(it.mean), low: it.low.map(share), high: it.high.map(share) }
    };
    inside("English-only occupancy", busy(0, 7.0), 0.47563, 0.47684);
    inside("bilingual occupancy", busy(2, 4.0), 0.63197, 0.63310);
}

#[test]
fn calls_in_and_calls_out() {
    let report = run(include_str!("../scenarios/blending.toml"));
    let inbound = report.of_type("inbound").unwrap();
    let outbound = report.of_type("outbound").unwrap();
    inside("inbound served", inbound.day.served, 834.2, 852.8);
    inside("outbound served", outbound.day.served, 294.6, 303.1);
    inside("outbound abandoned", outbound.day.abandoned, 22.5, 23.5);
    inside("inbound abandoned", inbound.day.abandoned, 4.5, 5.7);
}
