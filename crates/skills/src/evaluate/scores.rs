//! How good predictions were, and the slope and offset that keep them calibrated.

use super::Tuning;
use crate::observation::sigmoid;

/// How good the predictions of the test rows were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    pub rows: u64,
    pub scored: u64,
    /// Share of right answers among the scored.
    pub right: f64,
    /// Chance that a right answer was thought more likely than a wrong one; ½ if there is only one kind.
    pub auc: f64,
    /// Mean negative log-likelihood, natural logarithm.
    pub log_loss: f64,
    /// Expected calibration error over ten equal bins of probability.
    pub ece: f64,
}

/// p ← σ(slope·logit(p) + offset), both found by Newton steps on every answer seen so far, the start weighing as some answers.
pub(super) struct Calibration {
    slope: f64,
    offset: f64,
    /// Information gathered: of slope, of both, of offset; and the share of it that is left after an answer.
    information: [f64; 3],
    kept: f64,
}

impl Calibration {
    pub fn new(tuning: &Tuning) -> Calibration {
        let weight = 0.2 * tuning.calibration_start.max(1.0);
        let kept = 1.0 - 1.0 / tuning.calibration_kept.max(10.0);
        Calibration { slope: 1.0, offset: 0.0, information: [weight, 0.0, weight], kept }
    }

    pub fn meet(&mut self, thought: f64, correct: bool) -> f64 {
        const P_MIN: f64 = 1e-6;
        let thought = thought.clamp(P_MIN, 1.0 - P_MIN);
        let x = (thought / (1.0 - thought)).ln();
        let p = sigmoid(self.slope * x + self.offset);
        let (surprise, weight) = (if correct { 1.0 - p } else { -p }, p * (1.0 - p));
        let kept = self.kept;
        let [a, b, c] = &mut self.information;
        (*a, *b, *c) = (kept * *a + weight * x * x, kept * *b + weight * x, kept * *c + weight);
        let determinant = *a * *c - *b * *b;
        if determinant > 0.0 {
            self.slope += surprise * (*c * x - *b) / determinant;
            self.offset += surprise * (*a - *b * x) / determinant;
        }
        p.clamp(P_MIN, 1.0 - P_MIN)
    }
}

/// What has been scored, in memory that does not grow.
pub(super) struct Tally {
    pub rows: u64,
    wrong_right: Vec<[u32; 2]>,
    log_loss: f64,
    bins: [Bin; BINS],
}

#[derive(Clone, Copy, Default)]
struct Bin {
    rows: u64,
    right: u64,
    thought: f64,
}

const BINS: usize = 10;
/// Predictions closer than a millionth count as ties.
const STEPS: usize = 1_000_000;

impl Default for Tally {
    fn default() -> Tally {
        Tally { rows: 0, wrong_right: Vec::new(), log_loss: 0.0, bins: [Bin::default(); BINS] }
    }
}

impl Tally {
    pub fn add(&mut self, p: f64, correct: bool) {
        if self.wrong_right.is_empty() {
            self.wrong_right = vec![[0; 2]; STEPS];
        }
        let step = ((p * STEPS as f64) as usize).min(STEPS - 1);
        self.wrong_right[step][usize::from(correct)] += 1;
        self.log_loss -= if correct { p.ln() } else { (1.0 - p).ln() };
        let bin = &mut self.bins[((p * BINS as f64) as usize).min(BINS - 1)];
        bin.rows += 1;
        bin.right += u64::from(correct);
        bin.thought += p;
    }

    pub fn scores(&self) -> Scores {
        let (mut below, mut pairs, mut right) = (0.0, 0.0, 0.0);
        for [wrong, correct] in &self.wrong_right {
            let (wrong, correct) = (f64::from(*wrong), f64::from(*correct));
            pairs += correct * (below + 0.5 * wrong);
            below += wrong;
            right += correct;
        }
        let scored = below + right;
        let off = |bin: &Bin| (bin.thought - bin.right as f64).abs();
        let of_all = |sum: f64| if scored > 0.0 { sum / scored } else { 0.0 };
        Scores {
            rows: self.rows,
            scored: scored as u64,
            right: of_all(right),
            auc: if right > 0.0 && below > 0.0 { pairs / (right * below) } else { 0.5 },
            log_loss: of_all(self.log_loss),
            ece: of_all(self.bins.iter().map(off).sum()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_counts_ties_as_half_and_the_loss_is_that_of_the_definition() {
        let mut tally = Tally::default();
        for (p, correct) in [(0.9, true), (0.9, false), (0.4, true), (0.2, false)] {
            tally.add(p, correct);
        }
        let scores = tally.scores();
        // Pairs: (.9, .9) ½, (.9, .2) 1, (.4, .9) 0, (.4, .2) 1.
        assert!((scores.auc - 2.5 / 4.0).abs() < 1e-12);
        let loss = -(0.9_f64.ln() + 0.1_f64.ln() + 0.4_f64.ln() + 0.8_f64.ln()) / 4.0;
        assert!((scores.log_loss - loss).abs() < 1e-12);
        // Bins: .9 twice, of which one right (off 0.8); .4 right (off 0.6); .2 wrong (off 0.2).
        assert!((scores.ece - 1.6 / 4.0).abs() < 1e-12);
    }
}
