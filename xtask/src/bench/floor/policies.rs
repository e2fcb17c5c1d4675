//! Policies on three floors with the same staff and the same customers.

use super::read;
use crate::Outcome;
use ::floor::{Batch, Estimate, Figure, Floor, LiveRules, PolicyKind, Simulator, difference};
use routing::engine::Rule;

const DAYS: u64 = 400;
const RULES: [(Rule, &str); 5] = [
    (Rule::LongestIdle, "longest idle"),
    (Rule::MostCapacity, "most capacity"),
    (Rule::FixedQueueRatio, "fixed queue ratio"),
    (Rule::GeneralisedCMu, "generalised cμ"),
    (Rule::ExpectedOutcome, "expected outcome (ours)"),
];

pub(super) fn compare(floors: &[&str]) -> Outcome {
    println!("| floor | policy | in time | mean wait | solved at first contact | rating | spread of load |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut verdicts = Vec::new();
    for text in floors {
        let scenario = read(text)?;
        let mut batches: Vec<Batch> = Vec::new();
        for (rule, name) in RULES {
            let floor = Floor { policy: PolicyKind::Live(LiveRules::by(rule)), ..scenario.floor.clone() };
            let simulator = Simulator::new(&floor);
            let batch = simulator.batch(DAYS, scenario.seed);
            let report = simulator.report(scenario.seed, &batch);
            let it = &report.whole;
            println!(
                "| {} | {name} | {} % | {} s | {} % | {} | {} |",
                scenario.floor.name,
                told(it.service_level, 100.0, 1),
                told(it.wait_s, 1.0, 1),
                told(it.resolution, 100.0, 1),
                told(it.satisfaction, 1.0, 3),
                told(report.staff.spread, 1.0, 3),
            );
            batches.push(batch);
        }
        let ours = &batches[RULES.len() - 1];
        for ((_, name), other) in RULES.iter().zip(&batches).take(RULES.len() - 1) {
            // How far the other lies above ours, in points.
            let above = |figure| {
                difference(ours, other, figure).map(|it| (100.0 * it.mean, 100.0 * it.half().unwrap_or(0.0)))
            };
            if let (Some(level), Some(solved)) = (above(Figure::ServiceLevel), above(Figure::Resolution)) {
                let dominates = level.0 - level.1 > 0.0 && solved.0 - solved.1 > 0.0;
                verdicts.push(format!(
                    "{}: {name} against ours: in time {:+.2} ± {:.2}, solved {:+.2} ± {:.2} points{}",
                    scenario.floor.name,
                    level.0,
                    level.1,
                    solved.0,
                    solved.1,
                    if dominates { ". It dominates ours" } else { "" }
                ));
            }
        }
    }
    println!("\nOn the same days with the same customers ({DAYS} days; ± is a 95 % interval):\n");
    verdicts.iter().for_each(|it| println!("- {it}"));
    println!();
    Ok(())
}

fn told(it: Option<Estimate>, scale: f64, decimals: usize) -> String {
    it.map_or("–".to_owned(), |it| {
        format!("{:.decimals$} ± {:.decimals$}", it.mean * scale, it.half().unwrap_or(f64::NAN) * scale)
    })
}
