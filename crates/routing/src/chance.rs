//! Chance from a seed: the same seed, the same lot, on every machine.

/// SplitMix64 (Steele, Lea & Flood 2014): one well-mixed number from the `index`-th step after `seed`.
pub(crate) fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(index + 1));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform in 0 ≤ x < 1.
pub(crate) fn share(seed: u64, index: u64) -> f64 {
    const STEPS: f64 = (1_u64 << 53) as f64;
    (mixed(seed, index) >> 11) as f64 / STEPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_first_numbers_come_out() {
        assert_eq!(mixed(1_234_567, 0), 6_457_827_717_110_365_317);
        assert_eq!(mixed(1_234_567, 1), 3_203_168_211_198_807_973);
    }

    #[test]
    fn neighbouring_seeds_are_spread_evenly() {
        let below = (0..10_000).filter(|seed| share(*seed, 0) < 0.05).count();
        assert!((400..600).contains(&below), "{below}");
    }
}
