//! Days in a row under one policy, counted into a batch.

use std::ops::Range;

use super::{Facts, Simulation};
use crate::batch::Batch;
use crate::model::Floor;
use crate::policy::{CostOfWaiting, Lists, Live, LongestIdle, MostCapacity, Policy, PolicyKind, QueueRatio};

/// Which days to live, by which chance.
pub(crate) struct Task {
    pub seed: u64,
    pub days: Range<u64>,
    /// After so many days the waits so far are one part, for intervals of quantiles.
    pub slice: u64,
}

/// Lives these days one after another. `progress` hears the number of every day that is done.
pub(crate) fn live_days(
    floor: &Floor,
    facts: &Facts,
    task: Task,
    batch: &mut Batch,
    progress: &mut dyn FnMut(u64),
) {
    match &floor.policy {
        PolicyKind::Lists => run(floor, facts, Lists::default(), task, batch, progress),
        PolicyKind::LongestIdle => run(floor, facts, LongestIdle, task, batch, progress),
        PolicyKind::MostCapacity => run(floor, facts, MostCapacity, task, batch, progress),
        PolicyKind::QueueRatio => run(floor, facts, QueueRatio::default(), task, batch, progress),
        PolicyKind::CostOfWaiting { overloaded } => {
            run(floor, facts, CostOfWaiting { overloaded: *overloaded }, task, batch, progress);
        }
        PolicyKind::Live(rules) => run(floor, facts, Live::new(rules.clone()), task, batch, progress),
    }
}

fn run<P: Policy>(
    floor: &Floor,
    facts: &Facts,
    policy: P,
    task: Task,
    batch: &mut Batch,
    progress: &mut dyn FnMut(u64),
) {
    let mut simulation = Simulation::new(floor, facts, policy, task.seed);
    let first = task.days.start;
    for day in task.days {
        simulation.live(day, day == first);
        batch.add(&simulation.totals);
        if (day - first + 1).is_multiple_of(task.slice) {
            batch.take_waits(&mut simulation.totals.waits);
        }
        progress(day);
    }
    batch.take_waits(&mut simulation.totals.waits);
    batch.events += simulation.events;
    batch.note_deviation(simulation.policy.deviation());
}
