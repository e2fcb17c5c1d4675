//! One month of a real call centre: fitted on its first days, lived on the others, compared by hour.

use crate::{Outcome, shell};
use ::floor::classic::{contact_type, group};
use ::floor::fit::{Seen, patience, service, staff, wrap_up};
use ::floor::forecast::{self, BacktestSettings, backtest};
use ::floor::{Arrivals, Clock, Closing, Floor, Group, LiveRules, PolicyKind, Simulator, Time};
use routing::engine::Rule;
use std::collections::BTreeMap;

const FILE: &str = "../shared/data/call-centre/data_anonymous_bank_february.txt";
const OPENS_S: f64 = 7.0 * 3_600.0;
const PERIOD_S: f64 = 900.0;
const PERIODS: usize = 68;
const PERIODS_PER_HOUR: usize = 4;
/// Types as they are told; all others together.
const TYPES: [&str; 4] = ["PS", "NW", "NE", "other"];
/// A day with fewer calls is a holiday or the eve of one.
const CALLS_LEAST: usize = 300;
/// After how long without a call somebody may be counted as away; the best on the first days is taken.
const AWAY_MINUTES: [f64; 8] = [3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0];
const LIVES_PER_DAY: u64 = 40;

type Day = Vec<(usize, Seen)>;

/// What the first days say, by type.
struct Fit {
    patience: Vec<Option<Time>>,
    service: Vec<Option<Time>>,
    /// What people do between calls, by the minutes after which they count as away.
    wrap_ups: Vec<(f64, Option<Time>)>,
    /// By person: the types they serve, one bit each.
    serves: BTreeMap<usize, usize>,
}

/// Somebody serves a type if it is at least this share of their calls.
const SERVES_SHARE: f64 = 0.04;
const SERVES_ALL: usize = (1 << TYPES.len()) - 1;

impl Fit {
    fn of(days: &[Day]) -> Fit {
        let of_type = |at: usize| -> Vec<Seen> {
            days.iter().flatten().filter(|it| it.0 == at).map(|it| it.1).collect()
        };
        let plain: Vec<Vec<Seen>> = days.iter().map(|day| day.iter().map(|it| it.1).collect()).collect();
        let mut calls: BTreeMap<usize, [f64; TYPES.len()]> = BTreeMap::new();
        for (kind, it) in days.iter().flatten() {
            if let Some(person) = it.person {
                calls.entry(person).or_default()[*kind] += 1.0;
            }
        }
        let serves = |of: &[f64; TYPES.len()]| {
            let least = SERVES_SHARE * of.iter().sum::<f64>();
            (0..TYPES.len()).filter(|at| of[*at] >= least).fold(0, |bits, at| bits | 1 << at)
        };
        Fit {
            serves: calls.iter().map(|(person, of)| (*person, serves(of))).collect(),
            patience: (0..TYPES.len()).map(|at| patience(&of_type(at))).collect(),
            service: (0..TYPES.len()).map(|at| service(&of_type(at))).collect(),
            wrap_ups: AWAY_MINUTES.iter().map(|away| (*away, wrap_up(&plain, 60.0 * away))).collect(),
        }
    }
}

/// Of one hour, or one policy.
#[derive(Clone, Copy, Default)]
struct Sums {
    calls: f64,
    gave_up: f64,
    wait_s: f64,
}

pub(super) fn compare() -> Outcome {
    let path = shell::root().join(FILE);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("The month of calls is not here ({FILE}).\n");
        return Ok(());
    };
    let days = read(&text);
    let (fitted, tested) = days.split_at(days.len() / 2);
    let fit = Fit::of(fitted);
    let actual = |days: &[Day]| hours(days);
    let total = |sums: &[Sums]| sums.iter().fold(Sums::default(), plus);
    let mean_wait = |it: Sums| it.wait_s / it.calls;
    let wanted = mean_wait(total(&actual(fitted)));
    let mut best = (f64::INFINITY, AWAY_MINUTES[0]);
    for away in AWAY_MINUTES {
        let found = mean_wait(total(&live(fitted, &fit, away, &PolicyKind::Lists, 4)));
        println!(
            "- fitted days, away after {away} min: simulated mean wait {found:.0} s, seen {wanted:.0} s"
        );
        if (found - wanted).abs() < best.0 {
            best = ((found - wanted).abs(), away);
        }
    }
    println!(
        "\n{} days fitted, {} days tested; people are away after {} min without a call.\n",
        fitted.len(),
        tested.len(),
        best.1
    );
    println!(
        "| hour | calls | wait seen | wait simulated | gave up seen | gave up simulated |\n| --- | --- | --- | --- | --- | --- |"
    );
    let seen = actual(tested);
    let found = live(tested, &fit, best.1, &PolicyKind::Lists, LIVES_PER_DAY);
    let line = |name: &str, seen: Sums, found: Sums| {
        println!(
            "| {name} | {:.0} | {:.0} s | {:.0} s | {:.1} % | {:.1} % |",
            seen.calls,
            mean_wait(seen),
            mean_wait(found),
            100.0 * seen.gave_up / seen.calls,
            100.0 * found.gave_up / found.calls
        );
    };
    for (hour, (seen, found)) in seen.iter().zip(&found).enumerate().filter(|(_, it)| it.0.calls > 0.0) {
        line(&format!("{:02}–{:02}", hour + 7, hour + 8), *seen, *found);
    }
    line("all", total(&seen), total(&found));
    println!("\n| policy on the tested days' real arrivals | mean wait | gave up |\n| --- | --- | --- |");
    let live_by = |rule| PolicyKind::Live(LiveRules::by(rule));
    for (name, policy) in [
        ("first come first served", PolicyKind::Lists),
        ("queue ratio", PolicyKind::QueueRatio),
        ("cost of waiting", PolicyKind::CostOfWaiting { overloaded: false }),
        ("cost of waiting, overloaded", PolicyKind::CostOfWaiting { overloaded: true }),
        ("live: longest idle", live_by(Rule::LongestIdle)),
        ("live: expected outcome (ours)", live_by(Rule::ExpectedOutcome)),
    ] {
        let it = total(&live(tested, &fit, best.1, &policy, 10));
        println!("| {name} | {:.1} s | {:.2} % |", mean_wait(it), 100.0 * it.gave_up / it.calls);
    }
    println!();
    Ok(())
}

/// Calls by day and hour, forecast again every day from the third week on, one week ahead.
pub(super) fn forecast() -> Outcome {
    let path = shell::root().join(FILE);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("The month of calls is not here ({FILE}).\n");
        return Ok(());
    };
    let days = counted(&text);
    let settings = BacktestSettings::usual(days.len());
    let found = backtest(&days, settings).ok_or("the month is too short")?;
    println!(
        "{} days, forecast as of {} of them, {} days ahead.\n\n| | | WAPE | MASE | bias | in 80 % | in 95 % |\n| --- | --- | --- | --- | --- | --- | --- |",
        days.len(),
        found.origins,
        found.horizon_days
    );
    for (name, it) in [("hours", found.by_period), ("days", found.by_day)] {
        let inside = [format!("{:.1} %", 100.0 * it.within_80), format!("{:.1} %", 100.0 * it.within_95)];
        let none = [String::new(), String::new()];
        for (which, score, inside) in [
            ("forecast", it.model, inside),
            ("as last week", it.last_week, none.clone()),
            ("mean of four weeks", it.four_weeks, none),
        ] {
            let (wape, bias) = (100.0 * score.wape, 100.0 * score.bias);
            println!(
                "| {name} | {which} | {wape:.1} % | {:.2} | {bias:+.1} % | {} | {} |",
                score.mase, inside[0], inside[1]
            );
        }
    }
    println!();
    Ok(())
}

/// All calls that reached the machine, by date and hour of the day.
fn counted(text: &str) -> Vec<forecast::Day> {
    const FEBRUARY_1999: &str = "9902";
    let mut days: Vec<forecast::Day> = (0..28)
        .map(|at| forecast::Day { weekday: (at % 7) as u8, is_holiday: false, counts: vec![0; 24] })
        .collect();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let (Some(date), Some(entered)) = (cells.get(5), cells.get(6)) else { continue };
        let day = date.strip_prefix(FEBRUARY_1999).and_then(|it| it.parse::<usize>().ok());
        let hour = moment(entered).map(|it| (it / 3_600.0) as usize);
        // The first of February 1999 was a Monday.
        if let (Some(day @ 1..=28), Some(hour @ 0..24)) = (day, hour) {
            days[day - 1].counts[hour] += 1;
        }
    }
    days
}

fn plus(sum: Sums, more: &Sums) -> Sums {
    Sums {
        calls: sum.calls + more.calls,
        gave_up: sum.gave_up + more.gave_up,
        wait_s: sum.wait_s + more.wait_s,
    }
}

fn read(text: &str) -> Vec<Day> {
    let mut days: BTreeMap<&str, Day> = BTreeMap::new();
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let &[_, _, _, _, kind, date, _, vru_exit, _, q_start, _, q_time, outcome, _, _, ser_time, server] =
            cells.as_slice()
        else {
            continue;
        };
        let waited_s: f64 = q_time.parse().unwrap_or(0.0);
        // Whoever hung up before the queue began asked nobody.
        if outcome == "PHANTOM" || (outcome == "HANG" && waited_s <= 0.0) {
            continue;
        }
        let arrived = if waited_s > 0.0 { q_start } else { vru_exit };
        let Some(mut arrived_s) = moment(arrived) else { continue };
        arrived_s -= OPENS_S;
        if arrived_s < 0.0 {
            arrived_s += 86_400.0;
        }
        if arrived_s >= PERIOD_S * PERIODS as f64 {
            continue;
        }
        let service_s = (outcome == "AGENT").then(|| ser_time.parse().unwrap_or(0.0));
        let count = people.len();
        let person =
            (outcome == "AGENT" && server != "NO_SERVER").then(|| *people.entry(server).or_insert(count));
        let kind = TYPES.iter().position(|it| *it == kind).unwrap_or(TYPES.len() - 1);
        days.entry(date).or_default().push((kind, Seen { arrived_s, waited_s, service_s, person }));
    }
    days.into_values().filter(|it| it.len() >= CALLS_LEAST).collect()
}

fn moment(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|it| it.parse::<f64>().ok());
    Some(parts.next()?? * 3_600.0 + parts.next()?? * 60.0 + parts.next()??)
}

fn hours(days: &[Day]) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); PERIODS / PERIODS_PER_HOUR];
    for (_, it) in days.iter().flatten() {
        let sum = &mut sums[(it.arrived_s / 3_600.0) as usize];
        sum.calls += 1.0;
        sum.wait_s += it.waited_s;
        sum.gave_up += f64::from(u8::from(it.service_s.is_none()));
    }
    sums
}

/// Each day with its own arrivals and its own people; service and patience from the fitted days.
fn live(days: &[Day], fit: &Fit, away_min: f64, policy: &PolicyKind, lives: u64) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); PERIODS / PERIODS_PER_HOUR];
    for day in days {
        let mut people: Vec<(usize, Vec<u32>)> = Vec::new();
        for bits in 1..=SERVES_ALL {
            let theirs = |person: usize| fit.serves.get(&person).copied().unwrap_or(SERVES_ALL) == bits;
            let seen: Vec<Seen> =
                day.iter().map(|it| it.1).filter(|it| it.person.is_some_and(theirs)).collect();
            if !seen.is_empty() {
                people.push((bits, staff(&seen, PERIOD_S, PERIODS, 60.0 * away_min)));
            }
        }
        let after = fit.wrap_ups.iter().find(|it| it.0 == away_min).and_then(|it| it.1.clone());
        let floor = floor(day, fit, after, people, policy);
        let report = Simulator::new(&floor).simulate(lives, 11);
        for (period, sum) in (0..PERIODS).map(|it| (it, it / PERIODS_PER_HOUR)) {
            for kind in &report.types {
                let it = &kind.periods[period];
                sums[sum].calls += it.arrivals.mean;
                sums[sum].gave_up += it.abandoned.mean;
                sums[sum].wait_s +=
                    it.wait_all_s.map_or(0.0, |wait| wait.mean * (it.served.mean + it.abandoned.mean));
            }
        }
    }
    sums
}

fn floor(
    day: &Day,
    fit: &Fit,
    after: Option<Time>,
    people: Vec<(usize, Vec<u32>)>,
    policy: &PolicyKind,
) -> Floor {
    let types = TYPES.iter().enumerate().map(|(at, name)| {
        let mut kind = contact_type(name, 0.0, 1.0, None, vec![]);
        kind.patience = fit.patience[at].clone();
        kind.wrap_up = after.clone();
        if let Some(service) = &fit.service[at] {
            kind.service = service.clone();
        }
        let mut moments: Vec<f64> = day.iter().filter(|it| it.0 == at).map(|it| it.1.arrived_s).collect();
        moments.sort_by(f64::total_cmp);
        kind.arrivals = Arrivals::Moments(vec![moments]);
        kind
    });
    let clock = Clock {
        period_s: PERIOD_S,
        periods: PERIODS,
        opens_s: OPENS_S,
        warm_up_s: 0.0,
        closing: Closing::Drain,
        sends_away: false,
        hands_back: false,
        told: None,
    };
    let group_of = |(bits, staff): (usize, Vec<u32>)| {
        let served = (0..TYPES.len()).filter(|at| bits >> at & 1 == 1).collect();
        Group { staff, ..group(&format!("{bits:04b}"), 0, vec![served]) }
    };
    Floor {
        name: "bank".to_owned(),
        clock,
        types: types.collect(),
        groups: people.into_iter().map(group_of).collect(),
        dialers: vec![],
        busyness: None,
        lines: None,
        waiting_places: None,
        policy: policy.clone(),
        learning: None,
    }
    .completed()
}
