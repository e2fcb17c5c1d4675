//! Levels, movements and evidence in words and classes.

use crate::say::{Int, Real};
use desk::skills::views::{Cell, EvidenceRow};
use desk::skills::{Observed, SkillKind};

pub const KINDS: [SkillKind; 7] = [
    SkillKind::Priority,
    SkillKind::Specialist,
    SkillKind::Human,
    SkillKind::Technical,
    SkillKind::Product,
    SkillKind::Language,
    SkillKind::Channel,
];

pub fn kind(kind: &SkillKind) -> &'static str {
    match kind {
        SkillKind::Priority => "Priority",
        SkillKind::Specialist => "Specialist",
        SkillKind::Human => "Human",
        SkillKind::Technical => "Technical",
        SkillKind::Product => "Product",
        SkillKind::Language => "Language",
        SkillKind::Channel => "Channel",
    }
}

/// What a whole level is called.
pub fn level_word(level: usize) -> &'static str {
    ["none", "learning", "assisted", "independent", "advanced", "expert"].get(level).copied().unwrap_or("")
}

/// For a reader who cannot see the scale.
pub fn scale_label(cell: &Cell) -> String {
    format!("{:.1}, between {:.1} and {:.1}", cell.level, cell.interval.0, cell.interval.1)
}

/// `not yet sure, last seen 5 weeks ago`: what a level is to be read with.
pub fn remark(cell: &Cell, now_ms: impl Int) -> Option<String> {
    match (cell.sure, last_seen(cell, now_ms)) {
        (true, seen) => seen,
        (false, None) => Some("not yet sure".to_owned()),
        (false, Some(seen)) => Some(format!("not yet sure, {seen}")),
    }
}

/// `last seen 5 weeks ago`. For the first weeks it goes without saying.
fn last_seen(cell: &Cell, now_ms: impl Int) -> Option<String> {
    const QUIET_WEEKS_MIN: i64 = 3;
    const WEEK_MS: i64 = 7 * 24 * 3_600_000;
    let weeks = (now_ms.int() - cell.seen_at?) / WEEK_MS;
    (weeks >= QUIET_WEEKS_MIN).then(|| format!("last seen {weeks} weeks ago"))
}

/// The classes of the band from `low` to `high` on the scale.
pub fn band(interval: &(f64, f64)) -> String {
    let (low, high) = (crate::words::tenths(interval.0), crate::words::tenths(interval.1));
    format!("f-{low} s-{}", (high - low).max(1))
}

/// `+0.14`, `−0.06`; nothing below a hundredth.
pub fn change(by: impl Real) -> String {
    match by.real() {
        by if by >= 0.005 => format!("+{by:.2}"),
        by if by <= -0.005 => format!("−{:.2}", by.abs()),
        _ => "±0".to_owned(),
    }
}

/// `up`, `down`, or nothing.
pub fn change_class(by: impl Real) -> &'static str {
    match by.real() {
        by if by >= 0.005 => "up",
        by if by <= -0.005 => "down",
        _ => "",
    }
}

/// How a level has moved since a month ago: `+0.5`, `steady`, `new`.
pub fn trend(trend: &Option<f64>) -> String {
    match *trend {
        None => "new".to_owned(),
        Some(by) if by.abs() < 0.05 => "steady".to_owned(),
        Some(by) if by > 0.0 => format!("+{by:.1}"),
        Some(by) => format!("−{:.1}", by.abs()),
    }
}

pub fn trend_class(trend: &Option<f64>) -> &'static str {
    match *trend {
        Some(by) if by >= 0.05 => "up",
        Some(by) if by <= -0.05 => "down",
        _ => "muted",
    }
}

/// What was seen or said.
pub fn observed(row: &EvidenceRow) -> String {
    let by = row.by_name.as_deref().unwrap_or("somebody");
    match row.observed {
        Observed::Outcome { for_good: true } => "solved for good".to_owned(),
        Observed::Outcome { for_good: false } => "came back after it was solved".to_owned(),
        Observed::Satisfaction { score } => format!("the customer rated it {score} of 5"),
        Observed::SelfRating { level } => {
            format!("rated their own level {}", crate::words::short_level(level))
        }
        Observed::LeadRating { level } => {
            format!("{by} rated the level {}", crate::words::short_level(level))
        }
        Observed::Release { keep } => format!(
            "{by} noted the release of “{}”, which leaves {:.0} % of what was known",
            row.note,
            keep * 100.0
        ),
        Observed::PeerRating { level } if row.by.is_none() => {
            format!("colleagues together rated the level {}", crate::words::short_level(level))
        }
        Observed::PeerRating { level } => {
            format!("{by}, a colleague, rated the level {}", crate::words::short_level(level))
        }
        Observed::Check { level, .. } => {
            format!("a skill check said level {}", crate::words::short_level(level))
        }
        Observed::HandleTime { ratio } if ratio >= 1.05 => {
            format!("took {:.1} times as long as such work usually does", ratio)
        }
        Observed::HandleTime { ratio } if ratio <= 0.95 => {
            format!("took {:.0} % of the time that such work usually takes", ratio * 100.0)
        }
        Observed::HandleTime { .. } => "took as long as such work usually does".to_owned(),
        Observed::Review { level, .. } => {
            format!("{by} reviewed it as level {}", crate::words::short_level(level))
        }
    }
}

/// A kind of evidence, by its word in the database.
pub fn source(kind: &str) -> String {
    match kind {
        "outcome" => "Solved tickets that stay solved or come back".to_owned(),
        "satisfaction" => "Customers' ratings".to_owned(),
        "handle_time" => "Time spent, compared with like work".to_owned(),
        "self" => "What people say of themselves".to_owned(),
        "lead" => "What leads say".to_owned(),
        "peer" => "What colleagues say".to_owned(),
        "release" => "Product releases".to_owned(),
        other => crate::words::capital(other.replace('_', " ")),
    }
}

/// No objection to it waits.
pub fn may_object(row: &EvidenceRow) -> bool {
    row.contest.as_ref().is_none_or(|it| it.decided_at.is_some())
}

/// How hard the work was, where it was unlike the usual.
pub fn difficulty(logits: &f64) -> &'static str {
    match *logits {
        it if it >= 1.0 => "hard",
        it if it >= 0.4 => "harder than usual",
        it if it <= -0.6 => "easier than usual",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movements_are_written_with_real_minus_signs() {
        assert_eq!(change(0.14), "+0.14");
        assert_eq!(change(-0.06), "−0.06");
        assert_eq!(change(0.001), "±0");
        assert_eq!(trend(&Some(-0.12)), "−0.1");
        assert_eq!(trend(&None), "new");
    }

    #[test]
    fn a_level_that_nobody_looked_at_for_weeks_says_since_when() {
        const DAY_MS: i64 = 24 * 3_600_000;
        let cell = crate::samples::cell(3.4, 0.6);
        assert_eq!(last_seen(&cell, 20 * DAY_MS), None);
        assert_eq!(last_seen(&cell, 39 * DAY_MS).as_deref(), Some("last seen 5 weeks ago"));
        assert_eq!(last_seen(&Cell { seen_at: None, ..cell }, 39 * DAY_MS), None);
        let unsure = Cell { sure: false, ..cell };
        assert_eq!(remark(&unsure, 39 * DAY_MS).as_deref(), Some("not yet sure, last seen 5 weeks ago"));
        assert_eq!(remark(&unsure, 20 * DAY_MS).as_deref(), Some("not yet sure"));
        assert_eq!(remark(&cell, 20 * DAY_MS), None);
    }

    #[test]
    fn a_band_has_a_place_and_a_length() {
        assert_eq!(band(&(2.8, 4.0)), "f-28 s-12");
        assert_eq!(band(&(4.98, 5.0)), "f-50 s-1");
    }
}
