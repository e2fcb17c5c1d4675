//! Runs of many days, cut into parts that may be lived side by side and laid together again.

use std::ops::Range;

use crate::batch::{Batch, Estimate};
use crate::model::{Closing, Floor};
use crate::report::Report;
use crate::sim::{Facts, Task, TypeDay, count, live_days};

/// A run is cut into this many parts: enough for intervals of quantiles, and for as many processors.
const PARTS_MAX: u64 = 20;

/// A floor, ready to be lived.
///
/// The same seed gives the same customers on every floor that has the same types, whatever its staff and its policy.
/// What is lived in parts is the same, number for number, whoever lives which part.
#[derive(Debug)]
pub struct Simulator<'a> {
    floor: &'a Floor,
    facts: Facts,
}

impl<'a> Simulator<'a> {
    pub fn new(floor: &'a Floor) -> Simulator<'a> {
        Simulator { floor, facts: Facts::of(floor) }
    }

    /// The parts of a run, in order. One long run has one part: each of its days needs the one before.
    pub fn parts(&self, days: u64) -> Vec<Range<u64>> {
        if self.floor.clock.closing == Closing::Continue {
            return std::iter::once(0..days).collect();
        }
        slices(0..days)
    }

    /// Lives the days of one part. `progress` hears of every day that is done.
    pub fn live(&self, seed: u64, part: Range<u64>, progress: &mut dyn FnMut(u64)) -> Batch {
        let floor = self.floor;
        let mut batch = Batch::new(floor.types.len(), floor.groups.len(), floor.clock.told_periods() + 1);
        let slice = match floor.clock.closing {
            Closing::Continue => (part.end - part.start).div_ceil(PARTS_MAX).max(1),
            _ => u64::MAX,
        };
        live_days(floor, &self.facts, Task { seed, days: part, slice }, &mut batch, progress);
        batch
    }

    /// The parts, in their order, as one.
    pub fn gather(&self, parts: impl IntoIterator<Item = Batch>) -> Batch {
        let floor = self.floor;
        let mut whole = Batch::new(floor.types.len(), floor.groups.len(), floor.clock.told_periods() + 1);
        parts.into_iter().for_each(|part| whole.merge(part));
        whole
    }

    pub fn report(&self, seed: u64, whole: &Batch) -> Report {
        Report::of(self.floor, seed, whole)
    }

    /// All days on this thread.
    pub fn batch(&self, days: u64, seed: u64) -> Batch {
        self.gather(self.parts(days).into_iter().map(|part| self.live(seed, part, &mut |_| {})))
    }

    /// All days on this thread, and what is told of them.
    pub fn simulate(&self, days: u64, seed: u64) -> Report {
        self.report(seed, &self.batch(days, seed))
    }
}

fn slices(days: Range<u64>) -> Vec<Range<u64>> {
    let all = days.end - days.start;
    let parts = all.clamp(1, PARTS_MAX);
    (0..parts).map(|at| days.start + all * at / parts..days.start + all * (at + 1) / parts).collect()
}

/// A figure of a whole floor by which two floors can be compared day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    ServiceLevel,
    WaitSeconds,
    Abandonment,
    Resolution,
    Satisfaction,
    /// From coming in to the end of service.
    ReplySeconds,
}

impl Figure {
    pub const ALL: [Figure; 6] = [
        Figure::ServiceLevel,
        Figure::WaitSeconds,
        Figure::Abandonment,
        Figure::Resolution,
        Figure::Satisfaction,
        Figure::ReplySeconds,
    ];

    /// What stands above and below the line on one day.
    fn parts(self, day: &TypeDay) -> (f64, f64) {
        match self {
            Figure::ServiceLevel => (day[count::GOOD], day[count::SERVED] + day[count::ABANDONED_LATE]),
            Figure::WaitSeconds => (
                day[count::WAIT_S_SERVED] + day[count::WAIT_S_ABANDONED],
                day[count::SERVED] + day[count::ABANDONED],
            ),
            Figure::Abandonment => (day[count::ABANDONED], day[count::ARRIVED]),
            Figure::Resolution => (day[count::SOLVED], day[count::JUDGED]),
            Figure::Satisfaction => (day[count::RATING_SUM], day[count::RATED]),
            Figure::ReplySeconds => (day[count::REPLY_S], day[count::SERVED]),
        }
    }
}

/// By how much a figure of `after` lies above that of `before`, on the same days with the same customers; None where it
/// cannot be measured. The interval is that of paired days (common random numbers), by the delta method.
pub fn difference(before: &Batch, after: &Batch, figure: Figure) -> Option<Estimate> {
    let (ratio, a) = deviations(before, figure)?;
    let (other_ratio, b) = deviations(after, figure)?;
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (b - a).powi(2)).sum();
    let days = a.len().min(b.len()) as u64;
    Some(Estimate::around(other_ratio - ratio, crate::batch::half_width(squares, days)))
}

/// What common random numbers are worth: the variance of the difference had the two floors been simulated apart, ÷ its
/// variance on the same days.
pub fn variance_reduction(before: &Batch, after: &Batch, figure: Figure) -> Option<f64> {
    let (_, a) = deviations(before, figure)?;
    let (_, b) = deviations(after, figure)?;
    let apart: f64 = a.iter().chain(&b).map(|it| it * it).sum();
    let together: f64 = a.iter().zip(&b).map(|(a, b)| (b - a).powi(2)).sum();
    (together > 0.0).then(|| apart / together)
}

/// The ratio over all days, and what each day's deviation from it moves it.
fn deviations(batch: &Batch, figure: Figure) -> Option<(f64, Vec<f64>)> {
    let parts = || batch.daily.iter().map(|day| figure.parts(day));
    let (x, y) = parts().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    if y <= 0.0 {
        return None;
    }
    let (ratio, mean) = (x / y, y / batch.days as f64);
    Some((ratio, parts().map(|(x, y)| (x - ratio * y) / mean).collect()))
}
