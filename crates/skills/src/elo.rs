//! Elo: a comparator for tests and benchmarks. Ratings are in logits, not in the chess scale of 400/ln 10.

/// Chance of success of `rating` against `difficulty`, 0–1.
pub fn expected(rating: f64, difficulty: f64) -> f64 {
    1.0 / (1.0 + (difficulty - rating).exp())
}

/// Both ratings after one encounter: what one side gains the other loses. `k` is the step in logits.
pub fn update(rating: f64, difficulty: f64, success: bool, k: f64) -> (f64, f64) {
    let outcome = if success { 1.0 } else { 0.0 };
    let step = k * (outcome - expected(rating, difficulty));
    (rating + step, difficulty - step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_chess_formula_in_logits() {
        // Published table: 200 points ahead wins 76 % of the time.
        let logits = 200.0 * std::f64::consts::LN_10 / 400.0;
        assert!((expected(logits, 0.0) - 0.7597).abs() < 1e-4);
    }

    #[test]
    fn nothing_is_created_and_nothing_lost() {
        let (rating, difficulty) = update(0.3, 0.9, true, 0.2);
        assert!(rating > 0.3 && difficulty < 0.9);
        assert!((rating + difficulty - 1.2).abs() < 1e-12);
    }
}
