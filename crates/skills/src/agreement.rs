//! How far raters agree, and how severe each of them is.
//!
//! Cohen (1968), "Weighted kappa", Psychological Bulletin 70; Krippendorff (2011), "Computing Krippendorff's
//! alpha-reliability". Severity is the rater's part in y = θ − severity + noise, shrunk to 0 as far as little is known.

use serde::{Deserialize, Serialize};

/// How much two different values disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distance {
    /// Equal or not.
    Nominal,
    /// By the distance itself.
    Linear,
    /// By the square of the distance.
    Squared,
}

impl Distance {
    fn between(self, one: f64, other: f64) -> f64 {
        let apart = (one - other).abs();
        match self {
            Distance::Nominal => f64::from(u8::from(apart > 0.0)),
            Distance::Linear => apart,
            Distance::Squared => apart * apart,
        }
    }
}

/// Weighted kappa of two raters who scored the same things: 1 is full agreement, 0 what chance alone would give.
/// None without pairs, or where chance leaves nothing to disagree about.
pub fn weighted_kappa(pairs: &[(f64, f64)], distance: Distance) -> Option<f64> {
    let count = pairs.len() as f64;
    let observed: f64 = pairs.iter().map(|(one, other)| distance.between(*one, *other)).sum::<f64>() / count;
    let by_chance: f64 = pairs
        .iter()
        .map(|(one, _)| pairs.iter().map(|(_, other)| distance.between(*one, *other)).sum::<f64>())
        .sum::<f64>()
        / (count * count);
    (by_chance > 0.0).then(|| 1.0 - observed / by_chance)
}

/// Krippendorff's alpha: any number of raters, and not everybody needs to have scored everything. `units` holds the
/// values that each thing was given. Squared is the interval metric. None where nothing can be paired or all values are
/// the same.
pub fn krippendorff_alpha(units: &[Vec<f64>], distance: Distance) -> Option<f64> {
    let paired: Vec<&Vec<f64>> = units.iter().filter(|values| values.len() > 1).collect();
    let all: Vec<f64> = paired.iter().flat_map(|values| values.iter().copied()).collect();
    let count = all.len() as f64;
    let among = |values: &[f64]| -> f64 {
        values.iter().map(|one| values.iter().map(|other| distance.between(*one, *other)).sum::<f64>()).sum()
    };
    let observed: f64 =
        paired.iter().map(|values| among(values) / (values.len() as f64 - 1.0)).sum::<f64>() / count;
    let expected = among(&all) / (count * (count - 1.0));
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// Raters differ in severity with about this standard deviation, in logits, before anything is known of one.
pub const SEVERITY_SD_LOGITS: f64 = 0.4;

/// What is believed of one rater's severity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Severity {
    /// Logits; above 0: gives too little.
    pub mean: f64,
    pub sd: f64,
    pub scores: usize,
}

/// One score of a rater beside what was believed before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// Believed minus given, in logits.
    pub short_by: f64,
    /// Of the belief and of the noise of one score together; above 0.
    pub variance: f64,
}

/// The normal posterior of a rater's severity: prior N(0, 0.4²), each residual an observation with its own variance.
pub fn severity(residuals: &[Residual]) -> Severity {
    let usable = residuals.iter().filter(|it| it.variance > 0.0 && it.short_by.is_finite());
    let start = 1.0 / SEVERITY_SD_LOGITS.powi(2);
    let (mut precision, mut sum, mut scores) = (start, 0.0, 0);
    for it in usable {
        precision += 1.0 / it.variance;
        sum += it.short_by / it.variance;
        scores += 1;
    }
    Severity { mean: sum / precision, sd: (1.0 / precision).sqrt(), scores }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, wanted: f64) {
        let found = found.expect("it can be computed");
        assert!((found - wanted).abs() < 5e-4, "{found}, not {wanted}");
    }

    /// Hout, Duncan & Sobel (1987): how often husbands and wives find it fun; published with the R package vcd as
    /// kappa .1293, and .2374 with equally spaced weights.
    #[test]
    fn kappa_of_the_published_four_by_four_table() {
        let table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]];
        let mut pairs = Vec::new();
        for (one, row) in table.iter().enumerate() {
            for (other, count) in row.iter().enumerate() {
                pairs.extend(std::iter::repeat_n((one as f64, other as f64), *count));
            }
        }
        close(weighted_kappa(&pairs, Distance::Nominal), 0.1293);
        close(weighted_kappa(&pairs, Distance::Linear), 0.2374);
    }

    /// Krippendorff (2011), example C: four observers, twelve units, values missing. Nominal .743, interval .849.
    #[test]
    fn alpha_of_the_published_example_with_missing_values() {
        let observers: [[i8; 12]; 4] = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        let units: Vec<Vec<f64>> = (0..12)
            .map(|unit| observers.iter().map(|it| it[unit]).filter(|it| *it > 0).map(f64::from).collect())
            .collect();
        close(krippendorff_alpha(&units, Distance::Nominal), 0.7434);
        close(krippendorff_alpha(&units, Distance::Squared), 0.8491);
    }

    #[test]
    fn full_agreement_is_one_and_nothing_to_compare_is_nothing() {
        close(weighted_kappa(&[(1.0, 1.0), (3.0, 3.0), (5.0, 5.0)], Distance::Linear), 1.0);
        close(krippendorff_alpha(&[vec![1.0, 1.0], vec![4.0, 4.0, 4.0]], Distance::Squared), 1.0);
        assert_eq!(weighted_kappa(&[], Distance::Linear), None);
        assert_eq!(
            weighted_kappa(&[(2.0, 2.0)], Distance::Linear),
            None,
            "one value leaves nothing to agree on"
        );
        assert_eq!(
            krippendorff_alpha(&[vec![1.0], vec![2.0]], Distance::Squared),
            None,
            "nobody scored the same"
        );
        assert_eq!(krippendorff_alpha(&[vec![3.0, 3.0]], Distance::Squared), None);
    }

    #[test]
    fn a_raters_severity_grows_out_of_doubt() {
        let short = Residual { short_by: 0.5, variance: 0.5 };
        let none = severity(&[]);
        assert_eq!((none.mean, none.scores), (0.0, 0));
        let (few, many) = (severity(&[short; 2]), severity(&[short; 200]));
        assert!(few.mean > 0.0 && few.mean < 0.25 && few.sd > many.sd, "{few:?}");
        assert!((many.mean - 0.5).abs() < 0.01, "{many:?}");
        let broken = Residual { short_by: f64::NAN, variance: 1.0 };
        assert_eq!(severity(&[broken]), none);
    }
}
