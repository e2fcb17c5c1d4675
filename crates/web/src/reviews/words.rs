//! Reviews in words: percents, sections, agreement, severity.

use crate::say::Real;
use desk::reviews::views::{AssignmentRow, ReviewRow};
use desk::reviews::{Category, Decision, Section, Severity};
use std::borrow::Borrow;

/// `87 %`
pub fn percent(percent: impl Real) -> String {
    format!("{:.0} %", percent.real())
}

/// What a section does, beside the name of a category.
pub fn section(section: &Section) -> &'static str {
    match section {
        Section::Standard => "",
        Section::Critical => "critical",
        Section::Bonus => "bonus",
        Section::AutoFail => "fails all",
    }
}

/// The same in a sentence.
pub fn section_means(section: &Section) -> &'static str {
    match section {
        Section::Standard => "Counts by its weight.",
        Section::Critical => "Counts by its weight; below 50 % the whole review is 0.",
        Section::Bonus => "Adds on top, and is never missed.",
        Section::AutoFail => "At its least point the whole review is 0; otherwise it adds nothing.",
    }
}

/// What a point of a category looks like, or its number.
pub fn point(category: &Category, points: impl Borrow<u8>) -> String {
    let points = *points.borrow();
    let words = category.anchors.get(usize::from(points).saturating_sub(1)).filter(|it| !it.is_empty());
    words.cloned().unwrap_or_else(|| points.to_string())
}

/// Why this conversation was chosen.
pub fn because(row: &AssignmentRow) -> String {
    format!(
        "Little is known of {} in {}: ± {:.1} levels. Of all reviews this week, one like this takes away the most doubt.",
        row.user_name, row.skill.name, row.sd_levels
    )
}

/// How agreement is commonly read, after Krippendorff.
pub fn agreement(figure: impl Real) -> &'static str {
    match figure.real() {
        it if it >= 0.8 => "reliable",
        it if it >= 0.667 => "good enough for cautious conclusions",
        it if it > 0.0 => "too far apart: talk about what each point means",
        _ => "no better than chance",
    }
}

/// In levels, as people read them: a rater of +0.3 gives 0.3 levels too little.
pub fn severity(it: &Severity) -> String {
    let levels = it.mean * LEVELS_PER_LOGIT;
    match levels {
        it if it >= 0.05 => format!("{it:.1} levels severe"),
        it if it <= -0.05 => format!("{:.1} levels lenient", it.abs()),
        _ => "fair".to_owned(),
    }
}

pub fn severity_sd(it: &Severity) -> String {
    format!("{:.1}", it.sd * LEVELS_PER_LOGIT)
}

const LEVELS_PER_LOGIT: f64 = desk::reviews::views::LEVELS_PER_LOGIT;

/// Where a review stands, as a chip: its class and its word.
pub fn state(row: &ReviewRow) -> (&'static str, &'static str) {
    let it = &row.review;
    match (it.finished_at, it.contested_at, it.decision) {
        (None, _, _) => ("pending", "Begun"),
        (_, Some(_), None) => ("open", "Contested"),
        (_, _, Some(Decision::Struck)) => ("closed", "Struck out"),
        (_, _, Some(Decision::Upheld)) => ("solved", "Upheld"),
        _ if it.seen_at.is_none() => ("new", "Not seen yet"),
        _ if it.answered_at.is_some() => ("solved", "Answered"),
        _ => ("solved", "Seen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_is_said_in_levels() {
        let of = |mean: f64| severity(&Severity { mean, sd: 0.2, scores: 9 });
        assert_eq!(
            (of(0.4), of(-0.4), of(0.01)),
            ("0.5 levels severe".into(), "0.5 levels lenient".into(), "fair".into())
        );
        assert_eq!(severity_sd(&Severity { mean: 0.0, sd: 0.4, scores: 0 }), "0.5");
    }

    #[test]
    fn agreement_is_read_with_caution() {
        assert_eq!(agreement(0.85), "reliable");
        assert!(agreement(0.5).starts_with("too far"));
        assert_eq!(agreement(-0.1), "no better than chance");
        assert_eq!(percent(86.76), "87 %");
    }
}
