//! Scorecards: what one reading of a conversation comes to, and what it says of a level.
//!
//! A category is scored on 2 to 5 points: (chosen − least) / (most − least) · 100. A review is the weighted mean of its
//! standard and critical categories. A critical category below 50 % makes it 0, and so does an auto-fail category at its
//! least point. Bonus categories add their weighted share on top, so that a review may pass 100 %. What does not apply
//! is left out; a review of nothing is no review.

use serde::{Deserialize, Serialize};

use crate::belief::LEVEL_MAX;

pub const POINTS_MIN: u8 = 2;
pub const POINTS_MAX: u8 = 5;
pub const CATEGORY_WEIGHT_MAX: f64 = 100.0;
/// A critical category below this makes the whole review 0.
pub const CRITICAL_PERCENT_MIN: f64 = 50.0;

/// What a category does to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Standard,
    /// Below 50 % nothing else counts.
    Critical,
    /// Adds, and is never missed.
    Bonus,
    /// Adds nothing; its least point makes the review 0.
    AutoFail,
}

impl Section {
    pub const ALL: [Section; 4] = [Section::Standard, Section::Critical, Section::Bonus, Section::AutoFail];

    pub fn name(self) -> &'static str {
        match self {
            Section::Standard => "standard",
            Section::Critical => "critical",
            Section::Bonus => "bonus",
            Section::AutoFail => "auto_fail",
        }
    }

    pub fn parse(name: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One category as it was scored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    pub section: Section,
    /// Above 0.
    pub weight: f64,
    /// 2 to 5.
    pub points_most: u8,
    /// 1 to `points_most`; None: does not apply.
    pub points: Option<u8>,
}

/// What a review comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewScore {
    /// 0 to 100, and above 100 with a bonus.
    pub percent: f64,
    /// The same before anything made it 0.
    pub percent_before_fails: f64,
    /// Places of the categories that made it 0.
    pub failed_by: Vec<usize>,
}

/// 0 to 100. Points outside of the scale are cut to it.
pub fn category_percent(points: u8, points_most: u8) -> f64 {
    let most = points_most.clamp(POINTS_MIN, POINTS_MAX);
    f64::from(points.clamp(1, most) - 1) / f64::from(most - 1) * 100.0
}

/// The level that a point stands for: the middle of its share of the scale, so that two points say 1.25 and 3.75, and
/// five say 0.5 to 4.5. A yes is no proof of mastery.
pub fn level_of_points(points: u8, points_most: u8) -> f64 {
    let most = points_most.clamp(POINTS_MIN, POINTS_MAX);
    LEVEL_MAX * (f64::from(points.clamp(1, most)) - 0.5) / f64::from(most)
}

/// None if no standard or critical category applies.
pub fn score(scored: &[Scored]) -> Option<ReviewScore> {
    let (mut sum, mut weights, mut bonus) = (0.0, 0.0, 0.0);
    let mut failed_by = Vec::new();
    for (place, it) in scored.iter().enumerate() {
        let Some(points) = it.points else { continue };
        let percent = category_percent(points, it.points_most);
        match it.section {
            Section::Standard | Section::Critical => {
                sum += it.weight * percent;
                weights += it.weight;
                if it.section == Section::Critical && percent < CRITICAL_PERCENT_MIN {
                    failed_by.push(place);
                }
            }
            Section::Bonus => bonus += it.weight * percent,
            Section::AutoFail if points <= 1 => failed_by.push(place),
            Section::AutoFail => {}
        }
    }
    if weights <= 0.0 {
        return None;
    }
    let percent_before_fails = (sum + bonus) / weights;
    let percent = if failed_by.is_empty() { percent_before_fails } else { 0.0 };
    Some(ReviewScore { percent, percent_before_fails, failed_by })
}

/// The mean of reviews, in percent; None without any.
pub fn quality_score(percents: &[f64]) -> Option<f64> {
    (!percents.is_empty()).then(|| percents.iter().sum::<f64>() / percents.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(section: Section, weight: f64, points_most: u8, points: Option<u8>) -> Scored {
        Scored { section, weight, points_most, points }
    }

    fn percent(all: &[Scored]) -> Option<f64> {
        score(all).map(|it| it.percent)
    }

    #[test]
    fn a_point_is_its_share_of_the_way_from_least_to_most() {
        assert_eq!(
            (1..=5).map(|it| category_percent(it, 5)).collect::<Vec<_>>(),
            [0.0, 25.0, 50.0, 75.0, 100.0]
        );
        assert_eq!((1..=3).map(|it| category_percent(it, 3)).collect::<Vec<_>>(), [0.0, 50.0, 100.0]);
        assert_eq!((category_percent(1, 2), category_percent(2, 2)), (0.0, 100.0));
        assert_eq!(category_percent(9, 4), 100.0, "cut to the scale");
    }

    #[test]
    fn a_review_is_the_weighted_mean_of_what_applies() {
        let two = [scored(Section::Standard, 3.0, 5, Some(5)), scored(Section::Standard, 1.0, 5, Some(1))];
        assert_eq!(percent(&two), Some(75.0));
        let one_is_left_out = [two[0], scored(Section::Standard, 1.0, 5, None)];
        assert_eq!(percent(&one_is_left_out), Some(100.0), "what does not apply is not 0");
        assert_eq!(percent(&[scored(Section::Standard, 1.0, 5, None)]), None);
    }

    #[test]
    fn a_critical_category_below_half_makes_it_zero_and_at_half_does_not() {
        let good = scored(Section::Standard, 10.0, 5, Some(5));
        let below = score(&[good, scored(Section::Critical, 1.0, 5, Some(2))]).unwrap();
        assert_eq!((below.percent, below.failed_by.as_slice()), (0.0, &[1][..]));
        assert!(below.percent_before_fails > 90.0);
        assert_eq!(percent(&[good, scored(Section::Critical, 10.0, 5, Some(3))]), Some(75.0));
    }

    #[test]
    fn a_bonus_may_pass_a_hundred_and_is_never_missed() {
        let good = scored(Section::Standard, 10.0, 5, Some(5));
        assert_eq!(percent(&[good, scored(Section::Bonus, 1.0, 2, Some(2))]), Some(110.0));
        assert_eq!(percent(&[good, scored(Section::Bonus, 1.0, 2, Some(1))]), Some(100.0));
        assert_eq!(percent(&[scored(Section::Bonus, 1.0, 2, Some(2))]), None, "nothing to add to");
    }

    #[test]
    fn an_auto_fail_fails_at_its_least_point_and_weighs_nothing_else() {
        let good = scored(Section::Standard, 1.0, 5, Some(4));
        assert_eq!(percent(&[good, scored(Section::AutoFail, 50.0, 2, Some(2))]), Some(75.0));
        assert_eq!(percent(&[good, scored(Section::AutoFail, 50.0, 2, Some(1))]), Some(0.0));
        assert_eq!(percent(&[good, scored(Section::AutoFail, 50.0, 2, None)]), Some(75.0));
    }

    #[test]
    fn the_quality_score_is_the_mean_of_reviews() {
        assert_eq!(quality_score(&[100.0, 0.0, 80.0]), Some(60.0));
        assert_eq!(quality_score(&[]), None);
    }

    #[test]
    fn points_stand_for_the_middle_of_their_share_of_the_levels() {
        assert_eq!((level_of_points(1, 2), level_of_points(2, 2)), (1.25, 3.75));
        assert_eq!((level_of_points(1, 5), level_of_points(3, 5), level_of_points(5, 5)), (0.5, 2.5, 4.5));
    }
}
