//! Days gathered: sums and products of what was counted, enough for means, ratios and their intervals.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::sim::{DayTotals, GroupDay, TypeDay, count, hours};
use crate::waits::Waits;

/// Shares of contacts for which waits are told.
pub const WAIT_QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];
const CONFIDENCE: f64 = 0.95;

/// A figure and its 95 % interval, which needs at least two days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    pub mean: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Estimate {
    pub(crate) fn around(mean: f64, half: Option<f64>) -> Estimate {
        Estimate { mean, low: half.map(|it| mean - it), high: half.map(|it| mean + it) }
    }

    /// Half the width of the interval, if there is one.
    pub fn half(&self) -> Option<f64> {
        self.high.map(|high| high - self.mean)
    }

    /// From observations that have nothing to do with one another, each as good as the others.
    pub fn of(observed: &[f64]) -> Estimate {
        let n = observed.len() as f64;
        let mean = observed.iter().sum::<f64>() / n;
        let squares = observed.iter().map(|it| (it - mean).powi(2)).sum::<f64>();
        Estimate::around(mean, half_width(squares, observed.len() as u64))
    }
}

/// Student's half-width of a mean of `n` observations whose squared deviations sum up to `squares`.
pub(crate) fn half_width(squares: f64, n: u64) -> Option<f64> {
    let freedom = n.checked_sub(1).filter(|it| *it > 0)? as f64;
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.5 + CONFIDENCE / 2.0);
    Some(t * (squares.max(0.0) / freedom / n as f64).sqrt())
}

/// Sums and sums of products over days.
#[derive(Debug, Clone)]
pub(crate) struct Moments<const N: usize> {
    sums: [f64; N],
    products: [[f64; N]; N],
}

impl<const N: usize> Moments<N> {
    fn new() -> Moments<N> {
        Moments { sums: [0.0; N], products: [[0.0; N]; N] }
    }

    fn add(&mut self, day: &[f64; N]) {
        for (row, x) in day.iter().enumerate().filter(|(_, x)| **x != 0.0) {
            self.sums[row] += x;
            for (product, y) in self.products[row].iter_mut().zip(day) {
                *product += x * y;
            }
        }
    }

    fn merge(&mut self, other: &Moments<N>) {
        for row in 0..N {
            self.sums[row] += other.sums[row];
            for column in 0..N {
                self.products[row][column] += other.products[row][column];
            }
        }
    }

    /// A linear combination of what was counted, per day.
    pub(crate) fn mean(&self, of: &[(usize, f64)], days: u64) -> Estimate {
        let n = days as f64;
        let sum: f64 = of.iter().map(|(at, weight)| weight * self.sums[*at]).sum();
        Estimate::around(sum / n, half_width(self.product(of, of) - sum * sum / n, days))
    }

    /// Ratio of two combinations, with the interval of the delta method. None where there is nothing below the line.
    pub(crate) fn ratio(
        &self,
        above: &[(usize, f64)],
        below: &[(usize, f64)],
        days: u64,
    ) -> Option<Estimate> {
        let sum = |of: &[(usize, f64)]| of.iter().map(|(at, weight)| weight * self.sums[*at]).sum::<f64>();
        let (x, y) = (sum(above), sum(below));
        if y <= 0.0 {
            return None;
        }
        let ratio = x / y;
        let squares = self.product(above, above) - 2.0 * ratio * self.product(above, below)
            + ratio * ratio * self.product(below, below);
        let half = half_width(squares, days).map(|it| it / (y / days as f64));
        Some(Estimate::around(ratio, half))
    }

    fn product(&self, one: &[(usize, f64)], other: &[(usize, f64)]) -> f64 {
        let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
        pairs.map(|((i, a), (j, b))| a * b * self.products[*i][*j]).sum()
    }
}

/// Some days of one floor. Batches of different days can be laid together.
#[derive(Debug, Clone)]
pub struct Batch {
    pub days: u64,
    /// Arrivals, ends of service, people giving up, and the like: what the simulator did.
    pub events: u64,
    kinds: usize,
    groups: usize,
    /// Periods with the time after close.
    periods: usize,
    types: Vec<Moments<{ count::COUNTS }>>,
    hours: Vec<Moments<{ hours::HOURS }>>,
    /// Day by day: the whole floor.
    pub(crate) daily: Vec<TypeDay>,
    pub(crate) spreads: Vec<f64>,
    /// Day by day: the service level's counts above and below the line, by type, all periods together.
    pub(crate) promises: Vec<Vec<[f64; 2]>>,
    /// How far queues were from their shares, and how long they were.
    pub(crate) deviation: [f64; 2],
    waits: Waits,
    /// By part of the run, by cell: the waits that shares of the contacts did not exceed.
    quantiles: Vec<Vec<Option<[f64; WAIT_QUANTILES.len()]>>>,
}

impl Batch {
    pub(crate) fn new(kinds: usize, groups: usize, periods: usize) -> Batch {
        Batch {
            days: 0,
            events: 0,
            kinds,
            groups,
            periods,
            types: vec![Moments::new(); (kinds + 1) * (periods + 1)],
            hours: vec![Moments::new(); (groups + 1) * (periods + 1)],
            daily: Vec::new(),
            spreads: Vec::new(),
            promises: Vec::new(),
            deviation: [0.0; 2],
            waits: Waits::new(kinds * periods),
            quantiles: Vec::new(),
        }
    }

    /// `kind` may be one more than there are: all of them. So may `period`: the whole day.
    pub(crate) fn of_type(&self, kind: usize, period: usize) -> &Moments<{ count::COUNTS }> {
        &self.types[kind * (self.periods + 1) + period]
    }

    pub(crate) fn of_group(&self, group: usize, period: usize) -> &Moments<{ hours::HOURS }> {
        &self.hours[group * (self.periods + 1) + period]
    }

    pub(crate) fn add(&mut self, day: &DayTotals) {
        self.days += 1;
        let whole =
            sum_up(&day.types, self.kinds, self.periods, |cell, figures| self.types[cell].add(figures));
        self.daily.push(whole);
        let good = |kind: usize| {
            let cells = &day.types[kind * self.periods..(kind + 1) * self.periods];
            let sum = |what: usize| cells.iter().map(|it: &TypeDay| it[what]).sum::<f64>();
            [sum(count::GOOD), sum(count::SERVED) + sum(count::ABANDONED_LATE)]
        };
        self.promises.push((0..self.kinds).map(good).collect());
        let mut groups: Vec<GroupDay> = day.groups.clone();
        for group in 0..self.groups {
            // Counted once for the day; told for the day only.
            groups[group * self.periods][hours::SPREAD] = 0.0;
        }
        let all = self.groups * (self.periods + 1) + self.periods;
        sum_up(&groups, self.groups, self.periods, |cell, figures: &GroupDay| {
            let mut figures = *figures;
            if cell == all {
                figures[hours::SPREAD] = day.spread;
            } else if cell % (self.periods + 1) == self.periods {
                let group = cell / (self.periods + 1);
                figures[hours::SPREAD] = day.groups[group * self.periods][hours::SPREAD];
            }
            self.hours[cell].add(&figures);
        });
        self.spreads.push(day.spread);
    }

    /// Takes over the waits of one part of the run.
    pub(crate) fn take_waits(&mut self, waits: &mut Waits) {
        let cells = (0..=self.kinds).flat_map(|kind| (0..=self.periods).map(move |period| (kind, period)));
        self.quantiles.push(cells.map(|(kind, period)| self.wait_of(waits, kind, period)).collect());
        self.waits.merge(waits);
        waits.clear();
    }

    pub(crate) fn note_deviation(&mut self, more: [f64; 2]) {
        self.deviation[0] += more[0];
        self.deviation[1] += more[1];
    }

    fn wait_of(&self, waits: &Waits, kind: usize, period: usize) -> Option<[f64; WAIT_QUANTILES.len()]> {
        let kinds = if kind == self.kinds { 0..self.kinds } else { kind..kind + 1 };
        let periods = if period == self.periods { 0..self.periods } else { period..period + 1 };
        let cells = kinds.flat_map(|kind| periods.clone().map(move |it| kind * self.periods + it));
        waits.quantiles(cells, WAIT_QUANTILES)
    }

    /// Waits that shares of the contacts did not exceed, with the spread between parts of the run.
    pub(crate) fn wait_quantiles(
        &self,
        kind: usize,
        period: usize,
    ) -> Option<[Estimate; WAIT_QUANTILES.len()]> {
        let whole = self.wait_of(&self.waits, kind, period)?;
        let cell = kind * (self.periods + 1) + period;
        let parts: Vec<_> = self.quantiles.iter().filter_map(|it| it[cell]).collect();
        Some(std::array::from_fn(|at| {
            let observed: Vec<f64> = parts.iter().map(|it| it[at]).collect();
            let half = if parts.len() > 1 { Estimate::of(&observed).half() } else { None };
            Estimate::around(whole[at], half)
        }))
    }

    /// The first days alone, of what is kept day by day.
    pub(crate) fn first_days(&self, days: u64) -> Batch {
        let mut first = Batch::new(0, 0, 0);
        first.days = days.min(self.days);
        first.daily = self.daily.iter().take(days as usize).copied().collect();
        first
    }

    /// Lays a later batch of the same floor behind this one.
    pub fn merge(&mut self, other: Batch) {
        self.days += other.days;
        self.events += other.events;
        self.types.iter_mut().zip(&other.types).for_each(|(mine, theirs)| mine.merge(theirs));
        self.hours.iter_mut().zip(&other.hours).for_each(|(mine, theirs)| mine.merge(theirs));
        self.daily.extend(other.daily);
        self.spreads.extend(other.spreads);
        self.promises.extend(other.promises);
        self.note_deviation(other.deviation);
        self.waits.merge(&other.waits);
        self.quantiles.extend(other.quantiles);
    }
}

/// Calls `tell` for each row and period, for each row's day, for all rows in a period, and for everything.
fn sum_up<const N: usize>(
    cells: &[[f64; N]],
    rows: usize,
    periods: usize,
    mut tell: impl FnMut(usize, &[f64; N]),
) -> [f64; N] {
    let plus = |sum: &mut [f64; N], more: &[f64; N]| sum.iter_mut().zip(more).for_each(|(a, b)| *a += b);
    let mut by_period = vec![[0.0; N]; periods + 1];
    for row in 0..rows {
        let mut day = [0.0; N];
        for period in 0..periods {
            let cell = &cells[row * periods + period];
            tell(row * (periods + 1) + period, cell);
            plus(&mut day, cell);
            plus(&mut by_period[period], cell);
        }
        tell(row * (periods + 1) + periods, &day);
        plus(&mut by_period[periods], &day);
    }
    for (period, sum) in by_period.iter().enumerate() {
        tell(rows * (periods + 1) + period, sum);
    }
    by_period[periods]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_students() {
        let it = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(it.mean, 3.0);
        // t(4; 0.975) = 2.776, s = 1.5811
        assert!((it.half().unwrap() - 2.776_445 * 1.581_139 / 5.0_f64.sqrt()).abs() < 1e-4, "{it:?}");
        assert_eq!(Estimate::of(&[1.0]).half(), None);
    }

    #[test]
    fn a_ratio_that_never_varies_has_no_width() {
        let mut moments = Moments::<2>::new();
        [[1.0, 2.0], [3.0, 6.0], [5.0, 10.0]].iter().for_each(|day| moments.add(day));
        let ratio = moments.ratio(&[(0, 1.0)], &[(1, 1.0)], 3).unwrap();
        assert!((ratio.mean - 0.5).abs() < 1e-12 && ratio.half().unwrap() < 1e-6);
        assert!((moments.mean(&[(0, 1.0), (1, 1.0)], 3).mean - 9.0).abs() < 1e-12);
        assert_eq!(moments.ratio(&[(0, 1.0)], &[], 3), None);
    }
}
