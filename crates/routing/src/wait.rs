//! How long will it wait? An honest guess with an interval, from how fast the queue has moved of late.

use serde::{Deserialize, Serialize};

/// What may be said to whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    pub median_ms: i64,
    /// Within these in 8 of 10 cases, as long as the queue moves as it has.
    pub low_ms: i64,
    pub high_ms: i64,
}

/// The upper 90 % point of the standard normal distribution.
const Z_80: f64 = 1.281_551_565_544_8;
/// Fewer than this, and nothing honest can be said.
const TAKEN_MIN: u32 = 3;

/// Somebody waits behind `ahead` others; of the same queue, `taken` were taken within the last `within_ms`, while work was
/// waiting all the time. `None` if too few were taken to say anything.
///
/// If people become free by chance at a steady but unknown rate, the wait is a sum of `ahead + 1` such gaps, and the rate is
/// known from `taken` of them: their ratio follows an F distribution with 2(ahead + 1) and 2·taken degrees of freedom.
/// Its quantiles come from Paulson's (1942) approximation by cube roots.
pub fn expected_wait(ahead: u32, taken: u32, within_ms: i64) -> Option<Wait> {
    if taken < TAKEN_MIN || within_ms <= 0 {
        return None;
    }
    let gap_ms = within_ms as f64 / f64::from(taken);
    let gaps = f64::from(ahead) + 1.0;
    let at = |z: f64| (gap_ms * gaps * f_quantile(z, 2.0 * gaps, 2.0 * f64::from(taken))).round() as i64;
    Some(Wait { median_ms: at(0.0), low_ms: at(-Z_80), high_ms: at(Z_80) })
}

/// The quantile of an F distribution at which a standard normal has its `z`.
fn f_quantile(z: f64, above: f64, below: f64) -> f64 {
    let (a, b) = (2.0 / (9.0 * above), 2.0 / (9.0 * below));
    // ((1−b)u − (1−a))² = z²(bu² + a), with u the cube root of the quantile.
    let square = (1.0 - b) * (1.0 - b) - z * z * b;
    let half = (1.0 - a) * (1.0 - b);
    let rest = (1.0 - a) * (1.0 - a) - z * z * a;
    let root = (half * half - square * rest).max(0.0).sqrt();
    let u = (half + z.signum() * root) / square;
    u.max(0.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Published points of the F distribution: F(.90; 2, 20), F(.90; 10, 10), F(.10; 10, 10), F(.50; 20, 20).
        for (z, above, below, published) in [
            (Z_80, 2.0, 20.0, 2.589),
            (Z_80, 10.0, 10.0, 2.323),
            (-Z_80, 10.0, 10.0, 0.4306),
            (0.0, 20.0, 20.0, 1.0),
        ] {
            let got = f_quantile(z, above, below);
            assert!((got / published - 1.0).abs() < 0.02, "{got} instead of {published}");
        }
    }

    #[test]
    fn more_ahead_is_longer_and_more_known_is_surer() {
        let few = expected_wait(2, 10, 600_000).unwrap();
        let many = expected_wait(8, 10, 600_000).unwrap();
        assert!(few.median_ms < many.median_ms && few.low_ms < few.median_ms && few.median_ms < few.high_ms);
        let sure = expected_wait(8, 100, 6_000_000).unwrap();
        assert!(sure.high_ms - sure.low_ms < many.high_ms - many.low_ms);
    }

    #[test]
    fn of_too_little_nothing_is_said() {
        assert_eq!(expected_wait(0, 2, 600_000), None);
        assert_eq!(expected_wait(0, 10, 0), None);
    }
}
