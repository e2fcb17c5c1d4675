//! `cargo run --release -p floor --example floor_speed FILE [DAYS]`: events a second on one processor, and the main figures.
#![allow(clippy::print_stdout, reason = "it speaks to the person at the terminal")]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("say which scenario")?;
    let scenario = floor::Scenario::read(&std::fs::read_to_string(file)?)?;
    let days = arguments.next().map_or(Ok(scenario.days), |it| it.parse())?;
    let started = std::time::Instant::now();
    let report = floor::Simulator::new(&scenario.floor).simulate(days, scenario.seed);
    let seconds = started.elapsed().as_secs_f64();
    println!("{} events, {:.2} million a second", report.events, report.events as f64 / seconds / 1e6);
    let show = |name: &str, it: floor::Estimate| {
        println!("{name:>16} {:10.4} ± {:.4}", it.mean, it.half().unwrap_or(f64::NAN))
    };
    let t = &report.whole;
    for (name, it) in [
        ("arrivals", t.arrivals),
        ("served", t.served),
        ("abandoned", t.abandoned),
        ("blocked", t.blocked),
        ("sent away", t.sent_away),
        ("retried", t.retried),
        ("good", t.good),
    ] {
        show(name, it);
    }
    for (name, it) in [("service level", t.service_level), ("wait s", t.wait_s)] {
        it.into_iter().for_each(|it| show(name, it));
    }
    for group in &report.groups {
        group.day.occupancy.into_iter().for_each(|it| show(&group.name, it));
    }
    for kind in &report.types {
        show(&kind.name, kind.day.arrivals);
        println!(
            "{:?}",
            kind.periods.iter().take(4).map(|it| (it.good.mean * 10.0).round() / 10.0).collect::<Vec<_>>()
        );
    }
    Ok(())
}
