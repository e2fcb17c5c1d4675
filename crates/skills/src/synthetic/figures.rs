//! How near an estimate came to the truth.

use super::Estimate;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// In logits, both sides centred: the average topic's difficulty cannot be told from the average person's ability.
    pub rmse: f64,
    pub spearman: f64,
    /// Share of true abilities inside the nominal 90 % interval, uncentred; `None` for estimators without one.
    pub coverage: Option<f64>,
}

/// Half the width of a 90 % interval in standard deviations.
const SDS_90: f64 = 1.644_853_626_951_472_2;

pub fn figures(estimate: &Estimate, truth: &[f64]) -> Figures {
    let n = truth.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (centre, true_centre) = (mean(&estimate.mean), mean(truth));
    let off = |(a, b): (&f64, &f64)| ((a - centre) - (b - true_centre)).powi(2);
    let squares: f64 = estimate.mean.iter().zip(truth).map(off).sum();
    let (a, b) = (ranks(&estimate.mean), ranks(truth));
    let apart: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    let coverage = estimate.sd.as_ref().map(|sd| {
        let held = |at: &usize| (estimate.mean[*at] - truth[*at]).abs() <= SDS_90 * sd[*at];
        (0..truth.len()).filter(held).count() as f64 / n
    });
    Figures { rmse: (squares / n).sqrt(), spearman: 1.0 - 6.0 * apart / (n * (n * n - 1.0)), coverage }
}

/// Over several desks.
pub fn mean_of(all: &[Figures]) -> Figures {
    let n = all.len().max(1) as f64;
    Figures {
        rmse: all.iter().map(|it| it.rmse).sum::<f64>() / n,
        spearman: all.iter().map(|it| it.spearman).sum::<f64>() / n,
        coverage: all.iter().map(|it| it.coverage).sum::<Option<f64>>().map(|sum| sum / n),
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank as f64;
    }
    ranks
}
