//! How severe a reviewer is: what they gave beside what was believed just before, over all their reviews that count.

use super::store;
use crate::{Tx, UserId};
use ::skills::agreement::{Residual, Severity, severity};
use ::skills::logits_of;

/// Reviews' scores that are looked at, the newest first.
pub const SCORES_LOOKED_AT_MAX: usize = 2_000;

/// What one score of a reviewer said, beside the belief before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScoreBeside {
    pub level: f64,
    /// Of the belief before, in logits, weighted over the skills of the category.
    pub mean_before: f64,
    pub variance_before: f64,
}

pub fn severity_of(tx: &mut Tx, reviewer: UserId) -> Result<Severity, db::Error> {
    Ok(of_scores(&store::list_scores_beside_beliefs(tx, reviewer)?))
}

fn of_scores(scores: &[ScoreBeside]) -> Severity {
    let residuals: Vec<Residual> = scores
        .iter()
        .map(|it| Residual {
            short_by: it.mean_before - logits_of(it.level),
            variance: it.variance_before + ::skills::REVIEW_VARIANCE_LOGITS,
        })
        .collect();
    severity(&residuals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gives_less_than_is_believed_is_severe() {
        let short = ScoreBeside { level: 2.5, mean_before: 0.6, variance_before: 0.2 };
        assert!(of_scores(&[short; 30]).mean > 0.4);
        let fair = ScoreBeside { level: 2.5, mean_before: 0.0, variance_before: 0.2 };
        assert!(of_scores(&[fair; 30]).mean.abs() < 1e-9);
        assert_eq!(of_scores(&[]).mean, 0.0);
    }
}
