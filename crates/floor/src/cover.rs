//! Which shifts cover the staff that each period needs, at least cost: an integer program for each group.

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use serde::Serialize;

use crate::scenario::{Scenario, Shift};

/// People of one group on one shift.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cover {
    pub shift: String,
    /// Seconds from opening.
    pub starts_s: f64,
    pub group: usize,
    pub people: u32,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CoverError {
    #[error("no shift of the group {group:?} works in period {period}, where it needs {people} people")]
    NobodyWorksThen { group: String, period: usize, people: u32 },
    #[error("the shifts of the group {group:?} could not be chosen: {why}")]
    Solver { group: String, why: String },
}

/// A shift that may be worked, in a stretch of periods.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Working {
    pub cost: f64,
    /// So many people could work it.
    pub people_max: u32,
    /// Share of each period that somebody on it works.
    pub worked: Vec<f64>,
}

/// How many people on each shift give every period what it needs at least cost. With `short_cost`, a person who is missing
/// for a period costs so much, and nothing is impossible. Says why not, in a few words.
pub(crate) fn least_cost(
    needed: &[f64],
    shifts: &[Working],
    short_cost: Option<f64>,
) -> Result<(Vec<u32>, f64), String> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let people: Vec<_> =
        shifts.iter().map(|it| problem.add_integer_var(it.cost, (0, it.people_max as i32))).collect();
    for (period, needed) in needed.iter().enumerate().filter(|(_, needed)| **needed > 0.0) {
        let mut worked: Vec<_> = shifts
            .iter()
            .zip(&people)
            .map(|(shift, people)| (*people, shift.worked.get(period).copied().unwrap_or(0.0)))
            .filter(|(_, share)| *share > 0.0)
            .collect();
        if let Some(cost) = short_cost {
            worked.push((problem.add_var(cost, (0.0, *needed)), 1.0));
        }
        problem.add_constraint(&worked, ComparisonOp::Ge, *needed);
    }
    let solution = problem.solve().map_err(|error| error.to_string())?;
    let solution = solution.into_solution().map_err(|_| "the solver was stopped".to_owned())?;
    Ok((people.iter().map(|it| solution.var_value(*it).round() as u32).collect(), solution.objective()))
}

/// The cheapest shifts that give every group at least `staff` in every period, and their cost. Nothing without shifts.
pub(crate) fn cover(scenario: &Scenario, staff: &[Vec<u32>]) -> Result<(Vec<Cover>, f64), CoverError> {
    let (mut chosen, mut cost) = (Vec::new(), 0.0);
    if scenario.shifts.is_empty() {
        return Ok((chosen, cost));
    }
    let floor = &scenario.floor;
    for (at, group) in floor.groups.iter().enumerate() {
        let may = |it: &&Shift| it.groups.is_empty() || it.groups.contains(&at);
        let shifts: Vec<&Shift> = scenario.shifts.iter().filter(may).collect();
        let most = staff[at].iter().copied().max().unwrap_or(0) * staff[at].len().max(1) as u32;
        let length = floor.clock.period_s;
        let working = |it: &&Shift| Working {
            cost: it.cost,
            people_max: most,
            worked: (0..staff[at].len())
                .map(|at| {
                    laps(scenario, at).map(|lap| share_worked(it, length * at as f64 + lap, length)).sum()
                })
                .collect(),
        };
        let working: Vec<Working> = shifts.iter().map(working).collect();
        let nobody = |period: usize| working.iter().all(|it| it.worked[period] <= 0.0);
        if let Some(period) = (0..staff[at].len()).find(|it| staff[at][*it] > 0 && nobody(*it)) {
            let group = group.name.clone();
            return Err(CoverError::NobodyWorksThen { group, period: period + 1, people: staff[at][period] });
        }
        let needed: Vec<f64> = staff[at].iter().map(|it| f64::from(*it)).collect();
        let (people, of_group) = least_cost(&needed, &working, None)
            .map_err(|why| CoverError::Solver { group: group.name.clone(), why })?;
        cost += of_group;
        for (shift, people) in shifts.iter().zip(people).filter(|it| it.1 > 0) {
            let (shift, starts_s) = (shift.name.clone(), shift.starts_s);
            chosen.push(Cover { shift, starts_s, group: at, people });
        }
    }
    Ok((chosen, cost))
}

/// A floor of whole days that has a date comes round: what lies before its beginning or beyond its end on some clock lies
/// on the other side of it.
fn laps(scenario: &Scenario, period: usize) -> impl Iterator<Item = f64> + use<> {
    const DAY_S: f64 = 86_400.0;
    let horizon = scenario.floor.clock.horizon_s();
    let comes_round =
        scenario.calendar.is_some() && horizon % DAY_S == 0.0 && period < scenario.floor.clock.periods;
    let laps: &[f64] = if comes_round { &[-1.0, 0.0, 1.0] } else { &[0.0] };
    laps.iter().map(move |lap| lap * horizon)
}

/// Share of a period that somebody on this shift works, without breaks.
fn share_worked(shift: &Shift, from: f64, length: f64) -> f64 {
    let overlap = |start: f64, end: f64| (end.min(from + length) - start.max(from)).max(0.0);
    let on = overlap(shift.starts_s, shift.starts_s + shift.length_s);
    let off: f64 = shift
        .breaks_s
        .iter()
        .map(|(after, break_s)| overlap(shift.starts_s + after, shift.starts_s + after + break_s))
        .sum();
    (on - off).max(0.0) / length
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
name = "cover"
[day]
opens = "08:00"
period = "1 h"
periods = 6
[[type]]
name = "calls"
per_hour = 60
service = { mean = "2 min" }
[[group]]
name = "desk"
staff = 3
[[shift]]
name = "short"
starts = ["08:00", "09:00", "10:00", "11:00"]
length = "3 h"
cost = 3
[[shift]]
name = "long"
starts = ["08:00"]
length = "6 h"
cost = 5
breaks = [{ after = "2 h", length = "1 h" }]
"#;

    /// All ways to staff the six hours, tried one by one.
    #[test]
    fn the_cheapest_shifts_are_found() {
        let scenario = Scenario::read(TEXT).unwrap();
        let needed = vec![2, 3, 4, 2, 2, 1];
        let (chosen, cost) = cover(&scenario, std::slice::from_ref(&needed)).unwrap();
        let costs: Vec<f64> = scenario.shifts.iter().map(|it| it.cost).collect();
        let mut best = f64::INFINITY;
        for code in 0..6_u32.pow(5) {
            let people: Vec<u32> = (0..5).map(|at| code / 6_u32.pow(at) % 6).collect();
            let enough = needed.iter().enumerate().all(|(period, needed)| {
                let worked = |(shift, people): (&Shift, &u32)| {
                    share_worked(shift, 3_600.0 * period as f64, 3_600.0) * f64::from(*people)
                };
                scenario.shifts.iter().zip(&people).map(worked).sum::<f64>() >= f64::from(*needed) - 1e-9
            });
            if enough {
                best =
                    best.min(costs.iter().zip(&people).map(|(cost, people)| cost * f64::from(*people)).sum());
            }
        }
        assert!((cost - best).abs() < 1e-6, "{cost} instead of {best}: {chosen:?}");
    }

    /// Manila is seven hours ahead of Madrid in winter and six in summer; clocks go forward on 29 March 2026.
    struct Manila;

    impl crate::Clocks for Manila {
        fn is_day(&self, _date: &str) -> bool {
            true
        }

        fn moment_s(&self, date: &str, clock_s: f64, time_zone: &str) -> Option<f64> {
            let ahead = if date < "2026-03-29" { 7.0 } else { 6.0 };
            Some(clock_s - if time_zone == "Asia/Manila" { 3_600.0 * ahead } else { 0.0 })
        }
    }

    /// A whole day in Madrid, of which Manila works the night: from eight to four there.
    fn two_clocks(date: &str) -> Vec<f64> {
        let text = format!(
            r#"
name = "two clocks"
[day]
period = "1 h"
periods = 24
date = "{date}"
time_zone = "Europe/Madrid"
[[type]]
name = "calls"
per_hour = 6
service = {{ mean = "2 min" }}
[[group]]
name = "desk"
staff = 1
[[shift]]
name = "Manila"
starts = ["06:00"]
length = "8 h"
time_zone = "Asia/Manila"
"#
        );
        let scenario = Scenario::read_by(&text, &Manila).unwrap();
        let of = |at: usize| {
            let lap = |lap: f64| share_worked(&scenario.shifts[0], 3_600.0 * at as f64 + lap, 3_600.0);
            laps(&scenario, at).map(lap).sum()
        };
        (0..25).map(of).collect()
    }

    #[test]
    fn a_shift_elsewhere_covers_other_hours_once_the_clocks_are_set() {
        let hours = |worked: Vec<f64>| -> Vec<usize> {
            worked.iter().enumerate().filter(|it| *it.1 > 0.5).map(|it| it.0).collect()
        };
        assert_eq!(hours(two_clocks("2026-03-28")), [0, 1, 2, 3, 4, 5, 6, 23], "from eleven in the night");
        assert_eq!(hours(two_clocks("2026-03-30")), [0, 1, 2, 3, 4, 5, 6, 7], "from midnight");
    }

    #[test]
    fn an_hour_that_no_shift_works_is_named() {
        let scenario = Scenario::read(&TEXT.replace("starts = [\"08:00\"]", "starts = [\"20:00\"]")).unwrap();
        let mut late = scenario.clone();
        late.shifts.retain(|it| it.starts_s < 3_600.0);
        let error = cover(&late, &[vec![1, 1, 1, 1, 1, 1]]).unwrap_err();
        let wanted = "no shift of the group \"desk\" works in period 4, where it needs 1 people";
        assert_eq!(error.to_string(), wanted);
    }

    #[test]
    fn a_break_is_not_work() {
        let scenario = Scenario::read(TEXT).unwrap();
        let long = scenario.shifts.iter().find(|it| it.name == "long").unwrap();
        assert_eq!(share_worked(long, 0.0, 3_600.0), 1.0);
        assert_eq!(share_worked(long, 7_200.0, 3_600.0), 0.0);
        assert_eq!(share_worked(long, 5_400.0, 3_600.0), 0.5);
        assert_eq!(share_worked(long, 30_000.0, 3_600.0), 0.0);
    }
}
