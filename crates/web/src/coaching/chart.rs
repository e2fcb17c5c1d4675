//! Before and after as a drawing, made here: what came week by week, what was to be expected, and how sure that is.

use super::words;
use desk::coaching::{GoalEffect, Measure};

/// The drawing stands in a box of 640 by 180.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 632.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 152.0;
/// Weeks to either side of the beginning.
const WEEKS: f64 = 13.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Lines across, with their words.
    pub rules: Vec<(f64, String)>,
    /// Weeks: place, height, radius by how much was seen, and its words.
    pub dots: Vec<Dot>,
    pub began: f64,
    /// Paths: the mean before, what was to be expected since, what came, and the interval around it.
    pub before: String,
    pub expected: String,
    pub after: String,
    pub band: String,
    /// The same for a reader who cannot see it.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub r: f64,
    pub words: String,
}

/// `None` while there is nothing to draw.
pub fn chart(it: &GoalEffect) -> Option<Chart> {
    let effect = it.effect.as_ref()?;
    let (least, most) = match it.measure {
        Measure::SolvedForGood => (0.0, 1.0),
        Measure::Rating => (1.0, 5.0),
    };
    let x = |week: f64| LEFT + (week.clamp(-WEEKS, WEEKS) + WEEKS) / (2.0 * WEEKS) * (RIGHT - LEFT);
    let y = |value: f64| BOTTOM - (value.clamp(least, most) - least) / (most - least) * (BOTTOM - TOP);
    let last = it.weeks.last().map_or(1.0, |it| (it.week + 1) as f64).max(1.0);
    let first = it.weeks.first().map_or(-1.0, |it| it.week as f64).min(-1.0);
    let across = |from: f64, to: f64, value: f64| {
        format!("M{:.1},{:.1} L{:.1},{:.1}", x(from), y(value), x(to), y(value))
    };
    let (low, high) = (effect.expected + effect.interval.0, effect.expected + effect.interval.1);
    let band = format!(
        "M{0:.1},{2:.1} L{1:.1},{2:.1} L{1:.1},{3:.1} L{0:.1},{3:.1}Z",
        x(0.0),
        x(last),
        y(high),
        y(low)
    );
    let dots = it
        .weeks
        .iter()
        .map(|week| Dot {
            x: round(x(week.week as f64 + 0.5)),
            y: round(y(week.value)),
            r: round((1.5 + (week.count as f64).sqrt()).min(6.0)),
            words: format!("{}, of {}", words::value(it.measure, week.value), week.count),
        })
        .collect();
    let rules = [least, (least + most) / 2.0, most];
    Some(Chart {
        rules: rules.into_iter().map(|value| (round(y(value)), words::value(it.measure, value))).collect(),
        dots,
        began: round(x(0.0)),
        before: across(first, 0.0, effect.before),
        expected: across(0.0, last, effect.expected),
        after: across(0.0, last, effect.after),
        band,
        words: format!(
            "{} before; {} since, where {} was to be expected; the effect lies between {} and {}",
            words::value(it.measure, effect.before),
            words::value(it.measure, effect.after),
            words::value(it.measure, effect.expected),
            words::change(it.measure, effect.interval.0),
            words::change(it.measure, effect.interval.1),
        ),
    })
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use desk::coaching::{Effect, TooLittle, WeekPoint};

    pub fn effect(measure: Measure) -> GoalEffect {
        let scale = if measure == Measure::Rating { 5.0 } else { 1.0 };
        GoalEffect {
            measure,
            effect: Some(Effect {
                estimate: 0.12 * scale,
                interval: (0.03 * scale, 0.21 * scale),
                standard_error: 0.07 * scale,
                coverage: 0.8,
                before: 0.61 * scale,
                after: 0.75 * scale,
                expected: 0.63 * scale,
                outcomes_before: 41,
                outcomes_after: 23,
                unmatched: 2,
                others: 7,
            }),
            missing: None,
            weeks: (-5..4)
                .map(|week| WeekPoint { week, value: (0.6 + week as f64 / 40.0) * scale, count: 6 })
                .collect(),
        }
    }

    pub fn too_little() -> GoalEffect {
        let missing = Some(TooLittle::After { have: 2, need: 8 });
        GoalEffect { measure: Measure::Rating, effect: None, missing, weeks: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{effect, too_little};
    use super::*;

    #[test]
    fn the_chart_stays_in_its_frame_and_says_the_same_in_words() {
        for measure in Measure::ALL {
            let it = chart(&effect(measure)).unwrap();
            assert_eq!(it.dots.len(), 9);
            for dot in &it.dots {
                assert!((LEFT..=RIGHT).contains(&dot.x) && (TOP..=BOTTOM).contains(&dot.y), "{dot:?}");
            }
            assert!(it.words.contains("was to be expected"), "{}", it.words);
        }
        assert_eq!(chart(&too_little()), None);
    }
}
