//! Hours: how long people were on duty and busy.

use super::{Simulation, hours};
use crate::policy::Policy;

impl<P: Policy> Simulation<'_, P> {
    /// Hours of a group until now go to the period that runs.
    #[inline]
    pub(super) fn account(&mut self, group: usize) {
        let it = &mut self.state.groups[group];
        let passed = self.state.now - it.since.max(self.count_from);
        it.since = self.state.now;
        if passed > 0.0 {
            let figures = &mut self.totals.groups[group * self.totals.periods + self.state.told];
            figures[hours::BUSY_S] += f64::from(it.busy) * passed;
            figures[hours::PRESENT_S] += f64::from(it.present) * passed;
        }
    }

    pub(super) fn close_accounts(&mut self) {
        for group in 0..self.state.groups.len() {
            self.account(group);
            let (from, to) = (self.state.groups[group].people_from, self.state.groups[group].people_to);
            let spread = self.spread(from, to);
            self.totals.groups[group * self.totals.periods][hours::SPREAD] = spread;
        }
        self.totals.spread = self.spread(0, self.state.people.len() as u32);
        for it in &mut self.state.people {
            it.busy_s = 0.0;
            it.busy_since = self.state.now;
        }
    }

    /// Standard deviation ÷ mean of what people were busy today.
    pub(super) fn spread(&self, from: u32, to: u32) -> f64 {
        let since = self.count_from;
        let busy: Vec<f64> = (from..to)
            .map(|it| &self.state.people[it as usize])
            .map(|it| {
                let runs = it.held > 0 || it.wrapping;
                it.busy_s + if runs { (self.state.now - it.busy_since.max(since)).max(0.0) } else { 0.0 }
            })
            .collect();
        let mean = busy.iter().sum::<f64>() / busy.len().max(1) as f64;
        if mean <= 0.0 {
            return 0.0;
        }
        let variance = busy.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / busy.len() as f64;
        variance.sqrt() / mean
    }
}
