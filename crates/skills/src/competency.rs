//! Competencies: what is believed of somebody in skills that are used together.
//!
//! The competency is the weighted mean of the skills' abilities, M = Σ wᵢθᵢ / Σ wᵢ. What is unsure about a person is partly
//! the same in all their skills (θ = g + u, as in [`crate::readiness`]): with a share ρ in common the variance of M is
//! ρ(Σ wᵢσᵢ)² + (1−ρ) Σ wᵢ²σᵢ², over (Σ wᵢ)². It lies between that of independent skills and that of one and the same.

use crate::belief::Belief;
use crate::readiness::SHARED_UNCERTAINTY;

/// One skill of a competency, with what is believed of one person in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub belief: Belief,
    /// Above 0; only ratios count.
    pub weight: f64,
    /// Something was seen; else the belief is the start of the skill.
    pub seen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Together {
    pub belief: Belief,
    /// The share of weight in skills that were seen, 0–1.
    pub seen: f64,
}

/// None without a part of positive weight.
pub fn together(parts: &[Part]) -> Option<Together> {
    let parts = || parts.iter().filter(|it| it.weight > 0.0);
    let weight: f64 = parts().map(|it| it.weight).sum();
    if weight <= 0.0 {
        return None;
    }
    let mean = parts().map(|it| it.weight * it.belief.mean).sum::<f64>() / weight;
    let linear: f64 = parts().map(|it| it.weight * it.belief.variance.sqrt()).sum();
    let squares: f64 = parts().map(|it| it.weight * it.weight * it.belief.variance).sum();
    let variance =
        (SHARED_UNCERTAINTY * linear * linear + (1.0 - SHARED_UNCERTAINTY) * squares) / (weight * weight);
    let seen = parts().filter(|it| it.seen).map(|it| it.weight).sum::<f64>() / weight;
    Some(Together { belief: Belief { mean, variance }, seen })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(mean: f64, variance: f64, weight: f64, seen: bool) -> Part {
        Part { belief: Belief { mean, variance }, weight, seen }
    }

    #[test]
    fn one_skill_alone_is_the_competency() {
        let it = together(&[part(0.7, 0.3, 0.4, true)]).unwrap();
        assert!((it.belief.mean - 0.7).abs() < 1e-12 && (it.belief.variance - 0.3).abs() < 1e-12);
        assert_eq!((it.seen, together(&[])), (1.0, None));
        assert_eq!(together(&[part(0.7, 0.3, 0.0, true)]), None);
    }

    #[test]
    fn several_are_surer_than_one_and_less_sure_than_if_they_had_nothing_in_common() {
        let parts = [part(1.0, 0.4, 1.0, true), part(0.0, 0.4, 1.0, false)];
        let it = together(&parts).unwrap();
        assert!((it.belief.mean - 0.5).abs() < 1e-12 && (it.seen - 0.5).abs() < 1e-12);
        assert!((it.belief.variance - 0.3).abs() < 1e-12, "{it:?}: between 0.2 and 0.4");
    }
}
