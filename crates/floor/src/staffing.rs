//! The least staff that keeps every promise: a start by Erlang A, split by the square-root rule, mended by simulation.

use serde::Serialize;

use crate::batch::{Batch, Estimate};
use crate::cover::{Cover, CoverError, cover};
use crate::erlang::{Promise, least_servers};
use crate::model::Floor;
use crate::run::Simulator;
use crate::scenario::Scenario;
use crate::sim::count;

/// Rounds of adding people; a promise that is still broken then cannot be kept by more people.
const ROUNDS_MAX: u32 = 400;
/// Rounds of taking away.
const TRIMS_MAX: u32 = 4;
/// Share of days of which the worst are told.
const BAD_DAYS: f64 = 0.1;

/// Staff for every period, and what comes of it.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// By group and period.
    pub staff: Vec<Vec<u32>>,
    /// Of these people for a day, by the groups' cost an hour.
    pub cost: f64,
    pub promises: Vec<Kept>,
    pub cover: Vec<Cover>,
    pub cover_cost: f64,
    /// Days that were simulated.
    pub days: u64,
    pub notes: Vec<String>,
}

/// One promise in one period.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    pub kind: usize,
    pub period: usize,
    /// Share answered in time, of those served or gone later than that. None if nobody came.
    pub answered: Option<Estimate>,
    pub abandoned: Option<Estimate>,
    pub promised: f64,
    /// At most this share may give up.
    pub abandoned_most: f64,
    pub is_kept: bool,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error("no type makes a promise; write one, like promise = {{ answered = 0.8, within = \"20 s\" }}")]
    NothingPromised,
    #[error(
        "the promise of the type {kind:?} in period {period} is not kept by any number of people that was tried"
    )]
    CannotBeKept { kind: String, period: usize },
    #[error(transparent)]
    Cover(#[from] CoverError),
}

impl Plan {
    /// `progress` hears of every step in a few words. Every candidate meets the same customers.
    pub fn of(scenario: &Scenario, progress: &mut dyn FnMut(&str)) -> Result<Plan, PlanError> {
        if scenario.promises.iter().all(Option::is_none) {
            return Err(PlanError::NothingPromised);
        }
        let mut search = Search { scenario, floor: start(scenario), simulated: 0 };
        search.add(progress)?;
        search.trim(progress);
        let batch = search.live(&search.floor);
        let floor = &search.floor;
        let periods = floor.clock.periods;
        let staff: Vec<Vec<u32>> = floor.groups.iter().map(|it| it.staff[..periods].to_vec()).collect();
        let (cover, cover_cost) = cover(scenario, &staff)?;
        let mut notes = Vec::new();
        for (kind, promise) in scenario.promises.iter().enumerate() {
            if let Some(promise) = promise {
                notes.extend(bad_days(&batch, kind, &floor.types[kind].name, promise));
            }
        }
        notes.push(format!("{} plans were simulated for {} days each.", search.simulated, batch.days));
        let promises = search.kept(&batch);
        Ok(Plan { cost: cost(floor), staff, promises, cover, cover_cost, days: batch.days, notes })
    }
}

fn cost(floor: &Floor) -> f64 {
    let hours = floor.clock.period_s / 3_600.0;
    let people = |staff: &[u32]| staff.iter().map(|it| f64::from(*it)).sum::<f64>();
    floor.groups.iter().map(|it| it.cost_per_hour * hours * people(&it.staff[..floor.clock.periods])).sum()
}

/// A promise is kept on the mean; what bad days bring is told beside it.
fn bad_days(batch: &Batch, kind: usize, name: &str, promise: &Promise) -> Option<String> {
    let mut levels: Vec<f64> =
        batch.promises.iter().map(|day| day[kind]).filter(|it| it[1] > 0.0).map(|it| it[0] / it[1]).collect();
    levels.sort_by(f64::total_cmp);
    let bad = *levels.get((levels.len() as f64 * BAD_DAYS) as usize)?;
    let seconds = promise.within;
    Some(format!(
        "{name}: on one day in ten fewer than {:.0} % are answered within {seconds:.0} s, all periods together.",
        100.0 * bad
    ))
}

/// Erlang A for each set of types and groups that hang together, split between types by the square root of their load.
fn start(scenario: &Scenario) -> Floor {
    let mut floor = scenario.floor.clone();
    // The search measures each promise by its own time.
    for (kind, promise) in floor.types.iter_mut().zip(&scenario.promises) {
        if let Some(promise) = promise {
            kind.acceptable_s = promise.within;
        }
    }
    let parts = connected(&floor);
    for period in 0..floor.clock.periods {
        for group in &mut floor.groups {
            group.staff[period] = 0;
        }
        for part in &parts {
            let loads: Vec<(usize, f64)> =
                part.iter().map(|kind| (*kind, load(&floor, *kind, period))).collect();
            let total: f64 = loads.iter().map(|it| it.1).sum();
            if total <= 0.0 {
                continue;
            }
            let safety = f64::from(pooled(scenario, &floor, part, period)) - total;
            let roots: f64 = loads.iter().map(|it| it.1.sqrt()).sum();
            for (kind, load) in loads {
                let people = (load + safety * load.sqrt() / roots).ceil().max(0.0) as u32;
                let homes = homes(&floor, kind);
                for (at, group) in homes.iter().enumerate() {
                    let homes = homes.len() as u32;
                    let more = people / homes + u32::from((at as u32) < people % homes);
                    floor.groups[*group].staff[period] += more.div_ceil(floor.groups[*group].at_once);
                }
            }
        }
    }
    hold_after_close(&mut floor);
    floor
}

fn hold_after_close(floor: &mut Floor) {
    for group in &mut floor.groups {
        let last = floor.clock.periods - 1;
        group.staff[last + 1] = group.staff[last];
    }
}

/// People's time that a type asks for, in people.
fn load(floor: &Floor, kind: usize, period: usize) -> f64 {
    let it = &floor.types[kind];
    let wrap_up = it.wrap_up.as_ref().map_or(0.0, |it| it.mean_in(period));
    it.arrivals.rate_in(period, &floor.clock) * (it.service.mean_in(period) + wrap_up)
}

/// The people a part needs if everybody could do everything.
fn pooled(scenario: &Scenario, floor: &Floor, part: &[usize], period: usize) -> u32 {
    let rate = |kind: usize| floor.types[kind].arrivals.rate_in(period, &floor.clock);
    let all: f64 = part.iter().map(|kind| rate(*kind)).sum();
    let mean = |of: &dyn Fn(usize) -> f64| part.iter().map(|kind| rate(*kind) * of(*kind)).sum::<f64>() / all;
    let service = mean(&|kind| load(floor, kind, period) / rate(kind).max(f64::MIN_POSITIVE));
    let waits = part.iter().all(|kind| floor.types[*kind].patience.is_some());
    let patience = |kind: usize| floor.types[kind].patience.as_ref().map_or(0.0, |it| it.mean_in(period));
    let promised = |of: fn(&Promise) -> f64, usual: f64| {
        mean(&|kind| scenario.promises[kind].as_ref().map_or(usual, of))
    };
    let promise = Promise {
        answered_least: promised(|it| it.answered_least, 0.0),
        within: promised(|it| it.within, 0.0),
        abandoned_most: promised(|it| it.abandoned_most, 1.0),
    };
    least_servers(all, service, waits.then(|| mean(&patience)), &promise)
}

/// Sets of types that share groups, directly or through others.
fn connected(floor: &Floor) -> Vec<Vec<usize>> {
    let serving = |kind: usize| floor.types[kind].tiers.iter().flat_map(|it| it.groups.iter().copied());
    let mut parts: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for kind in 0..floor.types.len() {
        let (mut kinds, mut groups) = (vec![kind], serving(kind).collect::<Vec<_>>());
        let (same, others): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|it| it.1.iter().any(|group| groups.contains(group)));
        for (more, theirs) in same {
            kinds.extend(more);
            groups.extend(theirs);
        }
        parts = others;
        parts.push((kinds, groups));
    }
    parts.into_iter().map(|it| it.0).collect()
}

/// Groups to whom the type is the first thing they do; else those it asks first.
fn homes(floor: &Floor, kind: usize) -> Vec<usize> {
    let asked: Vec<usize> = floor.types[kind].tiers.iter().flat_map(|it| it.groups.iter().copied()).collect();
    let only = |group: &usize| floor.groups[*group].serves.iter().flatten().all(|it| *it == kind);
    let alone: Vec<usize> = asked.iter().copied().filter(only).collect();
    if alone.is_empty() { floor.types[kind].tiers[0].groups.clone() } else { alone }
}

struct Search<'a> {
    scenario: &'a Scenario,
    floor: Floor,
    simulated: u64,
}

impl Search<'_> {
    fn live(&self, floor: &Floor) -> Batch {
        Simulator::new(floor).batch(self.scenario.days, self.scenario.seed)
    }

    fn kept(&self, batch: &Batch) -> Vec<Kept> {
        let mut kept = Vec::new();
        for (kind, promise) in self.scenario.promises.iter().enumerate() {
            let Some(promise) = promise else { continue };
            for period in 0..self.floor.clock.periods {
                let it = batch.of_type(kind, period);
                let days = batch.days;
                let below = [(count::SERVED, 1.0), (count::ABANDONED_LATE, 1.0)];
                let answered = it.ratio(&[(count::GOOD, 1.0)], &below, days);
                let abandoned = it.ratio(&[(count::ABANDONED, 1.0)], &[(count::ARRIVED, 1.0)], days);
                let is_kept = answered.is_none_or(|it| it.mean >= promise.answered_least)
                    && abandoned.is_none_or(|it| it.mean <= promise.abandoned_most);
                kept.push(Kept {
                    kind,
                    period,
                    answered,
                    abandoned,
                    promised: promise.answered_least,
                    abandoned_most: promise.abandoned_most,
                    is_kept,
                });
            }
        }
        kept
    }

    /// By how much promises are broken in a period, in shares of contacts.
    fn shortfall(&self, kept: &[Kept], period: usize) -> f64 {
        let short = |it: &Kept| {
            let most = it.abandoned_most;
            let late = it.answered.map_or(0.0, |answered| (it.promised - answered.mean).max(0.0));
            late + it.abandoned.map_or(0.0, |abandoned| (abandoned.mean - most).max(0.0))
        };
        kept.iter().filter(|it| it.period == period).map(short).sum()
    }

    /// Adds people, period by period, where they mend most for their cost.
    fn add(&mut self, progress: &mut dyn FnMut(&str)) -> Result<(), PlanError> {
        let periods = self.floor.clock.periods;
        for round in 1..=ROUNDS_MAX {
            let kept = self.kept(&self.live(&self.floor));
            self.simulated += 1;
            let broken = kept.iter().filter(|it| !it.is_kept).count();
            progress(&format!("round {round}, {broken} promises to mend"));
            if broken == 0 {
                return Ok(());
            }
            // A period can owe its trouble to the one before, which is mended first.
            let mut moved = None;
            for period in 0..periods {
                let short = self.shortfall(&kept, period);
                if short <= 0.0 || moved == Some(period.wrapping_sub(1)) {
                    continue;
                }
                let worst = kept.iter().filter(|it| it.period == period && !it.is_kept);
                let kinds: Vec<usize> = worst.map(|it| it.kind).collect();
                let serves = |group: &usize| {
                    self.floor.groups[*group].serves.iter().flatten().any(|it| kinds.contains(it))
                };
                let candidates: Vec<usize> = (0..self.floor.groups.len()).filter(serves).collect();
                let best = match candidates.as_slice() {
                    [only] => Some(*only),
                    _ => self.best_group(&candidates, period, short),
                };
                if let Some(group) = best {
                    // Far from the promise, several at once.
                    let more = 1 + (short * 0.1 * f64::from(self.floor.groups[group].staff[period])) as u32;
                    self.floor.groups[group].staff[period] += more;
                    moved = Some(period);
                }
            }
            hold_after_close(&mut self.floor);
            if moved.is_none() {
                break;
            }
        }
        let kept = self.kept(&self.live(&self.floor));
        match kept.iter().find(|it| !it.is_kept) {
            None => Ok(()),
            Some(it) => {
                let kind = self.floor.types[it.kind].name.clone();
                Err(PlanError::CannotBeKept { kind, period: it.period + 1 })
            }
        }
    }

    fn best_group(&mut self, candidates: &[usize], period: usize, short: f64) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for group in candidates {
            let mut trial = self.floor.clone();
            trial.groups[*group].staff[period] += 1;
            hold_after_close(&mut trial);
            let kept = self.kept(&self.live(&trial));
            self.simulated += 1;
            let gain = (short - self.shortfall(&kept, period)) / trial.groups[*group].cost_per_hour.max(1e-9);
            if best.is_none_or(|(most, _)| gain > most) {
                best = Some((gain, *group));
            }
        }
        best.map(|it| it.1)
    }

    /// Takes away whoever is not needed, the dearest first.
    fn trim(&mut self, progress: &mut dyn FnMut(&str)) {
        let mut groups: Vec<usize> = (0..self.floor.groups.len()).collect();
        groups.sort_by(|a, b| {
            self.floor.groups[*b].cost_per_hour.total_cmp(&self.floor.groups[*a].cost_per_hour)
        });
        for round in 1..=TRIMS_MAX {
            let mut changed = false;
            for period in 0..self.floor.clock.periods {
                progress(&format!("taking away, round {round}, period {}", period + 1));
                for group in &groups {
                    while self.floor.groups[*group].staff[period] > 0 {
                        let mut trial = self.floor.clone();
                        trial.groups[*group].staff[period] -= 1;
                        hold_after_close(&mut trial);
                        self.simulated += 1;
                        if self.kept(&self.live(&trial)).iter().any(|it| !it.is_kept) {
                            break;
                        }
                        self.floor = trial;
                        changed = true;
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }
}
