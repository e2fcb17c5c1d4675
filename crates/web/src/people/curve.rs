//! A level over time as a small drawing, made here: no script, and words for those who do not see it.

use desk::skills::views::CurvePoint;

pub const DAYS: i64 = 90;
const DAY_MS: i64 = 24 * 3_600_000;
const WIDTH: f64 = 84.0;
const HEIGHT: f64 = 22.0;
/// Steps within so few days are no curve.
const DAYS_MIN: i64 = 14;

#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Paths in a box of 84 by 22: the level, and one standard deviation around it.
    pub line: String,
    pub band: String,
    pub words: String,
}

/// `None` with too little to draw.
pub fn drawing(points: &[CurvePoint], now: i64) -> Option<Drawing> {
    let since = now - DAYS * DAY_MS;
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 3 || last.at - first.at < DAYS_MIN * DAY_MS {
        return None;
    }
    let x = |at: i64| ((at - since) as f64 / (DAYS * DAY_MS) as f64 * WIDTH).clamp(0.0, WIDTH);
    let y = |level: f64| HEIGHT - 1.0 - level.clamp(0.0, 5.0) / 5.0 * (HEIGHT - 2.0);
    let place = |at: i64, level: f64| format!("{:.1},{:.1}", x(at), y(level));
    let line: Vec<String> = points.iter().map(|it| place(it.at, it.level)).collect();
    let above = points.iter().map(|it| place(it.at, it.level + it.sd));
    let below = points.iter().rev().map(|it| place(it.at, it.level - it.sd));
    let band: Vec<String> = above.chain(below).collect();
    let days = (last.at - first.at) / DAY_MS;
    let (low, high) =
        points.iter().fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(it.level), high.max(it.level)));
    Some(Drawing {
        line: format!("M{}", line.join(" L")),
        band: format!("M{}Z", band.join(" L")),
        words: format!(
            "in {days} days from {:.1} to {:.1}, between {low:.1} and {high:.1}",
            first.level, last.level
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(day: i64, level: f64) -> CurvePoint {
        CurvePoint { at: day * DAY_MS, level, sd: 0.5 }
    }

    #[test]
    fn a_few_steps_on_one_day_are_no_curve() {
        assert_eq!(drawing(&[point(95, 3.0), point(95, 3.1), point(96, 3.2)], 100 * DAY_MS), None);
        assert_eq!(drawing(&[], 0), None);
    }

    #[test]
    fn a_curve_is_drawn_with_its_certainty_and_said_in_words() {
        let it = drawing(&[point(55, 3.0), point(70, 2.8), point(100, 3.4)], 100 * DAY_MS).unwrap();
        assert!(it.line.starts_with("M42.0,9.0 L56.0,9.8 L84.0,7.4"), "{}", it.line);
        assert!(it.band.ends_with('Z'));
        assert_eq!(it.words, "in 45 days from 3.0 to 3.4, between 2.8 and 3.4");
    }
}
