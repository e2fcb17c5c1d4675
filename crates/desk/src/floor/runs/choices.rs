//! Trainings and hires that were simulated, with what they cost, ranked together.
//!
//! Costs follow from what planning assumes now, and from levels that the reader may see; what was simulated stays as it was.

use super::{FloorError, HireTold, TrainingTold, WorthTold, levels_of_trainings};
use crate::Tx;
use crate::floor::forecasts::Told;
use crate::skills::planning::cost::Known;
use crate::skills::planning::{self, Order, PlanError};
use serde::Serialize;
use std::cmp::Ordering;

/// Value is told for so many hours.
const PER_HOURS: f64 = 100.0;

/// Something that could be done, its cost, and what it changed where it was simulated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    #[serde(flatten)]
    pub what: What,
    /// In the first year: hours of learning, or hours that a new colleague is paid for.
    pub hours: f64,
    /// In the first year: hours of those who teach, or who find a colleague and settle them in.
    pub others_hours: f64,
    /// As they stand in `what`.
    #[serde(skip)]
    pub in_time: Option<Told>,
    #[serde(skip)]
    pub for_good: Option<Told>,
    #[serde(skip)]
    pub rating: Option<Told>,
    /// Change of the share by which candidates are told apart; in time or solved for good.
    pub gain: Option<Told>,
    /// The same for each hundred hours of the first year.
    pub gain_per_hundred_hours: Option<Told>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    Learning(TrainingTold),
    Hiring(HireTold),
}

impl Choice {
    /// What was simulated, with hours of its own and of others in the first year.
    pub fn of(what: What, by_time: bool, (hours, others_hours): (f64, f64)) -> Choice {
        let (in_time, for_good, rating) = match &what {
            What::Learning(it) => (it.in_time, it.for_good, it.rating),
            What::Hiring(it) => (it.in_time, it.for_good, it.rating),
        };
        let gain = if by_time { in_time } else { for_good };
        let per = PER_HOURS / (hours + others_hours).max(0.1);
        let each = |it: Told| Told { mean: per * it.mean, low: per * it.low, high: per * it.high };
        let gain_per_hundred_hours = gain.map(each);
        Choice { what, hours, others_hours, in_time, for_good, rating, gain, gain_per_hundred_hours }
    }

    pub fn learning(&self) -> Option<&TrainingTold> {
        match &self.what {
            What::Learning(it) => Some(it),
            What::Hiring(_) => None,
        }
    }

    pub fn hiring(&self) -> Option<&HireTold> {
        match &self.what {
            What::Hiring(it) => Some(it),
            What::Learning(_) => None,
        }
    }

    /// Hours in the first year.
    pub fn hours_together(&self) -> f64 {
        self.hours + self.others_hours
    }

    /// What is surely better, before what may be nothing, before what surely harms; and then by how much.
    fn rank(&self, order: Order) -> (i8, f64) {
        let sureness = self.gain.map_or(0, |it| i8::from(it.low > 0.0) - i8::from(it.high < 0.0));
        let by = match order {
            Order::PerHour => self.gain_per_hundred_hours,
            Order::Most => self.gain,
        };
        (sureness, by.map_or(f64::NEG_INFINITY, |it| it.mean))
    }

    fn compared(&self, other: &Choice, order: Order) -> Ordering {
        let (mine, theirs) = (self.rank(order), other.rank(order));
        mine.0.cmp(&theirs.0).then(mine.1.total_cmp(&theirs.1))
    }
}

/// Trainings and hires of one simulation, for leads; levels that the reader may not see are left out, of costs too.
pub fn choices(tx: &mut Tx, told: &WorthTold, order: Order) -> Result<Vec<Choice>, FloorError> {
    super::only_leads(tx)?;
    let settings = planning::plan_settings(tx)?;
    let known = Known::load(tx).map_err(of_planning)?;
    let seen = levels_of_trainings(tx, told)?;
    let training = |it: &TrainingTold| {
        let (user, skill) = it.user.zip(it.skill)?;
        let from = it.from.filter(|_| seen.contains(&(user, skill)));
        let cost = known.cost(user, skill, from, it.to);
        let what = What::Learning(TrainingTold { from, ..it.clone() });
        Some(Choice::of(what, told.by_time, (cost.hours, cost.teacher_hours)))
    };
    let hire = |it: &HireTold| {
        let cost = (settings.hire_hours_per_year, settings.hire_hours_once);
        Choice::of(What::Hiring(it.clone()), told.by_time, cost)
    };
    let mut all: Vec<Choice> = told.trainings.iter().filter_map(training).collect();
    all.extend(told.hires.iter().map(hire));
    all.sort_by(|one, other| other.compared(one, order));
    Ok(all)
}

pub(super) fn of_planning(error: PlanError) -> FloorError {
    match error {
        PlanError::Db(error) => FloorError::Db(error),
        _ => FloorError::NotALead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mean: f64, half: f64) -> Option<Told> {
        Some(Told { mean, low: mean - half, high: mean + half })
    }

    fn training(gain: Option<Told>, hours: f64) -> Choice {
        let it = TrainingTold { in_time: gain, ..TrainingTold::default() };
        Choice::of(What::Learning(it), true, (hours, 0.0))
    }

    #[test]
    fn what_is_sure_goes_before_what_only_looks_better_and_harm_comes_last() {
        let hire = HireTold { in_time: told(0.03, 0.01), for_good: told(0.5, 0.1), ..HireTold::default() };
        let mut all = [
            training(told(-0.02, 0.01), 10.0),
            training(told(0.05, 0.06), 10.0),
            training(None, 10.0),
            training(told(0.01, 0.005), 20.0),
            Choice::of(What::Hiring(hire), true, (1_700.0, 300.0)),
        ];
        let mut ranked = |order: Order| -> Vec<Option<f64>> {
            all.sort_by(|one, other| other.compared(one, order));
            all.iter().map(|it| it.gain.map(|it| it.mean)).collect()
        };
        assert_eq!(ranked(Order::PerHour), [Some(0.01), Some(0.03), Some(0.05), None, Some(-0.02)]);
        assert_eq!(ranked(Order::Most), [Some(0.03), Some(0.01), Some(0.05), None, Some(-0.02)]);
    }

    #[test]
    fn a_hundred_hours_of_a_years_hire_bring_a_part_of_it() {
        let hire = HireTold { in_time: told(0.04, 0.01), ..HireTold::default() };
        let it = Choice::of(What::Hiring(hire), true, (1_700.0, 300.0));
        let each = it.gain_per_hundred_hours.expect("it was measured");
        assert!((each.mean - 0.002).abs() < 1e-12 && (each.low - 0.0015).abs() < 1e-12);
        assert_eq!(it.hours_together(), 2_000.0);
    }
}
