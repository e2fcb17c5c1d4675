//! Quantiles of a count: Poisson around a mean that itself varies by a Gamma factor (negative binomial).

use statrs::distribution::{ContinuousCDF, Normal};

/// Means above this are as good as normal.
const NORMAL_FROM: f64 = 5_000.0;
/// A factor that varies by less than this does not vary.
const SPREAD_LEAST: f64 = 1e-9;

/// The least whole number that a count does not exceed with probability `p`. `spread` is the variance of the factor.
pub(super) fn quantile(mean: f64, spread: f64, p: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    if mean > NORMAL_FROM {
        let sd = (mean + spread * mean * mean).sqrt();
        return Normal::new(mean, sd).map_or(mean, |it| it.inverse_cdf(p)).max(0.0).round();
    }
    // P(0), and from each probability the next.
    let shape = 1.0 / spread.max(SPREAD_LEAST);
    let share = mean / (mean + shape);
    let mut probability_ln = if spread > SPREAD_LEAST { -shape * (mean * spread).ln_1p() } else { -mean };
    let mut below = probability_ln.exp();
    let mut count = 0.0;
    let most = mean + 50.0 * (mean + spread * mean * mean).sqrt() + 50.0;
    while below < p && count < most {
        let ratio = if spread > SPREAD_LEAST {
            share * (count + shape) / (count + 1.0)
        } else {
            mean / (count + 1.0)
        };
        probability_ln += ratio.ln();
        below += probability_ln.exp();
        count += 1.0;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{DiscreteCDF, NegativeBinomial, Poisson};

    #[test]
    fn quantiles_are_those_of_the_textbook() {
        for mean in [0.3, 4.0, 60.0, 900.0] {
            for p in [0.025, 0.1, 0.5, 0.9, 0.975] {
                let exact = Poisson::new(mean).unwrap().inverse_cdf(p) as f64;
                assert_eq!(quantile(mean, 0.0, p), exact, "Poisson {mean} at {p}");
                let shape = 1.0 / 0.05;
                let exact = NegativeBinomial::new(shape, shape / (shape + mean)).unwrap();
                let found = quantile(mean, 0.05, p);
                let around = (exact.cdf(found as u64), (found >= 1.0).then(|| exact.cdf(found as u64 - 1)));
                assert!(
                    around.0 >= p - 1e-9 && around.1.is_none_or(|it| it < p + 1e-9),
                    "{mean} at {p}: {found}"
                );
            }
        }
        assert_eq!(quantile(0.0, 0.1, 0.9), 0.0);
        assert!((quantile(10_000.0, 0.01, 0.5) - 10_000.0).abs() < 1.0);
    }
}
