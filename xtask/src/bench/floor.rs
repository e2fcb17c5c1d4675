//! `bench floor`: the simulator's speed, its figures beside published and exact ones, policies on three floors, and a real
//! month of calls.

mod bank;
mod policies;

use crate::Outcome;
use ::floor::classic::{Skills, chats, n_model, pooling};
use ::floor::{Change, ErlangA, Estimate, Figure, Floor, LiveRules, PolicyKind, Report, Scenario, Simulator};
use ::floor::{candidates, difference, variance_reduction};
use routing::engine::Rule;
use std::sync::OnceLock;
use std::time::Instant;

const ROUNDS: usize = 5;
const CANDIDATES: usize = 1_000;
static STARTED: OnceLock<Instant> = OnceLock::new();

const MMC: &str = include_str!("../../../crates/floor/scenarios/mmc.toml");
const ABANDONMENT: &str = include_str!("../../../crates/floor/scenarios/abandonment.toml");
const BLOCKING: &str = include_str!("../../../crates/floor/scenarios/blocking.toml");
const SIMPLE_MSK: &str = include_str!("../../../crates/floor/scenarios/simple_msk.toml");
const REROUTING: &str = include_str!("../../../crates/floor/scenarios/rerouting.toml");
const BILINGUAL: &str = include_str!("../../../crates/floor/scenarios/bilingual.toml");
const BLENDING: &str = include_str!("../../../crates/floor/scenarios/blending.toml");
const EVEN: &str = include_str!("../../../crates/floor/scenarios/even.toml");
const SKEWED: &str = include_str!("../../../crates/floor/scenarios/skewed.toml");
const UNDERSTAFFED: &str = include_str!("../../../crates/floor/scenarios/understaffed.toml");

pub fn run(arguments: &[String]) -> Outcome {
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|it| it == part);
    println!("\n## floor\n");
    if wanted("speed") {
        speed()?;
    }
    if wanted("published") {
        published()?;
    }
    if wanted("exact") {
        exact()?;
    }
    if wanted("worth") {
        worth()?;
    }
    if wanted("policies") {
        policies::compare(&[EVEN, SKEWED, UNDERSTAFFED])?;
    }
    if wanted("forecast") {
        bank::forecast()?;
    }
    if wanted("bank") {
        bank::compare()?;
    }
    Ok(())
}

pub(super) fn read(text: &str) -> Result<Scenario, String> {
    Scenario::read(text).map_err(|error| error.to_string())
}

/// Million events a second of processor time on one thread: the median and the best of several rounds.
fn rate(floor: &Floor, days: u64) -> (f64, f64) {
    let mut rates: Vec<f64> = (0..ROUNDS as u64)
        .map(|seed| {
            let started = processor_seconds();
            let events = Simulator::new(floor).batch(days, seed).events;
            events as f64 / (processor_seconds() - started) / 1e6
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    (rates[ROUNDS / 2], rates[ROUNDS - 1])
}

/// What this thread has used of a processor, from the kernel's own count; elsewhere, the time on the wall.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let used_ns = text.split_whitespace().next().and_then(|it| it.parse::<f64>().ok());
    used_ns.map_or_else(|| STARTED.get_or_init(Instant::now).elapsed().as_secs_f64(), |it| it / 1e9)
}

fn speed() -> Outcome {
    println!(
        "| floor, one thread | million events a second of processor time, median of {ROUNDS} | best | bar |\n| --- | --- | --- | --- |"
    );
    for (text, bar) in [(MMC, ""), (SIMPLE_MSK, "≥ 5"), (REROUTING, ""), (BILINGUAL, ""), (BLENDING, "")] {
        let scenario = read(text)?;
        let (median, best) = rate(&scenario.floor, 300);
        println!("| {} | {median:.1} | {best:.1} | {bar} |", scenario.floor.name);
    }
    let scenario = read(SIMPLE_MSK)?;
    let live = PolicyKind::Live(LiveRules::by(Rule::LongestIdle));
    let (median, best) = rate(&Floor { policy: live, ..scenario.floor }, 100);
    println!("| SimpleMSK by the live engine, longest idle | {median:.1} | {best:.1} | |");
    let scenario = read(EVEN)?;
    let (median, best) = rate(&scenario.floor, 200);
    println!(
        "| 24 people with beliefs by the live engine, expected outcome | {median:.1} | {best:.1} | ≥ 1 |\n"
    );
    Ok(())
}

/// A thousand candidates: every training of the skewed floor, to several levels.
fn worth() -> Outcome {
    let scenario = read(SKEWED)?;
    let levels = (0..).map(|at| 3.0 + 0.2 * f64::from(at));
    let changes: Vec<Change> =
        levels.take(11).flat_map(|level| candidates(&scenario, level)).take(CANDIDATES).collect();
    let started = processor_seconds();
    let told = ::floor::worth(&scenario.floor, &changes, Figure::ServiceLevel, 128, 20, 1, &mut |_| {});
    let seconds = processor_seconds() - started;
    let finalists = told.iter().filter(|it| it.is_finalist).count();
    println!("| screening | processor time | bar |\n| --- | --- | --- |");
    println!(
        "| {} changes of the skewed floor, live engine; {finalists} looked at for 128 days | {seconds:.1} s | < 60 s for 1,000 |\n",
        changes.len()
    );
    Ok(())
}

fn report(text: &str) -> Result<Report, String> {
    let scenario = read(text)?;
    Ok(Simulator::new(&scenario.floor).simulate(scenario.days, scenario.seed))
}

fn row(what: &str, found: Option<Estimate>, scale: f64, low: f64, high: f64) {
    let Some(found) = found else { return println!("| {what} | – | {low}–{high} | |") };
    let (mean, half) = (found.mean * scale, found.half().unwrap_or(f64::NAN) * scale);
    let agrees = if mean + half >= low && mean - half <= high { "yes" } else { "no" };
    println!("| {what} | {mean:.3} ± {half:.3} | {low}–{high} | {agrees} |");
}

fn published() -> Outcome {
    println!("| 1,000 days | ours | published 95 % interval | overlap |\n| --- | --- | --- | --- |");
    let it = report(MMC)?;
    row("MMC: answered within 20 s", it.whole.service_level, 1.0, 0.900, 0.904);
    row("MMC: mean wait, min", it.whole.wait_s, 1.0 / 60.0, 0.097, 0.102);
    row("MMC: occupancy until close", it.groups[0].periods[0].occupancy, 1.0, 0.694, 0.697);
    row("with abandonment: give up a day", Some(report(ABANDONMENT)?.whole.abandoned), 1.0, 57.66, 59.56);
    row("with blocking: blocked a day", Some(report(BLOCKING)?.whole.blocked), 1.0, 18.05, 19.27);
    let it = report(SIMPLE_MSK)?;
    row("SimpleMSK: served", Some(it.whole.served), 1.0, 4270.2, 4324.5);
    row("SimpleMSK: gave up", Some(it.whole.abandoned), 1.0, 876.1, 944.5);
    row("SimpleMSK: service level", it.whole.service_level, 1.0, 0.494, 0.509);
    row("SimpleMSK: occupancy of group 0", it.groups[0].day.occupancy, 1.0, 0.877, 0.884);
    let good = [
        [(164.3, 176.0), (594.2, 604.5), (13.8, 17.2)],
        [(254.6, 271.3), (506.3, 517.0), (31.3, 38.1)],
        [(250.2, 269.4), (607.6, 619.9), (22.1, 27.6)],
    ];
    for (kind, periods) in good.into_iter().enumerate() {
        for (period, (low, high)) in periods.into_iter().enumerate() {
            let found = it.types[kind].periods[period].good;
            row(&format!("SimpleMSK: good, type {kind}, period {period}"), Some(found), 1.0, low, high);
        }
    }
    let it = report(REROUTING)?;
    row("rerouting: served", Some(it.whole.served), 1.0, 4247.5, 4301.3);
    row("rerouting: service level", it.whole.service_level, 1.0, 0.572, 0.587);
    let it = report(BILINGUAL)?;
    row("bilingual: served a week", Some(it.whole.served), 1.0, 4962.9, 4971.5);
    row("bilingual: tried again", Some(it.whole.retried), 1.0, 105.8, 108.5);
    let it = report(BLENDING)?;
    row("call blending: inbound served", Some(it.types[0].day.served), 1.0, 834.2, 852.8);
    row("call blending: outbound served", Some(it.types[1].day.served), 1.0, 294.6, 303.1);
    println!();
    Ok(())
}

fn exact() -> Outcome {
    println!("| floor | ours | told |\n| --- | --- | --- |");
    let mut waits = Vec::new();
    for (name, skills, blocked, wait) in [
        ("1 skill", Skills::OwnOnly, 3.88, 2.448),
        ("2 skills, spread", Skills::SpreadPairs, 0.433, 0.593),
        ("2 skills, chain", Skills::Chain, f64::NAN, 0.720),
        ("3 skills", Skills::SpreadTriples, 0.366, 0.476),
        ("6 skills", Skills::All, 0.375, 0.456),
    ] {
        let it = Simulator::new(&pooling(skills)).simulate(200, 7).whole;
        let found = it.wait_s.ok_or("nobody was served")?;
        let (mean, half) = (found.mean / 60.0, found.half().unwrap_or(f64::NAN) / 60.0);
        let blocked_found = 100.0 * it.blocked.mean / it.arrivals.mean;
        println!(
            "| pooling, {name}: blocked, mean wait | {blocked_found:.3} %, {mean:.3} ± {half:.3} min | {}{wait} min |",
            if blocked.is_finite() { format!("{blocked} %, ") } else { String::new() }
        );
        waits.push(mean);
    }
    let benefit = 100.0 * (waits[0] - waits[1]) / (waits[0] - waits[4]);
    println!("| pooling: share of the benefit that two skills bring | {benefit:.1} % | 92.8 % |");
    for (n, told) in [(25, 0.083), (100, 0.061), (400, 0.039)] {
        let it = Simulator::new(&n_model(n)).simulate(200, 7).queue_deviation.ok_or("no queues")?;
        println!(
            "| queue ratio, N-model of {n}: deviation from the share ÷ all who wait | {it:.3} | {told} (its cells are not published) |"
        );
    }
    let (per_s, service, patience) = (0.5, 60.0, 90.0);
    for (people, at_once) in [(30, 1), (10, 3)] {
        let it = Simulator::new(&chats(people, at_once, per_s, service, patience)).simulate(200, 7).whole;
        let servers = people * at_once;
        let wanted = ErlangA { arrivals: per_s, service_mean: service, patience_mean: patience, servers }
            .figures()
            .p_abandon;
        let found = it.abandonment.ok_or("nobody came")?;
        let half = found.half().unwrap_or(f64::NAN);
        println!(
            "| {people} people, {at_once} chats each: give up | {:.4} ± {half:.4} | {wanted:.4} (Erlang A) |",
            found.mean
        );
    }
    let scenario = read(SIMPLE_MSK)?;
    let mut more = scenario.floor.clone();
    more.groups[0].staff[0] += 1;
    let (before, after) =
        (Simulator::new(&scenario.floor).batch(300, 4), Simulator::new(&more).batch(300, 4));
    let gain = difference(&before, &after, Figure::ServiceLevel).ok_or("no service level")?;
    let factor = variance_reduction(&before, &after, Figure::ServiceLevel).unwrap_or(f64::NAN);
    println!(
        "| SimpleMSK, one more person in the first two hours: service level | +{:.2} ± {:.2} points | variance cut {factor:.1}× by common random numbers |\n",
        100.0 * gain.mean,
        100.0 * gain.half().unwrap_or(f64::NAN)
    );
    Ok(())
}
