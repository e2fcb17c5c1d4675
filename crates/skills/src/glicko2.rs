//! Glicko-2 (Glickman 2012, "Example of the Glicko-2 system"): a comparator for tests and benchmarks.

/// Points of the published scale per unit of the internal one.
const SCALE: f64 = 173.7178;
const CENTRE: f64 = 1500.0;
/// The volatility search stops at this width or after this many steps.
const TOLERANCE: f64 = 1e-6;
const STEPS_MAX: u32 = 100;

/// Rating and deviation in the published scale (1500, 350 at the start), volatility about 0.06.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    pub rating: f64,
    pub deviation: f64,
    pub volatility: f64,
}

/// The rating after one period against `opponents`, each with a score of 0, ½ or 1; `tau` (0.3–1.2) limits the volatility.
pub fn update(player: Rating, opponents: &[(Rating, f64)], tau: f64) -> Rating {
    let mean = (player.rating - CENTRE) / SCALE;
    let deviation = player.deviation / SCALE;
    let (mut information, mut gain) = (0.0, 0.0);
    for (opponent, score) in opponents {
        let damping = damping(opponent.deviation / SCALE);
        let expected = 1.0 / (1.0 + (-damping * (mean - (opponent.rating - CENTRE) / SCALE)).exp());
        information += damping * damping * expected * (1.0 - expected);
        gain += damping * (score - expected);
    }
    if information == 0.0 {
        return Rating { deviation: SCALE * deviation.hypot(player.volatility), ..player };
    }
    let variance = 1.0 / information;
    let volatility = new_volatility(deviation, variance * gain, variance, player.volatility, tau);
    let widened = deviation.hypot(volatility);
    let deviation = 1.0 / (1.0 / (widened * widened) + information).sqrt();
    Rating {
        rating: CENTRE + SCALE * (mean + deviation * deviation * gain),
        deviation: SCALE * deviation,
        volatility,
    }
}

fn damping(deviation: f64) -> f64 {
    1.0 / (1.0 + 3.0 * (deviation / std::f64::consts::PI).powi(2)).sqrt()
}

/// Step 5 of the paper: the Illinois variant of regula falsi on ln σ².
fn new_volatility(deviation: f64, delta: f64, variance: f64, volatility: f64, tau: f64) -> f64 {
    let start = (volatility * volatility).ln();
    let (delta2, deviation2) = (delta * delta, deviation * deviation);
    let f = |x: f64| {
        let e = x.exp();
        let spread = deviation2 + variance + e;
        e * (delta2 - spread) / (2.0 * spread * spread) - (x - start) / (tau * tau)
    };
    let mut low = start;
    let mut high = if delta2 > deviation2 + variance {
        (delta2 - deviation2 - variance).ln()
    } else {
        let mut k = 1.0;
        while f(start - k * tau) < 0.0 && k < f64::from(STEPS_MAX) {
            k += 1.0;
        }
        start - k * tau
    };
    let (mut f_low, mut f_high) = (f(low), f(high));
    for _ in 0..STEPS_MAX {
        if (high - low).abs() <= TOLERANCE {
            break;
        }
        let between = low + (low - high) * f_low / (f_high - f_low);
        let f_between = f(between);
        if f_between * f_high <= 0.0 {
            (low, f_low) = (high, f_high);
        } else {
            f_low /= 2.0;
        }
        (high, f_high) = (between, f_between);
    }
    (low / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(rating: f64, deviation: f64) -> Rating {
        Rating { rating, deviation, volatility: 0.06 }
    }

    #[test]
    fn the_worked_example_of_the_paper_comes_out() {
        let opponents =
            [(rating(1400.0, 30.0), 1.0), (rating(1550.0, 100.0), 0.0), (rating(1700.0, 300.0), 0.0)];
        let after = update(rating(1500.0, 200.0), &opponents, 0.5);
        assert!((after.rating - 1464.05).abs() < 0.01, "{after:?}");
        assert!((after.deviation - 151.52).abs() < 0.01, "{after:?}");
        assert!((after.volatility - 0.05999).abs() < 0.00001, "{after:?}");
    }

    #[test]
    fn a_period_without_play_only_widens() {
        let after = update(rating(1500.0, 200.0), &[], 0.5);
        assert_eq!(after.rating, 1500.0);
        assert!(after.deviation > 200.0);
    }
}
