//! What is told of a simulated floor: by type, by group, by period, each figure with its 95 % interval.

use serde::Serialize;

use crate::batch::{Batch, Estimate, WAIT_QUANTILES};
use crate::model::Floor;
use crate::sim::{count, hours};

#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub name: String,
    pub policy: &'static str,
    pub days: u64,
    pub seed: u64,
    pub events: u64,
    /// Under the queue-ratio rule: how far queues are from their shares of all who wait, ÷ all who wait.
    pub queue_deviation: Option<f64>,
    /// All types together.
    pub whole: TypeFigures,
    /// The same by period of arrival; the last is after close.
    pub whole_periods: Vec<TypeFigures>,
    pub types: Vec<TypeReport>,
    /// All groups together.
    pub staff: GroupFigures,
    pub groups: Vec<GroupReport>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TypeReport {
    pub name: String,
    pub day: TypeFigures,
    /// By period of arrival; the last is after close.
    pub periods: Vec<TypeFigures>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GroupReport {
    pub name: String,
    pub day: GroupFigures,
    pub periods: Vec<GroupFigures>,
}

/// Counts are per day. What has nothing to be measured on is absent.
#[derive(Debug, Clone, Serialize)]
pub struct TypeFigures {
    pub arrivals: Estimate,
    pub served: Estimate,
    pub abandoned: Estimate,
    pub blocked: Estimate,
    pub sent_away: Estimate,
    pub retried: Estimate,
    pub transferred: Estimate,
    /// Served within the acceptable wait.
    pub good: Estimate,
    /// Good ÷ (served + gave up after the acceptable wait).
    pub service_level: Option<Estimate>,
    /// Gave up ÷ arrivals.
    pub abandonment: Option<Estimate>,
    /// Had to wait ÷ arrivals.
    pub waiting: Option<Estimate>,
    /// Of those who were served, in seconds.
    pub wait_s: Option<Estimate>,
    /// Of those who were served or gave up, in seconds.
    pub wait_all_s: Option<Estimate>,
    /// From coming in to the end of service, of those who were served, in seconds.
    pub reply_s: Option<Estimate>,
    /// Seconds within which half, 90 % and 99 % of those who were served had an answer.
    pub wait_quantiles_s: Option<[Estimate; WAIT_QUANTILES.len()]>,
    /// Solved at the first contact, of those whose skill mattered.
    pub resolution: Option<Estimate>,
    /// Expected rating, 1–5.
    pub satisfaction: Option<Estimate>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GroupFigures {
    pub served: Estimate,
    pub busy_hours: Estimate,
    /// Hours on duty, those included that were only to finish a contact.
    pub present_hours: Estimate,
    pub occupancy: Option<Estimate>,
    /// Standard deviation ÷ mean of how busy its people were in a day; for whole days only.
    pub spread: Option<Estimate>,
}

impl Report {
    pub(crate) fn of(floor: &Floor, seed: u64, batch: &Batch) -> Report {
        let (kinds, groups, periods) =
            (floor.types.len(), floor.groups.len(), floor.clock.told_periods() + 1);
        let types = (0..kinds).map(|kind| TypeReport {
            name: floor.types[kind].name.clone(),
            day: TypeFigures::of(batch, kind, periods),
            periods: (0..periods).map(|period| TypeFigures::of(batch, kind, period)).collect(),
        });
        let group = |group: usize| GroupReport {
            name: floor.groups[group].name.clone(),
            day: GroupFigures::of(batch, group, periods, true),
            periods: (0..periods).map(|period| GroupFigures::of(batch, group, period, false)).collect(),
        };
        Report {
            name: floor.name.clone(),
            policy: floor.policy.name(),
            days: batch.days,
            seed,
            events: batch.events,
            queue_deviation: (batch.deviation[1] > 0.0).then(|| batch.deviation[0] / batch.deviation[1]),
            whole: TypeFigures::of(batch, kinds, periods),
            whole_periods: (0..periods).map(|period| TypeFigures::of(batch, kinds, period)).collect(),
            types: types.collect(),
            staff: GroupFigures::of(batch, groups, periods, true),
            groups: (0..groups).map(group).collect(),
        }
    }

    pub fn of_type(&self, name: &str) -> Option<&TypeReport> {
        self.types.iter().find(|it| it.name == name)
    }

    pub fn of_group(&self, name: &str) -> Option<&GroupReport> {
        self.groups.iter().find(|it| it.name == name)
    }
}

impl TypeFigures {
    fn of(batch: &Batch, kind: usize, period: usize) -> TypeFigures {
        let (it, days) = (batch.of_type(kind, period), batch.days);
        let per_day = |what: usize| it.mean(&[(what, 1.0)], days);
        let ratio = |above: &[usize], below: &[usize]| {
            let weigh = |of: &[usize]| of.iter().map(|at| (*at, 1.0)).collect::<Vec<_>>();
            it.ratio(&weigh(above), &weigh(below), days)
        };
        let arrived = [count::ARRIVED];
        let left = [count::SERVED, count::ABANDONED];
        TypeFigures {
            arrivals: per_day(count::ARRIVED),
            served: per_day(count::SERVED),
            abandoned: per_day(count::ABANDONED),
            blocked: per_day(count::BLOCKED),
            sent_away: per_day(count::SENT_AWAY),
            retried: per_day(count::RETRIED),
            transferred: per_day(count::TRANSFERRED),
            good: per_day(count::GOOD),
            service_level: ratio(&[count::GOOD], &[count::SERVED, count::ABANDONED_LATE]),
            abandonment: ratio(&[count::ABANDONED], &arrived),
            waiting: ratio(&[count::WAITED], &arrived),
            wait_s: ratio(&[count::WAIT_S_SERVED], &[count::SERVED]),
            wait_all_s: ratio(&[count::WAIT_S_SERVED, count::WAIT_S_ABANDONED], &left),
            reply_s: ratio(&[count::REPLY_S], &[count::SERVED]),
            wait_quantiles_s: batch.wait_quantiles(kind, period),
            resolution: ratio(&[count::SOLVED], &[count::JUDGED]),
            satisfaction: ratio(&[count::RATING_SUM], &[count::RATED]),
        }
    }
}

impl GroupFigures {
    fn of(batch: &Batch, group: usize, period: usize, is_day: bool) -> GroupFigures {
        const SECONDS: f64 = 1.0 / 3600.0;
        let (it, days) = (batch.of_group(group, period), batch.days);
        GroupFigures {
            served: it.mean(&[(hours::SERVED, 1.0)], days),
            busy_hours: it.mean(&[(hours::BUSY_S, SECONDS)], days),
            present_hours: it.mean(&[(hours::PRESENT_S, SECONDS)], days),
            occupancy: it.ratio(&[(hours::BUSY_S, 1.0)], &[(hours::PRESENT_S, 1.0)], days),
            spread: is_day.then(|| it.mean(&[(hours::SPREAD, 1.0)], days)),
        }
    }
}
