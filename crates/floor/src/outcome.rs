//! What comes of a contact: solved or not, and how content the customer is.

/// Slope and cut points of the rating model, as `skills` reads ratings: 1–5, a little over half give a 5 at 0 logits.
const SATISFACTION_SLOPE: f64 = 0.6;
const SATISFACTION_CUTS: [f64; 4] = [-2.6, -2.0, -1.3, -0.3];
/// An assumption of the simulator: each minute of waiting costs as much content as this much ability, up to the most.
const WAIT_COST_LOGITS_PER_MINUTE: f64 = 0.2;
const WAIT_COST_LOGITS_MAX: f64 = 4.0;

/// The rating (1–5) that is expected of a customer who was served by somebody of this ability after this wait.
pub(crate) fn expected_rating(ability_logits: f64, waited_s: f64) -> f64 {
    let cost = (WAIT_COST_LOGITS_PER_MINUTE * waited_s / 60.0).min(WAIT_COST_LOGITS_MAX);
    let z = SATISFACTION_SLOPE * (ability_logits - cost);
    1.0 + SATISFACTION_CUTS.iter().map(|cut| 1.0 / (1.0 + (cut - z).exp())).sum::<f64>()
}

/// A second uniform number from a first, for what follows after the first was used.
pub(crate) fn second_luck(luck: f64) -> f64 {
    let bits = (luck.to_bits() ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD134_2543_DE82_EF95);
    let bits = (bits ^ (bits >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ability_pleases_and_waiting_does_not() {
        let usual = expected_rating(0.0, 0.0);
        assert!((4.0..4.6).contains(&usual), "{usual}");
        assert!(expected_rating(1.0, 0.0) > usual);
        assert!(expected_rating(0.0, 300.0) < usual);
        assert!(expected_rating(-9.0, 9e9) >= 1.0);
    }

    #[test]
    fn the_second_luck_is_uniform_and_does_not_follow_the_first() {
        let lucks: Vec<f64> = (0..10_000).map(|at| f64::from(at) / 10_000.0).collect();
        let seconds: Vec<f64> = lucks.iter().map(|it| second_luck(*it)).collect();
        let mean = seconds.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        let low = |from: usize| seconds[from..from + 5_000].iter().filter(|it| **it < 0.5).count();
        assert!((2_300..2_700).contains(&low(0)) && (2_300..2_700).contains(&low(5_000)));
    }
}
